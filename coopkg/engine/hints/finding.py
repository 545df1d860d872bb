"""What is found in a query: where, why in two languages, and the change that mends it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, NamedTuple

from coopkg.errors import Lang
from coopkg.sparql_text import locate
from coopkg.sparql_tokens import Token
from coopkg.typography import french

Severity = Literal["error", "warning"]

SHOWN: Final = 90  # characters of a line beside a caret


class Said(NamedTuple):
    """A text in French and in English."""

    fr: str
    en: str

    def text(self, lang: Lang) -> str:
        """Return it in one language, French set as French is."""
        return french(self.fr) if lang == "fr" else self.en


class Edit(NamedTuple):
    """A change that mends: put `text` instead of what stands between two offsets."""

    start: int
    end: int
    text: str

    def apply(self, query: str) -> str:
        """Return the query with the change made."""
        return query[: self.start] + self.text + query[self.end :]


@dataclass(frozen=True)
class Finding:
    """One thing found, between two offsets; `rule` is a key of `rules.RULES`."""

    rule: str
    start: int
    end: int
    message: Said
    suggestion: Said | None = None
    edit: Edit | None = None
    expected: Said | None = None


def at(
    tokens: Token | Sequence[Token],
    rule: str,
    message: tuple[str, str],
    suggestion: tuple[str, str] | None = None,
    replacement: str | None = None,
    edit: Edit | None = None,
    expected: tuple[str, str] | None = None,
) -> Finding:
    """Return a finding about a token, or about all from the first to the last of several.

    `replacement` is the text to put in their place; `edit` a change elsewhere.
    """
    # A token is itself a tuple.
    first, last = (tokens, tokens) if isinstance(tokens, Token) else (tokens[0], tokens[-1])
    if replacement is not None:
        edit = Edit(first.offset, last.end, replacement)
    return Finding(
        rule,
        first.offset,
        last.end,
        Said(*message),
        Said(*suggestion) if suggestion else None,
        edit,
        Said(*expected) if expected else None,
    )


@dataclass(frozen=True)
class Diagnostic:
    """A finding in one language. Lines and columns count from 1, in code points; ends excluded.

    `replacement` is what to put between the two places; `edit` says it with its own places,
    which differ when the change belongs elsewhere (a PREFIX to add at the top).
    """

    severity: Severity
    rule: str
    line: int
    column: int
    end_line: int
    end_column: int
    message: str
    suggestion: str | None
    replacement: str | None
    edit: dict[str, int | str] | None
    expected: str | None
    caret: str

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def diagnostic(found: Finding, text: str, severity: Severity, lang: Lang) -> Diagnostic:
    """Return a finding in one language, with its places in the text."""
    edit = found.edit
    same = edit is not None and (edit.start, edit.end) == (found.start, found.end)
    return Diagnostic(
        severity,
        found.rule,
        *locate_end(text, found.start),
        *locate_end(text, found.end),
        found.message.text(lang),
        found.suggestion.text(lang) if found.suggestion else None,
        edit.text if edit and same else None,
        _places(text, edit) if edit else None,
        found.expected.text(lang) if found.expected else None,
        caret(text, found.start, found.end),
    )


def locate_end(text: str, offset: int) -> tuple[int, int]:
    """Return the line and the column of an offset, which may be just after the text."""
    return locate(text + " ", offset)


def _places(text: str, edit: Edit) -> dict[str, int | str]:
    line, column = locate_end(text, edit.start)
    end_line, end_column = locate_end(text, edit.end)
    return {
        "line": line,
        "column": column,
        "end_line": end_line,
        "end_column": end_column,
        "text": edit.text,
    }


def caret(text: str, start: int, end: int) -> str:
    r"""Return the line of a place, and a line of carets under what stands there.

    A long line is cut around the place; tabs are kept, so that the carets stay under it.

    >>> print(caret("ASK {\n  ?s ?p }", 14, 15))
      ?s ?p }
            ^
    """
    begin = text.rfind("\n", 0, start) + 1
    stop = text.find("\n", start)
    line = text[begin:] if stop < 0 else text[begin:stop]
    line = line.rstrip("\r")
    column, width = start - begin, max(1, min(end, begin + len(line)) - start)
    before, after = "", ""
    if len(line) > SHOWN:
        cut = max(0, min(column - SHOWN // 3, len(line) - SHOWN))
        before, after = "…" if cut else "", "…" if cut + SHOWN < len(line) else ""
        line, column = line[cut : cut + SHOWN], column - cut
        width = max(1, min(width, SHOWN - column))
    lead = "".join("\t" if character == "\t" else " " for character in line[:column])
    return f"{before}{line}{after}\n{' ' * len(before)}{lead}{'^' * width}"
