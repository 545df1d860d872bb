"""Past generations: each opened when it is asked, a few at a time, closed when others are.

An opened one costs memory and two processes, so there are never more than `past_generations` of
them; one that answers is never closed. Opening costs about a second of work, so only one is
opened at a time, none is closed before it has stayed `RESIDENCE_S`, and each client has a share
of openings: however many are asked for, today's generation goes on answering.
"""

from __future__ import annotations

import logging
import math
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Final

from coopkg import engine as engines
from coopkg import generation
from coopkg.config import Settings
from coopkg.engine import Engine
from coopkg.errors import CoopkgError, EngineBusyError, GenerationError, UnknownError
from coopkg.generation import Generation, gone
from coopkg.serve.service import FOLDER, SUFFIX, Service
from coopkg.serve.sparql.fairness import Allowance, Shares

RESIDENCE_S: Final = 15.0
RETRY_AFTER_S: Final = 3
OPENINGS: Final = Allowance(6.0, 0.05)  # six at once, then one each twenty seconds
SHOWN: Final = 80  # characters of what a visitor wrote, in a message
_TICK_NS: Final = 1_000_000_000

_LOG: Final = logging.getLogger("coopkg.serve")


@dataclass
class _Opened:
    """A past generation that answers, how many requests read it, and since when."""

    service: Service
    held: ExitStack
    since: float
    used: float
    readers: int = 1


class Past:
    """The past generations of a home; safe to use from many threads."""

    def __init__(
        self,
        settings: Settings,
        residence_s: float = RESIDENCE_S,
        openings: Allowance = OPENINGS,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._residence_s = residence_s
        self._clock = clock
        self._shares = Shares(openings, openings, clock=clock)
        self._lock = threading.Lock()  # held for no longer than a look
        self._opening = threading.Lock()  # held while one is opened
        self._opened: dict[int, _Opened] = {}
        self._listed: tuple[int, list[Generation]] = (-1, [])

    def kept(self) -> list[Generation]:
        """Return the generations that are kept, the newest first; costs one look at a folder."""
        folder = self._settings.home / "generations"
        try:
            mark = os.stat(folder).st_mtime_ns  # noqa: PTH116 - asked at each request
        except OSError:
            return []
        if mark != self._listed[0]:
            listed = generation.known(self._settings.home)
            if time.time_ns() - mark < _TICK_NS:  # more may change under the same mark
                return listed
            self._listed = (mark, listed)
        return self._listed[1]

    def with_question(self, slug: str) -> tuple[str, ...]:
        """Return the ids of the kept generations that have a question, the newest first."""
        name = FOLDER + slug + SUFFIX
        return tuple(one.id for one in self.kept() if name in one.manifest.files)

    def find(self, ref: str) -> Generation:
        """Return the kept generation that a number, a digest or an id names; the newest such.

        Raises:
            UnknownError: there is none; the error lists those there are, or says why it was erased.
            GenerationError: its manifest is damaged.
        """
        kept = self.kept()
        for one in kept:
            if one.is_named(ref):
                return one
        if ref.isascii() and ref.isdigit():  # perhaps there, and damaged
            try:
                return generation.open_(self._settings.home, ref)
            except UnknownError:
                pass
        known = tuple(one.id for one in kept)
        error = UnknownError(
            ref,
            f"aucune génération conservée ne s’appelle « {ref[:SHOWN]} »",
            f"no generation that is kept is called {ref[:SHOWN]!r}",
            known,
            known,
        )
        raise gone.explained(self._settings.home, error)

    @contextmanager
    def reading(self, found: Generation, client: str = "") -> Iterator[Service]:
        """Answer from a past generation for as long as the block lasts.

        Raises:
            EngineBusyError: another one is being opened, or those opened are all read.
            RateLimitError: this client has opened its share.
            GenerationError: it is damaged, or this version of the program cannot read it.
        """
        opened = self._take(found) or self._enter(found, client)
        try:
            yield opened.service
        finally:
            with self._lock:
                opened.readers -= 1
                opened.used = self._clock()

    def _take(self, found: Generation) -> _Opened | None:
        with self._lock:
            opened = self._opened.get(found.number)
            if opened:
                opened.readers += 1
            return opened

    def _enter(self, found: Generation, client: str) -> _Opened:
        if not self._opening.acquire(timeout=self._settings.queue_timeout_s):
            raise _busy(RETRY_AFTER_S)
        try:
            if opened := self._take(found):
                return opened
            self._shares.check(client)
            self._make_room()
            self._shares.charge(client, seconds=1)
            opened = self._open(found)
            with self._lock:
                self._opened[found.number] = opened
            return opened
        finally:
            self._opening.release()

    def _make_room(self) -> None:
        """Close the one that has not been read for longest, when there is no place left."""
        now = self._clock()
        with self._lock:
            if len(self._opened) < self._settings.past_generations:
                return
            free = [one for one in self._opened.values() if not one.readers]
            if not free:
                raise _busy(RETRY_AFTER_S)
            oldest = min(free, key=lambda one: one.used)
            left = oldest.since + self._residence_s - now
            if left > 0:
                raise _busy(max(1, math.ceil(left)))
            del self._opened[oldest.service.generation.number]
        oldest.held.close()
        _LOG.info("generation %s closed", oldest.service.generation.id)

    def _open(self, found: Generation) -> _Opened:
        """Open a generation, every byte of it verified, with an engine of its own."""
        with ExitStack() as held:
            held.enter_context(generation.in_use(found))
            verified = generation.open_(self._settings.home, str(found.number))
            service = _read(verified, self._engine(verified, held), self.with_question)
            now = self._clock()
            _LOG.info("generation %s opened, beside the current one", verified.id)
            return _Opened(service, held.pop_all(), now, now)

    def _engine(self, found: Generation, held: ExitStack) -> Engine:
        made = engines.open_(found.file("store.nq"), self._settings, workers=1)
        held.callback(made.close)
        return made

    def services(self) -> list[Service]:
        """Return the past generations that are open."""
        with self._lock:
            return [one.service for one in self._opened.values()]

    def close(self) -> None:
        """Stop their workers."""
        with self._lock:
            opened, self._opened = self._opened, {}
        for one in opened.values():
            one.held.close()


def _read(found: Generation, engine: Engine, elsewhere: Callable[[str], Sequence[str]]) -> Service:
    try:
        return Service.open(found, engine, elsewhere)
    except GenerationError:
        raise
    except (CoopkgError, AttributeError, KeyError, TypeError, ValueError) as error:
        # What it seals is whole: it is this program that has changed since.
        _LOG.exception("generation %s cannot be read", found.id)
        raise GenerationError(
            f"la génération {found.id} est intacte, mais cette version du programme ne sait plus "
            "la lire",
            f"generation {found.id} is intact, but this version of the program can no longer "
            "read it",
        ) from error


def _busy(seconds: int) -> EngineBusyError:
    return EngineBusyError(
        seconds,
        "D’autres générations passées sont ouvertes en ce moment ; celle-ci le sera bientôt : "
        f"réessayez dans {seconds} s.",
        "Other past generations are open at the moment; this one will be soon: "
        f"try again in {seconds} s.",
    )
