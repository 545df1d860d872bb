"""The canonical form of an answer, whose SHA-256 a receipt keeps. Pure; see docs/citation.md.

Change nothing here without a new `FORMAT`: every receipt ever given rests on it.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from coopkg.errors import UncitableError

FORMAT: Final = 1
XSD_STRING: Final = "http://www.w3.org/2001/XMLSchema#string"
# RDFC-1.0 tries every order of blank nodes that look the same: nine that all point at one another
# took it 67 s, four take it 1 ms.
ALIKE_MOST: Final = 4
KNOT_MOST: Final = 64
BLANK_MOST: Final = 2_000

_ESCAPED: Final = re.compile(r'[\x00-\x1f\x7f"\\]')
_SHORT: Final = {
    "\b": "\\b",
    "\t": "\\t",
    "\n": "\\n",
    "\f": "\\f",
    "\r": "\\r",
    '"': '\\"',
    "\\": "\\\\",
}

Value: TypeAlias = Any  # a term or a quoted triple of pyoxigraph, or None
Row: TypeAlias = tuple[Value, ...]


def term(value: Value) -> str:
    r"""Write a term as canonical N-Triples does (RDF 1.2 N-Triples, section 4); nothing for None.

    >>> term(ox.Literal("é\n", language="fr")), term(None)
    ('"é\\n"@fr', '')
    """
    if value is None:
        return ""
    if isinstance(value, ox.NamedNode):
        return f"<{value.value}>"
    if isinstance(value, ox.BlankNode):
        return f"_:{value.value}"
    if isinstance(value, ox.Triple):
        inside = " ".join(term(part) for part in (value.subject, value.predicate, value.object))
        return f"<<( {inside} )>>"
    text = _ESCAPED.sub(lambda one: _SHORT.get(one[0], f"\\u{ord(one[0]):04X}"), value.value)
    if value.language:
        direction = getattr(value, "direction", None)
        return f'"{text}"@{value.language}' + (f"--{_way(direction)}" if direction else "")
    kind = value.datatype.value
    return f'"{text}"' if kind == XSD_STRING else f'"{text}"^^<{kind}>'


def _way(direction: Any) -> str:
    return str(getattr(direction, "value", direction))


@dataclass(frozen=True)
class Found:
    """An answer: its form, the names of its columns, and its rows in the order they came."""

    form: str
    names: tuple[str, ...]
    rows: tuple[Row, ...]

    def lines(self) -> list[str]:
        """Return each row as a line of terms, in the order they came."""
        if self.form == "ASK":
            return [str(row[0]) for row in self.rows]
        if self.form == "SELECT":
            return ["\t".join(term(value) for value in row) for row in self.rows]
        return [" ".join(term(value) for value in row) + " ." for row in self.rows]

    def text(self, *, ordered: bool) -> bytes:
        """Return the canonical form: a line for the names when there are any, then the rows.

        They are sorted by their characters, unless their order belongs to the answer.
        """
        lines = self.lines() if ordered else sorted(self.lines())
        head = ["\t".join(f"?{name}" for name in self.names)] if self.form == "SELECT" else []
        return "".join(line + "\n" for line in [*head, *lines]).encode()

    def sha256(self, *, ordered: bool) -> str:
        """Return the SHA-256 of the canonical form, in hexadecimal."""
        return hashlib.sha256(self.text(ordered=ordered)).hexdigest()


def boolean(value: bool) -> Found:
    """Return the answer of an ASK."""
    return Found("ASK", (), (("true" if value else "false",),))


def solutions(names: Sequence[str], rows: Iterable[Sequence[Value]]) -> Found:
    """Return the answer of a SELECT.

    Raises:
        UncitableError: a blank node, whose name is another one tomorrow.
    """
    found = tuple(tuple(row) for row in rows)
    if any(_is_blank(value) for row in found for value in row):
        raise UncitableError(
            "blank-node",
            "la réponse contient un nœud anonyme, dont le nom change d’une fois à l’autre ; "
            "demandez des IRI ou des littéraux (FILTER(!isBlank(?x)))",
            "the answer holds a blank node, whose name changes from one time to the next; "
            "ask for IRIs or literals (FILTER(!isBlank(?x)))",
        )
    return Found("SELECT", tuple(names), found)


def _is_blank(value: Value) -> bool:
    if isinstance(value, ox.Triple):
        return _is_blank(value.subject) or _is_blank(value.object)
    return isinstance(value, ox.BlankNode)


def graph(form: str, triples: Iterable[ox.Triple]) -> Found:
    """Return the answer of a CONSTRUCT or DESCRIBE: each triple once, blank nodes named.

    Raises:
        UncitableError: its blank nodes are too many or too entangled to be named in good time.
    """
    once = {str(one): one for one in triples}.values()
    blank = [one for one in once if any(_is_blank(part) for part in _parts(one))]
    named: Iterable[ox.Triple] = once
    if blank:
        _refuse_knots(blank)
        whole = ox.Dataset(ox.Quad(*_parts(one)) for one in once)
        whole.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        named = [ox.Triple(one.subject, one.predicate, one.object) for one in whole]
    rows = sorted((_parts(one) for one in named), key=lambda row: [term(part) for part in row])
    return Found(form, (), tuple(rows))


def _parts(triple: ox.Triple) -> tuple[Any, Any, Any]:
    return triple.subject, triple.predicate, triple.object


def _refuse_knots(triples: Sequence[ox.Triple]) -> None:
    """Refuse the graphs on which RDFC-1.0 could take for ever."""
    around: dict[str, list[ox.Triple]] = defaultdict(list)
    near: dict[str, set[str]] = defaultdict(set)
    for one in triples:
        blank = [part.value for part in _parts(one) if isinstance(part, ox.BlankNode)]
        if any(isinstance(part, ox.Triple) and _is_blank(part) for part in _parts(one)):
            raise _knot()
        for name in blank:
            around[name].append(one)
            near[name].update(blank)
    if len(around) > BLANK_MOST:
        raise _knot()
    for knot in _components(near):
        looks = Counter(_look(name, around[name]) for name in knot)
        alike = sum(count for count in looks.values() if count > 1)
        if len(knot) > KNOT_MOST or alike > ALIKE_MOST:
            raise _knot()


def _look(name: str, triples: Iterable[ox.Triple]) -> tuple[str, ...]:
    """Return what a blank node looks like from near: its triples, itself `a`, others `z`."""

    def write(part: Value) -> str:
        if isinstance(part, ox.BlankNode):
            return "a" if part.value == name else "z"
        return term(part)

    return tuple(sorted(" ".join(write(part) for part in _parts(one)) for one in triples))


def _components(near: dict[str, set[str]]) -> list[set[str]]:
    left, found = set(near), []
    while left:
        knot, todo = set(), [left.pop()]
        while todo:
            name = todo.pop()
            if name not in knot:
                knot.add(name)
                todo.extend(near[name])
        left -= knot
        found.append(knot)
    return found


def _knot() -> UncitableError:
    return UncitableError(
        "blank-nodes",
        "les nœuds anonymes de ce graphe sont trop nombreux, ou trop semblables et liés entre eux, "
        "pour recevoir des noms stables ; donnez-leur des IRI dans le CONSTRUCT",
        "the blank nodes of this graph are too many, or too alike and too entangled, to be given "
        "names that last; give them IRIs in the CONSTRUCT",
    )
