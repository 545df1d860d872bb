"""Answers as files."""

from __future__ import annotations

import csv
import io

import pyoxigraph as ox
import pytest
from answering import (
    ask_tiny,
    asked,
)

from coopkg import answers

XSD = "http://www.w3.org/2001/XMLSchema#"


def test_a_csv_opens_in_a_spreadsheet_with_labels_beside_addresses() -> None:
    text = answers.as_csv(ask_tiny(theme="decentralisation", place="mediterranee", page=None))
    assert text.startswith("\ufeffpartner,partner.fr,partner.en,activity")
    assert text.count("\r\n") == 3
    (row, _) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert row["partner.fr"] == "AFD"
    assert row["since"] == "2015"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x", "\tx", "＝1"])
def test_no_text_becomes_a_formula(text: str) -> None:
    assert answers.tables.harmless(text) == f"'{text}"


def test_a_negative_number_stays_a_number() -> None:
    column = {"name": "n", "kind": "integer"}
    row = {"n": {"type": "literal", "value": "-5", "datatype": f"{XSD}integer"}}
    assert list(answers.tables._texts(column, row)) == ["-5"]


def test_the_turtle_of_an_answer_is_what_it_rests_on() -> None:
    request = asked(theme="decentralisation", place="mediterranee")
    text = answers.as_turtle(answers.answer(request), answers.triples(request))
    assert "# status: complete" in text
    parsed = {str(quad.predicate) for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}
    assert {name.rsplit("#", 1)[-1][:-1] for name in parsed} == {
        "hasPartner",
        "coversPlace",
        "theme",
        "since",
    }


def test_the_turtle_of_what_is_not_stated_is_its_gap() -> None:
    request = asked(place="cameroun")
    text = answers.as_turtle(answers.answer(request), answers.triples(request))
    assert "gap:cameroun" in text
    assert "# status: not-stated" in text
