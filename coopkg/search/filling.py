"""What may fill the blanks of a question: the names typed, or most of them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from coopkg.search.index import Askable, Choice
from coopkg.search.names import EXACT, PART, Span
from coopkg.search.reading import Text
from coopkg.search.scoring import OWNED

_MARK: Final = 0.7
"""How sure is a choice known by a word that only it has."""
_TELLING: Final = 2.2
"""What a word must weigh to stand for a longer name: « action » does not."""
_TELLING_ALIAS: Final = 1.6
"""What a word must weigh to be a name that is no label: « partenaires » does not."""
_OF: Final = frozenset({"du", "of", "from"})
_ORGANISATION: Final = "/id/organisation/"
_ONE: Final = frozenset({"un", "une", "an"})
_BEING: Final = frozenset({"is", "are", "was", "were", "be", "as"})
_MOST_SPANS: Final = 6
_RIVAL, _PART_RIVAL = 0.01, 0.15
"""How much less sure another thing may be, and still be meant by the same words."""
_LONG, _MOST_PART = 3, 0.65
"""Words, and how sure, from which most of a name hides a shorter one inside it."""


def options(question: Askable, choice: Choice, text: Text, weights: Sequence[float]) -> list[Span]:
    """Return what may fill a blank: the best for the same words, and the longest words first."""
    if choice.kind == "integer":
        return [
            Span(one.word.text, frozenset({at}), 1.0, "exact", one.word.text)
            for at, one in enumerate(text.tokens)
            if one.word.text in choice.values
        ]
    kept: dict[frozenset[int], Span] = {}
    for span in text.spans:
        if span.thing in choice.values and not (_is_proper(span.thing) and _is_one_of(text, span)):
            known = kept.get(span.at)
            if known is None or known.quality < span.quality:
                kept[span.at] = span
    for at, token in enumerate(text.tokens):
        marked = (
            None if token.small else next(filter(None, map(choice.marks.get, token.keys)), None)
        )
        owned = bool(marked) and token.filler and _is_of(question, text, at)
        if marked and (owned or not any(at in places for places in kept)):
            quality = OWNED if owned else _MARK
            kept[frozenset({at})] = Span(marked, frozenset({at}), quality, PART, token.word.text)
    clear = _clear(list(kept.values()))
    sure = [one for one in clear if one.how != PART and _is_telling(one, weights)]
    named = {at for one in sure for at in one.at}
    parts = [
        one
        for one in clear
        if one.how == PART
        and not one.at & named
        and not any(one.at < whole for whole in text.named)
        and (
            len(one.at) > 1 or max(weights[at] for at in one.at) >= _TELLING or one.quality == OWNED
        )
        and any(text.tokens[at].keys.isdisjoint(question.vocabulary) for at in one.at)
    ]
    return [*sure, *parts][:_MOST_SPANS]


def _is_proper(thing: str) -> bool:
    """Tell whether a thing is one of its kind: an actor, or a name."""
    return _ORGANISATION in thing or "/" not in thing


def _is_one_of(text: Text, span: Span) -> bool:
    """Tell whether words name a kind of thing, not a thing: « une association d’élus »."""
    first = min(span.at)
    before = [one.word for one in text.tokens[max(0, first - 2) : first]]
    if before and before[-1].typed.casefold() == "a":
        return len(before) > 1 and before[0].text in _BEING
    return bool(before) and before[-1].text in _ONE


def _clear(spans: Sequence[Span]) -> list[Span]:
    """Leave out what is named by some words only of most of the name of another thing."""
    most = [one for one in spans if len(one.at) >= _LONG and one.quality >= _MOST_PART]
    return [
        one
        for one in spans
        if not any(one.at < longer.at and one.thing != longer.thing for longer in most)
    ]


def _is_of(question: Askable, text: Text, at: int) -> bool:
    """Tell whether a word says whose or whence another is: « experts du CNFPT »."""
    before = [one.word.text for one in text.tokens[max(0, at - 2) : at]]
    if before and (before[-1] in _OF or (before[-1] == "the" and before[0] in _OF)):
        return True
    beside = [*text.tokens[max(0, at - 1) : at], *text.tokens[at + 1 : at + 2]]
    return any(one.needed and not one.keys.isdisjoint(question.vocabulary) for one in beside)


def _is_telling(span: Span, weights: Sequence[float]) -> bool:
    """Tell whether words are a name: « leurs partenaires » is one nowhere but in its place."""
    return span.how == EXACT or max(weights[at] for at in span.at) >= _TELLING_ALIAS


def rivals_of(choice: Choice, text: Text, span: Span) -> tuple[Span, ...]:
    """Return the other things that the same words name as well."""
    return tuple(
        one
        for one in text.spans
        if one.at == span.at
        and one.thing in choice.values
        and one.thing != span.thing
        and one.quality > span.quality - (_PART_RIVAL if span.how == PART else _RIVAL)
    )
