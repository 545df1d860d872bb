"""What the real service keeps, and that no reader can change what another one gets."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from coopkg.config import Settings
from coopkg.serve import LASTING, create_app
from coopkg.serve.sparql import answer

SERVE = Path(__file__).parents[1] / "coopkg" / "serve"
FLAGSHIP = "partners-by-theme-and-place?theme=decentralisation&place=mediterranee"
LABEL = "SELECT ?l { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?l } ORDER BY ?l LIMIT 3"
PATHS = [
    "/fr/",
    "/en/questions",
    f"/fr/questions/{FLAGSHIP}",
    f"/fr/questions/{FLAGSHIP.replace('?', '/why?')}&row=1",
    f"/api/questions/{FLAGSHIP}",
    "/api/questions",
    "/fr/id/organisation/cefal",
    "/id/organisation/cefal.ttl",
    "/id/organisation/cefal.nt",
    "/void",
    "/sparql",
    "/sparql/schema.json",
    "/sparql?" + urlencode({"query": LABEL}),
    "/sparql?" + urlencode({"query": LABEL, "format": "html", "lang": "en"}),
]
EVIL = "evil.example"
POISON = {
    "Host": EVIL,
    "X-Forwarded-Host": EVIL,
    "X-Forwarded-Proto": "gopher",
    "X-Forwarded-Prefix": f"/{EVIL}",
    "X-Forwarded-For": EVIL,
    "Forwarded": f"host={EVIL};proto=gopher",
    "X-Original-URL": f"/{EVIL}",
    "X-Rewrite-URL": f"/{EVIL}",
    "X-HTTP-Method-Override": "DELETE",
    "Origin": f"https://{EVIL}",
    "Referer": f"https://{EVIL}/",
    "Cookie": f"lang=en; session={EVIL}",
    "Authorization": f"Bearer {EVIL}",
    "User-Agent": EVIL,
    "Range": "bytes=0-1",
    "If-Range": '"x"',
    "Content-Type": f"text/{EVIL}",
    "Content-Language": "en",
    "X-Query-Id": EVIL,
}
OF_ONE_REQUEST = {"X-Cache", "Age", "X-Query-Id", "Server-Timing", "RateLimit", "RateLimit-Policy"}


@pytest.fixture(scope="module")
def keeping(published: Path) -> Iterator[Flask]:
    made = create_app(Settings(home=published))
    yield made
    made.extensions["coopkg"].close()


@pytest.fixture(scope="module")
def forgetful(published: Path) -> Iterator[Flask]:
    made = create_app(Settings(home=published, cache_mb=0))
    yield made
    made.extensions["coopkg"].close()


def said(client: FlaskClient, path: str, **more: Any) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return what a reader gets, without what is said of this one request."""
    found = client.get(path, **more)
    headers = sorted((name, value) for name, value in found.headers if name not in OF_ONE_REQUEST)
    return found.status_code, headers, found.data


@pytest.mark.parametrize("path", PATHS)
def test_no_header_of_one_reader_shows_in_the_answer_of_another(
    keeping: Flask, forgetful: Flask, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answer, "duration", lambda *_: "0 s")  # else each says how long it took
    wanted = said(forgetful.test_client(), path)
    assert wanted[0] == 200, wanted
    poisoned = said(keeping.test_client(), path, headers=POISON)
    assert EVIL.encode() not in poisoned[2]
    assert EVIL not in str(poisoned[1])
    again = keeping.test_client().get(path)
    assert again.headers["X-Cache"] == "hit"
    assert said(keeping.test_client(), path) == poisoned
    assert said(forgetful.test_client(), path) == wanted
    assert poisoned == wanted


@pytest.mark.parametrize(
    "path",
    [
        "/sparql?query=ASK+%7B%7D&query=ASK+%7B%7D",
        "/sparql?query=ASK+%7B",
        "/SPARQL?query=ASK+%7B%7D",
        "/sparql?QUERY=ASK+%7B%7D&format=png",
        "/api/questions/nothing",
        "/health",
        "/",
        "/id/organisation/cefal",
        "/fr",
    ],
)
def test_what_is_no_answer_of_a_generation_is_not_kept(keeping: Flask, path: str) -> None:
    for _ in range(2):
        assert "X-Cache" not in keeping.test_client().get(path).headers


@pytest.mark.parametrize(
    "query",
    [
        "SELECT (NOW() AS ?n) {}",
        "SELECT (rand() AS ?n) {}",
        "SELECT (UUID() AS ?n) {}",
        "SELECT ?n { BIND(StrUUID ( ) AS ?n) }",
    ],
)
def test_an_answer_that_changes_by_itself_is_not_kept(keeping: Flask, query: str) -> None:
    for form in ({}, {"format": "html"}):
        for _ in range(2):
            path = "/sparql?" + urlencode({"query": query, **form})
            found = keeping.test_client().get(path)
            assert found.status_code == 200, found.text
            assert "X-Cache" not in found.headers


def test_a_name_that_sounds_like_change_does_not_change(keeping: Flask) -> None:
    path = "/sparql?" + urlencode(
        {"query": "SELECT ?now { BIND('RAND() UUID()' AS ?now) } # NOW()"}
    )
    keeping.test_client().get(path)
    assert keeping.test_client().get(path).headers["X-Cache"] == "hit"


def test_a_kept_answer_costs_nobody_anything(keeping: Flask) -> None:
    path = "/sparql?" + urlencode({"query": LABEL + "2"})
    client = keeping.test_client()
    assert client.get(path).headers["X-Cache"] == "miss"
    before = keeping.extensions["coopkg_cache"].stats()["hits"]
    for _ in range(1_000):
        assert client.get(path).status_code == 200
    assert keeping.extensions["coopkg_cache"].stats()["hits"] == before + 1_000


# --- What the code looks at ----------------------------------------------------------------

# Part of the key, or of nothing that is kept: `remote_addr` is for the shares of a client, and
# `url_root` for an application without PUBLIC_URL, which ours never is.
# What is written, or shown to one partner alone, is never kept: no blueprint of theirs is LASTING.
WRITING = frozenset({"origin.py", "partners"})
READ = {
    "args", "query_string", "full_path", "path", "method", "endpoint", "blueprint", "headers",
    "accept_mimetypes", "environ", "content_length", "remote_addr", "form", "get_data", "is_json",
    "get_json", "mimetype", "view_args", "url_rule", "stream", "content_type", "url_root",
}  # fmt: skip
HEADERS = {"Accept", "Accept-Language", "Content-Type", "Content-Encoding"}


def test_the_service_reads_of_a_request_only_what_is_part_of_the_key() -> None:
    read, headers = set(), set()
    for path in SERVE.rglob("*.py"):
        if WRITING & set(path.relative_to(SERVE).parts):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and _is_request(node.value):
                read.add(node.attr)
            if isinstance(node, ast.Call) and _is_headers(node.func):
                headers |= {arg.value for arg in node.args[:1] if isinstance(arg, ast.Constant)}
    assert read <= READ, "is it part of cache.Key?"
    assert headers <= HEADERS, "is it part of cache.Key?"
    assert not LASTING & {"contributions", "partners", "reports", "review"}
    assert {"args", "headers", "remote_addr"} <= read  # the test sees something
    assert "Accept" in headers


def _is_request(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "request"


def _is_headers(node: ast.expr) -> bool:
    """Tell whether this is `request.headers.get` or the like."""
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Attribute)
        and node.value.attr == "headers"
        and _is_request(node.value.value)
    )
