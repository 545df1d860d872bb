"""The endpoint: the SPARQL 1.1 Protocol, problems, and each client's share."""

from __future__ import annotations

import contextlib
import json
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
import serving
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coopkg import errors
from coopkg.config import Settings
from coopkg.engine import Engine, open_
from coopkg.errors import BannedError, CoopkgError, RateLimitError
from coopkg.serve import http, problems
from coopkg.serve.sparql import fairness
from coopkg.serve.sparql.fairness import Allowance, Shares

DUMP = """
<http://e/s> <http://e/p> "é" .
<http://e/s> <http://e/p> "é" <http://e/a> .
<http://e/s> <http://e/p> "other" <http://e/b> .
<http://e/s> <http://e/p> "é" <http://e/b> .
"""
ALL = "SELECT ?o { ?s ?p ?o }"
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
JSON = "application/sparql-results+json"
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("store") / "store.nq"
    path.write_text(DUMP, encoding="utf-8")
    made = open_(path, Settings(query_timeout_s=2.0))
    yield made
    made.close()


@pytest.fixture(scope="module")
def app(engine: Engine) -> Flask:
    return serving.application(engine)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def values(response: TestResponse) -> list[str]:
    assert response.status_code == 200, response.text
    found = json.loads(response.data)
    return sorted(row["o"]["value"] for row in found["results"]["bindings"])


def detail(response: TestResponse, status: int) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.content_type == problems.MEDIA_TYPE
    document: dict[str, Any] = json.loads(response.data)
    assert document["status"] == status
    assert document["type"].startswith("https://")
    assert document["title"]
    assert document["detail"]
    return document


# --- SPARQL 1.1 Protocol, section 2.1


def test_a_query_comes_by_get_and_by_both_posts(client: FlaskClient) -> None:
    for response in (
        client.get("/sparql", query_string={"query": ALL}),
        client.post("/sparql", data={"query": ALL}),
        client.post("/sparql", data=ALL, content_type=QUERY),
        client.post("/sparql", data=ALL, content_type=f"{QUERY}; charset=UTF-8"),
        client.post("/sparql/", data=ALL, content_type=QUERY),
    ):
        assert values(response) == ["é"]
        assert response.content_type == JSON


def test_the_dataset_comes_in_the_address_or_in_the_form(client: FlaskClient) -> None:
    graphs = {"default-graph-uri": ["http://e/a", "http://e/b"]}
    asked = {"query": ALL}
    assert values(client.get("/sparql", query_string=asked | graphs)) == ["other", "é"]
    assert values(client.post("/sparql", data=asked | graphs)) == ["other", "é"]
    assert values(client.post("/sparql", query_string=graphs, data=asked)) == ["other", "é"]
    direct = client.post("/sparql", query_string=graphs, data=ALL, content_type=QUERY)
    assert values(direct) == ["other", "é"]
    named = {"query": "SELECT ?o { GRAPH ?g { ?s ?p ?o } }", "named-graph-uri": "http://e/a"}
    assert values(client.get("/sparql", query_string=named)) == ["é"]
    over = {"query": "SELECT ?o FROM <http://e/b> { ?s ?p ?o }", "default-graph-uri": "http://e/a"}
    assert values(client.get("/sparql", query_string=over)) == ["é"]
    detail(client.get("/sparql", query_string=asked | {"default-graph-uri": "a b"}), 400)


def test_what_is_not_sparql_is_told_before_a_format_that_is_not_acceptable(
    client: FlaskClient,
) -> None:
    """The engine's parser alone refuses a FILTER in a template."""
    wanted = {"Accept": JSON}
    query = {"query": "CONSTRUCT { ?s ?p ?o FILTER(?o > 1) } WHERE { ?s ?p ?o }"}
    assert "line" in detail(client.get("/sparql", query_string=query, headers=wanted), 400)
    sound = {"query": "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"}
    detail(client.get("/sparql", query_string=sound, headers=wanted), 406)


def test_inference_can_be_turned_off(client: FlaskClient) -> None:
    asked = {"query": ALL, "inference": "off"}
    assert values(client.get("/sparql", query_string=asked)) == []
    document = detail(client.get("/sparql", query_string=asked | {"inference": "maybe"}), 400)
    assert document["parameter"] == "inference"


@pytest.mark.parametrize(
    ("status", "how"),
    [
        (400, {"query_string": [("query", ALL), ("query", ALL)]}),
        (400, {"method": "POST", "data": {"x": "1"}}),
        (400, {"method": "POST", "data": {"query": ALL}, "query_string": {"query": ALL}}),
        (400, {"method": "POST", "data": "", "content_type": QUERY}),
        (400, {"method": "POST", "data": b"ASK { ?s ?p '\xff' }", "content_type": QUERY}),
        (400, {"query_string": "query=ASK%20%7B%FF%7D"}),
        (415, {"method": "POST", "data": "ASK {}", "content_type": "text/plain"}),
        (415, {"method": "POST", "data": "ASK {}", "content_type": ""}),
        (415, {"method": "POST", "data": {"query": (b"", "f")}}),
        (415, {"method": "POST", "data": "ASK {}", "content_type": f"{QUERY}; charset=utf-16"}),
        (
            415,
            {
                "method": "POST",
                "data": b"\x1f\x8b",
                "content_type": QUERY,
                "headers": {"Content-Encoding": "gzip"},
            },
        ),
        (403, {"method": "POST", "data": {"update": "CLEAR ALL"}}),
        (403, {"query_string": {"update": "CLEAR ALL"}}),
        (403, {"method": "POST", "data": "X", "content_type": "application/sparql-update"}),
        (400, {"method": "POST", "data": {"query": ALL, "update": "CLEAR ALL"}}),
        (400, {"query_string": {"query": "INSERT DATA { <x:> <x:> <x:> }"}}),
        (403, {"query_string": {"query": "SELECT * { SERVICE <http://x/> {} }"}}),
        (405, {"method": "PUT", "data": "x"}),
        (405, {"method": "DELETE"}),
        (413, {"method": "POST", "data": "#" + "a" * (1 << 20), "content_type": QUERY}),
        (
            413,
            {"method": "POST", "data": "a=1&" * 5000, "content_type": FORM},
        ),
        (413, {"query_string": {"query": "ASK { FILTER(" + "(" * 100 + "1" + ")" * 100 + ") }"}}),
        (406, {"query_string": {"query": ALL}, "headers": {"Accept": "text/turtle"}}),
        (406, {"query_string": {"query": ALL, "format": "<script>"}}),
        (406, {"query_string": {"query": "SELECT ('\\u0000' AS ?o) {}", "format": "xml"}}),
        (404, {"path": "/nothing"}),
    ],
)
def test_what_cannot_be_answered_has_its_status_and_its_reason(
    client: FlaskClient, status: int, how: dict[str, Any]
) -> None:
    response = client.open(**{"path": "/sparql"} | how)
    french = detail(response, status)
    headers = dict(how.get("headers", {})) | {"Accept-Language": "en"}
    english = detail(client.open(**{"path": "/sparql"} | how | {"headers": headers}), status)
    assert french["title"] != english["title"] or french["detail"] != english["detail"]


def test_a_body_without_a_length_is_read_to_the_limit_and_no_further(client: FlaskClient) -> None:
    class Endless:
        given = 0

        def read(self, size: int) -> bytes:
            self.given += size
            return b"#" * size

    body = Endless()
    environ = {"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_TYPE": QUERY}
    response = client.open("/sparql", method="POST", environ_overrides=environ)
    detail(response, 413)
    assert body.given == (1 << 20) + 1


def test_a_syntax_error_has_line_column_and_hint(client: FlaskClient) -> None:
    asked = {"query": "SELECT * {\n ?s coop:theme ?o }"}
    document = detail(client.get("/sparql", query_string=asked), 400)
    assert (document["line"], document["column"]) == (2, 5)
    assert document["hint"].startswith("PREFIX coop: <https://")
    document = detail(client.post("/sparql", data={"query": "SELECT * {\n ?s ?p \n}"}), 400)
    assert (document["line"], document["column"]) == (3, 1)


def test_a_function_called_wrongly_is_the_mistake_of_who_asks(client: FlaskClient) -> None:
    prefix = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
    for call, words in (
        ("xsd:date()", "demande 1 argument(s)\u00a0; 0 donné(s)"),
        ("xsd:date(1, 2)", "demande 1 argument(s)\u00a0; 2 donné(s)"),
        ("xsd:nothing(1)", ""),
    ):
        asked = {"query": prefix + f"SELECT ({call} AS ?x) {{}}"}
        document = detail(client.get("/sparql", query_string=asked), 400)
        assert (document["line"], document["column"]) == (2, 9)
        assert words in document["detail"]


def test_head_is_get_without_a_body_and_options_opens_the_way(client: FlaskClient) -> None:
    head = client.head("/sparql", query_string={"query": "ASK {}"})
    assert (head.status_code, head.data, head.content_type) == (200, b"", JSON)
    assert head.headers["Content-Length"] == "26"
    options = client.options("/sparql", headers={"Origin": "https://elsewhere.example"})
    assert options.status_code == 204
    assert "POST" in options.headers["Allow"]
    assert "POST" in options.headers["Access-Control-Allow-Methods"]
    assert "Content-Type" in options.headers["Access-Control-Allow-Headers"]


def test_answers_are_negotiated_and_say_so(client: FlaskClient) -> None:
    asked = {"query": ALL}
    csv = client.get("/sparql", query_string=asked, headers={"Accept": "text/csv"})
    assert csv.content_type == "text/csv; charset=utf-8"
    assert "Accept" in csv.vary
    assert csv.data == "o\r\né\r\n".encode()
    xml = client.get("/sparql", query_string=asked | {"format": "xml"})
    assert ElementTree.fromstring(xml.data).tag.endswith("}sparql")
    made = {"query": "CONSTRUCT WHERE { ?s ?p ?o }"}
    turtle = client.get("/sparql", query_string=made)
    assert turtle.content_type == "text/turtle; charset=utf-8"
    triples = client.get("/sparql", query_string=made | {"format": "nt"})
    assert triples.data == '<http://e/s> <http://e/p> "é" .\n'.encode()


def test_without_a_query_the_service_describes_itself(client: FlaskClient) -> None:
    turtle = client.get("/sparql", headers={"Accept": "text/turtle"})
    described = list(
        pyoxigraph.parse(turtle.data, format=pyoxigraph.RdfFormat.TURTLE, base_iri="http://here/")
    )
    predicates = {quad.predicate.value.rpartition("#")[2] for quad in described}
    assert {"endpoint", "resultFormat", "supportedLanguage"} <= predicates
    json_ld = client.get("/sparql", headers={"Accept": "application/ld+json"})
    assert json.loads(json_ld.data)
    detail(client.get("/sparql", headers={"Accept": "image/png"}), 406)


def test_data_wins_over_a_page_that_is_liked_less(client: FlaskClient) -> None:
    for accept, chosen in (
        ("text/csv, text/html;q=0.9", "text/csv; charset=utf-8"),
        ("text/html;q=0.5, application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/html, text/csv;q=0.9", "text/html; charset=utf-8"),
        ("text/html", "text/html; charset=utf-8"),
        ("*/*", JSON),
    ):
        asked = client.get("/sparql", query_string={"query": ALL}, headers={"Accept": accept})
        assert asked.content_type == chosen, accept


# --- problems


def test_every_error_of_the_tree_has_a_status_of_its_own() -> None:
    spent = errors.Spent("time", 8.0, 8.1, "seconds", {"seconds": "8.1"})
    expected: dict[int, list[CoopkgError]] = {
        400: [
            errors.ParameterError("place", "x", "y", "z"),
            errors.SyntaxQueryError("f", "e", 1, 2, "h"),
            errors.RefusedQuery("writes", "f", "e"),
        ],
        403: [errors.RefusedQuery("calls-out", "f", "e"), errors.RefusedQuery("updates", "f", "e")],
        404: [errors.UnknownError("x", "f", "e", ("y",))],
        406: [errors.UnwritableError("f", "e")],
        413: [errors.RefusedQuery("too-deep", "f", "e", 3)],
        422: [errors.PublicationError("f", "e")],
        429: [errors.RateLimitError(7, "f", "e")],
        503: [
            errors.QueryLimitError(spent, "f", "e"),
            errors.StoppedError(1.5, "f", "e"),
            errors.EngineBusyError(5, "f", "e"),
            errors.GenerationError("f", "e"),
        ],
        500: [errors.QueryError("f", "e")],
    }
    for status, found in expected.items():
        for error in found:
            french, english = problems.problem(error, "fr"), problems.problem(error, "en")
            assert french.status == english.status == status
            assert french.title != english.title or status == 406
            json.dumps(french.document())
    assert (
        problems.problem(expected[503][0], "en").document()
        | {
            "limit": "time",
            "allowed": 8.0,
            "elapsed": 8.1,
        }
        == problems.problem(expected[503][0], "en").document()
    )
    assert problems.problem(expected[429][0], "en").headers == {"Retry-After": "7"}
    assert problems.problem(expected[500][0], "en").detail != "e"  # our insides stay inside


def test_a_query_over_its_time_says_limit_and_elapsed(client: FlaskClient) -> None:
    triple = " . ".join(f"?a{i} ?b{i} ?c{i}" for i in range(40))
    query = f"SELECT (COUNT(*) AS ?n) FROM <http://e/a> FROM <http://e/b> {{ {triple} }}"
    document = detail(client.post("/sparql", data={"query": query}), 503)
    assert document["limit"] == "time"
    assert document["allowed"] == 2.0
    assert document["elapsed"] >= 1.9


# --- shares


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_client_that_has_used_its_seconds_waits_and_the_others_do_not() -> None:
    clock = Clock()
    shares = Shares(Allowance(10.0, 1.0), Allowance(5.0, 1.0), clock=clock)
    shares.check("a")
    shares.charge("a", seconds=12.5)
    with pytest.raises(RateLimitError) as caught:
        shares.check("a")
    assert caught.value.retry_after_s == 4  # 2.5 below, and one to go on with
    shares.check("b")
    clock.now += 4
    shares.check("a")
    clock.now += 1000
    shares.charge("a", seconds=9)  # a bucket never holds more than it can
    shares.check("a")
    shares.charge("a", seconds=2)
    with pytest.raises(RateLimitError):
        shares.check("a")


def test_errors_have_a_share_of_their_own() -> None:
    shares = Shares(Allowance(10.0, 1.0), Allowance(5.0, 1.0), clock=Clock())
    for _ in range(5):
        shares.check("a")
        shares.charge("a", errors=1)
    with pytest.raises(RateLimitError) as caught:
        shares.check("a")
    assert "refusées ou arrêtées" in caught.value.message("fr")
    assert "refused or stopped" in caught.value.message("en")
    shares.charge("b", seconds=11)
    with pytest.raises(RateLimitError) as caught:
        shares.check("b")
    assert "part du temps" in caught.value.message("fr")
    assert "share of the time" in caught.value.message("en")


def test_a_million_addresses_take_the_memory_of_two_thousand() -> None:
    shares = Shares(max_clients=100, clock=Clock())
    shares.charge("first", seconds=1e9)
    for i in range(5_000):
        shares.check(f"10.0.{i // 250}.{i % 250}")
    assert len(shares) == 100
    shares.check("first")  # forgotten, and forgiven


def test_who_ignores_two_hundred_refusals_is_refused_outright_for_a_while() -> None:
    clock = Clock()
    shares = Shares(Allowance(10.0, 1.0), Allowance(5.0, 1.0), clock=clock)
    shares.charge("a", seconds=1e4)
    for _ in range(fairness.IGNORED_MAX + 1):
        with pytest.raises(RateLimitError) as refused:
            shares.check("a")
        assert not isinstance(refused.value, BannedError)
    clock.now += fairness.BAN_S / 2
    with pytest.raises(BannedError) as banned:
        shares.check("a")
    assert problems.problem(banned.value, "fr").status == 403
    assert problems.problem(banned.value, "en").headers["Retry-After"] == "60"
    shares.check("b")  # the others know nothing of it
    clock.now += 1e5
    shares.check("a")  # it ends by itself


def test_one_ipv6_network_is_one_client() -> None:
    shares = Shares(Allowance(1.0, 1.0), clock=Clock())
    shares.charge("2001:db8::1", seconds=5)
    with pytest.raises(RateLimitError):
        shares.check("2001:db8::ffff:1")
    shares.check("2001:db8:0:1::1")
    assert fairness.network("not an address") == "not an address"


def test_an_exhausted_client_gets_429_with_the_seconds_to_wait(engine: Engine) -> None:
    shares = Shares(Allowance(5.0, 0.5), Allowance(2.0, 0.5), clock=Clock())
    app = serving.application(engine, shares=shares)
    client = app.test_client()
    for _ in range(2):
        detail(client.get("/sparql", query_string={"query": "SELEKT"}), 400)
    response = client.get("/sparql", query_string={"query": "ASK {}"})
    detail(response, 429)
    assert int(response.headers["Retry-After"]) >= 1
    other = client.get(
        "/sparql", query_string={"query": "ASK {}"}, environ_base={"REMOTE_ADDR": "10.1.1.1"}
    )
    assert other.status_code == 200
    told = client.get(
        "/sparql", query_string={"query": "ASK {}"}, headers={"X-Forwarded-For": "10.2.2.2"}
    )
    assert told.status_code == 429


# --- the server


def test_a_port_that_is_taken_is_said_so(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(errors.GenerationError, match=str(port)):
            http.serve(Settings(home=tmp_path), "127.0.0.1", port)


def test_bodies_are_handed_over_whole_and_closed(app: Flask) -> None:
    closed: list[bool] = []

    class Body:
        def __iter__(self) -> Iterator[bytes]:
            yield from (b"a", b"b")

        def close(self) -> None:
            closed.append(True)

    def application(environ: Any, start: Any) -> Any:
        start("200 OK", [("Content-Length", "2")])
        return Body()

    body = http.buffered(application)({}, lambda *given: None)  # type: ignore[arg-type]
    assert body == [b"a", b"b"]
    assert closed == [True]


@pytest.mark.attacks
def test_the_service_says_where_it_listens_once_it_answers_and_stops_clean(tmp_path: Path) -> None:
    import urllib.request

    serving.dump(tmp_path / "store.nq", 600)
    with serving.running(tmp_path) as service:
        with urllib.request.urlopen(service.url + "/sparql?query=ASK%7B%7D") as answer:
            assert answer.status == 200
        pids = service.tree()
        assert len(pids) >= 3
    assert service.process.returncode == 0
    deadline = time.monotonic() + 5
    while any(_alive(pid) for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _alive(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False
