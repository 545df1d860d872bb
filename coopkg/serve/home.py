"""The first page, and the catalogue of questions."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, current_app, g, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from coopkg.errors import Lang
from coopkg.questions.binding import folded
from coopkg.serve import browse, browse_view, listing, navigation, news, offered
from coopkg.serve.service import Service

FLAGSHIP: Final = "partners-by-theme-and-place"
LONGEST: Final = 200  # characters of a filter worth reading
_PLURAL: Final = 4  # letters: from there on, a last s or x is the mark of a plural


def blueprint() -> Blueprint:
    """Return the routes of the first page and of the catalogue."""
    routes = Blueprint("home", __name__)
    lang = "/<any(fr, en):lang>"
    routes.add_url_rule(f"{lang}/", "home", home)
    routes.add_url_rule(f"{lang}/questions", "catalogue", catalogue)
    for folder in ("questions", "browse"):
        routes.add_url_rule(f"/{folder}", "spoken", spoken)
        routes.add_url_rule(f"/{folder}/<path:rest>", "spoken", spoken)
    for page in ("compare", "search"):
        routes.add_url_rule(f"/{page}", "spoken", spoken)
    return routes


def spoken(rest: str = "") -> BaseResponse:
    """Send an address without a language to the same in the reader's, as `/` does."""
    g.once = True  # it depends on who asks
    response = redirect(f"/{g.lang}{request.full_path.rstrip('?')}", 302)
    response.vary.add("Accept-Language")
    return response


def home(lang: Lang) -> str:
    """Show the first page: search, the flagship question, ways to browse, categories, news."""
    service: Service = g.service
    flagship = service.questions.get(FLAGSHIP)
    sealed = navigation.of(service)
    kept = current_app.extensions["coopkg"].past.kept()
    return render_template(
        "home.html",
        flagship=offered.form(service, service.asked(FLAGSHIP, flagship.examples), lang)
        if flagship
        else None,
        categories=listing.categories(service, lang),
        counts=browse.counts(sealed.browse) if sealed.browse else {},
        covers=browse_view.covers(service, sealed, lang),
        news=news.news(service, kept, lang),
    )


def catalogue(lang: Lang) -> str:
    """Show every question, by category; those that hold the words of `?q=` when there are some."""
    service: Service = g.service
    words = request.args.get("q", "")[:LONGEST].strip()
    listed = [
        {**one, "questions": [_described(service, each, lang) for each in one["questions"]]}
        for one in listing.categories(service, lang)
    ]
    found = [{**one, "questions": matching(one, words, lang)} for one in listed]
    return render_template(
        "catalogue.html",
        words=words,
        categories=[one for one in found if one["questions"]],
        count=sum(len(one["questions"]) for one in found),
        total=len(service.questions),
    )


def _described(service: Service, one: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """Add what a question says of itself: its help, and the rows and status of its example."""
    question = service.questions[one["slug"]]
    counted = navigation.of(service).examples.get(question.slug)
    return {
        **one,
        "help": question.help[lang],
        "status": counted["status"] if counted else "",
        "rows": navigation.rows(counted, lang) if counted else "",
    }


def matching(category: dict[str, Any], words: str, lang: Lang) -> list[dict[str, Any]]:
    """Return the questions of a category that hold each of the words, or a longer form of it.

    Accents, capitals and the marks of the plural do not count.
    """
    wanted = [_stem(one) for one in _cut(words)]
    return [
        one
        for one in category["questions"]
        if _holds(
            " ".join((one["title"], one["help"], one["choices"], category["label"][lang])), wanted
        )
    ]


def _holds(text: str, wanted: list[str]) -> bool:
    words = _cut(text)
    return all(any(word.startswith(one) for word in words) for one in wanted)


def _cut(text: str) -> list[str]:
    """Cut a text into words, without accents and capitals."""
    letters = "".join(one if one.isalnum() else " " for one in folded(text))
    return letters.split()


def _stem(word: str) -> str:
    return word.rstrip("sx") if len(word) >= _PLURAL else word
