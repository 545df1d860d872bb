"""What a contribution costs: sent, checked, published, seen. `python -m tests.bench.contributions`.

Against the real graph, from the request until a query sees a new triple, by parts. Against graphs
made up around it, the check (read, privilege, shapes near it: the report) beside the what-if left
out, and the steps of a publication. `--sizes 10000,100000,1000000` chooses these, `--write` keeps
the tables in docs/benchmarks-contributions.md. Nothing here is a test of time.
"""

from __future__ import annotations

import argparse
import json
import os
import resource as usage
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final

import pyoxigraph as ox
import pytest

from coopkg import generation
from coopkg.build import content, incremental, intake, pipeline
from coopkg.build.core import Core, read
from coopkg.build.laid_out import as_json
from coopkg.build.sources import Source
from coopkg.config import Settings
from coopkg.contributions import Upload, checking, inbox, partners, publication, resident
from coopkg.serve import create_app
from coopkg.serve.live import Live
from coopkg.terms import BASE
from tests.bench.graphs import ROOT, _made_up

NOW: Final = datetime(2026, 11, 23, tzinfo=UTC)
PAGE: Final = ROOT / "docs" / "benchmarks-contributions.md"
ENTITIES: Final = 12
"""Actions of one contribution, each of sixteen triples: two hundred in all."""
SETTLE_S: Final = 10.0
"""What the builder takes, twice over, to read a generation ahead before it is idle again."""
IDLE_S: Final = 3.0
"""How long a builder does nothing before it is taken to be idle."""
NAMES: Final = {"fr": "Ville de Tunis", "en": "City of Tunis"}
OWNER: Final = "bench"
FACTS: Final = BASE + f"graph/partner/{OWNER}"
_HEAD: Final = f"""@prefix : <{BASE}id/partner/tunis/> .
@prefix coop: <{BASE}ns#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""


def contribution(number: int) -> str:
    """Return a contribution of some two hundred triples, unlike those of other numbers."""
    place, theme = f"<{BASE}id/place/tunisie>", f"<{BASE}scheme/theme/decentralisation>"
    return _HEAD + "".join(
        f""":action-{number}-{one} a coop:CountryAction ;
  skos:prefLabel "Appui {number} {one}"@fr , "Support {number} {one}"@en ;
  coop:country {place} ; coop:participation :with-{number}-{one} , :led-{number}-{one} ;
  coop:domainTheme {theme} .
:with-{number}-{one} a coop:Participation ; coop:partner :board-{number}-{one} .
:led-{number}-{one} a coop:Participation ; coop:lead <{BASE}id/organisation/cnfpt> .
:board-{number}-{one} a org:Organization ; coop:basedIn {place} ;
  skos:prefLabel "Régie {number} {one}"@fr , "Board {number} {one}"@en .
"""
        for one in range(ENTITIES)
    )


@dataclass
class Clock:
    """Seconds by the name of what took them."""

    spent: dict[str, list[float]]

    @contextmanager
    def timed(self, name: str) -> Iterator[None]:
        """Note how long something takes."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.spent.setdefault(name, []).append(time.perf_counter() - begun)

    def around(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Return the same work, timed."""

        def timed(*given: Any, **named: Any) -> Any:
            with self.timed(name):
                return work(*given, **named)

        return timed

    def rows(self) -> list[tuple[str, float]]:
        """Return the median of each."""
        return [(name, median(found)) for name, found in self.spent.items()]


# --- The real graph, from the request to the answer -------------------------------------------


def end_to_end(home: Path, times: int, settle_s: float = SETTLE_S) -> Clock:
    """Send contributions one after another, each to a service that has nothing else to do."""
    clock = Clock({})
    _, token = partners.add(home, "tunis", NAMES, "direct")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "run", clock.around("… checked", checking.run))
        patch.setattr(publication, "_started", clock.around("… published", publication._started))
        patch.setattr(Live, "_take", clock.around("… opened and loaded", Live._take))
        app = create_app(Settings(home=home, root=ROOT, check_timeout_s=300))
        try:
            for number in range(times + 1):
                if number == 1:
                    clock.spent.clear()  # the first finds nothing ready
                with clock.timed("sent, checked, published and seen"):
                    _sent_and_seen(app, token, number)
                time.sleep(settle_s)  # the builder reads the new generation ahead
        finally:
            app.extensions["coopkg"].close()
    return clock


def _sent_and_seen(app: Any, token: str, number: int) -> None:
    client = app.test_client()
    answer = client.post(
        f"/api/contributions?graph={BASE}graph/partner/tunis/{number}&licence=CC0",
        data=contribution(number).encode(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "text/turtle"},
    )
    assert answer.status_code == 201, answer.data[:2000]
    query = f"ASK {{ <{BASE}id/partner/tunis/action-{number}-0> ?p ?o }}"
    accept = {"Accept": "application/sparql-results+json"}
    seen = client.get("/sparql", query_string={"query": query}, headers=accept)
    assert json.loads(seen.data)["boolean"] is True


# --- Graphs made up around it -----------------------------------------------------------------


def made_up(size: int) -> Source:
    """Return a source of a partner's with so many triples, the same on any machine."""
    text = "".join(islice(_made_up(size), size)).replace(f"{BASE}id/", f"{BASE}id/partner/{OWNER}/")
    for kind in ("organisation/cnfpt", "place/"):
        text = text.replace(f"{BASE}id/partner/{OWNER}/{kind}", f"{BASE}id/{kind}")
    graph = ox.NamedNode(FACTS)
    read_ = ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES)
    quads = tuple(ox.Quad(one.subject, one.predicate, one.object, graph) for one in read_)
    return Source(f"partners/{OWNER}/main.nt", "data", f"{size:064d}", quads, (), "")


def sealed(size: int, folder: Path, core: Core, clock: Clock) -> Path:
    """Return a home that serves such a graph, each step of making it timed but for validation."""
    home = folder / f"home-{size}"
    with clock.timed("made up"):
        source = made_up(size)
    with clock.timed("sorted and inferred"):
        past = incremental.Past(home, None, intake.NOTHING, core)  # type: ignore[arg-type]
        draft = pipeline._drafted(ROOT, (source,), pipeline.silent, past)
    with clock.timed("the store"):
        _ = draft.contents.text
    with clock.timed("names and proofs"):
        files = {**content.files(draft.contents, []), **core.files}
    owned = {"owner": OWNER, "triples": size, "contributions": []}
    files[publication.SEALED] = as_json({"contributions": [], "graphs": {FACTS: owned}})
    with clock.timed("written and sealed"), generation.staging(home) as staging:
        content.write(files, ROOT / "queries", staging)
        inputs = {"graph_data/bench.ttl": f"{size:064d}"}
        generation.publish(staging, home, inputs, draft.contents.graphs, NOW)
    return home


def checks(home: Path, times: int, clock: Clock) -> None:
    """Have contributions checked by a resident builder that has read the graph."""
    settings = Settings(home=home, root=ROOT, check_timeout_s=300, check_memory_mb=4000)
    partners.add(home, "tunis", NAMES, "direct")
    partner = partners.find(home, "tunis")
    resident.offer(settings)
    try:
        for number in range(times + 1):
            body = contribution(number).encode()
            upload = Upload("tunis", "a.ttl", "text/turtle", body)
            job = inbox._job(home, upload, partner, settings, f"c-{number}")
            job = type(job)(**{**job.__dict__, "foresees": False})
            worked = _of_children(settings)
            with clock.timed("read ahead, and checked" if number == 0 else "checked: the report"):
                outcome = checking.run(job, body, settings)
            if number == 0:
                with clock.timed("… then asked what a what-if compares with, while nobody asks"):
                    _settle(settings)
            else:
                worked = _of_children(settings) - worked
                clock.spent.setdefault("… processor time of it", []).append(worked)
            assert outcome.status in {"conforms", "warnings"}, outcome.report
    finally:
        resident.withdraw(settings)


def _settle(settings: Settings) -> None:
    """Wait until the resident builder has nothing more to make ready."""
    before, now = -1.0, _worked(settings, 11)
    while now - before > IDLE_S / 20:
        time.sleep(IDLE_S)
        before, now = now, _worked(settings, 11)


def _of_children(settings: Settings) -> float:
    """Return the processor seconds of what the resident builder has forked so far."""
    return _worked(settings, 13)


def _worked(settings: Settings, place: int) -> float:
    """Return processor seconds of the resident builder, by their place in its `stat`."""
    found = resident.of(settings)
    assert found is not None
    told = Path(f"/proc/{found.pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, told[place : place + 2])) / os.sysconf("SC_CLK_TCK")


# --- The whole of a publication, and what is kept of it ---------------------------------------


def publications(home: Path, clock: Clock) -> None:
    """Publish one more contribution from what is served, then the same from nothing."""
    settings = Settings(home=home, root=ROOT)
    if not any(one.name == "tunis" for one in partners.known(home).values()):
        partners.add(home, "tunis", NAMES, "direct")
    known = intake.ready(checking.current(home), str(ROOT), warm=True)
    past = incremental.past(home, ROOT, known)
    past.prepare()
    body = contribution(99).encode()
    one = inbox.receive(home, Upload("tunis", "a.ttl", "text/turtle", body, licence="x"), settings)
    upload = Upload("tunis", "a.ttl", "text/turtle", body)
    job = inbox._job(home, upload, partners.find(home, "tunis"), settings, one.id)
    outcome = intake.run(type(job)(**{**job.__dict__, "foresees": False}), body, known)
    inbox.step(home, one.id, {"received"}, lambda writer: inbox._kept(writer, one.id, outcome))
    from coopkg.contributions import deciding

    deciding.admit(home, one.id)
    other = home.with_name(home.name + "-again")
    shutil.copytree(home, other)
    for name, where, given in (("from what is served", home, past), ("from nothing", other, None)):
        worked = _processor()
        with clock.timed(f"published {name}"):
            pipeline.publish(ROOT, where, 10, NOW, past=given)
        clock.spent[f"… processor, {name}"] = [_processor() - worked]


def _processor() -> float:
    found = [usage.getrusage(who) for who in (usage.RUSAGE_SELF, usage.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in found)


def table(title: str, clock: Clock) -> str:
    """Write what was measured."""
    rows = "".join(f"| {name} | {seconds:.2f} |\n" for name, seconds in clock.rows())
    return f"## {title}\n\n| what | seconds |\n|---|--:|\n{rows}\n"


def told(title: str, clock: Clock) -> str:
    """Print what was measured, while more is; return it."""
    text = table(title, clock)
    print(text, flush=True)
    return text


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, print, and keep it when asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="10000,100000,1000000")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--skip-real", action="store_true")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args(arguments)
    load = os.getloadavg()[0]
    parts = [
        "# What a contribution costs\n\n"
        f"Written by `make bench`, on {os.cpu_count()} cores (load {load:.1f} at the start).\n"
    ]
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        if not given.skip_real:
            home = folder / "home"
            pipeline.publish(ROOT, home, 10, NOW)
            shutil.copytree(home, folder / "other")
            parts.append(told("The real graph, end to end", end_to_end(home, given.times)))
            clock = Clock({})
            publications(folder / "other", clock)
            parts.append(told("The real graph, one publication", clock))
        core = read(ROOT)
        _ = core.evidence, core.axioms
        for size in filter(None, map(int, filter(None, given.sizes.split(",")))):
            clock = Clock({})
            home = sealed(size, folder, core, clock)
            checks(home, given.times, clock)
            parts.append(told(f"{size:,} triples made up around it", clock))
    text = "\n".join(parts)
    if given.write:
        PAGE.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
