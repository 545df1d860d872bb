"""`/{lang}/report` and `/api/reports`: a reader says that something is wrong.

What is written is kept for good before it is acknowledged. It is shown to the operator alone
(`coopkg reports`); the reference it gets tells anybody whether it was answered, and what.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from flask import Blueprint, Response, current_app, g, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from coopkg import durable
from coopkg.engine import admission
from coopkg.errors import Lang, ParameterError
from coopkg.mistakes import Box, Mistake, mistake
from coopkg.serve import links, metering, origin, present
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.sparql import protocol
from coopkg.terms import BASE

JSON: Final = "application/json"
MOST_BYTES: Final = 64 << 10
TRAP: Final = "website"
"""A field that people do not see: only programs fill it."""
COST: Final = 30.0
"""What one report takes of the errors that a client may make: ten at once, then four a minute."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


def blueprint(box: Box) -> Blueprint:
    """Return the routes; `box` is where reports are kept."""
    routes = Blueprint("reports", __name__)
    lang = "/<any(fr, en):lang>"

    @routes.get(f"{lang}/report")
    def form(lang: Lang) -> Response:
        return _form(lang, _given(request.args))

    @routes.post(f"{lang}/report")
    def post(lang: Lang) -> BaseResponse:
        _own()
        given = dict(protocol.fields(_body(protocol.FORM)))
        try:
            made = _kept(box, {**given, "lang": lang})
        except ParameterError as error:
            return _form(lang, _given(given), error)
        response = redirect(f"/{lang}/report/{made.id}?sent=1", 303)
        response.headers["Cache-Control"] = "no-store"
        return response

    @routes.get(f"{lang}/report/<reference>")
    def show(lang: Lang, reference: str) -> Response:
        found = box.get(reference)
        return _page(
            "report_kept.html",
            report=found.public(),
            spaced=mistake.spaced(found.id),
            about=_about(found.written.about, lang),
            sent=request.args.get("sent") == "1",
        )

    @routes.post("/api/reports")
    def api_post() -> Response:
        _own()
        made = _kept(box, _json(_body(JSON)))
        response = _written(made, 201)
        response.headers["Location"] = f"/api/reports/{made.id}"
        return response

    @routes.get("/api/reports/<reference>")
    def api_show(reference: str) -> Response:
        return _written(box.get(reference), 200)

    return routes


# --- Read ----------------------------------------------------------------------------------


def _own() -> None:
    """Refuse what the page of another site sends in a reader's name.

    Raises:
        HTTPProblem: 403.
    """
    if not origin.is_own():
        raise HTTPProblem(
            403,
            "Ce signalement vient de la page d’un autre site : il n’est pas gardé.",
            "This report comes from a page of another site: it is not kept.",
        )


def _body(kind: str) -> bytes:
    """Return the body of a request, of the one type that is read here.

    Raises:
        HTTPProblem: 413 or 415.
    """
    if request.mimetype != kind:
        seen = request.mimetype[:60] or "?"
        raise HTTPProblem(
            415,
            f"Type de contenu « {seen} » : envoyez {kind}.",
            f"Content type “{seen}”: send {kind}.",
            {"Accept-Post": kind},
        )
    return protocol.body(request, MOST_BYTES)


def _json(body: bytes) -> dict[str, str]:
    """Read a JSON object of texts.

    Raises:
        HTTPProblem: 400; it is something else.
    """
    try:
        said = json.loads(admission.decode(body))
        if not isinstance(said, dict) or not all(isinstance(one, str) for one in said.values()):
            raise TypeError(said)
    except (ValueError, TypeError, RecursionError) as error:
        raise HTTPProblem(
            400,
            "Le corps n’est pas l’objet JSON attendu : about, message, et au besoin fact, "
            "generation, email et lang, qui sont des textes.",
            "The body is not the JSON object expected: about, message and, if wanted, fact, "
            "generation, email and lang, which are texts.",
        ) from error
    return said


def _given(given: Mapping[str, str]) -> dict[str, str]:
    """Return what fills the form, cut and harmless whatever its address says."""
    return {
        name: mistake.plain(given.get(name) or "")[:most] for name, most in mistake.LIMITS.items()
    }


# --- Keep ----------------------------------------------------------------------------------


def _kept(box: Box, given: Mapping[str, str]) -> Mistake:
    """Keep a report.

    Raises:
        ParameterError: it is not acceptable.
        RateLimitError: this client has sent its share.
        HTTPProblem: 507 or 503; the disk refused it, and nothing was kept.
    """
    shares = current_app.extensions[metering.EXTENSION]
    client = request.remote_addr or ""
    shares.check(client)
    g.charged = True
    if given.get(TRAP):
        shares.charge(client, errors=COST)
        raise ParameterError(TRAP, given[TRAP][:40], "ce champ vide", "this field empty")
    said = mistake.written(given)
    shares.charge(client, errors=COST)
    try:
        return box.put(said, f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}")
    except OSError as error:
        current_app.logger.error("a report could not be kept: %s", error.strerror)
        raise _refused(error) from error


def _refused(error: OSError) -> HTTPProblem:
    fr, en = durable.reason(error)
    status = 507 if error.errno in _FULL else 503
    return HTTPProblem(
        status,
        f"Votre signalement n’a pas été gardé : {fr}. Gardez votre texte et réessayez plus tard.",
        f"Your report was not kept: {en}. Keep your text and try again later.",
        {"Retry-After": "3600"},
    )


# --- Show ----------------------------------------------------------------------------------


def _form(lang: Lang, given: Mapping[str, str], error: ParameterError | None = None) -> Response:
    about = _about(given["about"], lang)
    return _page(
        "report.html",
        422 if error else 200,
        given=given,
        about=about,
        error=error.message(lang) if error else "",
        field=error.parameter if error else "",
        limits=mistake.LIMITS,
        trap=TRAP,
    )


def _about(about: str, lang: Lang) -> present.Shown:
    """Return what a report is about as people read it; a link only when it is an address of ours.

    Addresses that are not acceptable are shown as text, and refused when the form is sent.
    """
    if not about:
        return present.Shown("")
    try:
        mistake.about(about)
    except ParameterError:
        return present.Shown(about)
    if about.startswith(BASE):
        names = present.Names(g.service.catalogue, lang)
        return present.Shown(names.text(about), names.href(about))
    return present.Shown(about, about)


def _page(template: str, status: int = 200, **view: Any) -> Response:
    """Return a page that no robot lists and nobody keeps."""
    response = Response(render_template(template, **view), status, mimetype="text/html")
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    return response


def _written(found: Mistake, status: int) -> Response:
    page = links.without(f"/{g.lang}/report/{found.id}")
    body = json.dumps({**found.public(), "page": page}, ensure_ascii=False, indent=1)
    response = Response(body + "\n", status, mimetype=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response
