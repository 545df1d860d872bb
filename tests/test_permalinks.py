"""Addresses that hold a whole query: what goes in comes out, and nothing else does."""

from __future__ import annotations

import base64
import hashlib
import json
import string
import zlib
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from coopkg.errors import CodeError, TooLongError
from coopkg.serve import codes, permalinks
from coopkg.serve.permalinks import Permalink

ALPHABET = string.ascii_letters + string.digits + "-_"
QUERY = (
    "PREFIX coop: <https://w3id.org/cnfpt-coop/ns#>\n"
    "SELECT ?é { ?é a coop:Organisation } # «\u00a0x\u00a0»"
)
FULL = Permalink(
    QUERY,
    ("https://e.org/a", "https://e.org/b"),
    ("https://e.org/c",),
    "off",
    "12-abcdef123456",
    "chart",
    "fr",
)
# No surrogates: no query has any.
texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=400)
links = st.builds(
    Permalink,
    texts,
    st.lists(texts, max_size=3).map(tuple),
    st.lists(texts, max_size=3).map(tuple),
    st.sampled_from(["", "on", "off"]),
    st.sampled_from(["", "3", "12-abcdef123456", "f" * 64]),
    st.sampled_from(["", "table", "chart"]),
    st.sampled_from(["", "fr", "en"]),
)


@given(links)
def test_what_goes_into_a_permalink_comes_out(link: Permalink) -> None:
    code = permalinks.encode(link)
    assert permalinks.decode(code) == link
    assert permalinks.encode(permalinks.decode(code)) == code
    assert set(code) <= set(ALPHABET)


@settings(max_examples=40, deadline=None)
@given(links, st.data())
def test_no_code_that_differs_by_one_character_is_read(
    link: Permalink, data: st.DataObject
) -> None:
    code = permalinks.encode(link)
    place = data.draw(st.integers(0, len(code) - 1))
    for other in ALPHABET + "=+/.~ é":
        if other != code[place]:
            with pytest.raises(CodeError):
                permalinks.decode(code[:place] + other + code[place + 1 :])
    with pytest.raises(CodeError):
        permalinks.decode(code[:place] + code[place + 1 :])


def test_every_damage_of_one_character_is_refused_in_a_text_that_repeats_itself() -> None:
    # Deflate can say a repetition in several ways: the content would not show the difference.
    code = permalinks.encode(Permalink("SELECT ?s ?p ?o { ?s ?p ?o . ?s ?p ?o . ?s ?p ?o }" * 4))
    for place, right in enumerate(code):
        for wrong in ALPHABET:
            if wrong != right:
                with pytest.raises(CodeError):
                    permalinks.decode(code[:place] + wrong + code[place + 1 :])


@pytest.mark.parametrize("end", range(0, 60, 7))
def test_a_cut_permalink_is_refused_by_name(end: int) -> None:
    with pytest.raises(CodeError, match="not whole"):
        permalinks.decode(permalinks.encode(FULL)[: -1 - end])


def packed(text: bytes) -> str:
    """Return a code that is sound in all but its content."""
    pressed = zlib.compressobj(9, wbits=-15)
    deflated = pressed.compress(text) + pressed.flush()
    check = hashlib.sha256(deflated).digest()[:3]
    body = base64.urlsafe_b64encode(deflated + check).decode().rstrip("=")
    return f"{hashlib.sha256(text).hexdigest()[:16]}-{body}"


def test_a_code_is_what_its_description_says() -> None:
    text = json.dumps(
        {"lang": "fr", "query": "ASK {}"}, sort_keys=True, separators=(",", ":")
    ).encode()
    assert permalinks.encode(Permalink("ASK {}", lang="fr")) == packed(text)


@pytest.mark.parametrize(
    "text",
    [
        b"[]",
        b"1",
        b"not json",
        b'{"query":"ASK {}","query":"SELECT *"}',
        b'{"query": "ASK {}"}',
        b'{"lang":"de","query":"ASK {}"}',
        b'{"query":1}',
        b'{"query":""}',
        b'{"lang":"fr"}',
        b'{"query":"ASK {}","x":"y"}',
        b'{"default_graphs":"http://e/","query":"ASK {}"}',
        b'{"default_graphs":[1],"query":"ASK {}"}',
        b'{"generation":"1 OR 1","query":"ASK {}"}',
        b'{"query":"\\ud800"}',
        b'{"query":"\xff"}',
        b"[" * 5_000 + b"]" * 5_000,
        b'{"query":NaN}',
    ],
)
def test_a_sound_code_of_anything_else_is_refused(text: bytes) -> None:
    with pytest.raises(CodeError):
        permalinks.decode(packed(text))


def test_a_code_that_unpacks_to_far_more_is_refused_before() -> None:
    bomb = packed(b'{"query":"' + b" " * (4 << 20) + b'"}')
    assert len(bomb) < codes.MOST
    with pytest.raises(CodeError):
        permalinks.decode(bomb)
    with pytest.raises(CodeError):
        permalinks.decode("0" * 16 + "-" + "A" * 1_000_000)


def test_a_query_too_long_for_an_address_is_refused_with_what_to_do() -> None:
    noise = "".join(hashlib.sha256(bytes([n % 256, n // 256])).hexdigest() for n in range(300))
    for query in (noise, "# " + "é" * 20_000):
        with pytest.raises(TooLongError, match=r"\.rq file"):
            permalinks.encode(Permalink(query))


def test_half_a_character_is_refused() -> None:
    with pytest.raises(CodeError, match="half a character"):
        permalinks.encode(Permalink("ASK { # \ud800 \n}"))


# --- Over HTTP -----------------------------------------------------------------------------


def test_a_permalink_leads_to_the_query_with_all_its_parameters(client: FlaskClient) -> None:
    found = client.get("/s/" + permalinks.encode(FULL))
    assert found.status_code == 303
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    to = urlsplit(found.headers["Location"])
    assert to.path == "/sparql"
    assert parse_qs(to.query) == {
        "query": [QUERY],
        "default-graph-uri": ["https://e.org/a", "https://e.org/b"],
        "named-graph-uri": ["https://e.org/c"],
        "inference": ["off"],
        "generation": ["12-abcdef123456"],
        "view": ["chart"],
        "lang": ["fr"],
    }


def test_a_program_follows_a_permalink_to_the_results_it_can_read(client: FlaskClient) -> None:
    code = permalinks.encode(Permalink("SELECT ?x { VALUES ?x { 42 } }"))
    found = client.get(f"/s/{code}?format=csv", follow_redirects=True)
    assert found.text == "x\r\n42\r\n"


def test_a_damaged_permalink_is_explained_in_both_languages_and_not_run(
    client: FlaskClient,
) -> None:
    code = permalinks.encode(FULL)
    damaged = code[:-1] + ("A" if code[-1] != "A" else "B")
    for lang, words in (("fr", "rien n’a été exécuté"), ("en", "nothing was run")):
        found = client.get(f"/s/{damaged}", headers={"Accept-Language": lang})
        assert found.status_code == 400
        assert words in found.json["detail"]
        page = client.get(f"/s/{damaged}", headers={"Accept-Language": lang, "Accept": "text/html"})
        assert words in page.text


def test_a_permalink_is_made_on_request(client: FlaskClient) -> None:
    asked = {"query": QUERY, "inference": "off", "lang": "fr", "default-graph-uri": "https://e/"}
    found = client.get("/sparql/permalink?" + urlencode(asked))
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    path = urlsplit(found.json["permalink"]).path
    assert path == found.json["path"]
    assert permalinks.decode(path.removeprefix("/s/")) == Permalink(
        QUERY, ("https://e/",), inference="off", lang="fr"
    )
    to = client.get(path).headers["Location"]
    assert parse_qs(urlsplit(to).query) == {name: [value] for name, value in asked.items()}


def test_the_generation_of_a_permalink_is_kept_by_its_full_name(client: FlaskClient) -> None:
    served = client.get("/version").json["generation"]
    number = served.partition("-")[0]
    asked = {"query": "ASK {}", "generation": number}
    found = client.get("/sparql/permalink?" + urlencode(asked))
    assert found.json["generation"] == served
    asked["generation"] = "999"
    assert client.get("/sparql/permalink?" + urlencode(asked)).status_code == 404


def test_a_permalink_needs_a_query_and_knows_its_length(client: FlaskClient) -> None:
    assert client.get("/sparql/permalink").status_code == 400
    long = client.get("/sparql/permalink?" + urlencode({"query": "é" * 6_000}))
    assert long.status_code == 413
    assert long.json["rule"] == "too-long"
    assert client.get("/sparql/permalink?query=ASK%7B%7D&lang=de").status_code == 400
