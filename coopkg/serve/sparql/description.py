"""The service description: what a generation seals of it, and what this installation adds.

The generation knows its graphs, their sizes and their entailment; the program knows where it is
asked, what it writes, which functions its engine has, and where its examples are.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

import pyoxigraph as ox

from coopkg import formats
from coopkg.engine import admission
from coopkg.engine.functions import EXTENSIONS
from coopkg.formats import Format
from coopkg.terms import BASE, PREFIXES, RDF_TYPE, expand

EXAMPLES: Final = "/.well-known/sparql-examples"
VOID: Final = "/.well-known/void"
SERVICE: Final = ox.NamedNode(BASE + "sparql")
_FORMATS: Final = "http://www.w3.org/ns/formats/"
_WRITTEN: Final = (
    "SPARQL_Results_JSON SPARQL_Results_XML SPARQL_Results_CSV SPARQL_Results_TSV "
    "Turtle N-Triples JSON-LD RDF_XML N-Quads TriG"
)
_PREFIXES: Final = {name: PREFIXES[name] for name in ("sd", "void", "dcterms", "rdfs", "rdf")}


def write(sealed: bytes, public_url: str, written: Format) -> bytes:
    """Return the description in one format; `sealed` is what the generation says, in Turtle.

    `sd:endpoint` is the public address: the file is read from addresses with parameters too, to
    which `<>` would be relative. In Turtle it is relative to the host, whatever its name is.
    """
    here = f"{public_url}/sparql"
    body = serialized(_triples(sealed, public_url, here), written)
    if written.name != "turtle":
        return body
    path = urlsplit(here).path
    return body.replace(f"sd:endpoint <{here}>".encode(), f"sd:endpoint <{path}>".encode())


def serialized(triples: Iterable[ox.Triple], written: Format) -> bytes:
    """Return triples in one format of `formats.GRAPHS`."""
    prefixes = _PREFIXES if written.name in {"turtle", "json-ld"} else None
    body = ox.serialize(triples, format=formats.RDF[written.name], prefixes=prefixes)
    assert body is not None  # no output was given, so bytes come back
    return body


def _triples(sealed: bytes, public_url: str, here: str) -> list[ox.Triple]:
    read = ox.parse(sealed, format=ox.RdfFormat.TURTLE, base_iri=here)
    said = {quad.triple for quad in read}
    services = [one.subject for one in said if one.object == expand("sd:Service")]
    service = services[0] if services else SERVICE
    links = {"rdfs:seeAlso": (EXAMPLES, VOID, "/graphs")}
    said |= {
        ox.Triple(service, expand(name), ox.NamedNode(public_url + path))
        for name, paths in links.items()
        for path in paths
    }
    for name in _WRITTEN.split():
        said.add(ox.Triple(service, expand("sd:resultFormat"), ox.NamedNode(_FORMATS + name)))
    for iri in EXTENSIONS:
        function = ox.NamedNode(iri)
        said.add(ox.Triple(service, expand("sd:extensionFunction"), function))
        said.add(ox.Triple(function, RDF_TYPE, expand("sd:Function")))
    return sorted(said, key=str)


def least() -> bytes:
    """Return what any endpoint of ours can say of itself without a generation, in Turtle."""
    return f"""@prefix sd: <{PREFIXES["sd"]}> .
<{SERVICE.value}> a sd:Service ;
  sd:endpoint <> ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:defaultEntailmentRegime <http://www.w3.org/ns/entailment/OWL-RDF-Based> ;
  sd:defaultSupportedEntailmentProfile <http://www.w3.org/ns/owl-profile/RL> ;
  sd:defaultDataset [ a sd:Dataset ; sd:defaultGraph [ a sd:Graph ] ] .
""".encode()


def address(public_url: str | None) -> str:
    """Return the public address of the service, that of its IRIs when none is configured."""
    return public_url or admission.BASE.removesuffix("/sparql")
