r"""A receipt as a reference: BibTeX, RIS, CSL-JSON, and a sentence in each language. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from coopkg.errors import Lang
from coopkg.serve import i18n
from coopkg.serve.receipts.receipt import Receipt
from coopkg.typography import french

PUBLISHER: Final = "coopkg"
WORK: Final = {
    "fr": "coopkg, graphe de connaissances de la coopération internationale du CNFPT "
    "(non officiel)",
    "en": "coopkg, knowledge graph of the international cooperation of the CNFPT (unofficial)",
}
_ANSWERS: Final[Mapping[bool | None, tuple[str, str]]] = {
    True: ("oui", "yes"),
    False: ("non", "no"),
    None: ("oui ou non", "yes or no"),  # its hash is that of neither: it was damaged
}
_TEX: Final = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
}


@dataclass(frozen=True)
class Cited:
    """A receipt ready to be cited: its title in one language, and its full address."""

    receipt: Receipt
    title: str
    url: str
    lang: Lang

    @property
    def day(self) -> datetime:
        """The moment its generation was published."""
        return datetime.fromisoformat(self.receipt.published)

    @property
    def key(self) -> str:
        """A key that no other answer has."""
        return f"coopkg-{self.receipt.generation}-{self.receipt.sha256[:8]}"

    @property
    def note(self) -> str:
        """What makes the answer checkable, in a line."""
        said = count(self.receipt, self.lang)
        colon = "\u00a0: " if self.lang == "fr" else ": "
        return f"{said}, SHA-256{colon}{self.receipt.sha256}"


def title(receipt: Receipt, lang: Lang, titles: Mapping[str, str] | None) -> str:
    """Return what an answer is called: the question in words, or the kind of query."""
    if titles:
        return titles[lang]
    if receipt.asked.question:
        return receipt.asked.question
    fr = f"Requête SPARQL {receipt.form}, {count(receipt, 'fr')}"
    return french(fr) if lang == "fr" else f"SPARQL {receipt.form} query, {count(receipt, 'en')}"


def count(receipt: Receipt, lang: Lang) -> str:
    """Return how many rows or triples an answer has, in words, or what an ASK answered."""
    number, is_graph = receipt.count, receipt.form in {"CONSTRUCT", "DESCRIBE"}
    if receipt.form == "ASK":
        fr, en = _ANSWERS[receipt.boolean]
        return fr if lang == "fr" else en
    if lang == "fr":
        word = "triplet" if is_graph else "ligne"
        return f"{number} {word}{'s' if number > 1 else ''}"
    word = "triple" if is_graph else "row"
    return f"{number} {word}{'' if number == 1 else 's'}"


def plain(cited: Cited) -> str:
    """Return the reference as a sentence, for a footnote."""
    receipt, work = cited.receipt, WORK[cited.lang]
    day = i18n.date(receipt.published, cited.lang)
    short = receipt.sha256[:16]
    if cited.lang == "fr":
        return french(
            f"« {cited.title} », {work}, génération {receipt.generation}, {day} "
            f"({count(receipt, 'fr')}, SHA-256 {short}…). {cited.url}"
        )
    return (
        f"“{cited.title}”, {work}, generation {receipt.generation}, {day} "
        f"({count(receipt, 'en')}, SHA-256 {short}…). {cited.url}"
    )


def bibtex(cited: Cited) -> str:
    """Return the reference as BibTeX; what TeX would read as commands is written as text."""
    fields = {
        "title": "{" + _tex(cited.title) + "}",
        "author": "{" + _tex(f"{PUBLISHER} contributors") + "}",
        "year": f"{cited.day:%Y}",
        "month": f"{cited.day:%m}",
        "howpublished": _tex(WORK[cited.lang]),
        "version": _tex(cited.receipt.generation),
        "note": _tex(cited.note),
        "url": cited.url,
        "language": {"fr": "french", "en": "english"}[cited.lang],
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@misc{{{cited.key},\n{lines}\n}}\n"


def _tex(text: str) -> str:
    return re.sub(r"[\\{}&%$#_~^]", lambda one: _TEX[one[0]], _line(text))


def ris(cited: Cited) -> str:
    """Return the reference as RIS: one field a line, CR LF between them."""
    fields = [
        ("TY", "DATA"),
        ("TI", cited.title),
        ("T2", WORK[cited.lang]),
        ("AU", f"{PUBLISHER} contributors"),
        ("PY", f"{cited.day:%Y}"),
        ("DA", f"{cited.day:%Y/%m/%d}"),
        ("PB", PUBLISHER),
        ("ET", cited.receipt.generation),
        ("N1", cited.note),
        ("LA", cited.lang),
        ("UR", cited.url),
        ("ID", cited.key),
        ("ER", ""),
    ]
    return "".join(f"{name}  - {_line(value)}\r\n" for name, value in fields)


def csl(cited: Cited) -> list[dict[str, Any]]:
    """Return the reference as CSL-JSON."""
    day = cited.day
    return [
        {
            "id": cited.key,
            "type": "dataset",
            "title": cited.title,
            "container-title": WORK[cited.lang],
            "author": [{"literal": f"{PUBLISHER} contributors"}],
            "publisher": PUBLISHER,
            "version": cited.receipt.generation,
            "issued": {"date-parts": [[day.year, day.month, day.day]]},
            "URL": cited.url,
            "note": cited.note,
            "language": cited.lang,
        }
    ]


def _line(text: str) -> str:
    """Return a text on one line: a line of RIS is a field."""
    return re.sub(r"[\x00-\x20\x7f\x85\u2028\u2029]+", " ", text).strip()
