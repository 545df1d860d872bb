"""What the columns of a partner's own sheet most likely are: by their headings, then their values.

A guess is only preselected: who sends the sheet sees it and says yes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from rapidfuzz import fuzz

from coopkg.templates.fields import Field, Template
from coopkg.templates.vocabulary import key

ID: Final = "@id"
"""Stands for the column that names each row, in choices."""
_NEAR: Final = 0.62
_VALUES: Final = 0.75
_SHORT: Final = 4
_IDS: Final = frozenset(
    {"id", "identifiant", "identifier", "code", "cle", "key", "ref", "reference", "matricule"}
)
_WORDS: Final[Mapping[str, str]] = {
    "denomination": "skos:prefLabel@fr",
    "raison sociale": "skos:prefLabel@fr",
    "intitule": "skos:prefLabel@fr",
    "libelle": "skos:prefLabel@fr",
    "titre": "skos:prefLabel@fr",
    "nom": "skos:prefLabel@fr",
    "nom francais": "skos:prefLabel@fr",
    "name": "skos:prefLabel@en",
    "title": "skos:prefLabel@en",
    "english name": "skos:prefLabel@en",
    "nom anglais": "skos:prefLabel@en",
    "abreviation": "coop:acronym@fr",
    "acronyme": "coop:acronym@fr",
    "site": "foaf:page",
    "site web": "foaf:page",
    "site internet": "foaf:page",
    "website": "foaf:page",
    "url": "foaf:page",
    "lien": "foaf:page",
    "link": "foaf:page",
    "lieu": "coop:basedIn",
    "pays": "coop:basedIn",
    "country": "coop:basedIn",
    "tutelle": "coop:unitOf",
    "responsable": "coop:participation/coop:lead",
    "porteur": "coop:participation/coop:lead",
    "lead partner": "coop:participation/coop:lead",
    "partenaire": "coop:participation/coop:partner",
    "beneficiaire": "coop:participation/coop:beneficiary",
    "bailleur": "coop:participation/coop:funder",
    "financeur": "coop:participation/coop:funder",
    "donor": "coop:participation/coop:funder",
    "theme": "coop:domainTheme",
    "thematique": "coop:domainTheme",
    "secteur": "coop:domainTheme",
    "sector": "coop:domainTheme",
    "public": "coop:audience",
    "public vise": "coop:audience",
}
"""Headings that partners write and no template has."""


@dataclass(frozen=True)
class Guess:
    """What is guessed of a sheet: the class of its rows, and the field of each column, "" for none.

    A column that names the rows is `ID`.
    """

    name: str
    fields: tuple[str, ...]
    score: float = field(default=0.0, compare=False)


def guess(
    headings: Sequence[str],
    samples: Sequence[Sequence[str]],
    offered: Mapping[str, Template],
    names: Mapping[str, frozenset[str]],
    kind: str = "",
) -> Guess:
    """Return the class whose fields fit best, or the fields of `kind` when that is given.

    `names` is what every thing is called (`Vocabulary.names`).
    """
    chosen = [offered[kind]] if kind else list(offered.values())
    return max((_fit(headings, samples, one, names) for one in chosen), key=lambda one: one.score)


def _fit(
    headings: Sequence[str],
    samples: Sequence[Sequence[str]],
    template: Template,
    names: Mapping[str, frozenset[str]],
) -> Guess:
    scored = sorted(
        (
            (-_likeness(heading, held, one, template, names), place, number)
            for place, (heading, held) in enumerate(zip(headings, samples, strict=True))
            for number, one in enumerate(template.fields)
        ),
    )
    found: dict[int, str] = {}
    total = 0.0
    for negative, place, number in scored:
        name = template.fields[number].name
        if -negative < _NEAR:
            break
        if place not in found and name not in found.values():
            found[place] = name
            total -= negative
    ids = [n for n, heading in enumerate(headings) if n not in found and _is_id(heading, template)]
    if ids:
        found[ids[0]] = ID
    needed = [one for one in template.fields if one.required]
    lacking = sum(one.name not in found.values() for one in needed)
    fields = tuple(found.get(place, "") for place in range(len(headings)))
    told = 0.7 if _tells(headings, template) else 0.0
    return Guess(template.name, fields, total + told - 0.5 * lacking)


def _tells(headings: Sequence[str], template: Template) -> bool:
    """Tell whether a heading says the class: « Intitulé du projet »."""
    words = {
        word for text in template.title.values() for word in re.findall(r"[a-z]{5,}", key(text))
    }
    return any(words & set(re.findall(r"[a-z]{5,}", key(heading))) for heading in headings)


def _is_id(heading: str, template: Template) -> bool:
    said = key(heading)
    own = {key(template.id_label(lang)) for lang in ("fr", "en")}
    return said in own or bool(_IDS & set(re.findall(r"[a-z]+", said)))


def _likeness(
    heading: str,
    held: Sequence[str],
    one: Field,
    template: Template,
    names: Mapping[str, frozenset[str]],
) -> float:
    """Return how sure it is that a column is a field, from 0 to 1."""
    by_name = _by_name(heading, one)
    if one.among is None or not held:
        return by_name
    among = frozenset(one.among)
    hits = sum(bool(names.get(key(text), frozenset()) & among) for text in _parts(held))
    by_value = _VALUES * hits / max(len(_parts(held)), 1)
    return min(1.0, max(by_name, by_value) + (0.1 if by_name >= _NEAR and hits else 0.0))


def _parts(held: Iterable[str]) -> list[str]:
    return [part.strip() for text in held for part in text.split(";") if part.strip()]


def _by_name(heading: str, one: Field) -> float:
    said = key(heading)
    if not said:
        return 0.0
    if _WORDS.get(said) == one.name or said == key(one.name):
        return 0.95
    words = {key(text) for text in one.label.values()}
    words |= {word.partition(" (")[0] for word in words} if not one.lang else set()
    if one.lang == "fr":
        words.add(key(one.label["fr"]).partition(" (")[0])
    if said in words:
        return 1.0
    if any(_WORDS.get(part) == one.name for part in _phrases(said)):
        return 0.8
    return 0.0095 * max(fuzz.ratio(said, word) for word in words)


def _phrases(said: str) -> list[str]:
    """Return each run of one or two words of a heading.

    >>> _phrases("intitule du projet")
    ['intitule', 'du', 'projet', 'intitule du', 'du projet']
    """
    words = re.findall(r"[a-z0-9]+", said)
    if len(words) > _SHORT:
        return []  # a sentence says a word without being about it
    return [*words, *(" ".join(pair) for pair in pairwise(words))]
