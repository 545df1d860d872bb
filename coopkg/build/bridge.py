"""Terms and graphs of pyoxigraph for rdflib, and back: what pySHACL speaks."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from functools import lru_cache

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib.term import Node

from coopkg.build import quick, screened
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
        made.add(_node(triple))
    return made


def _node(triple: Triple) -> tuple[Node, Node, Node]:
    subject, predicate, value = triple
    return to_rdflib(subject), to_rdflib(predicate), to_rdflib(value)


class Mirror:
    """An rdflib graph kept equal to the triples last shown to it; what did not change stays.

    A *screened* one asks each query of a store of pyoxigraph first: see `screened.Graph`.
    """

    def __init__(self, screening: bool = False) -> None:
        self.graph = screened.Graph() if screening else quick.Graph()
        self._copy = self.graph.copy_ if isinstance(self.graph, screened.Graph) else None
        self._shown: set[Triple] = set()

    def show(self, triples: Iterable[Triple]) -> rdflib.Graph:
        """Return the graph, holding these triples and no other."""
        wanted = set(triples)
        gone, come = self._shown - wanted, wanted - self._shown
        for triple in gone:
            self.graph.remove(_node(triple))
        for triple in come:
            self.graph.add(_node(triple))
        if self._copy is not None:
            self._copy.move(gone, come)
        self._shown = wanted
        return self.graph
