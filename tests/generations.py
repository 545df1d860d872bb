"""Tiny generations, and what can be done to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from coopkg import generation
from coopkg.generation import Generation

NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
ONE = {"graph_data/a.ttl": "1" * 64}
TWO = {"graph_data/a.ttl": "2" * 64}
TRIPLE = '<http://e/a> <http://e/b> "{}" .\n'


def build(directory: Path, text: str = "one") -> None:
    """Write the files of a small generation."""
    (directory / "store.nq").write_text(TRIPLE.format(text))
    (directory / "labels.json").write_text('{"http://e/a": {"fr": "é"}}')
    (directory / "answers").mkdir()
    (directory / "answers" / "who.json").write_text("[]")


def publish(home: Path, text: str = "one", now: datetime = NOW) -> Generation:
    with generation.staging(home) as directory:
        build(directory, text)
        return generation.publish(directory, home, {"a.ttl": fake_sha(text)}, {"g": 1}, now)


def fake_sha(text: str) -> str:
    return text.encode().hex().ljust(64, "0")[:64]


def damage(path: Path, change: Callable[[bytes], bytes]) -> None:
    content = path.read_bytes()
    path.chmod(0o644)
    path.write_bytes(change(content))
    path.chmod(0o444)


def leftovers(home: Path) -> list[str]:
    """Name what a publication should not leave behind."""
    temporary = [path.name for path in home.rglob("*.tmp")]
    hidden = [path.name for path in (home / "generations").glob(".*") if path.name != ".lock"]
    return temporary + hidden
