"""Things of a contribution that look like things that are there already, with the evidence."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from difflib import SequenceMatcher
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.intake.ground import Ground
from coopkg.build.intake.shapes import Change
from coopkg.search.names import important
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
_NOT_THINGS: Final = frozenset(expand(f"coop:{name}") for name in ("Participation", "Identifier"))
_WORDS: Final = {
    "identifier": ("même identifiant", "same identifier"),
    "name": ("même nom", "same name"),
    "acronym": ("le sigle de l’un est fait des initiales de l’autre", "acronym made of initials"),
    "spelling": ("noms presque identiques", "nearly the same name"),
}


def of(change: Change, ground: Ground) -> list[dict[str, Any]]:
    """Return each new thing that looks like a known one: what is alike, and how much."""
    new = _described(change)
    known = _known(ground)
    held = {quad.subject for quad in ground.quads}
    identified = _identified(ground)
    found: list[dict[str, Any]] = []
    for node, names in new.items():
        if node in held:
            continue
        for other, why, score, texts in _alike(node, names, known, change, identified):
            fr, en = _WORDS[why]
            found.append(
                {
                    "entity": node.value,
                    "like": other,
                    "label": ground.label(other),
                    "why": {"fr": fr, "en": en},
                    "kind": why,
                    "evidence": list(texts),
                    "score": round(score, 2),
                }
            )
    return sorted(found, key=lambda one: (-one["score"], one["entity"], one["like"]))[:MOST]


def _described(change: Change) -> dict[ox.NamedNode, list[str]]:
    aside = {q.subject for q in change.added if q.predicate == RDF_TYPE and q.object in _NOT_THINGS}
    found: dict[ox.NamedNode, list[str]] = defaultdict(list)
    for quad in change.added:
        if not isinstance(quad.subject, ox.NamedNode) or quad.subject in aside:
            continue
        if quad.predicate in _NAMES and isinstance(quad.object, ox.Literal):
            found[quad.subject].append(quad.object.value)
        elif quad.predicate in _IDENTIFIERS:
            found[quad.subject] += []
    return found


def _known(ground: Ground) -> Mapping[str, list[tuple[str, str]]]:
    """Return the names of what has one, by their key: the thing and the name."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for iri, entry in ground.files.get("labels", {}).items():
        if iri.startswith((BASE + "id/partner", BASE + "id/participation/", BASE + "id/passage")):
            continue
        if iri.startswith(BASE + "id/"):
            for text in dict.fromkeys((entry.get("fr"), entry.get("en"), *entry.get("alt", ()))):
                if text:
                    found[key(str(text))].append((iri, str(text)))
    return found


def _identified(ground: Ground) -> Mapping[str, str]:
    holder = {
        quad.object: quad.subject.value
        for quad in ground.gathered.facts
        if quad.predicate == expand("coop:hasIdentifier") and isinstance(quad.subject, ox.NamedNode)
    }
    found: dict[str, str] = {}
    for quad in ground.gathered.facts:
        if quad.predicate in _IDENTIFIERS and isinstance(quad.subject, ox.NamedNode):
            found[_text(quad.object)] = holder.get(quad.subject, quad.subject.value)
    return found


def _text(term: Any) -> str:
    return str(getattr(term, "value", term)).strip().rstrip("/").casefold()


def _alike(
    node: ox.NamedNode,
    names: list[str],
    known: Mapping[str, list[tuple[str, str]]],
    change: Change,
    identified: Mapping[str, str],
) -> Iterator[tuple[str, str, float, tuple[str, str]]]:
    seen: set[str] = set()
    for quad in change.added:
        if quad.subject == node and quad.predicate in _IDENTIFIERS:
            other = identified.get(_text(quad.object))
            if other and other not in seen:
                seen.add(other)
                yield other, "identifier", 1.0, (_text(quad.object), _text(quad.object))
    for kind, score, pairs in (
        ("name", 0.98, _same), ("acronym", 0.9, _initials), ("spelling", 0.0, _near),
    ):  # fmt: skip
        for name in names:
            for other, text, alike in pairs(name, known):
                if other not in seen:
                    seen.add(other)
                    yield other, kind, score or alike, (name, text)


def _same(
    name: str, known: Mapping[str, list[tuple[str, str]]]
) -> Iterator[tuple[str, str, float]]:
    yield from ((iri, text, 1.0) for iri, text in known.get(key(name), ()))


def _initials(
    name: str, known: Mapping[str, list[tuple[str, str]]]
) -> Iterator[tuple[str, str, float]]:
    if short := initials(name):
        yield from ((iri, text, 1.0) for iri, text in known.get(short, ()))
    if re.fullmatch(r"[A-ZÀ-Ý]{3,}", name):
        for entries in known.values():
            for iri, text in entries:
                if initials(text) == key(name):
                    yield iri, text, 1.0


def initials(name: str) -> str:
    """Return the acronym that the words of a name make, "" when they are fewer than three.

    >>> initials("Agence française de développement")
    'afd'
    """
    words = important([one for one in re.findall(r"[^\W_]+", key(name)) if len(one) > 1])
    return "".join(one[0] for one in words) if len(words) > 2 else ""


def _near(
    name: str, known: Mapping[str, list[tuple[str, str]]]
) -> Iterator[tuple[str, str, float]]:
    wanted = key(name)
    if len(wanted) < 6:
        return
    matcher = SequenceMatcher(b=wanted, autojunk=False)
    for other, entries in known.items():
        if abs(len(other) - len(wanted)) > 0.3 * len(wanted):
            continue
        matcher.set_seq1(other)
        if matcher.real_quick_ratio() > LIKE and matcher.quick_ratio() > LIKE:
            ratio = matcher.ratio()
            if ratio > LIKE:
                yield from ((iri, text, ratio) for iri, text in entries)
