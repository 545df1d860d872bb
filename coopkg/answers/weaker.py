"""Beside the strict answer: weaker matches with their reason, and what the sources leave unsaid."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from coopkg.answers import changes, reasons
from coopkg.answers.asked import Asked, column_json, row_json
from coopkg.answers.catalogue import Context, Solution
from coopkg.answers.reasons import Facts, Witnesses
from coopkg.answers.relation import Row, distinct, ordered, rows, sorting
from coopkg.questions import Column, Question
from coopkg.terms import Term


@dataclass(frozen=True)
class Weaker:
    """One set of weaker matches: why they are weaker, and their rows."""

    reason: Mapping[str, str]
    columns: tuple[Column, ...]
    rows: list[Row]
    witnesses: Witnesses


def related(request: Asked, found: Sequence[Row], lang: str, at_most: int) -> list[Weaker]:
    """Return the weaker matches that no stronger set already gives, strongest first."""
    question, context = request.question, request.context
    known = set(distinct(found, question.counted))
    sets: list[Weaker] = []
    for related, evidence in zip(question.related, request.evidence.related, strict=True):
        raw = [
            one
            for one in context.ask(related.query, request.bound)
            if one.get(question.counted) not in known
        ]
        if not raw:
            continue
        every = (*question.columns, *question.extra)
        columns = tuple(
            one
            for one in every
            if one.name not in related.unlike and any(one.name in row for row in raw)
        )
        merged = ordered(rows(columns, raw), sorting(question), context.catalogue, lang)
        names = [column.name for column in columns]
        seen = reasons.witnesses(question, evidence, names, request.bound, context)
        sets.append(Weaker(related.reason.as_json(), columns, merged[:at_most], seen))
        known |= set(distinct(merged, question.counted))
    return sets


def weaker_json(weak: Weaker, question: Question, facts: Facts) -> dict[str, Any]:
    """Write one set of weaker matches."""
    visible = [column for column in weak.columns if not column.hidden]
    return {
        "reason": weak.reason,
        "columns": [column_json(column, question) for column in visible],
        "rows": row_json(visible, weak.rows, weak.witnesses, facts),
        "count": len(weak.rows),
        "sources": reasons.sources(facts, weak.witnesses.lines(weak.rows)),
    }


@dataclass(frozen=True)
class Gap:
    """What the sources do not say: a gap, described, and the triples that describe it."""

    described: Mapping[str, Any]
    lines: list[str]


def gaps(request: Asked) -> list[Gap]:
    """Return what the sources are known not to say about the choices made.

    Where no choice was made, something is left unsaid only if it is for every choice: that one
    country has no described action does not make a question about all of them unanswerable.
    """
    question, evidence, context = request.question, request.evidence.gap, request.context
    if question.gap is None or evidence is None:
        return []
    raw = context.ask(question.gap, request.bound)
    if not _is_for_all(raw, _domains(question, request.bound, context)):
        return []
    found = rows([Column("gap", "iri", question.title)], raw)
    found = ordered(found, ["gap"], context.catalogue, "fr")
    names = [*(one.name for one in question.parameters), "gap"]
    seen = reasons.witnesses(question, evidence, names, request.bound, context)
    return [_gap(row, seen, context) for row in found]


def _domains(
    question: Question, bound: Container[str], context: Context
) -> dict[str, frozenset[Term]]:
    """Return the choices of each parameter that none was made for."""
    return {
        one.name: frozenset(changes.domain(question, one, context))
        for one in question.parameters
        if one.name not in bound
    }


def _is_for_all(raw: Sequence[Solution], domains: Mapping[str, frozenset[Term]]) -> bool:
    """Tell whether what is left unsaid is so for each of these choices."""
    return all({row[name] for row in raw} >= known for name, known in domains.items())


def _gap(row: Row, seen: Witnesses, context: Context) -> Gap:
    found = row.cells
    iri = found["gap"].value
    described: dict[str, Any] = {"gap": iri, "label": context.catalogue.label(iri)}
    reason = row.value("reason")
    if reason is not None:
        described["reason"] = {"iri": reason.value, "label": context.catalogue.label(reason.value)}
    said = (one.get("note") for one in row.merged)
    notes = {
        note.language: note.value for note in said if isinstance(note, ox.Literal) and note.language
    }
    if notes:
        described["text"] = notes
    return Gap({**described, "passages": _read(found["gap"], context)}, seen.lines([row]))


def _read(gap: Term, context: Context) -> list[dict[str, Any]]:
    """Return the passages where what is missing would have been, in the order of the document."""
    query = (
        "SELECT DISTINCT ?gap ?passage WHERE { ?gap <http://purl.org/dc/terms/source> ?passage }"
    )
    graphs = {row["passage"].value for row in context.ask(query, {"gap": gap})}
    listed = [reasons.source(context.catalogue, one) for one in graphs]
    return sorted(listed, key=lambda one: (one["lines"] or [0], one["passage"]))
