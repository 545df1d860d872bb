"""Aggregates where SPARQL has none: inside another one, in a FILTER, in a BIND. Pure, one scan.

Oxigraph's parser admits them and answers something; section 18.2.4.1 of SPARQL 1.1 and its grammar
(notes 12 and 13 beside it) do not. The words are those of `hints`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from coopkg.sparql_tokens import Token

NAMES: Final = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})
_CONDITIONS: Final = frozenset({"FILTER", "BIND"})


def misplaced(tokens: Iterable[Token]) -> Token | None:
    """Return the first aggregate that stands where none may; a sub-query begins anew.

    >>> from coopkg.sparql_tokens import tokenize
    >>> misplaced(tokenize("SELECT (SUM(COUNT(?o)) AS ?n) { ?s ?p ?o }")).text
    'COUNT'
    >>> misplaced(tokenize("SELECT ?s { ?s ?p ?o } GROUP BY ?s HAVING (COUNT(?o) > 3)"))
    """
    open_: list[bool] = []  # for each bracket, whether an aggregate inside it is out of place
    around, word = False, ""
    for token in tokens:
        if token.text in {"(", "{"}:
            open_.append(around)
            around = token.text == "(" and (around or word in NAMES or word in _CONDITIONS)
        elif token.text in {")", "}"}:
            around = open_.pop() if open_ else False
        elif token.kind == "word" and token.keyword in NAMES and (around or word in _CONDITIONS):
            return token
        word = _next(word, token)
    return None


def _next(word: str, token: Token) -> str:
    """Return the word that a bracket would belong to; FILTER reaches over the name of a call."""
    if token.kind == "word":
        return token.keyword
    return word if word == "FILTER" and token.kind in {"iri", "pname"} else ""
