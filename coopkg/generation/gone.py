"""What is remembered of a generation that was erased: its number, its digest, and why."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from coopkg.errors import UnknownError

FOLDER: Final = "erased"
DIGITS: Final = 12
"""Fewer digits of a digest name nothing."""


def erased(home: Path) -> dict[int, dict[str, Any]]:
    """Return what is remembered of each erased generation: its `digest`, and `why`, by language."""
    try:
        paths = sorted((home / FOLDER).iterdir())
    except FileNotFoundError:
        return {}
    return {int(path.name): json.loads(path.read_bytes()) for path in paths if path.name.isdigit()}


def explained(home: Path, error: UnknownError) -> UnknownError:
    """Return the error for a name that nothing has, or why what had it was erased."""
    for number, told in erased(home).items():
        if _is_named(number, told["digest"], error.name.lower()):
            why = told["why"]
            fr, en = (why.get(lang) or next(iter(why.values()), "") for lang in ("fr", "en"))
            return UnknownError(
                error.name,
                f"la génération {number} a été effacée : {fr}",
                f"generation {number} was erased: {en}",
                error.known,
            )
    return error


def _is_named(number: int, digest: str, ref: str) -> bool:
    first, _, last = ref.rpartition("-")
    if ref == str(number):
        return True
    return len(last) >= DIGITS and digest.startswith(last) and first in {"", str(number)}
