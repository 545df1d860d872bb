"""What was checked and not sent yet: kept half an hour in memory, so that no file is chosen twice.

A draft is named by 128 random bits and belongs to one partner. Nothing of it reaches the disk; a
restart forgets it, and the page then asks for the file again.
"""

from __future__ import annotations

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from coopkg.contributions import Upload

LIFE_S: Final = 1800.0
Tables = Sequence[Mapping[str, Any]]
MOST: Final = 64
MOST_BYTES: Final = 64 << 20


class Drafts:
    """A bounded number of uploads; the oldest leave first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[float, Upload, Tables]] = OrderedDict()

    def put(self, upload: Upload, tables: Tables = ()) -> str:
        """Keep an upload, and what its columns are when it is a table; return its name."""
        name = secrets.token_urlsafe(16)
        with self._lock:
            self._kept[name] = (self._clock(), upload, tuple(tables))
            self._shed()
        return name

    def get(self, name: str, partner: str) -> Upload | None:
        """Return what a partner has put there, None when it has gone."""
        with self._lock:
            self._shed()
            _, found, _ = self._kept.get(name, (0.0, None, ()))
        return found if found is not None and found.partner == partner else None

    def tables(self, name: str, partner: str) -> Tables:
        """Return the columns of what a partner has put there, () when it has gone."""
        with self._lock:
            _, found, tables = self._kept.get(name, (0.0, None, ()))
        return tables if found is not None and found.partner == partner else ()

    def _shed(self) -> None:
        size = sum(len(one.body) for _, one, _ in self._kept.values())
        while self._kept:
            name, (since, upload, _) = next(iter(self._kept.items()))
            young = self._clock() - since < LIFE_S
            if young and len(self._kept) <= MOST and size <= MOST_BYTES:
                return
            size -= len(upload.body)
            del self._kept[name]
