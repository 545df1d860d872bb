"""The descriptions of the data: VoID, DCAT-AP and the questions as RDF, in every format.

A generation seals them with the names of `w3id.org`. What is an address and no name (an endpoint,
a file to fetch) is given at the public address of this installation, where it answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, g, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as BaseResponse

from coopkg.errors import UnknownError
from coopkg.serve import linked, structured
from coopkg.serve.i18n import LANGS
from coopkg.serve.linked import SUFFIXES, link
from coopkg.serve.service import Service
from coopkg.serve.sparql import examples
from coopkg.terms import BASE, PREFIXES, RDF_TYPE, expand
from coopkg.typography import collated

EXAMPLES: Final = ".well-known/sparql-examples"
SEALED: Final = {
    "void": "void.ttl",
    ".well-known/void": "void.ttl",
    "catalog": "dcat.ttl",
    EXAMPLES: "examples.ttl",
}
CONTEXT: Final = "context.jsonld"
PAGES: Final = {"void.ttl": "void.html", "dcat.ttl": "catalog.html", "examples.ttl": ""}
SPDX: Final = "http://spdx.org/rdf/terms#"
# The properties whose value is where something is, not what it is called.
ADDRESSES: Final = frozenset(
    expand(name)
    for name in (
        "dcat:accessURL",
        "dcat:downloadURL",
        "dcat:endpointURL",
        "dcat:endpointDescription",
        "dcat:landingPage",
        "foaf:homepage",
        "foaf:page",
        "schema:target",
        "void:dataDump",
        "void:sparqlEndpoint",
    )
)
VOID: Final = PREFIXES["void"]


def blueprint() -> Blueprint:
    """Return the routes of `/void`, `/catalog` and `/.well-known/…`."""
    routes = Blueprint("descriptions", __name__)
    for path, name in SEALED.items():
        endpoint = path.replace(".", "_").replace("/", "-")
        given = {"path": path, "name": name}
        routes.add_url_rule(f"/{path}", endpoint, _described, defaults=given)
        routes.add_url_rule(f"/{path}.<suffix>", f"{endpoint}_file", _file, defaults=given)
    routes.add_url_rule(f"/{EXAMPLES}/<slug>", "example", _example)
    routes.add_url_rule("/context/coop.context.jsonld", "context", _context)
    return routes


def _described(path: str, name: str) -> BaseResponse:
    """Answer with the page or the data, at one address: a description is a document."""
    suffix = linked.chosen(request.args, linked.DATA_FIRST)
    if not suffix and PAGES[name]:
        response = make_response(_page(name))
    else:
        response = linked.written(triples(g.service, name), suffix or "ttl")
    response.vary.update(("Accept", "Accept-Language"))
    return linked.linked(response, _links(path, ""))


def _file(path: str, name: str, suffix: str) -> Response:
    if suffix not in SUFFIXES:
        raise UnknownError(
            suffix,
            f"« .{suffix[:20]} » n’est pas un format d’ici\u00a0: {', '.join(SUFFIXES)}",
            f"'.{suffix[:20]}' is no format here: {', '.join(SUFFIXES)}",
            tuple(SUFFIXES),
        )
    return linked.linked(linked.written(triples(g.service, name), suffix), _links(path, suffix))


def _links(path: str, suffix: str) -> list[str]:
    here = f"/{path}.{suffix}" if suffix else f"/{path}"
    pages = {lang: f"/{path}?lang={lang}" for lang in LANGS}
    return [
        link(linked.public(here), "canonical"),
        *linked.alternates(f"/{path}", pages, without=suffix),
    ]


def triples(service: Service, name: str) -> list[ox.Triple]:
    """Return a sealed description, its addresses where this installation answers."""
    read = list(ox.parse(service.generation.read(name), format=ox.RdfFormat.TURTLE))
    here = linked.public("/")
    moved = {
        one.object: ox.NamedNode(here + one.object.value.removeprefix(BASE))
        for one in read
        if one.predicate in ADDRESSES
        and isinstance(one.object, ox.NamedNode)
        and one.object.value.startswith(BASE)
    }

    def at(one: Any) -> Any:
        return moved.get(one, one)

    return [
        # What is said of an address (« a document ») goes with it.
        ox.Triple(
            at(one.subject),
            one.predicate,
            at(one.object) if one.predicate in ADDRESSES else one.object,
        )
        for one in read
    ]


def _example(slug: str) -> BaseResponse:
    """Answer with what is said of one example, or lead a browser to the editor that holds it.

    Raises:
        UnknownError: there is none of that name.
    """
    suffix = linked.chosen(request.args, linked.DATA_FIRST)
    said = _about(triples(g.service, SEALED[EXAMPLES]), ox.NamedNode(f"{BASE}{EXAMPLES}/{slug}"))
    if not said or not suffix:
        examples.example(_LIBRARY.of(g.service.generation), slug)
        past = {name: request.args[name] for name in ("generation",) if name in request.args}
        query = urlencode({"example": slug, "lang": g.lang, **past})
        response: BaseResponse = redirect(f"/sparql?{query}", 303)
    else:
        response = linked.linked(linked.written(said, suffix), [])
    response.vary.update(("Accept", "Accept-Language"))
    return response


def _about(read: Iterable[ox.Triple], subject: Any) -> list[ox.Triple]:
    """Return what is said of a subject, and of the blank nodes that belong to it."""
    of = defaultdict(list)
    for one in read:
        of[one.subject].append(one)
    found, left = [], [subject]
    while left:
        here = of.pop(left.pop(), [])
        found += here
        left += [one.object for one in here if isinstance(one.object, ox.BlankNode)]
    return found


_LIBRARY: Final = examples.Library()


def _context() -> Response:
    response = Response(g.service.generation.read(CONTEXT), mimetype="application/ld+json")
    return linked.linked(response, [], linked.TERMS_LICENCE)


# --- Pages ---------------------------------------------------------------------------------


def _page(name: str) -> str:
    service: Service = g.service
    said = _by_subject(triples(service, name))
    formats = [(form.media_type, request.path + "." + one) for one, form in SUFFIXES.items()]
    view = _void(said, service) if name == "void.ttl" else _catalog(said)
    return render_template(
        PAGES[name], formats=formats, structured=structured.dataset(service, g.lang), **view
    )


Said = dict[str, dict[str, list[Any]]]


def _by_subject(every: list[ox.Triple]) -> Said:
    found: Said = defaultdict(lambda: defaultdict(list))
    for one in every:
        subject: Any = one.subject
        found[subject.value][one.predicate.value].append(one.object)
    return found


def _one(said: dict[str, list[Any]], name: str) -> str:
    """Return the value of a property: in the language of the page, or the only one."""
    values = said.get(expand(name).value, [])
    spoken = [one for one in values if getattr(one, "language", None) == g.lang]
    return str((spoken or values)[0].value) if values else ""


def _void(said: Said, service: Service) -> dict[str, Any]:
    whole = said[BASE + "void#dataset"]
    label = service.catalogue.label

    def parts(name: str, key: str, count: str) -> list[dict[str, Any]]:
        found = [said[one.value] for one in whole.get(VOID + name, [])]
        listed = [
            {
                "iri": _one(one, f"void:{key}"),
                "text": label(_one(one, f"void:{key}"))[g.lang],
                "count": int(_one(one, f"void:{count}")),
            }
            for one in found
        ]
        return sorted(listed, key=lambda one: (-one["count"], collated(one["text"])))

    links = [
        {
            "predicate": label(_one(said[one.value], "void:linkPredicate"))[g.lang],
            "target": next(
                _one(said[to.value], "void:uriSpace")
                for to in said[one.value][VOID + "target"]
                if to.value != BASE + "void#dataset"
            ),
            "count": int(_one(said[one.value], "void:triples")),
        }
        for one in whole.get(VOID + "subset", [])
        if VOID + "linkPredicate" in said[one.value]
    ]
    counts = ("triples", "entities", "classes", "properties", "distinctSubjects", "distinctObjects")
    return {
        "counts": {name: int(_one(whole, f"void:{name}")) for name in counts},
        "classes": parts("classPartition", "class", "entities"),
        "properties": parts("propertyPartition", "property", "triples"),
        "links": sorted(links, key=lambda one: (one["target"], -one["count"])),
    }


def _catalog(said: Said) -> dict[str, Any]:
    def of(kind: str) -> list[str]:
        wanted = expand(kind)
        return sorted(iri for iri, one in said.items() if wanted in one.get(RDF_TYPE.value, []))

    datasets = [
        {
            "iri": iri,
            "title": _one(said[iri], "dcterms:title"),
            "description": _one(said[iri], "dcterms:description"),
            "files": [
                _distribution(said, one.value)
                for one in sorted(said[iri].get(expand("dcat:distribution").value, []), key=str)
            ],
        }
        for iri in of("dcat:Dataset")
    ]
    services = [
        {
            "title": _one(said[iri], "dcterms:title"),
            "href": _one(said[iri], "dcat:endpointURL"),
            "about": _one(said[iri], "dcat:endpointDescription"),
        }
        for iri in of("dcat:DataService")
    ]
    licences = [
        {"iri": iri, "anchor": iri.partition("#")[2], "title": _one(said[iri], "dcterms:title")}
        for iri in of("dcterms:LicenseDocument")
    ]
    return {"datasets": datasets, "services": services, "licences": licences}


def _distribution(said: Said, iri: str) -> dict[str, Any]:
    one = said[iri]
    checksum = said[one[SPDX + "checksum"][0].value]
    return {
        "anchor": iri.partition("#")[2],
        "title": _one(one, "dcterms:title"),
        "href": _one(one, "dcat:downloadURL").removeprefix(linked.public("")),
        "name": _one(one, "dcat:downloadURL").rpartition("/")[2],
        "bytes": int(_one(one, "dcat:byteSize")),
        "sha256": str(checksum[SPDX + "checksumValue"][0].value),
    }
