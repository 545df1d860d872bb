"""Facts by what they are about, and those within a few steps of some nodes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import chain
from typing import Any, Final

import pyoxigraph as ox

from coopkg.terms import PREFIXES, RDF_TYPE, Triple

OUTWARDS: Final = 2
INWARDS: Final = 2
FEW: Final = 3
HUB: Final = 60
"""A node that more facts lead to is not followed back: everything is near it."""
_LABELS: Final = frozenset(ox.NamedNode(PREFIXES["skos"] + name) for name in ("prefLabel",))


class Index:
    """Facts by their subject, by the node they lead to, and subjects by their label.

    Shapes follow `inverse` properties back, from a hub too.
    """

    def __init__(
        self, facts: Iterable[ox.Quad], inverse: frozenset[ox.NamedNode] = frozenset()
    ) -> None:
        self.inverse = inverse
        self.out: dict[Any, list[ox.Quad]] = {}
        self.back: dict[Any, list[ox.Quad]] = {}
        self.named: dict[Any, list[Any]] = {}
        for quad in facts:
            subject, value = quad.subject, quad.object
            self.out.setdefault(subject, []).append(quad)
            if isinstance(value, ox.NamedNode):
                if quad.predicate != RDF_TYPE:
                    self.back.setdefault(value, []).append(quad)
            elif quad.predicate in _LABELS:
                self.named.setdefault(value, []).append(subject)


class Moved:
    """An index after some facts came and others went: the index itself does not change."""

    def __init__(
        self, index: Index, come: Iterable[ox.Quad] = (), gone: Collection[ox.Quad] = ()
    ) -> None:
        self._index, self._come = index, Index(come)
        self._gone = frozenset(gone)

    def out(self, node: Any) -> list[ox.Quad]:
        """Return the facts about a node."""
        return self._both(self._index.out.get(node), self._come.out.get(node))

    def back(self, node: Any) -> list[ox.Quad]:
        """Return the facts that lead to a node."""
        return self._both(self._index.back.get(node), self._come.back.get(node))

    def named(self, label: Any) -> set[Any]:
        """Return what may bear a label."""
        return {*self._index.named.get(label, ()), *self._come.named.get(label, ())}

    def leading(self, node: Any) -> set[Any]:
        """Return the subjects of what leads to a node, or did."""
        return {quad.subject for quad in (*self.back(node), *self._index.back.get(node, ()))}

    def followed(self, node: Any) -> list[ox.Quad]:
        """Return the facts that lead to a node; of a hub, those alone that shapes follow back."""
        found = self.back(node)
        if len(found) <= HUB:
            return found
        return [quad for quad in found if quad.predicate in self._index.inverse]

    def _both(self, old: list[ox.Quad] | None, new: list[ox.Quad] | None) -> list[ox.Quad]:
        kept = [quad for quad in old or () if quad not in self._gone] if self._gone else old or []
        return [*kept, *new] if new else kept


class Near:
    """The facts within a few steps of some nodes.

    They are what is said of `nodes`, chosen by what is said of these, what leads to those that were
    `followed` back, and what bears one of the `labels`: what changes nothing there changes nothing.
    """

    def __init__(self, facts: Moved, touched: Collection[ox.NamedNode]) -> None:
        self.nodes: set[Any] = set(touched)
        self.followed: set[Any] = set()
        self.labels = {
            quad.object for node in touched for quad in facts.out(node) if quad.predicate in _LABELS
        }
        self._inwards(facts)
        self._outwards(facts)
        self.nodes |= {other for label in self.labels for other in facts.named(label)}
        self.quads = [quad for node in self.nodes for quad in facts.out(node)]

    def _inwards(self, facts: Moved) -> None:
        edge: set[Any] = set(self.nodes)
        for step in range(INWARDS):
            self.followed |= edge
            back = {node: facts.followed(node) for node in edge}
            if step:  # further back only from what nobody else speaks of
                back = {node: found for node, found in back.items() if len(found) <= FEW}
            edge = {quad.subject for found in back.values() for quad in found} - self.nodes
            self.nodes |= edge

    def _outwards(self, facts: Moved) -> None:
        edge: set[Any] = set(self.nodes)
        for _ in range(OUTWARDS):
            edge = {quad.object for node in edge for quad in facts.out(node)} - self.nodes
            self.nodes |= {node for node in edge if isinstance(node, ox.NamedNode)}

    def same(self, index: Index) -> list[ox.Quad]:
        """Return what other facts say of the same nodes."""
        return [quad for node in self.nodes for quad in index.out.get(node, ())]

    def meets(self, moved: Moves) -> bool:
        """Tell whether what came or went may change what is near."""
        return not (
            self.nodes.isdisjoint(moved.subjects)
            and self.followed.isdisjoint(moved.objects)
            and self.labels.isdisjoint(moved.objects)
        )


class Moves:
    """What some facts or triples that came or went are about, and what they lead to."""

    def __init__(self, moved: Iterable[Any]) -> None:
        self.subjects: set[Any] = set()
        self.objects: set[Any] = set()
        for one in moved:
            subject, _, value = one if isinstance(one, tuple) else one.triple
            self.subjects.add(subject)
            self.objects.add(value)


def touched(quads: Iterable[ox.Quad]) -> set[ox.NamedNode]:
    """Return the nodes that some facts are about, or lead to."""
    found: set[ox.NamedNode] = set()
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            found.add(quad.subject)
        if isinstance(quad.object, ox.NamedNode) and quad.predicate != RDF_TYPE:
            found.add(quad.object)
    return found


def ends(moved: Iterable[ox.Quad], *inferred: Iterable[Triple]) -> set[ox.NamedNode]:
    """Return the nodes that some facts touch, and those at the ends of what is inferred.

    A class is not near what becomes one of it: all would be.
    """
    terms: set[Any] = set()
    for subject, predicate, value in chain.from_iterable(inferred):
        terms.add(subject)
        if predicate != RDF_TYPE:
            terms.add(value)
    return touched(moved) | {term for term in terms if isinstance(term, ox.NamedNode)}
