"""What pages show, computed from terms and labels: no I/O, no Flask.

`Names` turns any term into what a person reads and, when it is an address, into a link.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers import Catalogue
from coopkg.answers.catalogue import literal_words
from coopkg.errors import Lang
from coopkg.terms import BASE, NS, RDF_TYPE, Term, expand
from coopkg.typography import collated

PAGES: Final = frozenset({"id", "scheme", "graph"})

# What the head of a page about an entity already shows.
IN_HEAD: Final = frozenset(
    expand(name).value
    for name in (
        "skos:prefLabel",
        "skos:altLabel",
        "rdfs:label",
        "skos:definition",
        "coop:printedName",
        "coop:fullName",
        "coop:acronym",
        "coop:locativeName",
        "coop:definiteName",
        "rdf:type",
    )
)


@dataclass(frozen=True)
class Shown:
    """A term as people read it: its text, and where it leads when it leads somewhere."""

    text: Any
    href: str = ""


@dataclass(frozen=True)
class Names:
    """The names of one generation in one language."""

    catalogue: Catalogue
    lang: Lang

    @property
    def labels(self) -> Mapping[str, Mapping[str, Any]]:
        """What is known of each name: see `coopkg.build.describe.labels`."""
        return self.catalogue.labels

    def text(self, iri: str) -> str:
        """Return the label of an IRI as text, or its prefixed name."""
        if iri == RDF_TYPE.value:  # the one word of RDF that readers meet
            return "est de la sorte" if self.lang == "fr" else "is of kind"
        return self.catalogue.label(iri)[self.lang]

    def href(self, iri: str) -> str:
        """Return where an IRI leads: our page, an outside http(s) address, or nowhere."""
        if iri.startswith(NS):
            return f"/{self.lang}/ns{'/' if iri in self.labels else '#'}{iri[len(NS) :]}"
        if iri.startswith(BASE):
            path = iri[len(BASE) :]
            if path.partition("/")[0] in PAGES:
                return f"/{self.lang}/{path}"
            return f"/{self.lang}/ns" if path.startswith("ns") else ""
        return iri if iri.startswith(("http://", "https://")) else ""

    def shown(self, term: Term) -> Shown:
        """Return a term as people read it; a number is written as the language does."""
        if isinstance(term, ox.NamedNode):
            return Shown(self.text(term.value), self.href(term.value))
        if isinstance(term, ox.BlankNode):
            return Shown(str(term))
        return Shown(literal_words(term, self.lang))


LAYERS: Final = {
    "brochure": ("brochure", "brochure"),
    "curation": ("interprété", "interpreted"),
    "reference": ("référence", "reference"),
    "partner": ("partenaire", "partner"),
    "inferred": ("déduit", "inferred"),
}


def layer(name: str, lang: Lang) -> str:
    """Return a layer in words.

    >>> layer("inferred", "fr")
    'déduit'
    """
    fr, en = LAYERS.get(name, (name, name))
    return fr if lang == "fr" else en


def vocabulary(names: Names) -> list[dict[str, Any]]:
    """Return the terms of the vocabulary, classes then properties, by label."""
    groups: dict[bool, list[dict[str, str]]] = {True: [], False: []}
    for iri, entry in names.labels.items():
        if iri.startswith(NS) and len(iri) > len(NS):
            local = iri[len(NS) :]
            groups[local[0].isupper()].append(
                {
                    "name": local,
                    "text": names.text(iri),
                    "definition": entry.get("definition", {}).get(names.lang, ""),
                }
            )
    said = ("Classes", "Propriétés") if names.lang == "fr" else ("Classes", "Properties")
    return [
        {"label": title, "terms": sorted(groups[upper], key=lambda one: collated(one["text"]))}
        for title, upper in zip(said, (True, False), strict=True)
    ]
