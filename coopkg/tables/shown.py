"""How a cell shows a value, in one way only: the same after any program has saved it again."""

from __future__ import annotations

import hashlib
import math
import re
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from typing import Any, Final, Literal

from coopkg.answers.tables import restored
from coopkg.tables.characters import unescaped
from coopkg.terms import PREFIXES

Form = Literal["text", "number", "boolean", "date"]

DIGITS: Final = 15
"""A spreadsheet keeps no more of a number: what is longer is written as text."""
CUT: Final = "+"
"""Ends the mark of a text that does not fit in a cell: what is missing must not be lost."""
_XSD: Final = PREFIXES["xsd"]
_NUMBERS: Final = frozenset(
    _XSD + name
    for name in (
        *("integer", "int", "long", "short", "byte", "decimal", "double", "float", "gYear"),
        *("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger"),
        *("unsignedInt", "unsignedLong", "unsignedShort", "unsignedByte"),
    )
)
_YES: Final = frozenset({"oui", "vrai", "yes", "true", "1"})
_NO: Final = frozenset({"non", "faux", "no", "false", "0"})
_DAY: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_SPACES: Final = re.compile(r"[\s\u00a0\u202f\u2009]")


def form(datatype: str) -> Form:
    """Return how values of a datatype are compared."""
    if datatype in _NUMBERS:
        return "number"
    return {_XSD + "boolean": "boolean", _XSD + "date": "date"}.get(datatype, "text")  # type: ignore[return-value]  # a Form each


def fingerprint(form: Form, value: Any) -> str:
    """Return a hash of what a cell shows, the same after any program has saved it again."""
    return hashlib.sha256(canonical(form, value).encode()).hexdigest()[:12]


def canonical(form: Form, value: Any) -> str:
    r"""Return what a cell shows in one way only; "" for an empty cell.

    >>> canonical("number", "1 234,50"), canonical("number", 1234.5)
    ('1234.5', '1234.5')
    >>> canonical("boolean", "VRAI"), canonical("date", "01/09/2016"), canonical("text", "a\r\nb")
    ('true', '2016-09-01', 'a\nb')
    """
    if value is None:
        return ""
    if isinstance(value, str):
        value = _read(form, plain(value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float | Decimal):
        return _number(value)
    if isinstance(value, datetime) and value.time() == time():
        value = value.date()
    return value.isoformat() if isinstance(value, date | time) else str(value)


def plain(text: str) -> str:
    """Return the text that a cell holds, without what kept it harmless in a spreadsheet.

    Programs differ on how often they take escapes away: here they go to the last.
    """
    while (bare := unescaped(text)) != text:
        text = bare
    return restored(text).replace("\r\n", "\n").replace("\r", "\n")


def _number(value: int | float | Decimal) -> str:
    if not math.isfinite(value):
        return str(value)
    if isinstance(value, int) or value == int(value):
        return str(int(value))
    return f"{float(value):.{DIGITS}g}"


def _read(form: Form, text: str) -> Any:
    """Return the value that a text of a cell is, the text itself when it is none."""
    bare = text.strip().casefold()
    if form == "boolean":
        return True if bare in _YES else False if bare in _NO else text
    if form == "date":
        day = _DAY.fullmatch(bare)
        return f"{day[3]}-{int(day[2]):02d}-{int(day[1]):02d}" if day else text
    if form == "number":
        digits = _SPACES.sub("", text)
        if "," in digits and "." not in digits:
            digits = digits.replace(",", ".")
        if re.fullmatch(r"[+-]?\d+(\.\d+)?", digits) and len(digits) <= DIGITS + 2:
            try:
                return Decimal(digits)
            except InvalidOperation:  # pragma: no cover - the pattern lets only numbers through
                return text
    return text
