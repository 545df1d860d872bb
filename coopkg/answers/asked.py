"""A question with its choices, in front of a generation; its rows as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from coopkg.answers import changes, choosing, reasons
from coopkg.answers.catalogue import Context
from coopkg.answers.offers import Offers
from coopkg.answers.reasons import Facts, Witnesses
from coopkg.answers.relation import Row, cell, ordered, rows, sorting
from coopkg.errors import Choice
from coopkg.questions import Arguments, Column, Parameter, Question, QuestionEvidence
from coopkg.terms import Term
from coopkg.typography import plain


@dataclass(frozen=True)
class Asked:
    """A question with its choices, in front of a generation.

    `others` are the questions that may be suggested when this one has no row; `offers`, the sealed
    counts of its choices.
    """

    question: Question
    evidence: QuestionEvidence
    bound: Mapping[str, Term]
    context: Context
    others: Mapping[str, Question] = field(default_factory=dict)
    offers: Offers | None = None

    def rows(self, lang: str) -> list[Row]:
        """Return all the rows of the strict answer, sorted."""
        found = rows(self.question.columns, self.context.ask(self.question.text, self.bound))
        return ordered(found, sorting(self.question), self.context.catalogue, lang)

    def witnesses(self, row: Row | None = None) -> Witnesses:
        """Return what the rows of the strict answer rest on; of one row only, when given."""
        names = [column.name for column in self.question.columns]
        evidence = self.evidence.answer
        bound = reasons.narrowed(row, evidence) if row else self.bound
        return reasons.witnesses(self.question, evidence, names, bound, self.context)


def asked(
    question: Question,
    evidence: QuestionEvidence,
    args: Arguments,
    context: Context,
    others: Mapping[str, Question] | None = None,
    offers: Offers | None = None,
) -> Asked:
    """Read the choices of a reader; see `Asked` for `others` and `offers`.

    Raises:
        ParameterError: a value is not acceptable; the nearest choices are named.
    """

    def values(parameter: Parameter) -> list[str]:
        if offers is not None:
            return [value for value, _ in offers.choices[parameter.name]]
        return [parameter.short(one) for one in changes.domain(question, parameter, context)]

    def known(parameter: Parameter) -> list[Choice]:
        terms = [parameter.read(one) for one in values(parameter)]
        return choosing.named(parameter, terms, context.catalogue)

    bound = {
        name: _as_offered(question, question.parameter(name), value, context)
        for name, value in choosing.bound(question, args, values, known).items()
    }
    return Asked(question, evidence, bound, context, others or {}, offers)


def _as_offered(question: Question, parameter: Parameter, value: Term, context: Context) -> Term:
    """Return a text as a choice writes it: « d’appui » and « d'appui » are one name."""
    if parameter.kind != "text":
        return value
    offered = changes.domain(question, parameter, context)
    typed = plain(parameter.short(value))
    alike = [one for one in offered if plain(parameter.short(one)) == typed]
    return alike[0] if alike and value not in offered else value


def column_json(column: Column, question: Question) -> dict[str, Any]:
    """Describe a column for readers: kind, label, unit, whether it is a choice or computed."""
    names = {parameter.name for parameter in question.parameters}
    described: dict[str, Any] = {
        "name": column.name,
        "kind": column.kind,
        "label": column.label.as_json(),
    }
    if column.unit:
        described["unit"] = column.unit.as_json()
    if column.name in names:
        described["parameter"] = True
    if column.derived or question.derived:
        described["derived"] = True
    return described


def row_json(
    columns: Sequence[Column], found: Sequence[Row], seen: Witnesses | None, facts: Facts
) -> list[dict[str, Any]]:
    """Write rows as cells.

    A cell is `inferred` when a triple that speaks for its column takes more than reading one
    place of the sources (`Facts.inferred`, `Witnesses.of`).
    """
    derived = {column.name for column in columns if column.derived}
    written = []
    said: dict[Term, dict[str, Any]] = {}  # the same terms come again and again
    for row in found:
        unsure = {name for name, one in seen.of(row) if facts.inferred(one)} if seen else set()
        cells = {}
        for name, term in row.cells.items():
            if term not in said:
                said[term] = cell(term, facts.catalogue)
            cells[name] = {**said[term], "inferred": name in unsure}
            if name in derived:
                cells[name]["derived"] = True
        written.append(cells)
    return written
