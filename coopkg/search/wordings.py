"""The wordings of a question, compiled: what each says, and what it asks for. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from coopkg.questions.templates import Slot, parts
from coopkg.search import asking
from coopkg.search.empty import FILLER, STOP
from coopkg.search.ideas import (
    ACTING,
    COUNT,
    ORIGIN,
    UNCOUNTED,
    WHEN,
    WHERE,
    WHO,
    is_whether,
    turned,
)
from coopkg.search.words import Keys, keys, phrase
from coopkg.terms import LANGUAGES

_PARTNERS: Final = frozenset({"~partenaire", "~partenariat"})


Words = tuple[tuple[Keys, float], ...]
_ONLY_ASK: Final = frozenset({WHO, WHERE, WHEN, COUNT})
"""What asks, and says nothing of what about."""


@dataclass(frozen=True)
class Pattern:
    """One way to ask a question: its words with their weights, and its blanks in their order."""

    words: Words
    keys: Keys
    weight: float
    core: Words
    """The words but those of acting, of which there is one way or another to say."""
    core_weight: float
    slots: tuple[str, ...]
    is_bare: bool
    """It is nothing but its blanks: the names alone ask the question."""
    led: frozenset[str]
    """The blanks that stand where what is asked for does, after « quel » or "how many"."""
    is_hollow: bool
    """It says nothing without its blanks: « où, dans le document, est {indicator} »."""
    counted: Keys
    """The keys of the thing that stands first, or that « combien » stands before."""
    asks: Keys
    """What kinds of answer its words ask for: who, where…"""
    whether: bool
    """It asks for a yes or a no."""


def pattern(text: str, weight: Callable[[Keys], float]) -> Pattern:
    """Compile one wording; `weight` tells how much a word tells questions apart."""
    slots = tuple(part.name for part in parts(text) if isinstance(part, Slot))
    spoken = _spoken(text)
    written = [_with_kin(keys(word)) for word in dict.fromkeys(said_words(text))]
    weighed = tuple((one, weight(one) * (0.25 if one & FILLER else 1.0)) for one in written)
    every = every_key(written)
    core = _core(weighed, _ONLY_ASK | {ORIGIN} if slots else _ONLY_ASK)
    return Pattern(
        words=weighed,
        keys=every,
        weight=sum(weight for _, weight in weighed),
        core=core,
        core_weight=sum(weight for _, weight in core),
        slots=slots,
        is_bare=_is_bare(text),
        is_hollow=bool(slots) and not any(one.isdisjoint(FILLER) for one, _ in core),
        led=frozenset(_led(spoken)),
        counted=_counted(written),
        asks=every & asking.KINDS | asking.named(spoken),
        whether=is_whether(spoken),
    )


def countable(one: Mapping[str, Any], texts: Iterable[str]) -> Keys:
    """Return the keys of what a question counts."""
    numbers = [part for part in one["columns"] if part["kind"] in {"integer", "decimal"}]
    found = set(keys_of(text for part in numbers for text in part["label"].values()))
    titles = {one["title"][lang] for lang in LANGUAGES}
    for text in texts:
        words = _spoken(text)
        counts = any(COUNT in keys(word) for word in words)
        for at in asking.heads(words):
            if counts or (text in titles and words[at][-1:] in {"s", "x"}):
                found |= keys(words[at])
    return frozenset(found)


def heads(text: str) -> Keys:
    """Return the keys of the words of a wording that name what is asked for, or begin it."""
    words = _spoken(text)
    first = words[:1] if words[:1] and words[0] not in STOP | FILLER else []
    named = [words[at] for at in asking.heads(words)] or first
    return every_key(keys(one) for one in named if not one.startswith(asking.BLANK))


def keys_of(texts: Iterable[str]) -> Keys:
    """Return the keys of the words of some texts, but the small ones."""
    return frozenset(
        key for text in texts for word in phrase(text) if word not in STOP for key in keys(word)
    )


def every_key(found: Iterable[Keys]) -> Keys:
    """Return all the keys of some words."""
    return frozenset().union(*found)


def said_words(text: str) -> list[str]:
    """Return the words of a wording but its blanks and the small ones."""
    plain = "".join(" " if isinstance(part, Slot) else part for part in parts(text))
    words = list(phrase(plain))
    worth = turned(words)
    return [worth.get(at, word) for at, word in enumerate(words) if at in worth or word not in STOP]


def _is_bare(text: str) -> bool:
    return all(isinstance(part, Slot) or not part.strip() for part in parts(text))


def _led(words: Sequence[str]) -> Iterable[str]:
    """Yield the blank that is what is asked for: « combien de {kind} », "which {kind}"."""
    for at in asking.heads(words):
        if words[at].startswith(asking.BLANK):
            yield words[at].strip("{}")


def _counted(words: list[Keys]) -> Keys:
    """Return the keys of the thing that is counted, or stands first."""
    after = next((at + 1 for at, one in enumerate(words) if COUNT in one), 0)
    return next((one for one in words[after:] if UNCOUNTED.isdisjoint(one)), frozenset())


def _with_kin(of: Keys) -> Keys:
    """Return the keys of a word, with those of its kin: a partnership is one of partners."""
    return of if of.isdisjoint(_PARTNERS) else of | _PARTNERS


def _core(words: Words, asking_only: Keys) -> Words:
    """Leave out the words of acting, and those that only ask, when others are left."""
    left = tuple(one for one in words if ACTING.isdisjoint(one[0]))
    said = tuple(one for one in left if asking_only.isdisjoint(one[0]))
    if any(one[0].isdisjoint(FILLER) for one in said):
        return said
    if any(keys & asking_only & {WHERE, ORIGIN} for keys, _ in words):
        return tuple(one for one in words if asking_only.isdisjoint(one[0])) or words
    return left or words


def _spoken(text: str) -> list[str]:
    """Return every word of a template; a blank is its name in braces."""
    return [
        word
        for part in parts(text)
        for word in ((f"{{{part.name}}}",) if isinstance(part, Slot) else phrase(part))
    ]
