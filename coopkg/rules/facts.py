"""Triples as integers: sets of members by class, sets of pairs by property.

A term is a number below 2³², literals from `LITERAL` up; a pair is `start << 32 | end`. Sets of
integers are compared at the speed of the interpreter's own C code, which is what makes rules
over a million triples a matter of seconds.

Each fact keeps a code: `ASSERTED`, or the number of the rule that found it with its witnesses.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from pyoxigraph import Literal, NamedNode

from coopkg.terms import RDF_TYPE, Term, Triple

BITS: Final = 32
MASK: Final = (1 << BITS) - 1
LITERAL: Final = 1 << (BITS - 1)
ASSERTED: Final = -1


class Facts:
    """What is known: `classes[c]` maps a member to its code, `links[p]` a pair to its code."""

    def __init__(self) -> None:
        self.classes: dict[int, dict[int, int]] = {}
        self.links: dict[int, dict[int, int]] = {}
        self._numbers: dict[Term, int] = {}
        self._terms: list[Term] = []
        self._literals: list[Term] = []

    def number(self, term: Term) -> int:
        """Return the number of a term, a new one if need be."""
        known = self._numbers.get(term)
        if known is None:
            if isinstance(term, Literal):
                known = LITERAL + len(self._literals)
                self._literals.append(term)
            else:
                known = len(self._terms)
                self._terms.append(term)
            self._numbers[term] = known
        return known

    def term(self, number: int) -> Term:
        """Return the term of a number."""
        return self._literals[number - LITERAL] if number >= LITERAL else self._terms[number]

    def add(self, triples: Iterable[Triple]) -> None:
        """Add triples as they are given."""
        number, numbers = self.number, self._numbers
        kind = number(RDF_TYPE)
        for subject, predicate, value in triples:
            # Looked up here first: a call for each of three million terms takes a second.
            s = numbers.get(subject)
            if s is None:
                s = number(subject)
            o = numbers.get(value)
            if o is None:
                o = number(value)
            p = numbers.get(predicate)
            if p is None:
                p = number(predicate)
            if p == kind:
                self.classes.setdefault(o, {})[s] = ASSERTED
            else:
                pairs = self.links.get(p)
                if pairs is None:
                    pairs = self.links[p] = {}
                pairs[s << BITS | o] = ASSERTED

    def code(self, triple: Triple) -> int | None:
        """Return the code of a triple, or None when it does not hold."""
        s, p, o = map(self._numbers.get, triple)
        if s is None or o is None:
            return None
        if triple[1] == RDF_TYPE:
            return self.classes.get(o, {}).get(s)
        return None if p is None else self.links.get(p, {}).get(s << BITS | o)

    def inferred(self) -> Iterator[Triple]:
        """Give the triples that are not asserted, the hidden steps of proofs included."""
        term = self.term
        for c, members in self.classes.items():
            kind = term(c)
            for member, code in members.items():
                if code != ASSERTED:
                    yield term(member), RDF_TYPE, kind
        for p, pairs in self.links.items():
            predicate = term(p)
            assert isinstance(predicate, NamedNode)
            for pair, code in pairs.items():
                if code != ASSERTED:
                    yield term(pair >> BITS), predicate, term(pair & MASK)
