"""Reading graphs over HTTP: which graph, in which format, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyoxigraph as ox
import pytest
import serving
from flask import Flask
from flask.testing import FlaskClient
from rdflib.compare import to_isomorphic
from rdflib.graph import Graph
from werkzeug.test import TestResponse

from coopkg import engine as engines
from coopkg.config import Settings
from coopkg.engine import Engine
from coopkg.serve import graph_store, metering
from coopkg.serve.sparql.fairness import Allowance, Shares
from coopkg.terms import BASE

PASSAGE = BASE + "graph/passage/p1"
EMPTY = BASE + "graph/partner/nobody"
ODD = "http://e/é/%41?x=1&y=2"
BLANK = "http://e/blank"
STRANGE = "http://e/strange"
DUMP = f"""
<http://e/s> <http://e/p> "stated" .
<http://e/s> <http://e/p> "inferred" .
<http://e/s> <http://e/p> "stated" <{BASE}graph/asserted> .
<http://e/s> <http://e/p> "é" <{PASSAGE}> .
<http://e/s> <http://e/p> "odd" <{ODD}> .
<http://e/s> <http://e/p> "first" <http://www.example/gsp/person/1.ttl> .
<http://e/s> <http://e/p> "escaped" <http://www.example/gsp/person/%31.ttl> .
<http://e/s> <http://e/p> _:b <{BLANK}> .
_:b <http://e/p> "v\\u00e9"@fr <{BLANK}> .
_:b <http://e/q> "2"^^<http://www.w3.org/2001/XMLSchema#integer> <{BLANK}> .
<http://e/s> <http://e/p/1> "x" <{STRANGE}> .
"""
NAMED = (PASSAGE, ODD, BLANK, STRANGE, f"{BASE}graph/asserted")
PERSONS = tuple(f"http://www.example/gsp/person/{name}.ttl" for name in ("1", "%31"))
SIZES = {**dict.fromkeys((*NAMED, *PERSONS), 1), BLANK: 3, EMPTY: 0}
PUBLIC = "https://coop.example"
FORMATS = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/trig": ox.RdfFormat.TRIG,
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("store") / "store.nq"
    path.write_text(DUMP, encoding="utf-8")
    made = engines.open_(path, Settings())
    yield made
    made.close()


def application(engine: Engine) -> Flask:
    app = serving.application(engine)
    app.config["PUBLIC_URL"] = PUBLIC
    app.extensions["coopkg_settings"] = Settings(home=Path("/nowhere"))
    app.register_blueprint(graph_store.blueprint(lambda: engine, lambda: SIZES))
    return app


@pytest.fixture
def small(engine: Engine) -> FlaskClient:
    return application(engine).test_client()


def triples(response: TestResponse) -> set[str]:
    """Return the triples of an answer, each as an N-Triples line."""
    assert response.status_code == 200, response.text
    rdf = FORMATS[response.mimetype]
    read = list(ox.parse(response.data, format=rdf))
    assert {quad.graph_name for quad in read} <= {ox.DefaultGraph()}
    return {str(quad.triple) for quad in read}


def said(response: TestResponse) -> set[str]:
    """Return the texts of an answer of few words."""
    return {line.split('"')[1] for line in triples(response)}


# --- which graph


def test_a_graph_is_named_by_parameter_or_by_path_by_full_or_relative_iri(
    small: FlaskClient,
) -> None:
    asked = [
        small.get("/graphs", query_string={"graph": PASSAGE}),
        small.get("/graphs/", query_string={"graph": PASSAGE}),
        small.get("/graphs", query_string={"graph": "graph/passage/p1"}),
        small.get("/graphs", query_string={"graph": "/cnfpt-coop/graph/passage/p1"}),
        small.get("/graphs", query_string={"graph": f"{BASE}graphs/passage/p1"}),
        small.get("/graphs", query_string={"graph": f"{PUBLIC}/graphs/passage/p1"}),
        small.get("/graphs/passage/p1"),
    ]
    assert said(asked[0]) == {"é"}
    assert {answer.data for answer in asked} == {asked[0].data}


def test_the_default_graph_is_named_apart_with_or_without_what_is_inferred(
    small: FlaskClient,
) -> None:
    assert said(small.get("/graphs?default")) == {"stated", "inferred"}
    assert said(small.get("/graphs?default=")) == {"stated", "inferred"}
    assert said(small.get("/graphs?default&inference=off")) == {"stated"}
    assert small.get("/graphs?default&inference=maybe").status_code == 400


def test_a_name_is_decoded_once_and_keeps_its_letters(small: FlaskClient) -> None:
    person = "http://www.example/gsp/person/"
    assert said(small.get(f"/graphs?graph={person}%31.ttl")) == {"first"}
    assert said(small.get(f"/graphs?graph={quote(person, safe='')}1.ttl")) == {"first"}
    assert said(small.get(f"/graphs?graph={person}%2531.ttl")) == {"escaped"}
    assert said(small.get("/graphs?graph=" + quote(ODD, safe=""))) == {"odd"}


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize(
    "address",
    [
        f"/graphs?default&graph={PASSAGE}",
        f"/graphs?graph={PASSAGE}&graph={PASSAGE}",
        "/graphs?default&default",
        f"/graphs/passage/p1?graph={PASSAGE}",
        "/graphs?graph=not%20an%20iri%20%3C%3E",
        "/graphs?graph=",
        "/graphs?graph=%FF",
    ],
)
def test_no_graph_or_several_is_a_request_nobody_understands(
    small: FlaskClient, address: str, method: str
) -> None:
    assert small.open(address, method=method).status_code == 400


def test_an_unknown_graph_is_not_an_empty_one(small: FlaskClient) -> None:
    unknown = small.get("/graphs", query_string={"graph": PASSAGE + "x"})
    assert unknown.status_code == 404
    assert PASSAGE in json.loads(unknown.data)["known"]
    assert small.head("/graphs/passage/absent").status_code == 404
    empty = small.get("/graphs", query_string={"graph": EMPTY})
    assert (empty.status_code, triples(empty)) == (200, set())


def test_the_store_itself_lists_its_graphs_and_their_sizes(small: FlaskClient) -> None:
    for media_type in FORMATS:
        listed = triples(small.get("/graphs", headers={"Accept": media_type}))
        names = {line.split("> <")[-1].rstrip(">") for line in listed if "#name>" in line}
        assert names == SIZES.keys()
        assert sum("void#triples>" in line for line in listed) == len(SIZES)


# --- in which format


@pytest.mark.parametrize("media_type", FORMATS)
def test_a_graph_is_the_same_in_every_format(small: FlaskClient, media_type: str) -> None:
    asked = {"graph": BLANK}
    answer = small.get("/graphs", query_string=asked, headers={"Accept": media_type})
    assert answer.mimetype == media_type
    assert "Accept" in answer.vary
    lines = [f"{line} ." for line in triples(answer)]
    plain = [line for line in DUMP.split("\n") if BLANK in line]
    wanted = Graph().parse(data="\n".join(plain).replace(f"<{BLANK}> ", ""), format="nt")
    found = Graph().parse(data="\n".join(lines), format="nt")
    assert to_isomorphic(found) == to_isomorphic(wanted)
    named = small.get("/graphs", query_string=asked | {"format": media_type})
    assert (named.mimetype, triples(named)) == (media_type, triples(named))


def test_what_no_format_can_write_is_told(small: FlaskClient) -> None:
    asked = {"graph": PASSAGE}
    refused = small.get("/graphs", query_string=asked, headers={"Accept": "image/png"})
    assert refused.status_code == 406
    assert "text/turtle" in json.loads(refused.data)["detail"]
    assert small.get("/graphs", query_string=asked | {"format": "csv"}).status_code == 406
    strange = small.get("/graphs", query_string={"graph": STRANGE, "format": "rdf"})
    assert strange.status_code == 406  # the predicate has no local name, as XML needs
    assert said(small.get("/graphs", query_string={"graph": STRANGE})) == {"x"}


def test_a_browser_is_sent_to_the_page_of_a_graph_of_ours(small: FlaskClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}
    sent = small.get("/graphs/passage/p1", headers=browser | {"Accept-Language": "en"})
    assert (sent.status_code, sent.location) == (303, "/en/graph/passage/p1")
    assert {"Accept", "Accept-Language"} <= set(sent.vary)
    data = small.get("/graphs", query_string={"graph": BLANK}, headers=browser)
    assert data.mimetype == "application/xml"
    assert small.get("/graphs/passage/nothing", headers=browser).status_code == 404


# --- HTTP


def test_head_is_get_without_a_body_and_options_names_the_methods(small: FlaskClient) -> None:
    for address in ("/graphs", "/graphs?default", "/graphs/passage/p1"):
        got, head = small.get(address), small.head(address)
        assert (head.status_code, head.data) == (200, b"")
        assert head.headers["Content-Length"] == str(len(got.data))
        assert head.content_type == got.content_type
        options = small.options(address, headers={"Origin": "https://elsewhere.example"})
        assert options.status_code == 204
        assert {"GET", "HEAD", "PUT", "DELETE"} <= set(options.headers["Allow"].split(", "))
        assert options.headers["Access-Control-Allow-Methods"] == "GET, HEAD, OPTIONS"


@pytest.mark.parametrize(
    ("status", "how"),
    [
        (200, {}),
        (400, {"query_string": "graph=&default"}),
        (401, {"method": "PUT"}),
        (404, {"path": "/graphs/nothing"}),
        (406, {"headers": {"Accept": "image/png"}}),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_status(
    small: FlaskClient, status: int, how: dict[str, Any]
) -> None:
    answer = small.open(**{"path": "/graphs/passage/p1"} | how)
    assert answer.status_code == status


def test_an_answer_has_a_tag_of_its_own_in_each_format_and_is_not_sent_twice(
    client: FlaskClient,
) -> None:
    tags = set()
    for media_type in FORMATS:
        first = client.get("/graphs/inferred", headers={"Accept": media_type})
        assert first.headers["X-Generation"]
        tags.add(first.headers["ETag"])
        again = {"Accept": media_type, "If-None-Match": first.headers["ETag"]}
        unchanged = client.get("/graphs/inferred", headers=again)
        assert (unchanged.status_code, unchanged.data) == (304, b"")
        assert unchanged.headers["ETag"] == first.headers["ETag"]
    assert len(tags) >= 4  # Turtle is TriG, and N-Triples are N-Quads: the same bytes


def test_each_graph_of_a_generation_has_as_many_triples_as_it_says(client: FlaskClient) -> None:
    listed = client.get("/graphs", headers={"Accept": "application/n-triples"}).text.splitlines()
    name = {line.split()[0]: line.split()[2][1:-1] for line in listed if "#name>" in line}
    size = {line.split()[0]: int(line.split('"')[1]) for line in listed if "#triples>" in line}
    assert len(name) > 100
    for node, iri in list(name.items())[::12]:
        got = client.get("/graphs", query_string={"graph": iri, "format": "nt"})
        assert len(got.text.splitlines()) == size[node.replace(">", "-content>")], iri


# --- writing


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
def test_a_write_without_a_token_is_refused_before_its_body_is_read(
    small: FlaskClient, method: str
) -> None:
    body = {"data": "not Turtle", "content_type": "text/turtle"}
    for address in ("/graphs?graph=" + PASSAGE, "/graphs?default", "/graphs/passage/p1", "/graphs"):
        without = small.open(address, method=method, **body)
        assert without.status_code == 401
        assert without.headers["WWW-Authenticate"] == 'Bearer realm="partners"'
        assert "jeton d’un partenaire" in json.loads(without.data)["detail"]
    assert said(small.get("/graphs/passage/p1")) == {"é"}


def test_a_method_that_no_graph_knows_is_not_allowed(small: FlaskClient) -> None:
    response = small.open("/graphs/passage/p1", method="PROPFIND")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


# --- cost


def test_reading_graphs_is_charged_to_who_reads(engine: Engine) -> None:
    app = application(engine)
    metering.register(app, Shares(seconds=Allowance(1e-9, 1e-9)))
    client = app.test_client()
    assert client.get("/graphs?default").status_code == 200
    again = client.get("/graphs?default")
    assert again.status_code == 429
    assert int(again.headers["Retry-After"]) > 0


def test_a_graph_is_never_cut_a_large_one_is_sent_in_pieces(tmp_path: Path) -> None:
    lines = [f'<http://e/s{i}> <http://e/p> "{"a" * 100}" <{PASSAGE}> .\n' for i in range(20_000)]
    (tmp_path / "store.nq").write_text("".join(lines), encoding="utf-8")
    engine = engines.open_(tmp_path / "store.nq", Settings(rows_max=10))
    try:
        with application(engine).test_client() as client:
            answer = client.get("/graphs/passage/p1", headers={"Accept": "application/n-triples"})
            assert answer.status_code == 200
            assert len(answer.data) == int(answer.headers["Content-Length"]) > 1 << 21
            assert answer.data.count(b"\n") == 20_000
            answer.close()
    finally:
        engine.close()
