"""The catalogue in DCAT-AP 3: datasets, how to get them, and under which licence.

What `graph_data/catalog.ttl` says is kept; this adds what a machine needs and a build knows: each
file with its size and checksum, the services, the dates. Names of controlled vocabularies stand
here only when they were found in published files (`docs/linked-data.md` says which).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.describe.writing import (
    ABOUT,
    DATA_LICENCE,
    DATASET,
    PUBLISHER,
    SPDX,
    TERMS_LICENCE,
    TITLE,
    moment,
    texts,
    triple,
    turtle,
)
from coopkg.build.quads import Quads
from coopkg.terms import BASE, expand

GRAPH: Final = ox.NamedNode(BASE + "graph/catalog")
CATALOGUE: Final = ox.NamedNode(BASE + "id/catalog/coopkg")
IANA: Final = "https://www.iana.org/assignments/media-types/"
EU: Final = "http://publications.europa.eu/resource/authority/"
SHA256: Final = ox.NamedNode(SPDX + "checksumAlgorithm_sha256")
PUBLIC: Final = ox.NamedNode(EU + "access-right/PUBLIC")
LANGUAGES: Final = {
    "fr": ox.NamedNode(EU + "language/FRA"),
    "en": ox.NamedNode(EU + "language/ENG"),
}
FILE_TYPES: Final = {"text/turtle": ox.NamedNode(EU + "file-type/RDF_TURTLE")}
COUNTRY: Final = EU + "country/"
PERIOD: Final = ox.NamedNode(BASE + "catalog#period")
YEAR: Final = expand("coop:year")

# What catalog.ttl writes for people in a way that DCAT-AP wants otherwise, and is written anew.
ANEW: Final = frozenset(
    expand(f"dcterms:{name}")
    for name in ("publisher", "language", "rights", "temporal", "source", "isPartOf", "hasPart")
)
LICENCES: Final[Mapping[ox.NamedNode, Mapping[str, str]]] = {
    DATA_LICENCE: {
        "fr": "Licence Ouverte 2.0 (Etalab)",
        "en": "Open Licence 2.0 (Etalab)",
    },
    TERMS_LICENCE: {
        "fr": "Creative Commons Attribution 4.0 International",
        "en": "Creative Commons Attribution 4.0 International",
    },
}
SERVICES: Final = (
    (
        "sparql",
        "sparql",
        "sparql",
        {"fr": "Point d’accès SPARQL", "en": "SPARQL endpoint"},
        "https://www.w3.org/TR/sparql11-protocol/",
    ),
    (
        "api",
        "api/questions",
        "openapi.json",
        {"fr": "Questions toutes faites (API)", "en": "Ready-made questions (API)"},
        "https://spec.openapis.org/oas/v3.1.0",
    ),
)

Dump = Mapping[str, Any]
"""A file of `dumps.json`: name, media, packed, bytes, sha256, title, layer."""


def catalogue(
    quads: Iterable[ox.Quad], modified: str, dumps: Iterable[Dump] = (), digest: str = ""
) -> bytes:
    """Return the DCAT-AP catalogue (Turtle), dated by this build.

    `dumps` are files served under `/dumps/<digest>/`.
    """
    every = Quads.of(quads)
    kept = [
        ox.Triple(quad.subject, quad.predicate, quad.object)
        for quad in every.graph(GRAPH)
        if quad.predicate not in ANEW
    ]
    parts = sorted(
        {
            one.subject
            for one in kept
            if one.object == expand("dcat:Dataset") and isinstance(one.subject, ox.NamedNode)
        },
        key=str,
    )
    said = [*kept, *_catalogue(parts), *_dataset(parts, every), *_agents()]
    for one in (CATALOGUE, DATASET):
        said.append(triple(one, "dcterms:modified", moment(modified)))
        said += [triple(one, "dcterms:issued", first) for first in _created(kept)]
    for part in parts:
        said += [*_resource(part), triple(part, "dcterms:modified", moment(modified))]
    for dump in dumps:
        said += _distribution(dump, modified, digest)
    for name, endpoint, about, title, standard in SERVICES:
        said += _service(name, endpoint, about, title, standard)
    return turtle(said)


def _created(kept: Iterable[ox.Triple]) -> list[ox.Literal]:
    """Return the day the catalogue was made, as catalog.ttl gives it."""
    return [
        one.object
        for one in kept
        if one.subject == CATALOGUE
        and one.predicate == expand("dcterms:created")
        and isinstance(one.object, ox.Literal)
    ]


def _catalogue(parts: Iterable[ox.NamedNode]) -> list[ox.Triple]:
    said = [
        triple(CATALOGUE, "rdf:type", expand("dcat:Catalog")),
        triple(CATALOGUE, "dcterms:publisher", PUBLISHER),
        triple(CATALOGUE, "dcterms:license", DATA_LICENCE),
        triple(CATALOGUE, "foaf:homepage", ox.NamedNode(BASE)),
        triple(CATALOGUE, "dcat:dataset", DATASET),
        *(triple(CATALOGUE, "dcterms:language", one) for one in LANGUAGES.values()),
        *(triple(CATALOGUE, "dcat:dataset", part) for part in parts),
    ]
    for name, *_ in SERVICES:
        said.append(triple(CATALOGUE, "dcat:service", _service_node(name)))
    return said


def _resource(node: ox.NamedNode) -> list[ox.Triple]:
    """Return what is true of each dataset."""
    return [
        triple(node, "rdf:type", expand("dcat:Dataset")),
        triple(node, "dcterms:publisher", PUBLISHER),
        triple(node, "dcterms:accessRights", PUBLIC),
        *(triple(node, "dcterms:language", one) for one in LANGUAGES.values()),
        triple(node, "dcat:landingPage", ox.NamedNode(BASE + "catalog")),
    ]


def _dataset(parts: Iterable[ox.NamedNode], every: Quads) -> list[ox.Triple]:
    """Return the dataset that holds the others, and all that is inferred from them."""
    countries = {
        quad.object
        for quad in every.saying(expand("skos:exactMatch"))
        if isinstance(quad.object, ox.NamedNode) and quad.object.value.startswith(COUNTRY)
    }
    words = {
        "fr": ("coopération décentralisée", "CNFPT", "graphe de connaissances"),
        "en": ("decentralised cooperation", "CNFPT", "knowledge graph"),
    }
    return [
        *_resource(DATASET),
        *texts(DATASET, "dcterms:title", TITLE),
        *texts(DATASET, "dcterms:description", ABOUT),
        triple(DATASET, "dcterms:identifier", DATASET.value),
        *(
            triple(DATASET, "dcat:keyword", ox.Literal(word, language=lang))
            for lang, listed in words.items()
            for word in listed
        ),
        *(triple(DATASET, "dcterms:hasPart", part) for part in parts),
        *(triple(DATASET, "dcterms:spatial", country) for country in countries),
        *(one for country in countries for one in _listed(country)),
        *(triple(country, "rdf:type", expand("dcterms:Location")) for country in countries),
        *_period(every),
        triple(DATASET, "prov:wasDerivedFrom", ox.NamedNode(BASE + "id/document/brochure")),
        triple(DATASET, "foaf:page", ox.NamedNode(BASE + "dumps/")),
        triple(ox.NamedNode(BASE + "dumps/"), "rdf:type", expand("foaf:Document")),
        triple(ox.NamedNode(BASE + "catalog"), "rdf:type", expand("foaf:Document")),
        triple(ox.NamedNode(BASE), "rdf:type", expand("foaf:Document")),
    ]


def _period(every: Quads) -> list[ox.Triple]:
    """Return the first and the last year of which a figure is known."""
    years = sorted(
        quad.object.value.zfill(4)
        for quad in every.saying(YEAR)
        if isinstance(quad.object, ox.Literal)
    )
    if not years:
        return []
    return [
        triple(DATASET, "dcterms:temporal", PERIOD),
        triple(PERIOD, "rdf:type", expand("dcterms:PeriodOfTime")),
        triple(PERIOD, "dcat:startDate", _year(years[0])),
        triple(PERIOD, "dcat:endDate", _year(years[-1])),
    ]


def _year(text: str) -> ox.Literal:
    return ox.Literal(text, datatype=expand("xsd:gYear"))


def _agents() -> list[ox.Triple]:
    """Return the publisher, the licences and the words of other vocabularies used here."""
    said = [
        triple(PUBLISHER, "rdf:type", expand("foaf:Agent")),
        triple(PUBLISHER, "foaf:name", "coopkg contributors"),
        triple(PUBLIC, "rdf:type", expand("dcterms:RightsStatement")),
        triple(SHA256, "rdf:type", ox.NamedNode(SPDX + "ChecksumAlgorithm")),
        *(
            triple(one, "rdf:type", expand("dcterms:LinguisticSystem"))
            for one in LANGUAGES.values()
        ),
    ]
    for code in (*LANGUAGES.values(), PUBLIC, *FILE_TYPES.values()):
        said += _listed(code)
    for licence, names in LICENCES.items():
        said.append(triple(licence, "rdf:type", expand("dcterms:LicenseDocument")))
        said += texts(licence, "dcterms:title", names)
    return said


def _listed(code: ox.NamedNode) -> list[ox.Triple]:
    """Say which list of the EU a code stands in, for who checks without the lists at hand."""
    scheme = ox.NamedNode(code.value.rpartition("/")[0])
    return [
        triple(code, "skos:inScheme", scheme),
        triple(scheme, "rdf:type", expand("skos:ConceptScheme")),
        triple(scheme, "dcterms:title", scheme.value.rpartition("/")[2]),
    ]


def _distribution(dump: Dump, modified: str, digest: str) -> list[ox.Triple]:
    """Return one file: what it holds, where it is, and how to know that it came whole."""
    node = ox.NamedNode(f"{BASE}catalog#file-{dump['name']}")
    checksum = ox.NamedNode(f"{BASE}catalog#sha256-{dump['name']}")
    address = ox.NamedNode(f"{BASE}dumps/{digest[:12]}/{dump['name']}")
    media = ox.NamedNode(IANA + dump["media"])
    layer = dump.get("layer")
    whole = ox.NamedNode(f"{BASE}id/catalog/{layer}") if layer else DATASET
    file_type = FILE_TYPES.get(dump["media"])
    said = [
        triple(whole, "dcat:distribution", node),
        triple(node, "rdf:type", expand("dcat:Distribution")),
        *texts(node, "dcterms:title", dump["title"]),
        *texts(node, "dcterms:description", dump["what"]),
        triple(node, "dcat:accessURL", address),
        triple(node, "dcat:downloadURL", address),
        triple(address, "rdf:type", expand("rdfs:Resource")),
        triple(node, "dcterms:license", DATA_LICENCE),
        triple(node, "dcterms:issued", moment(modified)),
        triple(node, "dcterms:modified", moment(modified)),
        triple(node, "dcat:mediaType", media),
        triple(media, "rdf:type", expand("dcterms:MediaType")),
        triple(
            node,
            "dcat:byteSize",
            ox.Literal(str(dump["bytes"]), datatype=expand("xsd:nonNegativeInteger")),
        ),
        triple(node, SPDX + "checksum", checksum),
        triple(checksum, "rdf:type", ox.NamedNode(SPDX + "Checksum")),
        triple(checksum, SPDX + "algorithm", SHA256),
        triple(
            checksum,
            SPDX + "checksumValue",
            ox.Literal(dump["sha256"], datatype=expand("xsd:hexBinary")),
        ),
        *(triple(node, "dcterms:language", one) for one in LANGUAGES.values()),
    ]
    if file_type:
        said.append(triple(node, "dcterms:format", file_type))
        said.append(triple(file_type, "rdf:type", expand("dcterms:MediaTypeOrExtent")))
    if packed := dump.get("packed"):
        way = "dcat:packageFormat" if packed == "application/zip" else "dcat:compressFormat"
        said.append(triple(node, way, ox.NamedNode(IANA + packed)))
        said.append(triple(ox.NamedNode(IANA + packed), "rdf:type", expand("dcterms:MediaType")))
    return said


def _service_node(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{BASE}id/catalog/sparql" if name == "sparql" else f"{BASE}catalog#{name}")


def _service(
    name: str, endpoint: str, about: str, title: Mapping[str, str], standard: str
) -> list[ox.Triple]:
    node, norm = _service_node(name), ox.NamedNode(standard)
    described = ox.NamedNode(BASE + about)
    return [
        triple(node, "rdf:type", expand("dcat:DataService")),
        *texts(node, "dcterms:title", title),
        triple(node, "dcat:endpointURL", ox.NamedNode(BASE + endpoint)),
        triple(node, "dcat:endpointDescription", described),
        triple(node, "dcat:servesDataset", DATASET),
        triple(node, "dcterms:publisher", PUBLISHER),
        triple(node, "dcterms:license", DATA_LICENCE),
        triple(node, "dcterms:accessRights", PUBLIC),
        triple(node, "dcterms:conformsTo", norm),
        triple(norm, "rdf:type", expand("dcterms:Standard")),
        triple(ox.NamedNode(BASE + endpoint), "rdf:type", expand("rdfs:Resource")),
        triple(described, "rdf:type", expand("rdfs:Resource")),
    ]
