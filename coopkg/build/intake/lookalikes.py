"""Things of a contribution that look like things that are there already, with the evidence."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox
from rapidfuzz import fuzz, process

from coopkg.build.intake.ground import Ground
from coopkg.build.intake.shapes import Change
from coopkg.linking.identifiers import of_address
from coopkg.linking.names import is_arabic, skeleton
from coopkg.search.names import important
from coopkg.search.words import phrase
from coopkg.templates.vocabulary import key
from coopkg.terms import BASE, RDF_TYPE, expand

LIKE: Final = 0.87
MOST: Final = 50
_NAMES: Final = frozenset(
    expand(name)
    for name in (
        "skos:prefLabel", "skos:altLabel", "rdfs:label", "coop:printedName", "coop:fullName",
        "coop:acronym",
    )
)  # fmt: skip
_IDENTIFIERS: Final = frozenset(
    expand(name) for name in ("skos:notation", "dcterms:identifier", "foaf:page", "rdfs:seeAlso")
)
_HAS: Final = expand("coop:hasIdentifier")
_NOT_THINGS: Final = frozenset(expand(f"coop:{name}") for name in ("Participation", "Identifier"))
_WORDS: Final = {
    "identifier": ("même identifiant", "same identifier"),
    "name": ("même nom", "same name"),
    "acronym": ("le sigle de l’un est fait des initiales de l’autre", "acronym made of initials"),
    "letters": ("mêmes lettres, autrement séparées", "same letters, cut otherwise"),
    "sound": ("noms qui se prononcent de même", "names that sound alike"),
    "spelling": ("noms presque identiques", "nearly the same name"),
}
_KEPT: Final = "_names"
_SHORTEST: Final = 6
"""Letters from which two names may be nearly the same: short ones differ by a letter."""


_Pair = tuple[str, str, float]


def of(change: Change, ground: Ground) -> list[dict[str, Any]]:
    """Return each new thing that looks like a known one: what is alike, and how much."""
    new = _described(change)
    known = names_of(ground)
    identifiers = _identifiers(change.added)
    wanted = {text for texts in identifiers.values() for text in texts}
    identified = _identified(ground, wanted) if wanted else {}
    found: list[dict[str, Any]] = []
    for node, names in new.items():
        if node in ground.by_subject:
            continue
        same = {text: identified[text] for text in identifiers[node] if text in identified}
        for other, why, score, texts in _alike(names, known, same):
            fr, en = _WORDS[why]
            found.append(
                {
                    "entity": node.value,
                    "like": other,
                    "label": ground.label(other),
                    "why": {"fr": fr, "en": en},
                    "kind": why,
                    "evidence": list(dict.fromkeys(texts)),
                    "score": round(score, 2),
                }
            )
    return sorted(found, key=lambda one: (-one["score"], one["entity"], one["like"]))[:MOST]


def names_of(ground: Ground) -> _Known:
    """Return the names of a generation, made once for each: that takes longer than a check."""
    kept = vars(ground)
    if _KEPT not in kept:
        kept[_KEPT] = _Known(ground)
    found: _Known = kept[_KEPT]
    return found


def _described(change: Change) -> dict[ox.NamedNode, list[str]]:
    aside: set[Any] = {q.object for q in change.added if q.predicate == _HAS}
    aside |= {
        q.subject for q in change.added if q.predicate == RDF_TYPE and q.object in _NOT_THINGS
    }
    found: dict[ox.NamedNode, list[str]] = defaultdict(list)
    for quad in change.added:
        if not isinstance(quad.subject, ox.NamedNode) or quad.subject in aside:
            continue
        if quad.predicate in _NAMES and isinstance(quad.object, ox.Literal):
            found[quad.subject].append(quad.object.value)
        elif quad.predicate in _IDENTIFIERS:
            found[quad.subject] += []
    return found


class _Known:
    """The names of what has one: by their key, by their letters, and by how they sound."""

    def __init__(self, ground: Ground) -> None:
        self.by_key: dict[str, list[tuple[str, str]]] = defaultdict(list)
        self._heard: dict[bool, Mapping[str, list[tuple[str, str]]]] = {}
        for iri, entry in ground.files.get("labels", {}).items():
            if iri.startswith(BASE + "id/") and not iri.startswith(_APART):
                for text in _names(entry):
                    self.by_key[key(text)].append((iri, text))

    @cached_property
    def by_letters(self) -> Mapping[str, list[tuple[str, str]]]:
        """The names that have the same letters, whatever their words."""
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for one, entries in self.by_key.items():
            found[_joined(one)] += entries
        return found

    @cached_property
    def by_initials(self) -> Mapping[str, list[tuple[str, str]]]:
        """The names whose words make an acronym."""
        return self._grouped(initials)

    def by_sound(self, arabic: bool) -> Mapping[str, list[tuple[str, str]]]:
        """Return names by their consonants: those in Arabic letters, or the others."""
        if arabic not in self._heard:
            made = lambda text: skeleton(text) if is_arabic(text) == arabic else ""  # noqa: E731
            self._heard[arabic] = self._grouped(made)
        return self._heard[arabic]

    def _grouped(self, made: Callable[[str], str]) -> Mapping[str, list[tuple[str, str]]]:
        found: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for entries in self.by_key.values():
            for iri, text in entries:
                if one := made(text):
                    found[one].append((iri, text))
        return found


_APART: Final = tuple(BASE + f"id/{one}" for one in ("partner", "participation/", "passage"))


def _names(entry: Mapping[str, Any]) -> Iterator[str]:
    """Yield each name of a thing once: labels, aliases, and labels in other languages."""
    every = [entry.get("fr"), entry.get("en"), *entry.get("alt", ())]
    for more in (entry.get("other") or {}).values():
        every += [more] if isinstance(more, str) else list(more)
    yield from dict.fromkeys(str(text) for text in every if text)


def _identifiers(quads: Iterable[ox.Quad]) -> defaultdict[ox.NamedNode, list[str]]:
    """Return the identifiers of each thing: said of it, or of an identifier that it has."""
    said: defaultdict[ox.NamedNode, list[str]] = defaultdict(list)
    had: list[tuple[ox.NamedNode, Any]] = []
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            if quad.predicate in _IDENTIFIERS:
                said[quad.subject].append(_text(quad.object))
            elif quad.predicate == _HAS:
                had.append((quad.subject, quad.object))
    for thing, one in had:
        if one in said:
            said[thing] += said[one]
    return said


def _identified(ground: Ground, wanted: Container[str]) -> Mapping[str, str]:
    """Return which known thing has each of some identifiers."""
    holder: dict[Any, str] = {}
    found: dict[str, ox.NamedNode] = {}
    for quad in ground.gathered.facts:
        if isinstance(quad.subject, ox.NamedNode):
            if quad.predicate == _HAS:
                holder[quad.object] = quad.subject.value
            elif quad.predicate in _IDENTIFIERS and (text := _text(quad.object)) in wanted:
                found[text] = quad.subject
    return {text: holder.get(node, node.value) for text, node in found.items()}


def _text(term: Any) -> str:
    """Return an identifier as they are compared: without spaces, and by its register if known."""
    said = str(getattr(term, "value", term)).strip()
    if known := of_address(said):
        kind, code = known
        return f"{kind.name} {kind.bare(code)}".casefold()
    return re.sub(r"\s+", "", said).rstrip("/").casefold()


def _alike(
    names: list[str], known: _Known, same: Mapping[str, str]
) -> Iterator[tuple[str, str, float, tuple[str, str]]]:
    seen: set[str] = set()
    for text, other in same.items():
        if other not in seen:
            seen.add(other)
            yield other, "identifier", 1.0, (text, text)
    for kind, score, pairs in (
        ("name", 0.98, _same), ("letters", 0.95, _letters), ("acronym", 0.9, _initials),
        ("sound", 0.88, _sound), ("spelling", 0.0, _near),
    ):  # fmt: skip
        for name in names:
            for other, text, alike in pairs(name, known):
                if other not in seen:
                    seen.add(other)
                    yield other, kind, score or alike, (name, text)


def _same(name: str, known: _Known) -> Iterator[_Pair]:
    yield from ((iri, text, 1.0) for iri, text in known.by_key.get(key(name), ()))


def _initials(name: str, known: _Known) -> Iterator[_Pair]:
    if short := initials(name):
        yield from ((iri, text, 1.0) for iri, text in known.by_key.get(short, ()))
    if re.fullmatch(r"[A-ZÀ-Ý.-]{3,}", name):
        letters = "".join(phrase(name))
        yield from ((iri, text, 1.0) for iri, text in known.by_initials.get(letters, ()))


def _letters(name: str, known: _Known) -> Iterator[_Pair]:
    """Yield the names that are the same but for where words, or letters of acronyms, are cut."""
    letters = _joined(key(name))
    if len(letters) > 2:
        yield from ((iri, text, 1.0) for iri, text in known.by_letters.get(letters, ()))


def _joined(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


def _sound(name: str, known: _Known) -> Iterator[_Pair]:
    """Yield the names that sound so, when only one of the two is written in Arabic."""
    if heard := skeleton(name):
        found = known.by_sound(not is_arabic(name)).get(heard, ())
        yield from ((iri, text, 1.0) for iri, text in found)


def initials(name: str) -> str:
    """Return the acronym that the words of a name make, "" when they are fewer than three.

    >>> initials("Agence française de développement")
    'afd'
    """
    words = important([one for one in re.findall(r"[^\W_]+", key(name)) if len(one) > 1])
    return "".join(one[0] for one in words) if len(words) > 2 else ""


def _near(name: str, known: _Known) -> Iterator[_Pair]:
    wanted = key(name)
    if len(wanted) < _SHORTEST:
        return
    found = process.extract(
        wanted, list(known.by_key), scorer=fuzz.ratio, score_cutoff=100 * LIKE, limit=MOST
    )
    for other, alike, _ in found:
        yield from ((iri, text, alike / 100) for iri, text in known.by_key[other])
