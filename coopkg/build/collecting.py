"""How often Python looks for garbage that goes round in circles, in a process that builds."""

from __future__ import annotations

import gc
from typing import Final

THRESHOLDS: Final = (200_000, 50, 1_000)
"""Hundreds of thousands of terms are made and stay: looking at them took a tenth of a build."""


def rarely() -> None:
    """Look seldom; a build ends before much would be found (16 MB of 250, measured)."""
    gc.set_threshold(*THRESHOLDS)
