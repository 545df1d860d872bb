"""Publishing in a process of its own takes what it can from the generation that is served."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from coopkg import generation
from coopkg.build import collecting, publisher

ROOT = Path(__file__).parents[1]
NOTHING = json.dumps({"accepted": [], "undone": []})


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Return where the past that a publication was given is noted; none is made."""
    noted: list[Any] = []

    def publish(root: Path, home: Path, *_: object, past: Any, **__: object) -> Any:
        noted.append(past and past.serves(root))
        return generation.current(home)

    monkeypatch.setattr(publisher.pipeline, "publish", publish)
    monkeypatch.setattr(collecting, "rarely", lambda: None)
    return noted


def test_a_publication_takes_from_what_is_served(published: Path, given: list[Any]) -> None:
    assert publisher.main([str(published), str(ROOT), "10", NOTHING]) == 0
    assert given == [True]


def test_a_generation_that_cannot_be_trusted_leaves_nothing(home: Path, tmp_path: Path) -> None:
    assert publisher.served(tmp_path / "none", ROOT) is None
    sealed = generation.current(home).path / "store.nq"
    sealed.chmod(0o644)
    sealed.write_bytes(sealed.read_bytes()[:-2])
    assert publisher.served(home, ROOT) is None
