"""Speed over HTTP, beside its peers: `python -m tests.bench.http [--write] [--smoke]`.

Two queries, a cheap one (the names of an organisation) and the flagship question as its page gives
it, on the real graph and on made-up ones, at 1, 8 and 32 connections. Rounds are interleaved, so
that whatever else the machine does falls on all; a ratio is taken within a round, and the median of
the rounds is said. Before anything is timed, all servers must give the same rows.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from coopkg import generation
from tests.bench import canned, graphs, hostile, load, peers, report, stages
from tests.bench.graphs import Graph
from tests.bench.load import Load
from tests.bench.peers import Peer

FOLDER: Final = graphs.ROOT / "var" / "bench"
QUERIES: Final = {"cheap": graphs.label(), "flagship": graphs.flagship()}
CONNECTIONS: Final = (1, 8, 32)
ROUNDS: Final = 5
MOST_S: Final = 10.0
SLOW_S: Final = 1.5  # a peer that takes longer for one answer is not put under load
RDFLIB_UP_TO: Final = 150_000  # beyond, it takes minutes to load and seconds to answer


@dataclass(frozen=True)
class Cell:
    """One thing that is measured: who answers what, how, over how many connections."""

    graph: str
    peer: str
    query: str
    same: bool  # the same text each time, else another one each time
    connections: int


@dataclass
class Measured:
    """Everything one run found."""

    loads: dict[Cell, list[Load]] = field(default_factory=dict)
    rows: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)
    alone: dict[tuple[str, str, str], float] = field(default_factory=dict)  # seconds
    storage: dict[str, str] = field(default_factory=dict)
    stopped: list[hostile.Stopped] = field(default_factory=list)
    stages: list[stages.Stage] = field(default_factory=list)
    pages: canned.Pages | None = None

    def ratio(self, ours: Cell, theirs: Cell) -> float | None:
        """Return the median over the rounds of our throughput over theirs."""
        pairs = zip(self.loads.get(ours, []), self.loads.get(theirs, []), strict=False)
        found = [one.per_second / other.per_second for one, other in pairs if other.per_second]
        return statistics.median(found) if found else None


def measure(
    made: Sequence[Graph], folder: Path, rounds: int, seconds: float, connections: Sequence[int]
) -> Measured:
    """Measure every graph, one after the other; the servers of one graph side by side."""
    found = Measured()
    for graph in made:
        print(f"\n{graph.name}: {graph.size:,} triples", flush=True)
        with ExitStack() as running:
            up = [running.enter_context(peers.ours(graph))]
            up.append(running.enter_context(peers.oxigraph(graph, folder)))
            if graph.size <= RDFLIB_UP_TO:
                up.append(running.enter_context(peers.rdflib_endpoint(graph, folder)))
            found.storage |= {peer.name: peer.storage for peer in up}
            _same_rows(graph, up, found)
            _rounds(graph, up, found, rounds, seconds, connections)
    return found


def _same_rows(graph: Graph, up: Iterable[Peer], found: Measured) -> None:
    """Make sure that all servers give the same rows, and some."""
    first, *others = up
    for name, query in QUERIES.items():
        wanted = peers.rows(first, query)
        assert wanted, f"{name} has no rows on {graph.name}: nothing to measure"
        for peer in (first, *others):
            found.alone[graph.name, peer.name, name] = peers.ask(peer, query + " # again")[2]
        for other in others:
            assert peers.rows(other, query) == wanted, f"{other.name} gives other rows for {name}"
        _, body, _ = peers.ask(first, query)
        found.rows[graph.name, name] = (len(wanted), len(body))
        print(f"  {name}: {len(wanted)} rows, the same from all", flush=True)


def _rounds(
    graph: Graph,
    up: Sequence[Peer],
    found: Measured,
    rounds: int,
    seconds: float,
    connections: Sequence[int],
) -> None:
    for number in range(0 if rounds > 1 else 1, rounds + 1):  # round 0 warms up, uncounted
        for name, query in QUERIES.items():
            for at in connections:
                for peer in up:
                    for same in (False,) if peer.name == "rdflib-endpoint" else (True, False):
                        word = "" if same else f"{os.getpid()}-{number}-{at}"
                        kept = same and peer.name == "coopkg"
                        spent = 0.0 if kept else found.alone[graph.name, peer.name, name]
                        if spent > SLOW_S and peer.name != "coopkg":
                            continue  # the report says so
                        # Long enough for a few answers over each connection, on two cores.
                        lasting = min(MOST_S, max(seconds, 3 * spent * max(1, at / 2)))
                        measured = load.run(peer, query, at, lasting, word)
                        peers.settle(peer)  # what was given up must not burden who is next
                        cell = Cell(graph.name, peer.name, name, same, at)
                        if number:
                            found.loads.setdefault(cell, []).append(measured)
        print(f"  round {number} of {rounds}" if number else "  warm", flush=True)


def prepared(folder: Path, sizes: Sequence[int], home: Path | None = None) -> list[Graph]:
    """Return the graphs, made where they are not there; the real one of a home, else published."""
    if home is None:
        home = folder / "home"
        command = [sys.executable, "-m", "coopkg", "publish", "--home", str(home)]
        subprocess.run([*command, "--root", str(graphs.ROOT)], check=True)
    base = generation.current(home)
    made = [graphs.real(home, folder)]
    for size in sizes:
        print(f"making a graph of {size:,} triples", flush=True)
        made.append(graphs.made_up(base, size, folder))
    return made


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and write docs/benchmarks.md when asked; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--home", type=Path, help="a home with the real graph, not published anew")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    parser.add_argument("--smoke", action="store_true", help="tiny data, ours alone, one second")
    given = parser.parse_args(arguments)
    if not load.available():
        print("wrk is not installed (Debian: apt install wrk): nothing measured", file=sys.stderr)
        return 2
    if given.smoke:
        return _smoke()
    FOLDER.mkdir(parents=True, exist_ok=True)
    made = prepared(FOLDER, given.sizes, given.home)
    found = measure(made, FOLDER, given.rounds, given.seconds, CONNECTIONS)
    found.stages = stages.measure(made[0].home)
    found.pages = canned.measure(made[0].home)
    found.stopped = hostile.measure(made[min(1, len(made) - 1)], FOLDER)
    text = report.written(found, made, given.rounds, machine())
    print("\n" + text)
    if given.write:
        (graphs.ROOT / "docs/benchmarks.md").write_text(text, encoding="utf-8")
    return 0


def machine() -> str:
    """Return what the numbers were taken on."""
    load_1, load_5, _ = os.getloadavg()
    return (
        f"{os.cpu_count()} cores, Python {platform.python_version()}, "
        f"load {load_1:.1f} (1 min) and {load_5:.1f} (5 min) at the end"
    )


def _smoke() -> int:
    """Exercise the whole way on a graph of a few triples, against ourselves alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        graph = graphs.tiny(folder)
        found = Measured()
        with peers.ours(graph) as ours:
            found.storage[ours.name] = ours.storage
            _same_rows(graph, [ours], found)
            _rounds(graph, [ours], found, 1, 1, (1,))
        found.stages = stages.measure(graph.home, repeats=5)
        print(report.written(found, [graph], 1, machine()))
    every = [one for of in found.loads.values() for one in of]
    return 0 if all(one.answered and not one.failed for one in every) else 1


if __name__ == "__main__":
    sys.exit(main())
