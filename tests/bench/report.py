"""The speed report as Markdown: tables, and each target with what was reached."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from tests.bench import canned, hostile
from tests.bench.graphs import Graph

if TYPE_CHECKING:
    from tests.bench.http import Cell, Measured

PEERS: Final = ("coopkg", "Oxigraph", "rdflib-endpoint")
# What is held against what: query, whether our answer is kept, peer, least ratio.
TARGETS: Final = (
    ("cheap", True, "Oxigraph", 0.9, "cheap query, kept"),
    ("flagship", True, "Oxigraph", 100.0, "flagship, kept"),
    ("flagship", False, "Oxigraph", 0.9, "flagship, evaluated"),
    ("cheap", False, "Oxigraph", 0.3, "cheap query, evaluated"),
    ("cheap", False, "rdflib-endpoint", 2.0, "cheap query, evaluated"),
)


def written(found: Measured, made: Sequence[Graph], rounds: int, machine: str) -> str:
    """Return the whole page."""
    parts = [_HEAD.format(machine=machine, rounds=rounds), _storage(found)]
    parts += ["## Targets", *_targets(found, made)]
    for graph in made:
        parts += [f"## {graph.name[0].upper()}{graph.name[1:]}", *_of(found, graph)]
    if found.stopped:
        parts += ["## Hostile queries", *_hostile(found.stopped)]
    parts += ["## Where the time goes", *_stages(found)]
    if found.pages and found.pages.of:
        parts.append(canned.section(found.pages))
    return "\n\n".join(part.strip() for part in parts) + "\n"


_HEAD: Final = """
# Speed over HTTP

<!-- Written by `make bench`; do not edit. -->

Machine: {machine}. Load by wrk, one thread, keep-alive, `Accept-Encoding: gzip`. {rounds} rounds,
interleaved; each number is the median of the rounds, each ratio is taken within a round, and only
good answers count. All servers gave the same rows before anything was timed. *Kept*: the same
request again, answered by the cache in front of Flask, beside the same request again of the other.
*Evaluated*: each request ends with another comment, so its answer is in no cache, beside requests
of that kind. *Cheap*: the names of one organisation. *Flagship*: which partners work on one theme
in one place, the text its page gives. Absolute numbers are this machine's, with whatever else it
did; the ratios travel better.
"""


def _storage(found: Measured) -> str:
    lines = [f"- {name}: {storage}" for name, storage in found.storage.items()]
    return "Storage:\n\n" + "\n".join(lines)


def _cells(found: Measured, graph: Graph) -> Iterator[Cell]:
    of_graph = [cell for cell in found.loads if cell.graph == graph.name]
    yield from sorted(
        of_graph, key=lambda c: (c.query, PEERS.index(c.peer), not c.same, c.connections)
    )


def _targets(found: Measured, made: Sequence[Graph]) -> list[str]:
    lines = [
        "| what | beside | graph | connections | target | reached | |",
        "|---|---|---|--:|--:|--:|---|",
    ]
    for query, same, peer, least, name in TARGETS:
        for graph in made:
            for cell in _cells(found, graph):
                if (cell.peer, cell.query, cell.same) != ("coopkg", query, same):
                    continue
                other = _other(found, cell, peer)
                reached = found.ratio(cell, other) if other else None
                if reached is not None:
                    verdict = "reached" if reached >= least else "**missed**"
                    verdict += _refused(found, cell)
                    lines.append(
                        f"| {name} | {peer} | {graph.name} | {cell.connections} "
                        f"| {least:g}× | {reached:.2f}× | {verdict} |"
                    )
    return ["\n".join(lines)]


def _refused(found: Measured, cell: Cell) -> str:
    refused = sum(one.failed for one in found.loads[cell])
    return f" ({refused} refused, not counted)" if refused else ""


def _other(found: Measured, cell: Cell, peer: str) -> Cell | None:
    wanted = replace(cell, peer=peer)
    return wanted if wanted in found.loads else None


def _of(found: Measured, graph: Graph) -> list[str]:
    sizes = [
        f"{query}: {count} rows, {size:,} bytes of JSON"
        for (name, query), (count, size) in found.rows.items()
        if name == graph.name
    ]
    lines = [
        "| query | server | connections | requests/s | p50 ms | p95 ms | failed |",
        "|---|---|--:|--:|--:|--:|--:|",
    ]
    for cell in _cells(found, graph):
        loads = found.loads[cell]
        how = ", the same text" if cell.same else ", another text each time"
        if cell.peer == "coopkg":
            how = ", kept" if cell.same else ", evaluated"
        middle = [
            statistics.median(getattr(one, name) for one in loads)
            for name in ("per_second", "p50_ms", "p95_ms")
        ]
        failed = sum(one.failed for one in loads)
        lines.append(
            f"| {cell.query} | {cell.peer}{how} | {cell.connections} "
            f"| {middle[0]:,.0f} | {middle[1]:.2f} | {middle[2]:.2f} | {failed} |"
        )
    measured = {(cell.peer, cell.query) for cell in _cells(found, graph)}
    for (name, peer, query), seconds in found.alone.items():
        if name == graph.name and (peer, query) not in measured:
            lines.append(
                f"| {query} | {peer} | | not put under load: {seconds:.1f} s for one | | | |"
            )
    return [
        f"{graph.size:,} triples in the default graph. " + "; ".join(sizes) + ".",
        "\n".join(lines),
    ]


def _hostile(stopped: Sequence[hostile.Stopped]) -> list[str]:
    lines = [
        "| query | server | status | answered after | of the limit | ASK just after |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for one in stopped:
        after = "no answer" if one.then_s is None else f"{one.then_s * 1000:.0f} ms"
        status = one.status or "none"
        lines.append(
            f"| {one.query} | {one.peer} | {status} | {one.seconds:.2f} s "
            f"| {one.seconds / hostile.LIMIT_S:.2f}× | {after} |"
        )
    said = (
        f"The limit is {hostile.LIMIT_S:g} s for both (`COOPKG_QUERY_TIMEOUT_S`, `--timeout-s`). "
        f"We wait {hostile.PATIENCE_S:g} s; target: 1.1× the limit."
    )
    return [said, "\n".join(lines)]


def _stages(found: Measured) -> list[str]:
    lines = ["| stage of a cheap query | µs |", "|---|--:|"]
    lines += [f"| {one.name} | {one.microseconds:.1f} |" for one in found.stages]
    return [
        "Inside the process, without a socket; the best of ten batches. What the stages leave of "
        "the whole is Flask, our headers, and caches that are cold after each wait for a worker. "
        "One process answers, and Python runs one thread at a time: with many connections the "
        "native server has the use of both cores, and we of one and of what the workers take.",
        "\n".join(lines),
    ]
