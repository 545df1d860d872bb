"""The page of a question: its form, its answer, its sources; and the same to put elsewhere."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, redirect, render_template, request
from markupsafe import escape
from werkzeug.wrappers import Response as BaseResponse

from coopkg import answers
from coopkg.answers import Answer, Asked, parts
from coopkg.errors import Lang
from coopkg.serve import (
    arguments,
    assets,
    drawing,
    listing,
    nearby,
    offered,
    present,
    question_page,
    question_view,
    starting,
)
from coopkg.serve.citing import reference
from coopkg.serve.drawing import Sketch
from coopkg.serve.offered import Sealed
from coopkg.serve.question_page import Sight
from coopkg.serve.receipts.receipt import Request
from coopkg.serve.service import Service

FRAMED: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors *"
)
"""The policy of what may stand in a page of somebody else: styles only, no script."""


def blueprint() -> Blueprint:
    """Return the routes of the pages."""
    routes = Blueprint("pages", __name__)
    address = "/<any(fr, en):lang>/questions/<slug>"
    routes.add_url_rule(address, "question", question)
    routes.add_url_rule(f"{address}/embed", "embed", embed)
    for number, end in enumerate(("/", "/embed/", "/why/")):
        routes.add_url_rule(f"{address}{end}", f"unslashed{number}", starting.unslashed)
    return routes


def question(lang: Lang, slug: str) -> str | BaseResponse:
    """Show one question: its form, its answer, its figures, its sources, its query."""
    service: Service = g.service
    if example := starting.at_example(service, slug):
        return redirect(example)
    asked = _asked(slug)
    if named := starting.by_value(asked):
        return redirect(named)
    sight = _sight(asked, lang)
    answer, found = sight.answer, asked.question
    title = listing.heading(service, found, asked.bound, lang)
    path = question_view.address(answer, answer.parameters)
    query = question_view.plain_query(found.with_values(asked.bound))
    part = sight.part if sight.part.facets else None
    sealed = offered.sealed(service)
    return render_template(
        "question.html",
        title=title,
        short=question_page.short(found, answer, lang),
        question=offered.form(service, asked, lang),
        help=found.help[lang],
        category=listing.category(found),
        answer=answer,
        links=question_view.links(answer, lang),
        here=f"/{lang}{path}",
        part_links=question_view.links(answer, lang, part) if part else {},
        figures=drawing.figures(_sketch(asked, answer, sight.names, sealed)),
        sparql=query,
        sparql_page="/sparql?" + urlencode({"query": query, "lang": lang, **_inference(asked)}),
        neighbours=nearby.neighbours(service, sealed, asked, answer, lang),
        **_cited(title, answer, path, lang),
        **question_page.shown(sight),
    )


def embed(lang: Lang, slug: str) -> BaseResponse:
    """Show an answer to be put into a page of somebody else: its sentence, rows and sources."""
    service: Service = g.service
    if example := starting.at_example(service, slug):
        return redirect(example)
    asked = _asked(slug)
    sight = _sight(asked, lang)
    shown = question_page.shown(sight)
    title = listing.heading(service, asked.question, asked.bound, lang)
    page = f"/{lang}{question_view.address(sight.answer, sight.answer.parameters)}"
    written = render_template("embed.html", title=title, page=page, answer=sight.answer, **shown)
    response = Response(written, content_type="text/html; charset=utf-8")
    response.headers["Content-Security-Policy"] = FRAMED
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _sight(asked: Asked, lang: Lang) -> Sight:
    """Return the whole answer, and which part of it is looked at.

    Raises:
        ParameterError: a column or a value that the answer has not.
    """
    service: Service = g.service
    answer = answers.answer(asked, page=None, lang=lang)
    page = arguments.number(request.args, "page")
    names = present.Names(service.catalogue, lang)
    part = parts.settled(answer, arguments.part(request.args))
    return Sight(asked, answer, part, page, names)


def _sketch(asked: Asked, answer: Answer, names: present.Names, sealed: Sealed) -> Sketch:
    offers = sealed.offers.get(asked.question.slug)
    years = [
        value
        for parameter in asked.question.parameters
        for value, _ in (offers.choices[parameter.name] if offers else ())
        if parameter.kind == "integer"
    ]
    base = assets.asset("world.svg") or ""
    return Sketch(asked, answer, names, sealed.countries, base, years)


def _cited(title: str, answer: Answer, path: str, lang: Lang) -> dict[str, Any]:
    """Return how an answer is cited: where it is, its reference, and how to put it elsewhere."""
    public = current_app.config["PUBLIC_URL"]
    inside = question_view.address(answer, answer.parameters, "/embed")
    off = {} if answer.inference else {"inference": "off"}
    return {
        "citation": reference(title, g.service.generation, public, f"/{lang}{path}", lang),
        "cited": {**answer.parameters, "question": answer.question, **off},
        "snippet": f'<iframe src="{escape(f"{public}/{lang}{inside}")}" title="{escape(title)}" '
        'width="100%" height="480" loading="lazy"></iframe>',
    }


def _asked(slug: str) -> Asked:
    service: Service = g.service
    inference = arguments.inference(request.args)
    return service.asked(slug, arguments.asked(request.args), inference=inference)


def _inference(asked: Asked) -> dict[str, str]:
    return {} if asked.context.inference else {"inference": "off"}


def title(service: Service, asked: Request, lang: Lang) -> str:
    """Return the title of a question that a receipt cites."""
    given = {name: [value] for name, value in asked.parameters.items()}
    found = service.question(asked.question)
    return listing.heading(service, found, found.bind(given), lang)


def form(asked: Asked, lang: Lang) -> dict[str, Any]:
    """Return the form of a question, for `_form.html`."""
    return offered.form(g.service, asked, lang)
