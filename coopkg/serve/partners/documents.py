"""A contribution as a document: what it is, what became of it, its report and its what-if."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from flask import Response, g, render_template, request

from coopkg import contributions, formats
from coopkg.contributions import Contribution, rendering, serving
from coopkg.contributions.serving import Served
from coopkg.errors import LedgerError
from coopkg.serve import problems
from coopkg.serve.partners import sending
from coopkg.serve.partners.tokens import settings
from coopkg.serve.problems import Problem

API: Final = "/api/contributions"
JSON: Final = "application/json"
_OFFERS: Final = (
    formats.Format("problem", problems.MEDIA_TYPE, "page"),
    formats.HTML,
    formats.TURTLE,
)
_TITLES: Final[Mapping[int, tuple[str, str]]] = {
    400: ("Envoi illisible", "Upload that cannot be read"),
    413: ("Envoi trop volumineux", "Upload too large"),
    415: ("Type de contenu refusé", "Content type refused"),
    422: ("Envoi refusé", "Upload refused"),
}


def brief(one: Contribution) -> dict[str, Any]:
    """Return what a list says of a contribution."""
    return {
        "id": one.id,
        "state": one.state,
        "status": one.status or None,
        "partner": one.partner,
        "name": one.name,
        "media_type": one.media_type,
        "method": one.method,
        "graph": one.graph,
        "graphs": list(one.graphs),
        "licence": one.licence or None,
        "mapping": one.mapping or None,
        "received": one.received,
        "counts": dict(one.counts),
        "why": dict(one.why) or None,
        "generation": one.generation,
        "served": one.id in served().ids,
        "note": serving.note(one, served()) or None,
        "erased": one.erased,
        "href": f"{API}/{one.id}",
    }


def served() -> Served:
    """Return what the generation that answers this request holds of contributions."""
    generation = g.service.generation
    if "served" not in g or g.served.number != generation.number:  # a write may have changed it
        g.served = serving.of(generation)
    found: Served = g.served
    return found


def full(one: Contribution) -> dict[str, Any]:
    """Return all that its author may know of a contribution."""
    return {
        **brief(one),
        "report": report(one),
        "whatif": document(one.whatif) if not one.erased else {},
        "history": [
            {"at": step.at, "event": step.event, "by": step.by, "why": dict(step.why) or None}
            for step in one.history
        ],
    }


def report(one: Contribution) -> dict[str, Any]:
    """Return the report of a contribution, {} for none."""
    return {} if one.erased else document(one.report)


def document(digest: str) -> dict[str, Any]:
    """Return an object that is JSON; {} when it was erased since."""
    try:
        found: dict[str, Any] = contributions.document(settings().home, digest)
    except LedgerError:
        return {}
    return found


def written(said: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Write a document that nobody keeps."""
    body = json.dumps(said, ensure_ascii=False, indent=1) + "\n"
    response = Response(body, status, dict(headers or {}), mimetype=JSON)
    response.headers["Cache-Control"] = "no-store"
    return response


def refused(one: Contribution) -> Response:
    """Return the problem that stopped a contribution, with its report."""
    members = {
        "contribution": one.id,
        "href": f"{API}/{one.id}",
        "state": one.state,
        "report": report(one),
    }
    if rule := one.why.get("rule"):
        members["rule"] = rule
    return trouble(sending.status(one), one.why, members)


def trouble(status: int, why: Mapping[str, str], members: Mapping[str, Any]) -> Response:
    """Return a problem of an upload: its status, why in words, and its report.

    Who asks for Turtle first gets the report alone, as SHACL writes it.
    """
    chosen = formats.negotiate(request.headers.get("Accept"), _OFFERS)
    if chosen is formats.TURTLE and members.get("report"):
        body = rendering.turtle(members["report"])
        response = Response(body, status, content_type=chosen.content_type)
        response.headers["Cache-Control"] = "no-store"
        response.vary.add("Accept")
        return response
    titles = _TITLES.get(status, ("Envoi non vérifié", "Upload not checked"))
    lang = g.get("lang", "fr")
    title = titles[lang == "en"]
    detail = why.get(lang) or why.get("fr") or why.get("en") or title
    found = Problem("contribution", status, title, detail, lang, members)
    return problems.respond(found, render_template)
