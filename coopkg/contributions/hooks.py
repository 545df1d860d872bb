"""Where a partner wants to be told of its contributions: an address of its own, set by itself.

The journal keeps that an address was set or removed. The address lies in an object, erased when
it is replaced: it may hold a password. The secret that signs is made from that of the
installation and a random number of the journal, so that it is written nowhere.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from coopkg.contributions import keys, ledger, partners
from coopkg.contributions.ledger import Entry
from coopkg.contributions.model import GOOD
from coopkg.contributions.texts import is_clean
from coopkg.errors import LedgerError, ParameterError

LONGEST: Final = 500
HTTPS: Final = 443
FIRST_PORT: Final = 1024
"""From here on, any port may be a service of a partner."""
TEST: Final = "test"
_TOLD: Final = {"accepted": "accepted", "refused": "refused", "failed": "failed"}
_TOLD_TOO: Final = {"undone": "undone", "published": "published", "undo-failed": "published"}
EVENTS: Final = (TEST, "accepted", "refused", "published", "failed", "undone")
_HOST: Final = re.compile(r"[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\]")


@dataclass(frozen=True)
class Hook:
    """An address that was set: `entry` is the number of the journal, `address` an object."""

    partner: str
    entry: int
    at: str
    address: str
    nonce: str


@dataclass(frozen=True)
class Event:
    """Something to tell: its id is the same each time it is told. `number` is the entry's."""

    id: str
    number: int
    at: str
    kind: str
    contribution: str = ""
    why: Mapping[str, str] | None = None
    generation: int | None = None


def of_entries(entries: Iterable[Entry]) -> dict[str, Hook]:
    """Return the address of each partner that has one now."""
    found: dict[str, Hook] = {}
    for entry in entries:
        data = entry.data
        if entry.event == "hook-set":
            who = data["partner"]
            found[who] = Hook(who, entry.number, entry.at, data["address"], data["nonce"])
        elif entry.event == "hook-removed":
            found.pop(data["partner"], None)
    return found


def known(home: Path) -> Mapping[str, Hook]:
    """Return the address of each partner that has one; raises as `Ledger.entries`."""
    return ledger.of(home).folded(of_entries)


def address(home: Path, one: Hook) -> str:
    """Return the address itself, "" when its object is gone."""
    try:
        return str(json.loads(ledger.of(home).object(one.address))["url"])
    except LedgerError:
        return ""


def secret(home: Path, one: Hook) -> str:
    """Return what signs for a hook, as the Standard Webhooks write it: `whsec_` and base 64."""
    made = keys.mac(home, "hook", f"{one.partner}\0{one.nonce}")
    return "whsec_" + base64.b64encode(made).decode()


def put(home: Path, partner: str, url: str, loopback: bool = False) -> Hook:
    """Set the address of a partner, with a new secret; the one before is erased.

    Raises:
        ParameterError: it is not an address that we would call.
        StorageError: the disk refuses; the old one stays.
    """
    check(url, loopback)
    with ledger.of(home).writing() as writer:
        partners.find(home, partner)
        old = of_entries(writer.entries).get(partner)
        nonce = secrets.token_hex(16)
        kept = writer.keep(json.dumps({"url": url, "nonce": nonce}).encode())
        data: dict[str, Any] = {"partner": partner, "address": kept, "nonce": nonce}
        if old:
            data["erased"] = [old.address]
        writer.append("hook-set", data)
        if old:
            writer.erase([old.address])
        return of_entries(writer.entries)[partner]


def remove(home: Path, partner: str) -> None:
    """Remove the address of a partner, if it has one; raises as `put`."""
    with ledger.of(home).writing() as writer:
        old = of_entries(writer.entries).get(partner)
        if old:
            writer.append("hook-removed", {"partner": partner, "erased": [old.address]})
            writer.erase([old.address])


def check(url: str, loopback: bool = False) -> None:
    """Refuse what is no address to call: the names and ports alone; `posting` looks further.

    Raises:
        ParameterError: why not.
    """

    def refused(fr: str, en: str) -> ParameterError:
        return ParameterError("url", url[:80], fr, en)

    if not url.isascii() or not is_clean(url) or " " in url or len(url) > LONGEST:
        raise refused(
            f"une adresse sans espace ni accent, {LONGEST} signes au plus",
            f"an address without spaces or accents, at most {LONGEST} characters",
        )
    try:
        parts = urlsplit(url)
        port = parts.port or (HTTPS if parts.scheme == "https" else 80)
        host = parts.hostname or ""
    except ValueError:
        raise refused("une adresse bien formée", "a well-formed address") from None
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise refused(
            "une adresse sans nom d’utilisateur ni #", "an address without a user name or #"
        )
    if not _HOST.fullmatch(f"[{host}]" if ":" in host else host):
        raise refused("un nom de machine", "the name of a host")
    if loopback and _is_loopback(host):
        return
    if parts.scheme != "https":
        raise refused(
            "une adresse qui commence par https://", "an address that begins with https://"
        )
    if port != HTTPS and port < FIRST_PORT:
        raise refused("le port 443, ou un port à partir de 1024", "port 443, or from 1024 on")


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


# --- What there is to tell -----------------------------------------------------------------


def events(entries: Iterable[Entry], one: Hook) -> Iterator[Event]:
    """Yield what a hook is to be told, in order, from the moment it was set."""
    owner: dict[str, str] = {}
    for entry in entries:
        data = entry.data
        if entry.event == "received":
            owner[data["contribution"]] = data["partner"]
        if entry.number == one.entry:
            yield Event(f"{entry.number}-{TEST}", entry.number, entry.at, TEST)
        elif entry.number > one.entry and (kind := _kind(entry)):
            for name in _concerned(data):
                if owner.get(name) == one.partner:
                    yield Event(
                        f"{entry.number}-{name}",
                        entry.number,
                        entry.at,
                        kind,
                        name,
                        _why(data),
                        data.get("generation"),
                    )


def _kind(entry: Entry) -> str:
    """Return what an entry tells a partner, "" for what it is not told."""
    if entry.event == "checked":
        return "" if entry.data["status"] in GOOD else _TOLD.get(entry.data["state"], "")
    return {**_TOLD, **_TOLD_TOO}.get(entry.event, "")


def _why(data: Mapping[str, Any]) -> Mapping[str, str] | None:
    why = data.get("why") or {}
    return {lang: why[lang] for lang in ("fr", "en") if lang in why} or None


def _concerned(data: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(data["contributions"]) if "contributions" in data else (data["contribution"],)
