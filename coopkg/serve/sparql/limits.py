"""What one request to the endpoint allows itself: its own time, never more than the service's."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from coopkg.engine import Limits
from coopkg.errors import ParameterError

LEAST_S: Final = 0.001


def lowered(limits: Limits, fields: Iterable[tuple[str, str]]) -> Limits:
    """Return the limits of a request with `timeout=` seconds; a longer time than ours is ours.

    Raises:
        ParameterError: it is no number of seconds above zero.
    """
    for name, value in fields:
        if name == "timeout":
            limits = replace(limits, timeout_s=min(limits.timeout_s, _seconds(value)))
    return limits


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not (math.isfinite(seconds) and seconds >= LEAST_S):
        raise ParameterError(
            "timeout",
            text[:80],
            "un nombre de secondes, par exemple 2.5",
            "a number of seconds, such as 2.5",
        )
    return seconds
