"""What a word is without its ending, in French and in English. Pure.

People drop accents, and the French stemmer reads endings by them: so plurals and feminines are
taken off first. A noun in « -ation » keeps its ending: « décentralisation » is not
« décentralisée », nor « formation » « forme ».
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import snowballstemmer  # type: ignore[import-untyped]

_SHORTEST: Final = 4
_STEMMERS: Final = (snowballstemmer.stemmer("french"), snowballstemmer.stemmer("english"))
_WHOLE: Final = ("ation", "ition", "ution")
_ENGLISH: Final = frozenset(
    [
        "trainee",
        "employee",
        "trainer",
        "committee",
        "refugee",
        "statement",
        "department",
        "attendee",
    ]
)
"""English words whose ending is none in French: no feminine, no adverb."""
_INVARIABLE: Final = frozenset(["pays", "fonds", "cours", "temps", "tiers", "attend", "attends"])
"""Words that are the stem of no other: « pays » is no form of "pay"."""


@lru_cache(maxsize=20_000)
def stems(word: str) -> frozenset[str]:
    """Return the word and its stems.

    >>> bool(stems("elues") & stems("elu")), bool(stems("formation") & stems("formes"))
    (True, False)
    >>> bool(stems("authorities") & stems("authority"))
    True
    """
    if len(word) < _SHORTEST or not word.isalpha() or word in _INVARIABLE:
        return frozenset({word})
    single = word[:-1] if word[-1] in "sx" and word[-2:] != "ss" else word
    if single.endswith(_WHOLE) or single in _ENGLISH:
        return frozenset({word, single})
    found = {word, single, *(one.stemWord(single) for one in _STEMMERS)}
    if word != single:
        found.add(_STEMMERS[1].stemWord(word))
    bare = single.rstrip("e")
    if len(bare) > _SHORTEST - 1:
        found.add(bare)
    return frozenset(found)


@lru_cache(maxsize=20_000)
def singular(word: str) -> frozenset[str]:
    """Return a word without its number and gender, in French or in English.

    >>> sorted(singular("activities")), sorted(singular("locales"))
    (['activit', 'activity'], ['local', 'locale'])
    """
    if word.endswith("ies"):
        return frozenset({word[:-3] + "y", word[:-3]})
    single = word[:-1] if word[-1:] in {"s", "x"} and word[-2:] != "ss" else word
    return frozenset({single, single.removesuffix("e")})
