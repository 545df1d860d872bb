"""Queries that run now: each has a name, and who asked it can stop it.

A name belongs to the client that gave it (an address, or a network of IPv6): another client that
knows it finds nothing. A name the reader did not choose cannot be guessed.
"""

from __future__ import annotations

import re
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from coopkg.engine import Engine
from coopkg.errors import ParameterError, UnknownError
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.sparql.fairness import network

HEADER: Final = "X-Query-Id"
_NAME: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


@dataclass(frozen=True)
class _Query:
    engine: Engine
    started: float


class Running:
    """The queries that run, by client and name; safe to use from many threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._queries: dict[tuple[str, str], _Query] = {}

    @contextmanager
    def named(self, client: str, name: str, engine: Engine) -> Iterator[str]:
        """Keep a query under a name while this lasts; give the name by which the engine knows it.

        Raises:
            HTTPProblem: 409; this client runs another query of that name.
        """
        key = (network(client), name)
        with self._lock:
            if key in self._queries:
                raise HTTPProblem(
                    409,
                    f"Une autre de vos requêtes s’appelle déjà « {name} » ; elle n’a pas fini.",
                    f"Another query of yours is already called “{name}”; it has not ended.",
                )
            self._queries[key] = _Query(engine, time.monotonic())
        try:
            yield _inside(key)
        finally:
            with self._lock:
                del self._queries[key]

    def stop(self, client: str, name: str) -> None:
        """Stop a query of this client.

        Raises:
            UnknownError: none of that name runs: it has ended, or was never asked from there.
        """
        key = (network(client), name)
        with self._lock:
            found = self._queries.get(key)
        if found is None or not found.engine.cancel(_inside(key)):
            shown = name[:64]
            raise UnknownError(
                shown,
                f"aucune requête « {shown} » de votre part n’est en cours ; "
                "elle a peut-être déjà répondu",
                f"no query “{shown}” of yours is running; it may have answered already",
            )

    def of(self, client: str) -> list[dict[str, Any]]:
        """Return the queries of a client, the oldest first, with the seconds each has taken."""
        now, here = time.monotonic(), network(client)
        with self._lock:
            found = [
                (name, query.started)
                for (where, name), query in self._queries.items()
                if where == here
            ]
        found.sort(key=lambda one: one[1])
        return [{"id": name, "seconds": round(now - begun, 1)} for name, begun in found]


def _inside(key: tuple[str, str]) -> str:
    return "/".join(key)


def name_of(asked: str | None) -> str:
    """Return the name of a query: the one that its reader chose, or one that nobody guesses.

    Raises:
        ParameterError: it is too short, too long, or has other characters than `A-Za-z0-9_-`.
    """
    if asked is None:
        return secrets.token_urlsafe(16)
    if not _NAME.fullmatch(asked):
        raise ParameterError(
            "id",
            asked[:80],
            "8 à 64 lettres sans accent, chiffres, - ou _",
            "8 to 64 letters without accents, digits, - or _",
        )
    return asked
