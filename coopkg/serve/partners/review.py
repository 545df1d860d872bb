"""`/{lang}/review`: what waits for a person, what it would change, and what that person decides.

Only an operator's token opens it. The token is asked once: the pages that follow carry a pass.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, g

from coopkg import contributions
from coopkg.contributions import Contribution, Partner, access, differences
from coopkg.contributions.differences import Difference, Line
from coopkg.contributions.model import GOOD
from coopkg.errors import CoopkgError, ForbiddenError, Lang
from coopkg.serve import present
from coopkg.serve.partners import page, pages, passes, sending, tokens
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.sparql import protocol
from coopkg.terms import RDF_TYPE, expand

SHOWN: Final = 50
_LANG: Final = "/<any(fr, en):lang>/review"
_NAMES: Final = tuple(expand(name).value for name in ("rdfs:label", "skos:prefLabel"))


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
            partner, _ = reviewer()
        except (CoopkgError, HTTPProblem) as error:
            code, text = page.trouble(error, lang)
            return page.shown("review.html", code, inbox=None, error=text)
        return _inbox(partner, lang)

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
        ForbiddenError: it is not that of an operator.
    """
    fields = dict(protocol.fields(pages.form_body()))
    partner = page.who(fields)
    if partner.role != "operator":
        raise ForbiddenError(
            "not-reviewer",
            f"« {partner.name} » ne relit pas les contributions : il faut le jeton d’une personne "
            "qui tient le service",
            f"{partner.name!r} does not review contributions: the token of a person who runs the "
            "service is needed",
        )
    return partner, fields


def _inbox(partner: Partner, lang: Lang) -> Response:
    home = tokens.settings().home
    every = contributions.listing(home)
    waiting = [one for one in every if one.state in {"waiting", "failed", "accepted"}]
    done = [one for one in every if one.state not in {"waiting", "failed", "accepted"}]
    asked = [(one, access.words(home, one)) for one in access.listing(home) if not one.answer]
    return page.shown(
        "review.html",
        inbox={"waiting": waiting, "done": done[:SHOWN], "asked": asked[:SHOWN]},
        reviewer=partner,
        pass_=passes.issue(partner),
    )


def _one(partner: Partner, name: str, fields: dict[str, str], lang: Lang) -> Response:
    """Do what a button says, then show what became of it."""
    code, text, made = 200, "", ""
    try:
        made = _decided(partner, name, fields, lang)
    except CoopkgError as error:
        code, text = page.trouble(error, lang)
    found = contributions.get(tokens.settings().home, name)
    return page.shown(
        "review_one.html",
        code,
        **page.view(found, lang),
        difference=_difference(found, lang),
        reviewer=partner,
        pass_=passes.issue(partner),
        error=text,
        made=made,
        can_accept=found.state in {"waiting", "failed"} and found.status in GOOD,
        can_refuse=found.state in {"waiting", "failed"},
        can_undo=found.state in {"accepted", "published"} or sending.is_leaving(found),
    )


def _decided(partner: Partner, name: str, fields: dict[str, str], lang: Lang) -> str:
    """Return the name of what was done, "" when nothing was asked."""
    home, action = tokens.settings().home, fields.get("action", "")
    why: dict[str, str] = {lang: fields.get("why", "")}
    if action == "accept":
        contributions.accept(home, name, partner.name)
        sending.published()
    elif action == "refuse":
        contributions.refuse(home, name, partner.name, why)
    elif action == "undo":
        sending.undone(name, partner.name, why)
    else:
        return ""
    return contributions.get(home, name).state


# --- The difference, in words ----------------------------------------------------------------


def _difference(one: Contribution, lang: Lang) -> dict[str, Any]:
    """Return what a contribution changes, with the names of things; {} when it says nothing."""
    if one.erased or not (one.added or one.removed or one.method in {"delete", "put"}):
        return {}
    found = differences.of(tokens.settings().home, one.id)
    names = present.Names(g.service.catalogue, lang)
    own = _own_names(found, lang)
    things: dict[str, dict[str, Any]] = {}
    for line in found.lines:
        subject = line.subject.value
        thing = things.setdefault(
            subject, {"text": own.get(subject) or names.text(subject), "iri": subject, "lines": []}
        )
        thing["lines"].append(_line(line, names, own))
    return {
        "things": list(things.values()),
        "added": found.added,
        "removed": found.removed,
        "is_cut": found.is_cut,
    }


def _line(line: Line, names: present.Names, own: dict[str, str]) -> dict[str, Any]:
    def texts(terms: Any) -> list[str]:
        return [own.get(term.value) or str(names.shown(term).text) for term in terms]

    return {
        "kind": line.kind,
        "property": names.text(line.predicate.value),
        "before": texts(line.before),
        "after": texts(line.after),
        "is_type": line.predicate == RDF_TYPE,
    }


def _own_names(found: Difference, lang: Lang) -> dict[str, str]:
    """Return the names that a contribution gives to its own things."""
    own: dict[str, str] = {}
    for line in found.lines:
        if line.predicate.value in _NAMES:
            for term in (*line.before, *line.after):
                is_ours = getattr(term, "language", None) == lang
                if is_ours or line.subject.value not in own:
                    own[line.subject.value] = term.value
    return own
