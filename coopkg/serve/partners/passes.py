"""Signed values: the address of a contribution, and a page that goes on without the token again.

There is no cookie and no session. A code is of one contribution and shows what became of it. A
pass is of one partner and one token, stands in a hidden field, and lasts half an hour.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from coopkg import durable
from coopkg.contributions import ledger, partners
from coopkg.contributions.partners import Partner
from coopkg.errors import UnauthorisedError, UnknownError
from coopkg.serve.partners.tokens import settings

LIFE_S: Final = 1800
KEY_BYTES: Final = 32
_making: Final = threading.Lock()


def code(name: str) -> str:
    """Return what opens the page of a contribution to who was given its address."""
    return _mac("contribution", name)[:32]


def opens(name: str, given: str) -> bool:
    """Tell whether a code is that of a contribution."""
    return hmac.compare_digest(code(name).encode(), given.encode("utf-8", "replace"))


def issue(partner: Partner, now: float | None = None) -> str:
    """Return a pass for who has just shown the token of a partner."""
    end = int((now if now is not None else time.time()) + LIFE_S)
    said = f"{partner.name}.{partner.tokens[-1].name}.{end}"
    return f"{said}.{_mac('pass', said)[:40]}"


def partner_of(given: str, now: float | None = None) -> Partner:
    """Return the partner whose pass this is.

    Raises:
        UnauthorisedError: it is not one, it is over, or the token behind it is.
    """
    said, _, mac = given.rpartition(".")
    if not said or not hmac.compare_digest(
        _mac("pass", said)[:40].encode(), mac.encode("utf-8", "replace")
    ):
        raise _over()
    name, token, end = said.split(".")
    if int(end) < (now if now is not None else time.time()):
        raise _over()
    try:
        one = partners.find(settings().home, name)
    except UnknownError:
        raise _over() from None
    if one.revoked or one.tokens[-1].revoked or one.tokens[-1].name != token:
        raise _over()
    return one


def _over() -> UnauthorisedError:
    return UnauthorisedError(
        "pass-over",
        "cette page a été ouverte il y a trop longtemps : donnez à nouveau le jeton",
        "this page was opened too long ago: give the token again",
    )


def _mac(purpose: str, text: str) -> str:
    key = _key(ledger.of(settings().home).folder / "key")
    message = f"{purpose}\0{text}".encode("utf-8", "replace")
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def _key(path: Path) -> bytes:
    """Return the secret of this installation, made when it is first needed."""
    with _making:
        with suppress(OSError):
            found = path.read_bytes()
            if len(found) == KEY_BYTES:
                return found
        durable.make_directory(path.parent)
        made = secrets.token_bytes(KEY_BYTES)
        path.unlink(missing_ok=True)  # half of one, cut by a crash
        durable.create(path, made, 0o600)
        durable.sync_directory(path.parent)
        return made
