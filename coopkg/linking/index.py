"""What a generation can be linked to: every thing with its names, ready to be found. Pure."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from coopkg.linking.identifiers import countries
from coopkg.linking.names import Name, initials, names_of, skeleton
from coopkg.search import places
from coopkg.search.stems import stems
from coopkg.search.words import fold, phrase
from coopkg.terms import BASE, PREFIXES

_ONE_FROM, _TWO_FROM = 4, 8
"""Letters of a word from which one, then two of them may be wrong."""
_NEAR: Final = 8


@dataclass(frozen=True, slots=True)
class Thing:
    """Something with an IRI: its labels, kind, classes, countries (ISO codes) and identifiers."""

    iri: str
    kind: str
    label: Mapping[str, str]
    classes: tuple[str, ...]
    countries: frozenset[str]
    identifiers: tuple[tuple[str, str], ...]

    def called(self, lang: str) -> str:
        """Return its label in a language, or in the other one."""
        return self.label.get(lang) or next(iter(self.label.values()))


@dataclass
class Index:
    """The things of one generation, from what it seals (`facts.document`)."""

    sealed: Mapping[str, Any] = field(repr=False)

    @cached_property
    def things(self) -> dict[str, Thing]:
        """Every thing, by its IRI."""
        return {
            iri: Thing(
                iri,
                one["kind"],
                {lang: one[lang] for lang in ("fr", "en") if lang in one},
                tuple(sorted(one["classes"], key=lambda name: (self.sizes[name], name))),
                frozenset(one.get("countries", ())),
                tuple((register, value) for register, value in one.get("identifiers", ())),
            )
            for iri, one in self.sealed["things"].items()
        }

    @cached_property
    def sizes(self) -> Mapping[str, int]:
        """How many things each class has."""
        found: defaultdict[str, int] = defaultdict(int)
        for one in self.sealed["things"].values():
            for name in one["classes"]:
                found[name] += 1
        return found

    @property
    def classes(self) -> Mapping[str, Mapping[str, Any]]:
        """The classes that things have, with their labels."""
        found: Mapping[str, Mapping[str, Any]] = self.sealed["classes"]
        return found

    @cached_property
    def names(self) -> list[Name]:
        """Every name of every thing."""
        return [
            name
            for iri, one in self.sealed["things"].items()
            for name in names_of(iri, one["names"])
        ]

    @cached_property
    def by_key(self) -> Mapping[str, list[tuple[int, int]]]:
        """For each word and stem: the names that hold it, and where."""
        found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, name in enumerate(self.names):
            for place, word in enumerate(name.words):
                for key in stems(word):
                    found[key].append((number, place))
        return dict(found)

    @cached_property
    def holding(self) -> Mapping[str, frozenset[int]]:
        """For each word, small ones too: the names that hold it."""
        return _grouped(
            (word, at) for at, one in enumerate(self.names) for word in phrase(one.text)
        )

    @cached_property
    def vocabulary(self) -> list[str]:
        """Every word of a name, sorted."""
        return sorted(self.holding)

    @cached_property
    def by_initials(self) -> Mapping[str, frozenset[int]]:
        """For each possible acronym: the names it may stand for."""
        return _grouped(
            (key, at) for at, one in enumerate(self.names) for key in initials(one.text)
        )

    @cached_property
    def by_skeleton(self) -> Mapping[str, frozenset[int]]:
        """For each skeleton of consonants: the names that sound so."""
        pairs = ((skeleton(one.text), at) for at, one in enumerate(self.names))
        return _grouped((key, at) for key, at in pairs if key)

    @cached_property
    def by_letters(self) -> Mapping[str, frozenset[int]]:
        """For the letters of a name, whatever its words: the names that have them."""
        return _grouped(("".join(phrase(one.text)), at) for at, one in enumerate(self.names))

    @cached_property
    def acronyms(self) -> Mapping[str, frozenset[int]]:
        """For each acronym, without its punctuation: the names that are it."""
        return _grouped(
            ("".join(phrase(one.text)), at) for at, one in enumerate(self.names) if one.is_short
        )

    @cached_property
    def by_identifier(self) -> Mapping[tuple[str, str], frozenset[str]]:
        """For each register and code: the things that have it."""
        found: defaultdict[tuple[str, str], set[str]] = defaultdict(set)
        for iri, thing in self.things.items():
            for register, value in thing.identifiers:
                found[register, value.casefold()].add(iri)
        return {key: frozenset(of) for key, of in found.items()}

    @cached_property
    def _frequency(self) -> Mapping[str, int]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for name in self.names:
            for word in name.words:
                found[word].add(name.thing)
        return {word: len(of) for word, of in found.items()}

    def weight(self, word: str) -> float:
        """Return how much a word tells things apart; one of no name, as much as a rare one."""
        return math.log(1 + len(self.things) / self._frequency.get(word, 1.5))

    @cached_property
    def _words(self) -> list[str]:
        return sorted(one for one in self._frequency if len(one) >= _ONE_FROM and one.isalpha())

    @cached_property
    def near(self) -> Any:
        """The function that gives the known words nearest to one that is not: word and letters."""
        return lru_cache(maxsize=20_000)(self._near)

    def _near(self, word: str) -> tuple[tuple[str, int], ...]:
        allowed = 0 if len(word) < _ONE_FROM else 1 if len(word) < _TWO_FROM else 2
        if not allowed or word in self._frequency or not word.isalpha():
            return ()
        found = process.extract(
            word, self._words, scorer=OSA.distance, score_cutoff=allowed, limit=_NEAR
        )
        return tuple((one, int(letters)) for one, letters, _ in found)

    @cached_property
    def countries(self) -> Mapping[tuple[str, ...], str]:
        """The code of each country by the words of its names: ours first, then those of CLDR."""
        found = {
            phrase(name): code for code, names in _world().items() for name in names if phrase(name)
        }
        for thing in self.things.values():
            codes = [code for register, code in thing.identifiers if register.endswith("alpha-2")]
            if codes:
                found |= {phrase(name): codes[0] for name in thing.label.values()}
        return found

    @cached_property
    def _adjectives(self) -> places.Adjectives:
        return places.Adjectives(_world())

    def country_of(self, word: str) -> str:
        """Return the code of the country that an adjective or a name is of; "" when it is none."""
        return self.countries.get((word,)) or self._adjectives.of(word) or ""

    def country(self, said: str) -> str:
        """Return the code of a country from its name, its code or its IRI; "" when it is none.

        >>> Index({"things": {}, "classes": {}}).country("Sénégal")
        'SN'
        """
        text = said.strip()
        thing = self.things.get(full(text))
        if thing:
            return next(iter(sorted(thing.countries)), "") if len(thing.countries) == 1 else ""
        for register in ("iso-3166-1-alpha-2", "iso-3166-1-alpha-3", "m49"):
            for iri in sorted(self.by_identifier.get((register, text.casefold()), ())):
                return next(iter(self.things[iri].countries), "")
        return self.countries.get(phrase(text)) or (
            text.upper() if text.upper() in countries() else ""
        )

    def class_named(self, said: str) -> str:
        """Return the class of an IRI, a short IRI or a label; "" when there is none."""
        wanted = full(said.strip())
        if wanted in self.classes:
            return wanted
        folded = fold(said.strip())
        return next(
            (
                iri
                for iri, one in sorted(self.classes.items())
                if folded in {fold(str(one.get(lang, ""))) for lang in ("fr", "en")}
                or folded == iri.replace("#", "/").rpartition("/")[2].casefold()
            ),
            "",
        )


@lru_cache(maxsize=1)
def _world() -> dict[str, tuple[str, str]]:
    """Return the names of every country, French and English, by its code."""
    return {code: names for code, names in places.countries().items() if code in countries()}


def _grouped(pairs: Iterable[tuple[str, int]]) -> dict[str, frozenset[int]]:
    found: defaultdict[str, set[int]] = defaultdict(set)
    for key, at in pairs:
        found[key].add(at)
    return {key: frozenset(of) for key, of in found.items()}


def full(text: str) -> str:
    """Return the IRI that a text stands for: as it is, with a known prefix, or from its path.

    >>> full("org:Organization"), full("organisation/cefal")
    ('http://www.w3.org/ns/org#Organization', 'https://w3id.org/cnfpt-coop/id/organisation/cefal')
    """
    if text.startswith(("http://", "https://")):
        return text
    prefix, colon, local = text.partition(":")
    if colon and prefix in PREFIXES:
        return PREFIXES[prefix] + local
    path = text.strip("/")
    return BASE + (path if path.startswith(("id/", "scheme/", "ns#")) else "id/" + path)
