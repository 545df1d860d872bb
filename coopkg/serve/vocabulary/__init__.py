"""The pages of the vocabulary: `/{lang}/ns`, and one page a term, `/{lang}/ns/<Term>`.

All they say was computed with the generation (`ontology.json`): they ask the graph nothing. A
generation made before that file existed shows the names and definitions it has, and says so.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, make_response, redirect, render_template, request
from flask import g as current
from werkzeug.wrappers import Response as BaseResponse

from coopkg.errors import Lang
from coopkg.serve import entities, linked, present
from coopkg.serve.i18n import LANGS
from coopkg.serve.linked import SUFFIXES, link
from coopkg.serve.service import Service
from coopkg.serve.vocabulary import search
from coopkg.serve.vocabulary.view import View
from coopkg.terms import BASE, NS

SEALED: Final = "ontology.json"
_KEPT: Final = 8
_READ: dict[str, dict[str, Any]] = {}


def blueprint() -> Blueprint:
    """Return the routes of the vocabulary's pages."""
    routes = Blueprint("vocabulary", __name__)
    lang = "/<any(fr, en):lang>"
    routes.add_url_rule(f"{lang}/ns", "overview", _overview)
    routes.add_url_rule(f"{lang}/ns/<name>", "term", _term)
    routes.add_url_rule("/ns/<name>", "name", _name)
    return routes


def sealed(service: Service) -> dict[str, Any] | None:
    """Return the documentation of a generation, read once; None when it has none."""
    generation = service.generation
    if SEALED not in generation.manifest.files:
        return None
    if generation.id not in _READ:
        found = generation.read_json(SEALED)
        while len(_READ) >= _KEPT:
            _READ.pop(next(iter(_READ)), None)
        _READ[generation.id] = found
    return _READ[generation.id]


def _view(lang: Lang) -> View | None:
    service: Service = current.service
    found = sealed(service)
    return View(found, present.Names(service.catalogue, lang)) if found else None


def _overview(lang: Lang) -> BaseResponse:
    view = _view(lang)
    asked = request.args.get("q", "")[: search.LONGEST].strip()
    names = present.Names(current.service.catalogue, lang)
    formats = [(form.media_type, f"/ns.{suffix}") for suffix, form in SUFFIXES.items()]
    if view is None:
        terms = present.vocabulary(names)
        page = render_template("vocabulary_old.html", terms=terms, formats=formats)
    else:
        page = render_template(
            "vocabulary.html",
            view=view,
            formats=formats,
            asked=asked,
            found=search.search(view, asked) if asked else None,
        )
    return _linked(page, "ns", BASE + "ns", lang, [f".{suffix}" for suffix in SUFFIXES])


def _term(lang: Lang, name: str) -> BaseResponse:
    view, names = _view(lang), present.Names(current.service.catalogue, lang)
    iri = NS + name
    if view is not None and name in view.terms:
        page = render_template("vocabulary_term.html", view=view, term=view.term(name))
    elif view is None and iri in names.labels:
        page = render_template("vocabulary_term_old.html", names=names, iri=iri, name=name)
    elif view is not None and name[:1].isalpha() and f"{BASE}ns/{name}" not in names.labels:
        raise entities.unknown(current.service, iri)
    else:
        return entities.page(lang, "ns", name)  # a module
    return _linked(page, f"ns/{name}", iri, lang, [])


def _linked(page: str, path: str, iri: str, lang: Lang, suffixes: list[str]) -> BaseResponse:
    others = {one: f"/{one}/{path}" for one in LANGS if one != lang}
    files = [
        link(f"/ns{suffix}", "alternate" if suffixes else "describedby", type=form.media_type)
        for suffix, form in ((f".{one}", form) for one, form in SUFFIXES.items())
    ]
    links = [
        link(iri, "describes"),
        link(linked.public(f"/{lang}/{path}"), "canonical"),
        *files,
        *(link(href, "alternate", type="text/html", hreflang=one) for one, href in others.items()),
    ]
    return linked.linked(make_response(page), links, linked.TERMS_LICENCE)


def _name(name: str) -> BaseResponse:
    """Lead from `/ns/<Term>` to the page or the data of a term; a module is an entity."""
    if NS + name not in current.service.labels:
        return entities.resolve("ns", name)
    suffix = linked.chosen(request.args)
    response = redirect(f"/ns.{suffix}" if suffix else f"/{current.lang}/ns/{name}", 303)
    response.vary.update(("Accept", "Accept-Language"))
    links = [link(NS + name, "canonical")]
    return linked.linked(response, links, linked.TERMS_LICENCE)
