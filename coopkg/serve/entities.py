"""IRIs that resolve: an entity, a concept, a graph, the vocabulary; as a page and as data.

`/id/organisation/cefal` answers 303 See Other to the page or to the data, by `Accept`
(Cool URIs for the Semantic Web, section 4.2); a suffix (`.ttl`, `.nt`, `.jsonld`, `.rdf`) chooses.
"""

from __future__ import annotations

import difflib
from typing import Any, Final

import pyoxigraph as ox
from flask import Blueprint, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from coopkg.answers import Solution
from coopkg.errors import Lang, UnknownError
from coopkg.serve import arguments, linked
from coopkg.serve.entity import graph as graph_of
from coopkg.serve.entity import page as page_of
from coopkg.serve.i18n import LANGS
from coopkg.serve.linked import SUFFIXES, link
from coopkg.serve.service import Service
from coopkg.terms import BASE

AREAS: Final = ("id", "scheme", "graph", "ns", "imports", "alignments")
TERMS: Final = frozenset({"ns", "imports", "alignments"})
"""The areas under the licence of the vocabulary, and not of the data."""
GRAPH_QUERY: Final = (
    "SELECT ?graph ?subject ?property ?value WHERE { GRAPH ?graph { ?subject ?property ?value } }"
)
CONCEPTS_QUERY: Final = (
    "PREFIX skos: <http://www.w3.org/2004/02/skos/core#> "
    "SELECT ?scheme ?subject ?property ?value "
    "WHERE { ?subject skos:inScheme ?scheme ; ?property ?value }"
)
ENTITY_QUERY: Final = "entity"
NEAR: Final = 5


def blueprint() -> Blueprint:
    """Return the routes of `/id`, `/scheme` and `/graph`, their pages, and the files of `/ns`."""
    routes = Blueprint("entities", __name__)
    for area in AREAS:
        given = {"area": area}
        routes.add_url_rule(f"/{area}/<path:name>", f"{area}_data", resolve, defaults=given)
        routes.add_url_rule(
            f"/<any(fr, en):lang>/{area}/<path:name>", f"{area}_page", page, defaults=given
        )
    routes.add_url_rule("/ns", "ns", resolve, defaults={"area": "ns", "name": ""})
    routes.add_url_rule("/ns.<suffix>", "ns_file", _vocabulary_file)
    routes.add_url_rule("/shapes", "shapes", _shapes)
    return routes


def resolve(area: str, name: str) -> BaseResponse:
    """Answer 303 to the page or the data, or the data when a suffix asks for it."""
    stem, dot, suffix = name.rpartition(".")
    if dot and suffix in SUFFIXES:
        return _file(area, stem, suffix)
    path = f"{area}/{name}" if name else area
    wanted = linked.chosen(request.args)
    if name:
        _known(area, BASE + path)  # an unknown name is 404 here, not after the redirection
    return _see_other(path, wanted, BASE + path)


def _see_other(path: str, suffix: str, iri: str) -> BaseResponse:
    response = redirect(f"/{path}.{suffix}" if suffix else f"/{g.lang}/{path}", 303)
    response.vary.update(("Accept", "Accept-Language"))
    pages = {lang: f"/{lang}/{path}" for lang in LANGS}
    links = [
        *linked.alternates(f"/{path}", pages),
        link(iri, "canonical"),
        *(
            link(f"/{path}.{one}", "describedby", type=form.media_type)
            for one, form in SUFFIXES.items()
        ),
    ]
    return _linked(response, links, path)


def _linked(response: BaseResponse, links: list[str], path: str) -> BaseResponse:
    of_terms = path.partition("/")[0] in TERMS
    licence = linked.TERMS_LICENCE if of_terms else linked.DATA_LICENCE
    return linked.linked(response, links, licence)


def _known(area: str, iri: str) -> None:
    """Make sure that something is said under a name.

    Raises:
        UnknownError: nothing is.
    """
    if area == "graph":
        graph(iri)
    else:
        rows(g.service, iri)


def _shapes() -> BaseResponse:
    """Lead to the graph of the shapes: it has no page of its own."""
    return redirect("/graph/shapes", 303)


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
    return UnknownError(
        iri,
        f"rien n’est dit de {iri} dans la génération {service.generation.id}",
        f"nothing is said of {iri} in generation {service.generation.id}",
        _near(iri, [*service.labels, *service.generation.manifest.graphs]),
    )


def _near(iri: str, known: list[str]) -> tuple[str, ...]:
    """Return the names closest to one: in its folder first, then anywhere by their last part."""
    folder, _, name = iri.rpartition("/")
    ours = [one for one in known if one.startswith(BASE)]
    beside = {_last(one): one for one in ours if one.startswith(folder + "/")}
    anywhere = {_last(one): one for one in reversed(ours)}
    for ends, cutoff in ((beside, 0.6), (anywhere, 0.75)):
        if found := difflib.get_close_matches(name.lower(), ends, n=NEAR, cutoff=cutoff):
            return tuple(ends[one] for one in found)
    return ()


def _last(iri: str) -> str:
    return iri.replace("#", "/").rpartition("/")[2].lower()


def _file(area: str, stem: str, suffix: str) -> BaseResponse:
    path = f"{area}/{stem}"
    response = linked.written(_triples(g.service, BASE + path), suffix)
    pages = {lang: f"/{lang}/{path}" for lang in LANGS}
    links = [
        link(BASE + path, "describes"),
        link(linked.public(f"/{path}.{suffix}"), "canonical"),
        *linked.alternates(f"/{path}", pages, without=suffix),
    ]
    return _linked(response, links, path)


def _triples(service: Service, iri: str) -> list[ox.Triple]:
    """Return what a file about something holds: a graph as it is, a scheme with its concepts."""
    if iri.startswith(BASE + "graph/"):
        return [_triple(row["subject"], row["property"], row["value"]) for row in graph(iri)]
    entity = node(service, iri)
    found = [
        _triple(entity, row["property"], row["other"])
        if row["direction"].value == "out"
        else _triple(row["other"], row["property"], entity)
        for row in rows(service, iri)
    ]
    if page_of.is_scheme(iri):
        inside = service.ask(CONCEPTS_QUERY, {"scheme": entity})
        found += [_triple(row["subject"], row["property"], row["value"]) for row in inside]
    return found


def _triple(subject: Any, predicate: Any, value: Any) -> ox.Triple:
    return ox.Triple(subject, predicate, value)


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


def page(lang: Lang, area: str, name: str) -> BaseResponse:
    """Show the page of an entity, a concept or a graph."""
    path = f"{area}/{name}"
    iri = BASE + path
    formats = [(form.media_type, f"/{path}.{suffix}") for suffix, form in SUFFIXES.items()]
    if area == "graph":
        return _shown(path, lang, "graph.html", formats=formats, **_graph(g.service, lang, iri))
    return _shown(path, lang, "entity.html", formats=formats, **_entity(g.service, lang, iri))


def _entity(service: Service, lang: Lang, iri: str) -> dict[str, Any]:
    """Return what the page of an entity shows, or one of its long lists: `?list=…&page=…`.

    Raises:
        UnknownError: nothing is said of it, or there is no such list.
    """
    said = rows(service, iri)
    asked = _asked(lang, iri)
    found = page_of.shown(service, asked, said, linked.public(""))
    if found is None:
        raise _no_page(asked)
    return found


def _graph(service: Service, lang: Lang, iri: str) -> dict[str, Any]:
    """Return what the page of a graph shows: `?page=…`.

    Raises:
        UnknownError: there is no such graph, or no such page.
    """
    triples, asked = graph(iri), _asked(lang, iri)
    about = service.ask(service.queries[ENTITY_QUERY], {"entity": node(service, iri)})
    found = graph_of.shown(service, asked, triples, about, linked.public(""))
    if found is None:
        raise _no_page(asked)
    return found


def _asked(lang: Lang, iri: str) -> page_of.Asked:
    number = arguments.number(request.args, "page")
    return page_of.Asked(iri, lang, request.args.get("list", ""), number)


def _no_page(asked: page_of.Asked) -> UnknownError:
    wanted = asked.list[:80]
    return UnknownError(
        wanted or str(asked.number),
        f"cette fiche n’a pas de liste « {wanted} », ou pas tant de pages",
        f"this entry has no list {wanted!r}, or not so many pages",
    )


def _shown(path: str, lang: Lang, template: str, **view: Any) -> BaseResponse:
    """Return a page, with the links that lead to its other forms."""
    others = {one: f"/{one}/{path}" for one in LANGS if one != lang}
    links = [
        link(BASE + path, "describes"),
        link(linked.public(f"/{lang}/{path}"), "canonical"),
        *linked.alternates(f"/{path}", others),
    ]
    return _linked(make_response(render_template(template, **view)), links, path)


def _vocabulary_file(suffix: str) -> BaseResponse:
    if suffix not in SUFFIXES:
        raise unknown(g.service, BASE + "ns." + suffix)
    triples = [
        _triple(row["subject"], row["property"], row["value"])
        for name in _vocabulary_graphs()
        for row in graph(name)
    ]
    links = [
        link(BASE + "ns", "describes"),
        link(linked.public(f"/ns.{suffix}"), "canonical"),
        *linked.alternates("/ns", {lang: f"/{lang}/ns" for lang in LANGS}, without=suffix),
    ]
    return _linked(linked.written(triples, suffix), links, "ns")


def _vocabulary_graphs() -> list[str]:
    """Return the graphs of the vocabulary's files: the terms, and what they are to others."""
    aligned = BASE + "graph/alignments"
    has = aligned in g.service.generation.manifest.graphs
    return [BASE + "graph/ontology", *([aligned] if has else [])]
