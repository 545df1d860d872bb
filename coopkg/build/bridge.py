"""Terms and graphs of pyoxigraph for rdflib, and back: what pySHACL speaks."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib.term import Node

from coopkg.build import quick
from coopkg.terms import PREFIXES, Term, Triple

# rdflib logs a traceback for each ill-formed value, such as a 13th month; shapes say it better.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)

_XSD_STRING = PREFIXES["xsd"] + "string"


@lru_cache(maxsize=1 << 16)
def to_rdflib(term: Term) -> Node:
    """Return the same term for rdflib; the lexical form is kept as written.

    >>> to_rdflib(Literal("007", datatype=NamedNode(PREFIXES["xsd"] + "integer"))).n3()
    '"007"^^<http://www.w3.org/2001/XMLSchema#integer>'
    """
    if isinstance(term, NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, BlankNode):
        return rdflib.BNode(term.value)
    if term.language:
        return rdflib.Literal(term.value, lang=term.language)
    datatype = term.datatype.value
    if datatype == _XSD_STRING:
        return rdflib.Literal(term.value)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(datatype), normalize=False)


def from_rdflib(node: Node) -> Term:
    """Return the same term for pyoxigraph.

    >>> from_rdflib(rdflib.Literal("Bénin", lang="fr"))
    <Literal value=Bénin language=fr>
    """
    if isinstance(node, rdflib.URIRef):
        return NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return BlankNode(str(node))
    if not isinstance(node, rdflib.Literal):
        raise TypeError(f"{node!r} is no RDF term")
    if node.language:
        return Literal(str(node), language=node.language)
    if node.datatype is None:
        return Literal(str(node))
    return Literal(str(node), datatype=NamedNode(str(node.datatype)))


def graph(triples: Iterable[Triple]) -> rdflib.Graph:
    """Return an rdflib graph that holds the triples, each once."""
    made = quick.Graph()
    for triple in triples:
        made.add(nodes(triple))
    return made


def nodes(triple: Triple) -> tuple[Node, Node, Node]:
    """Return the same triple for rdflib."""
    subject, predicate, value = triple
    return to_rdflib(subject), to_rdflib(predicate), to_rdflib(value)
