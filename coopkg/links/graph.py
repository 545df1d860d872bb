"""Accepted links as triples, and back: matches of SKOS, each with who reviewed it and when. Pure.

A match stands as it is, to be followed, and beside it a node of SSSOM says who proposed it, for
which reasons, from which source, and who decided on which day.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox

from coopkg.links import ACCEPTED, RELATIONS, Link, sssom
from coopkg.terms import BASE, PREFIXES, Term, expand

GRAPH: Final = ox.NamedNode(BASE + "graph/links")
NODES: Final = BASE + "id/link/"
SSSOM: Final = "https://w3id.org/sssom/"
MAPPING: Final = ox.NamedNode(SSSOM + "Mapping")
_TYPE, _COMMENT, _REASON = expand("rdf:type"), expand("rdfs:comment"), expand("dcterms:description")
_PARTS: Final = {name: expand(f"rdf:{name}") for name in ("subject", "predicate", "object")}
_MATCH: Final = {f"{PREFIXES['skos']}{name}Match": name for name in RELATIONS}


def triples(link: Link) -> Iterator[ox.Triple]:
    """Yield what is published of an accepted link."""
    subject, predicate, other = map(ox.NamedNode, (link.subject, link.predicate, link.object))
    yield ox.Triple(subject, predicate, other)
    node = ox.NamedNode(NODES + link.id)
    yield ox.Triple(node, _TYPE, MAPPING)
    yield ox.Triple(node, _PARTS["subject"], subject)
    yield ox.Triple(node, _PARTS["predicate"], predicate)
    yield ox.Triple(node, _PARTS["object"], other)
    yield ox.Triple(node, _sssom("mapping_justification"), ox.NamedNode(sssom.justification(link)))
    for name, value in _told(link).items():
        yield ox.Triple(node, _sssom(name), value)
    for said in link.why:
        yield from _texts(node, _REASON, said)
    yield from _texts(node, _COMMENT, link.verdict)


def _told(link: Link) -> dict[str, ox.Literal]:
    confidence = ox.Literal(f"{link.confidence:.3f}", datatype=expand("xsd:decimal"))
    said = {
        "author_label": ox.Literal(link.by),
        "reviewer_label": ox.Literal(link.reviewer),
        "mapping_date": ox.Literal(link.decided[:10], datatype=expand("xsd:date")),
        "confidence": confidence,
    }
    return {**said, "mapping_source": ox.Literal(link.source)} if link.source else said


def _texts(
    node: ox.NamedNode, predicate: ox.NamedNode, said: Mapping[str, str]
) -> Iterator[ox.Triple]:
    for lang, text in said.items():
        yield ox.Triple(node, predicate, ox.Literal(text, language=lang))


def _sssom(name: str) -> ox.NamedNode:
    return ox.NamedNode(SSSOM + name)


def read(triples: Iterable[tuple[Term, Term, Term]]) -> list[Link]:
    """Return the links of the triples of the graph, in the order they were proposed."""
    said: defaultdict[str, defaultdict[str, list[Term]]]
    said = defaultdict(lambda: defaultdict(list))
    for subject, predicate, value in triples:
        if isinstance(subject, ox.NamedNode) and subject.value.startswith(NODES):
            said[subject.value][predicate.value].append(value)
    return [_link(node.removeprefix(NODES), of) for node, of in sorted(said.items())]


def _link(name: str, said: Mapping[str, list[Term]]) -> Link:
    def one(predicate: str) -> str:
        found = said.get(predicate, [])
        return str(found[0].value) if found else ""

    verdict: dict[str, str] = {}
    for text in _said(said.get(_COMMENT.value, ())):
        verdict |= text
    return Link(
        id=name,
        subject=one(_PARTS["subject"].value),
        relation=_MATCH.get(one(_PARTS["predicate"].value), RELATIONS[-1]),
        object=one(_PARTS["object"].value),
        by=one(SSSOM + "author_label"),
        at="",
        source=one(SSSOM + "mapping_source"),
        confidence=float(one(SSSOM + "confidence") or 1),
        why=tuple(_said(said.get(_REASON.value, ()))),
        state=ACCEPTED,
        reviewer=one(SSSOM + "reviewer_label"),
        decided=one(SSSOM + "mapping_date"),
        verdict={
            lang: text for one in _said(said.get(_COMMENT.value, ())) for lang, text in one.items()
        },
    )


def _said(texts: Iterable[Term]) -> Iterator[dict[str, str]]:
    """Yield each text by its language: which of one is which of the other is not told."""
    for text in sorted(texts, key=str):
        if isinstance(text, ox.Literal):
            yield {text.language or "": text.value}
