"""What accepted contributions make of each graph, by replaying them in the order of acceptance.

*put* replaces a graph, *post* adds, *delete* empties it, *patch* removes some triples and adds
others. A contribution undone is left out of the replay: nobody else's triples change.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from coopkg.contributions import ledger, model, partners
from coopkg.contributions.ledger import Ledger
from coopkg.contributions.model import DEFAULT, STANDING, Contribution
from coopkg.contributions.partners import Partner
from coopkg.terms import BASE

Lines = dict[str, str]
"""The triples of a graph as N-Triples lines without their dot, each with who stated it first."""


@dataclass(frozen=True)
class Graph:
    """A graph as contributions make it: `lines` tells which contribution each triple is of.

    `contributions` are those that stated any of them. `owner` is the partner whose layer it is of,
    or None: a graph that an operator keeps apart.
    """

    iri: str
    owner: str | None
    lines: Mapping[str, str]
    contributions: tuple[Contribution, ...]

    @property
    def text(self) -> str:
        """Its triples, one a line, sorted: N-Triples."""
        return "".join(f"{line} .\n" for line in sorted(self.lines))

    @property
    def sha256(self) -> str:
        """What names its content."""
        return hashlib.sha256(self.text.encode()).hexdigest()


@dataclass(frozen=True)
class Standing:
    """What a publication is to hold: the contributions that stand, and the graphs they make."""

    contributions: tuple[Contribution, ...]
    graphs: Mapping[str, Graph]


def standing(
    home: Path, without: frozenset[str] = frozenset(), also: frozenset[str] = frozenset()
) -> Standing:
    """Return what accepted contributions make of each graph, but for some; see `replay`.

    `also` are some that were undone, which stand all the same.

    Raises:
        LedgerError: the journal, or an object it names, cannot be trusted.
    """
    book = ledger.of(home)
    entries = book.verified()
    kept = tuple(
        one
        for one in model.contributions(entries).values()
        if (one.state in STANDING or one.id in also) and one.id not in without
    )
    return Standing(kept, replay(book, kept, partners.of_entries(entries)))


def replay(
    book: Ledger, contributions: Iterable[Contribution], known: Mapping[str, Partner]
) -> dict[str, Graph]:
    """Return what contributions make of each graph, one after another as they were accepted.

    A graph that was emptied is there, without a line; one that was deleted is not.

    Raises:
        LedgerError: an object is missing or changed.
    """
    made: dict[str, Lines] = {}
    ordered = sorted(contributions, key=lambda one: one.order)
    for one in ordered:
        _apply(book, one, made)
    found = {}
    for iri, lines in sorted(made.items()):
        said = set(lines.values())
        by = tuple(one for one in ordered if one.id in said)
        found[iri] = Graph(iri, _owner(iri, known), lines, by)
    return found


def _owner(iri: str, known: Mapping[str, Partner]) -> str | None:
    return next((name for name, one in known.items() if one.owns(iri)), None)


def _apply(book: Ledger, one: Contribution, made: dict[str, Lines]) -> None:
    """Change the graphs as a contribution says."""
    added, removed = (_by_graph(book, digest) for digest in (one.added, one.removed))
    named = tuple(dict.fromkeys((*one.graphs, *added, *removed)))
    for iri in named:
        if one.method == "delete":
            made.pop(iri, None)
            continue
        lines = made.setdefault(iri, {})
        if one.method == "put":
            kept = {text: lines[text] for text in added.get(iri, ()) if text in lines}
            lines.clear()
            lines.update(kept)
        for text in removed.get(iri, ()):
            lines.pop(text, None)
        for text in added.get(iri, ()):
            lines.setdefault(text, one.id)


def _by_graph(book: Ledger, digest: str) -> dict[str, list[str]]:
    """Return the triples of an object, by graph."""
    found: dict[str, list[str]] = {}
    if digest:
        for quad in ox.parse(book.object(digest), format=ox.RdfFormat.N_QUADS):
            iri = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else DEFAULT
            found.setdefault(iri, []).append(f"{quad.subject} {quad.predicate} {quad.object}")
    return found


def path(graph: Graph) -> str:
    """Return the name of a graph among the sources: `partners/<name>/<rest of its IRI>.nt`."""
    if graph.owner is None:
        return f"partners/.apart/{hashlib.sha256(graph.iri.encode()).hexdigest()[:16]}.nt"
    rest = graph.iri.removeprefix(f"{BASE}graph/partner/{graph.owner}").strip("/")
    parts = rest.split("/") if rest else []
    if all(partners.NAME.fullmatch(part) and len(part) <= partners.NAME_MAX for part in parts):
        return "/".join(["partners", graph.owner, *(parts or ["main"])]) + ".nt"
    return f"partners/{graph.owner}/{hashlib.sha256(graph.iri.encode()).hexdigest()[:16]}.nt"
