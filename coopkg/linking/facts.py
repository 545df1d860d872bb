"""What a generation knows of each thing that people may link to; `linking.json`. Pure.

`document` asks a few questions of the default graph and returns plain data; `written` is how it is
sealed. A thing has names with their roles, classes, countries and identifiers.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from coopkg.linking.identifiers import kind_of, of_address
from coopkg.terms import BASE, LANGUAGES, PREFIXES

FILE: Final = "linking.json"
VERSION: Final = 1
LABEL: Final = "label"
ALIAS: Final = "alias"
ACRONYM: Final = "acronym"
EXPANSION: Final = "expansion"
"""What an acronym stands for, as somebody read it: the source prints the acronym alone."""

# Parts of the document and machinery: nobody links to them by their names.
APART: Final = frozenset(
    {"gap", "section", "list", "layer", "ns", "", "output-status", "gap-reason", "expert-origin"}
    | {"assertion-mode", "force", "participation", "partnership", "observation", "component"}
    | {"identifier", "dataset", "unit", "period", "standing-role", "modality", "funding"}
)
_HEAD: Final = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("coop", "skos", "org", "rdf", "rdfs")
)
_CLASSES: Final = """SELECT DISTINCT ?thing ?class WHERE {
  { ?thing a ?class } UNION { ?thing skos:inScheme ?class }
}"""
_NAMES: Final = """SELECT DISTINCT ?thing ?role ?name WHERE {
  VALUES (?property ?role) {
    (coop:acronym "acronym") (coop:fullName "label") (coop:printedName "alias")
    (coop:expandedName "expansion") (skos:altLabel "alias") (skos:hiddenLabel "alias")
  }
  ?thing ?property ?name .
}"""
_COUNTRIES: Final = """SELECT DISTINCT ?thing ?code WHERE {
  { ?thing coop:iso2 ?code } UNION {
    VALUES ?property { coop:basedIn coop:hostCountry coop:actsForState coop:country }
    ?thing ?property ?place .
    ?place coop:within? ?country . ?country a coop:Country ; coop:iso2 ?code
  }
}"""
_IDENTIFIERS: Final = """SELECT DISTINCT ?thing ?register ?value WHERE {
  { ?thing coop:hasIdentifier ?one . ?one coop:identifierScheme ?register ; skos:notation ?value }
  UNION { VALUES (?property ?register) {
    (coop:iso2 "iso-3166-1-alpha-2") (coop:iso3 "iso-3166-1-alpha-3") (coop:m49 "m49")
  } ?thing ?property ?value }
}"""
_SAME: Final = """SELECT DISTINCT ?thing ?address WHERE {
  { ?thing skos:exactMatch ?address }
  UNION { ?thing skos:closeMatch ?address ; a coop:Place }
  UNION { ?thing coop:hasIdentifier ?one . ?one skos:notation ?text
    FILTER(STRSTARTS(STR(?text), "http")) BIND(IRI(STR(?text)) AS ?address) }
}"""
ADDRESS: Final = "address"
"""The register of the addresses that others give to the same thing."""

_AREAS: Final = (BASE + "id/", BASE + "scheme/")
_OURS: Final = (PREFIXES["coop"], PREFIXES["org"])

Ask = Callable[[str], Iterable[Mapping[str, Any]]]
Labels = Mapping[str, Mapping[str, Any]]


def document(ask: Ask, labels: Labels) -> dict[str, Any]:
    """Return what is sealed: `ask` answers SELECT queries of the default graph."""
    classes = _gathered(ask, _CLASSES, "thing", "class")
    things = {
        iri: {
            "kind": str(entry.get("kind", "")),
            **{lang: entry[lang] for lang in LANGUAGES if entry.get(lang)},
            "names": [],
            "classes": [one for one in sorted(classes[iri]) if _named(labels, one)],
        }
        for iri, entry in sorted(labels.items())
        if iri in classes and _named(labels, iri) and _is_linked(iri, entry, classes[iri])
    }
    _name(ask, things, labels)
    _add(things, "countries", _gathered(ask, _COUNTRIES, "thing", "code"))
    _add(things, "identifiers", _identifiers(ask))
    shown = {one for thing in things.values() for one in thing["classes"]}
    classes_said = {one: _texts(labels, one) for one in sorted(shown)}
    return {"version": VERSION, "things": things, "classes": classes_said}


def _is_linked(iri: str, entry: Mapping[str, Any], classes: Iterable[str]) -> bool:
    """Tell whether people link to a thing: one of ours that is no machinery, or a partner's own."""
    if iri.startswith(BASE):
        return iri.startswith(_AREAS) and entry.get("kind", "") not in APART
    return any(one.startswith(_OURS) for one in classes)


def written(document: Mapping[str, Any]) -> bytes:
    """Return the document as it is sealed: the same bytes for the same content."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def _rows(ask: Ask, query: str) -> Iterable[Mapping[str, Any]]:
    return ask(_HEAD + query)


def _gathered(ask: Ask, query: str, key: str, value: str) -> defaultdict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for row in _rows(ask, query):
        found[row[key].value].add(row[value].value)
    return found


def _named(labels: Labels, iri: str) -> bool:
    return any(labels.get(iri, {}).get(lang) for lang in LANGUAGES)


def _texts(labels: Labels, iri: str) -> dict[str, Any]:
    entry = labels[iri]
    said = {lang: entry[lang] for lang in LANGUAGES if entry.get(lang)}
    defined = entry.get("definition") or {}
    return {**said, **({"definition": dict(defined)} if defined else {})}


def _name(ask: Ask, things: Mapping[str, dict[str, Any]], labels: Labels) -> None:
    said: defaultdict[str, dict[str, str]] = defaultdict(dict)
    order = (LABEL, ACRONYM, ALIAS, EXPANSION)
    for row in _rows(ask, _NAMES):
        text, role = row["name"].value, row["role"].value
        known = said[row["thing"].value].get(text)
        if known is None or order.index(role) < order.index(known):
            said[row["thing"].value][text] = role
    for iri, thing in things.items():
        names = dict.fromkeys(labels[iri].get("alt", ()), ALIAS)
        names |= said[iri]
        names |= {thing[lang]: LABEL for lang in LANGUAGES if lang in thing}
        thing["names"] = sorted([role, text] for text, role in names.items())


def _add(
    things: Mapping[str, dict[str, Any]], name: str, found: Mapping[str, Iterable[Any]]
) -> None:
    for iri, values in found.items():
        if iri in things:
            things[iri][name] = sorted(values)


def _identifiers(ask: Ask) -> Mapping[str, set[Sequence[str]]]:
    found: defaultdict[str, set[Sequence[str]]] = defaultdict(set)
    for row in _rows(ask, _IDENTIFIERS):
        called, value = row["register"].value, row["value"].value
        kind = kind_of(called)
        register = kind.name if kind else called
        found[row["thing"].value].add((register, kind.bare(value) if kind else value))
    for row in _rows(ask, _SAME):
        address = row["address"].value
        found[row["thing"].value].add((ADDRESS, address))
        if known := of_address(address):
            kind, code = known
            found[row["thing"].value].add((kind.name, kind.bare(code)))
    return found
