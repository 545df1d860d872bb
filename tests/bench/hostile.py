"""How soon a hostile query is stopped, by us and by the native server with its own time limit."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench import peers
from tests.bench.graphs import Graph
from tests.bench.peers import Peer

LIMIT_S: Final = 2.0
PATIENCE_S: Final = 10.0
QUERIES: Final = {
    "count of a product": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "order of a product": "SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f LIMIT 5",
    "paths of anything": "SELECT (COUNT(*) AS ?n) { ?a (<x:a>|!<x:b>)* ?b . ?b (!<x:c>)* ?c }",
    "a pattern that backtracks": (
        'SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f FILTER(REGEX(STR(?c), "(.*.*)*x$")'
        ' && REGEX(STR(?f), "(.*.*)*x$")) }'
    ),
}


@dataclass(frozen=True)
class Stopped:
    """What became of one query: the answer's status, 0 when none came, and when it came."""

    peer: str
    query: str
    status: int
    seconds: float
    then_s: float | None  # how long a cheap query took just after; None when it got no answer


def measure(graph: Graph, folder: Path) -> list[Stopped]:
    """Ask each query of each server; a server of its own each time, since some never recover."""
    found = []
    for name, query in QUERIES.items():
        with peers.ours(graph, COOPKG_QUERY_TIMEOUT_S=str(LIMIT_S)) as ours:
            found.append(_asked(ours, name, query))
        with peers.oxigraph(graph, folder, "--timeout-s", f"{LIMIT_S:.0f}") as theirs:
            found.append(_asked(theirs, name, query))
    return found


def _asked(peer: Peer, name: str, query: str) -> Stopped:
    status, _, seconds = peers.ask(peer, query, PATIENCE_S)
    begun = time.monotonic()
    then, _, _ = peers.ask(peer, "ASK {}", PATIENCE_S)
    after = time.monotonic() - begun if then == 200 else None
    return Stopped(peer.name, name, status, seconds, after)
