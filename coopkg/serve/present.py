"""What pages show, computed from terms and labels: no I/O, no Flask.

`Names` turns any term into what a person reads and, when it is an address, into a link.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers import Catalogue
from coopkg.answers.catalogue import literal_words
from coopkg.errors import Lang
from coopkg.terms import BASE, NS, RDF_TYPE, Term, expand

MANY: Final = 500
PAGES: Final = frozenset({"id", "scheme", "graph"})
INFERRED: Final = BASE + "graph/inferred"

# What the head of an entity page already shows, or what only links nodes together.
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
PLUMBING: Final = frozenset(
    expand(name).value for name in ("coop:participation", "coop:participant", "skos:inScheme")
)
FIRST: Final = ("purposeTheme", "domainTheme", "supportObject", "theme", "hasPartner", "country")


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


def entity_view(
    names: Names,
    rows: Iterable[Mapping[str, Term]],
    iri: str,
) -> dict[str, Any]:
    """Return what the page of an entity shows: head, facts grouped by property, what refers to it.

    Each fact carries the layers that state it, linked to their graphs.
    """
    marks: dict[tuple[str, str, Term], set[str]] = defaultdict(set)
    for row in rows:
        key = (_text(row["direction"]), _text(row["property"]), row["other"])
        marks[key].add(_text(row["graph"]))
    entry = names.labels.get(iri, {})
    types = {
        _text(value) for (way, prop, value) in marks if way == "out" and prop == RDF_TYPE.value
    }
    return {
        "name": names.text(iri),
        "definition": entry.get("definition", {}).get(names.lang, ""),
        "aliases": entry.get("alt", []),
        "kinds": kinds(names, types),
        "facts": _groups(names, marks, "out"),
        "incoming": _groups(names, marks, "in"),
        "unsaid": unsaid(names, marks),
    }


def unsaid(names: Names, marks: Iterable[tuple[str, str, Term]]) -> list[Shown]:
    """Return what the sources are known not to say about an entity."""
    return listed(names, {value for (way, _, value) in marks if way == "in" and _is_gap(value)})


def listed(names: Names, terms: Iterable[Term]) -> list[Shown]:
    """Return terms as people read them, in the order of their names."""
    return sorted(map(names.shown, terms), key=lambda one: str(one.text).casefold())


def _is_gap(term: Term) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith(BASE + "id/gap/")


def kinds(names: Names, types: Iterable[str]) -> list[str]:
    """Return the kinds of an entity in words: ours, which are the precise ones, when it has any."""
    listed = sorted(types)
    ours = [one for one in listed if one.startswith(NS) and one != NS + "Actor"]
    return sorted({names.text(one) for one in ours or listed}, key=str.casefold)


def _text(term: Any) -> str:
    return str(term.value)


def _groups(
    names: Names,
    marks: Mapping[tuple[str, str, Term], set[str]],
    way: str,
) -> list[dict[str, Any]]:
    grouped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    said = {value for (direction, _, value) in marks if direction == "out"}
    for (direction, prop, value), stated_by in marks.items():
        if direction != way or prop in PLUMBING or (way == "out" and prop in IN_HEAD):
            continue
        if isinstance(value, ox.NamedNode) and value.value.startswith(BASE + "id/participation/"):
            continue
        if way == "in" and (_is_gap(value) or (stated_by == {INFERRED} and value in said)):
            continue  # said apart; or the same relation, read the other way
        shown = names.shown(value)
        grouped[prop].append(
            {
                "text": shown.text,
                "href": shown.href,
                "marks": _marks(names, stated_by),
                "lang": value.language if isinstance(value, ox.Literal) else None,
            }
        )
    groups = [
        {
            "label": names.text(prop),
            "rank": _rank(prop),
            "values": sorted(_readable(values, names.lang), key=_by_text),
        }
        for prop, values in grouped.items()
    ]
    return sorted(groups, key=lambda group: (group["rank"], group["label"]))


def _readable(values: Sequence[dict[str, Any]], lang: Lang) -> list[dict[str, Any]]:
    """Leave out a text in the other language when the same property has one in this one."""
    said = any(value["lang"] == lang for value in values)
    return [value for value in values if not said or value["lang"] in (None, lang)]


def _rank(prop: str) -> int:
    local = prop.rsplit("#", 1)[-1]
    return FIRST.index(local) if local in FIRST else len(FIRST)


def _by_text(value: Mapping[str, Any]) -> str:
    return str(value["text"]).casefold()


def _marks(names: Names, stated_by: Iterable[str]) -> list[dict[str, str]]:
    return [
        {"text": graph_name(names, graph), "href": names.href(graph)} for graph in sorted(stated_by)
    ]


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


def graph_name(names: Names, iri: str) -> str:
    """Return a graph in a few words: « ligne 142 », « Libellés français », « déduit »."""
    if iri == INFERRED:
        return layer("inferred", names.lang)
    return names.text(iri)


def graph_view(
    names: Names,
    known: Mapping[str, Any],
    rows: Sequence[Mapping[str, Term]],
    name: str,
) -> dict[str, Any]:
    """Return what the page of a graph shows: where it comes from, and its triples in words."""
    triples = [
        [names.shown(row[column]) for column in ("subject", "property", "value")]
        for row in rows[:MANY]
    ]
    lines = known.get("lines", [])
    section = known.get("section")
    return {
        "name": name,
        "layer": layer(known.get("layer", ""), names.lang),
        "lines": "–".join(str(line) for line in dict.fromkeys(lines)),
        "section": names.shown(ox.NamedNode(section)) if section else None,
        "phrase": known.get("phrase", ""),
        "mode": names.text(f"{BASE}scheme/assertion-mode/{known['mode']}")
        if "mode" in known
        else "",
        "sources": [one for one in known.get("sources", []) if one.startswith("http")],
        "unsourced": known.get("unsourced") == "true",
        "triples": sorted(triples, key=lambda cells: [str(cell.text).casefold() for cell in cells]),
        "more": len(rows) if len(rows) > MANY else 0,
    }


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
        {"label": title, "terms": sorted(groups[upper], key=lambda one: one["text"].casefold())}
        for title, upper in zip(said, (True, False), strict=True)
    ]
