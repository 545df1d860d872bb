"""`/{lang}/search?q=` and `/api/search?q=`: things and questions, as people type them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, g, render_template, request

from coopkg import search
from coopkg.answers import changes
from coopkg.errors import Lang, ParameterError
from coopkg.search import Askable, Found, Index, Outcome, said
from coopkg.search.typed import Reading
from coopkg.serve import arguments, listing
from coopkg.serve.present import Names
from coopkg.serve.service import Service
from coopkg.terms import LANGUAGES

NAME: Final = "q"
SHOWN: Final = 12
"""Things shown of each kind; all of them are in `/api/search`."""
_MOST: Final = 8
OTHERS: Final = "others"
GROUPS: Final[Mapping[str, tuple[str, str, frozenset[str]]]] = {
    "actors": ("Acteurs", "Actors", frozenset({"organisation", "group", "programme"})),
    "places": ("Lieux", "Places", frozenset({"place"})),
    "themes": ("Thèmes et publics", "Themes and audiences", frozenset({"theme", "audience"})),
    OTHERS: ("Autres", "Others", frozenset()),
}
_INDEXES: dict[str, Index] = {}
Json = dict[str, Any]


def blueprint() -> Blueprint:
    """Return the routes of the search."""
    routes = Blueprint("search", __name__)
    routes.add_url_rule("/<any(fr, en):lang>/search", "page", page)
    routes.add_url_rule("/api/search", "data", data)
    return routes


def index(service: Service) -> Index:
    """Return the search index of a generation; of one sealed before there was any, made now."""
    found = service.generation
    key = f"{found.path}/{found.id}"
    if key not in _INDEXES:
        while len(_INDEXES) >= _MOST:
            _INDEXES.pop(next(iter(_INDEXES)), None)
        sealed = search.FILE in found.manifest.files
        _INDEXES[key] = Index(found.read_json(search.FILE) if sealed else _made(service))
    return _INDEXES[key]


def _made(service: Service) -> Json:
    context = service.context()
    choices = {
        slug: {
            one.name: [one.short(value) for value in changes.domain(question, one, context)]
            for one in question.parameters
        }
        for slug, question in service.questions.items()
    }
    document = search.document(service.labels, service.questions, choices, {})
    read: Json = json.loads(search.written(document))
    return read


def asked() -> str:
    """Return what was typed.

    Raises:
        ParameterError: it was typed twice.
    """
    given = request.args.getlist(NAME)
    if len(given) > 1:
        raise ParameterError(
            NAME, ", ".join(given)[:80], "un seul texte à la fois", "one text at a time"
        )
    return given[0] if given else ""


def data() -> Response:
    """Answer programs."""
    lang = arguments.language(request.args)
    typed = asked()
    service: Service = g.service
    found = search.answer(index(service), typed)
    body = json.dumps(_as_json(service, typed, found, lang), ensure_ascii=False)
    return Response(body, content_type="application/json; charset=utf-8")


def page(lang: Lang) -> str:
    """Answer people: the question understood, then things and questions."""
    service: Service = g.service
    typed = asked()
    found = search.answer(index(service), typed)
    names = Names(service.catalogue, lang)
    readings = [found.understood, *found.rivals] if found.understood else []
    return render_template(
        "search.html",
        typed=typed[: search.LONGEST],
        empty=not typed.strip(),
        found=found,
        readings=[_reading(service, one, lang) for one in readings if one],
        offered=[_reading(service, one, lang) for one in found.offered]
        + [_other(service, one, lang) for one in found.others],
        words=[one for one in found.words if one["as"]["kind"] != "ignored"],
        named=[_thing(one, names) for one in found.named],
        groups=list(_groups(found.things, names)),
    )


def _groups(things: Iterable[Found], names: Names) -> Iterable[Json]:
    """Yield the things by kind; the kind of the best one first."""
    inside: dict[str, list[Found]] = {}
    for one in things:
        slug = next((slug for slug, (_, _, kinds) in GROUPS.items() if one.kind in kinds), OTHERS)
        inside.setdefault(slug, []).append(one)
    for slug, listed in inside.items():
        fr, en, _ = GROUPS[slug]
        yield {
            "slug": slug,
            "label": {"fr": fr, "en": en}[names.lang],
            "things": [_thing(one, names) for one in listed[:SHOWN]],
            "left": len(listed) - len(listed[:SHOWN]),
        }


def _thing(one: Found, names: Names) -> Json:
    return {
        "text": one.label[names.lang],
        "href": names.href(one.iri),
        "how": said.how(one.how)[names.lang],
        "plain": one.how == "exact",
    }


# --- Questions -------------------------------------------------------------------------------


def _reading(service: Service, one: Reading, lang: Lang) -> Json:
    """Return a question with the choices that were read, as a link."""
    slug, parameters = one.question.slug, one.parameters
    return {
        "slug": slug,
        "parameters": parameters,
        "title": title(service, slug, parameters),
        "text": title(service, slug, parameters)[lang],
        "href": _href(slug, parameters, lang),
    }


def _other(service: Service, one: Askable, lang: Lang) -> Json:
    """Return a question found by its words: with its example choices where it needs some."""
    parameters = service.questions[one.slug].required_examples()
    return {
        "slug": one.slug,
        "parameters": parameters,
        "title": title(service, one.slug, parameters),
        "text": title(service, one.slug, parameters)[lang],
        "href": _href(one.slug, parameters, lang),
    }


def title(service: Service, slug: str, parameters: Mapping[str, str]) -> dict[str, str]:
    """Return the title of a question with its choices filled, in both languages."""
    question = service.questions[slug]
    bound = question.bind(parameters)
    return {lang: listing.heading(service, question, bound, _lang(lang)) for lang in LANGUAGES}


def _lang(text: str) -> Lang:
    return "en" if text == "en" else "fr"


def _href(slug: str, parameters: Mapping[str, str], lang: Lang) -> str:
    query = urlencode(parameters)
    return f"/{lang}/questions/{slug}" + (f"?{query}" if query else "")


def _as_json(service: Service, typed: str, found: Outcome, lang: Lang) -> Json:
    names = Names(service.catalogue, lang)
    understood = None
    if found.understood:
        read = _reading(service, found.understood, lang)
        understood = {
            "question": read["slug"],
            "parameters": read["parameters"],
            "title": read["title"],
            "href": read["href"],
            "confidence": round(min(found.understood.score, 1.0), 2),
            "words": list(found.words),
            "rivals": [_listed(_reading(service, one, lang)) for one in found.rivals],
        }
    readings = [found.understood] if found.understood else []
    offered = [_reading(service, one, lang) for one in (*readings, *found.rivals, *found.offered)]
    others = [_other(service, one, lang) for one in found.others]
    return {
        "query": typed[: search.LONGEST],
        "understood": understood,
        "refused": {"reason": dict(found.refused), "words": list(found.words)}
        if found.refused
        else None,
        "questions": [_listed(one) for one in (*offered, *others)],
        "entities": [
            {
                "iri": one.iri,
                "label": dict(one.label),
                "kind": one.kind,
                "matched": {"how": one.how, "name": one.name},
                "href": names.href(one.iri),
            }
            for one in found.things
        ],
    }


def _listed(read: Json) -> Json:
    return {
        "question": read["slug"],
        "parameters": read["parameters"],
        "title": read["title"],
        "href": read["href"],
    }
