"""Answers sent back: the cells that are one fact of the partner's are corrected, no other one."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import cache
from typing import Any

import openpyxl
import pyoxigraph as ox
import pytest
from answering import context, sealed
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intaking import BASE, OWN, XLSX, checked

from coopkg import answers, tables
from coopkg.answers import Asked
from coopkg.build import evidence, intake
from coopkg.build.intake import facts
from coopkg.build.intake.ground import Ground
from coopkg.contributions.job import Outcome
from coopkg.questions import Question, QuestionEvidence, read
from coopkg.terms import PREFIXES

LIMITS = {"cells": 500_000, "columns": 200, "unpacked": 1 << 26, "sheets": 30, "literal": 90_000}
DECLARED = "\n".join(f"@prefix {name}: <{iri}> ." for name, iri in PREFIXES.items())
OWN_GRAPH = f"<{BASE}graph/partner/tunis>"
QUESTION = """\
#+ title.fr = "Quelles actions ?"
#+ title.en = "Which activities?"
#+ help.fr = "Les actions."
#+ help.en = "The activities."
#+ category = "programmes"
#+ view = "table"
#+ exhaustive = false
#+ [sentence]
#+ none.fr = "Aucune."
#+ none.en = "None."
#+ one.fr = "Une."
#+ one.en = "One."
#+ many.fr = "{count}."
#+ many.en = "{count}."
#+ [columns]
#+ activity.label = { fr = "Action", en = "Activity" }
#+ country.label = { fr = "Pays", en = "Country" }
#+ since = { kind = "year", label = { fr = "Depuis", en = "Since" } }
#+ agents = { kind = "integer", label = { fr = "Agents", en = "Agents" } }
#+ note = { kind = "text", label = { fr = "Note", en = "Note" } }
#+ twice = { kind = "integer", label = { fr = "Double", en = "Twice" } }
#+ wider.label = { fr = "Lieu couvert", en = "Place covered" }
PREFIX coop: <https://w3id.org/cnfpt-coop/ns#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?activity ?country ?since ?agents ?note ?twice ?wider WHERE {
  ?activity a coop:CountryAction ; coop:country ?country ; coop:since ?since .
  ?activity coop:agents ?agents ; skos:note ?note ; coop:coversPlace ?wider .
  BIND (?agents * 2 AS ?twice)
}
"""
WORDS = """
GRAPH <https://w3id.org/cnfpt-coop/graph/curation/labels> {
  place:tunisie skos:prefLabel "Tunisie"@fr , "Tunisia"@en .
  place:benin skos:prefLabel "Bénin"@fr , "Benin"@en .
  place:liban skos:prefLabel "Liban"@fr , "Lebanon"@en .
}
"""
COLUMNS = ["Action", "Pays", "Depuis", "Agents", "Note", "Double", "Lieu couvert"]
PLACES = {"tunisie": "Tunisie", "benin": "Bénin", "liban": "Liban"}
NOTES = ["=1+1", "l’été\nà 5 h", "'tis", "-3 °C", "@moi", "a;=1", "  ", "x" * 33_000, "00123"]


def action(owner: str, name: str, place: str, since: int, agents: int, note: str) -> str:
    """Return what a graph says of one action."""
    graph = {
        "tunis": OWN_GRAPH,
        "sfax": f"<{BASE}graph/partner/sfax>",
        "core": f"<{BASE}graph/passage/l1>",
    }[owner]
    node = f"<{OWN if owner == 'tunis' else f'http://e/{owner}/'}{name}>"
    return f"""GRAPH {graph} {{ {node} a coop:CountryAction ; coop:country place:{place} ;
  coop:since "{since:04d}"^^xsd:gYear ; coop:agents {agents} ; skos:note {ox.Literal(note)} . }}"""


Action = tuple[str, str, str, int, int, str]


@cache
def asked_question() -> tuple[Question, QuestionEvidence]:
    question = read("actions", QUESTION)
    return question, evidence.derive(question)


@cache
def asking(actions: tuple[Action, ...]) -> tuple[Ground, Asked]:
    """Return a generation that holds some actions, and the question put to it."""
    text = DECLARED + WORDS + "\n".join(action(*one) for one in actions)
    quads = list(ox.parse(text, format=ox.RdfFormat.TRIG))
    asserted = [(quad.subject, quad.predicate, quad.object) for quad in quads]
    covers = ox.NamedNode(PREFIXES["coop"] + "coversPlace")
    country = ox.NamedNode(PREFIXES["coop"] + "country")
    inferred = [(s, covers, o) for s, p, o in asserted if p == country]
    store = sealed(quads, asserted, inferred)
    question, found = asked_question()
    seen = context(store, {})
    files = {"labels": dict(seen.catalogue.labels), "questions": {"actions": found.as_json()}}
    body = store.dump(format=ox.RdfFormat.N_QUADS)
    assert body is not None
    ground = Ground(tuple(quads), body, files, {"actions": question})
    return ground, answers.asked(question, found, {}, seen)


def downloaded(actions: tuple[Action, ...], lang: Any = "fr") -> bytes:
    _, asked = asking(actions)
    answer = answers.answer(asked, page=None, lang=lang)
    return tables.as_workbook(asked, answer, lang, "https://x/fr/questions/actions")


def sent(body: bytes, actions: tuple[Action, ...]) -> Outcome:
    return checked(body, XLSX, intake.Ready(asking(actions)[0], None), limits=LIMITS)


def edited(body: bytes, cells: dict[tuple[str, int], Any], lang: str = "fr") -> bytes:
    """Write into cells of the first sheet, by heading and row, and save by another program."""
    book = openpyxl.load_workbook(io.BytesIO(body))
    page = book.worksheets[0]
    heads = [cell.value for cell in page[1]]
    for (heading, row), value in cells.items():
        cell = page.cell(row, heads.index(heading) + 1)
        cell.value = value
        if isinstance(value, str):
            cell.data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(body: bytes) -> dict[str, int]:
    """Return the row of each action."""
    page = openpyxl.load_workbook(io.BytesIO(body)).worksheets[0]
    return {
        str(row[0].value).rpartition("/")[2]: number
        for number, row in enumerate(page.iter_rows(min_row=2), 2)
    }


def rules(outcome: Outcome) -> list[tuple[str, str]]:
    return [(one["rule"], one["cell"]) for one in outcome.report["findings"]]


def said(outcome: Outcome) -> tuple[list[str], list[str]]:
    """Return what is added and removed, without the graph."""
    every = (outcome.added.decode(), outcome.removed.decode())
    return tuple(  # type: ignore[return-value]
        sorted(line.removesuffix(f" {OWN_GRAPH} .") for line in text.split("\n") if line)
        for text in every
    )


def fact(name: str, link: str, value: str) -> str:
    return f"<{OWN}{name}> <{PREFIXES['coop' if link != 'note' else 'skos']}{link}> {value}"


def place(name: str) -> str:
    return f"<{BASE}id/place/{name}>"


def number(value: int) -> str:
    return f'"{value}"^^<http://www.w3.org/2001/XMLSchema#integer>'


def year(value: int) -> str:
    return f'"{value:04d}"^^<http://www.w3.org/2001/XMLSchema#gYear>'


def text(value: str) -> str:
    return str(ox.Literal(value.strip()))


FIXED: tuple[Action, ...] = (
    ("tunis", "a", "tunisie", 2016, 12, "=1+1"),
    ("tunis", "b", "benin", 2018, 3, "note"),
    ("sfax", "c", "benin", 2019, 4, "autre"),
    ("core", "d", "tunisie", 2011, 5, "brochure"),
)
notes = st.sampled_from(NOTES) | st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn"), max_codepoint=0x1FFFF), max_size=20
)
owned = st.tuples(
    st.sampled_from(["tunis", "tunis", "sfax", "core"]), st.sampled_from("abcde"),
    st.sampled_from(sorted(PLACES)), st.integers(1000, 2999), st.integers(0, 10**6), notes,
)  # fmt: skip
VALUES: dict[str, tuple[str, Any, Any]] = {
    "Pays": ("country", st.sampled_from(sorted(PLACES.values())),
             lambda label: place(next(k for k, v in PLACES.items() if v == label))),
    "Depuis": ("since", st.integers(1000, 2999), year),
    "Agents": ("agents", st.integers(0, 10**9), number),
    "Note": ("note", notes.filter(lambda t: t.strip() and len(t) < 30_000 and "_x" not in t), text),
}  # fmt: skip
BEFORE: dict[str, Callable[[Action], str]] = {
    "Pays": lambda one: place(one[2]),
    "Depuis": lambda one: year(one[3]),
    "Agents": lambda one: number(one[4]),
    "Note": lambda one: str(ox.Literal(one[5])),
}
SHOWN: dict[str, Callable[[Action], Any]] = {
    "Pays": lambda one: PLACES[one[2]],
    "Depuis": lambda one: one[3],
    "Agents": lambda one: one[4],
    "Note": lambda one: one[5],
}


@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.lists(owned, min_size=1, max_size=4, unique_by=lambda one: one[1]), st.data())
def test_an_answer_that_comes_back_is_exactly_the_cells_that_were_edited(
    drawn: list[Action], draw: st.DataObject
) -> None:
    actions = tuple(drawn)
    body = downloaded(actions)
    lines = rows(body)
    places = [(one, heading) for one in actions if one[0] == "tunis" for heading in VALUES]
    some = st.lists(st.sampled_from(places), max_size=3, unique=True) if places else st.just([])
    cells: dict[tuple[str, int], Any] = {}
    added: set[str] = set()
    removed: set[str] = set()
    for one, heading in draw.draw(some):
        if heading == "Note" and len(one[5]) > 32_000:
            continue  # cut in the file: see the test below
        link, values, read_ = VALUES[heading]
        value = draw.draw(st.none() | values)
        cells[heading, lines[one[1]]] = value
        if value == SHOWN[heading](one) or (value is None and not str(SHOWN[heading](one))):
            continue
        before = fact(one[1], link, BEFORE[heading](one))
        after = fact(one[1], link, read_(value)) if value is not None else None
        if after != before:
            removed.add(before)
            added |= {after} if after is not None else set()
    outcome = sent(edited(body, cells), actions)
    if not removed:
        assert rules(outcome) == [("unchanged", "")]
    else:
        assert outcome.method == "patch", rules(outcome)
        assert said(outcome) == (sorted(added), sorted(removed))


@pytest.mark.parametrize(
    ("heading", "name", "rule", "words"),
    [
        ("Double", "a", "computed-cell", "calculée"),
        ("Lieu couvert", "a", "inferred-cell", "déduite"),
        ("Pays", "c", "others-cell", "sfax"),
        ("Pays", "d", "others-cell", "passage"),
        ("Action", "a", "computed-cell", "calculée"),
    ],
)
def test_what_is_no_fact_of_the_partner_is_refused_by_name(
    heading: str, name: str, rule: str, words: str
) -> None:
    body = downloaded(FIXED)
    line = rows(body)[name]
    outcome = sent(edited(body, {(heading, line): "Liban"}), FIXED)
    column = "ABCDEFG"[
        ["Action", "Pays", "Depuis", "Agents", "Note", "Double", "Lieu couvert"].index(heading)
    ]
    assert rules(outcome) == [(rule, f"Réponse!{column}{line}")]
    (found,) = outcome.report["findings"]
    assert words in found["message"]["fr"]
    assert "/fr/report?about=/fr/questions/actions" in found["message"]["fr"]
    assert "/en/report?about=/en/questions/actions" in found["message"]["en"]
    assert (outcome.status, outcome.added, outcome.removed) == ("violations", b"", b"")


def test_one_refused_cell_keeps_the_others_from_being_sent() -> None:
    body = downloaded(FIXED)
    line = rows(body)["a"]
    outcome = sent(edited(body, {("Double", line): 5, ("Agents", line): 13}), FIXED)
    assert outcome.status == "violations"
    assert outcome.added == b""


def test_a_row_that_somebody_changed_since_is_told_with_both_values() -> None:
    body = downloaded(FIXED)
    line = rows(body)["a"]
    since = (("tunis", "a", "liban", 2016, 12, "=1+1"), *FIXED[1:])
    outcome = sent(edited(body, {("Pays", line): "Bénin"}), since)
    assert rules(outcome) == [("changed-since", f"Réponse!B{line}")]
    said_ = outcome.report["findings"][0]["message"]["fr"]
    assert "Bénin" in said_
    assert "Liban" in said_
    assert outcome.removed == b""


def test_rows_that_changed_since_and_were_not_edited_do_nothing() -> None:
    since = (("tunis", "a", "liban", 2016, 12, "=1+1"), *FIXED[1:])
    assert rules(sent(edited(downloaded(FIXED), {}), since)) == [("unchanged", "")]


def test_a_new_row_of_an_answer_is_refused() -> None:
    body = downloaded(FIXED)
    last = max(rows(body).values()) + 1
    outcome = sent(edited(body, {("Action", last): "nouvelle"}), FIXED)
    assert rules(outcome) == [("new-row", f"Réponse!A{last}")]


def test_a_text_that_was_cut_is_not_corrected_where_its_end_would_be_lost() -> None:
    actions: tuple[Action, ...] = (("tunis", "a", "tunisie", 2016, 12, "x" * 33_000),)
    outcome = sent(edited(downloaded(actions), {("Note", 2): "court"}), actions)
    assert rules(outcome) == [("cut-text", "Réponse!E2")]


def test_a_sheet_beside_the_answer_is_not_corrected() -> None:
    book = openpyxl.load_workbook(io.BytesIO(downloaded(FIXED)))
    beside = book.copy_worksheet(book.worksheets[0])
    beside.title = "À voir aussi 1"
    beside["B2"] = "Liban"
    out = io.BytesIO()
    book.save(out)
    assert rules(sent(out.getvalue(), FIXED)) == [("beside-cell", "À voir aussi 1!B2")]


@pytest.mark.parametrize(("inference", "count"), [(True, 4), (False, 0)])
def test_the_question_is_asked_again_with_or_without_what_is_inferred(
    inference: bool, count: int
) -> None:
    ground, asked = asking(FIXED)
    context = facts.context(ground, inference)
    assert len(context.ask(asked.question.text, {})) == count


def test_an_answer_without_its_last_sheet_is_not_guessed() -> None:
    book = openpyxl.load_workbook(io.BytesIO(downloaded(FIXED)))
    del book["À propos"]
    out = io.BytesIO()
    book.save(out)
    assert rules(sent(out.getvalue(), FIXED)) == [("unknown-answer", "Réponse!A1")]


def test_an_english_answer_comes_back_the_same_way() -> None:
    body = downloaded(FIXED, "en")
    line = rows(body)["a"]
    outcome = sent(edited(body, {("Country", line): "Lebanon"}), FIXED)
    assert said(outcome) == (
        [fact("a", "country", place("liban"))],
        [fact("a", "country", place("tunisie"))],
    )
