"""Solutions become rows: merged, sorted, written as cells."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

import pyoxigraph as ox

from coopkg.answers.catalogue import NUMBERS, Catalogue, Solution
from coopkg.questions import Column, Question
from coopkg.terms import Term
from coopkg.typography import collated


@dataclass(frozen=True)
class Row:
    """One row a reader sees, and the solutions it merges (they differ in hidden columns)."""

    cells: Mapping[str, Term]
    merged: tuple[Solution, ...]

    def value(self, name: str) -> Term | None:
        """Return the value of a column, hidden or not."""
        return self.cells.get(name) or self.merged[0].get(name)

    def terms(self) -> Iterator[Term]:
        """Yield every value of the row, of hidden columns too."""
        return (term for one in self.merged for term in one.values())


def rows(columns: Iterable[Column], found: Iterable[Solution]) -> list[Row]:
    """Merge the solutions that differ in hidden columns only."""
    shown = [column.name for column in columns if not column.hidden]
    groups: dict[tuple[Term | None, ...], list[Solution]] = {}
    for solution in found:
        groups.setdefault(tuple(solution.get(name) for name in shown), []).append(solution)
    return [
        Row(
            {name: value for name, value in zip(shown, key, strict=True) if value is not None},
            tuple(sorted(merged, key=str)),
        )
        for key, merged in groups.items()
    ]


def ordered(
    found: Iterable[Row], sort: Sequence[str], catalogue: Catalogue, lang: str
) -> list[Row]:
    """Sort rows by columns (`-` for descending), as one language reads; stable and total."""
    result = sorted(found, key=lambda row: str(sorted((n, str(t)) for n, t in row.cells.items())))
    keys: dict[Term | None, tuple[int, Decimal, str]] = {}  # values come again and again

    def key(term: Term | None) -> tuple[int, Decimal, str]:
        if term not in keys:
            keys[term] = _key(term, catalogue, lang)
        return keys[term]

    for name in reversed(sort):
        plain = name.removeprefix("-")
        result.sort(
            key=lambda row, plain=plain: key(row.value(plain)),  # type: ignore[misc]
            reverse=name.startswith("-"),
        )
    return result


def sorting(question: Question) -> tuple[str, ...]:
    """Return the columns a question is sorted by: those it names, then all it shows."""
    return (*question.sort, *(column.name for column in question.visible))


def _key(term: Term | None, catalogue: Catalogue, lang: str) -> tuple[int, Decimal, str]:
    if term is None:
        return (2, Decimal(0), "")
    if isinstance(term, ox.Literal) and term.datatype.value in NUMBERS:
        try:
            return (0, Decimal(term.value), "")
        except InvalidOperation:  # INF, NaN: after the numbers
            return (1, Decimal(0), term.value)
    return (1, Decimal(0), collated(catalogue.words(term, lang)))


def distinct(found: Iterable[Row], name: str) -> list[Term]:
    """Return the different values of a column, in the order of the rows."""
    values = (row.value(name) for row in found)
    return list(dict.fromkeys(value for value in values if value is not None))


def cell(term: Term, catalogue: Catalogue) -> dict[str, Any]:
    """Write a term in the shape of SPARQL 1.1 JSON results, with labels for an IRI."""
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value, "label": catalogue.label(term.value)}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    written: dict[str, Any] = {"type": "literal", "value": term.value}
    if term.language:
        written["xml:lang"] = term.language
    elif term.datatype.value != "http://www.w3.org/2001/XMLSchema#string":
        written["datatype"] = term.datatype.value
    return written
