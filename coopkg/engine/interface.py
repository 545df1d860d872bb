"""What every engine promises: queries in, complete answers or reasons out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from coopkg import formats, terms
from coopkg.engine import refusals
from coopkg.engine.admission import Admitted
from coopkg.engine.refusals import Limits
from coopkg.sparql_text import DatasetClauses
from coopkg.terms import Term
from coopkg.workers.spool import Spool
from coopkg.workers.wire import Kind

ASSERTED: Final = terms.BASE + "graph/asserted"
INFERRED: Final = terms.BASE + "graph/inferred"
BODY_MAX_BYTES: Final = 16 << 20


@dataclass(frozen=True)
class Dataset:
    """The dataset asked with the query (SPARQL 1.1 Protocol, section 2.1.4); None: not given.

    Given, it wins over FROM and FROM NAMED. When neither is there, the default graph is the
    store's: asserted and inferred triples, or the asserted ones alone without `inference`; and
    every named graph can be asked. Without `inference` no name reaches the graph of what is
    inferred: such an answer says that it rests on stated facts only.
    """

    default: tuple[str, ...] | None = None
    named: tuple[str, ...] | None = None
    inference: bool = True

    def graphs(self, clauses: DatasetClauses) -> tuple[list[str] | None, ...]:
        """Return the default and the named graphs of a query with such clauses; None: all."""
        if self.default is not None or self.named is not None:
            return self._readable(self.default or ()), self._readable(self.named or ())
        if clauses:
            return self._readable(clauses.default), self._readable(clauses.named)
        return (None if self.inference else [ASSERTED]), None

    @property
    def without(self) -> list[str]:
        """The graphs that no name reaches."""
        return [] if self.inference else [INFERRED]

    def _readable(self, graphs: Iterable[str]) -> list[str]:
        return [graph for graph in dict.fromkeys(graphs) if graph not in self.without]


@dataclass(frozen=True)
class Result:
    """A complete answer; `store` is what it comes from, whatever was switched meanwhile.

    It is complete up to `truncated`, the limit of rows or triples that cut it; None: nothing was.
    `queued_s` went by before the query ran, and `prepared_s` of `elapsed_s` before its first row.
    """

    kind: Kind
    content: bytes | Spool
    media_type: str
    elapsed_s: float
    store: Path
    truncated: int | None = None
    queued_s: float = 0.0
    prepared_s: float = 0.0

    @property
    def size(self) -> int:
        """The bytes of the answer."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.size

    @property
    def is_large(self) -> bool:
        """Whether the answer is to be sent in pieces: it waits in a file, not in memory."""
        return not isinstance(self.content, bytes) and self.content.file is not None

    @property
    def body(self) -> bytes:
        """The answer in one piece.

        Raises:
            QueryLimitError: it is too large to be held in memory.
        """
        if isinstance(self.content, bytes):
            return self.content
        if self.content.size > BODY_MAX_BYTES:
            raise refusals.too_big(BODY_MAX_BYTES, self.elapsed_s)
        return self.content.read()

    def chunks(self) -> Iterator[bytes]:
        """Give the answer in pieces."""
        return iter((self.content,)) if isinstance(self.content, bytes) else self.content.chunks()

    def close(self) -> None:
        """Give back what a large answer takes; forgetting it does the same."""
        if not isinstance(self.content, bytes):
            self.content.close()


class Engine(Protocol):
    """Runs queries on one store at a time; safe to use from many threads."""

    @property
    def limits(self) -> Limits:
        """What a query may use when it brings no limits of its own."""
        ...

    def run(
        self,
        query: str | Admitted,
        *,
        accept: str = formats.JSON.media_type,
        dataset: Dataset | None = None,
        substitutions: Mapping[str, Term] | None = None,
        limits: Limits | None = None,
        query_id: str = "",
    ) -> Result:
        """Return the complete answer of a query, or say why there is none.

        `accept` is one media type of `formats`; a graph asked as JSON comes as Turtle. A variable
        of `substitutions` must be listed by SELECT, and get its values from a triple pattern.
        `query_id` is a name by which `cancel` stops it, one at a time.

        Raises:
            SyntaxQueryError: it is not SPARQL.
            RefusedQuery: it is too complex, calls out, or writes.
            QueryLimitError: it went over its time, its memory or the size of a result.
            StoppedError: it was stopped on request.
            EngineBusyError: no worker became free in time.
            QueryError: the engine cannot evaluate it, or not in that format.
        """
        ...

    def cancel(self, query_id: str) -> bool:
        """Stop a query that runs; tell whether there was one of that name."""
        ...

    def expecting(self, store: Path) -> AbstractContextManager[None]:
        """Load a store while this lasts; it is given up at its end, unless switched to."""
        ...

    def switch(self, store: Path) -> None:
        """Answer from another store from now on; queries that run finish on the old one.

        Raises:
            GenerationError: it cannot be loaded; the old one stays.
        """
        ...

    def close(self) -> None:
        """End everything it started."""
        ...
