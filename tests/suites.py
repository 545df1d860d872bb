"""The W3C suites of SPARQL and SHACL, run through this project's own engine and validator.

`python -m tests.suites` runs them whole, prints what failed, and writes the sections `sparql` and
`shacl` of docs/conformance.md. The harness and the suites are those of `../shared`.
"""

from __future__ import annotations

import io
import re
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import pyoxigraph as ox

from coopkg import engine as engines
from coopkg import formats
from coopkg.build import validate
from coopkg.config import Settings
from coopkg.errors import QueryError, RefusedQuery, ShapesError, SyntaxQueryError

ROOT: Final = Path(__file__).parents[1]
TOOLS: Final = ROOT.parent / "shared" / "tools"
FAILURES: Final = Path(__file__).parent / "suites.toml"
PAGE: Final = ROOT / "docs" / "conformance.md"
SPARQL: Final = ("sparql10", "sparql11", "sparql12")


def harness(name: str) -> ModuleType:
    """Return a tool of `../shared` as a module; its call of `main` at the end is left out."""
    path = TOOLS / f"{name}.py"
    text = path.read_text(encoding="utf-8").rstrip().removesuffix("\nmain()")
    module = ModuleType(name)
    module.__file__ = str(path)
    module.__dict__["open"] = _read  # the tools never close what they open
    exec(compile(text, str(path), "exec"), module.__dict__)
    return module


def _read(path: str, mode: str = "r", **how: Any) -> io.IOBase:
    with open(path, mode, **how) as file:  # noqa: PTH123 - stands for the function `open`
        return io.BytesIO(file.read()) if "b" in mode else io.StringIO(file.read(), newline="")


@dataclass(frozen=True)
class Outcome:
    """What became of one test of a suite; `section` as in the table of the page."""

    test: str
    section: str
    passed: bool
    note: str = ""


def ours(w3c: ModuleType, folder: Path) -> Any:
    """Return the harness's view of our engine: every query goes through `Engine.run`."""

    class Ours(w3c.Engine):  # type: ignore[misc, name-defined]  # loaded from a file
        name = "coopkg"

        def __init__(self) -> None:
            self._data: list[ox.Quad] = []
            self._asked: frozenset[str] | None = None
            self._store = folder / "store.nq"
            self._store.write_text("")
            settings = Settings(home=folder, query_timeout_s=10.0)
            self._engine = engines.open_(self._store, settings, workers=1)

        def close(self) -> None:
            self._engine.close()

        def reset(self) -> None:
            self._data = []

        def load(self, path: str, base: str, graph: str | None) -> None:
            kind = w3c.EXT[path.rsplit(".", 1)[-1]]
            # Blank nodes are scoped to their file.
            for quad in ox.parse(path=path, format=kind, base_iri=base, rename_blank_nodes=True):
                named = quad.graph_name
                if graph and isinstance(named, ox.DefaultGraph):
                    named = ox.NamedNode(graph)
                self._data.append(ox.Quad(quad.subject, quad.predicate, quad.object, named))

        def _run(self, query: str, base: str, accept: str) -> engines.Result:
            lines = frozenset(f"{quad} .\n" for quad in self._data)
            if lines != self._asked:
                self._store.write_text("".join(sorted(lines)), encoding="utf-8")
                self._engine.switch(self._store)
                self._asked = lines
            return self._engine.run(f"BASE <{base}>\n{query}", accept=accept)

        def query(self, query: str, base: str, fmt: str = "native") -> Any:
            found = self._run(query, base, formats.JSON.media_type)
            if found.kind == "graph":
                triples = ox.parse(found.body, format=ox.RdfFormat.TURTLE)
                one = w3c.from_ox
                return w3c.Res(
                    "graph",
                    triples=[(one(t.subject), one(t.predicate), one(t.object)) for t in triples],
                )
            read = w3c.read_srj(found.body)
            if not re.search(rb'"type":"triple"|its:dir', found.body) and _deterministic(query):
                xml = w3c.read_srx(self._run(query, base, formats.XML.media_type).body)
                assert w3c.cmp_results(read, xml) in w3c.SILENT_OK, "the XML differs from the JSON"
            return read

        def query_bytes(self, query: str, base: str, fmt: str) -> bytes:
            named = {"csv": formats.CSV, "tsv": formats.TSV, "xml": formats.XML}
            return self._run(query, base, named.get(fmt, formats.JSON).media_type).body

        def check_query(self, query: str, base: str) -> None:
            self._data = []
            try:
                self._run(query, base, formats.JSON.media_type)
            except (SyntaxQueryError, RefusedQuery):
                raise
            except QueryError:
                pass  # it is SPARQL, and could not be evaluated

    return Ours()


def _deterministic(query: str) -> bool:
    return not re.search(r"\b(RAND|NOW|UUID|STRUUID|BNODE)\s*\(", query, re.IGNORECASE)


def run_sparql(w3c: ModuleType, engine: Any, versions: set[str]) -> Iterator[Outcome]:
    """Run the tests of queries, syntax and result formats; updates and HTTP are not ours here."""
    for version, category, path in w3c.manifests(versions):
        graph = w3c.G(path, w3c.ROOT + str(Path(path).relative_to(w3c.DATA)))
        for test, types in _entries(w3c, graph):
            kinds = {one.split("#")[-1] for one in types}
            section = w3c.group(version, category, kinds)
            if re.search("update|protocol|entailment|federation", section):
                continue
            name = f"{version}/{category}#{test[1].split('#')[-1]}"
            try:
                status, note = w3c.run_test(engine, graph, test, types, "native")
            except w3c.Skip:
                continue
            except (Exception, AssertionError) as error:
                status, note = "FAIL", f"{type(error).__name__}: {error}"
            yield Outcome(name, section, status == "PASS", " ".join(note.split())[:200])


def _entries(w3c: ModuleType, graph: Any) -> Iterator[tuple[Any, list[str]]]:
    """Give the approved or proposed tests of a manifest, with their types."""
    gone = {
        w3c.I(w3c.DAWGT + "Withdrawn"),
        w3c.I(w3c.DAWGT + "Obsoleted"),
        w3c.I(w3c.RDFT + "Rejected"),
    }
    manifests = [s for s in graph.i if w3c.I(w3c.MF + "Manifest") in graph.all(s, w3c.RDF + "type")]
    for manifest in manifests:
        for head in graph.all(manifest, w3c.MF + "entries"):
            for test in graph.list(head):
                types = [one[1] for one in graph.all(test, w3c.RDF + "type")]
                states = {
                    graph.one(test, w3c.DAWGT + "approval"),
                    graph.one(test, w3c.RDFT + "approval"),
                }
                if types and not states & gone:
                    yield test, types


@contextmanager
def both() -> Iterator[tuple[ModuleType, Any, Any]]:
    """Give the harness, our engine, and pyoxigraph alone."""
    w3c = harness("w3c_run")
    with tempfile.TemporaryDirectory() as folder:
        engine = ours(w3c, Path(folder))
        try:
            yield w3c, engine, w3c.PyOxigraph()
        finally:
            engine.close()


def run_shacl() -> Iterator[Outcome]:
    """Run the suite of SHACL through our validator, as `coopkg check` calls it."""
    suite = harness("shacl_run")
    cases = sorted(Path(suite.ROOT).rglob("*.ttl"))
    for path in cases:
        manifest = suite.load(str(path))
        for test in manifest.subjects(suite.RDF.type, suite.SHT.Validate):
            folder = path.parent.relative_to(suite.ROOT).as_posix()
            name = f"{folder}/{str(test).rsplit('/', 1)[-1]}"
            note = _shacl_fault(suite, manifest, test)
            yield Outcome(name, f"shacl {folder.split('/')[0]}", not note, note)


def _shacl_fault(suite: ModuleType, manifest: Any, test: Any) -> str:
    """Return how the report differs from the one the suite wants; empty when it does not."""
    action, wanted = (manifest.value(test, suite.MF[one]) for one in ("action", "result"))
    files = (manifest.value(action, suite.SHT[one]) for one in ("dataGraph", "shapesGraph"))
    data, shapes = (suite.load(str(one).removeprefix("file://")) for one in files)
    try:
        found = validate.run(data, shapes)
    except ShapesError as error:
        return "" if wanted == suite.SHT.Failure else str(error)
    if wanted == suite.SHT.Failure:
        return "a failure is wanted"
    (report,) = found.subjects(suite.RDF.type, suite.SH.ValidationReport)
    said, expected = (
        found.value(report, suite.SH.conforms),
        manifest.value(wanted, suite.SH.conforms),
    )
    if said.toPython() != expected.toPython():
        return f"conforms is {said}"
    return (
        "" if suite.results(found, report) == suite.results(manifest, wanted) else "results differ"
    )


def causes() -> dict[str, dict[str, str]]:
    """Return the known failures: suite → test → cause."""
    read = tomllib.loads(FAILURES.read_text(encoding="utf-8"))
    words = read.pop("causes")
    return {suite: {test: words[key] for test, key in of.items()} for suite, of in read.items()}


def words(cause: str) -> str:
    """Return the words of a cause."""
    return str(tomllib.loads(FAILURES.read_text(encoding="utf-8"))["causes"][cause])


def section(known: Mapping[str, str], found: Sequence[Outcome], alone: Sequence[Outcome]) -> str:
    """Return the table of a suite and its failures by cause, in Markdown."""
    peer = Counter(one.section for one in alone if one.passed)
    lines = ["| section | tests | pass | rate |" + (" pyoxigraph alone |" if alone else "")]
    lines.append("|---|---:|---:|---:|" + ("---:|" if alone else ""))
    for name in sorted({one.section for one in found}):
        states = [one.passed for one in found if one.section == name]
        row = f"| {name} | {len(states)} | {sum(states)} | {sum(states) / len(states):.1%} |"
        lines.append(row + (f" {peer[name]} |" if alone else ""))
    lines.append("")
    by_cause: dict[str, list[str]] = defaultdict(list)
    for one in found:
        if not one.passed:
            by_cause[known[one.test]].append(one.test)
    lines += [f"- {cause}: {', '.join(f'`{t}`' for t in by_cause[cause])}" for cause in by_cause]
    return "\n".join(lines)


def page(name: str, text: str, old: str) -> str:
    """Return the page of conformance with one section replaced, or added at the end."""
    begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
    new = f"{begin}\n{text}\n{end}"
    if begin not in old:
        return f"{old.rstrip()}\n\n{new}\n"
    before, _, rest = old.partition(begin)
    return before + new + rest.partition(end)[2]


def sparql_text(found: Sequence[Outcome], alone: Sequence[Outcome]) -> str:
    """Return the section of the SPARQL suites."""
    return (
        "## SPARQL 1.0, 1.1 and 1.2: queries, syntax, result formats\n\n"
        "The suites of the W3C, each query through the engine that serves (`Engine.run`: "
        "admission, worker, formats); what is bound is read from JSON, and from XML too. Updates "
        "and HTTP are not here: there is no update, and the protocol has its own section.\n\n"
        + section(causes()["sparql"], found, alone)
    )


def shacl_text(found: Sequence[Outcome]) -> str:
    """Return the section of the SHACL suite."""
    return (
        "## SHACL: core and SPARQL constraints\n\n"
        "The suite of the W3C through the validator of `coopkg check`: a test passes when the "
        "whole report agrees, result by result.\n\n" + section(causes()["shacl"], found, [])
    )


def main() -> int:
    """Run every suite, name what fails, and write the page."""
    with both() as (w3c, engine, peer):
        alone = list(run_sparql(w3c, peer, set(SPARQL)))
        found = list(run_sparql(w3c, engine, set(SPARQL)))
    shapes = list(run_shacl())
    known = causes()["sparql"] | causes()["shacl"]
    new = [one for one in [*found, *shapes] if not one.passed and one.test not in known]
    for one in new:
        print(f"NEW  {one.test}  {one.note}")
    if not new:
        old = PAGE.read_text(encoding="utf-8") if PAGE.exists() else "# Conformance\n"
        old = page("sparql", sparql_text(found, alone), old)
        PAGE.write_text(page("shacl", shacl_text(shapes), old), encoding="utf-8")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
