"""Two generations compared without asking either: triples, and open answers by question. Pure.

The answers are those of `answers.json`, sealed in each generation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

OPEN: Final = frozenset({"columns", "count", "sha256"})
SHOWN: Final = 3
"""Rows of one question that a comparison quotes, gained and lost."""

Row = tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """What happened to one question: rows gained and lost, or None when only counts are known.

    `was` and `now` are counts of rows; None when there was, or is, no such question.
    """

    slug: str
    was: int | None
    now: int | None
    gained: tuple[Row, ...] | None = None
    lost: tuple[Row, ...] | None = None


@dataclass(frozen=True)
class Comparison:
    """What changed from one generation to the next: triples, and questions by slug."""

    added: int
    removed: int
    changes: tuple[Change, ...]

    @property
    def is_same(self) -> bool:
        """Tell whether nothing changed."""
        return not (self.added or self.removed or self.changes)


def triples(older: bytes, newer: bytes) -> tuple[int, int]:
    r"""Return how many triples of the default graph two N-Quads files gain and lose.

    >>> triples(b'<a> <b> "c" .\n', b'<a> <b> "d" .\n<a> <b> "c" <g> .\n')
    (1, 1)
    """
    before, after = _default(older), _default(newer)
    return len(after - before), len(before - after)


def _default(quads: bytes) -> set[bytes]:
    """Return the lines of the default graph: those that end without the name of a graph."""
    return {line for line in quads.splitlines() if line and not _is_named(line)}


def _is_named(line: bytes) -> bool:
    """Tell whether an N-Quads line of a store names a graph.

    After the object, only a graph can stand; an object that is an IRI or a blank node is the third
    term, and a literal ends with a quote, its language or its datatype.
    """
    body = line.removesuffix(b".").rstrip()
    quote = body.rfind(b'"')
    if quote >= 0:
        return b" " in body[quote:]
    return body.count(b" ") == 3


def are_answers(sealed: Any) -> bool:
    """Tell whether this is what `answers.json` holds, in the shape this program writes."""
    return isinstance(sealed, Mapping) and all(
        isinstance(one, Mapping) and one.keys() >= OPEN for one in sealed.values()
    )


def answers(older: Mapping[str, Any], newer: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return the questions whose open answer changed, by slug."""
    found = []
    for slug in sorted({*older, *newer}):
        was, now = older.get(slug), newer.get(slug)
        if was is None or now is None:
            found.append(Change(slug, _count(was), _count(now)))
        elif was["sha256"] != now["sha256"]:
            found.append(_changed(slug, was, now))
    return tuple(found)


def _count(answer: Mapping[str, Any] | None) -> int | None:
    return None if answer is None else int(answer["count"])


def _changed(slug: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Change:
    comparable = "rows" in was and "rows" in now and was["columns"] == now["columns"]
    if not comparable:
        return Change(slug, was["count"], now["count"])
    before, after = _rows(was["rows"]), _rows(now["rows"])
    return Change(
        slug,
        was["count"],
        now["count"],
        tuple(sorted(after - before)),
        tuple(sorted(before - after)),
    )


def _rows(listed: Iterable[Iterable[str]]) -> set[Row]:
    return {tuple(row) for row in listed}
