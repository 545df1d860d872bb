"""The resident builder answers as a process of its own does, and outlives what harms its work."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from intaking import (
    ACTION,
    BASE,
    CSV,
    LD,
    NQ,
    NT,
    OWN,
    PREFIXES,
    RDF,
    TRIG,
    TTL,
    XLSX,
    job,
    workbook,
)

from coopkg import generation
from coopkg.build import incremental, intake
from coopkg.build import resident as builder
from coopkg.build.intake import shapes
from coopkg.build.quick import Dictionaries
from coopkg.config import Settings
from coopkg.contributions import checking, resident
from coopkg.contributions.checking import CheckError
from coopkg.contributions.job import Job
from coopkg.errors import CoopkgError
from coopkg.workers.worker import COMMAND

MUTANTS = (Path(__file__).parent / "intake" / "mutants.ttl").read_text(encoding="utf-8")
TITLE = "http://purl.org/dc/terms/title"
UPLOADS: list[tuple[str, str | bytes, str]] = [
    ("good", ACTION, TTL),
    ("mutants", MUTANTS, TTL),
    ("nothing", "# nothing\n", TTL),
    ("empty", "", TTL),
    ("undefined prefix", ":a nope:b :c .", TTL),
    ("missing dot", PREFIXES + ':a skos:prefLabel "a"@fr\n:b skos:prefLabel "b"@fr .', TTL),
    ("identity", PREFIXES + ":a owl:sameAs organisation:afd .", TTL),
    ("foreign", PREFIXES + 'organisation:afd skos:prefLabel "x"@fr .', TTL),
    ("unknown word", PREFIXES + ":a coop:contry place:tunisie .", TTL),
    ("triples", f'<{OWN}a> <{TITLE}> "a" .', NT),
    ("quads", f'<{OWN}a> <{TITLE}> "a" <{BASE}graph/partner/tunis/x> .', NQ),
    ("trig", f'<{BASE}graph/partner/tunis/x> {{ <{OWN}a> <{TITLE}> "a" }}', TRIG),
    ("json", json.dumps({"@id": f"{OWN}a", TITLE: "a"}), LD),
    ("xml", "<rdf:RDF/>", RDF),
    ("page", "<p>no</p>", "text/html"),
    ("table", "Identifiant;Nom\nr;Régie\n", CSV),
    ("sheet", workbook(["Identifiant", "Nom"], ["r", "=A1"]), XLSX),
]


@pytest.fixture(scope="module")
def settings(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    home = Path(shutil.copytree(published, tmp_path_factory.mktemp("resident") / "home"))
    given = Settings(home=home, root=ROOT, check_timeout_s=300)
    resident.offer(given)
    yield given
    resident.withdraw(given)


@pytest.fixture(scope="module")
def known(settings: Settings) -> intake.Ready:
    return intake.ready(checking.current(settings.home), str(ROOT), warm=True)


def sent(settings: Settings, body: bytes, kind: str = TTL, foresees: bool = False) -> Job:
    given = {"generation": checking.current(settings.home), "root": str(ROOT)}
    return job(body, kind, foresees=foresees, **given)


@pytest.mark.parametrize(("name", "text", "kind"), UPLOADS, ids=[one[0] for one in UPLOADS])
def test_it_says_of_each_upload_what_a_process_of_its_own_says(
    name: str, text: str | bytes, kind: str, settings: Settings, known: intake.Ready
) -> None:
    body = text.encode() if isinstance(text, str) else text
    given = sent(settings, body, kind)
    assert checking.run(given, body, settings) == intake.run(given, body, known)


@pytest.mark.parametrize("text", [ACTION, MUTANTS], ids=["good", "mutants"])
def test_what_was_looked_at_before_changes_nothing(
    text: str, settings: Settings, known: intake.Ready
) -> None:
    given = sent(settings, text.encode())
    first = intake.run(given, text.encode(), known)
    assert known.checker is not None
    known.checker.look_around()
    assert intake.run(given, text.encode(), known) == first


def test_no_check_takes_out_what_was_looked_at_before(
    settings: Settings, known: intake.Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert known.checker is not None
    known.checker.look_around()
    removed: list[object] = []
    remove = Dictionaries.remove

    def counted(store: Dictionaries, triple: object, context: object = None) -> None:
        removed.append(triple)
        remove(store, triple, context)

    monkeypatch.setattr(Dictionaries, "remove", counted)
    body = ACTION.encode()
    validators = known.checker._validators
    shown = [len(one._mirror._shown) for one in validators]
    spoken = len({*known.ground.gathered.ontology})
    assert max(shown) < spoken + 100, "little more than what the shapes always look at"
    intake.run(sent(settings, body), body, known)
    assert len(removed) < 300


def test_what_is_near_everything_is_not_looked_at_before(
    known: intake.Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked: list[int] = []
    assert known.checker is not None
    monkeypatch.setattr(known.checker, "_run", lambda said, *_: looked.append(len(said)) or [])
    known.checker.look_around()
    most = max(looked)
    monkeypatch.setattr(shapes, "AROUND", 0)
    looked.clear()
    known.checker.look_around()
    assert max(looked) < 100 < most


def test_it_foresees_the_same(settings: Settings) -> None:
    body = ACTION.encode()
    given = sent(settings, body, foresees=True)
    outcome = checking.run(given, body, settings)
    assert outcome.whatif["complete"]
    nobody = replace(settings, home=settings.home.parent)  # offers none: a process of its own
    assert outcome == checking.run(given, body, nobody)


def test_a_check_that_is_killed_harms_no_other(settings: Settings) -> None:
    body = ACTION.encode()
    large = body + b"#" * (40 << 20)  # a small one may fit in what is free there already
    before = resident.of(settings)
    limits = ({"check_timeout_s": 0.01}, "check-time"), ({"check_memory_mb": 1}, "check-memory")
    for limit, rule in limits:
        small = replace(settings, **limit)
        with pytest.raises(CheckError) as refused:
            checking.run(sent(settings, large), large, small)
        assert refused.value.rule == rule
    assert resident.of(settings) is before
    assert checking.run(sent(settings, body), body, settings).status == "warnings"


def test_when_it_is_killed_another_takes_its_place(settings: Settings) -> None:
    body = ACTION.encode()
    first = resident.of(settings)
    assert first is not None
    os.kill(first.pid, signal.SIGKILL)
    assert checking.run(sent(settings, body), body, settings).status == "warnings"
    while first.alive():
        time.sleep(0.01)
    assert checking.run(sent(settings, body), body, settings).status == "warnings"
    assert resident.of(settings) is not first


def test_it_follows_what_is_served(settings: Settings) -> None:
    body = ACTION.encode()
    old = generation.current(settings.home)
    made = generation.rollback(settings.home, old.digest, old_time())
    found = sent(settings, body)
    assert found.generation.endswith(f"{made.number:08d}")
    assert checking.run(found, body, settings).status == "warnings"


def old_time() -> datetime:
    from generations import NOW

    return NOW


def test_nobody_who_offers_none_has_one(tmp_path: Path) -> None:
    assert resident.of(Settings(home=tmp_path, root=ROOT)) is None


class Waiting:
    """What is held, never all ready: it asks something between two of its parts."""

    def __init__(self, asks: socket.socket) -> None:
        self.asks, self.steps, self.answered = asks, 0, b""

    def follow(self) -> None:
        """Nothing else is served."""

    def step(self) -> bool:
        self.steps += 1
        if self.steps == 3:
            self.asks.sendall(COMMAND.pack(b"W", 999_999))
        if self.steps == 4:
            self.asks.setblocking(False)
            self.answered = self.asks.recv(COMMAND.size)
            self.asks.close()
        return True


def test_an_order_waits_for_one_part_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(builder, "LOOK_S", 0.01)
    asks, control = socket.socketpair()
    held = Waiting(asks)
    with control:
        builder._obey(control, held)  # type: ignore[arg-type]  # what it needs of it
    assert (held.steps, held.answered) == (4, COMMAND.pack(b"S", 0))


class Parts:
    """A past in parts; `done` tells how far it is ready."""

    core = None

    def __init__(self) -> None:
        self.done = 0

    def parts(self) -> Iterator[None]:
        for self.done in (1, 2, 3):
            yield

    def look_back(self) -> Iterator[None]:
        self.done = 4
        yield
        self.done = 5


def following(monkeypatch: pytest.MonkeyPatch, past: Callable[..., Any]) -> builder.Held:
    monkeypatch.setattr(checking, "current", lambda _: "one")
    monkeypatch.setattr(intake, "ready", lambda *_, **__: intake.NOTHING)
    monkeypatch.setattr(incremental, "past", past)
    held = builder.Held(ROOT, ROOT)
    held.follow()
    return held


def test_a_publication_waits_for_what_it_needs_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    made = Parts()
    held = following(monkeypatch, lambda *_: made)
    assert held.step()
    assert held.step()
    assert held.past is None, "half of it would be taken for the whole"
    held.prepare()
    assert held.past is made
    assert made.done == 3
    while held.step():
        pass
    assert made.done == 5
    held.prepare()
    assert held.past is made


def test_what_could_not_be_made_ready_is_tried_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    made, tried = Parts(), []

    def past(*_: object) -> Parts:
        tried.append(1)
        if len(tried) == 1:
            raise OSError
        return made

    held = following(monkeypatch, past)
    while held.step():
        pass
    assert held.past is None
    held.prepare()
    assert held.past is made


@pytest.mark.parametrize("error", builder.UNREADABLE)
def test_a_generation_that_cannot_be_read_ends_no_builder(
    error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def ready(*_: object, **__: object) -> intake.Ready:
        raise error("", "") if error is CoopkgError else error("cut short")

    monkeypatch.setattr(checking, "current", lambda _: "one")
    monkeypatch.setattr(intake, "ready", ready)
    held = builder.Held(ROOT, ROOT)
    held.follow()
    assert (held.known, held.past, held.step()) == (intake.NOTHING, None, False)


class Asking:
    """A generation that answers a hundred questions, each in so many seconds of processor time."""

    checker = None

    def __init__(self, seconds: float) -> None:
        self.seconds, self.clock, self.asked = seconds, 0.0, 0

    def parts(self) -> Iterator[None]:
        while self.asked < 100:
            self.asked, self.clock = self.asked + 1, self.clock + self.seconds
            yield


@pytest.mark.parametrize(("seconds", "before"), [(0.01, 100), (1.0, 11), (30.0, 1)])
def test_a_publication_waits_no_longer_for_what_is_asked_today(
    seconds: float, before: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Parts()
    held = following(monkeypatch, lambda *_: made)
    asking = held.known = Asking(seconds)  # type: ignore[assignment]  # what it needs of it
    monkeypatch.setattr("time.process_time", lambda: asking.clock)
    held.prepare()
    assert (held.past, asking.asked) == (made, before)
    while held.step():
        pass
    assert (made.done, asking.asked) == (5, 100), "the rest is asked when all else is ready"


ESCAPES = """
import json, os, socket, sys
from pathlib import Path
from coopkg.build import intake, resident
from coopkg.contributions.job import Job
from coopkg.contributions import checking

class Said:
    def __init__(self, said): self.said = said
    def to_bytes(self): return json.dumps(self.said).encode()

def tried(job, body, known):
    said = {}
    for name, way in {
        "open": lambda: open("/etc/hostname"), "connect": lambda: socket.socket(),
        "fork": os.fork, "control": lambda: os.read(0, 1) and 1 / 0,
    }.items():
        try: way()
        except OSError as error: said[name] = type(error).__name__
        else: said[name] = "done"
    return Said(said)

intake.run = tried
held = resident.Held.__new__(resident.Held)
held.known, held._directory, held._root = intake.NOTHING, "", Path("/")
import socket as s
ours, theirs = s.socketpair()
job = Job("a", "text/turtle", "put", None, {"name": "x", "role": "reviewed", "base": "b"}, "fr",
          "dry", "", "/", "", {}, 0)
ours.sendall(json.dumps({"seconds": 60, "memory": 1 << 28}).encode() + b"\\n" + job.to_bytes())
pid = os.fork()
if pid == 0:
    ours.close()
    resident._be(resident.check, held, [theirs.fileno(), os.dup(2)], os.getppid())
theirs.close()
print(ours.makefile("rb").read().decode())
os.waitpid(pid, 0)
"""


def test_the_process_of_a_check_can_open_and_start_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-c", ESCAPES], capture_output=True, text=True, check=True, cwd=ROOT
    )
    said = json.loads(done.stdout)
    assert said["open"] in {"OSError", "PermissionError"}
    assert said["connect"] in {"OSError", "PermissionError"}
    assert said["fork"] == "PermissionError"
    assert said["control"] == "done", "the orders are not there to be read: an empty file is"
