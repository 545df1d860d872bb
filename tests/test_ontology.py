"""The vocabulary keeps its promises: each is a named query of tests/hygiene/, or a test below.

A query finds what breaks its promise, so it must find nothing; `bad/<name>.ttl` breaks it on
purpose, so that the query can be seen to fail. Each file is one graph, named after its path.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import pytest
import rdflib
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store
from rdflib.plugins.sparql import prepareQuery

from coopkg.terms import NS, PREFIXES

ROOT: Final = Path(__file__).parents[1]
ONTOLOGY: Final = ROOT / "ontology"
HYGIENE: Final = ROOT / "tests" / "hygiene"
KNOWLEDGE: Final = ROOT.parent / "shared" / "knowledge"
CONTEXT: Final = ONTOLOGY / "context" / "coop.context.jsonld"
FILE: Final = "urn:file:"
FORMATS: Final = {".ttl": RdfFormat.TURTLE, ".trig": RdfFormat.TRIG}
TYPE: Final = NamedNode(PREFIXES["rdf"] + "type")
OWN_BASE: Final = "https://w3id.org/cnfpt-coop/"
BUILT_IN: Final = tuple(PREFIXES[p] for p in ("rdf", "rdfs", "owl", "xsd", "sh"))
KINDS: Final = {
    NamedNode(PREFIXES["owl"] + kind)
    for kind in ("Class", "ObjectProperty", "DatatypeProperty", "AnnotationProperty")
}


def named(path: Path) -> NamedNode:
    return NamedNode(FILE + path.relative_to(ROOT).as_posix())


def quads(path: Path, name: NamedNode) -> Iterator[Quad]:
    for quad in ox.parse(path=str(path), format=FORMATS[path.suffix]):
        yield Quad(quad.subject, quad.predicate, quad.object, name)


def files() -> list[Path]:
    """Every file that speaks the vocabulary, but for examples, some of them wrong on purpose."""
    return sorted(
        path
        for folder in ("ontology", "graph_data")
        for path in (ROOT / folder).rglob("*")
        if path.suffix in FORMATS and "examples" not in path.parts
    )


@pytest.fixture(scope="module")
def store() -> Store:
    store = Store()
    for path in files():
        store.extend(quads(path, named(path)))
    return store


def rows(store: Store, name: str) -> list[str]:
    text = (HYGIENE / f"{name}.rq").read_text(encoding="utf-8")
    found: Any = store.query(text, use_default_graph_as_union=True)
    names = [variable.value for variable in found.variables]
    return [" · ".join(f"{name}={row[name]}" for name in names if row[name]) for row in found]


def in_folder(store: Store, *folders: str) -> Iterator[Quad]:
    for graph in store.named_graphs():
        if isinstance(graph, NamedNode) and graph.value.startswith(
            tuple(f"{FILE}ontology/{folder}" for folder in folders)
        ):
            yield from store.quads_for_pattern(None, None, None, graph)


def declared(store: Store, *folders: str) -> set[str]:
    """The classes and properties that files of these folders of ontology/ declare."""
    return {
        quad.subject.value
        for quad in in_folder(store, *folders)
        if quad.predicate == TYPE and quad.object in KINDS and isinstance(quad.subject, NamedNode)
    }


def knowledge(name: str) -> list[dict[str, str]]:
    path = KNOWLEDGE / name
    if not path.exists():
        pytest.skip(f"{name} is not here: the registers are beside the repository, not in it")
    with path.open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t"))


CHECKS: Final = sorted(path.stem for path in HYGIENE.glob("*.rq"))


@pytest.mark.parametrize("name", CHECKS)
def test_the_hygiene_query_finds_nothing(store: Store, name: str) -> None:
    assert rows(store, name) == []


@pytest.mark.parametrize("name", CHECKS)
def test_the_hygiene_query_finds_what_is_broken_on_purpose(store: Store, name: str) -> None:
    path = HYGIENE / "bad" / f"{name}.ttl"
    place = path.read_text(encoding="utf-8").splitlines()[0].removeprefix("# as: ")
    added = [quad for quad in quads(path, NamedNode(FILE + place)) if quad not in store]
    store.extend(added)
    try:
        assert rows(store, name) != []
    finally:
        for quad in added:
            store.remove(quad)


def test_the_main_file_imports_every_module_and_the_extracts_that_reasoning_needs() -> None:
    graph = rdflib.Graph().parse(ONTOLOGY / "coop.ttl")
    imported = {str(iri) for iri in graph.objects(None, rdflib.OWL.imports)}
    modules = {f"{OWN_BASE}ns/{path.stem}" for path in (ONTOLOGY / "modules").glob("*.ttl")}
    extracts = {f"{OWN_BASE}imports/{path.stem}" for path in (ONTOLOGY / "imports").glob("*.ttl")}
    assert modules <= imported
    assert imported - modules <= extracts


def test_each_module_extract_and_alignment_is_one_ontology_named_after_its_file() -> None:
    for folder, base in (("modules", "ns"), ("imports", "imports"), ("alignments", "alignments")):
        for path in (ONTOLOGY / folder).glob("*.ttl"):
            graph = rdflib.Graph().parse(path)
            headers = {str(s) for s in graph.subjects(rdflib.RDF.type, rdflib.OWL.Ontology)}
            assert headers == {f"{OWN_BASE}{base}/{path.stem}"}, path


def test_the_version_is_the_same_everywhere() -> None:
    version = (ONTOLOGY / "VERSION").read_text(encoding="utf-8").strip()
    citation = (ONTOLOGY / "CITATION.cff").read_text(encoding="utf-8")
    changelog = (ONTOLOGY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"version: {version}\n" in citation
    assert f"## {version} " in changelog
    for path in [ONTOLOGY / "coop.ttl", *(ONTOLOGY / "modules").glob("*.ttl")]:
        graph = rdflib.Graph().parse(path)
        assert {str(v) for v in graph.objects(None, rdflib.OWL.versionInfo)} == {version}, path
        (address,) = graph.objects(None, rdflib.OWL.versionIRI)
        assert str(address).startswith(f"{OWN_BASE}ns/{version}"), path


def test_the_catalog_finds_every_import_without_the_network() -> None:
    catalog = (ONTOLOGY / "catalog-v001.xml").read_text(encoding="utf-8")
    found = dict(re.findall(r'<uri name="([^"]+)" uri="([^"]+)"/>', catalog))
    assert all((ONTOLOGY / target).is_file() for target in found.values())
    for folder in ("modules", "imports", "alignments"):
        for path in (ONTOLOGY / folder).glob("*.ttl"):
            graph = rdflib.Graph().parse(path)
            needed = {str(iri) for iri in graph.objects(None, rdflib.OWL.imports)}
            (own,) = graph.subjects(rdflib.RDF.type, rdflib.OWL.Ontology)
            assert needed | {str(own)} <= set(found), path


def test_every_example_of_a_term_is_turtle_that_uses_it(store: Store) -> None:
    known = declared(store, "modules", "imports")
    prefixes = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in PREFIXES.items())
    example = NamedNode(PREFIXES["skos"] + "example")
    for quad in in_folder(store, "modules"):
        if quad.predicate != example:
            continue
        assert isinstance(quad.subject, NamedNode)
        assert isinstance(quad.object, Literal)
        text = prefixes + quad.object.value
        triples = list(ox.parse(text.encode(), format=RdfFormat.TURTLE))
        used = {t.predicate.value for t in triples} | {
            t.object.value
            for t in triples
            if t.predicate == TYPE and isinstance(t.object, NamedNode)
        }
        assert quad.subject.value in used, quad.object.value
        assert used - {TYPE.value} <= known, quad.object.value


def test_every_query_names_declared_terms_only(store: Store) -> None:
    known = declared(store, "modules", "imports")
    for path in sorted((ROOT / "queries").glob("*.rq")):
        query = prepareQuery(path.read_text(encoding="utf-8"))
        used = {str(term) for term in iris(query.algebra)}
        ours = {iri for iri in used if iri.startswith(NS)}
        assert ours <= known, path.name
        concepts = {iri for iri in used if iri.startswith(f"{OWN_BASE}scheme/")}
        missing = {
            c for c in concepts if not any(store.quads_for_pattern(NamedNode(c), TYPE, None))
        }
        assert not missing, path.name


def iris(node: Any) -> Iterator[rdflib.URIRef]:
    """Every IRI of a parsed query, wherever it stands: triples, paths, filters, lists."""
    if isinstance(node, rdflib.URIRef):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            yield from iris(key)
            yield from iris(value)
    elif isinstance(node, list | tuple | set | frozenset):
        for value in node:
            yield from iris(value)
    elif hasattr(node, "args"):
        yield from iris(node.args)
    elif hasattr(node, "arg"):
        yield from iris(node.arg)
    elif hasattr(node, "path"):
        yield from iris(node.path)


def test_the_names_of_a_query_are_found_in_paths_filters_values_and_templates() -> None:
    query = prepareQuery(
        f"""PREFIX coop: <{NS}>
        CONSTRUCT {{ ?a coop:one ?b }} WHERE {{
          ?a coop:two/^coop:three*|!coop:four ?b FILTER(?b != coop:five)
          FILTER NOT EXISTS {{ VALUES ?b {{ coop:six }} ?b a coop:seven }}
          {{ SELECT ?b WHERE {{ ?b coop:eight [] }} GROUP BY ?b HAVING (COUNT(coop:nine) > 0) }}
        }}"""
    )
    found = {str(iri).removeprefix(NS) for iri in iris(query.algebra) if str(iri).startswith(NS)}
    assert found == {
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    }  # fmt: skip


def test_every_reused_term_is_one_that_the_project_verified(store: Store) -> None:
    verified = {
        row["iri"] for row in knowledge("reused-terms.tsv") if "NOT FOUND" not in row["verified in"]
    }
    assert declared(store, "imports") <= verified


def test_every_external_identifier_is_in_the_register(store: Store) -> None:
    register = {row["identifier"] for row in knowledge("identifiers.tsv")}
    external = re.compile(
        r"^http://(eurovoc\.europa\.eu|metadata\.un\.org/sdg|www\.wikidata\.org/entity"
        r"|publications\.europa\.eu)/|^https://(sws\.geonames\.org|rdf\.archives-nationales)"
    )
    minted = re.compile(
        rf"^{re.escape(OWN_BASE)}scheme/(?:dac|crs-channel|iati-[a-z-]+)/([A-Z0-9]+)$"
    )
    for quad in store:
        for term in (quad.subject, quad.object):
            iri = term.value if isinstance(term, NamedNode) else ""
            code = minted.match(iri)
            assert not external.match(iri) or iri in register, quad
            assert code is None or code[1] in register, quad


def test_eurovoc_361_is_not_mapped(store: Store) -> None:
    # déconcentration in French, devolution in English: two notions under one number.
    node = NamedNode("http://eurovoc.europa.eu/361")
    assert not any(store.quads_for_pattern(None, None, node))


def test_no_theme_is_under_decentralisation_or_under_training_of_officers(store: Store) -> None:
    # A narrower theme would answer in place of the one asked for (modelling decisions, 7).
    broader = NamedNode(PREFIXES["skos"] + "broader")
    for code in ("decentralisation", "ressources-humaines", "formation-des-agents"):
        theme = NamedNode(PREFIXES["theme"] + code)
        assert not any(store.quads_for_pattern(None, broader, theme)), code


def test_decentralisation_is_related_to_local_and_territorial_governance(store: Store) -> None:
    related = NamedNode(PREFIXES["skos"] + "related")
    theme = NamedNode(PREFIXES["theme"] + "decentralisation")
    found = {quad.object for quad in store.quads_for_pattern(theme, related, None)}
    assert found == {
        NamedNode(PREFIXES["theme"] + code)
        for code in ("gouvernance-locale", "gouvernance-territoriale")
    }


def test_a_zone_is_one_node_a_place_and_a_concept(store: Store) -> None:
    zones = {
        quad.subject
        for quad in store.quads_for_pattern(
            None, NamedNode(PREFIXES["skos"] + "inScheme"), NamedNode(OWN_BASE + "scheme/zone")
        )
    }
    assert zones == {
        NamedNode(PREFIXES["place"] + slug)
        for slug in ("mediterranee", "afrique", "asie", "amerique-caraibes", "europe")
    }
    zone_class = NamedNode(NS + "StatisticalZone")
    assert all(any(store.quads_for_pattern(zone, TYPE, zone_class)) for zone in zones)


def test_the_context_names_every_term_of_ours(store: Store) -> None:
    context = json.loads(CONTEXT.read_text(encoding="utf-8"))["@context"]
    named = {
        value["@id"] if isinstance(value, dict) else value
        for value in context.values()
        if not isinstance(value, float)
    }
    ours = {"coop:" + iri.removeprefix(NS) for iri in declared(store, "modules")}
    assert ours <= named
    assert {name for name in named if name.startswith("coop:")} <= ours
