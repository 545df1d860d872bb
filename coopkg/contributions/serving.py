"""What the journal says was done, beside what is served: a rollback sets them apart.

`coopkg rollback` serves an older content again. What was published since is not in it, and what
was undone since is in it again, until the next publication, which holds what stands in the
journal. The journal stays as it is: it tells what was decided, and nobody decided otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from coopkg.contributions import inbox
from coopkg.contributions.model import Contribution
from coopkg.contributions.publication import held
from coopkg.errors import Lang
from coopkg.generation import Generation
from coopkg.typography import french


class Served(NamedTuple):
    """The number of the generation that is served, and the contributions it holds."""

    number: int
    ids: frozenset[str]


def of(served: Generation) -> Served:
    """Return what a generation holds."""
    return Served(served.number, held(served))


def note(one: Contribution, served: Served) -> dict[str, str]:
    """Return what must be added to the state of a contribution, {} for nothing.

    What was published in a generation later than the one served is just being switched to.
    """
    came = one.generation or 0
    if one.state == "published" and one.id not in served.ids and came <= served.number:
        fr = (
            "publiée, mais pas dans ce qui est servi : un contenu plus ancien l’est de nouveau. La "
            "prochaine publication l’y remettra ; pour l’en écarter, il faut la retirer"
        )
        en = (
            "published, but not in what is served: an older content is served again. The next "
            "publication will bring it back; to keep it out, it must be undone"
        )
        return {"fr": french(fr), "en": en}
    if one.state == "undone" and one.id in served.ids:
        fr = "retirée, mais encore dans ce qui est servi : la prochaine publication l’en ôtera"
        en = "undone, but still in what is served: the next publication will take it out"
        return {"fr": french(fr), "en": en}
    return {}


def lines(home: Path, served: Generation, lang: Lang) -> Iterator[str]:
    """Yield a line for each contribution whose state is not what a generation serves.

    Raises:
        LedgerError: the journal cannot be trusted.
    """
    now = of(served)
    for one in inbox.listing(home):
        if said := note(one, now):
            yield f"{one.id}  {one.partner}: {said[lang]}"
