"""The pages people read: home, catalogue, a question, why a row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote_plus, urlencode

from flask import Blueprint, current_app, g, render_template, request
from markupsafe import escape

from coopkg import answers
from coopkg.questions import CATEGORIES, RESERVED, Question
from coopkg.questions.templates import FORMS
from coopkg.serve import arguments, i18n, present, question_view
from coopkg.serve.service import Service
from coopkg.terms import Term

FLAGSHIP = "partners-by-theme-and-place"
NEIGHBOURS = 4


def encoded(query: Iterable[tuple[str, str]]) -> list[str]:
    """Return the parts of a query string.

    >>> encoded([("place", "côte")])
    ['place=c%C3%B4te']
    """
    return [f"{quote_plus(name)}={quote_plus(value)}" for name, value in query]


def blueprint() -> Blueprint:
    """Return the routes of the pages."""
    routes = Blueprint("pages", __name__)
    lang = "/<any(fr, en):lang>"
    routes.add_url_rule(f"{lang}/", "home", home)
    routes.add_url_rule(f"{lang}/questions", "catalogue", catalogue)
    routes.add_url_rule(f"{lang}/questions/<slug>", "question", question)
    routes.add_url_rule(f"{lang}/questions/<slug>/why", "why", why)
    return routes


def home(lang: i18n.Lang) -> str:
    """Show the first page: the flagship question, and every category."""
    service: Service = g.service
    flagship = service.questions.get(FLAGSHIP)
    return render_template(
        "home.html",
        flagship=form(service, flagship, flagship.bind(flagship.examples), lang)
        if flagship
        else None,
        categories=categories(service, lang),
    )


def catalogue(lang: i18n.Lang) -> str:
    """Show every question, by category."""
    service: Service = g.service
    listed = categories(service, lang)
    return render_template(
        "catalogue.html", categories=listed, count=sum(len(one["questions"]) for one in listed)
    )


def question(lang: i18n.Lang, slug: str) -> str:
    """Show one question: its form, its answer, its sources, its query."""
    service: Service = g.service
    found = service.question(slug)
    inference = arguments.inference(request.args)
    asked = service.asked(slug, choices(), inference=inference)
    answer = answers.answer(asked, page=arguments.number(request.args, "page"), lang=lang)
    names = present.Names(service.labels, lang)
    title = heading(service, found, asked.bound, lang)
    extra = {} if inference else {"inference": "off"}
    first = (answer.page - 1) * answers.PAGE_ROWS + 1
    links = question_view.links(found, answer.parameters, extra)
    links["sparql"] = "/sparql?" + urlencode(
        {"query": found.with_values(asked.bound), "lang": lang}
    )

    def address(number: int) -> str:
        query = urlencode({**answer.parameters, **extra, "page": number})
        return f"/{lang}/questions/{slug}?{query}"

    return render_template(
        "question.html",
        title=title,
        question=form(service, found, asked.bound, lang),
        category=category(found),
        answer=answer,
        status_text=i18n.texts(lang)(*question_view.STATUS[answer.status])
        if answer.status in question_view.STATUS
        else "",
        gaps=question_view.gap_words(answer.gaps, lang),
        nearest=[
            {
                "text": near["text"][lang],
                "count": near["count"],
                "href": f"/{lang}/questions/{slug}?{urlencode(near['parameters'])}",
            }
            for near in answer.nearest
        ],
        table=question_view.table(
            answer.columns,
            answer.rows,
            names,
            question_view.caption(answer, lang),
            lambda number: f"{answers.explain_path(found, asked.bound, lang, inference)}{number}",
            first,
            answer.parameters,
        ),
        pages=question_view.pages(answer, address),
        related=[
            {
                **question_view.table(
                    one["columns"],
                    one["rows"],
                    names,
                    question_view.count(one["count"], lang),
                    chosen=answer.parameters,
                ),
                "reason": one["reason"],
            }
            for one in answer.related
        ],
        sources=[question_view.source(one, names) for one in answer.sources],
        links=links,
        sparql=found.with_values(asked.bound),
        citation=question_view.citation(
            title,
            answer,
            f"{current_app.config['PUBLIC_URL']}/{lang}{links['page']}",
            i18n.date(answer.published, lang),
            lang,
        ),
        neighbours=neighbours(service, found, lang),
    )


def why(lang: i18n.Lang, slug: str) -> str:
    """Show why one row: its reasons, down to the passages."""
    service: Service = g.service
    found = service.question(slug)
    inference = arguments.inference(request.args)
    asked = service.asked(slug, choices(), inference=inference)
    reasons = answers.why(asked, arguments.number(request.args, "row"), lang)
    names = present.Names(service.labels, lang)
    short = found.short(asked.bound)
    return render_template(
        "why.html",
        title=heading(service, found, asked.bound, lang),
        back=f"/{lang}/questions/{slug}?{urlencode(short)}",
        row_text=question_view.row_text(reasons, names),
        steps=[question_view.proof(step, names) for step in reasons.steps],
    )


def choices() -> dict[str, list[str]]:
    """Return the choices of a reader: every value but those whose names are ours."""
    every = request.args.to_dict(flat=False).items()
    return {name: values for name, values in every if name not in RESERVED}


def heading(service: Service, found: Question, bound: Mapping[str, Term], lang: i18n.Lang) -> str:
    """Return the title of a question with its choices in it."""
    words = {
        name: {form: service.catalogue.words(value, lang, form) for form in FORMS}
        for name, value in bound.items()
    }
    return found.heading(lang, words)


def category(found: Question) -> dict[str, Any]:
    """Return the category of a question."""
    return {"slug": found.category, "label": CATEGORIES[found.category]}


def categories(service: Service, lang: i18n.Lang) -> list[dict[str, Any]]:
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


def neighbours(service: Service, found: Question, lang: i18n.Lang) -> list[dict[str, str]]:
    """Return a few other questions of the same category."""
    same = [
        one
        for one in service.questions.values()
        if one.category == found.category and one.slug != found.slug
    ]
    return [listing(service, one, lang) for one in same[:NEIGHBOURS]]


def listing(service: Service, found: Question, lang: i18n.Lang) -> dict[str, str]:
    """Return a question as lists show it: with its example choices, which a reader can change."""
    query = urlencode(found.examples)
    return {
        "slug": found.slug,
        "title": heading(service, found, found.bind(found.examples), lang),
        "href": f"/{lang}/questions/{found.slug}" + (f"?{query}" if query else ""),
        "choices": ", ".join(one.label[lang].lower() for one in found.parameters),
    }


def form(
    service: Service, found: Question, bound: Mapping[str, Term], lang: i18n.Lang
) -> dict[str, Any]:
    """Return the form of a question: each parameter with its choices and what is chosen."""
    context = service.context()
    fields = []
    for parameter in found.parameters:
        choices = answers.choices(found, parameter, bound, context, lang)
        chosen = parameter.short(bound[parameter.name]) if parameter.name in bound else ""
        fields.append(
            {
                "name": parameter.name,
                "label": parameter.label,
                "help": parameter.help,
                "required": parameter.required,
                "any": parameter.any_words[lang],
                "chosen": chosen,
                "choices": [
                    {
                        "value": one["value"],
                        "text": one["label"][lang],
                        "count": one["count"],
                    }
                    for one in choices
                ],
            }
        )
    return {
        "slug": found.slug,
        "title": {lang: heading(service, found, bound, lang)},
        "help": found.help,
        "parameters": fields,
    }
