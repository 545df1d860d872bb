"""`/{lang}/partners/<name>/feed.atom`: what became of what a partner sent, in words (RFC 4287).

The open feed tells what the graph shows: published, taken out. With the partner's own code it
tells the rest too, such as what was refused and why; the code ends with the token it was given for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from flask import Blueprint, Response, request

from coopkg import contributions
from coopkg.contributions import Contribution, Partner
from coopkg.contributions.model import Step
from coopkg.errors import Lang
from coopkg.serve import linked
from coopkg.serve.i18n import LANGS, texts
from coopkg.serve.partners import mine, passes, tokens, words
from coopkg.serve.problems import HTTPProblem
from coopkg.terms import BASE

MOST: Final = 50
MEDIA_TYPE: Final = "application/atom+xml; charset=utf-8"
OPEN: Final = frozenset({"published", "undone"})


@dataclass(frozen=True)
class _Told:
    """A step of a contribution, as a feed tells it."""

    one: Contribution
    step: Step


def blueprint() -> Blueprint:
    """Return the route."""
    routes = Blueprint("partner-news", __name__)

    @routes.get("/<any(fr, en):lang>/partners/<name>/feed.atom")
    def feed(lang: Lang, name: str) -> Response:
        partner = mine.found(name)
        given = request.args.get("code", "")
        if given and not passes.opens_feed(partner, given):
            raise HTTPProblem(
                404,
                "Cette adresse n’est plus la bonne : le jeton du partenaire a changé.",
                "This address is no more the right one: the token of the partner has changed.",
            )
        response = Response(_feed(partner, lang, given), content_type=MEDIA_TYPE)
        if given:
            response.headers["Cache-Control"] = "no-store"
            response.headers["X-Robots-Tag"] = "noindex"
        return response

    return routes


def _steps(partner: Partner, whole: bool) -> list[_Told]:
    """Return what there is to tell, the newest first."""
    sent = contributions.listing(tokens.settings().home, partner.name)
    every = [_Told(one, step) for one in sent for step in _shown(one, whole)]
    every.sort(key=lambda told: -told.step.entry)
    return every[:MOST]


def _shown(one: Contribution, whole: bool) -> Iterator[Step]:
    was_out = False
    for step in one.history:
        was_out |= step.event == "published"
        if whole or (step.event in OPEN and was_out):
            yield step


def _feed(partner: Partner, lang: Lang, given: str) -> str:
    t, steps = texts(lang), _steps(partner, bool(given))
    path = f"/partners/{partner.name}"
    query = f"?code={given}" if given else ""
    newest = steps[0].step.at if steps else partner.created
    label = partner.label[lang]
    title = (
        t(f"{label} : tous vos envois", f"{label}: all that you sent")
        if given
        else t(f"{label} : ce qui est publié", f"{label}: what is published")
    )
    links = [
        _link("self", f"/{lang}{path}/feed.atom{query}", "application/atom+xml", lang),
        _link("alternate", f"/{lang}{path}", "text/html", lang),
        *(
            _link("alternate", f"/{other}{path}/feed.atom{query}", "application/atom+xml", other)
            for other in LANGS
            if other != lang
        ),
    ]
    head = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{lang}">',
        f"<title>{escape(title)}</title>",
        f"<id>{BASE}feed/partner/{partner.name}/{'own' if given else 'open'}/{lang}</id>",
        f"<updated>{newest}</updated>",
        f"<author><name>{escape(label)}</name></author>",
        *links,
    ]
    entries = [_entry(told, lang, bool(given)) for told in steps]
    return "\n".join([*head, *entries, "</feed>"]) + "\n"


def _link(rel: str, path: str, media: str, lang: str) -> str:
    href = quoteattr(linked.public(path))
    return f'<link rel="{rel}" type="{media}" hreflang="{lang}" href={href}/>'


def _entry(told: _Told, lang: Lang, whole: bool) -> str:
    one, step = told.one, told.step
    page = f"/{lang}/partners/{one.partner}"
    if whole:
        page = f"/{lang}/contributions/{one.id}?code={passes.code(one.id)}"
    body = "".join(f"<p>{escape(text)}</p>" for text in _said(told, lang, whole))
    return "\n".join(
        (
            "<entry>",
            f"<title>{escape(_title(told, lang))}</title>",
            f"<id>{BASE}feed/partner/{one.partner}/{step.entry}/{one.id}/{lang}</id>",
            f"<updated>{step.at}</updated>",
            _link("alternate", page, "text/html", lang),
            f'<content type="html">{escape(body)}</content>',
            "</entry>",
        )
    )


def _title(told: _Told, lang: Lang) -> str:
    t, number = texts(lang), told.one.number
    happened = _happened(told)
    what = words.said(words.STATES if happened in words.STATES else words.EVENTS, happened, lang)
    return t(f"Contribution {number} : {what}", f"Contribution {number}: {what}")


def _happened(told: _Told) -> str:
    """Return the event, or what a check made of the contribution."""
    one, event = told.one, told.step.event
    if event != "checked":
        return event
    return "waiting" if one.status in contributions.model.GOOD else "refused"


def _said(told: _Told, lang: Lang, whole: bool) -> Iterator[str]:
    t, one, step = texts(lang), told.one, told.step
    if step.event == "published":
        added, removed = one.counts.get("added", 0), one.counts.get("removed", 0)
        yield t(
            f"{added} {'information ajoutée' if added < 2 else 'informations ajoutées'}, "
            f"{removed} {'retirée' if removed < 2 else 'retirées'}.",
            f"{added} {'statement' if added == 1 else 'statements'} added, {removed} removed.",
        )
        if one.licence:
            licence = words.said(words.LICENCES, one.licence, lang)
            yield t(f"Licence : {licence}", f"Licence: {licence}")
    if whole and not one.erased and one.name:
        yield t(f"Fichier : {one.name}", f"File: {one.name}")
    why = step.why.get(lang) or step.why.get("fr") or step.why.get("en") or ""
    if whole and why:
        yield t(f"Raison : {why}", f"Reason: {why}")
