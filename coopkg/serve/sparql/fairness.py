"""A share of the service for each client, charged by what it costs.

Requests are not equal: a client is charged the seconds its queries ran and the errors it made,
not its requests. Two buckets fill up again all the time; an empty one answers 429 until it has
filled a little. Who goes on asking all the same is refused for a while, whatever it asks: 403. The
least recently seen clients are forgotten, so memory is bounded whatever addresses come.
"""

from __future__ import annotations

import ipaddress
import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from coopkg.errors import BannedError, RateLimitError

MAX_CLIENTS: Final = 2_000
IGNORED_MAX: Final = 200
"""Refusals in a row that a client may ignore."""
BAN_S: Final = 120.0


@dataclass(frozen=True)
class Allowance:
    """How much a bucket holds, and how much flows back each second."""

    capacity: float
    refill: float


# One client may keep one worker of two busy for ever, and both for three minutes.
SECONDS: Final = Allowance(180.0, 1.0)
ERRORS: Final = Allowance(300.0, 2.0)

NAMES: Final = ("seconds", "errors")
_USED: Final = {
    "seconds": (
        "Vos requêtes ont utilisé leur part du temps du service",
        "Your queries have used their share of the time of the service",
    ),
    "errors": (
        "Trop de requêtes refusées ou arrêtées en peu de temps : corrigez-les d’abord",
        "Too many queries that were refused or stopped in a short time: mend them first",
    ),
}


class _Bucket:
    def __init__(self, allowance: Allowance, now: float) -> None:
        self.allowance = allowance
        self.level = allowance.capacity
        self.seen = now

    def fill(self, now: float) -> None:
        gained = (now - self.seen) * self.allowance.refill
        self.level = min(self.allowance.capacity, self.level + gained)
        self.seen = now

    def wait_s(self) -> float:
        """Return the seconds until something may be asked again; 0 at once."""
        return 0.0 if self.level > 0 else (1.0 - self.level) / self.allowance.refill


class _Client:
    """What a client has left, the refusals it has ignored, and until when it is refused at all."""

    def __init__(self, allowances: tuple[Allowance, Allowance], now: float) -> None:
        self.buckets = (_Bucket(allowances[0], now), _Bucket(allowances[1], now))
        self.ignored = 0
        self.banned_until = 0.0

    def refused(self, now: float) -> None:
        self.ignored += 1
        if self.ignored > IGNORED_MAX:
            self.ignored, self.banned_until = 0, now + BAN_S


class Shares:
    """The shares of every client; safe to use from many threads."""

    def __init__(
        self,
        seconds: Allowance = SECONDS,
        errors: Allowance = ERRORS,
        max_clients: int = MAX_CLIENTS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allowances = (seconds, errors)
        self._policy = ", ".join(
            f'"{name}";q={allowed.capacity:.0f};w={allowed.capacity / allowed.refill:.0f}'
            for name, allowed in zip(NAMES, self._allowances, strict=True)
        )
        self._max_clients = max_clients
        self._clock = clock
        self._lock = threading.Lock()
        self._clients: OrderedDict[str, _Client] = OrderedDict()

    def check(self, client: str) -> None:
        """Let a client ask.

        Raises:
            RateLimitError: it has used its share; with the seconds to wait.
            BannedError: it went on asking all the same, hundreds of times.
        """
        with self._lock:
            now = self._clock()
            known = self._client(client, now)
            ban = known.banned_until - now
            wait, name = max(
                (bucket.wait_s(), name) for bucket, name in zip(known.buckets, NAMES, strict=True)
            )
            if ban <= 0 and wait > 0:
                known.refused(now)
            elif ban <= 0:
                known.ignored = 0
        if ban > 0:
            raise BannedError(math.ceil(ban), IGNORED_MAX)
        if wait > 0:
            seconds = max(1, math.ceil(wait))
            fr, en = _USED[name]
            raise RateLimitError(
                seconds,
                f"{fr} ; réessayez dans {seconds} s.",
                f"{en}; try again in {seconds} s.",
            )

    def charge(self, client: str, seconds: float = 0.0, errors: float = 0.0) -> None:
        """Take what a client has used."""
        with self._lock:
            time_left, errors_left = self._buckets(client)
            time_left.level -= seconds
            errors_left.level -= errors

    def policy(self) -> str:
        """Return what every client may use, as `RateLimit-Policy` says it.

        The names are those of draft-ietf-httpapi-ratelimit-headers: `q` is the whole share, and
        `w` the seconds in which an empty one fills up.
        """
        return self._policy

    def left(self, client: str) -> str:
        """Return what is left to a client, and the seconds until it may ask, as `RateLimit`."""
        with self._lock:
            buckets = self._buckets(client)
            return ", ".join(
                f'"{name}";r={max(0, math.floor(bucket.level))};t={math.ceil(bucket.wait_s())}'
                for name, bucket in zip(NAMES, buckets, strict=True)
            )

    def _buckets(self, client: str) -> tuple[_Bucket, _Bucket]:
        return self._client(client, self._clock()).buckets

    def _client(self, client: str, now: float) -> _Client:
        key = network(client)
        known = self._clients.pop(key, None)
        if known is None:
            known = _Client(self._allowances, now)
            while len(self._clients) >= self._max_clients:
                self._clients.popitem(last=False)
        self._clients[key] = known
        for bucket in known.buckets:
            bucket.fill(now)
        return known

    def __len__(self) -> int:
        """Return how many clients are remembered."""
        return len(self._clients)


@lru_cache(maxsize=MAX_CLIENTS)
def network(address: str) -> str:
    """Return what counts as one client: an IPv4 address, or an IPv6 network of 64 bits.

    >>> network("2001:db8::1") == network("2001:db8::2")
    True
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network((found, 64), strict=False)) if found.version == 6 else address
