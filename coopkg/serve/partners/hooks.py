"""`/{lang}/partners/<name>/hook` and `/api/hook`: where a partner's own program is told the news.

Only the partner sets it, with its token; the secret that signs is shown once. What is told leaves
from a thread of its own, never from a request.
"""

from __future__ import annotations

import json
import logging
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from flask import Blueprint, Response, request

from coopkg.contributions import Partner, hooks
from coopkg.contributions.delivery import Deliveries, next_event, resume, state_of
from coopkg.contributions.hooks import Hook
from coopkg.contributions.posting import REASONS
from coopkg.errors import CoopkgError, ForbiddenError, Lang, ParameterError, UnknownError
from coopkg.serve.partners import documents, mine, page, pages, passes, tokens
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.sparql import protocol

API: Final = "/api/hook"
LOOK_EVERY_S: Final = 2.0
BODY_BYTES: Final = 4096
EXTENSION: Final = "coopkg_hooks"
_PAGE: Final = "/<any(fr, en):lang>/partners/<name>/hook"
_LOG: Final = logging.getLogger("coopkg.serve")


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("hooks", __name__)

    @routes.get(_PAGE)
    def door(lang: Lang, name: str) -> Response:
        return page.shown("hook.html", partner=mine.found(name), owner=None)

    @routes.post(_PAGE)
    def own(lang: Lang, name: str) -> Response:
        page.own()
        one = mine.found(name)
        try:
            fields = dict(protocol.fields(pages.form_body()))
            owner = page.who(fields)
            if owner.name != one.name:
                raise ForbiddenError(
                    "not-yours", "ce jeton est d’un autre partenaire", "this token is of another"
                )
        except (CoopkgError, HTTPProblem) as error:
            code, text = page.trouble(error, lang)
            return page.shown("hook.html", code, partner=one, owner=None, error=text)
        return _done(owner, fields, lang)

    @routes.get(API)
    def show() -> Response:
        return documents.written(_said(_own(tokens.bearer())))

    @routes.put(API)
    def put() -> Response:
        partner = tokens.bearer()
        made = hooks.put(tokens.settings().home, partner.name, _url())
        told = {**_said(made), "secret": hooks.secret(tokens.settings().home, made)}
        return documents.written(told, 201, {"Location": API})

    @routes.delete(API)
    def delete() -> Response:
        partner = tokens.bearer()
        _own(partner)
        hooks.remove(tokens.settings().home, partner.name)
        return Response(status=204)

    return routes


def _own(partner: Partner) -> Hook:
    """Return the hook of a partner.

    Raises:
        UnknownError: it has none.
    """
    found = hooks.known(tokens.settings().home).get(partner.name)
    if found is None:
        raise UnknownError("hook", "aucune adresse n’est enregistrée", "no address is set")
    return found


def _url() -> str:
    """Return the address that the body of a request holds, as JSON.

    Raises:
        HTTPProblem: it is not JSON.
        ParameterError: it holds none.
    """
    try:
        said = json.loads(protocol.body(request, BODY_BYTES))
    except ValueError:
        raise HTTPProblem(
            400, 'Envoyez {"url": "https://…"}.', 'Send {"url": "https://…"}.'
        ) from None
    url = said.get("url") if isinstance(said, dict) else None
    if not isinstance(url, str):
        raise ParameterError("url", "", "une adresse https://", "an https:// address")
    return url


def _done(owner: Partner, fields: dict[str, str], lang: Lang) -> Response:
    """Do what a button says, then show how things stand."""
    home, code, error, secret = tokens.settings().home, 200, "", ""
    action, url = fields.get("action", ""), fields.get("url", "").strip()
    try:
        if action == "set":
            secret = hooks.secret(home, hooks.put(home, owner.name, url))
        elif action == "remove":
            hooks.remove(home, owner.name)
        elif action == "resume":
            resume(home, _own(owner))
    except CoopkgError as found:
        code, error = page.trouble(found, lang)
    one = hooks.known(home).get(owner.name)
    return page.shown(
        "hook.html",
        code,
        partner=owner,
        owner=owner,
        hook=_said(one) if one else None,
        secret=secret,
        asked=url if error else "",
        longest=hooks.LONGEST,
        error=error,
        pass_=passes.issue(owner),
    )


def _said(one: Hook) -> dict[str, Any]:
    """Return how a hook stands, for its owner."""
    home = tokens.settings().home
    state = state_of(home, one)
    fr, en = REASONS.get(state.fault, ("", ""))
    if state.fault and state.status:
        fr, en = f"{fr} (HTTP {state.status})", f"{en} (HTTP {state.status})"
    return {
        "url": hooks.address(home, one),
        "set": one.at,
        "state": "stopped" if state.stopped else "failing" if state.failed else "working",
        "waiting": next_event(home, one, state) is not None,
        "last": state.last or None,
        "last_at": _instant(state.at),
        "next_at": _instant(state.next) if state.failed and not state.stopped else None,
        "failed": state.failed,
        "why": {"fr": fr, "en": en} if state.fault else None,
    }


def _instant(seconds: float) -> str | None:
    if not seconds:
        return None
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


class Teller:
    """The thread that tells partners; it goes on where the one before it stopped."""

    def __init__(self, home: Path, public: str) -> None:
        self._deliveries = Deliveries(home, public)
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to tell."""
        threading.Thread(target=self._run, name="hooks", daemon=True).start()

    def stop(self) -> None:
        """Tell nobody any more."""
        self._stopped.set()

    def _run(self) -> None:
        wait, said = LOOK_EVERY_S, ""
        while not self._stopped.wait(wait):
            try:
                due = self._deliveries.step()
                wait = LOOK_EVERY_S if due is None else min(due, LOOK_EVERY_S)
                said = ""
            except CoopkgError as error:  # the journal or the disk: said once, tried again
                wait = LOOK_EVERY_S
                if str(error) != said:
                    said = str(error)
                    _LOG.warning("partners are not told: %s", error)
