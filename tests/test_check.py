"""`/sparql/check`: a query examined without being run; and what an empty answer tells."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask.testing import FlaskClient

from coopkg import generation
from coopkg.config import Settings
from coopkg.engine import Result
from coopkg.generation.manifest import Manifest
from coopkg.serve import create_app
from coopkg.serve.sparql import check
from coopkg.terms import PREFIXES
from tests.generations import damage

COOP = f"PREFIX coop: <{PREFIXES['coop']}>\n"
DOUBTFUL = COOP + "SELECT ?a ?p { ?a coop:partenaire ?p }"
KEYS = {"severity", "rule", "line", "column", "end_line", "end_column", "message", "suggestion"}


def checked(client: FlaskClient, query: str, **more: str) -> dict[str, Any]:
    """Return what the check says."""
    answer = client.get("/sparql/check", query_string={"query": query, **more})
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def test_a_good_query_is_ok_and_comes_back_set_in_lines(client: FlaskClient) -> None:
    found = checked(client, COOP + "select ?a{?a coop:theme ?t}")
    assert found["ok"] is True
    assert found["diagnostics"] == []
    assert found["form"] == "SELECT"
    assert found["formatted"] == COOP + "select ?a {\n  ?a coop:theme ?t\n}\n"


def test_a_wrong_query_is_not_ok_and_is_not_set_in_lines(client: FlaskClient) -> None:
    found = checked(client, "SELECT ?a { ?a foaf:name }", lang="en")
    assert (found["ok"], found["formatted"]) == (False, None)
    assert [one["rule"] for one in found["diagnostics"]] == [
        "undeclared-prefix",
        "incomplete-triple",
    ]
    first = found["diagnostics"][0]
    assert first.keys() >= KEYS | {"replacement", "edit", "expected", "caret"}
    assert first["message"] == "the prefix “foaf:” is not declared"


def test_a_prefix_to_declare_does_not_keep_a_query_from_being_set_in_lines(
    client: FlaskClient,
) -> None:
    found = checked(client, "SELECT?a{?a foaf:name?n}")
    assert [one["rule"] for one in found["diagnostics"]] == ["undeclared-prefix"]
    assert (found["ok"], found["formatted"]) == (False, "SELECT ?a {\n  ?a foaf:name ?n\n}\n")


def test_a_warning_does_not_make_a_query_wrong(client: FlaskClient) -> None:
    found = checked(client, DOUBTFUL)
    assert found["ok"] is True
    (warning,) = found["diagnostics"]
    assert (warning["severity"], warning["replacement"]) == ("warning", "coop:hasPartner")


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_language_is_that_of_the_parameter_or_of_the_header(
    client: FlaskClient, lang: str
) -> None:
    asked = client.get("/sparql/check", query_string={"query": DOUBTFUL, "lang": lang})
    header = client.get(
        "/sparql/check", query_string={"query": DOUBTFUL}, headers={"Accept-Language": lang}
    )
    form = client.post("/sparql/check", data={"query": DOUBTFUL, "lang": lang})
    assert asked.json == header.json == form.json
    assert asked.headers["Content-Language"] == form.headers["Content-Language"] == lang
    assert ("aucun triplet" if lang == "fr" else "no triple") in asked.text


def test_a_query_can_be_posted_as_it_is(client: FlaskClient) -> None:
    posted = client.post(
        "/sparql/check?lang=en", data=DOUBTFUL, content_type="application/sparql-query"
    )
    assert posted.json == checked(client, DOUBTFUL, lang="en")


def test_a_request_without_a_query_is_refused(client: FlaskClient) -> None:
    assert client.get("/sparql/check").status_code == 400


def test_the_check_is_open_to_other_sites(client: FlaskClient) -> None:
    before = client.options("/sparql/check")
    assert before.status_code == 204
    assert "POST" in before.headers["Access-Control-Allow-Methods"]
    answer = client.get("/sparql/check", query_string={"query": "ASK {}"})
    assert before.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Accept-Language" in answer.headers["Vary"]


def test_what_only_the_engine_refuses_is_told_where_the_engine_saw_it(client: FlaskClient) -> None:
    found = checked(client, "ASK { ?x ?p ?y . [] . }", lang="en")
    (engines,) = found["diagnostics"]
    assert (engines["rule"], engines["line"], engines["column"]) == ("engine", 1, 18)
    assert found["ok"] is False


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("ASK {" + "{" * 80 + "}" * 80 + "}", "too-complex"),
        ("ASK { ?s ?p 'a' }" + " " * 270_000, "too-complex"),
        ("INSERT DATA { <a> <b> <c> }", "writes"),
        ("ASK { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "calls-out"),
    ],
)
def test_what_this_service_refuses_is_told_as_an_error(
    client: FlaskClient, query: str, rule: str
) -> None:
    answer = client.post("/sparql/check", data={"query": query})
    assert [one["rule"] for one in answer.json["diagnostics"]] == [rule]
    assert answer.json["ok"] is False


def test_a_check_never_runs_the_query_on_the_graph(client: FlaskClient) -> None:
    heavy = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?c ?f ?i ?l"
    found = checked(client, heavy, lang="en")
    assert found["ok"] is True
    assert {one["rule"] for one in found["diagnostics"]} == {"cartesian-product"}


# --- empty answers


FORMATS = ("json", "xml", "csv", "tsv")


@pytest.mark.parametrize("name", FORMATS)
def test_an_empty_answer_tells_how_many_names_are_doubtful(client: FlaskClient, name: str) -> None:
    answer = client.get("/sparql", query_string={"query": DOUBTFUL, "format": name})
    assert answer.status_code == 200
    assert answer.headers["X-Query-Warnings"] == "1"
    target = answer.headers["Link"].partition(">")[0].removeprefix("<")
    assert 'rel="describedby"' in answer.headers["Link"]
    assert parse_qs(urlsplit(target).query)["query"] == [DOUBTFUL]
    assert client.get(target).json["diagnostics"][0]["rule"] == "unknown-property"
    assert "X-Query-Warnings" in answer.headers["Access-Control-Expose-Headers"]


@pytest.mark.parametrize("name", FORMATS)
def test_an_answer_with_rows_tells_nothing(client: FlaskClient, name: str) -> None:
    query = COOP + "SELECT ?a { ?a coop:theme ?t }"
    answer = client.get("/sparql", query_string={"query": query, "format": name})
    assert "X-Query-Warnings" not in answer.headers


@pytest.mark.parametrize("name", ["ttl", "nt", "jsonld", "rdf"])
def test_an_empty_graph_and_a_full_one_are_told_apart(client: FlaskClient, name: str) -> None:
    empty = COOP + "CONSTRUCT { ?a coop:p ?t } WHERE { ?a coop:partenaire ?t }"
    full = COOP + "CONSTRUCT { ?a coop:p ?t } WHERE { ?a coop:theme ?t }"
    first, second = (
        client.get("/sparql", query_string={"query": query, "format": name})
        for query in (empty, full)
    )
    assert first.headers["X-Query-Warnings"] == "1"
    assert "X-Query-Warnings" not in second.headers


@pytest.mark.parametrize("name", FORMATS)
def test_a_count_of_an_unknown_name_tells_it_though_it_has_a_row(
    client: FlaskClient, name: str
) -> None:
    query = COOP + "SELECT (COUNT(*) AS ?n) { ?a coop:hasPartners ?p }"
    for _ in range(2):  # evaluated, then kept
        answer = client.get("/sparql", query_string={"query": query, "format": name})
        assert answer.headers["X-Query-Warnings"] == "1"
        target = answer.headers["Link"].partition(">")[0].removeprefix("<")
        assert client.get(target).json["diagnostics"][0]["replacement"] == "coop:hasPartner"


def test_a_query_asked_again_is_not_read_again(
    client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = COOP + "SELECT (NOW() AS ?now) (COUNT(*) AS ?n) { ?a coop:hasPartners ?p }"
    read: list[str] = []
    real = check.diagnose
    monkeypatch.setattr(
        check, "diagnose", lambda text, *more: read.append(text) or real(text, *more)
    )
    for _ in range(3):  # an answer that changes is never kept
        answer = client.get("/sparql", query_string={"query": query})
        assert answer.headers["X-Query-Warnings"] == "1"
    assert read == [query]
    client.get("/sparql", query_string={"query": f"{query}\n# the same, in other words"})
    assert read == [query]
    client.get("/sparql", query_string={"query": COOP + "SELECT ?a ?t { ?a coop:theme ?t }"})
    assert read == [query], "each of its names has matched"
    long = query + "#" + "x" * check.READ_MOST
    assert "X-Query-Warnings" not in client.post("/sparql", data={"query": long}).headers


def test_an_empty_answer_without_inference_tells_the_names_that_only_inferred_facts_use(
    client: FlaskClient,
) -> None:
    query = COOP + "SELECT ?a ?p { ?a coop:hasPartner ?p }"
    asked = {"query": query, "inference": "off"}
    answer = client.get("/sparql", query_string=asked)
    assert answer.json["results"]["bindings"] == []
    assert answer.headers["X-Query-Warnings"] == "1"
    target = answer.headers["Link"].partition(">")[0].removeprefix("<")
    for lang, words in (("fr", "seuls des faits déduits"), ("en", "only inferred facts")):
        (told,) = client.get(f"{target}&lang={lang}").json["diagnostics"]
        assert (told["rule"], told["severity"]) == ("only-inferred", "warning")
        assert words in told["message"]
        assert (told["line"], told["column"]) == (2, 19)
    assert checked(client, query)["diagnostics"] == []
    stated = COOP + 'SELECT ?a { ?a coop:theme ?t FILTER(STR(?t) = "none") }'
    sound = client.get("/sparql", query_string={"query": stated, "inference": "off"})
    assert sound.headers["X-Query-Warnings"] == "0"


def test_the_answer_no_is_an_empty_answer(client: FlaskClient) -> None:
    no = client.get("/sparql", query_string={"query": COOP + "ASK { ?a coop:partenaire ?p }"})
    yes = client.get("/sparql", query_string={"query": COOP + "ASK { ?a coop:theme ?t }"})
    assert no.headers["X-Query-Warnings"] == "1"
    assert "X-Query-Warnings" not in yes.headers


def test_an_empty_answer_to_a_sound_query_has_no_warning(client: FlaskClient) -> None:
    query = COOP + 'SELECT ?a { ?a coop:theme ?t FILTER(STR(?t) = "none") }'
    answer = client.get("/sparql", query_string={"query": query})
    assert answer.headers["X-Query-Warnings"] == "0"


def test_a_long_query_is_not_repeated_in_a_header(client: FlaskClient) -> None:
    query = DOUBTFUL + "#" + "x" * 3_000
    answer = client.post("/sparql", data={"query": query})
    assert answer.headers["X-Query-Warnings"] == "1"
    assert "</sparql/check>" in answer.headers["Link"]


def test_a_text_with_the_marks_of_emptiness_is_not_empty(tmp_path: Path) -> None:
    body = b'x,"bindings"\r\n"\r\n",1\r\n'
    assert not check.is_empty(Result("bindings", body, "text/csv", 0.0, tmp_path))
    assert check.is_empty(Result("bindings", b"x,y\r\n", "text/csv", 0.0, tmp_path))


def test_a_generation_older_than_schemas_is_checked_for_errors_only(home: Path) -> None:
    found = generation.current(home)
    (found.path / "schema.json").unlink()
    written = Manifest.from_bytes((found.path / "manifest.json").read_bytes())
    files = {name: file for name, file in written.files.items() if name != "schema.json"}
    damage(found.path / "manifest.json", lambda _: replace(written, files=files).to_bytes())
    check._VOCABULARIES._kept.clear()
    app = create_app(Settings(home=home))
    try:
        client = app.test_client()
        assert checked(client, DOUBTFUL)["diagnostics"] == []
        assert checked(client, "SELECT")["ok"] is False
    finally:
        check._VOCABULARIES._kept.clear()
        app.extensions["coopkg"].close()


def test_a_check_is_at_the_expense_of_who_asks(home: Path) -> None:
    app = create_app(Settings(home=home))
    try:
        client = app.test_client()
        answer = client.get("/sparql/check", query_string={"query": DOUBTFUL})
        assert answer.headers["RateLimit"]
        app.extensions["coopkg_shares"].charge("127.0.0.1", seconds=1e6)
        refused = client.get("/sparql/check", query_string={"query": DOUBTFUL + " "})
        assert refused.status_code == 429
        assert refused.headers["Retry-After"]
    finally:
        app.extensions["coopkg"].close()
