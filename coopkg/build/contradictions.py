"""What contradicts the ontology, as findings of a report: words, and the lines of the facts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pyoxigraph import NamedNode

from coopkg import rules
from coopkg.build.locator import Locator
from coopkg.build.report import Finding, Report
from coopkg.rules import Inconsistency, Inferred
from coopkg.terms import PREFIXES, Term, compact

PASS: Final = 2
SHAPE: Final = NamedNode(PREFIXES["coopsh"] + "LogicallyConsistent")


def report(inferred: Inferred, locate: Locator) -> Report:
    """Return a violation for each contradiction between the data and the ontology's axioms."""
    return found(rules.inconsistencies(inferred), locate)


def found(inconsistencies: Iterable[Inconsistency], locate: Locator) -> Report:
    """Return a violation for each of some contradictions."""
    return Report.of((_finding(one, locate) for one in inconsistencies), PASS, 1)


def _finding(one: Inconsistency, locate: Locator) -> Finding:
    clash = " ; ".join(" ".join(compact_term(term) for term in triple) for triple in one.evidence)
    named = rules.RULES[one.rule]
    subject, predicate, value = one.evidence[0]
    places = locate(subject, predicate, value) or locate(subject)
    return Finding(
        severity="violation",
        focus=subject,
        node=subject,
        path=None,
        value=None,
        shape=SHAPE,
        component=SHAPE,
        name={"fr": "Sans contradiction logique", "en": "Free of contradiction"},
        message={
            "fr": f"ces faits se contredisent\u00a0: {clash} ({named['fr']})",
            "en": f"these facts contradict each other: {clash} ({named['en']})",
        },
        engine_message=one.rule,
        locations=tuple(places),
    )


def compact_term(term: Term) -> str:
    """Write a term shortly.

    >>> compact_term(NamedNode(PREFIXES["coop"] + "hasPartner"))
    'coop:hasPartner'
    """
    return compact(term.value) if isinstance(term, NamedNode) else str(term)
