"""A CSV that the spreadsheet of one language opens by a double click."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Final

from coopkg.answers import Answer
from coopkg.answers.tables import BYTE_ORDER_MARK, harmless
from coopkg.errors import Lang
from coopkg.tables.sheets import KEY, SHOWN, Value, sheet

SEPARATORS: Final[Mapping[Lang, str]] = {"fr": ";", "en": ","}
BOOLEANS: Final[Mapping[Lang, tuple[str, str]]] = {"fr": ("FAUX", "VRAI"), "en": ("FALSE", "TRUE")}
DATED: Final[Mapping[Lang, tuple[str, str, str]]] = {
    "fr": ("Génération", "Publiée le", "État de la réponse"),
    "en": ("Generation", "Published on", "Status of the answer"),
}
STATUS: Final[Mapping[str, tuple[str, str]]] = {
    "complete": ("complète", "complete"),
    "empty": ("aucun résultat", "no result"),
    "not-stated": ("la source ne le dit pas", "the source does not say"),
    "truncated": ("coupée", "cut short"),
}


def status(answer: Answer, lang: Lang) -> str:
    """Return the status of an answer in words, with its sentence unless it is complete."""
    word = STATUS[answer.status][lang == "en"]
    if answer.status == "complete":
        return word
    if answer.status == "truncated":
        of = "{} premières lignes" if lang == "fr" else "the first {} rows"
        return f"{word} ({of.format(answer.count)})"
    colon = "\u00a0: " if lang == "fr" else ": "
    return word + colon + answer.sentence[lang]


def as_spreadsheet_csv(answer: Answer, lang: Lang) -> str:
    """Return the rows of an answer as a spreadsheet set to a language reads CSV.

    In French: semicolons, decimal commas, VRAI and FAUX; in English commas and decimal points.
    Labels first, identifiers after them; then the generation, its date and the status, the same in
    each row. An answer without rows has one line, which holds nothing but those.
    """
    table = sheet(answer.question, answer.columns, answer.rows, lang)
    marks = {KEY, SHOWN}
    kept = [place for place, column in enumerate(table.columns) if column.name not in marks]
    written = io.StringIO()
    writer = csv.writer(written, delimiter=SEPARATORS[lang], lineterminator="\r\n")
    writer.writerow([*(table.columns[place].label for place in kept), *DATED[lang]])
    dated = [answer.generation, answer.published[:10], harmless(status(answer, lang))]
    for row in table.rows or [[None] * len(table.columns)]:
        writer.writerow([*(plain(row[place], lang) for place in kept), *dated])
    return BYTE_ORDER_MARK + written.getvalue()


def plain(value: Value, lang: Lang) -> str:
    """Return a value as the spreadsheet of a language reads it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return BOOLEANS[lang][value]
    if isinstance(value, Decimal):
        text = f"{value:f}"
        return text.replace(".", ",") if lang == "fr" else text
    return value.isoformat() if isinstance(value, date) else str(value)
