"""The page of a question: its form, its answer, its sources."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, g, render_template, request

from coopkg import answers
from coopkg.answers import Asked
from coopkg.errors import Lang
from coopkg.serve import arguments, i18n, listing, present, question_view
from coopkg.serve.receipts.receipt import Request
from coopkg.serve.service import Service


def blueprint() -> Blueprint:
    """Return the routes of the pages."""
    routes = Blueprint("pages", __name__)
    lang = "/<any(fr, en):lang>"
    routes.add_url_rule(f"{lang}/questions/<slug>", "question", question)
    return routes


def question(lang: Lang, slug: str) -> str:
    """Show one question: its form, its answer, its sources, its query."""
    service: Service = g.service
    asked = _asked(slug)
    answer = answers.answer(asked, page=arguments.number(request.args, "page"), lang=lang)
    title = listing.heading(service, asked.question, asked.bound, lang)
    address = f"/{lang}{question_view.address(answer, answer.parameters)}"
    day = i18n.date(answer.published, lang)
    where = current_app.config["PUBLIC_URL"] + address
    query = asked.question.with_values(asked.bound)
    return render_template(
        "question.html",
        title=title,
        question=form(asked, lang),
        category=listing.category(asked.question),
        answer=answer,
        links=question_view.links(answer),
        sparql=query,
        sparql_page="/sparql?" + urlencode({"query": query, "lang": lang, **_inference(asked)}),
        citation=question_view.citation(title, answer, where, day, lang),
        cited={**answer.parameters, "question": slug, **_inference(asked)},
        neighbours=listing.neighbours(service, asked.question, lang),
        **question_view.shown(asked, answer, present.Names(service.catalogue, lang)),
    )


def _asked(slug: str) -> Asked:
    service: Service = g.service
    inference = arguments.inference(request.args)
    return service.asked(slug, arguments.choices(request.args), inference=inference)


def _inference(asked: Asked) -> dict[str, str]:
    return {} if asked.context.inference else {"inference": "off"}


def title(service: Service, asked: Request, lang: Lang) -> str:
    """Return the title of a question that a receipt cites."""
    given = {name: [value] for name, value in asked.parameters.items()}
    found = service.question(asked.question)
    return listing.heading(service, found, found.bind(given), lang)


def form(asked: Asked, lang: Lang) -> dict[str, Any]:
    """Return the form of a question: each parameter with its choices and what is chosen."""
    service: Service = g.service
    found, bound = asked.question, asked.bound
    return {
        "slug": found.slug,
        "title": {lang: listing.heading(service, found, bound, lang)},
        "help": found.help,
        "inference": asked.context.inference,
        "parameters": [
            {
                "name": parameter.name,
                "label": parameter.label,
                "help": parameter.help,
                "required": parameter.required,
                "any": parameter.any_words[lang],
                "chosen": parameter.short(bound[parameter.name]) if parameter.name in bound else "",
                "choices": answers.choices(found, parameter, bound, asked.context, lang),
            }
            for parameter in found.parameters
        ],
    }
