"""What search engines read in a page: schema.org, as JSON-LD, from the graph and its alignments.

A `<script type="application/ld+json">` is data: nothing runs, and the policy of the pages allows
it. Templates write it with `tojson`, which no text of the graph can leave.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers import Solution
from coopkg.errors import Lang
from coopkg.serve import linked
from coopkg.serve.service import Service
from coopkg.terms import BASE, PREFIXES, RDF_TYPE, expand

SCHEMA: Final = PREFIXES["schema"]
ALIGNMENTS: Final = BASE + "graph/alignments"
# What the W3C's own vocabularies are in schema.org; ours are aligned in `ontology/alignments/`.
WORDS: Final[Mapping[str, str]] = {
    expand("org:Organization").value: "Organization",
    expand("skos:Concept").value: "DefinedTerm",
    expand("skos:ConceptScheme").value: "DefinedTermSet",
    expand("dcat:Dataset").value: "Dataset",
    expand("dcat:Catalog").value: "DataCatalog",
}
SAME: Final = expand("skos:exactMatch")
QUERY: Final = (
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
    "SELECT ?term ?aligned WHERE { GRAPH ?graph "
    "{ ?term rdfs:subClassOf|rdfs:subPropertyOf ?aligned } "
    f"FILTER(?graph = <{ALIGNMENTS}>) "
    f'FILTER(STRSTARTS(STR(?aligned), "{SCHEMA}")) }}'
)
MOST: Final = 50
"""Values of one property: a page is described, not copied."""

_ALIGNED: dict[str, dict[str, list[str]]] = {}
_KEPT: Final = 8


def aligned(service: Service) -> Mapping[str, list[str]]:
    """Return the names schema.org gives to our classes and properties, by IRI; asked once."""
    key = service.generation.id
    if key not in _ALIGNED:
        found: dict[str, list[str]] = defaultdict(list)
        for row in service.ask(QUERY):
            found[row["term"].value].append(row["aligned"].value.removeprefix(SCHEMA))
        while len(_ALIGNED) >= _KEPT:
            _ALIGNED.pop(next(iter(_ALIGNED)), None)
        _ALIGNED[key] = {iri: sorted(names) for iri, names in found.items()}
    return _ALIGNED[key]


def entity(service: Service, rows: Iterable[Solution], iri: str, lang: Lang) -> dict[str, Any]:
    """Return the description of an entity or a concept for search engines."""
    words = {**aligned(service), **{name: [word] for name, word in WORDS.items()}}
    said: dict[str, set[Any]] = defaultdict(set)
    for row in rows:
        if row["direction"].value == "out":
            said[row["property"].value].add(row["other"])
    types = {word for one in said[RDF_TYPE.value] for word in words.get(one.value, [])}
    entry = service.labels.get(iri, {})
    found: dict[str, Any] = {
        "@context": SCHEMA.rstrip("/"),
        "@id": iri,
        "@type": sorted(types) or ["Thing"],
        "name": service.catalogue.label(iri)[lang],
        "url": linked.public(f"/{lang}/{iri.removeprefix(BASE)}"),
    }
    if entry.get("alt"):
        found["alternateName"] = list(entry["alt"])
    if text := entry.get("definition", {}).get(lang):
        found["description"] = text
    if same := sorted(one.value for one in said[SAME.value] if isinstance(one, ox.NamedNode)):
        found["sameAs"] = same
    for prop, values in sorted(said.items()):
        for word in words.get(prop, []):
            if word not in found:
                found[word] = [_value(service, one, lang) for one in sorted(values, key=str)[:MOST]]
    return found


def _value(service: Service, term: Any, lang: Lang) -> Any:
    if isinstance(term, ox.NamedNode):
        return {"@id": term.value, "name": service.catalogue.label(term.value)[lang]}
    return term.value


def dataset(service: Service, lang: Lang) -> dict[str, Any]:
    """Return the description of the whole graph for those that index data sets."""
    manifest = service.generation.manifest
    digest = manifest.digest[:12]
    found: dict[str, Any] = {
        "@context": SCHEMA.rstrip("/"),
        "@type": "Dataset",
        "@id": BASE + "void#dataset",
        "name": "Coopération internationale du CNFPT\u00a0: graphe de connaissances"
        if lang == "fr"
        else "International cooperation of the CNFPT: knowledge graph",
        "description": "Description non officielle, sans lien avec le CNFPT, d’après une "
        "brochure\u00a0; les données s’arrêtent en 2018."
        if lang == "fr"
        else "Unofficial description, not endorsed by the CNFPT, after one brochure; the data "
        "end in 2018.",
        "url": linked.public(f"/{lang}/"),
        "license": linked.public(linked.DATA_LICENCE),
        "isAccessibleForFree": True,
        "inLanguage": ["fr", "en"],
        "dateModified": manifest.published,
        "version": service.generation.id,
        "temporalCoverage": "2015/2018",
        "creator": {"@type": "Organization", "name": "coopkg contributors"},
        "includedInDataCatalog": {"@type": "DataCatalog", "url": linked.public("/catalog")},
    }
    if "dumps.json" in manifest.files:
        found["distribution"] = [
            {
                "@type": "DataDownload",
                "name": one["title"][lang],
                "contentUrl": linked.public(f"/dumps/{digest}/{one['name']}"),
                "encodingFormat": one["media"],
                "contentSize": f"{one['bytes']} B",
                "sha256": one["sha256"],
            }
            for one in service.generation.read_json("dumps.json")["files"]
        ]
    return found
