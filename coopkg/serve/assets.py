"""The built scripts and pictures: their addresses, and how long a browser keeps them.

`frontend/build.py` makes them. Where they were not built, pages do without.
"""

from __future__ import annotations

import functools
import hashlib
import logging
from pathlib import Path
from typing import Final

from flask import Flask, Response, request

DIST: Final = Path(__file__).parent / "static/dist"
_PATH: Final = "/static/dist/"
_FOR_EVER: Final = "public, max-age=31536000, immutable"


def register(app: Flask) -> None:
    """Give templates `asset(name)`, and let browsers keep what carries its digest."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(_keep)
    if asset("sparql.js") is None:
        logging.getLogger("coopkg.serve").warning(
            "the scripts of the pages are not built: /sparql shows a plain form, and no map is "
            "drawn (frontend/build.py builds them)"
        )


def asset(name: str) -> str | None:
    """Return the address of a built file, its digest in it; None when it was not built."""
    digest = _digest(name)
    return f"{_PATH}{name}?v={digest}" if digest else None


def _digest(name: str) -> str | None:
    try:
        found = (DIST / name).stat()
    except OSError:
        return None
    return _read(name, found.st_mtime_ns, found.st_size)


@functools.lru_cache(maxsize=64)
def _read(name: str, mtime_ns: int, size: int) -> str | None:
    """Return the digest of a file as it was at that time: one built anew is read anew."""
    try:
        return hashlib.sha256((DIST / name).read_bytes()).hexdigest()[:12]
    except OSError:
        return None


def _keep(response: Response) -> Response:
    if request.path.startswith(_PATH) and response.status_code in {200, 206, 304}:
        name = request.path.removeprefix(_PATH)
        if request.args.get("v") == _digest(name):
            response.headers["Cache-Control"] = _FOR_EVER
    return response
