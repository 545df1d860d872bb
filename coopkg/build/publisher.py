"""Publish in a process of its own, and say the outcome in a line of JSON.

`python -m coopkg.build.publisher HOME ROOT KEEP BACK`: started by who accepts a contribution.
Building changes settings of the whole process, so that the one that serves never builds.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from coopkg.build import collecting, incremental, intake, pipeline
from coopkg.build.incremental import Past
from coopkg.build.pipeline import Held, Progress
from coopkg.config import Settings
from coopkg.contributions import checking
from coopkg.contributions.publication import Made
from coopkg.contributions.sifting import NOTHING_BACK, HeldBack
from coopkg.errors import CoopkgError
from coopkg.generation import Generation

_LOG: Final = logging.getLogger("coopkg.publisher")


def publish(
    settings: Settings,
    progress: Progress = pipeline.silent,
    held: Held = pipeline.ignored,
    past: Past | None = None,
    back: HeldBack = NOTHING_BACK,
) -> Generation:
    """Publish the sources and what was accepted, with the remote engine when there is one.

    `past` is what a process that stays knows of the current generation; what is held `back` stays
    as it was.

    Raises:
        PublicationError: something is violated, or a question does not answer as it must.
        GenerationError, StorageError: the disk refuses.
    """

    def send(store: Path, digest: str, graphs: Mapping[str, int]) -> None:
        from coopkg.engine import remote

        remote.push(store, remote.Names(digest, frozenset(graphs)), settings)

    return pipeline.publish(
        settings.root,
        settings.home,
        settings.keep_generations,
        progress=progress,
        send=send if settings.engine_graph_store else None,
        held=held,
        past=past,
        back=back,
    )


def told(line: bytes) -> tuple[Settings, HeldBack]:
    """Return what `publication` tells: where to build and to push, and what is held back."""
    said = json.loads(line)
    home, root = Path(said.pop("home")), Path(said.pop("root"))
    back = HeldBack.from_json(said.pop("back"))
    return replace(Settings.from_env(), home=home, root=root, **said), back


def outcome(settings: Settings, past: Past | None = None, back: HeldBack = NOTHING_BACK) -> Made:
    """Publish, and return what happened: the generation, or what refused it."""
    tried: list[str] = []
    try:
        return Made(publish(settings, held=tried.extend, past=past, back=back).id)
    except CoopkgError as error:
        kind = type(error).__name__
        return Made("", kind, error.message("fr"), error.message("en"), tuple(tried))


def served(home: Path, root: Path) -> Past | None:
    """Return what the current generation leaves to the next; None when there is none to trust.

    Reading it takes a third of what working all of it out again does.
    """
    directory = checking.current(home)
    try:
        return (
            incremental.past(home, root, intake.ready(directory, str(root))) if directory else None
        )
    except (CoopkgError, OSError, ValueError, KeyError, SyntaxError) as error:
        _LOG.warning("%s: not taken from: %s", directory, error)
        return None


def main(arguments: Sequence[str]) -> int:
    """Do what the command line says."""
    logging.basicConfig(level=logging.WARNING)
    collecting.rarely()
    home, root, keep, back = arguments
    settings = replace(
        Settings.from_env(), home=Path(home), root=Path(root), keep_generations=int(keep)
    )
    made = outcome(
        settings, served(settings.home, settings.root), HeldBack.from_json(json.loads(back))
    )
    sys.stdout.buffer.write(made.to_bytes())
    return 1 if made.kind else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
