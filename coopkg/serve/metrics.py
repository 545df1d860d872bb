"""`/metrics`: what the service has done and is doing, in the Prometheus text format (0.0.4).

No label holds what a client wrote: a request counts under the class of its address, one of a fixed
list, so that the number of series is bounded whatever is asked.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from flask import Blueprint, Response, current_app, g

from coopkg import __version__
from coopkg.engine.counted import ANSWERED, ENDS, FAILED, SECONDS, Count

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
OTHER: Final = "other"
GATHERED_AT: Final = 4_096  # requests that have ended and are not counted yet
# The first segment of an address, and the class it counts under.
CLASSES: Final[Mapping[str, str]] = {
    **dict.fromkeys(("fr", "en", "", "questions", "browse", "compare", "search"), "pages"),
    **dict.fromkeys(("problem", "rule"), "pages"),
    **dict.fromkeys(("id", "ns", "scheme", "graph", "imports", "alignments", "shapes"), "entities"),
    **dict.fromkeys(("void", "catalog", ".well-known", "context", "links"), "descriptions"),
    **dict.fromkeys(("health", "version", "metrics", "openapi.json", "robots.txt"), "service"),
    **dict.fromkeys(("s", "receipts"), "citation"),
    "api": "api",
    "reconcile": "api",
    "dumps": "dumps",
    "feed.atom": "feed",
    "graphs": "graphs",
    "sitemap.xml": "service",
    "sparql": "sparql",
    "static": "static",
}
METHODS: Final = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})


class Meter:
    """Counts requests where they come in: those that a kept answer serves are counted too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: Counter[tuple[str, str, str]] = Counter()
        self._buckets: dict[str, list[int]] = {}
        self._seconds: Counter[str] = Counter()
        # Both change in one step without a lock, which hundreds of threads would queue for.
        self._inside: set[object] = set()
        self._ended: deque[tuple[str, str, str, float]] = deque()
        self.started = time.time()

    def around(self, application: WSGIApplication) -> WSGIApplication:
        """Return the same application, counted."""

        def counted(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
            seen = ["500"]
            # Read first: what stands behind may ask another way (HEAD as GET).
            kind = class_of(environ.get("PATH_INFO", ""))
            method = environ.get("REQUEST_METHOD", "")

            def note(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
                seen[0] = status[:3]
                return start(status, headers, *rest)

            began, me = time.perf_counter(), object()
            self._inside.add(me)
            try:
                return application(environ, note)
            finally:
                self._inside.discard(me)
                self._ended.append((kind, method, seen[0], time.perf_counter() - began))
                if len(self._ended) >= GATHERED_AT:
                    self._gather()

        return counted

    def _gather(self) -> None:
        """Count the requests that have ended since the last time."""
        with self._lock:
            for _ in range(len(self._ended)):
                kind, method, status, seconds = self._ended.popleft()
                known = method if method in METHODS else OTHER.upper()
                self._requests[kind, known, status] += 1
                self._seconds[kind] += seconds  # type: ignore[assignment]  # a sum of floats
                inside = self._buckets.setdefault(kind, [0] * (len(BUCKETS) + 1))
                inside[bisect_left(BUCKETS, seconds)] += 1

    def families(self) -> Iterator[Family]:
        """Yield what was counted."""
        self._gather()
        with self._lock:
            requests, seconds = dict(self._requests), dict(self._seconds)
            buckets = {kind: list(inside) for kind, inside in self._buckets.items()}
            busy = len(self._inside)
        yield Family(
            "coopkg_http_requests_total",
            "counter",
            "Requests that ended, by class of address, method and status.",
            tuple(
                Sample({"class": kind, "method": method, "status": status}, count)
                for (kind, method, status), count in sorted(requests.items())
            ),
        )
        yield Family(
            "coopkg_http_request_seconds",
            "histogram",
            "Time until an answer could be sent, by class of address.",
            tuple(_histogram(buckets, seconds)),
        )
        # This request is one of them.
        yield one("coopkg_http_busy", "gauge", "Requests being answered now.", busy)
        yield one("process_start_time_seconds", "gauge", "When the service started.", self.started)


@dataclass(frozen=True)
class Sample:
    """One value of a family; `suffix` is for histograms."""

    labels: Mapping[str, str]
    value: float
    suffix: str = ""


@dataclass(frozen=True)
class Family:
    """What is measured under one name."""

    name: str
    kind: str
    help: str
    samples: tuple[Sample, ...]

    def text(self) -> str:
        """Write it as the format wants."""
        lines = [f"# HELP {self.name} {self.help}", f"# TYPE {self.name} {self.kind}"]
        for sample in self.samples:
            labels = ",".join(f'{key}="{_escaped(text)}"' for key, text in sample.labels.items())
            shown = f"{{{labels}}}" if labels else ""
            lines.append(f"{self.name}{sample.suffix}{shown} {_number(sample.value)}")
        return "\n".join(lines) + "\n"


def one(name: str, kind: str, about: str, value: float, **labels: str) -> Family:
    """Return a family of a single value."""
    return Family(name, kind, about, (Sample(labels, value),))


@lru_cache(maxsize=4_096)
def class_of(path: str) -> str:
    """Return the class an address counts under; one of a fixed list.

    >>> class_of("/fr/questions/x"), class_of("/wp-login.php"), class_of("/fr/receipt/abc")
    ('pages', 'other', 'citation')
    """
    parts = path.split("/", 3)
    first = parts[1] if len(parts) > 1 else ""
    if first in {"fr", "en"} and len(parts) > 2 and parts[2] == "receipt":
        return "citation"
    if first.startswith("sitemap-"):
        return "service"
    return CLASSES.get(first) or CLASSES.get(first.partition(".")[0] or OTHER, OTHER)


def _histogram(buckets: Mapping[str, list[int]], seconds: Mapping[str, float]) -> Iterator[Sample]:
    for kind, inside in sorted(buckets.items()):
        yield from _classes({"class": kind}, BUCKETS, inside, seconds.get(kind, 0.0))


def _classes(
    labels: Mapping[str, str], bounds: Sequence[float], inside: Sequence[int], seconds: float
) -> Iterator[Sample]:
    """Yield the samples of one histogram; each class counts those below it too."""
    total = 0
    for bound, count in zip([*map(str, bounds), "+Inf"], inside, strict=True):
        total += count
        yield Sample({**labels, "le": bound}, total, "_bucket")
    yield Sample(labels, seconds, "_sum")
    yield Sample(labels, total, "_count")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    return str(value) if isinstance(value, int) else repr(float(value))


# --- The state of the service --------------------------------------------------------------


def state(now: Callable[[], float] = time.time) -> Iterator[Family]:
    """Yield what the service is: its generation, its engine, its cache, its limits."""
    found = g.service.generation
    published = datetime.fromisoformat(found.manifest.published).astimezone(UTC).timestamp()
    live = current_app.extensions["coopkg"]
    yield one(
        "coopkg_info", "gauge", "Version and generation.", 1,
        version=__version__, generation=found.id,
    )  # fmt: skip
    yield one("coopkg_generation_number", "gauge", "Number of the generation served.", found.number)
    yield one(
        "coopkg_generation_age_seconds", "gauge", "Time since it was published.",
        max(0.0, now() - published),
    )  # fmt: skip
    yield one(
        "coopkg_generation_fallback", "gauge",
        "1 when what is served is not what was last published.",
        int(live.fallback_from is not None),
    )  # fmt: skip
    yield one(
        "coopkg_generations_kept", "gauge", "Generations that are kept.", len(live.past.kept())
    )
    yield one(
        "coopkg_past_generations_open", "gauge", "Past generations that answer now.",
        len(live.past.services()),
    )  # fmt: skip
    yield one("coopkg_triples", "gauge", "Triples of the named graphs.",
              sum(found.manifest.graphs.values()))  # fmt: skip
    yield from engine(live.count())
    yield from _cache(current_app.extensions["coopkg_cache"].stats())
    settings = current_app.extensions["coopkg_settings"]
    for name in ("query_timeout_s", "query_memory_mb", "result_max_mb", "workers"):
        yield one(f"coopkg_limit_{name}", "gauge", f"Setting {name}.", getattr(settings, name))


def engine(count: Count) -> Iterator[Family]:
    """Yield what the engine was asked, and how its workers are."""
    yield Family(
        "coopkg_engine_queries_total",
        "counter",
        "Queries that ended, by how they ended.",
        tuple(
            # Each end is told from the start: a series that appears hides its first step.
            Sample({"end": name}, count.ended.get(name, 0))
            for name in (ANSWERED, *(name for _, name in ENDS), FAILED)
        ),
    )
    yield Family(
        "coopkg_engine_query_seconds",
        "histogram",
        "Time of a query, its wait for a worker included.",
        tuple(_classes({}, SECONDS, count.classes, count.seconds)),
    )
    yield one("coopkg_engine_running", "gauge", "Queries that wait or run now.", count.running)
    yield Family(
        "coopkg_engine_workers",
        "gauge",
        "Processes that evaluate queries, alive, by state.",
        tuple(Sample({"state": name}, number) for name, number in sorted(count.workers.items())),
    )


HELD: Final = frozenset({"entries", "bytes", "most_bytes"})
"""What the cache holds now, and may fall; the rest only grows."""


def _cache(stats: Mapping[str, int]) -> Iterator[Family]:
    for name, value in sorted(stats.items()):
        grows = name not in HELD
        yield one(
            f"coopkg_cache_{name}_total" if grows else f"coopkg_cache_{name}",
            "counter" if grows else "gauge",
            f"{name.replace('_', ' ').capitalize()} of the answers that are kept.",
            value,
        )


def blueprint(meter: Meter) -> Blueprint:
    """Return the route of `/metrics`."""
    routes = Blueprint("metrics", __name__)

    @routes.get("/metrics")
    def measured() -> Response:
        text = "".join(one.text() for one in (*meter.families(), *state()))
        response = Response(text, content_type=MEDIA_TYPE)
        response.headers["Cache-Control"] = "no-store"
        return response

    return routes
