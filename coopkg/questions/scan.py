"""Where the parts of a SPARQL text begin and end, found token by token.

`#`, `{` and SELECT also live inside strings, IRIs and comments, so the text is read with the
terminals of SPARQL 1.1 (section 19.8), never searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

TOKEN: Final = re.compile(
    r"""
      (?P<comment>\#[^\r\n]*)
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<string>'''(?:'{0,2}(?:[^'\\]|\\.))*'''|\"\"\"(?:"{0,2}(?:[^"\\]|\\.))*\"\"\"
        |'(?:[^'\\\r\n]|\\.)*'|"(?:[^"\\\r\n]|\\.)*")
    | (?P<word>[?$@]?(?:[\w:%-]|\\.)(?:[\w:.%-]|\\.)*(?<!\.)|:)
    | (?P<mark>[^\s])
    """,
    re.VERBOSE | re.DOTALL,
)


FORMS: Final = frozenset({"SELECT", "CONSTRUCT", "ASK", "DESCRIBE"})


class Token(NamedTuple):
    """One terminal: its kind (`iri`, `string`, `word`, `mark`), its text, and where."""

    kind: str
    text: str
    start: int
    end: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the terminals of a SPARQL text, without blanks and comments."""
    for found in TOKEN.finditer(text):
        kind = found.lastgroup or ""
        if kind != "comment":
            yield Token(kind, found.group(), found.start(), found.end())


def prologue(text: str) -> str:
    r"""Return what stands before SELECT, CONSTRUCT, ASK or DESCRIBE: BASE and PREFIX lines.

    >>> prologue("# SELECT\nPREFIX select: <http://x/> SELECT ?s { ?s ?p ?o }")
    'PREFIX select: <http://x/> '
    """
    first = None
    for token in tokens(text):
        first = token.start if first is None else first
        if token.kind == "word" and token.text.upper() in {
            "SELECT",
            "CONSTRUCT",
            "ASK",
            "DESCRIBE",
        }:
            return text[first : token.start]
    return ""


def outer_group(text: str, number: int = 1) -> tuple[int, int]:
    """Return start and end, braces included, of one of the outermost groups of a query.

    The WHERE group of a SELECT is the first; that of a CONSTRUCT, after its template, the second.

    >>> text = "SELECT ?s WHERE { ?s ?p '}' { ?s a ?c } } ORDER BY ?s"
    >>> text[slice(*outer_group(text))]
    "{ ?s ?p '}' { ?s a ?c } }"

    Raises:
        ValueError: there is no such group, or it is never closed.
    """
    depth = seen = start = calls = 0
    for token in tokens(text):
        if token.kind != "mark":
            continue
        if token.text in "()":  # an EXISTS group of a SELECT expression is not the WHERE group
            calls += 1 if token.text == "(" else -1
        elif token.text == "{" and not calls:
            depth += 1
            if depth == 1:
                seen, start = seen + 1, token.start
        elif token.text == "}" and not calls:
            depth -= 1
            if depth == 0 and seen == number:
                return start, token.end
    raise ValueError(f"group {{ … }} number {number} was not found")
