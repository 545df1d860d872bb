"""How well some words name a thing: which of its names, word by word, with the evidence. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from coopkg.linking.facts import ACRONYM, EXPANSION
from coopkg.linking.index import Index
from coopkg.linking.names import Name, initials, is_acronym, is_arabic, skeleton, words
from coopkg.search.stems import stems
from coopkg.search.words import phrase

EXACT: Final = "exact"
STEM: Final = "stem"
SPELLING: Final = "spelling"
PART: Final = "part"
INITIALS: Final = "initials"
SOUND: Final = "sound"
_SAME, _STEM = 1.0, 0.95
_LETTERS: Final = {1: 0.85, 2: 0.75}
_SIGN: Final = 0.4
"""What a sign one letter off is worth: « CFAO » is another body than « CFAD »."""
_INITIALS, _SOUND = 0.7, 0.6
_CROSSED: Final = 0.6
_SURE_SPELLING: Final = 0.93
_LONG_ENOUGH: Final = 6
MOST_WORDS: Final = 24
_PARTS: Final = re.compile(r"[()]|\s[-–—/]\s|,")


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why some words may name a thing: by which name, how, and how well from 0 to 1.

    `whole` when every word of the one is in the other; `letters` is how many are wrong; `country`
    is the code of the country that words beside the name are of.
    """

    name: Name
    how: str
    worth: float
    whole: bool
    letters: int = 0
    country: str = ""

    @property
    def is_sure(self) -> bool:
        """Tell whether the words name this thing if they name any."""
        if not (self.whole and self.name.sure and self.how in {EXACT, STEM, SPELLING}):
            return False
        return not self.letters or (self.worth >= _SURE_SPELLING and not self.name.is_short)


@dataclass(frozen=True, slots=True)
class _Hit:
    """A word that is in a name: where, what it is worth, and how many letters are wrong."""

    place: int
    worth: float
    letters: int


def evidence(index: Index, text: str) -> dict[str, Evidence]:
    """Return for each thing the best evidence that a text names it."""
    best = _evidence(index, text)
    parts = [one for one in map(str.strip, _PARTS.split(text)) if one]
    if len(parts) == 2:
        first, second = (_evidence(index, one) for one in parts)
        for thing in first.keys() & second.keys():
            both = first[thing], second[thing]
            if all(one.whole for one in both):  # a name, and its acronym or its other name
                best[thing] = max(both, key=_rank)
    return best


def _evidence(index: Index, text: str) -> dict[str, Evidence]:
    asked = words(text)[:MOST_WORDS]
    best: dict[str, Evidence] = {}
    every = (_by_words(index, asked), _by_letters(index, text), _by_sign(index, text))
    for found in (one for some in (*every, _by_sound(index, text)) for one in some):
        known = best.get(found.name.thing)
        if known is None or _rank(found) > _rank(known):
            best[found.name.thing] = found
    return best


def _rank(one: Evidence) -> tuple[float, bool, bool]:
    return one.worth, one.name.sure, one.name.role not in {ACRONYM, EXPANSION}


def _by_words(index: Index, asked: Sequence[str]) -> Iterator[Evidence]:
    hits: defaultdict[int, dict[int, list[_Hit]]] = defaultdict(dict)
    for at, word in enumerate(asked):
        for number, hit in _hits(index, word):
            hits[number].setdefault(at, []).append(hit)
    for number, met in hits.items():
        yield _compared(index, index.names[number], asked, met)


def _hits(index: Index, word: str) -> Iterator[tuple[int, _Hit]]:
    seen: set[tuple[int, int]] = set()
    for key in stems(word):
        for number, place in index.by_key.get(key, ()):
            if (number, place) not in seen:
                seen.add((number, place))
                same = index.names[number].words[place] == word
                yield number, _Hit(place, _SAME if same else _STEM, 0)
    for meant, letters in () if word.isdigit() else index.near(word):
        for number, place in index.by_key.get(meant, ()):
            name = index.names[number]
            if name.words[place] == meant and (number, place) not in seen:
                seen.add((number, place))
                worth = _SIGN if name.is_short else _LETTERS[letters]
                yield number, _Hit(place, worth, letters)


def _compared(
    index: Index, name: Name, asked: Sequence[str], met: dict[int, list[_Hit]]
) -> Evidence:
    """Hold the words asked against those of a name; each word of it counts once."""
    taken: dict[int, _Hit] = {}
    placed: set[int] = set()
    pairs = sorted(
        ((hit.worth, -at, hit) for at, some in met.items() for hit in some),
        key=lambda one: (-one[0], -one[1], one[2].place),
    )
    for _, minus, hit in pairs:
        if -minus not in placed and hit.place not in taken:
            taken[hit.place] = hit
            placed.add(-minus)
    rest = [at for at in range(len(asked)) if at not in placed]
    located = index.things[name.thing].countries
    country, beside = _country(index, asked, rest) if located else ("", set())
    over = [asked[at] for at in rest if at not in beside]
    weights = [index.weight(word) for word in name.words]
    got = sum(weights[place] * hit.worth for place, hit in taken.items())
    whole = sum(weights) + sum(index.weight(word) for word in over)
    letters = sum(hit.letters for hit in taken.values())
    complete = len(taken) == len(name.words) and not over
    share = _worth(got / whole, complete, taken, name)
    if _is_crossed(index, name, asked, country):
        complete, share = False, share * _CROSSED
    how = _how(taken.values(), letters) if complete else PART
    return Evidence(
        name,
        how,
        share,
        complete,
        letters,
        country,
    )


def _is_crossed(index: Index, name: Name, asked: Sequence[str], beside: str) -> bool:
    """Tell whether countries stand the other way round: each has its embassy in the other.

    The country `beside` a name that holds another one comes after it.
    """
    ours, theirs = (
        list(dict.fromkeys(filter(None, map(index.country_of, some))))
        for some in (name.words, asked)
    )
    if ours and beside and beside not in ours:
        ours = [*ours, beside]
    return len(ours) > 1 and set(ours) == set(theirs) and ours != theirs


def _worth(share: float, complete: bool, taken: dict[int, _Hit], name: Name) -> float:
    """Return what a share is worth; a few letters wrong in long words hardly count."""
    wrong = [place for place, hit in taken.items() if hit.letters]
    light = all(
        taken[place].letters == 1 and len(name.words[place]) >= _LONG_ENOUGH for place in wrong
    )
    if complete and wrong and light and len(wrong) == 1 and len(name.words) > 1:
        return max(share, _SURE_SPELLING)
    return share


def _how(taken: object, letters: int) -> str:
    if letters:
        return SPELLING
    hits = list(taken)  # type: ignore[call-overload]
    return EXACT if all(hit.worth == _SAME for hit in hits) else STEM


def _country(index: Index, asked: Sequence[str], rest: Sequence[int]) -> tuple[str, set[int]]:
    """Return the country that the words beside a name are of, and which words say it."""
    for size in (4, 3, 2):
        for at in rest:
            run = range(at, at + size)
            if set(run) <= set(rest):
                code = index.countries.get(tuple(asked[one] for one in run))
                if code:
                    return code, set(run)
    for at in rest:
        if code := index.country_of(asked[at]):
            return code, {at}
    return "", set()


def _by_letters(index: Index, text: str) -> Iterator[Evidence]:
    """Yield the names that have the same letters, cut into other words: « Viêt Nam »."""
    written = phrase(text)
    joined = "".join(written)
    if len(joined) >= _LONG_ENOUGH:
        for number in index.by_letters.get(joined, ()):
            if phrase(index.names[number].text) != written:
                yield Evidence(index.names[number], SPELLING, _SURE_SPELLING, True)


def _by_sign(index: Index, text: str) -> Iterator[Evidence]:
    """Yield the names that an acronym may stand for, and the acronyms that a name may have."""
    letters = "".join(phrase(text))
    if is_acronym(text):
        for number in index.acronyms.get(letters, ()):
            yield Evidence(index.names[number], EXACT, _SAME, True)
        for number in index.by_initials.get(letters, ()):
            yield Evidence(index.names[number], INITIALS, _INITIALS, False)
    for sign in initials(text):
        for number in index.acronyms.get(sign, ()):
            yield Evidence(index.names[number], INITIALS, _INITIALS, False)


def _by_sound(index: Index, text: str) -> Iterator[Evidence]:
    """Yield the names that sound so, when only one of the two is written in Arabic."""
    heard = skeleton(text)
    if heard:
        for number in index.by_skeleton.get(heard, ()):
            if is_arabic(text) != is_arabic(index.names[number].text):
                yield Evidence(index.names[number], SOUND, _SOUND, False)
