"""The SPARQL endpoint: the SPARQL 1.1 Protocol, for queries only, and its page for people."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Blueprint, Request, render_template

from coopkg.engine import Engine
from coopkg.serve import problems
from coopkg.serve.sparql.endpoint import METHODS, Endpoint
from coopkg.serve.sparql.fairness import Shares

BODY_MAX_BYTES: Final = 1 << 20


def blueprint(
    engine_of: Callable[[], Engine],
    *,
    describe: Callable[[], bytes] | None = None,
    render: problems.Render = render_template,
    body_max_bytes: int = BODY_MAX_BYTES,
    shares: Shares | None = None,
    client_of: Callable[[Request], str] = lambda asked: asked.remote_addr or "",
    asks_who: Callable[[], bool] = lambda: False,
) -> Blueprint:
    """Return the routes of `/sparql`.

    `describe` gives the service description as Turtle; `shares` holds what each client has used,
    and `client_of` says who asks; `asks_who` tells whether an update must say who sends it before
    it is refused (somebody writes here as an operator). Errors of the tree are raised: the
    application answers them, except on the page, which shows them beside the query.
    """
    routes = Blueprint("sparql", __name__)
    shares = Shares() if shares is None else shares  # an empty one is false
    endpoint = Endpoint(engine_of, describe, render, body_max_bytes, shares, client_of, asks_who)
    for rule in ("/sparql", "/sparql/"):
        routes.add_url_rule(
            rule,
            "sparql",
            endpoint.answer,
            methods=METHODS,
            provide_automatic_options=False,
            strict_slashes=True,
        )
    for rule, methods in (
        ("/sparql/running/<name>", ("DELETE", "OPTIONS")),
        ("/sparql/running/<name>/stop", ("POST", "OPTIONS")),
    ):
        routes.add_url_rule(
            rule, "stop", endpoint.stop, methods=methods, provide_automatic_options=False
        )
    routes.add_url_rule("/sparql/running", "running", endpoint.mine, methods=("GET",))
    return routes
