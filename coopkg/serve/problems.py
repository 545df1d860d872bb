"""Errors as answers: one table from the error tree to a status, RFC 9457 documents, and pages."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from flask import Response, has_request_context, request
from werkzeug.exceptions import HTTPException

from coopkg import errors, formats, terms
from coopkg.engine import admission
from coopkg.errors import CoopkgError, Lang

Render = Callable[..., str]

MEDIA_TYPE: Final = "application/problem+json"
TYPES: Final = terms.BASE + "problem/"

# The first class that fits: slug, status, title in French and in English.
_TABLE: Final[tuple[tuple[type[CoopkgError], str, int, str, str], ...]] = (
    (errors.ParameterError, "parameter", 400, "Paramètre refusé", "Parameter refused"),
    (errors.UnknownError, "unknown", 404, "Introuvable", "Not found"),
    (errors.SyntaxQueryError, "syntax", 400, "La requête n’est pas du SPARQL", "Not SPARQL"),
    (errors.RefusedQuery, "too-complex", 413, "Requête trop complexe", "Query too complex"),
    (errors.QueryLimitError, "limit", 503, "Requête arrêtée", "Query stopped"),
    (errors.StoppedError, "stopped", 503, "Requête arrêtée à la demande", "Stopped on request"),
    (errors.EngineBusyError, "busy", 503, "Service occupé", "Service busy"),
    (errors.BannedError, "banned", 403, "Trop de refus ignorés", "Too many refusals ignored"),
    (errors.RateLimitError, "rate", 429, "Trop de requêtes", "Too many queries"),
    (
        errors.UncitableError,
        "uncitable",
        422,
        "Réponse impossible à citer",
        "Answer that cannot be cited",
    ),
    (errors.UnwritableError, "unwritable", 406, "Format impossible", "Format impossible"),
    (errors.TooLongError, "too-long", 413, "Trop long pour une adresse", "Too long for an address"),
    (errors.CodeError, "code", 400, "Adresse coupée ou changée", "Address cut or changed"),
    (errors.GenerationError, "generation", 503, "Génération indisponible", "Data unavailable"),
    (errors.UnauthorisedError, "token", 401, "Jeton refusé", "Token refused"),
    (errors.ForbiddenError, "forbidden", 403, "Refusé", "Refused"),
    (errors.TooLargeError, "too-large", 413, "Envoi trop volumineux", "Upload too large"),
    (errors.ContributionError, "contribution", 409, "Impossible", "Impossible"),
    (errors.PublicationError, "publication", 422, "Publication refusée", "Publication refused"),
    (errors.LedgerError, "ledger", 503, "Journal indisponible", "Journal unavailable"),
    (errors.StorageError, "storage", 503, "Rien n’a été enregistré", "Nothing was recorded"),
    (CoopkgError, "internal", 500, "Erreur du service", "Error of the service"),
)
UPDATES: Final = "updates"  # the rule that refuses the update operation of the protocol
_REFUSED: Final = {
    admission.CALLS_OUT: ("federation", 403, "SERVICE est désactivé", "SERVICE is disabled"),
    # SPARQL 1.1 Protocol, section 2.1.6: what is no query, sent as one, is 400.
    admission.WRITES: ("read-only", 400, "Lecture seule", "Read only"),
    UPDATES: ("read-only", 403, "Lecture seule", "Read only"),
}
_HTTP: Final = {
    400: ("Demande incompréhensible", "Request not understood"),
    401: ("Jeton demandé", "Token required"),
    403: ("Refusé", "Refused"),
    404: ("Introuvable", "Not found"),
    405: ("Méthode refusée", "Method not allowed"),
    412: ("Condition non remplie", "Condition not met"),
    406: ("Aucun format acceptable", "No acceptable format"),
    413: ("Demande trop volumineuse", "Request too large"),
    414: ("Adresse trop longue", "Address too long"),
    415: ("Type de contenu refusé", "Content type refused"),
    422: ("Envoi refusé", "Upload refused"),
    429: ("Trop de demandes", "Too many requests"),
    431: ("En-tête trop long", "Header too long"),
    500: ("Erreur du service", "Error of the service"),
    503: ("Service indisponible", "Service unavailable"),
}
_DETAILS: Final = {
    404: ("Rien n’existe à cette adresse.", "Nothing exists at this address."),
    405: ("Cette adresse n’admet pas cette méthode.", "This address does not allow this method."),
    500: (
        "C’est notre faute : le défaut est noté dans le journal du service.",
        "It is our fault: the defect is noted in the log of the service.",
    ),
}


class Kind(NamedTuple):
    """A kind of problem: the end of its `type`, its usual status, its title."""

    slug: str
    status: int
    fr: str
    en: str


def kinds() -> tuple[Kind, ...]:
    """Return every kind of problem that a `type` names, in the order of their names."""
    found = {slug: Kind(slug, status, fr, en) for slug, status, fr, en in _REFUSED.values()}
    found |= {row[1]: Kind(*row[1:]) for row in _TABLE}
    for status, (fr, en) in _HTTP.items():
        found.setdefault(_slug(status), Kind(_slug(status), status, fr, en))
    return tuple(found[slug] for slug in sorted(found))


def _slug(status: int) -> str:
    return HTTPStatus(status).phrase.lower().replace(" ", "-")


@dataclass(frozen=True)
class Problem:
    """A problem document in one language."""

    slug: str
    status: int
    title: str
    detail: str
    lang: Lang
    members: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the members of RFC 9457, then ours."""
        return {
            "type": TYPES + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            **self.members,
        }


class HTTPProblem(HTTPException):
    """A request refused before any query: a status, its reason in both languages."""

    def __init__(
        self, status: int, fr: str, en: str, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(en)
        self.code = status
        self.details = {"fr": fr, "en": en}
        self.extra = dict(headers or {})


def problem(error: CoopkgError, lang: Lang) -> Problem:
    """Return what an error says to the person who asked: the one place where status is decided."""
    _, slug, status, fr, en = next(row for row in _TABLE if isinstance(error, row[0]))
    if isinstance(error, errors.RefusedQuery) and error.rule in _REFUSED:
        slug, status, fr, en = _REFUSED[error.rule]
    if isinstance(error, errors.StorageError) and error.is_full:
        status = 507
    detail = error.message(lang) if status != 500 else _pick(_DETAILS[500], lang)
    headers = {}
    if isinstance(error, errors.EngineBusyError | errors.RateLimitError):
        headers["Retry-After"] = str(error.retry_after_s)
    if isinstance(error, errors.UnauthorisedError):
        headers["WWW-Authenticate"] = _challenge(error)
    return Problem(
        slug, status, _pick((fr, en), lang), detail, lang, _members(error, lang), headers
    )


def _challenge(error: errors.UnauthorisedError) -> str:
    """Return what RFC 6750 answers: no error for who gave no token, else what is wrong with it."""
    if error.rule == "no-token":
        return 'Bearer realm="partners"'
    said = error.message("en").encode("ascii", "replace").decode().replace('"', "'")
    return f'Bearer realm="partners", error="invalid_token", error_description="{said}"'


def _pick(texts: tuple[str, str], lang: Lang) -> str:
    return texts[0] if lang == "fr" else texts[1]


def _members(error: CoopkgError, lang: Lang) -> dict[str, Any]:
    """Return the evidence an error keeps, as members of the document."""
    found: dict[str, Any] = {}
    for name in (
        "rule",
        "line",
        "column",
        "hint",
        "caret",
        "parameter",
        "seen",
        "known",
        "generations",
        "elapsed",
    ):
        value = getattr(error, name, None)
        if value not in (None, "", ()):
            found[name] = value
    if isinstance(error, errors.ParameterError) and error.choices:
        found["choices"] = [
            {"value": one.value, "label": _pick((one.fr, one.en), lang)} for one in error.choices
        ]
    if isinstance(error, errors.SyntaxQueryError):
        found |= error.said(lang)
    if isinstance(error, errors.QueryLimitError):
        spent = error.spent
        found |= {"limit": spent.limit, "allowed": spent.allowed, "unit": spent.unit}
        found |= {"used": spent.used, "elapsed": float(spent.details.get("seconds", spent.used))}
    return found


def of_error(error: CoopkgError, lang: Lang, render: Render) -> Response:
    """Return the answer for one of our errors."""
    return respond(problem(error, lang), render)


def of_http(error: HTTPException, lang: Lang, render: Render) -> Response:
    """Return the answer for an error of HTTP itself; a redirection passes as it is."""
    status = error.code or 500
    if status < 400 or error.response is not None:
        answer = error.get_response()
        return Response(answer.get_data(), answer.status_code, dict(answer.headers))
    title = _HTTP.get(status, (HTTPStatus(status).phrase, HTTPStatus(status).phrase))
    detail = _DETAILS.get(status, title)
    headers = {name: value for name, value in error.get_headers() if name != "Content-Type"}
    if isinstance(error, HTTPProblem):
        detail = (error.details["fr"], error.details["en"])
        headers |= error.extra
    slug = _slug(status)
    members: dict[str, Any] = {}
    return respond(
        Problem(slug, status, _pick(title, lang), _pick(detail, lang), lang, members, headers),
        render,
    )


def of_bug(lang: Lang, render: Render) -> Response:
    """Return the answer for our own fault: nothing of our insides."""
    title, detail = _pick(_HTTP[500], lang), _pick(_DETAILS[500], lang)
    return respond(Problem("internal", 500, title, detail, lang), render)


def respond(problem: Problem, render: Render) -> Response:
    """Write a problem as a page for a browser, as JSON for everybody else."""
    if wants_page():
        body, content_type = render("problem.html", problem=problem), formats.HTML.content_type
    else:
        body = json.dumps(problem.document(), ensure_ascii=False, indent=1)
        content_type = MEDIA_TYPE
    response = Response(body, problem.status, dict(problem.headers))
    response.headers["Content-Type"] = content_type
    response.headers["Content-Language"] = problem.lang
    response.headers["Cache-Control"] = "no-store"
    response.vary.update(("Accept", "Accept-Language"))
    return response


def wants_page() -> bool:
    """Tell whether the request comes from somebody who reads HTML first."""
    if not has_request_context():
        return False
    offers = (formats.Format("problem", MEDIA_TYPE, "page"), formats.HTML)
    chosen = formats.negotiate(request.headers.get("Accept"), offers)
    return chosen is formats.HTML and "format" not in request.args
