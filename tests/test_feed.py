"""The feed: what changed from one generation to the next, in words, as Atom."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from coopkg import generation
from coopkg.answers import compared
from coopkg.config import Settings
from coopkg.generation import Generation
from coopkg.serve import create_app
from coopkg.terms import BASE, NS

ATOM = "{http://www.w3.org/2005/Atom}"
NEW = f'<{BASE}id/organisation/new> <{NS}acronym> "NEW < & é"@fr .\n'


def feed(client: FlaskClient, lang: str = "fr") -> ElementTree.Element:
    found = client.get(f"/feed.atom?lang={lang}")
    assert found.status_code == 200, found.text
    assert found.mimetype == "application/atom+xml"
    return ElementTree.fromstring(found.data)


def revised(home: Path) -> Generation:
    """Publish the same generation with a triple more, and a question less; change an answer."""
    old = generation.current(home)
    with generation.staging(home) as staging:
        for name in old.manifest.files:
            (staging / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(old.path / name, staging / name)
            (staging / name).chmod(0o644)
        with (staging / "store.nq").open("a", encoding="utf-8") as store:
            store.write(NEW)
        answers = json.loads((staging / "answers.json").read_text(encoding="utf-8"))
        changed = answers["partners-by-theme-and-place"]
        changed["rows"] = [
            ["organisation:<b>", "theme:culture", "place:tunisie"],
            *changed["rows"][1:],
        ]
        changed["sha256"] = "0" * 64
        del answers["trainees-by-year"]
        (staging / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
        sources = {"graph_data/new.ttl": "0" * 64}
        return generation.publish(staging, home, sources, old.manifest.graphs, datetime.now(UTC))


@pytest.fixture(scope="module")
def changing(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield the service on three generations: one, one that changes, and the first one again."""
    home = Path(shutil.copytree(published, tmp_path_factory.mktemp("feed") / "home"))
    first = generation.current(home)
    revised(home)
    generation.rollback(home, first.id, datetime.now(UTC))
    app = create_app(Settings(home=home))
    yield app
    app.extensions["coopkg"].close()


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_feed_is_atom(changing: Flask, lang: str) -> None:
    """RFC 4287, sections 4.1.1 and 4.1.2."""
    root = feed(changing.test_client(), lang)
    assert root.tag == ATOM + "feed"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == lang
    entries = root.findall(ATOM + "entry")
    assert len(entries) == 3
    assert root.find(ATOM + "author/" + ATOM + "name") is not None
    for one in (root, *entries):
        for name in ("id", "title", "updated"):
            assert len(one.findall(ATOM + name)) == 1, name
            assert one.findtext(ATOM + name)
        assert re.fullmatch(r"https?://\S+", one.findtext(ATOM + "id", ""))
        assert datetime.fromisoformat(one.findtext(ATOM + "updated", "")).tzinfo
        pairs = [
            (link.get("type"), link.get("hreflang"))
            for link in one.findall(ATOM + "link")
            if link.get("rel") == "alternate"
        ]
        assert len(pairs) == len(set(pairs)) >= 1
    for one in entries:
        (content,) = one.findall(ATOM + "content")
        assert content.get("type") == "html"
        HTMLParser().feed(content.text or "")
    ids = [one.findtext(ATOM + "id") for one in entries]
    assert len(set(ids)) == 3
    dates = [one.findtext(ATOM + "updated", "") for one in entries]
    assert dates == sorted(dates, reverse=True)
    assert root.findtext(ATOM + "updated") == dates[0]
    (own,) = (one for one in root.findall(ATOM + "link") if one.get("rel") == "self")
    assert own.get("href", "").endswith(f"/feed.atom?lang={lang}")


def test_what_changed_is_said_in_words(changing: Flask) -> None:
    client = changing.test_client()
    said = {
        lang: {
            one.findtext(ATOM + "title"): one.findtext(ATOM + "content", "")
            for one in feed(client, lang).findall(ATOM + "entry")
        }
        for lang in ("fr", "en")
    }
    assert list(said["fr"]) == [
        "Génération 3\u00a0: 0 fait ajouté, 1 retiré, 2 réponses changées",
        "Génération 2\u00a0: 1 fait ajouté, 0 retiré, 2 réponses changées",
        "Génération 1\u00a0: la plus ancienne conservée",
    ]
    assert list(said["en"]) == [
        "Generation 3: 0 facts added, 1 removed, 2 answers changed",
        "Generation 2: 1 fact added, 0 removed, 2 answers changed",
        "Generation 1: the oldest that is kept",
    ]
    back, changed, _ = said["en"].values()
    assert "It brings back the content of generation 1" in back
    gained, lost = re.findall(r"(?:gains|loses) 1 \(([^)]*)\)", changed)
    assert "organisation:&lt;b&gt;" in gained
    assert lost
    assert "&lt;b&gt;" not in lost
    assert changed.index("gains") < changed.index("loses")
    assert "question removed" in changed
    assert "/en/questions/partners-by-theme-and-place" in changed
    assert "new question" in back


def test_an_entry_keeps_its_name_and_its_date(changing: Flask) -> None:
    client = changing.test_client()

    def named(lang: str) -> list[tuple[str, str]]:
        return [
            (one.findtext(ATOM + "id", ""), one.findtext(ATOM + "updated", ""))
            for one in feed(client, lang).findall(ATOM + "entry")
        ]

    assert named("fr") == named("fr")
    assert not {one for one, _ in named("fr")} & {one for one, _ in named("en")}
    tag = client.get("/feed.atom?lang=fr").headers["ETag"]
    assert client.get("/feed.atom?lang=fr", headers={"If-None-Match": tag}).status_code == 304


def test_each_entry_leads_to_its_generation(changing: Flask) -> None:
    client, here = changing.test_client(), changing.config["PUBLIC_URL"]
    for one in feed(client).findall(ATOM + "entry"):
        link = one.find(ATOM + "link")
        assert link is not None
        found = client.get(link.get("href", "").removeprefix(here), headers={"Accept": "text/html"})
        assert found.status_code == 200


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_pages_lead_to_the_feed_of_their_language(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/{lang}/", headers={"Accept": "text/html"}).text
    (found,) = re.findall(r'<link rel="alternate" type="application/atom\+xml"[^>]*>', page)
    assert f'href="/feed.atom?lang={lang}"' in found


def test_a_single_generation_makes_a_feed(client: FlaskClient) -> None:
    (entry,) = feed(client).findall(ATOM + "entry")
    assert "la plus ancienne conservée" in entry.findtext(ATOM + "title", "")


def test_a_generation_that_cannot_be_read_again_is_said_so(home: Path) -> None:
    first = generation.current(home)
    revised(home)
    app = create_app(Settings(home=home))
    try:
        store = first.path / "store.nq"
        store.chmod(0o644)
        store.write_bytes(store.read_bytes()[:-1])
        title = feed(app.test_client(), "en").findtext(f"{ATOM}entry/{ATOM}title")
        assert title == "Generation 2: comparison impossible"
    finally:
        app.extensions["coopkg"].close()


def test_answers_of_another_shape_are_not_compared(home: Path) -> None:
    assert not compared.are_answers({"a": {"columns": [], "rows": []}})
    assert not compared.are_answers([])
    old = generation.current(home)
    with generation.staging(home) as staging:
        for name in old.manifest.files:
            if name != "answers.json":
                (staging / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(old.path / name, staging / name)
                (staging / name).chmod(0o644)
        generation.publish(staging, home, {"new.ttl": "1" * 64}, {}, datetime.now(UTC))
    revised_app = create_app(Settings(home=home))
    try:
        text = feed(revised_app.test_client(), "en").findtext(f"{ATOM}entry/{ATOM}title")
        assert text == "Generation 2: nothing changes"
    finally:
        revised_app.extensions["coopkg"].close()


TERMS = st.one_of(
    st.builds(ox.Literal, st.text(max_size=12)),
    st.builds(lambda text: ox.Literal(text, language="fr"), st.text(max_size=8)),
    st.builds(ox.Literal, st.integers()),
    st.just(ox.NamedNode("http://e/x")),
    st.just(ox.BlankNode("b")),
)
GRAPHS = st.sampled_from([ox.DefaultGraph(), ox.NamedNode("http://e/g"), ox.BlankNode("g")])
QUADS = st.sets(
    st.builds(
        lambda o, g: ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), o, g),
        TERMS,
        GRAPHS,
    ),
    max_size=6,
)


@given(QUADS, QUADS)
def test_triples_are_compared_as_the_store_would(older: set[ox.Quad], newer: set[ox.Quad]) -> None:
    def written(quads: set[ox.Quad]) -> bytes:
        return "".join(f"{one} .\n" for one in quads).encode()

    def default(quads: set[ox.Quad]) -> set[str]:
        return {str(one) for one in quads if isinstance(one.graph_name, ox.DefaultGraph)}

    before, after = default(older), default(newer)
    expected = len(after - before), len(before - after)
    assert compared.touched(written(older), written(newer), BASE)[:2] == expected
