"""Generations erased for what they held of someone: gone, and remembered as erased."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from coopkg import durable
from coopkg.errors import GenerationError
from coopkg.generation import opening, publishing
from coopkg.generation.gone import FOLDER
from coopkg.generation.manifest import Manifest
from coopkg.generation.opening import refusals


def erase(home: Path, number: int, why: Mapping[str, str]) -> None:
    """Remove a past generation, even one that was cited, and remember it as erased, with why.

    Asked for again, it is refused with the reason. Done twice, or cut in the middle and done
    again, it is done once.

    Raises:
        GenerationError: it is the one served, or the disk refuses.
    """
    with refusals(home):
        generations = durable.make_directory(opening.generations(home))
        with durable.locked(generations / ".lock"):
            if opening.current_number(home) == number:
                raise GenerationError(
                    f"la génération {number} est servie : publier d’abord",
                    f"generation {number} is served: publish first",
                )
            path = opening.directory(home, number)
            digest = _digest(path)
            folder = durable.make_directory(home / FOLDER)
            if not (folder / str(number)).exists():
                told = json.dumps({"digest": digest, "why": dict(why)}, sort_keys=True)
                durable.write(folder / str(number), told.encode() + b"\n")
            if path.is_dir():
                publishing.withdraw(path)


def _digest(path: Path) -> str:
    try:
        return Manifest.from_bytes((path / "manifest.json").read_bytes()).digest
    except (OSError, ValueError):
        return ""
