"""What the columns of an answer hold, and which of them a figure may be drawn from. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from coopkg.figures import Figure
from coopkg.serve.sparql.choices import Choices
from coopkg.serve.sparql.solutions import Cell, Solutions
from coopkg.terms import PREFIXES

_XSD: Final = PREFIXES["xsd"]
_TIMES: Final = frozenset(_XSD + name for name in ("date", "dateTime", "gYear", "gYearMonth"))
_DATE: Final = re.compile(r"(-?\d{4,6})(?:-(\d\d))?(?:-(\d\d))?")
_YEARS: Final = (1500, 2200)


@dataclass(frozen=True)
class Chooser:
    """One choice that a figure offers: a field, its label, its options and the one taken."""

    name: str
    label: str
    options: tuple[tuple[str, str], ...]
    chosen: str


@dataclass(frozen=True)
class Drawing:
    """A figure, or the reason why there is none; and the columns it could be drawn from."""

    figure: Figure | None = None
    reason: str = ""
    note: str = ""
    choosers: tuple[Chooser, ...] = ()


@dataclass(frozen=True)
class Columns:
    """What each column holds, from its values: numbers, times, IRIs or texts."""

    found: Solutions
    numbers: tuple[str, ...] = ()
    times: tuple[str, ...] = ()
    iris: tuple[str, ...] = ()
    others: tuple[str, ...] = ()

    @classmethod
    def of(cls, found: Solutions) -> Columns:
        """Look at every value of each column."""
        kinds: dict[str, list[str]] = {"numbers": [], "times": [], "iris": [], "others": []}
        for name in found.names:
            cells = [cell for cell in found.column(name) if cell]
            if not cells:
                continue
            if _are_numbers(cells):
                kinds["times" if _are_years(name, cells) else "numbers"].append(name)
            elif all(instant(cell) is not None for cell in cells):
                kinds["times"].append(name)
            elif all(cell.kind == "uri" for cell in cells):
                kinds["iris"].append(name)
            else:
                kinds["others"].append(name)
        return cls(found, **{kind: tuple(names) for kind, names in kinds.items()})

    @property
    def names(self) -> tuple[str, ...]:
        """Columns whose values name things, texts before IRIs, as SELECT lists them."""
        return tuple(n for n in self.found.names if n in self.others) + tuple(
            n for n in self.found.names if n in self.iris
        )


def _are_numbers(cells: Sequence[Cell]) -> bool:
    """Tell whether most are numbers, and one at least can be drawn: one NaN does not spoil them."""
    typed = sum(cell.is_numeric for cell in cells)
    return 2 * typed > len(cells) and any(cell.number is not None for cell in cells)


def _are_years(name: str, cells: Sequence[Cell]) -> bool:
    said = re.search(r"year|ann[eé]e|\ban\b|date", name, re.IGNORECASE) is not None
    return said and all(
        cell.number is not None
        and cell.number == cell.number.to_integral_value()
        and _YEARS[0] <= cell.number <= _YEARS[1]
        for cell in cells
    )


def instant(cell: Cell | None) -> float | None:
    """Return a date as a year and a part of it; None when the cell is no date.

    >>> instant(Cell("literal", "2014-07-02", datatype=_XSD + "date"))
    2014.499
    """
    if cell is None:
        return None
    if cell.number is not None:
        return float(cell.number)
    match = _DATE.match(cell.value) if cell.datatype in _TIMES else None
    if not match:
        return None
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        passed = date(2001, month, min(day, 28) if month == 2 else day) - date(2001, 1, 1)
    except ValueError:
        return None
    return round(year + passed.days / 365, 3)


def choose(
    role: str, label: str, known: Sequence[str], choices: Choices, *, none: str = ""
) -> Chooser:
    """Offer columns for a role: the one chosen, else the first; with `none`, one may take none."""
    options = tuple((name, f"?{name}") for name in known)
    chosen = choices.column(role, known)
    if none:
        return Chooser(role, label, (("", none), *options), chosen)
    return Chooser(role, label, options, chosen or (known[0] if known else ""))
