"""Writing graphs over HTTP with the token of a partner, and what is refused."""

from __future__ import annotations

import gzip
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import partnering
import pytest
from contributing import MAIN, line
from flask import Flask
from partnering import TURTLE, bearer, said
from werkzeug.test import TestResponse

from coopkg.contributions import get, inbox, listing, partners, publication
from coopkg.generation import current
from coopkg.serve.partners import sending
from coopkg.terms import BASE

SFAX = f"{BASE}graph/partner/sfax"
ELSEWHERE = "http://example.org/g"
OWN = line("a", owner="sfax")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with partnering.service(tmp_path_factory.mktemp("writing"), contribution_max_kb=64) as made:
        yield made


def send(
    app: Flask, who: str, graph: str, data: str | bytes = OWN, method: str = "PUT", **headers: str
) -> TestResponse:
    given: dict[str, Any] = {"headers": {**bearer(app, who), **headers}, "data": data}
    if "Content-Type" not in headers:
        given["content_type"] = TURTLE
    return app.test_client().open("/graphs", method=method, query_string={"graph": graph}, **given)


def read(app: Flask, graph: str) -> TestResponse:
    query = {"graph": graph, "format": "nt"}
    return app.test_client().get("/graphs", query_string=query)


def test_a_direct_partner_writes_and_reads_at_once(app: Flask) -> None:
    graph = f"{SFAX}/first"
    made = send(app, "sfax", graph)
    assert (made.status_code, made.headers["Location"]) == (201, "/graphs/partner/sfax/first")
    assert made.headers["X-Generation"] == read(app, graph).headers["X-Generation"]
    assert read(app, graph).text.count("\n") == 1
    assert send(app, "sfax", graph, line("b", owner="sfax"), "POST").status_code == 204
    assert read(app, graph).text.count("\n") == 2
    assert send(app, "sfax", graph, line("c", owner="sfax")).status_code == 204
    assert "/c>" in read(app, graph).text
    assert read(app, graph).text.count("\n") == 1, "PUT replaces"
    assert send(app, "sfax", graph, "", "DELETE").status_code == 204
    assert read(app, graph).status_code == 404
    assert send(app, "sfax", graph, "", "DELETE").status_code == 404


def test_a_reviewed_partner_waits_and_is_told_where(app: Flask) -> None:
    sent = send(app, "tunis", MAIN, line("a"))
    assert sent.status_code == 202
    name = said(sent)["id"]
    assert sent.headers["Location"] == f"/api/contributions/{name}"
    assert said(sent)["state"] == "waiting"
    assert said(send(app, "tunis", MAIN, line("a")))["id"] == name, "sending again is safe"
    assert read(app, MAIN).status_code == 404


def test_a_partner_writes_its_own_graphs_and_no_other(app: Flask) -> None:
    for who, graph in (
        ("tunis", SFAX),
        ("sfax", MAIN),
        ("sfax", SFAX + "x"),
        ("sfax", ELSEWHERE),
        ("op", f"{BASE}graph/passage/p1"),
        ("op", f"{BASE}graph/inferred"),
        ("op", f"{BASE}graph/"),
        ("op", f"{BASE}ns"),
        ("op", MAIN),
    ):
        refused = send(app, who, graph)
        assert refused.status_code == 403, (who, graph)
        assert said(refused)["rule"] == "graph"
    default = app.test_client().put("/graphs?default", headers=bearer(app, "sfax"), data=OWN)
    assert default.status_code == 403


def test_an_operator_may_write_no_graph_of_ours(published: Path) -> None:
    graphs = current(published).manifest.graphs
    one = partners.Partner("op", {"fr": "o", "en": "o"}, "operator", "http://e/", "")
    assert [iri for iri in graphs if inbox.may_write(one, iri)] == []
    assert inbox.may_write(one, f"{BASE}graph/person/1.ttl")


def test_a_post_to_the_store_makes_a_graph_and_says_where(app: Flask) -> None:
    for who, above in (("op", "created"), ("sfax", "partner/sfax")):
        headers = bearer(app, who)
        made = app.test_client().post("/graphs", data=OWN, content_type=TURTLE, headers=headers)
        assert made.status_code == 201
        assert made.headers["Location"].startswith(f"/graphs/{above}/")
        assert app.test_client().get(made.headers["Location"]).status_code == 200
        again = app.test_client().post("/graphs", data=OWN, content_type=TURTLE, headers=headers)
        assert again.headers["Location"] == made.headers["Location"]
        assert app.test_client().put("/graphs", data=OWN, headers=headers).status_code == 400


@pytest.mark.parametrize(
    ("status", "data", "headers"),
    [
        (400, "unparsable", {}),
        (413, "too-large", {}),
        (415, "unsupported", {}),
        (422, "violations", {}),
        (413, "#" * (200 << 10), {}),
        (415, gzip.compress(OWN.encode(), mtime=0), {"Content-Encoding": "gzip"}),
        (415, OWN, {"Content-Type": ""}),
        (415, OWN, {"Content-Type": "turtle"}),
        (415, OWN, {"Content-Type": "text/turtle; charset=utf-16"}),
        (400, OWN, {"Content-Type": "multipart/form-data"}),
    ],
)
def test_what_cannot_be_taken_has_its_status_and_changes_nothing(
    app: Flask, status: int, data: str | bytes, headers: dict[str, str]
) -> None:
    before = current(app.extensions["coopkg_settings"].home).id
    refused = send(app, "sfax", f"{SFAX}/refused", data, **headers)
    assert refused.status_code == status, refused.text
    assert said(refused)["status"] == status
    assert current(app.extensions["coopkg_settings"].home).id == before


def test_a_violation_comes_with_its_report_and_as_shacl_when_asked(app: Flask) -> None:
    told = said(send(app, "sfax", f"{SFAX}/faulty", "violations"))
    assert told["report"]["findings"][0]["line"] == 3
    assert told["detail"] == "ce n’est pas <b>à vous</b>"
    shacl = send(app, "sfax", f"{SFAX}/faulty", "violations 2", Accept=TURTLE)
    assert (shacl.status_code, shacl.mimetype) == (422, TURTLE)
    assert "sh:ValidationReport" in shacl.text
    assert "sh:conforms false" in shacl.text


def test_a_cut_body_is_not_half_a_graph(app: Flask) -> None:
    with app.test_request_context(
        "/graphs?graph=" + SFAX,
        method="PUT",
        data=OWN,
        content_type=TURTLE,
        headers=bearer(app, "sfax"),
        environ_overrides={"CONTENT_LENGTH": str(len(OWN) + 10)},
    ):
        assert app.full_dispatch_request().status_code == 400
    home = app.extensions["coopkg_settings"].home
    assert all(one.size != len(OWN) or one.graph != SFAX for one in listing(home))


def test_conditions_are_held(app: Flask) -> None:
    graph = f"{SFAX}/conditions"
    fresh = {"If-None-Match": "*"}
    assert send(app, "sfax", graph, **fresh).status_code == 201
    assert send(app, "sfax", graph, **fresh).status_code == 412
    client = app.test_client()
    tag = client.get("/graphs/partner/sfax/conditions").headers["ETag"]
    assert send(app, "sfax", graph, line("n", owner="sfax"), **{"If-Match": tag}).status_code == 204
    assert send(app, "sfax", graph, line("o", owner="sfax"), **{"If-Match": tag}).status_code == 412
    packed = {"Accept-Encoding": "gzip"}
    tag = client.get("/graphs/partner/sfax/conditions", headers=packed).headers["ETag"]
    assert send(app, "sfax", graph, line("p", owner="sfax"), **{"If-Match": tag}).status_code == 204
    nothing = {"If-Match": "*"}
    assert send(app, "sfax", f"{SFAX}/none", **nothing).status_code == 412
    assert "/p>" in read(app, graph).text


def test_several_files_of_a_form_are_one_change_or_none(app: Flask) -> None:
    def form(*texts: str) -> bytes:
        parts = [
            f'--b\r\nContent-Disposition: form-data; name="f{n}"; filename="f{n}.ttl"\r\n'
            f"Content-Type: text/turtle\r\n\r\n{text}\r\n"
            for n, text in enumerate(texts)
        ]
        return "".join([*parts, "--b--\r\n"]).encode()

    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    graph = f"{SFAX}/several"
    two = form(line("a", owner="sfax"), line("b", owner="sfax"))
    half = form(line("z", owner="sfax"), "violations")
    assert send(app, "sfax", graph, half, "POST", **kind).status_code == 422
    assert read(app, graph).status_code == 404
    assert send(app, "sfax", graph, two, "POST", **kind).status_code == 201
    assert read(app, graph).text.count("\n") == 2


def test_nobody_writes_in_the_past(app: Flask) -> None:
    query = {"graph": SFAX, "generation": "1"}
    headers = bearer(app, "sfax")
    client = app.test_client()
    assert client.put("/graphs", query_string=query, data=OWN, headers=headers).status_code == 400


UPDATES: list[dict[str, Any]] = [
    {"data": {"update": "CLEAR ALL"}},
    {"data": "INSERT DATA { <urn:a> <urn:p> 1 }", "content_type": "application/sparql-update"},
    {"data": "NOT SPARQL", "content_type": "application/sparql-update"},
]


@pytest.mark.parametrize("update", UPDATES)
def test_where_an_operator_writes_an_update_is_asked_who_sends_it_then_refused(
    app: Flask, update: dict[str, Any]
) -> None:
    client = app.test_client()
    before = current(app.extensions["coopkg_settings"].home).id
    for lang, word in (("fr", "jeton"), ("en", "token")):
        asked = client.post("/sparql", headers={"Accept-Language": lang}, **update)
        assert asked.status_code == 401
        assert asked.headers["WWW-Authenticate"] == 'Bearer realm="partners"'
        assert word in said(asked)["detail"]
        assert "/graphs" in said(asked)["detail"], "why, and where to write"
    for header in (*(bearer(app, who)["Authorization"] for who in ("op", "sfax")), "Bearer x"):
        refused = client.post("/sparql", headers={"Authorization": header}, **update)
        assert refused.status_code == 403, "who it is changes nothing, and is not looked up"
        assert said(refused)["type"].endswith("/read-only")
    assert client.get("/sparql", query_string={"update": "CLEAR ALL"}).status_code == 403
    assert current(app.extensions["coopkg_settings"].home).id == before


def test_where_nobody_is_an_operator_an_update_is_refused_at_once(app: Flask) -> None:
    home = app.extensions["coopkg_settings"].home
    partners.revoke(home, "op")
    try:
        for update in UPDATES:
            assert app.test_client().post("/sparql", **update).status_code == 403
    finally:
        _, app.extensions["test_tokens"]["op"] = partners.renew(home, "op")


def test_a_patch_is_refused_as_no_patch_document_is_known(app: Flask) -> None:
    home = app.extensions["coopkg_settings"].home
    kept = len(listing(home))
    for kind in (TURTLE, "application/sparql-update", "application/rdf-patch"):
        refused = send(app, "sfax", SFAX, OWN, "PATCH", **{"Content-Type": kind})
        assert refused.status_code == 415
        assert "Accept-Patch" not in refused.headers, "it would say that one is known"
        assert "PUT" in said(refused)["detail"]
    assert len(listing(home)) == kept, "nothing was received"
    query = {"graph": SFAX}
    assert app.test_client().patch("/graphs", query_string=query, data=OWN).status_code == 401
    allowed = app.test_client().options("/graphs").headers["Allow"]
    assert "PATCH" not in allowed, "RFC 5789: named where a patch may succeed"


def test_who_waits_too_long_for_a_publication_is_told_and_published_in_turn(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, first, go = publication._started, threading.Event(), threading.Event()
    told: list[publication.Made] = []

    def slow(home: Path, settings: Any) -> publication.Made:
        first.set()
        assert go.wait(30)
        told.append(real(home, settings))
        return told[-1]

    monkeypatch.setattr(publication, "_started", slow)
    monkeypatch.setattr(sending, "WAIT_S", 0.05)
    early: list[int] = []
    writer = threading.Thread(
        target=lambda: early.append(send(app, "sfax", f"{SFAX}/turn-0").status_code), daemon=True
    )
    writer.start()
    assert first.wait(30)
    late = [send(app, "sfax", f"{SFAX}/turn-{n}", line(f"t{n}", owner="sfax")) for n in (1, 2, 3)]
    assert [one.status_code for one in late] == [202] * 3
    assert [said(one)["state"] for one in late] == ["accepted"] * 3
    go.set()
    writer.join(30)
    assert early == [201]
    home = app.extensions["coopkg_settings"].home
    names = [said(one)["id"] for one in late]
    deadline = time.monotonic() + 30
    while any(get(home, name).state != "published" for name in names):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert len(told) <= 2, "what came together is published together"
    assert read(app, f"{SFAX}/turn-3").status_code == 200
