"""`?generation=`: the same service, as it answered at a past generation.

What such an answer carries: `X-Generation`, `Memento-Datetime` (RFC 7089) with the date of its
publication, a `Link` to what is answered today, and `X-Robots-Tag: noindex`. Its data never change,
so an address that holds a digest may be kept for a year; pages, whose frame may change, are asked
again each time.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Any, Final
from urllib.parse import quote

from flask import Flask, Response, current_app, g, request
from werkzeug.http import http_date

from coopkg.errors import ParameterError
from coopkg.generation import Generation
from coopkg.serve import links
from coopkg.serve.live import Live

FOR_EVER: Final = "public, max-age=31536000, immutable"


def register(app: Flask) -> None:
    """Let each request choose its generation, and each answer say which it comes from.

    `g.service` is the current one until then. What signs answers is registered before.
    """

    @app.before_request
    def travel() -> None:
        given = request.args.getlist(links.NAME)
        if links.turns(request.path):
            turn(given)
        elif request.path.startswith(links.SAME):
            for ref in filter(None, given):  # the same of each; but it must be one
                current_app.extensions["coopkg"].known(ref)

    @app.after_request
    def say(response: Response) -> Response:
        service = g.get("service")
        if service is None or not g.get("turned"):
            return response
        lasts = g.turned == service.generation.id and not g.get("once")
        if lasts and response.status_code < 300 and response.mimetype != "text/html":
            response.headers["Cache-Control"] = FOR_EVER
        return _dated(response, service.generation) if g.get("past") else response

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        if held := g.pop("held", None):
            held.close()


def turn(given: Sequence[str]) -> None:
    """Answer this request from the generation it names; from the current one when it names none.

    Raises:
        ParameterError: two are named.
        UnknownError: none that is kept has that name; those that are, are listed.
        EngineBusyError: too many past ones are being read.
        RateLimitError: this client has opened its share of them.
        GenerationError: it is damaged.
    """
    named = list(dict.fromkeys(one for one in given if one))
    if len(named) > 1:
        raise ParameterError(
            links.NAME,
            ", ".join(named)[:80],
            "une seule génération à la fois",
            "one generation at a time",
        )
    if not named or g.get("turned") == named[0]:
        return
    live: Live = current_app.extensions["coopkg"]
    with ExitStack() as held:
        g.service = held.enter_context(live.at(named[0], request.remote_addr or ""))
        g.turned = named[0]
        g.past = g.service.generation.id != live.service().generation.id
        g.setdefault("held", ExitStack()).push(held.pop_all())


def address(path: str) -> str:
    """Return an address of ours, at the generation of this request."""
    return links.at(path, g.service.generation.id) if g.get("past") else path


def banner() -> dict[str, Any] | None:
    """Return what a page says of the past generation it comes from; None for the current one."""
    if not g.get("past"):
        return None
    found: Generation = g.service.generation
    return {
        "id": found.id,
        "number": found.number,
        "published": found.manifest.published,
        "today": links.without(request.full_path.rstrip("?")),
    }


def same_page(ref: str) -> str:
    """Return the address of the page that was asked, at a generation."""
    return links.at(links.without(request.full_path.rstrip("?")), ref)


def _dated(response: Response, found: Generation) -> Response:
    """Say of which day an answer is, and keep its generation on all it leads to."""
    published = datetime.fromisoformat(found.manifest.published)
    headers = response.headers
    if response.status_code < 400:
        headers["Memento-Datetime"] = http_date(published)
    headers["X-Robots-Tag"] = "noindex"
    if location := headers.get("Location"):
        headers["Location"] = links.at(location, found.id)
    kept = [links.keep_header(value, found.id) for value in headers.getlist("Link")]
    today = links.without(request.full_path.rstrip("?"))
    kept.append(f'<{_ascii(today)}>; rel="original {links.LATEST}"')
    headers.setlist("Link", [", ".join(kept)])
    if response.mimetype == "text/html" and not response.is_streamed:
        response.set_data(links.keep(response.get_data(as_text=True), found.id))
    return response


def _ascii(address: str) -> str:
    """Write an address as a header may hold it (RFC 3986); `%` is left as it is."""
    return quote(address, safe="/?&=%:;,+@!$'()*~#[]")
