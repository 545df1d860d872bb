"""Answers on their way to a reader: what they say of themselves, and large ones in pieces.

A large answer waits in a file, complete, with its length known. While it is sent it holds a
thread of the server, so one reader gets so many at once and no more.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from flask import Response, request

from coopkg import formats
from coopkg.engine import Result, cuts
from coopkg.errors import RateLimitError
from coopkg.serve.sparql.fairness import network
from coopkg.workers.spool import TakenBackError

AT_ONCE: Final = 8
RETRY_AFTER_S: Final = 30
TRUNCATED: Final = "X-Truncated"

_MUTE: Final = {
    formats.CSV.media_type: "csv",
    formats.TSV.media_type: "tsv",
    formats.JSON_LD.media_type: "jsonld",
}
"""The formats that cannot say that they were cut: the name of the file does."""

_LOG: Final = logging.getLogger("coopkg.serve")


class Sending:
    """Makes answers of results; counts the large ones on their way to each reader."""

    def __init__(self, at_once: int = AT_ONCE) -> None:
        self._at_once = at_once
        self._lock = threading.Lock()
        self._readers: Counter[str] = Counter()

    def response(self, result: Result, written: formats.Format, client: str) -> Response:
        """Return the answer to a query.

        Raises:
            RateLimitError: it is large, and this reader is being sent too many large ones.
        """
        large = result.is_large
        if large:
            response = self._in_pieces(result, written, network(client))
        else:
            response = Response(result.body, content_type=written.content_type)
        describe(response, result)
        return response

    def _in_pieces(self, result: Result, written: formats.Format, reader: str) -> Response:
        with self._lock:
            if self._readers[reader] >= self._at_once:
                result.close()
                raise RateLimitError(
                    RETRY_AFTER_S,
                    f"Vous recevez déjà {self._at_once} grands résultats ; lisez-les d’abord.",
                    f"You are being sent {self._at_once} large results already; read them first.",
                )
            self._readers[reader] += 1
        pieces = _Pieces(result, lambda: self._sent(reader))
        response = Response(pieces, content_type=written.content_type, direct_passthrough=True)
        response.content_length = result.size
        if request.method == "HEAD":  # nobody reads, and nobody closes
            pieces.close()
        return response

    def _sent(self, reader: str) -> None:
        with self._lock:
            self._readers[reader] -= 1
            if self._readers[reader] <= 0:
                del self._readers[reader]


class _Pieces:
    """The body of a large answer, as WSGI takes it: the server closes it, read or not."""

    def __init__(self, result: Result, sent: Callable[[], None]) -> None:
        self._result = result
        self._sent = sent
        self._is_open = True

    def __iter__(self) -> Iterator[bytes]:
        """Give the pieces; when they are taken back, end the connection short of its length."""
        try:
            yield from self._result.chunks()
        except TakenBackError:
            _LOG.warning("a reader was silent for too long; its answer was taken back")
            raise

    def close(self) -> None:
        """Give back what it takes, once."""
        if self._is_open:
            self._is_open = False
            self._result.close()
            self._sent()


def describe(response: Response, result: Result) -> None:
    """Say where the time of an answer went, and whether it was cut."""
    response.headers["Server-Timing"] = (
        f"queue;dur={result.queued_s * 1000:.2f}, "
        f"prepare;dur={result.prepared_s * 1000:.2f}, "
        f"engine;dur={result.elapsed_s * 1000:.2f}"
    )
    if result.truncated is not None:
        unit = "triples" if result.kind == "graph" else "rows"
        response.headers[TRUNCATED] = f"limit={result.truncated}; unit={unit}"
        response.headers.add("Link", f'<{cuts.link(result.truncated)}>; rel="describedby"')
        if suffix := _MUTE.get(result.media_type):
            name = f"results-first-{result.truncated}-{unit}.{suffix}"
            response.headers["Content-Disposition"] = f'inline; filename="{name}"'
