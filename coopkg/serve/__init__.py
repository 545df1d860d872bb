"""One generation becomes answers over HTTP."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode

from flask import Flask, Response, g, redirect, render_template, request
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as BaseResponse

from coopkg import __version__
from coopkg.config import Settings
from coopkg.engine import Limits
from coopkg.errors import CoopkgError, Lang, SwitchedError
from coopkg.generation import Generation
from coopkg.mistakes import Box
from coopkg.serve import (
    accessibility,
    api,
    assets,
    browse,
    compare,
    descriptions,
    dumps,
    entities,
    feed,
    graph_store,
    guides,
    home,
    i18n,
    leading,
    links,
    matches,
    metering,
    metrics,
    openapi,
    pages,
    partners,
    period,
    problems,
    receipts,
    reconcile,
    reports,
    rules,
    search,
    shortening,
    sitemap,
    sparql,
    starting,
    structured,
    travel,
    vocabulary,
    why,
)
from coopkg.serve.cache import Cache
from coopkg.serve.front import LASTS, Front
from coopkg.serve.headers import OPEN, complete
from coopkg.serve.live import Live
from coopkg.serve.sparql import check
from coopkg.serve.sparql.fairness import Shares
from coopkg.serve.warming import Warming
from coopkg.terms import BASE

CSP = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
_SAFETY: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": CSP,
    "Referrer-Policy": "same-origin",
}

# The blueprints whose answers depend on the generation and on `cache.Key`, and on nothing else;
# one answer of theirs that does sets `g.once`.
LASTING: Final = frozenset(
    {"descriptions", "openapi", "sitemap", "accessibility"}
    | {
        "api",
        "browse",
        "compare",
        "guides",
        "home",
        "matches",
        "pages",
        "reconcile",
        "search",
        "why",
        "entities",
        "vocabulary",
        "sparql",
        "graphs",
        "check",
    }
)


def create_app(settings: Settings) -> Flask:
    """Return the WSGI application that serves the current generation.

    Raises:
        GenerationError: there is none, or none that can be trusted.
    """
    app = Flask(__name__)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # DefaultJSONProvider has it
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Never the Host header: it is the visitor's to write.
    here = settings.public_url or f"http://{settings.host}:{settings.port}"
    app.config["PUBLIC_URL"] = here.rstrip("/")
    assets.register(app)
    live = Live(settings)
    app.extensions["coopkg"] = live
    app.extensions["coopkg_settings"] = settings

    @app.before_request
    def pick() -> None:
        g.service = live.service()
        g.lang = i18n.asked(request)

    @app.context_processor
    def speak() -> dict[str, Any]:
        return _speak()

    meter = metrics.Meter()
    _routes(app, live, settings, meter)
    _about(app, live)
    _mind_errors(app, live)
    app.after_request(_sign)
    travel.register(app)
    if settings.trusted_proxies:  # each adds the address it was asked from, at the right
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # as Flask says to
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0, x_host=0, x_port=0, x_prefix=0
        )
    front = Front(app.wsgi_app, live.standing, Cache(settings.cache_mb << 20))
    app.extensions["coopkg_cache"] = front.cache
    app.extensions["coopkg_warming"] = Warming(front, live, settings.warm_pages)
    app.wsgi_app = meter.around(front)  # type: ignore[assignment,method-assign]  # as Flask says to
    return app


def _routes(app: Flask, live: Live, settings: Settings, meter: metrics.Meter) -> None:
    """Register every route; all of them charge the same shares."""
    shares, box = Shares(), Box(settings.home)
    metering.register(app, shares)
    app.register_blueprint(api.blueprint(lambda: g.service))
    app.register_blueprint(home.blueprint())
    app.register_blueprint(browse.blueprint())
    app.register_blueprint(compare.blueprint())
    app.register_blueprint(pages.blueprint())
    app.register_blueprint(why.blueprint())
    app.register_blueprint(matches.blueprint())
    app.register_blueprint(entities.blueprint())
    app.register_blueprint(vocabulary.blueprint())
    app.register_blueprint(accessibility.blueprint())
    app.register_blueprint(rules.blueprint())
    app.register_blueprint(guides.blueprint())
    app.register_blueprint(descriptions.blueprint())
    app.register_blueprint(dumps.blueprint(settings.home))
    app.register_blueprint(feed.blueprint(box))
    app.register_blueprint(openapi.blueprint())
    app.register_blueprint(sitemap.blueprint())
    app.register_blueprint(search.blueprint())
    app.register_blueprint(reconcile.blueprint())
    app.register_blueprint(metrics.blueprint(meter))
    app.register_blueprint(
        sparql.blueprint(
            lambda: g.service.engine,
            describe=lambda: g.service.generation.read("service.ttl"),
            body_max_bytes=settings.body_max_kb << 10,
            shares=shares,
            asks_who=partners.operated,
        )
    )
    app.register_blueprint(
        graph_store.blueprint(
            lambda: g.service.engine, lambda: g.service.generation.manifest.graphs
        )
    )
    app.register_blueprint(check.blueprint(lambda: g.service))
    app.register_blueprint(shortening.blueprint())
    app.register_blueprint(reports.blueprint(box))
    partners.register(app)
    limits = Limits.of(settings)
    app.register_blueprint(
        receipts.blueprint(
            live, settings.home, limits, shares, pages.title, settings.body_max_kb << 10
        )
    )


def _speak() -> dict[str, Any]:
    lang: Lang = g.get("lang", "fr")
    service = g.get("service")
    return {
        "lang": lang,
        "t": i18n.texts(lang),
        "date": lambda when: i18n.date(when, lang),
        "language_names": i18n.NAMES,
        "alternates": [(code, _in_language(code)) for code in i18n.LANGS],
        "generation": service.generation if service else None,
        "described": lambda: structured.dataset(service, lang) if service else None,
        "period": period.years(service.generation) if service else None,
        "has_partners": bool(service) and has_partners(service.generation),
        "past": travel.banner(),
        "at_generation": travel.same_page,
        "with_choice": starting.with_choice,
    }


def has_partners(generation: Generation) -> bool:
    """Tell whether partners say some of what a generation holds."""
    return any(iri.startswith(f"{BASE}graph/partner/") for iri in generation.manifest.graphs)


def _in_language(code: str) -> str:
    """Return the address of the same page in another language, its parameters kept."""
    first, _, rest = request.full_path.rstrip("?").removeprefix("/").partition("/")
    if first in i18n.LANGS:
        return f"/{code}/{rest}"
    query = [(name, value) for name, value in request.args.items(multi=True) if name != "lang"]
    return request.path + "?" + urlencode([*query, ("lang", code)])


def _about(app: Flask, live: Live) -> None:
    @app.get("/")
    def root() -> BaseResponse:
        response = redirect(f"/{g.lang}/", 302)
        response.vary.add("Accept-Language")
        return response

    @app.get("/health")
    def health() -> tuple[dict[str, Any], int]:
        state = g.service.health()
        if live.fallback_from is not None and not g.get("past"):  # answers, but not as wanted
            state["fallback_from"] = live.fallback_from.strip()
        return state, 200 if state["status"] == "ok" else 503

    @app.get("/version")
    def version() -> dict[str, Any]:
        found = g.service.generation
        return {
            "coopkg": __version__,
            "generation": found.id,
            "digest": found.digest,
            "published": found.manifest.published,
            "tools": dict(found.manifest.tools),
        }


def _mind_errors(app: Flask, live: Live) -> None:
    @app.errorhandler(SwitchedError)
    def again(error: SwitchedError) -> Any:
        """Answer from the generation that was just published what its predecessor began."""
        service = live.settled()
        reads = request.method in {"GET", "HEAD"} or request.blueprint == "sparql"
        if not reads or "again" in g or links.NAME in request.args or service is g.service:
            return ours(error)
        g.service, g.again = service, True
        try:
            return app.dispatch_request()
        except Exception as failed:  # as if it had failed at once
            return app.handle_user_exception(failed)

    @app.errorhandler(CoopkgError)
    def ours(error: CoopkgError) -> Response:
        return problems.of_error(error, g.get("lang", "fr"), render_template)

    @app.errorhandler(HTTPException)
    def theirs(error: HTTPException) -> Response:
        return problems.of_http(error, g.get("lang", "fr"), render_template)

    @app.errorhandler(Exception)
    def bug(error: Exception) -> Response:
        app.logger.exception("our bug: %s %s", request.method, request.path)
        return problems.of_bug(g.get("lang", "fr"), render_template)


def _sign(response: Response) -> Response:
    """Add what every answer carries: generation, ETag, language, safety headers."""
    wanted = {**OPEN, **_SAFETY}
    service = g.get("service")
    if service is not None:
        wanted["X-Generation"] = service.generation.id  # a dump names its own
        if request.blueprint in LASTING and not g.get("once", False):
            request.environ[LASTS] = True
    if response.mimetype == "text/html":
        wanted["Content-Language"] = g.get("lang", "fr")
        if 300 <= response.status_code < 400 and response.is_sequence:
            leading.speak(response, g.get("lang", "fr"))
    if response.status_code == 200 and request.method in {"GET", "HEAD"}:
        if response.is_sequence:
            response.add_etag()
        wanted["Cache-Control"] = "no-cache"  # conditions are judged by `Front`
    complete(response, wanted)
    return response
