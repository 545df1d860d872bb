"""What the pages of partners share: who sends a form, and an answer that nobody keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, render_template

from coopkg.contributions import Contribution, Partner, partners, serving
from coopkg.errors import CoopkgError, Lang
from coopkg.serve import origin
from coopkg.serve.partners import documents, mapped, passes, tokens, words
from coopkg.serve.problems import HTTPProblem, problem
from coopkg.terms import BASE


def own() -> None:
    """Refuse what the page of another site sends.

    Raises:
        HTTPProblem: 403.
    """
    if not origin.is_own():
        raise HTTPProblem(
            403,
            "Ce formulaire vient de la page d’un autre site : rien n’a été fait.",
            "This form comes from a page of another site: nothing was done.",
        )


def who(fields: Mapping[str, str]) -> Partner:
    """Return the partner whose token, or whose pass, a form holds.

    Raises:
        UnauthorisedError: it holds none that opens.
        RateLimitError: too many wrong tokens came from there.
    """
    token = fields.get("token", "").strip()
    if not token and fields.get("pass"):
        return passes.partner_of(fields["pass"])
    return tokens.opened(token)


def shown(template: str, status: int = 200, **view: Any) -> Response:
    """Return a page that no robot lists and nobody keeps."""
    told = {
        "said": lambda table, name, lang: words.said(getattr(words, table), name, lang),
        "words": words,
        "code": passes.code,
        "own_feed": passes.feed,
        "base": BASE,
        **view,
    }
    response = Response(render_template(template, **told), status, mimetype="text/html")
    response.headers["X-Robots-Tag"] = "noindex"
    response.headers["Cache-Control"] = "no-store"
    return response


def trouble(error: CoopkgError | HTTPProblem, lang: Lang) -> tuple[int, str]:
    """Return the status and the words of an error, to be shown above a form."""
    if isinstance(error, HTTPProblem):
        return error.code or 400, error.details[lang]
    made = problem(error, lang)
    return made.status, made.detail


def labels(lang: Lang) -> dict[str, str]:
    """Return the names of partners, by the short name that stands for each."""
    return {one.name: one.label[lang] for one in partners.known(tokens.settings().home).values()}


def view(one: Contribution, lang: Lang) -> dict[str, Any]:
    """Return what a page shows of a contribution."""
    return {
        "one": one,
        "state": serving.note(one, documents.served()).get(lang)
        or words.said(words.STATES, one.state, lang),
        "why": one.why.get(lang) or one.why.get("fr") or one.why.get("en") or "",
        "report": documents.report(one),
        "whatif": documents.document(one.whatif) if not one.erased else {},
        "columns": _columns(one),
        "labels": labels(lang),
        "href": f"/{lang}/contributions/{one.id}?code={passes.code(one.id)}",
    }


def _columns(one: Contribution) -> list[dict[str, Any]]:
    """Return what the columns of a partner's own sheet were read as; nothing for other files."""
    known = one.mapping and not one.erased
    return mapped.shown(documents.document(one.mapping)) if known else []
