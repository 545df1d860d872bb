"""Links on the web: a partner proposes one, and a person who runs the service decides.

Both need a token, as the other pages of partners. What was proposed is shown to reviewers alone
until it is accepted and published; see `matches` for what everybody reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import Blueprint, Response, g

from coopkg import links
from coopkg.contributions import Partner
from coopkg.errors import CoopkgError, Lang, ParameterError
from coopkg.linking import Index, full, suggesting
from coopkg.links import ACCEPTED, LOOKALIKES, PROPOSED, REFUSED, Link, sssom
from coopkg.serve import matches, metering, present
from coopkg.serve.partners import page, pages, passes, review, sending, tokens
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.reconcile.known import index
from coopkg.serve.sparql import protocol

SHOWN: Final = 20
CHOICES: Final = 8
FIELDS: Final = {"thing": 300, "relation": 20, "object": 1000, "source": 1000}
_LANG: Final = "/<any(fr, en):lang>"


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("linking", __name__)

    @routes.get(f"{_LANG}/links/propose")
    def form(lang: Lang) -> Response:
        return _form({}, lang)

    @routes.post(f"{_LANG}/links/propose")
    def propose(lang: Lang) -> Response:
        page.own()
        fields: dict[str, str] = {}
        try:
            fields = dict(protocol.fields(pages.form_body()))
            return _proposed(page.who(fields), fields, lang)
        except (CoopkgError, HTTPProblem) as error:
            return _form(fields, lang, *page.trouble(error, lang))

    @routes.get(f"{_LANG}/review/links")
    def door(lang: Lang) -> Response:
        return page.shown("links_review.html", waiting=None)

    @routes.post(f"{_LANG}/review/links")
    def decide(lang: Lang) -> Response:
        page.own()
        try:
            reviewer, fields = review.reviewer()
        except (CoopkgError, HTTPProblem) as error:
            code, text = page.trouble(error, lang)
            return page.shown("links_review.html", code, waiting=None, error=text)
        return _decided(reviewer, fields, lang)

    return routes


# --- Proposing -----------------------------------------------------------------------------


def _proposed(partner: Partner, fields: dict[str, str], lang: Lang) -> Response:
    """Keep a proposal, or ask which thing is meant."""
    with metering.work():
        known = index(g.service)
        subject = _subject(fields, known)
        if not subject:
            choices = _choices(fields, known, lang)
            return _form(fields, lang, 200 if choices else 404, "", partner, choices)
        other = fields.get("object", "").strip()
        relation, source = fields.get("relation", ""), fields.get("source", "")
        made = links.propose(
            tokens.settings().home,
            known,
            Link("", subject, relation, other, partner.name, "", source),
        )
    return page.shown("links_propose.html", made=_shown(made, lang))


def _subject(fields: dict[str, str], known: Index) -> str:
    """Return the address of the thing that was chosen or given, "" when one must be chosen."""
    for said in (fields.get("chosen", ""), fields.get("thing", "")):
        if said.strip() and full(said.strip()) in known.things:
            return full(said.strip())
    return ""


def _choices(fields: dict[str, str], known: Index, lang: Lang) -> list[tuple[str, str]]:
    """Return the things that a name may mean: their addresses and names.

    Raises:
        ParameterError: no name is given.
    """
    given = fields.get("thing", "").strip()[: FIELDS["thing"]]
    if not given:
        raise ParameterError("thing", "", "le nom d’une chose d’ici", "the name of a thing here")
    return [(one.iri, one.called(lang)) for one in suggesting.things(known, given)[:CHOICES]]


def _form(
    fields: dict[str, str],
    lang: Lang,
    status: int = 200,
    error: str = "",
    partner: Partner | None = None,
    choices: Sequence[tuple[str, str]] | None = None,
) -> Response:
    return page.shown(
        "links_propose.html",
        status,
        made=None,
        error=error,
        choices=choices,
        limits=FIELDS,
        given={name: fields.get(name, "")[:most] for name, most in FIELDS.items()},
        relations=matches.WORDS,
        pass_=passes.issue(partner) if partner else "",
    )


# --- Deciding ------------------------------------------------------------------------------


def _decided(reviewer: Partner, fields: dict[str, str], lang: Lang) -> Response:
    """Do what a button says, then show what still waits."""
    home, code, error, made = tokens.settings().home, 200, "", None
    name, action = fields.get("link", ""), fields.get("action", "")
    why: dict[str, str] = {lang: fields.get("why", "")}
    try:
        if action in {"accept", "refuse"}:
            decision = ACCEPTED if action == "accept" else REFUSED
            made = links.decide(home, name, decision, reviewer.name, why)
        elif action == "find":
            for one in links.found(index(g.service)):
                links.propose(home, index(g.service), one)
        elif action == "publish":
            sending.published()
    except CoopkgError as found:
        code, error = page.trouble(found, lang)
    every = links.every(home)
    waiting = [one for one in every if one.state == PROPOSED]
    inside = {one.id for one in matches.accepted(g.service)}
    return page.shown(
        "links_review.html",
        code,
        waiting=[_shown(one, lang) for one in waiting[:SHOWN]],
        count=len(waiting),
        unpublished=[one for one in every if one.state == ACCEPTED and one.id not in inside],
        reviewer=reviewer,
        pass_=passes.issue(reviewer),
        made=made,
        error=error,
        about=name if error else "",
        said=fields.get("why", "")[:4000] if error else "",
    )


def _shown(one: Link, lang: Lang) -> dict[str, Any]:
    names = present.Names(g.service.catalogue, lang)
    known = one.object in names.labels
    return {
        "link": one,
        "subject": present.Shown(names.text(one.subject), names.href(one.subject)),
        "object": present.Shown(names.text(one.object) if known else one.object, one.object),
        "relation": matches.WORDS[one.relation][lang == "en"],
        "reasons": sssom.reasons(one, lang),
        "by_names": one.by == LOOKALIKES,
    }
