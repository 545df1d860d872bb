"""Erase what a contribution holds, when the law or a person asks for it.

The journal keeps that it came, from whom and when, and that it was erased; its bytes go, from the
objects and with the past generations that held them. Those are listed as erased: asked for, they
are refused with the reason, and never silently different. What is served goes on without it: the
contribution is undone first.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

from coopkg import generation
from coopkg.contributions import deciding, inbox, ledger, mappings, model, publication
from coopkg.contributions.ledger import Entry
from coopkg.contributions.model import STANDING, Contribution, Said
from coopkg.errors import ContributionError
from coopkg.generation import Generation

MARK: Final = "erased"


def erase(home: Path, name: str, by: str, why: Said) -> list[int]:
    """Erase a contribution that no longer stands; return the numbers of the generations gone.

    Raises:
        UnknownError: there is no such contribution.
        ContributionError: it still stands, or what is served still holds it.
        StorageError, GenerationError: the disk refuses; erase again.
    """
    one = inbox.get(home, name)
    reason = deciding.reason(why)
    with publication.alone(home):
        _refuse_standing(home, one)
        gone = [found for found in generation.known(home) if name in publication.held(found)]
        if not one.erased:
            _record(home, one, by, reason, gone)
        for found in gone:
            generation.erase(home, found.number, reason)
        with ledger.of(home).writing() as writer:
            writer.erase(_alone(one, writer.entries))
    return [found.number for found in gone]


def _refuse_standing(home: Path, one: Contribution) -> None:
    if one.state in STANDING:
        raise ContributionError(
            "still-standing",
            f"{one.id} est publiée : « coopkg undo {one.id} --why … » d’abord",
            f"{one.id} is published: `coopkg undo {one.id} --why …` first",
        )
    if one.id in publication.included(home):
        raise ContributionError(
            "still-served",
            f"la génération servie contient encore {one.id} : « coopkg publish » d’abord",
            f"the generation served still holds {one.id}: `coopkg publish` first",
        )


def _record(home: Path, one: Contribution, by: str, why: Said, gone: Iterable[Generation]) -> None:
    with ledger.of(home).writing() as writer:
        data = {
            "contribution": one.id,
            "by": by,
            "why": dict(why),
            "erased": _alone(one, writer.entries),
            "generations": [found.number for found in gone],
        }
        writer.append("erased", data)


def _alone(one: Contribution, entries: tuple[Entry, ...]) -> list[str]:
    """Return the objects of a contribution that nothing else needs."""
    every = model.contributions(entries).values()
    others = {
        used for other in every if other.id != one.id and not other.erased for used in other.objects
    }
    others |= {
        saved.digest for own in mappings.of_entries(entries).values() for saved in own.values()
    }
    return [used for used in one.objects if used not in others]
