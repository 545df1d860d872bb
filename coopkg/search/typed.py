"""From what is typed to a question with its choices filled, or to the reason why not. Pure.

Every word must be accounted for: it names a choice, it belongs to the wording of the question, or
it changes nothing. One that does not makes the question another one, so it is refused and named.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

from coopkg.search.ideas import COUNT, DEEDS, HOW, NOT, WHEN, WHERE, WHO, WHOM, WHY
from coopkg.search.index import Askable, Choice, Index, Pattern
from coopkg.search.names import EXACT, PART, Span
from coopkg.search.reading import Text, Token
from coopkg.search.words import Keys

SURE: Final = 0.52
"""The score from which a reading is offered as what was asked."""
CLOSE: Final = 0.03
"""Two readings nearer than this are both offered."""
SHOWN: Final = 5
_SLOT: Final = 2.0
"""What a choice filled weighs, in words."""
_OPEN: Final = 0.5
"""What a blank left open weighs."""
_UNNAMED: Final = 0.85
"""What is kept of a choice that the pattern has no blank for."""
_LED: Final = 0.7
"""What is kept of a choice that stands where what is asked for does: « quelles associations… »."""
_IMPLIED: Final = 0.7
"""What is kept of a choice that every question is about: the CNFPT."""
_MARK: Final = 0.7
"""How sure is a choice known by a word that only it has."""
_OWNED: Final = 0.95
"""The same, after « du »."""
_STRICT: Final = frozenset({WHEN, WHY, HOW, NOT})
_LABEL: Final = 0.6
"""What a word of a column weighs against a pattern that lacks it."""
_TELLING: Final = 2.2
"""What a word must weigh to stand for a longer name: « action » does not."""
_TELLING_ALIAS: Final = 1.6
"""What a word must weigh to be a name that is no label: « partenaires » does not."""
_RIVAL, _PART_RIVAL = 0.01, 0.15
"""How much less sure another thing may be, and still be meant by the same words."""
_WHETHER: Final = 2.0
"""What the form of a yes-or-no sentence weighs, in words."""
_STATED: Final = 0.85
"""What is kept of a yes-or-no question when the sentence has not its form."""
_DEED: Final = 0.6
"""What « action » or « projet » weighs against a pattern that lacks it."""
_SOFT: Final = 0.2
"""What a word that may be left out weighs against a pattern that lacks it."""
_WITH: Final = frozenset({WHOM, "~partenaire"})
"""What questions about whom one acts with are asked with."""
_OF: Final = frozenset({"du", "of", "from"})
LEAST_MET: Final = 0.55
"""The part of a wording that must be there for it to be what was asked."""
_OFFERED: Final = 0.2
_MOST_SPANS: Final = 6
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

    @property
    def parameters(self) -> dict[str, str]:
        """The short values of the choices."""
        values = {one.name: one.values for one in self.question.choices}
        return {name: values[name][span.thing] for name, span in self.chosen.items()}

    @property
    def is_whole(self) -> bool:
        """Tell whether each word is accounted for, and each blank that must be filled is."""
        return not (self.unexplained or self.missing or self.several) and self.met >= LEAST_MET


def readings(index: Index, text: Text) -> list[Reading]:
    """Return the questions that may have been asked, best first; those that fit whole lead."""
    weights = [_weight(index, one) for one in text.tokens]
    hopeful: list[tuple[float, Askable, list[list[Span]]]] = []
    for question in index.questions:
        options = [_options(question, choice, text, weights) for choice in question.choices]
        if (hope := _hope(question, options, text, weights)) > 0:
            hopeful.append((hope, question, options))
    hopeful.sort(key=lambda one: (-one[0], one[1].slug))
    found = [
        best
        for hope, question, options in hopeful[:_MOST_WHOLE]
        if hope >= 1 or len(hopeful) <= _FEW or hope >= hopeful[_FEW][0]
        if (best := _best(question, options, text, weights)) is not None and best.score > 0
    ]
    return sorted(found, key=lambda one: _rank(one, text))


def _rank(one: Reading, text: Text) -> tuple[bool, bool, float, float, str]:
    """Put first what fits whole, then the nearest; of two as near, the one that says more.

    What answers yes or no comes before, when that is asked for.
    """
    counts = text.is_whether and not one.question.is_yes_no
    near = round(min(one.score, 1.0), 2)
    return not one.is_whole, counts, -near, -one.shared, one.question.slug


def _hope(
    question: Askable, options: Sequence[Sequence[Span]], text: Text, weights: Sequence[float]
) -> float:
    """Return how much of the text a question may account for: 1 when all; 0 when none."""
    named = {at for spans in options for span in spans for at in span.at}
    met = whole = 0.0
    some = False
    for at, token in enumerate(text.tokens):
        if token.small:
            continue
        is_met = at in named or not token.keys.isdisjoint(question.vocabulary)
        some = some or is_met
        if token.needed:
            whole += weights[at]
            met += weights[at] if is_met or _explained(question, token) else 0.0
    return (met / whole if whole else 1.0) if some else 0.0


def _best(
    question: Askable, options: Sequence[Sequence[Span]], text: Text, weights: Sequence[float]
) -> Reading | None:
    """Return the best way to read the text as one question."""
    made: list[Reading] = []
    for combination in product(*([None, *spans] for spans in options)):
        chosen = [one for one in combination if one is not None]
        taken: frozenset[int] = frozenset().union(*(one.at for one in chosen))
        apart = len({one.thing for one in chosen}) == len(chosen)
        if apart and len(taken) == sum(len(one.at) for one in chosen):
            made.append(_reading(question, text, combination, taken, weights))
    return max(made, key=lambda one: (one.is_whole, one.score, -len(one.unexplained)), default=None)


def _options(question: Askable, choice: Choice, text: Text, weights: Sequence[float]) -> list[Span]:
    """Return what may fill a blank: the best for the same words, and the longest words first."""
    if choice.kind == "integer":
        return [
            Span(one.word.text, frozenset({at}), 1.0, "exact", one.word.text)
            for at, one in enumerate(text.tokens)
            if one.word.text in choice.values
        ]
    kept: dict[frozenset[int], Span] = {}
    for span in text.spans:
        if span.thing in choice.values:
            known = kept.get(span.at)
            if known is None or known.quality < span.quality:
                kept[span.at] = span
    for at, token in enumerate(text.tokens):
        marked = (
            None if token.small else next(filter(None, map(choice.marks.get, token.keys)), None)
        )
        owned = bool(marked) and token.filler and _is_of(text, choice, at)
        if marked and (owned or not any(at in places for places in kept)):
            quality = _OWNED if owned else _MARK
            kept[frozenset({at})] = Span(marked, frozenset({at}), quality, PART, token.word.text)
    sure = [one for one in kept.values() if one.how != PART and _is_telling(one, weights)]
    named = {at for one in sure for at in one.at}
    parts = [
        one
        for one in kept.values()
        if one.how == PART
        and not one.at & named
        and (
            len(one.at) > 1
            or max(weights[at] for at in one.at) >= _TELLING
            or one.quality == _OWNED
        )
        and any(text.tokens[at].keys.isdisjoint(question.vocabulary) for at in one.at)
    ]
    return [*sure, *parts][:_MOST_SPANS]


def _is_of(text: Text, choice: Choice, at: int) -> bool:
    """Tell whether a word says whose or whence the one before is: « d’experts du CNFPT »."""
    if text.tokens[at].keys.isdisjoint(choice.marks):
        return False
    before = [one.word.text for one in text.tokens[max(0, at - 2) : at]]
    return bool(before) and (before[-1] in _OF or (before[-1] == "the" and before[0] in _OF))


def _is_telling(span: Span, weights: Sequence[float]) -> bool:
    """Tell whether words are a name: « leurs partenaires » is one nowhere but in its place."""
    return span.how == EXACT or max(weights[at] for at in span.at) >= _TELLING_ALIAS


def _rivals(choice: Choice, text: Text, span: Span) -> tuple[Span, ...]:
    """Return the other things that the same words name as well."""
    return tuple(
        one
        for one in text.spans
        if one.at == span.at
        and one.thing in choice.values
        and one.thing != span.thing
        and one.quality > span.quality - (_PART_RIVAL if span.how == PART else _RIVAL)
    )


def _reading(
    question: Askable,
    text: Text,
    combination: Sequence[Span | None],
    taken: frozenset[int],
    weights: Sequence[float],
) -> Reading:
    chosen = {
        choice.name: span
        for choice, span in zip(question.choices, combination, strict=True)
        if span is not None
    }
    rest = [at for at, one in enumerate(text.tokens) if at not in taken and not one.small]
    needed = [at for at in rest if text.tokens[at].needed]
    again = frozenset(key for at in taken for key in text.tokens[at].keys)  # said twice
    unexplained = tuple(
        at
        for at in needed
        if not _explained(question, text.tokens[at]) and again.isdisjoint(text.tokens[at].keys)
    )
    several = {
        choice.name: rivals
        for choice in question.choices
        if choice.name in chosen and (rivals := _rivals(choice, text, chosen[choice.name]))
    }
    missing = tuple(one for one in question.choices if one.required and one.name not in chosen)
    counted = _Counted(question, text, rest, chosen, weights)
    scores = map(counted.score, question.patterns)
    score, met, shared = max(
        scores, key=lambda one: (one[1] >= LEAST_MET, round(one[0], 2), one[2])
    )
    lost = sum(weights[at] for at in unexplained)
    whole = sum(weights[at] for at in needed) + _SLOT * len(chosen)
    score *= (1 - lost / whole if lost else 1.0) * (0.6 if missing else 1.0)
    if several:
        score *= 0.7
    if question.is_yes_no and not text.is_whether:
        score *= _STATED
    if question.is_yes_no and text.led:
        met = 0.0  # « quels… » wants things, not yes or no
    if not (chosen or any(one.needed and one.known and WHO not in one.keys for one in text.tokens)):
        met = 0.0  # nothing but words that may be left out
    return Reading(question, chosen, score, unexplained, met, shared, missing, several)


def _explained(question: Askable, token: Token) -> bool:
    if token.abroad[0]:
        return False
    if token.word.text in question.figures:
        return True
    asks = token.keys & _STRICT
    if asks:
        return bool(asks & question.vocabulary) or (WHEN in asks and "time" in question.says)
    if token.keys & (question.vocabulary | question.labels):
        return True
    if WHERE in token.keys:
        return "place" in question.says and not question.is_yes_no
    if WHOM in token.keys:
        return not question.vocabulary.isdisjoint(_WITH)
    return bool(token.keys & {WHO, COUNT}) and not question.is_yes_no


def _weight(index: Index, token: Token) -> float:
    return index.weight(token.keys) * (0.25 if token.filler else 1.0)


class _Counted:
    """The words typed with one set of choices taken out, ready to be held against patterns."""

    def __init__(
        self,
        question: Askable,
        text: Text,
        rest: Iterable[int],
        chosen: Mapping[str, Span],
        weights: Sequence[float],
    ) -> None:
        self._words: list[tuple[Keys, float, float]] = []
        seen = {key for span in chosen.values() for at in span.at for key in text.tokens[at].keys}
        for at in rest:
            token, weight = text.tokens[at], weights[at]
            counts = token.needed and not token.keys <= {WHO} and seen.isdisjoint(token.keys)
            unmet = weight if counts and token.word.text not in question.figures else 0.0
            if token.soft and not token.small:
                unmet = weight * (_SOFT if token.keys.isdisjoint(DEEDS) else _DEED)
            known = not token.keys.isdisjoint(question.labels)
            self._words.append((token.keys, weight, unmet * (_LABEL if known else 1.0)))
        self._whether = _WHETHER if text.is_whether else 0.0
        self._confirms = self._whether if question.is_yes_no else 0.0
        self._chosen = chosen
        self._led = {name for name, span in chosen.items() if min(span.at) in text.led}
        self._implied = {
            name
            for name, span in chosen.items()
            if span.quality != _OWNED and all(text.tokens[at].filler for at in span.at)
        }
        self._ordered = tuple(sorted(chosen, key=lambda name: min(chosen[name].at)))

    def score(self, pattern: Pattern) -> tuple[float, float, float]:
        """Compare the words typed with those of one way to ask (Sørensen-Dice, by weight).

        With it, how much of that wording is there, as a part and by weight.
        """
        ours = 0.0
        met: set[str] = set()
        for keys, weight, unmet in self._words:
            if keys.isdisjoint(pattern.keys):
                ours += unmet
            else:
                met |= keys
                ours += weight
        shared = 0.0
        if met:
            shared = sum(weight for word, weight in pattern.words if not word.isdisjoint(met))
        ours = max(ours, shared)
        open_ = sum(1 for name in pattern.slots if name not in self._chosen)
        filled = len(self._chosen)
        whole = ours + pattern.weight + 2 * _SLOT * filled + _OPEN * open_
        whole += self._whether + self._confirms
        score = 2 * (shared + self._confirms + self._choices(pattern)) / whole if whole else 0.0
        if not (met and pattern.core_weight):
            return score, 0.0 if pattern.core_weight else 1.0, shared
        held = sum(weight for word, weight in pattern.core if not word.isdisjoint(met))
        return score, held / pattern.core_weight, shared

    def _choices(self, pattern: Pattern) -> float:
        """Return what the choices weigh: less where the pattern has no blank for them."""
        kept = 0.0
        for name, span in self._chosen.items():
            share = span.quality if name in pattern.slots else span.quality * _UNNAMED
            share *= _LED if name in self._led - pattern.led else 1.0
            kept += share * (_IMPLIED if name in self._implied else 1.0)
        return _SLOT * kept * (0.9 if self._is_swapped(pattern) else 1.0)

    def _is_swapped(self, pattern: Pattern) -> bool:
        if len(self._ordered) < 2:
            return False
        slots = [name for name in pattern.slots if name in self._ordered]
        return slots != [name for name in self._ordered if name in slots]


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
        elif at in reading.unexplained:
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
