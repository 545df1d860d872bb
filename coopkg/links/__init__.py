"""Links between our things and those of others: proposed with their evidence, decided by a person.

Each step is an entry of the journal of contributions (`link-proposed`, `link-decided`). Who
proposed a link never decides on it; what was decided once stays decided.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from coopkg.contributions import ledger, partners
from coopkg.contributions.deciding import reason
from coopkg.contributions.ledger import Entry
from coopkg.contributions.texts import is_clean, neutral
from coopkg.errors import ContributionError, ForbiddenError, ParameterError, UnknownError
from coopkg.linking import Index, full, lookalikes
from coopkg.linking.identifiers import checked, of_address
from coopkg.terms import BASE, PREFIXES

PROPOSED, ACCEPTED, REFUSED = "proposed", "accepted", "refused"
STATES: Final = (PROPOSED, ACCEPTED, REFUSED)
RELATIONS: Final = ("exact", "close", "broad", "narrow", "related")
LOOKALIKES: Final = "look-alikes"
"""Who proposes what the comparison of names found."""
PARTNERS: Final = BASE + "id/partner/"
WAITING_MAX: Final = 500
"""Proposals of one person or partner that wait; more are refused until some are decided."""
_LONGEST: Final = 2_000
_WEB: Final = re.compile(r"https?://[^\s<>\"{}|\\^`/]+/[^\s<>\"{}|\\^`]*")

Said = Mapping[str, str]


@dataclass(frozen=True)
class Link:
    """A match between a thing of ours and another: `relation` is of SKOS, without « Match ».

    `confidence` is from 0 to 1; `why` are the reasons it was proposed for, and `verdict` the
    reason of the decision, in French and in English.
    """

    id: str
    subject: str
    relation: str
    object: str
    by: str
    at: str
    source: str = ""
    confidence: float = 1.0
    why: tuple[Said, ...] = ()
    state: str = PROPOSED
    reviewer: str = ""
    decided: str = ""
    verdict: Said = field(default_factory=dict)

    @property
    def predicate(self) -> str:
        """The property of SKOS that it is."""
        return f"{PREFIXES['skos']}{self.relation}Match"

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two of them the same."""
        return self.subject, self.relation, self.object


def of_entries(entries: Iterable[Entry]) -> dict[str, Link]:
    """Return every link by its id, in the order they were proposed."""
    found: dict[str, Link] = {}
    for entry in entries:
        data = entry.data
        if entry.event == "link-proposed":
            given = {name: data[name] for name in ("subject", "relation", "object", "by", "source")}
            more = {"confidence": data["confidence"], "why": tuple(data["why"])}
            found[data["link"]] = Link(id=data["link"], at=entry.at, **given, **more)
        elif entry.event == "link-decided":
            found[data["link"]] = replace(
                found[data["link"]],
                state=data["decision"],
                reviewer=data["by"],
                decided=entry.at,
                verdict=data["why"],
            )
    return found


def every(home: Path) -> list[Link]:
    """Return every link ever proposed."""
    return list(ledger.of(home).folded(of_entries).values())


def propose(home: Path, index: Index, link: Link) -> Link:
    """Keep a proposal for good; the same one again is the first.

    Raises:
        ParameterError: a part of it is not acceptable; what was seen and expected is said.
    """
    _check(index, link)
    with ledger.of(home).writing() as writer:
        known = of_entries(writer.entries)
        for one in known.values():
            if one.key == link.key:
                return one
        _check_share(link, known.values())
        name = f"l-{len(known) + 1:06d}"
        writer.append(
            "link-proposed",
            {
                "link": name,
                "subject": link.subject,
                "relation": link.relation,
                "object": link.object,
                "by": neutral(link.by)[:_LONGEST],
                "source": neutral(link.source)[:_LONGEST],
                "confidence": link.confidence,
                "why": [dict(one) for one in link.why],
            },
        )
        return of_entries(writer.entries)[name]


def _check(index: Index, link: Link) -> None:
    if full(link.subject) != link.subject or link.subject not in index.things:
        seen = neutral(link.subject)[:200]
        raise ParameterError(
            "subject", seen, "une chose de cette génération", "a thing that is here"
        )
    if link.relation not in RELATIONS:
        listed = ", ".join(RELATIONS)
        raise ParameterError("relation", neutral(link.relation)[:40], listed, listed)
    if not (_WEB.fullmatch(link.object) and is_clean(link.object)) or link.object == link.subject:
        raise ParameterError(
            "object",
            neutral(link.object)[:200],
            "l’adresse http(s) d’une autre chose",
            "the http(s) address of another thing",
        )
    if known := of_address(link.object):
        found = checked(*known)
        if not found.ok:
            raise ParameterError("object", neutral(link.object)[:200], *found.message.values())
    if not (link.source.strip() or link.why):
        raise ParameterError("source", "", "d’où vient ce lien", "where this link comes from")


def _check_share(link: Link, known: Iterable[Link]) -> None:
    waiting = sum(one.by == link.by and one.state == PROPOSED for one in known)
    if waiting >= WAITING_MAX and link.by != LOOKALIKES:
        raise ContributionError(
            "links-full",
            f"{waiting} liens de « {neutral(link.by[:80])} » attendent déjà une décision",
            f"{waiting} links of {neutral(link.by[:80])!r} wait for a decision already",
        )


def found(index: Index) -> list[Link]:
    """Return the links that names suggest, between things of partners and ours: to be proposed."""
    made = []
    ours = {one.kind for one in index.things.values() if not one.iri.startswith(PARTNERS)}
    for thing in index.things.values():
        if not thing.iri.startswith(PARTNERS):
            continue
        kind = next((one for one in thing.iri.split("/") if one in ours), "")
        names = [text for _, text in index.sealed["things"][thing.iri]["names"]]
        alike = lookalikes(
            names[0],
            kind,
            index,
            names=names[1:],
            identifiers=thing.identifiers,
            countries=sorted(thing.countries),
            but=[thing.iri],
        )
        for one in alike:
            if not one.iri.startswith(PARTNERS):
                relation = "exact" if one.same else "close"
                made.append(
                    Link(
                        "",
                        thing.iri,
                        relation,
                        one.iri,
                        LOOKALIKES,
                        "",
                        "",
                        one.score / 100,
                        one.why,
                    )
                )
    return made


def _names(entries: Iterable[Entry], by: str) -> set[str]:
    """Return what who proposed a link is called: a partner has a name in each language too."""
    author = partners.of_entries(entries).get(by)
    every = (by, *(author.label.values() if author else ()))
    return {one.strip().casefold() for one in every}


def decide(home: Path, name: str, decision: str, reviewer: str, why: Said) -> Link:
    """Accept or refuse a proposal, and say why.

    Raises:
        UnknownError: there is none of that name.
        ForbiddenError: who proposed it decides.
        ContributionError: it was decided already, nobody is named, or no reason is given.
    """
    said = reason(why)
    who = reviewer.strip()
    if not who or neutral(who) != who or who == LOOKALIKES:
        raise ContributionError(
            "reviewer", "dire qui décide, par un nom", "say who decides, by a name"
        )
    with ledger.of(home).writing() as writer:
        known = of_entries(writer.entries)
        link = known.get(name)
        if link is None:
            raise UnknownError(
                name,
                f"aucun lien « {neutral(name[:80])} »",
                f"no link {neutral(name[:80])!r}",
                tuple(one.id for one in known.values() if one.state == PROPOSED)[:5],
            )
        if link.state != PROPOSED:
            raise ContributionError(
                "state",
                f"{name} a déjà été décidé par « {link.reviewer} »",
                f"{name} was decided already by {link.reviewer!r}",
            )
        if who.casefold() in _names(writer.entries, link.by):
            raise ForbiddenError(
                "own-review",
                f"« {who} » a proposé {name} : quelqu’un d’autre doit décider",
                f"{who!r} proposed {name}: someone else must decide",
            )
        data: dict[str, Any] = {"link": name, "decision": decision, "by": who, "why": said}
        writer.append("link-decided", data)
        return of_entries(writer.entries)[name]
