"""The samples of the page run, and give what the service gives, whatever the query holds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
import serving

from coopkg.serve.sparql import samples
from coopkg.serve.sparql.samples import Asked

# What each language could take for code, or change on its way.
HOSTILE = (
    'it\'s "quoted" `ticks` ${process.exit(9)} $(exit 9) \\\\ #{x} %s %41 &amp; é € 😀 '
    "@file ''' \"\"\" //*--!"
)
LITERAL = HOSTILE.replace("\\\\", "\\\\\\\\").replace('"', '\\"')
QUERY = f"""# a comment with "quotes", `ticks`, ${{x}}, 'n' and \\
SELECT ?said ?o WHERE {{
  BIND("{LITERAL}" AS ?said)
  VALUES ?o {{ "one" "two" }}
}}
ORDER BY ?o"""
GRAPH = 'CONSTRUCT { <http://e/s> <http://e/p> "it\'s é ${x} \\\\\\\\ `" } WHERE {}'


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("home")
    serving.dump(home / "store.nq", 600)
    with serving.running(home) as running:
        yield running.url + "/sparql"


def need(program: str, *check: str) -> str:
    """Return the path of a program; skip without it, but fail where all must run."""
    path = shutil.which(program)
    works = path and not (
        check and subprocess.run([path, *check], capture_output=True, timeout=60).returncode
    )
    if path and works:
        return path
    if os.environ.get("CI"):
        pytest.fail(f"{program} is missing, and CI must run every sample")
    pytest.skip(f"{program} is not installed here")


Runner = Callable[[str, Path], list[str]]


def _shell(code: str, folder: Path) -> list[str]:
    need("curl")
    (folder / "sample.sh").write_text(code, encoding="utf-8")
    return [need("sh"), str(folder / "sample.sh")]


def _python(code: str, folder: Path) -> list[str]:
    (folder / "sample.py").write_text(code, encoding="utf-8")
    return [sys.executable, "-W", "error", str(folder / "sample.py")]


def _r(code: str, folder: Path) -> list[str]:
    (folder / "sample.R").write_text(code, encoding="utf-8")
    return [need("Rscript", "-e", "library(SPARQL)"), str(folder / "sample.R")]


def _node(code: str, folder: Path) -> list[str]:
    (folder / "sample.mjs").write_text(code, encoding="utf-8")
    return [need("node"), str(folder / "sample.mjs")]


RUNNERS: dict[str, Runner] = {"curl": _shell, "python": _python, "r": _r, "javascript": _node}
EACH = pytest.mark.parametrize("slug", RUNNERS)


def run(slug: str, asked: Asked, folder: Path) -> str:
    """Run one sample and return what it prints."""
    (code,) = [one.code for one in samples.samples(asked) if one.slug == slug]
    done = subprocess.run(
        RUNNERS[slug](code, folder),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
        cwd=folder,
        env={**os.environ, "LC_ALL": "C.UTF-8", "no_proxy": "127.0.0.1"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def bare(text: str) -> str:
    """Return a text without quotes and backslashes, which each language shows in its own way."""
    return re.sub(r"[\\\"']", "", text)


@EACH
def test_a_sample_gives_the_rows_of_a_hostile_query(
    slug: str, service: str, tmp_path: Path
) -> None:
    printed = run(slug, Asked(service, QUERY, "SELECT"), tmp_path)
    assert bare(HOSTILE) in bare(printed)
    assert "one" in printed
    assert "two" in printed


@EACH
def test_a_sample_sends_the_query_letter_by_letter(slug: str, service: str, tmp_path: Path) -> None:
    size = len(LITERAL.replace('\\"', '"').replace("\\\\\\\\", "\\\\"))
    query = f'SELECT (STRLEN("{LITERAL}") AS ?size) {{}}'
    printed = run(slug, Asked(service, query, "SELECT"), tmp_path)
    assert re.search(rf"\b{size}\b", printed), printed


@EACH
def test_a_sample_keeps_line_ends(slug: str, service: str, tmp_path: Path) -> None:
    query = 'SELECT (STRLEN("""a\r\nb\nc""") AS ?size) {}'
    assert re.search(r"\b6\b", run(slug, Asked(service, query, "SELECT"), tmp_path))


@EACH
def test_a_sample_prints_a_graph(slug: str, service: str, tmp_path: Path) -> None:
    printed = run(slug, Asked(service, GRAPH, "CONSTRUCT"), tmp_path)
    assert "<http://e/s> <http://e/p>" in printed
    assert "it's é ${x}" in printed


@EACH
@pytest.mark.parametrize(("query", "answer"), [("ASK {}", "true"), ("ASK {?x <u:y> 9}", "false")])
def test_a_sample_prints_yes_or_no(
    slug: str, service: str, tmp_path: Path, query: str, answer: str
) -> None:
    printed = run(slug, Asked(service, query, "ASK"), tmp_path)
    assert answer in printed.lower()


@EACH
def test_a_sample_asks_the_same_graphs(slug: str, service: str, tmp_path: Path) -> None:
    graph = serving.PASSAGE + "p0"
    query = "SELECT (COUNT(*) AS ?size) { ?s ?p ?o }"
    address = service + "?" + urlencode({"query": query, "default-graph-uri": graph})
    with urlopen(Request(address, headers={"Accept": "text/csv"}), timeout=30) as answer:
        size = answer.read().decode().split()[1]
    assert size != "0"
    more = (("inference", "off"), ("default-graph-uri", graph))
    printed = run(slug, Asked(service, query, "SELECT", more), tmp_path)
    assert re.search(rf"\b{size}\b", printed), printed


@EACH
def test_a_sample_fails_aloud(slug: str, service: str, tmp_path: Path) -> None:
    (code,) = [
        one.code
        for one in samples.samples(Asked(service, "SELECT * { ?s foo ?o }", "SELECT"))
        if one.slug == slug
    ]
    done = subprocess.run(
        RUNNERS[slug](code, tmp_path), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode != 0


class Codes(HTMLParser):
    """The code of the samples of a page, by name."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._name = ""
        self._in_code = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "details" and (given.get("id") or "").startswith("sample-"):
            self._name = str(given["id"]).removeprefix("sample-")
        self._in_code = tag == "code" and bool(self._name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "code":
            self._in_code = False
            self._name = ""

    def handle_data(self, data: str) -> None:
        if self._in_code:
            self.found[self._name] = self.found.get(self._name, "") + data


def test_the_page_shows_the_samples_that_are_run_here(service: str) -> None:
    address = f"{service}?{urlencode({'query': QUERY, 'inference': 'off'})}"
    with urlopen(Request(address, headers={"Accept": "text/html"}), timeout=30) as answer:
        shown = Codes(answer.read().decode()).found
    assert set(shown) == set(RUNNERS)
    asked = Asked(service, QUERY, "SELECT", (("inference", "off"),))
    for one in samples.samples(asked):
        assert shown[one.slug].strip() == one.code.strip()
