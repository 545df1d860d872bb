"""What was acknowledged survives kill -9, full disks and torn writes; nothing is half published."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import chaos
import contributing
import contributions_driver as driver
import pytest
from contributing import line, served, settings
from contributions_driver import ACTIONS, REVIEWER

from coopkg import generation
from coopkg.contributions import (
    accept,
    audit,
    check,
    checking,
    get,
    graphs,
    ledger,
    partners,
    publication,
    publish,
    submit,
)
from coopkg.errors import CoopkgError, GenerationError, StorageError

pytestmark = pytest.mark.faults

DRIVER = Path(driver.__file__)
STEP = int(os.environ.get("CHAOS_STEP", "6"))
"""`make chaos` kills at each call; here at each sixth, so that the whole suite stays short."""
AFTER = {
    "receive": ("new", "received"),
    "check": ("received", "waiting"),
    "accept": ("waiting", "accepted"),
    "refuse": ("waiting", "refused"),
    "withdraw": ("waiting", "withdrawn"),
    "publish": ("accepted", "published"),
    "undo": ("published", "undone"),
}


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(checking, "run", contributing.checked)
    monkeypatch.setattr(publication, "_started", contributing.published)
    # What these tests lose is a process, not the power: the order of syncs has its own test.
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    yield
    ledger.of.cache_clear()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("template") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "run", contributing.checked)
        patch.setattr(publication, "_started", contributing.published)
        driver.make(home)
    return home


def drive(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(DRIVER), *map(str, words)],
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def states(home: Path) -> dict[str, str]:
    """Return the state of each contribution by the state it was made to be in."""
    found = {}
    for one in ledger.of(home).folded(lambda entries: publication.model.contributions(entries)):
        told = get(home, one)
        assert told.graph
        found[told.graph.rpartition("/")[2]] = told.state
    return found


def assert_consistent(home: Path, action: str, *, acknowledged: bool) -> None:
    """Check that a home is as before a step or as after it, and never between."""
    audit(home)
    before = {name: name for name in driver.STATES}
    if action in AFTER:
        name, state = AFTER[action]
        after = {**before, name: state}
    else:
        after = before
    if action == "undo":  # its publication takes along what was accepted
        after["accepted"] = "published"
    now = states(home)
    if acknowledged:
        assert now == after, "acknowledged, then lost"
    else:
        assert all(now.get(name) in {before.get(name), after[name]} for name in after)
    for found in graphs.standing(home).contributions:  # every object is there and whole
        assert ledger.of(home).object(found.added)
        assert ledger.of(home).object(found.body)
    current = generation.current(home)
    assert current.fallback_from is None
    assert not any(generation.audit(home).values())
    held = publication.included(home)
    text = served(home)
    for name in now:
        one = driver.of(home, name)
        assert (line(name) in text) == (one in held), "half published"


def assert_goes_on(home: Path, action: str) -> None:
    """Check that the step can be taken again, that all ends well, and that nothing is left."""
    if action == "receive":
        ACTIONS[action](home)
    for name, step in (
        ("received", lambda one: check(home, one, settings(home))),
        ("new", lambda one: check(home, one, settings(home))),
    ):
        if name in states(home):
            step(driver.of(home, name))
    for name, state in states(home).items():
        if state == "waiting":
            accept(home, driver.of(home, name), REVIEWER)
    publish(home, settings(home))
    ended = states(home)
    gone = {"refused", "withdrawn", "undone"}
    assert all(state in {"published", *gone} for state in ended.values())
    text = served(home)
    for name, state in ended.items():
        assert (line(name) in text) == (state == "published")
    assert [path.name for path in home.rglob("*.tmp")] == []
    named = {one for name in ended for one in get(home, driver.of(home, name)).objects}
    assert {path.name for path in (home / "partners" / "objects").iterdir()} == named


@pytest.mark.parametrize("action", list(ACTIONS))
def test_killed_at_any_call_each_step_is_taken_or_not_and_can_be_taken_again(
    template: Path, tmp_path: Path, action: str
) -> None:
    done = drive("kill", action, template, tmp_path, STEP)
    assert done.returncode == 0, done.stderr
    points = [json.loads(one) for one in done.stdout.splitlines()]

    for point in points:
        home = Path(point["home"])
        assert_consistent(home, action, acknowledged=not point["call"])
        assert_goes_on(home, action)
        shutil.rmtree(home)
    at = Counter(point["call"] for point in points)
    print(f"{action}: {len(points)} points, {dict(at)}")
    assert at[""] == 3, "before, after and torn: each must end once nothing is left to kill"
    assert STEP > 1 or all(at[call] >= 2 for call in ("fsync", "write", "open")), at


REFUSALS = [
    ("write", errno.ENOSPC, True), ("write", errno.EIO, False), ("open", errno.ENOSPC, True),
    ("open", errno.EROFS, True), ("fsync", errno.EIO, False), ("fsync", errno.ENOSPC, True),
    ("rename", errno.EIO, False), ("replace", errno.EIO, False), ("open", errno.EMFILE, True),
]  # fmt: skip


def refusing(
    patch: pytest.MonkeyPatch, name: str, nth: int, code: int, *, lasting: bool
) -> list[int]:
    """Let the n-th call of os.<name> that writes fail, and those after it too when lasting."""
    original, calls = getattr(os, name), [0]

    def call(*args: Any, **options: Any) -> Any:
        writes = name != "open" or args[1] & (os.O_WRONLY | os.O_RDWR)
        calls[0] += bool(writes)
        if writes and (calls[0] == nth or (lasting and calls[0] > nth)):
            raise OSError(code, os.strerror(code))
        return original(*args, **options)

    patch.setattr(os, name, call)
    return calls


def _calls(call: str, code: int, *, lasting: bool) -> range:
    """Return which calls to refuse: another first one for each kind of refusal."""
    return range(1 + REFUSALS.index((call, code, lasting)) % STEP, 100 + STEP, STEP)


def error_of(act: Callable[[Path], Any], home: Path) -> CoopkgError | None:
    try:
        act(home)
    except (StorageError, GenerationError) as error:
        return error
    return None


@pytest.mark.parametrize("action", ["receive", "check", "accept", "publish", "undo"])
@pytest.mark.parametrize(("call", "code", "lasting"), REFUSALS)
def test_whatever_the_disk_refuses_a_step_is_taken_or_not_and_says_so(
    template: Path, tmp_path: Path, action: str, call: str, code: int, lasting: bool
) -> None:
    for nth in _calls(call, code, lasting=lasting):
        home = tmp_path / str(nth)
        shutil.copytree(template, home)
        with pytest.MonkeyPatch.context() as patch:
            calls = refusing(patch, call, nth, code, lasting=lasting)
            told = error_of(ACTIONS[action], home)
        if told:
            assert "Mo libres" in told.message("fr")
            assert "MB free" in told.message("en")
        if isinstance(told, StorageError):
            assert told.is_full == (code == errno.ENOSPC)
        assert_consistent(home, action, acknowledged=told is None)
        assert_goes_on(home, action)
        shutil.rmtree(home)
        if calls[0] < nth:
            assert told is None
            break
    assert calls[0] < nth


def test_an_upload_that_cannot_be_logged_is_not_received(template: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(template, tmp_path / "home"))
    journal = ledger.of(home).journal
    before = journal.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        real = ledger.durable.append

        def refuse(path: Path, content: bytes) -> None:
            if path == journal:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))
            real(path, content)

        patch.setattr(ledger.durable, "append", refuse)
        with pytest.raises(StorageError, match="nothing was recorded") as refused:
            ACTIONS["receive"](home)
    assert refused.value.is_full
    assert journal.read_bytes() == before


def test_a_watch_on_the_journal_notices_a_forgotten_sync(
    template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = Path(shutil.copytree(template, tmp_path / "home"))
    unsynced: set[int] = set()
    real_write = os.write

    def write(descriptor: int, content: bytes) -> int:
        unsynced.add(os.fstat(descriptor).st_ino)
        return real_write(descriptor, content)

    def sync(descriptor: int) -> None:
        unsynced.discard(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "write", write)
    monkeypatch.setattr(os, "fsync", sync)
    for action in ("receive", "check", "accept", "renew"):
        ACTIONS[action](home)
        assert unsynced == set(), action
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    ACTIONS["renew"](home)
    assert unsynced, "the watch sees nothing"


def test_a_read_only_disk_stops_writing_and_not_reading(template: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(template, tmp_path / "home"))
    with pytest.MonkeyPatch.context() as patch:
        refusing(patch, "open", 1, errno.EROFS, lasting=True)
        for action in ("receive", "check", "accept", "renew"):
            with pytest.raises(StorageError, match="read-only"):
                ACTIONS[action](home)
        assert states(home) == {name: name for name in driver.STATES}
        assert partners.find(home, "tunis")
        assert served(home)
    assert_goes_on(home, "receive")


def test_killed_at_random_moments_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """The short form of `make chaos`."""
    assert chaos.run(tmp_path, rounds=6, seed=5).violations == []


def test_chaos_notices_what_is_lost(tmp_path: Path) -> None:
    home = tmp_path / "home"
    chaos.prepare(home)
    one = submit(home, contributing.upload(line("x", owner="sfax"), owner="sfax"), settings(home))
    lost = chaos.Told("x", "c-000002-00000000", "published")
    undone = chaos.Told("x", one.id, "undone")
    assert len(chaos.violations(home, [lost])) == 1
    assert len(chaos.violations(home, [undone])) == 1
    assert chaos.violations(home, [chaos.Told("x", one.id, "published")]) == []
