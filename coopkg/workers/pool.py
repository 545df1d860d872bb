"""Worker processes as the engine sees them: start one, ask it, watch it, end it."""

from __future__ import annotations

import contextlib
import json
import logging
import marshal
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
from coopkg.workers.spool import Spool
from coopkg.workers.wire import (
    DONE,
    DONE_HEAD,
    FRAME,
    FRAME_MAX_BYTES,
    KINDS,
    LENGTH,
    PIECE,
    Kind,
    Request,
)
from coopkg.workers.worker import COMMAND

_LOG: Final = logging.getLogger("coopkg.engine")
# As `-m coopkg.workers.worker`, from this very copy of the package, installed or not.
_START: Final = (
    "import sys; sys.path.insert(0, sys.argv.pop(1)); "
    "from coopkg.workers.worker import main; main(sys.argv[1:])"
)
_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")
_ONE_READ_BYTES: Final = 1 << 16
_FIRST_LOOK_S: Final = 0.02
_LOOK_EACH_S: Final = 0.04
_HELLO_S: Final = 5.0

Watch = Callable[[float, int], None]


class GoneError(Exception):
    """A worker ended without answering; `status` as in `Nursery.wait`."""

    def __init__(self, status: int) -> None:
        super().__init__(f"the worker ended with status {status}")
        self.status = status


@dataclass(frozen=True)
class Reply:
    """What a worker answered, its body apart; `error` is why there is none."""

    kind: Kind
    cut: bool
    prepared_s: float
    error: Mapping[str, Any] | None = None


class Worker:
    """One process, one socket; `nursery` is the parent of the process."""

    def __init__(self, nursery: Nursery, pid: int, link: socket.socket) -> None:
        self.nursery = nursery
        self.pid = pid
        self.answered = 0
        self.is_nice = False
        self._link = link
        self._poll = select.poll()
        self._poll.register(link, select.POLLIN)
        self._handle = _process_handle(pid)
        self._ahead = b""  # read of the next frame already
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

    def ask(self, request: Request, body: Spool, watch: Watch) -> Reply:
        """Send a request, wait for the whole answer, and put its body in a spool.

        While it waits, `watch(seconds, bytes)` is told what the query has used; an exception it
        raises passes through, and the caller ends the worker.

        Raises:
            GoneError: the worker ended.
            NoRoomError: the body finds no room; the caller ends the worker.
        """
        started = time.monotonic()
        data = marshal.dumps(request)
        try:
            self._link.sendall(LENGTH.pack(len(data)) + data)
            reply = self._gather(body, started, watch)
        except OSError as error:
            raise GoneError(self.end()) from error
        self.answered += 1
        return reply

    def _gather(self, body: Spool, started: float, watch: Watch) -> Reply:
        """Read frames until the last one; look at the worker all along."""
        looked = started
        while True:
            if not self._ahead:
                self._wait(started, watch)
            tag, data = self._frame()
            if tag == PIECE:
                body.write(data)
                if (now := time.monotonic()) - looked > _LOOK_EACH_S:
                    looked = now
                    watch(now - started, self.growth())
                continue
            if tag != DONE:
                return Reply("boolean", False, 0.0, json.loads(bytes(data)))
            kind, cut, prepared_s = DONE_HEAD.unpack_from(data)
            body.write(data[DONE_HEAD.size :])
            return Reply(KINDS[kind], bool(cut), prepared_s)

    def _wait(self, started: float, watch: Watch) -> None:
        pause = _FIRST_LOOK_S
        while not self._poll.poll(pause * 1000):
            watch(time.monotonic() - started, self.growth())
            pause = _LOOK_EACH_S

    def _frame(self) -> tuple[bytes, memoryview]:
        """Read one frame; a short one arrives in one reading.

        Raises:
            ConnectionError: the worker closed before, or stopped in the middle.
        """
        data = self._ahead or self._link.recv(_ONE_READ_BYTES)
        if len(data) < FRAME.size:
            data += self._receive(FRAME.size - len(data))
        tag, size = FRAME.unpack_from(data)
        if size > FRAME_MAX_BYTES:  # a worker that says so is no longer ours
            raise ConnectionError
        end = FRAME.size + size
        self._ahead = data[end:]
        if len(data) < end:
            data += self._receive(end - len(data))
        return tag, memoryview(data)[FRAME.size : end]

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
        """Give way to shorter queries and to the web process; for the rest of its life."""
        if self.is_nice:
            return
        self.is_nice = True
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
        """Start it; it answers once it is `ready`."""
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

    def ready(self) -> Nursery:
        """Wait until the store is loaded, once; return this.

        Raises:
            GenerationError: the store cannot be loaded; this has ended.
        """
        if self._answer(None)[0] != b"R":
            self.close()
            raise GenerationError(
                f"{self.store} : le graphe ne se charge pas (voir le journal).",
                f"{self.store}: the graph cannot be loaded (see the log).",
            )
        return self

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
