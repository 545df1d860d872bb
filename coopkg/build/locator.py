"""Where a subject, a predicate of it, or a value of that is written, across all sources."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, Protocol

from pyoxigraph import NamedNode, Quad

from coopkg.build.turtle.lines import Misread, Place
from coopkg.errors import Location
from coopkg.terms import Term

_LOG: Final = logging.getLogger(__name__)


class Located(Protocol):
    """What a locator needs of a source."""

    @property
    def path(self) -> str: ...  # noqa: D102

    @property
    def quads(self) -> Sequence[Quad]: ...  # noqa: D102

    @property
    def positions(self) -> Sequence[Place]: ...  # noqa: D102


class Locator:
    """Finds triples in sources; a file is read for its lines when first asked about."""

    def __init__(self, sources: Iterable[Located]) -> None:
        self._sources = tuple(sources)

    def __call__(
        self, subject: Term, predicate: NamedNode | None = None, value: Term | None = None
    ) -> list[Location]:
        """Return where the triples that match are written, by path and line; None matches all.

        The place is the value's when a value is given, else the predicate's when one is given,
        else the subject's. A node that is the subject of nothing is placed where it is a value.
        """
        part = "value" if value is not None else "predicate" if predicate else "subject"
        found = self._matching(self._by_subject.get(subject, ()), predicate, value)
        if not found and predicate is None and value is None:
            found, part = self._by_value.get(subject, []), "value"
        places = {self._location(source, number, part) for source, number in found}
        return sorted(places, key=lambda at: (at.path, at.line or 0, at.column or 0))

    def _matching(
        self, candidates: Iterable[tuple[int, int]], predicate: Any, value: Any
    ) -> list[tuple[int, int]]:
        return [
            (source, number)
            for source, number in candidates
            for quad in (self._sources[source].quads[number],)
            if predicate in (None, quad.predicate) and value in (None, quad.object)
        ]

    def _location(self, source: int, number: int, part: str) -> Location:
        where = self._sources[source]
        try:
            return Location(where.path, *getattr(where.positions[number], part))
        except Misread as error:
            _LOG.error("%s: lines are not known: %s", where.path, error)
            return Location(where.path)

    @cached_property
    def _by_subject(self) -> Mapping[object, list[tuple[int, int]]]:
        return self._index("subject")

    @cached_property
    def _by_value(self) -> Mapping[object, list[tuple[int, int]]]:
        return self._index("object")

    def _index(self, part: str) -> Mapping[object, list[tuple[int, int]]]:
        found: dict[object, list[tuple[int, int]]] = defaultdict(list)
        for number, source in enumerate(self._sources):
            for position, quad in enumerate(source.quads):
                found[getattr(quad, part)].append((number, position))
        return dict(found)
