"""Turtle and TriG cut into words, each with its place.

Grammar: https://www.w3.org/TR/turtle/#sec-grammar, section 6.5; names in capitals are its
terminals. Text that is no word of the language gives a word of kind "other": a file with a
mistake can be read too, to say what the mistake is.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from pyoxigraph import Literal, RdfFormat, parse

_BASE = (
    "A-Za-zÀ-ÖØ-öø-˿Ͱ-ͽͿ-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)  # PN_CHARS_BASE
_CHARS = rf"{_BASE}_0-9\-·\u0300-\u036f\u203f-\u2040"  # PN_CHARS
_ESCAPE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"  # UCHAR
_LOCAL = rf"(?:[{_CHARS}:]|%[0-9A-Fa-f]{{2}}|\\[_~.\-!$&'()*+,;=/?\#@%])"

_WORD: Final = re.compile(
    rf"""
    (?P<space>[ \t\r\n]++|\#[^\r\n]*+)
  | (?P<string>
        \"\"\"(?:[^"\\]++|\\.|"{{1,2}}+(?!"))*+\"\"\"
      | '''(?:[^'\\]++|\\.|'{{1,2}}+(?!'))*+'''
      | "(?!"")(?:[^"\\\r\n]++|\\.)*+"
      | '(?!'')(?:[^'\\\r\n]++|\\.)*+')
  | (?P<open_string>\"\"\"|'''|"|')
  | (?P<iri><(?:[^\x00-\x20<>"{{}}|^`\\]++|{_ESCAPE})*+>)
  | (?P<at>@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[a-z]++)?+)
  | (?P<blank>_:[{_BASE}_0-9](?:\.*+[{_CHARS}])*+)
  | (?P<name>(?:[{_BASE}](?:\.*+[{_CHARS}])*+)?+:
        (?:(?!-){_LOCAL}(?:\.*+{_LOCAL})*+)?+)
  | (?P<number>[+-]?(?:\d++\.\d*+[eE][+-]?\d++|\.\d++[eE][+-]?\d++|\d++[eE][+-]?\d++
        |\d*+\.\d++|\d++))
  | (?P<word>[{_BASE}](?:\.*+[{_CHARS}])*+)
  | (?P<mark><<\(|\)>>|<<|>>|\{{\||\|\}}|\^\^|[\[\](){{}}.,;~])
  | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_LINE_END: Final = re.compile(r"\r\n|\n|\r")
_UNICODE_ESCAPE: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


class Word(NamedTuple):
    """A word of a Turtle file: its kind (a group of the pattern above), its text, its offset."""

    kind: str
    text: str
    offset: int


@dataclass(frozen=True)
class Text:
    """A Turtle or TriG text: its words, and the line and column of any offset, from 1."""

    content: str

    def words(self) -> Iterator[Word]:
        """Yield the words, without white space and comments."""
        for match in _WORD.finditer(self.content):
            kind = match.lastgroup or "other"
            if kind != "space":
                yield Word(kind, match.group(), match.start())

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(match.end() for match in _LINE_END.finditer(self.content))]

    def place(self, offset: int) -> tuple[int, int]:
        r"""Return the line and the column of an offset, both from 1, in characters.

        >>> Text("é\r\nab").place(4)
        (2, 2)
        """
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1

    def offset(self, line: int, column: int) -> int:
        """Return the offset of a line and a column, kept inside the text."""
        start = self._starts[min(line, len(self._starts)) - 1]
        return min(start + column - 1, len(self.content))

    def line(self, number: int) -> str:
        """Return one line, without its end."""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.content)
        return self.content[start:end].rstrip("\r\n")


class Names:
    """The prefixes and the base in force at a point of a file."""

    def __init__(self) -> None:
        self.prefixes: dict[str, str] = {}
        self.base: str | None = None

    def declare(self, prefix: str, iri: str) -> None:
        """Take note of a prefix (its colon included), declared again or not."""
        self.prefixes[prefix] = self.iri(iri)

    def iri(self, written: str) -> str:
        """Return the IRI of `<…>`."""
        text = unescape(written[1:-1])
        if self.base is None or re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", text):
            return text
        # The parser knows RFC 3986; only a file with a base has relative IRIs.
        triple = f"{written} <x:p> <x:o> ."
        (quad,) = parse(triple, format=RdfFormat.TURTLE, base_iri=self.base)
        assert not isinstance(quad.subject, Literal)
        return str(quad.subject)[1:-1]

    def expand(self, name: str) -> str:
        r"""Return the IRI of a prefixed name.

        Raises:
            KeyError: the prefix is not declared.
        """
        prefix, colon, local = name.partition(":")
        if "\\" in local:
            local = re.sub(r"\\(.)", r"\1", local)
        return self.prefixes[prefix + colon] + local


def unescape(text: str) -> str:
    r"""Replace the numeric escapes of an IRI.

    >>> unescape(r"http://e/\u00e9")
    'http://e/é'
    """
    if "\\" not in text:
        return text
    return _UNICODE_ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), text)
