"""What an answer says is no more, and no less, than what the sources do."""

from __future__ import annotations

import io
from pathlib import Path

import openpyxl
import proving
import pytest
from flask.testing import FlaskClient

from coopkg.terms import NS, PREFIXES

ROLES = "roles-in-an-activity"
FLAGSHIP = {"theme": "decentralisation", "place": "mediterranee"}


@pytest.fixture(scope="module")
def shelf(published: Path) -> proving.Shelf:
    """Return the published generation, asked in process."""
    return proving.shelf(published)


def values(rows: object, *names: str) -> set[tuple[str, ...]]:
    """Return some columns of rows, by the last word of their addresses."""
    return {
        tuple(row[name]["value"].rsplit("/", 1)[-1] if name in row else "" for name in names)
        for row in rows  # type: ignore[attr-defined]
    }


# --- Who holds a role, who carries out -----------------------------------------------------


@pytest.mark.parametrize(
    "role", ["federation", "mutualisation", "pont", "sensibilisation", "valorisation"]
)
def test_the_cnfpt_holds_each_of_its_standing_roles(role: str, shelf: proving.Shelf) -> None:
    answer = shelf.answer(ROLES, activity=f"standing-role:{role}")
    assert ("cnfpt", "holder") in values(answer.rows, "actor", "role")
    assert "CNFPT" in answer.sentence["fr"]


def test_who_carries_an_activity_out_is_named_in_it(shelf: proving.Shelf) -> None:
    unit = "mission-cooperations-internationales"
    answer = shelf.answer(ROLES, activity="cooperation-bilaterale")
    assert values(answer.rows, "actor", "role") == {
        (unit, "implementer"),
        ("partenaires-institutionnels", "requester"),
    }
    (row,) = shelf.answer("activities-of-a-partner", organisation=unit).rows
    assert values([row], "activity", "role") == {("cooperation-bilaterale", "implementer")}


@pytest.mark.parametrize(
    ("slug", "parameter", "pattern"),
    [
        (ROLES, "activity", "?one <{ns}heldBy> ?x"),
        (ROLES, "activity", "?x <{ns}implements> ?one"),
        (ROLES, "activity", "?one <{ns}participation>/<{ns}participant> ?x"),
        ("activities-of-a-partner", "organisation", "?x <{ns}heldBy> ?one"),
        ("activities-of-a-partner", "organisation", "?one <{ns}implements> ?x"),
    ],
)
def test_no_answer_denies_what_the_graph_says(
    slug: str, parameter: str, pattern: str, shelf: proving.Shelf
) -> None:
    """Checked on all the choices at once, by the open answer."""
    query = "SELECT DISTINCT ?one WHERE {{ {} . FILTER NOT EXISTS {{ ?one a <{}ActionStrand> }} }}"
    found = shelf.context.ask(query.format(pattern.format(ns=NS), NS), {})
    said = {row.value(parameter) for row in shelf.asked(slug).rows("fr")}
    assert found
    assert {one["one"] for one in found} <= said


# --- What is possible ----------------------------------------------------------------------


def test_what_the_source_says_possible_is_not_said_to_be(shelf: proving.Shelf) -> None:
    answer = shelf.answer(ROLES, activity="programme:programmes-cooperation-internationale")
    assert values(answer.rows, "actor", "role", "force", "asker") == {
        ("cnfpt", "operator", "possibility", "etat")
    }
    assert "est dit possible" in answer.sentence["fr"]
    assert "is said to be possible" in answer.sentence["en"]


def test_what_is_done_beside_what_is_possible_is_said_as_done(shelf: proving.Shelf) -> None:
    answer = shelf.answer("activities-of-a-partner", organisation="cnfpt")
    forces = {row["force"]["value"] for row in answer.rows if "force" in row}
    assert forces == {PREFIXES["force"] + "possibility"}
    assert answer.sentence["fr"].startswith(f"{answer.counted['count']} activités")


# --- What is near --------------------------------------------------------------------------


def test_a_weaker_row_has_its_own_theme_and_not_the_one_asked(shelf: proving.Shelf) -> None:
    answer = shelf.answer("partners-by-theme-and-place", **FLAGSHIP)
    (near,) = answer.related
    assert "theme" not in {one["name"] for one in near["columns"]}
    assert values(near["rows"], "closeTheme") == {("gouvernance-territoriale",)}
    asked = PREFIXES["theme"] + FLAGSHIP["theme"]
    assert asked not in {cell["value"] for row in near["rows"] for cell in row.values()}


def test_the_sheet_of_weaker_rows_does_not_give_them_the_theme_asked(client: FlaskClient) -> None:
    address = "/api/questions/partners-by-theme-and-place.xlsx"
    data = client.get(address, query_string={**FLAGSHIP, "lang": "fr"}).data
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    sheet = book[next(name for name in book.sheetnames if name.startswith("À voir aussi"))]
    rows = list(sheet.iter_rows(values_only=True))
    assert any("Marrakech-Safi" in str(cell) for row in rows for cell in row)
    assert not [cell for row in rows for cell in row if cell == "décentralisation"]


def test_what_is_near_is_not_said_to_have_no_data(shelf: proving.Shelf) -> None:
    covered = shelf.answer("partners-by-theme-and-place", **FLAGSHIP).coverage
    fields = shelf.answer("domains-of-country-action").coverage
    assert [one["near"] for one in covered["reach"]] == [["maroc"]]
    assert [sorted(one["near"]) for one in fields["reach"]] == [["algerie", "benin", "haiti"]]
    french = [one["fr"] for one in (*covered["sentences"], *fields["sentences"])]
    english = [one["en"] for one in (*covered["sentences"], *fields["sentences"])]
    assert any("«\u00a0À voir aussi\u00a0» (Maroc)" in one for one in french)
    assert any("under “See also” (Morocco)" in one for one in english)
    assert not [one for one in french if "aucune donnée" in one]
    assert not [one for one in english if "no data" in one]


# --- How each sentence is known ------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "there", "absent"),
    [
        ("partners-by-theme-and-place/why?theme=decentralisation&place=mediterranee&row=1",
         {"affirmé", "interprété", "déduit"}, {"sous-entendu"}),
        ("missions-by-zone/why?row=1", {"affirmé", "sous-entendu"}, {"interprété"}),
        ("same-association/why?form=ARF&other=R%C3%A9gions+de+France&row=1",
         {"interprété"}, {"sous-entendu"}),
    ],
)  # fmt: skip
def test_a_reason_says_how_it_is_known(
    path: str, there: set[str], absent: set[str], client: FlaskClient
) -> None:
    page = client.get(f"/fr/questions/{path}").get_data(as_text=True)
    reasons = page.split("Les raisons</h2>")[1]
    shown = {one for one in there | absent if f'<span class="badge">{one}</span>' in reasons}
    assert shown == there
    assert ">écrit<" not in reasons
