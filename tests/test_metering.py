"""What readers cost is charged to them, wherever they ask; and whose address counts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from coopkg.config import Settings
from coopkg.serve import create_app, metering
from coopkg.serve.sparql.fairness import Shares

ADDRESS = "192.0.2.1"
QUESTION = "partners-by-theme-and-place"
BROWSER = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def app(published: Path) -> Iterator[Flask]:
    made = create_app(Settings(home=published, cache_mb=0))
    yield made
    made.extensions["coopkg"].close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    shares(app)._clients.clear()
    shares(app)._clock = lambda: 0.0  # nothing flows back while we look
    made = app.test_client()
    made.environ_base["REMOTE_ADDR"] = ADDRESS
    return made


def shares(app: Flask) -> Shares:
    found: Shares = app.extensions[metering.EXTENSION]
    return found


def spent(app: Flask) -> float:
    """Return the seconds of worker time charged to the client."""
    bucket = shares(app)._clients[ADDRESS].buckets[0]
    return bucket.allowance.capacity - bucket.level


@pytest.mark.parametrize(
    "path",
    [
        f"/api/questions/{QUESTION}",
        f"/api/questions/{QUESTION}.csv",
        f"/fr/questions/{QUESTION}",
        "/id/organisation/cnfpt.ttl",
        "/graphs?default",
        "/sparql?query=SELECT+*+%7B+%3Fs+%3Fp+%3Fo+%7D+LIMIT+9",
    ],
)
def test_every_door_to_the_engine_charges_who_asks(
    app: Flask, client: FlaskClient, path: str
) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert ADDRESS in shares(app)._clients
    assert 0 < spent(app) < 30


@pytest.mark.parametrize(
    "path", [f"/api/questions/{QUESTION}", f"/fr/questions/{QUESTION}", "/sparql?query=ASK%7B%7D"]
)
def test_who_has_used_their_share_is_told_how_long_to_wait_wherever_they_ask(
    app: Flask, client: FlaskClient, path: str
) -> None:
    shares(app).charge(ADDRESS, seconds=200)
    response = client.get(path)
    assert response.status_code == 429
    assert 20 <= int(response.headers["Retry-After"]) <= 22
    assert response.content_type == "application/problem+json"
    assert json.loads(response.data)["type"].endswith("/problem/rate")
    if not path.startswith("/api/"):  # it has no page
        page = client.get(path, headers=BROWSER)
        assert page.status_code == 429
        assert page.headers["Retry-After"]
        assert "réessayez dans" in page.text
    assert client.get(path, environ_overrides={"REMOTE_ADDR": "192.0.2.2"}).status_code == 200


def test_a_page_that_has_begun_is_not_cut_in_the_middle(app: Flask, client: FlaskClient) -> None:
    shares(app).charge(ADDRESS, seconds=180 - 1e-4)
    assert client.get(f"/fr/questions/{QUESTION}").status_code == 200
    assert client.get(f"/fr/questions/{QUESTION}").status_code == 429


def test_answers_say_what_is_left(app: Flask, client: FlaskClient) -> None:
    response = client.get(f"/api/questions/{QUESTION}")
    assert response.headers["RateLimit-Policy"] == '"seconds";q=180;w=180, "errors";q=300;w=150'
    assert response.headers["RateLimit"].startswith('"seconds";r=179;t=0, "errors";r=300')
    shares(app).charge(ADDRESS, seconds=200)
    left = client.get(f"/api/questions/{QUESTION}").headers["RateLimit"]
    assert left.startswith('"seconds";r=0;t=2')


def test_what_asks_nothing_costs_nothing(app: Flask, client: FlaskClient) -> None:
    for path in ("/health", "/version", "/api/questions", "/robots.txt"):
        assert client.get(path).status_code == 200
    assert ADDRESS not in shares(app)._clients


@pytest.mark.parametrize(
    ("proxies", "forwarded", "charged"),
    [
        (0, "203.0.113.9", ADDRESS),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first was written by the reader
        (2, "198.51.100.1, 203.0.113.9", "198.51.100.1"),
        (2, "203.0.113.9", ADDRESS),  # not through both
    ],
)
def test_only_proxies_that_are_trusted_tell_the_address_of_the_reader(
    published: Path, proxies: int, forwarded: str, charged: str
) -> None:
    app = create_app(Settings(home=published, workers=1, trusted_proxies=proxies))
    try:
        app.test_client().get(
            "/sparql",
            query_string={"query": "ASK {}"},
            headers={"X-Forwarded-For": forwarded},
            environ_overrides={"REMOTE_ADDR": ADDRESS},
        )
        assert list(shares(app)._clients) == [charged]
    finally:
        app.extensions["coopkg"].close()
