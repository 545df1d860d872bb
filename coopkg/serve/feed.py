"""`/feed.atom` and `/{lang}/changes`: what changed, generation by generation, in words.

The feed is Atom (RFC 4287); the page tells the same, and when one entity last changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, current_app, g, render_template, request

from coopkg.errors import Lang, ParameterError
from coopkg.generation import Generation
from coopkg.mistakes import Box, Mistake, mistake
from coopkg.serve import arguments, linked, present
from coopkg.serve.i18n import LANGS, texts
from coopkg.serve.story import Comparisons, Told, answers_changed, told
from coopkg.terms import BASE

ENTRIES: Final = 20
ON_A_PAGE: Final = 10
MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"

__all__ = ["answers_changed", "blueprint"]


def blueprint(box: Box) -> Blueprint:
    """Return the routes; `box` holds the mistakes that were reported, and what was answered."""
    routes = Blueprint("feed", __name__)
    comparisons = Comparisons()

    @routes.get("/feed.atom")
    def feed() -> Response:
        body = _feed(_kept(), comparisons, box.answered(), g.lang)
        response = Response(body, content_type=MEDIA_TYPE)
        response.vary.add("Accept-Language")
        return response

    @routes.get("/<any(fr, en):lang>/changes")
    def changes(lang: Lang) -> str:
        about = request.args.get("about", "")
        if about:
            return _of_entity(mistake.about(about), comparisons, lang)
        return _page(comparisons, box.answered(), lang)

    return routes


def _kept() -> list[Generation]:
    """Return every generation that is kept, the newest first; none after the one asked for."""
    found: list[Generation] = current_app.extensions["coopkg"].past.kept()
    last = g.service.generation.number
    return [one for one in found if not g.get("past") or one.number <= last]


# --- The page ------------------------------------------------------------------------------


def _page(comparisons: Comparisons, answered: Sequence[Mistake], lang: Lang) -> str:
    kept, number = _kept(), arguments.number(request.args, "page")
    pages = max(1, -(-len(kept) // ON_A_PAGE))
    if not 1 <= number <= pages:
        raise ParameterError("page", str(number), f"de 1 à {pages}", f"from 1 to {pages}")
    span = slice((number - 1) * ON_A_PAGE, number * ON_A_PAGE)
    entries = list(told(kept, comparisons, answered, span, lang))
    return render_template("changes.html", entries=entries, page=number, pages=pages, entity=None)


def _of_entity(iri: str, comparisons: Comparisons, lang: Lang) -> str:
    """Tell in which of the generations that are kept something said of an entity changed.

    Raises:
        ParameterError: it is no name of ours.
    """
    if not iri.startswith(BASE):
        raise ParameterError(
            "about",
            iri[:80],
            "l’adresse permanente d’une fiche",
            "the permanent address of an entry",
        )
    kept = _kept()[: ENTRIES + 1]
    found: list[dict[str, Any]] = []
    unknown = []
    for newer, older in pairwise(kept):
        comparison = comparisons.of(older, newer)
        if comparison is None or comparison.entities is None:
            unknown.append(newer.number)
        elif iri in comparison.entities:
            added, removed = comparison.entities[iri]
            found.append({"generation": newer, "added": added, "removed": removed})
    names = present.Names(g.service.catalogue, lang)
    return render_template(
        "changes.html",
        entries=[],
        page=1,
        pages=1,
        entity={"text": names.text(iri), "href": names.href(iri)},
        found=found,
        unknown=unknown,
        oldest=kept[-1].number if kept else 0,
        newest=kept[0].number if kept else 0,
    )


# --- The feed ------------------------------------------------------------------------------


def _feed(
    kept: list[Generation], comparisons: Comparisons, answered: Sequence[Mistake], lang: Lang
) -> str:
    t = texts(lang)
    here = f"/feed.atom?lang={lang}"
    newest = kept[0] if kept else g.service.generation
    links = [_link("self", here, "application/atom+xml", lang)]
    links += [_link("alternate", f"/{lang}/changes", "text/html", lang)]
    links += [
        _link("alternate", f"/feed.atom?lang={other}", "application/atom+xml", other)
        for other in LANGS
        if other != lang
    ]
    title = t(
        "Coopération internationale du CNFPT : ce qui change",
        "International cooperation of the CNFPT: what changes",
    )
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{lang}">',
        f"<title>{escape(title)}</title>",
        f"<id>{BASE}feed/{lang}</id>",
        f"<updated>{newest.manifest.published}</updated>",
        "<author><name>coopkg contributors</name></author>",
        f"<rights>{t('Licence Ouverte 2.0 (Etalab)', 'Open Licence 2.0 (Etalab)')}</rights>",
        *links,
    ]
    every = told(kept, comparisons, answered, slice(ENTRIES), lang)
    entries = [_entry(one, lang) for one in every]
    return "\n".join([*head, *entries, "</feed>"]) + "\n"


def _link(rel: str, path: str, media: str, lang: str) -> str:
    href = quoteattr(linked.public(path))
    return f'<link rel="{rel}" type="{media}" hreflang="{lang}" href={href}/>'


def _entry(one: Told, lang: Lang) -> str:
    made = one.generation
    body = "".join(f"<p>{escape(text)}</p>" for text in one.paragraphs)
    items = "".join(f"<li>{item}</li>" for item in one.items)
    listed = f"<ul>{items}</ul>" if items else ""
    answers = "".join(_answer(text.about, text.text, lang) for text in one.answers)
    return "\n".join(
        (
            "<entry>",
            f"<title>{escape(one.title)}</title>",
            f"<id>{BASE}generation/{made.id}/{lang}</id>",
            f"<published>{made.manifest.published}</published>",
            f"<updated>{made.manifest.published}</updated>",
            _link("alternate", f"/dumps/{made.id}/", "text/html", lang),
            f'<content type="html">{escape(body + listed + answers)}</content>',
            "</entry>",
        )
    )


def _answer(about: present.Shown, text: str, lang: Lang) -> str:
    """Return the answer to a reported mistake, as HTML."""
    t = texts(lang)
    where = escape(str(about.text))
    if about.href.startswith("/"):
        where = f"<a href={quoteattr(linked.public(about.href))}>{where}</a>"
    head = t("Une erreur a été signalée ici : ", "A mistake was reported here: ")
    return f"<p>{escape(head)}{where}. {escape(text)}</p>"
