"""What is already there under another name: warnings before something is made twice. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from coopkg.linking.candidates import Asked, Candidate, candidates
from coopkg.linking.comparing import INITIALS, SOUND, SPELLING, STEM
from coopkg.linking.facts import ACRONYM, EXPANSION, LABEL
from coopkg.linking.index import Index

MOST: Final = 5
_LEAST: Final = 55.0
_CALLED: Final = {
    LABEL: ("même nom", "same name"),
    ACRONYM: ("même sigle", "same acronym"),
    EXPANSION: ("nom complet du sigle", "full name of the acronym"),
}
_OTHER_NAME: Final = ("autre nom", "other name")
_HOW: Final = {
    SPELLING: ("nom écrit presque pareil", "name spelt almost alike"),
    STEM: ("mêmes mots, autrement accordés", "same words, in another form"),
    INITIALS: ("initiales du nom", "initials of the name"),
    SOUND: ("nom qui se prononce de même", "name that sounds alike"),
}
_PARTLY: Final = ("nom en partie semblable", "name partly alike")
_IDENTIFIER: Final = ("même identifiant", "same identifier")
_COUNTRY: Final = ("même pays", "same country")
_OTHER_COUNTRY: Final = ("autre pays", "another country")


@dataclass(frozen=True)
class Lookalike:
    """A thing that may be the same: its IRI, labels, kind, how alike from 0 to 100, and why."""

    iri: str
    kind: str
    label: dict[str, str]
    name: str
    score: float
    same: bool
    why: tuple[dict[str, str], ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "iri": self.iri,
            "kind": self.kind,
            "label": dict(self.label),
            "name": self.name,
            "score": self.score,
            "same": self.same,
            "why": [dict(one) for one in self.why],
        }


def lookalikes(
    name: str,
    kind: str,
    index: Index,
    *,
    names: Sequence[str] = (),
    identifiers: Sequence[tuple[str, str]] = (),
    countries: Sequence[str] = (),
    but: Sequence[str] = (),
) -> list[Lookalike]:
    """Return what may be the same thing as a name of some kind, most alike first.

    `kind` is a kind (`organisation`, `place`…) or the IRI of a class, "" for any; `names` are
    other names of it, `identifiers` pairs as `identifier` gives them, `countries` ISO codes, and
    `but` the IRIs that are known to be itself. `same` is set when nothing speaks against it.
    """
    asked = Asked(
        name,
        countries=frozenset(countries),
        identifiers=tuple(identifiers),
        others=tuple(names),
        but=frozenset(but),
        most=10 * MOST,
    )
    found = [
        Lookalike(
            one.thing.iri,
            one.thing.kind,
            dict(one.thing.label),
            one.evidence.name.text if one.evidence else one.thing.called("fr"),
            one.score,
            one.match,
            tuple(_why(one)),
        )
        for one in candidates(index, asked)
        if _is_of(one, kind) and _is_alike(one)
    ]
    return found[:MOST]


def _is_of(one: Candidate, kind: str) -> bool:
    return not kind or one.thing.kind == kind or kind in one.thing.classes


def _is_alike(one: Candidate) -> bool:
    return one.score >= _LEAST or bool(one.features.get("identifier"))


def _why(one: Candidate) -> list[dict[str, str]]:
    said = []
    if one.features.get("identifier"):
        said.append(_IDENTIFIER)
    if found := one.evidence:
        if found.how in _HOW:
            said.append(_HOW[found.how])
        elif found.whole:
            said.append(_CALLED.get(found.name.role, _OTHER_NAME))
        else:
            said.append(_PARTLY)
    if "country" in one.features:
        said.append(_COUNTRY if one.features["country"] else _OTHER_COUNTRY)
    return [{"fr": fr, "en": en} for fr, en in said]
