"""The store of a generation, made from that of the generation before: what differs is moved.

Most quads stay. Those that come and those that go are found part by part, and put or taken out at
their places in the order of the lines. A test compares it with the store that is made from nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Final, NamedTuple, cast

import pyoxigraph as ox

from coopkg.answers import Catalogue
from coopkg.build import content, describe
from coopkg.build.content import Contents, Gathered, Said
from coopkg.build.intake.ground import MADE, Ground
from coopkg.build.renamed import Names
from coopkg.build.splices import Splices
from coopkg.rules import Inferred
from coopkg.terms import Triple

MOST: Final = 400_000
"""Quads of a store beyond which it is not kept in memory in pieces."""
MOVED: Final = 20_000
"""Quads of a change beyond which making all anew is no slower."""


@dataclass(frozen=True)
class SealedStore:
    """The store of a generation: its lines in order, each without its end, and their quads.

    `ours` is what our own sources say, which the next generation says too.
    """

    ground: Ground = field(repr=False)
    ours: Gathered = field(repr=False)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The lines of `store.nq`."""
        return tuple(line[:-2] for line in self.ground.store.decode().split("\n")[:-1])

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each line begins in its bytes, and where the last one ends."""
        every = self.ground.store.split(b"\n")[:-1]
        return tuple(accumulate((len(line) + 1 for line in every), initial=0))

    @cached_property
    def quads(self) -> tuple[ox.Quad, ...]:
        """The quads of the lines."""
        return tuple(ox.parse(self.ground.store, format=ox.RdfFormat.N_QUADS))

    @cached_property
    def said(self) -> tuple[Said, ...]:
        """The quads, to be read many times."""
        return tuple(content.said(self.quads))

    @cached_property
    def asserted(self) -> frozenset[Triple]:
        """What the sources assert."""
        return frozenset(self.ground.gathered.asserted)

    @cached_property
    def more(self) -> More:
        """What others' sources said, beside ours."""
        quads = frozenset(self.ground.quads).difference(self.ours.quads)
        return More(quads, self.asserted - self.ours.stated[0])

    @cached_property
    def names(self) -> Names:
        """What names things."""
        labels, passages = (self.ground.files[name] for name in ("labels", "passages"))
        return Names(labels, passages, self.lines, self.quads)

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
        _ = self.names, self.starts, self.said, self.more, self.loaded, self.described

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


class More(NamedTuple):
    """What others than we say."""

    quads: frozenset[ox.Quad]
    asserted: frozenset[Triple]

    @classmethod
    def of(cls, now: Gathered, ours: Gathered) -> More | None:
        """Return what is gathered after ours; None when ours is not there first, and whole."""
        quads, asserted = len(ours.quads), len(ours.asserted)
        if now.quads[:quads] != ours.quads or now.asserted[:asserted] != ours.asserted:
            return None
        return cls(frozenset(now.quads[quads:]), frozenset(now.asserted[asserted:]))


@dataclass(frozen=True)
class Resumed(Contents):
    """What a generation will hold, and by what it differs from the one before."""

    before: SealedStore = field(repr=False)
    come: tuple[ox.Quad, ...] = field(repr=False)
    gone: tuple[ox.Quad, ...] = field(repr=False)
    splices: Splices = field(repr=False)

    @cached_property
    def store(self) -> tuple[ox.Quad, ...]:
        """See `Contents.store`."""
        return self.splices.listed(self.before.quads, self.splices.quads)

    @cached_property
    def text(self) -> bytes:
        """See `Contents.text`."""
        return self.splices.written(self.before.ground.store, self.before.starts)

    @cached_property
    def said(self) -> tuple[ox.Quad, ...]:
        """See `Contents.said`."""
        new = tuple(content.said(self.splices.quads))
        return cast("tuple[ox.Quad, ...]", self.splices.listed(self.before.said, new))

    @cached_property
    def catalogue(self) -> Catalogue:
        """See `Contents.catalogue`."""
        named = self.before.names.after(self.come, self.gone)
        if named is None:
            return content.catalogue(self)
        return Catalogue(*named, content.proofs(self.inferred))

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
    more = More.of(now, before.ours)
    if more is None:
        return None
    come, gone = _moved(before, more, inferred)
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
    splices = Splices.of(before.lines, come, gone)
    if splices is None:
        return None
    return Resumed(
        dict(sorted(graphs.items())),
        counts[ox.DefaultGraph()],
        inferred,
        described,
        before,
        tuple(come),
        tuple(gone),
        splices,
    )


def _moved(
    before: SealedStore, more: More, inferred: Inferred
) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """Return the quads that come, and those that go, but for what describes them."""
    was, old, made = before.asserted, before.ground.inferred, frozenset(inferred.triples)
    fresh, left = more.asserted - before.more.asserted, before.more.asserted - more.asserted
    come = [*content.quads(fresh, content.ASSERTED),
            *content.quads(made - old, content.INFERRED)]  # fmt: skip
    gone = [*content.quads(left, content.ASSERTED),
            *content.quads(old - made, content.INFERRED)]  # fmt: skip
    new = {one for one in fresh | (made - old) if one not in was and one not in old}
    lost = (left | (old - made)) - before.ours.stated[0] - more.asserted - made
    come += content.quads(new, ox.DefaultGraph())
    gone += content.quads(lost, ox.DefaultGraph())
    come += more.quads - before.more.quads
    gone += before.more.quads - more.quads
    return come, gone
