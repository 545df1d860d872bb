"""Read what the engine answers, for a page: terms as plain cells, no more rows than it needs."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any, Final

import pyoxigraph as ox

from coopkg.engine import Result
from coopkg.terms import PREFIXES

MOST: Final = 10_000
"""Rows that a page sorts, filters and draws; files have them all."""
TRIPLE: Final = ("subject", "predicate", "object")
_BINDINGS: Final = re.compile(r'"results"\s*:\s*\{[^{}\[\]]*?"bindings"\s*:\s*\[')
_HEAD: Final = re.compile(r'"head"\s*:\s*(?=\{)')
_BETWEEN: Final = re.compile(r"[\s,]*")
_XSD: Final = PREFIXES["xsd"]
_STRING: Final = _XSD + "string"
_NUMERIC: Final = frozenset(_XSD + name for name in ("integer", "decimal", "double", "float"))


@dataclass(frozen=True)
class Cell:
    """A term: `kind` is uri, literal, bnode or triple; `datatype` is empty for plain text."""

    kind: str
    value: str
    lang: str = ""
    datatype: str = ""

    @property
    def is_numeric(self) -> bool:
        """Whether it has a datatype of numbers, even where it is NaN or no number at all."""
        return self.datatype in _NUMERIC

    @property
    def number(self) -> Decimal | None:
        """The value of a number; None for anything else, NaN and infinity included."""
        if not self.is_numeric:
            return None
        try:
            found = Decimal(self.value.strip())
        except InvalidOperation:
            return None
        return found if found.is_finite() else None


Row = tuple[Cell | None, ...]


@dataclass(frozen=True)
class Solutions:
    """The columns and first rows of an answer, and how many rows it has in all."""

    names: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    is_graph: bool = False

    @property
    def cut(self) -> bool:
        """Whether there are rows that are not here."""
        return self.total > len(self.rows)

    def column(self, name: str) -> list[Cell | None]:
        """Return the cells of one column."""
        at = self.names.index(name)
        return [row[at] for row in self.rows]


def of_bindings(body: bytes) -> Solutions:
    """Read SPARQL 1.1 Query Results JSON (section 3): one row at a time, the first ones kept.

    Raises:
        ValueError: it is not such a document.
    """
    text = body.decode("utf-8")
    head, start = _HEAD.search(text), _BINDINGS.search(text)
    if not head or not start:
        raise ValueError("no SPARQL results")
    decode = json.JSONDecoder().raw_decode
    names = tuple(decode(text, head.end())[0].get("vars", ()))
    rows = _objects(text, start.end())
    kept = tuple(tuple(_cell(row.get(name)) for name in names) for row in islice(rows, MOST))
    return Solutions(names, kept, len(kept) + sum(1 for _ in rows))


def _objects(text: str, at: int) -> Iterator[dict[str, Any]]:
    decode = json.JSONDecoder().raw_decode
    while True:
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        if text[at] == "]":
            return
        found, at = decode(text, at)
        yield found


def of_graph(body: bytes) -> Solutions:
    """Read a graph in Turtle: one row a triple."""
    triples = ox.parse(body, format=ox.RdfFormat.TURTLE)
    kept = [
        tuple(_of_term(term) for term in (quad.subject, quad.predicate, quad.object))
        for quad in islice(triples, MOST)
    ]
    return Solutions(TRIPLE, tuple(kept), len(kept) + sum(1 for _ in triples), is_graph=True)


def boolean(result: Result) -> bool:
    """Return what an ASK answers."""
    return bool(json.loads(result.body)["boolean"])


def _cell(binding: dict[str, Any] | None) -> Cell | None:
    if binding is None:
        return None
    kind, value = binding["type"], binding["value"]
    if kind == "triple":
        parts = [_cell(value.get(name)) for name in TRIPLE]
        return Cell("triple", f"<<( {' '.join(written(part) for part in parts if part)} )>>")
    datatype = binding.get("datatype", "")
    kind = "literal" if kind == "typed-literal" else kind
    return Cell(
        kind, str(value), binding.get("xml:lang", ""), "" if datatype == _STRING else datatype
    )


def _of_term(term: Any) -> Cell:
    if isinstance(term, ox.NamedNode):
        return Cell("uri", term.value)
    if isinstance(term, ox.BlankNode):
        return Cell("bnode", term.value)
    if isinstance(term, ox.Literal):
        datatype = "" if term.language or term.datatype.value == _STRING else term.datatype.value
        return Cell("literal", term.value, term.language or "", datatype)
    return Cell("triple", str(term))


def written(cell: Cell) -> str:
    """Write a cell as in Turtle, prefixes aside: the same text for the same term.

    >>> written(Cell("literal", "é", "fr")), written(Cell("bnode", "x"))
    ('"é"@fr', '_:x')
    """
    if cell.kind == "uri":
        return f"<{cell.value}>"
    if cell.kind == "bnode":
        return f"_:{cell.value}"
    if cell.kind == "triple":
        return cell.value
    text = json.dumps(cell.value, ensure_ascii=False)
    return text + (
        f"@{cell.lang}" if cell.lang else f"^^<{cell.datatype}>" if cell.datatype else ""
    )


def same(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """Return rows as texts that can be compared between two answers: blank nodes are all alike."""
    return [
        tuple(
            "" if cell is None else "_:" if cell.kind == "bnode" else written(cell) for cell in row
        )
        for row in rows
    ]
