"""The first page and the catalogue: every question is two clicks away, and says how it answers."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from coopkg import generation
from coopkg.config import Settings
from coopkg.generation import Generation
from coopkg.serve import create_app, home
from coopkg.serve.i18n import LANGS

FLAGSHIP = "partners-by-theme-and-place"


def text(page: str) -> str:
    """Return a page as it is read: no tags, one blank between words."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def links(page: str) -> set[str]:
    return {html.unescape(one) for one in re.findall(r'href="(/[^"]*)"', page)}


def questions(page: str, lang: str) -> list[str]:
    """Return the addresses of questions that a page lists, in order."""
    found = re.findall(rf'href="(/{lang}/questions/[^"#]*)"', page)
    return [html.unescape(one) for one in found]


def revised(home: Path) -> Generation:
    """Publish the same generation again, with other answers, and without what it counted."""
    old = generation.current(home)
    with generation.staging(home) as staging:
        for name in old.manifest.files.keys() - {"browse.json", "offers.json"}:
            (staging / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(old.path / name, staging / name)
            (staging / name).chmod(0o644)
        answers = json.loads((staging / "answers.json").read_text(encoding="utf-8"))
        for slug in (FLAGSHIP, "working-days-total"):
            answers[slug]["sha256"] = "0" * 64
        answers[FLAGSHIP]["rows"] = answers[FLAGSHIP]["rows"][1:]
        answers[FLAGSHIP]["count"] -= 1
        answers["gone-or-new"] = answers.pop("legal-instruments")
        (staging / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
        sources = {"graph_data/new.ttl": "0" * 64}
        return generation.publish(staging, home, sources, old.manifest.graphs, datetime.now(UTC))


@pytest.fixture(scope="module")
def twice(
    published: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[FlaskClient, Generation]]:
    """Return a client of a home with two generations, and the older one."""
    copy = Path(shutil.copytree(published, tmp_path_factory.mktemp("twice") / "home"))
    old = generation.current(copy)
    revised(copy)
    app = create_app(Settings(home=copy))
    yield app.test_client(), old
    app.extensions["coopkg"].close()


@pytest.mark.parametrize("lang", LANGS)
def test_every_question_is_reached_from_the_first_page(client: FlaskClient, lang: str) -> None:
    first = client.get(f"/{lang}/").text
    assert f"/{lang}/questions" in links(first)
    listed = {
        one.partition("?")[0] for one in questions(client.get(f"/{lang}/questions").text, lang)
    }
    every = client.get("/api/questions").json["questions"]
    assert listed == {f"/{lang}/questions/{one['slug']}" for one in every}


@pytest.mark.parametrize("lang", LANGS)
def test_the_first_page_searches_asks_and_leads_to_every_way(
    client: FlaskClient, lang: str
) -> None:
    page = client.get(f"/{lang}/").text
    assert page.count(f'action="/{lang}/search"') == 1  # not a second time in the header
    assert f'action="/{lang}/questions/{FLAGSHIP}"' in page
    assert re.search(r'<option value="mediterranee" selected>', page)
    ways = {
        f"/{lang}/browse/{one}" for one in ("countries", "themes", "actors", "networks", "years")
    }
    assert ways | {f"/{lang}/compare", f"/{lang}/browse", f"/sparql?lang={lang}"} <= links(page)
    assert page.index('role="search"') < page.index("<h2")  # first of all


def test_what_the_data_cover_is_counted_from_the_generation(
    client: FlaskClient, published: Path
) -> None:
    sealed = generation.current(published).read_json("browse.json")["covers"]
    page = text(client.get("/fr/").text)
    first, last = sealed["years"]
    assert f"Chiffres : de {first} à {last}" in page
    gaps = client.get("/api/questions/what-the-source-does-not-say").json
    assert gaps["counted"]["count"] == sealed["gaps"]  # what the link shows
    assert f"{sealed['gaps']} points dont on sait" in page
    years = client.get("/api/questions/working-days-by-year").json["rows"]
    assert last == max(int(row["year"]["value"]) for row in years)


@pytest.mark.parametrize("lang", LANGS)
def test_the_catalogue_says_how_many_rows_one_really_gets(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/{lang}/questions").text
    items = re.findall(
        rf'<a href="(/{lang}/questions/[^"]+)">[^<]*</a><br>\s*<small>(.*?)</small>', page
    )
    assert len(items) == len(client.get("/api/questions").json["questions"])
    for href, said in items:
        answer = client.get("/api" + html.unescape(href).removeprefix(f"/{lang}")).json
        words = text(said)
        if answer["status"] == "complete":
            found = re.search(r"(\d+) (?:ligne|row)", words)
            assert found is not None, href
            assert int(found[1]) == answer["count"], href
        else:
            expected = {
                "not-stated": ("ne le dit pas", "does not say"),
                "empty": ("Aucune ligne", "No row"),
            }
            assert expected[answer["status"]][lang == "en"] in words, href
    statuses = {"ne le dit pas" in said or "does not say" in said for _, said in items}
    assert statuses == {True, False}  # both cases are in the catalogue


def test_the_catalogue_says_what_may_be_chosen_and_when_it_was_checked(
    client: FlaskClient, published: Path
) -> None:
    page = text(client.get("/fr/questions").text)
    assert "au choix : thème, lieu" in page
    assert f"génération {generation.current(published).number}" in page


@pytest.mark.parametrize(
    ("lang", "words", "slug"),
    [
        ("fr", "mission pays", "missions-by-country"),
        ("fr", "PARTENAIRE thèmes", FLAGSHIP),
        ("fr", "delegations", "delegations-total"),  # no accent typed
        ("en", "working days", "working-days-total"),
    ],
)
def test_the_catalogue_keeps_the_questions_that_hold_some_words(
    client: FlaskClient, lang: str, words: str, slug: str
) -> None:
    page = client.get(f"/{lang}/questions", query_string={"q": words}).text
    kept = {one.partition("?")[0] for one in questions(page, lang)}
    assert f"/{lang}/questions/{slug}" in kept
    every = len(client.get("/api/questions").json["questions"])
    assert len(kept) < every
    assert f"{len(kept)} question" in text(page)


def test_no_word_is_lost_when_nothing_is_kept(client: FlaskClient) -> None:
    page = client.get("/fr/questions", query_string={"q": '<b>"zzz'}).text
    assert "Aucune question ne contient tous ces mots" in page
    assert "<b>" not in page
    assert "/fr/search?q=%3Cb%3E%22zzz" in page  # the same words, looked for everywhere
    assert not questions(page, "fr")


def test_a_word_is_matched_from_its_first_letter() -> None:
    category = {
        "label": {"fr": "Chiffres"},
        "questions": [{"title": "Missions", "help": "", "choices": ""}],
    }
    assert home.matching(category, "mission", "fr")
    assert home.matching(category, "chiffres MISSIONS", "fr")
    assert not home.matching(category, "issions", "fr")
    assert not home.matching(category, "missions pays", "fr")


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_new_tells_which_answers_changed(
    twice: tuple[FlaskClient, Generation], lang: str
) -> None:
    client, old = twice
    page = client.get(f"/{lang}/").text
    section = page[page.index('id="news"') :]
    said = text(section)
    changed = {"fr": "4 réponses ont changé", "en": "4 answers changed"}[lang]
    assert changed in said
    assert {"fr": "et 1 de plus", "en": "and 1 more"}[lang] in said
    assert str(old.number + 1) in said
    assert {"fr": "question retirée", "en": "question removed"}[lang] in said
    assert {"fr": "la plus ancienne", "en": "the oldest"}[lang] in said


def test_a_past_first_page_does_not_tell_the_future(
    twice: tuple[FlaskClient, Generation],
) -> None:
    client, old = twice
    page = client.get(f"/fr/?generation={old.id}").text
    assert "ont changé" not in page[page.index('id="news"') :]
    assert all(
        f"generation={old.id}" in one
        for one in questions(page, "fr")
        + [one for one in links(page) if one.startswith("/fr/browse")]
    )


def test_a_generation_without_counts_is_still_listed(
    twice: tuple[FlaskClient, Generation],
) -> None:
    client, old = twice
    assert "Ce que couvrent" not in client.get("/fr/").text
    assert "Ce que couvrent" in client.get(f"/fr/?generation={old.id}").text
    assert questions(client.get("/fr/questions").text, "fr")
    for path in ("browse", "browse/themes", "compare"):
        refused = client.get(f"/fr/{path}", headers={"Accept": "text/html"})
        assert refused.status_code == 404
        assert "avant que l’on puisse la parcourir" in refused.text
        assert client.get(f"/fr/{path}?generation={old.id}").status_code == 200
