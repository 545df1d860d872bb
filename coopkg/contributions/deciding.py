"""Decide on what was sent: accept, refuse, withdraw, undo; and say who did and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from coopkg.contributions import graphs, ledger, model, partners
from coopkg.contributions.inbox import RULES, get, step, wrong_state
from coopkg.contributions.ledger import Writer
from coopkg.contributions.model import DEFAULT, GOOD, STANDING, Contribution, Said
from coopkg.contributions.resting import resting
from coopkg.contributions.texts import neutral
from coopkg.errors import ContributionError, ForbiddenError

WHY_MAX: Final = 4000
SHOWN: Final = 5
"""Things named of those that others speak of."""
AT_ONCE: Final = frozenset({"direct", "operator"})
"""The roles whose valid contributions no person reviews."""


def accept(home: Path, name: str, reviewer: str) -> Contribution:
    """Accept what waits, or what a publication refused: the next publication holds it.

    Raises:
        ForbiddenError: the reviewer is its author.
        ContributionError: it is not in a state that can be accepted; its state is named. Or what
            it corrects has changed since it was checked.
    """
    one = get(home, name)
    _reviews(home, one, reviewer)
    _still_corrects(home, one)

    def entry(writer: Writer) -> tuple[str, dict[str, Any]]:
        one = model.contributions(writer.entries)[name]
        if one.status not in GOOD:
            raise wrong_state(one, {"waiting"})
        return "accepted", {"contribution": name, "by": reviewer}

    return step(home, name, {"waiting", "failed"}, entry)


def admit(home: Path, name: str) -> Contribution:
    """Accept what waits of a *direct* partner or an operator, by its role; others go on waiting.

    A correction of what has changed since it was checked is refused instead.
    """
    one = get(home, name)
    partner = partners.find(home, one.partner)
    if one.state != "waiting" or partner.revoked or partner.role not in AT_ONCE:
        return one
    data: dict[str, Any] = {"contribution": name, "by": RULES}
    try:
        _still_corrects(home, one)
    except ContributionError as error:
        why = {"fr": error.message("fr"), "en": error.message("en"), "rule": error.rule}
        refused = {**data, "why": why}
        return step(home, name, {"waiting"}, lambda writer: ("refused", refused))
    return step(home, name, {"waiting"}, lambda writer: ("accepted", data))


def refuse(home: Path, name: str, reviewer: str, why: Said) -> Contribution:
    """Refuse what waits, and say why, in one language or in both.

    Raises:
        ForbiddenError: the reviewer is its author.
        ContributionError: it does not wait, or no reason is given.
    """
    _reviews(home, get(home, name), reviewer)
    data = {"contribution": name, "by": reviewer, "why": reason(why)}
    return step(home, name, {"waiting", "failed"}, lambda writer: ("refused", data))


def withdraw(home: Path, name: str, partner: str) -> Contribution:
    """Take back what was sent and is not accepted yet; only its author can.

    Raises:
        ForbiddenError: it is another's.
        ContributionError: it was decided already.
    """
    if get(home, name).partner != partner:
        raise ForbiddenError("not-yours", f"{name} n’est pas la vôtre", f"{name} is not yours")
    data = {"contribution": name, "by": partner}
    states = {"received", "waiting", "failed"}
    return step(home, name, states, lambda writer: ("withdrawn", data))


def undo(home: Path, name: str, by: str, why: Said, others: bool = False) -> Contribution:
    """Leave a contribution out of the next publication; what others sent does not change.

    With `others`, those that rest on it are undone before it: without it they cannot stand.

    Raises:
        ContributionError: it was not accepted, or no reason is given. Or what it corrected was
            corrected again: undone alone, it would bring back what stood before both. Or others
            rest on it: they are named.
    """
    data = {"contribution": name, "by": neutral(by), "why": reason(why)}
    one = get(home, name)
    _is_last_to_correct(home, one)
    upon = resting(home, name) if one.state in STANDING else {}
    if upon and not others:
        raise _rested_on(name, upon)
    told = {
        "fr": f"s’appuie sur {name}, retirée par {data['by']}",
        "en": f"rests on {name}, which {data['by']} took out",
    }
    for other in upon:
        _undone(home, {**data, "contribution": other, "why": told})
    return _undone(home, data)


def _undone(home: Path, data: dict[str, Any]) -> Contribution:
    return step(home, data["contribution"], set(STANDING), lambda writer: ("undone", data))


def _rested_on(name: str, upon: Mapping[str, Sequence[str]]) -> ContributionError:
    listed = ", ".join(upon)
    things = ", ".join(sorted({one for some in upon.values() for one in some})[:SHOWN])
    return ContributionError(
        "rested-on",
        f"d’autres contributions s’appuient sur {name} : {listed} ; elles parlent de {things}. "
        "Les retirer d’abord, dans cet ordre, ou toutes ensemble : "
        f"coopkg undo {name} --with-others",
        f"other contributions rest on {name}: {listed}; they speak of {things}. "
        f"Undo them first, in this order, or all together: coopkg undo {name} --with-others",
    )


def _still_corrects(home: Path, one: Contribution) -> None:
    """Make sure that what a correction takes away still stands: nobody changed it meanwhile.

    Raises:
        ContributionError: somebody did.
    """
    if one.method != "patch" or not one.removed:
        return
    standing = graphs.standing(home).graphs
    lost = [
        line
        for iri, line in _lines(home, one.removed)
        if iri not in standing or line not in standing[iri].lines
    ]
    if lost:
        shown = neutral(lost[0][:200])
        raise ContributionError(
            "changed-since",
            f"{one.id} corrige {len(lost)} faits changés depuis sa vérification, dont {shown} : "
            "télécharger les données de nouveau, puis renvoyer la correction",
            f"{one.id} corrects {len(lost)} facts changed since it was checked, such as {shown}: "
            "download the data again, then send the correction again",
        )


def _is_last_to_correct(home: Path, one: Contribution) -> None:
    """Make sure that nothing that stands corrects what a correction says.

    Raises:
        ContributionError: something does.
    """
    if one.method != "patch" or not (one.removed and one.added) or one.erased:
        return
    said = _lines(home, one.added)
    every = ledger.of(home).folded(model.contributions).values()
    for other in every:
        later = other.state in STANDING and other.order > one.order and other.removed
        if later and other.id != one.id and said & _lines(home, other.removed):
            raise ContributionError(
                "corrected-since",
                f"{other.id} corrige ce que {one.id} a corrigé : retirer d’abord {other.id}",
                f"{other.id} corrects what {one.id} corrected: undo {other.id} first",
            )


def _lines(home: Path, digest: str) -> set[tuple[str, str]]:
    """Return the triples of an object, each with its graph."""
    found = set()
    for quad in ox.parse(ledger.of(home).object(digest), format=ox.RdfFormat.N_QUADS):
        iri = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else DEFAULT
        found.add((iri, f"{quad.subject} {quad.predicate} {quad.object}"))
    return found


def _reviews(home: Path, one: Contribution, reviewer: str) -> None:
    if not reviewer.strip() or reviewer == RULES or neutral(reviewer) != reviewer:
        raise ContributionError(
            "reviewer", "dire qui décide, par un nom", "say who decides, by a name"
        )
    author = partners.find(home, one.partner)
    if reviewer.strip().casefold() in {
        name.strip().casefold() for name in (author.name, *author.label.values())
    }:
        raise ForbiddenError(
            "own-review",
            f"« {reviewer} » a envoyé {one.id} : quelqu’un d’autre doit la relire",
            f"{reviewer!r} sent {one.id}: someone else must review it",
        )


def reason(why: Said) -> dict[str, str]:
    """Return a reason as it is kept.

    Raises:
        ContributionError: there is none.
    """
    said = {
        lang: neutral(why[lang])[:WHY_MAX] for lang in ("fr", "en") if why.get(lang, "").strip()
    }
    if not said:
        raise ContributionError("why", "dire pourquoi, en une phrase", "say why, in a sentence")
    return said
