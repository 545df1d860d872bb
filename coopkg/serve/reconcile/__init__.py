"""`/reconcile`: names of somebody else's table, found here (Reconciliation API 0.2, OpenRefine).

`/fr/reconcile` and `/en/reconcile` are the same in one language, for clients that send none. A
query of a batch that fails is an error of its own, never an empty list; a batch that cannot be
read is a problem document. JSONP is offered, for the manifest and what is asked by GET, as 0.2
recommends: the name of the function is a plain name, and nothing of ours is private.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from flask import Blueprint, Response, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from coopkg.engine import admission
from coopkg.errors import ParameterError
from coopkg.linking import Asked, candidates, full
from coopkg.serve import metering
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.reconcile import extend, manifest, preview, queries, suggest
from coopkg.serve.reconcile.known import index
from coopkg.serve.reconcile.manifest import Json
from coopkg.serve.sparql import protocol
from coopkg.serve.travel import address
from coopkg.terms import BASE

JSON: Final = "application/json"
MOST_BYTES: Final = 1 << 20
NAME: Final = "callback"
_FUNCTION: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]{0,63}")
_PREFLIGHT: Final = {
    "Allow": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Methods": "GET, HEAD, POST, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("reconcile", __name__)
    parts: dict[str, Callable[..., BaseResponse]] = {
        "/suggest/<any(entity, type, property):what>": _suggested,
        "/flyout/<any(entity, type, property):what>": _flown,
        "/extend/propose": _proposed,
        "/preview": _previewed,
        "/view": _viewed,
    }
    for at, language in (("", ""), ("/<any(fr, en):lang>", "-in")):
        methods = ["GET", "POST", "OPTIONS"]
        routes.add_url_rule(
            f"{at}/reconcile",
            f"root{language}",
            _root,
            methods=methods,
            provide_automatic_options=False,
        )
        for path, view in parts.items():
            name = view.__name__.strip("_") + language
            routes.add_url_rule(f"{at}/reconcile{path}", name, view)
    return routes


def _root(lang: str = "") -> BaseResponse:
    """Answer the manifest, a batch of queries, or an extension of data."""
    if request.method == "OPTIONS":
        return Response(status=204, headers=_PREFLIGHT)
    given = _given()
    both = given.keys() & {"queries", "extend"}
    if len(both) > 1:
        raise _unreadable("queries")
    if "queries" in given:
        with metering.work():
            return _json(queries.batch(index(g.service), given["queries"], g.lang))
    if "extend" in given:
        with metering.work():
            found = index(g.service)
        return _json(extend.extended(g.service, found, given["extend"], g.lang))
    if request.method == "POST":
        raise HTTPProblem(
            400,
            "Le corps doit avoir un champ queries ou extend, en JSON.",
            "The body must have a field queries or extend, in JSON.",
        )
    found = index(g.service)
    candidates(
        found, Asked("Nobody Nowhere")
    )  # what comes next need not wait for the names to be read
    return _json(manifest.manifest(found, g.lang, _is_bound(lang)))


def _is_bound(lang: str) -> bool:
    """Tell whether the address itself asks for a language."""
    return bool(lang or request.args.get("lang"))


# --- What is asked -------------------------------------------------------------------------


def _given() -> dict[str, Any]:
    """Return `queries` and `extend`, read from the address, a form or a JSON body.

    Raises:
        HTTPProblem: 400, 413 or 415.
    """
    if request.method != "POST":
        return {
            name: _read(request.args[name], name)
            for name in ("queries", "extend")
            if name in request.args
        }
    media_type = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if media_type not in {JSON, protocol.FORM}:
        seen = media_type[:60] or "?"
        raise HTTPProblem(
            415,
            f"Type de contenu « {seen} » : envoyez {protocol.FORM} ou {JSON}.",
            f"Content type “{seen}”: send {protocol.FORM} or {JSON}.",
            {"Accept-Post": f"{protocol.FORM}, {JSON}"},
        )
    body = protocol.body(request, MOST_BYTES)
    if media_type == JSON:
        said = _read(admission.decode(body), "queries")
        if not isinstance(said, dict):
            raise _unreadable("queries")
        return {name: said[name] for name in ("queries", "extend") if name in said}
    fields = dict(protocol.fields(body))
    return {name: _read(fields[name], name) for name in ("queries", "extend") if name in fields}


def _read(text: str, name: str) -> Any:
    """Read a text of JSON.

    Raises:
        HTTPProblem: 400; it is none.
    """
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _unreadable(name) from error


def _unreadable(name: str) -> HTTPProblem:
    return HTTPProblem(
        400,
        f"« {name} » n’est pas l’objet JSON attendu (Reconciliation API 0.2).",
        f"“{name}” is not the JSON object expected (Reconciliation API 0.2).",
    )


# --- The other addresses -------------------------------------------------------------------


def _suggested(what: str, lang: str = "") -> BaseResponse:
    prefix, cursor = request.args.get("prefix", ""), suggest.cursor(request.args)
    with metering.work():
        found = index(g.service)
        classes = _classes(request.args.getlist("type"))
        listed = suggest.suggested(g.service, found, what, prefix, classes, cursor, g.lang)
        return _json({"result": listed})


def _classes(given: Sequence[str]) -> list[str]:
    found = index(g.service)
    return [found.class_named(one) or one for text in given for one in text.split(",") if one]


def _flown(what: str, lang: str = "") -> BaseResponse:
    """Answer a small piece of HTML about something that is suggested."""
    return _json(suggest.flyout(g.service, index(g.service), what, _id(), g.lang))


def _proposed(lang: str = "") -> BaseResponse:
    """Answer the properties that things of a type have."""
    given = request.args
    most = given.get("limit") or "0"
    if not (most.isascii() and most.isdigit() and len(most) < 6):
        raise ParameterError("limit", most[:40], "un nombre", "a number")
    found = index(g.service)
    return _json(extend.proposed(g.service, found, given.get("type", ""), int(most), g.lang))


def _previewed(lang: str = "") -> BaseResponse:
    """Answer a page small enough for a frame of 320 × 160."""
    return _varied(preview.preview(g.service, index(g.service), _id(), g.lang))


def _viewed(lang: str = "") -> BaseResponse:
    """Lead to the page of a thing."""
    iri = full(_id())
    if not iri.startswith(BASE) or iri not in g.service.labels:
        raise preview.unknown(g.service, _id())
    shown = f"/{g.lang}/{iri.removeprefix(BASE)}"
    return _varied(redirect(address(shown), 303))


def _id() -> str:
    given = request.args.get("id", "")
    if not given:
        raise ParameterError("id", "", "l’adresse d’une chose", "the address of a thing")
    return given


# --- What is answered ----------------------------------------------------------------------


def _json(said: Json) -> BaseResponse:
    text = json.dumps(said, ensure_ascii=False)
    name = request.args.get(NAME) if request.method == "GET" else None
    if name is None:
        return _varied(Response(text, content_type=f"{JSON}; charset=utf-8"))
    if not _FUNCTION.fullmatch(name):
        raise ParameterError(
            NAME,
            name[:80],
            "le nom d’une fonction : des lettres, des chiffres, _ et $",
            "the name of a function: letters, digits, _ and $",
        )
    safe = text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return _varied(Response(f"{name}({safe});", content_type="text/javascript; charset=utf-8"))


def _varied(response: BaseResponse) -> BaseResponse:
    response.vary.add("Accept-Language")
    return response
