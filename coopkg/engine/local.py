"""The only door to the graph: run a query in a process that can be killed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Final

from pyoxigraph import BlankNode, NamedNode

from coopkg import formats
from coopkg.config import Settings
from coopkg.engine import admission, columns, cuts, refusals, syntax
from coopkg.engine.admission import Admitted
from coopkg.engine.interface import Dataset, Result
from coopkg.engine.lanes import GRACE_BYTES, Lanes
from coopkg.engine.named import Named
from coopkg.engine.refusals import Limits, Use
from coopkg.errors import GenerationError
from coopkg.terms import Term
from coopkg.workers.pool import GoneError, Nursery, Reply, Worker
from coopkg.workers.spool import NoRoomError, Room, Spool
from coopkg.workers.wire import KINDS, Request

RECYCLE_AFTER: Final = 5_000
RECYCLE_BYTES: Final = GRACE_BYTES
# A worker is not made nice sooner: it stays so, and is replaced; the next one begins by copying
# every page it looks at, which makes the next query of the kind three times as long.
NICE_S: Final = 1.0
WAITING_MAX: Final = 64  # large answers on their way; each holds a thread of the server

_LOG: Final = logging.getLogger("coopkg.engine")


class LocalEngine:
    """Runs queries in processes of this machine, which hold the store in memory."""

    def __init__(self, store: Path, settings: Settings, workers: int | None = None) -> None:
        """Load a store, and start a first worker.

        Raises:
            GenerationError: it cannot be loaded, or this machine runs no such process.
        """
        self.limits = Limits.of(settings)
        self._whole = replace(self.limits, rows=0)
        room = settings.spool_max_mb << 20
        self._room = Room(settings.spool_dir, room, WAITING_MAX)
        self._lanes = Lanes(workers or settings.workers, settings.queue_timeout_s)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._busy: set[Worker] = set()
        self._named = Named()
        self._nursery = Nursery(store, self.limits.memory_bytes).ready()
        self._coming: Nursery | None = None
        try:
            self._idle.append(self._nursery.fork())
        except GoneError as error:
            self._nursery.close()
            raise refusals.no_worker() from error

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
        """See `Engine.run`."""
        admitted = query if isinstance(query, Admitted) else admission.admit(query)
        use = Use(limits or self._whole, admitted.key, tokens=admitted.tokens)
        request = _request(admitted, accept, dataset or Dataset(), substitutions or {}, use.limits)
        body = Spool(self._room)
        came = time.monotonic()
        with self._named.known(query_id, use), self._lanes.place(use):
            started = time.monotonic()
            reply, store = self._ask(request, use, body)
        ended = time.monotonic()
        if reply.error:
            raise refusals.of_worker(reply.error, admitted, use)
        written = formats.written(accept, reply.kind)
        if reply.cut:
            cuts.mark(body, written, use.limits.rows)
        body.finish()
        return Result(
            reply.kind,
            body if body.file is not None else body.read(),
            written.media_type,
            ended - started,
            store,
            use.limits.rows if reply.cut else None,
            started - came,
            reply.prepared_s,
        )

    def cancel(self, query_id: str) -> bool:
        """See `Engine.cancel`; the query ends at the next look at it, a few hundredths later."""
        return self._named.stop(query_id)

    def _ask(self, request: Request, use: Use, body: Spool) -> tuple[Reply, Path]:
        worker = self._take()
        try:
            reply = worker.ask(
                request, body, lambda seconds, size: self._watch(worker, use, seconds, size)
            )
        except GoneError as error:
            self._lose(worker)
            raise refusals.ended(error.status, use) from error
        except NoRoomError as error:
            self._lose(worker)
            raise refusals.no_room(str(error)) from error
        except BaseException:
            self._lose(worker)
            raise
        self._give_back(worker, use)
        return reply, worker.nursery.store

    def _watch(self, worker: Worker, use: Use, seconds: float, size: int) -> None:
        use.seconds, use.bytes = seconds, size
        if use.stopped:
            raise refusals.stopped(use)
        if seconds >= use.limits.timeout_s:
            raise refusals.over_time(use)
        if size > use.limits.memory_bytes:
            raise refusals.over_memory(use)
        self._lanes.watch(use)
        if use.long and seconds >= NICE_S:
            worker.be_nice()

    def _take(self) -> Worker:
        with self._lock:
            worker = self._idle.pop() if self._idle else None
            nursery = self._nursery
        try:
            worker = worker or nursery.fork()
        except GoneError:
            try:
                worker = self._revive(nursery).fork()
            except (GoneError, GenerationError) as error:
                raise refusals.busy() from error
        with self._lock:
            self._busy.add(worker)
        return worker

    def _revive(self, dead: Nursery) -> Nursery:
        """Replace a nursery that has ended; several threads may ask at once."""
        with self._lock:
            if self._nursery is dead:
                _LOG.error("the process that holds the graph has ended; starting another")
                dead.close()
                self._idle.clear()
                self._nursery = Nursery(dead.store, self.limits.memory_bytes).ready()
            return self._nursery

    def _give_back(self, worker: Worker, use: Use) -> None:
        tired = worker.is_nice or worker.answered >= RECYCLE_AFTER
        if use.seconds and not tired:  # it took long enough to be looked at
            tired = worker.growth() > RECYCLE_BYTES
        with self._lock:
            self._busy.discard(worker)
            kept = not tired and worker.nursery is self._nursery
            if kept:
                self._idle.append(worker)
        if not kept:
            self._end(worker)

    def _lose(self, worker: Worker) -> None:
        with self._lock:
            self._busy.discard(worker)
        self._end(worker)

    def _end(self, worker: Worker) -> None:
        worker.end()
        with self._lock:
            last = worker.nursery is not self._nursery and not any(
                other.nursery is worker.nursery for other in self._busy
            )
        if last:
            worker.nursery.close()

    def workers(self) -> dict[str, int]:
        """Return how many processes wait for a query, and how many run one."""
        with self._lock:
            return {"idle": len(self._idle), "busy": len(self._busy)}

    @contextmanager
    def expecting(self, store: Path) -> Iterator[None]:
        """See `Engine.expecting`; one at a time."""
        self._coming = Nursery(store, self.limits.memory_bytes)
        try:
            yield
        finally:
            unused = self._expected()
            if unused is not None:
                unused.close()

    def _expected(self) -> Nursery | None:
        """Take what is expected, once."""
        with self._lock:
            coming, self._coming = self._coming, None
            return coming

    def switch(self, store: Path) -> None:
        """Answer from another store from now on; queries that run finish on the old one.

        Raises:
            GenerationError: it cannot be loaded; the old one stays.
        """
        coming = self._expected()
        if coming is not None and coming.store != store:
            coming.close()
            coming = None
        nursery = (coming or Nursery(store, self.limits.memory_bytes)).ready()
        with self._lock:
            old, self._nursery = self._nursery, nursery
            idle, self._idle = self._idle, []
            unused = not any(worker.nursery is old for worker in self._busy)
        for worker in idle:
            worker.end()
        if unused:
            old.close()

    def close(self) -> None:
        """End every process."""
        with self._lock:
            idle, self._idle = self._idle, []
            nurseries = {self._nursery, *(worker.nursery for worker in self._busy)}
            nurseries |= {self._coming} if self._coming else set()
        for worker in idle:
            worker.end()
        for nursery in nurseries:
            nursery.close()


def _request(
    admitted: Admitted,
    accept: str,
    dataset: Dataset,
    substitutions: Mapping[str, Term],
    limits: Limits,
) -> Request:
    default, named = dataset.graphs(admitted.dataset)
    star = columns.star(admitted.tokens)
    return {
        "query": admitted.text + syntax.PADDING,
        "star": star and [star.offset, columns.named(admitted.tokens)],
        "base": admission.BASE,
        "default": default,
        "named": named,
        "without": dataset.without if admitted.names_graphs else [],
        "formats": _formats(accept),
        "prefixes": dict(admitted.prologue.prefixes),
        "substitutions": {name: _plain(term) for name, term in substitutions.items()},
        "result_bytes": limits.result_bytes,
        "rows": limits.rows,
        "timer_s": limits.timeout_s + 1.0,
    }


@lru_cache(maxsize=64)
def _formats(accept: str) -> dict[str, str]:
    return {kind: formats.written(accept, kind).name for kind in KINDS}


def _plain(term: Term) -> list[str | None]:
    """Write a term as plain values, for `answering.term`."""
    if isinstance(term, NamedNode):
        return ["iri", term.value]
    if isinstance(term, BlankNode):
        return ["bnode", term.value]
    return ["literal", term.value, term.language, term.datatype.value]
