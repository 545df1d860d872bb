"""Where each triple of a Turtle or TriG file stands: its subject, its predicate, its value.

The parser says what a file holds, not where. So the file is read a second time, only for its
structure, and both readings are laid side by side: the triples of one subject and predicate come
in the same order in both. Terms are then always the parser's, and places always the file's.
"""

from __future__ import annotations

from array import array
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias, overload

from pyoxigraph import BlankNode, Quad

from coopkg.build.turtle.words import Names, Text, Word
from coopkg.terms import PREFIXES

RDF: Final = PREFIXES["rdf"]
DIRECTIVES: Final = frozenset({"prefix", "base", "version"})

Node: TypeAlias = str | int
"""A subject: an IRI in `<…>`, a label after `_:`, or the number of an anonymous node."""


class Statement(NamedTuple):
    """One triple as written. `value` is None unless it is an anonymous node."""

    subject: Node
    predicate: str
    value: int | None
    offsets: tuple[int, int, int]


class Place(NamedTuple):
    """The line and column, from 1, of the subject, the predicate and the value of a triple."""

    subject: tuple[int, int]
    predicate: tuple[int, int]
    value: tuple[int, int]


class Misread(ValueError):  # noqa: N818 - it names the fact: two readings that differ
    """The second reading does not agree with the parser's, so places are not known."""


class Places(Sequence[Place]):
    """The place of each quad of a file; kept as offsets, for files may be large."""

    def __init__(self, text: Text, offsets: array[int]) -> None:
        self._text = text
        self._offsets = offsets

    def __len__(self) -> int:
        return len(self._offsets) // 3

    @overload
    def __getitem__(self, number: int) -> Place: ...
    @overload
    def __getitem__(self, number: slice) -> Sequence[Place]: ...
    def __getitem__(self, number: int | slice) -> Place | Sequence[Place]:
        numbers = range(len(self))[number]
        if isinstance(numbers, range):
            return tuple(self[one] for one in numbers)
        subject, predicate, value = self._offsets[3 * numbers : 3 * numbers + 3]
        return Place(*(self._text.place(at) for at in (subject, predicate, value)))


def places(content: str, quads: Sequence[Quad]) -> Places:
    """Return the place of each quad that the parser found in a file, in the parser's order.

    Raises:
        Misread: the two readings differ, which no file should make them do.
    """
    text = Text(content)
    offsets = array("q", [-1]) * (3 * len(quads))
    has_nodes = any(
        isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode) for quad in quads
    )
    pairs = _side_by_side(text, quads) if has_nodes else _one_by_one(text, quads)
    count = 0
    for number, found in pairs:
        offsets[3 * number : 3 * number + 3] = array("q", found)
        count += 1
    if count != len(quads):
        raise Misread(f"{len(quads) - count} triples were not found again")
    return Places(text, offsets)


Pairs: TypeAlias = Iterator[tuple[int, tuple[int, int, int]]]
"""The number of a quad, and the offsets of its subject, its predicate and its value."""


def _one_by_one(text: Text, quads: Sequence[Quad]) -> Pairs:
    """Pair the quads of a file without anonymous nodes: both readings have one order."""
    for number, (subject, predicate, _, offsets) in enumerate(statements(text)):
        quad = quads[number] if number < len(quads) else None
        if quad is None or quad.predicate.value != predicate or str(quad.subject) != subject:
            raise Misread(f"{subject} {predicate} at {text.place(offsets[1])}")
        yield number, offsets


def _side_by_side(text: Text, quads: Sequence[Quad]) -> Pairs:
    """Pair the quads of a file with anonymous nodes, whose order is the parser's own."""
    # The parser gives `rdf:rest` before an `rdf:first` that is a plain string, so the order of
    # a subject's triples is only relied upon among those with the same predicate.
    waiting: dict[tuple[str, str], deque[int]] = defaultdict(deque)
    for number, quad in enumerate(quads):
        waiting[str(quad.subject), quad.predicate.value].append(number)
    roots = _roots(text, quads)
    known: dict[int, str] = {}
    for subject, predicate, value, offsets in statements(text):
        if isinstance(subject, int):
            node = known[subject] if subject in known else next(roots, "")
            known[subject] = node
        else:
            node = subject
        if not waiting[node, predicate]:
            raise Misread(f"{node} {predicate} at {text.place(offsets[1])}")
        number = waiting[node, predicate].popleft()
        if value is not None:
            known[value] = str(quads[number].object)
        yield number, offsets


def _roots(text: Text, quads: Sequence[Quad]) -> Iterator[str]:
    """Yield the anonymous nodes that are the value of nothing, in order."""
    nodes = dict.fromkeys(quad.subject for quad in quads if isinstance(quad.subject, BlankNode))
    values = {quad.object for quad in quads if isinstance(quad.object, BlankNode)}
    labels = {word.text for word in text.words() if word.kind == "blank"}
    yield from (str(node) for node in nodes if node not in values and str(node) not in labels)


# --- The second reading --------------------------------------------------------------------


def statements(text: Text) -> Iterator[Statement]:
    """Yield the triples of a file in the order they are written, outer before inner.

    The file is one that the parser accepted: nothing is checked here.

    Raises:
        Misread: it was not.
    """
    return _Reader(text).statements()


@dataclass
class _Open:
    """Something begun: a statement, a `[…]`, or a `(…)` that moves from cell to cell."""

    subject: Node
    offset: int
    is_list: bool = False
    predicate: tuple[str, int] | None = None


class _Reader:
    """A stack, not recursion: Turtle nests as deep as it likes."""

    def __init__(self, text: Text) -> None:
        self._words = text.words()
        self._ahead: Word | None = next(self._words, None)
        self._names = Names()
        self._open: list[_Open] = []
        self._nodes = 0

    def statements(self) -> Iterator[Statement]:
        try:
            while self._ahead is not None:
                if not self._open:
                    self._begin(self._next())
                elif self._open[-1].is_list:
                    yield from self._element(self._open[-1], self._next())
                elif self._open[-1].predicate is None:
                    self._verb(self._open[-1], self._next())
                else:
                    yield from self._value_or_end(self._open[-1], self._next())
        except KeyError as error:
            raise Misread(f"undeclared prefix {error}") from error

    def _next(self) -> Word:
        word = self._ahead
        if word is None:
            raise Misread("the file ends early")
        self._ahead = next(self._words, None)
        return word

    def _node(self) -> int:
        self._nodes += 1
        return self._nodes

    def _iri(self, word: Word) -> str:
        if word.kind == "iri":
            return self._names.iri(word.text)
        return self._names.expand(word.text)

    def _begin(self, word: Word) -> None:
        """Read what stands outside statements, or the subject of one."""
        if word.text.removeprefix("@").lower() in DIRECTIVES and word.kind in {"at", "word"}:
            self._directive(word)
        elif word.text in {"[", "("}:
            self._begin_with_bracket(word)
        elif word.kind == "blank":
            self._open.append(_Open(word.text, word.offset))
        elif word.kind in {"iri", "name"}:
            self._open.append(_Open(f"<{self._iri(word)}>", word.offset))
        elif word.text not in {"{", "}", "."} and word.text.lower() != "graph":
            raise Misread(f"{word.text!r} begins no statement")

    def _directive(self, word: Word) -> None:
        name = word.text.removeprefix("@").lower()
        prefix = self._next().text if name == "prefix" else ""
        value = self._next().text
        if name == "prefix":
            self._names.declare(prefix, value)
        elif name == "base":
            self._names.base = self._names.iri(value)

    def _begin_with_bracket(self, word: Word) -> None:
        if word.text == "(" and self._ahead and self._ahead.text == ")":
            self._next()
            self._open.append(_Open(f"<{RDF}nil>", word.offset))
            return
        node = self._node()
        self._open.append(_Open(node, word.offset))
        self._open.append(_Open(node, word.offset, is_list=word.text == "("))

    def _verb(self, top: _Open, word: Word) -> None:
        if word.text in {".", "]", "}", "{"}:  # "{": what was begun is the name of a graph
            self._open.pop()
        elif word.text != ";":
            iri = RDF + "type" if word.text == "a" else self._iri(word)
            top.predicate = iri, word.offset

    def _value_or_end(self, top: _Open, word: Word) -> Iterator[Statement]:
        if word.text in {".", "]", "}"}:
            self._open.pop()
        elif word.text == ";":
            top.predicate = None
        elif word.text != ",":
            assert top.predicate is not None
            predicate, offset = top.predicate
            offsets = top.offset, offset, word.offset
            yield Statement(top.subject, predicate, self._value(word), offsets)

    def _value(self, word: Word) -> int | None:
        """Read the rest of a value; return its number when it is an anonymous node."""
        if word.text in {"[", "("}:
            if word.text == "(" and self._ahead and self._ahead.text == ")":
                self._next()
                return None
            node = self._node()
            self._open.append(_Open(node, word.offset, is_list=word.text == "("))
            return node
        if word.kind == "string" and self._ahead and self._ahead.kind == "at":
            self._next()
        elif word.kind == "string" and self._ahead and self._ahead.text == "^^":
            self._next()
            self._next()
        return None

    def _element(self, top: _Open, word: Word) -> Iterator[Statement]:
        """Read one element of a list, or its end: `rdf:first` and `rdf:rest` are not written."""
        offsets = top.offset, word.offset, word.offset
        if word.text == ")":
            self._open.pop()
            yield Statement(top.subject, RDF + "rest", None, offsets)
            return
        if top.predicate is not None:
            cell = self._node()
            yield Statement(top.subject, RDF + "rest", cell, offsets)
            top.subject, top.offset = cell, word.offset
        top.predicate = RDF + "first", word.offset
        offsets = top.offset, word.offset, word.offset
        yield Statement(top.subject, RDF + "first", self._value(word), offsets)
