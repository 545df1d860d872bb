"""Signed values: the address of a contribution, and a page that goes on without the token again.

There is no cookie and no session. A code is of one contribution and shows what became of it. A
pass is of one partner and one token, stands in a hidden field, and lasts half an hour.
"""

from __future__ import annotations

import hmac
import time
from typing import Final

from coopkg.contributions import keys, partners
from coopkg.contributions.partners import Partner
from coopkg.errors import UnauthorisedError, UnknownError
from coopkg.serve.partners.tokens import settings

LIFE_S: Final = 1800


def code(name: str) -> str:
    """Return what opens the page of a contribution to who was given its address."""
    return _mac("contribution", name)[:32]


def opens(name: str, given: str) -> bool:
    """Tell whether a code is that of a contribution."""
    return hmac.compare_digest(code(name).encode(), given.encode("utf-8", "replace"))


def feed(partner: Partner) -> str:
    """Return what opens the whole feed of a partner, as long as its token is the same."""
    return _mac("feed", f"{partner.name}\0{partner.tokens[-1].name}")[:32]


def opens_feed(partner: Partner, given: str) -> bool:
    """Tell whether a code opens the whole feed of a partner."""
    is_open = not (partner.revoked or partner.tokens[-1].revoked)
    return is_open and hmac.compare_digest(feed(partner).encode(), given.encode("utf-8", "replace"))


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
    return keys.mac(settings().home, purpose, text).hex()
