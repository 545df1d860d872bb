"""The page of the endpoint: a form, and the answer or the error beside the query.

It works without a script: views, columns, order, filter and pages are parameters of its address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Response, current_app, g, request

from coopkg import formats, sparql_text, terms
from coopkg.engine import Result
from coopkg.errors import CoopkgError, Lang
from coopkg.serve import assets, problems
from coopkg.serve.present import Names
from coopkg.serve.service import Service
from coopkg.serve.sparql import answer, badges, beside, choices, examples, protocol, solutions
from coopkg.serve.sparql.answer import Setting
from coopkg.serve.sparql.badges import Badges
from coopkg.serve.sparql.cells import Reader
from coopkg.serve.sparql.choices import Addresses, Choices

EXAMPLE: Final = """SELECT ?organisation ?label WHERE {
  ?organisation a org:Organization ; skos:prefLabel ?label .
  FILTER(LANG(?label) = "fr")
}
ORDER BY ?label
LIMIT 20"""
COUNTRIES: Final = f"""PREFIX coop: <{terms.NS}>
SELECT ?country ?code WHERE {{ ?country coop:iso2 ?code }}"""
_LIBRARY: Final = examples.Library()

Run = Callable[[protocol.Asked], Result]


def page(run: Run, render: problems.Render, body_max_bytes: int) -> Response:
    """Return the page: a form, and the answer or the error when a query is given.

    `run` asks as JSON, or as Turtle when the answer is a graph.
    """
    lang: Lang = g.get("lang", "fr")
    shown: dict[str, Any] = {"query": request.args.get("query", ""), "inference": True}
    status, headers = 200, {}
    asked: protocol.Asked | None = None
    try:
        asked = _read(body_max_bytes)
        shown |= {"inference": asked.dataset.inference, **_opened(asked)}
        if asked.query is not None:
            shown |= _answered(run, asked, choices.read(dict(_fields(asked))), lang)
    except CoopkgError as error:
        problem = shown["problem"] = problems.problem(error, lang)
        shown["caret"] = beside.caret(shown["query"], problem)
        status, headers = problem.status, dict(problem.headers)
    shown |= _form(shown, asked)
    if asked is not None and asked.query is not None:
        found = beside.diagnostics(asked.query, shown["addresses"], _service(), lang)
        shown["diagnostics"] = found
        shown["suspects"] = [one for one in found if one["empties"]]
        _lead(shown)
    body = render("sparql.html", shown=shown, library=_library(lang))
    response = Response(body, status, headers, content_type=formats.HTML.content_type)
    response.vary.update(("Accept", "Accept-Language"))
    if "elapsed_s" in shown:
        response.headers["Server-Timing"] = f"query;dur={shown['elapsed_s'] * 1000:.1f}"
    return response


def _lead(shown: dict[str, Any]) -> None:
    """Put what mends the error beside it; the other findings stay in their list."""
    problem = shown.get("problem")
    found = shown["diagnostics"]
    if problem and found:
        place = (problem.members.get("line"), problem.members.get("column"))
        first = [one for one in found if (one["line"], one["column"]) == place]
        shown["mended"] = next((one["mended"] for one in first), None)
        shown["diagnostics"] = [one for one in found if one not in first]


def _read(body_max_bytes: int) -> protocol.Asked:
    """Read the request; a text area sends line ends as CR LF, and a reader writes them as LF."""
    asked = protocol.read(request, body_max_bytes)
    if not asked.query:  # an empty text area asks nothing
        return replace(asked, query=None)
    return replace(asked, query=asked.query.replace("\r\n", "\n"))


def _service() -> Service | None:
    found: Service | None = g.get("service")
    return found


def _opened(asked: protocol.Asked) -> dict[str, Any]:
    """Return the text of the editor: the query asked, the example chosen, or a first one."""
    if asked.query is not None:
        return {"query": asked.query}
    slug = dict(asked.fields).get("example", "")
    service = _service()
    if slug and service:
        found = examples.example(_LIBRARY.of(service.generation), slug)
        return {"query": found["query"].rstrip(), "example": found}
    return {"query": with_prefixes(EXAMPLE)}


def _form(shown: Mapping[str, Any], asked: protocol.Asked | None) -> dict[str, Any]:
    """Return how the form is sent: by GET, or by POST when the query is too long for an address."""
    addresses = Addresses.of(shown["query"], _fields(asked))
    carried = [one for one in addresses.hidden("inference") if one[0] not in choices.ANEW]
    return {"long": addresses.long, "hidden": carried, "addresses": addresses}


def _fields(asked: protocol.Asked | None) -> list[tuple[str, str]]:
    given = asked.fields if asked else tuple(request.args.items(multi=True))
    return choices.chosen(given)


def _answered(run: Run, asked: protocol.Asked, chosen: Choices, lang: Lang) -> dict[str, Any]:
    """Run the query and return what is shown of its answer."""
    result = run(asked)
    setting = _setting(asked, chosen, lang)
    shown: dict[str, Any] = {
        "kind": result.kind,
        "elapsed_s": result.elapsed_s,
        "elapsed": answer.duration(result.elapsed_s, lang),
        "files": answer.files(result.kind, setting.addresses),
        "with_inference": setting.addresses.to(inference=None),
        "permalink": beside.permalink(asked, _service(), lang),
        "cited": beside.cited(asked) if _service() else None,
        "labels": chosen.labels,
        "labels_link": setting.addresses.to(labels="off" if chosen.labels else None),
        **beside.samples(asked, current_app.config.get("PUBLIC_URL", request.url_root)),
    }
    if result.kind == "boolean":
        return shown | {"boolean": solutions.boolean(result)}
    found = badges.read(result)
    marks = badges.mark(found, asked, result.elapsed_s, chosen.badge, run, lang)
    if marks.state == "failed":
        g.once = True  # the next reader may have more luck
    shown |= {"total": found.total, "cut": result.truncated}
    shown |= _badges(marks, setting.addresses)
    if found.is_graph:
        shown["turtle"] = answer.turtle(result.body)
    return shown | answer.rows_and_views(found, marks, setting)


def _badges(marks: Badges, addresses: Addresses) -> dict[str, Any]:
    return {
        "badges": marks,
        "badge_link": addresses.to(badge="on"),
        "unbadge_link": addresses.to(badge="off"),
    }


def _setting(asked: protocol.Asked, chosen: Choices, lang: Lang) -> Setting:
    service = _service()
    names = Names(service.catalogue, lang) if service else None
    return Setting(
        Reader(lang, names, chosen.labels),
        chosen,
        Addresses.of(asked.query or "", _fields(asked)),
        _codes,
        assets.asset("world.svg") or "",
    )


def _codes() -> Mapping[str, str]:
    """Return the ISO code of each country of the graph; none can be told without a generation."""
    service = _service()
    if service is None:
        return {}
    rows = service.ask(COUNTRIES)
    return {str(row["country"].value): str(row["code"].value) for row in rows}


def _library(lang: Lang) -> dict[str, Any]:
    """Return the examples, and what is looked for among them."""
    service = _service()
    if service is None:
        return {"groups": [], "total": 0, "find": ""}
    find = request.args.get("find", "").strip()[:200]
    listed = _LIBRARY.of(service.generation)
    found = examples.groups(listed, find, lang)
    return {
        "groups": found,
        "find": find,
        "count": sum(len(group["examples"]) for group in found),
        "total": len(listed),
        "checked": service.generation.manifest.published,
    }


def with_prefixes(query: str) -> str:
    """Put before a query the prefixes it uses."""
    used = {
        token.text.partition(":")[0]
        for token in sparql_text.tokenize(query)
        if token.kind == "pname"
    }
    lines = [f"PREFIX {p}: <{iri}>" for p, iri in terms.PREFIXES.items() if p in used]
    return "\n".join([*lines, query])
