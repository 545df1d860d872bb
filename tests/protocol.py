"""The published check of SPARQL endpoints, run against a real service: `python -m tests.protocol`.

`../shared/tools/protocol_check.py` writes its fixture graphs into the service that it checks, by
SPARQL Update or by the Graph Store Protocol. This service has no update, and opens the writing of
graphs to partners only; so the graphs are put beforehand into the generation that is served, as
quads of its `store.nq`. Nothing of a check is changed: `put_graph` alone, which loads a fixture,
makes sure instead that the graph is there with exactly those triples. Every other write of a
check goes to the service, which refuses it.
"""

from __future__ import annotations

import argparse
import contextlib
import importlib.util
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pyoxigraph as ox

ROOT: Final = Path(__file__).parents[1]
if str(ROOT / "tests") not in sys.path:
    sys.path.insert(0, str(ROOT / "tests"))

import operating  # noqa: E402 - a neighbour, found beside this file
import serving  # noqa: E402 - the same

from coopkg import generation  # noqa: E402
from coopkg.build import describe  # noqa: E402

TOOLS: Final = ROOT.parent / "shared" / "tools"
CHECKER: Final = TOOLS / "protocol_check.py"
W3C: Final = TOOLS / "w3c_http_tests.json"
RUN: Final = "http://example.org/pc/seeded/"
KASEI: Final = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
TIMEOUT_S: Final = 3

SEEDS: Final[Mapping[str, str]] = {
    RUN + "ds1": f'<{RUN}x1> <http://example.org/in> "1" .',
    RUN + "ds2": f'<{RUN}x2> <http://example.org/in> "2" .',
    RUN + "ds3": f'<{RUN}x3> <http://example.org/in> "3" .',
    RUN + "desc": f'<{RUN}d1> <http://example.org/p> "v" .',
    RUN + "lex": "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . "
    '<urn:s> <urn:p> "01"^^xsd:integer, "7"^^xsd:int, "1.50"^^xsd:decimal .',
    RUN + "gsp1": "@prefix ex: <http://example.org/> . "
    'ex:a ex:p "1", "\u00e9\u12a0"@am ; ex:q [ ex:r 2 ] .',
    RUN + "big": "".join(f"<urn:s{i}> <urn:p> 'a compressible value {i}' .\n" for i in range(2000)),
    KASEI.format(0): "<urn:d0> <urn:p> 1 .",
}

# What a line needs before it can pass, by its id, and why that is not there.
WRITES: Final[Mapping[str, tuple[str, str]]] = {
    "SPARQL Update": (
        r"U0[1-8]|U1[2-7]|U19|U20|A0[1-4]|A1\d|X04|X1[0-2]"
        r"|W3C-(bad_)?update_.*|W3C-bad_multiple_updates",
        "The service has no SPARQL Update: it answers 403, and says that data change by a "
        "contribution and a publication.",
    ),
    "Graph Store writing": (
        r"G0[12]|G1[1-9]|G2[0-7]|G3[0145]|G39|G4[0-4]|G47|G49|G50|G52|G53|A0[5-9]|X0[12]"
        r"|X1[678]|X20|W3C-(put|post|head_existing)_.*",
        "Writing needs the token of a partner, which this run does not have: 401. With that of an "
        "operator they pass: see below.",
    ),
}
CAUSES: Final[Mapping[str, str]] = {
    "F38": "the store keeps the value of a number and not its writing: `01` comes back as `1`, "
    "`1.50` as `1.5`, `xsd:int` as `xsd:integer`. What must keep its writing is kept as text.",
    "L20": "Brotli would need a library of its own; gzip is offered.",
}
LEVELS: Final = {
    "M": "MUST, and the tests of the W3C",
    "S": "SHOULD, and good practice",
    "P": "demands of this project",
}
START: Final = "<!-- protocol -->"
END: Final = "<!-- /protocol -->"
PAGE: Final = ROOT / "docs" / "conformance.md"
TITLE: Final = "## SPARQL 1.1 Protocol and Graph Store Protocol, reading"
INTRODUCTION: Final = (
    "A black-box check of {} lines against a real service, whose graphs come from a file "
    "(`python -m tests.protocol`). These are the lines that need neither an update nor the "
    "writing of a graph."
)
WRITING: Final = "The other lines write:"


@dataclass(frozen=True)
class Line:
    """What the checker says of one line; `level` is a key of LEVELS."""

    id: str
    level: str
    title: str
    status: str
    detail: str

    @property
    def writes(self) -> str | None:
        """What the line needs that this service does not offer: a key of WRITES."""
        return next(
            (need for need, (rule, _) in WRITES.items() if re.fullmatch(rule, self.id)), None
        )

    @property
    def cause(self) -> str | None:
        """Why the line does not pass, None when nobody knows."""
        return WRITES[self.writes][1] if self.writes else CAUSES.get(self.id)


def seeds() -> dict[str, str]:
    """Return the fixture graphs, in Turtle, by name: ours, and those of the W3C's tests."""
    found = dict(SEEDS)
    for test in json.loads(W3C.read_text(encoding="utf-8")):
        found |= {one["graph"]: one["nt"] for one in test["data"]}
    return found


def quads(graph: str, turtle: str) -> list[ox.Quad]:
    """Return a fixture graph as quads."""
    name = ox.NamedNode(graph)
    read = ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=graph)
    return [ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in read]


def seed(published: Path, home: Path) -> None:
    """Publish in `home` the generation of another home, with the fixture graphs beside its own."""
    found = generation.current(published)
    given = [quad for graph, turtle in seeds().items() for quad in quads(graph, turtle)]
    graphs = dict(found.manifest.graphs)
    for quad in given:
        graphs[quad.graph_name.value] = graphs.get(quad.graph_name.value, 0) + 1
    inputs = {**found.manifest.sources, "tests/protocol.nq": "0" * 64}
    with generation.staging(home) as staging:
        for name in found.manifest.files:
            path = staging / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(found.read(name))
        with (staging / "store.nq").open("a", encoding="utf-8") as store:
            store.writelines(f"{quad} .\n" for quad in given)
        own = ox.parse(found.read("store.nq"), format=ox.RdfFormat.N_QUADS)
        total = sum(isinstance(quad.graph_name, ox.DefaultGraph) for quad in own)
        (staging / "service.ttl").write_bytes(describe.service(graphs, total))
        generation.publish(staging, home, inputs, graphs, datetime.now(UTC))


@contextlib.contextmanager
def service(published: Path) -> Iterator[str]:
    """Serve a generation with the fixture graphs; yield the address."""
    with tempfile.TemporaryDirectory(prefix="coopkg-protocol-") as folder:
        home = Path(folder)
        seed(published, home)
        limit = f"COOPKG_QUERY_TIMEOUT_S={TIMEOUT_S}"
        start = ("env", limit, sys.executable, "-m", "coopkg", "serve")
        with serving.running(home, *start) as running:
            yield running.url


def lines(url: str, *options: str) -> list[Line]:
    """Run the checker against a service, in a process of its own; return what it says."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = (sys.executable, "-W", "ignore", str(Path(__file__)), "run", url, str(report))
        done = subprocess.run(
            (*command, *options), capture_output=True, text=True, check=False, timeout=300
        )
        assert report.exists(), done.stdout + done.stderr
        found = json.loads(report.read_text(encoding="utf-8"))["checks"]
        return [Line(**one) for one in found]


def run(url: str, report: Path, *options: str) -> None:
    """Run the checker as its command does, with its context told that the fixtures are there."""
    spec = importlib.util.spec_from_file_location("protocol_check", CHECKER)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.dont_write_bytecode = True  # its folder is read-only
    spec.loader.exec_module(module)
    module.Ctx = _seeded(module)  # type: ignore[attr-defined]
    sys.argv = [str(CHECKER), "--query-url", f"{url}/sparql", "--gsp-url", f"{url}/graphs"]
    sys.argv += ["--slow", str(TIMEOUT_S), "--big-mb", "16", "--json", str(report), *options]
    module.main()


def _seeded(module: ModuleType) -> type[Any]:
    """Return the checker's context, whose graphs have names that are known beforehand."""
    held = {graph: quads(graph, turtle) for graph, turtle in seeds().items()}

    class Seeded(module.Ctx):  # type: ignore[name-defined,misc]
        def __init__(self, arguments: argparse.Namespace) -> None:
            super().__init__(arguments)
            self.base = RUN

        def put_graph(self, graph: str, turtle: str) -> None:
            wanted = sorted(str(quad) for quad in quads(graph, turtle))
            if wanted != sorted(str(quad) for quad in held.get(graph, [])):
                raise module.Skip(f"needs writing: <{graph}> is not among the seeded graphs")

    return Seeded


def section(found: Sequence[Line]) -> str:
    """Return the section of docs/conformance.md that these results make."""
    reading = [line for line in found if not line.writes]
    text = [
        START,
        TITLE,
        "",
        INTRODUCTION.format(len(found)),
        "",
        "| level | lines | pass | fail | not offered |",
    ]
    text.append("|---|---:|---:|---:|---:|")
    for level, name in LEVELS.items():
        of = Counter(line.status for line in reading if line.level == level)
        text.append(f"| {name} | {of.total()} | {of['PASS']} | {of['FAIL']} | {of['SKIP']} |")
    text += ["", "What does not pass:", ""]
    text += [
        f"- `{line.id}` {line.title}: {CAUSES.get(line.id, '**no cause is known**')}"
        for line in reading
        if line.status != "PASS"
    ]
    text += ["", WRITING, "", "| needs | lines | pass all the same | cause |", "|---|---:|---|---|"]
    for need, (rule, cause) in WRITES.items():
        of_need = [line for line in found if re.fullmatch(rule, line.id)]
        passed = ", ".join(f"`{line.id}`" for line in of_need if line.status == "PASS")
        text.append(f"| {need} | {len(of_need)} | {passed or '–'} | {cause} |")
    return "\n".join([*text, END, ""])


def written(page: str, made: str) -> str:
    """Return the page with a section in its place, or after the others."""
    start, end = made.splitlines()[0], made.splitlines()[-1]
    place = re.compile(re.escape(start) + ".*?" + re.escape(end) + "\n", re.DOTALL)
    if place.search(page):
        return place.sub(lambda _: made, page)
    return page.rstrip() + "\n\n" + made


def main(arguments: Sequence[str]) -> int:
    """Publish, serve, check, as a reader and as an operator; write the sections with `--write`."""
    options = [one for one in arguments if one != "--write"]
    with tempfile.TemporaryDirectory(prefix="coopkg-published-") as home:
        publish = (sys.executable, "-m", "coopkg", "publish", "--home", home, "--root", str(ROOT))
        subprocess.run(publish, check=True)
        with service(Path(home)) as url:
            found = lines(url, *options)
    with operating.service(apart=True) as (url, token):
        by_operator = operating.lines(url, token, *options)
    sections = (section(found), operating.section(by_operator))
    for line in (*found, *by_operator):
        print(line.status, line.level, line.id, line.title, line.detail and f"– {line.detail}")
    if "--write" in arguments:
        page = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Conformance\n"
        for made in sections:
            page = written(page, made)
        PAGE.write_text(page, encoding="utf-8")
    print(*sections, sep="\n")
    unknown = [line.id for line in found if line.status == "FAIL" and line.cause is None]
    unknown += [
        line.id for line in by_operator if line.status == "FAIL" and not operating.cause(line)
    ]
    return 1 if unknown else 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["run"]:
        run(sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])
    else:
        sys.exit(main(sys.argv[1:]))
