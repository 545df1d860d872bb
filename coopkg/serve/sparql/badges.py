"""Which rows rest on inference: those that the same query does not give without it.

The query is asked a second time, on the stated facts alone. When that fails, or can tell nothing,
the page says so: a row without a badge must never pass for a stated one in silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from coopkg.engine import Admitted, Result, admit
from coopkg.errors import CoopkgError, Lang
from coopkg.serve.sparql import solutions
from coopkg.serve.sparql.protocol import Asked
from coopkg.serve.sparql.solutions import Solutions

State = Literal["", "marked", "none", "offered", "undecided", "not-applicable", "failed"]

ROWS: Final = 500
SECONDS: Final = 0.3
"""Up to so many rows and seconds, rows are marked unasked."""


@dataclass(frozen=True)
class Badges:
    """What is known of the rows: the numbers of the inferred ones, or why they are not known."""

    state: State = ""
    inferred: frozenset[int] = field(default=frozenset())
    reason: str = ""


def mark(
    found: Solutions,
    asked: Asked,
    elapsed_s: float,
    wanted: str,
    run: Callable[[Asked], Result],
    lang: Lang,
) -> Badges:
    """Mark the rows of an answer; `wanted` is on, off or empty, which marks small answers."""
    if wanted == "off" or not asked.dataset.inference or not found.rows:
        return Badges()
    if not wanted and (found.total > ROWS or elapsed_s > SECONDS):
        return Badges("offered")
    try:
        admitted = admit(asked.query or "")
        if _names_its_graphs(asked, admitted):
            return Badges("not-applicable")
        plain = run(replace(asked, dataset=replace(asked.dataset, inference=False)))
        stated = read(plain)
    except CoopkgError as error:
        return Badges("failed", reason=error.message(lang))
    if found.cut or stated.cut:
        return Badges("undecided")
    inferred = _missing(found, stated)
    if inferred and not _keeps_its_rows(admitted):
        return Badges("undecided")
    return Badges("marked" if inferred else "none", inferred)


def read(result: Result) -> Solutions:
    """Read the rows or triples of a result."""
    if result.kind == "graph":
        return solutions.of_graph(result.body)
    return solutions.of_bindings(result.body)


def _names_its_graphs(asked: Asked, admitted: Admitted) -> bool:
    """Tell whether the query is asked on graphs of its own: inference changes nothing then."""
    given = asked.dataset.default is not None or asked.dataset.named is not None
    return given or bool(admitted.dataset)


def _missing(found: Solutions, stated: Solutions) -> frozenset[int]:
    """Return the rows that the stated facts do not give, each as often as it comes."""
    left = Counter(solutions.same(stated.rows))
    missing = set()
    for number, row in enumerate(solutions.same(found.rows)):
        if left[row]:
            left[row] -= 1
        else:
            missing.add(number)
    return frozenset(missing)


def _keeps_its_rows(admitted: Admitted) -> bool:
    """Tell whether fewer facts can only take rows away, not push others out of a LIMIT."""
    words = {token.keyword for token in admitted.tokens if token.kind == "word"}
    return "OFFSET" not in words and ("LIMIT" not in words or "ORDER" in words)
