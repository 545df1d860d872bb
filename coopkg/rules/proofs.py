"""What was inferred, and why: each published triple with one derivation, down to the asserted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from coopkg.rules import vocabulary as v
from coopkg.rules.compiler import Rules
from coopkg.rules.facts import ASSERTED, BITS, MASK, Facts
from coopkg.rules.forms import Chain, Derivation, Project, Some
from coopkg.terms import Triple

# These rules only carry a membership on. When it comes from an anonymous class, the rule that
# found that membership tells more.
_CARRYING: Final = frozenset({"cax-sco", "cax-eqc1", "cax-eqc2", "cls-int2"})


class Inferred:
    """The triples that rules add to asserted ones: new, publishable, each with a derivation.

    `rounds` counts the rounds that found something; `facts` holds the hidden steps too.
    """

    def __init__(self, facts: Facts, rules: Rules, rounds: int) -> None:
        self.facts = facts
        self.rules = rules
        self.rounds = rounds
        self.triples: tuple[Triple, ...] = (
            *(t for t in rules.schema if v.publishable(t) and facts.code(t) is None),
            *filter(v.publishable, facts.inferred()),
        )

    @classmethod
    def of(cls, facts: Facts, rules: Rules) -> Inferred:
        """Return what explains facts as they stand, without the list of all that is inferred."""
        made = cls.__new__(cls)
        made.facts, made.rules, made.rounds, made.triples = facts, rules, 0, ()
        return made

    def __len__(self) -> int:
        return len(self.triples)

    def __iter__(self) -> Iterator[Triple]:
        return iter(self.triples)

    def __contains__(self, triple: Triple) -> bool:
        return v.publishable(triple) and self.step(triple) is not None

    @property
    def derivations(self) -> Mapping[Triple, Derivation]:
        """Each triple with its derivation, worked out when it is asked for."""
        return _Derivations(self)

    def derivation(self, triple: Triple) -> Derivation:
        """Return why an inferred triple holds; its premises are asserted or inferred triples.

        Steps that are not published, such as being in an anonymous class, are replaced by
        what they rest on.

        Raises:
            KeyError: the triple is not inferred.
        """
        step = self.step(triple)
        if step is None:
            raise KeyError(triple)
        axioms = list(step.axioms)
        while step.rule in _CARRYING and (inner := self._hidden(step.premises[0])):
            step = inner
            axioms += step.axioms
        premises, more = self.unfolded(step.premises)
        return Derivation(step.rule, premises, tuple(dict.fromkeys((*axioms, *more))))

    def unfolded(
        self, triples: tuple[Triple, ...]
    ) -> tuple[tuple[Triple, ...], tuple[Triple, ...]]:
        """Return triples that may be shown, and the axioms by which the given ones follow."""
        shown: dict[Triple, None] = {}
        axioms: dict[Triple, None] = {}
        waiting = list(reversed(triples))
        while waiting:
            triple = waiting.pop()
            inner = self._hidden(triple)
            if inner is None:
                shown[triple] = None
            else:
                axioms |= dict.fromkeys(inner.axioms)
                waiting += reversed(inner.premises)
        return tuple(shown), tuple(axioms)

    def step(self, triple: Triple) -> Derivation | None:
        """Return the one application of a rule that found a triple, published or hidden.

        None for an asserted triple, and for one that does not hold.
        """
        code = self.facts.code(triple)
        if code is None:
            return self.rules.schema.get(triple)
        if code == ASSERTED:
            return None
        rule = self.rules.data[code & MASK]
        count = len(rule.sources) - 1 if isinstance(rule, Chain) else 1
        if not isinstance(rule, Chain | Project | Some):
            count = 0
        witnesses = tuple(
            self.facts.term(code >> BITS * (count - place) & MASK) for place in range(count)
        )
        subject, _, value = triple
        return Derivation(rule.name, rule.premises(subject, value, witnesses), rule.axioms)

    def _hidden(self, triple: Triple) -> Derivation | None:
        return None if v.publishable(triple) else self.step(triple)


class _Derivations(Mapping[Triple, Derivation]):
    def __init__(self, inferred: Inferred) -> None:
        self._inferred = inferred

    def __getitem__(self, triple: Triple) -> Derivation:
        return self._inferred.derivation(triple)

    def __iter__(self) -> Iterator[Triple]:
        return iter(self._inferred)

    def __len__(self) -> int:
        return len(self._inferred)
