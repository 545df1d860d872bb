"""What every address of linked data shares: which format, which links, and triples as a file.

One rule chooses (`formats.choose`): `?format=`, else `Accept` with its q-values; what nobody can
read is refused (406), never given all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeVar

import pyoxigraph as ox
from flask import Response, current_app, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from coopkg import formats
from coopkg.errors import Lang, UnwritableError
from coopkg.formats import Format
from coopkg.terms import BASE, PREFIXES

R = TypeVar("R", bound=BaseResponse)

SUFFIXES: Final[Mapping[str, Format]] = {
    "ttl": formats.TURTLE,
    "jsonld": formats.JSON_LD,
    "nt": formats.N_TRIPLES,
    "rdf": formats.RDF_XML,
}
_BY_NAME: Final = {written.name: suffix for suffix, written in SUFFIXES.items()}
# A page first: that is what `*/*` gets. Then RDF, under every name a client may know it by.
OFFERS: Final = (
    formats.HTML,
    *(
        one
        for one in formats.GRAPHS
        if one not in {formats.N_QUADS, formats.TRIG} and one.media_type != "text/plain"
    ),
)
# A description is asked by programs: `*/*` gets the data, and a browser its page.
DATA_FIRST: Final = (*OFFERS[1:], formats.HTML)
# Names that only descriptions use.
OTHERS: Final[Mapping[str, str]] = {
    "part": BASE + "void#",
    "void-ext": "http://ldf.fi/void-ext#",
    "spdx": "http://spdx.org/rdf/terms#",
}
DATA_LICENCE: Final = "/catalog#licence-ouverte-2.0"
TERMS_LICENCE: Final = "https://creativecommons.org/licenses/by/4.0/"
DESCRIPTION: Final = "/void.ttl"


def chosen(given: MultiDict[str, str], offers: Sequence[Format] = OFFERS) -> str:
    """Return the suffix of the format a request wants, "" for a page.

    Raises:
        UnwritableError: it wants none of those there are.
    """
    name = given.get("format")
    found = formats.choose(request.headers.get("Accept"), name, offers)
    if found is None:
        listed = ", ".join(one.media_type for one in (formats.HTML, *SUFFIXES.values()))
        raise UnwritableError(
            f"aucun des formats demandés n’existe ici\u00a0; il y a {listed}",
            f"none of the formats asked for exists here; there are {listed}",
        )
    return "" if found is formats.HTML else _BY_NAME[found.name]


def written(triples: Iterable[ox.Triple], suffix: str) -> Response:
    """Return triples as a file, each once, sorted, in the format of a suffix."""
    form = SUFFIXES[suffix]
    ordered = sorted(set(triples), key=str)
    text = "".join(map(str, ordered))
    every = {**PREFIXES, **OTHERS}
    prefixes = {name: iri for name, iri in every.items() if f"<{iri}" in text}
    body = ox.serialize(
        ordered,
        format=formats.RDF[form.name],
        prefixes=prefixes if form is not formats.N_TRIPLES else None,
    )
    return Response(body, content_type=form.content_type)


def link(target: str, rel: str, **parameters: str) -> str:
    """Return one link of a `Link` header (RFC 8288).

    >>> link("/void", "describedby", type="text/turtle")
    '</void>; rel="describedby"; type="text/turtle"'
    """
    more = "".join(f'; {name}="{value}"' for name, value in parameters.items())
    return f'<{target}>; rel="{rel}"{more}'


def alternates(stem: str, pages: Mapping[Lang, str], without: str = "") -> list[str]:
    """Return the links to the other forms of a document: its files, and its pages by language."""
    files = [
        link(f"{stem}.{suffix}", "alternate", type=form.media_type)
        for suffix, form in SUFFIXES.items()
        if suffix != without
    ]
    return files + [
        link(href, "alternate", type="text/html", hreflang=lang) for lang, href in pages.items()
    ]


def public(path: str) -> str:
    """Return the public address of a path of ours."""
    return str(current_app.config["PUBLIC_URL"]) + path


def linked(response: R, links: Sequence[str], licence: str = DATA_LICENCE) -> R:
    """Add the `Link` header: the links given, who describes the data, and under which licence."""
    described = link(DESCRIPTION, "describedby", type=formats.TURTLE.media_type)
    every = [*links, described, link(licence, "license")]
    response.headers["Link"] = ", ".join(every)
    return response


def is_ours(iri: str) -> bool:
    """Tell whether an IRI is of our space of names."""
    return iri.startswith(BASE)
