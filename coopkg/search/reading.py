"""What was typed, word by word, before it is held against the questions. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from coopkg.search import asking, ideas
from coopkg.search.empty import FILLER, PAIRS, STOP
from coopkg.search.ideas import (
    COUNT,
    COUNTED,
    LED,
    NOT,
    ONLY,
    SOFT,
    TELLING,
    WHERE,
    WHO,
    is_whether,
    turned,
)
from coopkg.search.index import Index
from coopkg.search.names import ALIAS, EXACT, Span, Typed
from coopkg.search.stems import stems
from coopkg.search.words import Keys, Word, cut, fold, keys, phrase

LONGEST: Final = 300
"""Characters of a question that are read."""
_MOST_CORRECTIONS: Final = 4
_ORGANISATION: Final = "id/organisation/"
_ASKING: Final = asking.KINDS | {ideas.ORIGIN}
_LISTED: Final = frozenset({"~membre", "~compose", "~partenaire"})
"""What a yes-or-no question speaks of, and a list is made of."""
_LONG: Final = 7
"""Letters from which a word that changes nothing may be misspelt."""
_ONE_FROM, _TWO_FROM = 5, 8
"""Letters of a word from which one, then two of them may be wrong."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word typed: what it may be, and what it is for."""

    word: Word
    keys: Keys
    small: bool
    """It is an article, a preposition…: it changes nothing."""
    filler: bool
    """It may help, and may be left out."""
    known: bool
    corrected: tuple[str, ...] = ()
    place: str = ""
    """The place it is the adjective of."""
    abroad: tuple[str, str] = ("", "")
    """The country it names, of which the sources do not speak."""

    @property
    def needed(self) -> bool:
        """Tell whether it changes what is asked."""
        return not (self.small or self.filler or self.soft)

    @property
    def is_period(self) -> bool:
        """Tell whether it is a year, or years."""
        return self.word.text[:1].isdigit()

    @property
    def soft(self) -> bool:
        """Tell whether it only helps to tell questions apart."""
        return not SOFT.isdisjoint(self.keys)


@dataclass(frozen=True)
class Text:
    """What was typed, read: its words, and what they may name."""

    typed: str
    tokens: tuple[Token, ...]
    spans: tuple[Span, ...]

    @cached_property
    def led(self) -> frozenset[int]:
        """The places of the words right after « quel » or "which"."""
        return frozenset(at + 1 for at, one in enumerate(self.tokens) if one.word.text in LED)

    @cached_property
    def named(self) -> frozenset[frozenset[int]]:
        """The places of words that are, together, the whole name of an organisation."""
        return frozenset(
            one.at
            for one in self.spans
            if len(one.at) > 1 and one.how in {EXACT, ALIAS} and _ORGANISATION in one.thing
        )

    @cached_property
    def is_whether(self) -> bool:
        """Tell whether a yes or a no is asked for."""
        words = [one.word.text for one in self.tokens]
        return is_whether(words) or self._states(words)

    @cached_property
    def heads(self) -> tuple[int, ...]:
        """The places of the words that name what is asked for."""
        found = asking.heads([one.word.text for one in self.tokens])
        return tuple(at for at in found if not self.tokens[at].small)

    @cached_property
    def relative(self) -> frozenset[int]:
        """The places of « qui » and "who" that stand right after a noun: they ask for nothing."""
        return frozenset(
            at
            for at in range(1, len(self.tokens))
            if WHO in self.tokens[at].keys and self._goes_on(at)
        )

    @cached_property
    def naming(self) -> frozenset[int]:
        """The place of a « qui » that asks for what is named after it: « qui est l’auteur »."""
        if not self.heads:
            return frozenset()
        before = [at for at in range(self.heads[0]) if WHO in self.tokens[at].keys]
        return frozenset(before[-1:])

    def _goes_on(self, at: int) -> bool:
        before, word = self.tokens[at - 1], self.tokens[at].word
        return not before.small and self.typed[before.word.end : word.start].isspace()

    @cached_property
    def asking(self) -> frozenset[int]:
        """The places of the words that ask: « qui », « où », « combien »."""
        return frozenset(
            at
            for at, one in enumerate(self.tokens)
            if not (one.small or one.keys.isdisjoint(_ASKING) or at in self.relative)
        )

    @cached_property
    def wants_whether(self) -> bool:
        """Tell whether a yes or a no is asked for, of more than that there is something."""
        words = [one.word.text for one in self.tokens]
        return asking.is_whether(words) or self._states(words)

    def _states(self, words: Sequence[str]) -> bool:
        """Tell whether it is a statement with a question mark: « X est un Y ? »."""
        return self.typed.rstrip().endswith("?") and asking.is_statement(words)

    @cached_property
    def lists(self) -> bool:
        """Tell whether it begins by things, several: « membres de… » wants them, not yes or no."""
        first = next((one for one in self.tokens if one.needed), None)
        if first is None or self.is_whether:
            return False
        return not _LISTED.isdisjoint(first.keys) and first.word.text.endswith("s")

    @property
    def wants_list(self) -> bool:
        """Tell whether names are asked for: « liste des… »."""
        named = [at for at, one in enumerate(self.tokens) if one.word.text in asking.NAMING]
        return bool(named and self.heads) and named[0] < self.heads[0]

    @property
    def content(self) -> list[int]:
        """The places of the words that change what is asked."""
        return [at for at, one in enumerate(self.tokens) if one.needed]

    def slice(self, at: Sequence[int]) -> str:
        """Return the text from the first to the last of some words."""
        words = [self.tokens[one].word for one in at]
        return self.typed[min(one.start for one in words) : max(one.end for one in words)]


def read(index: Index, typed: str) -> Text:
    """Read what was typed."""
    plain = unicodedata.normalize("NFC", typed)
    words = cut(plain)
    tokens = [_token(index, word, words[:at]) for at, word in enumerate(words)]
    for at, worth in turned([one.text for one in words]).items():
        filler = worth not in TELLING
        tokens[at] = Token(words[at], keys(worth), small=False, filler=filler, known=True)
    for at, one in enumerate(words[1:], 1):
        if one.text in ONLY and NOT in tokens[at - 1].keys:
            tokens[at - 1 : at + 1] = [_empty(words[at - 1]), _empty(one)]
    for at, one in enumerate(words[1:], 1):
        if (words[at - 1].text, one.text) in PAIRS:
            tokens[at - 1 : at + 1] = [_empty(words[at - 1]), _empty(one)]
    for at in range(1, len(words)):
        before = [one for one in tokens[:at] if not one.small][-1:]
        if words[at].text in COUNTED and before and COUNT in before[0].keys:
            tokens[at] = replace(tokens[at], filler=False)
    _mark_abroad(index, tokens)
    seen = [
        Typed(
            at,
            one.word.text,
            _name_keys(index, one),
            bool(one.corrected),
            bool(one.place),
            one.small,
            one.filler,
        )
        for at, one in enumerate(tokens)
        if not one.abroad[0]
    ]
    return Text(plain, tuple(tokens), tuple(index.names.spans(seen)))


def _empty(word: Word) -> Token:
    return Token(word, frozenset(), small=True, filler=False, known=True)


def _token(index: Index, word: Word, before: Sequence[Word]) -> Token:
    text = word.text
    if text == "ou" and (fold(word.typed) != word.typed.casefold() or not before):
        return Token(word, frozenset({WHERE}), small=False, filler=False, known=True)
    if text in STOP or (len(text) == 1 and text.isalpha() and text != "e"):
        return Token(word, keys(text), small=True, filler=False, known=True)
    place = index.adjectives.of(text) or ""
    abroad = index.elsewhere.get(place, ("", ""))
    known = text in index.spelt
    if known or not text.isalpha() or place:
        return Token(
            word,
            keys(text),
            small=False,
            filler=text in FILLER,
            known=known or bool(place and not abroad[0]),
            place="" if abroad[0] and known else ("" if abroad[0] else place),
            abroad=("", "") if known else abroad,
        )
    if any(index.is_stem(one) for one in stems(text)):
        return Token(word, keys(text), small=False, filler=bool(keys(text) & FILLER), known=True)
    near = index.shortened(text) or _meant(index, text)
    if len(text) >= _LONG and near and FILLER.issuperset(near) and OSA.distance(text, near[0]) == 1:
        return Token(word, keys(near[0]), small=False, filler=True, known=True)
    meant = tuple(one for one in near if one not in FILLER and one not in STOP)
    every = frozenset(key for one in meant for key in keys(one))
    return Token(
        word,
        keys(text) | every,
        small=False,
        filler=False,
        known=bool(meant),
        corrected=meant,
    )


def _meant(index: Index, text: str) -> tuple[str, ...]:
    """Return the words that a misspelt one may be: the nearest, when they are near enough."""
    allowed = 0 if len(text) < _ONE_FROM else 1 if len(text) < _TWO_FROM else 2
    if not allowed:
        return ()
    near = process.extract(
        text, index.correctable, scorer=OSA.distance, score_cutoff=allowed, limit=12
    )
    near = [one for one in near if one[1] == 1 or _alike(text, one[0])]
    best = min((distance for _, distance, _ in near), default=0)
    return tuple(word for word, distance, _ in near if distance == best)[:_MOST_CORRECTIONS]


def _alike(one: str, other: str) -> bool:
    """Tell whether two words begin and end alike: « director » is no misspelt « direction »."""
    return (one[0], one[-1]) == (other[0], other[-1])


def _name_keys(index: Index, token: Token) -> Keys:
    """Return the keys a word has as part of a name: stems, and those of the place it belongs to."""
    texts = token.corrected or (token.word.text,)
    found = {key for text in texts for key in stems(text)}
    if token.place:
        entry = index.things[token.place]
        for lang in ("fr", "en"):
            named = phrase(str(entry.get(lang, "")))
            if len(named) == 1:
                found |= stems(named[0])
            else:
                found |= {f"@{token.place}"}
    return frozenset(found)


def _mark_abroad(index: Index, tokens: list[Token]) -> None:
    """Mark the words that name a country of which the sources do not speak."""
    large = [at for at, one in enumerate(tokens) if not one.small]
    for start, at in enumerate(large):
        for length in (3, 2, 1):
            run = large[start : start + length]
            names = index.outside.get(tuple(tokens[one].word.text for one in run))
            if len(run) != length or names is None:
                continue
            for one in run:
                old = tokens[one]
                tokens[one] = Token(old.word, frozenset(), False, False, False, (), "", names)
            break
        del at
