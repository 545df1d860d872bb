"""Check an upload in a process of its own, without network, under limits of time and memory.

The checker is in the half that builds (`python -m coopkg.build.intake`, or a process forked by the
resident builder): it is started, never imported. What it answers is read up to a limit; whatever
happens to it happens to it alone.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

from coopkg import generation
from coopkg.config import Settings
from coopkg.contributions import resident
from coopkg.contributions.job import Job, Outcome
from coopkg.contributions.partners import Partner
from coopkg.errors import ContributionError, EngineBusyError, GenerationError

PROGRAM: Final = "coopkg.build.intake"
AT_ONCE: Final = 2
WAIT_S: Final = 8.0
"""How long an upload waits for its turn: refused then, it is told before clients give up."""
ANSWER_MAX: Final = 256 << 20
GRACE_S: Final = 1.0
PATIENCE: Final = 4
"""How many times its own working time a check may take by the clock, on a busy machine."""

_turns: Final = threading.BoundedSemaphore(AT_ONCE)


class CheckError(ContributionError):
    """The check did not end: over a limit (`rule` check-time, check-memory) or a fault of ours."""


def run(job: Job, body: bytes, settings: Settings) -> Outcome:
    """Return what the checker says of an upload.

    Raises:
        CheckError: it went over its time or memory, or failed.
        EngineBusyError: too many uploads are being checked.
    """
    if not _turns.acquire(timeout=WAIT_S):
        raise EngineBusyError(
            10,
            "trop de contributions sont en cours de vérification ; réessayer dans 10 secondes",
            "too many contributions are being checked; try again in 10 seconds",
        )
    try:
        code, answer, said = _started(job.to_bytes() + body, settings)
    finally:
        _turns.release()
    if code != 0:
        raise _failed(code, said, settings)
    try:
        return Outcome.from_bytes(answer)
    except ValueError as error:
        raise _failed(code, str(error), settings) from error


def _started(message: bytes, settings: Settings) -> tuple[int, bytes, str]:
    """Have an upload checked; return the exit code, the answer, and the end of what was said.

    The resident builder does it when there is one, else a process that first reads all it needs.
    The time allowed is that of the check's own work, wherever other work makes it wait.
    """
    seconds = settings.check_timeout_s
    memory = settings.check_memory_mb << 20
    allowed = json.dumps({"seconds": seconds, "memory": memory}).encode() + b"\n"
    done = resident.ask(settings, b"C", allowed + message, seconds * PATIENCE)
    if done is not None:
        return done.code, done.answer, done.said
    process = subprocess.Popen(  # noqa: S603 - our own checker, by its module
        [sys.executable, "-m", PROGRAM, str(memory), str(os.getpid()), str(seconds)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        # No secret of ours goes there; PYTHONPATH, for where we ourselves were found.
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONHASHSEED": "0"},
        cwd="/",
    )
    try:
        answer, said = process.communicate(message, timeout=seconds * PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return -signal.SIGALRM, b"", ""
    except BaseException:
        process.kill()
        process.communicate()
        raise
    return process.returncode, answer, said[-2000:].decode("utf-8", "replace")


def _failed(code: int, said: str, settings: Settings) -> CheckError:
    if code in {-signal.SIGALRM, -signal.SIGPROF}:
        return CheckError(
            "check-time",
            f"la vérification a dépassé {settings.check_timeout_s:g} s : envoyer moins à la fois",
            f"the check took more than {settings.check_timeout_s:g} s: send less at a time",
        )
    if code in {-signal.SIGKILL, -signal.SIGABRT, MEMORY_CODE} or "MemoryError" in said:
        return CheckError(
            "check-memory",
            f"la vérification demande plus de {settings.check_memory_mb} Mo : envoyer moins à la "
            "fois",
            f"the check needs more than {settings.check_memory_mb} MB: send less at a time",
        )
    if code == -signal.SIGSEGV:
        return CheckError(
            "too-deep",
            "le fichier imbrique trop de niveaux : il ne peut pas être lu",
            "the file nests too many levels: it cannot be read",
        )
    last = said.strip().splitlines()[-1:] or [f"exit code {code}"]
    return CheckError(
        "check-failed",
        f"la vérification a échoué, et c’est notre faute : {last[0]}",
        f"the check failed, and the fault is ours: {last[0]}",
    )


MEMORY_CODE: Final = 3
"""The exit code of a checker that ran out of memory."""


def current(home: Path) -> str:
    """Return the directory of the current generation, "" when there is none."""
    try:
        number = generation.current_number(home)
    except (OSError, GenerationError):
        number = None
    path = home / "generations" / f"{number:08d}" if number is not None else None
    return str(path.absolute()) if path is not None and path.is_dir() else ""


def limits(settings: Settings) -> dict[str, Any]:
    """Return the limits an upload is held to, as the checker reads them."""
    return {
        "quads": settings.contribution_max_quads,
        "literal": settings.literal_max_kb << 10,
        "depth": settings.contribution_max_depth,
        "columns": settings.contribution_max_columns,
        "cells": settings.contribution_max_cells,
        "sheets": settings.contribution_max_sheets,
        "unpacked": settings.contribution_unpacked_mb << 20,
    }


def told(partner: Partner) -> dict[str, str]:
    """Return what the checker is told of who sends."""
    return {
        "name": partner.name,
        "role": partner.role,
        "base": partner.base,
        "label_fr": partner.label["fr"],
        "label_en": partner.label["en"],
    }
