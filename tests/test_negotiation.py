"""The three ways to ask a query, and the two ways to ask for a format: all alike."""

from __future__ import annotations

import csv
import http.client
import io
import itertools
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
import serving
from flask.testing import FlaskClient
from rdflib.graph import Graph
from werkzeug.test import TestResponse

from coopkg import engine as engines
from coopkg import formats
from coopkg.config import Settings

DUMP = """
<http://e/s> <http://e/p> "é" .
<http://e/s> <http://e/p> "a,b \\"q\\"\\n"@fr .
<http://e/s> <http://e/q> _:b .
<http://e/s> <http://e/p> "named" <http://e/g> .
"""
SELECT = "SELECT ?s ?o ?none { ?s <http://e/p> ?o } ORDER BY ?o"
ASK = "ASK { ?s ?p ?o }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
DESCRIBE = "DESCRIBE <http://e/s>"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
TABULAR = (formats.JSON, formats.XML, formats.CSV, formats.TSV)
GRAPHS = (formats.TURTLE, formats.N_TRIPLES, formats.JSON_LD, formats.RDF_XML)
NAME = {
    "application/sparql-results+json": "json",
    "application/sparql-results+xml": "xml",
    "text/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/turtle": "ttl",
    "application/n-triples": "nt",
    "application/ld+json": "jsonld",
    "application/rdf+xml": "rdf",
}
RDF = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}

Fields = dict[str, Any]
Way = Callable[[FlaskClient, Fields, dict[str, str]], TestResponse]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    path = tmp_path_factory.mktemp("store") / "store.nq"
    path.write_text(DUMP, encoding="utf-8")
    engine = engines.open_(path, Settings())
    yield serving.application(engine).test_client()
    engine.close()


def by_get(client: FlaskClient, fields: Fields, headers: dict[str, str]) -> TestResponse:
    return client.get("/sparql", query_string=fields, headers=headers)


def by_form(client: FlaskClient, fields: Fields, headers: dict[str, str]) -> TestResponse:
    return client.post("/sparql", data=fields, headers=headers)


def by_direct(client: FlaskClient, fields: Fields, headers: dict[str, str]) -> TestResponse:
    rest = {name: value for name, value in fields.items() if name != "query"}
    return client.post(
        "/sparql",
        query_string=rest,
        data=fields["query"],
        headers=headers,
        content_type="application/sparql-query",
    )


WAYS = (by_get, by_form, by_direct)


@pytest.mark.parametrize(
    "fields",
    [
        {"query": SELECT},
        {"query": ASK},
        {"query": CONSTRUCT},
        {"query": 'SELECT ("Kiswáhili 🐟 + & = %41" AS ?x) {}'},
        {"query": SELECT, "default-graph-uri": "http://e/g"},
        {"query": "SELECT * { GRAPH ?g { ?s ?p ?o } }", "named-graph-uri": "http://e/g"},
        {"query": SELECT, "default-graph-uri": "urn:none"},
        {"query": SELECT, "inference": "off"},
        {"query": SELECT, "format": "tsv"},
    ],
)
def test_three_ways_to_ask_give_the_same_bytes(client: FlaskClient, fields: Fields) -> None:
    answers = [way(client, fields, {}) for way in WAYS]
    assert [one.status_code for one in answers] == [200, 200, 200]
    assert len({one.data for one in answers}) == 1
    assert len({one.content_type for one in answers}) == 1


def test_a_graph_that_is_not_here_is_empty_and_never_fetched(client: FlaskClient) -> None:
    for name in ("urn:none", "http://127.0.0.1:1/x.ttl", "file:///etc/passwd"):
        asked = {"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": name}
        assert json.loads(by_get(client, asked, {}).data)["results"]["bindings"] == []
        written = {"query": f"SELECT * FROM <{name}> {{ ?s ?p ?o }}"}
        assert json.loads(by_get(client, written, {}).data)["results"]["bindings"] == []


# --- tables


def table(response: TestResponse) -> list[list[str]]:
    """Return the values of a SELECT, whatever it is written in."""
    text = response.data.decode()
    if response.mimetype == "text/csv":
        return list(csv.reader(io.StringIO(text, newline="")))[1:]
    if response.mimetype == "text/tab-separated-values":
        return [[str(_term(cell)) for cell in line.split("\t")] for line in text.splitlines()[1:]]
    if response.mimetype == "application/sparql-results+json":
        read = json.loads(text)
        names = read["head"]["vars"]
        rows = read["results"]["bindings"]
        return [[row.get(name, {"value": ""})["value"] for name in names] for row in rows]
    names = [one.get("name") for one in ElementTree.fromstring(text)[0]]
    return [
        [{b.get("name"): "".join(b.itertext()) for b in row}.get(name, "") for name in names]
        for row in ElementTree.fromstring(text)[1]
    ]


def _term(cell: str) -> str:
    """Return the value of a term in Turtle's writing."""
    if not cell:
        return ""
    quads = ox.parse(f"<x:> <x:> {cell} .", format=ox.RdfFormat.TURTLE)
    return str(next(iter(quads)).object.value)


@pytest.mark.parametrize(
    ("written", "way"),
    list(itertools.product(TABULAR, WAYS)),
    ids=lambda one: getattr(one, "name", ""),
)
def test_a_table_is_the_same_in_each_format_by_header_and_by_name(
    client: FlaskClient, written: formats.Format, way: Way
) -> None:
    rows = [["http://e/s", 'a,b "q"\n', ""], ["http://e/s", "é", ""]]
    media_type = written.media_type
    for header, field in (
        ({"Accept": media_type}, {}),
        ({"Accept": f"application/x-none, {media_type};q=0.8, */*;q=0.1"}, {}),
        ({"Accept": BROWSER}, {"format": media_type}),
        ({}, {"format": NAME[media_type]}),
    ):
        answer = way(client, {"query": SELECT, **field}, header)
        assert answer.content_type == written.content_type
        assert "Accept" in answer.vary
        assert table(answer) == rows


@pytest.mark.parametrize("written", TABULAR, ids=lambda one: one.name)
def test_a_yes_is_told_in_each_format(client: FlaskClient, written: formats.Format) -> None:
    answer = by_get(client, {"query": ASK}, {"Accept": written.media_type})
    assert answer.content_type == written.content_type
    assert b"true" in answer.data


def test_a_browser_gets_a_table_a_program_gets_json_and_nonsense_gets_406(
    client: FlaskClient,
) -> None:
    asked = {"query": SELECT}
    page = by_get(client, asked, {"Accept": BROWSER})
    assert page.mimetype == "text/html"
    assert "<table" in page.text
    assert "<caption" in page.text
    assert '<th scope="col">' in page.text
    assert by_get(client, asked, {"Accept": "*/*"}).mimetype == formats.JSON.media_type
    assert by_get(client, asked, {"Accept": "application/pdf"}).status_code == 406
    assert by_get(client, asked, {"Accept": "text/turtle"}).status_code == 406
    assert by_get(client, asked | {"format": "pdf"}, {}).status_code == 406


# --- graphs


@pytest.mark.parametrize(
    ("written", "query"),
    list(itertools.product(GRAPHS, (CONSTRUCT, DESCRIBE))),
    ids=lambda one: getattr(one, "name", ""),
)
def test_a_graph_reads_back_the_same_from_each_format_by_header_and_by_name(
    client: FlaskClient, written: formats.Format, query: str
) -> None:
    plain = by_get(client, {"query": query}, {"Accept": "application/n-triples"})
    media_type = written.media_type
    for header, field in (
        ({"Accept": media_type}, {}),
        ({"Accept": f"text/csv, {media_type};q=0.5"}, {}),
        ({"Accept": BROWSER}, {"format": NAME[media_type]}),
    ):
        answer = by_get(client, {"query": query, **field}, header)
        assert answer.mimetype == media_type
        assert canonical(answer) == canonical(plain)


def canonical(response: TestResponse) -> set[str]:
    read = ox.Dataset(ox.parse(response.data, format=RDF[response.mimetype]))
    read.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return {str(quad) for quad in read}


def test_a_graph_is_no_table(client: FlaskClient) -> None:
    assert by_get(client, {"query": CONSTRUCT}, {"Accept": "text/csv"}).status_code == 406
    assert by_get(client, {"query": CONSTRUCT, "format": "csv"}, {}).status_code == 406


# --- requests as other stores send them


def sent(client: FlaskClient, method: str, headers: dict[str, str], **fields: str) -> TestResponse:
    """Send the fields of a form in the address or in the body, with headers as they were seen."""
    text = urlencode(fields)
    if method == "GET":
        return client.get("/sparql?" + text, headers=headers)
    return client.post("/sparql", data=text, headers=headers)


FORM = {"Content-Type": "application/x-www-form-urlencoded"}
FORM_UTF8 = {"Content-Type": "application/x-www-form-urlencoded; charset=UTF-8"}
RDF4J = (
    "application/x-sparqlstar-results+json;q=0.8, application/sparql-results+json;q=0.8, "
    "application/json;q=0.8, application/sparql-results+xml, application/xml, "
    "text/tab-separated-values;q=0.8, text/csv;q=0.8, "
    "application/x-binary-rdf-results-table;q=0.8"
)
BINARY = (
    "application/x-binary-rdf-results-table, application/sparql-results+xml;q=0.8, "
    "application/xml;q=0.8, application/sparql-results+json;q=0.8, application/json;q=0.8, "
    "text/csv;q=0.8, text/tab-separated-values;q=0.8"
)
JENA = (
    "application/sparql-results+json, application/sparql-results+xml;q=0.9, "
    "text/tab-separated-values;q=0.7, text/csv;q=0.5, application/json;q=0.2, "
    "application/xml;q=0.2, */*;q=0.1"
)
VIRTUOSO = (
    "application/sparql-results+xml, text/rdf+n3, text/rdf+ttl, text/rdf+turtle, text/turtle, "
    "application/turtle, application/x-turtle, application/rdf+xml, application/xml"
)
BOUND = "SELECT ?s ?o { ?s <http://e/p> ?o } VALUES (?s) { (<http://e/s>) }"
# What each store sends for SERVICE <…> { … }: how, its headers, its other fields, what it reads.
STORES = {
    "Virtuoso 7, short": ("GET", {"Accept": VIRTUOSO}, {"maxrows": "10000000"}, formats.XML),
    "Virtuoso 7, long": ("POST", {"Accept": VIRTUOSO, **FORM}, {}, formats.XML),
    "Blazegraph": (
        "POST",
        {"Accept": BINARY, **FORM_UTF8},
        {"queryId": "9c1a8c3e-4a5b-4f0e-8f0e-000000000000"},
        formats.JSON,
    ),
    "GraphDB": ("POST", {"Accept": BINARY, **FORM_UTF8}, {}, formats.JSON),
    "RDF4J": ("POST", {"Accept": RDF4J, **FORM_UTF8}, {}, formats.XML),
    "Jena, short": ("GET", {"Accept": JENA, "Accept-Encoding": "gzip,deflate"}, {}, formats.JSON),
    "Jena, long": ("POST", {"Accept": JENA, **FORM}, {}, formats.JSON),
    "rdflib, short": (
        "GET",
        {"Accept": "application/sparql-results+json"},
        {"output": "json"},
        formats.JSON,
    ),
    "rdflib, long": (
        "POST",
        {"Accept": "application/sparql-results+json", **FORM},
        {"output": "json"},
        formats.JSON,
    ),
}


@pytest.mark.parametrize("name", STORES)
def test_other_stores_can_call_this_service(client: FlaskClient, name: str) -> None:
    method, headers, fields, read = STORES[name]
    answer = sent(client, method, headers, query=BOUND, **fields)
    assert answer.status_code == 200, answer.text
    assert answer.content_type == read.content_type
    assert sorted(row[1] for row in table(answer)) == ['a,b "q"\n', "é"]


@pytest.mark.parametrize("name", STORES)
def test_other_stores_learn_of_a_wrong_query_by_its_status(client: FlaskClient, name: str) -> None:
    method, headers, fields, _ = STORES[name]
    answer = sent(client, method, headers, query="SELECT ?s {", **fields)
    assert answer.status_code == 400
    assert answer.mimetype == "application/problem+json"


def test_rdflib_joins_this_service_and_a_header_sent_in_pieces_is_one(tmp_path: Path) -> None:
    (tmp_path / "store.nq").write_text(DUMP, encoding="utf-8")
    local = Graph().parse(data="<http://e/s> <http://e/here> 1 .", format="turtle")
    with serving.running(tmp_path) as service:
        asked = "SELECT ?o ?here { ?s <http://e/here> ?here "
        asked += "SERVICE <%s/sparql> { ?s <http://e/p> ?o } }"
        for padding in ("", "#" + "x" * 700 + "\n"):  # by GET, and by POST
            call = asked.replace("{ ?s <http://e/p>", "{ " + padding + "?s <http://e/p>")
            rows = [(str(row[0]), int(row[1])) for row in local.query(call % service.url)]
            assert sorted(rows) == [('a,b "q"\n', 1), ("é", 1)]
        connection = http.client.HTTPConnection("127.0.0.1", service.port)
        connection.putrequest("POST", "/sparql")
        body = urlencode({"query": SELECT}).encode()
        for media_type in RDF4J.split(", "):  # as FedX does
            connection.putheader("Accept", media_type)
        for name, value in {**FORM_UTF8, "Content-Length": str(len(body))}.items():
            connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        assert (answer.status, answer.headers["Content-Type"]) == (200, formats.XML.media_type)
        answer.read()
        connection.close()
