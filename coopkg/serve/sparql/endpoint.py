"""One endpoint: what it answers to a query, and to a request without one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from flask import Request, Response, current_app, g, request
from werkzeug.exceptions import HTTPException

from coopkg import formats
from coopkg.engine import Admitted, Engine, Result, admit
from coopkg.engine.interface import BODY_MAX_BYTES
from coopkg.errors import (
    CoopkgError,
    QueryLimitError,
    RateLimitError,
    StoppedError,
    UnknownError,
)
from coopkg.serve import problems, travel
from coopkg.serve.sparql import check, description, protocol, running
from coopkg.serve.sparql.fairness import Shares
from coopkg.serve.sparql.limits import lowered
from coopkg.serve.sparql.page import page
from coopkg.serve.sparql.running import Running
from coopkg.serve.sparql.sending import Sending

METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")
_PREFLIGHT: Final = {
    "Allow": ", ".join(METHODS),
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}

_FRESH: Final = {"Cache-Control": "no-store"}
_PREFLIGHT_STOP: Final = {
    "Allow": "DELETE, POST, OPTIONS",
    "Access-Control-Allow-Methods": "DELETE, POST, OPTIONS",
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
        asks_who: Callable[[], bool],
    ) -> None:
        self._engine_of = engine_of
        self._describe = describe or description.least
        self._render = render
        self._body_max_bytes = body_max_bytes
        self._shares = shares
        self._client_of = client_of
        self._asks_who = asks_who
        self._sending = Sending()
        self.running = Running()

    def answer(self) -> Response:
        """Answer one request."""
        if request.method == "OPTIONS":
            return Response(status=204, headers=_PREFLIGHT)
        try:
            asked = protocol.read(request, self._body_max_bytes, self._asks_who)
        except (CoopkgError, HTTPException):
            if not _is_for_a_page(request.args.get("format")):
                raise
            return page(self._asked_as_json, self._render, self._body_max_bytes)
        if _is_for_a_page(asked.format):
            return page(self._asked_as_json, self._render, self._body_max_bytes)
        return self._query(asked) if asked.query is not None else self._description(asked)

    def _query(self, asked: protocol.Asked) -> Response:
        def choose(admitted: Admitted) -> formats.Format:
            is_graph = admitted.form in {"CONSTRUCT", "DESCRIBE"}
            offers = formats.GRAPHS if is_graph else formats.BINDINGS
            return protocol.acceptable(request, asked.format, offers)

        result, written = self._charged(asked, choose)
        response = self._sending.response(result, written, self._client_of(request))
        response.vary.add("Accept")
        response.headers[running.HEADER] = g.query_id
        check.tell(response, result, asked.query or "", inference=asked.dataset.inference)
        return response

    def _asked_as_json(self, asked: protocol.Asked) -> Result:
        return self._charged(asked, lambda _: formats.JSON, BODY_MAX_BYTES)[0]

    def _charged(
        self,
        asked: protocol.Asked,
        choose: Callable[[Admitted], formats.Format],
        most_bytes: int = sys.maxsize,
    ) -> tuple[Result, formats.Format]:
        """Run a query at the expense of who asks, at the generation it names."""
        if asked.generations:  # in the body, too
            travel.turn(asked.generations)
        client = self._client_of(request)
        self._shares.check(client)
        g.charged = True
        try:
            admitted = admit(asked.query or "")
            g.once = admitted.changes  # then the answer is not kept
            written = self._chosen(admitted, choose)
            return self._run(client, admitted, asked, written.media_type, most_bytes), written
        except CoopkgError as error:
            self._shares.charge(client, errors=_weight(error))
            raise

    def _chosen(
        self, admitted: Admitted, choose: Callable[[Admitted], formats.Format]
    ) -> formats.Format:
        """Return the format to answer in; no format helps what is not SPARQL.

        Raises:
            HTTPProblem: 406; none is acceptable.
            SyntaxQueryError: none is, and the engine's parser refuses the query.
        """
        try:
            return choose(admitted)
        except problems.HTTPProblem:
            if refused := check.refused_by(self._engine_of(), admitted):
                raise refused from None
            raise

    def _run(
        self,
        client: str,
        admitted: Admitted,
        asked: protocol.Asked,
        media_type: str,
        most_bytes: int,
    ) -> Result:
        engine = self._engine_of()
        limits = lowered(engine.limits, asked.fields)
        limits = replace(limits, result_bytes=min(limits.result_bytes, most_bytes))
        chosen = [value for name, value in asked.fields if name == "id"]
        g.query_id = running.name_of(chosen[-1] if chosen else None)
        g.once = g.once or bool(chosen)  # nobody else asks by that name
        try:
            with self.running.named(client, g.query_id, engine) as query_id:
                result = engine.run(
                    admitted,
                    accept=media_type,
                    dataset=asked.dataset,
                    limits=limits,
                    query_id=query_id,
                )
        except (QueryLimitError, StoppedError) as error:
            self._shares.charge(client, seconds=_seconds(error))
            raise
        self._shares.charge(client, seconds=result.elapsed_s)
        return result

    def mine(self) -> Response:
        """List the queries that the reader runs now."""
        found = {"running": self.running.of(self._client_of(request))}
        return Response(json.dumps(found), content_type="application/json", headers=_FRESH)

    def stop(self, name: str) -> Response:
        """Stop a query of the reader.

        Raises:
            UnknownError: none of that name runs.
        """
        if request.method == "OPTIONS":
            return Response(status=204, headers=_PREFLIGHT_STOP)
        client = self._client_of(request)
        try:
            self.running.stop(client, name)
        except UnknownError:
            self._shares.charge(client, errors=1.0)
            raise
        return Response(status=204, headers=_FRESH)

    def _description(self, asked: protocol.Asked) -> Response:
        """Return the service description (SPARQL 1.1 Service Description, section 2)."""
        written = protocol.acceptable(request, asked.format, formats.GRAPHS)
        here = description.address(current_app.config.get("PUBLIC_URL"))
        return _plain(description.write(self._describe(), here, written), written)


def _is_for_a_page(name: str | None) -> bool:
    """Tell whether HTML is liked better than every form of data; `name` is `?format=`."""
    offers = (*formats.BINDINGS, *formats.GRAPHS, formats.HTML)
    return formats.choose(request.headers.get("Accept"), name, offers) is formats.HTML


def _plain(body: bytes, written: formats.Format) -> Response:
    response = Response(body, content_type=written.content_type)
    response.vary.add("Accept")
    return response


def _seconds(error: QueryLimitError | StoppedError) -> float:
    if isinstance(error, StoppedError):
        return error.elapsed
    return float(error.spent.details.get("seconds", 0))


def _weight(error: CoopkgError) -> float:
    """Return what an error costs its client: a stopped query more than a slip of the pen."""
    if isinstance(error, RateLimitError | StoppedError):
        return 0.0
    return 5.0 if isinstance(error, QueryLimitError) else 1.0
