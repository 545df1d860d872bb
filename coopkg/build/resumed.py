"""The store of a generation, made from that of the generation before: what differs is moved.

Most quads stay. Those that come and those that go are found part by part, and put or taken out at
their places in the order of the lines. A test compares it with the store that is made from nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, NamedTuple, TypeVar

import pyoxigraph as ox

from coopkg.build import content, describe
from coopkg.build.content import Contents, Gathered, Said
from coopkg.build.intake.ground import MADE, Ground
from coopkg.rules import Inferred
from coopkg.terms import Triple

T = TypeVar("T")
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
    def loaded(self) -> ox.Store:
        """The store ready to be asked."""
        made = ox.Store()
        made.bulk_load(self.ground.store, ox.RdfFormat.N_QUADS)
        return made

    def prepare(self) -> None:
        """Work out, before it is needed, what the next store is made from."""
        _ = self.lines, self.said, self.sources, self.loaded

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


@dataclass(frozen=True)
class Resumed:
    """What a generation will hold, and by what it differs from the one before."""

    contents: Contents
    before: SealedStore
    come: tuple[ox.Quad, ...]
    gone: tuple[ox.Quad, ...]

    @contextmanager
    def loaded(self) -> Iterator[ox.Store]:
        """Give a store that holds it, for as long as the block lasts: that of the one before."""
        store = self.before.loaded
        try:
            _move(store, self.gone, self.come)
            yield store
        finally:
            _move(store, self.come, self.gone)


def _move(store: ox.Store, gone: Iterable[ox.Quad], come: Iterable[ox.Quad]) -> None:
    for quad in gone:
        store.remove(quad)
    store.extend(come)


def contents(before: SealedStore, now: Gathered, inferred: Inferred) -> Resumed | None:
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
    come += told - before.described
    gone += before.described - told
    moves = _Moves.of(before.lines, come, gone)
    if moves is None:
        return None
    whole = Contents(
        moves.made(before.quads, moves.quads),
        dict(sorted(graphs.items())),
        inferred,
        described,
        moves.made(before.lines, moves.lines),
        moves.made(before.said, tuple(content.said(moves.quads))),
    )
    return Resumed(whole, before, tuple(come), tuple(gone))


class _Moves(NamedTuple):
    """What is put into sorted lines, in their order, and the places that change."""

    quads: tuple[ox.Quad, ...]
    lines: tuple[str, ...]
    places: tuple[tuple[int, bool, int], ...]
    """The place in the old lines, whether what stands there goes, and else the number of the new
    quad that stands before it."""

    @classmethod
    def of(
        cls, lines: Sequence[str], come: Iterable[ox.Quad], gone: Iterable[ox.Quad]
    ) -> _Moves | None:
        """Find each place; None when something that goes is not there."""
        places: list[tuple[int, bool, int]] = []
        for line in map(str, gone):
            place = bisect_left(lines, line)
            if lines[place : place + 1] != (line,):
                return None
            places.append((place, True, 0))
        new = sorted((str(quad), quad) for quad in come)
        places += (
            (bisect_left(lines, line), False, number) for number, (line, _) in enumerate(new)
        )
        return cls(
            tuple(quad for _, quad in new), tuple(line for line, _ in new), tuple(sorted(places))
        )

    def made(self, old: Sequence[T], new: Sequence[T]) -> tuple[T, ...]:
        """Return a list that is in step with the lines as it is after the moves."""
        found: list[T] = []
        done = 0
        for place, goes, number in self.places:
            found += old[done:place]
            done = place + goes
            if not goes:
                found.append(new[number])
        found += old[done:]
        return tuple(found)
