"""How far shapes look: what they read of the node they look at, and what of others.

A change is near the nodes it is about. Shapes that look at other nodes may read what changed too:
those that lead to a node whose class changes, for instance, where a shape wants one of its values
to be of a class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import rdflib
from pyoxigraph import NamedNode
from rdflib import RDF, SH
from rdflib.collection import Collection as Listed
from rdflib.term import Node

from coopkg.build import bridge
from coopkg.build.findings import PASS, read_path
from coopkg.build.report import Path
from coopkg.terms import RDF_TYPE, Triple

_PAIRS: Final = (SH.equals, SH.disjoint, SH.lessThan, SH.lessThanOrEquals)
_NESTED: Final = (SH.property, SH.node, SH.qualifiedValueShape, SH["not"])
_LISTS: Final = (SH["and"], SH["or"], SH.xone)
_DEEP: Final = 4
"""Steps that stand for a path without end."""


@dataclass(frozen=True)
class Reach:
    """What the shapes of one pass read, by predicate.

    `far` is read of other nodes than the one that is looked at, at most so many `steps` away;
    `inverse` leads to it; `texts` are the queries, and `all_` is true when a shape is closed.
    """

    near: frozenset[NamedNode]
    far: frozenset[NamedNode]
    inverse: frozenset[NamedNode]
    steps: int
    texts: str
    all_: bool

    def reads(self, predicate: NamedNode) -> bool:
        """Tell whether a shape may read a property; True when in doubt."""
        if self.all_ or predicate in self.near or predicate in self.far:
            return True
        name = predicate.value
        return name[max(name.rfind("/"), name.rfind("#")) + 1 :] in self.texts

    def onlookers(
        self, moved: Iterable[Any], back: Callable[[Any], Iterable[Any]]
    ) -> set[NamedNode]:
        """Return the nodes from which shapes see what moved; `back` gives what leads to a node."""
        edge: set[Any] = set()
        for one in moved:
            subject, predicate, _ = one if isinstance(one, tuple) else one.triple
            if predicate in self.far:
                edge.add(subject)
        found: set[NamedNode] = set()
        for _ in range(self.steps):
            edge = {one for node in edge for one in back(node)} - found
            found |= {one for one in edge if isinstance(one, NamedNode)}
        return found


def of(shapes: Iterable[Triple]) -> tuple[Reach, Reach]:
    """Return how far the shapes of each pass look."""
    return _of(tuple(shapes))


@lru_cache(maxsize=2)
def _of(shapes: tuple[Triple, ...]) -> tuple[Reach, Reach]:
    rules = bridge.graph(shapes)
    return _reach(rules, 1), _reach(rules, 2)


def _reach(rules: rdflib.Graph, pass_: int) -> Reach:
    used = [
        shape
        for shape in rules.subjects(RDF.type, SH.NodeShape)
        if int(str(rules.value(shape, PASS) or 1)) == pass_
    ]
    read = [one for shape in used for one in _read(rules, shape, 0, ())]
    far = {predicate for predicate, steps, _ in read if steps}
    texts = [
        str(text)
        for shape in used
        for query in rules.objects(shape, SH.sparql)
        for text in rules.objects(query, SH.select)
    ]
    return Reach(
        frozenset(predicate for predicate, _, _ in read),
        frozenset(far | {RDF_TYPE}),  # whether a value is described at all, too
        frozenset(predicate for predicate, _, backwards in read if backwards),
        max((steps for _, steps, _ in read), default=0) or 1,
        "\n".join(texts),
        any((shape, SH.closed, None) in rules for shape in used),
    )


def _read(
    rules: rdflib.Graph, shape: Node, steps: int, above: tuple[Node, ...]
) -> Iterator[tuple[NamedNode, int, bool]]:
    """Yield what a shape reads, at how many steps, and whether it is followed back."""
    if shape in above:
        return
    holder, beyond = rules.value(shape, SH.path), steps
    if holder is not None:
        path = read_path(rules, holder)
        yield from _along(path, steps, False)
        beyond = steps + _length(path)
    for pair in _PAIRS:
        for other in rules.objects(shape, pair):
            yield NamedNode(str(other)), steps, False
    if (shape, SH["class"], None) in rules:
        yield RDF_TYPE, beyond, False
    inner = [one for link in _NESTED for one in rules.objects(shape, link)]
    inner += [
        o for link in _LISTS for cell in rules.objects(shape, link) for o in Listed(rules, cell)
    ]
    for one in inner:
        yield from _read(rules, one, beyond, (*above, shape))


def _along(path: Path, steps: int, backwards: bool) -> Iterator[tuple[NamedNode, int, bool]]:
    backwards = backwards or path.operator == "^"
    for place, part in enumerate(path.parts):
        at = steps + (place if path.operator == "/" else 0)
        at += _DEEP if path.operator in ("*", "+") else 0
        if isinstance(part, NamedNode):
            yield part, at, backwards
        else:
            yield from _along(part, at, backwards)


def _length(path: Path) -> int:
    lengths = [1 if isinstance(part, NamedNode) else _length(part) for part in path.parts]
    if path.operator == "/":
        return sum(lengths)
    return _DEEP if path.operator in ("*", "+") else max(lengths)
