"""Erase what a contribution holds, when the law or a person asks for it.

The journal keeps that it came, from whom and when, and that it was erased; its bytes go, from the
objects and with the past generations that held them. Those are listed as erased: asked for, they
are refused with the reason, and never silently different. What is served goes on without it: the
contribution is undone first. What was noted of other contributions (the triples that one of them
removed, what it would have changed) goes too when it repeats what is erased; others that say the
same themselves are named, to be erased in their turn.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from coopkg import generation
from coopkg.contributions import deciding, inbox, ledger, mappings, model, publication
from coopkg.contributions.ledger import Entry, Ledger
from coopkg.contributions.model import STANDING, Contribution, Said
from coopkg.errors import ContributionError, LedgerError
from coopkg.generation import Generation

MARK: Final = "erased"
STORE: Final = "store.nq"
NOTED: Final = ("removed", "whatif", "report")
"""What is noted of a contribution beside what it says itself."""
SHORTEST: Final = 4
"""Letters from which a text tells something of somebody."""


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
            _redact(home, one, by, reason)
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


def also_in(home: Path, name: str) -> list[str]:
    """Return the other contributions that say something that a contribution alone added.

    Ask before it is erased. Files that are compressed, as spreadsheets are, are known by their
    name alone.

    Raises:
        UnknownError: there is no such contribution.
    """
    one, book = inbox.get(home, name), ledger.of(home)
    said = _said(home, one)
    others = [other for other in inbox.listing(home) if other.id != name and not other.erased]
    return [
        other.id
        for other in others
        if (one.name and other.name == one.name and other.partner == one.partner)
        or any(_repeats(book, used, said) for used in (other.body, other.added) if used)
    ]


def _redact(home: Path, one: Contribution, by: str, why: Said) -> None:
    """Take out of other contributions what was noted of this one."""
    book, said = ledger.of(home), _said(home, one)
    for other in inbox.listing(home):
        if other.id == one.id or other.erased:
            continue
        old = {part: getattr(other, part) for part in NOTED}
        old = {part: digest for part, digest in old.items() if _repeats(book, digest, said)}
        if old:
            with book.writing() as writer:
                parts = dict.fromkeys(old, "")
                if "removed" in old:
                    parts["removed"] = writer.keep(_without(book.object(old["removed"]), said))
                data = {"contribution": other.id, "by": by, "why": dict(why), "parts": parts}
                kept, gone = list(filter(None, parts.values())), list(old.values())
                writer.append("redacted", {**data, "kept": kept, "erased": gone})
                writer.erase(gone)


def _without(lines: bytes, said: frozenset[bytes]) -> bytes:
    """Return the quads that repeat none of some texts: a publication needs those."""
    kept = [one for one in lines.splitlines(keepends=True) if not any(text in one for text in said)]
    return b"".join(kept)


def _said(home: Path, one: Contribution) -> frozenset[bytes]:
    """Return the texts and the things that a contribution alone has added, as they are written."""
    if not one.added:
        return frozenset()
    quads = ox.parse(ledger.of(home).object(one.added), format=ox.RdfFormat.N_QUADS)
    texts = {text for quad in quads for text in _texts(quad)}
    current = generation.current_number(home)
    kept = generation.current(home).read(STORE) if current else b""
    written = {json.dumps(text, ensure_ascii=False)[1:-1].encode() for text in texts}
    return frozenset(text for text in written if text not in kept)


def _texts(quad: ox.Quad) -> Iterator[str]:
    if isinstance(quad.subject, ox.NamedNode):
        yield quad.subject.value
    if isinstance(quad.object, ox.Literal) and len(quad.object.value) >= SHORTEST:
        yield quad.object.value


def _repeats(book: Ledger, digest: str, said: frozenset[bytes]) -> bool:
    """Tell whether an object repeats any of some texts; one that is gone does not."""
    if not digest:
        return False
    try:
        content = book.object(digest)
    except LedgerError:
        return False
    return any(text in content for text in said)


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
