"""Questions that an entity is a choice of, with it chosen, and how many rows each then has.

Nothing is asked: a generation seals the open answer of each question, and choosing a value keeps
its rows and no others.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import pyoxigraph as ox

from coopkg.errors import Lang
from coopkg.questions import Question
from coopkg.serve.listing import heading
from coopkg.serve.service import Service
from coopkg.terms import compact
from coopkg.typography import collated

ANSWERS: Final = "answers.json"
_KEPT: Final = 8

Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Index:
    """How many rows each value has in the column of each parameter."""

    counts: Mapping[str, Counts]

    def of(self, iri: str) -> Counts:
        """Return the rows of an entity, by question and parameter."""
        return self.counts.get(compact(iri), {})


_INDEXES: dict[str, Index] = {}


def index(service: Service) -> Index:
    """Return the index of a generation, made once."""
    found = service.generation
    if found.id not in _INDEXES:
        sealed = found.read_json(ANSWERS) if ANSWERS in found.manifest.files else {}
        while len(_INDEXES) >= _KEPT:
            _INDEXES.pop(next(iter(_INDEXES)), None)
        _INDEXES[found.id] = made(service.questions, sealed)
    return _INDEXES[found.id]


def made(questions: Mapping[str, Question], sealed: Mapping[str, Any]) -> Index:
    """Make an index of sealed answers; one that is too long to be sealed in full has no counts."""
    counts: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for slug, answer in sealed.items():
        question = questions.get(slug)
        if question is None:
            continue
        for parameter in question.parameters:
            others = [one for one in question.parameters if one.name != parameter.name]
            if parameter.name not in answer["columns"] or any(one.required for one in others):
                continue
            place = answer["columns"].index(parameter.name)
            for row in answer.get("rows", ()):
                if row[place]:
                    counts[row[place]][slug, parameter.name] += 1
    return Index(counts)


def questions(service: Service, iri: str, lang: Lang) -> list[dict[str, Any]]:
    """Return the questions about an entity, each once, those with most rows first."""
    best: dict[str, tuple[int, str]] = {}
    for (slug, parameter), count in index(service).of(iri).items():
        best[slug] = max(best.get(slug, (0, "")), (count, parameter))
    found = []
    value = ox.NamedNode(iri)
    for slug, (count, name) in best.items():
        question = service.questions[slug]
        (chosen,) = (one for one in question.parameters if one.name == name)
        query = urlencode({name: chosen.short(value)})
        found.append(
            {
                "title": heading(service, question, {name: value}, lang),
                "href": f"/{lang}/questions/{slug}?{query}",
                "count": count,
            }
        )
    return sorted(found, key=lambda one: (-one["count"], collated(str(one["title"]))))
