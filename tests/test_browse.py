"""The pages to look around with: what they count is what one gets by clicking."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from flask.testing import FlaskClient

from coopkg import generation
from coopkg.build.describe.browse import browse as describe
from coopkg.serve import browse
from coopkg.serve.i18n import LANGS
from coopkg.terms import BASE

NONE = {
    "fr": ("aucune ligne", "la source ne le dit pas"),
    "en": ("no row", "the source does not say"),
}


def text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def asked(page: str, lang: str) -> dict[str, str]:
    """Return the questions that a page lists, with what it says of their rows."""
    found = re.findall(
        rf'<li><a href="(/{lang}/questions/[^"]+)">[^<]*</a> <small>([^<]*)</small></li>', page
    )
    return {html.unescape(href): html.unescape(said) for href, said in found}


@pytest.fixture(scope="module")
def sealed(published: Path) -> dict[str, Any]:
    """Return what can be browsed."""
    return dict(generation.current(published).read_json("browse.json"))


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("page", browse.PAGES)
def test_counts_are_those_of_the_questions_they_lead_to(
    client: FlaskClient, page: str, lang: str
) -> None:
    listed = asked(client.get(f"/{lang}/browse/{page}").text, lang)
    assert len(listed) >= 2
    chosen = sorted(listed, key=lambda href: crc32(href.encode()))[:12]
    silent = [href for href, said in listed.items() if said in NONE[lang]][:3]
    for href in {*chosen, *silent}:
        answer = client.get("/api" + href.removeprefix(f"/{lang}")).json
        said = listed[href]
        if answer["status"] == "complete":
            assert said.partition(" ")[0] == str(answer["count"]), href
        else:
            assert said == NONE[lang][answer["status"] == "not-stated"], href


@pytest.mark.parametrize("lang", LANGS)
def test_each_way_to_browse_is_reached_from_all_others(client: FlaskClient, lang: str) -> None:
    ways = {f"/{lang}/browse/{one}" for one in browse.PAGES}
    for path in (f"/{lang}/browse", *ways):
        page = client.get(path).text
        assert ways | {f"/{lang}/compare"} <= set(re.findall(r'href="([^"]+)"', page))


@pytest.mark.parametrize("page", browse.PAGES)
def test_both_languages_list_the_same_things(client: FlaskClient, page: str) -> None:
    def entities(lang: str) -> list[str]:
        every = re.findall(
            rf'href="/{lang}/((?:id|scheme)/[^"]+)"', client.get(f"/{lang}/browse/{page}").text
        )
        return sorted(every)

    assert entities("fr") == entities("en") != []


def test_every_country_is_in_the_list_and_on_the_map(
    client: FlaskClient, sealed: dict[str, Any]
) -> None:
    page = client.get("/fr/browse/countries").text
    countries = [one for zone in sealed["zones"] for one in zone["countries"]]
    assert len(countries) == len({one["entity"] for one in countries}) >= 10
    described = client.get(
        "/sparql",
        query_string={"query": f"SELECT ?c {{ ?c a <{BASE}ns#Country> }}"},
        headers={"Accept": "application/sparql-results+json"},
    ).json["results"]["bindings"]
    assert {one["c"]["value"] for one in described} == {one["entity"] for one in countries}
    for one in countries:
        assert f'href="/fr/{one["entity"].removeprefix(BASE)}"' in page
    assert f"Données de la figure ({len(countries)})" in page  # the map has them all
    assert "Natural Earth" in page


def test_silence_about_a_country_is_said_and_never_a_zero(
    client: FlaskClient, sealed: dict[str, Any]
) -> None:
    countries = {one["entity"]: one for zone in sealed["zones"] for one in zone["countries"]}
    silent = countries[BASE + "id/place/cameroun"]
    assert silent["items"] == []
    assert BASE + "id/gap/action-cameroun" in silent["unsaid"]
    for lang, words in (("fr", "Aucune activité dite par la source"), ("en", "No activity stated")):
        page = client.get(f"/{lang}/browse/countries").text
        leaf = page[page.index('<li id="place-cameroun">') :].partition("<details")[0]
        assert words in leaf
        assert "0 action" not in text(page)
    table = client.get("/fr/browse/countries").text
    row = re.search(r"<tr><td>Cameroun</td><td[^>]*>([^<]*)</td></tr>", table)
    assert row is not None
    assert row[1] != "0"


def test_a_zone_without_a_country_is_shown(client: FlaskClient, sealed: dict[str, Any]) -> None:
    zones = {zone["entity"]: zone["countries"] for zone in sealed["zones"]}
    assert zones[BASE + "id/place/europe"] == []
    assert "La source ne nomme aucun pays de cette zone." in client.get("/fr/browse/countries").text
    assert [one["entity"] for one in zones[""]] == [BASE + "id/place/france"]


@pytest.mark.parametrize("lang", LANGS)
def test_the_tree_of_themes_nests_and_counts_each_mention_once(
    client: FlaskClient, sealed: dict[str, Any], lang: str
) -> None:
    top = next(
        one for one in sealed["themes"] if one["entity"].endswith("/theme/gouvernance-publique")
    )
    below = {one["entity"].rpartition("/")[2] for one in top["narrower"]}
    assert {"decentralisation", "gouvernance-locale"} <= below
    every = {item for one in top["narrower"] for item in one["items"]} | {*top["items"]}
    assert top["within"] == len(every) < sum(len(one["items"]) for one in top["narrower"])
    page = client.get(f"/{lang}/browse/themes").text
    start = page.index('<li id="theme-gouvernance-publique">')
    assert (
        start
        < page.index('<li id="theme-decentralisation">')
        < page.index("</details></li>", start)
    )
    assert f"{len(every)} mentions" in text(page[start:])


def test_a_theme_of_no_use_is_shown_with_its_silence(client: FlaskClient) -> None:
    page = client.get("/fr/browse/themes").text
    leaf = page[page.index('<li id="theme-reseaux-numeriques">') :].partition("</details>")[0]
    assert "la source n’y range rien directement" in leaf
    assert "aucune ligne" in leaf


def test_themes_that_lead_back_to_themselves_are_all_shown_once_on_a_path() -> None:
    import pyoxigraph as ox

    from coopkg.answers import Catalogue, Context, of_store

    head = (
        f"@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix t: <{BASE}scheme/theme/> ."
    )
    store = ox.Store()
    store.load(
        f"""{head} t:a skos:inScheme <{BASE}scheme/theme> ; skos:broader t:b .
        t:b skos:inScheme <{BASE}scheme/theme> ; skos:broader t:a , t:elsewhere .
        t:c skos:inScheme <{BASE}scheme/theme> .""".encode(),
        format=ox.RdfFormat.TURTLE,
    )
    found = describe(Context(of_store(store), Catalogue({}, {}, {}), "", ""))
    names = [one["entity"].rpartition("/")[2] for one in found["themes"]]
    assert names[0] == "c"
    assert {"a", "b"} <= {*names}
    assert found["covers"]["years"] == []  # nothing is dated


def test_every_actor_stands_under_a_kind(client: FlaskClient, sealed: dict[str, Any]) -> None:
    listed = {actor for kind in sealed["kinds"] for actor in kind["items"]}
    assert {*sealed["comparable"]["partner"]} <= listed
    counts = {one["entity"]: len(one["items"]) for one in sealed["kinds"]}
    embassies = client.get("/api/questions/actors-by-kind?kind=ambassade").json
    assert counts[BASE + "scheme/org-type/ambassade"] == embassies["counted"]["count"]
    assert "Acteurs dont la source ne dit pas le type" in client.get("/fr/browse/actors").text


def test_networks_name_their_members_or_say_that_the_source_does_not(client: FlaskClient) -> None:
    page = client.get("/fr/browse/networks").text
    sections = dict(
        re.findall(r'<section aria-labelledby="([^"]+)">(.*?)</section>', page, re.DOTALL)
    )
    assert "1 participant nommé" in text(sections["organisation-cncd"])
    assert "/fr/id/organisation/cnfpt" in sections["organisation-cncd"]
    assert "La source ne dit pas qui en est membre." in text(sections["organisation-resp"])
    assert (
        "/fr/id/resource/e-communaute-reseau-mediterraneen"
        in sections["resource-forum-mediterraneen-service-public"]
    )


@pytest.mark.parametrize("lang", LANGS)
def test_years_show_the_figures_that_questions_answer(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/{lang}/browse/years").text
    sections = dict(
        re.findall(r'<section aria-labelledby="([^"]+)">(.*?)</section>', page, re.DOTALL)
    )
    (trainees,) = client.get("/api/questions/trainees-by-year?year=2015").json["rows"]
    value = next(
        one["value"]
        for name, one in trainees.items()
        if name not in {"year"} and one["value"].isdigit()
    )
    assert f"<strong>{value}</strong>" in sections["y2015"]
    silent = {"fr": "la source ne le dit pas", "en": "the source does not say"}[lang]
    assert silent in sections["y2018"]  # trainees of 2018
    assert "2012" in text(sections["dated"])
    assert 'class="figure timeline"' in page


def test_a_past_page_leads_to_pages_of_the_past(client: FlaskClient, published: Path) -> None:
    now = generation.current(published)
    page = client.get(f"/fr/browse/themes?generation={now.id}")
    assert page.status_code == 200
    assert page.headers["X-Generation"] == now.id


def test_there_is_no_other_page(client: FlaskClient) -> None:
    assert client.get("/fr/browse/galaxies").status_code == 404
    assert client.get("/de/browse").status_code == 404
