"""Publishing survives full disks, torn writes, rot and rivals."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import faults_driver
import pytest
from faults_helpers import (
    DRIVER,
    INTENTS,
    assert_recovers,
    assert_whole,
    drive,
    leftovers,
    text_of,
    two_generations,
)

from coopkg import generation
from coopkg.errors import GenerationError
from coopkg.generation import publishing

pytestmark = pytest.mark.faults


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return two_generations(tmp_path)


# --- The disk refuses ----------------------------------------------------------------------


def refusing(
    monkeypatch: pytest.MonkeyPatch, name: str, nth: int, code: int, *, lasting: bool
) -> list[int]:
    """Let the n-th call of os.<name> fail, and those after it too when lasting; count calls."""
    original, calls = getattr(os, name), [0]

    def call(*args: Any, **options: Any) -> Any:
        for_writing = name != "open" or args[1] & (os.O_WRONLY | os.O_RDWR)
        calls[0] += bool(for_writing)
        if for_writing and (calls[0] == nth or (lasting and calls[0] > nth)):
            raise OSError(code, os.strerror(code))
        return original(*args, **options)

    monkeypatch.setattr(os, name, call)
    return calls


def error_of(action: Callable[[Path], Any], home: Path) -> GenerationError | None:
    try:
        action(home)
    except GenerationError as error:
        return error
    return None


REFUSALS = [
    ("write", errno.ENOSPC, True), ("write", errno.EIO, False), ("open", errno.ENOSPC, True),
    ("open", errno.EROFS, True), ("fsync", errno.EIO, False), ("fsync", errno.ENOSPC, True),
    ("mkdir", errno.ENOSPC, False), ("rename", errno.EIO, False), ("replace", errno.EIO, False),
    ("fchmod", errno.EPERM, False),
]  # fmt: skip


@pytest.mark.parametrize("action", ["publish", "rollback"])
@pytest.mark.parametrize(("call", "code", "lasting"), REFUSALS)
def test_whatever_the_disk_refuses_the_old_generation_stays_and_staging_goes(
    home: Path, tmp_path: Path, action: str, call: str, code: int, lasting: bool
) -> None:
    shutil.rmtree(home / "generations" / ".pruned-crashed")
    for nth in range(1, 100):
        copy = tmp_path / str(nth)
        shutil.copytree(home, copy)
        with pytest.MonkeyPatch.context() as patch:
            calls = refusing(patch, call, nth, code, lasting=lasting)
            told = error_of(faults_driver.ACTIONS[action], copy)
        if told:
            assert re.search(r": .* \([\d,.]+ MB free\)$", told.message("en"))
            assert re.search(r"\u00a0: .* \([\d\u202f]+,\d\u00a0Mo libres\)$", told.message("fr"))
            assert str(copy) in told.message("fr")
        served = assert_whole(copy, INTENTS[action])
        assert leftovers(copy) == []
        if told:
            assert ("3 is served, but may be lost" in told.message()) == (served.number == 3)
        if calls[0] < nth:
            assert told is None
            assert served.number == 3
            break
        assert_recovers(copy)
    assert nth > 1, f"{call} is never called"


def test_a_full_disk_is_told_in_both_languages(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing(monkeypatch, "write", 1, errno.ENOSPC, lasting=True)
    with pytest.raises(GenerationError, match="no space left on the disk") as refused:
        faults_driver.publish(home)
    assert "plus de place sur le disque" in refused.value.message("fr")


@pytest.mark.parametrize("action", ["publish", "rollback"])
@pytest.mark.parametrize("limit", [0, 1, 10_000])
def test_a_limit_of_the_kernel_on_file_sizes_stops_it_cleanly(
    home: Path, action: str, limit: int
) -> None:
    done = drive("full", action, home, limit)

    assert "larger than allowed" in json.loads(done.stdout)["en"]
    assert_whole(home, {"old"})
    assert_recovers(home)


def test_on_a_disk_really_full_nothing_changes_and_freed_space_is_enough(
    home: Path, tmp_path: Path
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    in_own_mounts = ("unshare", "--mount", "--map-root-user", "sh", "-c")
    mount = f"mount -t tmpfs -o size=1M tmpfs {disk}"
    if subprocess.run([*in_own_mounts, mount], capture_output=True, check=False).returncode:
        pytest.skip("no file system may be mounted here")
    fill = f"dd if=/dev/zero of={disk}/ballast bs=1k count=99999 2>/dev/null"
    state = f"cat {disk}/home/current; LC_ALL=C ls -A {disk}/home/generations"
    rollback = f"{sys.executable} {DRIVER} run rollback {disk}/home"
    steps = [mount, f"cp -a {home} {disk}/home", f"({fill};true)", rollback, state, "echo --"]
    steps += [f"rm {disk}/ballast", rollback, state]
    done = subprocess.run(
        [*in_own_mounts, " && ".join(steps)],
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    refused, *full = done.stdout.partition("--")[0].split("\n", 1)
    freed = done.stdout.partition("--")[2]

    assert done.returncode == 0, done.stderr
    assert "no space left on the disk (0.0 MB free)" in refused
    assert full[0].split() == ["2", ".lock", ".pruned-crashed", "00000001", "00000002"]
    assert freed.split() == ["3", ".lock", "00000001", "00000002", "00000003"]


def test_a_write_that_takes_only_a_part_is_finished(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = os.write
    monkeypatch.setattr(os, "write", lambda fd, content: original(fd, content[:7]))
    for action in ("publish", "rollback"):
        faults_driver.ACTIONS[action](home)
        assert_whole(home, INTENTS[action] | {"oldest"})


def test_leftovers_that_cannot_be_removed_do_not_stop_a_publication(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        refusing(patch, "unlink", 1, errno.EIO, lasting=True)
        faults_driver.publish(home)
    assert_whole(home, {"new"})
    assert leftovers(home) == [".pruned-crashed"]
    assert_recovers(home)


# --- Rot and rivals ------------------------------------------------------------------------


def test_one_flipped_bit_in_any_file_is_noticed_and_the_generation_before_is_served(
    home: Path,
) -> None:
    newest = generation.current(home)
    for name in (*newest.manifest.files, "manifest.json"):
        path = newest.path / name
        content = path.read_bytes()
        path.chmod(0o644)
        for position in {0, len(content) // 2, len(content) - 1}:
            flipped = bytearray(content)
            flipped[position] ^= 0x10
            path.write_bytes(flipped)
            assert name in generation.verify(newest)[0]
            assert text_of(generation.current(home)) == "oldest"
        for kept in range(0, len(content), max(1, len(content) // 50)):
            path.write_bytes(content[:kept])
            assert name in generation.verify(newest)[0]
        path.write_bytes(content)
        assert generation.verify(newest) == []


@pytest.fixture
def rival(home: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that publishes and prunes as fast as it can."""
    program = (
        "import sys, faults_driver as driver; from pathlib import Path; "
        "from coopkg import generation; home = Path(sys.argv[1])\n"
        "for turn in range(25):\n"
        "    driver.publish(home, f'rival {turn}'); generation.prune(home, 2)\n"
    )
    path = os.pathsep.join([str(DRIVER.parent), *sys.path])
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(home)],
        env={"PYTHONPATH": path},
        stderr=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.communicate()


def test_a_reader_always_finds_a_whole_generation_while_others_publish_and_prune(
    home: Path, rival: subprocess.Popen[str]
) -> None:
    numbers = [generation.current(home).number]
    while rival.poll() is None:
        served = generation.current(home)
        assert served.fallback_from is None
        numbers.append(served.number)

    assert rival.returncode == 0, rival.communicate()[1]
    assert numbers == sorted(numbers)
    assert generation.current(home).number == 27
    assert leftovers(home) == []


def test_two_publishers_at_once_never_share_a_number(
    home: Path, rival: subprocess.Popen[str]
) -> None:
    mine = [faults_driver.publish(home, f"mine {turn}").number for turn in range(25)]
    assert rival.wait() == 0, rival.communicate()[1]

    assert len(set(mine)) == 25
    assert generation.current(home).number == 52
    assert not any(generation.audit(home).values())
    assert_recovers(home)


def test_a_rollback_during_a_publication_gives_one_consistent_outcome(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    promote, made = publishing._promote, []

    def meanwhile(*args: Any) -> generation.Generation:
        rolled = subprocess.Popen(
            [sys.executable, str(DRIVER), "run", "rollback", str(home)],
            env={"PYTHONPATH": os.pathsep.join(sys.path)},
        )
        made.append(rolled)
        return promote(*args)

    monkeypatch.setattr(publishing, "_promote", meanwhile)
    new = faults_driver.publish(home)
    assert made[0].wait() == 0

    assert new.number == 3
    assert generation.current(home).number == 4
    assert generation.current(home).manifest.restores == 1
    assert text_of(generation.open_(home, "3")) == "new"
