"""What the tests of faults share: a home to break, and what must hold afterwards."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from faults_driver import SIZE, publish

from coopkg import generation

DRIVER = Path(__file__).with_name("faults_driver.py")
INTENTS = {"publish": {"old", "new"}, "rollback": {"old", "oldest"}, "prune": {"old"}}


def two_generations(tmp_path: Path) -> Path:
    """Make two generations, the second served, beside what an earlier crash left behind."""
    home = tmp_path / "home"
    publish(home, "oldest")
    publish(home, "old")
    leftover = home / "generations" / ".pruned-crashed"
    leftover.mkdir()
    (leftover / "store.nq").write_text("half a triple")
    return home


def drive(*args: object, prefix: tuple[str, ...] = ()) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*prefix, sys.executable, str(DRIVER), *map(str, args)],
        env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def text_of(served: generation.Generation) -> str:
    text: str = served.read_json("labels.json")["text"]
    return text


def assert_whole(home: Path, texts: set[str]) -> generation.Generation:
    """Check that a complete generation is served, and that none is damaged."""
    served = generation.current(home)
    assert served.fallback_from is None
    assert text_of(served) in texts
    assert served.read("store.nq").count(b"\n") == SIZE
    assert not any(generation.audit(home).values()), generation.audit(home)
    return served


def assert_recovers(home: Path) -> None:
    """Check that the next publication succeeds, with a new number and leaving nothing behind."""
    numbers = [one.number for one in generation.known(home)]
    made = publish(home, "next")
    assert made.number > max([0, *numbers])
    assert assert_whole(home, {"next"}) == made
    assert leftovers(home) == []


def leftovers(home: Path) -> list[str]:
    """Name what is neither a numbered generation nor expected beside them."""
    kept = {".lock", *(one.path.name for one in generation.known(home))}
    inside = [path.name for path in (home / "generations").iterdir() if path.name not in kept]
    expected = {"generations", "current", "highest", "cited"}
    return inside + [path.name for path in home.iterdir() if path.name not in expected]
