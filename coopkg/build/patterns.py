"""Which queries a change may touch: those with a triple pattern that one of its quads fits.

Where in doubt a query may be touched. The graph that a pattern is asked of is not looked at, and a
literal stands for any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from coopkg.sparql_grammar import Node, read
from coopkg.sparql_tokens import Token, tokenize
from coopkg.terms import RDF_TYPE

Pattern: TypeAlias = tuple[str | None, str | None, str | None]
"""The IRIs of a triple pattern; None where anything may stand."""
ANYTHING: Final = frozenset({(None, None, None)})
_UNSURE: Final = frozenset(
    "DESCRIBE SERVICE BASE NOW RAND UUID STRUUID BNODE SAMPLE GROUP_CONCAT LIMIT OFFSET".split()  # noqa: SIM905
)
"""Words of queries that give more than their patterns say, or not the same of the same."""
_IRIS: Final = frozenset({"iri", "pname"})


class Moved:
    """Quads that come and go."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._fitted: set[Any] = set()
        for quad in quads:
            parts = (quad.subject, quad.predicate, quad.object)
            named = [one.value if isinstance(one, ox.NamedNode) else None for one in parts]
            self._fitted.update(product(*({one, None} for one in named)))

    def may_touch(self, query: str) -> bool:
        """Tell whether a query may give something else for them."""
        return not self._fitted.isdisjoint(patterns(query))


@lru_cache(maxsize=8192)
def patterns(query: str) -> frozenset[Pattern]:
    """Return the patterns of a query, whatever it does with them; `ANYTHING` where in doubt."""
    tokens = tokenize(query)
    reading = read(tokens)
    if reading.fault or reading.newer or any(one.keyword in _UNSURE for one in tokens):
        return ANYTHING
    nodes = list(_nodes(reading.root))
    if any(one.name == "Elsewhere" and not _has_a_triple(one) for one in nodes):
        return ANYTHING
    prefixes = _prefixes(tokens)
    found = {
        pattern
        for node in nodes
        if node.name in {"Triples", "Bracket"}
        for pattern in _patterns(node, prefixes)
    }
    return ANYTHING if (None, None, None) in found else frozenset(found)


def _nodes(root: Node) -> Iterator[Node]:
    left = [root]
    while left:
        node = left.pop()
        yield node
        left += node.nodes()


def _has_a_triple(elsewhere: Node) -> bool:
    """Tell whether something in a graph takes a triple there, and not only that there is one."""
    return any(
        any(patterns.nodes("Triples"))
        for group in elsewhere.nodes("Group")
        for patterns in group.nodes("Patterns")
    )


def _prefixes(tokens: list[Token]) -> dict[str, str]:
    named = zip(tokens, tokens[1:], tokens[2:], strict=False)
    return {
        name.value: iri.value
        for word, name, iri in named
        if word.keyword == "PREFIX" and name.kind == "pname"
    }


def _patterns(node: Node, prefixes: Mapping[str, str]) -> Iterator[Pattern]:
    """Yield the patterns of what is said of one subject; those of a list are not looked into."""
    if node.name == "Bracket" and _text(node.parts[0]) == "(":
        yield (None, None, None)
    (subject, *_) = (*node.nodes("Node"), None)
    for properties in node.nodes("Properties"):
        verbs: list[str | None] = []
        for part in properties.nodes():
            if part.name == "Verb":
                verbs = list(_verbs(part, prefixes))
            elif len(verbs) > 1:  # a path: its ends are not those of its steps
                yield from ((None, one, None) for one in verbs)
            else:
                for value in part.nodes("Object"):
                    (named, *_) = (*value.nodes("Node"), None)
                    yield (_iri(subject, prefixes), verbs[0], _iri(named, prefixes))


def _verbs(verb: Node, prefixes: Mapping[str, str]) -> Iterator[str | None]:
    """Yield the one property of a verb; of a path, all that it takes and one more, or None."""
    tokens = list(verb.tokens())
    if len(tokens) == 1:
        yield RDF_TYPE.value if tokens[0].text == "a" else _named(tokens[0], prefixes)
        return
    yield None if any(one.text in {"!", "?", "*"} for one in tokens) else ""
    for one in tokens:
        if one.text == "a":
            yield RDF_TYPE.value
        elif one.kind in _IRIS:
            yield _named(one, prefixes)


def _iri(node: Node | None, prefixes: Mapping[str, str]) -> str | None:
    tokens = list(node.tokens()) if node else []
    return _named(tokens[0], prefixes) if len(tokens) == 1 else None


def _named(token: Token, prefixes: Mapping[str, str]) -> str | None:
    """Return the IRI that a token names; None when it names none."""
    if token.kind == "iri":
        return token.value
    if token.kind != "pname" or "\\" in token.text:
        return None
    prefix, _, local = token.value.partition(":")
    begins = prefixes.get(f"{prefix}:")
    return None if begins is None else begins + local


def _text(part: Node | Token) -> str:
    return part.text if isinstance(part, Token) else ""
