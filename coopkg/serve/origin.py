"""Whether a form was sent from a page of ours, or from another site in a reader's name."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from flask import current_app, request

# What a browser says of a form of ours, or of an address that was typed (Fetch Metadata).
_OURS: Final = frozenset({"same-origin", "none"})


def is_own() -> bool:
    """Tell whether a request may change something: only those that no other site has begun.

    A program sends neither header, and has no reader to speak for.
    """
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None:
        return site in _OURS
    hosts = {request.host, urlsplit(current_app.config["PUBLIC_URL"]).netloc}
    return origin is None or urlsplit(origin).netloc in hosts
