"""Contradictions: what the closure says and the ontology forbids, with the evidence."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from coopkg.rules.axioms import Link
from coopkg.rules.facts import BITS, MASK, Facts
from coopkg.rules.forms import Apart, Check, Denied, LinksApart, NotToItself, OnlyToItself
from coopkg.rules.proofs import Inferred
from coopkg.terms import RDF_TYPE, Term, Triple


@dataclass(frozen=True, slots=True)
class Inconsistency:
    """A contradiction: the rule that finds it, about whom, the triples that clash, and why.

    The evidence is asserted or inferred triples; `Inferred.derivation` explains the latter.
    """

    rule: str
    subject: Term
    evidence: tuple[Triple, ...]
    axioms: tuple[Triple, ...]


def inconsistencies(inferred: Inferred) -> list[Inconsistency]:
    """Return every contradiction of the closure, sorted by subject; none when it is consistent."""
    found: dict[frozenset[Triple], Inconsistency] = {}
    for check in inferred.rules.checks:
        for clash in _clashes(check, inferred.facts):
            evidence, axioms = inferred.unfolded(clash)
            named = dict.fromkeys((*check.axioms, *axioms))
            seen = frozenset((*evidence, *named))
            found.setdefault(
                seen, Inconsistency(check.name, _subject(evidence), evidence, tuple(named))
            )
    return sorted(found.values(), key=lambda one: (str(one.subject), one.rule, str(one.evidence)))


def _subject(evidence: tuple[Triple, ...]) -> Term:
    return evidence[0][0]


def _clashes(check: Check, facts: Facts) -> Iterator[tuple[Triple, ...]]:
    match check:
        case Apart():
            one, other = (facts.classes.get(facts.number(c), {}) for c in (check.one, check.other))
            for member in one:
                if member in other:
                    individual = facts.term(member)
                    yield tuple(
                        dict.fromkeys((individual, RDF_TYPE, c) for c in (check.one, check.other))
                    )
        case LinksApart():
            others = set(_pairs(check.other, facts))
            for start, end in _pairs(check.one, facts):
                if (start, end) in others:
                    ends = facts.term(start), facts.term(end)
                    yield check.one.triple(*ends), check.other.triple(*ends)
        case NotToItself() | OnlyToItself():
            for start, end in _pairs(check.link, facts):
                if (start == end) == isinstance(check, NotToItself):
                    yield (check.link.triple(facts.term(start), facts.term(end)),)
        case Denied() if facts.code(check.triple) is not None:
            yield (check.triple,)


def _pairs(link: Link, facts: Facts) -> Iterator[tuple[int, int]]:
    for pair in facts.links.get(facts.number(link.property), ()):
        start, end = pair >> BITS, pair & MASK
        yield (end, start) if link.inverse else (start, end)
