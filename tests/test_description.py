"""The service description: true of this installation, and the same in every format."""

from __future__ import annotations

import json
from urllib.parse import urlsplit

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from coopkg import engine, formats
from coopkg.engine import functions
from coopkg.serve.sparql import description
from coopkg.terms import PREFIXES

HERE = "https://coop.example/base"
SD = PREFIXES["sd"]
FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
# Names of the same families, to see that none is forgotten.
GEOSPARQL_1_1 = (
    "aggBoundingBox aggUnion area asDGGS asGML asGeoJSON asKML asSVG asWKT boundary "
    "boundingCircle buffer centroid concaveHull convexHull coordinateDimension difference "
    "dimension distance ehContains ehCoveredBy ehCovers ehDisjoint ehEquals ehInside ehMeet "
    "ehOverlap envelope geometryN geometryType getSRID intersection is3D isEmpty isMeasured "
    "isSimple length maxX maxY maxZ metricArea metricBuffer metricDistance metricLength "
    "metricPerimeter minX minY minZ numGeometries perimeter rcc8dc rcc8ec rcc8eq rcc8ntpp "
    "rcc8ntppi rcc8po rcc8tpp rcc8tppi relate sfContains sfCrosses sfDisjoint sfEquals "
    "sfIntersects sfOverlaps sfTouches sfWithin spatialDimension symDifference transform union"
)
XSD = (
    "anyURI byte date dateTimeStamp dayTimeDuration duration gDay gMonth gMonthDay gYear "
    "gYearMonth hexBinary int long nonNegativeInteger short time yearMonthDuration"
)


def triples(body: bytes, media_type: str, base: str) -> set[ox.Triple]:
    return {quad.triple for quad in ox.parse(body, format=FORMATS[media_type], base_iri=base)}


def objects(said: set[ox.Triple], name: str) -> list[str]:
    return [str(one.object.value) for one in said if one.predicate.value == SD + name]


def test_it_names_every_function_that_the_engine_adds_and_no_other() -> None:
    store = ox.Store()

    def known(iri: str) -> bool:
        for count in range(5):
            arguments = ", ".join(["1"] * count)
            try:
                list(store.query(f"SELECT (<{iri}>({arguments}) AS ?x) {{}}"))  # type: ignore[arg-type]
            except RuntimeError as error:
                if "requires between" not in str(error):
                    return False
            else:
                return True
        return False

    candidates = [functions.GEOSPARQL + name for name in GEOSPARQL_1_1.split()]
    candidates += [PREFIXES["xsd"] + name for name in XSD.split()]
    assert {iri for iri in candidates if known(iri)} == set(functions.EXTENSIONS)


def test_it_is_the_same_graph_in_every_format_and_says_where_it_is_asked(
    client: FlaskClient,
) -> None:
    public = str(client.application.config["PUBLIC_URL"])
    for path in ("/sparql", "/sparql/", "/sparql?format="):
        found = []
        for media_type in FORMATS:
            address = path + (media_type.replace("+", "%2B") if path.endswith("=") else "")
            answer = client.get(address, headers={"Accept": media_type})
            assert answer.mimetype == media_type
            found.append(triples(answer.data, media_type, public + address))
        assert all(one == found[0] for one in found)
        assert objects(found[0], "endpoint") == [public + "/sparql"]


def test_in_turtle_the_endpoint_is_on_the_host_that_was_asked() -> None:
    written = description.write(description.least(), HERE, formats.TURTLE)
    for asked in ("http://elsewhere:81/base/sparql", "http://elsewhere:81/base/sparql?format=ttl"):
        said = triples(written, "text/turtle", asked)
        assert objects(said, "endpoint") == ["http://elsewhere:81/base/sparql"]
    plain = description.write(description.least(), HERE, formats.N_TRIPLES)
    assert objects(triples(plain, "application/n-triples", HERE), "endpoint") == [HERE + "/sparql"]


def test_it_lists_the_graphs_of_the_generation_with_what_they_hold(client: FlaskClient) -> None:
    got = client.get("/sparql", headers={"Accept": "application/n-triples"})
    store = ox.Store()
    store.load(got.data, format=ox.RdfFormat.N_TRIPLES)
    prefixes = "".join(f"PREFIX {name}: <{PREFIXES[name]}> " for name in ("sd", "void"))
    rows = store.query(
        prefixes + "SELECT ?name ?count ?regime { ?service a sd:Service ; sd:defaultDataset ?set . "
        "?set sd:namedGraph ?named . ?named sd:name ?name ; sd:entailmentRegime ?regime ; "
        "sd:graph/void:triples ?count }"
    )
    assert isinstance(rows, ox.QuerySolutions)
    listed = {row["name"].value: int(row["count"].value) for row in rows}
    counted = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    found = json.loads(client.get("/sparql", query_string={"query": counted}).data)
    assert listed == {
        row["g"]["value"]: int(row["n"]["value"]) for row in found["results"]["bindings"]
    }
    total = client.get("/sparql", query_string={"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"})
    said = json.loads(total.data)["results"]["bindings"][0]["n"]["value"]
    whole = store.query(prefixes + f"ASK {{ ?set sd:defaultGraph/void:triples {said} }}")
    assert bool(whole)
    assert listed[engine.ASSERTED] > 1_000


def test_what_it_names_is_there(client: FlaskClient) -> None:
    got = client.get("/sparql", headers={"Accept": "application/n-triples"})
    said = triples(got.data, "application/n-triples", HERE)
    public = str(client.application.config["PUBLIC_URL"])
    links = [
        str(one.object.value)
        for one in said
        if one.subject == description.SERVICE and one.predicate.value.endswith("seeAlso")
    ]
    assert len(links) == 3
    for link in links:
        assert link.startswith(public)
        assert client.get(urlsplit(link).path).status_code == 200, link
    named = {"SPARQL_Results_CSV": "csv", "JSON-LD": "jsonld", "N-Quads": "nq", "TriG": "trig"}
    written = {iri.rpartition("/")[2] for iri in objects(said, "resultFormat")}
    assert len(written) == 10
    for name, short in named.items():
        assert name in written
        query = "ASK {}" if short == "csv" else "DESCRIBE <x:>"
        asked = client.get("/sparql", query_string={"query": query, "format": short})
        assert asked.status_code == 200
    assert objects(said, "defaultEntailmentRegime") == [
        "http://www.w3.org/ns/entailment/OWL-RDF-Based"
    ]
    assert not objects(said, "feature")  # none of them is true of this service


@pytest.mark.parametrize("iri", functions.EXTENSIONS[:2])
def test_a_function_it_names_answers(client: FlaskClient, iri: str) -> None:
    asked = {"query": f'SELECT (STR(<{iri}>("2026-11-23")) AS ?x) {{}}'}
    assert client.get("/sparql", query_string=asked).status_code == 200
