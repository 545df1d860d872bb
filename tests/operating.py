"""The published check of SPARQL endpoints with the token of an operator, who writes graphs.

It is the checker as it is, against a service on empty sources: what a check writes, it finds. The
command `python -m tests.protocol` runs it against `coopkg serve`, where each upload is checked and
published in a process of its own; the tests, against the same service whose checks and
publications run in its own process, in a fraction of the time.
"""

from __future__ import annotations

import contextlib
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import serving

from coopkg.build import intake, pipeline, publisher
from coopkg.config import Settings
from coopkg.contributions import checking, partners, publication
from coopkg.contributions.job import Job, Outcome

if TYPE_CHECKING:
    from flask import Flask

    from tests.protocol import Line

QUERY_S: Final = 3
SOURCES: Final = ("ontology", "graph_data", "queries")
SELF: Final = str(Path(__file__))

NO_UPDATE: Final = "SPARQL Update"
CAUSES: Final[Mapping[str, tuple[str, str]]] = {
    NO_UPDATE: (
        r"U\d\d|W3C-update_.*|G41",
        "There is no SPARQL Update: 403, with where to write instead.",
    ),
    "An update by an operator": (
        r"A16",
        "It expects an update to be done. That the scheme `bearer` is read in small letters is "
        "held on `/graphs` by `test_a_token_opens_in_its_header_alone`.",
    ),
    "Lexical forms": (
        r"F38",
        "The store keeps the value of a number and not its writing: see above.",
    ),
    "Brotli": (r"L20", "Optional: gzip is offered."),
}
START: Final = "<!-- writing -->"
END: Final = "<!-- /writing -->"
INTRODUCTION: Final = """\
The same check, unchanged, with the token of an *operator*, against a service started on empty
sources (the three folders of `COOPKG_ROOT` empty, `coopkg publish`, `coopkg partner add …
--operator`, `coopkg serve`, then `protocol_check.py --gsp-url …/graphs --token … --destructive`):
one run of {total} lines. {authentication}

Where somebody writes as an operator, an update that does not say who sends it is answered 401 with
`WWW-Authenticate: Bearer`, before its body is read (RFC 9110, section 15.5.2): every write is
judged in one order, who asks and then what. With a token, whatever it is, the answer is 403 and
says why (15.5.4): there is no SPARQL Update here, and a graph is written at `/graphs`. Where nobody
is an operator, 403 comes at once. `PATCH` is optional in the Graph Store Protocol; no patch
document is read, so it is answered 415, `Allow` does not name it, and there is no `Accept-Patch`,
which would say that one is read (RFC 5789, sections 2.2 and 3.1)."""


# --- The service ---------------------------------------------------------------------------


@contextlib.contextmanager
def service(*, apart: bool) -> Iterator[tuple[str, str]]:
    """Serve empty sources; yield the address and the token of an operator.

    `apart`: checks and publications have processes of their own, as `coopkg serve` has it.
    """
    with tempfile.TemporaryDirectory(prefix="coopkg-operator-") as folder:
        root, home = Path(folder) / "root", Path(folder) / "home"
        for name in SOURCES:
            (root / name).mkdir(parents=True)
        pipeline.publish(root, home, keep=10)
        label = {"fr": "Vérification", "en": "Check"}
        _, token = partners.add(home, "check", label, "operator")
        limits = ("env", f"COOPKG_ROOT={root}", f"COOPKG_QUERY_TIMEOUT_S={QUERY_S}")
        command = ("-m", "coopkg", "serve") if apart else (SELF, "serve")
        with serving.running(home, *limits, sys.executable, *command) as running:
            yield running.url, token


def load(settings: Settings) -> Flask:
    """Return the service, with checks and publications in its own process."""
    from coopkg.serve import create_app

    def checked(job: Job, body: bytes, _: Settings) -> Outcome:
        return intake.run(job, body, intake.ready(job.generation, job.root))

    checking.run = checked
    publication._started = lambda home, found: publisher.outcome(found)
    return create_app(settings)


def lines(url: str, token: str, *options: str) -> list[Line]:
    """Run the checker, in a process of its own; return what it says."""
    from tests.protocol import CHECKER, Line

    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        command = [sys.executable, "-B", "-W", "ignore", str(CHECKER), "--destructive"]
        command += ["--query-url", f"{url}/sparql", "--gsp-url", f"{url}/graphs"]
        command += ["--token", token, "--slow", str(QUERY_S), "--big-mb", "16"]
        command += ["--json", str(report), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=3600)
        assert report.exists(), done.stdout + done.stderr
        found = json.loads(report.read_text(encoding="utf-8"))["checks"]
        return [Line(**one) for one in found]


# --- The page ------------------------------------------------------------------------------


def cause(line: Line) -> str | None:
    """Return the key of CAUSES that explains why a line does not pass; None: nobody knows."""
    return next((name for name, (rule, _) in CAUSES.items() if re.fullmatch(rule, line.id)), None)


def section(found: Sequence[Line]) -> str:
    """Return the section of docs/conformance.md that these results make."""
    from tests.protocol import LEVELS

    passing = [line for line in found if line.status == "PASS"]
    ours = [line.id for line in found if re.fullmatch(r"A\d\d", line.id)]
    held = [line.id for line in passing if line.id in ours]
    rest = [line for line in found if cause(line) != NO_UPDATE]
    without = Counter(line.status == "PASS" for line in rest)
    text = [START, "## SPARQL 1.1 Protocol and Graph Store Protocol, writing", ""]
    told = f"Of the {len(ours)} lines of authentication {len(held)} pass."
    text += [INTRODUCTION.format(total=len(found), authentication=told), ""]
    text += ["| level | lines | pass | fail | not offered |", "|---|---:|---:|---:|---:|"]
    for level, name in LEVELS.items():
        of = Counter(line.status for line in found if line.level == level)
        text.append(f"| {name} | {of.total()} | {of['PASS']} | {of['FAIL']} | {of['SKIP']} |")
    text += ["", f"But for the lines of an update, {without[False]} of {len(rest)} do not pass."]
    text += ["", "| what does not pass | lines | cause |", "|---|---|---|"]
    for name, (_, why) in (*CAUSES.items(), (None, ("", "**no cause is known**"))):
        failing = [line for line in found if line.status != "PASS" and cause(line) == name]
        if failing:
            ids = ", ".join(f"`{line.id}`" for line in failing)
            text.append(f"| {name or '–'} | {ids} | {why} |")
    return "\n".join([*text, END, ""])


if __name__ == "__main__":
    from coopkg.serve import http

    given = Settings.from_env()
    sys.exit(http.serve(given, given.host, given.port, load))
