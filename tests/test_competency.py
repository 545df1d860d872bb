"""The 60 gold questions, asked as visitors ask, on the real generation.

`tests/competency/*.toml` says how each is put to a shipped question and where to read its answer.
The scores are those of `questions.json`, where it is present; the project's own contracts bind the
same answers everywhere.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from flask import Flask
from golden import QUERIES, competency
from scoring import Book, Entry, faults

from coopkg import generation
from coopkg.answers import Answer
from coopkg.build import asking

GOLD = Path(__file__).parents[2] / "shared" / "knowledge" / "questions.json"
ENTRIES = {name: Entry(name, **entry) for name, entry in competency().items()}
STRANGER = {"type": "literal", "value": "quelqu’un d’autre", "inferred": False}

Asked = Callable[[Entry], dict[str, Any]]
every_entry = pytest.mark.parametrize("entry", ENTRIES.values(), ids=list(ENTRIES))
needs_gold = pytest.mark.skipif(
    not GOLD.exists(), reason="questions.json is not beside the project"
)


@cache
def gold() -> dict[str, dict[str, Any]]:
    """Return the gold questions by id."""
    return {one["id"]: one for one in json.loads(GOLD.read_text(encoding="utf-8"))["questions"]}


@pytest.fixture(scope="module")
def asked(app: Flask) -> Asked:
    """Return a way to get the answer of an entry over HTTP, all its pages at once."""
    client = app.test_client()

    @cache
    def page(entry_id: str, number: int) -> dict[str, Any]:
        entry = ENTRIES[entry_id]
        response = client.get(
            f"/api/questions/{entry.question}", query_string={**entry.parameters, "page": number}
        )
        assert response.status_code == 200, response.text
        return dict(response.json)

    def ask(entry: Entry) -> dict[str, Any]:
        answer = copy.deepcopy(page(entry.id, 1))
        for number in range(2, answer["pages"] + 1):
            answer["rows"] += page(entry.id, number)["rows"]
        return answer

    return ask


@pytest.fixture(scope="module")
def book(published: Path) -> Book:
    """Return the names and countries of the real generation."""
    current = generation.current(published)
    store = ox.Store()
    store.bulk_load(current.file("store.nq").read_bytes(), ox.RdfFormat.N_QUADS)
    return Book.of(current.read_json("labels.json"), store)


def test_every_gold_question_has_one_entry() -> None:
    assert len(ENTRIES) == 60
    if GOLD.exists():
        assert ENTRIES.keys() == gold().keys()


@needs_gold
@every_entry
def test_a_gold_question_is_answered_as_it_is_scored(
    entry: Entry, asked: Asked, book: Book
) -> None:
    assert faults(gold()[entry.id], entry, asked(entry), book) == []


@every_entry
def test_a_gold_question_is_answered_as_its_contract_says(entry: Entry, asked: Asked) -> None:
    said = asking.bound(Answer(**asked(entry)))
    cases = asking.contracts(QUERIES)[entry.question]
    assert said in cases


@needs_gold
@every_entry
def test_no_changed_answer_scores_as_right(entry: Entry, asked: Asked, book: Book) -> None:
    wanted, answer = gold()[entry.id], asked(entry)
    right = [
        name
        for name, changed in spoilt(entry, wanted, answer)
        if not faults(wanted, entry, changed, book)
    ]
    if any("country" in one for one in wanted["gold"].get("required", ())):
        elsewhere = replace(book, countries=dict.fromkeys(book.countries, frozenset({"ZZ"})))
        right += [] if faults(wanted, entry, answer, elsewhere) else ["bodies of other countries"]
    assert right == []


def spoilt(
    entry: Entry, wanted: dict[str, Any], answer: dict[str, Any]
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield wrong versions of a right answer, each with its name."""

    def changed(change: Callable[[dict[str, Any]], object]) -> dict[str, Any]:
        other = copy.deepcopy(answer)
        change(other)
        other["count"] = len(other["rows"])
        return other

    rows, names = answer["rows"], entry.names
    filled = {name: {**STRANGER} for name in names}
    yield "one row more", changed(lambda one: one["rows"].append(filled))
    yield "zero", changed(lambda one: one.update(status="complete", rows=[_zeros(names)]))
    if not rows:
        return
    yield "no row", changed(lambda one: one.update(status="empty", rows=[]))
    yield "not stated", changed(lambda one: one.update(status="not-stated", rows=[]))
    for value in {row[names[-1]]["value"] for row in rows if names[-1] in row}:
        yield f"without {value}", changed(lambda one, gone=value: _without(one, names[-1], gone))
    for weak in answer["related"]:
        yield "weaker as strict", changed(lambda one, more=weak: one["rows"].extend(more["rows"]))
        yield "no reason", changed(lambda one: one["related"][0].update(reason={}))
    if wanted["answer_type"] in {"number", "boolean", "string"}:
        other = {**STRANGER, "datatype": rows[0][names[0]].get("datatype", "")}
        yield "another value", changed(lambda one: one["rows"][0].update({names[0]: other}))
    if wanted["gold"].get("derived"):
        yield "not said to be computed", changed(lambda one: one.update(derived=False))


def _zeros(names: list[str]) -> dict[str, Any]:
    zero = {"type": "literal", "value": "0", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}
    return dict.fromkeys(names, zero)


def _without(answer: dict[str, Any], name: str, value: str) -> None:
    answer["rows"] = [row for row in answer["rows"] if row.get(name, {}).get("value") != value]
