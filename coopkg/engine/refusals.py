"""Why a query has no answer, in words."""

from __future__ import annotations

import logging
import signal
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from coopkg.config import Settings
from coopkg.engine import admission, syntax
from coopkg.engine.advice import Said, advise, is_limited
from coopkg.errors import (
    EngineBusyError,
    GenerationError,
    QueryError,
    QueryLimitError,
    RefusedQuery,
    Spent,
    StoppedError,
    UnwritableError,
)
from coopkg.sparql_tokens import Token
from coopkg.workers.worker import STACK_BYTES

RETRY_AFTER_S: Final = 5
NO_ROOM_RETRY_AFTER_S: Final = 60

_LOG: Final = logging.getLogger("coopkg.engine")


@dataclass(frozen=True)
class Limits:
    """What one query may use."""

    timeout_s: float
    memory_bytes: int
    result_bytes: int
    rows: int = 0  # of a table, or triples of a graph; 0: as many as there are

    @classmethod
    def of(cls, settings: Settings) -> Limits:
        """Return the limits of an installation."""
        return cls(
            settings.query_timeout_s,
            settings.query_memory_mb << 20,
            settings.result_max_mb << 20,
            settings.rows_max,
        )


@dataclass
class Use:
    """What one query is using: kept up to date while it runs. Queries of one key are the same."""

    limits: Limits
    key: int = 0
    long: bool = False
    seconds: float = 0.0
    bytes: int = 0
    stopped: bool = False
    tokens: Sequence[Token] = ()

    def advice(self) -> Said:
        """Return what to change in the query, as its shape tells."""
        return advise(self.tokens)

    @property
    def is_limited(self) -> bool:
        """Whether the query has a LIMIT already."""
        return is_limited(self.tokens)


def of_worker(head: Mapping[str, Any], admitted: admission.Admitted, use: Use) -> QueryError:
    """Return what an error of a worker means to the person who asked."""
    kind, detail = head["error"], str(head.get("detail", ""))
    if kind == "syntax":
        return syntax.explain(admitted, detail)
    if kind == "too-big":
        return too_big(use.limits.result_bytes, use.seconds, limited=use.is_limited)
    if kind == "memory":
        return over_memory(use)
    if kind == "not-xml" or "JSON-LD does not support" in detail:
        return UnwritableError(
            "Cette réponse contient ce que ce format ne sait pas écrire "
            "(un caractère interdit en XML 1.0, par exemple) ; demandez JSON ou N-Triples.",
            "This answer holds what this format cannot write "
            "(a character that XML 1.0 forbids, for instance); ask for JSON or N-Triples.",
        )
    return _not_evaluated(detail, admitted)


def _not_evaluated(detail: str, admitted: admission.Admitted) -> QueryError:
    if wrong := syntax.wrong_call(admitted, detail):
        return wrong
    if any(word in detail for word in ("Permission denied", "Operation not permitted", "Too many")):
        _LOG.error("a query that passed admission tried to call out: %s", detail)
        return RefusedQuery(
            admission.CALLS_OUT,
            "Ce service n’appelle aucun autre service.",
            "This service calls no other service.",
        )
    if "SELECT projection" in detail:
        return QueryError(
            "Une variable à remplacer n’est pas listée par le SELECT.",
            "A variable to substitute is not listed by SELECT.",
        )
    _LOG.error("a query could not be evaluated: %s", detail)
    return QueryError(
        "Le moteur n’a pas pu évaluer cette requête.",
        "The engine could not evaluate this query.",
    )


def ended(status: int, use: Use) -> QueryError:
    """Return why a worker ended in the middle of a query."""
    _LOG.warning("a worker ended with status %d after %.1f s", status, use.seconds)
    if status == -signal.SIGALRM:
        return over_time(use)
    if status in (-signal.SIGABRT, -signal.SIGKILL):  # allocation failed, or the kernel's own watch
        return over_memory(use)
    return _over(
        use,
        "stack",
        STACK_BYTES,
        STACK_BYTES,
        "bytes",
        "Requête arrêtée : trop complexe pour le moteur. Simplifiez ou divisez-la.",
        "The query was stopped: too complex for the engine. Simplify or divide it.",
    )


def _over(
    use: Use, limit: str, allowed: float, used: float, unit: str, fr: str, en: str
) -> QueryLimitError:
    return QueryLimitError(
        Spent(limit, allowed, used, unit, {"seconds": f"{use.seconds:.1f}"}), fr, en
    )


def too_big(most: int, seconds: float, *, limited: bool = False) -> QueryLimitError:
    """Return the refusal of a result over its size; `limited`: the query has a LIMIT already."""
    fr, en = ("baissez LIMIT", "lower LIMIT") if limited else ("ajoutez LIMIT", "add LIMIT")
    return QueryLimitError(
        Spent("result", most, most, "bytes", {"seconds": f"{seconds:.1f}"}),
        f"Le résultat dépasse {most >> 20} Mo ; {fr}, ou précisez la requête.",
        f"The result is larger than {most >> 20} MB; {en}, or narrow the query.",
    )


def no_room(detail: str) -> EngineBusyError:
    """Return the refusal of an answer that finds no room to wait for its reader."""
    _LOG.error("a large answer found no room: %s", detail)
    return EngineBusyError(
        NO_ROOM_RETRY_AFTER_S,
        "La place des grands résultats est prise pour le moment ; réessayez dans une minute, "
        "ou ajoutez LIMIT.",
        "The room for large results is taken for now; try again in a minute, or add LIMIT.",
    )


def _fr(seconds: float, form: str = ".1f") -> str:
    """Write seconds as French does.

    >>> _fr(8.04), _fr(8, "g")
    ('8,0', '8')
    """
    return format(seconds, form).replace(".", ",")


def over_time(use: Use) -> QueryLimitError:
    """Return the refusal of a query that went over its time."""
    allowed, used = use.limits.timeout_s, max(use.seconds, use.limits.timeout_s)
    advice = use.advice()
    return _over(
        use,
        "time",
        allowed,
        round(used, 1),
        "seconds",
        f"Requête arrêtée après {_fr(used)} s ; le temps accordé est de {_fr(allowed, 'g')} s. "
        + advice.fr,
        f"The query was stopped after {used:.1f} s; the time allowed is {allowed:g} s. "
        + advice.en,
    )


def over_memory(use: Use) -> QueryLimitError:
    """Return the refusal of a query that went over its memory."""
    allowed, used = use.limits.memory_bytes, max(use.bytes, use.limits.memory_bytes)
    advice = use.advice()
    return _over(
        use,
        "memory",
        allowed,
        used,
        "bytes",
        f"Requête arrêtée après {use.seconds:.1f} s : plus de {allowed >> 20} Mo de mémoire. "
        + advice.fr,
        f"The query was stopped after {use.seconds:.1f} s: more than {allowed >> 20} MB of memory. "
        + advice.en,
    )


def stopped(use: Use) -> StoppedError:
    """Return the answer to a query that somebody has stopped."""
    return StoppedError(
        use.seconds,
        f"Requête arrêtée à votre demande, après {_fr(use.seconds)} s.",
        f"The query was stopped at your request, after {use.seconds:.1f} s.",
    )


def busy() -> EngineBusyError:
    """Return the refusal of a query that no worker can take soon."""
    return EngineBusyError(
        RETRY_AFTER_S,
        "Le service répond à d’autres requêtes longues ; réessayez dans quelques secondes.",
        "The service is answering other long queries; try again in a few seconds.",
    )


def no_worker() -> GenerationError:
    """Return the refusal to serve where no process can be started and locked in."""
    return GenerationError(
        "Aucun processus de requête ne démarre sur cette machine (voir le journal).",
        "No query process starts on this machine (see the log).",
    )
