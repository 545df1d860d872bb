"""What rests on a contribution is known before that is undone, and named; it can go with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import contributing
import pytest
from contributing import MAIN, OWN, served, settings, upload
from test_contributions import WHY, home, standing, state

from coopkg.contributions import Contribution, accept, check, get, publish, receive, undo
from coopkg.contributions.resting import resting
from coopkg.errors import ContributionError
from coopkg.serve.partners import api
from coopkg.terms import BASE, RDF_TYPE

__all__ = ["home"]

THING = f"<{OWN}a> <{RDF_TYPE.value}> <http://e/C> .\n"


def pointing(owner: str, name: str, to: str) -> str:
    one = f"<{BASE}id/partner/{owner}/{name}>"
    return f"{one} <{RDF_TYPE.value}> <http://e/D> .\n{one} <http://e/with> <{to}> .\n"


def sent(home: Path, text: str, owner: str = "sfax", **given: Any) -> Contribution:
    one = receive(home, upload(text, owner=owner, **given), settings(home))
    accept(home, check(home, one.id, settings(home)).id, "a reviewer")
    publish(home, settings(home))
    return get(home, one.id)


def test_what_others_rest_on_is_not_undone_and_they_are_named(home: Path) -> None:
    first = standing(home, THING)
    second = sent(home, pointing("sfax", "b", f"{OWN}a"))
    with pytest.raises(ContributionError) as refused:
        undo(home, first.id, "someone", WHY)
    assert refused.value.rule == "rested-on"
    for lang in ("fr", "en"):
        assert second.id in refused.value.message(lang)
        assert f"{OWN}a" in refused.value.message(lang)
    assert (state(home, first), state(home, second)) == ("published", "published")


def test_all_that_rests_on_it_goes_with_it_when_asked(home: Path) -> None:
    first = standing(home, THING)
    second = sent(home, pointing("sfax", "b", f"{OWN}a"))
    third = sent(
        home, pointing("tunis", "c", f"{BASE}id/partner/sfax/b"), "tunis", graph=f"{MAIN}/c"
    )
    apart = sent(home, contributing.line("x", owner="sfax"), graph=f"{BASE}graph/partner/sfax/x")
    assert list(resting(home, first.id)) == [third.id, second.id]
    undo(home, first.id, "someone", WHY, others=True)
    publish(home, settings(home))
    assert [state(home, one) for one in (first, second, third, apart)] == [
        "undone", "undone", "undone", "published",
    ]  # fmt: skip
    assert first.id in get(home, second.id).history[-1].why["fr"]
    assert f"{OWN}a" not in served(home)
    assert contributing.line("x", owner="sfax") in served(home)


def test_what_somebody_else_describes_too_is_not_lost(home: Path) -> None:
    first = standing(home, THING)
    standing(home, THING, graph=f"{MAIN}/again")
    sent(home, pointing("sfax", "b", f"{OWN}a"))
    assert resting(home, first.id) == {}
    assert undo(home, first.id, "someone", WHY).state == "undone"


def test_what_stays_published_is_not_said_to_be_taken_back(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = standing(home, THING)
    monkeypatch.setattr(api.tokens, "settings", lambda: settings(home))
    monkeypatch.setattr(api.sending, "undone", lambda *_: None)
    monkeypatch.setattr(api.sending, "is_leaving", lambda _: False)
    with pytest.raises(ContributionError, match=f"{one.id} stays published"):
        api.taken_back(one, WHY)
