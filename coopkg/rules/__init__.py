"""The OWL 2 RL rules, specialised by the ontology: compiled, run, explained.

The ontology's axioms are the only truth. `compiled` turns them into data rules, `closure` runs
those to fixpoint, `inconsistencies` finds what contradicts them, and `RULES` says each in words.
Nothing here reads a file or keeps state.

    >>> from pyoxigraph import NamedNode
    >>> def iri(name): return NamedNode("http://example.org/" + name)
    >>> within, transitive = iri("within"), NamedNode(OWL + "TransitiveProperty")
    >>> rules = compiled([(within, RDF_TYPE, transitive)])
    >>> data = [(iri("sfax"), within, iri("tunisia")), (iri("tunisia"), within, iri("africa"))]
    >>> inferred = closure(data, rules)
    >>> [(s.value[19:], o.value[19:]) for s, _, o in inferred]
    [('sfax', 'africa')]
    >>> inferred.derivation(inferred.triples[0]).rule
    'prp-trp'
"""

from __future__ import annotations

from collections.abc import Iterable

from coopkg.rules.checks import Inconsistency, inconsistencies
from coopkg.rules.compiler import Rules, compiled
from coopkg.rules.facts import Facts
from coopkg.rules.fixpoint import run
from coopkg.rules.forms import Derivation
from coopkg.rules.growing import Growing, Grown
from coopkg.rules.proofs import Inferred
from coopkg.rules.vocabulary import OWL, is_axiom, publishable
from coopkg.rules.words import RULES, sentence
from coopkg.terms import RDF_TYPE, Triple

__all__ = [
    "OWL", "RDF_TYPE", "RULES", "Derivation", "Growing", "Grown", "Inconsistency", "Inferred",
    "Rules", "closure", "compiled", "inconsistencies", "is_axiom", "publishable", "sentence",
]  # fmt: skip


def closure(asserted: Iterable[Triple], rules: Rules) -> Inferred:
    """Return what the rules add to asserted triples: all of it that is new and publishable.

    Axioms among the asserted triples are data: only the ontology given to `compiled` reasons.
    """
    facts = Facts()
    facts.add(asserted)
    return Inferred(facts, rules, run(facts, rules))
