"""What a generation says of itself: labels, passages, VoID, DCAT, service description.

All pure: quads in, plain data or Turtle out. The time of publication is an argument.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers.reasons import lines_label
from coopkg.terms import BASE, LANGUAGES, PREFIXES, expand

PREF: Final = tuple(expand(name) for name in ("skos:prefLabel", "rdfs:label", "dcterms:title"))
ALT: Final = tuple(expand(name) for name in ("skos:altLabel", "coop:printedName"))
PRINTED: Final = tuple(expand(f"coop:{name}") for name in ("printedName", "fullName", "acronym"))
FORMS: Final = {expand("coop:locativeName"): "in", expand("coop:definiteName"): "the"}
DEFINITION: Final = expand("skos:definition")
RDF_TYPE: Final = expand("rdf:type")

Label = dict[str, Any]


def kind_of(iri: str) -> str:
    """Return the kind of an IRI of ours: `organisation`, `theme`, `ns`, `passage`…, or ``""``.

    >>> kind_of("https://w3id.org/cnfpt-coop/id/organisation/cefal")
    'organisation'
    >>> kind_of("https://w3id.org/cnfpt-coop/ns#hasPartner")
    'ns'
    >>> kind_of("http://eurovoc.europa.eu/340")
    ''
    """
    if not iri.startswith(BASE):
        return ""
    rest = iri[len(BASE) :]
    if rest.startswith(("ns#", "shapes#")):
        return rest.partition("#")[0]
    area, _, name = rest.partition("/")
    if area in {"id", "scheme", "graph"}:
        return name.partition("/")[0] or area
    return area


def labels(triples: Iterable[ox.Triple | ox.Quad]) -> dict[str, Label]:
    """Return ``{iri: {"fr", "en", "kind", "alt", "in", "the", "definition"}}`` of every name.

    A missing language is absent, never guessed: pages mark the fallback. `alt` holds aliases
    (acronyms, printed forms) in one list; `in` holds the form after "where" (« en Tunisie »),
    `the` the form with its article (« la décentralisation »).
    """
    found: dict[str, Label] = {}
    aliases: dict[str, set[str]] = defaultdict(set)
    ranks: dict[tuple[str, str], int] = {}
    for triple in triples:
        subject, value = triple.subject, triple.object
        if not (isinstance(subject, ox.NamedNode) and isinstance(value, ox.Literal)):
            continue
        iri, language = subject.value, value.language or ""
        if triple.predicate in PREF and language in LANGUAGES:
            rank = PREF.index(triple.predicate)
            if rank <= ranks.get((iri, language), len(PREF)):
                ranks[iri, language] = rank
                found.setdefault(iri, {"kind": kind_of(iri)})[language] = value.value
        elif triple.predicate in ALT or triple.predicate in PRINTED:
            aliases[iri].add(value.value)
        elif triple.predicate in FORMS and language in LANGUAGES:
            form = FORMS[triple.predicate]
            found.setdefault(iri, {"kind": kind_of(iri)}).setdefault(form, {})[language] = (
                value.value
            )
        elif triple.predicate == DEFINITION and language in LANGUAGES:
            found.setdefault(iri, {"kind": kind_of(iri)}).setdefault("definition", {})[language] = (
                value.value
            )
    for iri, names in aliases.items():
        entry = found.setdefault(iri, {"kind": kind_of(iri)})
        known = {entry.get(language) for language in LANGUAGES}
        entry["alt"] = sorted(names - known)
    return dict(sorted(found.items()))


def passages(quads: Iterable[ox.Quad]) -> dict[str, dict[str, Any]]:
    """Return what `graph/sources` says of each graph: lines, section, phrase, mode, layer.

    Shape: ``{graph iri: {"lines": [first, last], "section": iri, "phrase": text, "mode": …,
    "layer": …, "sources": [iri…], "background": [X01…]}}``; absent keys were not stated.
    """
    names = {
        expand("coop:lineStart"): "first",
        expand("coop:lineEnd"): "last",
        expand("coop:inSection"): "section",
        expand("coop:keyPhrase"): "phrase",
        expand("coop:startOffset"): "start",
        expand("coop:endOffset"): "end",
        expand("coop:assertionMode"): "mode",
        expand("coop:layer"): "layer",
        expand("dcterms:source"): "sources",
        expand("coop:backgroundKnowledge"): "background",
        expand("coop:unsourced"): "unsourced",
    }
    numbers, many = {"first", "last", "start", "end"}, {"sources", "background"}
    found: dict[str, dict[str, Any]] = {}
    for quad in quads:
        name = names.get(quad.predicate)
        subject = quad.subject
        if name is None or not isinstance(subject, ox.NamedNode):
            continue
        if not subject.value.startswith(BASE + "graph/"):
            continue
        entry = found.setdefault(subject.value, {})
        text = quad.object.value if not isinstance(quad.object, ox.Triple) else ""
        if name in many:
            entry[name] = sorted({*entry.get(name, []), text})
        elif name in {"mode", "layer"}:
            entry[name] = text.rsplit("/", 1)[-1]
        elif name == "phrase":
            entry[name] = min(entry.get(name, text), text, key=lambda one: (len(one), one))
        else:
            entry[name] = int(text) if name in numbers else text
    for entry in found.values():
        first = entry.pop("first", None)
        last = entry.pop("last", first)
        if first is not None:
            entry["lines"] = [first, last]
    return dict(sorted(found.items()))


def passage_labels(
    passages: Mapping[str, Mapping[str, Any]], labels: Mapping[str, Label]
) -> dict[str, Label]:
    """Return the label of each passage: its lines and, unless it is stated, its mode."""
    found: dict[str, Label] = {}
    for iri, entry in passages.items():
        if "lines" not in entry:
            continue
        fr, en = lines_label(entry["lines"]).values()
        mode = labels.get(f"{BASE}scheme/assertion-mode/{entry.get('mode', 'stated')}", {})
        if entry.get("mode", "stated") != "stated":
            fr, en = f"{fr} ({mode.get('fr', '')})", f"{en} ({mode.get('en', '')})"
        found[iri] = {"fr": fr, "en": en, "kind": kind_of(iri)}
    return found


def _turtle(triples: Iterable[ox.Triple]) -> bytes:
    ordered = sorted(set(triples), key=str)
    used = {name: PREFIXES[name] for name in ("void", "dcat", "dcterms", "sd", "xsd", "rdfs")}
    text = ox.serialize(ordered, format=ox.RdfFormat.TURTLE, prefixes=used)
    assert text is not None  # no output was given, so bytes come back
    return text


def _t(subject: ox.NamedNode, predicate: str, value: Any) -> ox.Triple:
    term = value if isinstance(value, ox.NamedNode | ox.Literal) else ox.Literal(value)
    return ox.Triple(subject, expand(predicate), term)


def void(triples: Iterable[ox.Triple], graphs: Mapping[str, int], modified: str) -> bytes:
    """Return the VoID description (Turtle): counts, class and property partitions, graphs."""
    dataset = ox.NamedNode(BASE + "void#dataset")
    classes: Counter[str] = Counter()
    properties: Counter[str] = Counter()
    subjects, objects = set(), set()
    total = 0
    for triple in triples:
        total += 1
        properties[triple.predicate.value] += 1
        subjects.add(triple.subject)
        objects.add(triple.object)
        if triple.predicate == RDF_TYPE and isinstance(triple.object, ox.NamedNode):
            classes[triple.object.value] += 1
    said = [
        _t(dataset, "rdf:type", expand("void:Dataset")),
        _t(dataset, "void:triples", total),
        _t(dataset, "void:distinctSubjects", len(subjects)),
        _t(dataset, "void:distinctObjects", len(objects)),
        _t(dataset, "void:classes", len(classes)),
        _t(dataset, "void:properties", len(properties)),
        _t(dataset, "void:sparqlEndpoint", ox.NamedNode(BASE + "sparql")),
        _t(dataset, "void:uriSpace", BASE),
        _t(dataset, "dcterms:modified", ox.Literal(modified, datatype=expand("xsd:dateTime"))),
        _t(
            dataset,
            "dcterms:title",
            ox.Literal("Coopération internationale du CNFPT", language="fr"),
        ),
        _t(
            dataset,
            "dcterms:title",
            ox.Literal("International cooperation of the CNFPT", language="en"),
        ),
    ]
    for number, (iri, count) in enumerate(sorted(classes.items())):
        part = ox.NamedNode(f"{BASE}void#class-{number}")
        said += [
            _t(dataset, "void:classPartition", part),
            _t(part, "void:class", ox.NamedNode(iri)),
            _t(part, "void:entities", count),
        ]
    for number, (iri, count) in enumerate(sorted(properties.items())):
        part = ox.NamedNode(f"{BASE}void#property-{number}")
        said += [
            _t(dataset, "void:propertyPartition", part),
            _t(part, "void:property", ox.NamedNode(iri)),
            _t(part, "void:triples", count),
        ]
    for iri, count in graphs.items():
        said += [
            _t(dataset, "void:subset", ox.NamedNode(iri)),
            _t(ox.NamedNode(iri), "void:triples", count),
        ]
    return _turtle(said)


def catalogue(quads: Iterable[ox.Quad], modified: str) -> bytes:
    """Return the DCAT catalogue of `graph_data/catalog.ttl` (Turtle), dated by this build."""
    graph = ox.NamedNode(BASE + "graph/catalog")
    said = [
        ox.Triple(quad.subject, quad.predicate, quad.object)
        for quad in quads
        if quad.graph_name == graph
    ]
    when = ox.Literal(modified, datatype=expand("xsd:dateTime"))
    dated = [
        _t(triple.subject, "dcterms:modified", when)
        for triple in said
        if triple.object == expand("dcat:Catalog") and isinstance(triple.subject, ox.NamedNode)
    ]
    return _turtle([*said, *dated])


def service(graphs: Mapping[str, int], total: int) -> bytes:
    """Return the service description (SPARQL 1.1 Service Description), in Turtle.

    Its `sd:endpoint` is `<>`: the address it is read from, wherever that is (section 3.3.1).
    """
    node = ox.NamedNode(BASE + "sparql")
    dataset = ox.NamedNode(BASE + "sparql#dataset")
    default = ox.NamedNode(BASE + "sparql#default-graph")
    said = [
        _t(node, "rdf:type", expand("sd:Service")),
        _t(node, "sd:endpoint", node),
        _t(node, "sd:supportedLanguage", expand("sd:SPARQL11Query")),
        _t(
            node,
            "sd:defaultEntailmentRegime",
            ox.NamedNode("http://www.w3.org/ns/entailment/OWL-RDF-Based"),
        ),
        _t(node, "sd:defaultDataset", dataset),
        _t(dataset, "rdf:type", expand("sd:Dataset")),
        _t(dataset, "sd:defaultGraph", default),
        _t(default, "rdf:type", expand("sd:Graph")),
        _t(default, "void:triples", total),
    ]
    said += [
        _t(node, "sd:resultFormat", ox.NamedNode("http://www.w3.org/ns/formats/" + name))
        for name in (
            "SPARQL_Results_JSON",
            "SPARQL_Results_XML",
            "SPARQL_Results_CSV",
            "SPARQL_Results_TSV",
            "Turtle",
            "N-Triples",
        )
    ]
    for number, (iri, count) in enumerate(graphs.items()):
        named = ox.NamedNode(f"{BASE}sparql#graph-{number}")
        graph = ox.NamedNode(f"{BASE}sparql#graph-{number}-content")
        said += [
            _t(dataset, "sd:namedGraph", named),
            _t(named, "rdf:type", expand("sd:NamedGraph")),
            _t(named, "sd:name", ox.NamedNode(iri)),
            _t(named, "sd:graph", graph),
            _t(graph, "rdf:type", expand("sd:Graph")),
            _t(graph, "void:triples", count),
        ]
    absolute = f"sd:endpoint <{node.value}>".encode()
    return _turtle(said).replace(absolute, b"sd:endpoint <>")
