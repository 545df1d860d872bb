"""The HTTP server: granian, set against slow and greedy connections.

One process answers requests, in threads: it never evaluates a query, and what it must count (the
workers, what each client has used) is counted once. Granian's main process starts it, and starts
it again if it dies. Two such processes answered 1.7 times as many requests on two cores, but each
would hold a graph, a cache and the shares of every client of its own, and a query could be stopped
only through the one that runs it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import http.client
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels

from coopkg.config import Settings
from coopkg.contributions import partners, resident
from coopkg.errors import CoopkgError, GenerationError
from coopkg.workers import sandbox

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Load = Callable[[Settings], "WSGIApplication"]

THREADS: Final = 256  # a half-sent body holds one, and granian sets no limit on its time
BACKLOG: Final = 1024
BACKPRESSURE: Final = 1024  # with 64, two hundred idle connections stop the service
HEADER_TIMEOUT_MS: Final = 5_000
HEADERS_MAX_BYTES: Final = 128 << 10
BUFFERED_MAX_BYTES: Final = 4 << 20  # what is larger waits in a file, and few are sent at once
STOP_S: Final = 10
READY_S: Final = 120.0

_LOGGING: Final = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": "plain",
            "stream": "ext://sys.stderr",
        }
    },
    "root": {"level": "INFO", "handlers": ["stderr"]},
    "loggers": {"_granian": {}},
}


def serve(settings: Settings, host: str, port: int, load: Load | None = None) -> int:
    """Serve until SIGTERM or SIGINT; return the exit status.

    Prints `Listening on http://HOST:PORT` once requests are answered. Port 0 takes a free one.

    Raises:
        GenerationError: the address cannot be used.
    """
    port = _free(host, port)
    server = Granian(
        "coopkg",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        workers=1,
        blocking_threads=THREADS,
        backlog=BACKLOG,
        backpressure=BACKPRESSURE,
        http1_settings=HTTP1Settings(
            header_read_timeout=HEADER_TIMEOUT_MS, max_buffer_size=HEADERS_MAX_BYTES
        ),
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
        log_level=LogLevels.error,  # it warns of many threads: they wait, they do not work
        log_dictconfig=_LOGGING,
    )
    here = dataclasses.replace(settings, host=host, port=port)  # what addresses are made of
    loader = functools.partial(_load, load, here, host, port)
    server.serve(target_loader=loader, wrap_loader=False)
    return 0


def _load(load: Load | None, settings: Settings, host: str, port: int) -> WSGIApplication:
    """Make the application, in the process that answers; it also says when it does.

    A thread of the main process could not: it would be running when granian forks.
    """
    sandbox.die_with_parent()
    if load is None:
        load = _service
    application = buffered(load(settings))
    threading.Thread(target=_announce, args=(host, port), daemon=True).start()
    return application


def _service(settings: Settings) -> WSGIApplication:
    from coopkg.serve import create_app

    application = create_app(settings)
    application.extensions["coopkg_warming"].start()
    with contextlib.suppress(CoopkgError):  # a journal that cannot be trusted is told when asked
        if partners.known(settings.home):
            resident.of(settings)
    application.extensions["coopkg_hooks"].start()
    return application


def buffered(application: WSGIApplication) -> WSGIApplication:
    """Hand bodies over whole, so that a reader who does not read holds no thread.

    A body that does not say its length, or a very long one, is sent in pieces all the same.
    """

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        said: list[tuple[str, str]] = []

        def note(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            said[:] = headers
            return start(status, headers, *rest)

        body = application(environ, note)
        if type(body) is list:  # whole already, as every kept answer is
            return body
        size = next((int(v) for k, v in said if k.lower() == "content-length"), None)
        if size is None or size > BUFFERED_MAX_BYTES:
            return body
        try:
            return list(body)
        finally:
            if close := getattr(body, "close", None):
                close()

    return answer


def _free(host: str, port: int) -> int:
    """Return the port, after making sure that nobody else has it; granian would share it.

    Raises:
        GenerationError: it is taken, or the address is not ours.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise GenerationError(
                f"{host}:{port} ne peut pas être écouté : {error.strerror}. "
                "Choisissez un autre port avec PORT ou --port.",
                f"cannot listen on {host}:{port}: {error.strerror}. "
                "Choose another port with PORT or --port.",
            ) from error
        return int(probe.getsockname()[1])


def _announce(host: str, port: int) -> None:
    """Say where the service listens, when it has answered a first request."""
    here = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - any address
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection(here, port, timeout=5)
        try:
            connection.request("GET", "/health")
            connection.getresponse().read()
        except OSError:
            time.sleep(0.05)
        else:
            shown = f"[{host}]" if ":" in host else host
            print(f"Listening on http://{shown}:{port}", flush=True)
            return
        finally:
            connection.close()
    logging.getLogger("coopkg.serve").error("no answer on port %d after %d s", port, READY_S)
