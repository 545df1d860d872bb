"""`/{lang}/links`: which things of ours are also things of others, who says so and who checked.

What is shown is what the generation holds: links that a person accepted. The same as SSSOM and as
Turtle: `/links.sssom.tsv`, `/links.ttl`.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import pyoxigraph as ox
from flask import Blueprint, Response, g, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from coopkg.engine import Dataset
from coopkg.errors import Lang, ParameterError
from coopkg.links import RELATIONS, Link, sssom
from coopkg.links.graph import GRAPH, read
from coopkg.search.words import fold
from coopkg.serve import arguments, linked, metering, present
from coopkg.serve.service import Service

ON_A_PAGE: Final = 100
LONGEST: Final = 200
TSV: Final = "text/tab-separated-values; charset=utf-8"
WORDS: Final = {
    "exact": ("la même chose que", "the same as"),
    "close": ("presque la même chose que", "nearly the same as"),
    "broad": ("une partie ou un cas de", "a part or a case of"),
    "narrow": ("contient, ou a pour cas", "holds, or has as a case"),
    "related": ("en rapport avec", "related to"),
}
"""What each relation says, in words: ours first, then theirs."""
_QUERY: Final = "SELECT ?s ?p ?o WHERE { ?s ?p ?o }"

Triple = tuple[Any, Any, Any]


def blueprint() -> Blueprint:
    """Return the routes."""
    routes = Blueprint("matches", __name__)

    @routes.get("/<any(fr, en):lang>/links")
    def page(lang: Lang) -> str:
        return _page(lang)

    @routes.get("/<any(fr, en):lang>/graph/links")
    def graph(lang: Lang) -> BaseResponse:
        return redirect(f"/{lang}/links", 303)

    @routes.get("/<any(fr, en):lang>/id/link/<name>")
    def one(lang: Lang, name: str) -> BaseResponse:
        return redirect(f"/{lang}/links?{urlencode({'q': name})}", 303)

    @routes.get("/links.sssom.tsv")
    def table() -> Response:
        names = present.Names(g.service.catalogue, g.lang)
        called = lambda iri: names.text(iri) if iri in names.labels else ""  # noqa: E731
        text = sssom.table(accepted(g.service), called, g.lang, g.service.generation.id)
        response = Response(text, content_type=TSV)
        response.headers["Content-Disposition"] = 'attachment; filename="links.sssom.tsv"'
        response.vary.add("Accept-Language")
        return linked.linked(response, [linked.link("/links.ttl", "alternate", type="text/turtle")])

    @routes.get("/links.ttl")
    def turtle() -> Response:
        response = linked.written((ox.Triple(*one) for one in triples(g.service)), "ttl")
        other = linked.link("/links.sssom.tsv", "alternate", type=TSV.partition(";")[0])
        return linked.linked(response, [other])

    return routes


def triples(service: Service) -> list[Triple]:
    """Return what a generation says of links; nothing when none was accepted yet."""
    if GRAPH.value not in service.generation.manifest.graphs:
        return []
    result = metering.run(
        service.engine,
        _QUERY,
        accept="application/sparql-results+json",
        dataset=Dataset((GRAPH.value,)),
    )
    rows = ox.parse_query_results(result.body, format=ox.QueryResultsFormat.JSON)
    assert isinstance(rows, ox.QuerySolutions), "it is a SELECT query"
    return [(row["s"], row["p"], row["o"]) for row in rows]


def accepted(service: Service) -> list[Link]:
    """Return the links that a generation holds, in the order they were proposed."""
    return read(triples(service))


def _page(lang: Lang) -> str:
    text, relation = request.args.get("q", "").strip(), request.args.get("relation", "")
    if len(text) > LONGEST:
        seen = f"{text[:40]}…"
        raise ParameterError(
            "q", seen, f"{LONGEST} signes au plus", f"at most {LONGEST} characters"
        )
    if relation and relation not in RELATIONS:
        listed = ", ".join(RELATIONS)
        raise ParameterError("relation", relation[:40], listed, listed)
    every = [_shown(one, lang) for one in accepted(g.service)]
    found = [one for one in every if _is_asked(one, fold(text), relation)]
    number = arguments.number(request.args, "page")
    pages = max(1, -(-len(found) // ON_A_PAGE))
    if not 1 <= number <= pages:
        raise ParameterError("page", str(number), f"de 1 à {pages}", f"from 1 to {pages}")
    given = {name: value for name, value in (("q", text), ("relation", relation)) if value}
    return render_template(
        "links.html",
        links=found[(number - 1) * ON_A_PAGE : number * ON_A_PAGE],
        count=len(found),
        total=len(every),
        given=given,
        relations={name: both[lang == "en"] for name, both in WORDS.items()},
        page=number,
        pages=[f"?{urlencode({**given, 'page': one})}" for one in range(1, pages + 1)],
    )


def _shown(one: Link, lang: Lang) -> dict[str, Any]:
    names = present.Names(g.service.catalogue, lang)
    ours = one.object in names.labels
    return {
        "link": one,
        "subject": present.Shown(names.text(one.subject), names.href(one.subject)),
        "object": present.Shown(
            names.text(one.object) if ours else one.object, names.href(one.object)
        ),
        "relation": WORDS[one.relation][lang == "en"],
        "site": "" if ours else urlsplit(one.object).hostname or "",
        "reasons": sssom.reasons(one, lang),
        "verdict": one.verdict.get(lang) or next(iter(one.verdict.values()), ""),
    }


def _is_asked(one: dict[str, Any], text: str, relation: str) -> bool:
    if relation and one["link"].relation != relation:
        return False
    link = one["link"]
    said = (link.id, one["subject"].text, one["object"].text, link.object, link.source, link.by)
    return not text or any(text in fold(str(part)) for part in said)
