"""How many rows each combination of choices gives, counted once: sealed in `offers.json`.

Binding a parameter equals filtering the open answer, so the open answer tells the count of every
choice under every other. A page then offers its choices without asking anything.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, Final

from coopkg.answers.catalogue import Context, Solution
from coopkg.answers.relation import Row, rows
from coopkg.questions import Parameter, Question

ANY: Final = ""
"""A parameter that nobody chose a value for."""
MOST_COUNTS: Final = 20_000
"""Of a question with more combinations few are sealed: its page asks the engine."""

Key = tuple[str, ...]
"""One short value a parameter, in the order of their names; `ANY` where nothing is chosen."""


@dataclass(frozen=True)
class Offers:
    """What may be chosen in one question, and what each combination gives.

    `choices` has the short values of each parameter and the IRI of their group ("" for none);
    `counts` has no entry for what gives no row, and `unsaid` holds what the sources leave unsaid.
    When they are not `whole`, these tell of one choice at most, and of the example.
    """

    choices: Mapping[str, Sequence[tuple[str, str]]]
    counts: Mapping[Key, int]
    unsaid: frozenset[Key]
    whole: bool = True

    @classmethod
    def from_json(cls, sealed: Mapping[str, Any]) -> Offers:
        """Read what `as_json` wrote."""
        return cls(
            {name: [tuple(one) for one in listed] for name, listed in sealed["choices"].items()},
            {tuple(key): count for *key, count in sealed["counts"]},
            frozenset(tuple(key) for key in sealed["unsaid"]),
            sealed.get("whole", True),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the sealed shape: lists only, sorted."""
        return {
            "choices": {
                name: [list(one) for one in listed] for name, listed in self.choices.items()
            },
            "counts": [[*key, count] for key, count in sorted(self.counts.items())],
            "unsaid": [list(key) for key in sorted(self.unsaid)],
            "whole": self.whole,
        }

    def key(self, short: Mapping[str, str]) -> Key:
        """Return choices as a key; the names of what is offered are the parameters."""
        return tuple(short.get(name, ANY) for name in self.choices)

    def count(self, short: Mapping[str, str]) -> int:
        """Return how many rows some choices give."""
        return self.counts.get(self.key(short), 0)

    def is_unsaid(self, short: Mapping[str, str]) -> bool:
        """Tell whether the sources are known to leave some choices unsaid."""
        return self.key(short) in self.unsaid


def offers(question: Question, context: Context) -> Offers:
    """Count what each combination of choices gives; of too many to seal, only a few."""
    listed = {one.name: _listed(question, one, context) for one in _by_name(question)}
    found = rows(question.columns, context.ask(question.text, {}))
    counts = _counted(question, found, lambda _: True, MOST_COUNTS)
    whole = len(counts) <= MOST_COUNTS
    example = tuple(question.examples.get(name, ANY) for name in listed)

    def is_told(key: Key) -> bool:
        return whole or key == example or len(key) - key.count(ANY) <= 1

    if not whole:
        counts = _counted(question, found, is_told, None)
    asked = context.ask(question.gap, {}) if question.gap else []
    unsaid = _unsaid([_full(question, one) for one in asked], [set(one) for one in listed.values()])
    choices = {name: sorted(groups.items()) for name, groups in listed.items()}
    left = frozenset(key for key in unsaid if not counts[key] and is_told(key))
    return Offers(choices, counts, left, whole)


def _counted(
    question: Question,
    found: Iterable[Row],
    is_told: Callable[[Key], bool],
    most: int | None,
) -> Counter[Key]:
    """Count the rows of some combinations; it stops once they are more than `most`."""
    counts: Counter[Key] = Counter()
    for row in found:
        keys = {key for one in row.merged for key in _parts(_full(question, one))}
        counts.update(filter(is_told, keys))
        if most is not None and len(counts) > most:
            break
    return counts


def _by_name(question: Question) -> Sequence[Parameter]:
    """Return the parameters in the order of their names, which sealing keeps."""
    return sorted(question.parameters, key=lambda one: one.name)


def _listed(question: Question, parameter: Parameter, context: Context) -> dict[str, str]:
    """Return the short values of a parameter and their group, the first by name when several."""
    groups: dict[str, str] = {}
    asked = context.ask(parameter.domain or question.text, {})
    for row in sorted(asked, key=str):
        if parameter.name in row:
            group = row.get("group") if parameter.domain else None
            groups.setdefault(parameter.short(row[parameter.name]), group.value if group else "")
    return groups


def _full(question: Question, solution: Solution) -> Key:
    return tuple(
        one.short(solution[one.name]) if one.name in solution else ANY for one in _by_name(question)
    )


def _parts(full: Key) -> Iterable[Key]:
    """Return every choice of some of these values: each kept, or left open."""
    return product(*({value, ANY} for value in full))


def _unsaid(gaps: Sequence[Key], domains: Sequence[set[str]]) -> set[Key]:
    """Return what is left unsaid: what is left open must be unsaid for all its values."""
    beyond: dict[Key, list[set[str]]] = {}
    for full in gaps:
        for key in _parts(full):
            for seen, value in zip(
                beyond.setdefault(key, [set() for _ in full]), full, strict=True
            ):
                seen.add(value)
    return {
        key
        for key, values in beyond.items()
        if all(
            chosen != ANY or seen >= known
            for chosen, seen, known in zip(key, values, domains, strict=True)
        )
    }
