"""Sentences about terms, in both languages, in which every term can become a link.

A sentence is a list of pieces: text, `{"t": iri}` for a term that the page names and links, or
`{"c": code}` for what is read letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from coopkg.typography import french

Piece: TypeAlias = str | dict[str, str]
Words: TypeAlias = dict[str, list[Piece]]
"""`{"fr": pieces, "en": pieces}`."""

_SLOT: Final = re.compile(r"\{(\w+)\}")


def term(iri: str) -> Words:
    """Return a term, alone."""
    return {"fr": [{"t": iri}], "en": [{"t": iri}]}


def say(fr: str, en: str, **slots: Words | str) -> Words:
    """Return a sentence; `{name}` stands for a term, a text or another sentence.

    >>> say("Si A {p} B.", "If A {p} B.", p=term("urn:p"))["en"]
    ['If A ', {'t': 'urn:p'}, ' B.']
    """
    return {"fr": _filled(french(fr), "fr", slots), "en": _filled(en, "en", slots)}


def _filled(template: str, lang: str, slots: Mapping[str, Words | str]) -> list[Piece]:
    pieces: list[Piece] = []
    for number, part in enumerate(_SLOT.split(template)):
        if number % 2:
            slot = slots[part]
            for piece in [slot] if isinstance(slot, str) else slot[lang]:
                _add(pieces, piece)
        else:
            _add(pieces, part)
    return pieces


def _add(pieces: list[Piece], piece: Piece) -> None:
    if isinstance(piece, str) and pieces and isinstance(pieces[-1], str):
        pieces[-1] += piece
    elif piece:
        pieces.append(piece)


def code(text: str) -> Words:
    """Return what is read letter by letter, such as a pattern."""
    return {"fr": [{"c": text}], "en": [{"c": text}]}


def listed(items: Sequence[Words], fr: str = "ou", en: str = "or") -> Words:
    """Return items as a list in a sentence: `a, b ou c`.

    >>> listed([say("a", "a"), say("b", "b"), say("c", "c")])["fr"]
    ['a, b ou c']
    """
    whole: Words = {"fr": [], "en": []}
    for lang, last in (("fr", fr), ("en", en)):
        for number, item in enumerate(items):
            if number:
                _add(whole[lang], f" {last} " if number == len(items) - 1 else ", ")
            for piece in item[lang]:
                _add(whole[lang], piece)
    return whole


def value(found: Any) -> Words:
    """Return a value of the graph: a term, or the text of a literal."""
    if isinstance(found, ox.NamedNode):
        return term(found.value)
    given = found.value
    if isinstance(found, ox.Literal) and given in {"true", "false"} and not found.language:
        return say("oui", "yes") if given == "true" else say("non", "no")
    return {"fr": [str(given)], "en": [str(given)]}


def terms_of(words: Words) -> set[str]:
    """Return the terms that a sentence names."""
    return {piece["t"] for piece in words["fr"] if isinstance(piece, dict) and "t" in piece}


def text(literals: Iterable[Any]) -> dict[str, str]:
    """Return literals by language, French ones spaced as printers do."""
    found = {one.language: one.value for one in literals if isinstance(one, ox.Literal)}
    return {
        lang: french(found[lang]) if lang == "fr" else found[lang]
        for lang in ("fr", "en")
        if lang in found
    }
