"""Who asks to contribute: kept for the operator, who answers with `coopkg partner`.

What a person writes of themselves lies in an object that can be erased; the journal keeps that
somebody asked, when, and what was answered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
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
            found[old.id] = Request(
                old.id, old.at, old.lang, old.said, entry.at, data["partner"], data["why"]
            )
    erased = {one for entry in entries for one in entry.data.get("erased", ())}
    for name, one in found.items():
        if one.said in erased:
            found[name] = Request(**{**one.__dict__, "erased": True})
    return found


def ask(home: Path, given: Mapping[str, str], lang: str) -> Request:
    """Keep a request for good; the very same one, not answered yet, is kept once.

    Raises:
        ParameterError: a field is not acceptable.
        ContributionError: too many wait for an answer.
        StorageError: the disk refuses; nothing was kept.
    """
    body = json.dumps(_said(given), ensure_ascii=False, sort_keys=True).encode()
    with ledger.of(home).writing() as writer:
        every = of_entries(writer.entries)
        digest = writer.keep(body)
        waiting = [one for one in every.values() if not one.answer]
        for one in waiting:
            if one.said == digest and not one.erased:
                return one
        if len(waiting) >= WAITING_MAX:
            raise ContributionError(
                "access-full",
                "trop de demandes attendent une réponse : réessayer dans quelques jours",
                "too many requests wait for an answer: try again in a few days",
            )
        name = f"a-{len(every) + 1:06d}-{digest[:8]}"
        writer.append("access-asked", {"request": name, "said": digest, "lang": lang})
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
