r"""Admission: what a query must be before any process works on it.

One linear scan, no recursion. It refuses by name what would hang or kill the parser and the
planner (measured on Oxigraph 0.5: a thousand nested calls are a fatal signal, 500 joined triple
patterns plan for minutes), what calls out (SERVICE in any disguise) and what writes. Both forms
of the text are scanned: as it is, and with the `\uXXXX` of section 19.2 undone.

It also finds what is wrong among the words themselves, with an exact line and column: an unknown
word, an undeclared prefix, a string that is not closed. That is a courtesy, and a lock: Oxigraph
reads `FILTERstr(` and `trueSERVICE:x` as keywords glued to what follows, so a text whose words
are not all known could hide a keyword from this scan.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Final

from coopkg import sparql_text, terms
from coopkg.engine import aggregates, columns
from coopkg.engine.hints import teaching
from coopkg.errors import RefusedQuery, SyntaxQueryError
from coopkg.sparql_text import DatasetClauses, Prologue, Token, TokenError

BASE: Final = terms.BASE + "sparql"  # RFC 3986, section 5.1.3: where the query was asked
MAX_BYTES: Final = 262_144
MAX_TOKENS: Final = 8_000  # without the rows of VALUES, which no planner looks at
MAX_DATA: Final = 40_000
MAX_DEPTH: Final = 64
MAX_GROUPS: Final = 256
MAX_TERMS: Final = 768  # 256 triple patterns; the planner's time grows with their fourth power
MAX_PREFIX_RUN: Final = 64

CALLS_OUT: Final = "calls-out"
WRITES: Final = "writes"

_UPDATES: Final = sparql_text.UPDATE_FORMS - {"WITH"}
_CHANGING: Final = frozenset({"NOW", "RAND", "STRUUID", "UUID"})
_REMEMBERED_CHARACTERS: Final = 2_000
_PREFIX_OPERATORS: Final = frozenset("!-+^")
_TERMS: Final = frozenset({"var", "iri", "pname", "bnode", "string", "number"})
_PATTERNS: Final = frozenset({"group", "blank", "list", "triple"})
_ESCAPE: Final = re.compile(r"\\(?:\\|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})")
_NOT_A_QUERY: Final = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True)
class Admitted:
    """A query that may be tried, and what was read of it."""

    text: str
    tokens: Sequence[Token]
    prologue: Prologue
    dataset: DatasetClauses

    @cached_property
    def key(self) -> int:
        """What two queries have in common when they are the same but for blanks."""
        return hash(tuple(token.text for token in self.tokens))

    @property
    def form(self) -> str | None:
        """Return SELECT, ASK, CONSTRUCT or DESCRIBE."""
        rest = self.tokens[self.prologue.length : self.prologue.length + 1]
        return rest[0].keyword if rest and rest[0].keyword in sparql_text.QUERY_FORMS else None

    @cached_property
    def names_graphs(self) -> bool:
        """Tell whether it asks named graphs: GRAPH."""
        return any(token.keyword == "GRAPH" for token in self.tokens)

    @property
    def changes(self) -> bool:
        """Tell whether the same graph may answer otherwise the next time: NOW, RAND, UUID."""
        return any(token.kind == "word" and token.keyword in _CHANGING for token in self.tokens)


def admit(query: str, max_bytes: int = MAX_BYTES) -> Admitted:
    """Admit a query, or say by name why not.

    Raises:
        RefusedQuery: it is too big, too deep, too wide, calls out, or writes.
        SyntaxQueryError: its words are not SPARQL; line and column are exact.
    """
    if len(query) <= _REMEMBERED_CHARACTERS and max_bytes == MAX_BYTES:
        return _admit_again(query)
    return _admit(query, max_bytes)


def _admit(query: str, max_bytes: int) -> Admitted:
    size = len(query.encode("utf-8", "surrogatepass"))
    if size > max_bytes:
        raise _too_many("too-long", size, max_bytes, "octets", "bytes", None)
    if bad := _NOT_A_QUERY.search(query):
        raise _bad_character(query, bad.start())
    text = query.removeprefix("\ufeff")
    tokens = _weigh(text)
    decoded = sparql_text.unescape(text)
    if decoded != text:
        _weigh(decoded)
    try:
        prologue = _check_words(tokens)
        _check_aggregates(tokens)
        text, tokens = _listed_once(text, tokens)
        return Admitted(text, tokens, prologue, _dataset(tokens))
    except SyntaxQueryError as error:
        raise teaching.better(text, error) from error


@lru_cache(maxsize=128)
def _admit_again(query: str) -> Admitted:
    """Remember what was admitted: at most 128 short queries, 20 MB at the very worst."""
    return _admit(query, MAX_BYTES)


def decode(body: bytes) -> str:
    """Read the bytes of a query as UTF-8.

    Raises:
        SyntaxQueryError: they are not; with the place of the first bad byte.
    """
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        before = body[: error.start].decode("utf-8")
        line, column = sparql_text.locate(before + " ", len(before))
        raise SyntaxQueryError(
            f"La requête n’est pas en UTF-8 : octet 0x{body[error.start]:02X}.",
            f"The query is not UTF-8: byte 0x{body[error.start]:02X}.",
            line,
            column,
        ) from error


def _too_many(
    rule: str, seen: int, most: int, unit_fr: str, unit_en: str, token: Token | None
) -> RefusedQuery:
    return RefusedQuery(
        rule,
        f"Requête trop complexe pour ce service : {seen} {unit_fr}, au plus {most}.",
        f"The query is too complex for this service: {seen} {unit_en}, at most {most}.",
        token.line if token else None,
        token.column if token else None,
    )


def _bad_character(query: str, offset: int) -> SyntaxQueryError:
    line, column = sparql_text.locate(query, offset)
    name = f"U+{ord(query[offset]):04X}"
    return SyntaxQueryError(
        f"Le caractère {name} ne peut pas figurer dans une requête.",
        f"The character {name} cannot stand in a query.",
        line,
        column,
    )


def _weigh(text: str) -> tuple[Token, ...]:
    """Read the tokens, refusing as soon as one limit is passed."""
    read: list[Token] = []
    weight = _Weight()
    for token in sparql_text.tokens(text):
        read.append(token)
        weight.add(token)
    _refuse_disguise(text, read)
    return tuple(read)


class _Weight:
    """What has been counted so far of one text."""

    def __init__(self) -> None:
        self.tokens = self.data = self.groups = self.terms = self.run = 0

    def add(self, token: Token) -> None:
        if token.frame == "data":
            self.data += 1
        else:
            self.tokens += 1
        if token.kind == "punct":
            self.groups += token.text == "{"
            self.run = self.run + 1 if token.text in _PREFIX_OPERATORS else 0
        else:
            self.run = 0
            if token.kind == "word":
                _refuse_word(token)
            elif token.kind in _TERMS and token.frame in _PATTERNS:
                self.terms += 1
        if (
            token.depth > MAX_DEPTH
            or self.tokens > MAX_TOKENS
            or self.data > MAX_DATA
            or self.groups > MAX_GROUPS
            or self.terms > MAX_TERMS
            or self.run > MAX_PREFIX_RUN
        ):
            self._refuse(token)

    def _refuse(self, token: Token) -> None:
        """Name the limit that is passed."""
        for rule, seen, most, unit_fr, unit_en in (
            ("too-many-tokens", self.tokens, MAX_TOKENS, "mots et signes", "words and signs"),
            ("too-much-data", self.data, MAX_DATA, "termes de VALUES", "terms of VALUES"),
            ("too-deep", token.depth, MAX_DEPTH, "niveaux d’emboîtement", "levels of nesting"),
            ("too-many-groups", self.groups, MAX_GROUPS, "groupes { … }", "groups { … }"),
            ("too-many-patterns", self.terms, MAX_TERMS, "termes de motifs", "terms of patterns"),
            ("operators-in-a-row", self.run, MAX_PREFIX_RUN, "opérateurs", "operators in a row"),
        ):
            if seen > most:
                raise _too_many(rule, seen, most, unit_fr, unit_en, token)


def _refuse_word(token: Token) -> None:
    word = token.keyword
    if "SERVICE" in word:
        raise _calls_out(token)
    if word in _UPDATES:
        raise RefusedQuery(
            WRITES,
            f"Ce point d’accès répond et n’écrit pas : {word} est une mise à jour. "
            "Les données changent par une contribution, puis une publication.",
            f"This endpoint answers and does not write: {word} is an update. "
            "Data change by a contribution, then a publication.",
            token.line,
            token.column,
        )


def _calls_out(token: Token) -> RefusedQuery:
    return RefusedQuery(
        CALLS_OUT,
        f"« {token.text} » : ce service n’appelle aucun autre service (SERVICE est désactivé).",
        f"“{token.text}”: this service calls no other service (SERVICE is disabled).",
        token.line,
        token.column,
    )


def _refuse_disguise(text: str, read: Sequence[Token]) -> None:
    """Refuse prefixes that Oxigraph could read as the keyword SERVICE and a name `:x`."""
    if "SERVICE" not in text.upper() or not any(t.text[:1] == ":" for t in _names(read)):
        return
    for token in _names(read):
        prefix = sparql_text.unescape(token.text.partition(":")[0]).upper()
        if any(word in prefix for word in ("SERVICE", "FILTER", "BIND", "SELECT", "VALUES")):
            raise _calls_out(token)


def _names(read: Sequence[Token]) -> Iterator[Token]:
    return (token for token in read if token.kind == "pname")


def _dataset(read: Sequence[Token]) -> DatasetClauses:
    if not any(token.kind == "word" and token.keyword == "FROM" for token in read):
        return DatasetClauses()
    try:
        return sparql_text.dataset_clauses(read, BASE)
    except TokenError as error:
        raise _relative(error.token) from error


def _check_words(read: Sequence[Token]) -> Prologue:
    try:
        prologue = sparql_text.prologue(read, BASE)
    except TokenError as error:
        raise _relative(error.token) from error
    for token in read[prologue.length :]:
        if token.kind == "invalid":
            raise _no_token(token)
        if token.kind == "word" and token.keyword not in sparql_text.WORDS:
            raise _unknown_word(token)
        if token.kind == "pname":
            _check_prefix(token, prologue)
        elif token.kind in {"string", "iri"} and "\\" in token.text:
            _check_escapes(token)
    return prologue


def _listed_once(text: str, read: tuple[Token, ...]) -> tuple[str, tuple[Token, ...]]:
    """Blank out the variables that SELECT lists again: Oxigraph refuses what SPARQL admits."""
    again = columns.repeated(read)
    for token in again:
        text = text[: token.offset] + " " * (token.end - token.offset) + text[token.end :]
    dropped = {token.offset for token in again}
    return text, tuple(token for token in read if token.offset not in dropped)


def _check_aggregates(read: Sequence[Token]) -> None:
    """Refuse what Oxigraph's parser would let pass; `teaching` knows better words for it."""
    if token := aggregates.misplaced(read):
        raise SyntaxQueryError(
            f"Un agrégat ({token.text}) n’est pas permis ici.",
            f"An aggregate ({token.text}) is not allowed here.",
            token.line,
            token.column,
        )


def _check_prefix(token: Token, prologue: Prologue) -> None:
    prefix = sparql_text.unescape(token.text.partition(":")[0])
    if prefix not in prologue.prefixes:
        raise _calls_out(token) if "SERVICE" in prefix.upper() else _undeclared(token)


def _undeclared(token: Token) -> SyntaxQueryError:
    prefix = token.text.partition(":")[0]
    iri = terms.PREFIXES.get(prefix)
    return SyntaxQueryError(
        f"Le préfixe « {prefix}: » n’est pas déclaré.",
        f"The prefix “{prefix}:” is not declared.",
        token.line,
        token.column,
        f"PREFIX {prefix}: <{iri}>" if iri else "",
    )


def _check_escapes(token: Token) -> None:
    for escape in _ESCAPE.finditer(token.text):
        if escape[0] != "\\\\" and sparql_text.unescape(escape[0]) == escape[0]:
            raise SyntaxQueryError(
                f"« {escape[0]} » n’est pas un caractère Unicode.",
                f"“{escape[0]}” is not a Unicode character.",
                token.line,
                token.column,
            )


def _unknown_word(token: Token) -> SyntaxQueryError:
    near = difflib.get_close_matches(token.keyword, sparql_text.WORDS, 1, 0.7)
    return SyntaxQueryError(
        f"« {token.text} » n’est pas un mot de SPARQL"
        + (f" ; peut-être {near[0]} ?" if near else "."),
        f"“{token.text}” is not a word of SPARQL" + (f"; perhaps {near[0]}?" if near else "."),
        token.line,
        token.column,
        near[0] if near else "",
    )


def _no_token(token: Token) -> SyntaxQueryError:
    if token.text[0] in "\"'":
        fr = "Cette chaîne n’est pas fermée, ou contient un échappement inconnu."
        en = "This string is not closed, or has an unknown escape."
    else:
        name = f"U+{ord(token.text[0]):04X}"
        fr = f"Le caractère « {token.text} » ({name}) n’a pas de sens ici."
        en = f"The character “{token.text}” ({name}) has no meaning here."
    return SyntaxQueryError(fr, en, token.line, token.column)


def _relative(token: Token) -> SyntaxQueryError:
    if token.kind == "pname":
        return _undeclared(token)
    return SyntaxQueryError(
        f"{token.text} n’est pas une IRI.",
        f"{token.text} is not an IRI.",
        token.line,
        token.column,
    )
