"""What is known of how far the sources go: reserves, sections, dates, and what contains what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.describe.applying import applying
from coopkg.build.quads import Quads
from coopkg.terms import BASE, expand

_PASSAGE: Final = BASE + "graph/passage/"
_MARKER: Final = expand("coop:exhaustivenessMarker")
_PARENT: Final = expand("dcterms:isPartOf")
_SECTION: Final = expand("coop:inSection")
_CONTAINS: Final = expand("coop:hasSection")
_PARTS: Final = (_PASSAGE, BASE + "id/section/")
_CREATED: Final = frozenset({expand("dcterms:created"), expand("prov:generatedAtTime")})
_DATED: Final = frozenset(expand(f"dcterms:{name}") for name in ("issued", "date", "created"))
_END: Final = expand("coop:endYear")
_YEARS: Final = frozenset(expand(f"coop:{name}") for name in ("year", "endYear", "launchYear"))
_ABOUT: Final = expand("coop:gapAbout")
_NOTE: Final = expand("skos:scopeNote")
_FIGURES: Final = (BASE + "scheme/indicator/", BASE + "id/observation/")
_WIDER: Final = tuple(
    expand(name)
    for name in ("coop:inBrochureZone", "coop:inM49Region", "coop:within", "skos:broader")
)


def coverage(quads: Iterable[ox.Quad]) -> dict[str, Any]:
    """Return what answers say of their own limits, computed from the whole graph.

    Shape: ``{"markers": {iri: [text…]}, "within": {section: section or document}, "documents":
    {iri: {"until": year or None, "dated": bool}}, "created": {graph: date}, "narrower":
    {iri: [iri…]}, "ends": {period: year}, "limits": {indicator or figure:
    [{"gap", "fr", "en"}…]}, "applying": see `coopkg.build.describe.applying`}``.
    """
    every = Quads.of(quads)
    within = _within(every)
    markers: dict[str, set[str]] = defaultdict(set)
    narrower: dict[str, set[str]] = defaultdict(set)
    created: dict[str, str] = {}
    for quad in every.saying(_MARKER, *_WIDER, *_CREATED):
        subject, value = quad.subject, quad.object
        if not isinstance(subject, ox.NamedNode) or isinstance(value, ox.Triple):
            continue
        if quad.predicate == _MARKER:
            markers[subject.value].add(value.value)
        elif quad.predicate in _WIDER and isinstance(value, ox.NamedNode):
            narrower[value.value].add(subject.value)
        elif quad.predicate in _CREATED and subject.value.startswith(BASE + "graph/"):
            created[subject.value] = max(created.get(subject.value, ""), value.value[:10])
    return {
        "markers": {iri: sorted(texts) for iri, texts in sorted(markers.items())},
        "within": dict(sorted(within.items())),
        "documents": _documents(every, within),
        "created": dict(sorted(created.items())),
        "narrower": {iri: sorted(found) for iri, found in sorted(narrower.items())},
        "ends": {iri.value: year for iri, year in sorted(_ends(every).items(), key=str)},
        "limits": _limits(every),
        "applying": applying(every),
    }


def _limits(quads: Quads) -> dict[str, list[dict[str, str]]]:
    """Return what the sources leave unsaid of what a figure counts, by indicator or by figure."""
    about: dict[str, set[str]] = defaultdict(set)
    notes: dict[str, dict[str, str]] = defaultdict(dict)
    for quad in quads.saying(_ABOUT, _NOTE):
        value, gap = quad.object, _iri(quad.subject)
        if quad.predicate == _ABOUT and isinstance(value, ox.NamedNode):
            if value.value.startswith(_FIGURES):
                about[value.value].add(gap)
        elif quad.predicate == _NOTE and isinstance(value, ox.Literal) and value.language:
            notes[gap][value.language] = value.value
    return {
        iri: [{"gap": gap, **dict(sorted(notes[gap].items()))} for gap in sorted(gaps)]
        for iri, gaps in sorted(about.items())
    }


def _iri(term: ox.NamedNode | ox.BlankNode | ox.Triple) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _within(quads: Quads) -> dict[str, str]:
    """Return the section of each passage, and what each section is part of."""
    found: dict[str, str] = {}
    beneath: dict[str, str] = {}
    for quad in quads.saying(_CONTAINS, _PARENT, _SECTION):
        inside, around = quad.subject, quad.object
        if not isinstance(around, ox.NamedNode):
            continue
        if quad.predicate == _CONTAINS:
            beneath[around.value] = _iri(inside)
        elif _iri(inside).startswith(_PARTS):
            found[_iri(inside)] = around.value
    return {**beneath, **found}


def _documents(quads: Quads, within: dict[str, str]) -> dict[str, dict[str, Any]]:
    """Return the last year that the passages of each document speak of, and whether it is dated."""
    ends = _ends(quads)
    dated = {_iri(quad.subject) for quad in quads.saying(*_DATED)}
    found: dict[str, dict[str, Any]] = {}
    for graph in quads.graphs:
        if not isinstance(graph, ox.NamedNode) or not graph.value.startswith(_PASSAGE):
            continue
        document = document_of(graph.value, within)
        entry = found.setdefault(document, {"until": None, "dated": document in dated})
        told = (_year(quad, ends) for quad in quads.graph(graph))
        years = [year for year in (*told, entry["until"]) if year is not None]
        entry["until"] = max(years, default=None)
    return dict(sorted(found.items()))


def _ends(quads: Quads) -> dict[ox.NamedNode, int]:
    """Return the last year of each period."""
    return {
        quad.subject: int(quad.object.value)
        for quad in quads.saying(_END)
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.Literal)
    }


def document_of(graph: str, within: dict[str, str]) -> str:
    """Return what contains a passage and is contained in nothing: its document."""
    met = set()
    here = graph
    while here in within and here not in met:
        met.add(here)
        here = within[here]
    return here


def _year(quad: ox.Quad, ends: dict[Any, int]) -> int | None:
    if quad.predicate in _YEARS and isinstance(quad.object, ox.Literal):
        return int(quad.object.value)
    return ends.get(quad.object)
