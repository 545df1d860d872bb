"""The values that a cell may hold, as RDF: None when what it holds is none of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

import pyoxigraph as ox

from coopkg.build.intake import cells
from coopkg.build.intake.cells import Cell
from coopkg.terms import PREFIXES, Term

_XSD: Final = PREFIXES["xsd"]
IRI: Final = re.compile(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+")


def _address(cell: Cell) -> Term | None:
    return ox.NamedNode(cell.text) if IRI.fullmatch(cell.text) else None


def _typed(text: str | None, kind: str) -> Term | None:
    return None if text is None else ox.Literal(text, datatype=ox.NamedNode(_XSD + kind))


def _integer(cell: Cell) -> Term | None:
    number = cells.integer(cell)
    return _typed(None if number is None else str(number), "integer")


def _decimal(cell: Cell) -> Term | None:
    number = cells.decimal(cell)
    return _typed(None if number is None else f"{number:f}", "decimal")


def _date(cell: Cell) -> Term | None:
    when = cells.day(cell)
    return _typed(None if when is None else when.isoformat(), "date")


def _boolean(cell: Cell) -> Term | None:
    said = cells.boolean(cell)
    return _typed(None if said is None else str(said).lower(), "boolean")


READERS: Final[Mapping[str, Callable[[Cell], Term | None]]] = {
    "address": _address,
    "integer": _integer,
    "decimal": _decimal,
    "date": _date,
    "boolean": _boolean,
}
EXPECTED: Final = {
    "thing": ("une adresse sans espace", "an address without spaces", "https://exemple.org"),
    "address": ("une adresse https://…", "an address https://…", "https://exemple.org"),
    "integer": ("un nombre entier", "a whole number", "2016"),
    "decimal": ("un nombre", "a number", "12,5"),
    "date": (
        "une date (2016-09-01 ou 01/09/2016)", "a date (2016-09-01 or 01/09/2016)", "2016-09-01",
    ),
    "boolean": ("oui ou non", "yes or no", "oui"),
}  # fmt: skip


def digits(text: str) -> str:
    """Return the number that a text begins with, "" when there is none.

    >>> digits("12 agents")
    '12'
    """
    match = re.match(r"\s*(-?\d+(?:[.,]\d+)?)", text)
    return match[1] if match else ""
