"""The pages people read: home, catalogue, a question."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, current_app, g, render_template, request
from markupsafe import escape

from coopkg import answers
from coopkg.answers import Asked
from coopkg.errors import Lang
from coopkg.questions import CATEGORIES, Question
from coopkg.questions.templates import FORMS
from coopkg.serve import arguments, i18n, present, question_view
from coopkg.serve.receipts.receipt import Request
from coopkg.serve.service import Service
from coopkg.terms import Term

FLAGSHIP = "partners-by-theme-and-place"
NEIGHBOURS = 4


def blueprint() -> Blueprint:
    """Return the routes of the pages."""
    routes = Blueprint("pages", __name__)
    lang = "/<any(fr, en):lang>"
    routes.add_url_rule(f"{lang}/", "home", home)
    routes.add_url_rule(f"{lang}/questions", "catalogue", catalogue)
    routes.add_url_rule(f"{lang}/questions/<slug>", "question", question)
    return routes


def home(lang: Lang) -> str:
    """Show the first page: the flagship question, and every category."""
    service: Service = g.service
    flagship = service.questions.get(FLAGSHIP)
    return render_template(
        "home.html",
        flagship=form(service.asked(FLAGSHIP, flagship.examples), lang) if flagship else None,
        categories=categories(service, lang),
    )


def catalogue(lang: Lang) -> str:
    """Show every question, by category."""
    service: Service = g.service
    listed = categories(service, lang)
    return render_template(
        "catalogue.html", categories=listed, count=sum(len(one["questions"]) for one in listed)
    )


def question(lang: Lang, slug: str) -> str:
    """Show one question: its form, its answer, its sources, its query."""
    service: Service = g.service
    asked = _asked(slug)
    answer = answers.answer(asked, page=arguments.number(request.args, "page"), lang=lang)
    title = heading(service, asked.question, asked.bound, lang)
    address = f"/{lang}{question_view.address(answer, answer.parameters)}"
    day = i18n.date(answer.published, lang)
    where = current_app.config["PUBLIC_URL"] + address
    query = asked.question.with_values(asked.bound)
    return render_template(
        "question.html",
        title=title,
        question=form(asked, lang),
        category=category(asked.question),
        answer=answer,
        links=question_view.links(answer),
        sparql=query,
        sparql_page="/sparql?" + urlencode({"query": query, "lang": lang, **_inference(asked)}),
        citation=question_view.citation(title, answer, where, day, lang),
        cited={**answer.parameters, "question": slug, **_inference(asked)},
        neighbours=neighbours(service, asked.question, lang),
        **question_view.shown(asked, answer, present.Names(service.catalogue, lang)),
    )


def _asked(slug: str) -> Asked:
    service: Service = g.service
    inference = arguments.inference(request.args)
    return service.asked(slug, arguments.choices(request.args), inference=inference)


def _inference(asked: Asked) -> dict[str, str]:
    return {} if asked.context.inference else {"inference": "off"}


def heading(service: Service, found: Question, bound: Mapping[str, Term], lang: Lang) -> str:
    """Return the title of a question with its choices in it."""
    words = {
        name: {form: service.catalogue.words(value, lang, form) for form in FORMS}
        for name, value in bound.items()
    }
    return found.heading(lang, words)


def title(service: Service, asked: Request, lang: Lang) -> str:
    """Return the title of a question that a receipt cites."""
    given = {name: [value] for name, value in asked.parameters.items()}
    found = service.question(asked.question)
    return heading(service, found, found.bind(given), lang)


def category(found: Question) -> dict[str, Any]:
    """Return the category of a question."""
    return {"slug": found.category, "label": CATEGORIES[found.category]}


def categories(service: Service, lang: Lang) -> list[dict[str, Any]]:
    """Return the categories that hold questions, with their titles."""
    listed = []
    for slug, label in CATEGORIES.items():
        inside = [
            listing(service, one, lang)
            for one in service.questions.values()
            if one.category == slug
        ]
        if inside:
            listed.append(
                {"slug": slug, "label": label, "questions": sorted(inside, key=_by_title)}
            )
    return listed


def _by_title(one: dict[str, Any]) -> str:
    return str(escape(one["title"])).casefold()


def neighbours(service: Service, found: Question, lang: Lang) -> list[dict[str, str]]:
    """Return a few other questions of the same category."""
    same = [
        one
        for one in service.questions.values()
        if one.category == found.category and one.slug != found.slug
    ]
    return [listing(service, one, lang) for one in same[:NEIGHBOURS]]


def listing(service: Service, found: Question, lang: Lang) -> dict[str, str]:
    """Return a question as lists show it: with its example choices, which a reader can change."""
    query = urlencode(found.examples)
    return {
        "slug": found.slug,
        "title": heading(service, found, found.bind(found.examples), lang),
        "href": f"/{lang}/questions/{found.slug}" + (f"?{query}" if query else ""),
        "choices": ", ".join(one.label[lang].lower() for one in found.parameters),
    }


def form(asked: Asked, lang: Lang) -> dict[str, Any]:
    """Return the form of a question: each parameter with its choices and what is chosen."""
    service: Service = g.service
    found, bound = asked.question, asked.bound
    return {
        "slug": found.slug,
        "title": {lang: heading(service, found, bound, lang)},
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
