"""The scorer of the gold questions passes right answers, and no wrong one."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest
from scoring import Book, Entry, Thing, faults, folded

TRUE = {"type": "literal", "value": "true", "datatype": "http://www.w3.org/2001/XMLSchema#boolean"}
NAMES: dict[str, tuple[str, str, list[str], str]] = {
    "cfad": ("Centre d’appui à la décentralisation", "Support Centre", ["CFAD"], "TN"),
    "afd": ("Agence française de développement", "French Development Agency", ["AFD"], "FR"),
    "interior-fr": ("ministère de l’Intérieur", "Ministry of the Interior", [], "FR"),
    "interior-ci": ("ministère de l’Intérieur", "Ministry of the Interior", [], "CI"),
    "council": ("Conseil régional", "Regional Council", [], "MA"),
    "network": ("Réseau des écoles", "Network of Schools", [], ""),
    "cefal": ("Centre de formation des acteurs locaux", "Local Actors Centre", ["CEFAL"], "BJ"),
    "cefal-2": ("CEFAL", "CEFAL", [], "BJ"),
    "stranger": ("Quelqu’un d’autre", "Somebody else", [], ""),
    "africa": ("Afrique", "Africa", [], ""),
    "basin": ("Méditerranée", "Mediterranean", ["bassin méditerranéen"], ""),
}
BOOK = Book(
    {iri: {"fr": fr, "en": en, "alt": alt} for iri, (fr, en, alt, _) in NAMES.items()},
    {iri: frozenset({code}) for iri, (*_, code) in NAMES.items() if code},
)
PARTNERS = {
    "answer_type": "entity_set",
    "gold": {
        "required": [
            {"name": "CFAD", "country": "TN"},
            {"name": "l'agence  française de développement"},
            {"name": "ministère de l'Intérieur (CI)", "variants": ["ministère de l'Intérieur"]}
            | {"country": "CI"},
        ],
        "generous_extra": [{"name": "conseil régional", "country": "MA"}],
        "tolerated_if_labelled": [{"name": "Réseau des écoles"}],
        "must_not": [{"name": "CEFAL", "country": "BJ"}],
        "count": 3,
    },
}
ASKED = Entry("Q", "who", {}, "rows:partner", related_ok=True)


def cell(value: Any) -> dict[str, Any]:
    if isinstance(value, str) and value in NAMES:
        return {"type": "uri", "value": value, "label": {"fr": NAMES[value][0], "en": ""}}
    return value if isinstance(value, dict) else {"type": "literal", "value": str(value)}


def answer(*rows: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Return the JSON of an answer."""
    related = more.pop("related", [])
    return {
        "status": "complete" if rows else "empty",
        "rows": [{name: cell(value) for name, value in row.items()} for row in rows],
        "count": len(rows),
        "related": [
            {
                "reason": {"fr": "Par un thème proche.", "en": "By a related theme."},
                "rows": [{"partner": cell(one)} for one in names],
            }
            for names in related
        ],
        "sentence": {"fr": "Il y en a.", "en": "There are."},
        "columns": [],
        "notes": [],
        "gaps": [],
        "sources": [{}],
        "derived": False,
        **more,
    }


def partners(*names: str, **more: Any) -> dict[str, Any]:
    return answer(*({"partner": one} for one in names), **more)


# --- Names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Maison de l’Élu", "maison de l'elu"),
        ("les  collectivités\u00a0locales", "Collectivités locales"),
        ("L’État", "etat"),
        ("The National School", "national school"),
    ],
)
def test_names_match_whatever_their_case_accents_spaces_and_article(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Vietnam", "Viet Nam"), ("Lesotho", "otho"), ("maire", "maires"), ("Anvers", "vers")],
)
def test_names_that_only_look_alike_stay_apart(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_an_english_name_counts_only_beside_a_french_one() -> None:
    alone = Book({"x": {"en": "French Development Agency", "alt": ["FDA"]}}, {})
    assert alone.thing({"type": "uri", "value": "x"}) == Thing("x", frozenset())
    both = BOOK.thing(cell("afd"))
    assert both.is_({"name": "French Development Agency"})
    assert both.is_({"name": "AFD"})


def test_a_homonym_is_known_by_its_country_never_by_its_bare_name() -> None:
    wanted = {"name": "Ministère de l'Intérieur", "country": "CI"}
    assert BOOK.thing(cell("interior-ci")).is_(wanted)
    assert not BOOK.thing(cell("interior-fr")).is_(wanted)
    assert not BOOK.thing({"type": "literal", "value": "ministère de l’Intérieur"}).is_(wanted)


# --- Sets of names ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "right",
    [
        partners("cfad", "afd", "interior-ci"),
        partners("cfad", "cfad", "afd", "interior-ci"),
        partners("cfad", "afd", "interior-ci", related=[["council"], ["network"]]),
    ],
    ids=["bare", "two rows for one partner", "marked weaker matches"],
)
def test_a_right_set_has_no_fault(right: dict[str, Any]) -> None:
    assert faults(PARTNERS, ASKED, right, BOOK) == []


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (partners("cfad", "afd", "interior-ci", "stranger"), "another name in rows"),
        (partners("cfad", "interior-ci"), "is given 0 times"),
        (partners("cfad", "afd", "interior-fr"), "another name in rows: interior-fr"),
        (partners("cfad", "afd", "interior-ci", "cefal"), "forbidden name in rows"),
        (partners("cfad", "afd", "interior-ci", "council"), "unmarked generous name in rows"),
        (partners("cfad", "afd", "interior-ci", "network"), "unmarked tolerated name in rows"),
        (partners("cfad", "afd", "interior-ci", related=[["cefal"]]), "forbidden name among"),
        (partners("cfad", "afd", "interior-ci", related=[["stranger"]]), "another name among"),
        (partners("cfad", "afd", "interior-ci", "ministère de l’Intérieur"), "another name"),
        (partners("cfad", "afd", "interior-ci", status="truncated"), "status is truncated"),
        (partners(), "status is empty"),
    ],
)
def test_a_wrong_set_is_told(wrong: dict[str, Any], why: str) -> None:
    assert any(why in one for one in faults(PARTNERS, ASKED, wrong, BOOK))


def test_one_body_under_two_names_is_a_fault() -> None:
    gold = {"answer_type": "entity_set", "gold": {"required": [{"name": "CEFAL"}], "count": 1}}
    found = faults(gold, ASKED, partners("cefal", "cefal-2"), BOOK)
    assert found == ["CEFAL is given 2 times: ['cefal', 'cefal-2']", "2 names"]


def test_weaker_matches_need_leave_and_a_reason_in_both_languages() -> None:
    given = partners("cfad", "afd", "interior-ci", related=[["council"]])
    strict = Entry("Q", "who", {}, "rows:partner")
    assert faults(PARTNERS, strict, given, BOOK) == ["weaker matches are not expected"]
    given["related"][0]["reason"]["en"] = " "
    assert faults(PARTNERS, ASKED, given, BOOK) == ["weaker matches without a reason"]


def test_several_columns_make_one_set() -> None:
    gold = {"answer_type": "entity_set", "gold": {"required": [{"name": "AFD"}, {"name": "CFAD"}]}}
    entry = Entry("Q", "who", {}, "columns:a,b")
    assert faults(gold, entry, answer({"a": "afd", "b": "cfad"}), BOOK) == []
    assert faults(gold, entry, answer({"a": "afd"}), BOOK)


@pytest.mark.parametrize(
    ("given", "right"),
    [
        (partners(), True),
        (partners(status="not-stated"), True),
        (partners(related=[["network"]]), True),
        (partners(related=[["afd"]]), False),
        (partners("network"), False),
        (partners(sentence={"fr": "Rien.", "en": ""}), False),
    ],
)
def test_an_empty_set_has_no_row_and_says_so(given: dict[str, Any], right: bool) -> None:
    gold = {
        "answer_type": "empty_set",
        "gold": {"required": [], "tolerated_if_labelled": [{"name": "réseau des écoles"}]},
    }
    assert (faults(gold, ASKED, given, BOOK) == []) is right


# --- Single values ---------------------------------------------------------------------------

MISSIONS = {
    "answer_type": "number",
    "gold": {"value": 77, "unit": "missions", "period": "2015-2018", "scope": "hors Europe"},
}
SAID = {"fr": "77\u00a0missions de 2015 à 2018, hors\u00a0Europe.", "en": ""}
NUMBER = Entry("Q", "how-many", {}, "value:number")


@pytest.mark.parametrize("value", ["77", "77.0"])
def test_a_right_number_has_no_fault(value: str) -> None:
    assert faults(MISSIONS, NUMBER, answer({"number": value}, sentence=SAID), BOOK) == []


@pytest.mark.parametrize(
    "wrong",
    [
        answer({"number": 0}, sentence=SAID),
        answer({"number": "soixante-dix-sept"}, sentence=SAID),
        answer({"number": 77}, {"number": 65}, sentence=SAID),
        answer(sentence=SAID),
        answer({"number": 77}, sentence={"fr": "77 missions de 2015 à 2018.", "en": ""}),
        answer({"number": 77}, sentence={"fr": "77 missions hors Europe en 2015.", "en": ""}),
        answer({"number": 77}, sentence={"fr": "77 de 2015 à 2018, hors Europe.", "en": ""}),
    ],
    ids=["zero", "words", "two values", "none", "no scope", "half a period", "no unit"],
)
def test_a_wrong_number_is_told(wrong: dict[str, Any]) -> None:
    assert faults(MISSIONS, NUMBER, wrong, BOOK)


def test_a_computed_number_must_say_so_on_the_answer_and_on_the_cell() -> None:
    gold = {"answer_type": "number", "gold": {"value": 28, "accepted": [28, 29], "derived": True}}
    flagged = {**cell(29), "derived": True}
    assert faults(gold, NUMBER, answer({"number": flagged}, derived=True), BOOK) == []
    assert faults(gold, NUMBER, answer({"number": flagged}), BOOK)
    assert faults(gold, NUMBER, answer({"number": 29}, derived=True), BOOK)
    assert faults(gold, NUMBER, answer({"number": {**flagged, "value": "30"}}, derived=True), BOOK)


def test_what_is_not_stated_is_neither_zero_nor_silence() -> None:
    gold = {"answer_type": "not_stated", "gold": {"value": None}}
    entry = Entry("Q", "trainees", {"year": "2018"}, "status:not-stated")
    assert faults(gold, entry, answer(status="not-stated", gaps=[{"gap": "x"}]), BOOK) == []
    for wrong in (
        answer({"number": 0}, status="not-stated", gaps=[{"gap": "x"}]),
        answer({"number": 0}),
        answer(status="empty"),
        answer(status="not-stated"),
    ):
        assert faults(gold, entry, wrong, BOOK)


def test_a_boolean_is_one_row_of_that_type_with_an_explanation() -> None:
    gold = {"answer_type": "boolean", "gold": {"value": True}}
    entry = Entry("Q", "is-it", {}, "boolean:is")
    assert faults(gold, entry, answer({"is": TRUE}), BOOK) == []
    for wrong in (
        answer({"is": {**TRUE, "value": "false"}}),
        answer({"is": "true"}),
        answer({"is": TRUE}, {"is": TRUE}),
        answer({"is": TRUE}, sources=[]),
        answer(),
    ):
        assert faults(gold, entry, wrong, BOOK)


def test_what_rests_on_a_reading_or_on_curation_must_say_so() -> None:
    gold = {"answer_type": "boolean", "gold": {"value": True}}
    entry = Entry("Q", "is-it", {}, "boolean:is", basis="curated")
    note = {"kind": "basis", "mode": "curated", "text": {"fr": "", "en": ""}}
    assert faults(gold, entry, answer({"is": TRUE}, notes=[note]), BOOK) == []
    assert faults(gold, entry, answer({"is": TRUE}), BOOK) == ["no note says that it is curated"]


def test_a_text_is_a_name_or_several_joined() -> None:
    gold = {"answer_type": "string", "gold": {"value": "AFD ; CFAD", "variants": ["AFD"]}}
    joined = Entry("Q", "who", {}, "columns:a,b", join=" ; ")
    assert faults(gold, joined, answer({"a": "afd", "b": "cfad"}), BOOK) == []
    assert faults(gold, joined, answer({"a": "cfad", "b": "afd"}), BOOK)
    single = Entry("Q", "who", {}, "value:a")
    assert faults(gold, single, answer({"a": "afd"}), BOOK) == []
    assert faults(gold, single, answer({"a": "afd"}, {"a": "cfad"}), BOOK)


# --- Mappings --------------------------------------------------------------------------------

BY_ZONE = {
    "answer_type": "mapping",
    "gold": {"value": {"Afrique": 12, "bassin méditerranéen": 18}, "total": 30},
}
ZONES = Entry("Q", "by-zone", {}, "mapping:zone:number")


def zones(*pairs: tuple[str, int]) -> dict[str, Any]:
    return answer(*({"zone": zone, "number": number} for zone, number in pairs))


def test_a_mapping_has_all_the_keys_and_no_other() -> None:
    assert faults(BY_ZONE, ZONES, zones(("africa", 12), ("basin", 18)), BOOK) == []
    for wrong in (
        zones(("africa", 18), ("basin", 12)),
        zones(("africa", 12)),
        zones(("africa", 12), ("basin", 18), ("stranger", 0)),
        zones(("africa", 12), ("basin", 18), ("basin", 3)),
    ):
        assert faults(BY_ZONE, ZONES, wrong, BOOK)


def test_columns_make_a_mapping_of_any_values() -> None:
    value = {"numéro": "84-594", "date": "1984-07-12", "modifiée": True, "lignes": [82, 142]}
    gold = {"answer_type": "mapping", "gold": {"value": value}}
    keys = {"n": "numéro", "d": "date", "a": "modifiée", "l": "lignes"}
    entry = Entry("Q", "law", {}, "columns:n,d,a,l", keys=keys)
    row = {"n": "84-594", "d": "1984-07-12", "a": TRUE}
    right = answer({**row, "l": 142}, {**row, "l": 82})
    assert faults(gold, entry, right, BOOK) == []

    def wrong(change: Callable[[list[dict[str, Any]]], Any]) -> list[str]:
        given = copy.deepcopy(right)
        change(given["rows"])
        return faults(gold, entry, given, BOOK)

    assert wrong(lambda rows: rows.pop())
    assert wrong(lambda rows: rows.append({"l": cell(81)}))
    assert wrong(lambda rows: [row.update(n=cell("84-595")) for row in rows])
    assert wrong(lambda rows: [row.update(a=cell("true")) for row in rows])
    assert wrong(lambda rows: [row.pop("d") for row in rows])
