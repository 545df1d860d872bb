"""What the page of the endpoint shows: the form, and the answer or the error beside the query."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, cast

from flask import Response, g, request

from coopkg import formats, sparql_text, terms
from coopkg.engine import Result
from coopkg.errors import CoopkgError, Lang
from coopkg.serve import problems
from coopkg.serve.sparql import protocol

ROWS_SHOWN: Final = 500
EXAMPLE: Final = """SELECT ?organisation ?label WHERE {
  ?organisation a coop:Organisation ; rdfs:label ?label .
  FILTER(LANG(?label) = "fr")
}
ORDER BY ?label
LIMIT 20"""

Run = Callable[[protocol.Asked], Result]


def page(run: Run, render: problems.Render, body_max_bytes: int) -> Response:
    """Return the page: a form, and the answer or the error when a query is given.

    `run` asks as JSON, or as Turtle when the answer is a graph.
    """
    lang: Lang = g.get("lang", "fr")
    shown: dict[str, Any] = {"query": request.args.get("query", with_prefixes(EXAMPLE))}
    status = 200
    headers: dict[str, str] = {}
    try:
        asked = protocol.read(request, body_max_bytes)
        shown["inference"] = asked.dataset.inference
        if asked.query is not None:
            shown["query"] = asked.query
            shown |= _shown(run(asked))
    except CoopkgError as error:
        problem = shown["problem"] = problems.problem(error, lang)
        status, headers = problem.status, dict(problem.headers)
    body = render("sparql.html", shown=shown)
    response = Response(body, status, headers, content_type=formats.HTML.content_type)
    response.vary.update(("Accept", "Accept-Language"))
    return response


def _shown(result: Result) -> dict[str, Any]:
    """Return what the page shows of a result."""
    if result.kind == "graph":
        return {"graph": result.body.decode()}
    found = json.loads(result.body)
    if result.kind == "boolean":
        return {"boolean": found["boolean"]}
    rows = found["results"]["bindings"]
    names = found["head"]["vars"]
    return {
        "names": names,
        "rows": [[_cell(row.get(name)) for name in names] for row in rows[:ROWS_SHOWN]],
        "count": len(rows),
    }


def _cell(binding: dict[str, str] | None) -> dict[str, str]:
    """Return what a cell of the table shows; a link only for http and https."""
    if binding is None:
        return {"text": ""}
    value = str(binding.get("value", ""))
    if binding["type"] == "uri":
        safe = value.startswith(("http://", "https://"))
        return {"text": terms.compact(value), "href": _local(value) if safe else ""}
    if binding["type"] == "bnode":
        return {"text": f"_:{value}"}
    if binding["type"] == "triple":
        return {"text": json.dumps(cast(Any, binding["value"]), ensure_ascii=False)}
    return {"text": value, "lang": binding.get("xml:lang", "")}


def _local(iri: str) -> str:
    """Return where this service answers an IRI of its own base; other IRIs are left alone."""
    return "/" + iri.removeprefix(terms.BASE) if iri.startswith(terms.BASE) else iri


def with_prefixes(query: str) -> str:
    """Put before a query the prefixes it uses."""
    used = {
        token.text.partition(":")[0]
        for token in sparql_text.tokenize(query)
        if token.kind == "pname"
    }
    lines = [f"PREFIX {p}: <{iri}>" for p, iri in terms.PREFIXES.items() if p in used]
    return "\n".join([*lines, query])
