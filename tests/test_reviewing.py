"""Who reviews: decides once, publishes now or later, never what it sent itself."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import contributing
import partnering
import pytest
from contributing import MAIN, OWN, line
from flask import Flask
from werkzeug.test import TestResponse

from coopkg.contributions import get, publication
from coopkg.contributions.publication import Made
from coopkg.serve.partners import passes
from coopkg.terms import BASE, expand

WHY = "Une erreur de nom."
STOPPED = Made("", "stopped", "le disque est plein", "the disk is full")


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with partnering.service(tmp_path_factory.mktemp("reviewing")) as made:
        tokens = made.extensions["test_tokens"]
        home_ = made.extensions["coopkg_settings"].home
        tokens["marie"] = contributing.partner(home_, "marie", "reviewer")
        yield made


def home(app: Flask) -> Path:
    return Path(app.extensions["coopkg_settings"].home)


def sent(app: Flask, text: str, who: str = "tunis") -> str:
    data = {
        "token": app.extensions["test_tokens"][who], "licence": "CC-BY-4.0", "consent": "yes",
        "action": "send", "file": (io.BytesIO(text.encode()), "stages.ttl"),
    }  # fmt: skip
    form = {"content_type": "multipart/form-data"}
    done = app.test_client().post("/fr/contribute", data=data, **form)
    assert done.status_code == 303, done.text
    return str(done.headers["Location"].split("/")[3].partition("?")[0])


def review(app: Flask, name: str = "", who: str = "marie", **fields: str) -> TestResponse:
    data: dict[str, Any] = {"token": app.extensions["test_tokens"][who], **fields}
    return app.test_client().post(f"/fr/review{name and '/' + name}", data=data)


def served(app: Flask, value: str) -> bool:
    return value in app.test_client().get(f"/graphs?graph={MAIN}&format=nt").text


def buttons(page: TestResponse) -> set[str]:
    return set(re.findall(r'name="action" value="([a-z-]+)"', page.text))


def test_a_reviewer_decides_of_what_others_send_and_never_of_its_own(app: Flask) -> None:
    name = sent(app, line("own", owner="marie"), "marie")
    assert get(home(app), name).state == "waiting", "a reviewer is reviewed too"
    page = review(app, name)
    assert "quelqu’un d’autre doit la relire" in page.text
    assert buttons(page) == set()
    forced = review(app, name, action="accept")
    assert (forced.status_code, get(home(app), name).state) == (403, "waiting")
    by = review(app, name, who="op")
    assert {"accept", "accept-later", "refuse"} <= buttons(by)
    assert review(app, name, who="op", action="refuse", why=WHY).status_code == 200
    assert review(app, name, who="sfax").status_code == 403
    graph = {"graph": f"{BASE}graph/elsewhere"}
    headers = {**partnering.bearer(app, "marie"), "Content-Type": "text/turtle"}
    put = app.test_client().put("/graphs", query_string=graph, headers=headers, data=line("x"))
    assert put.status_code == 403, "to review is not to write every graph"


def test_several_are_accepted_then_published_at_once_and_so_are_several_undone(
    app: Flask,
) -> None:
    names = [sent(app, line(f"several{n}")) for n in range(3)]
    for name in names:
        page = review(app, name, action="accept-later")
        assert get(home(app), name).state == "accepted"
        assert "acceptée, pas encore publiée" in page.text
        assert "publish" in buttons(page)
    assert not served(app, "several0")
    before = app.extensions["coopkg"].service().generation.number
    inbox = review(app)
    assert "Accepté ou annulé, à publier (3)" in inbox.text.replace("\u00a0", " ")
    done = review(app, action="publish")
    after = app.extensions["coopkg"].service().generation
    assert after.number == before + 1
    assert f"génération {after.id}" in done.text
    assert all(served(app, f"several{n}") for n in range(3))
    again = review(app, action="publish")
    assert "Rien n’attend d’être publié" in again.text
    assert app.extensions["coopkg"].service().generation.number == after.number
    for name in names[:2]:
        review(app, name, action="undo-later", why=WHY)
        assert get(home(app), name).state == "undone"
    assert served(app, "several0"), "as long as nobody publishes"
    assert review(app, names[0], action="publish").status_code == 200
    assert [served(app, f"several{n}") for n in range(3)] == [False, False, True]


def test_what_was_accepted_but_not_published_by_no_fault_of_its_own_is_published_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, whole in enumerate((True, False)):
        name = sent(app, line(f"again{number}"))
        with monkeypatch.context() as broken:
            broken.setattr(publication, "_started", lambda *_: STOPPED)
            page = review(app, name, action="accept")
            assert page.status_code == 503
            assert f"{name} est acceptée, mais pas encore publiée" in page.text
            assert "le disque est plein" in page.text
            assert "publish" in buttons(page)
            again = review(app, "" if whole else name, action="publish")
            assert again.status_code == 503
            assert "le disque est plein" in again.text
        assert get(home(app), name).state == "accepted"
        review(app, "" if whole else name, action="publish")
        assert get(home(app), name).state == "published"
        assert served(app, f"again{number}")


def test_a_publication_that_is_refused_when_asked_again_names_what_failed(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = sent(app, line("blamed"))
    review(app, name, action="accept-later")
    made = Made("", "PublicationError", "une question ne répond plus", "no answer", (name,))
    with monkeypatch.context() as broken:
        broken.setattr(publication, "_started", lambda *_: made)
        page = review(app, action="publish")
    assert "La publication a été refusée" in page.text
    assert name in page.text
    assert get(home(app), name).state == "failed"
    assert "une question ne répond plus" in review(app, name).text
    review(app, name, action="refuse", why=WHY)


def test_what_is_decided_twice_is_decided_once_and_told_in_words(app: Flask) -> None:
    name = sent(app, line("twice"))
    assert review(app, name, action="accept").status_code == 200
    again = review(app, name, action="accept")
    assert again.status_code == 409
    assert "C’est déjà décidé : publiée." in html.unescape(again.text).replace("\u00a0", " ")
    assert "published" not in again.text
    assert review(app, name, action="refuse", why=WHY).status_code == 409
    lacks = review(app, name, action="undo", why=" ")
    assert "dire pourquoi" in lacks.text
    assert "déjà décidé" not in lacks.text


def test_who_takes_part_is_told_where_the_action_names_it_and_not_by_an_address(
    app: Flask,
) -> None:
    label, part = expand("skos:prefLabel"), expand("coop:participation")
    text = (
        f'<{OWN}sfax> {label} "Appui à Sfax" .\n<{OWN}sfax> {part} <{OWN}sfax-lead> .\n'
        f"<{OWN}sfax-lead> {expand('rdf:type')} {expand('coop:Participation')} .\n"
        f"<{OWN}sfax-lead> {expand('coop:lead')} <{OWN}regie> .\n"
    )
    page = review(app, sent(app, text))
    assert "<h3>Appui à Sfax</h3>" in page.text
    assert page.text.count("<h3>") == 1, "the participation has no heading of its own"
    diff = page.text.partition('<ul class="diff">')[2].partition("<h2")[0]
    assert f"{OWN}regie" in diff, "what nobody named keeps its address"
    assert f"{OWN}sfax-lead" not in diff


def test_the_report_is_taken_away_in_each_format_that_is_offered(app: Flask) -> None:
    text = line("kept") + "# warnings\n"
    name = sent(app, text)
    page = review(app, name)
    assert "il manque un nom" in page.text
    with app.test_request_context():
        code = passes.code(name)
    shown = app.test_client().get(f"/fr/contributions/{name}?code={code}").text
    forms = re.findall(rf'href="/fr/contributions/{name}\.([a-z]+)\?code={code}"', shown)
    assert forms == ["csv", "txt", "json", "sarif", "ttl"]
    for form in forms:
        taken = app.test_client().get(f"/fr/contributions/{name}.{form}?code={code}")
        assert taken.status_code == 200
        assert f'filename="{name}.{form}"' in taken.headers["Content-Disposition"]
        assert "il manque un nom" in taken.text
