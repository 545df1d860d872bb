"""The first page, and the catalogue of questions."""

from __future__ import annotations

from flask import Blueprint, g, render_template

from coopkg.errors import Lang
from coopkg.serve import listing, pages
from coopkg.serve.service import Service

FLAGSHIP = "partners-by-theme-and-place"


def blueprint() -> Blueprint:
    """Return the routes of the first page and of the catalogue."""
    routes = Blueprint("home", __name__)
    lang = "/<any(fr, en):lang>"
    routes.add_url_rule(f"{lang}/", "home", home)
    routes.add_url_rule(f"{lang}/questions", "catalogue", catalogue)
    return routes


def home(lang: Lang) -> str:
    """Show the first page: the flagship question, and every category."""
    service: Service = g.service
    flagship = service.questions.get(FLAGSHIP)
    return render_template(
        "home.html",
        flagship=pages.form(service.asked(FLAGSHIP, flagship.examples), lang) if flagship else None,
        categories=listing.categories(service, lang),
    )


def catalogue(lang: Lang) -> str:
    """Show every question, by category."""
    service: Service = g.service
    listed = listing.categories(service, lang)
    return render_template(
        "catalogue.html", categories=listed, count=sum(len(one["questions"]) for one in listed)
    )
