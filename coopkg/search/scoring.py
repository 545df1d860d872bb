"""How near the words typed are to one way to ask a question, with choices taken out. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from coopkg.search.ideas import DEEDS, WHO
from coopkg.search.index import Askable
from coopkg.search.names import Span
from coopkg.search.reading import Text
from coopkg.search.wordings import Pattern
from coopkg.search.words import Keys

SLOT: Final = 2.0
"""What a choice filled weighs, in words."""
_OPEN: Final = 0.8
"""What a blank left open weighs."""
_UNNAMED: Final = 0.85
"""What is kept of a choice that the pattern has no blank for."""
_LED: Final = 0.7
"""What is kept of a choice that stands where what is asked for does: « quelles associations… »."""
_IMPLIED: Final = 0.7
"""What is kept of a choice that every question is about: the CNFPT."""
OWNED: Final = 0.95
"""The same, after « du »."""
_LABEL: Final = 0.6
"""What a word of a column weighs against a pattern that lacks it."""
_WHETHER: Final = 2.0
"""What the form of a yes-or-no sentence weighs, in words."""
_DEED: Final = 0.6
"""What « action » or « projet » weighs against a pattern that lacks it."""
_SOFT: Final = 0.2
"""What a word that may be left out weighs against a pattern that lacks it."""
_OTHER: Final = 0.6
"""What is kept of a wording that counts another thing: « combien d'experts », « de jours »."""


class Counted:
    """The words typed with one set of choices taken out, ready to be held against patterns."""

    def __init__(
        self,
        question: Askable,
        text: Text,
        rest: Iterable[int],
        chosen: Mapping[str, Span],
        weights: Sequence[float],
        counted: Keys,
    ) -> None:
        self._counted = counted
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
        self._keys = frozenset(key for keys, _, _ in self._words for key in keys)
        self._unmet = sum(unmet for _, _, unmet in self._words)
        self._seen: dict[tuple[tuple[str, ...], frozenset[str]], tuple[int, float]] = {}
        self._whether = _WHETHER if text.is_whether else 0.0
        self._confirms = self._whether if question.is_yes_no else 0.0
        self._chosen = chosen
        self._led = {name for name, span in chosen.items() if min(span.at) in text.led}
        self._implied = {
            name
            for name, span in chosen.items()
            if span.quality != OWNED and all(text.tokens[at].filler for at in span.at)
        }
        self._ordered = tuple(sorted(chosen, key=lambda name: min(chosen[name].at)))

    def score(self, pattern: Pattern) -> tuple[float, float, float]:
        """Compare the words typed with those of one way to ask (Sørensen-Dice, by weight).

        With it, how much of that wording is there, as a part and by weight.
        """
        open_, choices = self._blanks(pattern)
        ours, shared, met = self._unmet, 0.0, set[str]()
        if not self._keys.isdisjoint(pattern.keys):
            for keys, weight, unmet in self._words:
                if not keys.isdisjoint(pattern.keys):
                    met |= keys
                    ours += weight - unmet
            shared = sum(weight for word, weight in pattern.words if not word.isdisjoint(met))
        whole = max(ours, shared) + pattern.weight + 2 * SLOT * len(self._chosen) + _OPEN * open_
        whole += self._whether + self._confirms
        score = 2 * (shared + self._confirms + choices) / whole if whole else 0.0
        if not (met and pattern.core_weight):
            return score, 0.0 if pattern.core_weight else 1.0, shared
        if self._counted and self._counted.isdisjoint(pattern.counted):
            return score * _OTHER, 0.0, shared
        if pattern.is_hollow and open_:
            return score, 0.0, shared
        held = sum(weight for word, weight in pattern.core if not word.isdisjoint(met))
        return score, held / pattern.core_weight, shared

    def _blanks(self, pattern: Pattern) -> tuple[int, float]:
        """Return how many blanks are left open, and what the choices weigh."""
        key = pattern.slots, pattern.led
        if key not in self._seen:
            open_ = sum(1 for name in pattern.slots if name not in self._chosen)
            self._seen[key] = open_, self._choices(pattern)
        return self._seen[key]

    def _choices(self, pattern: Pattern) -> float:
        """Return what the choices weigh: less where the pattern has no blank for them."""
        kept = 0.0
        for name, span in self._chosen.items():
            share = span.quality if name in pattern.slots else span.quality * _UNNAMED
            share *= _LED if name in self._led - pattern.led else 1.0
            kept += share * (_IMPLIED if name in self._implied else 1.0)
        return SLOT * kept * (0.9 if self._is_swapped(pattern) else 1.0)

    def _is_swapped(self, pattern: Pattern) -> bool:
        if len(self._ordered) < 2:
            return False
        slots = [name for name in pattern.slots if name in self._ordered]
        return slots != [name for name in self._ordered if name in slots]
