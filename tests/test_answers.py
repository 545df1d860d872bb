"""Answers: what is said and what is not, on a tiny graph and on the real one."""

from __future__ import annotations

import json

import pytest
from answering import (
    QUERIES,
    TINY,
    ask_real,
    ask_tiny,
    derived,
    names,
    real,
    shipped,
)

from coopkg import answers
from coopkg.answers import assemble, changes, weaker
from coopkg.answers.offers import offers
from coopkg.errors import ParameterError
from coopkg.questions import APART

SLUGS = sorted({path.stem for path in QUERIES.glob("*.rq")} - APART)
XSD = "http://www.w3.org/2001/XMLSchema#"


# --- What is said -------------------------------------------------------------------------


def test_an_answer_names_its_partners_and_says_so_in_a_sentence() -> None:
    found = ask_tiny(theme="decentralisation", place="mediterranee")
    assert found.status == "complete"
    assert names(found) == ["afd", "etoile"]
    assert found.sentence == {
        "fr": "2 partenaires\u00a0: AFD et Étoile.",
        "en": "2 partners: AFD and Star.",
    }
    assert found.parameters == {"theme": "decentralisation", "place": "mediterranee"}
    assert found.counted == {"column": "partner", "count": 2}


def test_a_lead_is_no_partner() -> None:
    assert "cnfpt" not in names(ask_tiny(page=None))


def test_theme_and_place_must_meet_in_one_activity() -> None:
    assert "universite" not in names(ask_tiny(theme="decentralisation", place="mediterranee"))


def test_the_json_is_that_of_the_interface() -> None:
    found = ask_tiny(theme="decentralisation", place="mediterranee").as_json()
    assert json.loads(json.dumps(found)) == found
    assert list(found["rows"][0]) == ["partner", "activity", "since", "theme"]
    assert found["rows"][0]["partner"] == {
        "type": "uri",
        "value": "https://w3id.org/cnfpt-coop/id/organisation/afd",
        "label": {"fr": "AFD", "en": "AFD"},
        "inferred": False,
    }
    assert found["rows"][0]["since"] == {
        "type": "literal",
        "value": "2015",
        "datatype": f"{XSD}integer",
        "inferred": False,
    }
    assert found["columns"][0] == {
        "name": "partner",
        "kind": "iri",
        "label": {"fr": "Partenaire", "en": "Partner"},
    }
    assert found["columns"][-1]["parameter"] is True
    assert {"question", "generation", "published", "derived", "count", "page", "pages"} <= set(
        found
    )


def test_rows_that_differ_only_in_what_is_hidden_are_one() -> None:
    found = ask_tiny(theme="decentralisation")
    assert names(found) == ["afd", "etoile", "universite"]
    assert found.count == 3
    assert "place" not in found.rows[0]


def test_a_sentence_can_list_what_was_found_for_a_choice_nobody_made() -> None:
    text = TINY.replace("{count} partners: {partner}.", "{theme.each}; {theme}.")
    found = ask_tiny(text, place="asie")
    assert found.sentence["en"] == "Université (fr) works on anything in “place:asie”."
    found = ask_tiny(text, place="mediterranee")
    assert found.sentence["en"] == "theme:gouvernance and decentralisation; anything."


def test_rows_are_sorted_as_the_reader_s_language_reads() -> None:
    assert names(ask_tiny(theme="decentralisation")) == ["afd", "etoile", "universite"]
    swapped = TINY.replace("#+ view", '#+ sort = ["-partner"]\n#+ view')
    assert names(ask_tiny(swapped, theme="decentralisation")) == ["universite", "etoile", "afd"]
    assert names(ask_tiny(theme="decentralisation", lang="en"), "partner")[1] == "etoile"


def test_numbers_sort_by_value_and_what_is_missing_comes_last() -> None:
    text = TINY.replace("#+ view", '#+ sort = ["since"]\n#+ view')
    assert [("since" in row) for row in ask_tiny(text, theme="decentralisation").rows] == [
        True,
        True,
        False,
    ]


def test_a_missing_translation_says_which_language_is_shown() -> None:
    (row,) = ask_tiny(theme="culture", place="asie").rows
    assert row["partner"]["label"] == {"fr": "Université", "en": "Université (fr)"}


def test_what_has_no_label_is_shown_by_its_short_name() -> None:
    (first, *_) = ask_tiny(place="maroc").rows
    short = {"fr": "theme:gouvernance", "en": "theme:gouvernance"}
    assert first["theme"]["label"] == short


def test_a_long_answer_comes_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemble, "PAGE_ROWS", 2)
    pages = [ask_tiny(page=number) for number in (1, 2, 3)]
    assert [page.pages for page in pages] == [3, 3, 3]
    assert [name for page in pages for name in names(page)] == names(ask_tiny(page=None))
    assert {page.count for page in pages} == {6}
    with pytest.raises(ParameterError, match="from 1 to 3"):
        ask_tiny(page=4)
    with pytest.raises(ParameterError, match="from 1 to 3"):
        ask_tiny(page=0)


def test_a_cut_answer_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assemble, "MOST_ROWS", 4)
    found = ask_tiny()
    assert found.status == "truncated"
    assert found.count == 4
    (note,) = (note for note in found.notes if note["kind"] == "limit")
    assert note["limit"] == 4


# --- Weaker matches -----------------------------------------------------------------------


def test_weaker_matches_stand_apart_with_their_reason() -> None:
    found = ask_tiny(theme="decentralisation", place="mediterranee")
    (weaker,) = found.related
    assert weaker["reason"] == {"fr": "Par un thème proche.", "en": "By a related theme."}
    assert [row["partner"]["value"].rsplit("/", 1)[-1] for row in weaker["rows"]] == ["region"]
    assert weaker["rows"][0]["close"]["value"].endswith("gouvernance")
    assert [column["name"] for column in weaker["columns"]] == [
        "partner",
        "activity",
        "theme",
        "close",
    ]
    assert weaker["sources"][0]["lines"] == [3, 4]


def test_a_partner_of_the_strict_answer_is_not_repeated_as_a_weaker_match() -> None:
    # The AFD is also in Morocco, by the related theme.
    found = ask_tiny(theme="decentralisation", place="mediterranee")
    weaker = {row["partner"]["value"] for one in found.related for row in one["rows"]}
    assert not weaker & {row["partner"]["value"] for row in found.rows}


def test_an_empty_answer_may_have_weaker_matches() -> None:
    found = ask_tiny(theme="decentralisation", place="maroc")
    assert found.status == "empty"
    assert [len(one["rows"]) for one in found.related] == [2]


# --- What is not said ---------------------------------------------------------------------


def test_nothing_found_comes_with_the_nearest_change_that_finds_something() -> None:
    found = ask_tiny(theme="culture", place="mediterranee")
    assert (found.status, found.rows, found.sources) == ("empty", [], [])
    assert found.sentence["fr"] == "Personne ne travaille sur culture en Méditerranée."
    first = found.nearest[0]
    assert (first["parameter"], first["value"], first["count"]) == ("theme", None, 4)
    for change in found.nearest:
        assert ask_tiny(page=None, **change["parameters"]).count == change["count"] > 0


def test_when_no_single_change_helps_everything_is_dropped() -> None:
    found = ask_tiny(theme="autre", place="europe")
    assert [(one["parameters"], one["count"]) for one in found.nearest] == [({}, 6)]


def test_what_the_sources_do_not_say_is_said() -> None:
    found = ask_tiny(place="cameroun")
    assert found.status == "not-stated"
    assert found.rows == []
    assert found.sentence["en"] == "The sources do not say: actions in Cameroon."
    (gap,) = found.gaps
    assert gap["text"] == {
        "fr": "Aucune action n’y est décrite.",
        "en": "No action is described there.",
    }
    assert gap["reason"]["iri"].endswith("gap-reason/not-stated")
    assert [source["layer"] for source in found.sources] == ["curation"]
    assert found.notes == []


def test_a_gap_about_one_place_does_not_answer_for_all_of_them() -> None:
    found = ask_tiny(theme="autre")
    assert (found.status, found.gaps) == ("empty", [])


def test_a_name_that_is_no_choice_is_a_mistake_not_an_empty_answer() -> None:
    with pytest.raises(ParameterError, match="one of the choices offered, such as “culture"):
        ask_tiny(theme="cultures")
    with pytest.raises(ParameterError, match="such as “Mediterranean"):
        ask_tiny(place="https://w3id.org/cnfpt-coop/id/place/mediteranee")


def test_examples_are_said_to_be_examples() -> None:
    kinds = [note["kind"] for note in ask_tiny(theme="decentralisation").notes]
    assert kinds == ["exhaustiveness", "basis", "basis"]


def test_a_computed_value_says_so() -> None:
    text = TINY.replace("#+ view", '#+ derived = ["since"]\n#+ view')
    found = ask_tiny(text, theme="decentralisation", place="mediterranee")
    assert found.derived is True
    assert found.rows[0]["since"]["derived"] is True
    assert "derived" not in found.rows[0]["partner"]
    assert [column.get("derived") for column in found.columns] == [None, None, True, None]


# --- The real graph -----------------------------------------------------------------------


def test_the_flagship_names_exactly_the_three_partners_of_the_tunisian_action() -> None:
    found = ask_real("partners-by-theme-and-place", theme="decentralisation", place="mediterranee")
    assert names(found) == ["afd", "cfad", "expertise-france"]
    assert found.columns[0]["name"] == "partner"
    weaker = [row["partner"]["value"] for one in found.related for row in one["rows"]]
    assert [iri.rsplit("/", 1)[-1] for iri in weaker] == [
        "conseil-regional-marrakech-safi",
        "maison-de-l-elu",
    ]
    assert not [row for row in found.rows if row["partner"]["inferred"]]
    assert [140] in [source["lines"] for source in found.sources]
    assert [142] in [source["lines"] for source in found.sources]


def test_a_year_that_is_not_counted_is_neither_zero_nor_silence() -> None:
    found = ask_real("trainees-by-year", year="2018")
    assert (found.status, found.rows) == ("not-stated", [])
    assert ask_real("trainees-by-year", year="2017").rows[0]["trainees"]["value"] == "263"


def test_the_figures_of_a_zone_keep_the_name_printed_with_them() -> None:
    found = ask_real("delegations-by-zone")
    assert {row["printed"]["value"]: row["delegations"]["value"] for row in found.rows} == {
        "bassin méditerranéen": "18",
        "Afrique": "12",
        "pays européens": "8",
        "Asie": "7",
        "continent américain": "3",
    }
    assert ask_real("missions-by-zone", zone="europe").status == "not-stated"


@pytest.mark.parametrize(
    ("partner", "listed", "truth"),
    [("cefal", "partenaires-etrangers", "true"), ("ena", "partenaires-francais", "false")],
)
def test_yes_and_no_are_both_answers(partner: str, listed: str, truth: str) -> None:
    found = ask_real("is-listed-partner", partner=partner, list=listed)
    assert [row["answer"]["value"] for row in found.rows] == [truth]
    assert found.sources
    assert found.sentence["fr"].startswith("Oui" if truth == "true" else "Non")


@pytest.mark.parametrize("total", ["missions-total", "delegations-total", "jours-total"])
def test_a_sum_is_computed_and_says_so(total: str) -> None:
    found = ask_real("total-equals-parts", total=total)
    assert found.derived
    assert [row["answer"]["value"] for row in found.rows] == ["true"]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_question_answers_its_example_in_both_languages(slug: str) -> None:
    question, context = shipped()[slug], real()[1]
    request = answers.asked(question, derived(slug), question.examples, context)
    found = answers.answer(request)
    assert found.status in {"complete", "not-stated"}
    assert found.sources
    for lang in ("fr", "en"):
        assert "{" not in found.sentence[lang]
        assert "(en)" not in found.sentence[lang]


@pytest.mark.parametrize("slug", [slug for slug in SLUGS if shipped()[slug].gap])
def test_what_is_unsaid_of_one_choice_is_told_for_all_of_them_at_once(slug: str) -> None:
    question, context = shipped()[slug], real()[1]
    found = offers(question, context)
    for parameter in question.parameters:
        for value in changes.domain(question, parameter, context):
            alone = answers.Asked(question, derived(slug), {parameter.name: value}, context)
            short = question.short(alone.bound)
            unsaid = not found.count(short) and bool(weaker.gaps(alone))
            assert found.is_unsaid(short) == unsaid, value
