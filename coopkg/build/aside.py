"""Begin something now and take what it gives later: in a process forked for it, or when asked.

What only reads can be done on another core this way, while the first goes on.
"""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import cache
from typing import Final, Protocol, TypeVar

T = TypeVar("T")
_FAILED: Final = 70


class Begin(Protocol):
    """A way to begin something: what it gives is what the block is given, once called."""

    def __call__(self, work: Callable[[], T]) -> AbstractContextManager[Callable[[], T]]:
        """Begin it."""


@contextmanager
def when_asked(work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Do it when what it gives is asked for, once: what any process may do."""
    yield cache(work)


@contextmanager
def forked(work: Callable[[], T]) -> Iterator[Callable[[], T]]:
    """Do it at once, in a process forked for it; what it gives comes back through a pipe.

    For a process with one thread only. What nobody has asked for when the block ends is given up.

    Raises:
        RuntimeError: when asked, if it has failed; its traceback is on standard error.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _give(work, writing)
    os.close(writing)
    waits = [True]

    @cache
    def given() -> T:
        with os.fdopen(os.dup(reading), "rb") as pipe:
            came = pipe.read()
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        waits.clear()
        if code != 0:
            raise RuntimeError(f"what was done aside ended with {code}")
        return pickle.loads(came)  # type: ignore[no-any-return]  # noqa: S301 - our own process wrote it

    try:
        yield given
    finally:
        os.close(reading)
        if waits:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _give(work: Callable[[], object], writing: int) -> None:
    """Do it and write what it gives; never return into the frames of the parent."""
    code = _FAILED
    try:
        with open(writing, "wb") as pipe:
            pipe.write(pickle.dumps(work(), pickle.HIGHEST_PROTOCOL))
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)
