"""The same service at a past generation: `?generation=` on everything, and never another one."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from coopkg import generation
from coopkg.config import Settings
from coopkg.errors import EngineBusyError, RateLimitError
from coopkg.generation import Generation
from coopkg.serve import create_app, links
from coopkg.serve.past import Past
from coopkg.serve.sparql.fairness import Allowance
from coopkg.terms import BASE
from tests import generations, past

FLAGSHIP = "partners-by-theme-and-place"
CHOICES = "theme=decentralisation&place=mediterranee"
API = f"/api/questions/{FLAGSHIP}?{CHOICES}"
PAGE = {"Accept": "text/html"}
GONE = "law-of-missions"


@pytest.fixture(scope="module")
def travelled(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home with three generations: in the second the CFAD is no partner, and a question
    is gone; in the third the CFAD is back."""
    home = Path(shutil.copytree(published, tmp_path_factory.mktemp("travel") / "home"))
    first = generation.current(home)
    past.follow(
        home,
        past.without("organisation/cfad>", "ns#hasPartner>"),
        past.without_question(GONE),
        day=3,
    )
    generation.rollback(home, first.id, past.DAYS[5])
    return home


@pytest.fixture(scope="module")
def three(travelled: Path) -> list[Generation]:
    """Return the three generations, the first one first."""
    return sorted(generation.known(travelled), key=lambda one: one.number)


@pytest.fixture(scope="module")
def service(travelled: Path) -> Iterator[Flask]:
    made = create_app(Settings(home=travelled))
    yield made
    made.extensions["coopkg"].close()


@pytest.fixture
def asker(service: Flask) -> FlaskClient:
    return service.test_client()


def partners(asker: FlaskClient, **more: str) -> set[str]:
    found = asker.get(f"{API}&{urlencode(more)}")
    assert found.status_code == 200, found.text
    return {row["partner"]["value"].rsplit("/", 1)[1] for row in found.json["rows"]}


@pytest.mark.parametrize("name", ["number", "id", "digest", "upper"])
def test_a_past_generation_answers_by_its_number_its_digest_or_its_id(
    asker: FlaskClient, three: list[Generation], name: str
) -> None:
    second = three[1]
    ref = {
        "number": "2",
        "id": second.id,
        "digest": second.digest,
        "upper": second.digest[:12].upper(),
    }[name]
    assert partners(asker) == {"cfad", "afd", "expertise-france"}
    assert partners(asker, generation=ref) == {"afd", "expertise-france"}
    found = asker.get(f"{API}&generation={ref}")
    assert found.headers["X-Generation"] == found.json["generation"] == second.id
    assert found.headers["Memento-Datetime"] == "Wed, 04 Mar 2026 09:30:00 GMT"
    assert found.headers["X-Robots-Tag"] == "noindex"
    assert f'<{API}>; rel="original latest-version"' in found.headers["Link"]


def test_an_address_that_holds_the_digest_may_be_kept_for_ever_and_no_other(
    asker: FlaskClient, three: list[Generation]
) -> None:
    second = three[1]
    kept = asker.get(f"{API}&generation={second.id}").headers["Cache-Control"]
    assert "immutable" in kept
    for ref in ("2", second.digest):
        assert asker.get(f"{API}&generation={ref}").headers["Cache-Control"] == "no-cache"
    page = f"/fr/questions?generation={second.id}"
    assert asker.get(page).headers["Cache-Control"] == "no-cache"
    missing = asker.get(f"/api/questions/nothing?generation={second.id}")
    assert "immutable" not in missing.headers["Cache-Control"]


def test_the_newest_of_those_that_share_a_digest_answers(
    asker: FlaskClient, three: list[Generation]
) -> None:
    assert three[0].digest == three[2].digest
    found = asker.get(f"{API}&generation={three[0].digest}")
    assert found.headers["X-Generation"] == three[2].id
    assert "Memento-Datetime" not in found.headers  # it is the current one
    assert asker.get(f"{API}&generation=1").headers["X-Generation"] == three[0].id


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/fr/",
        "/en/questions",
        f"/fr/questions/{FLAGSHIP}?{CHOICES}",
        f"/en/questions/{FLAGSHIP}/why?{CHOICES}&row=1",
        "/api/questions",
        f"/api/questions/{FLAGSHIP}.csv?{CHOICES}",
        f"/api/questions/{FLAGSHIP}.ttl?{CHOICES}",
        f"/api/questions/{FLAGSHIP}.rq?{CHOICES}",
        f"/api/questions/{FLAGSHIP}/choices/theme",
        "/id/organisation/cfad",
        "/id/organisation/cfad.ttl",
        "/fr/id/organisation/cfad",
        "/fr/graph/passage/l142",
        "/graph/passage/l142.nt",
        "/scheme/theme/decentralisation.jsonld",
        "/ns.ttl",
        "/fr/ns",
        "/void",
        "/catalog",
        "/.well-known/void",
        "/sparql",
        "/sparql?query=ASK%7B%7D",
        "/version",
        "/health",
        "/dumps/",
        "/dumps/index.json",
        "/feed.atom",
        "/fr/changes",
    ],
)
def test_everything_that_is_served_answers_at_a_past_generation(
    asker: FlaskClient, three: list[Generation], path: str
) -> None:
    join = "&" if "?" in path else "?"
    found = asker.get(f"{path}{join}generation=2")
    assert found.status_code < 400, found.text
    assert found.headers["X-Generation"] == three[1].id


@pytest.mark.parametrize(
    "path", ["/health", "/version", "/metrics", "/dumps/", "/feed.atom", "/sitemap.xml", "/fr/"]
)
def test_no_address_takes_another_generation_for_the_one_that_is_not_there(
    asker: FlaskClient, three: list[Generation], path: str
) -> None:
    assert asker.get(path).status_code == 200
    found = asker.get(f"{path}?generation=999")
    assert found.status_code == 404
    assert three[0].id in found.text


def test_what_changed_ends_with_the_generation_that_is_asked(
    asker: FlaskClient, three: list[Generation]
) -> None:
    told = [asker.get(f"/feed.atom?generation={one.number}").text for one in three]
    assert [text.count("<entry>") for text in told] == [1, 2, 3]


def test_dumps_are_those_of_the_generation_that_is_asked(
    asker: FlaskClient, three: list[Generation]
) -> None:
    for one in three:
        listed = asker.get(f"/dumps/index.json?generation={one.number}").json
        assert listed["generation"] == one.id


@pytest.mark.parametrize(
    "page", [f"/fr/questions/{FLAGSHIP}?{CHOICES}", "/en/id/organisation/cfad"]
)
def test_a_citation_leads_to_the_generation_it_names(
    asker: FlaskClient, three: list[Generation], page: str
) -> None:
    for asked, found in ((page, three[2]), (links.at(page, "1"), three[0])):
        html = asker.get(asked).text
        cited = next(
            one for one in re.findall(r"<p(?: data-copy)?>([^<]+)</p>", html) if "coopkg" in one
        )
        assert f"generation={found.id}" in cited.rpartition(" http")[2]
        assert cited.count("generation=") == 1


def test_sparql_asks_the_past_generation_by_get_and_by_post(asker: FlaskClient) -> None:
    query = f"ASK {{ ?a <{BASE}ns#hasPartner> <{BASE}id/organisation/cfad> }}"
    asked = "/sparql?" + urlencode({"query": query, "generation": "2"})
    assert asker.get(asked).json["boolean"] is False
    assert asker.post("/sparql?generation=2", data={"query": query}).json["boolean"] is False
    posted = asker.post("/sparql", data={"query": query, "generation": "2"})
    assert posted.json["boolean"] is False
    assert posted.headers["X-Generation"].startswith("2-")
    assert asker.post("/sparql", data={"query": query}).json["boolean"] is True


def addresses(html: str) -> set[str]:
    return {
        address.replace("&amp;", "&")
        for address in re.findall(r'(?:href|src|action)="([^"]*)"', html)
        if address.startswith(("/", "?"))
    }


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/{}/",
        "/{}/questions",
        "/{}/questions/" + FLAGSHIP + "?" + CHOICES,
        "/{}/questions/" + FLAGSHIP + "/why?" + CHOICES + "&row=1",
        "/{}/id/organisation/afd",
        "/{}/graph/passage/l142",
        "/{}/ns",
        "/sparql?lang={}&query=SELECT+*%7B%3Fs+%3Fp+%3Fo%7DLIMIT+3",
    ],
)
def test_every_link_of_a_past_page_stays_in_that_generation(
    asker: FlaskClient, three: list[Generation], path: str, lang: str
) -> None:
    path = path.format(lang)
    join = "&" if "?" in path else "?"
    html = asker.get(f"{path}{join}generation=2", headers=PAGE).text
    away = {
        address
        for address in addresses(html)
        if links.is_timed(address)
        and parse_qs(urlsplit(address).query).get("generation", [""])[0] not in {three[1].id, "2"}
    }
    forms = set(re.findall(r'<form[^>]* action="([^"]*)"', html))
    for form in re.findall(r"<form.*?</form>", html, re.S):
        (kept,) = re.findall(r'name="generation" value="([^"]*)"', form)
        assert kept in {three[1].id, "2"}
    assert away - (forms - {path}) == {path}, "the one link to today"
    assert f'href="{path.replace("&", "&amp;")}" rel="latest-version"' in html
    words = {"fr": "Vous lisez la génération <strong>2</strong> du 4 mars 2026", "en": "You are"}
    assert words[lang] in html.replace("\u00a0", " ")


def test_a_page_of_today_has_no_banner(asker: FlaskClient, three: list[Generation]) -> None:
    for path in ("/fr/", f"/fr/?generation={three[2].id}"):
        assert "latest-version" not in asker.get(path, headers=PAGE).text


def test_a_redirection_and_its_alternates_stay_in_the_past(
    asker: FlaskClient, three: list[Generation]
) -> None:
    found = asker.get("/id/organisation/afd?generation=2", headers=PAGE)
    assert found.status_code == 303
    assert found.headers["Location"] == f"/fr/id/organisation/afd?generation={three[1].id}"
    assert f"</id/organisation/afd.ttl?generation={three[1].id}>" in found.headers["Link"]


def test_the_addresses_of_a_json_answer_stay_in_the_past(
    asker: FlaskClient, three: list[Generation]
) -> None:
    ref = f"generation={three[1].id}"
    explain = asker.get(f"{API}&generation=2").json["explain"]
    assert explain.endswith("row=")
    assert ref in explain
    question = asker.get("/api/questions?generation=2").json["questions"][0]
    assert all(ref in question[name] for name in ("answer", "query"))
    assert all(ref in page for page in question["pages"].values())


@pytest.mark.parametrize("ref", ["9", "0", "abc", "c0ffee" * 3, "-1", "2 ", "é", "1" * 5000])
def test_an_unknown_generation_is_refused_with_those_there_are(
    asker: FlaskClient, three: list[Generation], ref: str
) -> None:
    found = asker.get(API + "&" + urlencode({"generation": ref}))
    assert found.status_code == 404
    assert found.json["known"] == [one.id for one in reversed(three)]
    assert len(found.json["detail"]) < 300


def test_the_page_of_an_unknown_generation_leads_to_those_there_are(
    asker: FlaskClient, three: list[Generation]
) -> None:
    html = asker.get("/fr/questions?generation=9", headers=PAGE).text
    assert f'href="/fr/questions?generation={three[0].id}"' in html


def test_two_generations_at_once_are_refused(asker: FlaskClient) -> None:
    assert asker.get(f"{API}&generation=1&generation=2").status_code == 400
    assert asker.post("/sparql?generation=1", data={"query": "ASK{}", "generation": "2"}
                      ).status_code == 400  # fmt: skip


def test_a_question_that_did_not_exist_yet_says_where_it_does(
    asker: FlaskClient, three: list[Generation]
) -> None:
    found = asker.get(f"/api/questions/{GONE}?generation=2")
    assert found.status_code == 404
    assert found.json["generations"] == [three[2].id, three[0].id]
    html = asker.get(f"/en/questions/{GONE}?generation=2", headers=PAGE).text
    assert f'href="/en/questions/{GONE}?generation={three[2].id}"' in html
    assert asker.get(f"/api/questions/{GONE}").status_code == 200


# --- Opening and closing -------------------------------------------------------------------


def test_a_damaged_generation_says_so_and_nothing_else_answers(
    travelled: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(travelled, tmp_path / "home"))
    labels = home / "generations/00000002/labels.json"
    generations.damage(labels, lambda content: content.replace(b"CFAD", b"CFAX", 1))
    generations.damage(home / "generations/00000001/manifest.json", lambda content: content[1:])
    app = create_app(Settings(home=home))
    try:
        asker = app.test_client()
        for number in (1, 2):
            found = asker.get(f"{API}&lang=en&generation={number}")
            assert found.status_code == 503
            assert f"generation {number} is damaged" in found.json["detail"]
        assert asker.get(API).status_code == 200
    finally:
        app.extensions["coopkg"].close()


def test_a_generation_that_this_program_cannot_read_says_so(
    travelled: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(travelled, tmp_path / "home"))

    def strange(directory: Path) -> None:
        (directory / "questions.json").write_text("[]")

    made = past.follow(home, strange)
    generation.rollback(home, "1", past.DAYS[8])
    app = create_app(Settings(home=home))
    try:
        found = app.test_client().get(f"{API}&lang=en&generation={made.number}")
        assert found.status_code == 503
        assert "is intact" in found.json["detail"]
    finally:
        app.extensions["coopkg"].close()


@pytest.fixture
def shelf(tmp_path: Path, travelled: Path) -> Iterator[tuple[Past, list[Generation]]]:
    """Return the past of a home with three small generations, two of which may be open."""
    now = [1000.0]
    shelf = Past(
        Settings(home=travelled, past_generations=2, queue_timeout_s=0.05),
        residence_s=10,
        openings=Allowance(3.5, 1e-9),
        clock=lambda: now[0],
    )
    shelf.now = now  # type: ignore[attr-defined]
    yield shelf, sorted(shelf.kept(), key=lambda one: one.number)
    shelf.close()


def test_no_more_are_open_than_allowed_and_none_that_is_read_is_closed(
    shelf: tuple[Past, list[Generation]],
) -> None:
    past_, (one, two, three) = shelf
    with past_.reading(one) as first:
        with past_.reading(two):
            past_.now[0] += 60  # type: ignore[attr-defined]
            with pytest.raises(EngineBusyError), past_.reading(three):
                pass
        with past_.reading(three):
            assert {s.generation.number for s in past_.services()} == {1, 3}
        assert first.health()["status"] == "ok"
    with past_.reading(three), past_.reading(one) as again:
        assert again is first, "it stayed open"


def test_one_just_opened_is_not_closed_for_another(shelf: tuple[Past, list[Generation]]) -> None:
    past_, (one, two, three) = shelf
    for each in (one, two):
        with past_.reading(each):
            pass
    with pytest.raises(EngineBusyError) as busy, past_.reading(three):
        pass
    assert busy.value.retry_after_s == 10
    past_.now[0] += 10  # type: ignore[attr-defined]
    with past_.reading(three):
        assert {s.generation.number for s in past_.services()} == {2, 3}


def test_one_client_cannot_have_generations_opened_without_end(
    shelf: tuple[Past, list[Generation]],
) -> None:
    past_, (one, two, three) = shelf
    for each in (one, two, three, one):
        with past_.reading(each, "192.0.2.1"):
            past_.now[0] += 20  # type: ignore[attr-defined]
    with pytest.raises(RateLimitError), past_.reading(two, "192.0.2.1"):
        pass
    with past_.reading(two, "192.0.2.2"):
        pass


def test_one_that_is_read_is_not_pruned(travelled: Path, tmp_path: Path) -> None:
    home = Path(shutil.copytree(travelled, tmp_path / "home"))
    shelf = Past(Settings(home=home))
    try:
        with shelf.reading(shelf.find("1")):
            assert generation.prune(home, 1) == [2]
        shelf.close()
        assert generation.prune(home, 1) == [1]
        assert [one.number for one in shelf.kept()] == [3]
    finally:
        shelf.close()


def test_opening_a_past_generation_keeps_nobody_waiting_for_today(
    service: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = service.extensions["coopkg"]
    under_way, go_on = threading.Event(), threading.Event()
    shelf = Past(replace(live.past._settings, queue_timeout_s=0.05))
    open_ = shelf._open

    def slowly(found: Generation) -> object:
        under_way.set()
        assert go_on.wait(30)
        return open_(found)

    monkeypatch.setattr(shelf, "_open", slowly)
    monkeypatch.setattr(live, "past", shelf)
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(service.test_client().get, f"{API}&page=1&generation=1")
        assert under_way.wait(30)
        assert partners(service.test_client()) == {"cfad", "afd", "expertise-france"}
        other = service.test_client().get(f"{API}&page=1&generation=2")
        go_on.set()
        assert slow.result(30).status_code == 200
    assert other.status_code == 503
    assert other.headers["Retry-After"]
    assert other.headers["Cache-Control"] == "no-store"
    shelf.close()


def test_many_readers_of_one_past_generation_open_it_once(travelled: Path) -> None:
    shelf = Past(Settings(home=travelled, queue_timeout_s=30))
    found = shelf.find("2")

    def read(_: int) -> int:
        with shelf.reading(found) as service:
            assert service.health()["status"] == "ok"
            return id(service)

    try:
        with ThreadPoolExecutor(8) as pool:
            assert len(set(pool.map(read, range(24)))) == 1
    finally:
        shelf.close()
