"""What a worker does with a request: evaluate it on its store, and write what it finds."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pyoxigraph
from pyoxigraph import (
    BlankNode,
    DefaultGraph,
    Literal,
    NamedNode,
    Quad,
    QueryBoolean,
    QuerySolutions,
    QueryTriples,
    RdfFormat,
    Store,
    Triple,
    Variable,
)

from coopkg import formats
from coopkg.workers import wire
from coopkg.workers.sinks import CutError, CuttingSink, NotXMLError, Send, Sink, TooBigError

_REMEMBERED: Final = 32  # queries of `SELECT *`; the longest has 256 kB
_PREFIXED: Final = (RdfFormat.TURTLE, RdfFormat.JSON_LD)

Results = QuerySolutions | QueryBoolean | QueryTriples


class Answerer:
    """Evaluates requests on one store; keeps the last merge of graphs, to be asked again."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._merged: tuple[Any, Store] | None = None
        self._empty = Store()
        self._starless: dict[str, str] = {}
        self._all: list[NamedNode | BlankNode] | None = None

    def answer(self, request: wire.Request, send: Send) -> tuple[bytes, bytes]:
        """Send pieces of the answer; return what its last frame is, and holds."""
        try:
            return wire.DONE, self._evaluate(request, send)
        except SyntaxError as error:
            return _failed("syntax", str(error))
        except TooBigError:
            return _failed("too-big")
        except NotXMLError:
            return _failed("not-xml")
        except MemoryError:
            return _failed("memory")
        except (RuntimeError, OSError, ValueError) as error:
            return _failed("evaluation", f"{type(error).__name__}: {error}")

    def _evaluate(self, request: wire.Request, send: Send) -> bytes:
        begun = time.perf_counter()
        store, default, named = self._dataset(
            request["default"], request["named"], request["without"]
        )
        results = store.query(
            self._text(request),
            base_iri=request["base"],
            default_graph=default,
            named_graphs=named,
            substitutions={
                Variable(name): term(*value) for name, value in request["substitutions"].items()
            },
        )
        prepared = time.perf_counter() - begun
        kind = _kind(results)
        sink = _sink(kind, request, send)
        try:
            cut = _write(results, kind, request, sink)
            last = sink.last()
        except CutError:
            cut, last = True, sink.held()
        if len(last) >= wire.PIECE_BYTES:
            send(last)
            last = b""
        return wire.DONE_HEAD.pack(wire.KINDS.index(kind), cut, prepared) + last

    def _text(self, request: wire.Request) -> str:
        """Return a query with its `SELECT *` written out, in the order it names its variables.

        Which of them it gives, a store without a triple tells; what was asked last is remembered.
        """
        query: str = request["query"]
        if request["star"] is None:
            return query
        if query not in self._starless:
            if len(self._starless) >= _REMEMBERED:
                self._starless.clear()
            self._starless[query] = self._written_out(query, request)
        return self._starless[query]

    def _written_out(self, query: str, request: wire.Request) -> str:
        at, names = request["star"]
        seen = self._empty.query(query, base_iri=request["base"])
        given = [one.value for one in seen.variables] if isinstance(seen, QuerySolutions) else []
        ordered = sorted(given, key=lambda name: names.index(name) if name in names else len(names))
        if ordered == given:
            return query
        return query[:at] + "".join(f"?{name} " for name in ordered) + query[at + 1 :]

    def _dataset(
        self, default: Sequence[str] | None, named: Sequence[str] | None, without: Sequence[str]
    ) -> tuple[Store, Any, Any]:
        """Return the store to ask, its default graphs and its named graphs.

        None means all of the store's own, but those that it is asked `without`. Several default
        graphs are merged first: the engine would otherwise see a triple once for each graph that
        has it (SPARQL 1.1, section 13.1).
        """
        if default is None or named is None:
            left = self._left(without) if without else None
            return self._store, None if default is None else _nodes(default), left
        if len(default) < 2:
            return self._store, _nodes(default), _nodes(named)
        key = (frozenset(default), frozenset(named))
        if self._merged is None or self._merged[0] != key:
            self._merged = None
            self._merged = (key, self._merge(default, named))
        return self._merged[1], [DefaultGraph()], _nodes(named)

    def _left(self, without: Sequence[str]) -> list[NamedNode | BlankNode]:
        """Return the named graphs of the store but some."""
        if self._all is None:
            self._all = list(self._store.named_graphs())
        return [graph for graph in self._all if graph.value not in without]

    def _merge(self, default: Sequence[str], named: Sequence[str]) -> Store:
        merged = Store()
        for graph in _nodes(default):
            found = self._store.quads_for_pattern(None, None, None, graph)
            merged.extend(Quad(quad.subject, quad.predicate, quad.object) for quad in found)
        for graph in _nodes(named):
            merged.extend(self._store.quads_for_pattern(None, None, None, graph))
        return merged


def _failed(reason: str, detail: str = "") -> tuple[bytes, bytes]:
    return wire.FAILED, json.dumps({"error": reason, "detail": detail}).encode()


def _nodes(iris: Sequence[str]) -> list[NamedNode]:
    return [NamedNode(iri) for iri in iris]


def term(kind: str, value: str, *details: str | None) -> NamedNode | BlankNode | Literal:
    """Return the term that the engine sent as plain values."""
    if kind == "iri":
        return NamedNode(value)
    if kind == "bnode":
        return BlankNode(value)
    language, datatype = details
    if language:
        return Literal(value, language=language)
    return Literal(value, datatype=NamedNode(str(datatype)))


def _kind(results: Results) -> str:
    if isinstance(results, QueryTriples):
        return "graph"
    return "boolean" if isinstance(results, QueryBoolean) else "bindings"


def _sink(kind: str, request: wire.Request, send: Send) -> Sink:
    written, cap, rows = request["formats"][kind], request["result_bytes"], request["rows"]
    if kind == "bindings" and rows:
        return CuttingSink(send, cap, written, rows)
    return Sink(send, cap, written)


def _write(results: Results, kind: str, request: wire.Request, sink: Sink) -> bool:
    """Write results to a sink; tell whether there were more triples than may be written."""
    written = request["formats"][kind]
    if not isinstance(results, QueryTriples):
        results.serialize(sink, formats.RESULTS[written])  # type: ignore[arg-type]
        return False
    rdf = formats.RDF[written]
    if not request["rows"] and rdf not in _PREFIXED:  # no triple becomes an object of Python
        results.serialize(sink, rdf)  # type: ignore[arg-type]
        return False
    prefixes = request["prefixes"] if rdf in _PREFIXED else None
    first = _First(results, request["rows"]) if request["rows"] else None
    pyoxigraph.serialize(first or results, sink, rdf, prefixes=prefixes)  # type: ignore[arg-type]
    return first is not None and first.cut


class _First:
    """The first triples of many, and whether there were more."""

    def __init__(self, triples: Iterable[Triple], most: int) -> None:
        self._triples = triples
        self._most = most
        self.cut = False

    def __iter__(self) -> Iterator[Triple]:
        for count, triple in enumerate(self._triples):
            if count == self._most:
                self.cut = True
                return
            yield triple
