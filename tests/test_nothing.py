"""« Pourquoi rien ? »: the first suggestion gives rows, and every count is right."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import proving
import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from coopkg import answers
from coopkg.answers import Answer, catalogue, nothing
from coopkg.questions import Question

SEED = 2026
DRAWN = 22
BY_HAND = [
    ("partners-by-theme-and-place", {"theme": "police-municipale", "place": "vietnam"}),
    ("partners-by-theme-and-place", {"theme": "decentralisation", "place": "algerie"}),
    ("partners-by-theme-and-place", {"theme": "decentralisation", "place": "asie"}),
    ("partners-by-theme-and-place", {"theme": "police-municipale", "place": "cameroun"}),
    ("trainees-by-year", {"year": "2018"}),
    ("missions-by-zone", {"zone": "europe"}),
    ("planned-outputs", {"country": "tunisie"}),
    ("foreign-partners-by-zone", {"zone": "europe"}),
]


@pytest.fixture(scope="module")
def shelf(published: Path) -> proving.Shelf:
    """Return the published generation, asked in process."""
    return proving.shelf(published)


def combinations(question: Question, shelf: proving.Shelf) -> Iterator[dict[str, str]]:
    """Yield every combination of the choices of a question that it offers."""
    offered = shelf.offers[question.slug].choices
    values = [
        ([] if one.required else [""]) + [value for value, _ in offered[one.name]]
        for one in question.parameters
    ]
    names = [one.name for one in question.parameters]
    for chosen in product(*values):
        yield {name: value for name, value in zip(names, chosen, strict=True) if value}


def empties(shelf: proving.Shelf) -> list[tuple[str, dict[str, str]]]:
    """Return empty combinations drawn by seed, of as many questions as possible."""
    drawn = random.Random(SEED)
    found = []
    for slug, question in sorted(shelf.questions.items()):
        offers = shelf.offers[slug]
        every = [one for one in combinations(question, shelf) if not offers.count(one)]
        found += [(slug, one) for one in drawn.sample(every, min(2, len(every)))]
    return drawn.sample(found, DRAWN)


def again(shelf: proving.Shelf, change: dict[str, Any]) -> Answer:
    """Ask what a suggestion leads to."""
    return shelf.answer(change["question"], **change["parameters"])


def test_thirty_empty_answers_begin_with_a_change_that_gives_rows(shelf: proving.Shelf) -> None:
    every = [*BY_HAND, *empties(shelf)]
    assert len(every) == 30
    helped = 0
    for slug, args in every:
        found = shelf.answer(slug, **args)
        assert (found.count, found.status in {"empty", "not-stated"}) == (0, True), (slug, args)
        for change in found.nearest:
            assert again(shelf, dict(change)).count == change["count"] > 0, (slug, args, change)
        helped += bool(found.nearest)
        if not found.nearest:
            assert hopeless(shelf, slug, args), (slug, args)
    assert helped >= 27


def hopeless(shelf: proving.Shelf, slug: str, args: dict[str, str]) -> bool:
    """Tell, by trying them all, that no change of one choice gives a row."""
    question = shelf.questions[slug]
    for parameter in question.parameters:
        others = {name: value for name, value in args.items() if name != parameter.name}
        values = [value for value, _ in shelf.offers[slug].choices[parameter.name]]
        tries = [{**others, parameter.name: value} for value in values]
        tries += [] if parameter.required else [others]
        if any(shelf.offers[slug].count(one) for one in tries):
            return False
    return True


def test_the_smallest_change_comes_first(shelf: proving.Shelf) -> None:
    order = list(nothing.KINDS)
    for slug, args in BY_HAND:
        kinds = [one["kind"] for one in shelf.answer(slug, **args).nearest]
        assert kinds == sorted(kinds, key=order.index)


def test_a_wider_place_comes_before_a_dropped_one_and_the_brochure_zone_first(
    shelf: proving.Shelf,
) -> None:
    first, *_ = shelf.answer(
        "partners-by-theme-and-place", theme="decentralisation", place="algerie"
    ).nearest
    assert (first["kind"], first["value"], first["count"]) == ("broader", "mediterranee", 3)
    assert "plus large" in first["text"]["fr"]
    assert "wider" in first["text"]["en"]


def test_the_nearest_year_comes_first(shelf: proving.Shelf) -> None:
    years = [
        one["value"]
        for one in shelf.answer("trainees-by-year", year="2018").nearest
        if one["kind"] == "other"
    ]
    assert years == ["2017", "2016", "2015"]


def test_another_question_that_the_same_choices_answer_is_offered(shelf: proving.Shelf) -> None:
    found = shelf.answer("missions-by-country", country="vietnam")
    other = found.nearest[-1]
    assert (other["kind"], other["question"] != "missions-by-country") == ("question", True)
    assert "Vietnam" in other["text"]["fr"]
    assert "Vietnam" in other["text"]["en"]


def test_a_text_written_otherwise_is_found(shelf: proving.Shelf) -> None:
    request = shelf.asked("same-actor", name="cfad", other="CFAD")
    assert request.rows("fr") == []
    found = [one for one in nothing.nearest(request, 100) if one["kind"] == "spelling"]
    assert next(one["value"] for one in found if one["parameter"] == "name") == "CFAD"


def test_a_name_typed_by_a_word_processor_is_the_name_that_is_printed(
    shelf: proving.Shelf,
) -> None:
    printed = "Centre de formation et d'appui à la décentralisation"
    for typed in (printed, printed.replace("'", "’"), printed.replace(" ", "\u00a0")):
        answer = shelf.answer("same-actor", name="CFAD", other=typed)
        assert answer.status == "complete", typed
        assert answer.parameters["other"] == printed
    unlike = shelf.answer("same-actor", name="CFAD", other="Centre de formation")
    assert unlike.parameters["other"] == "Centre de formation"


def test_putting_inference_back_is_the_smallest_change(shelf: proving.Shelf) -> None:
    store = ox.Store()
    store.bulk_load(path=shelf.path, format=ox.RdfFormat.N_QUADS)
    asserted = ox.NamedNode("https://w3id.org/cnfpt-coop/graph/asserted")

    def ask(query: str, given: Any) -> Any:
        results = store.query(
            query,
            substitutions={ox.Variable(name): term for name, term in given.items()},
            default_graph=asserted,
            named_graphs=list(store.named_graphs()),
        )
        assert isinstance(results, ox.QuerySolutions)
        return catalogue.solutions(results)

    off = replace(shelf.context, ask=ask, whole=shelf.context.ask, inference=False)
    args = {"theme": "decentralisation", "place": "mediterranee"}
    request = shelf.asked("partners-by-theme-and-place", **args)
    found = answers.answer(replace(request, context=off))
    assert (found.count, found.nearest[0]["kind"]) == (0, "inference")
    assert (found.nearest[0]["count"], found.nearest[0]["inference"]) == (3, True)


def test_what_is_not_stated_says_where_it_was_looked_for(shelf: proving.Shelf) -> None:
    found = shelf.answer("missions-by-country", country="haiti")
    assert found.status == "not-stated"
    (gap,) = found.gaps
    assert [one["lines"] for one in gap["passages"]] == [[136]]
    assert gap["reason"]["label"] == {"fr": "non indiqué", "en": "not stated"}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_of_an_empty_answer_links_to_what_gives_rows(
    lang: str, client: FlaskClient
) -> None:
    query = "theme=decentralisation&place=algerie"
    page = client.get(f"/{lang}/questions/partners-by-theme-and-place?{query}")
    text = page.get_data(as_text=True)
    assert f"/{lang}/questions/partners-by-theme-and-place?theme=decentralisation" in text
    assert "place=mediterranee" in text
    other = client.get(f"/{lang}/questions/missions-by-country?country=vietnam")
    (href,) = {
        one["question"]
        for one in client.get("/api/questions/missions-by-country?country=vietnam").json["nearest"]
    }
    assert f"/{lang}/questions/{href}?country=vietnam" in other.get_data(as_text=True)
