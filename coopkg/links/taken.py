"""The addresses that were ever given, as far as generations are kept: none is given twice."""

from __future__ import annotations

import json
from collections.abc import Iterable

from coopkg.errors import GenerationError, UnknownError
from coopkg.generation import Generation

LABELS = "labels.json"


class Taken:
    """What some generations name: `iri in Taken(kept)`; each is read when it is first needed."""

    def __init__(self, kept: Iterable[Generation]) -> None:
        self._left = list(kept)
        self._read: list[bytes] = []

    def __contains__(self, iri: object) -> bool:
        wanted = json.dumps(iri, ensure_ascii=False).encode()
        return any(wanted in one for one in self._read) or any(
            wanted in self._next() for _ in range(len(self._left))
        )

    def _next(self) -> bytes:
        """Read one more; of one that is damaged or pruned meanwhile nothing is known."""
        found = self._left.pop(0)
        try:
            self._read.append(found.read(LABELS))
        except (GenerationError, UnknownError):
            self._read.append(b"")
        return self._read[-1]
