"""An answer, whole: status, sentence, rows, weaker matches, reasons. Shape: interfaces.md."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from math import ceil
from typing import Any, Final
from urllib.parse import urlencode

from coopkg.answers import (
    blanks,
    changes,
    choosing,
    coverage,
    disagreements,
    limits,
    notes,
    nothing,
    reasons,
    sentences,
)
from coopkg.answers.asked import Asked, column_json, row_json
from coopkg.answers.relation import Row, distinct
from coopkg.answers.weaker import Gap, gaps, related, weaker_json
from coopkg.errors import Lang, ParameterError
from coopkg.questions import Question
from coopkg.terms import Term, Triple

PAGE_ROWS: Final = 50
MOST_ROWS: Final = 10_000
"""Rows beyond this are not shown: the answer says `truncated`, with this limit."""


@dataclass(frozen=True)
class Answer:
    """What `/api/questions/<slug>` says, as JSON values; `as_json` gives the object."""

    question: str
    generation: str
    published: str
    status: str
    inference: bool
    parameters: Mapping[str, str]
    sentence: Mapping[str, str]
    columns: Sequence[Mapping[str, Any]]
    rows: Sequence[Mapping[str, Any]]
    related: Sequence[Mapping[str, Any]]
    derived: bool
    count: int
    counted: Mapping[str, Any]
    page: int
    pages: int
    notes: Sequence[Mapping[str, Any]]
    gaps: Sequence[Mapping[str, Any]]
    nearest: Sequence[Mapping[str, Any]]
    sources: Sequence[Mapping[str, Any]]
    explain: str
    coverage: Mapping[str, Any] = field(default_factory=dict)
    disagreements: Sequence[Mapping[str, Any]] = ()
    inapplicable: Sequence[Sequence[str]] = ()
    """For each row, its empty columns that do not apply to it; of the others, nothing is said."""

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {one.name: getattr(self, one.name) for one in fields(self)}


def answer(request: Asked, *, page: int | None = 1, lang: Lang = "fr") -> Answer:
    """Answer a question; `page` is None for all the rows at once.

    Raises:
        ParameterError: a value that is not among the choices, or a page that does not exist.
    """
    every = request.rows(lang)
    if not every:
        _known_values(request)
    found = every[:MOST_ROWS]
    unknown = gaps(request) if not found else []
    weaker = related(request, found, lang, MOST_ROWS)
    pages = max(1, ceil(len(found) / PAGE_ROWS))
    shown = found if page is None else _page(found, page, pages)
    strict = request.witnesses() if found else None
    lines = strict.lines(found) if strict else []
    others = [one for weak in weaker for one in weak.witnesses.lines(weak.rows)]
    unsaid = [one for gap in unknown for one in gap.lines]
    facts = reasons.known(request.context, [*lines, *others, *unsaid])
    stated = reasons.sources(facts, lines or unsaid)
    status = _status(len(every), unknown)
    question = request.question
    known = len(distinct(found, question.counted))
    disagreed = disagreements.among(facts, lines)
    subjects = {text.split(" ", 1)[0][1:-1] for text in lines}
    near = {term.value for weak in weaker for row in weak.rows for term in row.terms()}
    reach = coverage.coverage(request, known, stated, subjects, near)
    said = notes.all_of(question, stated, (status, reach.claimed), request.context, MOST_ROWS)
    catalogue = request.context.catalogue
    evidence, shapes = request.evidence.answer, catalogue.coverage.get("applying", {})
    visible = question.visible
    never = blanks.inapplicable(visible, found, evidence, shapes)
    first = (page - 1) * PAGE_ROWS if page else 0
    figured = limits.of(question.columns, found, lines, reach.documents, catalogue)
    return Answer(
        question=question.slug,
        generation=request.context.generation,
        published=request.context.published,
        status=status,
        inference=request.context.inference,
        parameters=question.short(request.bound),
        sentence=_sentence(request, found, unknown),
        columns=[column_json(column, question) for column in question.visible],
        rows=row_json(question.visible, shown, strict, facts),
        related=[weaker_json(weak, question, facts) for weak in weaker],
        derived=question.derived or any(one.derived for one in question.columns),
        count=len(found),
        counted={"column": question.counted, "count": known},
        page=page or 1,
        pages=pages if page is not None else 1,
        notes=[*disagreements.notes(disagreed), *said, *figured, *blanks.note(visible, never)],
        gaps=[gap.described for gap in unknown],
        nearest=[] if found else nothing.nearest(request, MOST_ROWS),
        sources=stated,
        explain=explain_path(question, request.bound, lang, request.context.inference),
        coverage=reach.as_json(),
        disagreements=disagreed,
        inapplicable=never[first : first + len(shown)],
    )


def explain_path(
    question: Question, bound: Mapping[str, Term], lang: str, inference: bool = True
) -> str:
    """Return the address of the reasons of a row, to be ended with its number, from 1."""
    query = {**question.short(bound), **({} if inference else {"inference": "off"}), "row": ""}
    return f"/{lang}/questions/{question.slug}/why?{urlencode(query)}"


def _status(number: int, unknown: Sequence[Gap]) -> str:
    if not number:
        return "not-stated" if unknown else "empty"
    return "complete" if number <= MOST_ROWS else "truncated"


def _page(found: Sequence[Row], page: int, pages: int) -> Sequence[Row]:
    if not 1 <= page <= pages:
        raise ParameterError(
            "page", str(page), *choosing.numbers(pages, "une seule page", "one page only")
        )
    return found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]


def _known_values(request: Asked) -> None:
    """Refuse what is no choice: nothing is known of it, which is not an empty answer.

    A text may be one of them spelt otherwise: its empty answer leads to those.
    """
    for parameter in request.question.parameters:
        value = request.bound.get(parameter.name)
        if value is None or parameter.kind == "text":
            continue
        offered = changes.domain(request.question, parameter, request.context)
        if value not in offered:
            known = choosing.named(parameter, offered, request.context.catalogue)
            raise choosing.refusal(parameter, parameter.short(value), known)


def _sentence(request: Asked, found: Sequence[Row], unknown: Sequence[Gap]) -> dict[str, str]:
    if unknown:
        return sentences.not_stated([gap.described["label"] for gap in unknown])
    if not found and not request.context.inference:
        return dict(sentences.NOT_ASSERTED)
    return sentences.sentence(request.question, request.bound, found, request.context.catalogue)


# --- The same answer for machines ---------------------------------------------------------


def triples(request: Asked, lang: Lang = "fr") -> list[Triple]:
    """Return the triples that the strict answer rests on, or those of its gaps; sorted."""
    found = request.rows(lang)[:MOST_ROWS]
    lines = (
        request.witnesses().lines(found)
        if found
        else [one for gap in gaps(request) for one in gap.lines]
    )
    return [reasons.triple_of(one) for one in sorted(set(lines))]
