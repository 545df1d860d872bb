"""The columns of an answer, as its query writes them: each once, in the order it names them. Pure.

Oxigraph refuses `SELECT ?s ?s`, which is SPARQL 1.1, and gives the columns of `SELECT *` in the
order of the alphabet.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from coopkg.sparql_tokens import Token


def repeated(tokens: Sequence[Token]) -> list[Token]:
    """Return the variables that a SELECT lists as they are, and has listed before.

    >>> from coopkg.sparql_tokens import tokenize
    >>> [one.offset for one in repeated(tokenize("SELECT ?s ?o ?s { ?s ?p ?o }"))]
    [13]
    """
    found: list[Token] = []
    listing: dict[int, set[str]] = {}  # what each SELECT that is being read has listed, by depth
    for before, token in pairwise(tokens):
        if before.keyword == "SELECT":
            listing[before.depth] = set()
        seen = listing.get(token.depth)
        if token.text == "{" or token.keyword in {"WHERE", "FROM"}:
            listing.pop(token.depth, None)
        elif token.kind == "var" and seen is not None:
            if token.value in seen:
                found.append(token)
            seen.add(token.value)
        elif token.kind == "var" and before.keyword == "AS":
            listing.get(token.depth - 1, set()).add(token.value)
    return found


def star(tokens: Iterable[Token]) -> Token | None:
    """Return the `*` of the outer SELECT.

    >>> from coopkg.sparql_tokens import tokenize
    >>> star(tokenize("SELECT DISTINCT * { { SELECT * { ?s ?p ?o } } }")).offset
    16
    >>> star(tokenize("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"))
    """
    for before, token in pairwise(tokens):
        if token.depth == 0 and token.text == "*":
            return token if before.keyword in {"SELECT", "DISTINCT", "REDUCED"} else None
        if token.depth == 0 and (token.text == "{" or token.keyword == "WHERE"):
            return None
    return None


def named(tokens: Iterable[Token]) -> list[str]:
    """Return the variables of a query in the order in which it first names them."""
    return list(dict.fromkeys(token.value for token in tokens if token.kind == "var"))
