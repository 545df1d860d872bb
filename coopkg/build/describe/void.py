"""VoID: what the data are made of, counted (W3C Interest Group Note "VoID", sections 2 to 5).

Query editors read the partitions to know which properties a class has, and which classes and
datatypes they lead to: the nesting is that of the SIB editor and of void-generator.
"""

from __future__ import annotations

import functools
import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

import pyoxigraph as ox

from coopkg.build.describe.writing import (
    ABOUT,
    DATA_LICENCE,
    DATASET,
    FORMATS,
    PUBLISHER,
    TITLE,
    VOID_EXT,
    moment,
    texts,
    triple,
    turtle,
)
from coopkg.terms import BASE, PREFIXES, RDF_TYPE, Term, Triple, compact, expand

DOCUMENT: Final = ox.NamedNode(BASE + "void")
SUBCLASS: Final = expand("rdfs:subClassOf")
FEATURES: Final = ("Turtle", "N-Triples", "JSON-LD", "RDF_XML")
EXAMPLES: Final = 3
_NO_NAME: Final = re.compile(r"[^A-Za-z0-9._-]+")

_ENTITIES: Final = (BASE + "id/", BASE + "scheme/")

Typed = Mapping[Term, frozenset[str]]
Alike = tuple[frozenset[str], ox.NamedNode, ox.NamedNode | frozenset[str]]
_NO_CLASS: Final = frozenset[str]()


def void(described: Iterable[ox.Triple], modified: str, dumps: Iterable[str] = ()) -> bytes:
    """Return the VoID document (Turtle): the description, its date, the addresses of the dumps."""
    return turtle(
        [
            *described,
            triple(DATASET, "dcterms:modified", moment(modified)),
            triple(DOCUMENT, "dcterms:modified", moment(modified)),
            *(triple(DATASET, "void:dataDump", ox.NamedNode(address)) for address in dumps),
        ]
    )


def description(triples: Iterable[Triple], graphs: Mapping[str, int]) -> tuple[ox.Triple, ...]:
    """Return the VoID description of the default graph and its sources, without any date.

    So the same data always have the same description, and it can stand in a graph of the store.
    """
    every = list(triples)
    types = _types(every)
    said = [
        *_dataset(every),
        *_classes(every, types),
        *_properties(every),
        *_links(every),
        *_examples(types),
    ]
    for iri, count in graphs.items():
        graph = ox.NamedNode(iri)
        said.append(triple(DATASET, "void:subset", graph))
        said.append(triple(graph, "rdf:type", expand("void:Dataset")))
        said.append(triple(graph, "void:triples", count))
    return tuple(sorted(set(said), key=str))


def _dataset(every: Sequence[Triple]) -> list[ox.Triple]:
    subjects = {subject for subject, _, _ in every}
    used = {predicate.value for _, predicate, _ in every} | {
        value.value
        for _, predicate, value in every
        if predicate == RDF_TYPE and isinstance(value, ox.NamedNode)
    }
    return [
        triple(DOCUMENT, "rdf:type", expand("void:DatasetDescription")),
        *texts(DOCUMENT, "dcterms:title", {"fr": "Description VoID", "en": "VoID description"}),
        triple(DOCUMENT, "foaf:primaryTopic", DATASET),
        triple(DOCUMENT, "dcterms:publisher", PUBLISHER),
        triple(DATASET, "rdf:type", expand("void:Dataset")),
        *texts(DATASET, "dcterms:title", TITLE),
        *texts(DATASET, "dcterms:description", ABOUT),
        triple(DATASET, "dcterms:license", DATA_LICENCE),
        triple(DATASET, "dcterms:publisher", PUBLISHER),
        triple(DATASET, "void:triples", len(every)),
        triple(DATASET, "void:entities", sum(map(_is_ours, subjects))),
        triple(DATASET, "void:distinctSubjects", len(subjects)),
        triple(DATASET, "void:distinctObjects", len({value for _, _, value in every})),
        triple(DATASET, "void:sparqlEndpoint", ox.NamedNode(BASE + "sparql")),
        triple(DATASET, "void:uriSpace", BASE),
        *(triple(DATASET, "void:feature", ox.NamedNode(FORMATS + one)) for one in FEATURES),
        *(triple(DATASET, "void:vocabulary", ox.NamedNode(one)) for one in _vocabularies(used)),
    ]


def _is_ours(subject: Term) -> bool:
    """Tell whether what a triple describes is an entity, and not a word of the vocabulary."""
    return isinstance(subject, ox.NamedNode) and subject.value.startswith(_ENTITIES)


def _vocabularies(used: Iterable[str]) -> list[str]:
    """Return the namespaces of the terms used."""
    cut = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in used}
    return sorted(cut & set(PREFIXES.values()))


def _types(every: Iterable[Triple]) -> dict[Term, frozenset[str]]:
    """Return the classes of each subject."""
    found: dict[Term, set[str]] = defaultdict(set)
    for subject, predicate, value in every:
        if predicate == RDF_TYPE and isinstance(value, ox.NamedNode):
            found[subject].add(value.value)
    return {subject: frozenset(classes) for subject, classes in found.items()}


def _precise(every: Iterable[Triple], types: Typed) -> Typed:
    """Keep the most precise classes of each subject: those without a subclass that it has too."""
    above: dict[str, set[str]] = defaultdict(set)
    for lower, predicate, higher in every:
        if predicate == SUBCLASS and isinstance(lower, ox.NamedNode) and lower != higher:
            above[lower.value].add(higher.value)
    return {
        subject: classes - {higher for one in classes for higher in above[one]}
        for subject, classes in types.items()
    }


@functools.lru_cache(maxsize=100_000)
def _named(kind: str, iri: str, *more: str) -> ox.NamedNode:
    """Return the name of a part of the description: readable, and the same in each generation."""
    words = "--".join(_NO_NAME.sub("-", compact(one)).strip("-") for one in (iri, *more))
    if any("/" in compact(one) for one in (iri, *more)):
        words += "-" + hashlib.sha256(" ".join((iri, *more)).encode()).hexdigest()[:8]
    return ox.NamedNode(f"{BASE}void#{kind}-{words}")


def _classes(every: Sequence[Triple], types: Typed) -> list[ox.Triple]:
    """Return a partition for each class and, for the precise ones, for each of its properties."""
    entities = Counter(one for classes in types.values() for one in classes)
    said = [triple(DATASET, "void:classes", len(entities))]
    for iri, count in entities.items():
        part = _named("class", iri)
        said += [
            triple(DATASET, "void:classPartition", part),
            triple(part, "void:class", ox.NamedNode(iri)),
            triple(part, "void:entities", count),
        ]
    uses: Counter[tuple[str, str]] = Counter()
    leads: set[tuple[str, str, str, str]] = set()
    for (kinds, predicate, ends), count in _alike(every, _precise(every, types)).items():
        name = predicate.value
        for iri in kinds:
            uses[iri, name] += count
            leads.update((iri, name, *to) for to in _leads(ends))
    for lead in leads:
        said += _objects(*lead)
    for (iri, name), count in uses.items():
        part = _named("class", iri, name)
        said += [
            triple(_named("class", iri), "void:propertyPartition", part),
            triple(part, "void:property", ox.NamedNode(name)),
            triple(part, "void:triples", count),
        ]
    return said


def _alike(every: Iterable[Triple], precise: Typed) -> Counter[Alike]:
    """Count the triples that say the same of the same kinds: thousands are of a few hundred."""
    found: Counter[Alike] = Counter()
    for subject, predicate, value in every:
        kinds = precise.get(subject)
        if kinds:
            if isinstance(value, ox.Literal):
                found[kinds, predicate, value.datatype] += 1
            else:
                found[kinds, predicate, precise.get(value, _NO_CLASS)] += 1
    return found


def _leads(ends: ox.NamedNode | frozenset[str]) -> Iterator[tuple[str, str]]:
    """Yield what triples lead to: the datatype of their values, or the classes of their objects."""
    if isinstance(ends, ox.NamedNode):
        yield "datatype", ends.value
    else:
        for found in ends:
            yield "object", found


def _objects(iri: str, name: str, kind: str, found: str) -> list[ox.Triple]:
    """Return what a property of a class leads to: a class, or a datatype."""
    part, leaf, term = _named("class", iri, name), _named(kind, found), ox.NamedNode(found)
    if kind == "datatype":
        return [
            triple(part, VOID_EXT + "datatypePartition", leaf),
            triple(leaf, VOID_EXT + "datatype", term),
        ]
    return [triple(part, "void:classPartition", leaf), triple(leaf, "void:class", term)]


def _properties(every: Iterable[Triple]) -> list[ox.Triple]:
    uses: dict[ox.NamedNode, list[tuple[Term, Term]]] = defaultdict(list)
    for subject, predicate, value in every:
        uses[predicate].append((subject, value))
    said = [triple(DATASET, "void:properties", len(uses))]
    for name, pairs in uses.items():
        part = _named("property", name.value)
        said += [
            triple(DATASET, "void:propertyPartition", part),
            triple(part, "void:property", name),
            triple(part, "void:triples", len(pairs)),
            triple(part, "void:distinctSubjects", len({subject for subject, _ in pairs})),
            triple(part, "void:distinctObjects", len({value for _, value in pairs})),
        ]
    return said


def _links(every: Sequence[Triple]) -> list[ox.Triple]:
    """Return the links from our entities and concepts to other datasets, by target and property.

    What leads to a word of a vocabulary is no link between data.
    """
    known = (BASE, *PREFIXES.values())
    found: Counter[tuple[str, str]] = Counter()
    matches = {predicate for _, predicate, _ in every if _is_match(predicate)}
    for subject, predicate, value in every:
        if predicate not in matches or not _is_ours(subject):
            continue
        space = _space(value.value if isinstance(value, ox.NamedNode) else "")
        if not space.startswith(known):
            found[space, predicate.value] += 1
    said = []
    for (space, name), count in found.items():
        links, target = _named("links", space, name), _named("target", space)
        said += [
            triple(DATASET, "void:subset", links),
            triple(links, "rdf:type", expand("void:Linkset")),
            triple(links, "void:target", DATASET),
            triple(links, "void:target", target),
            triple(links, "void:linkPredicate", ox.NamedNode(name)),
            triple(links, "void:triples", count),
            triple(target, "rdf:type", expand("void:Dataset")),
            triple(target, "void:uriSpace", space),
        ]
    return said


def _is_match(predicate: ox.NamedNode) -> bool:
    return predicate.value.startswith(PREFIXES["skos"]) and predicate.value.endswith("Match")


def _space(iri: str) -> str:
    """Return the space of names of an IRI: its folder, a number alone in it being a name too.

    >>> _space("https://sws.geonames.org/2589581/")
    'https://sws.geonames.org/'
    >>> _space("http://eurovoc.europa.eu/1196")
    'http://eurovoc.europa.eu/'
    """
    plain = iri.rstrip("/")
    return plain[: max(plain.rfind("#"), plain.rfind("/")) + 1] if "://" in plain else ""


def _examples(types: Typed) -> list[ox.Triple]:
    """Return the first entity of each of the largest kinds."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for subject in types:
        if isinstance(subject, ox.NamedNode) and subject.value.startswith(BASE + "id/"):
            kinds[subject.value.split("/")[5]].append(subject.value)
    largest = sorted(kinds.items(), key=lambda one: (-len(one[1]), one[0]))[:EXAMPLES]
    return [
        triple(DATASET, "void:exampleResource", ox.NamedNode(min(names))) for _, names in largest
    ]
