"""Examples as RDF: SHACL `sh:SPARQLExecutable`, the format that query editors read.

Data Shapes WG Note "SHACL Advanced Features", section 5 (`sh:select`, `sh:prefixes`); the
conventions are those of the sparql-examples project (one IRI a query, `schema:target`), and so is
the property for DESCRIBE, which SHACL lacks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from coopkg.build.library import Example
from coopkg.sparql_text import prologue
from coopkg.terms import BASE, LANGUAGES, PREFIXES, expand

EXAMPLES: Final = BASE + ".well-known/sparql-examples/"
ENDPOINT: Final = ox.NamedNode(BASE + "sparql")
PREFIXES_NODE: Final = ox.NamedNode(EXAMPLES + "prefixes")
ANY_URI: Final = expand("xsd:anyURI")
SPEX: Final = "https://purl.expasy.org/sparql-examples/ontology#"
_SHACL: Final = PREFIXES["sh"]

# The class of each form, and the property that holds its text.
FORMS: Final = {
    "SELECT": (_SHACL + "SPARQLSelectExecutable", _SHACL + "select"),
    "ASK": (_SHACL + "SPARQLAskExecutable", _SHACL + "ask"),
    "CONSTRUCT": (_SHACL + "SPARQLConstructExecutable", _SHACL + "construct"),
    "DESCRIBE": (SPEX + "SPARQLDescribeExecutable", SPEX + "describe"),
}


def executables(examples: Iterable[Example]) -> bytes:
    """Return examples in Turtle, each with its titles, help, category, prefixes and query."""
    said: set[ox.Triple] = set()
    for example in examples:
        said.update(_executable(example))
    used = {name: PREFIXES[name] for name in ("sh", "rdfs", "schema", "xsd")} | {"spex": SPEX}
    body = ox.serialize(sorted(said, key=str), format=ox.RdfFormat.TURTLE, prefixes=used)
    assert body is not None  # no output was given, so bytes come back
    return body


def _executable(example: Example) -> Iterable[ox.Triple]:
    node = ox.NamedNode(EXAMPLES + example.slug)
    kind, text = (ox.NamedNode(iri) for iri in FORMS[example.form])
    yield _triple(node, "rdf:type", expand("sh:SPARQLExecutable"))
    yield _triple(node, "rdf:type", kind)
    yield ox.Triple(node, text, ox.Literal(example.query))
    yield _triple(node, "schema:target", ENDPOINT)
    for lang in LANGUAGES:
        for predicate, said in (
            ("rdfs:label", example.title),
            ("rdfs:comment", example.comment),
            ("schema:keywords", example.keywords),
        ):
            yield _triple(node, predicate, ox.Literal(said[lang], language=lang))
    for name, namespace in prologue(example.query).prefixes.items():
        declared = ox.NamedNode(f"{PREFIXES_NODE.value}/{name}")
        yield _triple(node, "sh:prefixes", PREFIXES_NODE)
        yield _triple(PREFIXES_NODE, "sh:declare", declared)
        yield _triple(declared, "sh:prefix", ox.Literal(name))
        yield _triple(declared, "sh:namespace", ox.Literal(namespace, datatype=ANY_URI))


def _triple(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(subject, expand(predicate), value)
