"""One endpoint: what it answers to a query, and to a request without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from flask import Request, Response, current_app, g, request

from coopkg import formats
from coopkg.engine import Admitted, Engine, Result, admit
from coopkg.errors import CoopkgError, QueryLimitError, RateLimitError
from coopkg.serve import problems, travel
from coopkg.serve.sparql import description, protocol
from coopkg.serve.sparql.fairness import Shares
from coopkg.serve.sparql.page import page

METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")
_PREFLIGHT: Final = {
    "Allow": ", ".join(METHODS),
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}


class Endpoint:
    """One SPARQL endpoint; its collaborators are given once."""

    def __init__(
        self,
        engine_of: Callable[[], Engine],
        describe: Callable[[], bytes] | None,
        render: problems.Render,
        body_max_bytes: int,
        shares: Shares,
        client_of: Callable[[Request], str],
    ) -> None:
        self._engine_of = engine_of
        self._describe = describe or description.least
        self._render = render
        self._body_max_bytes = body_max_bytes
        self._shares = shares
        self._client_of = client_of

    def answer(self) -> Response:
        """Answer one request."""
        if request.method == "OPTIONS":
            return Response(status=204, headers=_PREFLIGHT)
        if _is_for_a_page():
            return page(self._asked_as_json, self._render, self._body_max_bytes)
        asked = protocol.read(request, self._body_max_bytes)
        return self._query(asked) if asked.query is not None else self._description(asked)

    def _query(self, asked: protocol.Asked) -> Response:
        def choose(admitted: Admitted) -> formats.Format:
            is_graph = admitted.form in {"CONSTRUCT", "DESCRIBE"}
            offers = formats.GRAPHS if is_graph else formats.BINDINGS
            return protocol.acceptable(request, asked.format, offers)

        result, written = self._charged(asked, choose)
        return _plain(result.body, written)

    def _asked_as_json(self, asked: protocol.Asked) -> Result:
        return self._charged(asked, lambda _: formats.JSON)[0]

    def _charged(
        self, asked: protocol.Asked, choose: Callable[[Admitted], formats.Format]
    ) -> tuple[Result, formats.Format]:
        """Run a query at the expense of who asks, at the generation it names."""
        if asked.generations:  # in the body, too
            travel.turn(asked.generations)
        client = self._client_of(request)
        self._shares.check(client)
        try:
            admitted = admit(asked.query or "")
            g.once = admitted.changes  # then the answer is not kept
            written = choose(admitted)
            return self._run(client, admitted, asked, written.media_type), written
        except CoopkgError as error:
            self._shares.charge(client, errors=_weight(error))
            raise

    def _run(
        self, client: str, admitted: Admitted, asked: protocol.Asked, media_type: str
    ) -> Result:
        try:
            result = self._engine_of().run(admitted, accept=media_type, dataset=asked.dataset)
        except QueryLimitError as error:
            self._shares.charge(client, seconds=float(error.spent.details.get("seconds", 0)))
            raise
        self._shares.charge(client, seconds=result.elapsed_s)
        return result

    def _description(self, asked: protocol.Asked) -> Response:
        """Return the service description (SPARQL 1.1 Service Description, section 2)."""
        written = protocol.acceptable(request, asked.format, formats.GRAPHS)
        here = description.address(current_app.config.get("PUBLIC_URL"))
        return _plain(description.write(self._describe(), here, written), written)


def _is_for_a_page() -> bool:
    """Tell whether HTML is liked better than every form of data."""
    name = request.args.get("format")
    offers = (*formats.BINDINGS, *formats.GRAPHS, formats.HTML)
    return formats.choose(request.headers.get("Accept"), name, offers) is formats.HTML


def _plain(body: bytes, written: formats.Format) -> Response:
    response = Response(body, content_type=written.content_type)
    response.vary.add("Accept")
    return response


def _weight(error: CoopkgError) -> float:
    """Return what an error costs its client: a stopped query more than a slip of the pen."""
    if isinstance(error, RateLimitError):
        return 0.0
    return 5.0 if isinstance(error, QueryLimitError) else 1.0
