"""What reasoning adds, in plain words: « si … alors … », one sentence an axiom.

A, B, C stand for anything. Only the axioms that `coopkg.rules` computes are written; what an
ontology says beyond them would be a promise that no rule keeps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

import pyoxigraph as ox

from coopkg.build.vocabulary import words
from coopkg.build.vocabulary.triples import Triples
from coopkg.build.vocabulary.words import Words, say, term
from coopkg.terms import expand

THING: Final = expand("owl:Thing")
LETTERS: Final = "ABCDEFGH"


class Rule(NamedTuple):
    """A sentence, and the terms it concludes on: a page puts these first."""

    words: Words
    concludes: frozenset[str]


def rules(ontology: Triples) -> list[Rule]:
    """Return every rule of the ontology in words, in a fixed order."""
    found = [*_sub(ontology), *_kinds(ontology), *_inverses(ontology), *_chains(ontology)]
    found += _defined(ontology)
    return sorted(found, key=lambda rule: str(rule.words["fr"]))


def _rule(fr: str, en: str, *concludes: str, **slots: Words | str) -> Rule:
    return Rule(say(fr, en, **slots), frozenset(concludes))


def _sub(ontology: Triples) -> Iterator[Rule]:
    for below, above in ontology.pairs("rdfs:subPropertyOf"):
        yield _rule(
            "Si A {p} B, alors A {q} B.",
            "If A {p} B, then A {q} B.",
            above.value,
            p=term(below.value),
            q=term(above.value),
        )


def _kinds(ontology: Triples) -> Iterator[Rule]:
    for one in ontology.subjects("rdf:type", expand("owl:TransitiveProperty")):
        yield _rule(
            "Si A {p} B et B {p} C, alors A {p} C.",
            "If A {p} B and B {p} C, then A {p} C.",
            one.value,
            p=term(one.value),
        )
    for one in ontology.subjects("rdf:type", expand("owl:SymmetricProperty")):
        yield _rule(
            "Si A {p} B, alors B {p} A.",
            "If A {p} B, then B {p} A.",
            one.value,
            p=term(one.value),
        )


def _inverses(ontology: Triples) -> Iterator[Rule]:
    for one, other in ontology.pairs("owl:inverseOf"):
        yield _rule(
            "Si A {p} B, alors B {q} A, et inversement.",
            "If A {p} B, then B {q} A, and the other way round.",
            one.value,
            other.value,
            p=term(other.value),
            q=term(one.value),
        )


def _chains(ontology: Triples) -> Iterator[Rule]:
    for one, head in ontology.pairs("owl:propertyChainAxiom"):
        links = ontology.items(head)
        steps = [
            say(f"{LETTERS[n]} {{p}} {LETTERS[n + 1]}", f"{LETTERS[n]} {{p}} {LETTERS[n + 1]}",
                p=term(link.value))
            for n, link in enumerate(links)
        ]  # fmt: skip
        end = LETTERS[len(links)]
        yield _rule(
            f"Si {{steps}}, alors A {{q}} {end}.",
            f"If {{steps}}, then A {{q}} {end}.",
            one.value,
            steps=words.listed(steps, "et", "and"),
            q=term(one.value),
        )


def _defined(ontology: Triples) -> Iterator[Rule]:
    """Yield the rules of the shape: what has such a value is of such a kind, or has another."""
    for below, above in ontology.pairs("rdfs:subClassOf"):
        if not isinstance(below, ox.BlankNode):
            continue
        then, concluded = _conclusion(ontology, above)
        yield _rule(
            "Si {when}, alors {then}.",
            "If {when}, then {then}.",
            concluded,
            when=_condition(ontology, below),
            then=then,
        )


def _condition(ontology: Triples, node: Any) -> Words:
    (prop,) = ontology.named(node, "owl:onProperty")
    for given in ontology.values(node, "owl:hasValue"):
        return say("A {p} {v}", "A {p} {v}", p=term(prop), v=words.value(given))
    (kind,) = ontology.values(node, "owl:someValuesFrom")
    if kind == THING:
        return say("A {p} quelque chose", "A {p} something", p=term(prop))
    return say(
        "A {p} B et que B est de la sorte {k}",
        "A {p} B and B is of kind {k}",
        p=term(prop),
        k=term(kind.value),
    )


def _conclusion(ontology: Triples, node: Any) -> tuple[Words, str]:
    if isinstance(node, ox.NamedNode):
        return say("A est de la sorte {k}", "A is of kind {k}", k=term(node.value)), node.value
    (prop,) = ontology.named(node, "owl:onProperty")
    (given,) = ontology.values(node, "owl:hasValue")
    return say("A {p} {v}", "A {p} {v}", p=term(prop), v=words.value(given)), prop


def apart(ontology: Triples) -> dict[str, list[str]]:
    """Return, for each class, those that nothing is at the same time as it."""
    found: dict[str, set[str]] = defaultdict(set)
    groups = [ontology.items(head) for _, head in ontology.pairs("owl:members")]
    groups += [list(pair) for pair in ontology.pairs("owl:disjointWith")]
    for group in groups:
        names = {one.value for one in group}
        for name in names:
            found[name] |= names - {name}
    return {name: sorted(others) for name, others in found.items()}
