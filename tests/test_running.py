"""Stop, limits of one request, and large answers: what the endpoint does while a query runs."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import serving
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coopkg.config import Settings
from coopkg.engine import Limits, open_
from coopkg.engine.lanes import Lanes
from coopkg.engine.local import LocalEngine
from coopkg.engine.refusals import Use
from coopkg.errors import StoppedError
from coopkg.serve.sparql import running, sending
from coopkg.serve.sparql.fairness import Shares
from coopkg.serve.sparql.limits import lowered
from coopkg.workers.spool import Room

LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n0 ?o }"
NAME = "my-query_1"
THEIRS = {"REMOTE_ADDR": "192.0.2.7"}
CSV = {"Accept": "text/csv"}
ALL = "SELECT * { ?s ?p ?o }"


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    home = tmp_path_factory.mktemp("home")
    serving.dump(home / "store.nq", 20_000)
    made = open_(home / "store.nq", Settings(query_timeout_s=30.0, queue_timeout_s=20.0, workers=1))
    assert isinstance(made, LocalEngine)
    yield made
    made.close()


@pytest.fixture
def shares() -> Shares:
    return Shares()


@pytest.fixture
def app(engine: LocalEngine, shares: Shares) -> Flask:
    return serving.application(engine, shares=shares)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


class Asking(threading.Thread):
    """A query that is being asked in a thread of its own."""

    def __init__(self, app: Flask, query: str = LONG, **fields: str) -> None:
        super().__init__(daemon=True)
        self._ask: Callable[[], TestResponse] = lambda: app.test_client().get(
            "/sparql", query_string={"query": query, "lang": "en", **fields}
        )
        self.response: TestResponse
        self.start()

    def run(self) -> None:
        self.response = self._ask()

    def ended(self, seconds: float = 15.0) -> TestResponse:
        self.join(seconds)
        assert not self.is_alive(), "the query should have ended"
        return self.response


def runs(client: FlaskClient, count: int = 1) -> list[dict[str, Any]]:
    """Wait until so many queries of this client run."""
    deadline = time.monotonic() + 10
    while True:
        found: list[dict[str, Any]] = client.get("/sparql/running").get_json()["running"]
        if len(found) == count:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.01)


# --- stop


@pytest.mark.parametrize(
    ("method", "path"),
    [("DELETE", f"/sparql/running/{NAME}"), ("POST", f"/sparql/running/{NAME}/stop")],
)
def test_a_query_is_stopped_by_its_name_within_a_second_and_says_so(
    app: Flask, client: FlaskClient, engine: LocalEngine, method: str, path: str
) -> None:
    asking = Asking(app, id=NAME)
    (found,) = runs(client)
    assert found["id"] == NAME
    begun = time.monotonic()
    assert client.open(path, method=method).status_code == 204
    stopped = asking.ended(1.0)
    assert time.monotonic() - begun < 1.0
    assert stopped.status_code == 503
    document = json.loads(stopped.data)
    assert document["type"].endswith("/problem/stopped")
    assert document["elapsed"] >= 0
    assert "at your request" in document["detail"]
    assert not engine._busy
    assert runs(client, 0) == []


def test_a_query_that_waits_for_its_turn_can_be_stopped_too() -> None:
    lanes = Lanes(1, timeout_s=30.0)
    limits = Limits(30.0, 1 << 30, 1 << 20)
    waiting = Use(limits, 3)
    ended: list[str] = []

    def wait() -> None:
        try:
            with lanes.place(waiting):
                ended.append("ran")
        except StoppedError:
            ended.append("stopped")

    with lanes.place(Use(limits, 1)), lanes.place(Use(limits, 2)):  # all the lanes there are
        thread = threading.Thread(target=wait)
        thread.start()
        waiting.stopped = True
        thread.join(1.0)
        assert ended == ["stopped"]


def test_only_the_client_that_asked_stops_a_query_or_sees_it(
    app: Flask, client: FlaskClient
) -> None:
    asking = Asking(app, id=NAME)
    runs(client)
    other = client.delete(f"/sparql/running/{NAME}", environ_overrides=THEIRS)
    assert other.status_code == 404
    assert client.get("/sparql/running", environ_overrides=THEIRS).get_json() == {"running": []}
    theirs = client.get(
        "/sparql", query_string={"query": "ASK {}", "id": NAME}, environ_overrides=THEIRS
    )
    assert theirs.status_code == 200  # the same name, and not the same query
    assert asking.is_alive()
    assert client.delete(f"/sparql/running/{NAME}").status_code == 204
    asking.ended()


def test_a_name_that_runs_already_is_refused_and_the_first_goes_on(
    app: Flask, client: FlaskClient
) -> None:
    asking = Asking(app, id=NAME)
    runs(client)
    again = client.get("/sparql", query_string={"query": "ASK {}", "id": NAME})
    assert again.status_code == 409
    assert NAME in json.loads(again.data)["detail"]
    assert asking.is_alive()
    client.delete(f"/sparql/running/{NAME}")
    asking.ended()
    assert client.get("/sparql", query_string={"query": "ASK {}", "id": NAME}).status_code == 200


def test_what_does_not_run_cannot_be_stopped_and_costs_who_tries(
    client: FlaskClient, shares: Shares
) -> None:
    for lang, words in (("fr", "n’est en cours"), ("en", "is running")):
        response = client.delete("/sparql/running/nothing-here", query_string={"lang": lang})
        assert response.status_code == 404
        assert words in json.loads(response.data)["detail"]
    assert shares._clients["127.0.0.1"].buckets[1].level < 299


@pytest.mark.parametrize("name", ["short", "x" * 65, "with space", "é" * 9, "../../etc"])
def test_a_name_that_is_none_is_refused(client: FlaskClient, name: str) -> None:
    response = client.get("/sparql", query_string={"query": "ASK {}", "id": name})
    assert response.status_code == 400
    assert json.loads(response.data)["parameter"] == "id"


def test_a_name_nobody_chose_cannot_be_guessed(client: FlaskClient) -> None:
    names = {
        client.get("/sparql", query_string={"query": "ASK {}"}).headers[running.HEADER]
        for _ in range(20)
    }
    assert len(names) == 20
    assert all(re.fullmatch(r"[\w-]{22}", name) for name in names)


def test_a_script_of_another_site_may_stop_what_it_asked(client: FlaskClient) -> None:
    response = client.options(f"/sparql/running/{NAME}")
    assert response.status_code == 204
    assert "DELETE" in response.headers["Access-Control-Allow-Methods"]


def test_a_flood_of_stops_slows_nobody(app: Flask, client: FlaskClient) -> None:
    asking = Asking(app, id=NAME)
    runs(client)
    begun = time.monotonic()
    for i in range(300):
        client.delete(f"/sparql/running/nothing-{i:05}", environ_overrides=THEIRS)
    assert client.get("/sparql", query_string={"query": "ASK {}"}).status_code == 200
    assert time.monotonic() - begun < 10
    assert asking.is_alive()
    client.delete(f"/sparql/running/{NAME}")
    asking.ended()


# --- limits of one request


def test_a_request_may_give_itself_less_time(client: FlaskClient) -> None:
    begun = time.monotonic()
    response = client.get("/sparql", query_string={"query": LONG, "timeout": "0.3", "lang": "en"})
    assert time.monotonic() - begun < 2
    document = json.loads(response.data)
    assert (response.status_code, document["limit"], document["allowed"]) == (503, "time", 0.3)
    assert "share no variable" in document["detail"]  # what to do about it


@pytest.mark.parametrize(
    ("given", "allowed"),
    [([], 8.0), (["2.5"], 2.5), (["8"], 8.0), (["99999"], 8.0), (["1", "3"], 1.0)],
)
def test_a_request_never_gives_itself_more_time(given: list[str], allowed: float) -> None:
    fields = [("timeout", one) for one in given]
    found = lowered(Limits(8.0, 2, 3, 4), [("query", "ASK {}"), *fields])
    assert found == Limits(allowed, 2, 3, 4)


@pytest.mark.parametrize("given", ["soon", "0", "-1", "nan", "inf", "1e999", ""])
def test_a_time_that_is_none_is_refused(client: FlaskClient, given: str) -> None:
    response = client.get("/sparql", query_string={"query": "ASK {}", "timeout": given})
    assert response.status_code == 400
    assert json.loads(response.data)["parameter"] == "timeout"


def test_every_answer_says_where_its_time_went(client: FlaskClient) -> None:
    timing = client.get("/sparql", query_string={"query": ALL}).headers["Server-Timing"]
    found = dict(re.findall(r"(\w+);dur=([\d.]+)", timing))
    assert set(found) == {"queue", "prepare", "engine"}
    assert float(found["prepare"]) < float(found["engine"])


def test_a_limit_of_rows_shows_in_the_headers(
    tmp_path: Path, app: Flask, client: FlaskClient
) -> None:
    whole = client.get("/sparql", query_string={"query": ALL}, headers=CSV)
    assert sending.TRUNCATED not in whole.headers
    serving.dump(tmp_path / "store.nq", 60)
    made = open_(tmp_path / "store.nq", Settings(rows_max=7), 1)
    try:
        cut = serving.application(made).test_client()
        response = cut.get("/sparql", query_string={"query": ALL}, headers=CSV)
        assert response.headers[sending.TRUNCATED] == "limit=7; unit=rows"
        assert 'problem/truncated?rows=7>; rel="describedby"' in response.headers["Link"]
        assert len(response.data.splitlines()) == 8
        named = response.headers["Content-Disposition"]
        assert named == 'inline; filename="results-first-7-rows.csv"'
        assert "Content-Disposition" not in whole.headers
        graph = cut.get("/sparql", query_string={"query": "CONSTRUCT WHERE { ?s ?p ?o }"})
        assert graph.headers[sending.TRUNCATED] == "limit=7; unit=triples"
        assert "Content-Disposition" not in graph.headers  # its first line says it
        asked = {"query": "CONSTRUCT WHERE { ?s ?p ?o }", "format": "jsonld"}
        named = cut.get("/sparql", query_string=asked).headers["Content-Disposition"]
        assert named == 'inline; filename="results-first-7-triples.jsonld"'
    finally:
        made.close()


# --- large answers


def test_a_large_answer_comes_in_pieces_whole_and_is_given_back(
    client: FlaskClient, engine: LocalEngine
) -> None:
    response = client.get("/sparql", query_string={"query": ALL}, headers=CSV)
    assert response.status_code == 200
    assert len(response.data) == int(response.headers["Content-Length"]) > 1 << 20
    assert response.data.count(b"\r\n") == 20_000 + 1
    response.close()
    assert engine._room.used == (0, 0)


def test_the_worker_is_free_while_a_large_answer_is_read(
    client: FlaskClient, engine: LocalEngine
) -> None:
    response = client.get("/sparql", query_string={"query": ALL}, headers=CSV, buffered=False)
    begun = next(response.iter_encoded())
    assert begun.partition(b"\r\n")[0] == b"s,p,o"
    assert engine._room.used[0] == 1
    assert not engine._busy
    assert client.get("/sparql", query_string={"query": "ASK {}"}).status_code == 200
    response.close()
    assert engine._room.used == (0, 0)


def test_head_says_the_length_and_keeps_nothing(client: FlaskClient, engine: LocalEngine) -> None:
    whole = client.get("/sparql", query_string={"query": ALL}, headers=CSV)
    head = client.head("/sparql", query_string={"query": ALL}, headers=CSV)
    assert head.headers["Content-Length"] == whole.headers["Content-Length"]
    assert head.data == b""
    head.close()
    whole.close()
    assert engine._room.used == (0, 0)


def test_one_reader_is_sent_so_many_large_answers_at_once(
    client: FlaskClient, engine: LocalEngine
) -> None:
    def ask(**environ: str) -> TestResponse:
        return client.get(
            "/sparql",
            query_string={"query": ALL},
            headers=CSV,
            buffered=False,
            environ_overrides=environ,
        )

    held = [ask() for _ in range(sending.AT_ONCE)]
    assert [one.status_code for one in held] == [200] * sending.AT_ONCE
    refused = ask()
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == str(sending.RETRY_AFTER_S)
    other = ask(**THEIRS)
    assert other.status_code == 200
    for one in (*held, refused, other):
        one.close()
    assert engine._room.used == (0, 0)
    again = ask()
    assert again.status_code == 200, again.get_data()
    again.close()


def test_no_room_is_said_with_the_time_to_wait(
    client: FlaskClient, engine: LocalEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_room", Room(str(tmp_path), 1024, 4))
    response = client.get("/sparql", query_string={"query": ALL, "lang": "en"}, headers=CSV)
    assert response.status_code == 503
    assert response.headers["Retry-After"] == "60"
    assert "room for large results" in json.loads(response.data)["detail"]
    assert not engine._busy
    assert client.get("/sparql", query_string={"query": "ASK {}"}).status_code == 200
