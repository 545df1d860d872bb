"""Which media type an answer is written in (RFC 9110, section 12.5.1)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final, Literal, NamedTuple

from pyoxigraph import QueryResultsFormat, RdfFormat

Kind = Literal["bindings", "graph", "page"]


class Format(NamedTuple):
    """A way to write an answer: `name` is for the engine, `media_type` for the reader."""

    name: str
    media_type: str
    kind: Kind

    @property
    def content_type(self) -> str:
        """Return the Content-Type header, with the character set where a text type needs it."""
        is_text = self.media_type.startswith("text/")
        return f"{self.media_type}; charset=utf-8" if is_text else self.media_type


JSON: Final = Format("json", "application/sparql-results+json", "bindings")
XML: Final = Format("xml", "application/sparql-results+xml", "bindings")
CSV: Final = Format("csv", "text/csv", "bindings")
TSV: Final = Format("tsv", "text/tab-separated-values", "bindings")
TURTLE: Final = Format("turtle", "text/turtle", "graph")
N_TRIPLES: Final = Format("n-triples", "application/n-triples", "graph")
JSON_LD: Final = Format("json-ld", "application/ld+json", "graph")
RDF_XML: Final = Format("rdf-xml", "application/rdf+xml", "graph")
# One graph as a dataset of its default graph: Turtle is TriG, and N-Triples are N-Quads.
N_QUADS: Final = Format("n-triples", "application/n-quads", "graph")
TRIG: Final = Format("turtle", "application/trig", "graph")
HTML: Final = Format("html", "text/html", "page")

# In the order of our preference; the general names come after the exact ones.
BINDINGS: Final = (
    JSON,
    XML,
    CSV,
    TSV,
    Format("json", "application/json", "bindings"),
    Format("xml", "application/xml", "bindings"),
    Format("xml", "text/xml", "bindings"),
)
GRAPHS: Final = (
    TURTLE,
    N_TRIPLES,
    JSON_LD,
    RDF_XML,
    N_QUADS,
    TRIG,
    Format("turtle", "application/x-turtle", "graph"),
    Format("turtle", "text/n3", "graph"),
    Format("turtle", "text/rdf+n3", "graph"),
    Format("json-ld", "application/json", "graph"),
    Format("rdf-xml", "application/xml", "graph"),
    Format("rdf-xml", "text/xml", "graph"),
    Format("n-triples", "text/plain", "graph"),
)
# How the store names them.
RESULTS: Final = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
RDF: Final = {
    "turtle": RdfFormat.TURTLE,
    "n-triples": RdfFormat.N_TRIPLES,
    "json-ld": RdfFormat.JSON_LD,
    "rdf-xml": RdfFormat.RDF_XML,
}
# The short names of `?format=`, for those who cannot set a header.
NAMES: Final = {
    "json": (JSON, JSON_LD),
    "xml": (XML, RDF_XML),
    "csv": (CSV,),
    "tsv": (TSV,),
    "ttl": (TURTLE,),
    "turtle": (TURTLE,),
    "n3": (TURTLE,),
    "nt": (N_TRIPLES,),
    "ntriples": (N_TRIPLES,),
    "n-triples": (N_TRIPLES,),
    "jsonld": (JSON_LD,),
    "json-ld": (JSON_LD,),
    "rdf": (RDF_XML,),
    "rdfxml": (RDF_XML,),
    "rdf+xml": (RDF_XML,),
    "nq": (N_QUADS,),
    "nquads": (N_QUADS,),
    "n-quads": (N_QUADS,),
    "trig": (TRIG,),
    "html": (HTML,),
}


class Range(NamedTuple):
    """One element of an Accept header: `type/subtype` or a wildcard, and its quality."""

    media_type: str
    quality: float

    def precision(self, media_type: str) -> int:
        """Return 3 for the type itself, 2 for `type/*`, 1 for `*/*`, 0 for no match."""
        if self.media_type == media_type:
            return 3
        main, _, sub = self.media_type.partition("/")
        if sub == "*" and main == media_type.partition("/")[0]:
            return 2
        return 1 if self.media_type == "*/*" else 0


def ranges(accept: str) -> list[Range]:
    """Read an Accept header; what is not a media range is left out.

    >>> ranges("text/csv; charset=utf-8;q=0.5, */*;q=0.1, nonsense")
    [Range(media_type='text/csv', quality=0.5), Range(media_type='*/*', quality=0.1)]
    """
    found = []
    for element in accept.split(","):
        media_type, *parameters = (part.strip().lower() for part in element.split(";"))
        if media_type == "*":
            media_type = "*/*"
        main, slash, sub = media_type.partition("/")
        if slash and main and sub:
            found.append(Range(media_type, _quality(parameters)))
    return found


def _quality(parameters: Iterable[str]) -> float:
    for parameter in parameters:
        name, _, value = parameter.partition("=")
        if name.strip() == "q":
            try:
                return min(1.0, max(0.0, float(value)))
            except ValueError:
                return 0.0
    return 1.0


def negotiate(accept: str | None, offers: Sequence[Format]) -> Format | None:
    """Return the offer an Accept header likes best, the first of equals; None when it likes none.

    No header, or an empty one, accepts anything.

    >>> negotiate("application/*;q=0.5, text/csv", BINDINGS).name
    'csv'
    """
    if len(accept or "") > _REMEMBERED_CHARACTERS:
        return _best(accept, tuple(offers))
    return _best_again(accept, tuple(offers))


def _best(accept: str | None, offers: tuple[Format, ...]) -> Format | None:
    asked = ranges(accept) if accept and accept.strip() else [Range("*/*", 1.0)]
    best: Format | None = None
    best_quality = 0.0
    for offer in offers:
        matching = [(r.precision(offer.media_type), r.quality) for r in asked]
        precision, quality = max(matching, default=(0, 0.0))
        if precision and quality > best_quality:
            best, best_quality = offer, quality
    return best


_REMEMBERED_CHARACTERS: Final = 300
# The headers of a few kinds of client come again with every request.
_best_again: Final = lru_cache(maxsize=256)(_best)


def choose(accept: str | None, name: str | None, offers: Sequence[Format]) -> Format | None:
    """Choose among offers by `?format=` when it is given, else by Accept.

    The parameter wins: it is for those who cannot set the header, such as a browser's address bar.
    It is one of NAMES or a media type, `application/sparql-results+json` as it stands included.

    >>> choose("text/html", "nt", GRAPHS).media_type
    'application/n-triples'
    """
    if not name:
        return negotiate(accept, offers)
    asked = name.strip().lower().replace(" ", "+")  # the + of a type that nobody has escaped
    for named in NAMES.get(asked, ()):
        if named in offers:
            return named
    return next((offer for offer in offers if offer.media_type == asked), None)


def written(accept: str, kind: str) -> Format:
    """Return the format of an answer of a kind (bindings, boolean, graph) asked as a media type.

    A type of another kind gives the first of its own: a graph asked as JSON comes as Turtle.

    >>> written("text/csv", "graph").name
    'turtle'
    """
    offers = GRAPHS if kind == "graph" else BINDINGS
    return next((offer for offer in offers if offer.media_type == accept), offers[0])
