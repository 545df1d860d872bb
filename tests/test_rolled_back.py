"""After a rollback the journal and what is served differ, and everybody is told which is which."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import partnering
import pytest
from contributing import NOW, line
from flask import Flask
from partnering import TURTLE, bearer, said

from coopkg import cli, generation
from coopkg.contributions import get, publish, serving, submit, undo
from coopkg.contributions.model import Upload
from coopkg.serve.partners import passes
from coopkg.terms import BASE

GRAPH = f"{BASE}graph/partner/sfax"
WHY = {"fr": "demandé", "en": "asked for"}


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with partnering.service(tmp_path / "home") as made:
        yield made


def told(app: Flask, name: str) -> tuple[str, bool, str]:
    answer = said(app.test_client().get(f"/api/contributions/{name}", headers=bearer(app, "sfax")))
    return answer["state"], answer["served"], (answer["note"] or {}).get("en", "")


def test_what_a_rollback_takes_away_or_brings_back_is_told(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = app.extensions["coopkg_settings"]
    home = settings.home
    body = line("a", owner="sfax").encode()
    name = submit(home, Upload("sfax", "a.ttl", TURTLE, body, graph=GRAPH), settings).id
    assert told(app, name) == ("published", True, "")
    held = generation.current(home)

    assert cli.main(["rollback", "1", "--home", str(home), "--lang", "en"]) == 0
    printed = capsys.readouterr().err
    assert name in printed
    assert "published, but not in what is served" in printed
    state, served, note = told(app, name)
    assert (state, served) == ("published", False)
    assert "The next publication will bring it back" in note
    with app.app_context():
        code = passes.code(name)
    page = app.test_client().get(f"/fr/contributions/{name}?code={code}")
    assert "publiée, mais pas dans ce qui est servi" in page.text
    listed = said(app.test_client().get("/api/contributions", headers=bearer(app, "sfax")))
    assert [one["served"] for one in listed["contributions"] if one["id"] == name] == [False]

    publish(home, settings)
    assert told(app, name) == ("published", True, "")
    undo(home, name, "a reviewer", WHY)
    assert "the next publication will take it out" in told(app, name)[2]
    publish(home, settings)
    assert told(app, name) == ("undone", False, "")

    made = generation.rollback(home, str(held.number), NOW)
    assert told(app, name)[1]
    assert "still in what is served" in told(app, name)[2]
    assert next(serving.lines(home, made, "fr")).startswith(f"{name}  sfax: retirée, mais")


def test_nothing_is_added_to_what_is_just_being_switched_to(app: Flask) -> None:
    headers = bearer(app, "sfax")
    body = line("b", owner="sfax")
    query = {"graph": GRAPH}
    client = app.test_client()
    assert (
        client.put(
            "/graphs", query_string=query, data=body, content_type=TURTLE, headers=headers
        ).status_code
        == 201
    )
    home = app.extensions["coopkg_settings"].home
    (one,) = said(client.get("/api/contributions", headers=headers))["contributions"]
    before = serving.Served(1, frozenset())
    assert serving.note(get(home, one["id"]), before) == {}
