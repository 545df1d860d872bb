"""`/api/contributions`: send a file, read what became of it, take it back.

`?dry-run=1` answers the report and the what-if, and keeps nothing. The same bytes sent again are
the first contribution: a client whose connection was cut sends again without thinking.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, Response, g, request

from coopkg import contributions
from coopkg.contributions import Contribution, Partner, Upload
from coopkg.contributions.job import OTHER_SHEET, OTHER_SHEETS, Outcome
from coopkg.contributions.model import METHODS, STANDING, STATES
from coopkg.errors import ContributionError, ForbiddenError, ParameterError
from coopkg.serve.partners import bodies, documents, mapped, reports, sending, tokens
from coopkg.serve.partners.bodies import File
from coopkg.serve.problems import HTTPProblem

API: Final = documents.API
YES: Final = frozenset({"1", "true", "on", "yes"})
NO: Final = frozenset({"", "0", "false", "off", "no"})
WHY: Final = {"fr": "retirée par qui l’a envoyée", "en": "taken back by who sent it"}
ACCEPTED: Final = frozenset({"conforms", "warnings"})


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("contributions", __name__)

    @routes.post(API)
    def post() -> Response:
        partner = tokens.bearer()
        upload = _upload(partner)
        if _flag("dry-run"):
            return _tried(sending.tried(upload))
        one = sending.submitted(upload)
        code = sending.status(one)
        if code >= 400:
            return documents.refused(one)
        where = {"Location": f"{API}/{one.id}"}
        return documents.written(documents.full(one), code, where)

    @routes.get(API)
    def listing() -> Response:
        partner = tokens.bearer()
        state = request.args.get("state") or None
        if state is not None and state not in STATES:
            raise ParameterError("state", state[:40], ", ".join(STATES), ", ".join(STATES))
        whose = None if partner.decides else partner.name
        found = contributions.listing(tokens.settings().home, whose, state)
        return documents.written({"contributions": [documents.brief(one) for one in found]})

    @routes.get(f"{API}/<name>")
    def show(name: str) -> Response:
        bare, form = reports.split(name)
        one = _own(tokens.bearer(), bare)
        chosen = reports.chosen(form)
        if chosen is None:
            return documents.written(documents.full(one))
        return reports.response(documents.report(one), one.id, chosen, g.lang)

    @routes.delete(f"{API}/<name>")
    def delete(name: str) -> Response:
        partner = tokens.bearer()
        one = _own(partner, name)
        if one.partner != partner.name:
            raise ForbiddenError("not-yours", f"{one.id} n’est pas la vôtre", f"{one.id} not yours")
        return documents.written(documents.full(taken_back(one, WHY)))

    return routes


def taken_back(one: Contribution, why: dict[str, str]) -> Contribution:
    """Take back what its author sent: before it counts, or by another publication after."""
    home = tokens.settings().home
    if one.state in STANDING or sending.is_leaving(one):
        sending.undone(one.id, one.partner, why)
    else:
        contributions.withdraw(home, one.id, one.partner)
    found = contributions.get(home, one.id)
    if found.state in STANDING:
        fr, en = (found.why.get(lang, "") for lang in ("fr", "en"))
        raise ContributionError(
            "not-undone", f"{one.id} reste publiée : {fr}", f"{one.id} stays published: {en}"
        )
    return found


def _own(partner: Partner, name: str) -> Contribution:
    """Return a contribution that a partner may read.

    Raises:
        UnknownError: there is none.
        ForbiddenError: it is another's.
    """
    one = contributions.get(tokens.settings().home, name)
    if not sending.may_see(partner, one):
        raise ForbiddenError("not-yours", f"{one.id} n’est pas la vôtre", f"{one.id} is not yours")
    return one


def _upload(partner: Partner) -> Upload:
    """Read an upload: a body with its type, or a form with one file and fields."""
    if bodies.is_form():
        form = bodies.form(tokens.settings())
        return upload(partner, only(form.files), {**request.args, **form.fields})
    return upload(partner, bodies.single(tokens.settings()), request.args)


def only(files: tuple[File, ...]) -> File:
    """Return the one file of a form.

    Raises:
        HTTPProblem: 400 or 415; there is none, there are several, or nobody knows its type.
    """
    if len(files) != 1:
        raise HTTPProblem(
            400,
            f"Un fichier par envoi est attendu ; {len(files)} sont venus.",
            f"One file at a time is expected; {len(files)} came.",
        )
    if not files[0].media_type:
        shown = files[0].name[-40:]
        other = OTHER_SHEET if shown.lower().endswith(OTHER_SHEETS) else {"fr": "", "en": ""}
        raise HTTPProblem(
            415,
            f"Le nom « {shown} » ne dit pas le format : {', '.join(bodies.SUFFIXES)}. "
            f"{other['fr']}".strip(),
            f"The name “{shown}” does not tell the format: {', '.join(bodies.SUFFIXES)}. "
            f"{other['en']}".strip(),
        )
    return files[0]


def upload(partner: Partner, file: File, given: Any) -> Upload:
    """Return an upload to one of a partner's graphs; without a name, its main one.

    Raises:
        ParameterError: the method is not one of ours.
        HTTPProblem, UnknownError: the mapping cannot be read, or is not kept.
    """
    method = given.get("method") or "post"
    if method not in METHODS or method == "delete":
        known = "post, put, patch"
        raise ParameterError("method", str(method)[:40], known, known)
    return Upload(
        partner.name,
        file.name,
        file.media_type,
        file.body,
        method,
        given.get("graph") or None,
        given.get("licence") or "",
        g.lang,
        mapped.given(partner.name, given.get(bodies.MAPPING) or ""),
    )


def _flag(name: str) -> bool:
    given = request.args.get(name, "0").lower()
    if given not in YES | NO:
        raise ParameterError(name, given[:40], "1 ou 0", "1 or 0")
    return given in YES


def _tried(outcome: Outcome) -> Response:
    """Return what a check found, and nothing kept."""
    said = {
        "status": outcome.status,
        "counts": dict(outcome.counts),
        "graphs": list(outcome.graphs),
        "report": dict(outcome.report),
        "whatif": dict(outcome.whatif),
        "kept": False,
    }
    if outcome.status in ACCEPTED:
        return documents.written(said)
    why = outcome.report.get("why") or {}
    return documents.trouble(sending.OF_STATUS[outcome.status], why, said)
