"""The generation being served: follows `current`, so publishing and rolling back show at once."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from typing import Final

from coopkg import engine, generation
from coopkg.config import Settings
from coopkg.contributions import resident
from coopkg.engine.counted import Count
from coopkg.errors import CoopkgError
from coopkg.generation import Generation
from coopkg.serve.past import Past
from coopkg.serve.service import STORE, Service

_LOG: Final = logging.getLogger("coopkg.serve")


Mark = tuple[int, ...]


def _mark(path: str) -> Mark:
    """Return what changes when a file is replaced or written; a sixth of the cost of reading it."""
    try:
        found = os.stat(path)  # noqa: PTH116 - asked at each request
    except OSError:
        return ()
    return found.st_ino, found.st_mtime_ns, found.st_ctime_ns, found.st_size


class Live:
    """Opens the current generation, and the next one when `current` changes.

    A generation that cannot be opened is reported, and the one served before goes on.
    `fallback_from` is what `current` holds when that is not what answers, else None. `past` opens
    the others that are kept.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.past = Past(settings)
        self._lock = threading.Lock()
        self._pointer = str(settings.home / "current")
        self._seen = _mark(self._pointer)
        found = generation.current(settings.home)
        self.fallback_from = found.fallback_from
        # As long as it is held, no publication removes the generation that answers.
        self._held = ExitStack()
        self._held.enter_context(generation.in_use(found))
        self._engine = engine.CountedEngine(engine.open_(found.file(STORE), settings))
        try:
            self._service = Service.open(found, self._engine, self.past.with_question)
        except CoopkgError:
            self.close()
            raise
        resident.offer(settings)

    def service(self) -> Service:
        """Return what answers now; costs one look at a small file."""
        mark = _mark(self._pointer)
        if mark != self._seen and self._lock.acquire(blocking=False):
            try:
                self._follow(mark)
            finally:
                self._lock.release()
        return self._service

    def settled(self) -> Service:
        """Return what answers once a change that is being followed has been."""
        with self._lock:
            return self._service

    def count(self) -> Count:
        """Return what the engine of the current generation has been asked, and how it ended."""
        return self._engine.count()

    def standing(self) -> str | None:
        """Return the id of what answers, None as long as a change of `current` is not followed."""
        followed = self._seen == _mark(self._pointer)
        return self._service.generation.id if followed else None

    @contextmanager
    def at(self, ref: str, client: str = "") -> Iterator[Service]:
        """Answer from the generation that a number, a digest or an id names, while this lasts.

        Raises:
            UnknownError: none that is kept has that name; those that are, are listed.
            EngineBusyError: too many past ones are being read.
            RateLimitError: this client has opened its share of them.
            GenerationError: it is damaged.
        """
        service = self.service()
        found = self._find(ref, service)
        if found.id == service.generation.id:
            yield service
            return
        with self.past.reading(found, client) as past:
            yield past

    def known(self, ref: str) -> Generation:
        """Return the generation that a number, a digest or an id names.

        Raises:
            UnknownError: none that is kept has that name; those that are, are listed.
        """
        return self._find(ref, self.service())

    def _find(self, ref: str, service: Service) -> Generation:
        now = service.generation
        exact = now.is_named(ref) and (ref == now.id or ref == str(now.number))
        return now if exact else self.past.find(ref)

    def _follow(self, mark: Mark) -> None:
        number = generation.current_number(self._settings.home)
        self.fallback_from = None
        try:
            with self._loading(number):
                found = generation.current(self._settings.home)
                self.fallback_from = found.fallback_from
                if found.id != self._service.generation.id:
                    self._take(found)
        except CoopkgError as error:
            _LOG.error("generation %s is not served: %s", number, error)
            self.fallback_from = str(number)
        self._seen = mark

    def _loading(self, number: int | None) -> AbstractContextManager[None]:
        """Load a generation while every byte of it is verified; it answers nothing before."""
        if number is None or number == self._service.generation.number:
            return nullcontext()
        return self._engine.expecting(generation.directory(self._settings.home, number) / STORE)

    def _take(self, found: Generation) -> None:
        with ExitStack() as held:
            held.enter_context(generation.in_use(found))
            service = Service.open(found, self._engine, self.past.with_question)
            self._engine.switch(found.file(STORE))
            self._service = service
            self._held.close()
            self._held = held.pop_all()
        _LOG.info("serving generation %s", found.id)

    def close(self) -> None:
        """Stop the workers, and the builder that stays."""
        resident.withdraw(self._settings)
        self.past.close()
        self._engine.close()
        self._held.close()
