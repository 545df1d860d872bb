"""The graphs of partners as sources: what contributions made of them, and who stated it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from coopkg.build.describe.writing import texts, triple
from coopkg.build.layout import Role
from coopkg.build.sources import Source
from coopkg.contributions import graphs, partners
from coopkg.contributions.graphs import Graph, Standing
from coopkg.contributions.model import DEFAULT, Contribution
from coopkg.contributions.partners import Partner
from coopkg.terms import BASE, expand
from coopkg.typography import french

DESCRIPTION: Final = ox.NamedNode(BASE + "graph/contributions")
"""The graph that says who stated each graph of a partner, when, and from which file."""
FOLDER: Final = "partners/"


def sources(home: Path, standing: Standing) -> tuple[Source, ...]:
    """Return the graphs that contributions make as sources, and the one that describes them.

    A graph of a partner is data of the layer *partner*. What an operator keeps elsewhere is
    *apart*: in the store, but neither validated, nor reasoned over, nor in the default graph.
    """
    every = standing.graphs.values()
    owned = [graph for graph in every if graph.owner is not None and graph.lines]
    found = [_source(graph) for graph in every]
    if owned:
        found.append(_written(f"{FOLDER}description.nt", described(owned, partners.known(home))))
    return tuple(sorted(found, key=lambda source: source.path))


def _source(graph: Graph) -> Source:
    name = ox.DefaultGraph() if graph.iri == DEFAULT else ox.NamedNode(graph.iri)
    quads = _read(graph.text, name)
    role: Role = "apart" if graph.owner is None else "data"
    return Source(graphs.path(graph), role, graph.sha256, quads, (), graph.text)


def _read(text: str, graph: ox.NamedNode | ox.DefaultGraph) -> tuple[ox.Quad, ...]:
    read = ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES)
    return tuple(ox.Quad(one.subject, one.predicate, one.object, graph) for one in read)


def _written(path: str, triples: Iterable[ox.Triple]) -> Source:
    text = "".join(f"{one} .\n" for one in sorted(set(triples), key=str))
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Source(path, "data", digest, _read(text, DESCRIPTION), (), text)


def without(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the inputs of a generation that are not of partners."""
    return {path: sha for path, sha in inputs.items() if not path.startswith(FOLDER)}


def described(owned: Iterable[Graph], known: Mapping[str, Partner]) -> list[ox.Triple]:
    """Return what is said of the graphs of partners, in the words of PROV."""
    title = {"fr": "Contributions des partenaires", "en": "Contributions of partners"}
    said = [
        triple(DESCRIPTION, "rdf:type", expand("prov:Bundle")),
        *texts(DESCRIPTION, "dcterms:title", title),
    ]
    for graph in owned:
        assert graph.owner is not None
        said += _graph(graph, known[graph.owner])
        said += _partner(known[graph.owner])
        for one in graph.contributions:
            said += _contribution(one)
    return said


def agent(name: str) -> ox.NamedNode:
    """Return the IRI of a partner as the one who states."""
    return ox.NamedNode(f"{BASE}id/partner/{name}")


def entity(contribution: str) -> ox.NamedNode:
    """Return the IRI of a contribution as that which a graph comes from."""
    return ox.NamedNode(f"{BASE}id/contributed/{contribution}")


def _graph(graph: Graph, partner: Partner) -> list[ox.Triple]:
    node = ox.NamedNode(graph.iri)
    title = {
        "fr": french(f"dit par le partenaire {partner.label['fr']}"),
        "en": f"said by the partner {partner.label['en']}",
    }
    dates = sorted(one.received[:10] for one in graph.contributions)
    day = expand("xsd:date")
    return [
        triple(node, "rdf:type", expand("coop:SourceGraph")),
        triple(node, "rdf:type", expand("prov:Bundle")),
        triple(node, "coop:layer", ox.NamedNode(BASE + "scheme/layer/partner")),
        triple(node, "coop:assertionMode", ox.NamedNode(BASE + "scheme/assertion-mode/stated")),
        *texts(node, "dcterms:title", title),
        triple(node, "prov:wasAttributedTo", agent(partner.name)),
        triple(node, "dcterms:created", ox.Literal(dates[0], datatype=day)),
        triple(node, "dcterms:modified", ox.Literal(dates[-1], datatype=day)),
        *(triple(node, "prov:wasDerivedFrom", entity(one.id)) for one in graph.contributions),
    ]


def _partner(partner: Partner) -> list[ox.Triple]:
    node = agent(partner.name)
    return [
        triple(node, "rdf:type", expand("prov:Agent")),
        *texts(node, "dcterms:title", partner.label),
    ]


def _contribution(one: Contribution) -> list[ox.Triple]:
    node = entity(one.id)
    title = {"fr": f"contribution {one.id}", "en": f"contribution {one.id}"}
    said = [
        triple(node, "rdf:type", expand("prov:Entity")),
        triple(node, "dcterms:identifier", one.id),
        *texts(node, "dcterms:title", title),
        triple(node, "prov:wasAttributedTo", agent(one.partner)),
        triple(
            node, "prov:generatedAtTime", ox.Literal(one.received, datatype=expand("xsd:dateTime"))
        ),
    ]
    if one.name:
        said.append(triple(node, "dcterms:source", one.name))
    if one.licence:
        said.append(triple(node, "dcterms:rights", one.licence))
    return said
