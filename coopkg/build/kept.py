"""What the report of a generation told, kept in that of the next one where nothing near changes.

A finding says what shapes saw near the node they looked at. While that stays, so does the finding:
only the lines where the sources say it may be others, and the known name it may be meant for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import pyoxigraph as ox
from rdflib import SH

from coopkg.build import bridge
from coopkg.build.findings import LANGS, POINTS, Names, places, read_path
from coopkg.build.intake.near import Index, Moved, Moves, Near
from coopkg.build.report import Finding, Path
from coopkg.errors import Lang, Location
from coopkg.terms import Term, Triple, expand

_SPARQL: Final = ox.NamedNode(str(SH.SPARQLConstraintComponent))
Locate = Callable[..., list[Location]]


@dataclass(frozen=True)
class Kept:
    """The findings of one pass, and what is near the nodes they are about."""

    findings: tuple[Finding, ...]
    near: Mapping[Term, Near]

    def met(self, *moved: Iterable[Any]) -> set[Any]:
        """Return the nodes whose findings may be others since some facts or triples moved."""
        moves = [Moves(one) for one in moved]
        return {node for node, near in self.near.items() if any(map(near.meets, moves))}

    def but(self, nodes: set[Any], locate: Locate, names: Names) -> Iterator[Finding]:
        """Yield the findings about other nodes, as the sources now say them."""
        for one in self.findings:
            if one.focus not in nodes:
                at = places(locate, one.node, one.path, one.value)
                guess = names.guess(one.path, one.value, (one.focus,))
                yield replace(one, locations=at, suggestion=guess)


def kept(told: Mapping[str, Any], shapes: Iterable[Triple], index: Index) -> Kept | None:
    """Return the findings of a report that was sealed; None when they cannot all be kept."""
    paths = _paths(shapes)
    findings = [_read(one, paths) for one in told["results"]]
    read = [one for one in findings if one is not None]
    if len(read) < len(findings):
        return None
    facts = Moved(index)
    foci = {one.focus for one in read if isinstance(one.focus, ox.NamedNode)}
    near: dict[Term, Near] = {node: Near(facts, {node}) for node in foci}
    for node, found in near.items():  # what it is said with may become known, or unknown
        about = facts.out(node)
        found.nodes |= {term for quad in about for term in (quad.predicate, quad.object)}
    return Kept(tuple(read), near)


def _paths(shapes: Iterable[Triple]) -> dict[str, list[Path]]:
    """Return the paths that the findings of each shape may have."""
    rules = bridge.graph(shapes)
    found: dict[str, list[Path]] = {}
    for predicate in (POINTS, SH.path):
        for shape, holder in rules.subject_objects(predicate):
            found.setdefault(str(shape), []).append(read_path(rules, holder))
    return found


def _read(told: Mapping[str, Any], paths: Mapping[str, Sequence[Path]]) -> Finding | None:
    """Return a finding that says what was told, to the letter; None in doubt."""
    path = _path(told["path"], paths.get(told["shape"], ()))
    found = Finding(
        severity=told["severity"],
        focus=ox.NamedNode(told["focus"]) if _is_iri(told["focus"]) else ox.Literal(""),
        node=ox.NamedNode(told["node"]) if _is_iri(told["node"]) else ox.Literal(""),
        path=path,
        value=None if told["value"] is None else _term(told["value"]),
        shape=ox.NamedNode(told["shape"]) if _is_iri(told["shape"]) else ox.BlankNode(),
        component=ox.NamedNode(told["constraint"]),
        name=_words(told["name"]),
        message=_words(told["message"]),
        engine_message=told["engine_message"],
        locations=tuple(Location(**at) for at in told["locations"]),
        suggestion=None if told["suggestion"] is None else _words(told["suggestion"]),
    )
    return found if found.as_json() == told and found.component != _SPARQL else None


def _words(said: Mapping[Lang, str]) -> dict[Lang, str]:
    """Return what is said in the order in which it was: reports are named by their text."""
    return {lang: said[lang] for lang in LANGS if lang in said}


def _is_iri(text: str) -> bool:
    return text.startswith(("http://", "https://", "urn:"))


def _term(text: str) -> Term | None:
    try:
        quad = next(iter(ox.parse(f"<urn:x> <urn:x> {text} .", format=ox.RdfFormat.N_TRIPLES)))
    except (SyntaxError, StopIteration):
        return None
    value = quad.object
    return None if isinstance(value, (ox.Triple, ox.BlankNode)) else value


def _path(text: str | None, paths: Sequence[Path]) -> Path | None:
    """Return the path that is written so: one of the shape's, else a single property."""
    if text is None:
        return None
    for path in paths:
        if str(path) == text:
            return path
    try:
        return Path("", (expand(text),))
    except (KeyError, ValueError):
        return None
