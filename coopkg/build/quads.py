"""The quads of a store, read once for all that describes them: by graph, and by property."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import attrgetter
from typing import Any

import pyoxigraph as ox


@dataclass(frozen=True, eq=False)
class Quads:
    """Quads in the order of their store; what is picked from them keeps that order."""

    every: Sequence[ox.Quad]
    written: Sequence[ox.Quad] = field(default=(), repr=False)
    """The same as pyoxigraph has them, which alone it writes, when `every` are copies to read."""

    @classmethod
    def of(cls, quads: Iterable[ox.Quad]) -> Quads:
        """Return them as they are, or to be read so."""
        return quads if isinstance(quads, cls) else cls(tuple(quads))

    def __iter__(self) -> Iterator[ox.Quad]:
        return iter(self.every)

    def graph(self, name: ox.NamedNode | ox.DefaultGraph) -> Sequence[ox.Quad]:
        """Return the quads of one graph."""
        return self.at(self.graphs.get(name, ()))

    def at(self, places: Iterable[int]) -> Sequence[ox.Quad]:
        """Return the quads at some places, in their order."""
        return [self.every[place] for place in sorted(places)]

    @cached_property
    def graphs(self) -> Mapping[Any, Sequence[int]]:
        """The places of the quads of each graph."""
        found: dict[Any, list[int]] = defaultdict(list)
        for place, quad in enumerate(self.every):
            found[quad.graph_name].append(place)
        return found

    @cached_property
    def default(self) -> Quads:
        """The quads of the default graph."""
        return Quads(self.graph(ox.DefaultGraph()))

    @cached_property
    def properties(self) -> Mapping[ox.NamedNode, Sequence[int]]:
        """The places of the quads of each property."""
        found: dict[ox.NamedNode, list[int]] = defaultdict(list)
        for place, quad in enumerate(self.every):
            found[quad.predicate].append(place)
        return found

    def saying(self, *properties: ox.NamedNode) -> Sequence[ox.Quad]:
        """Return the quads of some properties."""
        return self.at(place for one in properties for place in self.properties.get(one, ()))

    @cached_property
    def nodes(self) -> frozenset[Any]:
        """What is said and of what: every subject and every object, each once."""
        subjects = frozenset(map(attrgetter("subject"), self.every))
        return subjects.union(map(attrgetter("object"), self.every))
