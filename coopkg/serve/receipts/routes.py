"""`/receipts` makes a receipt; `/{lang}/receipt/<code>` says what it is worth today."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from flask import Blueprint, Response, current_app, g, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from coopkg import __version__, generation
from coopkg.engine import Limits
from coopkg.errors import CodeError, CoopkgError, Lang, QueryLimitError, UnknownError
from coopkg.serve import i18n, links, permalinks, travel
from coopkg.serve.live import Live
from coopkg.serve.permalinks import Permalink
from coopkg.serve.receipts import asking, citations, posted, receipt
from coopkg.serve.receipts.citations import Cited
from coopkg.serve.receipts.receipt import Receipt, Request
from coopkg.serve.receipts.replay import Difference, Outcome, Replays, Side
from coopkg.serve.service import Service
from coopkg.serve.sparql.fairness import Shares

MEDIA: Final = {
    "": "text/html",
    "json": "application/json",
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "csl.json": "application/vnd.citationstyles.csl+json",
}
Title = Callable[[Service, Request, Lang], str]


class _Receipts:
    """What the two routes share; its collaborators are given once."""

    def __init__(
        self, live: Live, home: Path, limits: Limits, shares: Shares, title: Title, most_bytes: int
    ) -> None:
        self._home = home
        self._limits = limits
        self._shares = shares
        self._most_bytes = most_bytes
        self._replays = Replays(live, limits, title)

    def make(self) -> BaseResponse:
        """Ask, keep the generation, and lead to the receipt."""
        client = request.remote_addr or ""
        self._shares.check(client)
        wanted = posted.read(request, self._most_bytes)
        travel.turn(wanted.generations)
        service: Service = g.service
        started = time.monotonic()
        try:
            made = self._weighed(service, wanted.asked)
        except CoopkgError as error:
            spent = float(error.spent.used) if isinstance(error, QueryLimitError) else 0.0
            self._shares.charge(client, seconds=min(spent, self._limits.timeout_s), errors=1)
            raise
        self._shares.charge(client, seconds=time.monotonic() - started)
        code = receipt.encode(made)
        if made.number not in generation.cited(self._home):
            generation.cite(self._home, made.generation)
        lang = wanted.lang if wanted.lang in i18n.LANGS else g.lang
        response = redirect(f"/{lang}/receipt/{code}", 303)
        response.headers["Cache-Control"] = "no-store"
        return response

    def _weighed(self, service: Service, asked: Request) -> Receipt:
        if asked.question:
            asked = _named(service, asked)
        found, ordered, warnings = asking.weigh(service, asked, self._limits)
        manifest = service.generation.manifest
        return Receipt(
            asked,
            manifest.number,
            manifest.digest,
            manifest.published,
            found.form,
            ordered,
            len(found.rows),
            found.sha256(ordered=ordered),
            warnings,
            __version__,
        )

    def show(self, lang: Lang, name: str) -> Response:
        """Say what a receipt holds, and whether that is still true."""
        code, _, suffix = name.partition(".")
        if suffix not in MEDIA:
            raise UnknownError(
                suffix,
                f"« .{suffix} » n’est pas un format de citation",
                f"'.{suffix}' is no format of citations",
                tuple(filter(None, MEDIA)),
            )
        read = receipt.decode(code)
        written = suffix or _accepted()
        client = request.remote_addr or ""
        self._shares.check(client)
        started = time.monotonic()
        outcome = self._replays.of(code, read, client)
        self._shares.charge(client, seconds=time.monotonic() - started)
        cited = _cited(read, outcome, code, lang)
        response = Response(_WRITERS[written](cited, outcome, code))
        response.headers["Content-Type"] = MEDIA[written] + "; charset=utf-8"
        response.headers["X-Robots-Tag"] = "noindex"
        response.headers["Link"] = ", ".join(
            f'</{lang}/receipt/{code}.{one}>; rel="alternate"; type="{media}"'
            for one, media in MEDIA.items()
            if one
        )
        response.vary.add("Accept")
        return response


def blueprint(
    live: Live, home: Path, limits: Limits, shares: Shares, title: Title, most_bytes: int
) -> Blueprint:
    """Return the routes; `title` writes a question with its parameters in it."""
    routes = Blueprint("receipts", __name__)
    receipts = _Receipts(live, home, limits, shares, title, most_bytes)
    routes.add_url_rule("/receipts", "make", receipts.make, methods=["POST"])
    routes.add_url_rule("/<any(fr, en):lang>/receipt/<name>", "show", receipts.show)
    return routes


def _named(service: Service, asked: Request) -> Request:
    """Return a question with its parameters as addresses write them, whoever wrote them."""
    known = service.asked(
        asked.question, {name: [value] for name, value in asked.parameters.items()}
    )
    return Request(
        question=asked.question,
        parameters=known.question.short(known.bound),
        inference=asked.inference,
    )


def _accepted() -> str:
    offered = {media: suffix for suffix, media in MEDIA.items()}
    best = request.accept_mimetypes.best_match(list(offered), default="text/html")
    return offered[best]


def _cited(read: Receipt, outcome: Outcome, code: str, lang: Lang) -> Cited:
    title = citations.title(read, lang, outcome.titles)
    return Cited(read, title, f"{current_app.config['PUBLIC_URL']}/{lang}/receipt/{code}", lang)


# --- Written -------------------------------------------------------------------------------


def _page(cited: Cited, outcome: Outcome, code: str) -> str:
    read = cited.receipt
    return render_template(
        "receipt.html",
        receipt=read,
        title=cited.title,
        outcome=outcome,
        count=citations.count(read, cited.lang),
        then_link=links.at(_address(read, cited.lang), outcome.then.generation)
        if outcome.then.generation
        else "",
        now_link=_address(read, cited.lang),
        plain={lang: citations.plain(_cited(read, outcome, code, lang)) for lang in i18n.LANGS},
        bibtex=citations.bibtex(cited),
        ris=citations.ris(cited).replace("\r\n", "\n"),
        csl=_json(citations.csl(cited)),
        files={suffix: f"/{cited.lang}/receipt/{code}.{suffix}" for suffix in MEDIA if suffix},
    )


def _address(read: Receipt, lang: Lang) -> str:
    """Return where the same is asked today."""
    asked = read.asked
    inference = {} if asked.inference else {"inference": "off"}
    if asked.question:
        query = urlencode({**asked.parameters, **inference})
        return f"/{lang}/questions/{asked.question}" + (f"?{query}" if query else "")
    try:
        link = Permalink(asked.query, asked.default_graphs, asked.named_graphs, lang=lang,
                         inference=inference.get("inference", ""))  # fmt: skip
        permalinks.encode(link)
        return link.address()
    except CodeError:  # it fits into a receipt and not into an address
        return ""


def _as_json(cited: Cited, outcome: Outcome, code: str) -> str:
    read = cited.receipt
    told = {} if read.boolean is None else {"boolean": read.boolean}
    content: dict[str, Any] = {
        **read.content(),
        **told,
        "generation": {
            "id": read.generation,
            "number": read.number,
            "digest": read.digest,
            "published": read.published,
        },
        "url": cited.url,
        "title": outcome.titles or {lang: citations.title(read, lang, None) for lang in i18n.LANGS},
        "state": outcome.state,
        "then": _side(outcome.then),
        "now": _side(outcome.now),
        "difference": _changes(outcome.difference),
        "citation": {
            lang: citations.plain(_cited(read, outcome, code, lang)) for lang in i18n.LANGS
        },
    }
    return _json(content)


def _side(side: Side) -> Mapping[str, Any]:
    return {
        "state": side.state,
        "generation": side.generation or None,
        "rows": side.count if side.state in {"same", "different"} else None,
        "reason": dict(side.reason) if side.reason else None,
    }


def _changes(difference: Difference | None) -> Mapping[str, Any] | None:
    if difference is None:
        return None
    return {
        "added": difference.added,
        "removed": difference.removed,
        "kept": difference.kept,
        "order_only": difference.order_only,
        "columns_differ": difference.columns_differ,
        "rows_added": list(difference.rows_added),
        "rows_removed": list(difference.rows_removed),
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


_WRITERS: Final[Mapping[str, Callable[[Cited, Outcome, str], str]]] = {
    "": _page,
    "json": _as_json,
    "bib": lambda cited, outcome, code: citations.bibtex(cited),
    "ris": lambda cited, outcome, code: citations.ris(cited),
    "csl.json": lambda cited, outcome, code: _json(citations.csl(cited)),
}
