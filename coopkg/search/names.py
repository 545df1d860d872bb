"""Find in what is typed the names of things, exact or near. Pure."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from coopkg.search.called import called
from coopkg.search.empty import STOP
from coopkg.search.stems import stems
from coopkg.search.words import Keys, phrase

EXACT: Final = "exact"
ALIAS: Final = "alias"
STEM: Final = "stem"
SPELLING: Final = "spelling"
ADJECTIVE: Final = "adjective"
PART: Final = "part"
_QUALITY: Final = {EXACT: 1.0, ALIAS: 0.98, STEM: 0.96, ADJECTIVE: 0.95, SPELLING: 0.9}
_LEAST_PART: Final = 0.42
_LONGER: Final = 0.02
"""What each further word of a label typed whole adds."""
_SURE_SPELLING: Final = 12
"""Letters from which one misspelt word may stand for a longer name."""
_LONG: Final = 14
"""Words of a name: beyond, it is a sentence that nobody types whole."""
_ASIDE: Final = re.compile(r"\s*\([^)]*\)")


@dataclass(frozen=True, slots=True)
class Name:
    """One way to call a thing: its words but the small ones, and whether it is its label."""

    thing: str
    text: str
    words: tuple[str, ...]
    is_label: bool
    is_proper: bool = False
    """Its words are never another form of a word: « Tunis » is not « Tunisie »."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A word of what is typed, as names see it: its place, its keys, and how they were got."""

    at: int
    text: str
    keys: Keys
    corrected: bool = False
    adjective: bool = False
    small: bool = False
    filler: bool = False


@dataclass(frozen=True, slots=True)
class Span:
    """Some words that name a thing: which words, how sure, and by which of its names."""

    thing: str
    at: frozenset[int]
    quality: float
    how: str
    name: str


def names_of(iri: str, entry: Mapping[str, Any]) -> Iterable[Name]:
    """Return the names of a thing, from its labels, aliases and forms: each once."""
    labels = [str(entry[lang]) for lang in ("fr", "en") if entry.get(lang)]
    others = [*entry.get("alt", ()), *entry.get("the", {}).values(), *called(iri)]
    bare = [_ASIDE.sub("", one) for one in labels if "(" in one]
    seen: set[tuple[str, ...]] = set()
    for is_label, texts in ((True, labels), (False, (*others, *bare))):
        for text in texts:
            words = important(phrase(text))
            if words and words not in seen and len(words) <= _LONG:
                seen.add(words)
                yield Name(iri, text, words, is_label, entry.get("kind") == "place")


def important(words: Sequence[str]) -> tuple[str, ...]:
    """Leave the small words out, unless there is no other."""
    return tuple(one for one in words if one not in STOP) or tuple(words)


@dataclass
class Names:
    """Every name of a generation, ready to be found."""

    names: list[Name] = field(default_factory=list)
    by_key: dict[str, list[tuple[int, int]]] = field(default_factory=lambda: defaultdict(list))
    _weights: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, names: Iterable[Name]) -> Names:
        """Make the index of some names."""
        made = cls(list(names))
        things: dict[str, set[str]] = defaultdict(set)
        for number, name in enumerate(made.names):
            for place, word in enumerate(name.words):
                things[word].add(name.thing)
                for key in {word, word.rstrip("s")} if name.is_proper else stems(word):
                    made.by_key[key].append((number, place))
            if len(name.words) == 1 or name.is_label:
                made.by_key[f"@{name.thing}"] += [
                    (number, place) for place, _ in enumerate(name.words)
                ]
        every = len({name.thing for name in made.names})
        made._weights = {word: math.log(1 + every / len(of)) for word, of in things.items()}
        return made

    @cached_property
    def vocabulary(self) -> list[str]:
        """Every word of a name, sorted."""
        return sorted(self._weights)

    def spans(self, typed: Sequence[Typed]) -> list[Span]:
        """Return what the words may name, best first; a part of a name counts for less."""
        hits: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
        for word in typed:
            if word.small:
                continue
            for key in word.keys:
                for number, place in self.by_key.get(key, ()):
                    hits[number][word.at].add(place)
        by_place = {word.at: word for word in typed}
        found = [
            span
            for number, places in hits.items()
            for run in _runs(sorted(places), by_place)
            for span in self._span(self.names[number], _trimmed(run, places), places, by_place)
        ]
        best: dict[tuple[str, frozenset[int]], Span] = {}
        for span in found:
            known = best.get((span.thing, span.at))
            if known is None or known.quality < span.quality:
                best[span.thing, span.at] = span
        return sorted(best.values(), key=lambda one: (-len(one.at), -one.quality, one.thing))

    def _span(
        self,
        name: Name,
        run: Sequence[int],
        places: Mapping[int, set[int]],
        typed: Mapping[int, Typed],
    ) -> Iterable[Span]:
        covered = {place for at in run for place in places[at]}
        whole = sum(self._weights[one] for one in name.words)
        share = sum(self._weights[name.words[place]] for place in covered) / whole
        at = frozenset(run)
        words = [typed[one] for one in run]
        if len(covered) == len(name.words):
            how = _how(name, words)
            longer = _LONGER * (len(at) - 1) if how == EXACT else 0.0
            yield Span(name.thing, at, _QUALITY[how] + longer, how, name.text)
        elif (
            share >= _LEAST_PART
            and all(_plainly(one, name) for one in words)
            and not (len(words) == 1 and words[0].corrected and len(words[0].text) < _SURE_SPELLING)
        ):
            spelt = 0.9 if any(one.corrected for one in words) else 1.0
            yield Span(name.thing, at, (0.45 + 0.4 * share) * spelt, PART, name.text)


def _plainly(word: Typed, name: Name) -> bool:
    """Tell whether a word stands in a name but for its number and gender: no « director » here."""
    return word.corrected or word.adjective or _light(word.text) in map(_light, name.words)


def _light(word: str) -> str:
    return word.rstrip("sx").rstrip("e")


def _how(name: Name, words: Sequence[Typed]) -> str:
    if any(one.corrected for one in words):
        return SPELLING
    if {one.text for one in words} == set(name.words):
        return EXACT if name.is_label else ALIAS
    return ADJECTIVE if any(one.adjective for one in words) else STEM


def _runs(places: Sequence[int], typed: Mapping[int, Typed]) -> Iterable[list[int]]:
    """Cut the words that a name holds where another word stands between them."""
    run: list[int] = []
    for at in places:
        between = range(run[-1] + 1, at) if run else ()
        if any(not (typed[one].small or typed[one].filler) for one in between if one in typed):
            yield run
            run = []
        run.append(at)
    if run:
        yield run


def _trimmed(run: list[int], places: Mapping[int, set[int]]) -> list[int]:
    """Leave out the words at both ends that the others say again: « France… français »."""
    for end in (0, -1):
        while len(run) > 1:
            others = [one for one in run if one != run[end]]
            if not places[run[end]] <= {place for one in others for place in places[one]}:
                break
            run = others
    return run
