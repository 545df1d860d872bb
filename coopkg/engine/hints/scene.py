"""What every rule looks at: the text, its tokens, its tree, its prefixes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from coopkg import sparql_grammar, terms
from coopkg.sparql_grammar import Reading
from coopkg.sparql_tokens import CLOSING, OPENING, Token, tokenize, unescape

HTTP: Final = re.compile(r"(?:https?|ftp)://[^\s<>\"{}|\\^`]+")
BASE: Final = terms.BASE + "sparql"


@dataclass(frozen=True)
class Scene:
    """A query under examination."""

    text: str
    tokens: Sequence[Token]

    @classmethod
    def of(cls, text: str) -> Scene:
        """Read the tokens of a query; a mark of byte order at its head counts for nothing."""
        if text.startswith("\ufeff"):
            text = " " + text[1:]  # offsets stay those of the text given
        return cls(text, tokenize(text))

    @cached_property
    def reading(self) -> Reading:
        """The tree of the query, up to its fault."""
        return sparql_grammar.read(self.tokens)

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """The prefixes declared anywhere in the text, even badly: one slip is told once."""
        found: dict[str, str] = {}
        for before, name, iri in zip(self.tokens, self.tokens[1:], self.tokens[2:], strict=False):
            if before.keyword != "PREFIX" and before.text.lower() != "@prefix":
                continue
            label = unescape(name.text.partition(":")[0])
            bare = HTTP.match(self.text, iri.offset)
            if iri.kind == "iri":
                found[label] = iri.value
            elif bare:
                found[label] = bare[0]
        return found

    def index(self, token: Token) -> int:
        """Return the place of a token among the others."""
        low, high = 0, len(self.tokens)
        while low < high:
            middle = (low + high) // 2
            if self.tokens[middle].offset < token.offset:
                low = middle + 1
            else:
                high = middle
        return low

    def before(self, token: Token | None, count: int = 1) -> Token | None:
        """Return the token so many places before another; the last ones when it is None."""
        place = (len(self.tokens) if token is None else self.index(token)) - count
        return self.tokens[place] if 0 <= place < len(self.tokens) else None

    def after(self, token: Token, count: int = 1) -> Token | None:
        """Return the token so many places after another."""
        place = self.index(token) + count
        return self.tokens[place] if place < len(self.tokens) else None

    def adjacent(self, first: Token, second: Token | None) -> bool:
        """Tell whether nothing stands between two tokens."""
        return second is not None and first.end == second.offset

    def closing(self, opening: Token) -> Token | None:
        """Return the bracket that closes another."""
        open_ = 0
        for token in self.tokens[self.index(opening) :]:
            if token.kind == "punct" and token.text in OPENING:
                open_ += 1
            elif token.kind == "punct" and token.text in CLOSING:
                open_ -= 1
                if not open_:
                    return token
        return None

    def open_at(self, token: Token | None) -> list[Token]:
        """Return the brackets that are open before a token, or at the end."""
        stack: list[Token] = []
        for one in self.tokens:
            if token is not None and one.offset >= token.offset:
                break
            if one.kind == "punct" and one.text in OPENING:
                stack.append(one)
            elif one.kind == "punct" and one.text in CLOSING and stack:
                stack.pop()
        return stack

    def iri(self, token: Token) -> str | None:
        """Return the full IRI of an `iri` or `pname` token; None when it has none."""
        if token.kind == "iri":
            return token.value
        prefix, _, local = token.text.partition(":")
        namespace = self.prefixes.get(unescape(prefix))
        if token.kind != "pname" or namespace is None:
            return None
        return namespace + re.sub(r"\\([^uU])", r"\1", unescape(local))

    def short(self, iri: str) -> str:
        """Write an IRI as this query may: with a prefix it declares, else in full."""
        fitting = [
            (len(namespace), f"{name}:{iri[len(namespace) :]}")
            for name, namespace in self.prefixes.items()
            if namespace and iri.startswith(namespace)
        ]
        for _, name in sorted(fitting, reverse=True):
            if LOCAL_NAME.fullmatch(name.partition(":")[2]):
                return name
        return f"<{iri}>"


LOCAL_NAME: Final = re.compile(
    r"[A-Za-z0-9_\u00c0-\u024f](?:[\w\u00c0-\u024f.-]*[\w\u00c0-\u024f-])?"
)
