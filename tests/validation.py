"""Shapes and sources for the tests of validation: the real ones read once, and examples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from coopkg.build import content, layout, sources
from coopkg.build.content import Gathered
from coopkg.build.report import Report
from coopkg.build.sources import Source
from coopkg.build.validate import validate
from coopkg.errors import Location
from coopkg.terms import PREFIXES, RDF_TYPE, Triple, expand

ROOT = Path(__file__).parents[1]
EXAMPLES = Path(__file__).parent / "shapes"
SHARED = ROOT.parent / "shared"

SH = PREFIXES["sh"]
COOPSH = PREFIXES["coopsh"]
TARGETS = {SH + "target" + kind for kind in ("Class", "Node", "SubjectsOf", "ObjectsOf")}


def nowhere(*_: object) -> list[Location]:
    """Locate nothing: for data that no file holds."""
    return []


@cache
def real_sources() -> tuple[Source, ...]:
    return tuple(sources.read_file(ROOT, path) for path in layout.find(ROOT))


@cache
def gathered() -> Gathered:
    return content.gather(real_sources())


def turtle(text: str | bytes) -> list[ox.Quad]:
    """Read Turtle, with any prefix of the project, as quads that no provenance layer states."""
    head = "".join(f"@prefix {name}: <{space}> .\n" for name, space in PREFIXES.items())
    given = text.decode() if isinstance(text, bytes) else text
    graph = expand("graph:sources")
    return [
        ox.Quad(quad.subject, quad.predicate, quad.object, graph)
        for quad in ox.parse(head + given, format=ox.RdfFormat.TURTLE)
    ]


def triples(quads: Iterable[ox.Quad]) -> list[Triple]:
    return [(quad.subject, quad.predicate, quad.object) for quad in quads]  # type: ignore[misc]


@cache
def shape_triples() -> tuple[Triple, ...]:
    return gathered().shapes


@cache
def index() -> dict[object, list[Triple]]:
    found: dict[object, list[Triple]] = {}
    for triple in shape_triples():
        found.setdefault(triple[0], []).append(triple)
    return found


@cache
def node_shapes() -> tuple[str, ...]:
    return tuple(sorted(_typed("NodeShape")))


def _typed(kind: str) -> Iterator[str]:
    for subject, predicate, value in shape_triples():
        if predicate == RDF_TYPE and value == ox.NamedNode(SH + kind):
            assert isinstance(subject, ox.NamedNode)
            yield subject.value.removeprefix(COOPSH)


def said(shape: str, predicate: str) -> list[object]:
    """Return the values of a property of a shape."""
    link = expand(predicate)
    node = ox.NamedNode(COOPSH + shape)
    return [value for _, found, value in index().get(node, []) if found == link]


def family(shape: str) -> list[Triple]:
    """Return a shape with all that it leads to, and the prefixes; nothing else has a target."""
    todo: list[object] = [ox.NamedNode(COOPSH + shape)]
    todo += [ox.NamedNode(PREFIXES["coopsh"].rstrip("#"))]
    seen: set[object] = set()
    kept: list[Triple] = []
    while todo:
        node = todo.pop()
        if node in seen:
            continue
        seen.add(node)
        for triple in index().get(node, []):
            is_other = node not in (ox.NamedNode(COOPSH + shape),)
            if is_other and triple[1].value in TARGETS:
                continue
            kept.append(triple)
            todo.append(triple[2])
    if not any(triple[1].value in TARGETS for triple in kept):
        # A shape that only others use: here it watches everything that has a class.
        kept.append((ox.NamedNode(COOPSH + shape), expand("sh:targetSubjectsOf"), RDF_TYPE))
    return kept


def pass_of(shape: str) -> int:
    return 2 if said(shape, "coopsh:pass") else 1


@cache
def subclasses() -> tuple[Triple, ...]:
    """Return what the ontology says of subclasses: shapes on a class watch its subclasses."""
    link = expand("rdfs:subClassOf")
    return tuple(
        triple
        for triple in gathered().ontology
        if triple[1] == link and isinstance(triple[2], ox.NamedNode)
    )


@cache
def declarations() -> tuple[Triple, ...]:
    """Return the terms that the ontology declares, and the schemes' concepts."""
    known = (*gathered().ontology, *gathered().asserted)
    return tuple(triple for triple in known if triple[1] == RDF_TYPE)


def check(shape: str, data: list[ox.Quad]) -> Report:
    """Validate an example against one shape only."""
    known = declarations() if shape == "KnownWords" else ()
    return validate(data, family(shape), [*subclasses(), *known], nowhere, pass_of(shape))
