"""Triples about the data, and how they are written: sorted, each once, in Turtle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from coopkg.terms import BASE, PREFIXES, expand

VOID_EXT: Final = "http://ldf.fi/void-ext#"
SPDX: Final = "http://spdx.org/rdf/terms#"
FORMATS: Final = "http://www.w3.org/ns/formats/"
SHORT: Final = {
    **{
        name: PREFIXES[name]
        for name in ("void", "dcat", "dcterms", "foaf", "prov", "sd", "skos", "xsd", "rdfs")
    },
    "part": BASE + "void#",
    "void-ext": VOID_EXT,
    "spdx": SPDX,
    "formats": FORMATS,
}

DATASET: Final = ox.NamedNode(BASE + "void#dataset")
PUBLISHER: Final = ox.NamedNode(BASE + "catalog#publisher")
DATA_LICENCE: Final = ox.NamedNode(BASE + "catalog#licence-ouverte-2.0")
TERMS_LICENCE: Final = ox.NamedNode("https://creativecommons.org/licenses/by/4.0/")
TITLE: Final = {
    "fr": "Coopération internationale du CNFPT\u00a0: graphe de connaissances",
    "en": "International cooperation of the CNFPT: knowledge graph",
}
ABOUT: Final = {
    "fr": "Description non officielle, sans lien avec le CNFPT, d’après une brochure\u00a0; "
    "les données s’arrêtent en 2018.",
    "en": "Unofficial description, not endorsed by the CNFPT, after one brochure; "
    "the data end in 2018.",
}


_TERMS: Final = (ox.NamedNode, ox.Literal)
_predicate: Final = lru_cache(maxsize=1_000)(expand)


def triple(subject: ox.NamedNode, predicate: str, value: Any) -> ox.Triple:
    """Return a triple; `value` is a term, or a text, number or boolean made a literal."""
    term = value if isinstance(value, _TERMS) else ox.Literal(value)
    return ox.Triple(subject, _predicate(predicate), term)


def texts(subject: ox.NamedNode, predicate: str, said: Mapping[str, str]) -> list[ox.Triple]:
    """Return a text in each of its languages."""
    return [
        triple(subject, predicate, ox.Literal(text, language=lang)) for lang, text in said.items()
    ]


def moment(when: str) -> ox.Literal:
    """Return an instant (ISO 8601) as a literal."""
    return ox.Literal(when, datatype=expand("xsd:dateTime"))


def turtle(triples: Iterable[ox.Triple]) -> bytes:
    """Write triples in Turtle, each once, sorted."""
    text = ox.serialize(
        sorted(set(triples), key=str), format=ox.RdfFormat.TURTLE, prefixes=dict(SHORT)
    )
    assert text is not None  # no output was given, so bytes come back
    return text
