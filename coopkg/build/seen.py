"""What shapes look at: data and ontology together, and what is found while they are read.

Asking each of these things in SPARQL took minutes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import Final

import pyoxigraph as ox
from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad

from coopkg.terms import BASE, PREFIXES, RDF_TYPE, Term, Triple


def _added(name: str) -> NamedNode:
    return NamedNode(PREFIXES["coopsh"] + name)


STATED_IN: Final = _added("statedIn")
STATED_NOWHERE: Final = _added("statedNowhere")
UNKNOWN_PROPERTY: Final = _added("unknownProperty")
UNKNOWN_CLASS: Final = _added("unknownClass")
UNKNOWN_NODE: Final = _added("unknownNode")
LACKS: Final = {"fr": _added("lacksFrench"), "en": _added("lacksEnglish")}
ADDED: Final = frozenset(
    {STATED_IN, STATED_NOWHERE, UNKNOWN_PROPERTY, UNKNOWN_CLASS, UNKNOWN_NODE, *LACKS.values()}
)
WHOLE: Final = NamedNode(PREFIXES["graph"] + "asserted")
"""The focus node of the shapes that look at the whole data at once."""

_APART: Final = tuple(NamedNode(PREFIXES["graph"] + name) for name in ("shapes", "alignments"))

_LAYERED: Final = tuple(
    BASE + "graph/" + kind + "/" for kind in ("passage", "curation", "reference", "partner")
)
_OURS: Final = (BASE,)
_ADDRESSES: Final = frozenset(
    NamedNode(PREFIXES[prefix] + name)
    for prefix, names in {
        "owl": ("versionIRI", "priorVersion"),
        "rdfs": ("seeAlso",),
        "dcat": ("endpointURL", "downloadURL", "accessURL", "landingPage", "endpointDescription"),
        "void": ("dataDump", "sparqlEndpoint"),
        "foaf": ("page", "homepage"),
    }.items()
    for name in names
)
"""What leads to an address on the web, which nothing needs to describe."""
_REUSED: Final = tuple(PREFIXES[name] for name in ("dcterms", "eli", "org", "prov", "qb", "skos"))
_NOT_NODES: Final = _ADDRESSES | {RDF_TYPE}
_LABEL: Final = NamedNode(PREFIXES["skos"] + "prefLabel")
_TRUE: Final = Literal("true", datatype=NamedNode(PREFIXES["xsd"] + "boolean"))


def seen(data: Iterable[Quad | Triple], ontology: Iterable[Triple]) -> list[Triple]:
    """Return what shapes look at: data and ontology together, and where each fact stands."""
    given, terms = facts(data), list(ontology)
    known = described(chain(map(as_triple, given), terms))
    return [*seen_by(given, known), *terms]


def seen_by(data: Iterable[Quad | Triple], known: Collection[Term]) -> list[Triple]:
    """Return what shapes look at of some data, when all that is described is known."""
    said: list[Triple] = []
    stated: list[Triple] = []
    for item in data:
        if not isinstance(item, Quad):
            said.append(item)
            continue
        graph = item.graph_name
        triple = _triple(item)
        said.append(triple)
        if isinstance(graph, DefaultGraph):
            stated.append((triple[0], STATED_NOWHERE, _TRUE))
        elif isinstance(graph, NamedNode) and graph.value.startswith(_LAYERED):
            stated.append((triple[0], STATED_IN, graph))
    return [*said, *stated, *_unknown(said, known), *_unlabelled(said)]


def facts(data: Iterable[Quad | Triple]) -> list[Quad | Triple]:
    """Leave out what is no fact: shapes and alignments."""
    return [item for item in data if not isinstance(item, Quad) or item.graph_name not in _APART]


def as_triple(item: Quad | Triple) -> Triple:
    """Return what a quad says, wherever it stands."""
    return _triple(item) if isinstance(item, Quad) else item


def described(triples: Iterable[Triple]) -> set[Term]:
    """Return what a class is stated of."""
    return {subject for subject, predicate, _ in triples if predicate == RDF_TYPE}


@lru_cache(maxsize=1 << 16)
def _triple(quad: Quad) -> Triple:
    subject, value = quad.subject, quad.object
    assert not isinstance(subject, ox.Triple)
    assert not isinstance(value, ox.Triple)
    return (subject, quad.predicate, value)


def _unknown(data: Sequence[Triple], known: Collection[Term]) -> Iterator[Triple]:
    """Say of each subject which properties, classes and nodes it names that nothing describes."""
    for subject, predicate, value in data:
        if predicate not in known and predicate.value.startswith(_OURS + _REUSED):
            yield subject, UNKNOWN_PROPERTY, predicate
        if not isinstance(value, NamedNode) or value in known:
            continue
        if predicate == RDF_TYPE and value.value.startswith(_OURS + _REUSED):
            yield subject, UNKNOWN_CLASS, value
        elif predicate not in _NOT_NODES and value.value.startswith(_OURS):
            yield subject, UNKNOWN_NODE, value


def _unlabelled(data: Sequence[Triple]) -> Iterator[Triple]:
    """Say of each subject that has labels in which language it lacks one."""
    said: dict[Term, set[str | None]] = {}
    for subject, predicate, value in data:
        if predicate == _LABEL and isinstance(value, Literal):
            said.setdefault(subject, set()).add(value.language)
    for subject, languages in said.items():
        for lang in LACKS.keys() - languages:
            yield subject, LACKS[lang], _TRUE
