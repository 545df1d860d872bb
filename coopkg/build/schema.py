"""What a query may name: the classes, properties, concepts and graphs of a generation.

Editors complete from it and `coopkg.engine.hints` warns from it, so it counts what the sealed
graph holds, never what the ontology hopes for. Pure: quads in, plain data out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.quads import Quads
from coopkg.terms import BASE, LANGUAGES, PREFIXES, RDF_TYPE, compact, expand

Labels = Mapping[str, Mapping[str, Any]]

CLASSES: Final = frozenset({expand("owl:Class"), expand("rdfs:Class")})
PROPERTIES: Final = frozenset(
    expand(name)
    for name in (
        "owl:ObjectProperty",
        "owl:DatatypeProperty",
        "owl:AnnotationProperty",
        "rdf:Property",
    )
)
DOMAIN: Final = expand("rdfs:domain")
RANGE: Final = expand("rdfs:range")
IN_SCHEME: Final = expand("skos:inScheme")
AREAS: Final = (BASE + "id/", BASE + "scheme/")


@dataclass
class _Seen:
    """What one reading of the quads has found."""

    types: dict[Any, set[str]] = field(default_factory=lambda: defaultdict(set))
    classes: Counter[str] = field(default_factory=Counter)
    properties: Counter[str] = field(default_factory=Counter)
    elsewhere: Counter[str] = field(default_factory=Counter)
    classes_elsewhere: Counter[str] = field(default_factory=Counter)
    declared: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    stated: dict[tuple[str, ox.NamedNode], set[str]] = field(
        default_factory=lambda: defaultdict(set)
    )
    ours: set[str] = field(default_factory=set)
    languages: set[str] = field(default_factory=set)


def document(store: Iterable[ox.Quad], labels: Labels, graphs: Mapping[str, int]) -> dict[str, Any]:
    """Return the content of `schema.json`.

    Counts are those of the default graph. A class or a property that only named graphs use has
    `count` 0, and `elsewhere`: how many triples use it there. `subjects` and `objects` are the
    classes, and for literals the datatypes, that the default graph shows on each side of a
    property. `unnamed` lists our entities that have no label, so that none passes for unknown.
    """
    quads = Quads.of(store)
    seen = _read(quads)
    links = _Links.of(quads.default, seen)
    classes = sorted(seen.declared["class"] | set(seen.classes) | set(seen.classes_elsewhere))
    properties = sorted(seen.declared["property"] | set(seen.properties) | set(seen.elsewhere))
    found = {
        "classes": [_class(iri, seen, links, labels) for iri in classes],
        "properties": [_property(iri, seen, links, labels) for iri in properties],
        "concepts": _concepts(seen, labels),
        "graphs": [{"iri": iri, "triples": count} for iri, count in graphs.items()],
        "languages": sorted(seen.languages),
        "unnamed": sorted(iri for iri in seen.ours if iri not in labels),
    }
    return {"prefixes": _prefixes(quads), **found}


def _read(quads: Quads) -> _Seen:
    seen = _Seen()
    for term in quads.nodes:
        if isinstance(term, ox.NamedNode) and term.value.startswith(AREAS):
            seen.ours.add(term.value)
        elif isinstance(term, ox.Literal) and term.language:
            seen.languages.add(term.language)
    used = quads.default.properties
    for name, places in quads.properties.items():
        here = len(used.get(name, ()))
        seen.properties.update({name.value: here} if here else {})
        seen.elsewhere.update({name.value: len(places) - here} if len(places) > here else {})
    for quad in quads.saying(RDF_TYPE):
        subject, value = quad.subject, quad.object
        if not isinstance(value, ox.NamedNode):
            continue
        if not isinstance(quad.graph_name, ox.DefaultGraph):
            seen.classes_elsewhere[value.value] += 1
            continue
        seen.types[subject].add(value.value)
        seen.classes[value.value] += 1
        if isinstance(subject, ox.NamedNode):
            kind = "class" if value in CLASSES else "property" if value in PROPERTIES else ""
            seen.declared[kind].add(subject.value)
    for quad in quads.default.saying(DOMAIN, RANGE, IN_SCHEME):
        if isinstance(quad.object, ox.NamedNode):
            assert isinstance(quad.subject, ox.NamedNode)  # the default graph has no blank node
            seen.stated[quad.subject.value, quad.predicate].add(quad.object.value)
    return seen


@dataclass
class _Links:
    """Which classes meet which properties, in the default graph."""

    of_class: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    subjects: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    objects: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(cls, quads: Quads, seen: _Seen) -> _Links:
        """Read them from the quads of the default graph; types are known already."""
        links = cls()
        for predicate in quads.properties:
            name, said = predicate.value, quads.saying(predicate)
            subjects = {quad.subject for quad in said}
            links.subjects[name] = set().union(*(seen.types.get(one, ()) for one in subjects))
            for kind in links.subjects[name]:
                links.of_class[kind].add(name)
            objects = {quad.object for quad in said}
            links.objects[name] = set().union(*(_kinds(one, seen) for one in objects))
        return links


def _kinds(value: Any, seen: _Seen) -> Iterable[str]:
    """Return the datatype of a literal, the classes of anything else."""
    return (value.datatype.value,) if isinstance(value, ox.Literal) else seen.types.get(value, ())


def _about(iri: str, labels: Labels) -> dict[str, Any]:
    known = labels.get(iri, {})
    return {
        "id": compact(iri),
        "iri": iri,
        "label": {lang: known[lang] for lang in LANGUAGES if lang in known},
        "definition": known.get("definition"),
    }


def _ids(iris: Iterable[str]) -> list[str]:
    return sorted(compact(iri) for iri in iris)


def _class(iri: str, seen: _Seen, links: _Links, labels: Labels) -> dict[str, Any]:
    found = {
        **_about(iri, labels),
        "count": seen.classes[iri],
        "properties": _ids(links.of_class.get(iri, ())),
    }
    if not found["count"]:
        found["elsewhere"] = seen.classes_elsewhere[iri]
    return found


def _property(iri: str, seen: _Seen, links: _Links, labels: Labels) -> dict[str, Any]:
    found = {
        **_about(iri, labels),
        "count": seen.properties[iri],
        "domain": _ids(seen.stated.get((iri, DOMAIN), ())),
        "range": _ids(seen.stated.get((iri, RANGE), ())),
        "subjects": _ids(links.subjects.get(iri, ())),
        "objects": _ids(links.objects.get(iri, ())),
    }
    if not found["count"]:
        found["elsewhere"] = seen.elsewhere[iri]
    return found


def _concepts(seen: _Seen, labels: Labels) -> list[dict[str, Any]]:
    found = []
    for (iri, predicate), schemes in sorted(seen.stated.items(), key=lambda item: item[0][0]):
        if predicate == IN_SCHEME:
            about = _about(iri, labels)
            del about["definition"]
            found.append({**about, "scheme": min(schemes)})
    return found


def _prefixes(quads: Quads) -> dict[str, str]:
    """Return the prefixes of `terms.PREFIXES` that the graph uses, datatypes included."""
    terms = quads.nodes | quads.properties.keys() | quads.graphs.keys()
    used = {term.value for term in terms if isinstance(term, ox.NamedNode)}
    used |= {term.datatype.value for term in terms if isinstance(term, ox.Literal)}
    named = used.difference(PREFIXES.values())
    spaces = {iri[: max(iri.rfind("/"), iri.rfind("#")) + 1] for iri in named}
    return {name: iri for name, iri in PREFIXES.items() if iri in spaces}
