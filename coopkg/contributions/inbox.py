"""The inbox: receive and check. Every step is an entry of the journal, and nothing else.

A step first reads, with the journal held, that it may be taken: two reviewers who decide at the
same time decide once.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from coopkg.config import Settings
from coopkg.contributions import checking, ledger, mappings, model, partners
from coopkg.contributions.checking import CheckError
from coopkg.contributions.job import Job, Outcome
from coopkg.contributions.ledger import Entry, Writer
from coopkg.contributions.model import DEFAULT, GOOD, LIVE, METHODS, Contribution, Upload
from coopkg.contributions.partners import Partner
from coopkg.contributions.texts import neutral
from coopkg.errors import ContributionError, ForbiddenError, TooLargeError, UnknownError
from coopkg.terms import BASE

RULES: Final = "rules"
"""Who decides what no person decides: the check itself, and the role *direct*."""
CORE: Final = frozenset(
    {"alignments", "asserted", "catalog", "contributions", "curation", "description", "inferred"}
    | {"mappings", "ontology", "partner", "passage", "proofs", "reference", "shapes", "sources"}
    | {"vocabulary"}
)
"""What begins the names, below `graph/`, of the graphs that a build writes or a partner owns."""
NAME_MAX: Final = 200
LICENCE_MAX: Final = 300
_IRI: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:[^\s<>\"{}|\\^`\x00-\x20]*")


# --- Reading -------------------------------------------------------------------------------


def listing(
    home: Path, partner: str | None = None, state: str | None = None
) -> tuple[Contribution, ...]:
    """Return contributions, the newest first, of one partner or in one state when asked.

    Raises:
        LedgerError: the journal cannot be trusted.
    """
    every = list(ledger.of(home).folded(model.contributions).values())
    return tuple(
        one
        for one in reversed(every)
        if partner in (None, one.partner) and state in (None, one.state)
    )


def get(home: Path, name: str) -> Contribution:
    """Return a contribution by its id.

    Raises:
        UnknownError: there is none.
    """
    return _found(ledger.of(home).folded(model.contributions), name)


def _found(every: Mapping[str, Contribution], name: str) -> Contribution:
    if name not in every:
        raise UnknownError(
            name,
            f"aucune contribution « {neutral(name[:80])} »",
            f"no contribution {name[:80]!r}",
            tuple(reversed(list(every)))[:5],
        )
    return every[name]


def document(home: Path, digest: str) -> Any:
    """Return a report or a what-if, the value of an object; {} for none."""
    return json.loads(ledger.of(home).object(digest)) if digest else {}


def audit(home: Path) -> tuple[Entry, ...]:
    """Return the audit log: every entry of the journal, all of it read and verified anew.

    Raises:
        LedgerError: an entry was changed, moved or removed.
    """
    return ledger.of(home).verified()


# --- Receiving -----------------------------------------------------------------------------


def receive(home: Path, upload: Upload, settings: Settings) -> Contribution:
    """Keep an upload for good, and return its contribution, still to be checked.

    The same bytes for the same graph by the same partner are the first contribution, as long as
    that one counts and nothing came over it: sending again is safe.

    Raises:
        ContributionError: the graph is not the partner's, the upload too large, a value odd.
        StorageError: the disk refuses; nothing was received.
    """
    with ledger.of(home).writing() as writer:
        known = partners.of_entries(writer.entries)
        partner = _partner(known, upload.partner)
        check_upload(upload, partner, settings)
        every = model.contributions(writer.entries)
        if again := _sent_before(upload, partner, every.values()):
            return again
        return _recorded(writer, upload, len(every) + 1)


def _partner(known: Mapping[str, Partner], name: str) -> Partner:
    if name not in known or known[name].revoked:
        raise ForbiddenError(
            "partner-revoked",
            f"« {neutral(name[:80])} » ne contribue plus, ou n’a jamais contribué",
            f"{name[:80]!r} contributes no more, or never did",
        )
    return known[name]


def _recorded(writer: Writer, upload: Upload, number: int) -> Contribution:
    body = writer.keep(upload.body)
    name = f"c-{number:06d}-{body[:8]}"
    writer.append(
        "received",
        {
            "contribution": name,
            "number": number,
            "partner": upload.partner,
            "name": neutral(upload.name)[:NAME_MAX],
            "media_type": neutral(upload.media_type)[:NAME_MAX],
            "method": upload.method,
            "graph": upload.graph,
            "licence": neutral(upload.licence)[:LICENCE_MAX],
            "lang": upload.lang,
            "body": body,
            "size": len(upload.body),
            **_with_mapping(writer, upload),
        },
    )
    return model.contributions(writer.entries)[name]


def _with_mapping(writer: Writer, upload: Upload) -> dict[str, str]:
    content = mappings.written(upload.mapping)
    return {"mapping": writer.keep(content)} if content else {}


def check_upload(upload: Upload, partner: Partner, settings: Settings) -> None:
    """Refuse, before anything is kept, what no check could let through.

    Raises:
        TooLargeError, ForbiddenError, ContributionError: why.
    """
    allowed = settings.contribution_max_kb << 10
    if len(upload.body) > allowed:
        raise TooLargeError(len(upload.body), allowed)
    if upload.method not in METHODS:
        raise ContributionError(
            "method",
            f"« {upload.method} » : put, post, patch ou delete est attendu",
            f"{upload.method!r}: put, post, patch or delete is expected",
        )
    mappings.written(upload.mapping)
    if upload.graph is None:
        if upload.method == "delete":
            raise ContributionError(
                "graph", "dire quel graphe supprimer", "say which graph to delete"
            )
        return
    if not may_write(partner, upload.graph):
        shown = neutral(upload.graph[:200])
        raise ForbiddenError(
            "graph",
            f"<{shown}> n’est pas un graphe de « {partner.name} » ; les siens : <{partner.graph}> "
            "et ce qui est dessous",
            f"<{shown}> is not a graph of {partner.name!r}; its own: <{partner.graph}> and "
            "what is below",
        )


def may_write(partner: Partner, graph: str) -> bool:
    """Tell whether a partner may write a graph: its own; for an operator any that is not core."""
    if partner.owns(graph):
        return True
    if partner.role != "operator":
        return False
    return graph == DEFAULT or (bool(_IRI.fullmatch(graph)) and not _is_core(graph))


def _is_core(graph: str) -> bool:
    """Tell whether a graph is of this base and not free: see `CORE`."""
    if not graph.startswith(BASE):
        return False
    kind = re.split(r"[/#?%]", graph.removeprefix(BASE + "graph/"), maxsplit=1)[0]
    return not graph.startswith(BASE + "graph/") or not kind or kind in CORE


def _sent_before(
    upload: Upload, partner: Partner, every: Iterable[Contribution]
) -> Contribution | None:
    """Return the live contribution that is this very upload, unless another came over it."""
    digest = hashlib.sha256(upload.body).hexdigest()
    wanted = (digest, upload.method, upload.graph, mappings.digest(upload.mapping))
    for one in sorted(every, key=lambda one: -one.number):
        if one.state not in LIVE or not _may_meet(one, upload, partner):
            continue
        same = (one.body, one.sent_as, one.graph, one.mapping) == wanted
        if same and one.partner == upload.partner:
            return one
        if one.method != "post" or upload.method != "post":
            return None
    return None


def _may_meet(one: Contribution, upload: Upload, partner: Partner) -> bool:
    """Tell whether two uploads may be about one graph; without a name, any of a partner's."""
    if one.graph is not None and upload.graph is not None:
        return one.graph == upload.graph
    return one.partner == partner.name


# --- Checking ------------------------------------------------------------------------------


def dry_run(home: Path, upload: Upload, settings: Settings) -> Outcome:
    """Return what a check finds, and keep nothing.

    Raises as `receive` and `checking.run`.
    """
    partner = _partner(partners.known(home), upload.partner)
    check_upload(upload, partner, settings)
    job = replace(_job(home, upload, partner, settings, "dry"), dry_run=True)
    return checking.run(job, upload.body, settings)


def check(home: Path, name: str, settings: Settings) -> Contribution:
    """Check what was received, keep the report and the what-if, and return what it became.

    What conforms waits; what does not is refused by the rules; a check that does not end leaves
    the contribution failed, with why. One that was checked already is returned as it is.

    Raises:
        UnknownError: there is no such contribution.
        EngineBusyError: too many are being checked: it stays received.
        StorageError: the disk refuses: it stays received.
    """
    one = get(home, name)
    if one.state != "received":
        return one
    partner = _partner(partners.known(home), one.partner)
    body = ledger.of(home).object(one.body)
    upload = Upload(
        one.partner, one.name, one.media_type, body, one.method, one.graph, one.licence, one.lang,
        document(home, one.mapping),
    )  # fmt: skip
    try:
        job = _job(home, upload, partner, settings, one.id)
        job = replace(job, foresees=partner.role == "reviewed")
        outcome = checking.run(job, body, settings)
    except CheckError as error:
        return step(home, name, {"received"}, _not_checked(name, error), else_as_is=True)
    return step(
        home, name, {"received"}, lambda writer: _kept(writer, name, outcome), else_as_is=True
    )


def _job(home: Path, upload: Upload, partner: Partner, settings: Settings, serial: str) -> Job:
    return Job(
        name=upload.name,
        media_type=upload.media_type,
        method=upload.method,
        graph=upload.graph,
        partner=checking.told(partner),
        lang=upload.lang,
        serial=serial,
        home=str(home.absolute()),
        root=str(settings.root.absolute()),
        generation=checking.current(home),
        limits=checking.limits(settings),
        size=len(upload.body),
        mapping=dict(upload.mapping),
    )


def _kept(writer: Writer, name: str, outcome: Outcome) -> tuple[str, dict[str, Any]]:
    why = outcome.report.get("why", {}) if outcome.status not in GOOD else {}
    return "checked", {
        "contribution": name,
        "status": outcome.status,
        "state": "refused",
        "report": writer.keep(_json(outcome.report)),
        "whatif": writer.keep(_json(outcome.whatif)),
        "added": writer.keep(outcome.added) if outcome.added else "",
        "removed": writer.keep(outcome.removed) if outcome.removed else "",
        "graphs": list(outcome.graphs),
        "counts": dict(outcome.counts),
        "why": why,
        "by": RULES,
        **({"method": outcome.method} if outcome.method in METHODS else {}),
    }


def _not_checked(name: str, error: CheckError) -> Any:
    why = {"fr": error.message("fr"), "en": error.message("en"), "rule": error.rule}
    nothing: dict[str, Any] = dict.fromkeys(("report", "whatif", "added", "removed"), "")
    data = {
        "contribution": name,
        "status": "not-checked",
        "state": "failed",
        **nothing,
        "graphs": [],
        "counts": {},
        "why": why,
        "by": RULES,
    }
    return lambda writer: ("checked", data)


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True).encode()


def step(
    home: Path, name: str, states: set[str], entry: Any, else_as_is: bool = False
) -> Contribution:
    """Add an entry about a contribution, if it is still in one of some states.

    Raises:
        UnknownError: there is no such contribution.
        ContributionError: it is in another state, unless it is then to be returned as it is.
        StorageError: the disk refuses; nothing has changed.
    """
    with ledger.of(home).writing() as writer:
        one = _found(model.contributions(writer.entries), name)
        if one.state not in states:
            if else_as_is:
                return one
            raise wrong_state(one, states)
        event, data = entry(writer)
        writer.append(event, data)
        return model.contributions(writer.entries)[name]


def wrong_state(one: Contribution, states: Iterable[str]) -> ContributionError:
    """Return the error for a step that the state of a contribution does not allow."""
    wanted = ", ".join(sorted(states))
    return ContributionError(
        "state",
        f"{one.id} est dans l’état « {one.state} » ; attendu : {wanted}",
        f"{one.id} is in the state {one.state!r}; expected: {wanted}",
    )
