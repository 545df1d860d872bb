"""The first finding of a query as the error of the tree, for those who only run it."""

from __future__ import annotations

from coopkg.engine.hints import errors
from coopkg.engine.hints.finding import Finding, caret, locate_end
from coopkg.engine.hints.scene import Scene
from coopkg.errors import SyntaxQueryError

_REFUSALS = frozenset({"writes", "calls-out"})


def first(text: str) -> SyntaxQueryError | None:
    """Return the first error of a query, None when these rules find none."""
    found = next((one for one in errors(Scene.of(text)) if one.rule not in _REFUSALS), None)
    return _error(text, found) if found is not None else None


def better(text: str, error: SyntaxQueryError) -> SyntaxQueryError:
    """Return the first error of a query; else the one that was found, with its line shown."""
    return first(text) or shown(text, error)


def shown(text: str, error: SyntaxQueryError) -> SyntaxQueryError:
    """Add to an error the line it is about."""
    if error.line is not None and not error.caret:
        lines = text.split("\n")
        offset = sum(len(line) + 1 for line in lines[: error.line - 1]) + (error.column or 1) - 1
        error.caret = caret(text, offset, offset + 1)
    return error


def _error(text: str, found: Finding) -> SyntaxQueryError:
    line, column = locate_end(text, found.start)
    edit = found.edit
    error = SyntaxQueryError(
        _sentence(found.message.fr),
        _sentence(found.message.en),
        line,
        column,
        edit.text.strip() if edit is not None else "",
    )
    error.rule = found.rule
    error.caret = caret(text, found.start, found.end)
    error.expected, error.suggestion = found.expected, found.suggestion
    return error


def _sentence(text: str) -> str:
    """Begin with a capital and end with a dot, as a title does not.

    >>> _sentence("le préfixe « a: » n’est pas déclaré"), _sentence("“}” is one too many")
    ('Le préfixe « a: » n’est pas déclaré.', '“}” is one too many.')
    """
    mark = "" if text[-1] in ".?!" else "."
    return text[0].upper() + text[1:] + mark
