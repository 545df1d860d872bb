"""From what came to what became of it: received, checked, published when the partner may."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Final

from flask import current_app, g

from coopkg import contributions
from coopkg.contributions import Contribution, Partner, Upload, checking, publication
from coopkg.contributions.checking import CheckError
from coopkg.contributions.job import Outcome
from coopkg.errors import (
    ContributionError,
    CoopkgError,
    EngineBusyError,
    GenerationError,
    PublicationError,
)
from coopkg.serve import metering
from coopkg.serve.partners.tokens import settings
from coopkg.serve.problems import HTTPProblem

OF_STATUS: Final = {"unparsable": 400, "too-large": 413, "unsupported": 415, "violations": 422}
OF_RULE: Final = {"check-time": 503, "check-memory": 413, "too-deep": 400, "check-failed": 500}
WAIT_S: Final = 3.0
RETRY_AFTER_S: Final = 10
SWITCH_S: Final = 30.0
_turns: Final = threading.BoundedSemaphore(checking.AT_ONCE)
_publishing: Final = threading.Lock()
_LOG: Final = logging.getLogger("coopkg.serve")
GOOD: Final = frozenset({"received", "waiting", "accepted", "published"})


def submitted(upload: Upload) -> Contribution:
    """Keep, check and, when its partner may, publish an upload; return what became of it.

    Raises:
        ForbiddenError, TooLargeError, ContributionError: it cannot even be received.
        RateLimitError: its partner has used its share.
        EngineBusyError: too many are being checked.
        StorageError, GenerationError, LedgerError: the disk, or what it holds.
    """
    return together([upload])


def together(uploads: Sequence[Upload]) -> Contribution:
    """Do the same for several, all or none; return the first that is refused, else the last."""
    home = settings().home
    kept = [_checked(one) for one in uploads]
    bad = next((one for one in kept if one.state not in GOOD), None)
    if bad is not None:
        _taken_back(one for one in kept if one.state == "waiting")
        return bad
    for one in kept:
        contributions.admit(home, one.id)
    last = contributions.get(home, kept[-1].id)
    if last.state == "accepted":
        _published_in_turn(last.id)
    return contributions.get(home, last.id)


def _published_in_turn(name: str) -> None:
    """Publish what was accepted, with all that came meanwhile; wait for a turn, not for ever.

    What comes together is published together: who gets a turn publishes all that is accepted by
    then. Who waits too long is told that it is accepted, and it is published when its turn comes.
    """
    home, given, begun = settings().home, settings(), threading.Event()
    failed: list[CoopkgError] = []

    def publish() -> None:
        with _publishing:
            begun.set()
            try:
                if contributions.get(home, name).state == "accepted":
                    with suppress(PublicationError):
                        contributions.publish(home, given)
            except CoopkgError as error:
                failed.append(error)
                _LOG.warning("%s", error)

    thread = threading.Thread(target=publish, daemon=True)
    thread.start()
    if not begun.wait(WAIT_S):
        return
    thread.join()
    if failed:
        raise failed[0]
    _switched_to(contributions.get(home, name).generation or 0)


def published() -> None:
    """Publish what was accepted; what is refused is told by the state of its contributions."""
    number = 0
    with suppress(PublicationError):
        number = contributions.publish(settings().home, settings()).number
    _switched_to(number)


def _switched_to(number: int) -> None:
    """Let this request go on with a generation: another thread may be opening it."""
    live = current_app.extensions["coopkg"]
    end = time.monotonic() + SWITCH_S
    while live.service().generation.number < number and time.monotonic() < end:
        time.sleep(0.02)
    g.service = live.service()


def waits(one: Contribution) -> bool:
    """Tell whether a contribution waits for a publication: accepted, or undone and served."""
    return one.state == "accepted" or is_leaving(one)


def accepted(name: str, by: str, later: bool = False) -> None:
    """Accept what waits and publish it, unless that is left for later.

    Raises:
        ForbiddenError, ContributionError: it is its author's, or does not wait.
        GenerationError, StorageError, LedgerError: it is accepted, but not published yet.
    """
    contributions.accept(settings().home, name, by)
    if later:
        return
    try:
        published()
    except GenerationError as error:
        raise GenerationError(
            f"{name} est acceptée, mais pas encore publiée : {error.message('fr')}",
            f"{name} is accepted, but not published yet: {error.message('en')}",
        ) from error


def undone(name: str, by: str, why: Mapping[str, str], later: bool = False) -> None:
    """Take out what was accepted, and publish without it, unless that is left for later.

    When the publication cannot be made, what was decided stays: asking again publishes again.

    Raises:
        ContributionError: it was not accepted, or no reason is given.
        GenerationError, StorageError, LedgerError: it is decided, and served as long as this is.
    """
    if not is_leaving(contributions.get(settings().home, name)):
        contributions.undo(settings().home, name, by, why)
    if later:
        return
    try:
        published()
    except GenerationError as error:
        raise GenerationError(
            f"{name} est annulée, mais reste servie, faute de publication ; recommencez pour "
            f"publier : {error.message('fr')}",
            f"{name} is undone, but still served, for want of a publication; do it again to "
            f"publish: {error.message('en')}",
        ) from error


def is_leaving(one: Contribution) -> bool:
    """Tell whether a contribution was undone and is served still."""
    return one.state == "undone" and one.id in publication.included(settings().home)


def _checked(upload: Upload) -> Contribution:
    home = settings().home
    allowed(upload.partner)
    one = contributions.receive(home, upload, settings())
    with turn(), charged(upload.partner):
        return contributions.check(home, one.id, settings())


def _taken_back(waiting: Iterable[Contribution]) -> None:
    for one in waiting:
        with suppress(ContributionError):
            contributions.withdraw(settings().home, one.id, one.partner)


def tried(upload: Upload) -> Outcome:
    """Return what a check says of an upload, and keep nothing; raises as `submitted`."""
    allowed(upload.partner)
    with turn(), charged(upload.partner):
        try:
            return contributions.dry_run(settings().home, upload, settings())
        except CheckError as error:
            code = OF_RULE.get(error.rule, 500)
            raise HTTPProblem(code, error.message("fr"), error.message("en")) from error


def allowed(partner: str) -> None:
    """Let a partner have something checked.

    Raises:
        RateLimitError: it has used its share.
    """
    shares = current_app.extensions.get(metering.EXTENSION)
    if shares is not None:
        shares.check(f"partner:{partner}")


@contextmanager
def turn() -> Iterator[None]:
    """Wait a moment for one of the few checks at a time, and no longer than a reader would.

    Raises:
        EngineBusyError: too many are waiting; what was received stays, and is sent again safely.
    """
    if not _turns.acquire(timeout=WAIT_S):
        raise EngineBusyError(
            RETRY_AFTER_S,
            "trop de contributions sont en cours de vérification ; renvoyer le même fichier dans "
            f"{RETRY_AFTER_S} secondes : il ne sera compté qu’une fois",
            f"too many contributions are being checked; send the same file again in "
            f"{RETRY_AFTER_S} seconds: it will count once",
        )
    try:
        yield
    finally:
        _turns.release()


@contextmanager
def charged(partner: str) -> Iterator[None]:
    """Charge the seconds of a check to a partner, whatever the address it works from."""
    started = time.monotonic()
    try:
        yield
    finally:
        shares = current_app.extensions.get(metering.EXTENSION)
        if shares is not None:
            shares.charge(f"partner:{partner}", seconds=time.monotonic() - started)


def status(one: Contribution) -> int:
    """Return the status of HTTP for what became of an upload: 202 when it waits, 201 when out."""
    if one.state == "published":
        return 201
    if one.state in GOOD:
        return 202
    if one.status == "not-checked":
        return OF_RULE.get(one.why.get("rule", ""), 500)
    return OF_STATUS.get(one.status, 422)


def may_see(partner: Partner, one: Contribution) -> bool:
    """Tell whether a partner may read a contribution: its author, or who reviews."""
    return partner.decides or partner.name == one.partner
