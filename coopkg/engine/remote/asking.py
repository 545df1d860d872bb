"""Ask an engine elsewhere, by the SPARQL 1.1 Protocol, through SPARQLWrapper."""

from __future__ import annotations

import copy
import json
import logging
import queue
import threading
import time
import urllib.error
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox
import SPARQLWrapper
from SPARQLWrapper.SPARQLExceptions import QueryBadFormed, SPARQLWrapperException

from coopkg import formats
from coopkg.config import Settings
from coopkg.engine import admission, columns, refusals
from coopkg.engine.admission import Admitted
from coopkg.engine.interface import Dataset, Result
from coopkg.engine.named import Named
from coopkg.engine.refusals import Limits, Use
from coopkg.engine.remote import sentinels
from coopkg.engine.remote.names import DEFAULT, Names
from coopkg.errors import EngineBusyError, QueryError, RefusedQuery
from coopkg.terms import Term
from coopkg.workers.wire import Kind

LOOK_EACH_S: Final = 0.04
_LOG: Final = logging.getLogger("coopkg.engine")


@dataclass(frozen=True)
class Pushed:
    """A generation that the endpoint has: its dump, its names there, what goes wrong there."""

    store: Path
    names: Names
    weak: frozenset[sentinels.Weakness] = frozenset()


class RemoteEngine:
    """Asks one query endpoint; see `coopkg.engine.Engine` for what each method promises.

    The endpoint enforces its own limits; ours are those of waiting and of size. A query that is
    stopped, or over its time, is no longer waited for: whether it ends there too is the engine's.
    """

    def __init__(self, store: Path, settings: Settings) -> None:
        """Use the generation that a dump belongs to, as pushed before.

        Raises:
            GenerationError: the engine has it not, or answers otherwise than this one would.
        """
        self.limits = Limits.of(settings)
        self._whole = replace(self.limits, rows=0)
        self._settings = settings
        self._places = threading.Semaphore(settings.workers)
        self._named = Named()
        self._pushed: Pushed
        self.switch(store)

    def run(
        self,
        query: str | Admitted,
        *,
        accept: str = formats.JSON.media_type,
        dataset: Dataset | None = None,
        substitutions: Mapping[str, Term] | None = None,
        limits: Limits | None = None,
        query_id: str = "",
    ) -> Result:
        """See `Engine.run`."""
        admitted = query if isinstance(query, Admitted) else admission.admit(query)
        use = Use(limits or self._whole, admitted.key, tokens=admitted.tokens)
        pushed = self._pushed
        if "paths" in pushed.weak:
            _refuse_two_paths(admitted)
        asking = self._asking(
            admitted, pushed.names, dataset or Dataset(), substitutions or {}, use
        )
        came = time.monotonic()
        with self._named.known(query_id, use):
            self._take(use)
            started = time.monotonic()
            body = self._wait(asking, use)
        ended = time.monotonic()
        kind, content, cut = _written(pushed.names, admitted, body, accept, use.limits.rows)
        return Result(
            kind,
            content,
            formats.written(accept, kind).media_type,
            ended - started,
            pushed.store,
            use.limits.rows if cut else None,
            started - came,
        )

    def _asking(
        self,
        admitted: Admitted,
        names: Names,
        dataset: Dataset,
        values: Mapping[str, Term],
        use: Use,
    ) -> SPARQLWrapper.SPARQLWrapper:
        is_graph = admitted.form in {"CONSTRUCT", "DESCRIBE"}
        asking = SPARQLWrapper.SPARQLWrapper(
            self._settings.engine,
            returnFormat=SPARQLWrapper.TURTLE if is_graph else SPARQLWrapper.JSON,
        )
        asking.setMethod(SPARQLWrapper.POST)
        asking.setTimeout(int(use.limits.timeout_s) + 1)
        default, named = dataset.graphs(admitted.dataset)
        if default is not None and len(default) > 1:
            raise QueryError(
                "Avec un moteur distant, une seule partie FROM à la fois : plusieurs graphes "
                "y compteraient deux fois les faits qu’ils ont en commun.",
                "With a remote engine, one FROM at a time: several graphs would count twice "
                "the facts that they share.",
            )
        asked = [DEFAULT] if default is None else default
        if not admitted.names_graphs:
            named = []
        if named is None:
            named = sorted(names.graphs.difference(dataset.without))
        asking.setQuery(names.query(admitted, values, asked, named))
        asking.queryType = admitted.form  # it guesses by looking for words, in strings too
        return asking

    def _take(self, use: Use) -> None:
        """Take a place among the queries that run.

        Raises:
            EngineBusyError: none became free in time.
            StoppedError: somebody stopped it before.
        """
        if not self._places.acquire(timeout=self._settings.queue_timeout_s):
            raise refusals.busy()
        if use.stopped:
            self._places.release()
            raise refusals.stopped(use)

    def _wait(self, asking: SPARQLWrapper.SPARQLWrapper, use: Use) -> bytes:
        """Return the body of the answer; the place is given back when the endpoint is done."""
        done: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()

        def fetch() -> None:
            try:
                done.put(_fetch(asking, use.limits.result_bytes))
            except Exception as error:  # told to the thread that waits
                done.put(error)
            finally:
                self._places.release()

        started = time.monotonic()
        threading.Thread(target=fetch, daemon=True).start()
        while True:
            try:
                found = done.get(timeout=LOOK_EACH_S)
                break
            except queue.Empty:
                use.seconds = time.monotonic() - started
            if use.stopped:
                raise refusals.stopped(use)
            if use.seconds >= use.limits.timeout_s:
                raise refusals.over_time(use)
        if isinstance(found, Exception):
            raise _explained(found, use) from found
        if len(found) > use.limits.result_bytes:
            raise refusals.too_big(use.limits.result_bytes, use.seconds, limited=use.is_limited)
        return found

    def cancel(self, query_id: str) -> bool:
        """See `Engine.cancel`: the query is no longer waited for."""
        return self._named.stop(query_id)

    def expecting(self, store: Path) -> AbstractContextManager[None]:
        """See `Engine.expecting`: there, it is loaded already."""
        return nullcontext()

    def switch(self, store: Path) -> None:
        """See `Engine.switch`; the generation must have been pushed.

        Raises:
            GenerationError: it is not there, or answers otherwise there than here.
        """
        fresh = copy.copy(self)  # the old one is asked until the new one has been checked
        fresh._pushed = Pushed(store, Names.of(store))
        weak = sentinels.check(fresh, store, self._settings)
        self._pushed = replace(fresh._pushed, weak=weak)

    def close(self) -> None:
        """See `Engine.close`: nothing was started here."""


def _refuse_two_paths(admitted: Admitted) -> None:
    repeats = sum(
        token.text in {"*", "+"} and token.frame in {"group", "list", "blank"}
        for token in admitted.tokens
    )
    if repeats > 1:
        raise RefusedQuery(
            "engine-paths",
            "Le moteur de cette installation donne des lignes fausses quand une requête a deux "
            "chemins de propriétés répétés (* ou +) ; gardez-en un, ou prenez les propriétés "
            "déjà déduites, comme skos:broaderTransitive ou coop:coversPlace.",
            "The engine of this installation gives wrong rows when a query has two repeated "
            "property paths (* or +); keep one, or use the properties already inferred, such "
            "as skos:broaderTransitive or coop:coversPlace.",
        )


def _fetch(asking: SPARQLWrapper.SPARQLWrapper, most: int) -> bytes:
    """Return the body of an answer, at most one byte more than may be kept."""
    with asking.query().response as response:
        return bytes(response.read(most + 1))


def _explained(error: Exception, use: Use) -> QueryError:
    """Return what a failure of the endpoint means to the person who asked."""
    if isinstance(error, TimeoutError) or "timed out" in str(error):
        return refusals.over_time(use)
    _LOG.error("the remote engine failed: %s", str(error)[:500])
    if isinstance(error, QueryBadFormed):
        return QueryError(
            "Le moteur distant n’accepte pas cette requête.",
            "The remote engine does not accept this query.",
        )
    status = getattr(error, "code", 0)
    if isinstance(error, urllib.error.HTTPError) and status == 503:
        return refusals.busy()
    if isinstance(error, SPARQLWrapperException | urllib.error.HTTPError):
        return QueryError(
            f"Le moteur distant a échoué ({status or 500}).",
            f"The remote engine failed ({status or 500}).",
        )
    return EngineBusyError(
        refusals.RETRY_AFTER_S,
        "Le moteur distant ne répond pas ; réessayez dans quelques secondes.",
        "The remote engine does not answer; try again in a few seconds.",
    )


def _written(
    names: Names, admitted: Admitted, body: bytes, accept: str, rows: int
) -> tuple[Kind, bytes, bool]:
    """Return the kind of an answer, the answer in a format with our names, and whether it is cut.

    Raises:
        QueryError: what the endpoint said cannot be read.
    """
    try:
        if admitted.form in {"CONSTRUCT", "DESCRIBE"}:
            return _graph(names, admitted, body, accept, rows)
        return _bindings(names, admitted, body, accept, rows)
    except (ValueError, KeyError, SyntaxError, TypeError) as error:
        _LOG.error("the remote engine answers what cannot be read: %s", error)
        raise QueryError(
            "La réponse du moteur distant ne se lit pas.",
            "The answer of the remote engine cannot be read.",
        ) from error


def _graph(
    names: Names, admitted: Admitted, body: bytes, accept: str, rows: int
) -> tuple[Kind, bytes, bool]:
    read = ox.parse(body, format=ox.RdfFormat.TURTLE, base_iri=admission.BASE)
    triples = names.triples(quad.triple for quad in read)
    cut = bool(rows) and len(triples) > rows
    rdf = formats.RDF[formats.written(accept, "graph").name]
    named = rdf in (ox.RdfFormat.TURTLE, ox.RdfFormat.JSON_LD)
    prefixes = dict(admitted.prologue.prefixes) if named else None
    written = ox.serialize(triples[:rows] if cut else triples, format=rdf, prefixes=prefixes)
    return "graph", written or b"", cut


def _bindings(
    names: Names, admitted: Admitted, body: bytes, accept: str, rows: int
) -> tuple[Kind, bytes, bool]:
    found: dict[str, Any] = names.bindings(body)
    kind: Kind = "boolean" if "boolean" in found else "bindings"
    if columns.star(admitted.tokens):
        order = columns.named(admitted.tokens)
        found["head"]["vars"].sort(key=lambda one: order.index(one) if one in order else len(order))
    cut = False
    if kind == "bindings":
        solutions = found["results"]["bindings"]
        cut = bool(rows) and len(solutions) > rows
        del solutions[rows if cut else len(solutions) :]
    written = formats.written(accept, kind).name
    plain = json.dumps(found, ensure_ascii=False, separators=(",", ":")).encode()
    if written == "json":
        return kind, plain, cut
    results = ox.parse_query_results(plain, format=ox.QueryResultsFormat.JSON)
    return kind, results.serialize(format=formats.RESULTS[written]) or b"", cut
