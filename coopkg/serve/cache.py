"""Answers that are kept, to be given again without being made again.

A generation never changes, so its answer to a request is good for as long as it answers. What an
answer may depend on is its key, whole: the generation that answers, method and path, the query
string letter by letter, the body of a POST, Accept letter by letter, and the language that
Accept-Language comes to. Nothing else of a request is looked at by what is kept (a test reads the
code for it), so no header of one reader shows in the answer of another. Query strings are not put
in order: the order of parameters means something to some of them, and a guess would mix answers.

The least recently asked leave first. Equal requests that come together are answered once: the
others wait a moment for the first, then go their own way.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from coopkg.serve import compression

WAIT_S: Final = 0.25  # what takes longer is a long query, and waits in its own lane
SHARE: Final = 8  # one answer may fill an eighth of the room
_OVERHEAD_BYTES: Final = 1_500  # of an entry, beside its texts
# What belongs to one request, not to its answer.
OF_ONE_REQUEST: Final = frozenset(
    {"date", "ratelimit", "ratelimit-policy", "retry-after", "server-timing", "x-query-id"}
)
_NOT_KEPT: Final = OF_ONE_REQUEST | {"age", "connection", "content-length", "etag", "vary"}

Header = tuple[str, str]
Headers = list[Header]


def by_name(headers: Headers) -> dict[str, str]:
    """Return the headers by their names in small letters; those of one name as one.

    >>> by_name([("Vary", "Accept"), ("VARY", "Origin")])
    {'vary': 'Accept, Origin'}
    """
    said: dict[str, str] = {}
    for name, value in headers:
        low = name.lower()
        said[low] = f"{said[low]}, {value}" if low in said else value
    return said


class Key(NamedTuple):
    """Everything an answer that is kept may depend on."""

    generation: str
    method: str
    path: str
    query: str
    accept: str
    lang: str
    content_type: str = ""
    body: bytes = b""  # its SHA-256

    def size(self) -> int:
        """Return about how many bytes it takes."""
        return len(self.path) + len(self.query) + len(self.accept)


class Variant(NamedTuple):
    """An answer in one coding, ready to be sent."""

    etag: str
    headers: Headers
    body: bytes


@dataclass
class Entry:
    """One answer: its headers but those of one request, and its body.

    `vary` and `etag` are those of the application, without what compression adds. Compressed well,
    the body is held so alone: it takes a fifth of the room, and a reader who wants it plain is
    rare, and waits a tenth of a millisecond.
    """

    headers: Headers
    length: int  # bytes of the body as it is
    etag: str
    is_text: bool
    stored: float = field(default_factory=time.monotonic)
    _plain: Variant | None = None
    _packed: Variant | None = None

    @classmethod
    def of(cls, headers: Headers, body: bytes) -> Entry:
        """Make an entry of what the application answered."""
        said = by_name(headers)
        kept = [(name, value) for name, value in headers if name.lower() not in _NOT_KEPT]
        is_text = compression.is_text(said.get("content-type", ""))
        vary = compression.vary(said.get("vary", "")) if is_text else said.get("vary", "")
        if vary:
            kept.append(("Vary", vary))
        made = cls(kept, len(body), said.get("etag", ""), is_text)
        made._plain = made._variant(body, compression.IDENTITY)
        return made

    def plain(self) -> Variant:
        """Return the answer as it is."""
        plain, packed = self._plain, self._packed
        if plain is None and packed is not None:
            plain = self._variant(compression.plain(packed.body), compression.IDENTITY)
        if plain is None:
            raise RuntimeError("an answer is held in one coding at least")
        return plain

    def fast(self) -> Variant:
        """Return the answer compressed fast, which is not kept."""
        return self._variant(compression.compressed_fast(self.plain().body), compression.GZIP)

    def packed(self) -> Variant:
        """Return the answer compressed well, which alone is kept from now on."""
        packed = self._packed
        if packed is None:
            body = compression.compressed(self.plain().body)
            packed = self._packed = self._variant(body, compression.GZIP)
        self._plain = None  # after the other is there: `plain` finds one of them
        return packed

    @property
    def is_packed(self) -> bool:
        """Tell whether it was compressed well already."""
        return self._packed is not None

    def _variant(self, body: bytes, coding: str) -> Variant:
        etag = compression.tagged(self.etag, coding)
        headers = [*self.headers, ("Content-Length", str(len(body)))]
        if etag:
            headers.append(("ETag", etag))
        if coding != compression.IDENTITY:
            headers.append(("Content-Encoding", coding))
        return Variant(etag, headers, body)

    def age_s(self) -> str:
        """Return the whole seconds since it was made."""
        return str(int(time.monotonic() - self.stored))

    def size(self) -> int:
        """Return about how many bytes it takes."""
        return sum(len(one.body) for one in (self._plain, self._packed) if one) + _OVERHEAD_BYTES


def digest(body: bytes) -> bytes:
    """Return what stands for a body in a key."""
    return hashlib.sha256(body).digest()


class Cache:
    """A bounded number of bytes of answers; safe to use from many threads."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._lock = threading.Lock()
        self._entries: OrderedDict[Key, tuple[Entry, int]] = OrderedDict()
        self._asked: dict[Key, threading.Event] = {}
        self._bytes = 0
        self._counts = {"hits": 0, "misses": 0, "shared": 0, "evicted": 0}

    def get(self, key: Key) -> Entry | None:
        """Return the answer to a request, or None."""
        with self._lock:
            found = self._entries.get(key)
            if found is None:
                return None
            self._entries.move_to_end(key)
            self._counts["hits"] += 1
            return found[0]

    def lead(self, key: Key) -> bool:
        """Tell whether the caller is the first to ask: it asks, and calls `done` whatever happens.

        Else wait a moment for the first; its answer may be there afterwards.
        """
        with self._lock:
            first = self._asked.get(key)
            if first is None:
                self._asked[key] = threading.Event()
                return True
            self._counts["shared"] += 1
        first.wait(WAIT_S)
        return False

    def done(self, key: Key) -> None:
        """Let those go on who wait for an answer: it is there, or will not be."""
        with self._lock:
            waiting = self._asked.pop(key, None)
        if waiting is not None:
            waiting.set()

    def fits(self, size: int) -> bool:
        """Tell whether an answer of so many bytes may be kept."""
        return size + _OVERHEAD_BYTES <= self.most_bytes // SHARE

    def put(self, key: Key, entry: Entry) -> None:
        """Keep an answer; the least recently asked make room, and those of other generations."""
        size = entry.size() + key.size()
        with self._lock:
            newest = next(reversed(self._entries), None)
            if newest is not None and newest.generation != key.generation:
                self._entries.clear()
                self._bytes = 0
            known, before = self._entries.pop(key, (None, 0))
            self._counts["misses"] += known is None
            self._entries[key] = (entry, size)
            self._bytes += size - before
            while self._bytes > self.most_bytes:
                _, (_, gone) = self._entries.popitem(last=False)
                self._bytes -= gone
                self._counts["evicted"] += 1

    def clear(self) -> None:
        """Forget every answer."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def stats(self) -> Mapping[str, int]:
        """Return what was counted since the start, and what is held now.

        `misses` are answers that were made and then kept; `shared` are requests that waited for an
        equal one.
        """
        with self._lock:
            held = {"entries": len(self._entries), "bytes": self._bytes}
            return {**self._counts, **held, "most_bytes": self.most_bytes}
