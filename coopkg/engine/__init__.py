"""The only door to the graph: admit a query, run it in a process that can be killed, refuse it."""

from __future__ import annotations

from pathlib import Path

from coopkg.config import Settings
from coopkg.engine.admission import Admitted, admit
from coopkg.engine.bound import BoundEngine
from coopkg.engine.counted import CountedEngine
from coopkg.engine.interface import ASSERTED, Dataset, Engine, Result
from coopkg.engine.local import LocalEngine
from coopkg.engine.refusals import Limits

__all__ = [
    "ASSERTED",
    "Admitted",
    "BoundEngine",
    "CountedEngine",
    "Dataset",
    "Engine",
    "Limits",
    "Result",
    "admit",
    "open_",
]


def open_(store: Path, settings: Settings, workers: int | None = None) -> Engine:
    """Return the engine of an installation, answering from a store; the caller closes it.

    Raises:
        GenerationError: the store cannot be loaded, no query process starts here, or the remote
            engine answers otherwise than ours.
    """
    if settings.engine:
        from coopkg.engine.remote import RemoteEngine  # it loads rdflib, with SPARQLWrapper

        return RemoteEngine(store, settings)
    return LocalEngine(store, settings, workers)
