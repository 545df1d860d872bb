"""`/{lang}/rules`: every refusal, and every rule that contributions are held to, in words.

The `type` of a problem document, and the rule that a finding names, are addresses of this service:
`/problem/<name>` and `/rule/<name>` lead to their place on the page.
"""

from __future__ import annotations

from typing import Final

from flask import Blueprint, g, redirect, render_template
from werkzeug.wrappers import Response

from coopkg.contributions import rules
from coopkg.engine import cuts
from coopkg.errors import Lang, UnknownError
from coopkg.serve import problems

TRUNCATED: Final = cuts.ABOUT.removeprefix(problems.TYPES)
"""No refusal: what an answer that was cut links to."""


def blueprint() -> Blueprint:
    """Return the routes of the page of rules."""
    routes = Blueprint("rules", __name__)

    def page(lang: Lang) -> str:
        g.lang = lang
        return render_template("rules.html", sections=rules.SECTIONS, kinds=problems.kinds())

    def problem(name: str) -> Response:
        return _there(name, [TRUNCATED, *(one.slug for one in problems.kinds())], "problem-")

    def rule(name: str) -> Response:
        return _there(name, list(rules.RULES))

    for lang in ("fr", "en"):
        routes.add_url_rule(f"/{lang}/rules", f"page_{lang}", page, defaults={"lang": lang})
    routes.add_url_rule("/problem/<name>", "problem", problem)
    routes.add_url_rule("/rule/<name>", "rule", rule)
    return routes


def _there(name: str, known: list[str], above: str = "") -> Response:
    """Lead to the place of a name on the page, in the reader's language.

    Raises:
        UnknownError: there is none of that name.
    """
    if name not in known:
        raise UnknownError(
            name, "aucune règle de ce nom", "no rule of that name", tuple(sorted(known))
        )
    response = redirect(f"/{g.lang}/rules#{above}{name}", 303)
    response.vary.add("Accept-Language")
    return response
