"""What a partner may say: about its own things, in its own graphs, in anybody's words but axioms.

Every refusal names its rule. An operator's graphs outside the core ones are held to what is safe
to keep and to show, and to nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final, NamedTuple
from urllib.parse import quote

import pyoxigraph as ox

from coopkg.build.intake.findings import Finding, Said, same
from coopkg.build.intake.limits import limit, over
from coopkg.build.intake.reading import Read
from coopkg.contributions.job import Job
from coopkg.contributions.model import DEFAULT
from coopkg.contributions.partners import GRAPHS
from coopkg.contributions.texts import is_clean, neutral
from coopkg.terms import BASE, NS, PREFIXES, RDF_TYPE, compact, expand

AXIOMS: Final = {
    PREFIXES["owl"]: "axiom",
    PREFIXES["rdfs"]: "axiom",
    PREFIXES["rdf"]: "axiom",
    PREFIXES["sh"]: "shacl",
}
IDENTITY: Final = frozenset(
    expand(f"owl:{name}").value
    for name in ("sameAs", "equivalentClass", "equivalentProperty", "differentFrom")
)
ALLOWED: Final = frozenset(
    {RDF_TYPE, *(expand(f"rdfs:{name}") for name in ("label", "comment", "seeAlso"))}
)
MAPPINGS: Final = frozenset(
    expand(f"skos:{kind}Match") for kind in ("exact", "close", "broad", "narrow", "related")
)
OURS_TO_SAY: Final = frozenset(
    expand(f"coop:{name}") for name in ("layer", "assertionMode", "SourceGraph", "Passage")
)
"""What says where a fact comes from: publishing writes it, nobody else."""
_TWO: Final = {"fr": "deux triplets", "en": "two triples"}
DANGEROUS: Final = ("javascript:", "data:", "file:", "vbscript:", "blob:")
CONTROLS: Final = frozenset(map(chr, range(32))) - {"\t", "\n", "\r"} | {"\x7f"}
CORE: Final = (NS, PREFIXES["coopsh"], BASE + "scheme/", BASE + "graph/")
_FORBIDDEN: Final = re.compile(r"[\s<>\"{}|\\^`\x00-\x20]")
_CLIMBING: Final = re.compile(r"[^?#]*/(?:\.|%2e){1,2}(?:[/?#]|$)", re.IGNORECASE)
"""An address that a reader would take for another one: `…/tunis/../sfax/a`."""


class Broken(NamedTuple):
    """A rule broken by a term of a quad."""

    part: str
    rule: str
    seen: str
    message: Said
    expected: Said
    fix: str = ""


def is_own(job: Job, graph: str) -> bool:
    """Tell whether a graph is one of the partner's."""
    main = GRAPHS + job.partner["name"]
    return graph == main or graph.startswith(main + "/")


def findings(job: Job, read: Read) -> Iterator[Finding]:
    """Yield each rule that each quad breaks, at its place."""
    for number, quad in enumerate(read.quads):
        for one in _broken(job, quad):
            subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
            spot = read.spot(number, one.part)
            yield Finding(
                one.rule,
                "violation",
                one.message,
                spot,
                seen=one.seen,
                expected=one.expected,
                example=_EXAMPLES.get(one.rule, ""),
                fix=_fixed(read.line(spot.line), one),
                node=neutral(subject)[:300],
                link=quad.predicate.value if is_clean(quad.predicate.value) else "",
            )


def _fixed(line: str, one: Broken) -> str:
    return line.strip().replace(one.seen, one.fix) if line and one.fix and one.seen in line else ""


def _broken(job: Job, quad: ox.Quad) -> Iterator[Broken]:
    graph = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else DEFAULT
    yield from _graph(job, graph)
    own = is_own(job, graph)
    terms: tuple[tuple[str, Any], ...] = (
        ("subject", quad.subject),
        ("predicate", quad.predicate),
        ("value", quad.object),
    )
    for part, term in terms:
        yield from _unsafe(job, part, term, own)
    if own:
        if found := _iri(graph, own):
            yield found._replace(part="subject")
        yield from _subject(job, quad.subject)
        yield from _words(job, quad)


def _graph(job: Job, graph: str) -> Iterator[Broken]:
    fits = graph == job.graph if job.graph else is_own(job, graph)
    free = job.partner["role"] == "operator" and not graph.startswith(BASE) and not job.graph
    if not (fits or free):
        own = job.graph or GRAPHS + job.partner["name"]
        said = neutral(graph)[:200]
        yield Broken(
            "subject",
            "graph",
            graph,
            {
                "fr": f"<{said}> n’est pas le graphe où cet envoi peut écrire",
                "en": f"<{said}> is not the graph this upload may write",
            },
            same(f"<{own}>"),
            own,
        )


def _unsafe(job: Job, part: str, term: Any, own: bool) -> Iterator[Broken]:
    if isinstance(term, ox.Triple):
        said = {
            "fr": "un triplet cité dans un triplet n’est pas accepté : écrire deux triplets",
            "en": "a triple quoted in a triple is not accepted: write two triples",
        }
        yield Broken(part, "triple-term", "<<( … )>>", said, _TWO)
    elif isinstance(term, ox.NamedNode):
        if found := _iri(term.value, own):
            yield found._replace(part=part)
    elif isinstance(term, ox.Literal):
        yield from _literal(job, part, term.value)


@lru_cache(maxsize=1 << 16)
def _iri(iri: str, own: bool) -> Broken | None:
    """Return what is wrong with an address."""
    web = iri.lower().startswith(("http://", "https://"))
    said = neutral(iri[:200])
    if iri.lower().startswith(DANGEROUS) or (own and not web):
        message = {
            "fr": f"<{said}> : une adresse http:// ou https:// est attendue",
            "en": f"<{said}>: an http:// or https:// address is expected",
        }
        return Broken("", "iri-scheme", iri, message, same("https://…"))
    if not is_clean(iri):
        message = {
            "fr": f"<{said}> contient un caractère invisible ou de contrôle : le retirer",
            "en": f"<{said}> holds an invisible or control character: remove it",
        }
        return Broken("", "iri-character", iri, message, same("https://…"), _cleaned(iri))
    if _FORBIDDEN.search(iri):
        mended = _FORBIDDEN.sub(lambda match: quote(match[0]), iri)
        message = {
            "fr": f"<{said}> contient un signe qu’une adresse n’a pas (espace, accolade…)",
            "en": f"<{said}> holds a sign that no address has (space, brace…)",
        }
        return Broken("", "iri-character", iri, message, same(mended), mended)
    if own and _CLIMBING.match(iri):
        message = {
            "fr": f"<{said}> contient « . » ou « .. », qui en feraient une autre adresse",
            "en": f"<{said}> holds “.” or “..”, which would make it another address",
        }
        return Broken("", "iri-path", iri, message, same("https://…"))
    return None


def _cleaned(text: str) -> str:
    return "".join(sign for sign in text if is_clean(sign))


def _literal(job: Job, part: str, text: str) -> Iterator[Broken]:
    if not CONTROLS.isdisjoint(text):
        said = {
            "fr": "ce texte contient un caractère de contrôle (NUL, échappement…) : le retirer",
            "en": "this text holds a control character (NUL, escape…): remove it",
        }
        clean = "".join(sign for sign in text if sign not in CONTROLS)
        yield Broken(part, "control-character", text[:80], said, same(neutral(clean)[:80]))
    size = len(text.encode("utf-8", "replace"))
    if size > limit(job, "literal"):
        found = over(job, "literal", size)
        yield Broken(part, found.rule, found.seen, found.message, found.expected)


def _subject(job: Job, subject: Any) -> Iterator[Broken]:
    base = job.partner["base"]
    if not isinstance(subject, ox.NamedNode) or (
        subject.value.startswith(base) and len(subject.value) > len(base)
    ):
        return
    seen = subject.value
    said = neutral(seen)[:200]
    is_core = seen.startswith(CORE) or any(seen.startswith(space) for space in AXIOMS)
    local = re.split(r"[/#]", seen)[-1] or "nom"
    message = {
        "fr": f"<{said}> est un mot du vocabulaire commun : une contribution ne le change pas"
        if is_core
        else f"<{said}> n’est pas à vous : ce que vous décrivez commence par <{base}>",
        "en": f"<{said}> is a word of the common vocabulary: no contribution changes it"
        if is_core
        else f"<{said}> is not yours: what you describe begins with <{base}>",
    }
    rule = "core-term" if is_core else "foreign-subject"
    yield Broken("subject", rule, seen, message, same(f"<{base}…>"), f"{base}{local}")


def _words(job: Job, quad: ox.Quad) -> Iterator[Broken]:
    predicate, value = quad.predicate, quad.object
    if predicate.value in IDENTITY:
        yield _refused("predicate", "identity", predicate.value)
    elif predicate not in ALLOWED and (rule := _axiom(predicate.value)):
        yield _refused("predicate", rule, predicate.value)
    elif predicate in OURS_TO_SAY:
        yield _refused("predicate", "provenance", predicate.value)
    if not isinstance(value, ox.NamedNode):
        return
    if predicate == RDF_TYPE:
        if rule := _axiom(value.value):
            yield _refused("value", rule, value.value)
        elif value in OURS_TO_SAY:
            yield _refused("value", "provenance", value.value)
    elif (
        predicate in MAPPINGS
        and value.value.startswith(BASE)
        and not value.value.startswith(job.partner["base"])
    ):
        yield _refused("predicate", "mapping", predicate.value)


def _axiom(iri: str) -> str | None:
    return next((rule for space, rule in AXIOMS.items() if iri.startswith(space)), None)


_EXAMPLES: Final = {
    "identity": "rdfs:seeAlso <https://www.wikidata.org/wiki/Q4690055>",
    "axiom": 'rdfs:label "Régie de l’eau"@fr',
    "mapping": "rdfs:seeAlso organisation:afd",
    "triple-term": 'mon:avis coop:printedName "…"@fr',
}
_SAID: Final = {
    "axiom": (
        "une contribution dit des faits, pas des règles : owl:, rdfs: et rdf: n’y entrent pas, "
        "sauf rdf:type, rdfs:label, rdfs:comment et rdfs:seeAlso",
        "a contribution states facts, not rules: owl:, rdfs: and rdf: do not enter, but for "
        "rdf:type, rdfs:label, rdfs:comment and rdfs:seeAlso",
    ),
    "identity": (
        "déclarer que deux choses n’en font qu’une changerait les réponses des autres : écrire "
        "rdfs:seeAlso, ou proposer un lien, qu’une personne accepte",
        "to declare two things one would change the answers of others: write rdfs:seeAlso, or "
        "propose a link, which a person accepts",
    ),
    "shacl": (
        "une contribution ne change pas les formes (sh:) qui la vérifient",
        "a contribution does not change the shapes (sh:) that check it",
    ),
    "mapping": (
        "une correspondance avec une chose d’ailleurs se propose, et une personne l’accepte",
        "a match with a thing of others is proposed, and a person accepts it",
    ),
    "provenance": (
        "l’origine d’un fait est écrite à la publication : une contribution ne la dit pas",
        "where a fact comes from is written when it is published: no contribution says it",
    ),
}
_INSTEAD: Final = {
    "axiom": "rdf:type, rdfs:label, rdfs:comment, rdfs:seeAlso, skos:, coop:, dcterms:, org:",
    "identity": "rdfs:seeAlso",
    "shacl": "coop:, skos:, dcterms:, org:",
    "mapping": "rdfs:seeAlso",
    "provenance": "coop:, skos:, dcterms:, org:",
}


def _refused(part: str, rule: str, seen: str) -> Broken:
    fr, en = _SAID[rule]
    named = compact(seen)
    message = {"fr": f"{named} : {fr}", "en": f"{named}: {en}"}
    fix = "rdfs:seeAlso" if rule in {"identity", "mapping"} else ""
    return Broken(part, rule, named if fix else seen, message, same(_INSTEAD[rule]), fix)
