"""Addresses of questions that are not quite ones: led to the right one, or refused plainly."""

from __future__ import annotations

import json
import re
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coopkg.config import Settings
from coopkg.errors import UnknownError
from coopkg.serve.past import Past

FLAGSHIP = "partners-by-theme-and-place"
PAGE = {"Accept": "text/html"}


def query(address: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(address).query))


def told(reply: TestResponse) -> Any:
    return json.loads(reply.data)


@pytest.mark.parametrize(
    "place", ["Méditerranée", "mediterranée", "MEDITERRANEAN", " Méditerranée"]
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_name_of_a_choice_leads_to_that_choice(
    client: FlaskClient, lang: str, place: str
) -> None:
    given = {"theme": "culture", "place": place, "inference": "off"}
    reply = client.get(f"/{lang}/questions/{FLAGSHIP}", query_string=given)
    assert reply.status_code == 302
    assert query(reply.location) == {**given, "place": "mediterranee"}
    assert client.get(reply.location).status_code == 200
    api = client.get(f"/api/questions/{FLAGSHIP}", query_string=given)
    assert told(api)["parameters"]["place"] == "mediterranee"


def test_a_short_value_or_a_whole_address_is_answered_where_it_is(client: FlaskClient) -> None:
    for place in ("mediterranee", "place:mediterranee"):
        path = f"/fr/questions/{FLAGSHIP}?place={place}"
        assert client.get(path).status_code == 200, place


@pytest.mark.parametrize(
    ("lang", "label", "name", "wrong"),
    [("fr", "Lieu", "Méditerranée", "Méditerannée"), ("en", "Place", "Mediterranean", "meditera")],
)
def test_a_refusal_names_the_parameter_and_links_the_nearest_choice(
    client: FlaskClient, lang: str, label: str, name: str, wrong: str
) -> None:
    given = {"theme": "culture", "place": wrong, "page": "2"}
    path = f"/{lang}/questions/{FLAGSHIP}"
    reply = client.get(path, query_string=given, headers=PAGE)
    assert reply.status_code == 400
    html = unescape(reply.text)
    assert f"<p>{label}" in html
    assert "IRI" not in html
    assert "http(s)" not in html
    links = dict(re.findall(r'<li><a rel="nofollow" href="([^"]+)">([^<]+)</a>', html))
    (near,) = (href for href, text in links.items() if text == name)
    assert query(near) == {"theme": "culture", "place": "mediterranee"}
    assert client.get(near).status_code == 200
    problem = client.get(f"/api/questions/{FLAGSHIP}", query_string={**given, "lang": lang})
    assert told(problem)["parameter"] == "place"
    assert {"value": "mediterranee", "label": name} in told(problem)["choices"]


def test_a_page_that_is_not_there_is_said_in_plain_words(client: FlaskClient) -> None:
    html = client.get(f"/fr/questions/{FLAGSHIP}?theme=culture&page=9", headers=PAGE).text
    assert "de 1 à 1" not in html
    assert "il y a une seule page" in html


def test_a_part_is_asked_by_short_values_and_refused_by_name(client: FlaskClient) -> None:
    path = f"/questions/{FLAGSHIP}"
    rows = told(client.get(f"/api{path}"))["rows"]
    iri = next(one["country"]["value"] for one in rows if one.get("country"))
    short = iri.rpartition("/")[2]
    whole = told(client.get(f"/api{path}?f.country=place:{short}"))
    assert whole["count"] > 0
    assert told(client.get(f"/api{path}?f.country={short}"))["rows"] == whole["rows"]
    for lang in ("fr", "en"):
        assert client.get(f"/{lang}{path}?f.country={short}").status_code == 200
        reply = client.get(f"/{lang}{path}?f.country=atlantide", headers=PAGE)
        assert reply.status_code == 400
        assert {"fr": "Pays", "en": "Country"}[lang] in reply.text
        near = unescape(re.findall(r'<li><a rel="nofollow" href="([^"]+)"', reply.text)[0])
        assert client.get(near).status_code == 200
    for bad in ("f.country=atlantide", "f.nowhere=x"):
        refused = client.get(f"/api{path}?{bad}")
        assert (refused.status_code, told(refused)["parameter"]) == (400, bad.split("=")[0])


def test_a_last_slash_is_taken_away(client: FlaskClient) -> None:
    for end in ("", "/embed", "/why"):
        reply = client.get(f"/fr/questions/{FLAGSHIP}{end}/?theme=culture&row=1")
        assert reply.status_code == 308
        assert reply.location == f"/fr/questions/{FLAGSHIP}{end}?theme=culture&row=1"
    assert client.get("/fr/questions/nothing/").location == "/fr/questions/nothing"


def test_what_needs_a_choice_starts_at_its_example_wherever_it_is_shown(
    client: FlaskClient,
) -> None:
    for end in ("", "/embed", "/why"):
        reply = client.get(f"/fr/questions/is-member-of{end}?inference=on")
        assert reply.status_code == 302, end
        assert urlsplit(reply.location).path == f"/fr/questions/is-member-of{end}"
        assert query(reply.location) == {"organisation": "cncd", "inference": "on"}


def test_a_mistake_is_reported_with_all_that_was_asked(client: FlaskClient) -> None:
    path = f"/fr/questions/{FLAGSHIP}?theme=culture&sort=country"
    reply = client.get(path)
    footer = reply.text.rpartition('<footer class="site">')[2]
    (href,) = re.findall(r'href="(/fr/report\?[^"]+)"', footer)
    assert query(unescape(href)) == {"about": path, "generation": reply.headers["X-Generation"]}


def test_a_generation_that_was_erased_says_why(tmp_path: Path) -> None:
    (tmp_path / "erased").mkdir()
    why = '{"digest": "abcdef0123456789", "why": {"fr": "à la demande", "en": "on request"}}'
    (tmp_path / "erased" / "3").write_text(why, encoding="utf-8")
    past = Past(Settings(home=tmp_path))
    for ref in ("3", "3-abcdef012345"):
        with pytest.raises(UnknownError, match="generation 3 was erased: on request"):
            past.find(ref)
    with pytest.raises(UnknownError, match="no generation that is kept"):
        past.find("4")
