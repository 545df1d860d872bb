"""Every IRI resolves, as a page and as data, by one rule; and the data describe themselves."""

from __future__ import annotations

import html
import re
from collections import Counter
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient

from coopkg.answers import Catalogue
from coopkg.serve import linked
from coopkg.terms import BASE, NS, PREFIXES, expand
from tests.conftest import SHARED

CEFAL = "/id/organisation/cefal"
CHROME = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;"
    "q=0.8,application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
JENA = (
    "text/turtle,application/n-triples;q=0.9,application/ld+json;q=0.8,"
    "application/rdf+xml;q=0.7,*/*;q=0.3"
)
RDFLIB = (
    "application/n-triples;q=0.9,application/rdf+xml;q=0.8,text/turtle,application/ld+json,"
    "text/n3;q=0.5,*/*;q=0.1"
)
ACCEPTS = {
    CHROME: "",
    FIREFOX: "",
    "*/*": "",  # curl
    JENA: "ttl",
    RDFLIB: "ttl",
    "application/ld+json, application/json": "jsonld",
    "application/json": "jsonld",
    "application/rdf+xml, */*;q=0.1": "rdf",
    "application/xml": "rdf",
    "text/n3, text/rdf+n3": "ttl",
    "application/n-triples": "nt",
    "text/html;q=0.3, text/turtle;q=0.4": "ttl",
    "text/turtle;q=0.3, text/html;q=0.4": "",
    "text/*, application/rdf+xml;q=0.9": "",
    "text/html;q=0, */*": "ttl",
    "TEXT/TURTLE": "ttl",
}
PARSED = {
    "ttl": ox.RdfFormat.TURTLE,
    "jsonld": ox.RdfFormat.JSON_LD,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
}
SIB_CHECK = """
PREFIX void: <http://rdfs.org/ns/void#>
PREFIX void-ext: <http://ldf.fi/void-ext#>
SELECT DISTINCT ?subjectClass ?prop ?objectClass ?objectDatatype WHERE {
  { ?cp void:class ?subjectClass ; void:propertyPartition ?pp . ?pp void:property ?prop .
    OPTIONAL { { ?pp void:classPartition [ void:class ?objectClass ] }
      UNION { ?pp void-ext:datatypePartition [ void-ext:datatype ?objectDatatype ] } } }
  UNION { ?linkset void:subjectsTarget ?subjectClass ;
    void:linkPredicate ?prop ; void:objectsTarget ?objectClass } }
"""


def rows(client: FlaskClient, query: str, **more: str) -> list[dict[str, str]]:
    found = client.get("/sparql?" + urlencode({"query": query, **more}))
    assert found.status_code == 200, found.text
    return [
        {name: cell["value"] for name, cell in row.items()}
        for row in found.json["results"]["bindings"]
    ]


def triples(body: bytes, suffix: str) -> set[str]:
    return {
        str(ox.Triple(one.subject, one.predicate, one.object))
        for one in ox.parse(body, format=PARSED[suffix])
    }


def links(header: str) -> list[tuple[str, dict[str, str]]]:
    return [
        (target, dict(re.findall(r'(\w+)="([^"]*)"', rest)))
        for target, rest in re.findall(r"<([^>]*)>([^<]*)", header)
    ]


# --- Which format -------------------------------------------------------------------------


@pytest.mark.parametrize(("accept", "suffix"), ACCEPTS.items())
def test_a_client_is_led_to_what_it_reads_best(
    client: FlaskClient, accept: str, suffix: str
) -> None:
    for path in (CEFAL, "/scheme/theme", "/scheme/theme/culture", "/graph/passage/l142", "/ns"):
        found = client.get(path, headers={"Accept": accept, "Accept-Language": "en"})
        assert found.status_code == 303
        assert found.headers["Location"] == (f"{path}.{suffix}" if suffix else f"/en{path}")
        assert {"accept", "accept-language"} <= {one.lower() for one in found.vary}
        end = client.get(found.headers["Location"])
        assert end.status_code == 200
        assert end.mimetype == (linked.SUFFIXES[suffix].media_type if suffix else "text/html")


@pytest.mark.parametrize("path", [CEFAL, "/ns", "/void", "/catalog"])
def test_what_nobody_can_write_is_refused_and_not_given_as_something_else(
    client: FlaskClient, path: str
) -> None:
    found = client.get(path, headers={"Accept": "image/png"})
    assert found.status_code == 406
    assert found.mimetype == "application/problem+json"
    assert "text/turtle" in found.json["detail"]
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    assert client.get(path + "?format=pdf").status_code == 406


def test_the_format_may_be_asked_without_a_header(client: FlaskClient) -> None:
    found = client.get(CEFAL + "?format=nt", headers={"Accept": FIREFOX})
    assert found.headers["Location"] == CEFAL + ".nt"


def test_no_accept_header_and_a_head_request_are_answered_alike(client: FlaskClient) -> None:
    assert client.get(CEFAL).headers["Location"] == "/fr" + CEFAL
    for path in (CEFAL, CEFAL + ".ttl", "/fr" + CEFAL, "/void"):
        asked, looked = client.get(path), client.head(path)
        assert looked.status_code == asked.status_code
        assert not looked.data
        for name in ("Location", "Link", "ETag", "Content-Type", "X-Generation"):
            assert looked.headers.get(name) == asked.headers.get(name), (path, name)


def test_a_document_names_its_subject_its_other_forms_its_description_and_its_licence(
    client: FlaskClient,
) -> None:
    for path in (CEFAL, CEFAL + ".ttl", "/en" + CEFAL, "/ns.ttl", "/void", "/catalog.rdf"):
        found = links(client.get(path).headers["Link"])
        relations = Counter(one["rel"] for _, one in found)
        assert {"alternate", "canonical", "describedby", "license"} <= relations.keys(), path
        for target, one in found:
            if one["rel"] in {"alternate", "describedby"}:
                there = client.get(target, headers={"Accept": one["type"]})
                assert there.status_code == 200, (path, target)
                assert there.mimetype == one["type"], (path, target)
        targets = [target for target, one in found if one["rel"] == "alternate"]
        assert path not in targets
    subject = {
        one["rel"]: target for target, one in links(client.get(CEFAL + ".nt").headers["Link"])
    }
    assert subject["describes"] == BASE + CEFAL[1:]


def test_the_vocabulary_has_its_own_licence(client: FlaskClient) -> None:
    given = {
        path: {one["rel"]: target for target, one in links(client.get(path).headers["Link"])}
        for path in ("/ns.ttl", CEFAL + ".ttl")
    }
    assert given["/ns.ttl"]["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert given[CEFAL + ".ttl"]["license"].startswith("/catalog#")
    anchor = given[CEFAL + ".ttl"]["license"].partition("#")[2]
    assert f'id="{anchor}"' in client.get("/catalog", headers={"Accept": FIREFOX}).text


def test_data_are_open_to_other_sites_and_cost_nothing_when_they_did_not_change(
    client: FlaskClient,
) -> None:
    for path in (CEFAL, CEFAL + ".ttl", "/void", "/catalog", "/ns.nt", "/id/organisation/nobody"):
        assert client.get(path).headers["Access-Control-Allow-Origin"] == "*", path
    tags = {client.get(f"{CEFAL}.{suffix}").headers["ETag"] for suffix in PARSED}
    assert len(tags) == len(PARSED)
    for path in (CEFAL + ".ttl", "/void.ttl", "/catalog.jsonld"):
        tag = client.get(path).headers["ETag"]
        again = client.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b""), path


@pytest.mark.parametrize(
    "path", [CEFAL, "/scheme/theme", "/graph/passage/l142", "/ns", "/void", "/catalog"]
)
def test_every_format_holds_the_same_triples(client: FlaskClient, path: str) -> None:
    said = {suffix: client.get(f"{path}.{suffix}").data for suffix in PARSED}
    read = {suffix: triples(body, suffix) for suffix, body in said.items()}
    if path == "/ns":  # its lists are blank nodes, which each file names anew
        assert len({len(one) for one in read.values()}) == 1
    else:
        assert read["ttl"]
        assert all(one == read["ttl"] for one in read.values())


# --- What resolves ------------------------------------------------------------------------


def test_whatever_has_a_name_of_ours_in_the_data_resolves(app: Flask, client: FlaskClient) -> None:
    asked = rows(
        client,
        f'SELECT DISTINCT ?s {{ ?s ?p ?o FILTER(STRSTARTS(STR(?s), "{BASE}")) }} ORDER BY ?s',
    )
    paths = [one["s"].removeprefix(BASE) for one in asked]
    kinds: dict[str, list[str]] = {}
    for path in paths:
        kinds.setdefault("/".join(path.split("/")[:2]), []).append(path)
    sample = {path for found in kinds.values() for path in (found[0], found[len(found) // 2])}
    assert len(sample) > 40
    for path in sorted(sample):
        document, _, anchor = path.partition("#")
        found = client.get(f"/{document}", headers={"Accept": "text/turtle"})
        assert found.status_code == 303, path
        body = client.get(found.headers["Location"])
        assert body.status_code == 200, path
        assert f"<{BASE}{path}>" in body.text or anchor in body.text or triples(body.data, "ttl")
        page = client.get(f"/fr/{document}")
        assert page.status_code == 200, path


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_each_term_of_the_vocabulary_has_its_place_on_the_page(
    client: FlaskClient, lang: str
) -> None:
    terms = {
        one["s"].removeprefix(NS)
        for one in rows(
            client,
            "PREFIX owl: <http://www.w3.org/2002/07/owl#> SELECT DISTINCT ?s "
            "{ VALUES ?t { owl:Class owl:ObjectProperty owl:DatatypeProperty } ?s a ?t "
            f'FILTER(STRSTARTS(STR(?s), "{NS}")) }}',
        )
    }
    assert len(terms) > 100
    anchors = set(re.findall(r' id="([^"]+)"', client.get(f"/{lang}/ns").text))
    assert terms <= anchors


def test_a_scheme_holds_its_concepts_on_its_page_and_in_its_file(client: FlaskClient) -> None:
    inside = rows(
        client,
        "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> SELECT DISTINCT ?c ?l "
        f"{{ ?c skos:inScheme <{BASE}scheme/theme> ; skos:prefLabel ?l FILTER(LANG(?l)='en') }}",
    )
    assert len(inside) > 10
    page = html.unescape(client.get("/en/scheme/theme").text)
    said = triples(client.get("/scheme/theme.ttl").data, "ttl")
    for one in inside:
        assert f'href="/en/{one["c"].removeprefix(BASE)}">{one["l"]}</a>' in page
        label = ox.Literal(one["l"], language="en")
        triple = ox.Triple(ox.NamedNode(one["c"]), expand("skos:prefLabel"), label)
        assert str(triple) in said


@pytest.mark.parametrize(
    ("path", "near"),
    [
        ("/id/organisation/cefall", "id/organisation/cefal"),
        ("/id/organization/cefal", "id/organisation/cefal"),
        ("/id/organisation/CEFAL", "id/organisation/cefal"),
        ("/scheme/theme/cultur", "scheme/theme/culture"),
        ("/graph/passage/l142x", "graph/passage/l142"),
        ("/id/organisation/cefall.ttl", "id/organisation/cefal"),
    ],
)
def test_a_misspelt_name_is_not_found_and_the_nearest_is_given(
    client: FlaskClient, path: str, near: str
) -> None:
    for accept in ("text/turtle", FIREFOX):
        found = client.get(path, headers={"Accept": accept})
        assert found.status_code == 404
        assert BASE + near in found.text


@pytest.mark.parametrize("path", ["/ns.csv", "/void.csv", "/catalog.html", "/ns/Nothing"])
def test_a_suffix_or_a_term_that_does_not_exist_is_not_found(
    client: FlaskClient, path: str
) -> None:
    assert client.get(path).status_code == 404


def test_a_label_missing_in_a_language_is_given_in_the_other_which_is_said() -> None:
    catalogue = Catalogue({BASE + "id/place/x": {"en": "Benin", "kind": "place"}}, {}, {})
    assert catalogue.label(BASE + "id/place/x") == {"fr": "Benin (en)", "en": "Benin"}


def test_a_redirection_keeps_the_generation_that_was_asked(client: FlaskClient) -> None:
    number = client.get("/version").json["generation"].partition("-")[0]
    found = client.get(f"{CEFAL}?generation={number}", headers={"Accept": "text/turtle"})
    assert found.status_code == 303
    assert client.get(found.headers["Location"]).status_code == 200


# --- VoID ---------------------------------------------------------------------------------


def test_void_counts_what_sparql_counts(client: FlaskClient) -> None:
    graph = ox.Store()
    graph.load(client.get("/void.ttl").data, ox.RdfFormat.TURTLE)

    def said(name: str) -> int:
        dataset = ox.NamedNode(BASE + "void#dataset")
        (quad,) = graph.quads_for_pattern(dataset, expand(f"void:{name}"), None, None)
        return int(quad.object.value)

    counted = {
        "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
        "classes": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s a ?o }",
        "properties": "SELECT (COUNT(DISTINCT ?p) AS ?n) { ?s ?p ?o }",
        "distinctSubjects": "SELECT (COUNT(DISTINCT ?s) AS ?n) { ?s ?p ?o }",
        "distinctObjects": "SELECT (COUNT(DISTINCT ?o) AS ?n) { ?s ?p ?o }",
    }
    for name, query in counted.items():
        assert said(name) == int(rows(client, query)[0]["n"]), name
    organisations = rows(client, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{NS}Actor> }}")
    part = ox.NamedNode(BASE + "void#class-coop-Actor")
    (quad,) = graph.quads_for_pattern(part, expand("void:entities"), None, None)
    assert quad.object.value == organisations[0]["n"]


def test_void_can_be_queried_and_counts_among_no_facts(client: FlaskClient) -> None:
    graph = BASE + "graph/description"
    found = rows(client, SIB_CHECK, **{"default-graph-uri": graph})
    gap = NS + "InformationGap"
    used = rows(client, f"SELECT DISTINCT ?p {{ ?s a <{gap}> ; ?p ?o }}")
    assert {one["prop"] for one in found if one["subjectClass"] == gap} == {
        one["p"] for one in used
    }
    led = {one.get("objectClass") for one in found if one["prop"] == NS + "gapReason"}
    assert PREFIXES["skos"] + "Concept" in led
    assert any(one.get("objectDatatype") for one in found)
    assert rows(client, SIB_CHECK) == []  # not in the default graph, where facts are counted
    listed = rows(
        client,
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> "
        f"SELECT ?g {{ GRAPH ?g {{ <{BASE}void#dataset> ?p ?o }} }} LIMIT 1",
    )
    assert listed == [{"g": graph}]


def test_an_entity_page_does_not_show_what_void_says_of_it(client: FlaskClient) -> None:
    example = next(
        one for one in triples(client.get("/void.ttl").data, "ttl") if "exampleResource" in one
    )
    path = re.findall(rf"<{BASE}(id/[^>]+)>", example)[0]
    assert "exampleResource" not in client.get(f"/{path}.ttl").text


def test_void_gives_addresses_that_answer_here(app: Flask, client: FlaskClient) -> None:
    here = app.config["PUBLIC_URL"]
    said = client.get("/void.nt").text
    for name in ("sparqlEndpoint", "dataDump"):
        found = re.findall(rf"<{re.escape(PREFIXES['void'])}{name}> <([^>]+)>", said)
        assert found
        for address in found:
            assert address.startswith(here)
            with client.get(address.removeprefix(here)) as answer:
                assert answer.status_code == 200, address


@pytest.mark.skipif(not SHARED.exists(), reason="the published vocabularies are not here")
def test_every_void_and_dcat_term_exists(client: FlaskClient) -> None:
    published = {
        PREFIXES["void"]: "void/rdfs/void.ttl",
        PREFIXES["dcat"]: "dcat-vocab/dcat/rdf/dcat3.ttl",
    }
    said = client.get("/void.nt").text + client.get("/catalog.nt").text
    for namespace, file in published.items():
        path = str(SHARED / "standards" / file)
        read = ox.parse(path=path, format=ox.RdfFormat.TURTLE, base_iri=namespace)
        known = {str(one.subject) for one in read}
        used = set(re.findall(rf"<{re.escape(namespace)}[^>]+>", said))
        assert used
        assert used <= known
