"""Questions as RDF: SHACL `sh:SPARQLExecutable`, the format that query editors read as examples.

Data Shapes WG Note "SHACL Advanced Features", section 5 (`sh:select`, `sh:prefixes`); the
conventions are those of the sparql-examples project (one IRI a query, `schema:target`).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import pyoxigraph as ox

from coopkg.questions import CATEGORIES, Question
from coopkg.sparql_text import prologue
from coopkg.terms import BASE, LANGUAGES, PREFIXES, expand

EXAMPLES: Final = BASE + ".well-known/sparql-examples/"
ENDPOINT: Final = ox.NamedNode(BASE + "sparql")
PREFIXES_NODE: Final = ox.NamedNode(EXAMPLES + "prefixes")
ANY_URI: Final = expand("xsd:anyURI")


def executables(questions: Iterable[Question]) -> bytes:
    """Return the questions in Turtle, each with its titles, help, category, prefixes and query."""
    said: set[ox.Triple] = set()
    for question in questions:
        said.update(_executable(question))
    used = {name: PREFIXES[name] for name in ("sh", "rdfs", "schema", "xsd")}
    body = ox.serialize(sorted(said, key=str), format=ox.RdfFormat.TURTLE, prefixes=used)
    assert body is not None  # no output was given, so bytes come back
    return body


def _executable(question: Question) -> Iterable[ox.Triple]:
    node = ox.NamedNode(EXAMPLES + question.slug)
    category = CATEGORIES[question.category]
    yield _triple(node, "rdf:type", expand("sh:SPARQLExecutable"))
    yield _triple(node, "rdf:type", expand("sh:SPARQLSelectExecutable"))
    yield _triple(node, "sh:select", ox.Literal(question.text))
    yield _triple(node, "schema:target", ENDPOINT)
    for lang in LANGUAGES:
        heading = ox.Literal(question.heading(lang, {}), language=lang)
        yield _triple(node, "rdfs:label", heading)
        yield _triple(node, "rdfs:comment", ox.Literal(question.help[lang], language=lang))
        yield _triple(node, "schema:keywords", ox.Literal(category[lang], language=lang))
    for name, namespace in prologue(question.text).prefixes.items():
        declared = ox.NamedNode(f"{PREFIXES_NODE.value}/{name}")
        yield _triple(node, "sh:prefixes", PREFIXES_NODE)
        yield _triple(PREFIXES_NODE, "sh:declare", declared)
        yield _triple(declared, "sh:prefix", ox.Literal(name))
        yield _triple(declared, "sh:namespace", ox.Literal(namespace, datatype=ANY_URI))


def _triple(subject: ox.NamedNode, predicate: str, value: ox.NamedNode | ox.Literal) -> ox.Triple:
    return ox.Triple(subject, expand(predicate), value)
