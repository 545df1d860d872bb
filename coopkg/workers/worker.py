"""The processes that evaluate queries.

`python -m coopkg.workers.worker STORE MEMORY_BYTES` is the *nursery* of one generation: it loads
the dump into memory once, then forks a worker each time the engine asks. It reads orders on its
standard input, a socket: `F` with a file descriptor forks a worker that speaks on it, `W` and a
process number waits for its end. When the engine goes, the socket closes, the nursery ends, and
the kernel kills the workers.

A worker answers one query at a time on its socket, as `wire` says. It has no file, no
network and no other process (`sandbox`), a timer of its own, and a stack large enough that what
passes admission does not overflow it.
"""

from __future__ import annotations

import contextlib
import gc
import marshal
import os
import signal
import socket
import struct
import sys
import threading
from collections.abc import Sequence
from typing import Final

from pyoxigraph import RdfFormat, Store

from coopkg.workers import sandbox
from coopkg.workers.answering import Answerer
from coopkg.workers.wire import FRAME, FRAME_MAX_BYTES, LENGTH, PIECE, Request

STACK_BYTES: Final = 64 << 20
COMMAND: Final = struct.Struct("!ci")

_ONE_READ_BYTES: Final = 1 << 16
_SPARE_BYTES: Final = 96 << 20  # the stack, and what Python itself maps


def read_exactly(fd: int, size: int) -> bytes:
    """Read so many bytes of a socket.

    Raises:
        EOFError: it closed before.
    """
    parts = bytearray()
    while len(parts) < size:
        part = os.read(fd, min(size - len(parts), 1 << 20))
        if not part:
            raise EOFError
        parts += part
    return bytes(parts)


def write_all(fd: int, data: bytes) -> None:
    """Write every byte to a socket."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def _work(store: Store, fd: int, memory_bytes: int) -> None:
    """Answer queries until the engine closes the socket; the life of one worker."""
    sandbox.limit_memory(memory_bytes + _SPARE_BYTES)
    answerer = Answerer(store)

    def send(body: bytes) -> None:
        for start in range(0, len(body), FRAME_MAX_BYTES):
            piece = body[start : start + FRAME_MAX_BYTES]
            write_all(fd, FRAME.pack(PIECE, len(piece)) + piece)

    write_all(fd, LENGTH.pack(_hello(sandbox.lock())))
    while True:
        request = _next(fd)
        signal.setitimer(signal.ITIMER_REAL, request["timer_s"])  # its default is to kill
        tag, last = answerer.answer(request, send)
        signal.setitimer(signal.ITIMER_REAL, 0)
        write_all(fd, FRAME.pack(tag, len(last)) + last)


def _next(fd: int) -> Request:
    """Return the next request; most arrive in one reading.

    Raises:
        EOFError: the engine has gone.
    """
    data = os.read(fd, _ONE_READ_BYTES)
    if len(data) < LENGTH.size:
        data += read_exactly(fd, LENGTH.size - len(data)) if data else b""
    if not data:
        raise EOFError
    missing = LENGTH.unpack_from(data)[0] + LENGTH.size - len(data)
    if missing:
        data += read_exactly(fd, missing)
    request: Request = marshal.loads(memoryview(data)[LENGTH.size :])  # noqa: S302 - the engine
    return request


def _hello(lock: str) -> int:
    return 1 if lock == "seccomp" else 2


def _be_worker(store: Store, fd: int, nursery: int, memory_bytes: int) -> None:
    """Run `_work` in a thread with a large stack, then leave without any cleaning."""
    status = [1]

    def work() -> None:
        # these three: the engine has gone, or recycles this worker
        with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
            _work(store, fd, memory_bytes)
        status[0] = 0

    try:
        sandbox.die_with_parent(nursery)
        threading.stack_size(STACK_BYTES)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    except BaseException:
        sys.__excepthook__(*sys.exc_info())  # it imports nothing: a worker can open no file
    finally:
        os._exit(status[0])  # a fork must never return into its parent's frames


def _nurse(store: Store, control: socket.socket, memory_bytes: int) -> None:
    """Obey the engine until it goes."""
    nursery = os.getpid()
    while True:
        data, fds, _, _ = socket.recv_fds(control, COMMAND.size, 1)
        if len(data) < COMMAND.size:
            return
        order, number = COMMAND.unpack(data)
        if order == b"F":
            pid = os.fork()
            if pid == 0:
                control.close()
                _be_worker(store, fds[0], nursery, memory_bytes)
            os.close(fds[0])
            control.sendall(COMMAND.pack(b"P", pid))
        else:
            control.sendall(COMMAND.pack(b"S", _wait(number)))


def _wait(pid: int) -> int:
    """Return how a worker ended: an exit code, or minus the number of a signal."""
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return 0


def load(path: str) -> Store:
    """Load a dump into memory.

    Raises:
        SyntaxError: it is not N-Quads.
        OSError: it cannot be read.
    """
    store = Store()
    store.bulk_load(path=path, format=RdfFormat.N_QUADS)
    return store


def main(arguments: Sequence[str]) -> None:
    """Be the nursery of a store: `STORE MEMORY_BYTES`."""
    sandbox.use_one_arena()
    control = socket.socket(fileno=0)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    try:
        store = load(arguments[0])
        bool(store.query("ASK {}"))
    except (OSError, SyntaxError) as error:
        print(f"{arguments[0]}: {error}", file=sys.stderr)
        sys.exit(1)
    control.sendall(COMMAND.pack(b"R", 0))
    gc.freeze()  # a collection in a worker would copy every page it looks at
    _nurse(store, control, int(arguments[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
