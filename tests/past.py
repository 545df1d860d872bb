"""Generations that follow one another: a copy of the real one, with a few triples changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from coopkg import generation
from coopkg.generation import Generation

Change = Callable[[Path], None]

DAYS = [datetime(2026, 3, day, 9, 30, tzinfo=UTC) for day in range(1, 29)]


def follow(home: Path, *changes: Change, day: int = 3) -> Generation:
    """Publish the current generation again, with changes, as if its sources had changed."""
    old = generation.current(home)
    with generation.staging(home) as directory:
        for name in old.manifest.files:
            target = directory / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(old.read(name))
        for change in changes:
            change(directory)
        inputs = {**old.manifest.sources, "graph_data/changed.ttl": f"{old.number + 1:064x}"}
        return generation.publish(directory, home, inputs, old.manifest.graphs, DAYS[day])


def without(*words: str) -> Change:
    """Return a change that removes each statement that holds all of these words."""

    def change(directory: Path) -> None:
        path = directory / "store.nq"
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not all(word in line for word in words)]
        assert len(kept) < len(lines), f"nothing holds {words}"
        path.write_text("".join(kept), encoding="utf-8")

    return change


def adding(statements: Iterable[str], graphs: Iterable[str]) -> Change:
    """Return a change that adds statements (`<s> <p> <o>`) to the default graph and to others."""

    def change(directory: Path) -> None:
        with (directory / "store.nq").open("a", encoding="utf-8") as store:
            for statement in statements:
                for graph in ("", *(f" <{one}>" for one in graphs)):
                    store.write(f"{statement}{graph} .\n")

    return change


def without_question(slug: str) -> Change:
    """Return a change that removes a question."""

    def change(directory: Path) -> None:
        (directory / f"questions/{slug}.rq").unlink()
        path = directory / "questions.json"
        sealed = json.loads(path.read_bytes())
        del sealed[slug]
        path.write_text(json.dumps(sealed), encoding="utf-8")

    return change
