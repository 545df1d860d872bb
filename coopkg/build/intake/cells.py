"""A sheet as it is read: rows of cells, each with its place, and the values cells may hold."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from coopkg.build.intake.findings import Spot

_YES: Final = frozenset({"oui", "vrai", "yes", "true", "1"})
_NO: Final = frozenset({"non", "faux", "no", "false", "0"})
_SPACES: Final = re.compile(r"[\s\u00a0\u202f\u2009]")
_DAY: Final = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: its text as people see it, its value when it is no text, its line and column."""

    text: str
    line: int
    column: int
    value: Any = None
    is_formula: bool = False


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name ("" in CSV), its rows that are not empty, and what is merged in it.

    `separator` is what stands between the cells of a CSV, "" in a workbook.
    """

    name: str
    rows: list[list[Cell]] = field(repr=False)
    hidden: bool = False
    merged: Mapping[str, str] = field(default_factory=dict)
    separator: str = ""

    def spot(self, line: int, column: int) -> Spot:
        """Return a place of this sheet."""
        at = f"{letters(column)}{line}"
        return Spot(line, column, f"{self.name}!{at}" if self.name else at)


def letters(column: int) -> str:
    """Return the letters of a column.

    >>> letters(1), letters(28)
    ('A', 'AB')
    """
    found = ""
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def integer(cell: Cell) -> int | None:
    """Read a whole number; None when it is none."""
    number = decimal(cell)
    return int(number) if number is not None and number == number.to_integral_value() else None


def decimal(cell: Cell) -> Decimal | None:
    """Read a number, written as the French or the English do; None when it is none."""
    if isinstance(cell.value, bool):
        return None
    if isinstance(cell.value, int | float | Decimal):
        return Decimal(str(cell.value))
    text = _SPACES.sub("", cell.text).removesuffix("%")
    if "," in text and "." not in text:
        text = text.replace(",", ".")
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", text):
        return None
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def day(cell: Cell) -> date | None:
    """Read a date: a date of the sheet, 2016-09-01, or 01/09/2016, day first; else None."""
    if isinstance(cell.value, datetime):
        return cell.value.date()
    if isinstance(cell.value, date):
        return cell.value
    text = cell.text.strip()
    if match := _DAY.fullmatch(text):
        text = f"{match[3]}-{int(match[2]):02d}-{int(match[1]):02d}"
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def boolean(cell: Cell) -> bool | None:
    """Read yes or no; None when it is neither."""
    if isinstance(cell.value, bool):
        return cell.value
    text = cell.text.strip().casefold()
    return True if text in _YES else False if text in _NO else None
