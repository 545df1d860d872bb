"""`/{lang}/review`: what waits for a person, what it would change, and what that person decides.

The token of a reviewer or of an operator opens it. It is asked once: the pages that follow carry a
pass. What is decided is published at once, or later with the rest.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from flask import Blueprint, Response, g

from coopkg import contributions
from coopkg.contributions import Partner, access
from coopkg.contributions.model import GOOD
from coopkg.errors import CoopkgError, ForbiddenError, Lang
from coopkg.serve.partners import changed, page, pages, passes, sending, tokens, words
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.sparql import protocol

SHOWN: Final = 50
OPEN: Final = frozenset({"received", "waiting", "failed", "accepted"})
NOTHING: Final = {
    "fr": "Rien n’attend d’être publié : c’est déjà fait.",
    "en": "Nothing waits to be published: it is done already.",
}
DONE: Final = {"fr": "Publié : génération {}.", "en": "Published: generation {}."}
REFUSED: Final = {
    "fr": "La publication a été refusée ; la raison est dite à chaque contribution : {}.",
    "en": "The publication was refused; each contribution tells why: {}.",
}
ALREADY: Final = {"fr": "C’est déjà décidé : {}.", "en": "It is decided already: {}."}
_LANG: Final = "/<any(fr, en):lang>/review"


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("review", __name__)

    @routes.get(_LANG)
    def door(lang: Lang) -> Response:
        return page.shown("review.html", inbox=None)

    @routes.post(_LANG)
    def inbox(lang: Lang) -> Response:
        page.own()
        try:
            partner, fields = reviewer()
        except (CoopkgError, HTTPProblem) as error:
            code, text = page.trouble(error, lang)
            return page.shown("review.html", code, inbox=None, error=text)
        return _inbox(partner, fields, lang)

    @routes.post(f"{_LANG}/<name>")
    def one(lang: Lang, name: str) -> Response:
        page.own()
        try:
            partner, fields = reviewer()
        except (CoopkgError, HTTPProblem) as error:
            code, text = page.trouble(error, lang)
            return page.shown("review.html", code, inbox=None, error=text)
        return _one(partner, name, fields, lang)

    return routes


def reviewer() -> tuple[Partner, dict[str, str]]:
    """Return who reviews, and what the form says.

    Raises:
        UnauthorisedError: no token opens.
        ForbiddenError: it is not that of somebody who reviews.
    """
    fields = dict(protocol.fields(pages.form_body()))
    partner = page.who(fields)
    if not partner.decides:
        raise ForbiddenError(
            "not-reviewer",
            f"« {partner.name} » ne relit pas les contributions : il faut le jeton d’une personne "
            "qui relit",
            f"{partner.name!r} does not review contributions: the token of a person who does is "
            "needed",
        )
    return partner, fields


def _inbox(partner: Partner, fields: dict[str, str], lang: Lang) -> Response:
    """Publish what waits for it when that is asked; show what waits for a person."""
    home, code, text, told = tokens.settings().home, 200, "", ""
    if fields.get("action") == "publish":
        code, text, told = _published(home, lang)
    every = contributions.listing(home)
    waiting = [one for one in every if one.state in OPEN]
    leaving = [one for one in every if sending.waits(one)]
    done = [one for one in every if one.state not in OPEN]
    asked = [(one, access.words(home, one)) for one in access.listing(home) if not one.answer]
    return page.shown(
        "review.html",
        code,
        inbox={"waiting": waiting, "done": done[:SHOWN], "asked": asked[:SHOWN]},
        to_publish=leaving,
        error=text,
        told=told,
        labels=page.labels(lang),
        reviewer=partner,
        pass_=passes.issue(partner),
    )


def _published(home: Path, lang: Lang) -> tuple[int, str, str]:
    """Publish what waits for it; return the status, what is wrong, and what was done."""
    names = [one.id for one in contributions.listing(home) if sending.waits(one)]
    if not names:
        return 200, "", NOTHING[lang]
    try:
        sending.published()
    except CoopkgError as error:
        return *page.trouble(error, lang), ""
    left = [name for name in names if sending.waits(contributions.get(home, name))]
    refused = [name for name in names if contributions.get(home, name).state == "failed"]
    if left or refused:
        return 200, REFUSED[lang].format(", ".join((*left, *refused))), ""
    return 200, "", DONE[lang].format(g.service.generation.id)


def _one(partner: Partner, name: str, fields: dict[str, str], lang: Lang) -> Response:
    """Do what a button says, then show what became of it."""
    code, text, made = 200, "", ""
    try:
        made = _decided(partner, name, fields, lang)
    except CoopkgError as error:
        code, text = page.trouble(error, lang)
        if getattr(error, "rule", "") == "state":  # pressed twice, or decided by somebody else
            state = contributions.get(tokens.settings().home, name).state
            text = ALREADY[lang].format(words.said(words.STATES, state, lang))
    found = contributions.get(tokens.settings().home, name)
    own = partner.name == found.partner
    return page.shown(
        "review_one.html",
        code,
        **page.view(found, lang),
        difference=changed.told(found, lang),
        reviewer=partner,
        pass_=passes.issue(partner),
        error=text,
        made=made,
        own=own,
        can_accept=found.state in {"waiting", "failed"} and found.status in GOOD and not own,
        can_refuse=found.state in {"waiting", "failed"} and not own,
        can_publish=sending.waits(found),
        can_undo=found.state in {"accepted", "published"},
    )


def _decided(partner: Partner, name: str, fields: dict[str, str], lang: Lang) -> str:
    """Return the name of what was done, "" when nothing was asked."""
    home, action = tokens.settings().home, fields.get("action", "")
    why: dict[str, str] = {lang: fields.get("why", "")}
    if action in {"accept", "accept-later"}:
        sending.accepted(name, partner.name, later=action == "accept-later")
    elif action == "refuse":
        contributions.refuse(home, name, partner.name, why)
    elif action in {"undo", "undo-later"}:
        sending.undone(name, partner.name, why, later=action == "undo-later")
    elif action == "publish" and sending.waits(contributions.get(home, name)):
        sending.published()
    else:
        return ""
    return contributions.get(home, name).state
