"""SPARQL as text: the prologue, the dataset clauses and the outer group of a query.

A query is never taken apart with a regular expression: `#`, `{` and LIMIT also live inside
strings, IRIs and comments. Everything here reads the tokens of `sparql_tokens`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final, NamedTuple, TypeAlias

import pyoxigraph

from coopkg.sparql_tokens import Token, locate, tokenize, tokens, unescape

__all__ = [
    "QUERY_FORMS",
    "UPDATE_FORMS",
    "WORDS",
    "DatasetClauses",
    "Prologue",
    "Token",
    "TokenError",
    "dataset_clauses",
    "locate",
    "outer_group",
    "projection",
    "prologue",
    "query_form",
    "resolve",
    "tokenize",
    "tokens",
    "unescape",
]

Query: TypeAlias = str | Sequence[Token]


class TokenError(ValueError):
    """A token that cannot be resolved, kept as evidence."""

    def __init__(self, token: Token, message: str) -> None:
        super().__init__(message)
        self.token = token


def _tokens(query: Query) -> Sequence[Token]:
    return tokenize(query) if isinstance(query, str) else query


class Prologue(NamedTuple):
    """BASE and PREFIX; `length` counts the tokens read."""

    base: str | None
    prefixes: Mapping[str, str]
    length: int

    def resolve(self, token: Token) -> str:
        """Return the full IRI of an `iri` or `pname` token.

        Raises:
            TokenError: the prefix is not declared, or the IRI is relative to nothing.
        """
        if token.kind == "iri":
            return _resolved(token, self.base)
        prefix, _, local = token.text.partition(":")
        if token.kind != "pname" or unescape(prefix) not in self.prefixes:
            raise TokenError(token, f"{token.text!r}: no IRI and no declared prefix")
        return self.prefixes[unescape(prefix)] + re.sub(r"\\([^uU])", r"\1", unescape(local))


def _resolved(token: Token, base: str | None) -> str:
    try:
        return resolve(token.value, base)
    except ValueError as error:
        raise TokenError(token, str(error)) from error


def resolve(iri: str, base: str | None) -> str:
    """Resolve an IRI reference (RFC 3987) against a base.

    >>> resolve("../b#c", "https://example.org/x/y/z")
    'https://example.org/x/b#c'

    Raises:
        ValueError: it is no IRI, or it is relative and there is no base.
    """
    if len(iri) + len(base or "") <= _REMEMBERED_CHARACTERS:
        return _resolve_again(iri, base)
    return _resolve(iri, base)


def _resolve(iri: str, base: str | None) -> str:
    reference = "".join(
        character
        if character > " " and character not in '<>"{}|^`\\'
        else f"\\u{ord(character):04X}"
        for character in iri
    )
    try:
        quads = pyoxigraph.parse(
            f"<{reference}> <x:> <x:> .",
            format=pyoxigraph.RdfFormat.TURTLE,
            base_iri=base,
        )
        subject = next(iter(quads)).subject
    except SyntaxError as error:
        raise ValueError(f"<{iri}>: not an IRI, or relative without BASE") from error
    return str(subject.value)


_REMEMBERED_CHARACTERS: Final = 300
# The IRIs of prefixes come again with every query.
_resolve_again: Final = lru_cache(maxsize=512)(_resolve)


def prologue(query: Query, base: str | None = None) -> Prologue:
    """Read BASE, PREFIX and VERSION at the head of a query; stop at what is none of them.

    `base` is what relative IRIs are resolved against until a BASE says otherwise.

    Raises:
        TokenError: an IRI of the prologue cannot be resolved.
    """
    read = _tokens(query)
    prefixes: dict[str, str] = {}
    at = 0
    while at < len(read):
        ahead = [token.kind for token in read[at + 1 : at + 3]]
        if read[at].keyword == "BASE" and ahead[:1] == ["iri"]:
            base = _resolved(read[at + 1], base)
            at += 2
        elif read[at].keyword == "PREFIX" and ahead == ["pname", "iri"]:
            name = unescape(read[at + 1].text.partition(":")[0])
            prefixes[name] = _resolved(read[at + 2], base)
            at += 3
        elif read[at].keyword == "VERSION" and ahead[:1] == ["string"]:
            at += 2
        else:
            break
    return Prologue(base, prefixes, at)


QUERY_FORMS: Final = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
UPDATE_FORMS: Final = frozenset(
    {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
)


# Every word of SPARQL 1.1 and 1.2 queries, and LATERAL and ADJUST, which Oxigraph adds.
WORDS: Final = frozenset(  # words read best as words
    """
    A ABS ADJUST AS ASC ASK AVG BASE BIND BNODE BOUND BY CEIL COALESCE CONCAT CONSTRUCT CONTAINS
    COUNT DATATYPE DAY DESC DESCRIBE DISTINCT ENCODE_FOR_URI EXISTS FALSE FILTER FLOOR FROM GRAPH
    GROUP GROUP_CONCAT HASLANG HASLANGDIR HAVING HOURS IF IN IRI ISBLANK ISIRI ISLITERAL ISNUMERIC
    ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LATERAL LCASE LIMIT MAX MD5 MIN MINUS MINUTES MONTH
    NAMED NOT NOW OBJECT OFFSET OPTIONAL ORDER PREDICATE PREFIX RAND REDUCED REGEX REPLACE ROUND
    SAMETERM SAMPLE SECONDS SELECT SEPARATOR SERVICE SHA1 SHA256 SHA384 SHA512 SILENT STR STRAFTER
    STRBEFORE STRDT STRENDS STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR SUM TIMEZONE
    TRIPLE TRUE TZ UCASE UNDEF UNION URI UUID VALUES VERSION WHERE YEAR
    """.split()  # noqa: SIM905
)


def query_form(query: Query) -> str | None:
    r"""Return SELECT, ASK, CONSTRUCT or DESCRIBE, or the first word of an update, or None.

    >>> query_form("PREFIX select: <x:> # ASK\n construct {} where {}")
    'CONSTRUCT'
    """
    read = _tokens(query)
    rest = read[prologue(read).length :]
    form = rest[0].keyword if rest else ""
    return form if form in QUERY_FORMS | UPDATE_FORMS else None


def _top_level(read: Sequence[Token]) -> Iterator[tuple[int, Token]]:
    """Yield the tokens outside every bracket, with their index; the brackets included."""
    return ((index, token) for index, token in enumerate(read) if token.depth == 0)


class DatasetClauses(NamedTuple):
    """The graphs that FROM and FROM NAMED list, in order, as full IRIs."""

    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether the query describes its own dataset."""
        return bool(self.default or self.named)


def dataset_clauses(query: Query, base: str | None = None) -> DatasetClauses:
    """Return the FROM and FROM NAMED graphs of a query (never those of its strings).

    >>> dataset_clauses("PREFIX g: <x:> SELECT * FROM g:a FROM NAMED <y:b> { ?s ?p 'FROM <z:>' }")
    DatasetClauses(default=('x:a',), named=('y:b',))

    Raises:
        TokenError: a graph cannot be resolved.
    """
    read = _tokens(query)
    head = prologue(read, base)
    default: list[str] = []
    named: list[str] = []
    for index, token in _top_level(read):
        if token.keyword == "FROM":
            chosen = default
            if index + 1 < len(read) and read[index + 1].keyword == "NAMED":
                chosen = named
                index += 1
            if index + 1 < len(read) and read[index + 1].kind in {"iri", "pname"}:
                chosen.append(head.resolve(read[index + 1]))
    return DatasetClauses(tuple(default), tuple(named))


def outer_group(query: Query) -> tuple[int, int]:
    """Return the offsets of the main group: `text[start:end]` goes from its `{` to its `}`.

    >>> text = "CONSTRUCT { ?s a 1 } WHERE { ?s ?p '}' } LIMIT 1"
    >>> text[slice(*outer_group(text))]
    "{ ?s ?p '}' }"

    Raises:
        ValueError: the query has no group, or it is not closed.
    """
    read = _tokens(query)
    start: Token | None = None
    for index, token in _top_level(read):
        template = index > 0 and read[index - 1].keyword == "CONSTRUCT"
        if start is None and token.text == "{" and not template:
            start = token
        elif start is not None and token.text == "}":
            return start.offset, token.end
    raise ValueError("this query has no group { … }, or it is not closed")


def projection(query: Query) -> tuple[str, ...] | None:
    """Return the variables a SELECT lists, without their mark; None for `*` and other forms.

    >>> projection("SELECT DISTINCT ?a (COUNT(?x) AS ?n) { ?a ?b ?x }")
    ('a', 'n')
    """
    read = _tokens(query)
    begin = prologue(read).length
    if query_form(read) != "SELECT":
        return None
    names: list[str] = []
    for before, token in zip(read[begin:], read[begin + 1 :], strict=False):
        alias = token.depth == 1 and token.frame == "expression" and before.keyword == "AS"
        if alias or (token.depth == 0 and token.kind == "var"):
            names.append(token.value)
        elif token.depth == 0 and token.text == "*":
            return None
        elif token.depth == 0 and (token.text == "{" or token.keyword in {"FROM", "WHERE"}):
            break
    return tuple(names)
