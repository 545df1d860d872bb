"""« Pourquoi cette ligne ? »: the reasons of one row of an answer, down to the sources.

A page at `/{lang}/questions/<slug>/why?row=`, the same as JSON at `/api/questions/<slug>/why?row=`
(or at the first address, by `Accept`): enough for a program to check each step.
"""

from __future__ import annotations

import json
from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, Response, g, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from coopkg import answers
from coopkg.answers import Asked, Why
from coopkg.errors import Lang
from coopkg.serve import arguments, listing, present, question_view, starting, travel, why_view
from coopkg.serve.service import Service

PAGE: Final = "/<any(fr, en):lang>/questions/<slug>/why"
API: Final = "/api/questions/<slug>/why"
JSON: Final = "application/json"


def blueprint() -> Blueprint:
    """Return the routes of the reasons."""
    routes = Blueprint("why", __name__)
    routes.add_url_rule(PAGE, "why", why)
    routes.add_url_rule(API, "reasons", reasons)
    return routes


def why(lang: Lang, slug: str) -> BaseResponse:
    """Show why one row: its reasons, down to the sources."""
    if example := starting.at_example(g.service, slug):
        return redirect(example)
    asked = _asked(slug)
    found = _found(asked, lang)
    accepted = request.accept_mimetypes
    if accepted.best_match(["text/html", JSON], default="text/html") == JSON:
        return _json(found, slug, asked)
    service: Service = g.service
    names = present.Names(service.catalogue, lang)
    chosen = {**asked.question.short(asked.bound), **_inference(asked)}
    response = Response(
        render_template(
            "why.html",
            title=listing.heading(service, asked.question, asked.bound, lang),
            back=_address(f"/{lang}/questions/{slug}", chosen),
            row_text=question_view.row_text(found, names),
            data=_address(f"/api/questions/{slug}/why", {**chosen, "row": str(found.number)}),
            neighbours=[
                (number, _address(f"/{lang}/questions/{slug}/why", {**chosen, "row": str(number)}))
                for number in (found.number - 1, found.number + 1)
                if 1 <= number <= found.count
            ],
            why=found,
            **why_view.shown(found, names),
        ),
        content_type="text/html; charset=utf-8",
    )
    response.vary.add("Accept")
    return response


def reasons(slug: str) -> Response:
    """Answer the same for programs."""
    asked = _asked(slug)
    return _json(_found(asked, arguments.language(request.args)), slug, asked)


def _found(asked: Asked, lang: Lang) -> Why:
    return answers.why(asked, arguments.number(request.args, "row"), lang)


def _json(found: Why, slug: str, asked: Asked) -> Response:
    address = _address(f"/api/questions/{slug}", {**found.parameters, **_inference(asked)})
    written = {**found.as_json(), "answer": travel.address(address)}
    text = json.dumps(written, ensure_ascii=False, allow_nan=False)
    response = Response(text, content_type=f"{JSON}; charset=utf-8")
    response.vary.add("Accept")
    return response


def _address(path: str, query: dict[str, str]) -> str:
    return f"{path}?{urlencode(query)}" if query else path


def _asked(slug: str) -> Asked:
    service: Service = g.service
    inference = arguments.inference(request.args)
    return service.asked(slug, arguments.asked(request.args), inference=inference)


def _inference(asked: Asked) -> dict[str, str]:
    return {} if asked.context.inference else {"inference": "off"}
