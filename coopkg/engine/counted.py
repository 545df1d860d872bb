"""An engine that counts what it is asked: how many queries, how they ended, how long they took."""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from coopkg import errors
from coopkg.engine.admission import Admitted
from coopkg.engine.interface import Engine, Result
from coopkg.engine.refusals import Limits

SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
"""Upper bounds of the classes that times are counted in."""
ANSWERED: Final = "answered"
# The first class that fits names how a query ended.
ENDS: Final[tuple[tuple[type[BaseException], str], ...]] = (
    (errors.StoppedError, "stopped"),
    (errors.QueryLimitError, "limit"),
    (errors.EngineBusyError, "busy"),
    (errors.SyntaxQueryError, "syntax"),
    (errors.RefusedQuery, "refused"),
    (errors.CoopkgError, "other"),
)
FAILED: Final = "failed"


@dataclass(frozen=True)
class Count:
    """What was counted: queries by their end, times by class (the last one has no bound)."""

    ended: Mapping[str, int]
    classes: Sequence[int]
    seconds: float
    running: int
    workers: Mapping[str, int]


class CountedEngine:
    """The same engine, counted; safe to use from many threads."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._ended: Counter[str] = Counter()
        self._classes = [0] * (len(SECONDS) + 1)
        self._seconds = 0.0
        self._running = 0

    @property
    def limits(self) -> Limits:
        """See `Engine.limits`."""
        return self._engine.limits

    def run(self, query: str | Admitted, **how: Any) -> Result:
        """See `Engine.run`."""
        with self._counting():
            return self._engine.run(query, **how)

    @contextmanager
    def _counting(self) -> Iterator[None]:
        with self._lock:
            self._running += 1
        began, end = time.monotonic(), FAILED
        try:
            yield
            end = ANSWERED
        except errors.CoopkgError as error:
            end = next(name for kind, name in ENDS if isinstance(error, kind))
            raise
        finally:
            took = time.monotonic() - began
            with self._lock:
                self._running -= 1
                self._ended[end] += 1
                self._seconds += took
                self._classes[bisect_left(SECONDS, took)] += 1

    def count(self) -> Count:
        """Return what was counted since the start, and what runs now."""
        workers = getattr(self._engine, "workers", None)  # a remote engine has none of ours
        alive = workers() if workers else {}
        with self._lock:
            return Count(
                dict(self._ended), tuple(self._classes), self._seconds, self._running, alive
            )

    def cancel(self, query_id: str) -> bool:
        """See `Engine.cancel`."""
        return self._engine.cancel(query_id)

    def expecting(self, store: Path) -> AbstractContextManager[None]:
        """See `Engine.expecting`."""
        return self._engine.expecting(store)

    def switch(self, store: Path) -> None:
        """See `Engine.switch`."""
        self._engine.switch(store)

    def close(self) -> None:
        """See `Engine.close`."""
        self._engine.close()
