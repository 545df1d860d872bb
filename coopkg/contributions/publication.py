"""Publish what was accepted: a process that builds, one at a time, and the entry that says so.

The build reads what stands in the journal (`graphs.standing`) and seals, with everything else,
`contributions.json`: the ids it holds. `settle` writes from it what a crash kept from being
written, so that the journal always agrees with what is served.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from coopkg import durable, generation
from coopkg.config import Settings
from coopkg.contributions import deciding, graphs, inbox, ledger, model, resident, sifting
from coopkg.contributions.model import Contribution, Upload
from coopkg.contributions.sifting import NOTHING_BACK, HeldBack, Suspect
from coopkg.errors import GenerationError, LedgerError, PublicationError, StorageError, UnknownError
from coopkg.generation import Generation

PROGRAM: Final = "coopkg.build.publisher"
SEALED: Final = "contributions.json"
BLAMED: Final = frozenset({"PublicationError", "SourceError", "ShapesError", "OntologyError"})
"""What a publication says that what was just accepted can be the cause of."""

_turns: Final = threading.Lock()
_LOG: Final = logging.getLogger("coopkg.contributions")


@dataclass(frozen=True)
class Made:
    """The outcome of a publication: the id of the generation, or what refused it.

    `tried` names the contributions it was to hold.
    """

    generation: str
    kind: str = ""
    fr: str = ""
    en: str = ""
    tried: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """Write it as the publisher does."""
        return json.dumps(self.__dict__).encode() + b"\n"


@contextmanager
def alone(home: Path) -> Iterator[None]:
    """Be the one publisher of an installation; others wait. The kernel frees it if we die.

    Raises:
        GenerationError: the disk refuses.
    """
    with ExitStack() as held:
        with generation.refusals(home):
            durable.make_directory(home)
            held.enter_context(durable.locked(home / ".publishing"))
        yield


def publish(home: Path, settings: Settings) -> Generation:
    """Publish the sources and what was accepted, in a process of its own; return the generation.

    When what was decided since the last publication may be what stops it, those to blame are
    found: each is marked as failed, with why, and what the others sent is published. When nothing
    can be, the old generation is served as before.

    Raises:
        PublicationError: it is refused; the error says why.
        GenerationError: the disk refuses; what was accepted stays so.
        LedgerError: the journal, or an object it names, cannot be trusted.
    """
    settle(home)
    made = _started(home, settings)
    if not made.kind:
        settle(home)
        tidy(home)
        return _made(home, made.generation)
    if made.kind in BLAMED:
        before = generation.current_number(home)
        _blame(home, made, settings)
        if generation.current_number(home) == before:
            raise PublicationError(made.fr, made.en)
        tidy(home)
        return generation.current(home)
    if made.kind == LedgerError.__name__:
        raise LedgerError(PROGRAM, made.fr, made.en)
    raise GenerationError(made.fr, made.en)


def submit(home: Path, upload: Upload, settings: Settings) -> Contribution:
    """Receive and check an upload, and publish it at once when its partner may; return it.

    A publication holds all that was accepted when it began: of those that come together, the first
    is published, and then the others in one. What its publication refuses comes back failed, with
    why. Raises otherwise as `inbox.receive`, `inbox.check` and `publish`.
    """
    one = inbox.receive(home, upload, settings)
    one = inbox.check(home, one.id, settings)
    one = deciding.admit(home, one.id)
    if one.state == "accepted":
        with suppress(PublicationError), _turns:
            if inbox.get(home, one.id).state == "accepted":
                publish(home, settings)
    return inbox.get(home, one.id)


def _started(home: Path, settings: Settings, back: HeldBack = NOTHING_BACK) -> Made:
    """Publish in a process of its own: that of the resident builder, or one that starts anew."""
    told = {"home": str(home.absolute()), "root": str(settings.root.absolute()), **_told(settings)}
    told["back"] = back.to_json()
    asked = resident.ask(settings, b"P", json.dumps(told).encode() + b"\n", None)
    if asked is not None and asked.code == 0 and asked.answer:
        return Made(**json.loads(asked.answer))
    command = [sys.executable, "-m", PROGRAM, str(home.absolute())]
    done = subprocess.run(  # noqa: S603 - our own publisher, by its module
        [*command, str(told["root"]), str(settings.keep_generations), json.dumps(told["back"])],
        env=_environment(settings),
        capture_output=True,
        check=False,
    )
    try:
        return Made(**json.loads(done.stdout.splitlines()[-1]))
    except (IndexError, ValueError, TypeError):
        words = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or [""]
        code = done.returncode
        return Made(
            "",
            "stopped",
            f"la publication s’est arrêtée (code {code}) : {words[0]}",
            f"the publication stopped (code {code}): {words[0]}",
        )


def _environment(settings: Settings) -> dict[str, str]:
    """Return what the publisher is told of our settings: where to push, and nothing else."""
    told = {
        f"COOPKG_{name.upper()}": str(value)
        for name, value in _told(settings).items()
        if name.startswith("engine") and value
    }
    return {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), **told}


def _told(settings: Settings) -> dict[str, Any]:
    return {
        "keep_generations": settings.keep_generations,
        "engine": settings.engine,
        "engine_graph_store": settings.engine_graph_store,
        "engine_user": settings.engine_user,
        "engine_password": settings.engine_password,
    }


# --- What the journal says of it -----------------------------------------------------------


def included(home: Path) -> frozenset[str]:
    """Return the ids of the contributions that the current generation holds."""
    return _served(home)[1]


def _served(home: Path) -> tuple[Generation | None, frozenset[str]]:
    """Return the current generation and what it holds, that of before when it is damaged there."""
    try:
        found = generation.pointed(home)
        return found, held(found)
    except GenerationError as error:
        _LOG.warning("%s", error)
    try:
        found = generation.current(home)
        return found, held(found)
    except GenerationError:
        return None, frozenset()


def _made(home: Path, name: str) -> Generation:
    """Return what the publisher has just made, and verified before it was served."""
    found = generation.pointed(home)
    return found if found and found.id == name else generation.open_(home, name)


def held(found: Generation | None) -> frozenset[str]:
    """Return the ids of the contributions that a generation holds."""
    try:
        return frozenset(found.read_json(SEALED)["contributions"]) if found else frozenset()
    except UnknownError:
        return frozenset()


def settle(home: Path) -> None:
    """Write in the journal what the current generation holds and the journal does not say yet.

    Raises:
        LedgerError, StorageError: the journal cannot be trusted, or written.
    """
    found, inside = _served(home)
    if found is None or not any(
        one.state == "accepted" and one.id in inside for one in inbox.listing(home)
    ):
        return
    with ledger.of(home).writing() as writer:
        every = model.contributions(writer.entries).values()
        names = [one.id for one in every if one.state == "accepted" and one.id in inside]
        if names:
            data = {"contributions": names, "generation": found.number, "digest": found.digest}
            writer.append("published", data)


def tidy(home: Path) -> None:
    """Remove what crashes left beside the journal; it waits for the next time when it cannot."""
    try:
        with ledger.of(home).writing() as writer:
            writer.sweep()
    except StorageError as error:
        _LOG.warning("%s", error)


def _blame(home: Path, made: Made, settings: Settings) -> None:
    """Find what a publication refuses, publish the rest, and mark the former as failed."""

    def attempt(back: HeldBack) -> Made:
        again = _started(home, settings, back)
        settle(home)
        return again

    sifting.guilty(
        _suspects(home, made),
        made,
        attempt,
        lambda outcome: outcome.kind in BLAMED,
        lambda one, why: _mark_failed(home, one, why),
    )


def _suspects(home: Path, made: Made) -> list[Suspect]:
    """Return what was decided since the last publication and was to be published."""
    served = included(home)
    every = sorted(inbox.listing(home), key=lambda one: one.number)
    fresh = [
        Suspect(one.id)
        for one in every
        if one.state == "accepted" and one.id in made.tried and one.id not in served
    ]
    leaving = (one.id for one in every if one.state == "undone" and one.id not in made.tried)
    return [*fresh, *(Suspect(name, is_undone=True) for name in leaving if name in served)]


def _mark_failed(home: Path, one: Suspect, made: Made) -> None:
    """Mark what a publication refused: accepted becomes failed, undone is published again."""
    why = {"fr": made.fr[: deciding.WHY_MAX], "en": made.en[: deciding.WHY_MAX]}
    data = {"contribution": one.id, "by": inbox.RULES, "why": why}
    with ledger.of(home).writing() as writer:
        state = model.contributions(writer.entries)[one.id].state
        if state == "accepted" and not one.is_undone:
            writer.append("failed", data)
        elif state == "undone" and one.is_undone:
            writer.append("undo-failed", {**data, "state": "published"})


def sealed(standing: graphs.Standing) -> dict[str, Any]:
    """Return what a generation says of the contributions it holds: see `SEALED`.

    Shape: ``{"contributions": [id…], "graphs": {iri: {"owner", "triples", "contributions",
    "origins": {N-Triples line: id}}}}``; `origins` is there when a graph has several.
    """
    return {
        "contributions": sorted(one.id for one in standing.contributions),
        "graphs": {iri: _described(graph) for iri, graph in standing.graphs.items()},
    }


def _described(graph: graphs.Graph) -> dict[str, Any]:
    names = [one.id for one in graph.contributions]
    said: dict[str, Any] = {
        "owner": graph.owner,
        "triples": len(graph.lines),
        "contributions": names,
    }
    if len(set(graph.lines.values())) > 1:
        said["origins"] = dict(graph.lines)
    return said
