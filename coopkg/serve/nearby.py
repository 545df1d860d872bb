"""The questions near one that was answered, each with what it gives: counted when sealed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from pyoxigraph import NamedNode

from coopkg.answers import Answer, Asked
from coopkg.errors import Lang
from coopkg.questions import Question
from coopkg.serve import listing, question_view
from coopkg.serve.i18n import texts
from coopkg.serve.offered import Sealed
from coopkg.serve.service import Service

OTHERS: Final = 2
MOST: Final = 9


@dataclass(frozen=True)
class Near:
    """A question near another: why, its choices, and how many rows it gives."""

    reason: str
    question: Question
    short: Mapping[str, str]
    count: int


def neighbours(
    service: Service, sealed: Sealed, asked: Asked, answer: Answer, lang: Lang
) -> list[dict[str, Any]]:
    """Return questions that have an answer: another choice, the same thing elsewhere, what follows.

    A question without choices, or of a generation that seals no counts, has those of its category.
    """
    near = [
        *_other_choices(sealed, asked, lang),
        *_follow_ups(service, sealed, asked, answer, lang),
    ]
    if len(near) < OTHERS:
        near += _same_category(service, sealed, asked.question, lang)
    kept: dict[tuple[str, str], Near] = {}
    for one in near:
        kept.setdefault((one.question.slug, urlencode(sorted(one.short.items()))), one)
    return [_shown(service, asked, one, lang) for one in list(kept.values())[:MOST]]


def _shown(service: Service, asked: Asked, near: Near, lang: Lang) -> dict[str, Any]:
    off = {} if asked.context.inference else {"inference": "off"}
    query = urlencode({**near.short, **off})
    bound = near.question.bind(near.short)
    sealed_counts = near.count and asked.context.inference
    return {
        "reason": near.reason,
        "title": listing.heading(service, near.question, bound, lang),
        "href": f"/{lang}/questions/{near.question.slug}" + (f"?{query}" if query else ""),
        "count": question_view.count(near.count, lang) if sealed_counts else "",
    }


def _other_choices(sealed: Sealed, asked: Asked, lang: Lang) -> Iterator[Near]:
    """Yield the same question with one choice changed: those that give most rows."""
    t, question = texts(lang), asked.question
    offers = sealed.offers.get(question.slug)
    if offers is None:
        return
    short = question.short(asked.bound)
    for name in asked.bound:
        given = [
            {**short, name: value} for value, _ in offers.choices[name] if value != short[name]
        ]
        found = [(offers.count(one), one) for one in given if not question.compares_itself(one)]
        label = question.parameter(name).label[lang].lower()
        reason = t(f"Autre choix : {label}", f"Another choice: {label}")
        best = sorted(found, key=lambda one: (-one[0], str(one[1])))
        for count, one in best[:OTHERS]:
            if count:
                yield Near(reason, question, one, count)


def _follow_ups(
    service: Service, sealed: Sealed, asked: Asked, answer: Answer, lang: Lang
) -> Iterator[Near]:
    """Yield other questions about what was chosen, then about the one thing that was found."""
    t = texts(lang)
    chosen = [one.value for one in asked.bound.values() if isinstance(one, NamedNode)]
    said = {_iri(row.get(asked.question.counted)) for row in answer.rows}
    only = [iri for iri in said if iri] if len(said) == 1 else []
    for reason, iris in (
        (t("Sur le même sujet", "On the same subject"), chosen),
        (t("Pour aller plus loin", "To go further"), only),
    ):
        found = [one for iri in iris for one in _about(service, sealed, iri, reason)]
        others = [one for one in found if one.question.slug != asked.question.slug]
        ranked = sorted(others, key=lambda one: (-one.count, one.question.slug))
        yield from ranked[: 2 * OTHERS]


def _iri(cell: Mapping[str, Any] | None) -> str:
    return str(cell["value"]) if cell is not None and cell["type"] == "uri" else ""


def _about(service: Service, sealed: Sealed, iri: str, reason: str) -> Iterator[Near]:
    """Yield the questions that have rows when one thing is the only choice made."""
    for slug, offers in sealed.offers.items():
        question = service.questions.get(slug)
        if question is None:
            continue
        for parameter in question.parameters:
            short = {parameter.name: parameter.short(NamedNode(iri))}
            asks = parameter.kind == "iri" and _is_enough(question, parameter.name)
            if asks and (count := offers.count(short)):
                yield Near(reason, question, short, count)


def _is_enough(question: Question, name: str) -> bool:
    """Tell whether one choice makes a question that may be asked."""
    return not {one.name for one in question.parameters if one.required} - {name}


def _same_category(
    service: Service, sealed: Sealed, question: Question, lang: Lang
) -> Iterable[Near]:
    reason = texts(lang)("Même rubrique", "Same category")
    same: Sequence[Question] = [
        one
        for one in service.questions.values()
        if one.category == question.category and one.slug != question.slug
    ]
    for one in same[: 2 * OTHERS]:
        offers = sealed.offers.get(one.slug)
        count = offers.count(one.examples) if offers else 0
        yield Near(reason, one, one.examples, count)
