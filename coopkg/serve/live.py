"""The generation being served: follows `current`, so publishing and rolling back show at once."""

from __future__ import annotations

import logging
import threading
from contextlib import ExitStack
from typing import Final

from coopkg import engine, generation
from coopkg.config import Settings
from coopkg.errors import CoopkgError
from coopkg.generation import Generation
from coopkg.serve.service import Service

_LOG: Final = logging.getLogger("coopkg.serve")


class Live:
    """Opens the current generation, and the next one when `current` changes.

    A generation that cannot be opened is reported, and the one served before goes on.
    `fallback_from` is what `current` holds when that is not what answers, else None.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._number = generation.current_number(settings.home)
        found = generation.current(settings.home)
        self.fallback_from = found.fallback_from
        # As long as it is held, no publication removes the generation that answers.
        self._held = ExitStack()
        self._held.enter_context(generation.in_use(found))
        self._engine = engine.open_(found.file("store.nq"), settings)
        try:
            self._service = Service.open(found, self._engine)
        except CoopkgError:
            self.close()
            raise

    def service(self) -> Service:
        """Return what answers now; costs the reading of one small file."""
        number = generation.current_number(self._settings.home)
        if number != self._number and self._lock.acquire(blocking=False):
            try:
                self._follow(number)
            finally:
                self._lock.release()
        return self._service

    def _follow(self, number: int | None) -> None:
        self.fallback_from = None
        try:
            found = generation.current(self._settings.home)
            self.fallback_from = found.fallback_from
            if found.id != self._service.generation.id:
                self._take(found)
        except CoopkgError as error:
            _LOG.error("generation %s is not served: %s", number, error)
            self.fallback_from = str(number)
        self._number = number

    def _take(self, found: Generation) -> None:
        with ExitStack() as held:
            held.enter_context(generation.in_use(found))
            service = Service.open(found, self._engine)
            self._engine.switch(found.file("store.nq"))
            self._service = service
            self._held.close()
            self._held = held.pop_all()
        _LOG.info("serving generation %s", found.id)

    def close(self) -> None:
        """Stop the workers."""
        self._engine.close()
        self._held.close()
