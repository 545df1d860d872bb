"""Fairness between long and short queries.

Every query starts in a free *lane*, one more than `workers`. One that has run for GRACE_S, or has
taken GRACE_BYTES, is *long*: only `workers` of them run at once. A long query that finds no place
goes on in its lane until somebody else waits for it, and is then refused as busy. So one lane
always turns over fast, and whatever the long queries do, a short one is answered.

What was long once is taken for long when it comes again, word for word: it waits for a long
place, and keeps nobody waiting.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from coopkg.engine import refusals
from coopkg.engine.refusals import Use

GRACE_S: Final = 0.3
GRACE_BYTES: Final = 96 << 20
REMEMBERED: Final = 256
LOOK_EACH_S: Final = 0.2  # at who waits: it may have been stopped


class Lanes:
    """Who may run now; safe to use from many threads."""

    def __init__(self, workers: int, timeout_s: float) -> None:
        self._timeout_s = timeout_s
        self._lanes = threading.Semaphore(workers + 1)
        self._long = threading.Semaphore(workers)
        self._lock = threading.Lock()
        self._waiting = 0
        self._known: OrderedDict[int, None] = OrderedDict()

    @contextmanager
    def place(self, use: Use) -> Iterator[None]:
        """Hold a lane, and a long place when it comes to that.

        Raises:
            EngineBusyError: none became free in time.
            StoppedError: it was stopped while it waited.
        """
        deadline = time.monotonic() + self._timeout_s
        if self._is_known(use):
            use.long = self._wait(self._long, deadline, use)
        try:
            self._wait(self._lanes, deadline, use)
            try:
                if not use.long and self._is_known(use) and not self._promote(use):
                    raise refusals.busy()  # its like has shown meanwhile what it is
                yield
            finally:
                self._lanes.release()
        finally:
            if use.long:
                self._long.release()

    def watch(self, use: Use) -> None:
        """Find a long place for a query that has just become long.

        Raises:
            EngineBusyError: there is none, and it is in the way.
        """
        if use.long or (use.seconds < GRACE_S and use.bytes < GRACE_BYTES):
            return
        if not self._promote(use) and (self._waiting or use.bytes >= GRACE_BYTES):
            raise refusals.busy()

    def _promote(self, use: Use) -> bool:
        with self._lock:
            self._known[use.key] = None
            self._known.move_to_end(use.key)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        use.long = self._long.acquire(blocking=False)
        return use.long

    def _is_known(self, use: Use) -> bool:
        with self._lock:
            return use.key in self._known

    def _wait(self, places: threading.Semaphore, deadline: float, use: Use) -> bool:
        """Take a place.

        Raises:
            EngineBusyError: none became free in time.
            StoppedError: nobody wants it any more.
        """
        if places.acquire(blocking=False):
            return True
        with self._lock:
            self._waiting += 1
        try:
            while not places.acquire(timeout=_slice(deadline)):
                if use.stopped:
                    raise refusals.stopped(use)
                if time.monotonic() >= deadline:
                    raise refusals.busy()
        finally:
            with self._lock:
                self._waiting -= 1
        return True


def _slice(deadline: float) -> float:
    return min(LOOK_EACH_S, max(0.0, deadline - time.monotonic()))
