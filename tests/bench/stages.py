"""Where the time of one request goes, inside the process that answers."""

from __future__ import annotations

import io
import itertools
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Flask, Request

from coopkg import formats, generation
from coopkg.config import Settings
from coopkg.engine import admission
from coopkg.serve import create_app
from coopkg.serve.sparql import protocol
from tests.bench.graphs import label
from tests.bench.peers import JSON

REPEATS: Final = 2_000
BATCHES: Final = 10


@dataclass(frozen=True)
class Stage:
    """One stage of a cheap query and the microseconds it takes, the best of ten batches."""

    name: str
    microseconds: float


def measure(home: Path, repeats: int = REPEATS) -> list[Stage]:
    """Measure each stage alone; what Flask costs is what the others leave of the whole."""
    app = create_app(Settings(home=home))
    live = app.extensions["coopkg"]
    store = ox.Store()
    store.bulk_load(
        path=str(generation.current(home).file("store.nq")), format=ox.RdfFormat.N_QUADS
    )
    try:
        return [Stage(name, _best(ask, repeats)) for name, ask in _asked(app, live, store).items()]
    finally:
        live.close()


def _asked(app: Flask, live: Any, store: ox.Store) -> dict[str, Callable[[], object]]:
    number = itertools.count()
    query, engine = label(), live.service().engine
    admitted = admission.admit(query)
    front = app.wsgi_app
    read = Request(_environ(query))

    def new() -> str:
        return f"{query} #{next(number)}"

    return {
        "the whole, kept": lambda: _call(front, query),
        "the whole, another text each time": lambda: _call(front, new()),
        "… of it: look at the pointer": live.standing,
        "… of it: read the request": lambda: protocol.read(read, 1 << 20),
        "… of it: admit a new text": lambda: admission.admit(new()),
        "… of it: admit a known text": lambda: admission.admit(query),
        "… of it: choose a format": lambda: formats.choose(JSON, None, formats.BINDINGS),
        "… of it: the engine, there and back": lambda: engine.run(admitted),
        "evaluation alone, in this process": lambda: _evaluate(store, query),
        "Flask alone (/version)": lambda: _call(front, None, "/version"),
    }


def _evaluate(store: ox.Store, query: str) -> bytes | None:
    found = store.query(query)
    assert isinstance(found, ox.QuerySolutions)
    return found.serialize(format=ox.QueryResultsFormat.JSON)


def _environ(query: str | None, path: str = "/sparql") -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "SCRIPT_NAME": "",
        "QUERY_STRING": urlencode({"query": query}) if query else "", "HTTP_ACCEPT": JSON,
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8000", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr, "wsgi.version": (1, 0), "wsgi.multithread": True,
        "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip


def _call(front: Any, query: str | None, path: str = "/sparql") -> bytes:
    said: list[str] = []
    body = front(_environ(query, path), lambda status, *_: said.append(status))
    whole = b"".join(body)
    assert said[0].startswith("200 "), (said, whole)
    return whole


def _best(ask: Callable[[], object], repeats: int) -> float:
    ask()
    best = float("inf")
    each = max(1, repeats // BATCHES)
    for _ in range(BATCHES):
        begun = time.perf_counter()
        for _ in range(each):
            ask()
        best = min(best, (time.perf_counter() - begun) / each)
    return best * 1e6
