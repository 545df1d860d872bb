"""The rows of an answer: cells as SPARQL has them, records as pandas takes them."""

from __future__ import annotations

import datetime
import itertools
import json
import warnings
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


class AnswerWarning(UserWarning):
    """An answer was cut short, or the service doubts what was asked."""


@dataclass(frozen=True, repr=False)
class Rows:
    """The rows of an answer, in order; a missing value is not in its row.

    `generation` is what answered (`12-abcdef123456`), `labels` the names of the IRIs that have
    one, `truncated` what the service says when it cut the answer, else "", `warnings` what it
    doubts in the query, in the language of the client: a name that no triple has, for instance.
    """

    columns: Sequence[str]
    rows: Sequence[Mapping[str, Cell]]
    generation: str
    truncated: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    warnings: Sequence[str] = ()

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self.rows)

    def __iter__(self) -> Iterator[Mapping[str, Cell]]:
        """Go through the rows."""
        return iter(self.rows)

    def __repr__(self) -> str:
        """Say how many rows there are, of what, and each thing to know before they are used."""
        columns = " ".join(f"?{column}" for column in self.columns)
        said = f"<{type(self).__name__}: {len(self)} × {columns}, {self.generation}>"
        return "\n".join([said, *(f"  ! {notice}" for notice in self.notices)])

    @property
    def notices(self) -> Sequence[str]:
        """What is to be known before the rows are used: that they were cut, and the warnings."""
        cut = [f"X-Truncated: {self.truncated}"] if self.truncated else []
        return [*cut, *self.warnings]

    def records(self) -> list[dict[str, Any]]:
        """Return the rows for `pandas.DataFrame`: plain values, None where there is none.

        A column that holds a named IRI is followed by `<column>_label`; where the query has a
        column of that name itself, by `<column>_label_2`, and so on. Each of the `notices` is
        said as an `AnswerWarning`.
        """
        warn(self.notices)
        named = {
            column
            for row in self.rows
            for column, cell in row.items()
            if cell.type == "uri" and cell.value in self.labels
        }
        beside = {column: self._beside(column) for column in named}
        return [self._record(row, beside) for row in self.rows]

    def _beside(self, column: str) -> str:
        """Return the name of the column of labels: none that the query has."""
        names = (column + LABEL + (f"_{n}" if n > 1 else "") for n in itertools.count(1))
        return next(name for name in names if name not in self.columns)

    def _record(self, row: Mapping[str, Cell], beside: Mapping[str, str]) -> dict[str, Any]:
        record: dict[str, Any] = {}
        for column in self.columns:
            cell = row.get(column)
            record[column] = None if cell is None else cell.plain
            if column in beside:
                record[beside[column]] = None if cell is None else self.labels.get(cell.value)
        return record


def warn(said: Iterable[str]) -> None:
    """Say each notice as an `AnswerWarning`, at the line that asked the client."""
    for notice in said:
        warnings.warn(notice, AnswerWarning, stacklevel=3)


@dataclass(frozen=True, repr=False)
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
