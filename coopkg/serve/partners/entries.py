"""What a form holds: the values of one entry, the row they make, and what is wrong beside each.

A field is `f0`, `f1`… in the order of the template; what is looked for in it, `q0`, `q1`…
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from coopkg.contributions.texts import is_clean
from coopkg.errors import Lang
from coopkg.linking.minting import slug
from coopkg.templates import Column, Field, Template
from coopkg.templates import Mapping as Columns
from coopkg.templates.mapping import SEPARATOR
from coopkg.terms import BASE

FEW: Final = 12
"""Choices that are shown all at once, each with its box."""
NAMES: Final = ("skos:prefLabel@fr", "skos:prefLabel@en")
LONGEST: Final = 500
"""Signs that a text may have, as the shape of names says."""
_ID: Final = "@id"
_CELL: Final = re.compile(r"(?:.*!)?([A-Z]+)\d+")
_SIGNS: Final = re.compile(r"[^a-z0-9]+")
_TAIL: Final = re.compile(r"[/#:]")
Both = dict[str, str]


@dataclass
class Entry:
    """One entry being written: what each field holds, and what is looked for in it.

    `more` counts the lists that were added to a field.
    """

    template: Template
    values: dict[str, list[str]] = field(default_factory=dict)
    sought: dict[str, str] = field(default_factory=dict)
    more: dict[str, int] = field(default_factory=dict)
    errors: dict[str, list[Both]] = field(default_factory=dict)
    general: list[Both] = field(default_factory=list)

    def first(self, name: str) -> str:
        """Return the first value of a field, "" when it has none."""
        return next(iter(self.values.get(name, ())), "")

    @property
    def wrong(self) -> list[tuple[int, Field, Both]]:
        """What is wrong, field by field, with the place of each."""
        return [
            (place, one, said)
            for place, one in enumerate(self.template.fields)
            for said in self.errors.get(one.name, ())
        ]


def read(template: Template, pairs: Iterable[tuple[str, str]]) -> Entry:
    """Return what a form holds; a choice that was never offered is told beside its field."""
    given: dict[str, list[str]] = {}
    for name, text in pairs:
        given.setdefault(name, []).append(text)
    entry = Entry(template)
    for place, one in enumerate(template.fields):
        kept = [text.strip() for text in given.get(f"f{place}", ()) if text.strip()]
        entry.values[one.name] = list(dict.fromkeys(kept))[: None if _many(one) else 1]
        entry.sought[one.name] = (given.get(f"q{place}") or [""])[0].strip()
        entry.more[one.name] = _number(given.get(f"n{place}"))
        _mind(entry, one)
    return entry


def _many(one: Field) -> bool:
    return one.several and one.kind == "thing"


def _number(given: Sequence[str] | None) -> int:
    text = given[0] if given else ""
    return min(int(text), 30) if text.isascii() and text.isdigit() else 0


def _mind(entry: Entry, one: Field) -> None:
    """Tell of what no form of ours sends, and of signs that nobody sees."""
    for text in (*entry.values[one.name], entry.sought[one.name]):
        if not is_clean(text.replace("\r\n", " ").replace("\n", " ")):
            tell(
                entry,
                one.name,
                "ce texte contient un caractère invisible ou de contrôle : écrivez-le à nouveau",
                "this text holds an invisible or control character: write it again",
            )
            return
        if len(text) > LONGEST:
            entry.values[one.name] = [text[:LONGEST]]
            tell(
                entry,
                one.name,
                f"{len(text)} signes : {LONGEST} au plus ; la fin a été coupée",
                f"{len(text)} characters: {LONGEST} at most; the end was cut",
            )
            return
    if one.kind == "thing" and one.among is not None:
        strange = [text for text in entry.values[one.name] if not _is_offered(text, one)]
        if strange:
            shown = strange[0][:60]
            entry.values[one.name] = [v for v in entry.values[one.name] if v not in strange]
            tell(
                entry,
                one.name,
                f"« {shown} » n’est pas un des choix offerts : choisissez dans la liste",
                f"“{shown}” is not one of the choices offered: choose in the list",
            )


def _is_offered(text: str, one: Field) -> bool:
    return text in (one.among or ()) or text.startswith(f"{BASE}id/partner/")


def tell(entry: Entry, name: str, fr: str, en: str) -> None:
    """Add what is wrong with a field."""
    entry.errors.setdefault(name, []).append({"fr": fr, "en": en})


# --- The row ------------------------------------------------------------------------------


def mapping(template: Template, lang: Lang) -> Columns:
    """Return what the columns of the row are."""
    columns = tuple(Column(one.label[lang], one) for one in template.fields)
    return Columns(template.kind, template.id_label(lang), columns)


def row(entry: Entry, lang: Lang, name: str) -> bytes:
    """Return an entry as a table of one row, whose first cell is the short name of the thing.

    A name that was looked for and not chosen is written as it is: the check says what it means.
    """
    template = entry.template
    cells = [name]
    for one in template.fields:
        values = list(entry.values.get(one.name, ()))
        sought = entry.sought.get(one.name, "")
        if sought and (not values or one.several):
            values.append(sought)
        cells.append(SEPARATOR.join(values))
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([template.id_label(lang), *(one.label[lang] for one in template.fields)])
    writer.writerow(cells)
    return written.getvalue().encode()


def short_name(entry: Entry, base: str, taken: Collection[str]) -> str:
    """Return a short name that nothing of the partner has yet."""
    called = next(filter(None, map(entry.first, NAMES)), "")
    try:
        first = _SIGNS.sub("-", slug(called or _parts(entry))).strip("-")
    except ValueError:
        first = ""
    if not first:
        digest = hashlib.sha256((called or repr(entry.values)).encode()).hexdigest()[:8]
        first = f"{entry.template.name}-{digest}"
    free, number = first, 1
    while base + free in taken:
        number += 1
        free = f"{first}-{number}"
    return free


def _parts(entry: Entry) -> str:
    """Return the names of what an entry without a name links: « partnership-1 lead cnfpt »."""
    found = []
    for one in entry.template.fields:
        for value in (*entry.values.get(one.name, ()), entry.sought.get(one.name, "")):
            if value:
                role = "" if one.name.startswith("^") else _TAIL.split(one.name)[-1]
                found.append(f"{role} {_TAIL.split(value)[-1]}")
    return " ".join(found)


# --- What the check says ------------------------------------------------------------------


def place_findings(entry: Entry, findings: Iterable[Mapping[str, Any]]) -> None:
    """Put each violation of a report beside its field; one of no cell stands above the form."""
    for one in findings:
        if one["severity"] != "violation":
            continue
        place = _place(one["cell"]) - 2
        said = dict(one["message"])
        if 0 <= place < len(entry.template.fields):
            tell(entry, entry.template.fields[place].name, said["fr"], said["en"])
        else:
            entry.general.append(said)


def in_words(report: Mapping[str, Any], template: Template, lang: Lang) -> dict[str, Any]:
    """Return a report that names fields instead of cells."""
    findings = []
    for one in report["findings"]:
        place = _place(one["cell"]) - 2
        known = 0 <= place < len(template.fields)
        label = template.fields[place].label[lang] if known else ""
        findings.append({**one, "cell": "", "line": None, "column": None, "file": label})
    return {**report, "findings": findings}


def _place(cell: str) -> int:
    """Return the number of the column of a cell, 0 for none.

    >>> _place("B2"), _place("Feuille!AA7"), _place("")
    (2, 27, 0)
    """
    match = _CELL.fullmatch(cell)
    number = 0
    for letter in match[1] if match else "":
        number = number * 26 + ord(letter) - 64
    return number
