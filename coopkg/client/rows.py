"""The rows of an answer: cells as SPARQL has them, records as pandas takes them."""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, Literal

from coopkg.terms import PREFIXES

LABEL: Final = "_label"
_XSD: Final = PREFIXES["xsd"]
_READERS: Final[Mapping[str, Callable[[str], Any]]] = {
    **dict.fromkeys(
        (_XSD + name for name in ("integer", "int", "long", "nonNegativeInteger", "gYear")), int
    ),
    _XSD + "decimal": Decimal,
    **dict.fromkeys((_XSD + "double", _XSD + "float"), float),
    _XSD + "boolean": {"true": True, "1": True, "false": False, "0": False}.__getitem__,
    _XSD + "date": datetime.date.fromisoformat,
}


@dataclass(frozen=True)
class Cell:
    """One value: `type` and the rest as in SPARQL 1.1 Query Results JSON, section 3.2.2."""

    type: Literal["uri", "literal", "bnode", "triple"]
    value: str
    language: str = ""
    datatype: str = ""

    @property
    def plain(self) -> Any:
        """The value as Python has it; the text itself where it has no type for it."""
        try:
            return _READERS[self.datatype](self.value)
        except (KeyError, ValueError, ArithmeticError):
            return self.value


@dataclass(frozen=True)
class Rows:
    """The rows of an answer, in order; a missing value is not in its row.

    `generation` is what answered (`12-abcdef123456`), `labels` the names of the IRIs that have
    one, `truncated` what the service says when it cut the answer, else "".
    """

    columns: Sequence[str]
    rows: Sequence[Mapping[str, Cell]]
    generation: str
    truncated: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Mapping[str, Cell]]:
        """Go through the rows."""
        return iter(self.rows)

    def records(self) -> list[dict[str, Any]]:
        """Return the rows for `pandas.DataFrame`: plain values, None where there is none.

        A column that holds a named IRI is followed by `<column>_label`.
        """
        named = {
            column
            for row in self.rows
            for column, cell in row.items()
            if cell.type == "uri" and cell.value in self.labels
        }
        return [self._record(row, named) for row in self.rows]

    def _record(self, row: Mapping[str, Cell], named: Iterable[str]) -> dict[str, Any]:
        record: dict[str, Any] = {}
        for column in self.columns:
            cell = row.get(column)
            record[column] = None if cell is None else cell.plain
            if column in named:
                record[column + LABEL] = None if cell is None else self.labels.get(cell.value)
        return record


@dataclass(frozen=True)
class Answer(Rows):
    """The rows of a question, with its status and its sentence.

    `status` is complete, empty, not-stated or truncated: see the answer JSON of the service.
    """

    status: str = ""
    sentence: str = ""
    notes: Sequence[str] = ()


def cells(rows: Iterable[Mapping[str, Mapping[str, Any]]]) -> list[dict[str, Cell]]:
    """Read the rows of SPARQL 1.1 Query Results JSON."""
    return [
        {
            name: Cell(
                cell["type"],
                cell["value"] if isinstance(cell["value"], str) else json.dumps(cell["value"]),
                cell.get("xml:lang", ""),
                cell.get("datatype", ""),
            )
            for name, cell in row.items()
        }
        for row in rows
    ]
