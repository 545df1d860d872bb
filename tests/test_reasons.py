"""Why a row is in an answer: passages, rules, and what counts as inferred."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyoxigraph as ox
import pytest
from answering import (
    QUERIES,
    TINY,
    ask_tiny,
    asked,
    derived,
    real,
    shipped,
    tiny,
    tiny_question,
)

from coopkg import answers
from coopkg.answers import Asked, Catalogue, Context, reasons
from coopkg.errors import ParameterError
from coopkg.questions import APART
from coopkg.terms import Term

SLUGS = sorted({path.stem for path in QUERIES.glob("*.rq")} - APART)


def test_the_passages_come_in_the_order_of_the_document_then_what_was_added() -> None:
    found = ask_tiny(theme="decentralisation", place="mediterranee")
    assert [(one["lines"], one["layer"]) for one in found.sources] == [
        ([1], "brochure"),
        ([2], "brochure"),
        ([6], "brochure"),
        ([], "curation"),
    ]
    assert found.sources[0]["text"] == "TUNISIE"
    assert found.sources[0]["label"] == {"fr": "ligne 1", "en": "line 1"}


def test_a_passage_of_several_lines_gives_them_all() -> None:
    assert [3, 4] in [one["lines"] for one in ask_tiny(place="maroc").sources]


def test_reading_one_place_is_no_inference_and_joining_two_is() -> None:
    facts = facts_of(asked(theme="decentralisation", place="mediterranee"))
    told = {line.split()[1].rsplit("#", 1)[-1][:-1]: facts.inferred(line) for line in lines(facts)}
    # hasPartner and theme only rewrite line 2; coversPlace joins line 1 and the zones.
    assert told["hasPartner"] is False
    assert told["theme"] is False
    assert told["coversPlace"] is True


def lines(facts: reasons.Facts) -> list[str]:
    """Return the triples of the strict answer on decentralisation in the Mediterranean."""
    request = asked(theme="decentralisation", place="mediterranee")
    return request.witnesses().lines(request.rows("fr"))


def facts_of(request: Asked) -> reasons.Facts:
    """Look up what the strict answer rests on."""
    return reasons.known(request.context, request.witnesses().lines(request.rows("fr")))


def test_a_cell_is_inferred_when_what_speaks_for_it_is() -> None:
    shown = TINY.replace("#+ place.hidden = true\n", "")
    (first, *_) = ask_tiny(shown, theme="decentralisation", place="mediterranee").rows
    assert {name: cell["inferred"] for name, cell in first.items()} == {
        "partner": False,
        "activity": False,
        "since": False,
        "theme": False,
        "place": True,
    }


def test_a_place_asserted_as_such_is_not_inferred() -> None:
    shown = TINY.replace("#+ place.hidden = true\n", "")
    (first, *_) = ask_tiny(shown, theme="decentralisation", place="tunisie").rows
    assert first["place"]["inferred"] is False


def test_a_row_is_explained_down_to_the_passages() -> None:
    why = answers.why(asked(theme="decentralisation", place="mediterranee"), 2)
    assert (why.number, why.count) == (2, 2)
    assert why.row["partner"]["label"]["fr"] == "Étoile"
    partner = step(why.steps, "hasPartner")
    assert partner["rule"]["name"] == "prp-spo2"
    assert "a pour partenaire" in partner["rule"]["text"]["fr"]
    assert "has partner" in partner["rule"]["text"]["en"]
    assert [one["graphs"][0]["lines"] for one in partner["premises"]] == [[2], [2]]
    assert not [one for one in why.steps if "afd" in one["triple"]["object"]["value"]]
    place = step(why.steps, "coversPlace")
    assert place["inferred"] is True
    assert [[graph["lines"] for graph in one["graphs"]] for one in place["premises"]] == [
        [[1], [6]],
        [[]],
    ]
    assert [source["lines"] for source in why.sources] == [[1], [2], [6], []]


def test_a_row_is_not_explained_by_what_another_row_rests_on() -> None:
    # The AFD is in Tunisia, since 2015, and in Morocco, since nobody knows when.
    text = TINY.replace("?partner ?activity ?since ?theme", "?partner ?since ?theme")
    text = text.replace('#+ activity.label = { fr = "Action", en = "Action" }\n', "")
    text = text.replace("?partner ?activity ?close", "?partner ?close")
    request = asked(text)
    rows = {
        (row.cells["partner"].value.rsplit("/", 1)[-1], "since" in row.cells): number
        for number, row in enumerate(request.rows("fr"), 1)
    }
    for dated, here, elsewhere in ((True, "tunisie", "maroc"), (False, "maroc", "tunisie")):
        why = answers.why(request, rows["afd", dated])
        subjects = {one["triple"]["subject"]["value"].rsplit("/", 1)[-1] for one in why.steps}
        assert here in subjects
        assert elsewhere not in subjects


def step(steps: Sequence[Mapping[str, Any]], name: str) -> Mapping[str, Any]:
    """Return the step about a property."""
    (found,) = (one for one in steps if one["triple"]["predicate"]["value"].endswith(f"#{name}"))
    return found


@pytest.mark.parametrize("number", [0, 3])
def test_a_row_that_is_not_there_cannot_be_explained(number: int) -> None:
    with pytest.raises(ParameterError, match="from 1 to 2"):
        answers.why(asked(theme="decentralisation", place="mediterranee"), number)


def test_the_address_of_reasons_keeps_the_choices() -> None:
    found = ask_tiny(theme="decentralisation", lang="en")
    assert found.explain == "/en/questions/who-works-on/why?theme=decentralisation&row="


def test_without_inference_only_what_is_asserted_is_asked() -> None:
    store, full = tiny()

    def ask(query: str, substitutions: Mapping[str, Term]) -> Sequence[answers.Solution]:
        results = store.query(
            query,
            substitutions={ox.Variable(n): t for n, t in substitutions.items()},
            default_graph=ox.NamedNode("https://w3id.org/cnfpt-coop/graph/asserted"),
            named_graphs=list(store.named_graphs()),
        )
        assert isinstance(results, ox.QuerySolutions)
        return answers.catalogue.solutions(results)

    context = Context(ask, full.catalogue, full.generation, full.published, inference=False)
    request = answers.asked(*tiny_question(), {"theme": "decentralisation"}, context)
    found = answers.answer(request)
    assert found.status == "empty"
    assert "inference" in [note["kind"] for note in found.notes]
    assert found.explain.endswith("theme=decentralisation&inference=off&row=")


def test_a_proof_is_followed_once_however_often_it_is_needed() -> None:
    proofs = {
        "<x:a> <x:p> <x:c>": {"rule": "prp-trp", "premises": ["<x:a> <x:p> <x:b>"] * 2},
        "<x:a> <x:p> <x:b>": {"rule": "prp-trp", "premises": ["<x:a> <x:p> <x:c>"]},
    }
    facts = reasons.Facts(Catalogue({}, {}, proofs))
    assert facts.leaves("<x:a> <x:p> <x:c>") == frozenset()
    assert facts.inferred("<x:a> <x:p> <x:c>") is True
    (tree,) = reasons.steps(facts, ["<x:a> <x:p> <x:c>"])
    assert len(list(reasons.walk([tree]))) < 10


@pytest.mark.parametrize("slug", SLUGS)
def test_every_row_of_every_question_has_its_reasons(slug: str) -> None:
    question, context = shipped()[slug], real()[1]
    request = answers.asked(question, derived(slug), question.required_examples(), context)
    count = answers.answer(request, page=None).count
    for number in range(1, count + 1, max(1, count // 5)):
        why = answers.why(request, number)
        assert why.steps
        for one in reasons.walk(why.steps):
            assert one["graphs"] or one["premises"] or one["rule"], one["triple"]
