"""Graphs over HTTP: the SPARQL 1.1 Graph Store HTTP Protocol.

`/graphs?graph=<iri>` and `/graphs?default` are the indirect identification of section 4.2, where
a relative IRI is resolved against `/graphs`; `/graphs/<path>` is the direct one of section 4.1,
and names the graph whose IRI ends in `graph/<path>`. Writing needs the token of a partner: see
`partners.writing`.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final

import pyoxigraph as ox
from flask import Blueprint, Response, current_app, g, redirect, request
from werkzeug.http import generate_etag, unquote_etag
from werkzeug.wrappers import Response as BaseResponse

from coopkg import formats, sparql_text, terms
from coopkg.engine import Dataset, Engine
from coopkg.errors import UnknownError
from coopkg.serve import arguments, compression, metering
from coopkg.serve.partners import writing
from coopkg.serve.partners.writing import Target
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.sparql import description, protocol
from coopkg.serve.sparql.sending import Sending
from coopkg.terms import BASE, RDF_TYPE, expand

READS: Final = ("GET", "HEAD", "OPTIONS")
WRITES: Final = ("PUT", "POST", "DELETE", "PATCH")
HERE: Final = BASE + "graphs"
GRAPHS: Final = BASE + "graph/"
DEFAULT: Final = ""  # the default graph has no name
_PREFLIGHT: Final = {
    "Allow": ", ".join((*READS, *(one for one in WRITES if one != "PATCH"))),
    "Access-Control-Allow-Methods": ", ".join(READS),
    "Access-Control-Allow-Headers": "Accept, Accept-Language, If-None-Match",
    "Access-Control-Max-Age": "86400",
}
_COMMON: Final = (
    "coop organisation place activity partnership participation theme role "
    "rdf rdfs owl xsd skos dcterms prov org"
)
_QUERY: Final = (
    "".join(f"PREFIX {name}: <{terms.PREFIXES[name]}>\n" for name in _COMMON.split())
    + "CONSTRUCT { ?subject ?property ?value } WHERE { ?subject ?property ?value }"
)


def blueprint(
    engine_of: Callable[[], Engine],
    graphs_of: Callable[[], Mapping[str, int]],
) -> Blueprint:
    """Return the routes of `/graphs`; `graphs_of` gives each named graph and its size."""
    routes = Blueprint("graphs", __name__)
    sending = Sending()

    def answer(path: str | None = None) -> BaseResponse:
        graph = _asked(path)
        if request.method == "OPTIONS":
            return Response(status=204, headers=_PREFLIGHT)
        if request.method in WRITES:
            exists = graph == DEFAULT or graph in graphs_of()
            return writing.write(Target(graph, exists, lambda: tags(graph or DEFAULT)))
        if graph is None:
            return _listing(graphs_of(), _chosen())
        if graph != DEFAULT and graph not in graphs_of():
            raise _unknown(graph, graphs_of())
        return _page(graph) or read(graph)

    def read(graph: str) -> Response:
        written = _chosen()
        inference = arguments.inference(request.args)
        dataset = Dataset(inference=inference) if graph == DEFAULT else Dataset((graph,))
        # Without limits of its own, no graph is cut: it comes whole or is refused.
        result = metering.run(engine_of(), _QUERY, accept=written.media_type, dataset=dataset)
        response = sending.response(result, written, request.remote_addr or "")
        response.vary.add("Accept")
        return response

    def tags(graph: str) -> Iterator[str]:
        """Give the tag of each answer that reading a graph may give, as `_sign` makes it."""
        for written in {one.name: one for one in reversed(formats.GRAPHS)}.values():
            result = metering.run(
                engine_of(),
                _QUERY,
                accept=written.media_type,
                dataset=Dataset(inference=True) if graph == DEFAULT else Dataset((graph,)),
            )
            response = sending.response(result, written, request.remote_addr or "")
            if response.is_sequence:
                tag = generate_etag(response.get_data())
                yield tag
                yield unquote_etag(compression.tagged(f'"{tag}"', compression.GZIP))[0] or tag
            response.close()

    for rule in ("/graphs", "/graphs/", "/graphs/<path:path>"):
        routes.add_url_rule(
            rule,
            "graphs",
            answer,
            methods=(*READS, *WRITES),
            provide_automatic_options=False,
            strict_slashes=True,
        )
    return routes


def _asked(path: str | None) -> str | None:
    """Return the IRI of the graph that is asked, DEFAULT, or None for the store itself.

    Raises:
        HTTPProblem: 400; several graphs, or a name that is no IRI.
    """
    given = protocol.fields(request.query_string)
    names = [value for name, value in given if name == "graph"]
    defaults = [value for name, value in given if name == "default"]
    if path is not None:
        names.append(f"{HERE}/{path}")
    if len(names) + len(defaults) > 1:
        raise HTTPProblem(
            400,
            "Un graphe à la fois : graph, default ou un chemin après /graphs/, une seule fois.",
            "One graph at a time: graph, default or a path after /graphs/, once.",
        )
    if defaults:
        return DEFAULT
    return _resolved(names[0]) if names else None


def _resolved(name: str) -> str:
    """Return a full IRI; an address below `/graphs/` becomes the IRI of the graph it identifies."""
    try:
        if not name:
            raise ValueError("an empty name")
        iri = sparql_text.resolve(name, HERE)
    except ValueError as error:
        raise HTTPProblem(
            400,
            f"graph : « {name[:80]} » n’est pas une IRI.",
            f"graph: {name[:80]!r} is not an IRI.",
        ) from error
    public = description.address(current_app.config.get("PUBLIC_URL")) + "/graphs/"
    for below in (HERE + "/", public):
        if iri.startswith(below):
            return GRAPHS + iri.removeprefix(below)
    return iri


def _unknown(graph: str, known: Iterable[str]) -> UnknownError:
    near = tuple(difflib.get_close_matches(graph, list(known), n=5, cutoff=0.6))
    return UnknownError(
        graph, f"aucun graphe ne s’appelle <{graph}>", f"no graph is called <{graph}>", near
    )


def _chosen() -> formats.Format:
    """Return the format to write in.

    Raises:
        HTTPProblem: 406; none is acceptable.
    """
    return protocol.acceptable(request, request.args.get("format"), formats.GRAPHS)


def _page(graph: str) -> BaseResponse | None:
    """Return where a browser reads a graph of ours, None for programs and for other graphs."""
    offers = (*formats.GRAPHS, formats.HTML)
    chosen = formats.choose(request.headers.get("Accept"), request.args.get("format"), offers)
    if chosen is not formats.HTML or not graph.startswith(GRAPHS):
        return None
    response = redirect(f"/{g.lang}/graph/{graph.removeprefix(GRAPHS)}", 303)
    response.vary.update(("Accept", "Accept-Language"))
    return response


def _listing(graphs: Mapping[str, int], written: formats.Format) -> Response:
    """Return the named graphs and their sizes, as the service description writes them."""
    collection = ox.NamedNode(HERE)
    said = [ox.Triple(collection, RDF_TYPE, expand("sd:GraphCollection"))]
    for number, (iri, count) in enumerate(sorted(graphs.items())):
        named = ox.NamedNode(f"{HERE}#graph-{number}")
        content = ox.NamedNode(f"{HERE}#graph-{number}-content")
        said += [
            ox.Triple(collection, expand("sd:namedGraph"), named),
            ox.Triple(named, RDF_TYPE, expand("sd:NamedGraph")),
            ox.Triple(named, expand("sd:name"), ox.NamedNode(iri)),
            ox.Triple(named, expand("sd:graph"), content),
            ox.Triple(content, RDF_TYPE, expand("sd:Graph")),
            ox.Triple(content, expand("void:triples"), ox.Literal(count)),
        ]
    response = Response(description.serialized(said, written), content_type=written.content_type)
    response.vary.add("Accept")
    return response
