"""What an answer covers is computed from the data, and says so in both languages."""

from __future__ import annotations

import json
from pathlib import Path

import proving
import pyoxigraph as ox
import pytest
from answering import TINY, ask_tiny, tiny, tiny_question
from flask.testing import FlaskClient

from coopkg.answers import reasons
from coopkg.answers.offers import Offers, offers
from coopkg.build import describe
from coopkg.build.laid_out import compact
from coopkg.terms import LANGUAGES

BASE = "https://w3id.org/cnfpt-coop/"
PREFIXES = f"""
@prefix coop: <{BASE}ns#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix passage: <{BASE}graph/passage/> .
@prefix section: <{BASE}id/section/> .
@prefix document: <{BASE}id/document/> .
@prefix period: <{BASE}id/period/> .
"""


@pytest.fixture(scope="module")
def shelf(published: Path) -> proving.Shelf:
    """Return the published generation, asked in process."""
    return proving.shelf(published)


def quads(text: str) -> list[ox.Quad]:
    return list(ox.parse(PREFIXES + text, format=ox.RdfFormat.TRIG))


def test_a_document_runs_until_the_last_year_that_its_passages_speak_of() -> None:
    found = describe.coverage(
        quads("""
        passage:a coop:inSection section:s . document:d coop:hasSection section:s .
        passage:b coop:inSection section:t . section:t dcterms:isPartOf document:e .
        document:e dcterms:issued "2021-01-01" . period:p coop:endYear 2019 .
        GRAPH passage:a { <x:o> coop:year 2016 . <x:p> coop:period period:p }
        GRAPH passage:b { <x:q> coop:country <x:r> }
        """)
    )
    assert found["documents"] == {
        f"{BASE}id/document/d": {"until": 2019, "dated": False},
        f"{BASE}id/document/e": {"until": None, "dated": True},
    }


def test_sections_that_contain_each_other_end() -> None:
    found = describe.coverage(
        quads("section:a dcterms:isPartOf section:b . section:b dcterms:isPartOf section:a .\n"
              "passage:p coop:inSection section:a . GRAPH passage:p { <x:o> coop:year 2016 }")
    )  # fmt: skip
    assert [one["until"] for one in found["documents"].values()] == [2016]


def test_the_flagship_says_what_it_covers(shelf: proving.Shelf) -> None:
    found = shelf.answer(
        "partners-by-theme-and-place", theme="decentralisation", place="mediterranee"
    ).coverage
    assert (found["known"], found["newest"], found["claim"]) == (3, 2018, "examples")
    (within,) = found["reach"]
    assert (within["within"], within["of"], within["without"]) == ("mediterranee", 4, 3)
    assert sorted(within["values"]) == ["algerie", "liban", "maroc"]
    assert [one["words"] for one in found["markers"]] == [["Exemples"]]
    french = " ".join(one["fr"] for one in found["sentences"])
    for words in ("3 des 4 choix", "jusqu’en 2018", "pas de date", "ne prétend pas être complète"):
        assert words in french
    assert all(one[lang] for one in found["sentences"] for lang in LANGUAGES)


def test_what_has_no_data_is_counted_as_the_choices_are(shelf: proving.Shelf) -> None:
    """Recounted by asking each choice in turn, for every question that may be asked openly."""
    checked = 0
    for slug, question in shelf.questions.items():
        if any(one.required for one in question.parameters) or len(question.parameters) != 1:
            continue
        (parameter,) = question.parameters
        offered = [value for value, _ in shelf.offers[slug].choices[parameter.name]]
        for reach in shelf.answer(slug).coverage["reach"]:
            without = {
                value
                for value in offered[:8]
                if not shelf.asked(slug, **{parameter.name: value}).rows("fr")
            }
            assert set(reach["values"]) & set(offered[:8]) == without, slug
            assert reach["of"] == len(offered)
            checked += 1
    assert checked > 20


def test_known_gaps_are_told_apart_from_mere_silence(shelf: proving.Shelf) -> None:
    (reach,) = shelf.answer("trainees-by-year").coverage["reach"]
    assert (reach["without"], reach["unsaid"], reach["values"]) == (1, 1, ["2018"])


def test_a_list_that_no_source_calls_complete_says_so(shelf: proving.Shelf) -> None:
    found = shelf.answer("partners-on-list").coverage
    assert found["claim"] == "none"
    assert found["sentences"][-1]["fr"].startswith("Rien dans les sources")


def test_figures_read_among_examples_are_no_examples(shelf: proving.Shelf) -> None:
    found = shelf.answer("missions-by-zone").coverage
    assert (found["claim"], found["markers"]) == ("none", [])
    assert shelf.answer("missions-total").coverage["claim"] == "single"


def test_an_answer_says_how_many_sources_of_each_layer(shelf: proving.Shelf) -> None:
    for slug in ("partners-by-theme-and-place", "zone-of-a-country", "missions-by-zone"):
        found = shelf.answer(slug)
        layers = [layer for layer, *_ in {reasons.place(one) for one in found.sources}]
        assert found.coverage["layers"] == {one: layers.count(one) for one in layers}


def test_without_sealed_counts_nothing_is_guessed() -> None:
    found = ask_tiny(theme="decentralisation").coverage
    assert found["reach"] == []
    assert (found["newest"], found["claim"]) == (None, "none")


def test_counts_of_what_is_inferred_are_not_said_of_what_is_asserted(client: FlaskClient) -> None:
    found = client.get("/api/questions/trainees-by-year?inference=off").json
    assert found["coverage"]["reach"] == []


def test_sealed_offers_read_back() -> None:
    empty = Offers({}, {}, frozenset())
    assert Offers.from_json(empty.as_json()) == empty
    made = offers(tiny_question(TINY)[0], tiny()[1])
    there = {"theme": "decentralisation", "place": "mediterranee"}
    assert made.count(there) == 2
    back = Offers.from_json(json.loads(compact(made.as_json())))  # which sorts all names
    assert (back, back.count(there)) == (made, 2)


def test_of_too_many_offers_each_choice_alone_and_the_example_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    question, context = tiny_question(TINY)[0], tiny()[1]
    whole = offers(question, context)
    monkeypatch.setattr("coopkg.answers.offers.MOST_COUNTS", len(whole.counts) - 1)
    few = offers(question, context)
    assert (whole.whole, few.whole, few.choices) == (True, False, whole.choices)

    def told(key: tuple[str, ...]) -> bool:
        return key.count("") >= len(key) - 1 or key == whole.key(question.examples)

    assert few.counts == {key: count for key, count in whole.counts.items() if told(key)}
    assert few.unsaid == set(filter(told, whole.unsaid))
    assert len(few.counts) < len(whole.counts)
    assert Offers.from_json(few.as_json()) == few
