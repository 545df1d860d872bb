"""The seconds that a page or an answer of the API costs, charged to who asks.

The endpoint charges its own queries; everything else that asks the engine for a reader passes
here. What nobody asks over HTTP (the terminal, the self-check of `/health`) is free.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from flask import Flask, Response, current_app, g, has_request_context, request

from coopkg.engine import Admitted, Engine, Result
from coopkg.errors import QueryLimitError

if TYPE_CHECKING:
    from coopkg.serve.sparql.fairness import Shares

EXTENSION: Final = "coopkg_shares"
OWN: Final = "coopkg.own"  # in the environment of a request: we ask it, and nobody is charged


def register(app: Flask, shares: Shares) -> None:
    """Charge what the readers of an application cost, and let each answer say what is left."""
    app.extensions[EXTENSION] = shares

    @app.after_request
    def tell(response: Response) -> Response:
        if g.get("charged") or response.status_code == 429:
            client = request.remote_addr or ""
            response.headers["RateLimit-Policy"] = shares.policy()
            response.headers["RateLimit"] = shares.left(client)
        return response


def run(engine: Engine, query: str | Admitted, **options: Any) -> Result:
    """Run a query as `Engine.run` does, at the expense of who asks.

    Raises:
        RateLimitError: they have used their share; told at the first query of a request only, so
            that no page is cut in the middle.
    """
    shares = _shares()
    if shares is None:
        return engine.run(query, **options)
    client = request.remote_addr or ""
    if not g.get("charged"):
        shares.check(client)
        g.charged = True
    try:
        result = engine.run(query, **options)
    except QueryLimitError as error:
        shares.charge(client, seconds=float(error.spent.details.get("seconds", 0)))
        raise
    shares.charge(client, seconds=result.elapsed_s)
    return result


@contextmanager
def work() -> Iterator[None]:
    """Charge who asks for the seconds that this process itself works for them.

    Raises:
        RateLimitError: they have used their share, and nothing was done for this request yet.
    """
    shares = _shares()
    if shares is None:
        yield
        return
    client = request.remote_addr or ""
    if not g.get("charged"):
        shares.check(client)
        g.charged = True
    started = time.thread_time()
    try:
        yield
    finally:
        shares.charge(client, seconds=time.thread_time() - started)


def _shares() -> Shares | None:
    if not has_request_context() or OWN in request.environ:
        return None
    return current_app.extensions.get(EXTENSION)
