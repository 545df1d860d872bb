"""What stands before the application: kept answers, conditions, HEAD, compression."""

from __future__ import annotations

import gzip
import io
import threading
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from werkzeug.test import Client
from werkzeug.wrappers import Request, Response

from coopkg.serve import compression
from coopkg.serve.cache import Cache
from coopkg.serve.front import LASTS, REMEMBERED, Front

THRICE = 3  # made; found by its key; known by its look
LONG = b"cooperation " * 200
FORM = {"content_type": "application/x-www-form-urlencoded"}


@dataclass
class Application:
    """A WSGI application that counts its requests and says of its answers whether they last."""

    body: bytes = LONG
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    lasts: bool = True
    streams: bool = False
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)
    closed: int = 0
    during: Callable[[], object] = lambda: None

    def __call__(self, environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        request = Request(environ)
        self.asked.append((request.method, request.path, request.get_data()))
        self.during()
        environ[LASTS] = self.lasts
        headers = {"Content-Type": "text/plain", "ETag": '"one"'} | self.headers
        response = Response(self._parts() if self.streams else self.body, self.status, headers)
        response.call_on_close(self._close)
        return response(environ, start)

    def _parts(self) -> Iterator[bytes]:
        for at in range(0, len(self.body), 100):
            yield self.body[at : at + 100]

    def _close(self) -> None:
        self.closed += 1


@dataclass
class Standing:
    """The generation that answers, as a test sets it."""

    id: str | None = "1-abc"

    def __call__(self) -> str | None:
        return self.id


@pytest.fixture
def application() -> Application:
    return Application()


@pytest.fixture
def standing() -> Standing:
    return Standing()


@pytest.fixture
def front(application: Application, standing: Standing) -> Front:
    return Front(application, standing, Cache(1 << 20))


@pytest.fixture
def client(front: Front) -> Client:
    return Client(front)


def test_a_repeat_is_answered_without_the_application(
    client: Client, application: Application
) -> None:
    first, again = client.get("/a?b=c"), client.get("/a?b=c")
    assert (first.headers["X-Cache"], again.headers["X-Cache"]) == ("miss", "hit")
    assert first.data == again.data == LONG
    assert first.headers["ETag"] == again.headers["ETag"] == '"one"'
    assert again.headers["Age"] == "0"
    assert again.content_length == len(LONG)
    assert len(application.asked) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"path": "/A"},
        {"path": "/a/"},
        {"query_string": "b=c&"},
        {"query_string": "B=c"},
        {"query_string": "b=c&b=c"},
        {"query_string": ""},
        {"query_string": "b=c%23x"},
        {"headers": {"Accept": "text/csv"}},
        {"headers": {"Accept-Language": "en"}},
        {"base_url": "http://localhost/below"},
    ],
)
def test_what_an_answer_may_depend_on_asks_anew(
    client: Client, application: Application, other: dict[str, Any]
) -> None:
    same: dict[str, Any] = {"path": "/a", "query_string": "b=c"}
    for _ in range(THRICE):
        client.get(**same)
    client.get(**same | other)
    assert len(application.asked) == 2


def test_a_header_of_language_counts_by_what_it_comes_to(
    client: Client, application: Application
) -> None:
    for header in ("fr", "fr-FR, fr;q=0.9, en;q=0.8", "de", ""):
        client.get("/a", headers={"Accept-Language": header})
    assert len(application.asked) == 1
    client.get("/a", headers={"Accept-Language": "en-GB, en;q=0.9, fr;q=0.5"})
    assert len(application.asked) == 2


@pytest.mark.parametrize(
    "answer",
    [
        {"lasts": False},
        {"status": 404},
        {"status": 206},
        {"status": 303},
        {"status": 503},
        {"streams": True},
        {"body": b"a" * 200_000},
        {"headers": {"Set-Cookie": "a=b"}},
        {"headers": {"Cache-Control": "no-store"}},
        {"headers": {"Vary": "Accept, Cookie"}},
        {"headers": {"Vary": "*"}},
        {"headers": {"Content-Encoding": "br"}},
    ],
)
def test_what_may_not_last_is_asked_each_time(
    client: Client, application: Application, answer: dict[str, Any]
) -> None:
    for name, value in answer.items():
        setattr(application, name, value)
    for _ in range(2):
        found = client.get("/a")
        assert "X-Cache" not in found.headers
        assert found.data == application.body
        found.close()
    assert len(application.asked) == 2
    assert application.closed == 2


def test_what_is_said_to_one_reader_is_said_to_no_other(
    client: Client, application: Application
) -> None:
    own = {"X-Query-Id": "abcdefgh", "RateLimit": '"seconds";r=7', "Server-Timing": "queue;dur=1"}
    application.headers = own
    first, again = client.get("/a"), client.get("/a")
    assert (first.headers["X-Cache"], again.headers["X-Cache"]) == ("miss", "hit")
    assert own.items() <= dict(first.headers).items()
    assert not own.keys() & dict(again.headers).keys()


@pytest.mark.parametrize("lasts", [True, False])
@pytest.mark.parametrize("more", [1, 2_000_000])
def test_half_a_body_is_neither_kept_nor_compressed_into_a_whole(
    client: Client, application: Application, lasts: bool, more: int
) -> None:
    application.headers = {"Content-Length": str(len(LONG) + more)}
    application.streams, application.lasts = True, lasts
    for _ in range(2):
        with pytest.raises(RuntimeError, match="promised"):
            client.get("/a", headers={"Accept-Encoding": "gzip"}, buffered=True)


def test_what_is_named_by_its_digest_lasts(client: Client, application: Application) -> None:
    application.lasts = False
    application.headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    client.get("/static/dist/a.js?v=0123456789ab")
    assert client.get("/static/dist/a.js?v=0123456789ab").headers["X-Cache"] == "hit"


def test_a_publication_shows_at_once(
    client: Client, application: Application, standing: Standing
) -> None:
    for standing.id, application.body in (("1-abc", b"a"), ("2-def", b"new"), ("3-abc", b"again")):
        for _ in range(THRICE):
            assert client.get("/a").data == application.body
    standing.id = None
    application.body = b"not followed yet"
    assert client.get("/a").data == application.body


def test_an_answer_made_while_a_publication_came_is_not_kept(
    client: Client, application: Application, standing: Standing
) -> None:
    application.during = lambda: setattr(standing, "id", "2-def")
    assert "X-Cache" not in client.get("/a").headers
    application.during = lambda: None
    assert client.get("/a").headers["X-Cache"] == "miss"


def test_nothing_is_kept_while_a_change_is_not_followed_nor_without_room(
    client: Client, application: Application, standing: Standing
) -> None:
    standing.id = None
    client.get("/a")
    client.get("/a")
    assert len(application.asked) == 2
    roomless = Client(Front(application, Standing(), Cache(0)))
    assert roomless.get("/a").data == roomless.get("/a").data == LONG
    assert len(application.asked) == 4


@pytest.mark.parametrize("coding", ["identity", "gzip"])
def test_head_has_the_headers_of_get_and_no_body(client: Client, coding: str) -> None:
    headers = {"Accept-Encoding": coding}
    before = client.head("/a", headers=headers)
    whole = client.get("/a", headers=headers)
    after = client.head("/a", headers=headers)
    assert before.data == after.data == b""
    assert after.headers["X-Cache"] == "hit"
    assert whole.data
    for name in ("ETag", "Vary", "Content-Type", "Content-Encoding"):
        assert before.headers.get(name) == whole.headers.get(name) == after.headers.get(name)
    assert whole.content_length == len(whole.data) == after.content_length


@pytest.mark.parametrize("lasts", [True, False])
@pytest.mark.parametrize(
    ("condition", "status"),
    [
        ({"If-None-Match": '"one"'}, 304),
        ({"If-None-Match": 'W/"one"'}, 304),
        ({"If-None-Match": '"two", "one"'}, 304),
        ({"If-None-Match": "*"}, 304),
        ({"If-None-Match": '"two"'}, 200),
        ({"If-None-Match": '"one-gzip"'}, 200),
        ({"If-None-Match": '"two"', "If-Modified-Since": "Tue, 24 Nov 2099 00:00:00 GMT"}, 200),
        ({"If-Match": '"one"'}, 200),
        ({"If-Match": "*"}, 200),
        ({"If-Match": '"two"'}, 412),
        ({"If-Match": 'W/"one"'}, 412),
        ({"If-None-Match": "nonsense"}, 200),
    ],
)
def test_conditions_are_judged_the_same_kept_or_not(
    client: Client, application: Application, lasts: bool, condition: dict[str, str], status: int
) -> None:
    application.lasts = lasts
    for _ in range(THRICE):
        found = client.get("/a", headers=condition)
        assert found.status_code == status
        assert found.headers["ETag"] == '"one"'
        assert found.data == (LONG if status == 200 else b"")
        if status == 304:
            assert not {"Content-Length", "Content-Type"} & set(found.headers.keys())
        client.get("/a")


def test_a_date_is_a_condition_too(client: Client, application: Application) -> None:
    application.lasts = False
    application.headers = {"Last-Modified": "Mon, 23 Nov 2026 10:00:00 GMT"}
    for since, status in (
        ("Mon, 23 Nov 2026 10:00:00 GMT", 304),
        ("Sun, 22 Nov 2026 10:00:00 GMT", 200),
    ):
        assert client.get("/a", headers={"If-Modified-Since": since}).status_code == status


def test_a_compressed_answer_is_another_representation(
    client: Client, application: Application
) -> None:
    gzipped = {"Accept-Encoding": "gzip"}
    for how in ("miss", "hit", "hit", "hit"):
        found = client.get("/a", headers=gzipped)
        assert found.headers["X-Cache"] == how
        assert found.headers["Content-Encoding"] == "gzip"
        assert found.headers["ETag"] == 'W/"one-gzip"'
        assert found.headers["Vary"] == "Accept-Encoding"
        assert gzip.decompress(found.data) == LONG
    plain = client.get("/a")
    assert plain.headers["Vary"] == "Accept-Encoding"
    assert "Content-Encoding" not in plain.headers
    assert plain.data == LONG
    assert len(application.asked) == 1
    for etag, status in (('W/"one-gzip"', 304), ('"one-gzip"', 304), ('"one"', 200)):
        again = client.get("/a", headers=gzipped | {"If-None-Match": etag})
        assert again.status_code == status, etag


def test_each_reader_gets_the_coding_it_asks_for_however_often(client: Client) -> None:
    for _ in range(THRICE):
        for accepted, coding in (("gzip", "gzip"), ("identity", None), ("gzip;q=0", None)):
            found = client.get("/a", headers={"Accept-Encoding": accepted})
            assert found.headers.get("Content-Encoding") == coding
            assert (gzip.decompress(found.data) if coding else found.data) == LONG
            assert found.content_length == len(found.data)


def test_what_is_known_by_its_look_is_bounded(client: Client, front: Front) -> None:
    for number in range(REMEMBERED + 10):
        client.get(f"/{number}")
        client.get(f"/{number}")
    assert len(front._known) <= REMEMBERED
    client.get("/a?" + "b" * 5_000)
    client.get("/a?" + "b" * 5_000)
    assert all(len(text or "") < 5_000 for look in front._known for text in look)


def test_what_has_left_the_room_is_made_again(client: Client, front: Front) -> None:
    for _ in range(THRICE):
        client.get("/a")
    for number in range(400):  # about a megabyte
        client.get(f"/{number}")
    assert front.cache.stats()["evicted"]
    assert client.get("/a").headers["X-Cache"] == "miss"


def test_a_compressed_body_weighs_in_the_room_it_takes_and_the_plain_one_no_more(
    client: Client, front: Front
) -> None:
    plain = client.get("/a")
    before = front.cache.stats()["bytes"]
    for _ in range(3):
        packed = client.get("/a", headers={"Accept-Encoding": "gzip"})
    gain = len(plain.data) - len(packed.data)
    assert gain > 1_000
    assert front.cache.stats()["bytes"] == before - gain
    again = client.get("/a")
    assert (again.data, again.headers["X-Cache"]) == (plain.data, "hit")


@pytest.mark.parametrize("lasts", [True, False])
@pytest.mark.parametrize(
    ("content_type", "body"), [("image/png", LONG), ("text/plain", b"short"), ("", LONG)]
)
def test_what_gains_nothing_is_not_compressed(
    client: Client, application: Application, lasts: bool, content_type: str, body: bytes
) -> None:
    application.lasts, application.body = lasts, body
    application.headers = {"Content-Type": content_type}
    found = client.get("/a", headers={"Accept-Encoding": "gzip"})
    assert found.data == body
    assert "Content-Encoding" not in found.headers
    only = client.get("/a", headers={"Accept-Encoding": "gzip, identity;q=0"})
    assert gzip.decompress(only.data) == body


def test_a_reader_who_takes_no_coding_at_all_is_told_so(
    client: Client, application: Application
) -> None:
    found = client.get("/a", headers={"Accept-Encoding": "identity;q=0"})
    assert found.status_code == 406
    assert found.content_type == "application/problem+json"
    assert found.headers["Vary"] == "Accept-Encoding"
    assert not application.asked


@pytest.mark.parametrize("length", [True, False])
def test_an_answer_in_pieces_is_compressed_when_its_length_is_known(
    client: Client, application: Application, length: bool
) -> None:
    application.streams, application.lasts = True, False
    application.headers = {"Content-Length": str(len(LONG))} if length else {}
    found = client.get("/a", headers={"Accept-Encoding": "gzip"})
    assert ("Content-Encoding" in found.headers) is length
    assert found.content_length == (len(found.data) if length else None)
    assert (gzip.decompress(found.data) if length else found.data) == LONG
    found.close()
    assert application.closed == 1
    only = client.get("/a", headers={"Accept-Encoding": "gzip, *;q=0"})
    assert gzip.decompress(only.data) == LONG


def test_a_very_long_answer_is_sent_as_it_is(client: Client, application: Application) -> None:
    application.headers = {"Content-Length": str(compression.WHOLE_BYTES + 1)}
    application.streams = True
    found = client.get("/a", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in found.headers
    assert found.content_length == compression.WHOLE_BYTES + 1


def test_an_error_is_compressed_too_and_has_no_condition(
    client: Client, application: Application
) -> None:
    application.status = 404
    found = client.get("/a", headers={"Accept-Encoding": "gzip", "If-None-Match": "*"})
    assert found.status_code == 404
    assert gzip.decompress(found.data) == LONG


def test_a_query_by_post_is_kept_by_its_body(client: Client, application: Application) -> None:
    for body in (b"query=ASK{}", b"query=ASK{}", b"query=ASK {}"):
        client.post("/sparql", data=body, **FORM)
    client.post("/sparql", data=b"query=ASK{}", content_type="application/sparql-query")
    client.post("/sparql?inference=off", data=b"query=ASK{}", **FORM)
    asked = [body for _, _, body in application.asked]
    assert asked == [b"query=ASK{}", b"query=ASK {}", b"query=ASK{}", b"query=ASK{}"]
    assert client.post("/sparql", data=b"query=ASK{}", **FORM).headers["X-Cache"] == "hit"
    unconditional = client.post(
        "/sparql", data=b"query=ASK{}", headers={"If-None-Match": "*"}, **FORM
    )
    assert unconditional.status_code == 200


@pytest.mark.parametrize(
    "given",
    [
        {"path": "/api/contributions"},
        {"path": "/sparql/check"},
        {"path": "/sparql", "data": b"a" * 70_000},
        {"path": "/sparql", "headers": {"Content-Encoding": "gzip"}},
        {"path": "/sparql", "environ_overrides": {"CONTENT_LENGTH": "x"}},
        {"path": "/sparql", "headers": {"Accept": "a/b," * 400}},
    ],
)
def test_any_other_post_reaches_the_application_untouched(
    client: Client, application: Application, given: dict[str, Any]
) -> None:
    whole = {"data": b"query=ASK{}"} | given
    for _ in range(2):
        assert "X-Cache" not in client.post(**whole).headers
    assert len(application.asked) == 2
    if "environ_overrides" not in given:
        assert application.asked[1][2] == whole["data"]


def test_a_body_cut_short_is_passed_on_as_it_is(standing: Standing) -> None:
    read: list[bytes] = []

    def application(environ: dict[str, Any], start: Any) -> Iterable[bytes]:
        read.append(environ["wsgi.input"].read())
        return Response(b"", 400)(environ, start)

    cut = {"wsgi.input": io.BytesIO(b"query="), "CONTENT_LENGTH": "11"}
    client = Client(Front(application, standing, Cache(1 << 20)))
    for _ in range(2):
        assert client.post("/sparql", environ_overrides=dict(cut), **FORM).status_code == 400
    assert read == [b"query=", b""]


@pytest.mark.parametrize("method", ["OPTIONS", "PUT", "DELETE", "PATCH"])
def test_what_is_no_question_passes_through(
    client: Client, application: Application, method: str
) -> None:
    application.status = 200
    for _ in range(2):
        assert client.open("/a", method=method).status_code == 200
    assert [asked for asked, _, _ in application.asked] == [method] * 2


def test_equal_requests_that_come_together_are_answered_once(
    front: Front, application: Application
) -> None:
    started, go_on = threading.Event(), threading.Event()

    def during() -> None:
        started.set()
        assert go_on.wait(10)

    application.during = during
    answers: list[bytes] = []

    def ask() -> None:
        answers.append(Client(front).get("/a").data)

    first = threading.Thread(target=ask)
    first.start()
    assert started.wait(10)
    others = [threading.Thread(target=ask) for _ in range(5)]
    for one in others:
        one.start()
    while front.cache.stats()["shared"] < 1:
        others[0].join(0.01)
    go_on.set()
    for one in (first, *others):
        one.join(10)
    assert answers == [LONG] * 6
    assert len(application.asked) < 6


def test_a_failure_lets_those_who_wait_go_on(front: Front, application: Application) -> None:
    def fail() -> None:
        raise RuntimeError("a bug")

    application.during = fail
    client = Client(front)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            client.get("/a")
    application.during = lambda: None
    assert client.get("/a").headers["X-Cache"] == "miss"
    assert front.cache.stats()["shared"] == 0  # nobody waited for one that had failed
