"""A query set in lines: only its white space changes, never a token, never a comment.

One clause and one triple a line, two spaces for each brace; what goes on after `;`, or after a
line that its writer ended in the middle of a sentence, is set in by two more. Words, names and
values that were glued come apart, and so do comparisons and `&&` from what they join; signs,
paths and calls never do, and nothing is ever glued: so `-1` stays a number and `?x -1` a
difference.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from coopkg.sparql_tokens import Token, tokenize

INDENT: Final = "  "
_OPENS_A_LINE: Final = frozenset(
    """
    ASK BASE BIND CONSTRUCT DESCRIBE FILTER FROM GRAPH GROUP HAVING LATERAL LIMIT MINUS OFFSET
    OPTIONAL ORDER PREFIX SELECT SERVICE VALUES VERSION
    """.split()  # noqa: SIM905
)
_COMMENT: Final = re.compile(r"([ \t\r\n]*)(#[^\r\n]*)")
_GROUPS: Final = frozenset({"group", "clause"})
_JOINING: Final = frozenset({"&&", "||", "=", "!=", "<", ">", "<=", ">="})
_TERMS: Final = frozenset({"iri", "pname", "bnode", "var", "string", "number", "word"})
_BEFORE_BRACKETS: Final = frozenset({"SELECT", "DISTINCT", "REDUCED", "BY", "IN", "VALUES"})
SPACE: Final = " "
LINE: Final = "line"
ON: Final = "continuation"


def format_query(text: str) -> str:
    """Return the query with its white space set; the same text when it is not made of tokens.

    >>> print(format_query("SELECT ?x{?x a <a>;<b> 'c'. FILTER(?x>1)}LIMIT 5"), end="")
    SELECT ?x {
      ?x a <a> ;
        <b> 'c' .
      FILTER(?x > 1)
    }
    LIMIT 5
    """
    tokens = tokenize(text)
    if not tokens or any(token.kind == "invalid" for token in tokens):
        return text
    found = _Setter(text, tokens).written()
    kept = [token.text for token in tokenize(found)] == [token.text for token in tokens]
    return found if kept and comments(found) == comments(text) else text


def comments(text: str) -> list[str]:
    """Return the comments of a text, in order."""
    found: list[str] = []
    end = 0
    for token in (*tokenize(text), None):
        gap = text[end : token.offset if token else len(text)]
        found += [one[2].rstrip() for one in _COMMENT.finditer(gap)]
        end = token.end if token else end
    return found


class _Setter:
    """Writes the tokens one after the other; `braces` tells of each open one if it is a group."""

    def __init__(self, text: str, tokens: Sequence[Token]) -> None:
        self.text = text
        self.tokens = tokens
        self.out: list[str] = []
        self.braces: list[bool] = []

    def written(self) -> str:
        before: Token | None = None
        for place, token in enumerate(self.tokens):
            self._gap(before, token)
            if token.kind == "punct":
                self._brace(place, token)
            self.out.append(token.text)
            before = token
        self._gap(before, None)
        return "".join(self.out).rstrip() + "\n"

    def _brace(self, place: int, token: Token) -> None:
        if token.text == "{":
            inside = self.tokens[place + 1].frame if place + 1 < len(self.tokens) else "group"
            empty = place + 1 < len(self.tokens) and self.tokens[place + 1].text == "}"
            self.braces.append(inside != "data" and not empty)
        elif token.text == "}" and self.braces:
            self.braces.pop()

    def _gap(self, before: Token | None, token: Token | None) -> None:
        """Write what stands between two tokens."""
        start = before.end if before else 0
        gap = self.text[start : token.offset if token else len(self.text)]
        how = self._between(before, token, gap)
        last = 0
        for comment in _COMMENT.finditer(gap):
            self._comment(before, comment, how)
            last = comment.end()
        rest = gap[last:]
        if last:
            how = how if how in {LINE, ON} else ON
        if before is None and not last:
            return
        if how in {LINE, ON}:
            closes = token is not None and token.text == "}"
            opened = before is not None and before.text == "{" and not last
            blank = rest.count("\n") > 1 and not closes and not opened
            self.out.append("\n\n" if blank else "\n")
            self.out.append(INDENT * (self._depth(token) + (how == ON)))
        else:
            self.out.append(how)

    def _comment(self, before: Token | None, comment: re.Match[str], how: str) -> None:
        breaks = comment[1].count("\n")
        if breaks or before is None:
            if self.out:
                inside = INDENT * (self._depth(None) + (how == ON))
                self.out.append(("\n\n" if breaks > 1 else "\n") + inside)
        else:
            self.out.append("  ")
        self.out.append(comment[2].rstrip())

    def _depth(self, token: Token | None) -> int:
        closes = token is not None and token.text == "}" and self.braces and self.braces[-1]
        return sum(self.braces) - bool(closes)

    def _between(self, before: Token | None, token: Token | None, gap: str) -> str:
        """Return LINE, ON, or the space between two tokens."""
        if before is None or token is None:
            return LINE
        if found := self._structure(before, token):
            return found
        if token.keyword in _OPENS_A_LINE and token.frame in _GROUPS and self._starts(before):
            return LINE
        if "\n" in gap:
            return LINE if self._ended(before) or token.keyword == "WHERE" else ON
        return SPACE if gap or self._parted(before, token) else ""

    def _structure(self, before: Token, token: Token) -> str:
        group = bool(self.braces) and self.braces[-1]
        if before.text == "{" and group:
            return LINE
        if token.text == "}" and group:
            return LINE
        if before.text == "}" and before.frame in _GROUPS:
            joined = token.keyword in {"UNION", "WHERE"} or token.text in {".", "{"}
            return SPACE if joined and token.text != "{" else LINE
        if before.text == "." and before.frame == "group":
            return LINE
        if before.text == ";" and before.frame == "group":
            return SPACE if token.text in {";", "."} else ON
        return ""

    def _starts(self, before: Token) -> bool:
        """Tell whether a keyword after this token begins a clause: not in `WITH GRAPH`, say."""
        return before.keyword not in {"FROM", "NAMED"}

    def _ended(self, before: Token) -> bool:
        return before.frame == "clause" and before.kind == "iri"

    def _parted(self, before: Token, token: Token) -> bool:
        """Tell whether a space belongs between two tokens that had none."""
        if token.text == ")":
            return False
        if token.text in {"{", "}"} or before.text in {"{", "}"}:
            return not (before.text == "{" and token.text == "}")
        if before.text in {",", ";"} or {before.text, token.text} & _JOINING:
            return True
        return _apart(before, token) or (token.text in {".", ";"} and token.frame == "group")


def _apart(before: Token, token: Token) -> bool:
    """Tell whether two tokens are words, names or values, or brackets around some."""
    if token.text == "(":
        return before.kind == "var" or before.text == ")" or before.keyword in _BEFORE_BRACKETS
    star = "*" in {before.text, token.text} and token.frame == "clause"
    ends = before.kind in _TERMS or before.kind == "langtag" or before.text in {")", "]"}
    return star or (ends and (token.kind in _TERMS or token.text == "["))
