"""What a partner said once of the columns of its own sheets: kept, read again, taken off.

A mapping is JSON (`coopkg.templates.Mapping.as_json`), named by its content. The journal tells
which a partner keeps; a contribution that was read by one names it too, and goes on naming it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from coopkg.contributions import ledger, model
from coopkg.contributions.ledger import Entry
from coopkg.contributions.texts import neutral
from coopkg.errors import ContributionError, UnknownError

NAME: Final = re.compile(r"m-[0-9a-f]{12}")
MOST: Final = 50
LABEL_MAX: Final = 120
BYTES_MAX: Final = 64 << 10


@dataclass(frozen=True)
class Saved:
    """A mapping that a partner keeps: its short name, the file it was made for, its digest."""

    name: str
    partner: str
    label: str
    digest: str
    headings: tuple[str, ...]
    kept: str


def written(mapping: Mapping[str, Any]) -> bytes:
    """Return a mapping as it is kept: the same bytes for the same content; nothing for none.

    Raises:
        ContributionError: it is too large.
    """
    if not mapping:
        return b""
    content = json.dumps(mapping, ensure_ascii=False, sort_keys=True).encode()
    if len(content) > BYTES_MAX:
        raise ContributionError(
            "mapping-too-large",
            f"la correspondance des colonnes dépasse {BYTES_MAX >> 10} ko",
            f"the mapping of columns is larger than {BYTES_MAX >> 10} kB",
        )
    return content


def digest(mapping: Mapping[str, Any]) -> str:
    """Return what names a mapping, "" for none; raises as `written`."""
    content = written(mapping)
    return hashlib.sha256(content).hexdigest() if content else ""


def keep(
    home: Path, partner: str, mapping: Mapping[str, Any], headings: Iterable[str], label: str
) -> Saved:
    """Keep a mapping for the next files of a partner that have these headings.

    Raises:
        ContributionError: it is too large, or the partner keeps too many already.
        StorageError: the disk refuses; nothing was kept.
    """
    content = written(mapping)
    with ledger.of(home).writing() as writer:
        own = of_entries(writer.entries).get(partner, {})
        name = f"m-{hashlib.sha256(content).hexdigest()[:12]}"
        if name in own:
            return own[name]
        if len(own) >= MOST:
            raise ContributionError(
                "mappings",
                f"{MOST} correspondances au plus : en retirer une d’abord",
                f"{MOST} mappings at most: take one off first",
            )
        data = {
            "partner": partner,
            "mapping": writer.keep(content),
            "name": name,
            "label": neutral(label)[:LABEL_MAX],
            "headings": [neutral(one) for one in headings],
        }
        writer.append("mapping-kept", data)
        return of_entries(writer.entries)[partner][name]


def drop(home: Path, partner: str, name: str) -> Saved:
    """Take a mapping off a partner's list; its bytes go when no contribution was read by it.

    Raises:
        UnknownError: the partner keeps none of that name.
        StorageError: the disk refuses.
    """
    with ledger.of(home).writing() as writer:
        found = _found(of_entries(writer.entries).get(partner, {}), name)
        gone = [] if _is_used(found, writer.entries) else [found.digest]
        data = {"partner": partner, "name": name, "erased": gone}
        writer.append("mapping-dropped", data)
        writer.erase(gone)
    return found


def _is_used(saved: Saved, entries: Iterable[Entry]) -> bool:
    every = tuple(entries)
    others = [one for own in of_entries(every).values() for one in own.values() if one != saved]
    if any(one.digest == saved.digest for one in others):
        return True
    sent = model.contributions(every).values()
    return any(saved.digest in one.objects for one in sent if not one.erased)


def listing(home: Path, partner: str) -> tuple[Saved, ...]:
    """Return what a partner keeps, the newest first.

    Raises:
        LedgerError: the journal cannot be trusted.
    """
    return tuple(reversed(ledger.of(home).folded(of_entries).get(partner, {}).values()))


def get(home: Path, partner: str, name: str) -> Saved:
    """Return a mapping that a partner keeps.

    Raises:
        UnknownError: it keeps none of that name.
    """
    return _found(ledger.of(home).folded(of_entries).get(partner, {}), name)


def content(home: Path, saved: Saved) -> dict[str, Any]:
    """Return what a mapping says, as JSON.

    Raises:
        LedgerError: it is missing or changed.
    """
    return dict(json.loads(ledger.of(home).object(saved.digest)))


def of_entries(entries: Iterable[Entry]) -> dict[str, dict[str, Saved]]:
    """Return what each partner keeps, by short name, in the order they came."""
    found: dict[str, dict[str, Saved]] = {}
    for entry in entries:
        data = entry.data
        if entry.event == "mapping-kept":
            saved = Saved(
                data["name"],
                data["partner"],
                data["label"],
                data["mapping"],
                tuple(data["headings"]),
                entry.at,
            )
            found.setdefault(saved.partner, {})[saved.name] = saved
        elif entry.event == "mapping-dropped":
            found.get(data["partner"], {}).pop(data["name"], None)
    return found


def _found(own: Mapping[str, Saved], name: str) -> Saved:
    if name not in own:
        shown = neutral(name[:40])
        raise UnknownError(
            name,
            f"aucune correspondance « {shown} » n’est retenue",
            f"no mapping {shown!r} is kept",
            tuple(own)[:5],
        )
    return own[name]
