"""The resident builder: `python -m coopkg.build.resident HOME ROOT`, started by the service.

It has read the current generation and all that rdflib and pySHACL load, and forks a process for
each order: what a check or a publication then takes is its own work, and whatever happens to it
happens to it alone. It reads orders on its standard input, a socket: `C` checks an upload and `P`
publishes, each with descriptors to speak and to complain on; `W` waits for the end of a process.
When the service goes, the socket closes and it ends.

It has one thread, and looks at nothing untrusted itself: it reads sealed generations and sources.
"""

from __future__ import annotations

import gc
import json
import logging
import os
import select
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final

from coopkg.build import incremental, intake
from coopkg.build.core import Core
from coopkg.build.incremental import Past
from coopkg.contributions import checking
from coopkg.contributions.checking import MEMORY_CODE
from coopkg.contributions.job import Job
from coopkg.errors import CoopkgError
from coopkg.workers import sandbox
from coopkg.workers.worker import COMMAND, STACK_BYTES, write_all

LOOK_S: Final = 0.5
"""How often it looks, when nothing is asked of it, whether a new generation is served."""

AHEAD_S: Final = 10.0
"""Processor time for asking what a what-if compares with, before publishing is prepared."""

UNREADABLE: Final = (CoopkgError, OSError, ValueError, KeyError, SyntaxError)
"""What reading a generation that is damaged raises: a store cut short is wrong syntax."""

_LOG: Final = logging.getLogger("coopkg.resident")


class Held:
    """What is ready for the next order: the current generation, and how to publish the next.

    Much of it is made ready part by part, so that no order waits for more than one.
    """

    def __init__(self, home: Path, root: Path) -> None:
        self._home, self._root = home, root
        self._directory = ""
        self.known = intake.NOTHING
        self.past: Past | None = None
        self._ours: Core | None = None
        self._parts: Iterator[None] = iter(())

    @property
    def of(self) -> tuple[str, str]:
        """The directory of the generation that is held, and that of our sources."""
        return self._directory, str(self._root.absolute())

    def follow(self) -> None:
        """Read the generation that is current now, if it is another."""
        directory = checking.current(self._home)
        if directory == self._directory:
            return
        gc.unfreeze()
        self.past = None
        try:
            root = str(self._root.absolute())
            self.known = intake.ready(directory, root, warm=True, before=self.known)
            self._directory = directory
            self._parts = self._made_ready()
        except UNREADABLE as error:
            _LOG.warning("%s: not read ahead: %s", directory, error)
            self.known, self._directory, self._parts = intake.NOTHING, "", iter(())
        gc.collect()
        gc.freeze()  # a collection in a process forked would copy every page it looks at

    def _made_ready(self) -> Iterator[None]:
        """Make ready what the next publication takes from what is held, then what spares more."""
        if self.known.checker is not None:
            self.known.checker.look_around()
            yield
        asking = self.known.parts()  # early: what is published was foreseen
        yield from _for(AHEAD_S, asking)
        past = incremental.past(self._home, self._root, self.known, self._ours)
        self._ours = past.core
        yield
        yield from past.parts()
        self.past = past
        yield
        yield from asking
        yield from past.look_back()

    def step(self) -> bool:
        """Make one more part ready; tell whether there was one."""
        try:
            next(self._parts)
        except StopIteration:
            return False
        except UNREADABLE as error:
            _LOG.warning("the next publication is not prepared: %s", error)
        gc.collect()
        gc.freeze()
        return True

    def prepare(self) -> None:
        """Make ready all that the next publication needs, now; what failed before, once more."""
        if self.past is None and not self.step() and self._directory:
            self._parts = self._made_ready()
        while self.past is None and self.step():
            pass


def _for(seconds: float, parts: Iterator[None]) -> Iterator[None]:
    """Do some parts of a work for so much processor time; the rest of them can be done later."""
    begun = time.process_time()
    for part in parts:
        yield part
        if time.process_time() - begun > seconds:
            return


def check(held: Held, link: int) -> int:
    """Answer one job on a socket, as `coopkg.build.intake` does; return the exit code."""
    with os.fdopen(os.dup(link), "rb") as stream:
        allowed = json.loads(stream.readline())
        job, body = Job.read(stream)
    known = held.known
    if (job.generation, job.root) != held.of:
        known = intake.ready(job.generation, job.root, warm=True)
    gc.disable()  # it ends before there is anything to collect
    sandbox.limit_time(allowed["seconds"])
    sandbox.limit_memory(allowed["memory"])
    sandbox.lock()
    try:
        write_all(link, intake.run(job, body, known).to_bytes())
    except MemoryError:
        return MEMORY_CODE
    return 0


def publish(held: Held, link: int) -> int:
    """Publish what stands, and say the outcome on a socket; return the exit code."""
    from coopkg.build import publisher

    with os.fdopen(os.dup(link), "rb") as stream:
        settings, back = publisher.told(stream.readline())
    gc.disable()  # it ends before there is anything to collect
    write_all(link, publisher.outcome(settings, held.past, back).to_bytes())
    return 0


def _be(work: Callable[[Held, int], int], held: Held, fds: Sequence[int], parent: int) -> None:
    """Do one order in a thread with a large stack, then leave without any cleaning."""
    status = [1]

    def run() -> None:
        try:
            status[0] = work(held, fds[0])
        except BaseException:
            traceback.print_exc()

    try:
        os.dup2(fds[1], 2)
        os.close(fds[1])
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)  # the orders are not for this process to read
        os.close(nothing)
        sandbox.die_with_parent(parent)
        threading.stack_size(STACK_BYTES)
        if work is publish:  # nothing of it nests, and it forks: one thread
            run()
        else:
            thread = threading.Thread(target=run)
            thread.start()
            thread.join()
        sys.stderr.flush()
    finally:
        os._exit(status[0])  # a fork must never return into its parent's frames


def _obey(control: socket.socket, held: Held) -> None:
    """Do what the service asks until it goes."""
    here = os.getpid()
    works = {b"C": check, b"P": publish}
    publishing, has_more = 0, False
    while True:
        if not select.select([control], [], [], 0 if has_more else LOOK_S)[0]:
            if not _runs(publishing):  # it needs the cores, and makes another generation
                held.follow()
                has_more = held.step()
            continue
        has_more = False  # it rests until nothing is asked for a while
        data, fds, _, _ = socket.recv_fds(control, COMMAND.size, 2)
        if len(data) < COMMAND.size:
            return
        order, number = COMMAND.unpack(data)
        if order == b"W":
            control.sendall(COMMAND.pack(b"S", _wait(number)))
            continue
        held.follow()
        if order == b"P":
            held.prepare()
        pid = os.fork()
        if pid == 0:
            _be(works[order], held, fds, here)
        publishing = pid if order == b"P" else publishing
        for fd in fds:
            os.close(fd)
        control.sendall(COMMAND.pack(b"P", pid))


def _runs(pid: int) -> bool:
    """Tell whether a process has not ended, and leave its end to be waited for."""
    try:
        return pid > 0 and os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None
    except ChildProcessError:
        return False


def _wait(pid: int) -> int:
    try:
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    except ChildProcessError:
        return 0


def main(arguments: Sequence[str]) -> None:
    """Be the resident builder of `HOME ROOT`."""
    logging.basicConfig(level=logging.WARNING)
    sandbox.use_one_arena()
    control = socket.socket(fileno=os.dup(0))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    held = Held(Path(arguments[0]), Path(arguments[1]))
    held.follow()
    control.sendall(COMMAND.pack(b"R", 0))
    try:
        _obey(control, held)
    except (BrokenPipeError, ConnectionResetError):
        return  # the service has gone


if __name__ == "__main__":
    main(sys.argv[1:])
