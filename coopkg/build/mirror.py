"""An rdflib graph that follows what it is shown: rdflib is told only what changes."""

from __future__ import annotations

from collections.abc import Iterable

import rdflib

from coopkg.build import bridge, quick, screened
from coopkg.terms import Triple


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
            self.graph.remove(bridge.nodes(triple))
        for triple in come:
            self.graph.add(bridge.nodes(triple))
        if self._copy is not None:
            self._copy.move(gone, come)
        self._shown = wanted
        return self.graph
