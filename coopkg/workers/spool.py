"""Where an answer waits for its reader: in memory while it is small, then in a file without a name.

The file never has a name that outlives a crash (O_TMPFILE, or unlinked at once), so the system
takes it back with the process, whatever happens. A `Room` counts what all answers take together.
"""

from __future__ import annotations

import logging
import os
import tempfile
import threading
import time
import weakref
from collections.abc import Iterator
from typing import Final

MEMORY_BYTES: Final = 1 << 20
CHUNK_BYTES: Final = 1 << 18
SILENT_S: Final = 60.0
WITHOUT_DISK_BYTES: Final = 64 << 20

_LOG: Final = logging.getLogger("coopkg.engine")


class NoRoomError(Exception):
    """An answer finds no room: the disk is full, or the share of answers that wait is."""


class TakenBackError(Exception):
    """A reader did not read, and somebody else needed the room."""


class Room:
    """The temporary files of one engine; safe to use from many threads."""

    def __init__(self, folder: str, max_bytes: int, max_files: int) -> None:
        """Use a folder, or the system's own when it is empty."""
        self._folder = folder or None
        self._max_bytes = max_bytes
        self._max_files = max_files
        self._lock = threading.RLock()  # a spool may be forgotten, and close, at any time
        self._waiting: weakref.WeakSet[Spool] = weakref.WeakSet()
        self._taken: dict[int, int] = {}  # bytes by file
        self._bytes = 0

    @property
    def used(self) -> tuple[int, int]:
        """The answers that wait in a file, and their bytes."""
        return len(self._taken), self._bytes

    def open(self, spool: Spool) -> int:
        """Return a new file, to read and to write.

        Raises:
            NoRoomError: there are too many.
        """
        with self._lock:
            if len(self._taken) >= self._max_files:
                self._take_back()
            if len(self._taken) >= self._max_files:
                raise NoRoomError(f"{len(self._taken)} answers wait for their readers")
            file = self._file()
            self._taken[file] = 0
            self._waiting.add(spool)
            return file

    def _file(self) -> int:
        try:
            with tempfile.TemporaryFile(dir=self._folder, buffering=0) as made:
                return os.dup(made.fileno())
        except OSError as error:
            _LOG.warning("no temporary file, large answers wait in memory: %s", error)
        self._max_bytes = min(self._max_bytes, WITHOUT_DISK_BYTES)
        return os.memfd_create("answer")

    def grow(self, file: int, size: int) -> None:
        """Count bytes before they are written.

        Raises:
            NoRoomError: all answers together would take too much.
        """
        with self._lock:
            if self._bytes + size > self._max_bytes:
                self._take_back()
            if self._bytes + size > self._max_bytes:
                raise NoRoomError("the answers that wait for their readers fill their share")
            self._taken[file] += size
            self._bytes += size

    def _take_back(self) -> None:
        """Empty the files of those who have read nothing for a while; they keep their number."""
        for spool in list(self._waiting):
            if spool.silent_s() > SILENT_S and spool.file in self._taken:
                spool.taken_back = True
                os.ftruncate(spool.file, 0)
                self._bytes -= self._taken.pop(spool.file)

    def close(self, file: int) -> None:
        """Give a file back to the system."""
        with self._lock:
            self._bytes -= self._taken.pop(file, 0)
            os.close(file)


class Spool:
    """The body of one answer. It is written whole, then read, from its start as often as wanted."""

    def __init__(self, room: Room) -> None:
        self._room = room
        self._head = b""
        self._inserted = b""
        self._at = 0
        self._rest = 0
        self._seen = 0.0  # when somebody last read; 0 while it is written
        self.file: int | None = None
        self.taken_back = False

    @property
    def size(self) -> int:
        """The bytes of the answer."""
        return len(self._head) + len(self._inserted) + self._rest

    def write(self, data: memoryview) -> None:
        """Add bytes at the end.

        Raises:
            NoRoomError: they find none.
        """
        if self.file is None and len(self._head) + len(data) <= MEMORY_BYTES:
            self._head = self._head + data if self._head else bytes(data)
            return
        if self.file is None:
            self.file = self._room.open(self)
            self._release = weakref.finalize(self, self._room.close, self.file)
        self._room.grow(self.file, len(data))
        self._rest += len(data)
        try:
            while data:
                data = data[os.write(self.file, data) :]
        except OSError as error:
            raise NoRoomError(str(error)) from error

    def finish(self) -> None:
        """Tell that it is whole: from now on its reader is expected."""
        self._seen = time.monotonic()

    def insert(self, after: bytes, before: bytes, text: bytes) -> None:
        """Put text between two others, the first place where they meet, near the start."""
        place = self._head.find(after + before)
        if place >= 0:
            self._at, self._inserted = place + len(after), text

    def silent_s(self) -> float:
        """Return the seconds since its reader last took something; 0 while it is written."""
        return time.monotonic() - self._seen if self._seen else 0.0

    def chunks(self) -> Iterator[bytes]:
        """Give the answer in pieces.

        Raises:
            TakenBackError: the reader was silent for too long, and the room was needed.
        """
        head = self._head[: self._at] + self._inserted + self._head[self._at :]
        for start in range(0, len(head), CHUNK_BYTES):
            yield head[start : start + CHUNK_BYTES]
        read = 0
        while read < self._rest and self.file is not None:
            self._seen = time.monotonic()
            chunk = os.pread(self.file, min(CHUNK_BYTES, self._rest - read), read)
            if self.taken_back or not chunk:
                raise TakenBackError
            read += len(chunk)
            yield chunk

    def read(self) -> bytes:
        """Return the whole answer, in memory."""
        return b"".join(self.chunks())

    def close(self) -> None:
        """Give back what it takes; nothing can be read any more."""
        if self.file is not None:
            self._release()
            self.file = None
