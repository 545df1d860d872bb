"""What goes out of sorted lines and what comes in, found by halving, and put into other lists."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

import pyoxigraph as ox

T = TypeVar("T")


class Place(NamedTuple):
    """A place in the old lines where something changes; those of one place are in this order."""

    at: int
    goes: bool
    """Whether the line that stands there goes; else one comes before it."""
    number: int
    """Which of the new ones comes."""


class Splices(NamedTuple):
    """What changes in the lines of a store: the quads that come, in their order, and where."""

    quads: tuple[ox.Quad, ...]
    lines: tuple[str, ...]
    places: tuple[Place, ...]

    @classmethod
    def of(
        cls, old: Sequence[str], come: Iterable[ox.Quad], gone: Iterable[ox.Quad]
    ) -> Splices | None:
        """Find each place in the old lines; None when something that goes is not there."""
        places: list[Place] = []
        for line in map(str, gone):
            at = bisect_left(old, line)
            if at == len(old) or old[at] != line:
                return None
            places.append(Place(at, True, 0))
        new = sorted((str(quad), quad) for quad in come)
        lines = tuple(line for line, _ in new)
        places += (Place(bisect_left(old, line), False, n) for n, line in enumerate(lines))
        return cls(tuple(quad for _, quad in new), lines, tuple(sorted(places)))

    def listed(self, old: Sequence[T], new: Sequence[T]) -> tuple[T, ...]:
        """Return a list that is in step with the lines as it is after the change."""
        found: list[T] = []
        done = 0
        for at, goes, number in self.places:
            found += old[done:at]
            done = at + goes
            if not goes:
                found.append(new[number])
        found += old[done:]
        return tuple(found)

    def written(self, old: bytes, starts: Sequence[int]) -> bytes:
        """Return N-Quads as they are after the change; `starts` are where the old lines begin."""
        whole, found = memoryview(old), list[bytes | memoryview]()
        done = 0
        for at, goes, number in self.places:
            found.append(whole[starts[done] : starts[at]])
            done = at + goes
            if not goes:
                found.append(f"{self.lines[number]} .\n".encode())
        found.append(whole[starts[done] :])
        return b"".join(found)
