"""The search index of a generation, compiled from what is sealed. Pure."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from coopkg.questions.templates import Slot, parts
from coopkg.search import places
from coopkg.search.empty import FILLER, STOP
from coopkg.search.ideas import ACTING, COUNT, LED, UNCOUNTED, WHEN, WHERE, WHO, WHOM, turned
from coopkg.search.ideas import known as with_ideas
from coopkg.search.names import Name, Names, important, names_of
from coopkg.search.sealing import TIMES
from coopkg.search.stems import stems
from coopkg.search.words import Keys, keys, phrase
from coopkg.terms import LANGUAGES

FEW: Final = 8
"""Choices so few that one word tells them apart."""
_FEW_WORDS: Final = 4
"""Words that one cut short may stand for."""
_CUT_SHORT: Final = 4
"""Letters that a word cut short keeps."""
_ASKING: Final[Mapping[str, float]] = {WHO: 0.4, WHOM: 0.8, WHERE: 1.0, WHEN: 1.5, COUNT: 1.0}
_PLACES: Final = frozenset({"country", "place", "zone", "area", "host"})


@dataclass(frozen=True)
class Pattern:
    """One way to ask a question: its words with their weights, and its blanks in their order."""

    words: tuple[tuple[Keys, float], ...]
    keys: Keys
    weight: float
    core: tuple[tuple[Keys, float], ...]
    """The words but those of acting, of which there is one way or another to say."""
    core_weight: float
    slots: tuple[str, ...]
    is_bare: bool
    """It is nothing but its blanks: the names alone ask the question."""
    led: frozenset[str]
    """The blanks that stand right after « quel » or "which"."""
    counted: Keys
    """The keys of the thing that stands first, or that « combien » stands before."""


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
    is_yes_no: bool
    says: frozenset[str]
    """What kinds of thing its columns hold: `place`, `time`."""
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
            found.update({key for text in texts for word in _words(text) for key in keys(word)})
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
        patterns = tuple(self._pattern(text) for lang in LANGUAGES for text in _texts(one, lang))
        columns = {column["name"] for column in one["columns"]}
        kinds = {column["kind"] for column in one["columns"]}
        named = [one["category"], *(choice["any"] for choice in one["parameters"])]
        labelled = [part["label"] for part in (*one["columns"], *one["parameters"])]
        says = {"place"} if columns & _PLACES else set()
        vocabulary = frozenset(
            key for pattern in patterns for word, _ in pattern.words for key in word
        )
        labels = _keys_of(text for label in labelled for text in label.values())
        more = _keys_of(text for said in (*named, one["help"]) for text in said.values())
        return Askable(
            slug,
            one["title"],
            patterns,
            tuple(self._choice(choice) for choice in one["parameters"]),
            vocabulary,
            labels,
            one["view"] == "yes-no",
            frozenset(says | ({"time"} if (columns | kinds) & TIMES else set())),
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

    def _pattern(self, text: str) -> Pattern:
        slots = tuple(part.name for part in parts(text) if isinstance(part, Slot))
        written = [keys(word) for word in dict.fromkeys(_words(text))]
        weighed = tuple(
            (one, self.weight(one) * (0.25 if one & FILLER else 1.0)) for one in written
        )
        whole = sum(weight for _, weight in weighed)
        every = frozenset(key for one in written for key in one)
        core = tuple(one for one in weighed if ACTING.isdisjoint(one[0])) or weighed
        heavy = sum(weight for _, weight in core)
        return Pattern(
            weighed,
            every,
            whole,
            core,
            heavy,
            slots,
            _is_bare(text),
            frozenset(_led(text)),
            _counted(written),
        )

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
    def spelt(self) -> frozenset[str]:
        """Every word that is spelt as it should be: of names, of questions, of asking."""
        found = set(with_ideas())
        for name in self.names.names:
            found.update(name.words)
        for one in self._sealed.values():
            found.update(
                word for lang in LANGUAGES for text in _texts(one, lang) for word in _words(text)
            )
            labelled = [part["label"] for part in (*one["columns"], *one["parameters"])]
            found.update(
                word for label in labelled for text in label.values() for word in phrase(text)
            )
        found.update(word for words in self.outside for word in words)
        return frozenset(found)

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
        return sorted(word for word in self.spelt if len(word) > 3 and word.isalpha())


def _texts(one: Mapping[str, Any], lang: str) -> list[str]:
    return [one["title"][lang], *one["asked"][lang]]


def _is_bare(text: str) -> bool:
    return all(isinstance(part, Slot) or not part.strip() for part in parts(text))


def _led(text: str) -> Iterable[str]:
    before = ""
    for part in parts(text):
        if isinstance(part, Slot):
            if phrase(before)[-1:] and phrase(before)[-1] in LED:
                yield part.name
            before = ""
        else:
            before = part


def _counted(words: list[Keys]) -> Keys:
    """Return the keys of the thing that is counted, or stands first."""
    after = next((at + 1 for at, one in enumerate(words) if COUNT in one), 0)
    return next((one for one in words[after:] if UNCOUNTED.isdisjoint(one)), frozenset())


def _words(text: str) -> list[str]:
    """Return the words of a template but its blanks and the small ones."""
    plain = "".join(" " if isinstance(part, Slot) else part for part in parts(text))
    words = list(phrase(plain))
    worth = turned(words)
    return [worth.get(at, word) for at, word in enumerate(words) if at in worth or word not in STOP]


def _keys_of(texts: Iterable[str]) -> Keys:
    return frozenset(
        key for text in texts for word in phrase(text) if word not in STOP for key in keys(word)
    )
