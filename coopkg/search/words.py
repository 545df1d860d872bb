"""Words as people type them: folded, cut, stemmed. Pure.

A word is known by several keys at once: what it is written, its stem in French, its stem in English
and the idea it stands for (`coopkg.search.ideas`). Two words are the same when they share a key, so
that a question may be asked in one language on a page of the other.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from coopkg.search import ideas
from coopkg.search.stems import stems

LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "Œ": "oe", "Æ": "ae", "ß": "ss"})
_WORD: Final = re.compile(
    r"(?:[^\W\d_]\.){2,}[^\W\d_]?"  # A.F.D.
    r"|aujourd['’ʼ]hui"
    r"|[^\W_]+|[%=]"
)
_PERIOD: Final = re.compile(
    r"\b(?:entre |between |de |from |sur |over )?((?:19|20)\d\d)"
    r"(?: ?[-–—/] ?| (?:et|a|au|and|to|until|jusqu ?en|through) )((?:19|20)?\d\d)\b"
)
Keys = frozenset[str]


@lru_cache(maxsize=16_384)  # labels, sorted anew for each list that they stand in
def fold(text: str) -> str:
    """Return a text in small letters, without accents and ligatures.

    >>> fold("Œuvre d’ÉLUS")
    'oeuvre d’elus'
    """
    split = unicodedata.normalize("NFKD", text.translate(LIGATURES).casefold())
    return "".join(one for one in split if not unicodedata.combining(one))


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a text: as typed, folded, and where it stands."""

    typed: str
    text: str
    start: int
    end: int


def cut(text: str) -> list[Word]:
    """Cut a text into words; a period of years is one word, dots of acronyms go.

    >>> [one.text for one in cut("L’A.F.D., entre 2015 et 2018 ?")]
    ['l', 'afd', '2015-2018']
    """
    plain = unicodedata.normalize("NFC", text)
    periods = {}
    if any(one.isdigit() for one in plain):
        folded, places = _folded(plain)
        for found in _PERIOD.finditer(folded):
            begun_in, ended_in = found.groups()
            period = f"{begun_in}-{begun_in[: 4 - len(ended_in)]}{ended_in}"
            periods[places[found.start()]] = (places[found.end() - 1] + 1, period)
    words: list[Word] = []
    at = 0
    while found_word := _WORD.search(plain, at):
        start, at = found_word.span()
        begun = next((one for one in periods if one <= start < periods[one][0]), None)
        if begun is not None:
            at, period = periods.pop(begun)
            words.append(Word(plain[begun:at], period, begun, at))
            continue
        typed = found_word.group()
        words.append(Word(typed, fold(typed).replace(".", "").replace("’", "'"), start, at))
    return words


def _folded(text: str) -> tuple[str, list[int]]:
    """Return a folded text, and the place in the text of each of its characters."""
    letters: list[str] = []
    places: list[int] = []
    for place, one in enumerate(text):
        for letter in fold(one):
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


@lru_cache(maxsize=20_000)
def keys(word: str) -> Keys:
    """Return the keys of a folded word.

    >>> bool(keys("communes") & keys("commune")), bool(keys("pays") & keys("countries"))
    (True, True)
    """
    return stems(word) | ideas.of(word)


@lru_cache(maxsize=20_000)
def phrase(text: str) -> tuple[str, ...]:
    """Return the folded words of a text, as names are compared.

    >>> phrase("Centre de formation (Tunisie)")
    ('centre', 'de', 'formation', 'tunisie')
    """
    return tuple(one.text for one in cut(text))
