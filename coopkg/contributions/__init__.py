"""What partners send: who may, what was received, checked, decided, published and undone.

The journal (`ledger`) is the truth; everything else here reads it or adds an entry to it.

    partner, token = partners.add(home, "ville-de-tunis", {"fr": …, "en": …})
    partners.of_token(home, token)                       # who asks; raises UnauthorisedError
    one = receive(home, Upload(…), settings)             # on the disk for good
    one = check(home, one.id, settings)                  # in a limited process: waiting, or refused
    accept(home, one.id, "a reviewer")                   # never its author
    publish(home, settings)                              # a new generation, or the old one and why
    undo(home, one.id, "a reviewer", {"fr": "…"})        # then publish: others' triples stay

`submit` does all of it for an upload whose partner may publish at once.
"""

from coopkg.contributions.deciding import accept, admit, refuse, undo, withdraw
from coopkg.contributions.inbox import (
    audit,
    check,
    document,
    dry_run,
    get,
    listing,
    may_write,
    receive,
)
from coopkg.contributions.job import Job, Outcome
from coopkg.contributions.model import Contribution, State, Upload
from coopkg.contributions.partners import Partner
from coopkg.contributions.publication import publish, settle, submit

__all__ = [
    "Contribution",
    "Job",
    "Outcome",
    "Partner",
    "State",
    "Upload",
    "accept",
    "admit",
    "audit",
    "check",
    "document",
    "dry_run",
    "get",
    "listing",
    "may_write",
    "publish",
    "receive",
    "refuse",
    "settle",
    "submit",
    "undo",
    "withdraw",
]
