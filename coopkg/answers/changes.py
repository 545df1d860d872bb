"""What else could be asked: the choices of a parameter, and what would give rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers.catalogue import Context
from coopkg.answers.relation import cell, rows
from coopkg.questions import Parameter, Question
from coopkg.questions.binding import folded
from coopkg.terms import LANGUAGES, Term

SUGGESTED: Final = 5


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
            "label": _label(value, context),
            "count": found.of.get(value, 0),
        }
        if parameter.kind == "iri":
            choice["iri"] = value.value
        if group is not None:
            choice["group"] = cell(group, context.catalogue)
        listed.append(choice)
    return sorted(listed, key=lambda one: (_number(one), folded(one["label"][lang]), one["value"]))


def _number(choice: Mapping[str, Any]) -> int:
    value = choice["value"]
    return int(value) if value.lstrip("+-").isdigit() else 0


def _label(term: Term, context: Context) -> dict[str, str]:
    if isinstance(term, ox.NamedNode):
        return context.catalogue.label(term.value)
    return dict.fromkeys(LANGUAGES, term.value)


def nearest(
    question: Question, bound: Mapping[str, Term], context: Context
) -> list[dict[str, Any]]:
    """Return the smallest changes that give rows, each with their count.

    First each choice dropped, then each replaced by the values that give most rows; all
    dropped at once when nothing smaller helps.
    """
    found: list[dict[str, Any]] = []
    for parameter in question.parameters:
        if parameter.name in bound:
            others = {name: value for name, value in bound.items() if name != parameter.name}
            found += _one_change(question, parameter, others, context)
    found.sort(key=lambda one: one["value"] is not None)
    needed = {one.name for one in question.parameters if one.required}
    if not found and len(bound) > 1 and not needed:
        total = len(rows(question.columns, context.ask(question.text, {})))
        if total:
            text = {"fr": "sans aucun choix", "en": "without any choice"}
            found.append(_change(question, {}, (None, None), total, text))
    return found


def _one_change(
    question: Question, parameter: Parameter, others: Mapping[str, Term], context: Context
) -> list[dict[str, Any]]:
    counted = counts(question, parameter.name, others, context)
    found = []
    if counted.total and not parameter.required:
        text = {
            "fr": f"{parameter.label.fr}\u00a0: {parameter.any_words.fr}",
            "en": f"{parameter.label.en}: {parameter.any_words.en}",
        }
        found.append(_change(question, others, (parameter, None), counted.total, text))
    best = sorted(counted.of.items(), key=lambda one: (-one[1], str(one[0])))[:SUGGESTED]
    for value, number in best:
        label = _label(value, context)
        text = {
            "fr": f"{parameter.label.fr}\u00a0: {label['fr']}",
            "en": f"{parameter.label.en}: {label['en']}",
        }
        changed = {**others, parameter.name: value}
        found.append(_change(question, changed, (parameter, value), number, text))
    return found


def _change(
    question: Question,
    bound: Mapping[str, Term],
    what: tuple[Parameter | None, Term | None],
    count: int,
    text: Mapping[str, str],
) -> dict[str, Any]:
    parameter, value = what
    return {
        "parameter": parameter.name if parameter else None,
        "value": parameter.short(value) if parameter and value is not None else None,
        "parameters": question.short(bound),
        "count": count,
        "text": dict(text),
    }
