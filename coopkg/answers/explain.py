"""« Pourquoi cette ligne ? »: all that one row rests on, down to what the sources state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from coopkg.answers import choosing, disagreements, figures, phrases, reasons
from coopkg.answers.asked import Asked, column_json, row_json
from coopkg.answers.assemble import MOST_ROWS
from coopkg.answers.relation import Row
from coopkg.errors import Lang, ParameterError
from coopkg.questions import Pattern
from coopkg.terms import Term, Triple


@dataclass(frozen=True)
class Why:
    """The reasons of one row, by its number from 1 among all the rows of the answer.

    `steps` are trees of sentences that end in sources; `absent` says what the question made sure
    is not there; `figures` says what each figure is made of; `disagreements`, which sources differ.
    """

    question: str
    generation: str
    published: str
    inference: bool
    parameters: Mapping[str, str]
    number: int
    count: int
    columns: Sequence[Mapping[str, Any]]
    row: Mapping[str, Any]
    steps: Sequence[Mapping[str, Any]]
    absent: Sequence[Mapping[str, Any]]
    figures: Sequence[Mapping[str, Any]]
    sources: Sequence[Mapping[str, Any]]
    disagreements: Sequence[Mapping[str, Any]] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the JSON object."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def why(request: Asked, number: int, lang: Lang = "fr") -> Why:
    """Explain one row of the strict answer, sorted as `answer` sorts in that language.

    Raises:
        ParameterError: the answer has no row of that number.
    """
    found = request.rows(lang)[:MOST_ROWS]
    if not 1 <= number <= len(found):
        raise _no_row(number, len(found))
    return among(request, found, number)


def among(request: Asked, found: Sequence[Row], number: int) -> Why:
    """Explain one of the sorted rows of the strict answer, by its number from 1."""
    row = found[number - 1]
    seen = request.witnesses(row)
    lines = seen.lines([row])
    facts = reasons.known(request.context, lines)
    question, context = request.question, request.context
    (cells,) = row_json(question.visible, [row], seen, facts)
    computed = request.evidence.computed
    return Why(
        question=question.slug,
        generation=context.generation,
        published=context.published,
        inference=context.inference,
        parameters=question.short(request.bound),
        number=number,
        count=len(found),
        columns=[column_json(column, question) for column in question.visible],
        row=cells,
        steps=reasons.steps(facts, lines),
        absent=absent(request, row),
        figures=[
            *figures.computed(question, computed.formulas, computed.members, row, context),
            *figures.printed(lines, context),
        ],
        sources=reasons.sources(facts, lines),
        disagreements=disagreements.among(facts, lines),
    )


def _no_row(number: int, last: int) -> ParameterError:
    if not last:
        return ParameterError(
            "row", str(number), "une réponse qui a des lignes", "an answer that has rows"
        )
    return ParameterError(
        "row", str(number), *choosing.numbers(last, "une seule ligne", "one row only")
    )


# --- What is not there ---------------------------------------------------------------------


def absent(request: Asked, row: Row) -> list[dict[str, Any]]:
    """Return what the question made sure that no source says, as sentences.

    Each holds: the graph was asked again. A group whose subject the row does not name is left
    out, because nothing could be said of it. Of a group that is nowhere as a whole, only what is
    nowhere by itself is said; failing that, the whole.
    """
    found: dict[str, dict[str, Any]] = {}
    for group in request.evidence.absent:
        for solution in row.merged:
            if any(_filled(one, solution)[0] is None for one in group):
                continue
            if _matches(group, solution, request):
                continue
            alone = [one for one in group if not _matches([one], solution, request)]
            for patterns in [[one] for one in alone] or [list(group)]:
                described = _unsaid([_filled(one, solution) for one in patterns], request)
                found[described["pattern"]] = described
    return [found[key] for key in sorted(found)]


Filled: TypeAlias = tuple[Term | None, Term | None, Term | None]


def _filled(pattern: Pattern, solution: Mapping[str, Term]) -> Filled:
    given = (pattern.subject, pattern.predicate, pattern.value)
    subject, predicate, value = (
        solution.get(part[1:]) if part.startswith("?") else reasons.term_of(part) for part in given
    )
    return subject, predicate, value


def _matches(group: Sequence[Pattern], solution: Mapping[str, Term], request: Asked) -> bool:
    patterns = " ".join(f"{one.subject} {one.predicate} {one.value} ." for one in group)
    names = sorted(
        {
            part
            for one in group
            for part in (one.subject, one.predicate, one.value)
            if part.startswith("?")
        }
    )
    query = f"SELECT DISTINCT {' '.join(names) or '*'} WHERE {{ {patterns} }}"
    given = {name: term for name, term in solution.items() if f"?{name}" in names}
    return bool(request.context.ask(query, given))


_ANYTHING: Final = {"fr": "quoi que ce soit", "en": "anything"}
_NOT_SAID: Final = {
    "fr": "Aucune source de la base ne dit ceci\u00a0: {}",
    "en": "No source of the base says this: {}",
}


def _unsaid(triples: Sequence[Filled], request: Asked) -> dict[str, Any]:
    catalogue = request.context.catalogue
    said = {}
    for lang in ("fr", "en"):
        sentences = []
        for subject, predicate, value in triples:
            assert isinstance(predicate, ox.NamedNode), "a pattern names its property"
            assert subject is not None
            full: Triple = (subject, predicate, value or ox.Literal(_ANYTHING[lang]))
            sentences.append(phrases.sentence(catalogue, full)[lang])
        said[lang] = _NOT_SAID[lang].format(" ".join(sentences))
    written = [" ".join(str(part) if part is not None else "?" for part in one) for one in triples]
    return {"sentence": said, "pattern": " . ".join(written)}
