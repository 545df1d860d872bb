"""RDF terms as text and back: the base IRI, prefixes, languages.

Terms travel through the project as pyoxigraph's `NamedNode`, `Literal` and `BlankNode`, which
are immutable and hashable; rdflib's terms appear only beside owlrl and pySHACL, in `build`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeAlias

from pyoxigraph import BlankNode, Literal, NamedNode

Term: TypeAlias = NamedNode | BlankNode | Literal
Triple: TypeAlias = tuple[Term, NamedNode, Term]

BASE: Final = "https://w3id.org/cnfpt-coop/"
NS: Final = BASE + "ns#"
LANGUAGES: Final = ("fr", "en")

PREFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "coop": NS,
        "coopsh": BASE + "shapes#",
        "id": BASE + "id/",
        "organisation": BASE + "id/organisation/",
        "group": BASE + "id/group/",
        "place": BASE + "id/place/",
        "activity": BASE + "id/activity/",
        "strand": BASE + "id/strand/",
        "participation": BASE + "id/participation/",
        "partnership": BASE + "id/partnership/",
        "programme": BASE + "id/programme/",
        "resource": BASE + "id/resource/",
        "training": BASE + "id/training/",
        "agreement": BASE + "id/agreement/",
        "legal": BASE + "id/legal/",
        "list": BASE + "id/list/",
        "observation": BASE + "id/observation/",
        "dataset": BASE + "id/dataset/",
        "period": BASE + "id/period/",
        "document": BASE + "id/document/",
        "output": BASE + "id/output/",
        "gap": BASE + "id/gap/",
        "contribution": BASE + "id/contribution/",
        "request": BASE + "id/request/",
        "standing-role": BASE + "id/standing-role/",
        "section": BASE + "id/section/",
        "identifier": BASE + "id/identifier/",
        "initiative": BASE + "id/initiative/",
        "component": BASE + "id/component/",
        "force": BASE + "scheme/force/",
        "output-status": BASE + "scheme/output-status/",
        "gap-reason": BASE + "scheme/gap-reason/",
        "mobility": BASE + "scheme/mobility/",
        "funding": BASE + "scheme/funding/",
        "partner-route": BASE + "scheme/partner-route/",
        "theme": BASE + "scheme/theme/",
        "role": BASE + "scheme/role/",
        "modality": BASE + "scheme/modality/",
        "audience": BASE + "scheme/audience/",
        "org-type": BASE + "scheme/org-type/",
        "assertion-mode": BASE + "scheme/assertion-mode/",
        "layer": BASE + "scheme/layer/",
        "indicator": BASE + "scheme/indicator/",
        "unit": BASE + "scheme/unit/",
        "origin": BASE + "scheme/expert-origin/",
        "passage": BASE + "graph/passage/",
        "curation": BASE + "graph/curation/",
        "reference": BASE + "graph/reference/",
        "graph": BASE + "graph/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "owl": "http://www.w3.org/2002/07/owl#",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "sh": "http://www.w3.org/ns/shacl#",
        "skos": "http://www.w3.org/2004/02/skos/core#",
        "dcterms": "http://purl.org/dc/terms/",
        "dcat": "http://www.w3.org/ns/dcat#",
        "void": "http://rdfs.org/ns/void#",
        "sd": "http://www.w3.org/ns/sparql-service-description#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "org": "http://www.w3.org/ns/org#",
        "prov": "http://www.w3.org/ns/prov#",
        "qb": "http://purl.org/linked-data/cube#",
        "sdmx-dimension": "http://purl.org/linked-data/sdmx/2009/dimension#",
        "sdmx-measure": "http://purl.org/linked-data/sdmx/2009/measure#",
        "sdmx-attribute": "http://purl.org/linked-data/sdmx/2009/attribute#",
        "adms": "http://www.w3.org/ns/adms#",
        "eli": "http://data.europa.eu/eli/ontology#",
        "time": "http://www.w3.org/2006/time#",
        "vann": "http://purl.org/vocab/vann/",
        "schema": "https://schema.org/",
    }
)

_NAMESPACES: Final = {PREFIXES[prefix]: prefix for prefix in sorted(PREFIXES)}

RDF_TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")


@lru_cache(maxsize=4_096)  # the same few hundred names, thousands of times
def expand(text: str) -> NamedNode:
    """Return the IRI of a prefixed name, or of a full http(s) IRI.

    >>> expand("coop:hasPartner").value
    'https://w3id.org/cnfpt-coop/ns#hasPartner'

    Raises:
        ValueError: the prefix is unknown, or the text is no http(s) IRI.
    """
    if text.startswith(("http://", "https://")):
        return NamedNode(text)
    prefix, colon, local = text.partition(":")
    if colon and prefix in PREFIXES:
        return NamedNode(PREFIXES[prefix] + local)
    raise ValueError(f"{text!r}: no http(s) IRI and no known prefix")


@lru_cache(maxsize=4_096)
def compact(iri: str) -> str:
    """Return the shortest prefixed name of an IRI, or the IRI itself when no prefix fits.

    >>> compact("https://w3id.org/cnfpt-coop/id/organisation/cefal")
    'organisation:cefal'
    """
    # A local name holds no "/" or "#", so that the namespace ends at the last of them.
    start = max(iri.rfind("/"), iri.rfind("#")) + 1
    prefix = _NAMESPACES.get(iri[:start])
    return f"{prefix}:{iri[start:]}" if prefix and start < len(iri) else iri
