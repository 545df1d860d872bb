"""A query with its faults mended; nothing is offered that would leave something to say of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coopkg.engine import admit
from coopkg.engine.hints import Edit, diagnose
from coopkg.errors import CoopkgError, Lang
from coopkg.serve.service import Service
from coopkg.serve.sparql import check

MOST: Final = 5
"""Changes made one after the other: each is looked for anew in what the one before gave."""

Change = Mapping[str, int | str]


def mended(query: str, change: Change, service: Service | None, lang: Lang) -> str | None:
    """Return a query with a change made, and those that it still needs; None when that fails.

    It mends only when the rules then say nothing and the engine accepts the query.
    """
    known = check.vocabulary(service.generation) if service else None
    text = _made(query, change)
    for _ in range(MOST):
        found = diagnose(text, known, lang)
        if not found:
            return text if _accepted(text, service) else None
        following = next((one.edit for one in found if one.edit is not None), None)
        if following is None:
            return None
        text = _made(text, following)
    return None


def _accepted(query: str, service: Service | None) -> bool:
    try:
        admitted = admit(query)
    except CoopkgError:
        return False
    return service is None or check.refused_by(service.engine, admitted) is None


def _made(query: str, change: Change) -> str:
    lines = query.split("\n")

    def offset(line: str, column: str) -> int:
        before = int(change[line]) - 1
        return sum(len(one) + 1 for one in lines[:before]) + int(change[column]) - 1

    start, end = offset("line", "column"), offset("end_line", "end_column")
    return Edit(start, end, str(change["text"])).apply(query)
