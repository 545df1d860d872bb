"""`/{lang}/iri-policy` and `/{lang}/mint`: how addresses are made, and one for a new thing.

What looks like the thing comes first: an address is for what has none. `/api/mint` answers the
same as data, and `coopkg mint` in a terminal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from flask import Blueprint, Response, current_app, g, render_template, request

from coopkg.contributions.partners import NAME, NAME_MAX
from coopkg.errors import Lang, ParameterError
from coopkg.linking import Lookalike, identifier, minting
from coopkg.linking.minting import Minted
from coopkg.links.taken import Taken
from coopkg.serve import metering, present
from coopkg.serve.entity.words import KINDS
from coopkg.serve.i18n import LANGS
from coopkg.serve.reconcile.known import index
from coopkg.terms import BASE

LIMITS: Final = {
    "label": 300,
    "name": 300,
    "kind": 40,
    "identifier": 300,
    "country": 100,
    "partner": NAME_MAX,
}
OFFERED: Final = (
    "organisation", "group", "place", "activity", "partnership", "programme", "training",
    "resource", "document", "initiative",
)  # fmt: skip
"""The kinds of things that partners describe."""

Given = Mapping[str, str]


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("minting", __name__)

    @routes.get("/<any(fr, en):lang>/iri-policy")
    def policy(lang: Lang) -> str:
        return render_template("iri_policy.html", longest=minting.LONGEST, base=BASE)

    @routes.get("/<any(fr, en):lang>/mint")
    def form(lang: Lang) -> tuple[str, int]:
        return _form(lang)

    @routes.get("/api/mint")
    def data() -> Response:
        given = _given()
        made, alike = _minted(given)
        body = {
            "iri": made.iri if made else None,
            "slug": made.slug if made else None,
            "taken": (made.taken if made else "") or None,
            "note": None if made else {lang: _unwritable(given).message(lang) for lang in LANGS},
            "lookalikes": [one.as_json() for one in alike],
        }
        text = json.dumps(body, ensure_ascii=False, indent=1) + "\n"
        return Response(text, content_type="application/json; charset=utf-8")

    return routes


def _form(lang: Lang) -> tuple[str, int]:
    """Show the form, and what was found when something was asked."""
    error, made, given = "", None, dict.fromkeys(LIMITS, "")
    alike: list[dict[str, Any]] = []
    asked = bool(request.args.get("label") or request.args.get("name"))
    try:
        given = _given(whole=asked)
        if asked:
            made, found = _minted(given)
            alike = [_shown(one, lang) for one in found]
            error = "" if made else _unwritable(given).message(lang)
    except ParameterError as refused:
        error = refused.message(lang)
    page = render_template(
        "mint.html",
        given=given,
        limits=LIMITS,
        kinds=[(name, KINDS[name].bare(lang)) for name in OFFERED],
        made=made,
        alike=alike,
        asked=asked,
        error=error,
    )
    return page, 400 if error else 200


def _given(whole: bool = True) -> dict[str, str]:
    """Return what is asked; a kind and a name when it is to be whole.

    Raises:
        ParameterError: a value is missing, too long, or not acceptable.
    """
    given = {name: request.args.get(name, "").strip() for name in LIMITS}
    for name, most in LIMITS.items():
        if len(given[name]) > most:
            said = f"{most} signes au plus", f"at most {most} characters"
            raise ParameterError(name, f"{given[name][:40]}…", *said)
    if not whole:
        return given
    if given["kind"] not in KINDS:
        listed = ", ".join(OFFERED)
        raise ParameterError("kind", given["kind"], listed, listed)
    if not (given["label"] or given["name"]):
        raise ParameterError("label", "", "le nom de la chose", "the name of the thing")
    if given["partner"] and not NAME.fullmatch(given["partner"]):
        said = "le nom court d’un partenaire", "the short name of a partner"
        raise ParameterError("partner", given["partner"], *said)
    return given


def _minted(given: Given) -> tuple[Minted | None, list[Lookalike]]:
    """Return an address, None when no name can be written in one; and what looks like the thing.

    Raises:
        ParameterError: the country is not known.
    """
    with metering.work():
        known = index(g.service)
        first, *others = [one for one in (given["label"], given["name"]) if one]
        more: Any = {
            "identifiers": identifier("", given["identifier"]),
            "countries": _countries(given["country"]),
        }
        try:
            kept = current_app.extensions["coopkg"].past.kept()
            made = minting.mint(
                given["kind"], first, known, Taken(kept), given["partner"], others, **more
            )
        except ValueError:
            return None, minting.already(given["kind"], first, known, others, **more)
        return made, list(made.lookalikes)


def _countries(said: str) -> list[str]:
    code = index(g.service).country(said) if said else ""
    if said and not code:
        raise ParameterError("country", said[:80], "le nom d’un pays", "the name of a country")
    return [code] if code else []


def _unwritable(given: Given) -> ParameterError:
    return ParameterError(
        "label",
        given["label"] or given["name"],
        "un nom, ou un autre nom, en lettres latines ou en chiffres",
        "a name, or another name, in Latin letters or digits",
    )


def _shown(one: Lookalike, lang: Lang) -> dict[str, Any]:
    names = present.Names(g.service.catalogue, lang)
    return {
        "text": one.label.get(lang) or one.name,
        "by": one.name,
        "href": names.href(one.iri),
        "iri": one.iri,
        "score": round(one.score),
        "same": one.same,
        "why": [said[lang] for said in one.why],
    }
