"""Publishing survives what can happen to it: crashes, full disks, torn writes, rot, rivals."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import faults_driver
import pytest
from faults_helpers import (
    INTENTS,
    assert_recovers,
    assert_whole,
    drive,
    text_of,
    two_generations,
)

from coopkg import durable, generation
from coopkg.errors import GenerationError

pytestmark = pytest.mark.faults

SYSTEM_CALLS = (
    "rename,renameat,renameat2,fsync,fdatasync,unlink,unlinkat,rmdir,mkdir,mkdirat,ftruncate"
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return two_generations(tmp_path)


# --- Crashes -------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["publish", "rollback", "prune"])
def test_killed_at_any_call_a_whole_generation_is_served_and_the_next_one_publishes(
    home: Path, tmp_path: Path, action: str
) -> None:
    work = tmp_path / "work"
    done = drive("kill", action, home, work)
    assert done.returncode == 0, done.stderr
    points = [json.loads(line) for line in done.stdout.splitlines()]

    for point in points:
        copy = Path(point["home"])
        served = assert_whole(copy, INTENTS[action])
        if not point["call"] and action != "prune":
            assert served.number == 3, "acknowledged, then lost"
        assert_recovers(copy)
        shutil.rmtree(copy)
    at = Counter(point["call"] for point in points)
    print(f"{action}: {len(points)} points, {dict(at)}")
    assert all(at[call] >= 2 for call in ("rename", "fsync", "unlink")), at
    assert action == "prune" or all(at[call] >= 2 for call in ("mkdir", "write", "replace")), at


def test_killed_at_any_call_of_the_first_publication_there_is_none_or_a_whole_one(
    tmp_path: Path,
) -> None:
    template = tmp_path / "empty"
    template.mkdir()
    done = drive("kill", "publish", template, tmp_path / "work")
    assert done.returncode == 0, done.stderr

    for point in map(json.loads, done.stdout.splitlines()):
        home = Path(point["home"])
        if generation.known(home):
            assert text_of(generation.current(home)) == "new"
        else:
            with pytest.raises(GenerationError, match="makes the first"):
                generation.current(home)
        assert_recovers(home)


def strace() -> str:
    """Return the path of a strace that works here, or skip."""
    path = shutil.which("strace")
    if path is None:
        pytest.skip("strace is not installed")
    probe = subprocess.run([path, "-f", "true"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("strace may not trace processes here")
    return path


def test_killed_by_the_kernel_at_any_system_call_a_whole_generation_is_served(
    home: Path, tmp_path: Path
) -> None:
    tracer = (strace(), "-f", "-qq", "-e", f"trace={SYSTEM_CALLS}")
    rehearsal = tmp_path / "rehearsal"
    shutil.copytree(home, rehearsal)
    traced = drive("run", "publish", rehearsal, prefix=tracer)
    assert traced.returncode == 0, traced.stderr
    calls = Counter(re.findall(r"^(?:\[pid +\d+\] )?(\w+)\(", traced.stderr, re.MULTILINE))
    assert calls["fsync"] >= 10
    assert calls["rename"] >= 3

    for call, count in calls.items():
        for nth in range(1, count + 1):
            copy = tmp_path / f"{call}-{nth}"
            shutil.copytree(home, copy)
            inject = ("-e", f"inject={call}:signal=SIGKILL:when={nth}")
            assert drive("run", "publish", copy, prefix=(*tracer, *inject)).returncode == -9
            assert_whole(copy, INTENTS["publish"])
            assert_recovers(copy)
    print(f"publish: {calls.total()} points, {dict(calls)}")


# --- Power cuts ----------------------------------------------------------------------------


class Disk:
    """What a power cut would lose: watch the calls, and tell what is not on the disk yet."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, staging: Path) -> None:
        self.unsynced: set[int] = set()
        self.at_swap: set[int] | None = None
        self.names: dict[int, str] = {}
        for path in (staging, staging.parent, *staging.rglob("*")):
            self._touch(path)
        for name in ("open", "write", "fsync", "rename", "replace", "mkdir"):
            self._watch(monkeypatch, name, getattr(os, name))

    def _touch(self, where: Path | int) -> None:
        number = (where.stat() if isinstance(where, Path) else os.fstat(where)).st_ino
        self.names[number] = str(where)
        self.unsynced.add(number)

    def _watch(
        self, monkeypatch: pytest.MonkeyPatch, name: str, original: Callable[..., Any]
    ) -> None:
        def call(*args: Any, **options: Any) -> Any:
            if name == "replace" and Path(args[1]).name == "current":
                self.at_swap = set(self.unsynced) - {Path(args[1]).parent.stat().st_ino}
            result = original(*args, **options)
            if name == "fsync":
                self.unsynced.discard(os.fstat(args[0]).st_ino)
            elif name == "write":
                self._touch(args[0])
            elif name == "open" and args[1] & os.O_CREAT and Path(args[0]).name != ".lock":
                self._touch(Path(args[0]).parent)
            elif name in {"rename", "replace"}:
                self._touch(Path(args[1]).parent)
            elif name == "mkdir":
                self._touch(Path(args[0]).parent)
            return result

        monkeypatch.setattr(os, name, call)

    def lost(self, numbers: set[int] | None) -> list[str]:
        assert numbers is not None, "the pointer never moved"
        return [self.names[number] for number in numbers]


def publish_watched(home: Path, monkeypatch: pytest.MonkeyPatch) -> Disk:
    with generation.staging(home) as directory:
        (directory / "answers").mkdir()
        for name in ("store.nq", "answers/who.json"):
            (directory / name).write_text("x")
        disk = Disk(monkeypatch, directory)
        generation.publish(directory, home, {}, {}, faults_driver.NOW)
    return disk


def test_a_power_cut_loses_nothing_once_the_pointer_moves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = publish_watched(tmp_path / "deep" / "home", monkeypatch)

    assert disk.lost(disk.at_swap) == []
    assert disk.lost(disk.unsynced) == []


@pytest.mark.parametrize("left_out", ["sync_directory", "sync_directories", "seal"])
def test_the_watch_on_power_cuts_notices_a_forgotten_sync(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, left_out: str
) -> None:
    instead = durable.fingerprint if left_out == "seal" else lambda path: None
    monkeypatch.setattr(durable, left_out, instead)
    disk = publish_watched(tmp_path / "home", monkeypatch)

    assert disk.lost(disk.at_swap)
