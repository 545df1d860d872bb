"""The resident builder as the service sees it: start it, ask it, end it.

Who offers a home lets checks and publications of it be done by a process that has read its current
generation already (`python -m coopkg.build.resident`): it is started when it is first needed, and
again when it has gone. One at a time is kept. Nobody need have one: a process of its own does the
same.
"""

from __future__ import annotations

import atexit
import contextlib
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coopkg.config import Settings
from coopkg.workers.worker import COMMAND

PROGRAM: Final = "coopkg.build.resident"
START_S: Final = 600.0
SAID_MAX: Final = 2_000
PIECE: Final = 1 << 20

_LOG: Final = logging.getLogger("coopkg.contributions")


class GoneError(Exception):
    """The resident builder has ended, or does not answer."""


@dataclass(frozen=True)
class Done:
    """What a process forked for an order answered: its exit code, its answer, its complaint."""

    code: int
    answer: bytes
    said: str


class Resident:
    """One resident builder."""

    def __init__(self, home: Path, root: Path) -> None:
        """Start it; it is ready when it first answers."""
        self._lock = threading.Lock()
        self._is_ready = False
        self._control, theirs = socket.socketpair()
        self._control.settimeout(START_S)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [sys.executable, "-m", PROGRAM, str(home.absolute()), str(root.absolute())],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                # No secret of ours goes there; PYTHONPATH, for where we ourselves were found.
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONHASHSEED": "0"},
                cwd="/",
                start_new_session=True,  # a Ctrl-C in the terminal is for the service
            )

    def ask(self, order: bytes, message: bytes, within_s: float | None) -> Done:
        """Have an order done, and return what it answers; it is killed when it takes longer.

        Raises:
            GoneError: this process has ended; nobody knows what became of the order.
        """
        ours, theirs = socket.socketpair()
        told, complaint = os.pipe()
        with ours, open(told, "rb", closefd=True) as said:  # noqa: PTH123 - a descriptor
            with theirs:
                try:
                    pid = self._forked(order, [theirs.fileno(), complaint])
                finally:
                    os.close(complaint)
            try:
                answer = _exchanged(ours, message, within_s)
            except TimeoutError:
                self._ended(pid, kill=True)
                return Done(-signal.SIGALRM, b"", "")
            except BaseException:
                self._ended(pid, kill=True)
                raise
            words = said.read()[-SAID_MAX:].decode("utf-8", "replace")
            return Done(self._ended(pid), answer, words)

    def _forked(self, order: bytes, fds: list[int]) -> int:
        with self._lock:
            try:
                if not self._is_ready:
                    self._reply(b"R")
                    self._is_ready = True
                socket.send_fds(self._control, [COMMAND.pack(order, 0)], fds)
                return self._reply(b"P")
            except OSError as error:
                raise GoneError(str(error)) from error

    def _ended(self, pid: int, kill: bool = False) -> int:
        """Return how a process ended: its exit code, or minus a signal."""
        if kill:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)  # not waited for yet: the number is still its own
        with self._lock:
            try:
                self._control.sendall(COMMAND.pack(b"W", pid))
                return self._reply(b"S")
            except OSError as error:
                raise GoneError(str(error)) from error

    def _reply(self, wanted: bytes) -> int:
        data = self._control.recv(COMMAND.size, socket.MSG_WAITALL)
        if len(data) < COMMAND.size:
            raise ConnectionError("the resident builder has ended")
        kind, number = COMMAND.unpack(data)
        if kind != wanted:
            raise ConnectionError("the resident builder answers another question")
        return int(number)

    @property
    def pid(self) -> int:
        """The number of the process."""
        return self._process.pid

    def alive(self) -> bool:
        """Tell whether the process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End it; what it has begun to publish is done to the end, or is not done."""
        self._control.close()
        self._process.kill()
        self._process.wait()


def _exchanged(link: socket.socket, message: bytes, within_s: float | None) -> bytes:
    """Send a whole message and read the whole answer.

    Raises:
        TimeoutError: it takes longer than it may.
    """
    end = None if within_s is None else time.monotonic() + within_s
    left, answer = memoryview(message), bytearray()
    link.setblocking(False)
    while True:
        rest = None if end is None else end - time.monotonic()
        if rest is not None and rest <= 0:
            raise TimeoutError
        can_read, can_write, _ = select.select([link], [link] if left else [], [], rest)
        if can_write:
            with contextlib.suppress(BlockingIOError, BrokenPipeError):
                left = left[link.send(left[:PIECE]) :]
        if can_read:
            try:
                part = link.recv(PIECE)
            except BlockingIOError:
                continue
            except ConnectionResetError:
                part = b""
            if not part:
                return bytes(answer)
            answer += part


# --- The one that is kept ------------------------------------------------------------------

Key = tuple[str, str]
_guard: Final = threading.Lock()
_offered: Final[list[Key]] = []
_kept: Final[dict[Key, Resident]] = {}


def _key(settings: Settings) -> Key:
    return str(settings.home.absolute()), str(settings.root.absolute())


def offer(settings: Settings) -> None:
    """Let checks and publications of a home be done by a resident builder, until `withdraw`."""
    with _guard:
        _offered.append(_key(settings))


def withdraw(settings: Settings) -> None:
    """End the resident builder of a home, once nobody offers it any more."""
    key = _key(settings)
    with _guard:
        if key in _offered:
            _offered.remove(key)
        if key not in _offered and key in _kept:
            _kept.pop(key).close()


def of(settings: Settings) -> Resident | None:
    """Return the resident builder of a home, started if need be; None when nobody offers one."""
    key = _key(settings)
    with _guard:
        if key not in _offered:
            return None
        found = _kept.get(key)
        if found is None or not found.alive():
            _end()
            found = _kept[key] = Resident(Path(key[0]), Path(key[1]))
        return found


def ask(settings: Settings, order: bytes, message: bytes, within_s: float | None) -> Done | None:
    """Have an order done by the resident builder; None when there is none, or it has gone."""
    found: Resident | None = None
    try:
        found = of(settings)
        return found.ask(order, message, within_s) if found else None
    except (GoneError, OSError) as error:
        _LOG.warning("the resident builder does not answer: %s", error)
        _drop(found)  # what it says next would answer another question
        return None


def _drop(gone: Resident | None) -> None:
    with _guard:
        for key in [key for key, one in _kept.items() if one is gone]:
            _kept.pop(key).close()


def _end() -> None:
    while _kept:
        _kept.popitem()[1].close()


atexit.register(_end)
