"""What a query may name: counted from the sealed graph, told to editors and to programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from coopkg import generation
from coopkg.build import schema
from coopkg.config import Settings
from coopkg.serve import create_app
from coopkg.terms import NS, expand
from tests.generations import damage

GRAPH = """
coop:Country a owl:Class . coop:Empty a owl:Class .
coop:within a owl:ObjectProperty ; rdfs:domain coop:Country ; rdfs:range coop:Zone .
coop:unused a owl:DatatypeProperty .
place:tunisie a coop:Country ;
  coop:within place:maghreb ; coop:year 2024 ; rdfs:label "Tunisie"@fr .
place:maroc a coop:Country ; coop:within place:maghreb .
place:maghreb a coop:Zone .
theme:eau skos:inScheme <https://w3id.org/cnfpt-coop/scheme/theme> .
"""
PASSAGE = ox.NamedNode(str(expand("passage:one").value))
LABELS: dict[str, Any] = {
    NS + "Country": {"fr": "pays", "en": "country", "definition": {"fr": "Un territoire."}},
    str(expand("theme:eau").value): {"fr": "eau"},
}


def quads() -> list[ox.Quad]:
    """Return the small graph, and one triple that only a named graph has."""
    head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in schema.PREFIXES.items())
    found = list(ox.parse(head + GRAPH, format=ox.RdfFormat.TURTLE))
    hidden = ox.Quad(expand("coopsh:s"), expand("sh:path"), expand("coop:within"), PASSAGE)
    return [*found, hidden]


@pytest.fixture(scope="module")
def small() -> dict[str, Any]:
    """Return the schema of the small graph."""
    return schema.document(quads(), LABELS, {PASSAGE.value: 1})


def one(found: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    """Return the only entry of that id."""
    (entry,) = (entry for entry in found[part] if entry["id"] == name)
    return dict(entry)


def test_a_class_is_counted_and_lists_the_properties_of_its_members(small: dict[str, Any]) -> None:
    country = one(small, "classes", "coop:Country")
    assert country["count"] == 2
    assert country["properties"] == ["coop:within", "coop:year", "rdf:type", "rdfs:label"]
    assert country["label"] == {"fr": "pays", "en": "country"}
    assert country["definition"] == {"fr": "Un territoire."}


def test_a_class_without_members_is_listed_with_none(small: dict[str, Any]) -> None:
    assert one(small, "classes", "coop:Empty")["count"] == 0
    assert one(small, "classes", "coop:Zone")["count"] == 1, "used, though never declared"


def test_a_property_tells_what_is_on_each_side_of_it(small: dict[str, Any]) -> None:
    within = one(small, "properties", "coop:within")
    assert within["count"] == 2
    assert within["domain"] == ["coop:Country"]
    assert within["range"] == ["coop:Zone"]
    assert within["subjects"] == ["coop:Country"]
    assert within["objects"] == ["coop:Zone"]
    assert one(small, "properties", "coop:year")["objects"] == ["xsd:integer"]
    assert one(small, "properties", "rdfs:label")["objects"] == ["rdf:langString"]


def test_a_property_of_named_graphs_only_is_not_passed_for_unused(small: dict[str, Any]) -> None:
    path = one(small, "properties", "sh:path")
    assert (path["count"], path["elsewhere"]) == (0, 1)
    unused = one(small, "properties", "coop:unused")
    assert (unused["count"], unused["elsewhere"]) == (0, 0)


def test_concepts_graphs_languages_and_nameless_entities_are_listed(small: dict[str, Any]) -> None:
    scheme = "https://w3id.org/cnfpt-coop/scheme/theme"
    eau = {"id": "theme:eau", "iri": scheme + "/eau", "label": {"fr": "eau"}, "scheme": scheme}
    assert small["concepts"] == [eau]
    assert small["graphs"] == [{"iri": PASSAGE.value, "triples": 1}]
    assert small["languages"] == ["fr"]
    places = {str(expand(f"place:{name}").value) for name in ("maghreb", "maroc", "tunisie")}
    assert places <= set(small["unnamed"])
    assert eau["iri"] not in small["unnamed"]


def test_only_the_prefixes_in_use_are_given(small: dict[str, Any]) -> None:
    assert {"coop", "place", "theme", "owl", "xsd", "sh"} <= small["prefixes"].keys()
    assert not {"eli", "training", "void"} & small["prefixes"].keys()


def test_the_sealed_schema_counts_what_the_endpoint_counts(client: FlaskClient) -> None:
    found = client.get("/sparql/schema.json").json
    head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in found["prefixes"].items())
    for part, pattern in (("classes", "?x a {}"), ("properties", "?x {} ?y")):
        for entry in found[part][::9]:
            pattern_of = pattern.format(f"<{entry['iri']}>")
            query = head + f"SELECT (COUNT(*) AS ?n) {{ {pattern_of} }}"
            rows = client.get("/sparql", query_string={"query": query}).json["results"]["bindings"]
            assert int(rows[0]["n"]["value"]) == entry["count"], entry["id"]


def test_every_term_of_the_ontology_has_its_labels_and_its_definition(client: FlaskClient) -> None:
    found = client.get("/sparql/schema.json").json
    own = [entry for part in ("classes", "properties") for entry in found[part]]
    own = [entry for entry in own if entry["iri"].startswith(NS)]
    assert len(own) > 200
    for entry in own:
        assert entry["label"].keys() == entry["definition"].keys() == {"fr", "en"}, entry["id"]
    assert found["unnamed"] == []


def test_the_schema_is_open_dated_and_asked_again_for_nothing(client: FlaskClient) -> None:
    first = client.get("/sparql/schema.json")
    assert first.mimetype == "application/json"
    assert first.headers["Access-Control-Allow-Origin"] == "*"
    assert first.headers["X-Generation"]
    again = client.get("/sparql/schema.json", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_a_generation_older_than_schemas_says_so_and_goes_on_answering(home: Path) -> None:
    found = generation.current(home)
    (found.path / "schema.json").unlink()
    without(found.path / "manifest.json")
    app = create_app(Settings(home=home))
    try:
        answer = app.test_client().get("/sparql/schema.json", headers={"Accept-Language": "en"})
        assert answer.status_code == 404
        assert "before schema.json existed" in answer.json["detail"]
        assert app.test_client().get("/sparql", query_string={"query": "ASK {}"}).json["boolean"]
    finally:
        app.extensions["coopkg"].close()


def without(path: Path) -> None:
    """Make a manifest of what an older program would have sealed."""
    from dataclasses import replace

    from coopkg.generation.manifest import Manifest

    written = Manifest.from_bytes(path.read_bytes())
    files = {name: file for name, file in written.files.items() if name != "schema.json"}
    damage(path, lambda _: replace(written, files=files).to_bytes())
