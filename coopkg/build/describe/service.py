"""The service description: what the SPARQL endpoint can do, and which graphs it holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyoxigraph as ox

from coopkg.build.describe.writing import (
    DATA_LICENCE,
    DATASET,
    FORMATS,
    TITLE,
    texts,
    triple,
    turtle,
)
from coopkg.terms import BASE, expand

ENTAILMENT: Final = "http://www.w3.org/ns/entailment/"
OWL_RL: Final = ox.NamedNode("http://www.w3.org/ns/owl-profile/RL")
OWL: Final = ox.NamedNode(ENTAILMENT + "OWL-RDF-Based")
SIMPLE: Final = ox.NamedNode(ENTAILMENT + "Simple")
RESULTS: Final = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "JSON-LD",
    "RDF_XML",
)


def service(graphs: Mapping[str, int], total: int) -> bytes:
    """Return the service description (SPARQL 1.1 Service Description), in Turtle.

    Its `sd:endpoint` is `<>`: the address it is read from, wherever that is (section 3.3.1). The
    default graph is what the sources assert and what OWL 2 RL infers from it, each triple once;
    each named graph is as its source states it. No `sd:feature` is true of it: the default graph
    is no union of the named ones, nothing is dereferenced, and no query calls out.
    """
    node = ox.NamedNode(BASE + "sparql")
    dataset = ox.NamedNode(BASE + "sparql#dataset")
    default = ox.NamedNode(BASE + "sparql#default-graph")
    said = [
        triple(node, "rdf:type", expand("sd:Service")),
        triple(node, "sd:endpoint", node),
        *texts(node, "dcterms:title", TITLE),
        triple(node, "dcterms:license", DATA_LICENCE),
        triple(node, "sd:supportedLanguage", expand("sd:SPARQL11Query")),
        triple(node, "sd:defaultEntailmentRegime", OWL),
        triple(node, "sd:defaultSupportedEntailmentProfile", OWL_RL),
        triple(node, "sd:defaultDataset", dataset),
        triple(node, "sd:availableGraphs", dataset),
        triple(dataset, "rdf:type", expand("sd:Dataset")),
        triple(dataset, "rdf:type", expand("sd:GraphCollection")),
        triple(dataset, "sd:defaultGraph", default),
        triple(default, "rdf:type", expand("sd:Graph")),
        triple(default, "rdf:type", expand("void:Dataset")),
        triple(default, "void:triples", total),
        triple(default, "rdfs:seeAlso", DATASET),
    ]
    said += [triple(node, "sd:resultFormat", ox.NamedNode(FORMATS + name)) for name in RESULTS]
    for number, (iri, count) in enumerate(graphs.items()):
        said += _graph(dataset, number, iri, count)
    absolute = f"sd:endpoint <{node.value}>".encode()
    written = turtle(said)
    assert absolute in written
    return written.replace(absolute, b"sd:endpoint <>")


def _graph(dataset: ox.NamedNode, number: int, iri: str, count: int) -> list[ox.Triple]:
    """Return what is said of one named graph."""
    named = ox.NamedNode(f"{BASE}sparql#graph-{number}")
    content = ox.NamedNode(f"{BASE}sparql#graph-{number}-content")
    inferred = iri == BASE + "graph/inferred"
    return [
        triple(dataset, "sd:namedGraph", named),
        triple(named, "rdf:type", expand("sd:NamedGraph")),
        triple(named, "sd:name", ox.NamedNode(iri)),
        triple(named, "sd:entailmentRegime", OWL if inferred else SIMPLE),
        triple(named, "sd:graph", content),
        triple(content, "rdf:type", expand("sd:Graph")),
        triple(content, "void:triples", count),
    ]
