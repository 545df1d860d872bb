"""From what is typed to a question with its choices filled, or to the reason why not. Pure.

Every word must be accounted for: it names a choice, it belongs to the wording of the question, or
it changes nothing. One that does not makes the question another one, so it is refused and named.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

from coopkg.search.accounting import Account
from coopkg.search.filling import options, rivals_of
from coopkg.search.ideas import COUNT, UNCOUNTED, WHO
from coopkg.search.index import Askable, Choice, Index
from coopkg.search.names import PART, Span, important
from coopkg.search.reading import Text, Token
from coopkg.search.scoring import SLOT, Counted
from coopkg.search.wordings import Pattern
from coopkg.search.words import Keys, keys, phrase

SURE: Final = 0.52
"""The score from which a reading is offered as what was asked."""
CLOSE: Final = 0.03
"""Two readings nearer than this are both offered."""
SHOWN: Final = 5
_STATED: Final = 0.85
"""What is kept of a yes-or-no question when the sentence has not its form."""
LEAST_MET: Final = 0.55
"""The part of a wording that must be there for it to be what was asked."""
_NAMED: Final = 0.15
"""How much farther a reading may be for a choice filled by a whole name."""
_OFFERED: Final = 0.2
_LITTLE: Final = 0.02
"""What is kept of a reading that explains no word: it tells which, and is not proposed."""
_MOST_WHOLE, _FEW = 24, 6
"""Questions that are looked at closely: those that may account for all, and a few more."""

WORDING, IGNORED, UNKNOWN, UNUSED = (
    "wording",
    "ignored",
    "unknown",
    "unused",
)


@dataclass(frozen=True)
class Reading:
    """One question that may have been asked."""

    question: Askable
    chosen: Mapping[str, Span]
    score: float
    unexplained: tuple[int, ...]
    met: float
    """How much of the wording of the question is there, from 0 to 1."""
    shared: float
    """What the words of its wording that are there weigh."""
    missing: tuple[Choice, ...]
    several: Mapping[str, tuple[Span, ...]]
    unlike: bool = False
    """A yes or a no is asked for, and it gives none."""

    @property
    def parameters(self) -> dict[str, str]:
        """The short values of the choices."""
        values = {one.name: one.values for one in self.question.choices}
        return {name: values[name][span.thing] for name, span in self.chosen.items()}

    @property
    def is_whole(self) -> bool:
        """Tell whether each word is accounted for, and each blank that must be filled is."""
        left = self.unexplained or self.missing or self.several or self.unlike
        return not left and self.met >= LEAST_MET


@dataclass(frozen=True, slots=True)
class _Held:
    """A question held against a text, before its blanks are filled."""

    question: Askable
    options: Sequence[Sequence[Span]]
    """What may fill each blank."""
    account: Account
    """What it makes of each word typed."""
    keys: Keys
    """The keys of all that is typed."""
    counts: frozenset[int]
    """The places of the words that say what is to be counted."""

    def patterns(self) -> Sequence[Pattern]:
        """Return the ways to ask it that share a word with the text."""
        every = self.question.patterns
        near = [one for one in every if not (one.words and self.keys.isdisjoint(one.keys))]
        return near or every[:1]


def readings(index: Index, text: Text) -> list[Reading]:
    """Return the questions that may have been asked, best first; those that fit whole lead."""
    weights = [_weight(index, one) for one in text.tokens]
    every = frozenset(key for one in text.tokens if not one.small for key in one.keys)
    counts = _counts(text)
    hopeful: list[tuple[float, str, _Held]] = []
    for question in index.questions:
        held = _held(question, text, weights, every, counts)
        if (hope := _hope(held, text, weights)) > 0:
            hopeful.append((hope, question.slug, held))
    hopeful.sort(key=lambda one: (-one[0], one[1]))
    found = [
        best
        for hope, _, held in hopeful[:_MOST_WHOLE]
        if hope >= 1 or len(hopeful) <= _FEW or hope >= hopeful[_FEW][0]
        if (best := _best(held, text, weights)) is not None and best.score > 0
    ]
    return sorted(found, key=lambda one: _rank(one, text))


def _counts(text: Text) -> frozenset[int]:
    """Return the places of what « combien » asks to count.

    They are two words when they stand side by side: "expert days".
    """
    tokens = text.tokens
    after = next((at for at, one in enumerate(tokens) if COUNT in one.keys), len(tokens))
    for at, one in enumerate(tokens[after + 1 :], after + 1):
        if one.needed and UNCOUNTED.isdisjoint(one.keys):
            both = (one, *(next_ for next_ in tokens[at + 1 : at + 2] if next_.needed))
            return frozenset(range(at, at + len(both)))
    return frozenset()


def _held(
    question: Askable, text: Text, weights: Sequence[float], every: Keys, counts: frozenset[int]
) -> _Held:
    filled = [options(question, choice, text, weights) for choice in question.choices]
    return _Held(question, filled, Account(question, text, counts), every, counts)


def _rank(one: Reading, text: Text) -> tuple[bool, bool, float, float, int, str]:
    """Put first what fits whole, then the nearest; of two as near, the one that says more.

    Of two that say as much, the one whose choices are fewer: the names given are its own.

    What answers yes or no comes before, when that is asked for.
    """
    counts = text.is_whether and not one.question.is_yes_no
    near = round(min(one.score, 1.0), 2)
    wide = sum(len(choice.values) for choice in one.question.choices if choice.required)
    return not one.is_whole, counts, -near, -one.shared, wide, one.question.slug


def _hope(held: _Held, text: Text, weights: Sequence[float]) -> float:
    """Return how much of the text a question may account for: 1 when all; 0 when none."""
    named = {at for spans in held.options for span in spans for at in span.at}
    met = whole = 0.0
    some = False
    for at, token in enumerate(text.tokens):
        if token.small:
            continue
        is_met = at in named or not token.keys.isdisjoint(held.question.vocabulary)
        some = some or is_met
        if token.needed:
            whole += weights[at]
            met += weights[at] if is_met or held.account.explained[at] else 0.0
    return (met / whole if whole else 1.0) if some else 0.0


def _best(held: _Held, text: Text, weights: Sequence[float]) -> Reading | None:
    """Return the best way to read the text as one question."""
    made: list[Reading] = []
    patterns = held.patterns()
    for combination in product(*([None, *spans] for spans in held.options)):
        chosen = [one for one in combination if one is not None]
        taken: frozenset[int] = frozenset().union(*(one.at for one in chosen))
        apart = len({one.thing for one in chosen}) == len(chosen)
        if apart and len(taken) == sum(len(one.at) for one in chosen):
            made.append(_reading(held, patterns, text, combination, taken, weights))
    return max(made, key=_fullness, default=None)


def _fullness(one: Reading) -> tuple[bool, float, int]:
    """Prefer what fits whole, then the nearest: a thing called by its name is rather chosen."""
    named = sum(span.how != PART or len(span.at) > 1 for span in one.chosen.values())
    return one.is_whole, one.score + _NAMED * named, -len(one.unexplained)


def _reading(
    held: _Held,
    patterns: Sequence[Pattern],
    text: Text,
    combination: Sequence[Span | None],
    taken: frozenset[int],
    weights: Sequence[float],
) -> Reading:
    question = held.question
    chosen = {
        choice.name: span
        for choice, span in zip(question.choices, combination, strict=True)
        if span is not None
    }
    rest = [at for at, one in enumerate(text.tokens) if at not in taken and not one.small]
    needed = [at for at in rest if text.tokens[at].needed]
    again = frozenset(key for at in taken for key in text.tokens[at].keys)  # said twice
    again |= frozenset(key for one in chosen.values() for key in _ideas_of(one.name))
    unexplained = tuple(
        at
        for at in needed
        if not held.account.explained[at]
        and (bool(text.tokens[at].place) or again.isdisjoint(text.tokens[at].keys))
    )
    free = [at for at in needed if at not in unexplained and again.isdisjoint(text.tokens[at].keys)]
    several = {
        choice.name: rivals
        for choice in question.choices
        if choice.name in chosen and (rivals := rivals_of(choice, text, chosen[choice.name]))
    }
    missing = tuple(one for one in question.choices if one.required and one.name not in chosen)
    uncounted = () if held.counts & taken else held.counts
    thing = frozenset(key for at in uncounted for key in text.tokens[at].keys)
    counted = Counted(question, text, rest, chosen, weights, thing)
    options_ = [(counted.score(one), held.account.left(one, chosen, free), one) for one in patterns]
    (score, met, shared), left, pattern = max(
        options_,
        key=lambda one: (one[0][1] >= LEAST_MET, not one[1], round(one[0][0], 2), one[0][2]),
    )
    unexplained = tuple(sorted({*unexplained, *left, *held.account.strays(chosen)}))
    lost = sum(weights[at] for at in unexplained)
    whole = sum(weights[at] for at in needed) + SLOT * len(chosen)
    score *= (max(1 - lost / whole, _LITTLE) if lost else 1.0) * (0.6 if missing else 1.0)
    if several:
        score *= 0.7
    if question.is_yes_no and not text.is_whether:
        score *= _STATED
    if question.is_yes_no and (text.led or text.lists):
        met = 0.0  # « quels… » wants things, not yes or no
    if not (chosen or any(one.needed and one.known and WHO not in one.keys for one in text.tokens)):
        met = 0.0  # nothing but words that may be left out
    unlike = text.wants_whether and not (question.is_yes_no or pattern.whether)
    return Reading(question, chosen, score, unexplained, met, shared, missing, several, unlike)


@lru_cache(maxsize=4_000)
def _ideas_of(name: str) -> Keys:
    """Return the keys of the words of a name: one may be typed in other words, « appui »."""
    return frozenset(key for word in important(phrase(name)) for key in keys(word))


def _weight(index: Index, token: Token) -> float:
    return index.weight(token.keys) * (0.25 if token.filler else 1.0)


def segments(text: Text, reading: Reading) -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Yield what was understood, from left to right: text, role or name of the choice, words."""
    by_word = {at: name for name, span in reading.chosen.items() for at in span.at}
    done: set[str] = set()
    ends = {name: max(span.at) for name, span in reading.chosen.items()}
    until = -1
    for at, token in enumerate(text.tokens):
        name = by_word.get(at)
        if name is None and at < until and token.small:
            continue
        if name is not None:
            if name not in done:
                done.add(name)
                until = ends[name]
                places = tuple(sorted(reading.chosen[name].at))
                yield text.slice(places), f"choice:{name}", places
        elif at in reading.unexplained or (at in text.asking and reading.met < LEAST_MET):
            yield token.word.typed, UNUSED if token.known else UNKNOWN, (at,)
        elif (
            token.keys & (reading.question.vocabulary | reading.question.labels) and not token.small
        ):
            yield token.word.typed, WORDING, (at,)
        else:
            yield token.word.typed, IGNORED, (at,)


def is_sure(found: Sequence[Reading]) -> bool:
    """Tell whether the best reading accounts for everything, and well enough."""
    return bool(found) and found[0].is_whole and found[0].score >= SURE


def rivals(found: Sequence[Reading]) -> list[Reading]:
    """Return the readings that are about as good as the best, when it is sure."""
    if not is_sure(found):
        return []
    first = found[0]
    return [one for one in found[1:SHOWN] if one.is_whole and one.score >= first.score - CLOSE]


def is_bare(text: Text, reading: Reading) -> bool:
    """Tell whether the words only name things: nothing is asked about them."""
    if reading.question.is_yes_no and text.is_whether and not reading.missing:
        return False
    taken = {at for span in reading.chosen.values() for at in span.at}
    said = any(
        at not in taken
        and not (one.small or one.keys.isdisjoint(reading.question.vocabulary - {WHO}))
        for at, one in enumerate(text.tokens)
    )
    listed = any(
        not pattern.words and set(pattern.slots) == set(reading.chosen)
        for pattern in reading.question.patterns
        if pattern.is_bare
    )
    return bool(taken) and not (said or listed)


def is_worth_offering(reading: Reading) -> bool:
    """Tell whether a reading may be proposed when it is not sure."""
    return reading.score >= _OFFERED and not (reading.several or reading.missing)
