"""Does a derivation hold? The OWL 2 RL/RDF tables, copied as patterns, and a matcher.

It shares nothing with the rules it checks but their names:
https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from closure_oracle import A, owl, rdfs
from pyoxigraph import NamedNode

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
SUB, SUBP, DOM, RNG = map(rdfs, ("subClassOf", "subPropertyOf", "domain", "range"))
EQC, EQP, INV = map(owl, ("equivalentClass", "equivalentProperty", "inverseOf"))
ON, HAS, SOME, ALL = map(owl, ("onProperty", "hasValue", "someValuesFrom", "allValuesFrom"))
THING, CHAIN, INT, UNI, ONE = map(
    owl, ("Thing", "propertyChainAxiom", "intersectionOf", "unionOf", "oneOf")
)

# name: (premises and axioms, conclusion); a string that starts with "?" is a variable.
PATTERNS: dict[str, tuple[list[tuple[Any, Any, Any]], tuple[Any, Any, Any]]] = {
    "prp-dom": ([("?p", DOM, "?c"), ("?x", "?p", "?y")], ("?x", A, "?c")),
    "prp-rng": ([("?p", RNG, "?c"), ("?x", "?p", "?y")], ("?y", A, "?c")),
    "prp-symp": ([("?p", A, owl("SymmetricProperty")), ("?x", "?p", "?y")], ("?y", "?p", "?x")),
    "prp-trp": (
        [("?p", A, owl("TransitiveProperty")), ("?x", "?p", "?y"), ("?y", "?p", "?z")],
        ("?x", "?p", "?z"),
    ),
    "prp-spo1": ([("?p", SUBP, "?q"), ("?x", "?p", "?y")], ("?x", "?q", "?y")),
    "prp-eqp1": ([("?p", EQP, "?q"), ("?x", "?p", "?y")], ("?x", "?q", "?y")),
    "prp-eqp2": ([("?p", EQP, "?q"), ("?x", "?q", "?y")], ("?x", "?p", "?y")),
    "prp-inv1": ([("?p", INV, "?q"), ("?x", "?p", "?y")], ("?y", "?q", "?x")),
    "prp-inv2": ([("?p", INV, "?q"), ("?x", "?q", "?y")], ("?y", "?p", "?x")),
    "cls-svf1": (
        [("?c", SOME, "?d"), ("?c", ON, "?p"), ("?x", "?p", "?y"), ("?y", A, "?d")],
        ("?x", A, "?c"),
    ),
    "cls-svf2": ([("?c", SOME, THING), ("?c", ON, "?p"), ("?x", "?p", "?y")], ("?x", A, "?c")),
    "cls-avf": (
        [("?c", ALL, "?d"), ("?c", ON, "?p"), ("?x", A, "?c"), ("?x", "?p", "?y")],
        ("?y", A, "?d"),
    ),
    "cls-hv1": ([("?c", HAS, "?v"), ("?c", ON, "?p"), ("?x", A, "?c")], ("?x", "?p", "?v")),
    "cls-hv2": ([("?c", HAS, "?v"), ("?c", ON, "?p"), ("?x", "?p", "?v")], ("?x", A, "?c")),
    "cax-sco": ([("?c", SUB, "?d"), ("?x", A, "?c")], ("?x", A, "?d")),
    "cax-eqc1": ([("?c", EQC, "?d"), ("?x", A, "?c")], ("?x", A, "?d")),
    "cax-eqc2": ([("?c", EQC, "?d"), ("?x", A, "?d")], ("?x", A, "?c")),
    "scm-sco": ([("?c", SUB, "?d"), ("?d", SUB, "?e")], ("?c", SUB, "?e")),
    "scm-eqc2": ([("?c", SUB, "?d"), ("?d", SUB, "?c")], ("?c", EQC, "?d")),
    "scm-spo": ([("?p", SUBP, "?q"), ("?q", SUBP, "?r")], ("?p", SUBP, "?r")),
    "scm-eqp2": ([("?p", SUBP, "?q"), ("?q", SUBP, "?p")], ("?p", EQP, "?q")),
    "scm-dom1": ([("?p", DOM, "?c"), ("?c", SUB, "?d")], ("?p", DOM, "?d")),
    "scm-dom2": ([("?q", DOM, "?c"), ("?p", SUBP, "?q")], ("?p", DOM, "?c")),
    "scm-rng1": ([("?p", RNG, "?c"), ("?c", SUB, "?d")], ("?p", RNG, "?d")),
    "scm-rng2": ([("?q", RNG, "?c"), ("?p", SUBP, "?q")], ("?p", RNG, "?c")),
    "scm-hv": (
        [("?c", HAS, "?v"), ("?c", ON, "?p"), ("?d", HAS, "?v"), ("?d", ON, "?q"),
         ("?p", SUBP, "?q")],
        ("?c", SUB, "?d"),
    ),
    "scm-svf1": (
        [("?c", SOME, "?y"), ("?c", ON, "?p"), ("?d", SOME, "?z"), ("?d", ON, "?p"),
         ("?y", SUB, "?z")],
        ("?c", SUB, "?d"),
    ),
    "scm-svf2": (
        [("?c", SOME, "?y"), ("?c", ON, "?p"), ("?d", SOME, "?y"), ("?d", ON, "?q"),
         ("?p", SUBP, "?q")],
        ("?c", SUB, "?d"),
    ),
    "scm-avf1": (
        [("?c", ALL, "?y"), ("?c", ON, "?p"), ("?d", ALL, "?z"), ("?d", ON, "?p"),
         ("?y", SUB, "?z")],
        ("?c", SUB, "?d"),
    ),
    "scm-avf2": (
        [("?c", ALL, "?y"), ("?c", ON, "?p"), ("?d", ALL, "?y"), ("?d", ON, "?q"),
         ("?p", SUBP, "?q")],
        ("?d", SUB, "?c"),
    ),
}  # fmt: skip


class Checker:
    """Checks derivations against an ontology, whose lists and inverses it reads itself."""

    def __init__(self, ontology: Iterable[Any]) -> None:
        self.ontology = set(ontology)
        self.inverses = [(s, o) for s, p, o in self.ontology if p == INV]

    def holds(self, conclusion: Any, rule: str, premises: Iterable[Any], axioms: Any) -> bool:
        """Tell whether one application of the rule leads there, every premise being used."""
        premises = tuple(premises)
        special = getattr(self, "_" + rule.replace("-", "_"), None)
        if special is not None:
            return bool(special(conclusion, premises, axioms))
        patterns, end = PATTERNS[rule]
        facts = {turned for triple in premises for turned in self._turned(triple)} | set(axioms)
        if len(patterns) < len(set(premises) | set(axioms)):
            return False  # something superfluous
        wanted = set(self._turned(conclusion))
        return any(_filled(end, found) in wanted for found in _matches(patterns, facts, {}))

    def _turned(self, triple: Any) -> Iterator[Any]:
        """Give a triple, and what it says with `[ owl:inverseOf p ]` for property."""
        yield triple
        for anonymous, named in self.inverses:
            if triple[1] == named and not isinstance(anonymous, NamedNode):
                yield triple[2], anonymous, triple[0]

    def _list(self, head: Any) -> list[Any]:
        members = []
        while head != NamedNode(RDF + "nil"):
            (first,) = (o for s, p, o in self.ontology if s == head and p.value == RDF + "first")
            (head,) = (o for s, p, o in self.ontology if s == head and p.value == RDF + "rest")
            members.append(first)
        return members

    def _prp_spo2(self, conclusion: Any, premises: Any, axioms: Any) -> bool:
        ((prop, _, head),) = axioms
        for start, predicate, end in self._turned(conclusion):
            if predicate != prop:
                continue
            paths = [(start, 0)]
            for link in self._list(head):
                turned = [(place, t) for place, p in enumerate(premises) for t in self._turned(p)]
                paths = [
                    (o, used | 1 << place)
                    for here, used in paths
                    for place, (s, p, o) in turned
                    if s == here and p == link
                ]
            if (end, (1 << len(premises)) - 1) in paths:
                return True
        return False

    def _cls_int1(self, conclusion: Any, premises: Any, axioms: Any) -> bool:
        ((whole, _, head),) = axioms
        x = conclusion[0]
        wanted = {(x, A, part) for part in self._list(head)}
        return bool(conclusion == (x, A, whole) and wanted == set(premises))

    def _cls_int2(self, conclusion: Any, premises: Any, axioms: Any) -> bool:
        ((whole, _, head),) = axioms
        x, a, part = conclusion
        return a == A and part in self._list(head) and premises == ((x, A, whole),)

    def _cls_uni(self, conclusion: Any, premises: Any, axioms: Any) -> bool:
        ((whole, _, head),) = axioms
        ((x, a, part),) = premises
        return a == A and part in self._list(head) and conclusion == (x, A, whole)

    def _cls_oo(self, conclusion: Any, premises: Any, axioms: Any) -> bool:
        ((whole, _, head),) = axioms
        x, a, kind = conclusion
        return a == A and kind == whole and x in self._list(head) and not premises

    def _scm_int(self, conclusion: Any, premises: Any, _: Any) -> bool:
        ((whole, kind, head),) = premises
        return kind == INT and conclusion in {(whole, SUB, part) for part in self._list(head)}

    def _scm_uni(self, conclusion: Any, premises: Any, _: Any) -> bool:
        ((whole, kind, head),) = premises
        return kind == UNI and conclusion in {(part, SUB, whole) for part in self._list(head)}

    def _scm_eqc1(self, conclusion: Any, premises: Any, _: Any) -> bool:
        ((c, same, d),) = premises
        return same == EQC and conclusion in {(c, SUB, d), (d, SUB, c)}

    def _scm_eqp1(self, conclusion: Any, premises: Any, _: Any) -> bool:
        ((p, same, q),) = premises
        return same == EQP and conclusion in {(p, SUBP, q), (q, SUBP, p)}

    def _scm_cls(self, conclusion: Any, premises: Any, _: Any) -> bool:
        thing, nothing = owl("Thing"), owl("Nothing")
        declared = {s for s, p, o in premises if p == A and o == owl("Class")} | {thing, nothing}
        return any(
            conclusion in {(c, SUB, c), (c, EQC, c), (c, SUB, thing), (nothing, SUB, c)}
            for c in declared
        )

    def _scm_op(self, conclusion: Any, premises: Any, _: Any) -> bool:
        ((p, a, kind),) = premises
        kinds = {owl("ObjectProperty"), owl("DatatypeProperty"), NamedNode(RDF + "Property")}
        return a == A and kind in kinds and conclusion in {(p, SUBP, p), (p, EQP, p)}

    _scm_dp = _scm_op


def _matches(patterns: Any, facts: set[Any], found: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not patterns:
        yield found
        return
    for fact in facts:
        extended = dict(found)
        for slot, term in zip(patterns[0], fact, strict=True):
            variable = isinstance(slot, str)
            if (extended.setdefault(slot, term) if variable else slot) != term:
                break
        else:
            yield from _matches(patterns[1:], facts, extended)


def _filled(pattern: Any, found: dict[str, Any]) -> Any:
    return tuple(found[slot] if isinstance(slot, str) else slot for slot in pattern)


def down_to_asserted(triple: Any, derivations: Any, asserted: set[Any]) -> int:
    """Return how many steps lead from a triple to asserted ones.

    Raises:
        AssertionError: the reasons run in a circle, or end in nothing asserted.
    """

    def depth(one: Any, above: tuple[Any, ...]) -> int:
        assert one not in above, f"{one} rests on itself"
        if one in asserted:
            return 0
        reason = derivations(one)
        assert reason is not None, f"{one} has no reason"
        return 1 + max((depth(p, (*above, one)) for p in reason.premises), default=0)

    return depth(triple, ())
