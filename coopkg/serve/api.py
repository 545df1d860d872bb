"""`/api/questions`: the catalogue, the answers and the choices, for programs.

Answers come as JSON, CSV, a workbook, Turtle (the triples they rest on) or SPARQL (the question
itself), by suffix or by `Accept`; `.csv?format=excel` is the CSV of a spreadsheet. Errors are
raised; `problems` writes them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Blueprint, Response, request

from coopkg import answers, tables
from coopkg.answers import Answer, Asked, parts
from coopkg.errors import Lang, ParameterError, UnknownError, UnwritableError
from coopkg.questions import CATEGORIES, Parameter, Question
from coopkg.serve import arguments, linked, question_view, travel
from coopkg.serve.service import Service
from coopkg.terms import LANGUAGES

MEDIA: Final = {
    "json": "application/json",
    "csv": "text/csv",
    "ttl": "text/turtle",
    "rq": "application/sparql-query",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
WRITTEN: Final = ("json", "csv", "xlsx", "ttl", "rq")


def blueprint(service: Callable[[], Service]) -> Blueprint:
    """Return the routes; `service` gives the generation that a request is answered from."""
    routes = Blueprint("api", __name__, url_prefix="/api/questions")

    @routes.get("")
    def catalogue() -> Response:
        return _json(catalogue_of(service()))

    @routes.get("/<name>")
    def answer(name: str) -> Response:
        slug, _, suffix = name.partition(".")
        serving = service()
        serving.question(slug)
        written = _written(suffix)
        if written == "rq":
            return _query(serving, slug)
        asked = serving.asked(
            slug, arguments.asked(request.args), inference=arguments.inference(request.args)
        )
        return _WRITERS[written](asked)

    @routes.get("/<slug>/choices/<parameter>")
    def choices(slug: str, parameter: str) -> Response:
        return _json(_choices_of(service(), slug, parameter))

    @routes.after_request
    def share(response: Response) -> Response:
        response.vary.add("Accept")
        return response

    return routes


# --- What was asked ------------------------------------------------------------------------


def _written(suffix: str) -> str:
    """Return how to write the answer: as the suffix says, else as `Accept` does, else JSON."""
    if suffix and suffix not in MEDIA:
        raise UnknownError(
            suffix,
            f"« .{suffix} » n’est pas un format de réponse ; formats : {', '.join(WRITTEN)}",
            f"'.{suffix}' is no format of answers; formats: {', '.join(WRITTEN)}",
            WRITTEN,
        )
    if not suffix:
        accepted = request.accept_mimetypes
        offered = {MEDIA[name]: name for name in WRITTEN}
        best = accepted.best_match(list(offered)) if accepted else MEDIA["json"]
        suffix = offered.get(best or "", "")
    if not suffix:
        listed = ", ".join(MEDIA[name] for name in WRITTEN)
        raise UnwritableError(f"formats des réponses\u00a0: {listed}", f"answers come as {listed}")
    return suffix


# --- What is answered ----------------------------------------------------------------------


def _as_json(asked: Asked) -> Response:
    part, page = arguments.part(request.args), arguments.number(request.args, "page")
    lang = arguments.language(request.args)
    if not part:
        found, numbers = answers.answer(asked, page=page, lang=lang), {}
    else:  # the place of each row in the whole answer, which is how its reasons are asked
        whole = answers.answer(asked, page=None, lang=lang)
        found = parts.narrowed(whole, part, page, lang)
        kept = parts.numbers(whole, parts.settled(whole, part), lang)
        here = parts.page_of(kept, page)
        numbers = {"numbers": [one + 1 for one in here]}
    return _json({**found.as_json(), **numbers, "explain": travel.address(found.explain)})


def _whole(asked: Asked, lang: Lang) -> Answer:
    """Return every row of an answer, or of the part of it that is asked, in its order."""
    answer = answers.answer(asked, page=None, lang=lang)
    part = arguments.part(request.args)
    return parts.narrowed(answer, part, None, lang) if part else answer


def _mark(lang: Lang | None = None) -> str:
    """Return what the name of a file says besides: that it is a part, and its language."""
    part = "-part" if arguments.part(request.args).facets else ""
    return part + (f"-{lang}" if lang else "")


def _as_csv(asked: Asked) -> Response:
    lang = arguments.language(request.args)
    answer = _whole(asked, lang)
    if _for_excel():
        text = tables.as_spreadsheet_csv(answer, lang)
        return _file(text, asked, answer, "csv", _mark(lang))
    return _file(answers.as_csv(answer), asked, answer, "csv", _mark())


def _for_excel() -> bool:
    """Tell whether a CSV is for a spreadsheet set to the language asked, or for programs.

    Raises:
        ParameterError: `?format=` names another kind.
    """
    given = request.args.get("format") or "csv"
    if given not in {"csv", "excel"}:
        raise ParameterError("format", given, "csv ou excel", "csv or excel")
    return given == "excel"


def _as_workbook(asked: Asked) -> Response:
    lang = arguments.language(request.args)
    answer = _whole(asked, lang)
    address = linked.public(f"/{lang}{question_view.address(answer, answer.parameters)}")
    body = tables.as_workbook(asked, answer, lang, address)
    return _file(body, asked, answer, "xlsx", _mark(lang))


def _as_turtle(asked: Asked) -> Response:
    if arguments.part(request.args):
        raise UnwritableError(
            "le Turtle contient toute la réponse\u00a0: sans f.…, sort ni order",
            "Turtle holds the whole answer: without f.…, sort or order",
        )
    lang = arguments.language(request.args)
    answer = answers.answer(asked, page=None, lang=lang)
    text = answers.as_turtle(answer, answers.triples(asked, lang))
    return _file(text, asked, answer, "ttl")


def _file(body: str | bytes, asked: Asked, answer: Answer, suffix: str, mark: str = "") -> Response:
    """Return a file that is named after its question and its generation, so that it stays dated.

    One without rows has no cell to say why in: its name says it, beside the header.
    """
    media = MEDIA[suffix]
    charset = "; charset=utf-8" if media.startswith("text/") else ""
    response = Response(body, content_type=media + charset)
    response.headers["X-Answer-Status"] = answer.status
    status = "" if answer.status == "complete" else f"-{answer.status}"
    name = f"{asked.question.slug}-{asked.context.generation}{mark}{status}.{suffix}"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


_WRITERS: Final[Mapping[str, Callable[[Asked], Response]]] = {
    "json": _as_json,
    "csv": _as_csv,
    "xlsx": _as_workbook,
    "ttl": _as_turtle,
}


def _query(service: Service, slug: str) -> Response:
    """Return the question itself, with its choices in a VALUES block: it runs anywhere."""
    question = service.question(slug)
    text = question.with_values(question.bind(arguments.choices(request.args)))
    return Response(text, content_type="application/sparql-query; charset=utf-8")


def _json(value: Mapping[str, Any]) -> Response:
    # Flask's own writer sorts keys: columns would lose their order.
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return Response(text, content_type="application/json; charset=utf-8")


def catalogue_of(service: Service) -> dict[str, Any]:
    """Return the catalogue: every question by category, with its parameters and addresses."""
    order = list(CATEGORIES)
    listed = sorted(
        service.questions.values(), key=lambda one: (order.index(one.category), one.slug)
    )
    return {
        "generation": service.generation.id,
        "published": service.generation.manifest.published,
        "categories": [
            {"slug": slug, "label": label.as_json()} for slug, label in CATEGORIES.items()
        ],
        "questions": [_described(question) for question in listed],
    }


def _described(question: Question) -> dict[str, Any]:
    return {
        "slug": question.slug,
        "title": {lang: question.heading(lang, {}) for lang in LANGUAGES},
        "help": question.help.as_json(),
        "category": question.category,
        "view": question.view,
        "columns": [
            {"name": one.name, "kind": one.kind, "label": one.label.as_json()}
            for one in question.visible
        ],
        "parameters": [_parameter(question.slug, one) for one in question.parameters],
        "answer": travel.address(f"/api/questions/{question.slug}"),
        "pages": {lang: travel.address(f"/{lang}/questions/{question.slug}") for lang in LANGUAGES},
        "query": travel.address(f"/api/questions/{question.slug}.rq"),
    }


def _parameter(slug: str, parameter: Parameter) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "kind": parameter.kind,
        "label": parameter.label.as_json(),
        "help": parameter.help.as_json(),
        "required": parameter.required,
        "example": parameter.example,
        "choices": travel.address(f"/api/questions/{slug}/choices/{parameter.name}"),
    }


def _choices_of(service: Service, slug: str, name: str) -> dict[str, Any]:
    question = service.question(slug)
    known = [one.name for one in question.parameters]
    if name not in known:
        raise UnknownError(
            name,
            f"la question {slug} n’a pas de paramètre « {name} »",
            f"question {slug} has no parameter {name!r}",
            tuple(known),
        )
    others = {one: values for one, values in arguments.choices(request.args).items() if one != name}
    bound = question.bind_some(others)
    context = service.context(inference=arguments.inference(request.args))
    listed = answers.choices(
        question, question.parameter(name), bound, context, arguments.language(request.args)
    )
    needed = [
        one.name
        for one in question.parameters
        if one.required and one.name != name and one.name not in bound
    ]
    if needed:  # such a choice alone is refused: it gives no rows yet, and not none either
        listed = [{**one, "count": None} for one in listed]
    return {
        "question": slug,
        "parameter": name,
        "generation": service.generation.id,
        "parameters": question.short(bound),
        "needs": needed,
        "choices": listed,
    }
