"""Several contributions of which some cannot be published: the others are, and only those fail."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import contributing
import pytest
from contributing import MAIN, line, partner, settings, upload

from coopkg.contributions import accept, check, get, graphs, publication, publish, receive, undo
from coopkg.contributions.publication import Made
from coopkg.contributions.sifting import NOTHING_BACK, HeldBack, Suspect, guilty
from coopkg.contributions.sifting import back as held_back
from coopkg.errors import CoopkgError, PublicationError

WHY = {"en": "asked for"}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    from coopkg.contributions import checking

    monkeypatch.setattr(checking, "run", contributing.checked)
    partner(tmp_path)
    return tmp_path


def builder(*bad: str) -> Callable[..., Made]:
    """Stand for a publisher that refuses what holds one of some words, and says which."""

    def started(home: Path, given: Any, back: HeldBack = NOTHING_BACK) -> Made:
        standing = graphs.standing(home, back.accepted, back.undone)
        told = publication.sealed(standing)
        text = "".join(graph.text for graph in standing.graphs.values())
        found = [word for word in bad if word in text]
        if found:
            said = ", ".join(found)
            return Made("", "PublicationError", said, said, tuple(told["contributions"]))
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(graphs, "standing", lambda _: standing)
            return contributing.published(home, given)

    return started


def accepted(home: Path, word: str) -> str:
    sent = upload(line(word, word), graph=f"{MAIN}/{word}")
    one = check(home, receive(home, sent, settings(home)).id, settings(home))
    return accept(home, one.id, "a reviewer").id


def states(home: Path, names: list[str]) -> list[str]:
    return [get(home, name).state for name in names]


def test_only_those_to_blame_fail_and_the_others_are_published(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["fine", "wrong", "good", "bad", "well"]
    names = [accepted(home, word) for word in words]
    monkeypatch.setattr(publication, "_started", builder("wrong", "bad"))
    made = publish(home, settings(home))

    assert states(home, names) == ["published", "failed", "published", "failed", "published"]
    assert [get(home, names[number]).why["en"] for number in (1, 3)] == ["wrong", "bad"]
    assert publication.included(home) == {names[0], names[2], names[4]}
    assert contributing.served(home).count("fine") == 2
    assert made.number == get(home, names[4]).generation


def test_when_none_can_be_published_the_error_says_why(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [accepted(home, word) for word in ("wrong", "bad")]
    monkeypatch.setattr(publication, "_started", builder("wrong", "bad"))
    with pytest.raises(PublicationError, match="wrong, bad"):
        publish(home, settings(home))
    assert states(home, names) == ["failed", "failed"]


def test_an_undo_that_breaks_something_is_told_from_what_came_with_it(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "_started", builder())
    needed = accepted(home, "needed")
    publish(home, settings(home))
    undo(home, needed, "someone", WHY)
    fresh = accepted(home, "fresh")

    def started(where: Path, given: Any, back: HeldBack = NOTHING_BACK) -> Made:
        standing = graphs.standing(where, back.accepted, back.undone)
        if not any("needed" in graph.text for graph in standing.graphs.values()):
            told = publication.sealed(standing)["contributions"]
            return Made("", "PublicationError", "il manque", "lacks", tuple(told))
        return builder()(where, given, back)

    monkeypatch.setattr(publication, "_started", started)
    publish(home, settings(home))
    assert states(home, [needed, fresh]) == ["published", "published"]
    assert "needed" in contributing.served(home)
    assert "fresh" in contributing.served(home)


@pytest.mark.parametrize("bad", [set(), {0}, {6}, {2, 3}, {0, 3, 6}, set(range(7))])
def test_whoever_is_to_blame_is_found(bad: set[int]) -> None:
    suspects = [Suspect(str(number)) for number in range(7)]
    out: set[str] = set()
    blamed: list[str] = []
    tries: list[HeldBack] = []

    def attempt(back: HeldBack) -> bool:
        tries.append(back)
        held = {one.id for one in suspects} - back.accepted - set(blamed)
        if any(str(number) in held for number in bad):
            return False
        out.update(held)
        return True

    if not attempt(held_back([])):
        guilty(suspects, False, attempt, lambda ok: not ok, lambda one, _: blamed.append(one.id))
    assert sorted(blamed) == sorted(map(str, bad))
    assert out == {one.id for one in suspects} - set(blamed)
    assert len(tries) <= 1 + 2 * 7


def test_what_is_held_back_travels_as_json() -> None:
    told = held_back([Suspect("a"), Suspect("b", is_undone=True)])
    assert told == HeldBack(frozenset("a"), frozenset("b"))
    assert HeldBack.from_json(told.to_json()) == told
    assert issubclass(PublicationError, CoopkgError)
