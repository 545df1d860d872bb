"""What a request to make a receipt asks: a form, or JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask import Request as HTTPRequest
from werkzeug.http import parse_options_header

from coopkg import sparql_text
from coopkg.engine import admission
from coopkg.errors import ParameterError
from coopkg.questions import RESERVED
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.receipts.receipt import Request
from coopkg.serve.sparql import protocol

JSON: Final = "application/json"
GRAPHS: Final = ("default-graph-uri", "named-graph-uri")
OURS: Final = RESERVED | {"query", "question", "view", "id", *GRAPHS}


@dataclass(frozen=True)
class Posted:
    """What is to be cited, the generation named for it ("" for the current one), and `lang`."""

    asked: Request
    generations: tuple[str, ...]
    lang: str


def read(request: HTTPRequest, most_bytes: int) -> Posted:
    """Read what a POST asks; the address counts too.

    Raises:
        HTTPProblem: 400, 413 or 415.
        SyntaxQueryError: bytes that are not UTF-8.
        ParameterError: a parameter that is not acceptable.
    """
    given = protocol.fields(request.query_string) + _body(request, most_bytes)
    every: dict[str, list[str]] = {}
    for name, value in given:
        every.setdefault(name, []).append(value)
    query, question = _one(every, "query"), _one(every, "question")
    if bool(query) == bool(question):
        raise HTTPProblem(
            400,
            "Donnez une requête (query) ou une question (question), et une seule des deux.",
            "Give a query or a question, and only one of the two.",
        )
    inference = _one(every, "inference") or "on"
    if inference not in {"on", "off"}:
        raise ParameterError("inference", inference, "on ou off", "on or off")
    default, named = (tuple(_graph(name, one) for one in every.get(name, [])) for name in GRAPHS)
    parameters = {name: _one(every, name) for name in every if question and name not in OURS}
    asked = Request(
        query,
        question,
        {name: value for name, value in parameters.items() if value},
        default if query else (),
        named if query else (),
        inference == "on",
    )
    return Posted(asked, tuple(filter(None, every.get("generation", []))), _one(every, "lang"))


def _one(every: Mapping[str, list[str]], name: str) -> str:
    values = list(dict.fromkeys(every.get(name, [])))
    if len(values) > 1:
        raise ParameterError(name, ", ".join(values)[:80], "une seule valeur", "one value only")
    return values[0] if values else ""


def _graph(name: str, value: str) -> str:
    try:
        return sparql_text.resolve(value, admission.BASE)
    except ValueError as error:
        raise ParameterError(name, value, "une IRI", "an IRI") from error


def _body(request: HTTPRequest, most_bytes: int) -> list[tuple[str, str]]:
    kind, _ = parse_options_header(request.headers.get("Content-Type", ""))
    if kind not in {protocol.FORM, JSON}:
        seen = kind or "?"
        raise HTTPProblem(
            415,
            f"Type de contenu « {seen} » : envoyez {protocol.FORM} ou {JSON}.",
            f"Content type “{seen}”: send {protocol.FORM} or {JSON}.",
            {"Accept-Post": f"{protocol.FORM}, {JSON}"},
        )
    body = protocol.body(request, most_bytes)
    return protocol.fields(body) if kind == protocol.FORM else _of_json(body)


def _of_json(body: bytes) -> list[tuple[str, str]]:
    """Read `{"question": …, "parameters": {…}}` or `{"query": …}` as the fields of a form."""
    try:
        content = json.loads(admission.decode(body))
        found: list[tuple[str, str]] = []
        for name, value in {**content, **content.pop("parameters", {})}.items():
            if name == "parameters":
                continue
            found += [(name, _text(one)) for one in (value if isinstance(value, list) else [value])]
    except (ValueError, AttributeError, TypeError, RecursionError) as error:
        raise HTTPProblem(
            400,
            "Le corps n’est pas l’objet JSON attendu : query, ou question et parameters.",
            "The body is not the JSON object expected: query, or question and parameters.",
        ) from error
    return found


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, int | str):
        return str(value)
    raise TypeError(value)
