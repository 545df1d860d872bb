"""The rows of an answer as a table of plain values, in one language."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final, TypeAlias

from coopkg.answers.tables import harmless
from coopkg.errors import Lang
from coopkg.tables.characters import fitting, is_long
from coopkg.tables.shown import CUT, DIGITS, Form, fingerprint, form
from coopkg.terms import PREFIXES
from coopkg.typography import headed

Value: TypeAlias = str | int | Decimal | bool | date | None

ADDRESS: Final = ".iri"
INFERRED: Final = "row.inferred"
KEY: Final = "row.key"
SHOWN: Final = "row.shown"
"""No variable of SPARQL has a point in its name, so none of these is a column of an answer."""

FIRST_DAY: Final = date(1900, 3, 1)
"""Spreadsheets disagree on the days before: those are written as text."""
KEYS: Final[Mapping[Lang, str]] = {"fr": "Clé de la ligne", "en": "Key of the row"}
ORIGINALS: Final[Mapping[Lang, str]] = {"fr": "Cellules d’origine", "en": "Original cells"}
"""The headings of the two columns by which a row that comes back is compared."""
_KEY_CHARACTERS: Final = 16
_XSD: Final = PREFIXES["xsd"]


@dataclass(frozen=True)
class Column:
    """A column: its lasting name, its heading in the language asked; a hidden one is for programs.

    `kind` is one of `coopkg.questions.question.COLUMN_KINDS`.
    """

    name: str
    label: str
    kind: str
    hidden: bool = False


@dataclass(frozen=True)
class Sheet:
    """Columns, and for each row a value of each column; texts are harmless in a spreadsheet."""

    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]


def sheet(
    question: str,
    columns: Sequence[Mapping[str, Any]],
    rows: Sequence[Mapping[str, Any]],
    lang: Lang,
) -> Sheet:
    """Return the rows of an answer, or of one of its weaker sets, as a table.

    First what the page shows; then the identifier of each named thing, and the key of the row,
    which is the same in both languages and at every generation that gives the same row.
    """
    shown = [Column(one["name"], _heading(one, lang), one["kind"]) for one in columns]
    labels = {column.name: column.label for column in shown}
    named = [column for column in shown if column.kind == "iri"]
    inferred = any(cell.get("inferred") for row in rows for cell in row.values())
    word = {"fr": "Identifiant\u00a0: {}", "en": "Identifier: {}"}[lang]
    described = [
        *shown,
        *([Column(INFERRED, {"fr": "Déduit", "en": "Inferred"}[lang], "text")] * inferred),
        *(Column(one.name + ADDRESS, word.format(one.label), "text", True) for one in named),
        Column(SHOWN, ORIGINALS[lang], "text", True),
        Column(KEY, KEYS[lang], "text", True),
    ]

    def values(row: Mapping[str, Any]) -> list[Value]:
        return [
            *(value(row.get(one.name), lang) for one in shown),
            *([_inferred(row, labels)] * inferred),
            *(_address(row.get(one.name)) for one in named),
            originals(row, [one.name for one in shown], lang),
            key(question, row),
        ]

    return Sheet(_apart(described), [values(row) for row in rows])


def _heading(column: Mapping[str, Any], lang: Lang) -> str:
    unit = column.get("unit")
    label = str(column["label"][lang])
    return harmless(headed(label, unit[lang] if unit else ""))


def _apart(columns: Iterable[Column]) -> list[Column]:
    """Return columns no two of which have the same heading: the second has its name beside."""
    seen: set[str] = set()
    apart = []
    for one in columns:
        label = f"{one.label} ({one.name})" if one.label in seen else one.label
        seen.add(label)
        apart.append(Column(one.name, label, one.kind, one.hidden))
    return apart


def _inferred(row: Mapping[str, Any], labels: Mapping[str, str]) -> Value:
    found = [labels[name] for name in labels if row.get(name, {}).get("inferred")]
    return ", ".join(found) or None


def _address(cell: Mapping[str, Any] | None) -> Value:
    return harmless(cell["value"]) if cell and cell["type"] == "uri" else None


def key(question: str, row: Mapping[str, Any]) -> str:
    """Return what names a row of a question: a hash of its terms, whatever their order."""
    terms = sorted(
        "\0".join(
            (name, cell["type"], cell["value"], cell.get("datatype", ""), cell.get("xml:lang", ""))
        )
        for name, cell in row.items()
    )
    digest = hashlib.sha256("\1".join([question, *terms]).encode())
    return digest.hexdigest()[:_KEY_CHARACTERS]


def originals(row: Mapping[str, Any], names: Iterable[str], lang: Lang) -> str:
    """Return what a row showed when it went out: `name=form:hash` for each cell that held any.

    A text that was cut has a `CUT` after it.
    """
    found = []
    for name in names:
        if (cell := row.get(name)) is not None:
            held = value(cell, lang)
            seen = fitting(held) if isinstance(held, str) else held
            how = form_of(cell)
            cut = CUT if isinstance(held, str) and is_long(held) else ""
            found.append(f"{name}={how}:{fingerprint(how, seen)}{cut}")
    return ";".join(found)


def form_of(cell: Mapping[str, Any]) -> Form:
    """Return how the values of a cell are compared."""
    return form(cell.get("datatype", "")) if cell["type"] == "literal" else "text"


# --- Values --------------------------------------------------------------------------------


def value(cell: Mapping[str, Any] | None, lang: Lang) -> Value:
    """Return a cell as a spreadsheet has it: the label of what has one, else a typed value.

    >>> value({"type": "literal", "value": "-1.50", "datatype": _XSD + "decimal"}, "fr")
    Decimal('-1.50')
    >>> value({"type": "literal", "value": "=1"}, "fr")
    "'=1"
    """
    if cell is None:
        return None
    if cell["type"] == "uri":
        return harmless(cell["label"][lang])
    read = _READERS.get(cell.get("datatype", ""))
    found = read(cell["value"]) if read else None
    return harmless(cell["value"]) if found is None else found


def _integer(text: str) -> Value:
    try:
        number = int(text)
    except ValueError:
        return None
    return number if abs(number) < 10**DIGITS else None


def _decimal(text: str) -> Value:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or len(number.as_tuple().digits) > DIGITS:
        return None
    return number if math.isfinite(float(number)) and abs(number.adjusted()) < 300 else None


def _boolean(text: str) -> Value:
    return {"true": True, "1": True, "false": False, "0": False}.get(text)


def _day(text: str) -> Value:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day >= FIRST_DAY else None


_READERS: Final[Mapping[str, Callable[[str], Value]]] = {
    **dict.fromkeys(
        (
            _XSD + name
            for name in (
                *("integer", "int", "long", "short", "byte", "gYear"),
                *("nonNegativeInteger", "positiveInteger"),
            )
        ),
        _integer,
    ),
    **dict.fromkeys((_XSD + name for name in ("decimal", "double", "float")), _decimal),
    _XSD + "boolean": _boolean,
    _XSD + "date": _day,
}
