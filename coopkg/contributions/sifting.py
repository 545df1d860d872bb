"""Which of several contributions keeps a publication from being made: tried half by half.

A publication that is refused may hold the contributions of many. Each try that succeeds publishes
what it holds, so that nobody waits for what another sent; what is left in the end is to blame.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class HeldBack:
    """What a publication leaves as it was: accepted and not yet out, undone and still out."""

    accepted: frozenset[str] = frozenset()
    undone: frozenset[str] = frozenset()

    def to_json(self) -> dict[str, list[str]]:
        """Return it as JSON values."""
        return {"accepted": sorted(self.accepted), "undone": sorted(self.undone)}

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> HeldBack:
        """Read what `to_json` wrote."""
        return cls(frozenset(said["accepted"]), frozenset(said["undone"]))


NOTHING_BACK: Final = HeldBack()


@dataclass(frozen=True)
class Suspect:
    """A contribution that was decided since the last publication."""

    id: str
    is_undone: bool = False


def back(suspects: Sequence[Suspect]) -> HeldBack:
    """Return what holds some suspects back."""
    return HeldBack(
        frozenset(one.id for one in suspects if not one.is_undone),
        frozenset(one.id for one in suspects if one.is_undone),
    )


def guilty(
    suspects: Sequence[Suspect],
    refusal: Outcome,
    attempt: Callable[[HeldBack], Outcome],
    is_refused: Callable[[Outcome], bool],
    blame: Callable[[Suspect, Outcome], None],
    aside: Sequence[Suspect] = (),
) -> None:
    """Blame those that cannot be published, with why; the others are published on the way.

    Publishing the suspects, with those `aside` held back, gave the `refusal`.
    """
    if len(suspects) < 2:
        for one in suspects:
            blame(one, refusal)
        return
    half = len(suspects) // 2
    first, second = suspects[:half], suspects[half:]
    for part, others in ((first, (*second, *aside)), (second, tuple(aside))):
        made = attempt(back(others))
        if is_refused(made):
            guilty(part, made, attempt, is_refused, blame, others)
