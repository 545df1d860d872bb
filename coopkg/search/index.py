"""The search index of a generation, compiled from what is sealed. Pure."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from coopkg.search import asking, places
from coopkg.search.empty import STOP
from coopkg.search.ideas import COUNT, WHEN, WHERE, WHO, WHOM
from coopkg.search.ideas import known as with_ideas
from coopkg.search.names import Name, Names, important, names_of
from coopkg.search.plain import PLAIN
from coopkg.search.stems import stems
from coopkg.search.wordings import (
    Pattern,
    countable,
    every_key,
    heads,
    keys_of,
    pattern,
    said_words,
)
from coopkg.search.words import Keys, keys, phrase
from coopkg.terms import LANGUAGES

FEW: Final = 8
"""Choices so few that one word tells them apart."""
_FEW_WORDS: Final = 4
"""Words that one cut short may stand for."""
_CUT_SHORT: Final = 4
"""Letters that a word cut short keeps."""
_ASKING: Final[Mapping[str, float]] = {WHO: 0.4, WHOM: 0.8, WHERE: 1.0, WHEN: 1.5, COUNT: 1.0}


@dataclass(frozen=True)
class Choice:
    """A blank of a question: the things it takes, each with its short value."""

    name: str
    kind: str
    required: bool
    label: Mapping[str, str]
    values: Mapping[str, str]
    marks: Mapping[str, str]
    """When there are few things: the stems that only one of them has, each with its thing."""


@dataclass(frozen=True)
class Askable:
    """A question as a search sees it."""

    slug: str
    title: Mapping[str, str]
    patterns: tuple[Pattern, ...]
    choices: tuple[Choice, ...]
    vocabulary: Keys
    labels: Keys
    """Keys of the words of its columns and choices: they may be asked for."""
    heart: Keys
    """Keys of its titles and labels: they may be said with any of its wordings."""
    heads: Keys
    """Keys of what its wordings and columns name as their answer."""
    asks: Keys
    """What its titles ask for: who, where…"""
    led: frozenset[str]
    """The blanks that may be what is asked for."""
    countable: Keys
    """Keys of what it counts: numbers, and the things that its titles ask for several of."""
    is_yes_no: bool
    held: Mapping[str, frozenset[str]]
    """The columns that hold each kind of thing: `actor`, `place`, `date`."""
    figures: frozenset[str]
    """The figures of its answer."""
    about: Keys
    """Keys of all its texts, help too: for looking through the catalogue only."""


class Index:
    """The search index of one generation, compiled from its sealed form."""

    def __init__(self, sealed: Mapping[str, Any]) -> None:
        self.things: Mapping[str, Mapping[str, Any]] = sealed["things"]
        self._sealed: Mapping[str, Any] = sealed["questions"]
        self._domains: list[Mapping[str, str]] = [
            {thing: short for short, thing in one.items()} for one in sealed["domains"]
        ]
        self._frequency = self._count()

    def _count(self) -> Counter[str]:
        """Count in how many questions each key stands."""
        found: Counter[str] = Counter()
        for one in self._sealed.values():
            texts = [text for lang in LANGUAGES for text in _texts(one, lang)]
            found.update({key for text in texts for word in said_words(text) for key in keys(word)})
        return found

    def weight(self, of: Keys) -> float:
        """Return how much a word tells one question from the others, by its rarity."""
        for key, weight in _ASKING.items():
            if key in of:
                return weight
        seen = max((self._frequency[key] for key in of), default=0)
        return math.log(1 + len(self._sealed) / seen) if seen else math.log(1 + len(self._sealed))

    @cached_property
    def questions(self) -> tuple[Askable, ...]:
        """Every question, ready to be compared."""
        return tuple(self._askable(slug, one) for slug, one in sorted(self._sealed.items()))

    def _askable(self, slug: str, one: Mapping[str, Any]) -> Askable:
        texts = [text for lang in LANGUAGES for text in _texts(one, lang)]
        patterns = tuple(pattern(text, self.weight) for text in texts)
        chosen = {choice["name"] for choice in one["parameters"]}
        named = [one["category"], *(choice["any"] for choice in one["parameters"])]
        labelled = [part["label"] for part in (*one["columns"], *one["parameters"])]
        answers = [part["label"] for part in one["columns"] if part["name"] not in chosen]
        vocabulary = every_key(each.keys for each in patterns)
        labels = keys_of(text for label in labelled for text in label.values())
        more = keys_of(text for said in (*named, one["help"]) for text in said.values())
        titled = [pattern(one["title"][lang], self.weight) for lang in LANGUAGES]
        named_as = every_key(heads(text) for text in texts)
        return Askable(
            slug,
            one["title"],
            patterns,
            tuple(self._choice(choice) for choice in one["parameters"]),
            vocabulary,
            labels,
            every_key(each.keys for each in titled) | labels,
            named_as | keys_of(text for label in answers for text in label.values()),
            every_key(each.asks for each in titled),
            every_key(each.led for each in patterns),
            countable(one, texts),
            one["view"] == "yes-no",
            asking.held(one["columns"], chosen),
            frozenset(one.get("figures", ())),
            vocabulary | labels | more,
        )

    def _choice(self, one: Mapping[str, Any]) -> Choice:
        values = self._domains[one["domain"]]
        marks = self._marks(values) if 1 < len(values) <= FEW and one["kind"] == "iri" else {}
        return Choice(one["name"], one["kind"], one["required"], one["label"], values, marks)

    def _marks(self, values: Iterable[str]) -> dict[str, str]:
        having: dict[str, set[str]] = defaultdict(set)
        for thing in values:
            for name in names_of(thing, self.things.get(thing, {})):
                for stem in (stem for word in name.words for stem in stems(word)):
                    having[stem].add(thing)
        return {stem: next(iter(things)) for stem, things in having.items() if len(things) == 1}

    @cached_property
    def names(self) -> Names:
        """The names of everything, texts that may be chosen included."""
        texts = {thing for one in self._domains for thing in one} - self.things.keys()
        named = [name for iri, entry in self.things.items() for name in names_of(iri, entry)]
        countries = places.countries()
        for place, code in self._codes:
            named += [Name(place, name, phrase(name), False, True) for name in countries[code]]
        plain = [
            Name(text, text, important(phrase(text)), True)
            for text in sorted(texts)
            if phrase(text)
        ]
        return Names.of([*named, *plain])

    @cached_property
    def _placed(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for iri, entry in self.things.items():
            if entry.get("kind") == "place":
                found[iri] = [str(entry[lang]) for lang in LANGUAGES if entry.get(lang)]
        return found

    @cached_property
    def _codes(self) -> list[tuple[str, str]]:
        """Our places that are countries, each with its ISO code."""
        ours = {
            places.joined(name): place for place, names in self._placed.items() for name in names
        }
        found = {
            (ours[called], code)
            for code, names in places.countries().items()
            for called in map(places.joined, names)
            if called in ours
        }
        return sorted(found)

    @cached_property
    def elsewhere(self) -> dict[str, tuple[str, str]]:
        """The countries that the sources do not name: their code, French and English names."""
        here = {"".join(phrase(name)) for names in self._placed.values() for name in names}
        return {
            code: names
            for code, names in places.countries().items()
            if not here & {"".join(phrase(name)) for name in names}
        }

    @cached_property
    def adjectives(self) -> places.Adjectives:
        """The adjectives of places: of ours by their IRI, of the others by their code."""
        ours = {place: list(names) for place, names in self._placed.items()}
        tongues = places.languages()
        for place, code in self._codes:
            ours[place] += [
                f"={name}" for name in (*tongues.get(code, ()), *places.IRREGULAR.get(code, ()))
            ]
        theirs = {
            code: [name for name in names if len(phrase(name)) == 1]
            for code, names in self.elsewhere.items()
        }
        return places.Adjectives({**ours, **theirs})

    @cached_property
    def outside(self) -> dict[tuple[str, ...], tuple[str, str]]:
        """The names of the countries elsewhere, cut into words."""
        found: dict[tuple[str, ...], tuple[str, str]] = {}
        for names in self.elsewhere.values():
            for name in names:
                found.setdefault(tuple(w for w in phrase(name) if w not in STOP), names)
        return {words: names for words, names in found.items() if words}

    @cached_property
    def _spoken_of(self) -> frozenset[str]:
        """The words of names, of questions, of asking."""
        found = set(with_ideas())
        for name in self.names.names:
            found.update(name.words)
        for one in self._sealed.values():
            found.update(
                word
                for lang in LANGUAGES
                for text in _texts(one, lang)
                for word in said_words(text)
            )
            labelled = [part["label"] for part in (*one["columns"], *one["parameters"])]
            found.update(
                word for label in labelled for text in label.values() for word in phrase(text)
            )
        found.update(word for words in self.outside for word in words)
        return frozenset(found)

    @cached_property
    def spelt(self) -> frozenset[str]:
        """Every word that is spelt as it should be."""
        return self._spoken_of | PLAIN

    @cached_property
    def _stems(self) -> Keys:
        return frozenset(one for word in self.spelt for one in stems(word))

    def is_stem(self, stem: str) -> bool:
        """Tell whether a known word has this stem."""
        return stem in self._stems

    def shortened(self, word: str) -> tuple[str, ...]:
        """Return the words that one cut short stands for: « labo », « labos ».

        >>> Index({"things": {}, "domains": [], "questions": {}}).shortened("labo")
        ()
        """
        begun = word.rstrip("s")
        if len(begun) < _CUT_SHORT or begun[-1] != "o":
            return ()
        found = [one for one in self.correctable if one.startswith(begun) and one != begun]
        return tuple(found) if len(found) <= _FEW_WORDS else ()

    @cached_property
    def correctable(self) -> list[str]:
        """The words that a misspelt one may have been."""
        return sorted(word for word in self._spoken_of if len(word) > 3 and word.isalpha())


def _texts(one: Mapping[str, Any], lang: str) -> list[str]:
    return [one["title"][lang], *one["asked"][lang]]
