"""The processes that evaluate queries.

`python -m coopkg.workers.worker STORE MEMORY_BYTES` is the *nursery* of one generation: it loads
the dump into memory once, then forks a worker each time the engine asks. It reads orders on its
standard input, a socket: `F` with a file descriptor forks a worker that speaks on it, `W` and a
process number waits for its end. When the engine goes, the socket closes, the nursery ends, and
the kernel kills the workers.

A worker answers one query at a time, as lengths and JSON on its socket. It has no file, no
network and no other process (`sandbox`), a timer of its own, and a stack large enough that what
passes admission does not overflow it.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import re
import signal
import socket
import struct
import sys
import threading
import traceback  # now: a worker can open no file to import it from
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyoxigraph
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QueryResultsFormat,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Variable,
)

from coopkg.workers import sandbox

STACK_BYTES: Final = 64 << 20
LENGTH: Final = struct.Struct("!Q")  # of a request, in bytes
LENGTHS: Final = struct.Struct("!QQ")  # of the head and of the body of an answer
_ONE_WRITE_BYTES: Final = 1 << 16
COMMAND: Final = struct.Struct("!ci")

_BINDINGS: Final = {
    "json": QueryResultsFormat.JSON,
    "xml": QueryResultsFormat.XML,
    "csv": QueryResultsFormat.CSV,
    "tsv": QueryResultsFormat.TSV,
}
_GRAPHS: Final = {
    "turtle": RdfFormat.TURTLE,
    "n-triples": RdfFormat.N_TRIPLES,
    "json-ld": RdfFormat.JSON_LD,
    "rdf-xml": RdfFormat.RDF_XML,
}
# Characters outside Char of XML 1.0, in UTF-8; and an element that Oxigraph writes for a
# predicate that cannot be a qualified name, which is not namespace-well-formed.
_NOT_XML: Final = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|\xed[\xa0-\xbf]|<oxprefix: "
)
_SPARE_BYTES: Final = 96 << 20  # the stack, and what Python itself maps


class TooBigError(Exception):
    """The result passed its cap."""


class Sink:
    """A file that counts what is written and stops at a cap."""

    def __init__(self, cap: int) -> None:
        self.cap = cap
        self.size = 0
        self.parts: list[bytes] = []

    def write(self, data: bytes) -> int:
        """Keep the data.

        Raises:
            TooBigError: the cap is passed.
        """
        self.size += len(data)
        if self.size > self.cap:
            raise TooBigError
        self.parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Do nothing: everything is in memory."""


class Answerer:
    """Evaluates requests on one store; keeps the last merge of graphs, to be asked again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._merged: tuple[Any, Store] | None = None

    def answer(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        """Return the head and the body of the answer; an error is a head without `kind`."""
        try:
            return self._evaluate(request)
        except SyntaxError as error:
            return {"error": "syntax", "detail": str(error)}, b""
        except TooBigError:
            return {"error": "too-big"}, b""
        except MemoryError:
            return {"error": "memory"}, b""
        except (RuntimeError, OSError, ValueError) as error:
            return {"error": "evaluation", "detail": f"{type(error).__name__}: {error}"}, b""

    def _evaluate(self, request: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
        store, default, named = self._dataset(request["default"], request["named"])
        results = store.query(
            request["query"],
            base_iri=request["base"],
            default_graph=default,
            named_graphs=named,
            substitutions={
                Variable(name): term(*value) for name, value in request["substitutions"].items()
            },
        )
        sink = Sink(request["result_bytes"])
        kind = _write(results, request["formats"], request["prefixes"], sink)
        body = b"".join(sink.parts)
        written = request["formats"][kind]
        if written in {"xml", "rdf-xml"} and _NOT_XML.search(body):
            return {"error": "not-xml"}, b""
        return {"kind": kind, "format": written}, body

    def _dataset(
        self, default: Sequence[str] | None, named: Sequence[str] | None
    ) -> tuple[Store, Any, Any]:
        """Return the store to ask, its default graphs and its named graphs.

        None means all of the store's own. Several default graphs are merged first: the engine
        would otherwise see a triple once for each graph that has it (SPARQL 1.1, section 13.1).
        """
        if default is None or named is None:
            return self._store, None if default is None else _nodes(default), None
        if len(default) < 2:
            return self._store, _nodes(default), _nodes(named)
        key = (frozenset(default), frozenset(named))
        if self._merged is None or self._merged[0] != key:
            self._merged = None
            self._merged = (key, self._merge(default, named))
        return self._merged[1], [DefaultGraph()], _nodes(named)

    def _merge(self, default: Sequence[str], named: Sequence[str]) -> Store:
        merged = Store()
        for graph in _nodes(default):
            found = self._store.quads_for_pattern(None, None, None, graph)
            merged.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in found)
        for graph in _nodes(named):
            merged.extend(self._store.quads_for_pattern(None, None, None, graph))
        return merged


def _nodes(iris: Sequence[str]) -> list[NamedNode]:
    return [NamedNode(iri) for iri in iris]


def term(kind: str, value: str, *details: str | None) -> NamedNode | BlankNode | Literal:
    """Return the term that the engine sent as plain JSON."""
    if kind == "iri":
        return NamedNode(value)
    if kind == "bnode":
        return BlankNode(value)
    language, datatype = details
    if language:
        return Literal(value, language=language)
    return Literal(value, datatype=NamedNode(str(datatype)))


def _write(
    results: QuerySolutions | QueryBoolean | QueryTriples,
    formats: Mapping[str, str],
    prefixes: dict[str, str],
    sink: Sink,
) -> str:
    """Write results to a sink; return their kind."""
    if isinstance(results, QueryTriples):
        rdf = _GRAPHS[formats["graph"]]
        named = prefixes if rdf in (RdfFormat.TURTLE, RdfFormat.JSON_LD) else None
        pyoxigraph.serialize(results, sink, rdf, prefixes=named)  # type: ignore[arg-type]
        return "graph"
    kind = "boolean" if isinstance(results, QueryBoolean) else "bindings"
    results.serialize(sink, _BINDINGS[formats[kind]])  # type: ignore[arg-type]
    return kind


def read_exactly(fd: int, size: int) -> bytes:
    """Read so many bytes of a socket.

    Raises:
        EOFError: it closed before.
    """
    parts = bytearray()
    while len(parts) < size:
        part = os.read(fd, min(size - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def write_all(fd: int, data: bytes) -> None:
    """Write every byte to a socket."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _work(store: Store, fd: int, memory_bytes: int) -> None:
    """Answer queries until the engine closes the socket; the life of one worker."""
    sandbox.limit_memory(memory_bytes + _SPARE_BYTES)
    answerer = Answerer(store)
    write_all(fd, LENGTH.pack(_hello(sandbox.lock())))
    while True:
        request = json.loads(read_exactly(fd, LENGTH.unpack(read_exactly(fd, LENGTH.size))[0]))
        signal.setitimer(signal.ITIMER_REAL, request["timer_s"])  # its default is to kill
        head, body = answerer.answer(request)
        signal.setitimer(signal.ITIMER_REAL, 0)
        first = json.dumps(head).encode()
        first = LENGTHS.pack(len(first), len(body)) + first
        if len(body) < _ONE_WRITE_BYTES:
            first, body = first + body, b""
        write_all(fd, first)
        write_all(fd, body)


def _hello(lock: str) -> int:
    return 1 if lock == "seccomp" else 2


def _be_worker(store: Store, fd: int, nursery: int, memory_bytes: int) -> None:
    """Run `_work` in a thread with a large stack, then leave without any cleaning."""
    status = [1]

    def work() -> None:
        # these three: the engine has gone, or recycles this worker
        with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
            _work(store, fd, memory_bytes)
        status[0] = 0

    try:
        sandbox.die_with_parent(nursery)
        threading.stack_size(STACK_BYTES)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status[0])  # a fork must never return into its parent's frames


def _nurse(store: Store, control: socket.socket, memory_bytes: int) -> None:
    """Obey the engine until it goes."""
    nursery = os.getpid()
    while True:
        data, fds, _, _ = socket.recv_fds(control, COMMAND.size, 1)
        if len(data) < COMMAND.size:
            return
        order, number = COMMAND.unpack(data)
        if order == b"F":
            pid = os.fork()
            if pid == 0:
                control.close()
                _be_worker(store, fds[0], nursery, memory_bytes)
            os.close(fds[0])
            control.sendall(COMMAND.pack(b"P", pid))
        else:
            control.sendall(COMMAND.pack(b"S", _wait(number)))


def _wait(pid: int) -> int:
    """Return how a worker ended: an exit code, or minus the number of a signal."""
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return 0


def load(path: Path) -> Store:
    """Load a dump into memory.

    Raises:
        SyntaxError: it is not N-Quads.
        OSError: it cannot be read.
    """
    store = Store()
    store.bulk_load(path=str(path), format=RdfFormat.N_QUADS)
    return store


def main(arguments: Sequence[str]) -> None:
    """Be the nursery of a store: `STORE MEMORY_BYTES`."""
    sandbox.use_one_arena()
    control = socket.socket(fileno=0)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    try:
        store = load(Path(arguments[0]))
        bool(store.query("ASK {}"))
    except (OSError, SyntaxError) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        sys.exit(1)
    control.sendall(COMMAND.pack(b"R", 0))
    gc.freeze()  # a collection in a worker would copy every page it looks at
    _nurse(store, control, int(arguments[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
