"""What a contribution changes in the graphs as they stand: triples added, removed, and changed.

One that stands already is compared with the graphs without it: what undoing it would take away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from coopkg.contributions import graphs, inbox, ledger, model, partners
from coopkg.contributions.model import STANDING

SHOWN: Final = 500
"""Triples of one difference; how many there are is told."""
_LAST: Final = 1 << 60


@dataclass(frozen=True)
class Line:
    """A property of a thing, with what it said and what it says: either may be empty."""

    graph: str
    subject: ox.NamedNode | ox.BlankNode
    predicate: ox.NamedNode
    before: tuple[ox.NamedNode | ox.BlankNode | ox.Literal, ...]
    after: tuple[ox.NamedNode | ox.BlankNode | ox.Literal, ...]

    @property
    def kind(self) -> str:
        """One of added, removed and changed."""
        return "changed" if self.before and self.after else "added" if self.after else "removed"


@dataclass(frozen=True)
class Difference:
    """The lines, as many as are shown, and how many triples there are in all."""

    lines: tuple[Line, ...]
    added: int
    removed: int
    is_cut: bool


def of(home: Path, name: str) -> Difference:
    """Return what a contribution changes.

    Raises:
        UnknownError: there is no such contribution.
        LedgerError: the journal, or an object it names, cannot be trusted.
    """
    one = inbox.get(home, name)
    book = ledger.of(home)
    entries = book.entries()
    standing = [
        other
        for other in model.contributions(entries).values()
        if other.state in STANDING and other.id != name
    ]
    known = partners.of_entries(entries)
    order = one.order if one.state in STANDING else _LAST
    before = graphs.replay(book, standing, known)
    after = graphs.replay(book, [*standing, replace(one, order=order)], known)
    triples = [
        (iri, set(before[iri].lines) if iri in before else set(),
         set(after[iri].lines) if iri in after else set())
        for iri in sorted({*before, *after})
    ]  # fmt: skip
    lines = sorted(_lines(triples), key=lambda line: (line.graph, str(line.subject)))
    added = sum(len(new - old) for _, old, new in triples)
    removed = sum(len(old - new) for _, old, new in triples)
    return Difference(tuple(lines[:SHOWN]), added, removed, len(lines) > SHOWN)


def _lines(triples: Iterable[tuple[str, set[str], set[str]]]) -> Iterator[Line]:
    for iri, old, new in triples:
        gone, come = _by_property(old - new), _by_property(new - old)
        for key in {**gone, **come}:
            yield Line(iri, *key, tuple(gone.get(key, ())), tuple(come.get(key, ())))


def _by_property(lines: Iterable[str]) -> dict[tuple[ox.NamedNode, ox.NamedNode], list[ox.Literal]]:
    found: dict[tuple[ox.NamedNode, ox.NamedNode], list[ox.Literal]] = {}
    text = "".join(f"{line} .\n" for line in sorted(lines)).encode()
    for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES):
        key = (quad.subject, quad.predicate)
        found.setdefault(key, []).append(quad.object)
    return found
