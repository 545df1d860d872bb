"""The store of a generation, made from that of the generation before: what differs is moved.

Most quads stay. Those that come and those that go are found part by part, and put or taken out at
their places in the order of the lines. A test compares it with the store that is made from nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

import pyoxigraph as ox

from coopkg.build import content, describe
from coopkg.build.content import Contents, Gathered, Said
from coopkg.build.intake.ground import MADE, Ground
from coopkg.rules import Inferred
from coopkg.terms import Triple

MOST: Final = 400_000
"""Quads of a store beyond which it is not kept in memory in pieces."""
MOVED: Final = 20_000
"""Quads of a change beyond which making all anew is no slower."""


@dataclass(frozen=True)
class SealedStore:
    """The store of a generation: its lines in order, each without its end, and their quads."""

    ground: Ground = field(repr=False)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of `store.nq`."""
        return tuple(line[:-2] for line in self.ground.store.decode().split("\n")[:-1])

    @cached_property
    def quads(self) -> tuple[ox.Quad, ...]:
        """The quads of the lines."""
        return tuple(ox.parse(self.ground.store, format=ox.RdfFormat.N_QUADS))

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """The quads, to be read many times."""
        return tuple(content.said(self.quads))

    @cached_property
    def sources(self) -> frozenset[ox.Quad]:
        """What the sources said."""
        return frozenset(self.ground.quads)

    @cached_property
    def asserted(self) -> frozenset[Triple]:
        """What they assert."""
        return frozenset(self.ground.gathered.asserted)

    @cached_property
    def described(self) -> frozenset[ox.Quad]:
        """What VoID said of them."""
        return frozenset(one for one in self.quads if one.graph_name == content.DESCRIPTION)

    @cached_property
    def counts(self) -> Counter[object]:
        """How many quads stand in each graph, but for the one that describes them."""
        found: Counter[object] = Counter(one.graph_name for one in self.said)
        del found[content.DESCRIPTION]
        return found

    @cached_property
    def is_plain(self) -> bool:
        """Tell whether all of it is as it is read here: few enough, and nothing else stands in it.

        An operator may keep facts in the default graph, which only making it anew sets apart.
        """
        if not 0 < self.ground.store.count(b"\n") <= MOST:
            return False
        default, graphs = ox.DefaultGraph(), self.counts
        return (
            len(self.lines) == len(self.quads)
            and graphs[default] == len(self.asserted | self.ground.inferred)
            and graphs[content.ASSERTED] == len(self.asserted)
            and graphs[content.INFERRED] == len(self.ground.inferred)
            and sum(graphs.values()) + len(self.described) == len(self.quads)
        )


def contents(before: SealedStore, now: Gathered, inferred: Inferred) -> Contents | None:
    """Return what `content.contents` does; None when only making it anew can tell."""
    if not before.is_plain or now.graphs & MADE:
        return None
    asserted, made = frozenset(now.asserted), frozenset(inferred.triples)
    was, old = before.asserted, before.ground.inferred
    come = [*content.quads(asserted - was, content.ASSERTED),
            *content.quads(made - old, content.INFERRED)]  # fmt: skip
    gone = [*content.quads(was - asserted, content.ASSERTED),
            *content.quads(old - made, content.INFERRED)]  # fmt: skip
    new = {one for one in (asserted - was) | (made - old) if one not in was and one not in old}
    lost = ((was - asserted) | (old - made)) - asserted - made
    come += content.quads(new, ox.DefaultGraph())
    gone += content.quads(lost, ox.DefaultGraph())
    sources = frozenset(now.quads)
    come += sources - before.sources
    gone += before.sources - sources
    if len(come) + len(gone) > MOVED:
        return None
    counts = before.counts + Counter(one.graph_name for one in come)
    counts.subtract(one.graph_name for one in gone)
    graphs = {
        graph.value: count
        for graph, count in counts.items()
        if count and isinstance(graph, ox.NamedNode)
    }
    closure = dict.fromkeys([*now.asserted, *inferred.triples])
    described = describe.description(closure, dict(sorted(graphs.items())))
    told = frozenset(content.description(described))
    graphs[content.DESCRIPTION.value] = len(described)
    moved = _Moved(before)
    if not moved.take((*gone, *(before.described - told))):
        return None
    moved.put((*come, *(told - before.described)))
    return Contents(
        tuple(moved.quads),
        dict(sorted(graphs.items())),
        inferred,
        described,
        tuple(moved.lines),
        tuple(moved.said),
    )


class _Moved:
    """The three lists of a store, in step."""

    def __init__(self, before: SealedStore) -> None:
        self.lines, self.quads = list(before.lines), list(before.quads)
        self.said = list(before.said)

    def take(self, gone: Iterable[ox.Quad]) -> bool:
        """Take quads out; tell whether all were there."""
        for line in map(str, gone):
            place = bisect_left(self.lines, line)
            if self.lines[place : place + 1] != [line]:
                return False
            del self.lines[place], self.quads[place], self.said[place]
        return True

    def put(self, come: Iterable[ox.Quad]) -> None:
        """Put quads in."""
        listed = list(come)
        for quad, said in zip(listed, content.said(listed), strict=True):
            line = str(quad)
            place = bisect_left(self.lines, line)
            self.lines.insert(place, line)
            self.quads.insert(place, quad)
            self.said.insert(place, said)
