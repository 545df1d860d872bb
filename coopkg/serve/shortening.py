"""`/s/<code>` leads to the query that a permalink holds; `/sparql/permalink` makes one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, current_app, g, jsonify, redirect, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from coopkg.errors import ParameterError
from coopkg.serve import permalinks
from coopkg.serve.permalinks import Permalink

MADE_OF: Final = ("inference", "view", "lang")


def blueprint() -> Blueprint:
    """Return the two routes."""
    routes = Blueprint("permalinks", __name__)
    routes.add_url_rule("/s/<code>", "follow", follow)
    routes.add_url_rule("/sparql/permalink", "make", make)

    return routes


def follow(code: str) -> BaseResponse:
    """Lead to the query, with all its parameters; `?format=` goes with it."""
    to = permalinks.decode(code).address()
    if request.query_string:
        formats = request.args.getlist("format")
        to += "".join(f"&format={one}" for one in formats if one.isalnum())
    response = redirect(to, 303)
    response.headers["Cache-Control"] = "public, max-age=86400"
    return response


def make() -> Response:
    """Return the permalink of the query given, as JSON."""
    link = of(request.args)
    code = permalinks.encode(link)
    made: Mapping[str, Any] = {
        "permalink": current_app.config["PUBLIC_URL"] + "/s/" + code,
        "path": "/s/" + code,
        "leads_to": link.address(),
        "generation": link.generation or None,
    }
    response: Response = jsonify(made)
    response.headers["Link"] = f'</s/{code}>; rel="bookmark"'
    return response


def of(given: MultiDict[str, str]) -> Permalink:
    """Return the permalink of the parameters of `/sparql`; a generation is kept by its full id.

    Raises:
        ParameterError: there is no query.
    """
    query = given.get("query", "")
    if not query:
        raise ParameterError("query", "", "une requête SPARQL", "a SPARQL query")
    return Permalink(
        query,
        tuple(filter(None, given.getlist("default-graph-uri"))),
        tuple(filter(None, given.getlist("named-graph-uri"))),
        generation=g.service.generation.id if given.get("generation") else "",
        **{name: given.get(name, "") for name in MADE_OF},
    )
