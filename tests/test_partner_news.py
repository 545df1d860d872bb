"""The feed of a partner: what is published to everybody, the rest to itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree

import contributing
import partnering
import pytest
from contributing import line, upload
from flask import Flask

from coopkg import contributions
from coopkg.contributions import partners
from coopkg.serve.partners import passes

ATOM = "{http://www.w3.org/2005/Atom}"
WHY = {"fr": "le nom de <Mme X> est faux", "en": "the name of <Mrs X> is wrong"}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with partnering.service(tmp_path_factory.mktemp("news")) as made:
        home = made.extensions["coopkg_settings"].home
        settings = contributing.settings(home)
        one, other, left = (
            contributions.submit(home, upload(line(name)), settings).id for name in "abc"
        )
        contributions.refuse(home, other, "Alice", WHY)
        contributions.accept(home, one, "Alice")
        contributions.accept(home, left, "Alice")
        contributions.undo(home, left, "Alice", WHY)  # before it was ever published
        contributions.publish(home, settings)
        contributions.undo(home, one, "Alice", WHY)
        yield made


def read(app: Flask, lang: str, code: str = "", name: str = "tunis") -> ElementTree.Element:
    given = f"?code={code}" if code else ""
    answer = app.test_client().get(f"/{lang}/partners/{name}/feed.atom{given}")
    assert answer.status_code == 200, answer.text
    assert answer.mimetype == "application/atom+xml"
    return ElementTree.fromstring(answer.data)


def titles(feed: ElementTree.Element) -> list[str]:
    return [str(one.findtext(f"{ATOM}title")) for one in feed.iter(f"{ATOM}entry")]


def own(app: Flask) -> str:
    with app.app_context():
        return passes.feed(partners.find(app.extensions["coopkg_settings"].home, "tunis"))


def test_everybody_reads_what_was_published_and_taken_out_and_no_reason(app: Flask) -> None:
    assert titles(read(app, "en")) == [
        "Contribution 1: taken out after it was accepted",
        "Contribution 1: published",
    ]
    french = read(app, "fr")
    assert titles(french)[1] == "Contribution 1\u00a0: publiée"
    text = "".join(str(one.text) for one in french.iter(f"{ATOM}content"))
    assert "1 information ajoutée, 0 retirée." in text
    assert "Mme X" not in text
    assert "a.ttl" not in text


def test_a_partner_reads_all_of_it_with_its_code_as_long_as_its_token_lasts(app: Flask) -> None:
    whole = read(app, "en", own(app))
    assert len(titles(whole)) == 12
    assert "Contribution 2: refused" in titles(whole)
    text = "".join(str(one.text) for one in whole.iter(f"{ATOM}content"))
    assert "the name of &lt;Mrs X&gt; is wrong" in text
    assert "a.ttl" in text
    client = app.test_client()
    for wrong in ("0" * 32, "é", own(app)[:-1]):
        assert client.get(f"/fr/partners/tunis/feed.atom?code={wrong}").status_code == 404
    assert client.get(f"/fr/partners/sfax/feed.atom?code={own(app)}").status_code == 404
    before = own(app)
    page = client.post(
        "/fr/partners/tunis", data={"token": app.extensions["test_tokens"]["tunis"]}
    ).text
    assert f"feed.atom?code={before}" in page
    assert before not in client.get("/fr/partners/tunis").text
    partners.renew(app.extensions["coopkg_settings"].home, "tunis")
    assert own(app) != before
    assert client.get(f"/fr/partners/tunis/feed.atom?code={before}").status_code == 404


def test_ids_are_each_ones_own_and_the_same_at_each_reading(app: Flask) -> None:
    for lang in ("fr", "en"):
        first, again = (
            [
                str(one.findtext(f"{ATOM}id"))
                for one in read(app, lang, own(app)).iter(f"{ATOM}entry")
            ]
            for _ in range(2)
        )
        assert first == again
        assert len(first) == len(set(first)) == 12


def test_a_feed_names_its_other_language_and_its_page(app: Flask) -> None:
    links = {
        (one.get("rel"), one.get("hreflang"), re.sub(r"^http://[^/]+", "", str(one.get("href"))))
        for one in read(app, "fr").iterfind(f"{ATOM}link")
    }
    assert links == {
        ("self", "fr", "/fr/partners/tunis/feed.atom"),
        ("alternate", "en", "/en/partners/tunis/feed.atom"),
        ("alternate", "fr", "/fr/partners/tunis"),
    }
    assert titles(read(app, "fr", name="sfax")) == []
    assert app.test_client().get("/fr/partners/nobody/feed.atom").status_code == 404
