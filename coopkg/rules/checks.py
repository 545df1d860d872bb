"""Contradictions: what the closure says and the ontology forbids, with the evidence."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
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


New = tuple[Mapping[int, Collection[int]], Mapping[int, Collection[int]]]
"""Members by class and pairs by property, as `Facts` numbers them."""


def inconsistencies(inferred: Inferred, new: New | None = None) -> list[Inconsistency]:
    """Return every contradiction of the closure, sorted by subject; none when it is consistent.

    With what is `new`, only the contradictions that it takes part in.
    """
    found: dict[frozenset[Triple], Inconsistency] = {}
    for check in inferred.rules.checks:
        for clash in _clashes(check, inferred.facts, new):
            evidence, axioms = inferred.unfolded(clash)
            named = dict.fromkeys((*check.axioms, *axioms))
            seen = frozenset((*evidence, *named))
            found.setdefault(
                seen, Inconsistency(check.name, _subject(evidence), evidence, tuple(named))
            )
    return sorted(found.values(), key=lambda one: (str(one.subject), one.rule, str(one.evidence)))


def _subject(evidence: tuple[Triple, ...]) -> Term:
    return evidence[0][0]


def _clashes(check: Check, facts: Facts, new: New | None) -> Iterator[tuple[Triple, ...]]:
    match check:
        case Apart():
            one, other = (facts.classes.get(facts.number(c), {}) for c in (check.one, check.other))
            for member in one if new is None else _members(check, facts, new):
                if member in one and member in other:
                    individual = facts.term(member)
                    yield tuple(
                        dict.fromkeys((individual, RDF_TYPE, c) for c in (check.one, check.other))
                    )
        case LinksApart():
            fresh = None if new is None else {
                *_pairs(check.one, facts, new), *_pairs(check.other, facts, new)
            }  # fmt: skip
            if fresh is None or fresh:
                others = set(_pairs(check.other, facts))
                for start, end in _pairs(check.one, facts):
                    if (start, end) in others and (fresh is None or (start, end) in fresh):
                        ends = facts.term(start), facts.term(end)
                        yield check.one.triple(*ends), check.other.triple(*ends)
        case NotToItself() | OnlyToItself():
            for start, end in _pairs(check.link, facts, new):
                if (start == end) == isinstance(check, NotToItself):
                    yield (check.link.triple(facts.term(start), facts.term(end)),)
        case Denied() if facts.code(check.triple) is not None:
            yield (check.triple,)


def _members(check: Apart, facts: Facts, new: New) -> set[int]:
    """Return what is new in either class."""
    return {m for c in (check.one, check.other) for m in new[0].get(facts.number(c), ())}


def _pairs(link: Link, facts: Facts, new: New | None = None) -> Iterator[tuple[int, int]]:
    links = facts.links if new is None else new[1]
    for pair in links.get(facts.number(link.property), ()):
        start, end = pair >> BITS, pair & MASK
        yield (end, start) if link.inverse else (start, end)
