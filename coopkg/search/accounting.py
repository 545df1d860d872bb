"""What a question makes of each word typed: which of its wordings say it, and which do not. Pure.

A word that another wording says is not said by this one: « quelle loi », « quelle création » are
two questions, and « quelle loi a créé… » is neither. Only the titles and the labels of a question
go with any of its wordings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from coopkg.search.asking import KINDS, gives
from coopkg.search.ideas import COUNT, HOW, MOST, NOT, UNCOUNTED, WHOM, WHY
from coopkg.search.index import Askable
from coopkg.search.names import Span
from coopkg.search.reading import Text, Token
from coopkg.search.wordings import Pattern
from coopkg.search.words import Keys

_STRICT: Final = frozenset({WHY, HOW, NOT, MOST})
_WITH: Final = frozenset({WHOM, "~partenaire"})
"""What questions about whom one acts with are asked with."""
_OF: Final = frozenset({"de", "d", "du", "des", "of"})
_ALIKE: Final = UNCOUNTED - KINDS
"""What goes with any wording that counts: « au total », « environ », « étrangères »."""


class Account:
    """What a question makes of the words typed, whatever its wording; `left` says of one."""

    def __init__(self, question: Askable, text: Text, counts: frozenset[int]) -> None:
        self._question = question
        self._tokens = text.tokens
        self._counted = frozenset(key for at in counts for key in text.tokens[at].keys)
        self._plain = text.relative | text.naming
        self._asks = tuple(
            (at, asked)
            for at, one in enumerate(text.tokens)
            if at in text.asking and (asked := one.keys & KINDS) and at not in self._plain
        )
        self._heads = text.heads
        self._whether = text.is_whether
        self._only_lists = text.wants_list
        self._content = frozenset(text.content)
        self.explained: Sequence[bool] = [
            one.needed and self._explains(at, one) for at, one in enumerate(text.tokens)
        ]
        heart = question.heart | _ALIKE
        self._partial = tuple(
            (at, one.keys)
            for at, one in enumerate(text.tokens)
            if self.explained[at] and self._is_partial(one, heart)
        )

    def _is_partial(self, token: Token, heart: Keys) -> bool:
        """Tell whether only some wordings say a word."""
        said = token.keys & self._question.vocabulary
        return bool(said) and token.keys.isdisjoint(heart | KINDS) and not token.is_period

    def _explains(self, at: int, token: Token) -> bool:
        question = self._question
        if token.abroad[0]:
            return False
        if token.word.text in question.figures or at in self._plain:
            return True
        if strict := token.keys & _STRICT:
            said = strict if strict.isdisjoint({NOT}) else token.keys - strict
            return bool(said & question.vocabulary)  # « sans » is not « hors de »
        if token.keys & (question.vocabulary | question.labels):
            return True
        if WHOM in token.keys:
            return not question.vocabulary.isdisjoint(_WITH)
        if question.is_yes_no:
            return False
        return not token.keys.isdisjoint(gives(question.held, ())) or self._counts(token.keys)

    def _counts(self, asked: Keys) -> bool:
        """Tell whether the question counts what is to be counted."""
        return COUNT in asked and not self._counted.isdisjoint(self._question.countable)

    def left(self, pattern: Pattern, chosen: Iterable[str], free: Iterable[int]) -> frozenset[int]:
        """Return the places of the words, among some, that one wording does not say."""
        given = gives(self._question.held, chosen) | pattern.asks | self._question.asks
        among = frozenset(free)
        asked = {
            at
            for at, kinds in self._asks
            if at in among and kinds.isdisjoint(given) and not self._counts(kinds)
        }
        said = {at for at, keys in self._partial if at in among and keys.isdisjoint(pattern.keys)}
        return frozenset(asked | said)

    def strays(self, chosen: Mapping[str, Span]) -> frozenset[int]:
        """Return the words that name what is asked for, when it is no answer of the question."""
        heads = self._heads or self._owned(chosen)
        if self._only_lists and COUNT in self._question.asks:
            taken = {at for span in chosen.values() for at in span.at}
            if self._content - taken == frozenset(heads):
                return frozenset(heads)
        if heads and self._tokens[heads[0]].place:
            heads = heads[1:]  # « Vietnamese partners »
        if not heads:
            return frozenset()
        for name, span in chosen.items():
            if heads[0] in span.at:
                return frozenset() if name in self._question.led else frozenset(heads[:1])
        named = frozenset(key for at in heads for key in self._tokens[at].keys)
        known = any(self._tokens[at].known for at in heads)
        if not known or not named.isdisjoint(self._question.heads):
            return frozenset()
        return frozenset(heads[:1])

    def _owned(self, chosen: Mapping[str, Span]) -> tuple[int, ...]:
        """Return the place of the word before « de » and a choice: « partenaires de l’AFD »."""
        if self._whether:
            return ()
        first = next((at for at, one in enumerate(self._tokens) if one.needed), None)
        starts = [min(span.at) for span in chosen.values()]
        if first is None or not starts or first >= min(starts):
            return ()
        between = self._tokens[first + 1 : min(starts)]
        owns = bool(between) and between[0].word.text in _OF
        return (first,) if owns and all(one.small for one in between) else ()
