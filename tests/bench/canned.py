"""How fast the page of each question is, beside its query on the engine alone.

`python -m tests.bench.canned [--home HOME] [--write]` measures this alone, and writes its section
of docs/benchmarks.md anew.

Each question is asked with its example, in French. *Alone* is its query, bound, on the same graph
in memory in this process, its rows read. *Cold* is the page through the whole service, nothing
kept. *Ahead* is the first visit to a page that was made ahead, and *warm* every visit after it,
through all that stands before Flask.

Seconds of CPU are counted beside those of the clock, in this process and in those of the engine:
on a machine that has other work to do, the clock counts the turns that others take.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pyoxigraph as ox

from coopkg import generation, questions
from coopkg.config import Settings
from coopkg.questions import Question
from coopkg.serve import create_app
from tests.bench import graphs

REPEATS: Final = 20
QUICK: Final = 5  # times more of what takes no time
TARGET: Final = 3.0  # times the query alone, at the 95th percentile
WARM_MS: Final = 1.0
HEADING: Final = "## Pages of questions"
PAGE: Final = "text/html,application/xhtml+xml,*/*;q=0.8"
Ask = Callable[[], object]


@dataclass(frozen=True)
class Spent:
    """Milliseconds of one kind of answer: by the clock, and of CPU."""

    clock: tuple[float, ...]
    cpu: tuple[float, ...]

    def p95(self, what: str = "clock") -> float:
        """Return the 95th percentile of the clock, or of the CPU."""
        ordered = sorted(getattr(self, what))
        return float(ordered[round(0.95 * (len(ordered) - 1))])

    def p50(self, what: str = "clock") -> float:
        """Return the median of the clock, or of the CPU."""
        return statistics.median(getattr(self, what))


@dataclass(frozen=True)
class Canned:
    """What the page of one question costs."""

    slug: str
    alone: Spent
    cold: Spent
    ahead: Spent
    warm: Spent

    def ratio(self, way: str, what: str = "clock") -> float:
        """Return the page over its query alone, both at the 95th percentile."""
        spent: Spent = getattr(self, way)
        return spent.p95(what) / self.alone.p95(what)


@dataclass(frozen=True)
class Pages:
    """The pages of all questions, and what an answer of no work costs."""

    of: Sequence[Canned]
    floor: Spent


def measure(home: Path, repeats: int = REPEATS, most: int | None = None) -> Pages:
    """Measure the page of every question; the ways of asking take turns."""
    served = generation.current(home)
    store = ox.Store()
    store.bulk_load(path=str(served.file("store.nq")), format=ox.RdfFormat.N_QUADS)
    asked = questions.load(served.path / "questions")
    cold = create_app(Settings(home=home, cache_mb=0))
    kept = create_app(Settings(home=home))
    clock = _Clock()
    try:
        slugs = sorted(asked)[:most]
        found = [_one(asked[slug], store, cold, kept, clock, repeats) for slug in slugs]
        least = clock.timed(_nothing, lambda: _call(cold.wsgi_app, "/version", ""), 5 * repeats)
        return Pages(found, least)
    finally:
        for app in (cold, kept):
            app.extensions["coopkg"].close()


def _one(
    question: Question, store: ox.Store, cold: Any, kept: Any, clock: _Clock, repeats: int
) -> Canned:
    path, query = f"/fr/questions/{question.slug}", urlencode(dict(question.examples))
    text = question.with_values(question.bind(question.examples))
    cache = kept.extensions["coopkg_cache"]

    def ahead() -> None:
        """Make the page as `coopkg.serve.warming` does, for whoever comes first."""
        cache.clear()
        for _ in range(2):
            _call(kept.wsgi_app, path, query, accept="text/html")

    def visit() -> bytes:
        return _call(kept.wsgi_app, path, query)

    def alone() -> object:
        return list(store.query(text))  # type: ignore[arg-type]  # questions are SELECTs

    return Canned(
        question.slug,
        clock.timed(_nothing, alone, QUICK * repeats),
        clock.timed(_nothing, lambda: _call(cold.wsgi_app, path, query), repeats, by_others=True),
        clock.timed(ahead, visit, repeats),
        clock.timed(_nothing, visit, QUICK * repeats),
    )


def _nothing() -> None:
    pass


class _Clock:
    """Times what is asked, here and in the processes that this one has started."""

    def timed(
        self, before: Callable[[], None], ask: Ask, repeats: int, *, by_others: bool = False
    ) -> Spent:
        """Return what each of some repeats takes, of others too; the first is not counted."""
        clock, cpu = [], []
        for number in range(repeats + 1):
            before()
            children = list(_descendants(os.getpid())) if by_others else []
            used, begun = _cpu(children), time.perf_counter()
            ask()
            spent = time.perf_counter() - begun
            if number:
                clock.append(spent * 1000)
                cpu.append((_cpu(children) - used) * 1000)
        return Spent(tuple(clock), tuple(cpu))


def _cpu(children: Sequence[int]) -> float:
    """Return the seconds of CPU that this process and some others have used."""
    total = time.process_time()
    for pid in children:
        with suppress(OSError, ValueError):
            total += int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    return total


def _descendants(pid: int) -> Iterator[int]:
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            for child in task.read_text().split():
                yield int(child)
                yield from _descendants(int(child))


def _call(front: Any, path: str, query: str, accept: str = PAGE) -> bytes:
    said: list[str] = []
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": query,
        "HTTP_ACCEPT": accept, "HTTP_ACCEPT_ENCODING": "gzip",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(), "wsgi.errors": sys.stderr, "wsgi.version": (1, 0),
        "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
    whole = b"".join(front(environ, lambda status, *_: said.append(status)))
    assert said[0].startswith("200 "), (path, query, said)
    return whole


# --- What was found, in words ----------------------------------------------------------------


def section(pages: Pages) -> str:
    """Return the section of the report, heading included."""
    lines = [
        "| question | alone p50 | p95 | cold p50 | p95 | cold CPU p50 | p95 | cold / alone, clock "
        "| CPU | first visit, made ahead p95 | / alone | kept p95 |",
        "|---|" + "--:|" * 11,
    ]
    ordered = sorted(pages.of, key=lambda one: -one.ratio("cold", "cpu"))
    lines += [_line(one) for one in ordered]
    return "\n\n".join([HEADING, _said(pages), _targets(pages.of), "\n".join(lines)])


def _line(one: Canned) -> str:
    return (
        f"| {one.slug} | {one.alone.p50():.2f} | {one.alone.p95():.2f} "
        f"| {one.cold.p50():.1f} | {one.cold.p95():.1f} "
        f"| {one.cold.p50('cpu'):.1f} | {one.cold.p95('cpu'):.1f} "
        f"| {one.ratio('cold'):.0f}× | {one.ratio('cold', 'cpu'):.0f}× "
        f"| {one.ahead.p95():.2f} | {one.ratio('ahead'):.2f}× | {one.warm.p95():.2f} |"
    )


def _said(pages: Pages) -> str:
    return (
        "Each question with its example, in French, in milliseconds; *alone*: its query on the "
        "engine, in process; *cold*: its page, nothing kept; *made ahead*: the first visit to a "
        "page that the service made after it opened the generation (`COOPKG_WARM_PAGES`); *kept*: "
        "every visit after that. CPU counts this process and those of the engine; the clock also "
        "counts the turns of whatever else the machine does. A page asks several queries (rows, "
        "reasons, sources, what is near), crosses to another process for each, and writes some "
        "thousand pieces of HTML; what is least, an answer of no work through Flask and our "
        f"headers, takes {pages.floor.p50():.2f} ms (CPU {pages.floor.p50('cpu'):.2f}). So a page "
        "that nobody made before is out of reach of three times a query of a third of a "
        "millisecond, and pages that most visits begin with are made before anybody asks."
    )


def _targets(found: Sequence[Canned]) -> str:
    def row(name: str, good: int, worst: str) -> str:
        verdict = "reached" if good == len(found) else "**missed**"
        return f"| {name} | {good} of {len(found)} | {worst} | {verdict} |"

    lines = ["| target | pages | worst | |", "|---|--:|--:|---|"]
    for name, way, what in (
        ("first visit, made ahead, p95 ≤ 3 × alone (clock)", "ahead", "clock"),
        ("first visit, made ahead, p95 ≤ 3 × alone (CPU)", "ahead", "cpu"),
        ("cold, p95 ≤ 3 × alone (clock)", "cold", "clock"),
        ("cold, p95 ≤ 3 × alone (CPU)", "cold", "cpu"),
    ):
        ratios = [one.ratio(way, what) for one in found]
        lines.append(row(name, sum(one <= TARGET for one in ratios), f"{max(ratios):.2f}×"))
    for name, what in (("clock", "clock"), ("CPU", "cpu")):
        kept = [one.warm.p95(what) for one in found]
        good = sum(one <= WARM_MS for one in kept)
        lines.append(row(f"kept, p95 ≤ 1 ms ({name})", good, f"{max(kept):.2f} ms"))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and put the section in docs/benchmarks.md when asked."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--home", type=Path, default=graphs.ROOT / "var" / "bench" / "home")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    text = section(measure(given.home, given.repeats))
    load_1, load_5, _ = os.getloadavg()
    text += f"\n\nLoad {load_1:.1f} (1 min) and {load_5:.1f} (5 min) when this was measured.\n"
    print(text)
    if given.write:
        page = graphs.ROOT / "docs/benchmarks.md"
        rest = re.sub(rf"{HEADING}\n.*?(?=^## |\Z)", "", page.read_text("utf-8"), flags=re.S | re.M)
        page.write_text(f"{rest.rstrip()}\n\n{text}", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
