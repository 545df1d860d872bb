"""What every question answers when nothing is chosen, and what may be chosen: sealed as data.

`answers.json` lets two generations be compared without asking either; `choices.json` lets the
description of the API list the values of a parameter without asking the engine, and `offers.json`
lets a page say how many rows each choice gives.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from coopkg.answers import Context
from coopkg.answers.changes import domain
from coopkg.answers.offers import offers as offers_of
from coopkg.build import laid_out
from coopkg.build.memory import kept
from coopkg.questions import Question
from coopkg.terms import NS, Term, compact

MOST_ROWS: Final = 2_000
"""A longer answer is told by its count and its hash alone."""


def answers(questions: Mapping[str, Question], context: Context) -> dict[str, Any]:
    """Return the open answer of each question, by slug.

    Shape: ``{"columns": […], "count": n, "sha256": …, "rows": [[…]…]}``. A row holds the values of
    the columns a reader sees, IRIs as prefixed names, in their order; an empty cell is "". Rows
    are sorted; more than `MOST_ROWS` are left out, and the hash is of all of them.
    """
    return {
        slug: kept(context, ("answer", slug), partial(_open, question))
        for slug, question in sorted(questions.items())
    }


def _open(question: Question, context: Context) -> dict[str, Any]:
    columns = [column.name for column in question.visible]
    found = {
        tuple(solution.get(name) for name in columns) for solution in context.ask(question.text, {})
    }
    names = {term: _value(term) for row in found for term in row}
    listed = sorted([names[term] for term in row] for row in found)
    answer: dict[str, Any] = {
        "columns": columns,
        "count": len(listed),
        "sha256": hashlib.sha256(_hashed(listed)).hexdigest(),
    }
    return answer if len(listed) > MOST_ROWS else {**answer, "rows": listed}


def _hashed(rows: list[list[str]]) -> bytes:
    """Return what is hashed of rows: generations made by other versions are compared by it."""
    return laid_out.compact(rows).removesuffix(b"\n")


_short = functools.lru_cache(maxsize=50_000)(compact)


def _value(term: Term | None) -> str:
    return "" if term is None else _short(term.value)


def choices(questions: Mapping[str, Question], context: Context) -> dict[str, Any]:
    """Return the values each parameter admits, as addresses write them: ``{slug: {name: […]}}``."""
    return {
        slug: kept(context, ("choices", slug), partial(_choices, question))
        for slug, question in sorted(questions.items())
        if question.parameters
    }


def _choices(question: Question, context: Context) -> dict[str, list[str]]:
    return {
        one.name: sorted({one.short(value) for value in domain(question, one, context)})
        for one in question.parameters
    }


COUNTRIES: Final = (
    f"PREFIX coop: <{NS}>\nSELECT ?country ?code WHERE {{ ?country coop:iso2 ?code }}"
)


def offers(questions: Mapping[str, Question], context: Context) -> dict[str, Any]:
    """Return how many rows each combination of choices gives, and the code of each country.

    Shape: ``{"countries": {iri: code}, "questions": {slug: …}}``, see
    `coopkg.answers.offers.Offers`.
    """
    found = {
        slug: kept(context, ("offers", slug), partial(_offers, one))
        for slug, one in sorted(questions.items())
    }
    codes = {row["country"].value: row["code"].value for row in context.ask(COUNTRIES, {})}
    return {
        "countries": dict(sorted(codes.items())),
        "questions": found,
    }


def _offers(question: Question, context: Context) -> dict[str, Any]:
    return offers_of(question, context).as_json()
