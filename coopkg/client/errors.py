"""What a client says went wrong, and how it reads that from what the service answered."""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from typing import Any, Final

from SPARQLWrapper.SPARQLExceptions import SPARQLWrapperException

from coopkg.errors import CoopkgError


class ServiceError(CoopkgError):
    """The service refused or failed; `problem` is its problem document (RFC 9457), as far as given.

    `status` is the status of HTTP, 0 when there was no answer.
    """

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        detail = str(problem.get("detail") or problem.get("title") or "?")
        said = [(fr, en, problem[en]) for fr, en in _PLACE if en in problem]
        super().__init__(
            f"{status}{''.join(f', {fr} {n}' for fr, _, n in said)} : {detail}",
            f"{status}{''.join(f', {en} {n}' for _, en, n in said)}: {detail}",
        )
        self.status = status
        self.problem = dict(problem)


class UnaskedError(ServiceError):
    """The client itself refuses, and says why in both languages."""

    def __init__(self, fr: str, en: str) -> None:
        CoopkgError.__init__(self, fr, en)
        self.status = 0
        self.problem = {"detail": en}


_PLACE: Final = (("ligne", "line"), ("colonne", "column"))
_STATUS: Final = {
    "QueryBadFormed": 400,
    "Unauthorized": 401,
    "EndPointNotFound": 404,
    "URITooLong": 414,
    "EndPointInternalError": 500,
}


def status(error: SPARQLWrapperException) -> int:
    """Return the status of HTTP that SPARQLWrapper made an exception of; 0 when it had none."""
    return _STATUS.get(type(error).__name__, 0)


def body(error: SPARQLWrapperException) -> bytes:
    """Return what the service answered: SPARQLWrapper keeps it as text of its own message."""
    _, _, quoted = str(error).partition("Response:\n")
    try:
        found = ast.literal_eval(quoted)
    except (ValueError, SyntaxError):
        found = str(error).encode()
    return bytes(found)


def problem(body: bytes) -> dict[str, Any]:
    """Return the problem document of an answer; its text as the detail when it is none."""
    try:
        found = json.loads(body)
    except ValueError:
        return {"detail": body.decode("utf-8", "replace")[:500]}
    return found if isinstance(found, dict) else {"detail": str(found)[:500]}
