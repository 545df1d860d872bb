"""Two entities side by side: what is common, what differs, what only one side states."""

from __future__ import annotations

import html
import re

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from coopkg.serve.compare_view import verdict
from coopkg.serve.i18n import LANGS
from coopkg.terms import Term

Parts = dict[str, tuple[str, list[list[str]]]]


def text(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).strip()


def compared(client: FlaskClient, a: str, b: str, lang: str = "fr") -> str:
    found = client.get(f"/{lang}/compare", query_string={"a": a, "b": b})
    assert found.status_code == 200, found.text
    return found.text


def lines(page: str) -> dict[str, tuple[str, list[str]]]:
    """Return each line of a comparison: its title, its mark, and its two cells as text."""
    found = {}
    for body in re.findall(r"<tbody.*?</tbody>", page, re.DOTALL):
        head = re.search(r'colspan="2">(.*?)(?:<span class="badge">(.*?))?</th>', body, re.DOTALL)
        assert head is not None
        cells = [text(one) for one in re.findall(r"<td>(.*?)</td>", body, re.DOTALL)]
        found[text(head[1])] = (text(head[2] or ""), cells)
    return found


@pytest.mark.parametrize("lang", LANGS)
def test_two_partners_are_told_side_by_side(client: FlaskClient, lang: str) -> None:
    page = compared(client, "organisation/cefal", "organisation/cfad", lang)
    told = lines(page)
    names = {
        "fr": ("Activités", "Thèmes de ces activités"),
        "en": ("Activities", "Themes of these activities"),
    }
    activities, themes = (told[one] for one in names[lang])
    assert activities[0].startswith("≠")
    assert [
        ("Bénin" if lang == "fr" else "Benin") in activities[1][0],
        "Tunis" in activities[1][1],
    ] == [True, True]
    assert themes[0].startswith("≈")
    assert all(("en commun" if lang == "fr" else "in common") in cell for cell in themes[1])


def test_what_each_takes_part_in_is_what_the_question_answers(client: FlaskClient) -> None:
    told = lines(compared(client, "organisation/cefal", "organisation/cfad"))
    for place, slug in enumerate(("cefal", "cfad")):
        asked = f"/api/questions/activities-of-a-partner?organisation={slug}"
        rows = client.get(asked).json["rows"]
        assert rows
        for row in rows:
            assert row["activity"]["label"]["fr"] in told["Activités"][1][place]
            assert row["role"]["label"]["fr"] in told["Rôles dans ces activités"][1][place]
    # One benefits from its action, the other is a partner of it: that is not the same.
    assert told["Rôles dans ces activités"][0].startswith("≠")
    themes = client.get("/api/questions/themes-of-a-partner?organisation=cfad").json["rows"]
    cell = told["Thèmes de ces activités"][1][1]
    assert all(row["theme"]["label"]["fr"] in cell for row in themes)


def test_swapping_gives_the_same_lines_the_other_way_round(client: FlaskClient) -> None:
    one = compared(client, "place/tunisie", "place/maroc", "en")
    (swap,) = re.findall(r'<p><a href="([^"]+)">Swap the two</a>', one)
    other = client.get(html.unescape(swap)).text
    assert {name: (mark, cells[::-1]) for name, (mark, cells) in lines(other).items()} == lines(one)
    assert "1 activity in common" in text(one)


def test_no_cell_is_empty_and_silence_is_said(client: FlaskClient) -> None:
    told = lines(compared(client, "place/afrique", "place/europe"))
    assert all(cell for _, cells in told.values() for cell in cells)
    mark, cells = told["Activités"]
    assert mark == "≠ dit d’un seul côté"
    assert cells[1] == "la source n’en dit rien"
    missions = next(one for name, one in told.items() if "missions" in name.lower() and one[0])
    assert missions[1] == ["6", "la source n’en dit rien"]  # Europe is left out of the count, not 0


def test_the_same_question_about_both_says_what_each_answers(client: FlaskClient) -> None:
    page = compared(client, "place/tunisie", "place/cameroun")
    section = page[page.index('id="questions"') :]
    asked = re.findall(r'<td><a href="(/fr/questions/[^"]+)">([^<]+)<', section)
    assert len(asked) >= 8
    for href, said in asked:
        answer = client.get("/api" + html.unescape(href).removeprefix("/fr")).json
        if answer["count"]:
            assert said.split()[0] == str(answer["count"])
        else:
            assert (
                said
                == {"not-stated": "la source ne le dit pas", "empty": "aucune ligne"}[
                    answer["status"]
                ]
            )


@pytest.mark.parametrize(
    ("a", "b", "status", "words"),
    [
        ("place/tunisi", "", 404, "Vouliez-vous dire"),
        ("organisation/cefal", "organisation/nobody-at-all", 404, "Rien de comparable"),
        ("place/tunisie", "place/tunisie", 200, "deux fois la même chose"),
        ("place/tunisie", "organisation/cfad", 200, "ne se comparent pas"),
        ("place/tunisie", "place/mediterranee", 200, "ne se comparent pas"),
        ("scheme/theme/culture", "place/maroc", 404, "Rien de comparable"),
        ("<script>", "\x00", 404, "Rien de comparable"),
        ("nobody", "nowhere", 404, "porte les noms"),
        ("x" * 3000, "", 404, "Rien de comparable"),
    ],
)
def test_what_cannot_be_compared_gets_a_helpful_page(
    client: FlaskClient, a: str, b: str, status: int, words: str
) -> None:
    for lang in LANGS:
        found = client.get(f"/{lang}/compare", query_string={"a": a, "b": b})
        assert found.status_code == status
        assert found.text.count("<select") == 2  # what may be chosen instead
        assert "<script>" not in found.text
        assert 'role="alert"' in found.text
    assert words in client.get("/fr/compare", query_string={"a": a, "b": b}).text


def test_a_near_name_keeps_the_other_one(client: FlaskClient) -> None:
    page = client.get("/fr/compare?a=place/maroc&b=place/tunisi").text
    assert 'href="/fr/compare?a=place/maroc&amp;b=place/tunisie"' in page


def test_one_entity_opens_with_the_others_of_its_kind_to_choose(client: FlaskClient) -> None:
    page = client.get("/fr/compare?a=place/tunisie").text
    first, second = re.findall(r"<select.*?</select>", page, re.DOTALL)
    assert '<option value="place/tunisie" selected>' in first
    assert "organisation/cnfpt" in first
    assert "place/maroc" in second
    assert "organisation/" not in second
    assert 'role="alert"' not in page


def test_a_whole_iri_is_a_name_too(client: FlaskClient) -> None:
    base = "https://w3id.org/cnfpt-coop/id/"
    assert lines(compared(client, base + "place/maroc", base + "place/liban")) == lines(
        compared(client, "place/maroc", "place/liban")
    )


def test_every_offered_name_can_be_compared(client: FlaskClient) -> None:
    page = client.get("/fr/compare").text
    first = re.findall(r"<select.*?</select>", page, re.DOTALL)[0]
    groups = re.findall(r"<optgroup.*?</optgroup>", first, re.DOTALL)
    assert len(groups) == 3
    for group in groups:
        names = re.findall(r'value="([^"]+)"', group)
        assert len(names) >= 5
        for name, other in zip(names[::5], [*names[1:], names[0]][::5], strict=True):
            assert lines(compared(client, name, other))


def test_a_verdict_has_a_mark_and_words_in_both_languages() -> None:
    a, b = (frozenset[Term]({ox.Literal(one)}) for one in "ab")
    cases = {(a, a): "=", (a, b): "≠", (a | b, b): "≈", (a, frozenset[Term]()): "≠"}
    for (one, other), mark in cases.items():
        said = [verdict(one, other, lang) for lang in LANGS]
        assert {each["mark"] for each in said} == {mark}
        assert said[0]["verdict"] != said[1]["verdict"]
        assert said[0]["differs"] == (mark != "=")
    assert verdict(frozenset(), frozenset(), "fr") == {
        "mark": "?",
        "verdict": "non dit",
        "differs": False,
    }
