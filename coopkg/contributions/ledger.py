"""The journal of contributions, and the objects it names: the truth, of which all else is a copy.

`<home>/partners/journal.ndjson` holds one entry a line. Each carries its number, the sha-256 of
the entry before it and its own: a changed, moved or missing entry is noticed and named. What is
kept of an upload lies in `objects/<sha256>`. An entry is on the disk for good before anybody is
told of it; `head` remembers the last one told, so that a cut journal is noticed too.

    with ledger.of(home).writing() as writer:     # one writer at a time, in any process
        digest = writer.keep(body)
        writer.append("received", {"body": digest})
"""

from __future__ import annotations

import errno
import hashlib
import json
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar

from coopkg import durable
from coopkg.errors import LedgerError, StorageError

FIRST: Final = "0" * 64
"""What the first entry names as the one before it."""

_LOG: Final = logging.getLogger("coopkg.contributions")
_HEAD_BYTES: Final = 1000

Data = Mapping[str, Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Entry:
    """A line of the journal: its number from 1, its time (UTC, ISO 8601), what happened."""

    number: int
    at: str
    event: str
    data: Data
    previous: str

    @property
    def hash(self) -> str:
        """The sha-256 of all of it."""
        return hashlib.sha256(self._content()).hexdigest()

    def line(self) -> bytes:
        """Write it: pure ASCII, so that no control character ever stands in the journal."""
        return _canonical({**json.loads(self._content()), "hash": self.hash}) + b"\n"

    def _content(self) -> bytes:
        return _canonical(
            {
                "n": self.number,
                "at": self.at,
                "event": self.event,
                "data": self.data,
                "previous": self.previous,
            }
        )


def _canonical(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode("ascii")


def _entry(line: bytes) -> Entry:
    """Read a line.

    Raises:
        ValueError: not JSON.
        KeyError, TypeError: not an entry.
    """
    said = json.loads(line)
    return Entry(said["n"], said["at"], said["event"], said["data"], said["previous"])


@dataclass
class _Known:
    """What was read of the journal: whole entries, and the bytes of a line cut by a crash."""

    entries: tuple[Entry, ...] = ()
    end: int = 0
    torn: bytes = b""
    mark: tuple[int, ...] = ()
    last: str = FIRST


class Ledger:
    """The journal and the objects of one installation."""

    def __init__(self, home: Path) -> None:
        self.folder = home / "partners"
        self.journal = self.folder / "journal.ndjson"
        self._objects = self.folder / "objects"
        self._head = self.folder / "head"
        self._known = _Known()
        self._made: dict[Callable[..., Any], tuple[str, Any]] = {}
        self._reading = threading.Lock()

    def entries(self) -> tuple[Entry, ...]:
        """Return every entry, in order; costs one look at the file when nothing changed.

        Raises:
            LedgerError: an entry was changed, moved or removed.
            StorageError: the journal cannot be read.
        """
        with refusals(self.folder):
            return self._read().entries

    def folded(self, fold: Callable[[tuple[Entry, ...]], T]) -> T:
        """Return what a function makes of the entries, kept until one is added; do not change it.

        Raises as `entries`.
        """
        entries = self.entries()
        last = entries[-1].hash if entries else FIRST
        made = self._made.get(fold)
        if made is None or made[0] != last:
            made = last, fold(entries)
            self._made[fold] = made
        value: T = made[1]
        return value

    def verified(self) -> tuple[Entry, ...]:
        """Return every entry, all of it read anew from the disk; raises as `entries`."""
        with self._reading:
            self._known = _Known()
        return self.entries()

    @property
    def torn(self) -> bytes:
        """The line that a crash cut, which nobody was told of; it is set aside at the next write.

        Raises as `entries`.
        """
        with refusals(self.folder):
            return self._read().torn

    def object(self, digest: str) -> bytes:
        """Return the bytes that have this sha-256.

        Raises:
            LedgerError: they are missing, changed, or were erased on request.
        """
        path = self._objects / digest
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise self._lacks(digest) from None
        except OSError as error:
            raise refused(error, path) from error
        if hashlib.sha256(content).hexdigest() != digest:
            raise LedgerError(
                f"objects/{digest}",
                f"l’objet {digest[:12]} n’est plus ce qui a été reçu",
                f"object {digest[:12]} is not what was received",
            )
        return content

    def _lacks(self, digest: str) -> LedgerError:
        erased = {one for entry in self.entries() for one in entry.data.get("erased", ())}
        if digest in erased:
            return LedgerError(
                f"objects/{digest}",
                f"l’objet {digest[:12]} a été effacé sur demande",
                f"object {digest[:12]} was erased on request",
            )
        return LedgerError(
            f"objects/{digest}",
            f"l’objet {digest[:12]}, que le journal nomme, est absent",
            f"object {digest[:12]}, which the journal names, is missing",
        )

    @contextmanager
    def writing(self) -> Iterator[Writer]:
        """Hold the journal: nobody else, in any process, writes to it in the block.

        Raises:
            LedgerError: the journal cannot be trusted.
            StorageError: the disk refuses; nothing was recorded.
        """
        with refusals(self.folder):
            durable.make_directory(self._objects)
            with durable.locked(self.folder / ".lock"):
                self._set_torn_aside()
                yield Writer(self)

    # --- Reading ---------------------------------------------------------------------------

    def _read(self) -> _Known:
        with self._reading:
            mark = _mark(self.journal)
            if mark == self._known.mark:
                return self._known
            grown = mark and self._known.mark and mark[0] == self._known.mark[0]
            start = self._known if grown and mark[3] > self._known.mark[3] else _Known()
            content = b""
            if mark:
                with self.journal.open("rb") as file:
                    file.seek(start.end)
                    content = file.read(mark[3] - start.end)
            self._known = self._parsed(start, content, mark)
            return self._known

    def _parsed(self, start: _Known, content: bytes, mark: tuple[int, ...]) -> _Known:
        head = self._told()
        lines = content.split(b"\n")
        torn, end = lines.pop(), start.end
        found, last = list(start.entries), start.last
        for position, line in enumerate(lines):
            number = len(found) + 1
            try:
                entry = _entry(line)
            except (ValueError, KeyError, TypeError):
                if position == len(lines) - 1 and not torn and number > head[0]:
                    torn = line + b"\n"  # blocks of it never reached the disk
                    break
                raise _changed(number) from None
            if entry.number != number or entry.previous != last or entry.line() != line + b"\n":
                raise _changed(number)
            found.append(entry)
            last, end = entry.hash, end + len(line) + 1
        if len(found) < head[0]:
            raise _missing(len(found) + 1, head[0])
        if head[0] and found[head[0] - 1].hash != head[1]:
            raise _changed(head[0])
        return _Known(tuple(found), end, torn, mark, last)

    def _told(self) -> tuple[int, str]:
        """Return the number and the hash of the last entry anybody was told of, as far as known."""
        try:
            said = json.loads(durable.read(self._head, _HEAD_BYTES))
            return int(said["n"]), str(said["hash"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0, ""

    # --- Writing, with the lock held -------------------------------------------------------

    def _set_torn_aside(self) -> None:
        known = self._read()
        if not known.torn:
            return
        name = f"torn-{len(known.entries) + 1}-{hashlib.sha256(known.torn).hexdigest()[:12]}"
        durable.write(self.folder / name, known.torn)
        durable.cut(self.journal, known.end)
        _LOG.warning("journal: a line cut by a crash was set aside in %s", name)

    def _append(self, event: str, data: Data, now: datetime) -> Entry:
        known = self._read()
        at = now.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
        entry = Entry(len(known.entries) + 1, at, event, dict(data), known.last)
        durable.append(self.journal, entry.line())
        with suppress(OSError):  # a guard only: the entry itself is safe already
            durable.write(self._head, _canonical({"n": entry.number, "hash": entry.hash}) + b"\n")
        return entry

    def _keep(self, content: bytes) -> str:
        digest = hashlib.sha256(content).hexdigest()
        path = self._objects / digest
        if not path.exists() or durable.fingerprint(path)[0] != digest:
            durable.write(path, content)
        return digest

    def _sweep(self) -> None:
        named = {
            one
            for entry in self._read().entries
            for value in entry.data.values()
            for one in (value if isinstance(value, list) else [value])
            if isinstance(one, str)
        }
        unknown = [path for path in self._objects.iterdir() if path.name not in named]
        for path in (*unknown, *self.folder.glob("*.tmp")):
            path.unlink()

    def _erase(self, digests: list[str]) -> None:
        for digest in digests:
            (self._objects / digest).unlink(missing_ok=True)
        durable.sync_directory(self._objects)


@dataclass(frozen=True)
class Writer:
    """Who holds the journal."""

    ledger: Ledger = field(repr=False)

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry, those just added too."""
        return self.ledger._read().entries

    def append(self, event: str, data: Data, now: datetime | None = None) -> Entry:
        """Add an entry; once this returns, it is on the disk for good.

        Raises:
            OSError: the disk refuses; the entry is not there.
        """
        return self.ledger._append(event, data, now or datetime.now(UTC))

    def keep(self, content: bytes) -> str:
        """Put bytes on the disk for good; return their sha-256, to be named by an entry.

        Raises:
            OSError: the disk refuses.
        """
        return self.ledger._keep(content)

    def sweep(self) -> None:
        """Remove the objects that no entry names: what crashes left."""
        self.ledger._sweep()

    def erase(self, digests: list[str]) -> None:
        """Remove objects that an entry has declared erased."""
        self.ledger._erase(digests)


@lru_cache(maxsize=64)
def of(home: Path) -> Ledger:
    """Return the ledger of an installation; reading it twice costs once."""
    return Ledger(home)


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into a StorageError."""
    try:
        yield
    except OSError as error:
        raise refused(error, path) from error


def refused(error: OSError, path: Path) -> StorageError:
    """Say what the disk refuses, where, and how much is free."""
    return StorageError(
        *durable.explain(error, path), is_full=error.errno in {errno.ENOSPC, errno.EDQUOT}
    )


def _mark(path: Path) -> tuple[int, ...]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


def _changed(number: int) -> LedgerError:
    return LedgerError(
        f"journal.ndjson:{number}",
        f"l’entrée {number} du journal n’est plus celle qui a été écrite (chaîne rompue)",
        f"entry {number} of the journal is not the one that was written (broken chain)",
    )


def _missing(first: int, last: int) -> LedgerError:
    return LedgerError(
        f"journal.ndjson:{first}",
        f"le journal s’arrête avant l’entrée {first}, alors que {last} ont été écrites",
        f"the journal stops before entry {first}, though {last} were written",
    )
