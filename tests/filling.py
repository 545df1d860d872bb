"""Fill the files that the site gives to partners, in each format, with two mistakes or without."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import openpyxl
from intaking import BASE

Lang = Literal["fr", "en"]
THEME = f"{BASE}scheme/theme/"
HEADINGS = {
    "fr": {
        "id": "Identifiant", "fr": "Nom (français)", "en": "Nom (anglais)", "country": "Pays",
        "lead": "Chef de file", "partner": "Partenaires", "theme": "Thème visé",
        "domain": "Domaines",
    },
    "en": {
        "id": "Identifier", "fr": "Name (French)", "en": "Name (English)", "country": "Country",
        "lead": "Lead", "partner": "Partners", "theme": "Purpose theme", "domain": "Domain themes",
    },
}  # fmt: skip
CELLS = {
    "fr": ("Tunisie", "décentralisation", "finances locales"),
    "en": ("Tunisia", "decentralisation", "local finance"),
}


@dataclass(frozen=True)
class Who:
    """A partner of the journey: its short name, what it sends, in which format and language."""

    name: str
    form: str
    lang: Lang
    label: Mapping[str, str]
    action: Mapping[str, str]

    @property
    def file(self) -> str:
        return f"actions-{self.name}.{self.form}"

    @property
    def is_table(self) -> bool:
        return self.form in {"csv", "xlsx"}


@dataclass(frozen=True)
class Mistake:
    """What is wrong in a file, and what the report must say of it."""

    place: str
    seen: str
    fix: str


def filled(who: Who, template: bytes, spoilt: bool = False) -> bytes:
    """Return a template filled by a partner; `spoilt` with a country and a theme that are not."""
    if who.form == "xlsx":
        book = openpyxl.load_workbook(io.BytesIO(template))
        sheet = book.worksheets[0]
        sheet.append(_row(who, [str(cell.value) for cell in sheet[1]], spoilt))
        written = io.BytesIO()
        book.save(written)
        return written.getvalue()
    text = template.decode("utf-8-sig" if who.form == "csv" else "utf-8")
    if who.form == "csv":
        sign = ";" if who.lang == "fr" else ","
        headings = next(csv.reader(io.StringIO(text), delimiter=sign))
        out = io.StringIO()
        writer = csv.writer(out, delimiter=sign)
        writer.writerows([headings, _row(who, headings, spoilt)])
        return out.getvalue().encode()
    text = _json(text) if who.form == "jsonld" else _optional(text)
    text = re.sub("VOTRE-NOM|YOUR-NAME", who.name, text)
    text = text.replace("Appui aux communes du Sud tunisien", who.action["fr"])
    text = text.replace("Support to the towns of southern Tunisia", who.action["en"])
    text = text.replace("action-exterieure", "decentralisation")
    if spoilt:
        text = text.replace("cfad", "cfadd").replace("decentralisation", "decentralization")
    return text.encode()


def _row(who: Who, headings: list[str], spoilt: bool) -> list[str]:
    country, theme, domain = CELLS[who.lang]
    names = HEADINGS[who.lang]
    said = {
        names["id"]: "action-1", names["fr"]: who.action["fr"], names["en"]: who.action["en"],
        names["country"]: country, names["lead"]: "CNFPT", names["partner"]: "CFAD",
        names["theme"]: theme, names["domain"]: domain,
    }  # fmt: skip
    if spoilt:
        said[names["country"]] = country.replace("n", "nn", 1)
        said[names["theme"]] = theme.replace("c", "ç", 1).replace("l", "", 1)
    found = [
        said.pop(heading.partition(" (")[0], "") or said.pop(heading, "") for heading in headings
    ]
    assert not said, f"the template has no column {said.keys()}"
    return found


def _optional(text: str) -> str:
    """Take the mark away from the line of the theme, as the template says."""
    return re.sub(r"(?m)^(\s*)#(?=\S.*purposeTheme)", r"\1", text)


def _json(text: str) -> str:
    document: dict[str, Any] = json.loads(text)
    document["@graph"][0]["coop:purposeTheme"] = {"@id": f"{THEME}decentralisation"}
    return json.dumps(document, ensure_ascii=False, indent=2)


def mistakes(who: Who, spoilt: bytes) -> list[Mistake]:
    """Return what a report must say of a spoilt file: where, what was seen, what to write."""
    if who.is_table:
        return _cells(who, spoilt)
    text, cell = spoilt.decode(), who.lang == "fr"
    found = []
    for wrong, right in (("cfadd", "cfad"), ("decentralization", "decentralisation")):
        lines = text.splitlines()
        number = next(n for n, line in enumerate(lines, 1) if wrong in line and "#" not in line[:1])
        line = lines[number - 1]
        term = re.search(rf"[\w:/.<\"-]*{wrong}", line)
        assert term
        column = term.start() + 1
        words = ("Ligne", "colonne") if cell else ("Line", "column")
        found.append(
            Mistake(
                f"{words[0]} {number}, {words[1]} {column}",
                wrong,
                line.replace(wrong, right).strip(),
            )
        )
    return found


def _cells(who: Who, spoilt: bytes) -> list[Mistake]:
    names, word = HEADINGS[who.lang], "Cellule" if who.lang == "fr" else "Cell"
    rows: list[list[Any]]
    if who.form == "xlsx":
        sheet: Any = openpyxl.load_workbook(io.BytesIO(spoilt)).worksheets[0]
        title, rows = f"{sheet.title}!", [[cell.value for cell in row] for row in sheet.iter_rows()]
    else:
        title, sign = "", ";" if who.lang == "fr" else ","
        rows = list(csv.reader(io.StringIO(spoilt.decode()), delimiter=sign))
    country, theme, _ = CELLS[who.lang]
    found = []
    for name, right in (("country", country), ("theme", theme)):
        place = rows[0].index(names[name])
        letter = openpyxl.utils.get_column_letter(place + 1)
        found.append(Mistake(f"{word} {title}{letter}{len(rows)}", str(rows[-1][place]), right))
    return found
