"""Who asks: the partner whose token a request carries, in `Authorization: Bearer` alone.

A token in an address is not looked at: addresses are kept in logs and histories. Wrong tokens are
charged to who sends them as errors; nothing of a token is ever written anywhere.
"""

from __future__ import annotations

import re
from typing import Final

from flask import current_app, request

from coopkg.config import Settings
from coopkg.contributions import partners
from coopkg.contributions.partners import Partner
from coopkg.errors import UnauthorisedError
from coopkg.serve import metering
from coopkg.serve.problems import HTTPProblem

COST: Final = 15.0
"""What a wrong token takes of the errors of a client: twenty at once, then eight a minute."""
HEADER_MAX: Final = 4096
_BEARER: Final = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE)
_SCHEME: Final = re.compile(r"bearer(?:[\s,]|$)", re.IGNORECASE)


def bearer() -> Partner:
    """Return the partner whose token the request carries.

    Raises:
        UnauthorisedError: there is no token, or it opens nothing.
        HTTPProblem: 400 or 431; the header cannot be read.
        RateLimitError: this client has sent too many wrong ones.
    """
    header = request.headers.get("Authorization")
    if header is None:
        return opened("")
    if len(header) > HEADER_MAX:
        _charge()
        raise HTTPProblem(
            431,
            f"L’en-tête Authorization dépasse {HEADER_MAX} caractères.",
            f"The header Authorization is longer than {HEADER_MAX} characters.",
        )
    written = _BEARER.fullmatch(header)
    if written is None and _SCHEME.match(header):
        _charge()
        raise HTTPProblem(
            400,
            "L’en-tête Authorization attendu : Bearer, une espace, et le jeton.",
            "The header Authorization expected: Bearer, a space, and the token.",
            {"WWW-Authenticate": 'Bearer realm="partners", error="invalid_request"'},
        )
    return opened(written[1] if written else "")


def opened(token: str) -> Partner:
    """Return the partner that a token opens for; raises as `bearer`."""
    try:
        return partners.of_token(settings().home, token)
    except UnauthorisedError as error:
        if error.rule != "no-token":
            _charge()
        raise


def settings() -> Settings:
    """Return the settings of this application."""
    found: Settings = current_app.extensions["coopkg_settings"]
    return found


def _charge() -> None:
    """Charge a wrong token.

    Raises:
        RateLimitError: too many came from there.
    """
    shares = current_app.extensions.get(metering.EXTENSION)
    if shares is not None:
        client = request.remote_addr or ""
        shares.check(client)
        shares.charge(client, errors=COST)
