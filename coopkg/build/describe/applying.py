"""Which properties apply to which things: read from the shapes, so that a blank can say why.

A closed shape lists all that its things may have; of the branches of `sh:xone`, a thing has one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.quads import Quads
from coopkg.terms import BASE, PREFIXES, RDF_TYPE

_SHAPES: Final = ox.NamedNode(f"{BASE}graph/shapes")
_FIRST, _REST = (ox.NamedNode(PREFIXES["rdf"] + name) for name in ("first", "rest"))
_NIL: Final = ox.NamedNode(PREFIXES["rdf"] + "nil")
_SH: Final = "http://www.w3.org/ns/shacl#"
_TARGET, _CLOSED, _IGNORED, _PROPERTY, _PATH, _XONE, _ANY = (
    ox.NamedNode(_SH + name)
    for name in (
        *("targetClass", "closed", "ignoredProperties", "property", "path", "xone"),
        "alternativePath",
    )
)

Said = dict[tuple[Any, Any], list[Any]]
Aims = list[tuple[Any, list[Any]]]
"""The classes that each shape is for."""


def applying(quads: Iterable[ox.Quad]) -> dict[str, Any]:
    """Return what closed shapes allow, what excludes what, and which shapes are for which things.

    Shape: ``{"allowed": {shape: [property…]}, "either": {shape: [[property…]…]}, "of": {thing:
    [shape…]}, "has": {thing: [property…]}}``; `has` is of the properties of `either` alone.
    """
    every = Quads.of(quads)
    said: Said = defaultdict(list)
    for quad in every.graph(_SHAPES):
        said[quad.subject, quad.predicate].append(quad.object)
    typed: dict[str, set[str]] = defaultdict(set)
    for quad in every.default.saying(RDF_TYPE):
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
            typed[quad.subject.value].add(quad.object.value)
    allowed, either, targets = _shapes(said)
    known = {*allowed, *either}
    of = {
        thing: found
        for thing, classes in sorted(typed.items())
        if thing.startswith(f"{BASE}id/")
        and (found := sorted(one for one in known if targets[one] & classes))
    }
    exclusive = {one for groups in either.values() for group in groups for one in group}
    has: dict[str, set[str]] = defaultdict(set)
    for quad in every.default.saying(*map(ox.NamedNode, exclusive)):
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value in of:
            has[quad.subject.value].add(quad.predicate.value)
    return {
        "allowed": allowed,
        "either": either,
        "of": of,
        "has": {thing: sorted(verbs) for thing, verbs in sorted(has.items())},
    }


def _shapes(
    said: Said,
) -> tuple[dict[str, list[str]], dict[str, list[list[str]]], dict[str, set[str]]]:
    """Return what closed shapes allow, what is exclusive, and the classes that each is for."""
    targets: dict[str, set[str]] = defaultdict(set)
    allowed, either = {}, {}
    aims = [(shape, found) for (shape, name), found in said.items() if name == _TARGET]
    for shape, objects in sorted(aims, key=str):
        if not isinstance(shape, ox.NamedNode):
            continue
        targets[shape.value] |= {one.value for one in objects}
        if any(one.value == "true" for one in said.get((shape, _CLOSED), ())):
            ignored = said.get((shape, _IGNORED), ())
            kept = {one.value for list_ in ignored for one in _list(said, list_)}
            for one in said.get((shape, _PROPERTY), ()):
                kept |= set(_paths(said, one))
            allowed[shape.value] = sorted(kept)
        # A property shape may stand for the whole: the branches of `sh:xone` are shapes of paths.
        groups = [
            sorted(path for branch in _list(said, list_) for path in _paths(said, branch))
            for node in (shape, *said.get((shape, _PROPERTY), ()), *_beside(aims, shape))
            for list_ in said.get((node, _XONE), ())
        ]
        if groups := [group for group in groups if len(group) > 1]:
            either[shape.value] = groups
    return allowed, either, targets


def _beside(aims: Aims, shape: ox.NamedNode) -> Iterator[Any]:
    """Yield the other shapes for the same classes: constraints are often written apart."""
    mine = {one for other, classes in aims if other == shape for one in classes}
    for other, classes in aims:
        if other != shape and not mine.isdisjoint(classes):
            yield other


def _paths(said: Said, shape: Any) -> Iterator[str]:
    for path in said.get((shape, _PATH), ()):
        if isinstance(path, ox.NamedNode):
            yield path.value
        for list_ in said.get((path, _ANY), ()):
            yield from (one.value for one in _list(said, list_) if isinstance(one, ox.NamedNode))


def _list(said: Said, node: Any) -> Iterator[Any]:
    """Yield the members of a list."""
    while node != _NIL and (node, _FIRST) in said:
        yield from said[node, _FIRST]
        node = next(iter(said.get((node, _REST), ())), _NIL)
