"""The pages of questions made before anybody asks for them, in the background.

A page takes some milliseconds to make and none to give again. After a generation is opened, the
pages that most visits begin with – each question as it stands and with its example, in each
language – and then those one choice away are asked of the application as a visitor would, and the
cache keeps them. A fifth of the time of one core at most, half of the cache at most, and
`COOPKG_WARM_PAGES` pages at most.
"""

from __future__ import annotations

import io
import logging
import sys
import threading
import time
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from coopkg.errors import CoopkgError, Lang
from coopkg.serve import i18n, offered
from coopkg.serve.metering import OWN
from coopkg.serve.service import Service

if TYPE_CHECKING:
    from coopkg.serve.front import Front
    from coopkg.serve.live import Live

LOOK_EVERY_S: Final = 2.0
REST: Final = 4.0  # times what a page took
_LOG: Final = logging.getLogger("coopkg.serve")


def addresses(service: Service) -> Iterator[tuple[str, str]]:
    """Yield the path and the query of each page made ahead, the most asked first."""
    questions = service.questions.values()
    first = [(one.slug, one.required_examples()) for one in questions]
    then = [(one.slug, dict(one.examples)) for one in questions]
    langs: tuple[Lang, ...] = i18n.LANGS
    seen = set()
    for slug, given in (*first, *then, *_one_choice_away(service)):
        for lang in langs:
            address = f"/{lang}/questions/{slug}", urlencode(given)
            if address not in seen:
                seen.add(address)
                yield address


def _one_choice_away(service: Service) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield each question with each of its offered choices, and what it cannot be asked without."""
    offers = offered.sealed(service).offers
    for slug, question in service.questions.items():
        if slug not in offers:
            continue
        least = question.required_examples()
        for name, listed in offers[slug].choices.items():
            for value, _ in listed:
                given = {**least, name: value}
                yield (
                    slug,
                    {one.name: given[one.name] for one in question.parameters if one.name in given},
                )


class Warming:
    """Keeps the cache of one application warm, from a thread of its own."""

    def __init__(self, front: Front, live: Live, most: int) -> None:
        self._front = front
        self._live = live
        self._most = most
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin, unless no page is to be made ahead."""
        if self._most and self._front.cache.most_bytes:
            threading.Thread(target=self._run, name="warming", daemon=True).start()

    def stop(self) -> None:
        """Make no further page."""
        self._stopped.set()

    def _run(self) -> None:
        done = ""
        while not self._stopped.wait(LOOK_EVERY_S):
            try:
                service = self._live.service()
                if service.generation.id != done:
                    done = service.generation.id
                    made = self.warm(service)
                    _LOG.info("generation %s: %d pages made ahead", done, made)
            except CoopkgError as error:  # busy, or damaged: a visitor will be told, if ever
                _LOG.warning("pages are not made ahead: %s", error)

    def warm(self, service: Service, rest: float = REST) -> int:
        """Ask for the pages of a generation as long as it is the one that answers; count them."""
        made = 0
        for path, query in islice(addresses(service), self._most):
            held = self._front.cache.stats()["bytes"]
            if self._live.standing() != service.generation.id or held > self._half():
                break
            begun = time.monotonic()
            # Once to have it made, once to have it compressed well.
            made += all([self._ask(path, query), self._ask(path, query)])
            if self._stopped.wait(rest * (time.monotonic() - begun)):
                break
        return made

    def _half(self) -> int:
        return self._front.cache.most_bytes // 2

    def _ask(self, path: str, query: str) -> bool:
        said: list[str] = []
        body = self._front(_environ(path, query), lambda status, *_: said.append(status))  # type: ignore[arg-type]  # nothing is written
        try:
            for _ in body:
                pass
        finally:
            if close := getattr(body, "close", None):
                close()
        return said[0].startswith("200 ")


def _environ(path: str, query: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET", "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": query,
        "HTTP_ACCEPT": "text/html", "HTTP_ACCEPT_ENCODING": "gzip", OWN: True,
        "SERVER_NAME": "localhost", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(),
        "wsgi.errors": sys.stderr, "wsgi.version": (1, 0), "wsgi.multithread": True,
        "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip
