"""Who asks to contribute: kept for the operator, who answers with `coopkg access`.

What a person writes of themselves lies in an object that can be erased; the journal keeps that
somebody asked, when, and what was answered. A random number beside it keeps its sha-256, which
stays in the journal, from telling afterwards what it was.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from coopkg.contributions import deciding, ledger
from coopkg.contributions.ledger import Entry
from coopkg.contributions.model import Said
from coopkg.contributions.texts import neutral
from coopkg.errors import ContributionError, LedgerError, ParameterError, UnknownError

LIMITS: Final = {"organisation": 200, "email": 254, "message": 2000}
WAITING_MAX: Final = 500
"""Requests without an answer that are kept; more are refused until some are answered."""
_LOG: Final = logging.getLogger("coopkg.contributions")
_EMAIL: Final = re.compile(r"[^@\s<>\"]{1,64}@[^@\s<>\"]{1,180}\.[^@\s<>\".]{2,60}")


@dataclass(frozen=True)
class Request:
    """Somebody who asked; `said` is an object. `answer` is "" as long as nobody answered."""

    id: str
    at: str
    lang: str
    said: str
    answer: str = ""
    partner: str = ""
    why: Said = field(default_factory=dict)
    erased: bool = False


def of_entries(entries: Iterable[Entry]) -> dict[str, Request]:
    """Return every request by its id."""
    found: dict[str, Request] = {}
    for entry in entries:
        data = entry.data
        if entry.event == "access-asked":
            name = data["request"]
            found[name] = Request(name, entry.at, data["lang"], data["said"])
        elif entry.event == "access-answered":
            old = found[data["request"]]
            found[old.id] = replace(old, answer=entry.at, partner=data["partner"], why=data["why"])
        elif entry.event == "access-erased":
            gone = set(data["erased"])
            found |= {
                name: replace(one, erased=True) for name, one in found.items() if one.said in gone
            }
    return found


def ask(home: Path, given: Mapping[str, str], lang: str) -> Request:
    """Keep a request for good; the very same one, not answered yet, is kept once.

    Raises:
        ParameterError: a field is not acceptable.
        ContributionError: too many wait for an answer.
        StorageError: the disk refuses; nothing was kept.
    """
    said = _said(given)
    with ledger.of(home).writing() as writer:
        every = of_entries(writer.entries)
        waiting = [one for one in every.values() if not one.answer]
        for one in waiting:
            if words(home, one) == said:
                return one
        if len(waiting) >= WAITING_MAX:
            raise ContributionError(
                "access-full",
                "trop de demandes attendent une réponse : réessayer dans quelques jours",
                "too many requests wait for an answer: try again in a few days",
            )
        body = {**said, "nonce": secrets.token_hex(16)}
        digest = writer.keep(json.dumps(body, ensure_ascii=False, sort_keys=True).encode())
        name = f"a-{len(every) + 1:06d}-{digest[:8]}"
        writer.append("access-asked", {"request": name, "said": digest, "lang": lang})
        _LOG.info("access was asked: %s; see `coopkg access list`", name)
        return of_entries(writer.entries)[name]


def _said(given: Mapping[str, str]) -> dict[str, str]:
    said = {
        name: neutral(given.get(name, "").replace("\r\n", "\n").replace("\n", " ")).strip()
        for name in LIMITS
    }
    for name, most in LIMITS.items():
        if len(said[name]) > most:
            shown = f"{said[name][:40]}…"
            raise ParameterError(
                name, shown, f"{most} signes au plus", f"at most {most} characters"
            )
    if len(said["organisation"]) < 2:
        raise ParameterError(
            "organisation", said["organisation"], "le nom de votre organisme", "your organisation"
        )
    if not _EMAIL.fullmatch(said["email"]):
        raise ParameterError(
            "email", said["email"][:60], "une adresse électronique", "an e-mail address"
        )
    return said


def listing(home: Path) -> tuple[Request, ...]:
    """Return every request, the newest first; raises as `Ledger.entries`."""
    return tuple(reversed(list(ledger.of(home).folded(of_entries).values())))


def waiting(home: Path) -> int:
    """Return how many requests wait for an answer; raises as `Ledger.entries`."""
    return sum(not one.answer for one in ledger.of(home).folded(of_entries).values())


def answered_before(home: Path, days: int, now: datetime | None = None) -> list[str]:
    """Return the ids of what was answered more than so many days ago and is not erased yet."""
    limit = (now or datetime.now(UTC)) - timedelta(days=days)
    return [
        one.id
        for one in listing(home)
        if one.answer and not one.erased and datetime.fromisoformat(one.answer) < limit
    ]


def get(home: Path, name: str) -> Request:
    """Return a request by its id.

    Raises:
        UnknownError: there is none.
    """
    found = ledger.of(home).folded(of_entries)
    if name not in found:
        shown = neutral(name[:80])
        raise UnknownError(name, f"aucune demande « {shown} »", f"no request {shown!r}")
    return found[name]


def words(home: Path, one: Request) -> dict[str, str]:
    """Return what somebody wrote, {} when it was erased."""
    try:
        said: dict[str, Any] = json.loads(ledger.of(home).object(one.said))
    except LedgerError:
        return {}
    return {name: str(said.get(name, "")) for name in LIMITS}


def answer(home: Path, name: str, by: str, partner: str = "", why: Said | None = None) -> Request:
    """Record what was answered: the partner that was created, or why none was.

    Raises:
        UnknownError: there is no such request.
        ContributionError: it was answered already, or no reason is given.
    """
    reason = {} if partner else deciding.reason(why or {})
    with ledger.of(home).writing() as writer:
        one = get(home, name)
        if one.answer:
            raise ContributionError(
                "access-answered", f"{name} a déjà une réponse", f"{name} was answered already"
            )
        data = {"request": name, "partner": partner, "why": reason, "by": neutral(by)}
        writer.append("access-answered", data)
        return of_entries(writer.entries)[name]


def erase(home: Path, name: str, by: str) -> Request:
    """Erase what somebody wrote of themselves; that they asked stays."""
    with ledger.of(home).writing() as writer:
        one = get(home, name)
        writer.append("access-erased", {"request": name, "by": neutral(by), "erased": [one.said]})
        writer.erase([one.said])
        return of_entries(writer.entries)[name]
