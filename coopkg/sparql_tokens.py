"""The tokens of SPARQL 1.1 and 1.2.

One pass, no recursion, time linear in the text; any text is accepted: what is no token is one
of the kind `invalid`, so that a caller can point at it. The terminals are those of section 19.8
of SPARQL 1.1. One thing is not lexical in practice: in `?a <b && ?c> ?d` the `<` opens an IRI
among triples and compares inside a FILTER. So each token knows its `frame`, the innermost open
bracket, and after an operand of an expression `<` compares, as Oxigraph reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final, Literal, NamedTuple

Kind = Literal[
    "iri", "pname", "bnode", "var", "string", "langtag", "number", "word", "punct", "invalid"
]
# clause: outside groups, or in the SELECT or ORDER BY of a sub-query; vars: VALUES ( … );
# data: the rows of VALUES; list: a collection, or a path in brackets.
Frame = Literal["clause", "group", "data", "vars", "list", "expression", "blank", "triple"]


class Token(NamedTuple):
    """One token.

    `offset` counts characters from 0, `line` and `column` from 1. `depth` counts the brackets
    open around it and `frame` names the innermost; a bracket belongs to what is around it.
    """

    kind: Kind
    text: str
    offset: int
    line: int
    column: int
    depth: int
    frame: Frame

    @property
    def end(self) -> int:
        """Return the offset just after the token."""
        return self.offset + len(self.text)

    @property
    def keyword(self) -> str:
        """Return a word in capitals, code points decoded; nothing for any other kind."""
        return unescape(self.text).upper() if self.kind == "word" else ""

    @property
    def value(self) -> str:
        """Return what the token stands for: an IRI or a string without its marks and escapes."""
        if self.kind == "iri":
            return unescape(self.text[1:-1])
        if self.kind == "var":
            return unescape(self.text[1:])
        if self.kind == "string":
            marks = 3 if self.text[:3] in ('"""', "'''") else 1
            return _ECHAR.sub(_character, self.text[marks:-marks])
        return unescape(self.text)


# PN_CHARS_BASE, PN_CHARS_U and PN_CHARS of section 19.8.
_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_MORE = "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_CODE = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
_B = rf"(?:[{_BASE}]|{_CODE})"
_U = rf"(?:[{_BASE}_0-9]|{_CODE})"
_C = rf"(?:[{_BASE}_{_MORE}\-]|{_CODE})"
_PLX = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_ESC = rf"\\[tbnrf\\\"']|{_CODE}"

# Possessive repeats (++, *+) keep each attempt linear: a rule that fails never tries again.
_GAP: Final = re.compile(r"(?:[ \t\r\n]++|#[^\r\n]*+)*+")
_PREFIX: Final = re.compile(rf"{_B}(?:\.*+{_C})*+")
_LOCAL: Final = re.compile(
    rf":(?:(?:[{_BASE}_0-9:]|{_CODE}|{_PLX})(?:\.*+(?:[{_BASE}_{_MORE}\-:]|{_CODE}|{_PLX}))*+)?"
)
_WORD: Final = re.compile(rf"(?:_|{_B}){_C}*+")
_NUMBER: Final = re.compile(
    r"[0-9]++\.[0-9]*+[eE][+-]?[0-9]++|\.?[0-9]++[eE][+-]?[0-9]++|[0-9]*+\.[0-9]++|[0-9]++"
)
_COMPARISON: Final = re.compile(r"<=|<")
_REST_OF_LINE: Final = re.compile(r"[^\r\n]*+")
_ECHAR: Final = re.compile(rf"\\(?:[tbnrf\\\"'])|{_CODE}")
_CODE_POINT: Final = re.compile(_CODE)
_RULES: Final[Mapping[str, tuple[tuple[Kind, re.Pattern[str]], ...]]] = {
    "<": (
        ("iri", re.compile(rf"<(?:[^<>\"{{}}|^`\\\x00-\x20]|{_CODE})*+>")),
        ("punct", re.compile(r"<<\(|<<|<=|<")),
    ),
    ">": (("punct", re.compile(r">>|>=|>")),),
    "?": (
        ("var", re.compile(rf"\?{_U}(?:[{_BASE}_{_MORE}]|{_CODE})*+")),
        ("punct", re.compile(r"\?")),
    ),
    "$": (("var", re.compile(rf"\${_U}(?:[{_BASE}_{_MORE}]|{_CODE})*+")),),
    "@": (("langtag", re.compile(r"@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?")),),
    "_": (("bnode", re.compile(rf"_:{_U}(?:\.*+{_C})*+")),),
    '"': (
        ("string", re.compile(rf'"""(?:"{{0,2}}+(?:[^"\\]|{_ESC}))*+"""')),
        ("string", re.compile(rf'"(?:[^"\\\n\r]|{_ESC})*+"')),
    ),
    "'": (
        ("string", re.compile(rf"'''(?:'{{0,2}}+(?:[^'\\]|{_ESC}))*+'''")),
        ("string", re.compile(rf"'(?:[^'\\\n\r]|{_ESC})*+'")),
    ),
    ")": (("punct", re.compile(r"\)>>|\)")),),
    "{": (("punct", re.compile(r"\{\||\{")),),
    "|": (("punct", re.compile(r"\|\}|\|\||\|")),),
    "^": (("punct", re.compile(r"\^\^|\^")),),
    "!": (("punct", re.compile(r"!=|!")),),
    "&": (("punct", re.compile(r"&&")),),
}
_SINGLE: Final = frozenset("([]}.,;*/=+-~")
_CONTROL: Final = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}
OPENING: Final = {"(": ")", "[": "]", "{": "}", "<<": ">>", "<<(": ")>>", "{|": "|}"}
CLOSING: Final = frozenset(OPENING.values())
_OPERANDS: Final = frozenset({"iri", "pname", "bnode", "var", "string", "langtag", "number"})
_OPERAND_ENDS: Final = frozenset({")", "}", ">>", ")>>", "]"})
_CLAUSES: Final = frozenset({"SELECT", "GROUP", "ORDER", "HAVING"})


def _character(match: re.Match[str]) -> str:
    letter = match[0][1]
    if letter in "uU":
        number = int(match[0][2:], 16)
        legal = number < 0x110000 and not 0xD800 <= number < 0xE000
        return chr(number) if legal else match[0]
    return _CONTROL.get(letter, letter)


def unescape(text: str) -> str:
    r"""Replace the code point escapes of section 19.2, wherever they stand.

    An escape that is no Unicode scalar value (a surrogate, or beyond 10FFFF) stays as it is.

    >>> unescape(r"\u0053ERVICE")
    'SERVICE'
    """
    return _CODE_POINT.sub(_character, text) if "\\" in text else text


def locate(text: str, offset: int) -> tuple[int, int]:
    r"""Return the line and the column, from 1, of an offset.

    >>> locate("ab\ncd", 4)
    (2, 2)
    """
    offset = max(0, min(offset, len(text)))
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def tokenize(text: str) -> list[Token]:
    """Return every token of a text; white space and comments are the gaps between them.

    Escapes of code points are decoded inside names, strings and IRIs, never as punctuation:
    an engine that decodes them first (section 19.2) sees the tokens of `unescape(text)`.

    >>> [token.text for token in tokenize("ASK { ?s a <x#y> } # SERVICE")]
    ['ASK', '{', '?s', 'a', '<x#y>', '}']
    """
    return list(tokens(text))


def tokens(text: str) -> Iterator[Token]:
    """Read a text one token at a time, as `tokenize` does."""
    scanner = _Scanner(text)
    line, line_start, position = 1, 0, 0
    while True:
        start = _end(_GAP, text, position)
        line, line_start = _advance(text, position, start, line, line_start)
        if start >= len(text):
            return
        kind, position = scanner.token_at(start)
        piece = text[start:position]
        depth, frame = scanner.enter(kind, piece)
        yield Token(kind, piece, start, line, start - line_start + 1, depth, frame)
        line, line_start = _advance(text, start, position, line, line_start)


def _advance(text: str, start: int, end: int, line: int, line_start: int) -> tuple[int, int]:
    breaks = text.count("\n", start, end)
    return (line + breaks, text.rfind("\n", start, end) + 1) if breaks else (line, line_start)


def _end(rule: re.Pattern[str], text: str, start: int) -> int:
    match = rule.match(text, start)
    return match.end() if match else start


class _Scanner:
    """Where one reading of a text stands: the open brackets and the last two tokens."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.frames: list[Frame] = ["clause"]
        self.before: tuple[str, str] = ("", "")  # keyword or punctuation, else the kind
        self.last_closed: Frame | None = None
        self.no_colon_before = 0  # spares looking twice for the same colon

    def token_at(self, start: int) -> tuple[Kind, int]:
        """Return the kind and the end of the token that starts at an offset."""
        text = self.text
        first = text[start]
        if first == "<" and self.frames[-1] == "expression" and self._after_operand():
            return "punct", _end(_COMPARISON, text, start)
        for kind, rule in _RULES.get(first, ()):
            if match := rule.match(text, start):
                return kind, match.end()
        if match := _NUMBER.match(text, start):
            return "number", match.end()
        if first in _SINGLE:
            return "punct", start + 1
        if first in "\"'":  # not closed: the rest of the line is lost
            return "invalid", max(start + 1, _end(_REST_OF_LINE, text, start))
        return self._name_at(start)

    def _name_at(self, start: int) -> tuple[Kind, int]:
        text = self.text
        if text[start] == ":":
            return "pname", _end(_LOCAL, text, start)
        if start >= self.no_colon_before and (prefix := _PREFIX.match(text, start)):
            if local := _LOCAL.match(text, prefix.end()):
                return "pname", local.end()
            self.no_colon_before = prefix.end()
        if word := _WORD.match(text, start):
            return "word", word.end()
        return "invalid", start + 1

    def _after_operand(self) -> bool:
        last = self.before[1]
        return last in _OPERANDS or last in _OPERAND_ENDS or last in {"TRUE", "FALSE"}

    def enter(self, kind: Kind, piece: str) -> tuple[int, Frame]:
        """Note a token; return the depth and the frame it stands in."""
        name: str = kind
        if kind == "word":
            name = unescape(piece).upper()
            if name in _CLAUSES and self.frames[-1] == "group":
                self.frames[-1] = "clause"
        elif kind == "punct":
            name = piece
            if piece in CLOSING and len(self.frames) > 1:
                self.last_closed = self.frames.pop()
        depth, frame = len(self.frames) - 1, self.frames[-1]
        if kind == "punct" and piece in OPENING:
            self.frames.append(self._opened_by(piece))
        self.before = (self.before[1], name)
        return depth, frame

    def _opened_by(self, bracket: str) -> Frame:
        last = self.before[1]
        if bracket == "{":
            values = self.before == ("VALUES", "var")
            if values or (last == ")" and self.last_closed == "vars"):
                return "data"
            if self.frames[-1] == "clause" and len(self.frames) > 1:
                self.frames[-1] = "group"
            return "group"
        if bracket == "(":
            return self._parenthesis(last)
        return "blank" if bracket in {"[", "{|"} else "triple"

    def _parenthesis(self, last: str) -> Frame:
        around = self.frames[-1]
        if last == "VALUES":
            return "vars"
        if around in {"expression", "clause"}:
            return "expression"
        if around == "data":
            return "data"
        called = last in {"iri", "pname"} and self.before[0] == "FILTER"
        word = last[:1].isupper() and last not in {"A", "TRUE", "FALSE"}
        return "expression" if called or word else "list"
