"""The queries that can be stopped by a name, while they wait and while they run."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from coopkg.engine.refusals import Use


class Named:
    """One engine's named queries; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._uses: dict[str, Use] = {}

    @contextmanager
    def known(self, query_id: str, use: Use) -> Iterator[None]:
        """Let a query be stopped by its name while this lasts; no name, no stop."""
        if not query_id:
            yield
            return
        with self._lock:
            self._uses[query_id] = use
        try:
            yield
        finally:
            with self._lock:
                if self._uses.get(query_id) is use:
                    del self._uses[query_id]

    def stop(self, query_id: str) -> bool:
        """Mark a query as stopped; tell whether there was one of that name."""
        with self._lock:
            use = self._uses.get(query_id)
        if use is None:
            return False
        use.stopped = True
        return True
