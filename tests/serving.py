"""A service of the tests: the endpoint and its engine on a small dump, behind the real server."""

from __future__ import annotations

import contextlib
import os
import random
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask, g, render_template, request
from werkzeug.exceptions import HTTPException

from coopkg.config import Settings
from coopkg.engine import Engine, open_
from coopkg.errors import CoopkgError
from coopkg.serve import i18n, problems, sparql
from coopkg.terms import BASE, NS, PREFIXES

ASSERTED = BASE + "graph/asserted"
PASSAGE = BASE + "graph/passage/"


def dump(path: Path, triples: int = 12_000) -> Path:
    """Write a generation's `store.nq` with so many triples: each asserted, and in one passage."""
    chance = random.Random(1)
    lines = set()
    for i in range(triples):
        subject = f"<{BASE}id/organisation/o{i // 6}>"
        other = chance.randrange(max(1, triples // 6))
        said = (
            f"<{PREFIXES['rdf']}type> <{NS}Organisation>",
            f'<{PREFIXES["rdfs"]}label> "Coopération décentralisée {i}"@fr',
            f'<{PREFIXES["rdfs"]}label> "Decentralised cooperation {i}"@en',
            f"<{NS}partnerOf> <{BASE}id/organisation/o{other}>",
            f'<{NS}year> "{1990 + i % 28}"^^<{PREFIXES["xsd"]}integer>',
            f'<{NS}note> "{"a" * 40}{i}"',
        )[i % 6]
        for graph in ("", f" <{ASSERTED}>", f" <{PASSAGE}p{i % 3}>"):
            lines.add(f"{subject} {said}{graph} .\n")
    path.write_text("".join(sorted(lines)), encoding="utf-8")
    return path


def application(engine: Engine, **options: Any) -> Flask:
    """Return a small application around the endpoint, with the templates of the service."""
    app = Flask("coopkg.serve")

    @app.before_request
    def pick() -> None:
        g.lang = i18n.asked(request)

    @app.context_processor
    def speak() -> dict[str, Any]:
        return {
            "lang": g.lang,
            "t": i18n.texts(g.lang),
            "alternates": [],
            "language_names": i18n.NAMES,
            "generation": None,
            "asset": lambda name: None,
        }

    @app.errorhandler(CoopkgError)
    def ours(error: CoopkgError) -> Any:
        return problems.of_error(error, g.lang, render_template)

    @app.errorhandler(HTTPException)
    def theirs(error: HTTPException) -> Any:
        return problems.of_http(error, g.lang, render_template)

    @app.errorhandler(Exception)
    def bug(error: Exception) -> Any:
        app.logger.exception("a bug")
        return problems.of_bug(g.lang, render_template)

    @app.get("/health")
    def health() -> dict[str, str]:
        return {"status": "ok"}

    app.register_blueprint(sparql.blueprint(lambda: engine, **options))
    return app


def load(settings: Settings) -> Flask:
    """Make the application on the dump `store.nq` of the settings' home."""
    return application(open_(settings.home / "store.nq", settings))


@dataclass
class Running:
    """A service in a process of its own."""

    process: subprocess.Popen[bytes]
    url: str
    port: int

    def tree(self) -> list[int]:
        """Return the numbers of its processes, the first one first."""
        children: dict[int, list[int]] = {}
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                with contextlib.suppress(OSError, IndexError):
                    stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                    children.setdefault(int(stat[1]), []).append(int(entry.name))
        found = [self.process.pid]
        for pid in found:
            found += children.get(pid, [])
        return found

    def resident_mb(self) -> int:
        """Return the memory of all its processes, shared pages counted in each."""
        total = 0
        for pid in self.tree():
            with contextlib.suppress(OSError, IndexError):
                total += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return total * os.sysconf("SC_PAGE_SIZE") >> 20


@contextlib.contextmanager
def running(home: Path, *command: str) -> Iterator[Running]:
    """Start a service on a free port of the loopback, and stop it."""
    start = command or (sys.executable, str(Path(__file__)))
    process = subprocess.Popen(
        start,
        env={**os.environ, "COOPKG_HOME": str(home), "HOST": "127.0.0.1", "PORT": "0"},
        stdout=subprocess.PIPE,
    )
    try:
        port = _port(process, 60)
        yield Running(process, f"http://127.0.0.1:{port}", port)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        if process.poll() is None:
            process.kill()
            process.wait()
        assert process.stdout
        process.stdout.close()


def _port(process: subprocess.Popen[bytes], seconds: float) -> int:
    """Wait for the line that says where the service listens."""
    deadline = time.monotonic() + seconds
    said = b""
    assert process.stdout
    while time.monotonic() < deadline:
        if select.select([process.stdout], [], [], 0.2)[0]:
            part = os.read(process.stdout.fileno(), 4096)
            said += part
            if match := re.search(rb"Listening on http://127\.0\.0\.1:(\d+)\n", said):
                return int(match[1])
            if not part:
                break
    raise AssertionError(f"the service does not listen; it said {said!r}")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from coopkg.serve import http

    found = Settings.from_env()
    sys.exit(http.serve(found, found.host, found.port, load))
