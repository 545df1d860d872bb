"""A condition that is called never true gives no row of the real graph; mended, it may."""

from __future__ import annotations

from pathlib import Path

import test_errors_that_teach as teaching
from flask.testing import FlaskClient

from coopkg import generation
from coopkg.engine.hints import RULES, diagnose
from coopkg.serve.sparql import check

CASES = [
    case
    for case in teaching.ALL
    if case.file == "values" and RULES[case.rule].severity == "warning"
]


def rows(client: FlaskClient, query: str) -> int:
    """Count the rows of an answer."""
    response = client.get("/sparql", query_string={"query": query, "format": "json"})
    assert response.status_code == 200
    return len(response.get_json()["results"]["bindings"])


def test_what_is_called_never_true_gives_no_row(client: FlaskClient) -> None:
    assert len(CASES) > 15
    answering = [str(case) for case in CASES if rows(client, case.text)]
    assert answering == []


def test_most_changes_that_are_proposed_give_rows(client: FlaskClient, published: Path) -> None:
    known = check.vocabulary(generation.current(published))
    tried = [
        teaching.mended(case.text, diagnose(case.text, known, "fr"), "warning")
        for case in CASES
        if "fix" in case.entry
    ]
    assert sum(rows(client, text) > 0 for text in tried) > len(tried) * 0.7
