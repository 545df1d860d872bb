"""Worker processes as the engine sees them: start one, ask it, watch it, end it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import coopkg
from coopkg.errors import GenerationError
from coopkg.workers.worker import COMMAND, LENGTH, LENGTHS

_LOG: Final = logging.getLogger("coopkg.engine")
# As `-m coopkg.workers.worker`, from this very copy of the package, installed or not.
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from coopkg.workers.worker import main; main(sys.argv[1:])"
)
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_FIRST_LOOK_S: Final = 0.02
_LOOK_EACH_S: Final = 0.04
_HELLO_S: Final = 5.0


class GoneError(Exception):
    """A worker ended without answering; `status` as in `Nursery.wait`."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the worker ended with status {status}")
        self.status = status


@dataclass(frozen=True)
class Reply:
    """What a worker answered."""

    head: Mapping[str, Any]
    body: bytes


class Worker:
    """One process, one socket; `nursery` is the parent of the process."""

    def __init__(self, nursery: Nursery, pid: int, link: socket.socket) -> None:
        self.nursery = nursery
        self.pid = pid
        self.answered = 0
        self._link = link
        self._poll = select.poll()
        self._poll.register(link, select.POLLIN)
        self._handle = _process_handle(pid)
        self._status: int | None = None  # how it ended
        self._resident_at_start = self._resident()

    def _resident(self) -> int:
        try:
            with open(f"/proc/{self.pid}/statm", "rb") as statm:  # noqa: PTH123 - read often
                return int(statm.read().split()[1]) * _PAGE_BYTES
        except (OSError, IndexError, ValueError):
            return 0

    def growth(self) -> int:
        """Return the bytes of memory taken since the start; 0 where the system does not say."""
        return max(0, self._resident() - self._resident_at_start)

    def ask(self, request: Mapping[str, Any], watch: Callable[[float, int], None]) -> Reply:
        """Send a request and wait for the whole answer.

        While it waits, `watch(seconds, bytes)` is told what the query has used; an exception it
        raises passes through, and the caller ends the worker.

        Raises:
            GoneError: the worker ended.
        """
        started = time.monotonic()
        data = json.dumps(request, ensure_ascii=False).encode()
        try:
            self._link.sendall(LENGTH.pack(len(data)) + data)
            self._wait(started, watch)
            head_size, body_size = LENGTHS.unpack(self._receive(LENGTHS.size))
            answer = self._receive(head_size + body_size)
        except OSError as error:
            raise GoneError(self.end()) from error
        self.answered += 1
        return Reply(json.loads(answer[:head_size]), answer[head_size:])

    def _wait(self, started: float, watch: Callable[[float, int], None]) -> None:
        pause = _FIRST_LOOK_S
        while not self._poll.poll(pause * 1000):
            watch(time.monotonic() - started, self.growth())
            pause = _LOOK_EACH_S

    def _receive(self, size: int) -> bytes:
        """Read so many bytes.

        Raises:
            ConnectionError: the worker closed before, or stopped in the middle.
        """
        data = bytearray(size)
        view = memoryview(data)
        while view:
            count = self._link.recv_into(view)
            if not count:
                raise ConnectionError
            view = view[count:]
        return bytes(data)

    def hello(self) -> str:
        """Wait until the worker is locked in; return how.

        Raises:
            GoneError: it ended instead.
        """
        self._link.settimeout(_HELLO_S)
        try:
            (code,) = LENGTH.unpack(self._receive(LENGTH.size))
        except OSError as error:
            raise GoneError(self.end()) from error
        return "seccomp" if code == 1 else "descriptors"

    def be_nice(self) -> None:
        """Give way to shorter queries and to the web process."""
        try:
            os.setpriority(os.PRIO_PROCESS, self.pid, 10)
        except OSError:
            _LOG.debug("worker %d has ended before it was made nice", self.pid)

    def end(self) -> int:
        """Kill the process, whatever it does; return how it ended."""
        if self._status is None:
            self._link.close()
            with contextlib.suppress(ProcessLookupError):
                if self._handle is None:
                    os.kill(self.pid, signal.SIGKILL)
                else:
                    signal.pidfd_send_signal(self._handle, signal.SIGKILL)
            if self._handle is not None:
                os.close(self._handle)
            self._status = self.nursery.wait(self.pid)
        return self._status


def _process_handle(pid: int) -> int | None:
    """Return a descriptor that means this process even when its number is used again."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):  # not Linux, or before 5.3
        return None


class Nursery:
    """The process that holds one store and forks workers."""

    def __init__(self, store: Path, memory_bytes: int) -> None:
        """Start it, and wait until the store is loaded.

        Raises:
            GenerationError: the store cannot be loaded.
        """
        self.store = store
        self._lock = threading.Lock()
        self._told = False
        ours, theirs = socket.socketpair()
        self._control = ours
        package = str(Path(coopkg.__file__).parents[1])
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 - our own module
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "coopkg.workers.worker",
                    str(store),
                    str(memory_bytes),
                ],
                stdin=theirs.fileno(),
                env={**os.environ, "PYTHONPATH": package, "MALLOC_ARENA_MAX": "1"},
                start_new_session=True,  # a Ctrl-C in the terminal is for the web process
            )
        if self._answer(None)[0] != b"R":
            self.close()
            raise GenerationError(
                f"{store} : le graphe ne se charge pas (voir le journal).",
                f"{store}: the graph cannot be loaded (see the log).",
            )

    def _answer(self, order: bytes | None) -> tuple[bytes, int]:
        """Send an order and read its answer; the answer is empty when the process has ended."""
        try:
            if order:
                self._control.sendall(order)
            data = self._control.recv(COMMAND.size, socket.MSG_WAITALL)
        except OSError:
            data = b""
        return COMMAND.unpack(data) if len(data) == COMMAND.size else (b"", 0)

    def fork(self) -> Worker:
        """Return a new worker, locked in and waiting.

        Raises:
            GoneError: this process, or the new one, has ended.
        """
        ours, theirs = socket.socketpair()
        with self._lock, theirs:
            try:
                socket.send_fds(self._control, [COMMAND.pack(b"F", 0)], [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise GoneError(0) from error
            answer, pid = self._answer(None)
        if answer != b"P":
            ours.close()
            raise GoneError(0)
        worker = Worker(self, pid, ours)
        if worker.hello() != "seccomp" and not self._told:
            self._told = True
            _LOG.warning("no seccomp here: workers are locked by RLIMIT_NOFILE alone")
        return worker

    def wait(self, pid: int) -> int:
        """Return how a worker ended: its exit code, or minus a signal; 0 when nobody knows."""
        with self._lock:
            return self._answer(COMMAND.pack(b"W", pid))[1]

    def alive(self) -> bool:
        """Tell whether the process still runs."""
        return self._process.poll() is None

    def close(self) -> None:
        """End the process; the kernel ends its workers."""
        self._control.close()
        self._process.kill()
        self._process.wait()
