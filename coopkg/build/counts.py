"""How many rows each question gives to its examples, and to each choice alone: sealed as data.

Catalogue and browse pages say these numbers without asking the engine; what they say is what the
page of the question shows, since both count the same rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import partial
from typing import Any

import pyoxigraph as ox

from coopkg import answers
from coopkg.answers import Context
from coopkg.answers.changes import domain
from coopkg.answers.relation import Row, distinct, rows
from coopkg.answers.weaker import gaps, unsaid
from coopkg.build.memory import kept
from coopkg.questions import Parameter, Question, QuestionEvidence
from coopkg.terms import Term

Choice = dict[str, Any]


def counts(
    questions: Mapping[str, Question], evidence: Mapping[str, QuestionEvidence], context: Context
) -> dict[str, Any]:
    """Return the counts of all questions.

    Shape: ``{"examples": {slug: {"parameters", "status", "count", "distinct"}}, "choices":
    {iri or number: [{"question", "parameter", "value", "status", "count", "distinct"}…]}}``.
    `count` is of rows, `distinct` of what the question counts. A choice is counted with all other
    parameters left open; a question that requires another choice is left out.
    """
    examples = {}
    choices: dict[str, list[Choice]] = defaultdict(list)
    for slug, question in sorted(questions.items()):
        work = partial(_of_question, question, evidence[slug])
        examples[slug], chosen = kept(context, ("counts", slug), work)
        for value, choice in chosen:
            choices[value].append(choice)
    return {"examples": examples, "choices": dict(sorted(choices.items()))}


def _of_question(
    question: Question, evidence: QuestionEvidence, context: Context
) -> tuple[Choice, list[tuple[str, Choice]]]:
    """Return the counts of the example of a question, and those of each value chosen alone."""
    request = answers.asked(question, evidence, question.examples, context)
    found = rows(question.columns, context.ask(question.text, request.bound))
    said = _counted(question, found, is_unsaid=not found and bool(gaps(request)))
    example = {"parameters": question.examples, **said}
    return example, [
        (value.value, choice)
        for parameter in _alone(question)
        for value, choice in _of(question, parameter, context).items()
    ]


def _alone(question: Question) -> list[Parameter]:
    """Return the parameters that may be chosen without another; a text names nothing."""
    required = {one.name for one in question.parameters if one.required}
    return [one for one in question.parameters if one.kind != "text" and not required - {one.name}]


def _of(question: Question, parameter: Parameter, context: Context) -> dict[Term, Choice]:
    """Return the counts of each value that may be chosen for one parameter."""
    by_value: dict[Term, list[Row]] = defaultdict(list)
    for row in rows(question.columns, context.ask(question.text, {})):
        for value in {one[parameter.name] for one in row.merged if parameter.name in one}:
            by_value[value].append(row)
    left = unsaid(question, parameter.name, context)
    return {
        value: {
            "question": question.slug,
            "parameter": parameter.name,
            "value": parameter.short(value),
            **_counted(question, by_value[value], is_unsaid=value in left),
        }
        for value in sorted(domain(question, parameter, context), key=str)
        if isinstance(value, ox.NamedNode | ox.Literal)
    }


def _counted(question: Question, found: list[Row], *, is_unsaid: bool) -> dict[str, Any]:
    number = len(found)
    if number:
        status = "complete" if number <= answers.MOST_ROWS else "truncated"
    else:
        status = "not-stated" if is_unsaid else "empty"
    return {
        "status": status,
        "count": min(number, answers.MOST_ROWS),
        "distinct": len(distinct(found[: answers.MOST_ROWS], question.counted)),
    }
