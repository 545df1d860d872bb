"""Run one action on a home of generations and die on purpose. Started by test_faults.py.

python faults_driver.py run ACTION HOME                 the action, undisturbed
python faults_driver.py full ACTION HOME BYTES          no file may grow past BYTES
python faults_driver.py kill ACTION TEMPLATE WORK       killed at each call, one line of
                                                        JSON for each copy of TEMPLATE
"""

from __future__ import annotations

import itertools
import json
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coopkg import generation
from coopkg.errors import CoopkgError

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TOOLS = {"driver": "1"}
CALLS = (
    "mkdir", "open", "write", "fchmod", "fsync", "rename", "replace", "unlink", "rmdir",
)  # fmt: skip
SIZE = 4000


def publish(home: Path, text: str = "new") -> generation.Generation:
    """Publish a tiny generation of four files."""
    with generation.staging(home) as directory:
        with generation.refusals(directory):
            build(directory, text)
        inputs = {"a.ttl": text.encode().hex().ljust(64, "0")[:64]}
        return generation.publish(directory, home, inputs, {"g": 1}, NOW, tools=TOOLS)


def build(directory: Path, text: str) -> None:
    """Write what a build would."""
    (directory / "answers").mkdir()
    (directory / "store.nq").write_text(f'<http://e/a> <http://e/b> "{text}" .\n' * SIZE)
    (directory / "labels.json").write_text(json.dumps({"text": text}))
    (directory / "answers" / "who.json").write_text("[]")


ACTIONS: dict[str, Callable[[Path], Any]] = {
    "publish": publish,
    "rollback": lambda home: generation.rollback(home, "1", NOW),
    "prune": lambda home: generation.prune(home, 1),
    "cite": lambda home: generation.cite(home, "1"),
}


def kill_at(nth: int, when: str) -> list[str]:
    """Arrange to be killed `before`, `after` or in the middle (`torn`) of the n-th call.

    Return the list that will hold the name of each call so far.
    """
    seen: list[str] = []

    def hooked(name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **options: Any) -> Any:
            seen.append(name)
            if len(seen) != nth:
                return original(*args, **options)
            if when == "torn" and name == "write":
                original(args[0], args[1][: len(args[1]) // 2])
            elif when == "after":
                original(*args, **options)
            say(2, name.encode())
            return os.kill(os.getpid(), signal.SIGKILL)

        return call

    say = os.write
    for name in CALLS:
        setattr(os, name, hooked(name, getattr(os, name)))
    return seen


def killed(action: str, home: Path, nth: int, when: str) -> str:
    """Run an action in a child that dies at its n-th call; return the call, or "" if it ended."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.dup2(writer, 2)
        kill_at(nth, when)
        ACTIONS[action](home)
        os._exit(0)
    os.close(writer)
    said = os.read(reader, 100).decode()
    os.close(reader)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return said
    assert status == 0, said
    return ""


def kill_everywhere(action: str, template: Path, work: Path) -> None:
    """Kill the action at every call, each time on a fresh copy of a home."""
    for when in ("before", "after", "torn"):
        for nth in itertools.count(1):
            home = work / f"{when}-{nth}"
            shutil.copytree(template, home)
            call = killed(action, home, nth, when)
            if when == "torn" and call and call != "write":
                shutil.rmtree(home)
                continue
            print(json.dumps({"home": str(home), "when": when, "nth": nth, "call": call}))
            if not call:
                break


def main() -> None:
    """Do what the command line says."""
    mode, action, home = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    if mode == "kill":
        kill_everywhere(action, home, Path(sys.argv[4]))
        return
    if mode == "full":
        limit = int(sys.argv[4])
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        ACTIONS[action](home)
    except CoopkgError as error:
        print(json.dumps({lang: error.message(lang) for lang in ("fr", "en")}))


if __name__ == "__main__":
    main()
