"""Which contributions rest on another: they speak of things that it alone describes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox

from coopkg.contributions import graphs
from coopkg.contributions.graphs import Standing
from coopkg.terms import RDF_TYPE


def resting(home: Path, name: str) -> dict[str, tuple[str, ...]]:
    """Return the contributions that cannot stand without one, and what they then would lack.

    They are in an order in which they can be undone: what rests on another comes before it.

    Raises:
        LedgerError: the journal, or an object it names, cannot be trusted.
    """
    known = _described(graphs.standing(home))
    gone, found = {name}, dict[str, tuple[str, ...]]()
    while True:
        after = graphs.standing(home, without=frozenset(gone))
        lost = known - _described(after)
        more: dict[str, set[str]] = {}
        for said, contribution in _said(after):
            if isinstance(said.object, ox.NamedNode) and said.object.value in lost:
                more.setdefault(contribution, set()).add(said.object.value)
        if not more:
            return dict(reversed(found.items()))
        found |= {one: tuple(sorted(things)) for one, things in more.items()}
        gone |= more.keys()


def _described(standing: Standing) -> set[str]:
    """Return what a class is stated of."""
    return {
        said.subject.value
        for said, _ in _said(standing)
        if said.predicate == RDF_TYPE and isinstance(said.subject, ox.NamedNode)
    }


def _said(standing: Standing) -> Iterator[tuple[ox.Triple, str]]:
    """Yield what partners say, and in which contribution: operators keep other graphs apart."""
    for graph in standing.graphs.values():
        if graph.owner is not None:
            lines = list(graph.lines.items())
            text = "".join(f"{line} .\n" for line, _ in lines)
            read = ox.parse(text, format=ox.RdfFormat.N_TRIPLES)
            for quad, (_, contribution) in zip(read, lines, strict=True):
                yield quad.triple, contribution
