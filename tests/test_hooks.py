"""Partners' programs are told: at least once, signed, in order; and nothing of ours is called."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import contributing
import partnering
import pytest
from contributing import line, upload
from flask import Flask

from coopkg import contributions
from coopkg.contributions import checking, delivery, hooks, ledger, posting, publication
from coopkg.contributions.delivery import Deliveries, state_of
from coopkg.errors import ParameterError
from coopkg.serve.partners import hooks as serving

WHY = {"fr": "trop vague", "en": "too vague"}


@dataclass
class Receiver:
    """A program of a partner: what it was told, and what it answers."""

    url: str = ""
    status: int = 204
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    came: threading.Event = field(default_factory=threading.Event)

    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _, body in self.got]


@contextmanager
def receiver(answer: Callable[[Any, Receiver], None] | None = None) -> Iterator[Receiver]:
    told = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.got.append(({k.lower(): v for k, v in self.headers.items()}, body))
            if answer:
                answer(self, told)
            else:
                self.send_response(told.status)
                self.end_headers()
            told.came.set()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    told.url = f"http://127.0.0.1:{server.server_port}/in?key=1"
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def call(url: str) -> posting.Answer:
    return posting.post(url, b"{}", {}, loopback=True)


# --- What is called ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.16.0.1", "169.254.169.254", "0.0.0.0",
        "100.64.0.1", "224.0.0.1", "255.255.255.255", "192.0.2.1", "::1", "::", "fe80::1%eth0",
        "fc00::1", "ff02::1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:db8::1",
        "not an address",
    ],
)  # fmt: skip
def test_an_address_that_is_not_of_the_internet_is_never_called(address: str) -> None:
    assert not posting.is_public(address)


@pytest.mark.parametrize("address", ["9.9.9.9", "2620:fe::fe", "::ffff:9.9.9.9"])
def test_an_address_of_the_internet_may_be_called(address: str) -> None:
    assert posting.is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.org/", "ftp://example.org/", "https://user@example.org/", "https:///x",
        "https://example.org:25/", "https://example.org/#x", "https://exam ple.org/",
        "https://exämple.org/", "https://example.org/\r\nHost: x", "https://example.org:99999/",
        "https://example.org/" + "a" * 500, "https://[::1", "//example.org/", "javascript:alert(1)",
        "http://127.0.0.1/", "",
    ],
)  # fmt: skip
def test_what_is_no_address_to_call_is_refused_when_it_is_set(url: str) -> None:
    with pytest.raises(ParameterError):
        hooks.check(url)
    hooks.check("https://example.org:8443/in?key=1")


@pytest.mark.parametrize(
    "host", ["localhost", "127.0.0.1", "127.1", "0x7f000001", "2130706433", "[::1]", "0"]
)
def test_however_it_is_written_the_machine_itself_is_not_called(host: str) -> None:
    assert posting.post(f"https://{host}:8443/", b"{}", {}).fault in {"private", "unknown"}


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[object]:
    """Let names mean some addresses, others each time they are asked; return who asked."""
    asked: list[object] = []

    def getaddrinfo(host: object, port: int, **_: object) -> list[Any]:
        asked.append(host)
        found = answers[min(len(asked), len(answers)) - 1]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in found]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


def test_a_name_that_also_leads_to_a_private_address_is_not_called(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names(monkeypatch, ["9.9.9.9", "10.0.0.1"])
    assert posting.post("https://both.example/", b"{}", {}).fault == "private"


def test_a_name_that_changes_its_meaning_is_looked_up_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connected: list[Any] = []

    def connect(_: object, where: tuple[str, int]) -> None:
        connected.append(where)
        raise ConnectionRefusedError

    asked = names(monkeypatch, ["9.9.9.9"], ["127.0.0.1"])
    monkeypatch.setattr(socket.socket, "connect", connect)
    assert posting.post("https://rebinding.example/", b"{}", {}).fault == "unreachable"
    assert asked == ["rebinding.example"]
    assert connected == [("9.9.9.9", 443)], "the very address that was looked at"


def test_a_redirection_is_not_followed() -> None:
    def leads(handler: Any, told: Receiver) -> None:
        handler.send_response(307)
        handler.send_header("Location", told.url)
        handler.end_headers()

    with receiver(leads) as there:
        assert call(there.url) == posting.Answer("redirect", 307)
        assert len(there.got) == 1


def test_who_answers_too_slowly_or_drop_by_drop_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "WHOLE_S", 0.2)
    left = threading.Event()

    def silent(handler: Any, told: Receiver) -> None:
        left.wait(10)

    def dripping(handler: Any, told: Receiver) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
        while not left.wait(0.02):
            try:
                handler.wfile.write(b"X-A: b\r\n")
            except OSError:
                return

    for slow in (silent, dripping):
        with receiver(slow) as there:
            assert call(there.url).fault == "time"
            left.set()
        left.clear()


def test_what_is_no_success_says_what_it_is() -> None:
    def garbage(handler: Any, told: Receiver) -> None:
        handler.wfile.write(b"hello\r\n\r\n")
        handler.close_connection = True

    with receiver() as there:
        there.status = 500
        assert call(there.url) == posting.Answer("status", 500)
        there.status = 204
        assert call(there.url) == posting.Answer("", 204)
        assert call(there.url.replace("http:", "https:")).fault == "unreachable", "no TLS there"
        port = re.sub(r".*:(\d+).*", r"\1", there.url)
    assert call(f"http://127.0.0.1:{port}/").fault == "unreachable", "nobody listens any more"
    with receiver(garbage) as there:
        assert call(there.url).fault == "protocol"
    for both in posting.REASONS.values():
        assert both[0] != both[1]


# --- What is told --------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(checking, "run", contributing.checked)
    monkeypatch.setattr(publication, "_started", contributing.published)
    for name, role in (("tunis", "reviewed"), ("sfax", "direct")):
        contributing.partner(tmp_path, name, role)  # type: ignore[arg-type]
    return tmp_path


def sent(home: Path, name: str = "a", owner: str = "tunis") -> str:
    settings = contributing.settings(home)
    return contributions.submit(home, upload(line(name, owner=owner), owner), settings).id


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def drained(told: Deliveries) -> None:
    while told.step() == 0.0:
        pass


def test_a_partner_is_told_each_step_of_its_own_contributions_in_order_and_signed(
    home: Path,
) -> None:
    with receiver() as there:
        sent(home, "before")
        one = hooks.put(home, "tunis", there.url, loopback=True)
        first, second = sent(home, "b"), sent(home, "c")
        sent(home, "d", "sfax")
        contributions.refuse(home, first, "Alice", WHY)
        contributions.accept(home, second, "Alice")
        contributions.publish(home, contributing.settings(home))
        contributions.undo(home, second, "Alice", WHY)
        drained(Deliveries(home, "https://here.example", loopback=True))
        assert there.kinds() == [
            "hook.test", "contribution.refused", "contribution.accepted",
            "contribution.published", "contribution.undone",
        ]  # fmt: skip
        said = [json.loads(body)["data"] for _, body in there.got]
        assert [one.get("contribution") for one in said] == [None, first, second, second, second]
        assert said[1]["why"] == WHY
        assert said[3]["generation"] == 2
        assert said[1]["href"] == f"https://here.example/api/contributions/{first}"
        key = base64.b64decode(hooks.secret(home, one).removeprefix("whsec_"))
        for headers, body in there.got:
            signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
            mac = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
            assert headers["webhook-signature"] == f"v1,{mac}"
        assert len({headers["webhook-id"] for headers, _ in there.got}) == 5


def test_what_fails_is_tried_again_under_the_same_id_then_given_up_then_resumed(
    home: Path,
) -> None:
    clock = Clock()
    with receiver() as there:
        there.status = 503
        one = hooks.put(home, "tunis", there.url, loopback=True)
        sent(home)
        waits = []
        for _ in range(len(delivery.BACKOFF_S) + 1):
            # Another process each time: what was told survives.
            wait = Deliveries(home, loopback=True, clock=clock).step()
            waits.append(wait)
            assert Deliveries(home, loopback=True, clock=clock).step() == wait, "not before"
            clock.now += wait or 0
        assert waits == [*delivery.BACKOFF_S, None]
        state = state_of(home, one)
        assert (state.stopped, state.fault, state.status) == (True, "status", 503)
        assert len({headers["webhook-id"] for headers, _ in there.got}) == 1
        assert len(there.got) == 7
        there.status = 200
        told = Deliveries(home, loopback=True, clock=clock)
        assert told.step() is None
        delivery.resume(home, one)
        drained(told)
        assert there.kinds()[7:] == ["hook.test"]
        assert state_of(home, one).failed == 0
        contributions.refuse(home, contributions.listing(home)[0].id, "Alice", WHY)
        drained(told)
        assert there.kinds()[8:] == ["contribution.refused"]


def test_killed_before_it_is_noted_the_same_is_told_again_and_a_lost_note_tells_all_again(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with receiver() as there:
        one = hooks.put(home, "tunis", there.url, loopback=True)
        told = Deliveries(home, loopback=True)
        with monkeypatch.context() as killed:
            killed.setattr(delivery, "_save", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
            with pytest.raises(KeyboardInterrupt):
                told.step()
        drained(told)
        assert [headers["webhook-id"] for headers, _ in there.got] == [f"{one.entry}-test"] * 2
        (ledger.of(home).folder / delivery.FILE).write_text('{"tunis": {"hook": 3, "x": 1}}')
        drained(Deliveries(home, loopback=True))
        assert len(there.got) == 3


def test_one_that_fails_keeps_no_other_waiting(home: Path) -> None:
    with receiver() as bad, receiver() as good:
        bad.status = 500
        hooks.put(home, "tunis", bad.url, loopback=True)
        hooks.put(home, "sfax", good.url, loopback=True)
        sent(home, "s", "sfax")
        told = Deliveries(home, loopback=True)
        for _ in range(4):
            told.step()
        assert good.kinds() == ["hook.test", "contribution.accepted", "contribution.published"]
        assert len(bad.got) == 1


def test_nobody_is_told_without_an_address_nor_after_the_access_was_closed(home: Path) -> None:
    told = Deliveries(home, loopback=True)
    sent(home)
    assert told.step() is None
    with receiver() as there:
        hooks.put(home, "tunis", there.url, loopback=True)
        contributions.partners.revoke(home, "tunis")
        assert told.step() is None
        assert not there.got


def test_the_thread_tells_what_happens_while_it_runs(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "LOOK_EVERY_S", 0.01)
    teller = serving.Teller(home, "")
    teller._deliveries.loopback = True
    with receiver() as there:
        teller.start()
        try:
            hooks.put(home, "tunis", there.url, loopback=True)
            assert there.came.wait(10)
        finally:
            teller.stop()
    assert there.kinds()[0] == "hook.test"


# --- Who sets it ---------------------------------------------------------------------------


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with partnering.service(tmp_path_factory.mktemp("hooks")) as made:
        yield made


def test_a_partner_sets_its_own_address_and_its_secret_is_shown_once(app: Flask) -> None:
    client = app.test_client()
    home = app.extensions["coopkg_settings"].home
    tunis = partnering.bearer(app, "tunis")
    assert client.get("/api/hook").status_code == 401
    assert client.get("/api/hook", headers=tunis).status_code == 404
    url = "https://tunis.example/in?key=secret-of-theirs"
    made = client.put("/api/hook", json={"url": url}, headers=tunis)
    assert made.status_code == 201
    assert made.json["secret"].startswith("whsec_")
    assert made.headers["Cache-Control"] == "no-store"
    shown = client.get("/api/hook", headers=tunis).json
    assert (shown["url"], shown["state"], shown["waiting"]) == (url, "working", True)
    assert "secret" not in shown
    assert client.get("/api/hook", headers=partnering.bearer(app, "sfax")).status_code == 404
    again = client.put("/api/hook", json={"url": url}, headers=tunis).json
    assert again["secret"] != made.json["secret"]
    kept = [path for path in (home / "partners").rglob("*") if path.is_file()]
    assert not any(made.json["secret"].encode() in path.read_bytes() for path in kept)
    assert b"secret-of-theirs" not in (home / "partners" / "journal.ndjson").read_bytes()
    for body in ({}, {"url": 1}, [], {"url": "http://tunis.example/"}, {"url": "https://x:22/"}):
        assert client.put("/api/hook", json=body, headers=tunis).status_code == 400, body
    assert client.delete("/api/hook", headers=tunis).status_code == 204
    assert client.get("/api/hook", headers=tunis).status_code == 404
    assert not any(b"secret-of-theirs" in path.read_bytes() for path in kept if path.exists())


def test_the_page_says_how_it_stands_and_lets_it_go_on(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, home = app.test_client(), app.extensions["coopkg_settings"].home
    where = "/fr/partners/sfax/hook"
    token = app.extensions["test_tokens"]["sfax"]
    assert "Votre jeton" in client.get(where).text
    other = client.post(where, data={"token": app.extensions["test_tokens"]["op"]})
    assert other.status_code == 403
    assert 'name="url"' not in other.text
    page = client.post(where, data={"token": token})
    carried = re.search(r'name="pass" value="([^"]*)"', page.text)
    assert carried
    fields = {"pass": carried[1]}
    bad = client.post(where, data={**fields, "action": "set", "url": "https://<b>:1/"})
    assert bad.status_code == 400
    assert "<b>" not in bad.text
    url = "https://sfax.example/in"
    done = client.post(where, data={**fields, "action": "set", "url": url})
    assert "whsec_" in done.text
    again = client.post(where, data=fields)
    assert url in again.text
    assert not re.search(r"whsec_\w", again.text)
    # The name means a private address: told at once, and on the page.
    names(monkeypatch, ["10.0.0.1"])
    clock = Clock()
    told = Deliveries(home, clock=clock)
    while (wait := told.step()) is not None:
        clock.now += wait
    stopped = client.post(where, data=fields).text
    assert "Abandonnée" in stopped
    assert "adresse privée" in stopped
    assert "10.0.0.1" not in stopped
    resumed = client.post(where, data={**fields, "action": "resume"})
    assert "Abandonnée" not in resumed.text
    gone = client.post(where, data={**fields, "action": "remove"})
    assert url not in gone.text
    assert hooks.known(home).get("sfax") is None
