"""Headers that an answer carries whatever it is."""

from __future__ import annotations

from collections.abc import Mapping

from flask import Response


def complete(response: Response, wanted: Mapping[str, str]) -> None:
    """Give an answer the headers it has not; one look at those it has, not one for each."""
    there = {name.lower() for name, _ in response.headers}
    for name, value in wanted.items():
        if name.lower() not in there:
            response.headers.add(name, value)
