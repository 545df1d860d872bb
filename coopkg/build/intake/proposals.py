"""What to write instead of a faulty line, where that can be told.

An example shows how such a line is written: it is never what this one should say. Where nothing
can be told, nothing is proposed.
"""

from __future__ import annotations

import re
from typing import Final

import pyoxigraph as ox

from coopkg.build.report import Finding
from coopkg.terms import PREFIXES, Term, compact

_NEAR: Final = re.compile(r"mean (\S+)\?")
_TOKEN: Final = re.compile(r"<[^<>\s]*>|[^\s<>\"';,()\[\]]+")
_WHOLE: Final = re.compile(r"-?\d+")
_JSON: Final = re.compile(r'"\s*:')
_LANGUAGE: Final = ox.NamedNode(PREFIXES["sh"] + "LanguageInConstraintComponent")


def near(one: Finding) -> str:
    """Return what somebody may have meant, "" when it cannot be told."""
    found = _NEAR.search(one.suggestion["en"]) if one.suggestion else None
    return found[1] if found else ""


def line(one: Finding, text: str, column: int | None) -> str:
    """Return a line of a file as it may have been meant; `column` is where the fault begins."""
    text_ = text.strip()
    if not text_:
        return ""
    if meant := near(one):
        return _renamed(one, text, column, _written(meant)).strip()
    if isinstance(one.value, ox.Literal):
        quoted = f'"{one.value.value}"'
        if _WHOLE.fullmatch(one.value.value):
            return text_.replace(quoted, one.value.value) if quoted in text_ else ""
        if one.component == _LANGUAGE and not one.value.language and text_.count(quoted) == 1:
            return text_.replace(quoted, _in_french(quoted, _JSON.search(text_) is not None))
    return ""


def _in_french(quoted: str, is_json: bool) -> str:
    """Write a label in the language that each thing has to have one in."""
    return f'{{"@value": {quoted}, "@language": "fr"}}' if is_json else f"{quoted}@fr"


def _written(name: str) -> str:
    """Return a name as Turtle writes it: whole addresses between angle brackets."""
    return f"<{name}>" if name.startswith(("http://", "https://")) else name


def _renamed(one: Finding, text: str, column: int | None, meant: str) -> str:
    """Put what was meant for the name that is wrong; "" where it does not stand in the line."""
    wrong: list[Term] = [
        term for term in (one.value, *(one.path.predicates if one.path else ())) if term
    ]
    for term in wrong:
        for seen in _forms(term):
            if seen in text:
                return text.replace(seen, meant)
    token = _TOKEN.match(text, column - 1) if column else None
    if token is None or not any(_ends(term, token[0]) for term in wrong):
        return ""
    name = token[0].rstrip(".")
    return text[: token.start()] + meant + text[token.start() + len(name) :]


def _forms(term: Term) -> tuple[str, ...]:
    return (f"<{term.value}>", compact(term.value)) if isinstance(term, ox.NamedNode) else ()


def _ends(term: Term, token: str) -> bool:
    """Tell whether a name of the file, with a prefix of its own, is that of a term."""
    local = token.rstrip(".").rpartition(":")[2]
    return isinstance(term, ox.NamedNode) and bool(local) and term.value.endswith(local)
