"""Put a generation into an engine elsewhere (SPARQL 1.1 Graph Store HTTP Protocol, section 5.3)."""

from __future__ import annotations

import base64
import urllib.error
import urllib.parse
import urllib.request
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from coopkg.config import Settings
from coopkg.engine.remote.names import DEFAULT, Names
from coopkg.errors import GenerationError

TIMEOUT_S: Final = 120
PIECE: Final = 20_000  # triples sent at once: engines limit the size of a body


def push(store: Path, names: Names, settings: Settings) -> int:
    """Send every graph of the generation that `names` is of; return how many were sent.

    Sending twice changes nothing. The default graph comes last, so a generation that is there only
    in part is seen to be missing.

    Raises:
        GenerationError: the engine refused, or cannot be reached; with what it said.
    """
    graphs: dict[str, list[ox.Triple]] = defaultdict(list)
    for quad in ox.parse(path=str(store), format=ox.RdfFormat.N_QUADS):
        there = names.quad(quad)
        graphs[str(there.graph_name.value)].append(there.triple)  # type: ignore[union-attr]  # named
    last = names.there(DEFAULT)
    sender = _Sender(settings)
    for graph in sorted(graphs, key=lambda name: (name == last, name)):
        sender.send(graph, graphs[graph])
    return len(graphs)


class _Sender:
    """Sends requests to one Graph Store, with its name and password where it asks for them.

    It asks first with an empty body: Virtuoso closes the connection on a long one that is not
    authorised, before it has said what it wants (Digest, RFC 7616; Basic, RFC 7617).
    """

    def __init__(self, settings: Settings) -> None:
        self._address = settings.engine_graph_store
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        known = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        known.add_password(None, self._address, settings.engine_user, settings.engine_password)
        self._digest = urllib.request.HTTPDigestAuthHandler(known)
        self._basic = base64.b64encode(
            f"{settings.engine_user}:{settings.engine_password}".encode()
        ).decode()
        self._challenge = self._asked() if settings.engine_user else ""

    def _asked(self) -> str:
        """Return what the store wants to know of who writes; empty: nothing."""
        probe = self._request("urn:coopkg:probe", b"", "PUT")
        try:
            self._opener.open(probe, timeout=TIMEOUT_S).close()
        except urllib.error.HTTPError as error:
            with error:
                return error.headers.get("WWW-Authenticate", "")
        except OSError:
            return ""  # the first graph will tell
        return ""

    def _request(self, graph: str, body: bytes, method: str) -> urllib.request.Request:
        return urllib.request.Request(  # noqa: S310 - the operator's own engine
            f"{self._address}?{urllib.parse.urlencode({'graph': graph})}",
            data=body,
            method=method,
            headers={"Content-Type": "text/turtle"},
        )

    def send(self, graph: str, triples: Sequence[ox.Triple]) -> None:
        """Replace a graph.

        Raises:
            GenerationError: the store refused, or cannot be reached.
        """
        for start in range(0, len(triples), PIECE):
            body = ox.serialize(triples[start : start + PIECE], format=ox.RdfFormat.TURTLE)
            request = self._request(graph, body or b"", "POST" if start else "PUT")
            self._sign(request)
            try:
                self._opener.open(request, timeout=TIMEOUT_S).close()
            except urllib.error.HTTPError as error:
                with error:
                    said = error.read(300).decode("utf-8", "replace")
                raise _refused(graph, f"{error.code} {said}") from error
            except OSError as error:
                raise _refused(graph, str(error)) from error

    def _sign(self, request: urllib.request.Request) -> None:
        kind, _, rest = self._challenge.partition(" ")
        if kind.lower() == "digest":
            asked = urllib.request.parse_keqv_list(urllib.request.parse_http_list(rest))
            said = self._digest.get_authorization(request, asked)
            request.add_unredirected_header("Authorization", f"Digest {said}")
        elif kind.lower() == "basic":
            request.add_unredirected_header("Authorization", f"Basic {self._basic}")


def _refused(graph: str, said: str) -> GenerationError:
    return GenerationError(
        f"le moteur distant n’a pas pris le graphe {graph} : {said}",
        f"the remote engine did not take the graph {graph}: {said}",
    )
