"""Which questions a pack answers: each with each choice, and each combination that has rows."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from math import prod
from typing import Final

from coopkg.answers import Context
from coopkg.answers.changes import domain
from coopkg.pack.addresses import Query
from coopkg.questions import Question
from coopkg.terms import Term

MOST_TOGETHER: Final = 200
"""Combinations of choices of one question; when more have rows, none is in the pack."""


@dataclass(frozen=True)
class Asked:
    """The choices with which a question is in a pack, and how many more could be made."""

    given: frozenset[Query]
    alone: int
    together: int
    left_out: int


@dataclass(frozen=True)
class Plan:
    """Every question of a pack, by slug."""

    questions: Mapping[str, Asked] = field(default_factory=dict)

    def has(self, slug: str, given: Query) -> bool:
        """Tell whether a question is answered with these choices."""
        return slug in self.questions and given in self.questions[slug].given


def plan(questions: Collection[Question], context: Context) -> Plan:
    """Return what a pack answers."""
    return Plan({one.slug: _asked(one, context) for one in questions})


def _asked(question: Question, context: Context) -> Asked:
    needed = {one.name for one in question.parameters if one.required}
    offered = {
        one.name: [one.short(value) for value in domain(question, one, context)]
        for one in question.parameters
    }
    alone = {
        ((name, value),) for name, values in offered.items() for value in values if needed <= {name}
    }
    together = set(_together(question, context, needed))
    with_rows = together if len(together) <= MOST_TOGETHER else set()
    example: Query = tuple(sorted(question.examples.items()))
    given = {*alone, *with_rows, example, *([()] if not needed else [])}
    # Each parameter is one of its values or none; what is left is what a reader could still ask.
    possible = prod(len(values) + 1 for values in offered.values())
    return Asked(
        frozenset(given), len(alone), len(given) - len(alone), max(0, possible - len(given))
    )


def _together(question: Question, context: Context, needed: set[str]) -> Iterator[Query]:
    """Yield the choices of two parameters and more that give rows together."""
    names = [one.name for one in question.parameters]
    if len(names) < 2:
        return
    found = context.ask(question.text, {})
    for size in range(2, len(names) + 1):
        for some in combinations(names, size):
            if not needed <= set(some):
                continue
            for row in {tuple(row.get(name) for name in some) for row in found}:
                if all(value is not None for value in row):
                    yield _short(question, dict(zip(some, row, strict=True)))


def _short(question: Question, bound: Mapping[str, Term | None]) -> Query:
    terms = {name: term for name, term in bound.items() if term is not None}
    return tuple(sorted(question.short(terms).items()))
