"""What a request to the SPARQL endpoint asks (SPARQL 1.1 Protocol, section 2.1), or why not."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote_to_bytes

from flask import Request
from werkzeug.http import parse_options_header

from coopkg import formats, sparql_text
from coopkg.engine import Dataset, admission
from coopkg.errors import CoopkgError, ParameterError, RefusedQuery, UnauthorisedError
from coopkg.serve.problems import UPDATES, HTTPProblem

FORM: Final = "application/x-www-form-urlencoded"
QUERY: Final = "application/sparql-query"
UPDATE: Final = "application/sparql-update"
MAX_FIELDS: Final = 1_000


@dataclass(frozen=True)
class Asked:
    """A query, None when the request has none, its dataset, `?format=`, and `generation=`.

    `fields` are all the parameters, of the address and of the body.
    """

    query: str | None
    dataset: Dataset
    format: str | None
    generations: tuple[str, ...] = ()
    fields: tuple[tuple[str, str], ...] = ()


def read(
    request: Request, body_max_bytes: int, asks_who: Callable[[], bool] = lambda: False
) -> Asked:
    """Read a GET or a POST, both forms of it; `asks_who` as `_updates` says.

    Raises:
        HTTPProblem: 400, 413 or 415.
        SyntaxQueryError: bytes that are not UTF-8.
        RefusedQuery, UnauthorisedError: an update.
        ParameterError: a parameter that is not acceptable.
    """
    given = fields(request.query_string)
    if request.method == "POST":
        given += _posted(request, body_max_bytes, asks_who)
    queries = [value for name, value in given if name == "query"]
    if any(name == "update" for name, _ in given):
        raise _both() if queries else _updates(request, asks_who)
    if len(queries) > 1:
        raise HTTPProblem(
            400,
            "Une seule requête à la fois : le paramètre query est donné plusieurs fois.",
            "One query at a time: the parameter query is given several times.",
        )
    if not queries and request.method == "POST":
        raise HTTPProblem(400, "Le paramètre query manque.", "The parameter query is missing.")
    named = [value for name, value in given if name == "format"]
    generations = tuple(value for name, value in given if name == "generation")
    return Asked(
        queries[0] if queries else None,
        _dataset(given),
        named[-1] if named else None,
        generations,
        tuple(given),
    )


def _dataset(given: Iterable[tuple[str, str]]) -> Dataset:
    graphs: dict[str, list[str]] = {"default-graph-uri": [], "named-graph-uri": []}
    inference = True
    for name, value in given:
        if name in graphs:
            graphs[name].append(_graph(name, value))
        elif name == "inference":
            if value not in {"on", "off"}:
                raise ParameterError("inference", value, "on ou off", "on or off")
            inference = value == "on"
    default, named = (tuple(found) or None for found in graphs.values())
    return Dataset(default, named, inference)


def _graph(name: str, value: str) -> str:
    try:
        return sparql_text.resolve(value, admission.BASE)
    except ValueError as error:
        raise ParameterError(name, value, "une IRI", "an IRI") from error


def fields(text: bytes) -> list[tuple[str, str]]:
    """Read `a=b&c=d`; each value is UTF-8 or refused, never mended.

    Raises:
        HTTPProblem: 413; there are too many.
        SyntaxQueryError: a value is not UTF-8.
    """
    pairs = text.split(b"&", MAX_FIELDS)
    if len(pairs) > MAX_FIELDS:
        raise HTTPProblem(
            413,
            f"Trop de paramètres : au plus {MAX_FIELDS}.",
            f"Too many parameters: at most {MAX_FIELDS}.",
        )
    read = []
    for pair in pairs:
        name, _, value = pair.partition(b"=")
        if name:
            plain = [unquote_to_bytes(part.replace(b"+", b" ")) for part in (name, value)]
            read.append((plain[0].decode("utf-8", "replace"), admission.decode(plain[1])))
    return read


def acceptable(
    request: Request, name: str | None, offers: tuple[formats.Format, ...]
) -> formats.Format:
    """Return the format to answer in: that of `?format=`, else the best by Accept.

    Raises:
        HTTPProblem: 406; with the formats there are.
    """
    chosen = formats.choose(request.headers.get("Accept"), name, offers)
    if chosen:
        return chosen
    known = ", ".join(offer.media_type for offer in offers)
    raise HTTPProblem(406, f"Formats disponibles : {known}.", f"Formats available: {known}.")


def _posted(
    request: Request, body_max_bytes: int, asks_who: Callable[[], bool]
) -> list[tuple[str, str]]:
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise HTTPProblem(
            415,
            "Le corps ne doit pas être compressé.",
            "The body must not be compressed.",
            {"Accept-Encoding": "identity"},
        )
    media_type, options = parse_options_header(request.headers.get("Content-Type", ""))
    if media_type == UPDATE:
        if (request.content_length or 0) > body_max_bytes:
            raise _too_large(body_max_bytes)
        raise _updates(request, asks_who)
    if media_type not in {FORM, QUERY}:
        raise _unknown_type(media_type)
    if options.get("charset", "utf-8").lower() not in {"utf-8", "utf8"}:
        raise HTTPProblem(415, "Le corps doit être en UTF-8.", "The body must be UTF-8.")
    posted = body(request, body_max_bytes)
    return fields(posted) if media_type == FORM else [("query", admission.decode(posted))]


def _unknown_type(media_type: str) -> HTTPProblem:
    seen = media_type or "?"
    return HTTPProblem(
        415,
        f"Type de contenu « {seen} » : envoyez {FORM} ou {QUERY}.",
        f"Content type “{seen}”: send {FORM} or {QUERY}.",
        {"Accept-Post": f"{FORM}, {QUERY}"},
    )


def body(request: Request, most: int) -> bytes:
    """Read the body by hand: servers cut a chunked body at their limit without saying so.

    It is put back, for who reads it next.

    Raises:
        HTTPProblem: 413; it is larger than so many bytes.
    """
    stream = request.environ["wsgi.input"]
    length = request.content_length
    if length is None and not request.environ.get("wsgi.input_terminated"):
        return b""
    if length is not None and length > most:
        raise _too_large(most)
    wanted = most + 1 if length is None else length
    parts = bytearray()
    while len(parts) < wanted and (part := stream.read(wanted - len(parts))):
        parts += part
    if len(parts) > most:
        raise _too_large(most)
    request.environ["wsgi.input"] = io.BytesIO(parts)
    return bytes(parts)


def _too_large(most: int) -> HTTPProblem:
    return HTTPProblem(
        413,
        f"Le corps dépasse {most >> 10} ko.",
        f"The body is larger than {most >> 10} kB.",
        {"Connection": "close"},
    )


def _both() -> HTTPProblem:
    return HTTPProblem(
        400,
        "Une requête ou une mise à jour, pas les deux : les paramètres query et update sont donnés "
        "ensemble.",
        "A query or an update, not both: the parameters query and update are given together.",
    )


def _updates(request: Request, asks_who: Callable[[], bool]) -> CoopkgError:
    """Return the refusal of an update: 403, for nobody sends one here.

    Where somebody writes as an operator (`asks_who`), a POST that does not say who asks is first
    asked that, before its body is read: every write is judged in one order, who and then what.
    """
    if request.method == "POST" and "Authorization" not in request.headers and asks_who():
        return UnauthorisedError(
            "no-token",
            "dites d’abord qui vous êtes : un jeton est attendu. Aucune mise à jour SPARQL n’est "
            "admise ensuite : un graphe s’écrit à /graphs, ou par une contribution",
            "first say who you are: a token is expected. No SPARQL update is taken then either: "
            "a graph is written at /graphs, or by a contribution",
        )
    return RefusedQuery(
        UPDATES,
        "Ce point d’accès répond et n’écrit pas : les données changent par une contribution, "
        "puis une publication.",
        "This endpoint answers and does not write: data change by a contribution, "
        "then a publication.",
    )
