"""The whole service on the real generation: what staff, researchers and partners get."""

from __future__ import annotations

import contextlib
import html
import os
import re
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from coopkg import generation
from coopkg.config import Settings
from coopkg.serve import create_app
from coopkg.terms import BASE, PREFIXES

FLAGSHIP = "/api/questions/partners-by-theme-and-place?theme=decentralisation&place=mediterranee"
PAGE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
PROLOGUE = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in PREFIXES.items())


def ask(client: FlaskClient, query: str, **more: str) -> list[dict[str, str]]:
    """Return the rows of a SELECT, values only."""
    found = client.get("/sparql?" + urlencode({"query": PROLOGUE + query, **more}))
    assert found.status_code == 200, found.text
    rows = found.json["results"]["bindings"]
    return [{name: cell["value"] for name, cell in row.items()} for row in rows]


def test_the_flagship_question_gives_three_partners_and_no_other(client: FlaskClient) -> None:
    answer = client.get(FLAGSHIP).json
    partners = {row["partner"]["value"].rsplit("/", 1)[1] for row in answer["rows"]}
    assert partners == {"cfad", "afd", "expertise-france"}
    assert answer["status"] == "complete"
    assert answer["columns"][0]["name"] == "partner"
    weaker = {
        row["partner"]["value"].rsplit("/", 1)[1]
        for related in answer["related"]
        for row in related["rows"]
    }
    assert weaker
    assert not partners & weaker
    assert not (partners | weaker) & {"cnfpt", "cefal", "etat"}
    assert [line for source in answer["sources"] for line in source["lines"]] == [140, 142]


def test_sparql_gives_the_same_partners(client: FlaskClient) -> None:
    rows = ask(
        client,
        "SELECT DISTINCT ?p { ?a coop:theme theme:decentralisation ;"
        " coop:coversPlace place:mediterranee ; coop:hasPartner ?p }",
    )
    assert {row["p"].rsplit("/", 1)[1] for row in rows} == {"cfad", "afd", "expertise-france"}


def test_every_answer_names_its_generation_and_can_be_asked_again_for_nothing(
    client: FlaskClient, published: Path
) -> None:
    first = client.get(FLAGSHIP)
    assert first.headers["X-Generation"] == generation.current(published).id
    again = client.get(FLAGSHIP, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert not again.data


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_page_answers_in_its_language_with_sources_and_query(
    client: FlaskClient, lang: str
) -> None:
    path = (
        f"/{lang}/questions/partners-by-theme-and-place?theme=decentralisation&place=mediterranee"
    )
    found = client.get(path, headers=PAGE)
    assert found.status_code == 200
    assert found.headers["Content-Language"] == lang
    assert f'<html lang="{lang}">' in found.text
    assert {"fr": "3 partenaires", "en": "3 partners"}[lang] in found.text
    assert f'href="/{lang}/graph/passage/l142"' in found.text
    assert "SELECT DISTINCT ?partner" in found.text
    other = {"fr": "en", "en": "fr"}[lang]
    assert path.replace(f"/{lang}/", f"/{other}/", 1).replace("&", "&amp;") in found.text


def test_a_reason_goes_down_to_a_passage(client: FlaskClient) -> None:
    found = client.get(
        "/fr/questions/partners-by-theme-and-place/why?theme=decentralisation"
        "&place=mediterranee&row=2",
        headers=PAGE,
    )
    assert found.status_code == 200
    assert "/fr/graph/passage/l142" in found.text
    assert "accompagner la décentralisation" in found.text


def test_what_the_source_does_not_say_is_neither_zero_nor_empty(client: FlaskClient) -> None:
    answer = client.get("/api/questions/trainees-by-year?year=2018").json
    assert answer["status"] == "not-stated"
    assert answer["rows"] == []
    assert answer["gaps"]
    page = client.get("/fr/questions/trainees-by-year?year=2018", headers=PAGE).text
    assert "La source ne le dit pas" in page


def test_a_country_without_described_action_is_not_a_country_without_partner(
    client: FlaskClient,
) -> None:
    path = "/api/questions/partners-by-theme-and-place?place=cameroun"
    for choice in ("", "&theme=decentralisation"):
        answer = client.get(path + choice).json
        assert answer["status"] == "not-stated"
        assert answer["gaps"][0]["gap"].endswith("cameroun")


def test_an_empty_answer_offers_what_would_give_rows(client: FlaskClient) -> None:
    answer = client.get(
        "/api/questions/partners-by-theme-and-place?theme=police-municipale&place=vietnam"
    ).json
    assert answer["status"] == "empty"
    assert answer["nearest"]
    for near in answer["nearest"]:
        again = client.get(
            f"/api/questions/{near['question']}?" + urlencode(near["parameters"])
        ).json
        assert again["count"] == near["count"] > 0


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/questions/nothing", 404),
        ("/api/questions/partners-by-theme-and-place?them=culture", 400),
        ("/api/questions/partners-by-theme-and-place?theme=cultur", 400),
        ("/api/questions/partners-by-theme-and-place?page=0", 400),
        ("/api/questions/trainees-by-year?year=many", 400),
        ("/id/organisation/nobody", 404),
        ("/fr/nothing", 404),
        ('/id/organisation/"><script>', 404),
        ("/graph/..%5c..%5cetc", 404),
        ("/fr/scheme/<b>", 404),
        ("/sparql?query=SELEC", 400),
    ],
)
def test_a_mistake_is_a_problem_document_and_a_page_that_help(
    client: FlaskClient, path: str, status: int
) -> None:
    found = client.get(path)
    assert found.status_code == status
    assert found.mimetype == "application/problem+json"
    assert {"type", "title", "status", "detail"} <= found.json.keys()
    page = client.get(path, headers=PAGE)
    assert page.status_code == status
    assert page.mimetype == "text/html"
    assert "Traceback" not in page.text


def test_an_iri_resolves_to_a_page_or_to_data(client: FlaskClient) -> None:
    cefal = "/id/organisation/cefal"
    assert client.get(cefal, headers=PAGE).location == "/fr" + cefal
    for media, suffix in [
        ("text/turtle", "ttl"),
        ("application/ld+json", "jsonld"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "rdf"),
    ]:
        found = client.get(cefal, headers={"Accept": media})
        assert (found.status_code, found.location) == (303, f"{cefal}.{suffix}")
        assert {"Accept", "Accept-Language"} <= set(found.vary)
        data = client.get(f"{cefal}.{suffix}")
        assert data.mimetype == media
        assert BASE + "id/organisation/cefal" in data.text or "organisation:cefal" in data.text


def test_the_json_ld_context_is_served_where_it_says(client: FlaskClient) -> None:
    found = client.get("/context/coop.context.jsonld")
    assert found.mimetype == "application/ld+json"
    assert "@context" in found.get_json(force=True)


def test_the_service_description_says_its_own_address(client: FlaskClient) -> None:
    found = client.get("/sparql", headers={"Accept": "text/turtle"})
    described = ox.parse(found.data, format=ox.RdfFormat.TURTLE, base_iri="http://here/sparql")
    endpoints = {q.object.value for q in described if q.predicate.value.endswith("#endpoint")}
    assert endpoints == {"http://here/sparql"}


@pytest.mark.parametrize("path", ["/void", "/catalog", "/.well-known/sparql-examples"])
def test_what_the_data_hold_is_described_in_turtle(client: FlaskClient, path: str) -> None:
    found = client.get(path)
    assert found.mimetype == "text/turtle"
    assert len(list(ox.parse(found.data, format=ox.RdfFormat.TURTLE))) > 10


def test_every_question_is_an_executable_that_runs_as_it_stands(client: FlaskClient) -> None:
    found = client.get("/.well-known/sparql-examples").data
    queries = [
        quad.object.value
        for quad in ox.parse(found, format=ox.RdfFormat.TURTLE)
        if quad.predicate.value == PREFIXES["sh"] + "select"
    ]
    assert len(queries) > len(client.get("/api/questions").json["questions"])  # and the examples
    for query in queries:
        assert client.post("/sparql", data={"query": query}).status_code == 200


def test_every_entity_has_a_page_in_both_languages(client: FlaskClient) -> None:
    rows = ask(client, "SELECT DISTINCT ?e { ?e skos:prefLabel ?label }")
    ours = [row["e"][len(BASE) :] for row in rows if row["e"].startswith(BASE)]
    assert len(ours) > 200
    for path in ours[::7]:
        for lang in ("fr", "en"):
            assert client.get(f"/{lang}/{path}").status_code == 200, path


def test_a_fact_printed_in_two_passages_counts_once(client: FlaskClient) -> None:
    fact = "organisation:cefal coop:basedIn place:benin"
    twice = "organisation:afd coop:acronym ?name"
    for pattern in (fact, twice):
        (row,) = ask(client, f"SELECT (COUNT(*) AS ?n) {{ {pattern} }}")
        assert row["n"] == "1"
    stated = ask(client, f"SELECT ?g {{ GRAPH ?g {{ {twice} }} ?g a coop:SourcePassage }}")
    assert len(stated) > 1


def test_from_selects_exactly_its_graphs_and_two_do_not_double(client: FlaskClient) -> None:
    count = "SELECT (COUNT(*) AS ?n) {0} {{ organisation:afd coop:acronym ?name }}"
    one = ask(client, count.format("FROM passage:l22"))
    both = ask(client, count.format("FROM passage:l22 FROM passage:l142"))
    none = ask(client, count.format("FROM passage:l76"))
    assert [rows[0]["n"] for rows in (one, both, none)] == ["1", "1", "0"]
    named = ask(
        client,
        "SELECT DISTINCT ?g FROM NAMED passage:l22 FROM NAMED passage:l142"
        " { GRAPH ?g { organisation:afd coop:acronym ?name } }",
    )
    assert {row["g"].rsplit("/", 1)[1] for row in named} == {"l22", "l142"}
    assert ask(client, "SELECT ?s FROM NAMED passage:l22 { ?s ?p ?o }") == []


def test_inference_can_be_left_out(client: FlaskClient) -> None:
    query = "SELECT ?p { activity:tunisie coop:hasPartner ?p }"
    assert len(ask(client, query)) == 3
    assert ask(client, query, inference="off") == []


def test_what_may_be_chosen_does_not_shrink_without_inference(client: FlaskClient) -> None:
    path = "/api/questions/partners-by-theme-and-place"
    given = {"theme": "decentralisation", "place": "mediterranee", "inference": "off"}
    assert client.get(path, query_string=given).status_code == 200
    offered = [
        client.get(f"{path}/choices/place", query_string={"inference": word}).get_json()["choices"]
        for word in ("on", "off")
    ]
    assert [one["value"] for one in offered[0]] == [one["value"] for one in offered[1]]


@pytest.mark.parametrize(
    "path", ["/api/questions/forum-launch", "/fr/questions/forum-launch", "/sparql", "/version"]
)
def test_another_generation_is_refused_never_passed_over(client: FlaskClient, path: str) -> None:
    served = client.get("/version").get_json()
    for ref in (served["generation"], served["digest"], served["digest"][:12]):
        assert client.get(path, query_string={"generation": ref}).status_code == 200
    for ref in ("99", "0" * 64, "yesterday"):
        refused = client.get(path, query_string={"generation": ref, "query": "ASK {}"})
        assert refused.status_code == 404
        assert served["generation"] in refused.get_data(as_text=True)


def test_the_default_graph_is_asserted_and_inferred_each_triple_once(client: FlaskClient) -> None:
    total, asserted, inferred = (
        int(ask(client, f"SELECT (COUNT(*) AS ?n) {{ {where} }}")[0]["n"])
        for where in (
            "?s ?p ?o",
            "GRAPH graph:asserted { ?s ?p ?o }",
            "GRAPH graph:inferred { ?s ?p ?o }",
        )
    )
    assert total == asserted + inferred


def test_rolling_back_serves_the_previous_content(home: Path) -> None:
    import shutil
    from datetime import UTC, datetime

    old = generation.current(home)
    app = create_app(Settings(home=home))
    try:
        client = app.test_client()
        query = "SELECT ?s { ?s coop:acronym 'NEW'@fr }"
        with generation.staging(home) as staging:
            for name in old.manifest.files:
                (staging / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(old.path / name, staging / name)
                (staging / name).chmod(0o644)
            with (staging / "store.nq").open("a", encoding="utf-8") as store:
                store.write(f'<{BASE}id/organisation/new> <{BASE}ns#acronym> "NEW"@fr .\n')
            new = generation.publish(
                staging, home, {"graph_data/new.ttl": "0" * 64}, {}, datetime.now(UTC)
            )
        assert len(ask(client, query)) == 1
        assert client.get("/version").json["generation"] == new.id
        back = generation.rollback(home, str(old.number), datetime.now(UTC))
        assert ask(client, query) == []
        assert client.get("/version").json["digest"] == old.digest
        assert back.number > new.number > old.number
    finally:
        app.extensions["coopkg"].close()


def test_a_damaged_generation_is_noticed_and_the_older_one_served(home: Path) -> None:
    from datetime import UTC, datetime

    old = generation.current(home)
    new = generation.rollback(home, str(old.number), datetime.now(UTC))
    store = new.path / "store.nq"
    store.chmod(0o644)
    content = bytearray(store.read_bytes())
    content[len(content) // 2] ^= 1
    store.write_bytes(content)
    app = create_app(Settings(home=home))
    try:
        assert app.test_client().get("/version").json["generation"] == old.id
        assert app.test_client().get("/health").json["fallback_from"]
    finally:
        app.extensions["coopkg"].close()


def test_an_entity_is_told_in_the_language_of_its_page(client: FlaskClient) -> None:
    french = client.get("/fr/scheme/theme/decentralisation", headers=PAGE).text
    english = client.get("/en/scheme/theme/decentralisation", headers=PAGE).text
    notes = [
        row["note"]
        for row in ask(client, "SELECT ?note { theme:decentralisation skos:scopeNote ?note }")
    ]
    assert len(notes) == 2
    assert [html.escape(note, quote=False) in french for note in notes].count(True) == 1
    assert [html.escape(note, quote=False) in english for note in notes].count(True) == 1


def test_an_error_page_leads_back_to_the_question(client: FlaskClient) -> None:
    path = "/fr/questions/partners-by-theme-and-place"
    found = client.get(path + "?theme=nope", headers=PAGE)
    assert found.status_code == 400
    assert f'href="{path}"' in found.text


def test_a_page_without_inference_leads_to_pages_without_inference(client: FlaskClient) -> None:
    path = "/fr/questions/partners-by-theme-and-place"
    found = client.get(path + "?place=tunisie&inference=off", headers=PAGE).text
    assert 'name="inference" value="off"' in found  # asking again asks the same graph
    assert "(aucun résultat)" in found  # and choices count its rows: partners are all inferred
    assert not re.search(r"<option[^>]*>[^<(]+\(\d+\)", found)
    stated = "/fr/questions/trainees-by-year"
    empty = client.get(stated + "?year=2018&inference=off", headers=PAGE).text
    onward = re.findall(r'<li><a href="([^"]*year=20\d\d[^"]*)"', empty)
    assert onward
    assert all("inference=off" in one for one in onward)
    why = client.get(stated + "/why?year=2017&inference=off&row=1", headers=PAGE).text
    (crumbs,) = re.findall(r'class="crumbs">(.*?)</p>', why, re.S)
    (back,) = re.findall(rf'href="({stated}[^"]*)"', crumbs)
    assert "inference=off" in back


def test_a_generation_that_cannot_be_served_while_running_is_told_by_health(home: Path) -> None:
    from datetime import UTC, datetime

    old = generation.current(home)
    app = create_app(Settings(home=home))
    try:
        client = app.test_client()
        assert "fallback_from" not in client.get("/health").json
        new = generation.rollback(home, str(old.number), datetime.now(UTC))
        (new.path / "labels.json").chmod(0o644)
        (new.path / "labels.json").write_bytes(b"{}")
        assert client.get("/version").json["generation"] == old.id
        health = client.get("/health").json
        assert (health["status"], health["fallback_from"]) == ("ok", str(new.number))
        assert not workers_on(new), "what was loaded while it was verified is given up"
        last = generation.rollback(home, str(old.number), datetime.now(UTC))
        assert client.get("/version").json["generation"] == last.id
        assert "fallback_from" not in client.get("/health").json
        assert workers_on(last)
    finally:
        app.extensions["coopkg"].close()


def workers_on(made: generation.Generation) -> list[str]:
    """Return the processes that hold the store of a generation."""
    store = os.fsencode(made.file("store.nq"))
    found = []
    for command in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            if store in command.read_bytes().split(b"\0"):
                found.append(command.parent.name)
    return found


def test_pages_run_no_script_and_ask_nobody_else(client: FlaskClient) -> None:
    for path in ("/fr/", "/en/questions", "/fr/ns", "/fr/id/organisation/afd", "/sparql"):
        found = client.get(path, headers=PAGE)
        assert "script-src 'self'" in found.headers["Content-Security-Policy"]
        # A description for search engines is data: no browser runs it.
        shown = re.sub(r'<script type="application/ld\+json">[^<]*</script>', "", found.text)
        assert not re.findall(r'<script(?! type="module" src="/static/[^"]*"></script>)', shown)
        assert " style=" not in found.text
        assert not re.findall(r'(?:src|action)="https?://', found.text)


@pytest.mark.parametrize(
    "path",
    [
        "/health",
        "/version",
        "/sitemap.xml",
        "/openapi.json",
        "/fr/id/organisation/cefal",
        "/api/questions/partners-by-theme-and-place/why?row=x",
        "/api/questions/nothing-so-called",
        "/api/questions/partners-by-theme-and-place?theme=decentralisation",
        "/api/questions/partners-by-theme-and-place/choices/nothing",
        "/graphs?graph=urn:x",
        "/graphs?default",
        "/graphs?graph=&default",
        "/sparql?query=nothing",
        "/sparql?query=ASK%7B%7D",
        "/sparql?update=x",
        "/sparql/check?query=ASK%7B%7D",
        "/sparql/running/12345678",
    ],
)
def test_programs_of_other_sites_read_every_answer_and_every_refusal(
    client: FlaskClient, path: str
) -> None:
    for method in ("GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"):
        found = client.open(path, method=method)
        assert found.headers.getlist("Access-Control-Allow-Origin") == ["*"], method
        assert "Access-Control-Allow-Credentials" not in found.headers
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        assert "X-Generation" in found.headers["Access-Control-Expose-Headers"]
