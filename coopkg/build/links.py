"""The links that people accepted, as a source: matches of SKOS with who reviewed them and when.

They stand in a graph of their own, apart: nothing is reasoned from them, so that a link changes
nobody's answers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from coopkg import links
from coopkg.build.describe.writing import texts, triple
from coopkg.build.partners import FOLDER
from coopkg.build.sources import Source
from coopkg.links import ACCEPTED, Link
from coopkg.terms import BASE, expand

GRAPH: Final = ox.NamedNode(BASE + "graph/links")
PATH: Final = FOLDER + "links.nt"
_SSSOM: Final = "https://w3id.org/sssom/"
_TITLE: Final = {"fr": "Liens acceptés", "en": "Accepted links"}


def sources(home: Path) -> tuple[Source, ...]:
    """Return the accepted links as a source; nothing when there is none.

    Raises:
        LedgerError: the journal cannot be trusted.
    """
    accepted = [one for one in links.every(home) if one.state == ACCEPTED]
    if not accepted:
        return ()
    said = {one for link in accepted for one in _said(link)}
    said |= set(texts(GRAPH, "dcterms:title", _TITLE))
    text = "".join(f"{one} .\n" for one in sorted(said, key=str))
    quads = tuple(
        ox.Quad(one.subject, one.predicate, one.object, GRAPH)
        for one in ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES)
    )
    return (Source(PATH, "apart", hashlib.sha256(text.encode()).hexdigest(), quads, (), text),)


def _said(link: Link) -> Iterator[ox.Triple]:
    subject, predicate, other = map(ox.NamedNode, (link.subject, link.predicate, link.object))
    yield ox.Triple(subject, predicate, other)
    node = ox.NamedNode(f"{BASE}id/link/{link.id}")
    yield triple(node, "rdf:type", ox.NamedNode(_SSSOM + "Mapping"))
    yield triple(node, "rdf:subject", subject)
    yield triple(node, "rdf:predicate", predicate)
    yield triple(node, "rdf:object", other)
    day, number = expand("xsd:date"), expand("xsd:decimal")
    for name, value in (
        ("author_label", ox.Literal(link.by)),
        ("reviewer_label", ox.Literal(link.reviewer)),
        ("mapping_date", ox.Literal(link.decided[:10], datatype=day)),
        ("confidence", ox.Literal(f"{link.confidence:.3f}", datatype=number)),
    ):
        yield ox.Triple(node, ox.NamedNode(_SSSOM + name), value)
    if link.source:
        yield ox.Triple(node, ox.NamedNode(_SSSOM + "mapping_source"), ox.Literal(link.source))
    yield from texts(node, "rdfs:comment", dict(link.verdict))
