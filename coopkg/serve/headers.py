"""Headers that an answer carries whatever it is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from flask import Response

OPEN: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "X-Generation, ETag, Vary, Link, Location, Retry-After, "
    "Memento-Datetime, Content-Disposition, Content-Range, Accept-Ranges, X-Answer-Status, "
    "X-Query-Id, X-Query-Warnings, X-Truncated, Server-Timing, RateLimit, RateLimit-Policy",
}
"""Programs of other sites may read what anybody may read, refusals included (Fetch, CORS).

No answer depends on a cookie, so that nothing of one reader is open to the pages of another.
"""


def complete(response: Response, wanted: Mapping[str, str]) -> None:
    """Give an answer the headers it has not; one look at those it has, not one for each."""
    there = {name.lower() for name, _ in response.headers}
    for name, value in wanted.items():
        if name.lower() not in there:
            response.headers.add(name, value)
