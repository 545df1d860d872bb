"""What a generation can be linked to, read once; and the names that clients may use for it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from coopkg import linking
from coopkg.linking import Index
from coopkg.linking.identifiers import (
    ALPHA2,
    ALPHA3,
    BY_NAME,
    IATI,
    ISNI,
    M49,
    ROR,
    SIREN,
    SIRET,
    WIKIDATA,
)
from coopkg.linking.index import full
from coopkg.serve.service import Service
from coopkg.terms import PREFIXES, RDF_TYPE

_INDEXES: dict[str, Index] = {}
_MOST: Final = 4

REGISTERS: Final[Mapping[str, str]] = {
    **{name: name for name in BY_NAME},
    "iso2": ALPHA2.name,
    "iso3": ALPHA3.name,
    PREFIXES["coop"] + "iso2": ALPHA2.name,
    PREFIXES["coop"] + "iso3": ALPHA3.name,
    PREFIXES["coop"] + "m49": M49.name,
}
"""The registers that a property may name, by what clients call it."""
TITLES: Final[Mapping[str, str]] = {
    WIKIDATA.name: "Wikidata",
    SIREN.name: "SIREN",
    SIRET.name: "SIRET",
    ROR.name: "ROR",
    ISNI.name: "ISNI",
    IATI.name: "IATI",
    ALPHA2.name: "ISO 3166-1 alpha-2",
    ALPHA3.name: "ISO 3166-1 alpha-3",
    M49.name: "M49",
}
_SHORT: Final[Mapping[str, str]] = {
    "label": "skos:prefLabel",
    "name": "skos:prefLabel",
    "country": "coop:basedIn",
    "acronym": "coop:acronym",
    "identifier": "coop:hasIdentifier",
    "type": "rdf:type",
    "classification": "org:classification",
}


def index(service: Service) -> Index:
    """Return the index of a generation; of one sealed before there was any, made now."""
    found = service.generation
    key = f"{found.path}/{found.id}"
    made = _INDEXES.get(key)
    if made is None:
        while len(_INDEXES) >= _MOST:
            _INDEXES.pop(next(iter(_INDEXES)), None)
        made = _INDEXES[key] = Index(_sealed(service))
    return made


def _sealed(service: Service) -> Mapping[str, Any]:
    if linking.FILE in service.generation.manifest.files:
        read: Mapping[str, Any] = service.generation.read_json(linking.FILE)
        return read
    return linking.document(service.ask, service.labels)


def property_of(name: str) -> str:
    """Return the IRI of a property from what clients call it, or the name of a register."""
    wanted = name.strip()
    if wanted in REGISTERS:
        return REGISTERS[wanted]
    iri = full(_SHORT.get(wanted, wanted))
    return REGISTERS.get(iri, iri)


def properties(service: Service) -> Mapping[str, Mapping[str, Any]]:
    """Return the properties that may be asked, by IRI or register, with their labels."""
    ours = {
        iri: entry
        for iri, entry in service.labels.items()
        if _is_property(iri) and (entry.get("fr") or entry.get("en"))
    }
    registers = {name: {"fr": title, "en": title} for name, title in TITLES.items()}
    return {**ours, RDF_TYPE.value: {"fr": "type", "en": "type"}, **registers}


def _is_property(iri: str) -> bool:
    local = iri.rpartition("#")[2].rpartition("/")[2]
    known = iri.startswith(tuple(PREFIXES[name] for name in _VOCABULARIES))
    return known and local[:1].islower()


_VOCABULARIES: Final = ("coop", "org", "skos", "dcterms", "foaf", "rdf", "rdfs", "dcat", "qb")
