"""The choices of a question as its page offers them: how many rows each gives, or why none."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from coopkg import answers
from coopkg.answers import Asked
from coopkg.answers.offers import Offers
from coopkg.errors import Lang
from coopkg.generation import Generation
from coopkg.questions import Parameter, Question, templates
from coopkg.serve import question_view
from coopkg.serve.i18n import texts
from coopkg.serve.service import Service
from coopkg.terms import Term
from coopkg.typography import collated

FILE: Final = "offers.json"
MANY: Final = 10
"""A list without groups that is longer is told apart by what its choices give."""


@dataclass(frozen=True)
class Sealed:
    """What a generation seals of choices: the offers of each question, the code of each country.

    Those in `few` are counted when one choice is made at most, and for the example.
    """

    offers: Mapping[str, Offers]
    countries: Mapping[str, str]
    few: Mapping[str, Offers]


class Shelf:
    """What generations seal, each read once; a few are remembered."""

    _KEPT: Final = 4

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], Sealed] = {}

    def of(self, generation: Generation) -> Sealed:
        """Return what a generation seals; nothing of one made before it was."""
        key = (str(generation.path), generation.id)
        found = self._read.get(key)
        if found is None:
            found = self._sealed(generation)
            while len(self._read) >= self._KEPT:
                self._read.pop(next(iter(self._read)), None)
            self._read[key] = found
        return found

    def _sealed(self, generation: Generation) -> Sealed:
        if FILE not in generation.manifest.files:
            return Sealed({}, {}, {})
        read = json.loads(generation.read(FILE))
        found = {slug: Offers.from_json(one) for slug, one in read["questions"].items()}
        whole = {slug: one for slug, one in found.items() if one.whole}
        few = {slug: one for slug, one in found.items() if not one.whole}
        return Sealed(whole, read["countries"], few)


SHELF: Final = Shelf()


def sealed(service: Service) -> Sealed:
    """Return what the generation of a service seals of choices."""
    return SHELF.of(service.generation)


@dataclass(frozen=True)
class Choice:
    """One choice: its value, its group, its term; what it gives, and whether that is unsaid."""

    value: str
    group: str
    term: Term
    count: int
    unsaid: bool


def choices(asked: Asked, parameter: Parameter, offers: Offers | None) -> list[Choice]:
    """Return the choices of one parameter under the others; sealed counts are of what is inferred.

    Without sealed counts, the engine is asked.
    """
    if offers is None or not asked.context.inference:
        return list(_asked_now(asked, parameter, offers))
    short = asked.question.short(asked.bound)
    listed = []
    for value, group in offers.choices[parameter.name]:
        given = {**short, parameter.name: value}
        count = offers.count(given)
        unsaid = not count and offers.is_unsaid(given)
        listed.append(Choice(value, group, parameter.read(value), count, unsaid))
    return listed


def _asked_now(asked: Asked, parameter: Parameter, offers: Offers | None) -> Iterator[Choice]:
    question, context = asked.question, asked.context
    others = {name: value for name, value in asked.bound.items() if name != parameter.name}
    gaps: set[Term] = set()
    if question.gap and len(others) == len(question.parameters) - 1:
        gaps = {row[parameter.name] for row in context.ask(question.gap, others)}
    for one in answers.choices(question, parameter, asked.bound, context):
        term = parameter.read(one["value"])
        group = str(one.get("group", {}).get("value", ""))
        count = int(one["count"])
        yield Choice(one["value"], group, term, count, not count and term in gaps)


def total(asked: Asked, parameter: Parameter, offers: Offers | None) -> str:
    """Return how many rows there are without this choice, as words; "" when it is not sealed."""
    if offers is None or not asked.context.inference:
        return ""
    short = asked.question.short(asked.bound)
    return str(offers.count({name: one for name, one in short.items() if name != parameter.name}))


def form(service: Service, asked: Asked, lang: Lang) -> dict[str, Any]:
    """Return the form of a question: its sentence, with the choices that stand in it."""
    question = asked.question
    offers = sealed(service).offers.get(question.slug)
    stand = _standing(question, lang)
    parts: list[dict[str, Any]] = []
    for part in templates.parts(question.title[lang]):
        if isinstance(part, str):
            parts.append({"text": part})
        elif part.name in stand:
            parts.append({"field": _field(service, asked, part.name, part.form, offers, lang)})
        else:  # the same choice a second time
            bound = asked.bound.get(part.name)
            any_words = question.parameter(part.name).any_words[lang]
            text = service.catalogue.words(bound, lang, part.form) if bound else any_words
            parts.append({"text": text})
    apart = [one.name for one in question.parameters if one.name not in stand]
    return {
        "slug": question.slug,
        "inference": asked.context.inference,
        "parts": parts,
        "fields": [_field(service, asked, name, "", offers, lang) for name in apart],
        "parameters": question.parameters,
    }


def _standing(question: Question, lang: Lang) -> set[str]:
    """Return the parameters that stand once in the title: those a reader may change there."""
    seen = [one.name for one in templates.slots(question.title[lang])]
    return {name for name in seen if seen.count(name) == 1}


def _field(
    service: Service, asked: Asked, name: str, form: str, offers: Offers | None, lang: Lang
) -> dict[str, Any]:
    parameter = asked.question.parameter(name)
    listed = choices(asked, parameter, offers)
    chosen = parameter.short(asked.bound[name]) if name in asked.bound else ""
    every = total(asked, parameter, offers)
    any_words = parameter.any_words[lang]
    open_any = every and name in asked.bound and asked.question.view in {"table", "list"}
    return {
        "name": name,
        "label": parameter.label[lang],
        "help": parameter.help[lang],
        "required": parameter.required,
        "any": f"{any_words} ({every})" if open_any else any_words,
        "chosen": chosen,
        "groups": _groups(service, listed, _Words(asked.question, form, chosen, lang)),
    }


@dataclass(frozen=True)
class _Words:
    """How the choices of a field are written: their form in the sentence, and which is chosen."""

    question: Question
    form: str
    chosen: str
    lang: Lang

    def state(self, choice: Choice) -> str:
        """Say how many rows a choice gives, or why it gives none."""
        t = texts(self.lang)
        if not choice.count:
            unsaid = t("la source ne le dit pas", "not stated by the source")
            return unsaid if choice.unsaid else t("aucun résultat", "no result")
        # « en Afrique (1) » would be read as one mission.
        is_list = self.question.view in {"table", "list"}
        return f"{choice.count}" if is_list else question_view.count(choice.count, self.lang)

    def text(self, choice: Choice, words: str) -> str:
        """Return the text of an option; what is chosen reads as a sentence, answered below it."""
        return words if choice.value == self.chosen else f"{words} ({self.state(choice)})"


def _groups(service: Service, listed: Sequence[Choice], how: _Words) -> list[dict[str, Any]]:
    """Return the choices in groups: theirs; else, in a long list, by what they give."""
    t, names = texts(how.lang), service.catalogue
    by_state = len(listed) > MANY and not any(one.group for one in listed)
    groups: dict[str, list[tuple[Any, dict[str, Any]]]] = defaultdict(list)
    for one in listed:
        group = names.label(one.group)[how.lang] if one.group else ""
        if by_state and not one.count:
            group = how.state(one)
        words = names.words(one.term, how.lang, how.form)
        text, chosen = how.text(one, words), one.value == how.chosen
        # A name as it is printed is in French, whatever the page is in.
        is_text = isinstance(one.term, ox.Literal) and one.term.datatype.value.endswith("tring")
        printed = "fr" if is_text else ""
        choice = {"value": one.value, "text": text, "chosen": chosen, "lang": printed}
        groups[group].append((_order(one, names.words(one.term, how.lang)), choice))
    others = "" if by_state else t("Autres", "Others")
    return [
        {
            "label": label[:1].upper() + label[1:] or others,
            "choices": [choice for _, choice in sorted(groups[label], key=lambda one: one[0])],
        }
        for label in sorted(groups, key=lambda one: (not by_state and not one, collated(one)))
    ]


def _order(choice: Choice, words: str) -> tuple[int, str, str]:
    number = int(choice.value) if choice.value.lstrip("+-").isdigit() else 0
    return number, collated(words), choice.value
