"""IRIs that resolve: an entity, a concept, a graph, the vocabulary; as a page and as data.

`/id/organisation/cefal` answers 303 See Other to the page or to the data, by `Accept`
(Cool URIs for the Semantic Web, section 4.2); a suffix (`.ttl`, `.nt`, `.jsonld`, `.rdf`) chooses.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any, Final

import pyoxigraph as ox
from flask import Blueprint, Response, g, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from coopkg.answers import Solution
from coopkg.errors import Lang, UnknownError
from coopkg.serve import present
from coopkg.serve.service import Service
from coopkg.terms import BASE, PREFIXES

SUFFIXES: Final[dict[str, tuple[str, ox.RdfFormat]]] = {
    "ttl": ("text/turtle", ox.RdfFormat.TURTLE),
    "jsonld": ("application/ld+json", ox.RdfFormat.JSON_LD),
    "nt": ("application/n-triples", ox.RdfFormat.N_TRIPLES),
    "rdf": ("application/rdf+xml", ox.RdfFormat.RDF_XML),
}
HTML: Final = "text/html"
SEALED: Final = {
    "/context/coop.context.jsonld": ("context.jsonld", "application/ld+json"),
    "/void": ("void.ttl", "text/turtle"),
    "/.well-known/void": ("void.ttl", "text/turtle"),
    "/catalog": ("dcat.ttl", "text/turtle"),
    "/.well-known/sparql-examples": ("examples.ttl", "text/turtle"),
}

GRAPH_QUERY: Final = (
    "SELECT ?graph ?subject ?property ?value WHERE { GRAPH ?graph { ?subject ?property ?value } }"
)
ENTITY_QUERY: Final = "entity"


def blueprint() -> Blueprint:
    """Return the routes of `/id`, `/scheme`, `/graph` and `/ns`, and of their pages."""
    routes = Blueprint("entities", __name__)
    for area in ("id", "scheme", "graph"):
        routes.add_url_rule(
            f"/{area}/<path:name>", f"{area}_data", _resolve, defaults={"area": area}
        )
        routes.add_url_rule(
            f"/<any(fr, en):lang>/{area}/<path:name>",
            f"{area}_page",
            _page,
            defaults={"area": area},
        )
    routes.add_url_rule("/ns", "ns_data", _resolve, defaults={"area": "ns", "name": ""})
    for path, (name, media) in SEALED.items():
        endpoint = "sealed" + path.replace(".", "_")
        routes.add_url_rule(path, endpoint, _sealed, defaults={"name": name, "media": media})
    routes.add_url_rule("/ns.<suffix>", "ns_file", _vocabulary_file)
    routes.add_url_rule("/<any(fr, en):lang>/ns", "ns_page", _vocabulary)
    return routes


def _resolve(area: str, name: str) -> BaseResponse:
    """Answer 303 to the page or the data, or the data when a suffix asks for it."""
    stem, dot, suffix = name.rpartition(".")
    if dot and suffix in SUFFIXES:
        return _file(BASE + f"{area}/{stem}", suffix)
    media = {HTML: None, **{media: suffix for suffix, (media, _) in SUFFIXES.items()}}
    best = request.accept_mimetypes.best_match(list(media), default=HTML)
    chosen = media[best]
    path = f"{area}/{name}" if name else area
    if name:
        rows(g.service, BASE + path)  # an unknown name is 404 here, not after the redirection
    to = f"/{path}.{chosen}" if chosen else f"/{g.lang}/{path}"
    response = redirect(to, 303)
    response.vary.update(("Accept", "Accept-Language"))
    response.headers["Link"] = ", ".join(
        f'</{path}.{suffix}>; rel="alternate"; type="{media}"'
        for suffix, (media, _) in SUFFIXES.items()
    )
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def rows(service: Service, iri: str) -> list[Solution]:
    """Return everything said of an entity: direction, property, other and graph of each triple.

    Raises:
        UnknownError: nothing is said of it.
    """
    found = service.ask(service.queries[ENTITY_QUERY], {"entity": node(service, iri)})
    if not found:
        raise unknown(service, iri)
    return found


def node(service: Service, iri: str) -> ox.NamedNode:
    """Return an IRI as a term.

    Raises:
        UnknownError: it holds what no IRI may hold, so nothing has that name.
    """
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise unknown(service, iri) from None


def unknown(service: Service, iri: str) -> UnknownError:
    """Return the error for an IRI that nothing is said of, with the nearest known ones."""
    known = [one for one in service.labels if one.startswith(iri.rsplit("/", 1)[0] + "/")]
    near = tuple(difflib.get_close_matches(iri, known, n=5, cutoff=0.6))
    return UnknownError(
        iri,
        f"rien n’est dit de {iri} dans la génération {service.generation.id}",
        f"nothing is said of {iri} in generation {service.generation.id}",
        near,
    )


def _file(iri: str, suffix: str) -> Response:
    service: Service = g.service
    if iri.startswith(BASE + "graph/"):
        triples = [_triple(row["subject"], row["property"], row["value"]) for row in graph(iri)]
    else:
        entity = node(service, iri)
        triples = [
            _triple(entity, row["property"], row["other"])
            if row["direction"].value == "out"
            else _triple(row["other"], row["property"], entity)
            for row in rows(service, iri)
        ]
    return data(triples, suffix)


def _triple(subject: Any, predicate: Any, value: Any) -> ox.Triple:
    return ox.Triple(subject, predicate, value)


def data(triples: Iterable[ox.Triple], suffix: str) -> Response:
    """Return triples as a file, each once, sorted, in the format of a suffix."""
    media, rdf_format = SUFFIXES[suffix]
    ordered = sorted(set(triples), key=str)
    used = "".join(f"{one}" for one in ordered)
    prefixes = {name: iri for name, iri in PREFIXES.items() if f"<{iri}" in used}
    body = ox.serialize(ordered, format=rdf_format, prefixes=prefixes)
    response = Response(body, mimetype=media)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response


def graph(iri: str) -> list[Solution]:
    """Return the triples of one named graph.

    Raises:
        UnknownError: there is no such graph.
    """
    service: Service = g.service
    found = service.ask(GRAPH_QUERY, {"graph": node(service, iri)})
    if not found:
        raise unknown(service, iri)
    return found


def _page(lang: Lang, area: str, name: str) -> str:
    iri = BASE + f"{area}/{name}"
    formats = [(media, f"/{area}/{name}.{suffix}") for suffix, (media, _) in SUFFIXES.items()]
    service: Service = g.service
    names = present.Names(service.catalogue, lang)
    if area == "graph":
        known = service.passages.get(iri, {})
        title = present.graph_name(names, iri)
        view = present.graph_view(names, known, graph(iri), title)
        return render_template("graph.html", iri=iri, formats=formats, **view)
    view = present.entity_view(names, rows(service, iri), iri)
    return render_template("entity.html", iri=iri, formats=formats, **view)


def _vocabulary(lang: Lang) -> str:
    service: Service = g.service
    terms = present.vocabulary(present.Names(service.catalogue, lang))
    formats = [(media, f"/ns.{suffix}") for suffix, (media, _) in SUFFIXES.items()]
    return render_template("vocabulary.html", terms=terms, formats=formats)


def _vocabulary_file(suffix: str) -> Response:
    if suffix not in SUFFIXES:
        raise unknown(g.service, BASE + "ns." + suffix)
    triples = [
        _triple(row["subject"], row["property"], row["value"])
        for row in graph(BASE + "graph/ontology")
    ]
    return data(triples, suffix)


def _sealed(name: str, media: str) -> Response:
    """Return a file that the generation holds as it is."""
    response = Response(g.service.generation.read(name), mimetype=media)
    response.headers["Access-Control-Allow-Origin"] = "*"
    return response
