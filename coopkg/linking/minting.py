"""Addresses for new things: made from a name, never taken twice, never changed. Pure."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from coopkg.linking.index import Index
from coopkg.linking.lookalikes import Lookalike, lookalikes
from coopkg.search.words import phrase
from coopkg.terms import BASE

LONGEST: Final = 60
_NAME: Final = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Minted:
    """An address to use for a new thing: `taken` is what it would have been, were it free.

    `lookalikes` may be the thing itself: look at them first.
    """

    iri: str
    slug: str
    taken: str
    lookalikes: tuple[Lookalike, ...]


def slug(label: str) -> str:
    """Return the last part of an address from a name: small letters, digits and hyphens.

    Raises:
        ValueError: the name holds nothing that can be written so.

    >>> slug("Maison de l’Élu (Marrakech)"), slug("A.F.D.")
    ('maison-de-l-elu-marrakech', 'afd')
    """
    words = [one for one in phrase(label) if one.isascii()]
    found = ""
    for word in words:
        longer = f"{found}-{word}" if found else word[:LONGEST]
        if len(longer) > LONGEST:
            break
        found = longer
    if not found:
        raise ValueError(label)
    return found


def mint(
    kind: str,
    label: str,
    index: Index,
    taken: Container[str],
    partner: str = "",
    names: Sequence[str] = (),
    *,
    identifiers: Sequence[tuple[str, str]] = (),
    countries: Sequence[str] = (),
) -> Minted:
    """Return a free address for a thing of a kind; a partner's are under its own base.

    `taken` holds the addresses that cannot be given, whatever they are of. `names` are other
    names of the thing: the first that can be written in an address makes it.

    Raises:
        ValueError: the kind or the names cannot be part of an address.
    """
    if not _NAME.fullmatch(kind) or (partner and not _NAME.fullmatch(partner)):
        raise ValueError(partner or kind)
    base = f"{BASE}id/partner/{partner}/{kind}/" if partner else f"{BASE}id/{kind}/"
    first = _first_slug((label, *names))
    free, number = first, 1
    while base + free in taken:
        number += 1
        free = f"{first}-{number}"
    alike = already(kind, label, index, names, identifiers=identifiers, countries=countries)
    return Minted(base + free, free, base + first if free != first else "", tuple(alike))


def already(
    kind: str,
    label: str,
    index: Index,
    names: Sequence[str] = (),
    *,
    identifiers: Sequence[tuple[str, str]] = (),
    countries: Sequence[str] = (),
) -> list[Lookalike]:
    """Return what may be the thing itself, of its kind, or else of any."""
    for one in (kind, ""):
        found = lookalikes(
            label, one, index, names=names, identifiers=identifiers, countries=countries
        )
        if found:
            return found
    return []


def _first_slug(names: Sequence[str]) -> str:
    """Return the first name that can be part of an address; raises as `slug`."""
    for name in names:
        with suppress(ValueError):
            return slug(name)
    raise ValueError(names[0])
