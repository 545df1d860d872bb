"""Every page in both languages: no dead link, one language, no bare address, valid code.

What `crawl` reads, and what of it is drawn by digest, is said there.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zlib import crc32

import crawl
import page_reader
import pytest
from crawl import Crawl
from flask import Flask
from flask.testing import FlaskClient
from languages import Words, of_templates
from states import STATES

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "coopkg/serve/templates"
VALIDATOR = Path(__file__).parent / "clients"
DRAWN = 40
SHOWN = 25


@pytest.fixture(scope="module")
def words(app: Flask) -> Words:
    labels = app.extensions["coopkg"].service().labels
    return Words(of_templates(TEMPLATES), labels)


def addresses(client: FlaskClient) -> list[str]:
    """Return what the site map lists, without the host."""
    listed = re.findall(r"<loc>([^<]*)</loc>", client.get("/sitemap.xml").text)
    parts = [urlsplit(one.replace("&amp;", "&")) for one in listed]
    return [one.path + ("?" + one.query if one.query else "") for one in parts]


@pytest.mark.parametrize("lang", crawl.LANGS)
def test_every_page_leads_somewhere_and_speaks_its_language(
    app: Flask, words: Words, lang: str
) -> None:
    client = app.test_client()
    walk = Crawl(client, lang, words)
    mapped = [one for one in addresses(client) if one.startswith(f"/{lang}/")]
    chosen = crawl.with_choices(client, lang)
    walk.walk([*mapped, *chosen, *(state.path(lang) for state in STATES if state.status == 200)])
    assert len(walk.checked) > len(mapped) + len(chosen)
    faults: dict[str, list[str]] = {}
    for address, found in walk.faults.items():
        for fault in found:
            faults.setdefault(fault, []).append(address)
    shown = [f"{len(at)} × {fault}: {at[0]}" for fault, at in faults.items()]
    assert not shown, "\n".join([f"{len(shown)} faults", *shown[:SHOWN]])


@pytest.mark.parametrize("state", [one for one in STATES if one.status != 200], ids=str)
def test_a_page_that_refuses_is_as_well_made_as_others(
    app: Flask, words: Words, state: object
) -> None:
    for lang in crawl.LANGS:
        found = app.test_client().get(state.path(lang), headers={"Accept": "text/html"})
        assert found.status_code == state.status
        assert Crawl(app.test_client(), lang, words).judge(page_reader.read(found.text), lang) == []


def valid(pages: Mapping[str, str]) -> dict[str, list[str]]:
    """Return what html-validate finds wrong."""
    node = shutil.which("node")
    if node is None or not (VALIDATOR / "node_modules/html-validate").exists():
        if os.environ.get("CI"):
            pytest.fail("needs html-validate: tests/tools/install")
        pytest.skip("needs html-validate: tests/tools/install")
    done = subprocess.run(
        [node, "html_validate.mjs"],
        cwd=VALIDATOR,
        input=json.dumps(dict(pages)),
        capture_output=True,
        text=True,
        check=True,
    )
    return dict(json.loads(done.stdout))


def test_the_code_of_pages_is_valid(app: Flask) -> None:
    client = app.test_client()
    drawn = sorted(addresses(client), key=lambda one: crc32(one.encode()))[:DRAWN]
    # The other language of a state is the same template: one of the two shows its code.
    paths = [*drawn, *(state.path(crawl.read_in(state.name)) for state in STATES)]
    pages = {path: client.get(path, headers={"Accept": "text/html"}).text for path in paths}
    faults = valid(pages)
    assert not faults, json.dumps(faults, indent=1, ensure_ascii=False)[:4000]


def test_a_validator_that_finds_nothing_would_be_noticed() -> None:
    page = "<!doctype html><html lang=fr><title>a</title><p id=a><p id=a><table><p>"
    assert set(valid({"bad": page, "good": GOOD})) == {"bad"}


GOOD = (
    '<!doctype html><html lang="fr"><head><title>Un</title></head><body><header></header><nav>'
    '</nav><main><h1>Un</h1><p><a href="/b#c">autre</a></p></main><footer></footer></body></html>'
)


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (("</h1>", "</h1><p>"), "closes p"),
        (("<p>", '<p id="a"></p><p id="a">'), "twice"),
        (("<p>", '<p aria-describedby="x">'), "no id x"),
        (("<h1>", "<h1></h1><h1>"), "2 headings"),
        (("<p>", "<h3>a</h3><p>"), "heading 3 after 1"),
        (("<p>", "<table><tr><th>a</th></tr></table><p>"), "without caption"),
        (("<p>", "<table><tr><th>a</th></tr></table><p>"), "without scope"),
        (("<p>", '<p style="color:red">'), "style on"),
        (("<p>", "<video></video><p>"), "<video>"),
        (('href="/b#c"', 'href="#"'), "link to nothing"),
        (("<nav></nav>", ""), "no nav"),
        (("autre", "Where the answer is and what it says"), "words of en"),
        (("autre", "Home"), "known in en"),
        (("autre", "Organisme international"), "known in en"),
        (("autre", "https://w3id.org/cnfpt-coop/id/organisation/x"), "bare IRI"),
        (('lang="fr"', 'lang="en"'), "says en"),
    ],
)
def test_each_fault_would_be_seen(change: tuple[str, str], fault: str) -> None:
    words = Words(
        [("Accueil", "Home")],
        {
            "https://w3id.org/cnfpt-coop/id/organisation/x": {
                "fr": "Organisation x",
                "en": "Organisme international",
            }
        },
    )

    def judged(html: str) -> list[str]:
        # A page is never asked for here.
        return Crawl(FlaskClient(Flask("none")), "fr", words).judge(page_reader.read(html), "fr")

    assert judged(GOOD) == []
    assert any(fault in one for one in judged(GOOD.replace(*change, 1)))


def test_a_dead_link_and_a_dead_fragment_are_seen() -> None:
    site = Flask("site")
    site.add_url_rule("/fr/", "a", lambda: GOOD.replace("</p>", '<a href="/gone">x</a></p>'))
    site.add_url_rule("/b", "b", lambda: GOOD)
    walk = Crawl(site.test_client(), "fr", Words([], {}))
    walk.walk(["/fr/"])
    assert walk.faults["/gone"] == ["status 404"]
    assert "no #c in /b" in walk.faults["/fr/"]
