"""Links on the web: what was accepted, for everybody; proposals, for who may decide."""

from __future__ import annotations

import csv
import html
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import contributing
import partnering
import pyoxigraph as ox
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from coopkg import generation, linking, links
from coopkg.config import Settings
from coopkg.linking import Index
from coopkg.links import ACCEPTED, LOOKALIKES, PROPOSED, Link
from coopkg.links.graph import GRAPH, read, triples
from coopkg.serve import create_app
from coopkg.terms import BASE

AFD, TUNISIA = BASE + "id/organisation/afd", BASE + "id/place/tunisie"
EVIL = 'said <b>"so"</b>\tand\nmore'
LINKS = (
    Link("l-000001", AFD, "exact", "http://www.wikidata.org/entity/Q948", "alice", "", EVIL,
         state=ACCEPTED, reviewer="bob", decided="2026-11-23", verdict={"fr": "vérifié"}),
    Link("l-000002", TUNISIA, "close", "https://sws.geonames.org/2464461/", LOOKALIKES, "", "",
         0.9, ({"fr": "même nom", "en": "same name"},), ACCEPTED, "bob", "2026-11-24",
         {"fr": "oui", "en": "yes"}),
)  # fmt: skip


@pytest.fixture(scope="module")
def index(published: Path) -> Index:
    return Index(generation.current(published).read_json(linking.FILE))


@pytest.fixture(scope="module")
def app(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Serve the published generation, then the same with two accepted links."""
    home = tmp_path_factory.mktemp("links")
    old = generation.current(published)
    shutil.copytree(published / "generations", home / "generations", copy_function=shutil.copy)
    for name in ("current", "highest"):
        if (published / name).exists():
            shutil.copy(published / name, home / name)
    with generation.staging(home) as staging:
        for name in old.manifest.files:
            (staging / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(old.path / name, staging / name)
        with (staging / "store.nq").open("a", encoding="utf-8") as store:
            for one in LINKS:
                store.writelines(f"{triple} {GRAPH} .\n" for triple in triples(one))
        graphs = {**old.manifest.graphs, GRAPH.value: 20}
        generation.publish(staging, home, {"links": "0" * 64}, graphs, contributing.NOW)
    made = create_app(Settings(home=home, root=home))
    yield made
    made.extensions["coopkg"].close()


def test_what_is_written_of_a_link_is_read_again() -> None:
    said = [triple for one in LINKS for triple in triples(one)]
    found = read((one.subject, one.predicate, one.object) for one in said)
    assert [one.key for one in found] == [one.key for one in LINKS]
    assert found[0].source == EVIL
    assert found[1].confidence == 0.9
    assert {tuple(one.items()) for one in found[1].why} == {
        (("fr", "même nom"),), (("en", "same name"),),
    }  # fmt: skip
    assert found[1].verdict == {"fr": "oui", "en": "yes"}


def test_accepted_links_are_shown_with_their_evidence_reviewer_and_date(app: Flask) -> None:
    page = app.test_client().get("/en/links").text
    assert "2 links" in page
    assert html.escape(EVIL) not in page
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    for said in ("same name", "the comparison of names, sure to 90%", "bob, 24 November 2026: yes"):
        assert said in page, said
    assert '<a href="/en/id/organisation/afd">French Development Agency</a>' in page
    assert "sûr à 90\u00a0%" in app.test_client().get("/fr/links").text
    assert "No link was accepted yet" in app.test_client().get("/en/links?generation=1").text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=agence", ["l-000001"]),
        ("q=GEONAMES", ["l-000002"]),
        ("q=l-000002", ["l-000002"]),
        ("relation=close", ["l-000002"]),
        ("relation=broad", []),
        ("q=alice&relation=exact", ["l-000001"]),
        ("q=%3Cb%3E", ["l-000001"]),
    ],
)
def test_links_are_found_by_their_names_origin_and_kind(
    app: Flask, query: str, found: list[str]
) -> None:
    page = app.test_client().get(f"/fr/links?{query}").text
    assert re.findall(r'<li id="(l-\d+)">', page) == found
    assert "<b>" not in page


@pytest.mark.parametrize("query", ["relation=same", "page=2", "page=x", "q=" + "a" * 201])
def test_what_cannot_be_asked_of_links_is_refused(app: Flask, query: str) -> None:
    assert app.test_client().get(f"/fr/links?{query}").status_code == 400


def test_the_same_links_are_taken_away_as_sssom_and_as_turtle(app: Flask) -> None:
    client = app.test_client()
    table = client.get("/links.sssom.tsv?lang=fr")
    assert table.mimetype == "text/tab-separated-values"
    assert table.headers["Access-Control-Allow-Origin"] == "*"
    head = [one[1:] for one in table.text.splitlines() if one.startswith("#")]
    spaces = {
        name: space
        for name, _, space in (one.strip().partition(": ") for one in head if "://" in one)
    }
    assert f'mapping_set_version: "{table.headers["X-Generation"]}"' in head
    body = [one for one in table.text.splitlines() if not one.startswith("#")]
    rows = list(csv.DictReader(body, delimiter="\t"))

    def full(short: str) -> str:
        prefix, _, rest = short.partition(":")
        return spaces[prefix] + rest

    assert [(full(row["subject_id"]), full(row["object_id"])) for row in rows] == [
        (one.subject, one.object) for one in LINKS
    ]
    skos = "http://www.w3.org/2004/02/skos/core#"
    assert [full(row["predicate_id"]) for row in rows] == [skos + "exactMatch", skos + "closeMatch"]
    assert [row["mapping_justification"] for row in rows] == [
        "semapv:ManualMappingCuration", "semapv:LexicalMatching",
    ]  # fmt: skip
    assert [row["reviewer_label"] for row in rows] == ["bob", "bob"]
    assert rows[1]["comment"] == "oui; même nom"
    turtle = client.get("/links.ttl")
    said = {str(one) for one in ox.parse(turtle.data, format=ox.RdfFormat.TURTLE)}
    assert f"<{AFD}> <{skos}exactMatch> <http://www.wikidata.org/entity/Q948>" in said
    assert "Q948" not in client.get("/links.ttl?generation=1").text


def test_links_are_reached_from_the_things_they_are_of_and_from_the_data(app: Flask) -> None:
    client = app.test_client()
    entity = client.get("/fr/id/organisation/afd").text
    assert "lien vérifié par une personne" in entity
    assert 'href="/fr/links"' in entity
    assert 'href="/fr/links"' in client.get("/dumps/?lang=fr").text
    assert client.get("/fr/graph/links").location == "/fr/links"
    assert client.get("/fr/id/link/l-000002").location == "/fr/links?q=l-000002"


# --- Proposing and deciding ----------------------------------------------------------------


@pytest.fixture
def small(tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Serve a home of its own: what one test proposes is not there for another."""
    monkeypatch.setattr("coopkg.serve.partners.linking.index", lambda _: index)
    with partnering.service(tmp_path) as made:
        yield made


def post(app: Flask, path: str, who: str = "", **fields: str) -> TestResponse:
    token = {"token": app.extensions["test_tokens"][who]} if who else {}
    return app.test_client().post(path, data={**token, **fields})


def carried(page: TestResponse) -> str:
    found = re.search(r'name="pass" value="([^"]*)"', page.text)
    assert found
    return html.unescape(found[1])


GIVEN = {"relation": "exact", "object": "http://www.wikidata.org/entity/Q948", "source": "lu"}


def test_a_partner_proposes_by_a_name_chooses_what_is_meant_and_the_token_is_asked_once(
    small: Flask,
) -> None:
    home = small.extensions["coopkg_settings"].home
    first = post(small, "/fr/links/propose", "tunis", thing="agence française", **GIVEN)
    assert f'value="{AFD}"' in first.text
    assert small.extensions["test_tokens"]["tunis"] not in first.text
    done = post(small, "/fr/links/propose", **{"pass": carried(first)}, chosen=AFD, **GIVEN)
    (one,) = links.every(home)
    assert one.id in done.text
    assert (one.by, one.subject, one.source, one.state) == ("tunis", AFD, "lu", PROPOSED)
    nothing = post(small, "/en/links/propose", "tunis", thing="xyzzy <b>", **GIVEN)
    assert nothing.status_code == 404
    assert "<b>" not in nothing.text
    assert "No thing here bears that name" in nothing.text
    bad = {**GIVEN, "object": "javascript:alert(1)"}
    wrong = post(small, "/en/links/propose", "tunis", thing=AFD, **bad)
    assert wrong.status_code == 400
    assert post(small, "/en/links/propose", thing=AFD, **GIVEN).status_code == 401
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert small.test_client().post("/fr/links/propose", headers=headers).status_code == 403
    assert len(links.every(home)) == 1


def test_only_who_reviews_decides_with_a_reason_and_never_on_their_own(small: Flask) -> None:
    home = small.extensions["coopkg_settings"].home
    post(small, "/fr/links/propose", "tunis", thing=AFD, **GIVEN)
    own = post(small, "/fr/links/propose", "op", thing=TUNISIA, **GIVEN)
    assert own.status_code == 200
    theirs, ours = links.every(home)[0], links.every(home)[-1]
    assert post(small, "/fr/review/links", "tunis").status_code == 403
    page = post(small, "/fr/review/links", "op")
    key = {"pass": carried(page)}
    assert theirs.id in page.text
    assert "Vous l’avez proposé" in page.text
    decide = {"link": theirs.id, "action": "accept"}
    silent = post(small, "/fr/review/links", **key, **decide, why=" ")
    assert silent.status_code == 409
    refused = post(small, "/fr/review/links", **key, link=ours.id, action="accept", why="oui")
    assert refused.status_code == 403
    assert {one.state for one in links.every(home)} == {PROPOSED}
    done = post(small, "/fr/review/links", **key, **decide, why="<b>lu</b>")
    assert "1 lien accepté attend" in done.text
    (kept,) = [one for one in links.every(home) if one.state == ACCEPTED]
    assert (kept.id, kept.reviewer, kept.verdict) == (theirs.id, "op", {"fr": "<b>lu</b>"})
    assert post(small, "/fr/review/links", **key, **decide, why="encore").status_code == 409
    unknown = post(small, "/fr/review/links", **key, link="l-999999", action="refuse", why="x")
    assert unknown.status_code == 404


def test_one_partner_cannot_have_proposals_without_end_wait(
    tmp_path: Path, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(links, "WAITING_MAX", 2)

    def proposed(number: int, by: str) -> Link:
        other = f"http://www.wikidata.org/entity/Q{number}"
        return links.propose(tmp_path, index, Link("", AFD, "exact", other, by, "", "x"))

    for number in (1, 2):
        proposed(number, "tunis")
    with pytest.raises(links.ContributionError) as refused:
        proposed(3, "tunis")
    assert refused.value.rule == "links-full"
    proposed(4, "sfax")
    for number in range(5, 9):
        proposed(number, LOOKALIKES)
    assert proposed(1, "tunis").id == "l-000001", "the same again is the first"


# --- Addresses -----------------------------------------------------------------------------


def mint(app: Flask, **given: str) -> Any:
    answer = app.test_client().get("/api/mint", query_string=given)
    assert answer.status_code == 200, answer.text
    return json.loads(answer.data)


def test_what_looks_like_a_new_thing_comes_with_why(app: Flask) -> None:
    for given, why in (
        ({"label": "BTVL"}, "same acronym"),
        ({"label": "Bureau Technique des Villes Libanaises"}, "same name"),
        ({"label": "Bureau techniqe des villes libanaise"}, "name spelt almost alike"),
        ({"label": "Tecnical Office of Lebanese Cities", "name": "X"}, "name spelt almost alike"),
        ({"label": "تونس", "kind": "place"}, "name that sounds alike"),
        ({"label": "Việt Nam", "kind": "place"}, "name spelt almost alike"),
        ({"label": "Zzz", "kind": "place", "identifier": "https://sws.geonames.org/2464461/"},
         "same identifier"),
    ):  # fmt: skip
        found = mint(app, **{"kind": "organisation", **given})["lookalikes"]
        assert found, given
        assert why in [one["en"] for one in found[0]["why"]], (given, found[0])
    assert mint(app, kind="organisation", label="Zwyxt")["lookalikes"] == []


def test_an_address_is_free_and_a_collision_is_said(app: Flask, published: Path) -> None:
    taken = mint(app, kind="organisation", label="CEFAL")
    assert taken["iri"] == BASE + "id/organisation/cefal-2"
    assert taken["taken"] == BASE + "id/organisation/cefal"
    own = mint(app, kind="organisation", label="CEFAL", partner="tunis")
    assert own["iri"] == BASE + "id/partner/tunis/organisation/cefal"
    assert own["taken"] is None
    arabic = mint(app, kind="place", label="مراكش")
    assert arabic["iri"] is None
    assert "lettres latines" in arabic["note"]["fr"]
    both = mint(app, kind="place", label="مراكش", name="Marrakech")
    assert both["slug"] == "marrakech"
    for wrong in ("kind=a/b&label=x", "kind=place", "kind=place&label=x&partner=A", "label=x",
                  "kind=place&label=x&country=zz9", "kind=place&label=" + "a" * 301):  # fmt: skip
        assert app.test_client().get(f"/api/mint?{wrong}").status_code == 400, wrong


def test_an_address_of_a_thing_that_went_is_not_given_again(published: Path) -> None:
    from coopkg.links.taken import Taken

    found = Taken([generation.current(published)])
    assert AFD in found
    assert AFD + "2" not in found
    assert AFD[:-1] not in found
    assert AFD not in Taken([])


def test_the_form_shows_the_same_and_keeps_what_was_typed(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/fr/mint?kind=organisation&label=BTVL&country=Liban&partner=tunis").text
    assert "même sigle" in page
    assert f"<code>{BASE}id/partner/tunis/organisation/btvl</code>" in page
    assert 'value="Liban"' in page
    refused = client.get("/en/mint?kind=organisation&label=%3Cb%3E&country=%3Cb%3E")
    assert refused.status_code == 400
    assert "<b>" not in refused.text
    assert 'role="alert"' in refused.text
    assert "Say what the thing is" in client.get("/en/mint").text


@pytest.mark.parametrize(("lang", "name"), [("fr", "iri-policy.fr.md"), ("en", "iri-policy.md")])
def test_the_page_of_the_policy_says_what_its_document_says(
    app: Flask, lang: str, name: str
) -> None:
    text = (Path(__file__).parents[1] / "docs" / name).read_text(encoding="utf-8")
    page = html.unescape(re.sub(r"<[^>]+>", "", app.test_client().get(f"/{lang}/iri-policy").text))
    page = " ".join(page.replace("\u00a0", " ").split())
    said = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    for row in re.findall(r"^\| .*", text, re.MULTILINE):
        said += re.findall("`(.*?)`", row)
    for promise in re.findall(r"^- ([^`]*?[.:])$", text, re.MULTILINE):
        said.append(promise.replace("\u00a0", " "))
    assert len(said) > 12
    for one in said:
        assert one in page, one
