"""What stands beside an answer: where an error is, what is odd in the query, code samples."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from werkzeug.datastructures import MultiDict

from coopkg import sparql_text
from coopkg.engine.hints import diagnose
from coopkg.errors import CoopkgError, Lang
from coopkg.serve import permalinks
from coopkg.serve.permalinks import Permalink
from coopkg.serve.problems import Problem
from coopkg.serve.service import Service
from coopkg.serve.sparql import check, choices, mending
from coopkg.serve.sparql import samples as code
from coopkg.serve.sparql.choices import ANEW, Addresses, Link
from coopkg.serve.sparql.protocol import Asked

_HARMLESS: Final = frozenset({"variable-once", "cartesian-product", "projected-twice"})
"""Doubts that do not empty an answer."""
_OFFERED: Final = 5
"""Findings that may offer a change: each is tried before it is offered."""
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
    query: str, addresses: Addresses, service: Service | None, lang: Lang
) -> list[dict[str, Any]]:
    """Return what is wrong or doubtful in a query, each with a link that mends it where one can."""
    known = check.vocabulary(service.generation) if service else None
    return [
        {
            "severity": one.severity,
            "rule": one.rule,
            "line": one.line,
            "column": one.column,
            "message": one.message,
            "suggestion": one.suggestion or "",
            "empties": one.rule not in _HARMLESS,
            "mended": _mended(query, one.edit, addresses, service, lang)
            if place < _OFFERED
            else None,
        }
        for place, one in enumerate(diagnose(query, known, lang))
    ]


def _mended(
    query: str,
    change: mending.Change | None,
    addresses: Addresses,
    service: Service | None,
    lang: Lang,
) -> Link | None:
    """Return the address of the query mended; None when no change leaves nothing to say of it."""
    text = mending.mended(query, change, service, lang) if change is not None else None
    if text is None:
        return None
    kept = [field for field in addresses.fields if field[0] not in ANEW]
    made = replace(addresses, query=text, fields=tuple(kept))
    return None if made.long else made.to()


def permalink(asked: Asked, service: Service | None, lang: Lang) -> str:
    """Return the permanent address of a query; empty when it is too long for one."""
    if service is None:
        return ""
    given = MultiDict(choices.chosen(asked.fields))
    named = bool(given.get("generation"))
    link = Permalink(
        asked.query or "",
        tuple(filter(None, given.getlist("default-graph-uri"))),
        tuple(filter(None, given.getlist("named-graph-uri"))),
        inference="" if asked.dataset.inference else "off",
        generation=service.generation.id if named else "",
        view=given.get("view", ""),
        lang=lang,
    )
    try:
        return "/s/" + permalinks.encode(link)
    except CoopkgError:  # too long: the query itself is its only address
        return ""


def cited(asked: Asked) -> dict[str, str | list[str]]:
    """Return what `POST /receipts` takes to cite the answer of a query."""
    fields: dict[str, str | list[str]] = {"query": asked.query or ""}
    if not asked.dataset.inference:
        fields["inference"] = "off"
    for name in ("default-graph-uri", "named-graph-uri"):
        if values := [value for one, value in asked.fields if one == name and value]:
            fields[name] = values
    return fields
