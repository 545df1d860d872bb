"""Do two things at once, the second in a process forked for it, where the machine has two cores."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Final, TypeVar

Here = TypeVar("Here")
There = TypeVar("There")
_FAILED: Final = 70


def in_turn(here: Callable[[], Here], there: Callable[[], There]) -> tuple[Here, There]:
    """Do one, then the other: what any process may do."""
    return here(), there()


def at_once(here: Callable[[], Here], there: Callable[[], There]) -> tuple[Here, There]:
    """Do both at the same time; what the second gives comes back through a pipe.

    For a process with one thread only. When `here` fails, the other is given up.

    Raises:
        RuntimeError: the process forked has failed; its traceback is on standard error.
    """
    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _give(there, writing)
    os.close(writing)
    try:
        made = here()
        with open(reading, "rb") as pipe:  # noqa: PTH123 - a descriptor
            given = pipe.read()
    except BaseException:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        raise
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code != 0:
        raise RuntimeError(f"what was done aside ended with {code}")
    return made, pickle.loads(given)  # noqa: S301 - our own process wrote it


def _give(there: Callable[[], object], writing: int) -> None:
    """Do it and write what it gives; never return into the frames of the parent."""
    code = _FAILED
    try:
        with open(writing, "wb") as pipe:
            pipe.write(pickle.dumps(there(), pickle.HIGHEST_PROTOCOL))
        code = 0
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
    finally:
        os._exit(code)
