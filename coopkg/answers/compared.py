"""Two generations compared without asking either: triples, and open answers by question. Pure.

The answers are those of `answers.json`, sealed in each generation.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from coopkg.terms import LANGUAGES, compact

OPEN: Final = frozenset({"columns", "count", "sha256"})
LISTED: Final = 20_000
"""Entities that one comparison lists, at most."""
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
class Renamed:
    """A thing that is called otherwise, and the questions whose open answers show it."""

    iri: str
    was: Mapping[str, str]
    now: Mapping[str, str]
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Comparison:
    """What changed from one generation to the next: triples, and questions by slug."""

    added: int
    removed: int
    changes: tuple[Change, ...]
    entities: Mapping[str, tuple[int, int]] | None = None
    """Triples gained and lost by each entity that has changed; None when that is not known."""
    renamed: tuple[Renamed, ...] = ()
    """What has another name now: no row changes by it, but every page that shows it does."""

    @property
    def answers(self) -> frozenset[str]:
        """The questions whose open answers read otherwise: by their rows, or by a name in them."""
        by_rows = (one.slug for one in self.changes)
        return frozenset([*by_rows, *(slug for one in self.renamed for slug in one.answers)])

    @property
    def is_same(self) -> bool:
        """Tell whether nothing changed."""
        return not (self.added or self.removed or self.changes)


class Touched(NamedTuple):
    """Triples gained and lost, in all and by entity (None: they are too many to be listed)."""

    added: int
    removed: int
    entities: Mapping[str, tuple[int, int]] | None


def touched(older: bytes, newer: bytes, base: str) -> Touched:
    r"""Return what the default graphs of two N-Quads files gain and lose.

    Entities are the IRIs under `base` that stand at either end of a triple.

    >>> touched(b'<e:a> <b> "c" .\n', b'<e:a> <b> "d" .\n<a> <b> "c" <g> .\n', "e:")
    Touched(added=1, removed=1, entities={'e:a': (1, 1)})
    """
    before, after = _default(older), _default(newer)
    added, removed = after - before, before - after
    gained, lost = _ends(added, base.encode()), _ends(removed, base.encode())
    every = gained.keys() | lost.keys()
    entities = {iri.decode(): (gained[iri], lost[iri]) for iri in sorted(every)}
    return Touched(len(added), len(removed), entities if len(entities) <= LISTED else None)


def _ends(lines: Iterable[bytes], base: bytes) -> Counter[bytes]:
    """Count the triples of each entity: those that begin with it or end with it."""
    found: Counter[bytes] = Counter()
    for line in lines:
        subject, _, rest = line.partition(b" ")
        value = rest.partition(b" ")[2].removesuffix(b".").rstrip()
        ends = {subject, value} if not value.startswith(b'"') else {subject}
        found.update(one[1:-1] for one in ends if one.startswith(b"<" + base))
    return found


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


def renamed(
    older: Mapping[str, Mapping[str, Any]],
    newer: Mapping[str, Mapping[str, Any]],
    answers: Mapping[str, Any],
) -> tuple[Renamed, ...]:
    """Return what two `labels.json` call otherwise; `answers` are the newer open answers."""
    found = {}
    for iri in sorted(older.keys() & newer.keys()):
        was, now = ({lang: str(one[iri].get(lang, "")) for lang in LANGUAGES}
                    for one in (older, newer))  # fmt: skip
        if was != now:
            found[iri] = was, now
    short = {compact(iri): iri for iri in found}
    shown: dict[str, list[str]] = {iri: [] for iri in found}
    for slug, answer in sorted(answers.items()) if found else ():
        cells = {cell for row in answer.get("rows", ()) for cell in row}
        for name in sorted(cells & short.keys()):
            shown[short[name]].append(slug)
    return tuple(Renamed(iri, was, now, tuple(shown[iri])) for iri, (was, now) in found.items())


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
