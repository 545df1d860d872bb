"""What a name may stand for, ranked; and which one it surely is, if any. Pure.

A candidate is taken without asking (`match`) only when nothing speaks against it and nothing else
comes near: a wrong link that nobody looks at is worse than one more to look at.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from coopkg.linking.comparing import SPELLING, Evidence, evidence
from coopkg.linking.facts import ADDRESS, LABEL
from coopkg.linking.identifiers import BY_NAME, kind_of, of_address
from coopkg.linking.index import Index, Thing
from coopkg.search.words import phrase

MOST: Final = 100
USUAL: Final = 10
LONGEST: Final = 300
_LEAST: Final = 0.25
_FULL: Final = 0.93
_RIVAL: Final = 0.9
_BONUS, _MALUS, _REFUTED = 0.3, 0.5, 0.3
_ANY: Final = "identifier"
"""An identifier of no register that is named: of any."""


@dataclass(frozen=True)
class Asked:
    """What is looked for: a name, and what else is known of it.

    `classes` and `countries` are IRIs and ISO codes; an identifier is a register and a code;
    `others` are other names of it, and `but` the things that are known not to be meant.
    """

    name: str
    classes: frozenset[str] = frozenset()
    every_class: bool = False
    countries: frozenset[str] = frozenset()
    identifiers: tuple[tuple[str, str], ...] = ()
    said_classes: frozenset[str] = frozenset()
    others: tuple[str, ...] = ()
    but: frozenset[str] = frozenset()
    most: int = USUAL


@dataclass(frozen=True)
class Candidate:
    """A thing that may be meant: how sure from 0 to 100, whether it is surely meant, and why."""

    thing: Thing
    score: float
    match: bool
    features: Mapping[str, bool | float] = field(default_factory=dict)
    evidence: Evidence | None = None


@dataclass(frozen=True)
class _Weighed:
    thing: Thing
    by_name: Evidence | None
    country: bool | None
    identifier: bool | None
    of_class: bool | None
    worth: float

    @property
    def named(self) -> float:
        return self.by_name.worth if self.by_name else 0.0


def identifier(register: str, text: str) -> list[tuple[str, str]]:
    """Return how an identifier is kept: its register and its code; nothing of an empty one.

    >>> identifier("identifier", "https://www.wikidata.org/wiki/Q948")
    [('address', 'https://www.wikidata.org/wiki/Q948'), ('wikidata', 'Q948')]
    """
    said = text.strip()
    if not said:
        return []
    if said.startswith(("http://", "https://")):
        known = of_address(said)
        more = [(known[0].name, known[0].bare(known[1]))] if known else []
        return [(ADDRESS, said), *more]
    kind = kind_of(register) or BY_NAME.get(register)
    return [(kind.name, kind.bare(said))] if kind else [(_ANY, said)]


def candidates(index: Index, asked: Asked) -> list[Candidate]:
    """Return what may be meant, best first."""
    found = evidence(index, asked.name[:LONGEST]) if phrase(asked.name) else {}
    for other in asked.others:
        for iri, one in evidence(index, other[:LONGEST]).items():
            if iri not in found or one.worth > found[iri].worth:
                found[iri] = one
    identified = _identified(index, asked.identifiers)
    weighed = [
        _weighed(index, index.things[iri], found.get(iri), asked, identified)
        for iri in {*found, *identified}
        if _is_of(index.things[iri], asked)
    ]
    kept = [one for one in weighed if one.worth >= _LEAST]
    kept.sort(key=lambda one: (-one.worth, one.thing.kind, one.thing.iri))
    sure = _sure(kept, asked)
    return [
        Candidate(
            one.thing,
            round(100 * one.worth, 1),
            one is sure,
            dict(_features(one)),
            one.by_name,
        )
        for one in kept[: min(asked.most, MOST)]
    ]


def _is_of(thing: Thing, asked: Asked) -> bool:
    if thing.iri in asked.but:
        return False
    met = asked.classes & frozenset(thing.classes)
    return not asked.classes or (met == asked.classes if asked.every_class else bool(met))


def _identified(index: Index, given: Sequence[tuple[str, str]]) -> frozenset[str]:
    """Return the things that have one of the identifiers given."""
    found: set[str] = set()
    for register, code in given:
        if register == _ANY:
            for (_, value), of in index.by_identifier.items():
                if value == code.casefold():
                    found |= of
        else:
            found |= index.by_identifier.get((register, code.casefold()), frozenset())
    return frozenset(found)


def _weighed(
    index: Index,
    thing: Thing,
    by_name: Evidence | None,
    asked: Asked,
    identified: Iterable[str],
) -> _Weighed:
    country = _country(thing, by_name, asked.countries)
    agrees = _identifier(thing, asked.identifiers, thing.iri in identified)
    of_class = bool(asked.said_classes & set(thing.classes)) if asked.said_classes else None
    worth = by_name.worth if by_name else 0.0
    for said, malus in ((country, _MALUS), (of_class, _MALUS), (agrees, _REFUTED)):
        if said is False:
            worth *= malus
        elif said is True:
            worth += (1 - worth) * _BONUS
    if agrees:
        worth = 1.0
    elif asked.identifiers:
        worth = min(worth, 0.99)
    elif by_name is not None and not by_name.name.sure:
        worth = min(worth, 0.98)
    return _Weighed(thing, by_name, country, agrees, of_class, worth)


def _country(thing: Thing, by_name: Evidence | None, asked: frozenset[str]) -> bool | None:
    """Tell whether the country said agrees; None when one of the two is not said."""
    said = asked | ({by_name.country} if by_name and by_name.country else frozenset())
    if not said or not thing.countries:
        return None
    return said <= thing.countries if len(said) > 1 else bool(said & thing.countries)


def _identifier(thing: Thing, asked: Sequence[tuple[str, str]], is_identified: bool) -> bool | None:
    """Tell whether an identifier agrees: one that differs in the same register speaks against."""
    if not asked:
        return None
    known: dict[str, set[str]] = {}
    for register, value in thing.identifiers:
        known.setdefault(register, set()).add(value.casefold())
    registers = [(one, code) for one, code in asked if one not in {_ANY, ADDRESS}]
    if any(one in known and code.casefold() not in known[one] for one, code in registers):
        return False
    return True if is_identified else None


def _sure(kept: Sequence[_Weighed], asked: Asked) -> _Weighed | None:
    """Return the one that is surely meant: all that is known agrees, and no other comes near."""
    if not kept:
        return None
    best, rest = kept[0], kept[1:]
    if False in (best.country, best.identifier, best.of_class):
        return None
    if best.identifier:
        rivals = [one for one in rest if one.identifier or one.named >= _FULL]
        named = best.named >= _FULL or not any(one.named >= _FULL for one in rest)
        alone = not any(one.identifier for one in rivals)
        return best if alone and named else None
    if best.by_name is None or not _is_named(best, asked):
        return None
    rivals = [one for one in rest if _is_rival(one, best)]
    return None if rivals else best


def _is_named(best: _Weighed, asked: Asked) -> bool:
    """Tell whether a name says enough; one that is not sure does when the country agrees."""
    found = best.by_name
    assert found is not None, "only what was found by its name is asked"
    if (asked.countries or found.country) and best.country is None and found.name.is_short:
        return False  # a sign that another country may use too
    if found.is_sure:
        return True
    return bool(found.whole and best.country and not found.letters)


def _is_rival(one: _Weighed, best: _Weighed) -> bool:
    """Tell whether another thing may be meant as well: a homonym that nothing speaks against."""
    if one.by_name is None or False in (one.country, one.identifier, one.of_class):
        return False
    return one.by_name.whole or one.worth >= _RIVAL * best.worth


def _features(one: _Weighed) -> Iterable[tuple[str, bool | float]]:
    """Yield what speaks for a candidate, and against it, by the name of each feature."""
    found = one.by_name
    if found is not None:
        role = "name" if found.name.role == LABEL else found.name.role
        how = found.how if found.how in {"initials", "sound"} else role
        yield how, round(100 * found.worth, 1)
        yield "all-words", found.whole
        if found.how == SPELLING or found.letters:
            yield "spelling", found.letters
    for name, said in (
        ("country", one.country),
        ("identifier", one.identifier),
        ("type", one.of_class),
    ):
        if said is not None:
            yield name, said
