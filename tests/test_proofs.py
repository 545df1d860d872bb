"""Every row of every answer has reasons that an independent checker replays, down to passages."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import proof_checker
import proving
import pytest
import quotations
from flask.testing import FlaskClient
from proof_checker import COOP, Sealed, figure_faults

from coopkg.answers import explain, phrases
from coopkg.build import computed
from coopkg.questions import APART, load
from coopkg.terms import LANGUAGES, NS, RDF_TYPE

SLUGS = sorted({path.stem for path in proving.QUERIES.glob("*.rq")} - APART)
TRIED = 6
"""Proofs that each spoiling is tried on."""

Step = dict[str, Any]
Why = dict[str, Any]


@pytest.fixture(scope="module")
def shelf(published: Path) -> proving.Shelf:
    """Return the published generation, asked in process."""
    return proving.shelf(published)


@pytest.fixture(scope="module")
def sealed(shelf: proving.Shelf) -> Sealed:
    """Return the sealed graph as the checker reads it."""
    return Sealed(shelf.path)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_row_of_a_question_has_reasons_that_hold(
    slug: str, shelf: proving.Shelf, sealed: Sealed
) -> None:
    text = shelf.questions[slug].text
    every = list(shelf.reasons(slug))
    assert [fault for why in every for fault in proof_checker.faults(why, sealed, text)] == []
    labels, participants = shelf.context.catalogue.labels, sealed.participants
    for why in every:
        for step in walked(why["steps"]):
            assert said_well(step, shelf), step["sentence"]
            assert quotations.unsupported(step, labels, participants) == []
        assert quoted(why["sources"]) == quoted(
            source for step in walked(why["steps"]) for source in step["graphs"]
        )


def quoted(sources: Iterable[Mapping[str, Any]]) -> dict[str, set[str]]:
    """Return the words quoted from each source."""
    found: dict[str, set[str]] = {}
    for source in sources:
        assert source["text"] == next(iter(source["quotations"]), "")
        found.setdefault(source["passage"], set()).update(source["quotations"])
    return found


def walked(steps: list[Step]) -> Iterator[Step]:
    """Yield every step, the premises after what they prove."""
    for step in steps:
        yield step
        yield from walked(step["premises"])


def said_well(step: Step, shelf: proving.Shelf) -> bool:
    """Tell whether a step is a sentence of its own in both languages, not a list of words."""
    predicate = step["triple"]["predicate"]["value"]
    if predicate == RDF_TYPE.value:
        kind = step["triple"]["object"]["value"]
        return kind.startswith(NS) or kind in phrases.KINDS
    labels = shelf.context.catalogue.labels.get(predicate, {})
    ours = predicate.startswith(NS) and all(labels.get(lang) for lang in LANGUAGES)
    return predicate in phrases.PATTERNS or ours


def test_a_french_participle_agrees_with_no_subject(shelf: proving.Shelf) -> None:
    """« L’ambassade … est accueilli » would be wrong: such a label needs a pattern of its own."""
    participle = re.compile(r"^(est|a été) \w+(é|i|u|it|is)\b")
    labels = shelf.context.catalogue.labels
    found = [
        iri
        for iri, entry in labels.items()
        if iri.startswith(NS) and participle.match(entry.get("fr", "")) and iri != RDF_TYPE.value
    ]
    assert len(found) > 10
    assert [iri for iri in found if iri not in phrases.PATTERNS] == []


def test_a_class_has_the_gender_of_its_name(shelf: proving.Shelf) -> None:
    feminine = re.compile(r"^(\w+(tion|té|ence|ette|ité|cité|ure|ource|ation)|action|aire|zone)\b")
    labels = shelf.context.catalogue.labels
    for iri, entry in labels.items():
        if iri.startswith(NS) and iri[len(NS) :][:1].isupper() and feminine.match(entry["fr"]):
            assert iri in phrases.FEMININE, entry["fr"]


# --- Spoilt proofs -------------------------------------------------------------------------


def inferred(why: Why) -> Step:
    """Return a step that a rule gives from premises."""
    return next(step for step in walked(why["steps"]) if step["rule"] and step["premises"])


def leaf(why: Why) -> Step:
    """Return a step that a source states."""
    return next(step for step in walked(why["steps"]) if step["graphs"])


def drop_a_premise(why: Why) -> None:
    inferred(why)["premises"].pop()


def add_a_premise(why: Why) -> None:
    step = inferred(why)
    other = copy.deepcopy(leaf(why))
    other["line"] = "<https://w3id.org/cnfpt-coop/id/place/vietnam> <x:p> <x:o>"
    step["premises"].append(other)


def rename_the_rule(why: Why) -> None:
    step = inferred(why)
    step["rule"]["name"] = "cls-oo" if step["rule"]["name"] != "cls-oo" else "prp-dom"


def forget_the_axioms(why: Why) -> None:
    inferred(why)["rule"]["axioms"] = []


def invent_an_axiom(why: Why) -> None:
    inferred(why)["rule"]["axioms"].append(f"<{COOP}hasPartner> <{COOP}invented> <x:o>")


def conclude_something_else(why: Why) -> None:
    step = inferred(why)
    step["line"] = step["line"].rsplit(" ", 1)[0] + " <https://example.org/else>"


def rest_on_itself(why: Why) -> None:
    step = inferred(why)
    step["premises"] = [copy.deepcopy(step)]


def claim_that_it_is_stated(why: Why) -> None:
    step = inferred(why)
    step.update(rule=None, premises=[], graphs=leaf(why)["graphs"])


def lose_the_source(why: Why) -> None:
    leaf(why)["graphs"] = []


def cite_another_passage(why: Why) -> None:
    source = leaf(why)["graphs"][0]
    source["passage"] = "https://w3id.org/cnfpt-coop/graph/passage/l1"


def cite_other_lines(why: Why) -> None:
    source = leaf(why)["graphs"][0]
    source["lines"] = [*source["lines"], 9999]


def misquote(why: Why) -> None:
    source = leaf(why)["graphs"][0]
    source["text"], source["quotations"] = "jamais imprimé", ["jamais imprimé"]


def show_another_fact(why: Why) -> None:
    leaf(why)["triple"]["object"] = {"type": "uri", "value": "https://example.org/else"}


def say_nothing(why: Why) -> None:
    why["steps"], why["absent"] = [], []


def explain_another_row(why: Why) -> None:
    name = next(one["name"] for one in why["columns"] if why["row"].get(one["name"]))
    why["row"][name] = {"type": "uri", "value": "https://example.org/else"}


SPOILT: list[Callable[[Why], None]] = [
    drop_a_premise,
    add_a_premise,
    rename_the_rule,
    forget_the_axioms,
    invent_an_axiom,
    conclude_something_else,
    rest_on_itself,
    claim_that_it_is_stated,
    lose_the_source,
    cite_another_passage,
    cite_other_lines,
    misquote,
    show_another_fact,
    say_nothing,
    explain_another_row,
]


@pytest.fixture(scope="module")
def proofs(shelf: proving.Shelf) -> list[Why]:
    """Return a few proofs with inferred steps and quoted passages, drawn by seed."""
    every = [
        why
        for slug in ("partners-by-theme-and-place", "foreign-partners-by-zone", "is-unit-of")
        for why in shelf.reasons(slug)
        if any(step["rule"] and step["premises"] for step in walked(why["steps"]))
        and any(step["graphs"] and step["graphs"][0]["lines"] for step in walked(why["steps"]))
    ]
    return [copy.deepcopy(dict(why)) for why in random.Random(4).sample(every, TRIED)]


@pytest.mark.parametrize("spoil", SPOILT, ids=lambda one: one.__name__)
def test_a_spoilt_proof_is_rejected(
    spoil: Callable[[Why], None], proofs: list[Why], sealed: Sealed
) -> None:
    for sound in proofs:
        why = copy.deepcopy(sound)
        assert proof_checker.faults(why, sealed) == []
        spoil(why)
        assert proof_checker.faults(why, sealed) != [], why["question"]


def test_words_of_another_fact_of_the_line_are_rejected(
    shelf: proving.Shelf, sealed: Sealed
) -> None:
    flagship = {"theme": "decentralisation", "place": "mediterranee"}
    (afd, *_) = explained(shelf, "partners-by-theme-and-place", **flagship)
    leaf = next(one for one in walked(afd["steps"]) if "#partner> " in one["line"])
    assert leaf["line"].endswith("organisation/afd>")
    assert quotations.unsupported(leaf, shelf.context.catalogue.labels, sealed.participants) == []
    other = "une offre de formation pour accompagner la décentralisation"
    leaf["graphs"][0].update(text=other, quotations=[other])
    assert proof_checker.faults(afd, sealed) != []
    assert quotations.unsupported(leaf, shelf.context.catalogue.labels, sealed.participants) != []


def explained(shelf: proving.Shelf, slug: str, **args: str) -> Iterator[Why]:
    """Yield the reasons of each row of an answer, to be spoilt."""
    request = shelf.asked(slug, **args)
    rows = request.rows("fr")
    for number in range(1, len(rows) + 1):
        yield copy.deepcopy(explain.among(request, rows, number).as_json())


WORDS = {
    "working-days-by-year": {
        "164": "164 jours de travail en 2015",
        "194": "194 jours en 2016",
        "127": "127 jours de travail en 2017",
        "94": "94 en 2018",
    },
    "expert-shares": {"79": "79% étaient agents du CNFPT"},
    "delegations-by-zone": {"8": "8 provenaient de pays européens", "12": "12 d'Afrique"},
    "working-days-total": {"579": "soit 579 jours de travail sur la période"},
}


@pytest.mark.parametrize("slug", WORDS)
def test_a_figure_rests_on_the_words_that_print_it(slug: str, shelf: proving.Shelf) -> None:
    found = {
        step["triple"]["object"]["value"]: [one["text"] for one in step["graphs"]]
        for why in shelf.reasons(slug)
        for step in walked(why["steps"])
        if step["line"].split(" ")[1] == f"<{NS}value>"
    }
    assert {value: [words] for value, words in WORDS[slug].items()}.items() <= found.items()
    listed = [words for one in shelf.answer(slug).sources for words in one["quotations"]]
    assert set(WORDS[slug].values()) <= set(listed)
    assert "77 missions de coopération internationale (hors Europe)" not in listed


def test_an_answer_quotes_what_its_rows_rest_on_and_nothing_else(shelf: proving.Shelf) -> None:
    one = shelf.answer("partners-by-theme-and-place", theme="decentralisation", place="afrique")
    assert one.count == 0
    flagship = {"theme": "decentralisation", "place": "mediterranee"}
    answer = shelf.answer("partners-by-theme-and-place", **flagship)
    rows = explained(shelf, "partners-by-theme-and-place", **flagship)
    assert quoted(answer.sources) == quoted(source for why in rows for source in why["sources"])
    (line,) = (one for one in answer.sources if one["lines"] == [142])
    assert "l'AFD et Expertise France" in line["quotations"]
    assert "du management" not in line["quotations"]


def test_a_false_absence_and_a_false_total_are_rejected(
    shelf: proving.Shelf, sealed: Sealed
) -> None:
    no = next(why for why in shelf.reasons("is-listed-partner") if why["absent"])
    assert "figure dans la liste" in no["absent"][0]["sentence"]["fr"]
    there = {**no["absent"][0], "pattern": there_is(sealed)}
    assert proof_checker.faults({**no, "absent": [there]}, sealed) != []
    (total,) = [
        why
        for why in shelf.reasons("total-equals-parts")
        if why["row"]["total"]["value"].endswith("/missions-total")
    ]
    spoilt = copy.deepcopy(dict(total))
    spoilt["figures"][1]["rows"]["rows"].pop()
    assert any("its rows give" in one for one in proof_checker.faults(spoilt, sealed))


def there_is(sealed: Sealed) -> str:
    """Return a triple that the graph has."""
    return " ".join(
        min(one for one in sealed.default if one[1] == f"<{COOP}inList>")
    )  # any would do


# --- Figures open the rows they are made of ------------------------------------------------


def test_every_computed_cell_equals_its_drill_down(shelf: proving.Shelf) -> None:
    seen: dict[str, set[str]] = {}
    for slug, question in shelf.questions.items():
        formulas = computed.computed(question).formulas
        declared = {one.name for one in question.columns if one.derived}
        assert declared <= formulas.keys(), f"{slug} computes what no formula explains"
        if not formulas:
            continue
        for why in shelf.reasons(slug):
            for figure in why["figures"]:
                assert list(figure_faults(figure, why["row"])) == []
                if "column" in figure:
                    seen.setdefault(slug, set()).add(figure["column"])
                    assert set(figure["formula"]) == set(LANGUAGES)
    assert seen == {
        "experts-estimated-by-origin": {"estimate", "least", "most"},
        "homonyms": {"answer"},
        "itinerary-structure": {"total"},
        "layers-and-counts": {"graphs"},
        "same-actor": {"answer"},
        "sections-of-the-document": {"first", "last"},
        "total-equals-parts": {"answer", "sum", "parts"},
    }


def test_the_rows_behind_a_count_are_those_of_the_graph(
    shelf: proving.Shelf, sealed: Sealed
) -> None:
    """The members of an aggregate are found again by reading the store, without any query."""
    apart = {"ontology", "vocabulary", "shapes", "alignments", "mappings", "sources", "catalog"}
    for why in shelf.reasons("layers-and-counts"):
        layer, mode = (f"<{why['row'][name]['value']}>" for name in ("layer", "mode"))
        expected = {
            graph[1:-1]
            for graph in list(sealed.about)
            if layer in sealed.value(graph, "layer")
            and mode in sealed.value(graph, "assertionMode")
            and graph[1:-1].rsplit("graph/", 1)[-1] not in apart
        }
        assert members(why, "graph") == expected
        assert why["figures"][0]["value"]["value"] == str(len(expected))
    for why in shelf.reasons("total-equals-parts"):
        total = f"<{why['row']['total']['value']}>"
        parts = {
            one[1:-1] for one in list(sealed.about) if total in sealed.value(one, "partOfTotal")
        }
        assert members(why, "part") == parts
    for why in shelf.reasons("sections-of-the-document"):
        section = f"<{why['row']['section']['value']}>"
        passages = {
            one[1:-1] for one in list(sealed.about) if section in sealed.value(one, "inSection")
        }
        assert members(why, "passage") == passages


def members(why: Mapping[str, Any], name: str) -> set[str]:
    """Return the values of one column of the rows that the figures of a row are made of."""
    found = {
        row[name]["value"]
        for figure in why["figures"]
        for row in figure.get("rows", {}).get("rows", ())
    }
    for figure in why["figures"]:
        if "rows" in figure:
            assert figure["rows"]["count"] == len(figure["rows"]["rows"])
    return found


def test_a_printed_total_opens_its_parts_and_its_definition(shelf: proving.Shelf) -> None:
    (why,) = shelf.reasons("missions-total")
    (figure,) = why["figures"]
    assert figure["value"]["value"] == "77"
    assert sorted(int(one["value"]["value"]) for one in figure["parts"]) == [3, 3, 6, 65]
    assert (Decimal(figure["sum"]), figure["adds_up"]) == (77, True)
    assert all(figure["definition"][lang] for lang in LANGUAGES)


# --- For programs and for people -----------------------------------------------------------

FLAGSHIP = "questions/partners-by-theme-and-place/why?theme=decentralisation&place=mediterranee"


def test_the_reasons_are_data_too(client: FlaskClient) -> None:
    found = client.get(f"/api/{FLAGSHIP}&row=2")
    assert found.headers["Access-Control-Allow-Origin"] == "*"
    assert (found.json["number"], found.json["count"]) == (2, 3)
    again = client.get(f"/fr/{FLAGSHIP}&row=2", headers={"Accept": "application/json"})
    assert again.json == found.json
    page = client.get(f"/fr/{FLAGSHIP}&row=2", headers={"Accept": "text/html"})
    assert page.mimetype == "text/html"
    answer = client.get(found.json["answer"]).json
    assert answer["rows"][1]["partner"]["value"] == found.json["row"]["partner"]["value"]


def test_a_row_beyond_the_first_page_is_explained(client: FlaskClient) -> None:
    path = "questions/partners-by-theme-and-place"
    row = client.get(f"/api/{path}?page=2").json["rows"][0]
    why = client.get(f"/api/{path}/why?row=51").json
    assert {name: cell["value"] for name, cell in row.items()} == {
        name: cell["value"] for name, cell in why["row"].items()
    }


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("fr", ["Parce que", "Règle", "dit par la brochure", "interprété par", "déduit"]),
        ("fr", ["ligne 142", "section «\u00a0Tunisie\u00a0»"]),
        ("en", ["Because", "Rule", "stated by the brochure", "interpreted by", "inferred"]),
        ("en", ["line 142", "section “Tunisia”"]),
    ],
)
def test_the_page_says_each_step_its_rule_and_its_source(
    lang: str, words: list[str], client: FlaskClient
) -> None:
    page = client.get(f"/{lang}/{FLAGSHIP}&row=2").get_data(as_text=True)
    for one in words:
        assert one in page
    assert "w3id.org" not in page.split("<main", 1)[1].split("</main", 1)[0].replace("about=", "")


def test_the_reasons_of_a_past_generation_and_without_inference_stay_so(
    client: FlaskClient,
) -> None:
    name = client.get("/version").json["generation"]
    found = client.get(f"/api/{FLAGSHIP}&row=1&generation={name}")
    assert found.json["generation"] == found.headers["X-Generation"] == name
    asserted = client.get("/api/questions/missions-total/why?inference=off").json
    assert (asserted["inference"], asserted["answer"].endswith("inference=off")) == (False, True)
    assert not [one for one in walked(asserted["steps"]) if one["rule"]]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_row_that_is_not_there_is_refused_with_its_reason(lang: str, client: FlaskClient) -> None:
    for row in ("0", "4", "x"):
        refused = client.get(f"/api/{FLAGSHIP}&row={row}&lang={lang}")
        assert refused.status_code == 400
    empty = "questions/partners-by-theme-and-place/why?theme=police-municipale&place=vietnam"
    assert client.get(f"/{lang}/{empty}").status_code == 400


def test_every_question_file_was_tried() -> None:
    assert set(SLUGS) == set(load(proving.QUERIES))
