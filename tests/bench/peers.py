"""The servers that are compared: ours, the native Oxigraph server, rdflib-endpoint.

Each peer lives in a virtual environment of its own, made here, so that nothing of it reaches ours.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from tests import serving
from tests.bench.graphs import Graph

OXIGRAPH: Final = ("oxigraph==0.5.13",)
RDFLIB: Final = ("rdflib-endpoint==0.6.3", "rdflib==7.6.0", "uvicorn==0.54.0")
JSON: Final = "application/sparql-results+json"
READY_S: Final = 600.0
_RDFLIB_SERVER: Final = """
import sys, uvicorn
from rdflib import Graph
from rdflib_endpoint import SparqlEndpoint
graph = Graph()
graph.parse(sys.argv[1], format="nt")
uvicorn.run(SparqlEndpoint(graph=graph), host="127.0.0.1", port=int(sys.argv[2]),
            log_level="error", access_log=False)
"""


@dataclass(frozen=True)
class Peer:
    """A server that answers: its name, how it stores, its process and where queries go."""

    name: str
    storage: str
    url: str
    pid: int

    @property
    def port(self) -> int:
        """Return its port."""
        return int(self.url.split(":")[2].split("/")[0])

    @property
    def path(self) -> str:
        """Return the path of its endpoint."""
        return "/" + self.url.split("/", 3)[3]


def address(peer_path: str, query: str) -> str:
    """Return the address of a query below a path, as a GET request has it."""
    return peer_path + "?" + urlencode({"query": query})


def ask(peer: Peer, query: str, timeout: float = 120.0) -> tuple[int, bytes, float]:
    """Return status, body and seconds of one query."""
    request = urllib.request.Request(address(peer.url, query), headers={"Accept": JSON})
    begun = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.read(), time.monotonic() - begun
    except urllib.error.HTTPError as error:
        return error.code, error.read(), time.monotonic() - begun
    except OSError as error:  # went away, or took longer than we wait
        return 0, str(error).encode(), time.monotonic() - begun


def rows(peer: Peer, query: str) -> list[str]:
    """Return the rows of a query, sorted; they must be equal everywhere."""
    status, body, _ = ask(peer, query)
    assert status == 200, (peer.name, status, body[:200])
    found: list[dict[str, Any]] = json.loads(body)["results"]["bindings"]
    return sorted(json.dumps(_plain(row), sort_keys=True) for row in found)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Write a row in one way: servers differ on whether a plain string has a datatype."""
    plain = "http://www.w3.org/2001/XMLSchema#string"
    return {
        name: {k: v for k, v in cell.items() if (k, v) != ("datatype", plain)}
        for name, cell in row.items()
    }


@contextlib.contextmanager
def ours(graph: Graph, **environment: str) -> Iterator[Peer]:
    """Serve a graph as `coopkg serve` does."""
    command = (sys.executable, "-m", "coopkg", "serve")
    environment["COOPKG_TRUSTED_PROXIES"] = "1"  # `load.lua` plays many clients
    with _environment(environment), serving.running(graph.home, *command) as running:
        storage = "in memory, in processes of its own"
        yield Peer("coopkg", storage, running.url + "/sparql", running.process.pid)


@contextlib.contextmanager
def _environment(given: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.__setitem__(name, value)


@contextlib.contextmanager
def oxigraph(graph: Graph, folder: Path, *options: str) -> Iterator[Peer]:
    """Serve a graph with the native Oxigraph server; without --location it stores in memory."""
    program = _installed(folder / "venv-oxigraph", OXIGRAPH) / "oxigraph"
    port = _free_port()
    command = [str(program), "serve", "--bind", f"127.0.0.1:{port}", *options]
    with _process(command) as pid:
        peer = Peer("Oxigraph", "in memory (no --location)", f"http://127.0.0.1:{port}/query", pid)
        _wait(peer, "ASK {}")
        _load(f"http://127.0.0.1:{port}/store?default", graph.triples)
        yield peer


@contextlib.contextmanager
def rdflib_endpoint(graph: Graph, folder: Path) -> Iterator[Peer]:
    """Serve a graph with rdflib-endpoint, in rdflib's own memory, behind uvicorn."""
    python = _installed(folder / "venv-rdflib", RDFLIB) / "python"
    port = _free_port()
    command = [str(python), "-c", _RDFLIB_SERVER, str(graph.triples), str(port)]
    with _process(command) as pid:
        peer = Peer("rdflib-endpoint", "in memory (rdflib)", f"http://127.0.0.1:{port}/", pid)
        _wait(peer, "ASK {}")
        yield peer


def settle(peer: Peer, patience_s: float = 60.0) -> None:
    """Wait until a server rests: some go on with queries that nobody waits for any more."""
    deadline = time.monotonic() + patience_s
    before = _worked_s(peer.pid)
    while time.monotonic() < deadline:
        time.sleep(0.2)
        now = _worked_s(peer.pid)
        if now - before < 0.05:
            return
        before = now


def _worked_s(pid: int) -> float:
    """Return the seconds of processor that a process and those it started have used."""
    children: dict[int, list[int]] = {}
    used: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError, IndexError):
                stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
                children.setdefault(int(stat[1]), []).append(int(entry.name))
                used[int(entry.name)] = int(stat[11]) + int(stat[12])
    tree = [pid]
    for one in tree:
        tree += children.get(one, [])
    return sum(used.get(one, 0) for one in tree) / os.sysconf("SC_CLK_TCK")


def _installed(venv: Path, packages: Sequence[str]) -> Path:
    """Return where the programs of a virtual environment are, made when it is not there."""
    done = venv / ".done"
    if not done.exists() or done.read_text(encoding="utf-8") != "\n".join(packages):
        print(f"installing {', '.join(packages)} into {venv}", flush=True)
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(venv)], check=True)
        pip = [str(venv / "bin/python"), "-m", "pip", "install", "-qq"]
        subprocess.run([*pip, "--disable-pip-version-check", *packages], check=True)
        done.write_text("\n".join(packages), encoding="utf-8")
    return venv / "bin"


@contextlib.contextmanager
def _process(command: Sequence[str]) -> Iterator[int]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(3)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(peer: Peer, query: str) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        if ask(peer, query)[0] == 200:
            return
        assert Path(f"/proc/{peer.pid}").exists(), f"{peer.name} has ended"
        time.sleep(0.2)
    raise AssertionError(f"{peer.name} does not answer")


def _load(url: str, triples: Path) -> None:
    headers = {"Content-Type": "application/n-triples"}
    request = urllib.request.Request(url, triples.read_bytes(), headers, method="POST")
    with urllib.request.urlopen(request, timeout=READY_S) as answer:
        assert answer.status in {201, 204}, answer.status
