"""Warnings about variables: written once, never bound, or sets of patterns that nothing joins."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from coopkg.engine.hints import model
from coopkg.engine.hints.finding import Finding, at
from coopkg.engine.hints.model import Bound, Level, Model, Select, Triple
from coopkg.engine.hints.nearest import distance, folded
from coopkg.engine.hints.scene import Scene
from coopkg.engine.hints.vocabulary import Vocabulary
from coopkg.sparql_grammar import Node
from coopkg.sparql_tokens import Token

_SHORTEST: Final = 4  # of a name that may be a misspelling of another
_LONG: Final = 8  # of one in which two letters may differ


def warnings(scene: Scene, found: Model, known: Vocabulary) -> Iterator[Finding]:
    """Yield the warnings about variables."""
    tokens = [token for token in scene.tokens if token.kind == "var"]
    count = Counter(token.value for token in tokens)
    bound = _bound(found)
    told: set[str] = set()
    for token in tokens:
        name = token.value
        if name in told:
            continue
        if name not in bound:
            told.add(name)
            yield _never(token, _twin(name, bound, slack=1))
        elif count[name] == 1 and (slip := _verb(found, known, token)) is not None:
            told.add(name)
            yield slip
        elif count[name] == 1:
            twin = _twin(name, {one for one in count if count[one] > 1})
            if twin is not None:
                told.add(name)
                yield _once(token, twin)
    for level in found.query.where.everything():
        yield from _products(level)


def _bound(found: Model) -> set[str]:
    """Return the variables that something gives a value, anywhere in the query."""
    names: set[str] = set()
    for level in found.query.where.everything():
        for one in level.elements:
            if isinstance(one, Triple | Bound):
                names |= model.seen_in(one)
        if level.graph is not None and level.graph.kind == "var":
            names.add(level.graph.name)
    for select in found.selects:
        names |= {token.value for token, computed in select.listed() if computed is not None}
        names |= {name for group in select.modifiers("GroupBy") for name in _named(group)}
    return names


def _named(group: Node) -> Iterator[str]:
    """Yield the variables that GROUP BY ( … AS ?x ) makes."""
    for grouped in group.nodes("Grouped"):
        if any(True for _ in grouped.nodes("Expression")):
            yield from (next(var.tokens()).value for var in grouped.nodes("Var"))


def _twin(name: str, among: Iterable[str], slack: int = 0) -> str | None:
    """Return the variable that a name may be a misspelling of, unless they differ by a number."""
    if len(name) < _SHORTEST - slack:
        return None
    plain = folded(name)
    best: tuple[int, str] | None = None
    for other in sorted(among):
        theirs = folded(other)
        if other == name or plain.rstrip("0123456789") == theirs.rstrip("0123456789") != plain:
            continue
        plural = {plain + "s", theirs + "s"} & {plain, theirs}
        if not slack and (len(other) < _SHORTEST or plural):
            continue
        most = 1 if len(plain) < _LONG and not slack else 2
        apart = distance(plain, theirs, most)
        if apart <= most and apart * 2 <= max(len(plain), len(theirs)):
            best = min(best or (apart, other), (apart, other))
    return best[1] if best else None


def _never(token: Token, twin: str | None) -> Finding:
    return at(
        token,
        "variable-never-bound",
        (
            f"rien ne donne de valeur à {token.text} : elle sera toujours vide",
            f"nothing gives {token.text} a value: it will always be empty",
        ),
        (f"peut-être ?{twin}", f"perhaps ?{twin}") if twin else None,
        f"?{twin}" if twin else None,
    )


def _once(token: Token, twin: str) -> Finding:
    return at(
        token,
        "variable-once",
        (
            f"{token.text} n’est écrite qu’une fois, et ressemble à ?{twin}",
            f"{token.text} is written only once, and looks like ?{twin}",
        ),
        (f"peut-être ?{twin}", f"perhaps ?{twin}"),
        f"?{twin}",
    )


def _verb(found: Model, known: Vocabulary, token: Token) -> Finding | None:
    """Tell of `?x ?a coop:Country`, where `a` was meant."""
    if token.value.lower() != "a":
        return None
    for level in found.query.where.everything():
        for triple in level.triples:
            predicate = triple.predicate
            here = predicate is not None and predicate.tokens[0] == token
            if here and triple.object.name in known.classes:
                return at(
                    token,
                    "a-without-question-mark",
                    (
                        f"{token.text} est une variable ; « a » (est un), sans ?, dit la classe",
                        f"{token.text} is a variable; “a” (is a), without ?, says the class",
                    ),
                    ("écrivez a", "write a"),
                    "a",
                )
    return None


# --- products


def _products(level: Level) -> Iterator[Finding]:
    """Yield the first pattern of each part of a group that no variable joins to the first part.

    Everything that mentions two variables joins them: a FILTER that compares them too.
    """
    triples = [triple for triple in level.triples if any(term.joins for term in triple.terms)]
    if len(triples) < 2:
        return
    parts = _Parts()
    for triple in triples:
        parts.join(term.name for term in triple.terms if term.joins)
    for one in level.elements:
        if isinstance(one, Level | Select | Node):
            parts.join(_mentioned(one))
    if level.graph is not None and level.graph.kind == "var":
        return
    first = parts.of(triples[0])
    told = {first}
    for triple in triples[1:]:
        part = parts.of(triple)
        if part not in told:
            told.add(part)
            yield _product(triples[0], triple)


class _Parts:
    """Sets of variables that are joined (union-find)."""

    def __init__(self) -> None:
        self.above: dict[str, str] = {}

    def find(self, name: str) -> str:
        while self.above.setdefault(name, name) != name:
            self.above[name] = self.above[self.above[name]]
            name = self.above[name]
        return name

    def join(self, names: Iterable[str]) -> None:
        first: str | None = None
        for name in names:
            if first is None:
                first = self.find(name)
            else:
                self.above[self.find(name)] = first

    def of(self, triple: Triple) -> str:
        return self.find(next(term.name for term in triple.terms if term.joins))


def _mentioned(one: Level | Select | Node) -> set[str]:
    node = one if isinstance(one, Node) else one.node
    graph = one.graph if isinstance(one, Level) else None
    named = {graph.name} if graph is not None and graph.kind == "var" else set()
    return named | {token.value for token in node.tokens() if token.kind == "var"}


def _product(first: Triple, other: Triple) -> Finding:
    token = other.subject.tokens[0]
    start = first.subject.tokens[0].text
    return at(
        token,
        "cartesian-product",
        (
            "rien ne relie ce motif aux précédents : chaque ligne de l’un est répétée pour chaque "
            "ligne de l’autre",
            "nothing joins this pattern to those before: each row of one is repeated for each row "
            "of the other",
        ),
        (
            f"reliez {token.text} à {start} par une propriété, ou faites deux requêtes",
            f"join {token.text} to {start} by a property, or ask two queries",
        ),
    )
