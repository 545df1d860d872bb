"""Writing graphs: PUT, POST and DELETE of the Graph Store Protocol, with a partner's token.

A request is judged in this order: who asks (401), whose graph (403), its conditions (412), what
comes (413, 415, 400), what it says (422). What is valid is published at once for a *direct*
partner or an operator (201, 204), and waits for a reviewer otherwise (202).
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from flask import Response, g, request
from werkzeug.http import parse_etags

from coopkg import contributions
from coopkg.contributions import Contribution, Partner, Upload
from coopkg.contributions.model import DEFAULT, Method
from coopkg.errors import ForbiddenError
from coopkg.serve import links
from coopkg.serve.partners import bodies, documents, sending, tokens
from coopkg.serve.partners.bodies import File
from coopkg.serve.problems import HTTPProblem
from coopkg.terms import BASE

CREATED: Final = BASE + "graph/created/"
GRAPHS: Final = BASE + "graph/"
_CONDITIONS: Final = ("If-Match", "If-None-Match", "If-Unmodified-Since")
_LICENCE: Final = re.compile(r'<([^<>"\s]{1,300})>\s*;\s*rel="?license"?')
_conditional: Final = threading.Lock()


@dataclass(frozen=True)
class Target:
    """What a request writes: the IRI of a graph, "" for the default one, None for a new one.

    `tags` asks for the entity tags of everything that reading the graph may answer now.
    """

    graph: str | None
    exists: bool
    tags: Callable[[], Iterable[str]]


def write(target: Target) -> Response:
    """Answer a write."""
    partner = tokens.bearer()
    if links.NAME in request.args:
        raise HTTPProblem(
            400,
            "On n’écrit pas dans une génération passée : enlevez generation de l’adresse.",
            "Nobody writes in a past generation: take generation out of the address.",
        )
    if target.graph is None and request.method != "POST":
        raise HTTPProblem(
            400,
            "Dites quel graphe : graph=<son adresse>, default, ou un chemin après /graphs/.",
            "Say which graph: graph=<its address>, default, or a path after /graphs/.",
        )
    named = _named(target, partner)
    with _held():
        _judge(target)
        if request.method == "PATCH":
            raise _no_patch()
        if request.method == "DELETE":
            return _deleted(target, partner, named)
        files = _files()
        if not named:
            named = _new(partner, files)
        return _answer(sending.together(_uploads(partner, files, named)), target, named)


def _held() -> AbstractContextManager[Any]:
    """Let one conditional write at a time through: what it judged is still so when it writes."""
    return _conditional if any(one in request.headers for one in _CONDITIONS) else nullcontext()


def _named(target: Target, partner: Partner) -> str:
    """Return the name of the graph as contributions know it, "" for a new one.

    Raises:
        ForbiddenError: it is not the partner's.
    """
    if target.graph is None:
        return ""
    named = target.graph or DEFAULT
    if not contributions.may_write(partner, named):
        raise ForbiddenError(
            "graph",
            f"ce graphe n’est pas à « {partner.name} » ; les siens : <{partner.graph}> et ce qui "
            "est dessous",
            f"this graph is not of {partner.name!r}; its own: <{partner.graph}> and what is below",
        )
    return named


def _judge(target: Target) -> None:
    """Judge the conditions of a write (RFC 9110, section 13.2.2).

    Raises:
        HTTPProblem: 412.
    """
    match = request.headers.get("If-Match")
    if match is not None and not (target.exists and _has(match, target)):
        raise _changed("If-Match")
    none = request.headers.get("If-None-Match")
    if none is not None and target.exists and _has(none, target):
        raise _changed("If-None-Match")
    if match is None and "If-Unmodified-Since" in request.headers:
        raise _changed("If-Unmodified-Since")  # graphs have no date of their own: tags only


def _has(header: str, target: Target) -> bool:
    if header.strip() == "*":
        return True
    given = parse_etags(header)
    # A tag is weak here only because its answer was compressed: what was read is still known.
    return any(given.contains_weak(tag) for tag in target.tags())


def _changed(name: str) -> HTTPProblem:
    return HTTPProblem(
        412,
        f"La condition {name} n’est pas remplie : relisez le graphe, puis recommencez.",
        f"The condition {name} does not hold: read the graph again, then start over.",
    )


def _no_patch() -> HTTPProblem:
    """Return the refusal of RFC 5789, section 2.2: no patch document is known, so none is named."""
    return HTTPProblem(
        415,
        "Aucun format de modification partielle n’est lu ici : PUT remplace le graphe, POST y "
        "ajoute, et un tableau renvoyé corrigé ne change que ses cellules.",
        "No patch document is read here: PUT replaces the graph, POST adds to it, and a "
        "spreadsheet sent back corrected changes its cells only.",
    )


def _files() -> tuple[File, ...]:
    """Return what came: one file, or each file of a form."""
    if not bodies.is_form():
        return (bodies.single(tokens.settings()),)
    files = bodies.form(tokens.settings()).files
    if not files or any(not one.media_type for one in files):
        raise HTTPProblem(
            400,
            "Ce formulaire n’apporte aucun fichier dont le type soit dit.",
            "This form brings no file whose type is told.",
        )
    return files


def _new(partner: Partner, files: Iterable[File]) -> str:
    """Return a name for a new graph; the same bytes of the same partner have the same one."""
    digest = hashlib.sha256(partner.name.encode())
    for one in files:
        digest.update(hashlib.sha256(one.body).digest())
    above = CREATED if partner.role == "operator" else f"{partner.graph}/"
    return above + digest.hexdigest()[:16]


def _uploads(partner: Partner, files: Iterable[File], graph: str) -> list[Upload]:
    licence = _LICENCE.search(request.headers.get("Link", ""))
    method: Method = request.method.lower()  # type: ignore[assignment]  # one of the four
    made = []
    for number, one in enumerate(files):
        made.append(
            Upload(
                partner.name,
                one.name,
                one.media_type,
                one.body,
                "post" if number and method == "put" else method,
                graph,
                licence[1] if licence else "",
                g.lang,
            )
        )
    return made


def _deleted(target: Target, partner: Partner, graph: str) -> Response:
    if not target.exists:
        raise HTTPProblem(404, "Ce graphe n’existe pas.", "This graph does not exist.")
    upload = Upload(partner.name, "", "", b"", "delete", graph, "", g.lang)
    return _answer(sending.submitted(upload), target, graph)


def _answer(one: Contribution, target: Target, graph: str) -> Response:
    """Return 201 or 204 when it is published, 202 when it waits, and why when it is refused."""
    code = sending.status(one)
    if code >= 400:
        return documents.refused(one)
    where = f"{documents.API}/{one.id}"
    if code == 202:
        return documents.written(documents.brief(one), 202, {"Location": where})
    created = not target.exists and one.method != "delete"
    response = Response(status=201 if created else 204)
    response.headers.pop("Content-Type", None)
    response.headers["Link"] = f'<{where}>; rel="describedby"'
    if created:
        response.headers["Location"] = _address(graph)
    return response


def _address(graph: str) -> str:
    """Return where a graph is read."""
    if graph.startswith(GRAPHS):
        return "/graphs/" + quote(graph.removeprefix(GRAPHS))
    return "/graphs?graph=" + quote(graph, safe="")
