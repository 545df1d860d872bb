"""What a generation seals for those who look around: what can be browsed, and how many rows.

See `coopkg.build.describe.browse` and `coopkg.answers.offers`. A generation sealed before these
were has neither: its questions are listed without numbers, and it cannot be browsed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import pyoxigraph as ox

from coopkg import answers
from coopkg.answers.offers import Offers
from coopkg.errors import Lang, UnknownError
from coopkg.generation import Generation
from coopkg.questions import Question
from coopkg.serve import i18n, listing, offered
from coopkg.serve.service import Service
from coopkg.terms import BASE
from coopkg.typography import collated

BROWSE: Final = "browse.json"
ENTITY: Final = BASE + "id/"
_MOST: Final = 8


@dataclass(frozen=True)
class Navigation:
    """What is sealed: `browse` may be empty; `examples` and `choices` count rows."""

    browse: Mapping[str, Any]
    examples: Mapping[str, Mapping[str, Any]]
    choices: Mapping[str, Sequence[Mapping[str, Any]]]


_KNOWN: dict[str, Navigation] = {}


def of(service: Service) -> Navigation:
    """Return what the generation of a service seals; what it does not is empty.

    Raises:
        GenerationError: a file is not what was sealed.
    """
    generation = service.generation
    key = f"{generation.path}/{generation.id}"
    known = _KNOWN.get(key)
    if known is None:
        while len(_KNOWN) >= _MOST:
            _KNOWN.pop(next(iter(_KNOWN)), None)
        sealed = offered.sealed(service)
        counted = [
            (service.questions[slug], offers)
            for slug, offers in sorted({**sealed.offers, **sealed.few}.items())
            if slug in service.questions
        ]
        examples = {one.slug: _counted(offers, one.examples) for one, offers in counted}
        known = Navigation(_json(generation, BROWSE), examples, _choices(counted))
        _KNOWN[key] = known
    return known


def _choices(counted: Iterable[tuple[Question, Offers]]) -> dict[str, list[dict[str, Any]]]:
    """Return what each choice gives with all others left open, by its IRI or its number.

    What cannot be asked without another choice is left out; a text names nothing.
    """
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for question, offers in counted:
        required = {one.name for one in question.parameters if one.required}
        for parameter in question.parameters:
            if parameter.kind == "text" or required - {parameter.name}:
                continue
            for value, _ in offers.choices[parameter.name]:
                chosen = {"question": question.slug, "parameter": parameter.name, "value": value}
                said = _counted(offers, {parameter.name: value})
                found[parameter.read(value).value].append({**chosen, **said})
    return found


def _counted(offers: Offers, short: Mapping[str, str]) -> dict[str, Any]:
    """Return how many rows some choices give, and what that means."""
    number = offers.count(short)
    if number:
        status = "complete" if number <= answers.MOST_ROWS else "truncated"
    else:
        status = "not-stated" if offers.is_unsaid(short) else "empty"
    return {"status": status, "count": min(number, answers.MOST_ROWS)}


def _json(generation: Generation, name: str) -> dict[str, Any]:
    return dict(generation.read_json(name)) if name in generation.manifest.files else {}


def browsable(service: Service) -> Navigation:
    """Return what can be browsed.

    Raises:
        UnknownError: the generation was published before pages to browse were sealed.
    """
    found = of(service)
    if not found.browse:
        raise UnknownError(
            "browse",
            f"la génération {service.generation.id} a été publiée avant que l’on puisse la "
            "parcourir ; ses questions répondent",
            f"generation {service.generation.id} was published before it could be browsed; its "
            "questions answer",
            ("/fr/questions", "/en/questions"),
        )
    return found


def questions(service: Service, key: str, lang: Lang) -> list[dict[str, Any]]:
    """Return the questions that can be asked about an IRI or a year, with that choice filled.

    Each has its title, its address, its status and its number of rows; those that answer first.
    """
    found = [_question(service, key, choice, lang) for choice in of(service).choices.get(key, ())]
    return sorted(found, key=lambda one: (not one["count"], collated(one["title"])))


def _question(service: Service, key: str, choice: Mapping[str, Any], lang: Lang) -> dict[str, Any]:
    asked = service.questions[choice["question"]]
    name = choice["parameter"]
    term = (
        ox.NamedNode(key)
        if key.startswith(("http://", "https://"))
        else asked.parameter(name).read(choice["value"])
    )
    return {
        "slug": asked.slug,
        "title": listing.heading(service, asked, {name: term}, lang),
        "href": f"/{lang}/questions/{asked.slug}?{urlencode({name: choice['value']})}",
        "status": choice["status"],
        "count": choice["count"],
        "words": rows(choice, lang),
    }


def rows(counted: Mapping[str, Any], lang: Lang) -> str:
    """Say how many rows were counted, or why there is none.

    >>> rows({"status": "complete", "count": 2}, "fr"), rows({"status": "empty", "count": 0}, "en")
    ('2 lignes', 'no row')
    """
    t = i18n.texts(lang)
    number = counted["count"]
    if counted["status"] == "not-stated":
        return t("la source ne le dit pas", "the source does not say")
    if not number:
        return t("aucune ligne", "no row")
    words = t(
        f"{number} {'ligne' if number < 2 else 'lignes'}",
        f"{number} {'row' if number == 1 else 'rows'}",
    )
    if counted["status"] == "truncated":
        return t(f"plus de {words}", f"more than {words}")
    return words


def local(iri: str) -> str:
    """Return the name of an entity in addresses: `organisation/cefal`; "" when it has none.

    >>> local("https://w3id.org/cnfpt-coop/id/place/tunisie"), local("https://example.org/x")
    ('place/tunisie', '')
    """
    return iri.removeprefix(ENTITY) if iri.startswith(ENTITY) else ""
