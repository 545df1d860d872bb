"""What else could be asked: the choices of a parameter, each with what it would give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from coopkg.answers.catalogue import Context
from coopkg.answers.relation import cell, rows
from coopkg.questions import Parameter, Question
from coopkg.terms import LANGUAGES, Term
from coopkg.typography import collated


@dataclass(frozen=True)
class Counts:
    """How many rows a question has, in all and for each value of one parameter."""

    total: int
    of: Mapping[Term, int]


def counts(question: Question, name: str, others: Mapping[str, Term], context: Context) -> Counts:
    """Count the rows that each value of a parameter gives under the other choices."""
    given = {key: value for key, value in others.items() if key != name}
    every = rows(question.columns, context.ask(question.text, given))
    found = Counter(value for row in every for value in {one[name] for one in row.merged})
    return Counts(len(every), found)


def domain(question: Question, parameter: Parameter, context: Context) -> dict[Term, Term | None]:
    """Return the values that may be chosen, each with its group or None.

    They come from the `domain` query, so that what gives no row can be chosen and explained;
    without one, from the open answer.
    """
    query = parameter.domain or question.text
    ask = context.whole or context.ask
    return {
        row[parameter.name]: row.get("group") if parameter.domain else None
        for row in ask(query, {})
        if parameter.name in row
    }


def choices(
    question: Question,
    parameter: Parameter,
    bound: Mapping[str, Term],
    context: Context,
    lang: str = "fr",
) -> list[dict[str, Any]]:
    """Return what a reader may choose: value, labels, count of rows; sorted as they read."""
    found = counts(question, parameter.name, bound, context)
    offered = domain(question, parameter, context)
    listed = []
    for value, group in offered.items():
        choice: dict[str, Any] = {
            "value": parameter.short(value),
            "label": label(value, context),
            "count": found.of.get(value, 0),
        }
        if parameter.kind == "iri":
            choice["iri"] = value.value
        if group is not None:
            choice["group"] = cell(group, context.catalogue)
        listed.append(choice)
    return sorted(
        listed, key=lambda one: (_number(one), collated(one["label"][lang]), one["value"])
    )


def _number(choice: Mapping[str, Any]) -> int:
    value = choice["value"]
    return int(value) if value.lstrip("+-").isdigit() else 0


def label(term: Term, context: Context) -> dict[str, str]:
    """Return a value as readers choose it, in each language."""
    if isinstance(term, ox.NamedNode):
        return context.catalogue.label(term.value)
    return dict.fromkeys(LANGUAGES, term.value)
