"""The SPARQL endpoint: the SPARQL 1.1 Protocol, for queries only, and its page for people."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Final, cast

import pyoxigraph
from flask import Blueprint, Request, Response, g, render_template, request

from coopkg import formats, sparql_text, terms
from coopkg.engine import Engine, Result, admission
from coopkg.errors import CoopkgError, Lang, QueryLimitError, RateLimitError
from coopkg.serve import problems
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.sparql import protocol
from coopkg.serve.sparql.fairness import Shares

METHODS: Final = ("GET", "HEAD", "POST", "OPTIONS")
ROWS_SHOWN: Final = 500
BODY_MAX_BYTES: Final = 1 << 20
EXAMPLE: Final = """SELECT ?organisation ?label WHERE {
  ?organisation a coop:Organisation ; rdfs:label ?label .
  FILTER(LANG(?label) = "fr")
}
ORDER BY ?label
LIMIT 20"""

_CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Generation, ETag, Retry-After, Link",
}
_PREFLIGHT: Final = {
    "Allow": ", ".join(METHODS),
    "Access-Control-Allow-Methods": ", ".join(METHODS),
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_RDF: Final = {
    "turtle": pyoxigraph.RdfFormat.TURTLE,
    "n-triples": pyoxigraph.RdfFormat.N_TRIPLES,
    "json-ld": pyoxigraph.RdfFormat.JSON_LD,
    "rdf-xml": pyoxigraph.RdfFormat.RDF_XML,
}


def blueprint(
    engine_of: Callable[[], Engine],
    *,
    describe: Callable[[], bytes] | None = None,
    render: problems.Render = render_template,
    body_max_bytes: int = BODY_MAX_BYTES,
    shares: Shares | None = None,
    client_of: Callable[[Request], str] = lambda asked: asked.remote_addr or "",
) -> Blueprint:
    """Return the routes of `/sparql`.

    `describe` gives the service description as Turtle; `shares` holds what each client has used,
    and `client_of` says who asks. Errors of the tree are raised: the application answers them,
    except on the page, which shows them beside the query.
    """
    routes = Blueprint("sparql", __name__)
    shares = Shares() if shares is None else shares  # an empty one is false
    endpoint = Endpoint(engine_of, describe, render, body_max_bytes, shares, client_of)
    for rule in ("/sparql", "/sparql/"):
        routes.add_url_rule(
            rule,
            "sparql",
            endpoint.answer,
            methods=METHODS,
            provide_automatic_options=False,
            strict_slashes=True,
        )

    @routes.after_request
    def open_to_all(response: Response) -> Response:
        response.headers.update(_CORS)
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response

    return routes


class Endpoint:
    """One SPARQL endpoint; its collaborators are given once."""

    def __init__(
        self,
        engine_of: Callable[[], Engine],
        describe: Callable[[], bytes] | None,
        render: problems.Render,
        body_max_bytes: int,
        shares: Shares,
        client_of: Callable[[Request], str],
    ) -> None:
        self._engine_of = engine_of
        self._describe = describe or _description
        self._render = render
        self._body_max_bytes = body_max_bytes
        self._shares = shares
        self._client_of = client_of

    def answer(self) -> Response:
        """Answer one request."""
        if request.method == "OPTIONS":
            return Response(status=204, headers=_PREFLIGHT)
        page = problems.wants_page() or request.args.get("format") == "html"
        if not page:
            asked = protocol.read(request, self._body_max_bytes)
            return self._query(asked) if asked.query is not None else self._description(asked)
        return self._page()

    def _query(self, asked: protocol.Asked) -> Response:
        client = self._client_of(request)
        self._shares.check(client)
        try:
            admitted = admission.admit(asked.query or "")
            is_graph = admitted.form in {"CONSTRUCT", "DESCRIBE"}
            offers = formats.GRAPHS if is_graph else formats.BINDINGS
            written = _acceptable(asked.format, offers)
            result = self._run(client, admitted, asked, written.media_type)
        except CoopkgError as error:
            self._shares.charge(client, errors=_weight(error))
            raise
        return _plain(result.body, written)

    def _run(
        self, client: str, admitted: admission.Admitted, asked: protocol.Asked, media_type: str
    ) -> Result:
        try:
            result = self._engine_of().run(admitted, accept=media_type, dataset=asked.dataset)
        except QueryLimitError as error:
            self._shares.charge(client, seconds=float(error.spent.details.get("seconds", 0)))
            raise
        self._shares.charge(client, seconds=result.elapsed_s)
        return result

    def _description(self, asked: protocol.Asked) -> Response:
        """Return the service description (SPARQL 1.1 Service Description, section 2)."""
        written = _acceptable(asked.format, formats.GRAPHS)
        turtle = self._describe()
        if written.name == "turtle":
            return _plain(turtle, written)
        triples = pyoxigraph.parse(
            turtle, format=pyoxigraph.RdfFormat.TURTLE, base_iri=admission.BASE
        )
        body = pyoxigraph.serialize((quad.triple for quad in triples), format=_RDF[written.name])
        return _plain(body or b"", written)

    def _page(self) -> Response:
        """Return the page: a form, and the answer or the error when a query is given."""
        lang: Lang = g.get("lang", "fr")
        shown: dict[str, Any] = {"query": request.args.get("query", _with_prefixes(EXAMPLE))}
        status = 200
        headers: dict[str, str] = {}
        try:
            asked = protocol.read(request, self._body_max_bytes)
            shown["inference"] = asked.dataset.inference
            if asked.query is not None:
                shown["query"] = asked.query
                shown |= self._shown(asked)
        except CoopkgError as error:
            problem = shown["problem"] = problems.problem(error, lang)
            status, headers = problem.status, dict(problem.headers)
        body = self._render("sparql.html", shown=shown)
        response = Response(body, status, headers, content_type=formats.HTML.content_type)
        response.vary.update(("Accept", "Accept-Language"))
        return response

    def _shown(self, asked: protocol.Asked) -> dict[str, Any]:
        """Return what the page shows of the answer to a query."""
        client = self._client_of(request)
        self._shares.check(client)
        try:
            admitted = admission.admit(asked.query or "")
            result = self._run(client, admitted, asked, formats.JSON.media_type)
        except CoopkgError as error:
            self._shares.charge(client, errors=_weight(error))
            raise
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


def _acceptable(name: str | None, offers: tuple[formats.Format, ...]) -> formats.Format:
    chosen = formats.choose(request.headers.get("Accept"), name, offers)
    if chosen:
        return chosen
    known = ", ".join(offer.media_type for offer in offers)
    raise HTTPProblem(406, f"Formats disponibles : {known}.", f"Formats available: {known}.")


def _plain(body: bytes, written: formats.Format) -> Response:
    response = Response(body, content_type=written.content_type)
    response.vary.add("Accept")
    return response


def _weight(error: CoopkgError) -> float:
    """Return what an error costs its client: a stopped query more than a slip of the pen."""
    if isinstance(error, RateLimitError):
        return 0.0
    return 5.0 if isinstance(error, QueryLimitError) else 1.0


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


def _with_prefixes(query: str) -> str:
    """Put before a query the prefixes it uses."""
    used = {
        token.text.partition(":")[0]
        for token in sparql_text.tokenize(query)
        if token.kind == "pname"
    }
    lines = [f"PREFIX {p}: <{iri}>" for p, iri in terms.PREFIXES.items() if p in used]
    return "\n".join([*lines, query])


def _description() -> bytes:
    """Return what any endpoint of ours can say of itself; `<>` is where it was asked."""
    kinds = "SPARQL_Results_JSON SPARQL_Results_XML SPARQL_Results_CSV SPARQL_Results_TSV"
    kinds += " Turtle N-Triples JSON-LD RDF_XML"
    written = ", ".join(f"<http://www.w3.org/ns/formats/{kind}>" for kind in kinds.split())
    return f"""@prefix sd: <{terms.PREFIXES["sd"]}> .
<> a sd:Service ;
  sd:endpoint <> ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:resultFormat {written} ;
  sd:defaultEntailmentRegime <http://www.w3.org/ns/entailment/OWL-RDF-Based> ;
  sd:supportedEntailmentProfile <http://www.w3.org/ns/owl-profile/RL> ;
  sd:defaultDataset [ a sd:Dataset ; sd:defaultGraph [ a sd:Graph ] ] .
""".encode()
