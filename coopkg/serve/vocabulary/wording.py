"""How the pages of the vocabulary write things: labels, links, short names, sentences. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers.catalogue import literal_words
from coopkg.serve.present import Names
from coopkg.terms import NS, compact
from coopkg.typography import collated, french

# An IRI of ours that is no node of the graph: what a datatype is called in words.
DATATYPES: Final[Mapping[str, tuple[str, str]]] = {
    "xsd:integer": ("nombre entier", "whole number"),
    "xsd:string": ("texte", "text"),
    "xsd:boolean": ("oui ou non", "yes or no"),
    "xsd:date": ("date", "date"),
}
# Prefixes of the vocabularies that we are aligned to, and nothing else names.
OTHERS: Final[Mapping[str, str]] = {
    "cv": "http://data.europa.eu/m8g/",
    "cpsv": "http://purl.org/vocab/cpsv#",
}

Shown = dict[str, Any]


def folded(text: str) -> str:
    """Return a text without accents or capitals, ligatures opened.

    >>> folded("Œuvre ÉTABLIE")
    'oeuvre etablie'
    """
    plain = unicodedata.normalize("NFKD", text.casefold().replace("œ", "oe").replace("æ", "ae"))
    return "".join(one for one in plain if not unicodedata.combining(one))


def shortened(iri: str) -> str:
    """Return the short name of an IRI: prefixed, or the end of its path.

    >>> shortened("http://data.europa.eu/m8g/role"), shortened("https://example.org/a/b/c")
    ('cv:role', 'b/c')
    """
    for prefix, space in OTHERS.items():
        if iri.startswith(space):
            return f"{prefix}:{iri.removeprefix(space)}"
    short = compact(iri)
    return "/".join(short.split("/")[-2:]) if short == iri else short


class Wording:
    """The words of one generation's documentation in one language."""

    def __init__(self, sealed: Mapping[str, Any], names: Names) -> None:
        """Keep what is read; nothing is computed before it is asked."""
        self.sealed, self.names, self.lang = sealed, names, names.lang
        self.terms: Mapping[str, Any] = sealed["terms"]

    def one(self, fr: str, en: str) -> str:
        """Return the text of one of two languages."""
        return french(fr) if self.lang == "fr" else en

    def text(self, given: Mapping[str, str] | None) -> Shown:
        """Return a text with the language it is in, when that is not the one of the page."""
        given = given or {}
        if self.lang in given:
            return {"text": given[self.lang], "other": ""}
        return {"text": next(iter(given.values()), ""), "other": next(iter(given), "")}

    def thing(self, iri: str) -> Shown:
        """Return a term or an entity: its label, where it leads, its short name."""
        short = shortened(iri)
        if iri.startswith(NS) and iri.removeprefix(NS) in self.terms:
            name = iri.removeprefix(NS)
            label = self.text(self.terms[name]["label"])["text"]
            return {"text": label, "href": f"/{self.lang}/ns/{name}", "short": short}
        if iri in self.sealed["words"]:
            return {"text": self.text(self.sealed["words"][iri])["text"], "href": "", "short": ""}
        if short in DATATYPES:
            return {"text": self.one(*DATATYPES[short]), "href": "", "short": short}
        href = self.names.href(iri)
        return {"text": self.names.text(iri), "href": href, "short": short}

    def things(self, iris: Iterable[str]) -> list[Shown]:
        """Return terms by label."""
        return sorted(map(self.thing, iris), key=lambda one: collated(one["text"]))

    def words(self, said: Mapping[str, Any]) -> list[Shown]:
        """Return a sentence as pieces: text, or a term with its link."""
        return [self._piece(piece) for piece in said[self.lang]]

    def _piece(self, piece: Any) -> Shown:
        if isinstance(piece, str):
            return {"text": piece}
        if "c" in piece:
            return {"text": piece["c"], "code": True}
        return {**self.thing(piece["t"]), "term": True}

    def number(self, count: int) -> str:
        """Write a number as the language does."""
        return literal_words(ox.Literal(count), self.lang)
