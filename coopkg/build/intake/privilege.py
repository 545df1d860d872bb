"""What a partner may say: about its own things, in its own graphs, in anybody's words but axioms.

Every refusal names its rule. An operator's graphs outside the core ones are held to what is safe
to keep and to show, and to nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from coopkg.contributions.job import Job
from coopkg.contributions.model import DEFAULT
from coopkg.contributions.partners import GRAPHS
from coopkg.contributions.texts import is_clean, neutral
from coopkg.terms import BASE, PREFIXES, RDF_TYPE, expand

AXIOMS: Final = {
    PREFIXES["owl"]: "axiom",
    PREFIXES["rdfs"]: "axiom",
    PREFIXES["rdf"]: "axiom",
    "http://www.w3.org/ns/shacl#": "shacl",
}
ALLOWED: Final = frozenset(
    {RDF_TYPE, *(expand(f"rdfs:{name}") for name in ("label", "comment", "seeAlso"))}
)
MAPPINGS: Final = frozenset(
    expand(f"skos:{kind}Match") for kind in ("exact", "close", "broad", "narrow", "related")
)
DANGEROUS: Final = ("javascript:", "data:", "file:", "vbscript:", "blob:")
DOTS: Final = re.compile(r"/\.{1,2}(?=[/?#]|$)")
"""A step up or nowhere in a path: a browser would read another address than is written."""
CONTROLS: Final = frozenset(map(chr, range(32))) - {"\t", "\n", "\r"} | {"\x7f"}


@dataclass(frozen=True)
class Fault:
    """A rule broken by a quad: its number, and the part of it that breaks the rule."""

    rule: str
    number: int | None
    part: str
    seen: str
    expected: str
    subject: str
    fr: str
    en: str


def is_own(job: Job, graph: str) -> bool:
    """Tell whether a graph is one of the partner's."""
    main = GRAPHS + job.partner["name"]
    return graph == main or graph.startswith(main + "/")


def faults(job: Job, quads: Sequence[ox.Quad]) -> Iterator[Fault]:
    """Yield each rule that each quad breaks."""
    for number, quad in enumerate(quads):
        for part, fault in _broken(job, quad):
            rule, seen, expected, fr, en = fault
            subject = neutral(str(quad.subject))
            yield Fault(rule, number, part, neutral(seen)[:300], expected, subject, fr, en)


def empty() -> Fault:
    """Return what is wrong with a file that says nothing."""
    return Fault(
        "empty",
        None,
        "subject",
        "0",
        "1",
        "",
        "le fichier ne contient aucun triplet : rien n’a été envoyé",
        "the file holds no triple: nothing was sent",
    )


Broken = tuple[str, tuple[str, str, str, str, str]]


def _broken(job: Job, quad: ox.Quad) -> Iterator[Broken]:
    graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else DEFAULT
    yield from _graph(job, graph)
    own = is_own(job, graph)
    for part, term in (
        ("subject", quad.subject),
        ("predicate", quad.predicate),
        ("value", quad.object),
    ):
        yield from ((part, one) for one in _unsafe(job, term, own))
    if own:
        yield from _subject(job, quad.subject)
        yield from _words(job, quad)


def _graph(job: Job, graph: str) -> Iterator[Broken]:
    fits = graph == job.graph if job.graph else is_own(job, graph)
    free = job.partner["role"] == "operator" and not graph.startswith(BASE) and not job.graph
    if not (fits or free):
        own = GRAPHS + job.partner["name"]
        yield (
            "subject",
            (
                "graph",
                graph,
                job.graph or own,
                f"<{neutral(graph)}> n’est pas le graphe où cet envoi peut écrire",
                f"<{neutral(graph)}> is not the graph this upload may write",
            ),
        )


def _unsafe(job: Job, term: Any, own: bool) -> Iterator[tuple[str, str, str, str, str]]:
    if isinstance(term, ox.Triple):
        yield (
            "triple-term",
            "<<( … )>>",
            "",
            "un triplet cité dans un triplet n’est pas accepté : écrire deux triplets",
            "a triple quoted in a triple is not accepted: write two triples",
        )
    elif isinstance(term, ox.NamedNode):
        yield from _iri(term.value, own)
    elif isinstance(term, ox.Literal):
        yield from _literal(job, term.value)


def _iri(iri: str, own: bool) -> Iterator[tuple[str, str, str, str, str]]:
    web = iri.lower().startswith(("http://", "https://"))
    bad = iri.lower().startswith(DANGEROUS) or (own and (not web or DOTS.search(iri)))
    if bad or not is_clean(iri):
        shown = neutral(iri[:200])
        yield (
            "iri",
            iri,
            "https://…",
            f"<{shown}> : une adresse http(s), sans « .. » ni caractère de contrôle, est attendue",
            f"<{shown}>: an http(s) address, without “..” or control characters, is expected",
        )


def _literal(job: Job, text: str) -> Iterator[tuple[str, str, str, str, str]]:
    if not CONTROLS.isdisjoint(text):
        yield (
            "control-character",
            text[:80],
            "",
            "ce texte contient un caractère de contrôle (NUL, échappement…) : le retirer",
            "this text holds a control character (NUL, escape…): remove it",
        )
    if len(text.encode()) > job.limits["literal"]:
        allowed = job.limits["literal"] >> 10
        yield (
            "literal-size",
            f"{len(text.encode())} octets",
            f"{allowed} kB",
            f"un texte de plus de {allowed} ko : donner l’adresse d’un document à la place",
            f"a text of more than {allowed} kB: give the address of a document instead",
        )


def _subject(job: Job, subject: Any) -> Iterator[Broken]:
    if isinstance(subject, ox.NamedNode) and not subject.value.startswith(job.partner["base"]):
        base = job.partner["base"]
        yield (
            "subject",
            (
                "subject",
                subject.value,
                base,
                f"<{neutral(subject.value)}> n’est pas à vous : vos choses commencent par <{base}>",
                f"<{neutral(subject.value)}> is not yours: your things begin with <{base}>",
            ),
        )


def _words(job: Job, quad: ox.Quad) -> Iterator[Broken]:
    predicate = quad.predicate
    if predicate not in ALLOWED and (rule := _axiom(predicate.value)):
        yield "predicate", _refused(rule, predicate.value)
    if predicate == RDF_TYPE and isinstance(quad.object, ox.NamedNode):
        if rule := _axiom(quad.object.value):
            yield "value", _refused(rule, quad.object.value)
    elif (
        predicate in MAPPINGS
        and isinstance(quad.object, ox.NamedNode)
        and quad.object.value.startswith(BASE)
        and not quad.object.value.startswith(job.partner["base"])
    ):
        yield "predicate", _refused("mapping", predicate.value)


def _axiom(iri: str) -> str | None:
    return next((rule for space, rule in AXIOMS.items() if iri.startswith(space)), None)


def _refused(rule: str, seen: str) -> tuple[str, str, str, str, str]:
    said = {
        "axiom": (
            "une contribution dit des faits, pas des règles : owl:, rdfs: et rdf: n’y entrent pas, "
            "sauf rdf:type, rdfs:label, rdfs:comment et rdfs:seeAlso",
            "a contribution states facts, not rules: owl:, rdfs: and rdf: do not enter, but for "
            "rdf:type, rdfs:label, rdfs:comment and rdfs:seeAlso",
        ),
        "shacl": (
            "une contribution ne change pas les formes (sh:) qui la vérifient",
            "a contribution does not change the shapes (sh:) that check it",
        ),
        "mapping": (
            "une correspondance avec une chose d’ailleurs se propose, et une personne l’accepte",
            "a match with a thing of others is proposed, and a person accepts it",
        ),
    }
    fr, en = said[rule]
    return rule, seen, "", fr, en
