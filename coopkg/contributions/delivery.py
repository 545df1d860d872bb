"""Tell partners what became of their contributions: at least once, in order, until it is given up.

What there is to tell follows from the journal; how far each partner was told stands in
`hooks.json`, written after each call. Killed in between, the same is told again, under the same
id. What cannot be told is tried again after longer and longer; then the address is left alone,
which its partner's page says, until it is asked to go on.
"""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from coopkg import durable
from coopkg.contributions import hooks, ledger, partners, posting
from coopkg.contributions.hooks import Event, Hook
from coopkg.contributions.posting import Answer

BACKOFF_S: Final = (5.0, 30.0, 120.0, 600.0, 3600.0, 21600.0)
"""How long after each failed call the next one is made; after the last, none is."""
FILE: Final = "hooks.json"
_FILE_BYTES: Final = 8 << 20


@dataclass(frozen=True)
class State:
    """How far a hook was told: `hook` is its entry, `told` the ids since `done`, an entry's number.

    `fault` and `status` are those of the last call, at `at` (seconds since 1970); `failed` counts
    the calls that failed since one was received.
    """

    hook: int
    done: int = 0
    told: tuple[str, ...] = ()
    failed: int = 0
    next: float = 0.0
    at: float = 0.0
    fault: str = ""
    status: int = 0
    last: str = ""

    @property
    def stopped(self) -> bool:
        """Tell whether nothing is tried any more."""
        return self.failed > len(BACKOFF_S)


@dataclass
class Deliveries:
    """What tells the partners of one installation; `public` is its own address.

    `loopback` lets tests listen on 127.0.0.1.
    """

    home: Path
    public: str = ""
    loopback: bool = False
    clock: Callable[[], float] = field(default=time.time, repr=False)
    _idle: tuple[int, ...] | None = field(default=None, repr=False)

    def step(self) -> float | None:
        """Tell each partner the next thing it waits for; return when to come back, in seconds.

        None: nobody waits for anything.

        Raises:
            LedgerError, StorageError: the journal or the disk.
        """
        every = hooks.known(self.home)
        if not every or self._idle == self._mark():
            return None
        folder = ledger.of(self.home).folder
        with ledger.refusals(folder), durable.locked(folder / ".hooks.sending"):
            waits = [self._told(one) for one in every.values()]
        soonest = min((one for one in waits if one is not None), default=None)
        self._idle = self._mark() if soonest is None else None
        return soonest

    def _mark(self) -> tuple[int, ...]:
        """Return what changes when there may be something to tell.

        A file that is written anew is another one: two in a row may bear the same time.
        """
        told: tuple[int, ...] = ()
        with suppress(OSError):
            found = (ledger.of(self.home).folder / FILE).stat()
            told = (found.st_ino, found.st_mtime_ns)
        return len(ledger.of(self.home).entries()), *told

    def _told(self, one: Hook) -> float | None:
        state = state_of(self.home, one)
        if state.stopped or partners.known(self.home)[one.partner].revoked:
            return None
        event = next_event(self.home, one, state)
        if event is None:
            return None
        if (wait := state.next - self.clock()) > 0:
            return wait
        made = _after(state, event, self._call(one, event), self.clock())
        _save(self.home, one.partner, made)
        return None if made.stopped else max(0.0, made.next - self.clock())

    def _call(self, one: Hook, event: Event) -> Answer:
        url = hooks.address(self.home, one)
        body = json.dumps(self._said(one, event), ensure_ascii=False).encode()
        moment = str(int(self.clock()))
        headers = {
            "webhook-id": event.id,
            "webhook-timestamp": moment,
            "webhook-signature": signature(hooks.secret(self.home, one), event.id, moment, body),
        }
        return posting.post(url, body, headers, self.loopback)

    def _said(self, one: Hook, event: Event) -> dict[str, Any]:
        data: dict[str, Any] = {"partner": one.partner}
        if event.contribution:
            data |= {
                "contribution": event.contribution,
                "href": f"{self.public}/api/contributions/{event.contribution}",
                "why": dict(event.why) if event.why else None,
                "generation": event.generation,
            }
        kind = "contribution" if event.contribution else "hook"
        return {"type": f"{kind}.{event.kind}", "timestamp": event.at, "data": data}


def signature(secret: str, name: str, moment: str, body: bytes) -> str:
    """Return what proves that a call is ours (Standard Webhooks 1.0): HMAC-SHA256 in base 64."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    made = hmac.digest(key, b".".join((name.encode(), moment.encode(), body)), "sha256")
    return "v1," + base64.b64encode(made).decode()


def next_event(home: Path, one: Hook, state: State) -> Event | None:
    """Return what a partner waits for, None when it was told everything."""
    for event in hooks.events(ledger.of(home).entries(), one):
        if event.number >= state.done and event.id not in state.told:
            return event
    return None


def _after(state: State, event: Event, answer: Answer, now: float) -> State:
    common = {"at": now, "fault": answer.fault, "status": answer.status, "last": event.id}
    if answer.fault:
        wait = BACKOFF_S[min(state.failed, len(BACKOFF_S) - 1)]
        return replace(state, failed=state.failed + 1, next=now + wait, **common)  # type: ignore[arg-type]
    told = (*state.told, event.id) if event.number == state.done else (event.id,)
    return replace(state, done=event.number, told=told, failed=0, next=0.0, **common)  # type: ignore[arg-type]


# --- How far each was told -----------------------------------------------------------------


def state_of(home: Path, one: Hook) -> State:
    """Return how far a hook was told; a file that is lost or damaged begins again: see ids."""
    found = _read(home).get(one.partner)
    if isinstance(found, dict) and found.get("hook") == one.entry:
        with suppress(TypeError):
            return State(**{**found, "told": tuple(found.get("told", ()))})
    return State(one.entry)


def resume(home: Path, one: Hook) -> None:
    """Go on telling a partner, at once.

    Raises:
        StorageError: the disk refuses.
    """
    _save(home, one.partner, replace(state_of(home, one), failed=0, next=0.0))


def _read(home: Path) -> dict[str, Any]:
    try:
        found = json.loads(durable.read(ledger.of(home).folder / FILE, _FILE_BYTES))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _save(home: Path, partner: str, state: State) -> None:
    folder = ledger.of(home).folder
    with ledger.refusals(folder), durable.locked(folder / ".hooks.lock"):
        every = {**_read(home), partner: asdict(state)}
        kept = {name: every[name] for name in every if name in hooks.known(home)}
        content = json.dumps(kept, sort_keys=True, indent=1).encode() + b"\n"
        durable.write(folder / FILE, content)
