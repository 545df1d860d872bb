"""What an ontology says of its own terms: Table 9 of OWL 2 RL/RDF, each triple with its reason.

An ontology is small, so every round reads it whole; a round only uses what earlier ones found,
so reasons never run in a circle and the shortest is found first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from pyoxigraph import NamedNode

from coopkg.rules import vocabulary as v
from coopkg.rules.axioms import Axioms
from coopkg.rules.forms import Derivation
from coopkg.terms import RDF_TYPE, Term, Triple

Reason: TypeAlias = tuple[Triple, Derivation]


def entailed(axioms: Axioms) -> dict[Triple, Derivation]:
    """Return what follows about terms and is not written, each with one reason."""
    found: dict[Triple, Derivation] = {}
    known = axioms
    for triple, derivation in _given(axioms):
        if triple not in axioms.triples:
            found.setdefault(triple, derivation)
    while True:
        fresh: dict[Triple, Derivation] = {}
        known = Axioms(axioms.triples | found.keys())
        for rule in _RULES:
            for triple, derivation in rule(known):
                if triple not in known.triples:
                    fresh.setdefault(triple, derivation)
        if not fresh:
            return found
        found |= fresh


def _reason(name: str, conclusion: Triple, *premises: Triple) -> Reason:
    return conclusion, Derivation(name, premises)


def _given(axioms: Axioms) -> Iterator[Reason]:
    """scm-cls, scm-op and scm-dp: what holds of every declared term."""
    classes: dict[Term, tuple[Triple, ...]] = {v.THING: (), v.NOTHING: ()}
    classes |= {one: ((one, RDF_TYPE, v.CLASS),) for one in axioms.instances(v.CLASS)}
    for one, declared in classes.items():
        for conclusion in (
            (one, v.SUB_CLASS, one), (one, v.EQUIVALENT_CLASS, one),
            (one, v.SUB_CLASS, v.THING), (v.NOTHING, v.SUB_CLASS, one),
        ):  # fmt: skip
            yield _reason("scm-cls", conclusion, *declared)
    for kind, name in (
        (v.OBJECT_PROPERTY, "scm-op"), (v.DATATYPE_PROPERTY, "scm-dp"), (v.RDF_PROPERTY, "scm-op")
    ):  # fmt: skip
        for one in axioms.instances(kind):
            for predicate in (v.SUB_PROPERTY, v.EQUIVALENT_PROPERTY):
                yield _reason(name, (one, predicate, one), (one, RDF_TYPE, kind))


def _orders(axioms: Axioms) -> Iterator[Reason]:
    """scm-sco, scm-spo, scm-eqc1, scm-eqc2, scm-eqp1 and scm-eqp2."""
    for below, same, end in (
        (v.SUB_CLASS, v.EQUIVALENT_CLASS, "c"), (v.SUB_PROPERTY, v.EQUIVALENT_PROPERTY, "p")
    ):  # fmt: skip
        for one, other in axioms.pairs(same):
            yield _reason(f"scm-eq{end}1", (one, below, other), (one, same, other))
            yield _reason(f"scm-eq{end}1", (other, below, one), (one, same, other))
        name = "scm-sco" if end == "c" else "scm-spo"
        for one, two in axioms.pairs(below):
            here: Triple = (one, below, two)
            for three in axioms.values(two, below):
                there: Triple = (two, below, three)
                yield _reason(name, (one, below, three), here, there)
                if three == one:
                    yield _reason(f"scm-eq{end}2", (one, same, two), here, there)


def _ends(axioms: Axioms) -> Iterator[Reason]:
    """scm-dom1, scm-dom2, scm-rng1 and scm-rng2."""
    broader: dict[Term, list[Term]] = {}
    for one, other in axioms.pairs(v.SUB_PROPERTY):
        broader.setdefault(other, []).append(one)
    for name, predicate in (("scm-dom", v.DOMAIN), ("scm-rng", v.RANGE)):
        for term, value in axioms.pairs(predicate):
            here: Triple = (term, predicate, value)
            for above in axioms.values(value, v.SUB_CLASS):
                yield _reason(
                    f"{name}1", (term, predicate, above), here, (value, v.SUB_CLASS, above)
                )
            for narrower in broader.get(term, ()):
                yield _reason(
                    f"{name}2", (narrower, predicate, value), here,
                    (narrower, v.SUB_PROPERTY, term),
                )  # fmt: skip


def _lists(axioms: Axioms) -> Iterator[Reason]:
    """scm-int and scm-uni."""
    for whole, head in axioms.pairs(v.INTERSECTION):
        for part in axioms.members(head):
            yield _reason("scm-int", (whole, v.SUB_CLASS, part), (whole, v.INTERSECTION, head))
    for whole, head in axioms.pairs(v.UNION):
        for part in axioms.members(head):
            yield _reason("scm-uni", (part, v.SUB_CLASS, whole), (whole, v.UNION, head))


def _restrictions(axioms: Axioms) -> Iterator[Reason]:
    """scm-hv, scm-svf1, scm-svf2, scm-avf1 and scm-avf2: restrictions compared two by two."""
    for kind, name in (
        (v.HAS_VALUE, "scm-hv"), (v.SOME_VALUES, "scm-svf"), (v.ALL_VALUES, "scm-avf")
    ):  # fmt: skip
        stated = [
            (term, value, link)
            for term, value in axioms.pairs(kind)
            for link in axioms.values(term, v.ON_PROPERTY)
        ]
        for one, value, link in stated:
            for other, value2, link2 in stated:
                if one == other:
                    continue
                parts: tuple[Triple, ...] = (
                    (one, kind, value), (one, v.ON_PROPERTY, link),
                    (other, kind, value2), (other, v.ON_PROPERTY, link2),
                )  # fmt: skip
                below: Triple = (value, v.SUB_CLASS, value2)
                if link == link2 and kind != v.HAS_VALUE and below in axioms.triples:
                    yield _reason(f"{name}1", (one, v.SUB_CLASS, other), *parts, below)
                narrower: Triple = (link, v.SUB_PROPERTY, link2)
                if value == value2 and narrower in axioms.triples:
                    yield _narrowed(name, kind, one, other, (*parts, narrower))


def _narrowed(
    name: str, kind: NamedNode, one: Term, other: Term, premises: tuple[Triple, ...]
) -> Reason:
    """Compare two restrictions of the same value, on a property and on a broader one."""
    if kind == v.ALL_VALUES:  # what holds of all values of the broader holds of the narrower
        return _reason("scm-avf2", (other, v.SUB_CLASS, one), *premises)
    return _reason(
        name if kind == v.HAS_VALUE else "scm-svf2", (one, v.SUB_CLASS, other), *premises
    )


_RULES: Final[tuple[Callable[[Axioms], Iterator[Reason]], ...]] = (
    _orders, _ends, _lists, _restrictions,
)  # fmt: skip
