"""« Pourquoi rien ? »: the smallest changes to the choices made that would give rows.

A question is a relation: its open answer, asked once, gives the exact count of every combination of
choices. From the smallest change to the greatest: another spelling, inference put back, a choice
made wider (a broader theme, the zone of a country), made narrower, or related; a choice dropped;
another value; every choice dropped; another question that the same choices answer.
"""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from coopkg.answers import changes
from coopkg.answers.asked import Asked
from coopkg.answers.catalogue import Context, Solution
from coopkg.answers.relation import rows
from coopkg.questions import Parameter, Question
from coopkg.questions.binding import folded
from coopkg.questions.templates import FORMS
from coopkg.terms import LANGUAGES, Term, expand

SUGGESTED: Final = 5
"""Values of one parameter that are suggested in the place of the one that was chosen."""
OTHERS: Final = 2
"""Other questions that are suggested."""
TRIED: Final = 6
"""Other questions that are asked, at most."""
CLOSE: Final = 0.7

# How a value is wider than another: the properties that go from the narrower to the wider.
_WIDER: Final = tuple(
    expand(name).value
    for name in (
        "skos:broader",
        "skos:broaderTransitive",
        "coop:inBrochureZone",
        "coop:inM49Region",
        "coop:within",
        "coop:unitOf",
        "coop:withinOrganisation",
        "coop:partOfActivity",
        "coop:strandOf",
    )
)
_RELATED: Final = expand("skos:related").value

# The kinds of changes, from the smallest to the greatest, with what is said of each.
KINDS: Final = {
    "spelling": ("autre écriture", "another spelling"),
    "inference": ("avec ce qui est déduit", "with what is inferred"),
    "broader": ("plus large", "wider"),
    "narrower": ("plus précis", "narrower"),
    "drop": ("", ""),
    "related": ("voisin", "related"),
    "sibling": ("du même ensemble", "of the same group"),
    "other": ("", ""),
    "all": ("", ""),
    "question": ("autre question", "another question"),
}
_BY_RANK: Final = tuple(KINDS)
_RANK: Final = {kind: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True)
class Change:
    """One change: the choices it leads to, how many rows they give, and its kind."""

    kind: str
    bound: Mapping[str, Term]
    count: int
    text: Mapping[str, str]
    parameter: Parameter | None = None
    value: Term | None = None
    question: Question | None = None

    def as_json(self, question: Question) -> dict[str, Any]:
        """Return the JSON object of one suggestion of an answer."""
        parameter, value = self.parameter, self.value
        asked = self.question or question
        written = {
            "kind": self.kind,
            "parameter": parameter.name if parameter else None,
            "value": parameter.short(value) if parameter and value is not None else None,
            "question": asked.slug,
            "parameters": asked.short(self.bound),
            "count": self.count,
            "text": dict(self.text),
        }
        return {**written, "inference": True} if self.kind == "inference" else written


def nearest(request: Asked, limit: int) -> list[dict[str, Any]]:
    """Return the changes that give rows, the smallest first, each with its exact count."""
    return [one.as_json(request.question) for one in found(request, limit)]


def found(request: Asked, limit: int) -> list[Change]:
    """Return the changes themselves; `limit` is the count of rows that is never exceeded."""
    relation = _Relation(request, limit)
    listed = [*_inference(request, limit), *_related(request, relation)]
    for parameter in request.question.parameters:
        if parameter.name in request.bound:
            listed += _one_change(request, parameter, relation)
    if not listed:
        listed = _without_choices(request, relation)
    listed.sort(key=lambda one: _RANK[one.kind])
    every = [*listed, *_other_questions(request, limit)]
    return _distinct(one for one in every if _says_something(one, request.question))


def _distinct(listed: Iterable[Change]) -> list[Change]:
    """Keep the smallest of the changes that lead to the same choices."""
    kept: dict[tuple[Any, ...], Change] = {}
    for one in listed:
        slug = one.question.slug if one.question else ""
        inference = one.kind == "inference"
        kept.setdefault((slug, inference, tuple(sorted(map(str, one.bound.items())))), one)
    return list(kept.values())


def _says_something(one: Change, question: Question) -> bool:
    """Tell whether a change asks of two different things, where two are asked of."""
    asked = one.question or question
    return one.kind == "spelling" or not asked.compares_itself(asked.short(one.bound))


class _Relation:
    """The open answer, to be counted under any choices."""

    def __init__(self, request: Asked, limit: int) -> None:
        self.question = request.question
        self.solutions: Sequence[Solution] = request.context.ask(request.question.text, {})
        self.limit = limit

    def under(self, bound: Mapping[str, Term]) -> list[Solution]:
        """Return the solutions under choices."""
        return [
            one
            for one in self.solutions
            if all(one.get(name) == value for name, value in bound.items())
        ]

    def count(self, bound: Mapping[str, Term]) -> int:
        """Return how many rows choices give."""
        return min(self.limit, len(rows(self.question.columns, self.under(bound))))

    def counts(self, name: str, bound: Mapping[str, Term]) -> Counter[Term]:
        """Return how many rows each value of one parameter gives under the other choices."""
        merged = rows(self.question.columns, self.under(bound))
        each = Counter(value for row in merged for value in {one[name] for one in row.merged})
        return Counter({value: min(self.limit, number) for value, number in each.items()})


# --- One question --------------------------------------------------------------------------


def _inference(request: Asked, limit: int) -> list[Change]:
    whole = request.context.whole
    if request.context.inference or whole is None:
        return []
    question = request.question
    count = min(limit, len(rows(question.columns, whole(question.text, request.bound))))
    if not count:
        return []
    text = {
        "fr": "les mêmes choix, avec ce qui est déduit",
        "en": "the same choices, with what is inferred",
    }
    return [Change("inference", request.bound, count, text)]


def _related(request: Asked, relation: _Relation) -> list[Change]:
    """Replace one choice by one that the graph ties to it: wider, narrower, related, beside it."""
    ties = _ties(list(request.bound.values()), request.context)
    listed = []
    for parameter in request.question.parameters:
        value = request.bound.get(parameter.name)
        tied = ties.get(value) if value is not None else None
        if not tied:
            continue
        others = _without(request.bound, parameter.name)
        counted = relation.counts(parameter.name, others)
        taken: Counter[str] = Counter()
        for other, number in sorted(_most(counted), key=lambda one: tied.get(one[0], _FAR)):
            kind = _BY_RANK[tied[other][0]] if other in tied else ""
            taken[kind] += 1
            if kind and taken[kind] <= SUGGESTED:
                listed.append(_valued(request, parameter, other, number, kind))
    return listed


Tie: TypeAlias = tuple[int, int]
"""How close a value is: the rank of its kind, then that of the property that ties it."""


_FAR: Final[Tie] = (len(KINDS), 0)


def _ties(values: Sequence[Term], context: Context) -> dict[Term, dict[Term, Tie]]:
    """Return what the graph ties to each value, and how: the closest tie wins."""
    named = [one for one in values if isinstance(one, ox.NamedNode)]
    if not named:
        return {}
    listed = " ".join(map(str, named))
    kinds = " ".join(f"<{iri}>" for iri in (*_WIDER, _RELATED))
    query = (
        "SELECT DISTINCT ?value ?p ?other ?way ?beside WHERE {\n"
        f" VALUES ?value {{ {listed} }} VALUES ?p {{ {kinds} }}\n"
        ' { ?value ?p ?other BIND("up" AS ?way) OPTIONAL { ?beside ?p ?other } }\n'
        ' UNION { ?other ?p ?value BIND("down" AS ?way) }\n}'
    )
    found: dict[Term, dict[Term, Tie]] = {}

    def tie(value: Term, other: Term, kind: str, place: int) -> None:
        if other != value:
            known = found.setdefault(value, {})
            known[other] = min((_RANK[kind], place), known.get(other, _FAR))

    for row in context.ask(query, {}):
        if row["p"].value == _RELATED:
            tie(row["value"], row["other"], "related", 0)
            continue
        place = _WIDER.index(row["p"].value)
        tie(
            row["value"], row["other"], "broader" if row["way"].value == "up" else "narrower", place
        )
        if "beside" in row:
            tie(row["value"], row["beside"], "sibling", place)
    return found


def _one_change(request: Asked, parameter: Parameter, relation: _Relation) -> list[Change]:
    """Drop one choice, or replace it by those that give most rows (a year: the nearest ones)."""
    bound = request.bound
    others, value = _without(bound, parameter.name), bound[parameter.name]
    listed = []
    total = relation.count(others)
    if total and not parameter.required:
        text = _says(parameter, parameter.any_words.as_json())
        listed.append(Change("drop", others, total, text, parameter))
    counted = relation.counts(parameter.name, others)
    near = _spelt_alike(parameter, value, counted)
    best = _closest(counted, value) if parameter.kind == "integer" else _most(counted)
    return [
        *listed,
        *(_valued(request, parameter, one, counted[one], "spelling") for one in near),
        *(_valued(request, parameter, one, count, "other") for one, count in best[:SUGGESTED]),
    ]


def _spelt_alike(parameter: Parameter, value: Term, counted: Mapping[Term, int]) -> list[Term]:
    """Return the texts that differ from a text by little: accents, case, a letter."""
    if parameter.kind != "text":
        return []
    known = {folded(one.value): one for one in counted if one != value}
    close = difflib.get_close_matches(folded(value.value), list(known), SUGGESTED, CLOSE)
    return [known[one] for one in close]


def _most(counted: Mapping[Term, int]) -> list[tuple[Term, int]]:
    return sorted(counted.items(), key=lambda one: (-one[1], str(one[0])))


def _closest(counted: Mapping[Term, int], value: Term) -> list[tuple[Term, int]]:
    return sorted(
        counted.items(),
        key=lambda one: (abs(int(one[0].value) - int(value.value)), one[0].value),
    )


def _without_choices(request: Asked, relation: _Relation) -> list[Change]:
    """Drop every choice, when no single change helps; but those that a question needs."""
    question = request.question
    if len(request.bound) < 2 or any(one.required for one in question.parameters):
        return []
    total = relation.count({})
    text = {"fr": "sans aucun choix", "en": "without any choice"}
    return [Change("all", {}, total, text)] if total else []


def _without(bound: Mapping[str, Term], name: str) -> dict[str, Term]:
    return {one: value for one, value in bound.items() if one != name}


def _valued(request: Asked, parameter: Parameter, value: Term, count: int, kind: str) -> Change:
    label = changes.label(value, request.context)
    words = KINDS[kind]
    said = {
        lang: label[lang] + (f" ({words[lang == 'en']})" if words[0] else "") for lang in LANGUAGES
    }
    bound = {**request.bound, parameter.name: value}
    return Change(kind, bound, count, _says(parameter, said), parameter, value)


def _says(parameter: Parameter, words: Mapping[str, str]) -> dict[str, str]:
    return {
        "fr": f"{parameter.label.fr}\u00a0: {words['fr']}",
        "en": f"{parameter.label.en}: {words['en']}",
    }


# --- Other questions -----------------------------------------------------------------------


def _other_questions(request: Asked, limit: int) -> list[Change]:
    """Return other questions that have an answer for the same choices, the most alike first."""
    listed: list[Change] = []
    for question, bound in _candidates(request)[:TRIED]:
        solutions = request.context.ask(question.text, bound)
        count = min(limit, len(rows(question.columns, solutions)))
        if count:
            text = _title(question, bound, request)
            listed.append(Change("question", bound, count, text, question=question))
        if len(listed) == OTHERS:
            break
    return listed


def _candidates(request: Asked) -> list[tuple[Question, dict[str, Term]]]:
    """Return the questions that may be asked with some of the choices, the most alike first.

    A yes/no question always answers, so it explains nothing.
    """
    listed = []
    for question in request.others.values():
        if question.slug == request.question.slug or question.view == "yes-no":
            continue
        bound = _kept(request, question)
        needed = {one.name for one in question.parameters if one.required}
        if bound and needed <= bound.keys():
            listed.append((question, bound))
    home = request.question.category
    listed.sort(key=lambda one: (-len(one[1]), one[0].category != home, one[0].slug))
    return listed


def _kept(request: Asked, question: Question) -> dict[str, Term]:
    """Return the choices that another question can take: of the same kind and the same names."""
    kept: dict[str, Term] = {}
    for mine in request.question.parameters:
        value = request.bound.get(mine.name)
        for theirs in question.parameters:
            alike = (theirs.kind, theirs.base, theirs.lang) == (mine.kind, mine.base, mine.lang)
            same = theirs.name == mine.name or bool(mine.base)
            if value is not None and alike and same and theirs.name not in kept:
                kept[theirs.name] = value
                break
    return kept


def _title(question: Question, bound: Mapping[str, Term], request: Asked) -> dict[str, str]:
    catalogue = request.context.catalogue
    return {
        lang: question.heading(
            lang,
            {
                name: {form: catalogue.words(value, lang, form) for form in FORMS}
                for name, value in bound.items()
            },
        )
        for lang in LANGUAGES
    }
