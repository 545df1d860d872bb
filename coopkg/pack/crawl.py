"""Every page of a pack, asked of the application in process, as its links lead there."""

from __future__ import annotations

import heapq
import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any, Final, Protocol

from coopkg.errors import OutputError
from coopkg.pack.addresses import Address, Reader
from coopkg.pack.rewriting import links
from coopkg.pack.scope import OURS, Scope

Progress = Callable[[str, str], None]


class Client(Protocol):
    """What asks the application in process."""

    def get(self, path: str, *, headers: dict[str, str]) -> Any:
        """Return the response to an address."""


TOLD_EVERY: Final = 500
_FAST: Final = 1
_MOST_FAULTS: Final = 5


class _Queue:
    """Addresses to ask, each once; of every kind in turn, so that a part of a pack is like it."""

    def __init__(self) -> None:
        self._waiting: list[tuple[int, int, Address]] = []
        self._seen: set[Address] = set()
        self._kinds: Counter[tuple[str, bool]] = Counter()

    def __bool__(self) -> bool:
        """Tell whether any is left."""
        return bool(self._waiting)

    def add(self, found: Iterable[Address]) -> None:
        """Add those that are new."""
        for one in found:
            if one not in self._seen:
                self._seen.add(one)
                kind = (one.path.rpartition("/")[0], bool(one.query))
                heapq.heappush(self._waiting, (self._kinds[kind], len(self._seen), one))
                self._kinds[kind] += 1

    def next(self) -> Address:
        """Take the one whose turn it is."""
        return heapq.heappop(self._waiting)[-1]


class Crawl:
    """The pages and the files of a pack, as the service gives them; pages are kept packed."""

    def __init__(
        self,
        client: Client,
        reader: Reader,
        scope: Scope,
        progress: Progress,
        most: int | None = None,
    ) -> None:
        self._client = client
        self._reader = reader
        self._scope = scope
        self._progress = progress
        self._most = most
        self._pages: dict[Address, bytes] = {}
        self._moved: dict[Address, Address] = {}
        self._faults: list[str] = []
        self.files: dict[Address, bytes] = {}

    @property
    def pages(self) -> Iterable[Address]:
        """The addresses of the pages."""
        return self._pages.keys()

    def html(self, address: Address) -> str:
        """Return a page as the service gave it."""
        return zlib.decompress(self._pages[address]).decode()

    def find(self, address: Address) -> Address | None:
        """Return what stands in the pack for an address, None when nothing does."""
        address = self._moved.get(address, address)
        if address in self._pages or address in self.files:
            return address
        first = address.path.split("/")[2:3]
        if address.lang in self._scope.langs and first and first[0] in OURS:
            return Address("/".join(address.path.split("/")[:3]))
        return None

    def walk(self, starts: Iterable[Address]) -> None:
        """Read some addresses, then what can be reached from them, as far as the bound.

        Raises:
            OutputError: a page of the pack does not answer; no pack is made without it.
        """
        waiting = _Queue()
        for start in filter(self._scope.holds, starts):
            waiting.add(filter(self._scope.holds, self._read(start)))
        while waiting and not self._is_full():
            waiting.add(filter(self._scope.holds, self._read(waiting.next())))
            if len(self._faults) >= _MOST_FAULTS:
                break
        if self._faults:
            listed = " ; ".join(self._faults)
            raise OutputError(
                f"des pages du paquet ne répondent pas : {listed}",
                f"pages of the pack do not answer: {listed}",
            )

    def _is_full(self) -> bool:
        return self._most is not None and len(self._pages) + len(self.files) >= self._most

    def _read(self, address: Address) -> list[Address]:
        """Ask one address; return where its page leads."""
        if address in self._pages or address in self.files:
            return []
        accept = {"Accept": "text/html, */*;q=0.5", "Accept-Language": address.lang or "fr"}
        response = self._client.get(self._asked(address), headers=accept)
        try:
            return self._take(address, response)
        finally:
            response.close()

    def _take(self, address: Address, response: Any) -> list[Address]:
        """Keep what answers an address; return where it leads."""
        if response.status_code in {301, 302, 303, 307, 308}:
            target = self._reader.read(response.headers["Location"], address)
            if target is None:
                return []
            self._moved[address] = target[0]
            return [target[0]]
        if response.status_code != 200:
            self._faults.append(f"{address} ({response.status_code})")
            return []
        body = response.get_data()
        if response.mimetype != "text/html":
            self.files[address] = body
            return []
        self._pages[address] = zlib.compress(body, _FAST)
        if len(self._pages) % TOLD_EVERY == 0:
            number = len(self._pages)
            self._progress(f"{number} pages lues", f"{number} pages read")
        return links(body.decode(), address, self._reader)

    def _asked(self, address: Address) -> str:
        """Return what to ask: a file of all the data is asked of its generation."""
        name = address.path.removeprefix("/dumps/")
        if name and name != address.path:
            return f"/dumps/{self._reader.generation}/{name}"
        return str(address)
