"""« Pourquoi cette ligne ? »: the reasons of one row of an answer, down to the passages."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlencode

from flask import Blueprint, g, render_template, request

from coopkg import answers
from coopkg.answers import Asked
from coopkg.errors import Lang
from coopkg.serve import arguments, listing, present, question_view
from coopkg.serve.service import Service

ADDRESS: Final = "/<any(fr, en):lang>/questions/<slug>/why"


def blueprint() -> Blueprint:
    """Return the routes of the reasons."""
    routes = Blueprint("why", __name__)
    routes.add_url_rule(ADDRESS, "why", why)
    return routes


def why(lang: Lang, slug: str) -> str:
    """Show why one row: its reasons, down to the passages."""
    service: Service = g.service
    asked = _asked(slug)
    reasons = answers.why(asked, arguments.number(request.args, "row"), lang)
    names = present.Names(service.catalogue, lang)
    back = {**asked.question.short(asked.bound), **_inference(asked)}
    return render_template(
        "why.html",
        title=listing.heading(service, asked.question, asked.bound, lang),
        back=f"/{lang}/questions/{slug}?{urlencode(back)}",
        row_text=question_view.row_text(reasons, names),
        steps=[question_view.proof(step, names) for step in reasons.steps],
    )


def _asked(slug: str) -> Asked:
    service: Service = g.service
    inference = arguments.inference(request.args)
    return service.asked(slug, arguments.choices(request.args), inference=inference)


def _inference(asked: Asked) -> dict[str, str]:
    return {} if asked.context.inference else {"inference": "off"}
