"""What was worked out of the generation that is served, kept with all that it rests on.

Most of what the next generation answers is what this one does. Each piece of it is kept with what
it asked, the names and proofs that it read and the triples that it looked up; the next takes it as
it is when none of these has changed. A query that no quad of the change may touch gives what it
gave; another is asked again, and its rows compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Final, TypeVar

import pyoxigraph as ox

from coopkg.answers import Ask, Catalogue, Context, Solution
from coopkg.answers.reasons import graphs_of
from coopkg.build.patterns import Moved, patterns
from coopkg.terms import Term

T = TypeVar("T")
Key = tuple[Any, ...]
"""A query, and the terms put for its variables."""
Name = tuple[str, str]
"""A part of the catalogue, and what was looked for there; or a triple that was looked up."""
NAMES: Final = ("labels", "passages", "proofs")
STATED: Final = "stated"
EVERYTHING: Final = "*"


@dataclass(frozen=True)
class Piece:
    """Something worked out, and all that it rests on."""

    made: Any
    asked: tuple[Key, ...]
    read: frozenset[Name]


@dataclass(frozen=True)
class Memory:
    """What a generation gave: the rows of queries, where triples stand, and pieces made of them."""

    catalogue: Catalogue
    rows: Mapping[Key, Sequence[Solution]] = field(repr=False)
    stated: Mapping[str, tuple[str, ...]] = field(repr=False)
    pieces: Mapping[Key, Piece] = field(repr=False)


@dataclass(frozen=True)
class Remembering(Context):
    """A generation being made, asked with what is remembered of it and of the one before."""

    known: Known | None = None


def kept(context: Context, name: Key, work: Callable[[Context], T]) -> T:
    """Return what some work gives of a generation; it is not done again when it need not be.

    The work asks only the context, and gives something that nobody changes.
    """
    if isinstance(context, Remembering) and context.known is not None:
        return context.known.piece(name, partial(work, context))
    return work(context)


def remembering(ask: Ask, catalogue: Catalogue) -> Context:
    """Return a generation to be asked: each thing once, for a build asks much again and again."""
    return Known(ask, catalogue).context()


def recording(ask: Ask, catalogue: Catalogue) -> tuple[Context, Callable[[], Memory]]:
    """Return a generation to be asked, and what gives the memory of what was worked out of it."""
    known = _Recorded(ask, catalogue)
    return known.context(), known.memory


def resumed(before: Memory, ask: Ask, catalogue: Catalogue, moved: Iterable[ox.Quad]) -> Context:
    """Return a generation to be asked that differs from the one before by some quads."""
    return _Resumed(before, ask, catalogue, moved).context()


class Known:
    """What is known of a generation while it is made."""

    def __init__(self, ask: Ask, catalogue: Catalogue) -> None:
        self._raw, self._catalogue = ask, catalogue
        self._rows: dict[Key, Sequence[Solution]] = {}
        self._stated: dict[str, tuple[str, ...]] = {}

    def context(self) -> Context:
        """Return it to be asked."""
        return Remembering(self.ask, self._catalogue, "", "", graphs_of=self.graphs_of, known=self)

    def ask(self, query: str, substitutions: Mapping[str, Term]) -> Sequence[Solution]:
        """Return the rows of a query."""
        key = _key(query, substitutions)
        if key not in self._rows:
            self._rows[key] = self._found(key, query, substitutions)
        return self._rows[key]

    def _found(self, _: Key, query: str, substitutions: Mapping[str, Term]) -> Sequence[Solution]:
        return tuple(self._raw(query, substitutions))

    def graphs_of(self, lines: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        """Return the graphs that state triples, by their line."""
        known = self._stated
        new = [one for one in lines if one not in known]
        if new:
            found = graphs_of(self._raw, new)
            known.update((one, found.get(one, ())) for one in new)
        return {one: known[one] for one in lines if known[one]}

    def piece(self, _: Key, work: Callable[[], T]) -> T:
        """Return what some work gives."""
        return work()


class _Recorded(Known):
    """A generation all of whose pieces are kept."""

    def __init__(self, ask: Ask, catalogue: Catalogue) -> None:
        super().__init__(ask, catalogue)
        self._open: list[tuple[dict[Key, None], set[Name]]] = []
        self._pieces: dict[Key, Piece] = {}

    def context(self) -> Context:
        held = self._catalogue
        labels, passages, proofs = (_Read(one, getattr(held, one), self._read) for one in NAMES)
        return replace(super().context(), catalogue=Catalogue(labels, passages, proofs))

    def ask(self, query: str, substitutions: Mapping[str, Term]) -> Sequence[Solution]:
        patterns(query)  # read once, before it is needed
        for asked, _ in self._open:
            asked[_key(query, substitutions)] = None
        return super().ask(query, substitutions)

    def graphs_of(self, lines: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
        for one in lines:
            self._read((STATED, one))
        return super().graphs_of(lines)

    def piece(self, name: Key, work: Callable[[], T]) -> T:
        if name in self._pieces and not self._open:
            known: T = self._pieces[name].made
            return known
        asked: dict[Key, None] = {}
        read: set[Name] = set()
        self._open.append((asked, read))
        try:
            made = work()
        finally:
            self._open.pop()
        self._pieces[name] = Piece(made, tuple(asked), frozenset(read))
        return made

    def _read(self, name: Name) -> None:
        for _, read in self._open:
            read.add(name)

    def memory(self) -> Memory:
        """Return what was worked out so far."""
        return Memory(self._catalogue, self._rows, self._stated, self._pieces)


class _Resumed(Known):
    """A generation that differs from the one before by some quads."""

    def __init__(
        self, before: Memory, ask: Ask, catalogue: Catalogue, moved: Iterable[ox.Quad]
    ) -> None:
        super().__init__(ask, catalogue)
        moved = tuple(moved)
        self._before, self._moved = before, Moved(moved)
        lines = {f"{one.subject} {one.predicate} {one.object}" for one in moved}
        self._changed = {(STATED, one) for one in lines}
        for name in NAMES:
            self._changed |= _differing(name, before.catalogue, catalogue)
        self._stated = {one: at for one, at in before.stated.items() if one not in lines}
        self._same: dict[Key, bool] = {}

    def _found(self, key: Key, query: str, substitutions: Mapping[str, Term]) -> Sequence[Solution]:
        if key in self._before.rows and not self._moved.may_touch(query):
            return self._before.rows[key]
        return super()._found(key, query, substitutions)

    def piece(self, name: Key, work: Callable[[], T]) -> T:
        piece = self._before.pieces.get(name)
        if piece and self._changed.isdisjoint(piece.read) and all(map(self._is_same, piece.asked)):
            made: T = piece.made
            return made
        return work()

    def _is_same(self, key: Key) -> bool:
        """Tell whether a query gives what it gave, in the same order."""
        if key not in self._same:
            query, *given = key
            before = self._before.rows[key]
            now = self.ask(query, dict(given))
            self._same[key] = now is before or now == before
        return self._same[key]


def _key(query: str, substitutions: Mapping[str, Term]) -> Key:
    return (query, *sorted(substitutions.items(), key=str))


def _differing(name: str, before: Catalogue, now: Catalogue) -> set[Name]:
    """Return what is not as it was in a part of the catalogue."""
    old, new = getattr(before, name), getattr(now, name)
    found = {(name, one) for one in old.keys() | new.keys() if old.get(one) != new.get(one)}
    return {*found, (name, EVERYTHING)} if found else found


class _Read(Mapping[str, Any]):
    """A part of a catalogue that tells what is looked for there."""

    def __init__(
        self, name: str, held: Mapping[str, Any], looked_for: Callable[[Name], None]
    ) -> None:
        self._name, self._held, self._looked_for = name, held, looked_for

    def __getitem__(self, one: str) -> Any:
        self._looked_for((self._name, one))
        return self._held[one]

    def __iter__(self) -> Iterator[str]:
        self._looked_for((self._name, EVERYTHING))
        return iter(self._held)

    def __len__(self) -> int:
        self._looked_for((self._name, EVERYTHING))
        return len(self._held)
