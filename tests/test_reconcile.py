"""The Reconciliation API: by the published checker, by a client of others, and by hand."""

from __future__ import annotations

import csv
import importlib
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from coopkg.serve.reconcile import MOST_BYTES
from coopkg.serve.reconcile.queries import MOST_QUERIES
from tests.serving import running

ROOT = Path(__file__).parents[1]
CHECKER = ROOT.parent / "shared" / "tools" / "recon_check.py"
NAMES = Path(__file__).parent / "linking" / "names.tsv"
ID = "https://w3id.org/cnfpt-coop/id/"
CEFAL = ID + "organisation/cefal"
BODY = "http://www.w3.org/ns/org#Organization"
BASED_IN = "https://w3id.org/cnfpt-coop/ns#basedIn"


@pytest.fixture(scope="module")
def service(published: Path) -> Iterator[str]:
    command = (sys.executable, "-m", "coopkg", "serve", "--home", str(published))
    with running(published, *command) as found:
        yield found.url


def imported(name: str) -> Any:
    """Return a library, or skip; in CI it must be there."""
    try:
        return importlib.import_module(name)
    except ImportError:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{name} is not installed")


def ask(client: FlaskClient, address: str = "/reconcile", **queries: Any) -> Any:
    found = client.post(address, data={"queries": json.dumps(queries)})
    assert found.status_code == 200, found.get_data(as_text=True)
    return found.get_json()


def features(candidate: Any) -> dict[str, Any]:
    return {one["id"]: one["value"] for one in candidate["features"]}


def matches(said: Any) -> list[str]:
    return [one["id"].removeprefix(ID) for one in said["result"] if one["match"]]


# --- Others judge it ---------------------------------------------------------------------------


@pytest.mark.skipif(
    not CHECKER.exists() and "CI" not in os.environ, reason="no checker of reconciliation here"
)
def test_every_line_of_the_published_check_passes(service: str) -> None:
    known = ["--name", "CEFAL", "--id", CEFAL, "--type", BODY, "--property", BASED_IN]
    address = ["--url", service + "/reconcile", "--version", "0.2"]
    done = subprocess.run(
        [sys.executable, str(CHECKER), *address, *known],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    lines = re.findall(r"^(PASS|FAIL|SKIP)  (R\d+)  (.*)$", done.stdout, re.MULTILINE)
    assert len(lines) == 26
    assert [line for line in lines if line[0] != "PASS"] == []


@pytest.mark.filterwarnings("ignore")  # the client's own, of its libraries
def test_a_client_of_others_finds_partners_by_their_names_and_is_never_misled(
    service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    numpy, pandas, reconciler = (imported(name) for name in ("numpy", "pandas", "reconciler"))
    monkeypatch.setattr(numpy, "NaN", numpy.nan, raising=False)  # the client's name for it
    with NAMES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    column = pandas.Series([row["name"] for row in rows])
    found = reconciler.reconcile(
        column, top_res=1, reconciliation_endpoint=service + "/fr/reconcile"
    )
    said = {row["input_value"]: row for _, row in found.iterrows()}
    named = [row for row in rows if row["expected"]]
    right = [row for row in named if said[row["name"]]["id"] == ID + row["expected"]]
    assert len(named) >= 30
    assert len(right) >= 0.95 * len(named)
    taken = [row for row in rows if said[row["name"]]["match"]]
    assert taken
    wrong = [row["name"] for row in taken if said[row["name"]]["id"] != ID + row["expected"]]
    assert wrong == []


# --- The manifest ------------------------------------------------------------------------------


def test_the_manifest_speaks_the_language_of_its_address_and_keeps_it(client: FlaskClient) -> None:
    french, english = (client.get(f"/{lang}/reconcile").get_json() for lang in ("fr", "en"))
    assert french["name"] != english["name"]
    assert english["view"]["url"].endswith("/en/reconcile/view?id={{id}}")
    assert english["suggest"]["entity"]["service_url"].endswith("/en/reconcile")
    asked = client.get("/reconcile", headers={"Accept-Language": "en"})
    assert asked.get_json()["name"] == english["name"]
    assert "/reconcile/view" in asked.get_json()["view"]["url"]
    assert "/en/reconcile" not in asked.get_json()["view"]["url"]
    assert "Accept-Language" in asked.headers["Vary"]
    assert asked.headers["Access-Control-Allow-Origin"] == "*"


def test_a_browser_of_another_site_may_send_json(client: FlaskClient) -> None:
    preflight = client.options("/reconcile", headers={"Origin": "http://127.0.0.1:3333"})
    assert preflight.status_code == 204
    assert "Content-Type" in preflight.headers["Access-Control-Allow-Headers"]
    assert preflight.headers["Access-Control-Allow-Origin"] == "*"
    said = client.post("/reconcile", json={"queries": {"q": {"query": "BTVL"}}}).get_json()
    assert matches(said["q"]) == ["organisation/btvl"]


def test_a_function_is_called_by_a_plain_name_only(client: FlaskClient) -> None:
    wrapped = client.get("/reconcile?callback=f_1$")
    assert wrapped.mimetype == "text/javascript"
    assert wrapped.headers["X-Content-Type-Options"] == "nosniff"
    assert json.loads(wrapped.get_data(as_text=True).removeprefix("f_1$(").removesuffix(");"))
    for name in ("f(1)", "alert(1)//", "a.b", "<script>", "", "a" * 65, "é"):
        refused = client.get("/reconcile", query_string={"callback": name})
        assert refused.status_code == 400, name
        assert refused.mimetype == "application/problem+json"


# --- Queries -----------------------------------------------------------------------------------


def test_each_candidate_says_why_in_the_language_of_the_reader(client: FlaskClient) -> None:
    said = {
        lang: ask(client, f"/{lang}/reconcile", q={"query": "BTVL"})["q"]["result"][0]
        for lang in ("fr", "en")
    }
    assert said["fr"]["name"] == "Bureau technique des villes libanaises"
    assert said["en"]["name"] == "Technical Office of Lebanese Cities"
    assert "trouvé par « BTVL »" in said["fr"]["description"]
    assert "found by “BTVL”" in said["en"]["description"]
    assert "Lebanon" in said["en"]["description"]
    assert features(said["en"]) == {"acronym": 100.0, "all-words": True}
    assert {"id": BODY, "name": "organisation"} in said["en"]["type"]


def test_a_query_that_fails_is_an_error_of_its_own_and_never_an_empty_list(
    client: FlaskClient,
) -> None:
    bad: dict[str, Any] = {
        "empty": {"query": " "},
        "nothing": {},
        "long": {"query": "a" * 301},
        "type": {"query": "CEFAL", "type": "no-such-type"},
        "types": {"query": "CEFAL", "type": [BODY, "no-such-type"]},
        "limit": {"query": "CEFAL", "limit": 0},
        "many": {"query": "CEFAL", "limit": "ten"},
        "text": "CEFAL",
        "number": {"query": 12},
        "field": {"query": "CEFAL", "lmit": 3},
        "pid": {"query": "CEFAL", "properties": [{"v": "x"}]},
        "strict": {"query": "CEFAL", "type_strict": "maybe"},
    }
    for lang, other in (("fr", "en"), ("en", "fr")):
        said = ask(client, f"/{lang}/reconcile", good={"query": "CEFAL"}, **bad)
        elsewhere = ask(client, f"/{other}/reconcile", **bad)
        assert matches(said["good"]) == ["organisation/cefal"]
        for name in bad:
            assert set(said[name]) == {"error"}, name
            assert said[name]["error"]["message"]
            assert said[name]["error"] != elsewhere[name]["error"]


def test_nothing_found_is_an_empty_list_and_no_error(client: FlaskClient) -> None:
    assert ask(client, q={"query": "zzqqxxyy"})["q"] == {"result": []}


@pytest.mark.parametrize(
    ("value", "slug"),
    [
        ("LB", "ambassade-france-liban"),
        ("LBN", "ambassade-france-liban"),
        ("422", "ambassade-france-liban"),
        ("Lebanon", "ambassade-france-liban"),
        ({"id": ID + "place/liban", "name": "Liban"}, "ambassade-france-liban"),
        ("place/benin", "ambassade-france-benin"),
        ("Viêt Nam", "ambassade-france-vietnam"),
    ],
)
def test_a_country_however_it_is_written_tells_homonyms_apart(
    client: FlaskClient, value: Any, slug: str
) -> None:
    given = [{"pid": "country", "v": value}]
    said = ask(client, q={"query": "Ambassade de France", "properties": given})["q"]
    assert matches(said) == [f"organisation/{slug}"]
    assert features(said["result"][0])["country"] is True
    refuted = [one for one in said["result"] if features(one).get("country") is False]
    assert len(refuted) >= 3
    assert all(one["score"] < 60 for one in refuted)


@pytest.mark.parametrize(
    ("pid", "value"),
    [
        ("iati", "FR-6"),
        ("identifier", "FR-6"),
        ("https://w3id.org/cnfpt-coop/ns#hasIdentifier", "FR-6"),
    ],
)
def test_an_identifier_decides(client: FlaskClient, pid: str, value: str) -> None:
    given = [{"pid": pid, "v": [value]}]
    said = ask(client, q={"query": "Affaires étrangères", "properties": given})["q"]
    assert matches(said) == ["organisation/meae"]
    assert features(said["result"][0])["identifier"] is True
    alone = ask(client, q={"properties": given})["q"]
    assert matches(alone) == ["organisation/meae"]


def test_a_property_that_cannot_be_used_is_counted_and_not_passed_over(client: FlaskClient) -> None:
    given = [{"pid": "p", "v": "x"}, {"pid": "country", "v": "Atlantis"}]
    said = ask(client, q={"query": "CEFAL", "properties": given})["q"]["result"][0]
    assert features(said)["properties-not-used"] == 2


def test_the_type_may_be_given_by_its_iri_its_short_name_or_its_label(client: FlaskClient) -> None:
    for name in (BODY, "org:Organization", "organisation"):
        said = ask(client, q={"query": "Tunisie", "type": name})["q"]["result"]
        assert said
        assert all(BODY in [one["id"] for one in row["type"]] for row in said)
    should = ask(client, q={"query": "Tunisie", "type": BODY, "type_strict": "should"})["q"]
    place = next(one for one in should["result"] if one["id"] == ID + "place/tunisie")
    assert features(place)["type"] is False
    assert not place["match"]


def test_a_batch_that_cannot_be_read_is_refused_whole(client: FlaskClient) -> None:
    many = {f"q{number}": {"query": "x"} for number in range(MOST_QUERIES + 1)}
    form = "application/x-www-form-urlencoded"
    for status, data, kind in (
        (400, {"queries": "[1,2]"}, form),
        (400, {"queries": "{no"}, form),
        (400, {"queries": "[" * 100_000}, form),
        (400, {"other": "1"}, form),
        (413, {"queries": json.dumps(many)}, form),
        (413, "x" * (MOST_BYTES + 1), "application/json"),
        (415, "<queries/>", "application/xml"),
        (400, "[]", "application/json"),
        (400, json.dumps({"queries": {}, "extend": {}}), "application/json"),
    ):
        found = client.post("/reconcile", data=data, content_type=kind)
        assert found.status_code == status, (str(data)[:40], found.get_data(as_text=True)[:200])
        assert found.headers["Access-Control-Allow-Origin"] == "*"
        assert found.mimetype == "application/problem+json"


def test_asked_by_get_the_same_is_answered_and_kept(client: FlaskClient) -> None:
    queries = json.dumps({"q0": {"query": "CFAD"}, "ключ": {"query": "BTVL"}})
    first, again = (client.get("/reconcile", query_string={"queries": queries}) for _ in range(2))
    assert first.get_json() == again.get_json()
    assert list(first.get_json()) == ["q0", "ключ"]
    assert again.headers["X-Cache"] == "hit"
    assert first.headers["ETag"]


def test_a_past_generation_is_asked_as_such(client: FlaskClient) -> None:
    assert client.get("/reconcile?generation=1").status_code == 200
    assert client.get("/reconcile?generation=999").status_code == 404
    kept = client.get("/reconcile/view?id=organisation/cefal&generation=1")
    assert kept.status_code == 303


# --- Suggest, preview, view, extend ------------------------------------------------------------


def test_suggestions_come_fast_enough_to_type_by(client: FlaskClient) -> None:
    client.get("/reconcile/suggest/entity?prefix=warm")
    for what, prefix in (("entity", "cef"), ("type", "org"), ("property", "pays")):
        started = time.monotonic()
        found = client.get(f"/fr/reconcile/suggest/{what}", query_string={"prefix": prefix})
        assert time.monotonic() - started < 1.5  # 0.15 s on a machine at rest
        assert found.get_json()["result"], what
    first = client.get("/fr/reconcile/suggest/entity?prefix=cef").get_json()["result"][0]
    assert first["id"] == CEFAL
    assert first["notable"]
    rest = client.get("/fr/reconcile/suggest/entity?prefix=cef&cursor=1").get_json()["result"]
    assert first not in rest
    places = client.get("/reconcile/suggest/entity?prefix=tun&type=coop:Place").get_json()
    assert [one["id"] for one in places["result"]] == [ID + "place/tunisie"]


@pytest.mark.parametrize(
    ("what", "name"),
    [("entity", "organisation/cefal"), ("type", "org:Organization"), ("property", "coop:basedIn")],
)
def test_a_card_says_what_a_suggestion_is(client: FlaskClient, what: str, name: str) -> None:
    said = client.get(f"/fr/reconcile/flyout/{what}?id={name}").get_json()
    assert said["id"] == name
    assert "<strong>" in said["html"]
    assert client.get(f"/fr/reconcile/flyout/{what}?id=<b>x").status_code == 404


def test_a_preview_may_be_framed_and_nothing_else_of_ours(client: FlaskClient) -> None:
    found = client.get("/en/reconcile/preview", query_string={"id": CEFAL})
    page = found.get_data(as_text=True)
    assert found.status_code == 200
    assert "frame-ancestors *" in found.headers["Content-Security-Policy"]
    assert "Training Centre for Local Actors" in page
    assert "/en/id/organisation/cefal" in page
    assert "<script" not in page
    other = client.get("/en/reconcile/view", query_string={"id": CEFAL})
    assert other.location == "/en/id/organisation/cefal"
    assert "frame-ancestors *" not in other.headers["Content-Security-Policy"]


def test_what_is_not_here_is_not_echoed_as_markup(client: FlaskClient) -> None:
    for path in ("preview", "view", "flyout/entity"):
        found = client.get(f"/reconcile/{path}", query_string={"id": "<script>alert(1)</script>"})
        assert found.status_code == 404, path
        assert found.headers["X-Content-Type-Options"] == "nosniff"
        is_text = found.mimetype == "application/problem+json"
        assert is_text or "<script>alert" not in found.get_data(as_text=True)
    assert client.get("/reconcile/view?id=https://evil.example/").status_code == 404
    assert client.get("/reconcile/view?id=//evil.example/").status_code == 404
    assert client.get("/reconcile/preview").status_code == 400


def extend(client: FlaskClient, ids: Any, *properties: Any) -> Any:
    body = {"ids": ids, "properties": list(properties)}
    return client.post("/en/reconcile", data={"extend": json.dumps(body)})


def test_what_is_known_of_a_thing_comes_as_the_settings_ask(client: FlaskClient) -> None:
    said = extend(
        client,
        ["organisation/cefal", ID + "place/tunisie", "organisation/nobody"],
        {"id": "country"},
        {"id": "skos:prefLabel"},
        {"id": "skos:prefLabel", "settings": {"lang": "fr"}},
        {"id": "wikidata"},
    ).get_json()
    cefal = said["rows"]["organisation/cefal"]
    assert cefal["country"] == [{"id": ID + "place/benin", "name": "Benin"}]
    assert said["rows"][ID + "place/tunisie"]["wikidata"] == [{"str": "Q948"}]
    assert cefal["wikidata"] == []
    assert said["unknown"] == ["organisation/nobody"]
    assert said["rows"]["organisation/nobody"] == {}
    assert [one["id"] for one in said["meta"]][:2] == ["country", "skos:prefLabel"]
    for settings, wanted in (
        ({"lang": "all"}, 2),
        ({"lang": "all", "limit": 1}, 1),
        ({"lang": "fr"}, 1),
    ):
        given = {"id": "skos:prefLabel", "settings": settings}
        row = extend(client, [CEFAL], given).get_json()["rows"][CEFAL]
        assert len(row["skos:prefLabel"]) == wanted, settings
    counted = extend(client, [CEFAL], {"id": "type", "settings": {"content": "count"}}).get_json()
    assert counted["rows"][CEFAL]["type"][0]["int"] > 3
    ids = extend(client, [CEFAL], {"id": "country", "settings": {"content": "id"}}).get_json()
    assert ids["rows"][CEFAL]["country"] == [{"str": ID + "place/benin"}]


def test_an_extension_that_cannot_be_done_says_why(client: FlaskClient) -> None:
    assert extend(client, [CEFAL], {"id": "no-such-property"}).status_code == 400
    assert extend(client, [CEFAL], {"id": "country", "settings": {"limit": -1}}).status_code == 400
    assert extend(client, [CEFAL], {"id": "country", "settings": {"lang": "de"}}).status_code == 400
    assert extend(client, "cefal", {"id": "country"}).status_code == 400
    assert extend(client, [CEFAL], "country").status_code == 400
    assert extend(client, [f"x{n}" for n in range(101)], {"id": "country"}).status_code == 413


def test_the_properties_proposed_are_those_that_a_type_has(client: FlaskClient) -> None:
    said = client.get("/en/reconcile/extend/propose?type=org:Organization").get_json()
    ids = [one["id"] for one in said["properties"]]
    assert BASED_IN in ids
    assert "iati" in ids
    assert "https://w3id.org/cnfpt-coop/ns#inBrochureZone" not in ids
    few = client.get("/en/reconcile/extend/propose?type=org:Organization&limit=2").get_json()
    assert len(few["properties"]) == 2
    assert client.get("/en/reconcile/extend/propose?type=zz").status_code == 400
    assert client.get("/en/reconcile/extend/propose").get_json()["properties"]
