"""Pages made before anybody asks: whoever comes first gets a kept one, and nobody is charged."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest
from flask import Flask

from coopkg.config import Settings
from coopkg.serve import create_app, http
from coopkg.serve.warming import Warming, addresses

MOST = 6
FIREFOX = {
    "Accept": "text/html,application/xhtml+xml,*/*;q=0.8",
    "Accept-Encoding": "gzip, br",
    "Accept-Language": "en;q=0.5, fr",
}


@contextmanager
def warmed(published: Path) -> Iterator[Flask]:
    """Give an application whose first pages were made ahead."""
    app = create_app(Settings(home=published, warm_pages=MOST))
    live = app.extensions["coopkg"]
    try:
        assert warming(app).warm(live.service(), rest=0.0) == MOST
        yield app
    finally:
        live.close()


@pytest.fixture(scope="module")
def warm(published: Path) -> Iterator[Flask]:
    with warmed(published) as app:
        yield app


def warming(app: Flask) -> Warming:
    found = app.extensions["coopkg_warming"]
    assert isinstance(found, Warming)
    return found


def listed(app: Flask) -> list[tuple[str, str]]:
    return list(addresses(app.extensions["coopkg"].service()))


def test_the_first_visitor_gets_a_page_that_was_made_ahead(warm: Flask) -> None:
    path, query = listed(warm)[0]
    found = warm.test_client().get(f"{path}?{query}" if query else path, headers=FIREFOX)
    assert found.status_code == 200
    assert found.headers["X-Cache"] == "hit"
    assert found.headers["Content-Encoding"] == "gzip"
    assert "RateLimit" not in found.headers


def test_no_more_pages_than_the_setting_says_are_made(published: Path) -> None:
    with warmed(published) as app:
        held = app.extensions["coopkg_cache"].stats()["entries"]
        path, query = listed(app)[MOST]
        found = app.test_client().get(f"{path}?{query}" if query else path, headers=FIREFOX)
    assert held == MOST
    assert found.headers["X-Cache"] == "miss"


def test_every_question_begins_in_both_languages_before_any_example(warm: Flask) -> None:
    service = warm.extensions["coopkg"].service()
    every = listed(warm)
    assert len(set(every)) == len(every)
    begun = 2 * len(service.questions)
    for slug, question in service.questions.items():
        for lang in ("fr", "en"):
            path = f"/{lang}/questions/{slug}"
            assert every.index((path, urlencode(question.required_examples()))) < begun
            assert (path, urlencode(dict(question.examples))) in every


def test_every_choice_that_a_page_offers_is_made_ahead_after_those(warm: Flask) -> None:
    client, every = warm.test_client(), set(listed(warm))
    questions = warm.extensions["coopkg"].service().questions
    pages = [(slug, one) for slug, one in questions.items() if one.parameters]
    assert len(pages) > 20
    for slug, question in pages:
        least = question.required_examples()
        page = client.get(f"/en/questions/{slug}", query_string=least).get_data(as_text=True)
        for parameter in question.parameters:
            field = page.partition(f'name="{parameter.name}"')[2].partition("</select>")[0]
            offered = {html.unescape(one) for one in re.findall(r'<option value="([^"]+)"', field)}
            assert offered, (slug, parameter.name)
            for value in offered:
                given = {**least, parameter.name: value}
                ordered = {
                    one.name: given[one.name] for one in question.parameters if one.name in given
                }
                for lang in ("fr", "en"):
                    assert (f"/{lang}/questions/{slug}", urlencode(ordered)) in every


def test_what_serves_makes_pages_ahead_by_itself_and_nobody_is_charged(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopkg.serve.warming.LOOK_EVERY_S", 0.01)
    app = http._service(Settings(home=published, warm_pages=2))
    assert isinstance(app, Flask)
    shares, kept = app.extensions["coopkg_shares"], app.extensions["coopkg_cache"]
    before, deadline = shares.left(""), time.monotonic() + 60
    try:
        while kept.stats()["entries"] < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        warming(app).stop()
        assert kept.stats()["entries"] == 2
        assert shares.left("") == before
    finally:
        app.extensions["coopkg"].close()


def test_a_page_is_shared_by_browsers_and_data_by_none_that_ask_for_another_format(
    warm: Flask,
) -> None:
    client, path = warm.test_client(), "/fr/questions/forum-launch?inference=off"
    assert client.get(path, headers=FIREFOX).headers["X-Cache"] == "miss"
    other = client.get(path, headers={"Accept": "text/html", "Accept-Language": "de"})
    assert other.headers["X-Cache"] == "hit"
    assert not {"Accept", "Accept-Language"} & set(other.vary)
    data = "/sparql?query=ASK%7B%7D"
    first = client.get(data, headers={"Accept": "application/sparql-results+json"})
    second = client.get(data, headers={"Accept": "application/sparql-results+xml"})
    assert first.mimetype != second.mimetype


def test_pages_are_not_made_ahead_for_a_generation_that_answers_no_more(warm: Flask) -> None:
    class Elsewhere:
        def standing(self) -> str:
            return "another"

    live = warm.extensions["coopkg"]
    ours = warming(warm)
    other = Warming(ours._front, Elsewhere(), MOST)  # type: ignore[arg-type]
    assert other.warm(live.service(), rest=0.0) == 0
