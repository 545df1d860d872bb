"""What a generation can be searched by: names, questions, figures; `search.json`. Pure."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any, Final

from coopkg.questions import CATEGORIES, Question
from coopkg.terms import BASE, LANGUAGES

FILE: Final = "search.json"
VERSION: Final = 1
# Machinery that nobody looks for by its name.
_MACHINERY: Final = frozenset(
    {"participation", "partnership", "observation", "component", "identifier", "dataset", "unit"}
    | {"layer", "assertion-mode", "force", "catalog", "period", "modality", "funding"}
)
_AREAS: Final = (BASE + "id/", BASE + "scheme/")
_KEPT: Final = ("fr", "en", "alt", "the", "kind")
TIMES: Final = frozenset({"year", "date", "period"})
"""Names of the columns that hold a time."""
_KINDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("organisation", "group", "programme"), "actor"),
    "place": "place",
}
"""What a thing is to who asks « qui » or « où », by the beginning of its short name."""
_DAY: Final = re.compile(r"(\d{4})-\d\d-\d\d")


def is_found(iri: str, entry: Mapping[str, Any]) -> bool:
    """Tell whether a search shows a thing: it has a name, and is no machinery."""
    named = any(entry.get(lang) for lang in LANGUAGES)
    return named and iri.startswith(_AREAS) and entry.get("kind") not in _MACHINERY


def document(
    labels: Mapping[str, Mapping[str, Any]],
    questions: Mapping[str, Question],
    choices: Mapping[str, Mapping[str, Iterable[str]]],
    answers: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    """Return what is sealed: from labels, questions, the values that may be chosen, the answers.

    `answers` are those to the questions with every choice left open, as `answers.json` holds them.
    """
    domains: list[dict[str, str]] = []
    asked = {
        slug: {
            **_question(question, choices.get(slug, {}), domains, answers.get(slug, {})),
            "figures": _figures(question, answers.get(slug, {})),
        }
        for slug, question in sorted(questions.items())
    }
    chosen = {thing for one in domains for thing in one.values()}
    things = {
        iri: {name: entry[name] for name in _KEPT if entry.get(name)}
        for iri, entry in sorted(labels.items())
        if is_found(iri, entry) or iri in chosen
    }
    return {"version": VERSION, "things": things, "domains": domains, "questions": asked}


def written(document: Mapping[str, Any]) -> bytes:
    """Return the document as it is sealed: the same bytes for the same content."""
    text = json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode() + b"\n"


def _question(
    question: Question,
    choices: Mapping[str, Iterable[str]],
    domains: list[dict[str, str]],
    answer: Mapping[str, Any],
) -> dict[str, Any]:
    parameters = []
    holds = _holds(answer)
    for one in question.parameters:
        domain = {short: one.read(short).value for short in sorted(choices.get(one.name, ()))}
        if domain not in domains:
            domains.append(domain)
        parameters.append(
            {
                "name": one.name,
                "kind": one.kind,
                "required": one.required,
                "label": one.label.as_json(),
                "any": one.any_words.as_json(),
                "domain": domains.index(domain),
            }
        )
    return {
        "title": question.title.as_json(),
        "asked": {lang: list(question.asked[lang]) for lang in LANGUAGES},
        "help": question.help.as_json(),
        "view": question.view,
        "category": CATEGORIES[question.category].as_json(),
        "parameters": parameters,
        "columns": [
            {
                "name": one.name,
                "kind": one.kind,
                "label": one.label.as_json(),
                "holds": holds.get(one.name, []),
            }
            for one in question.visible
        ],
    }


def _holds(answer: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return what kind of thing most cells of each column of an answer are: actors, places."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for row in answer.get("rows", ()):
        for column, cell in zip(answer["columns"], row, strict=True):
            if cell:
                found[column][_KINDS.get(cell.partition(":")[0], "")] += 1
    return {
        column: [kind for kind, count in kinds.items() if kind and 2 * count > kinds.total()]
        for column, kinds in found.items()
    }


def _figures(question: Question, answer: Mapping[str, Any]) -> list[str]:
    """Return the figures that an answer holds: who types one of them back narrows nothing.

    Years are among them when the answer is a single row: of several, a year chooses one.
    """
    rows = answer.get("rows", ())
    left = {one.name for one in question.parameters} | (TIMES if len(rows) > 1 else set())
    found = {str(answer["count"])} if answer.get("count") else set()
    for row in rows:
        for column, cell in zip(answer["columns"], row, strict=True):
            day = _DAY.fullmatch(cell)
            if column not in left and (day or cell.isdigit()):
                found.add(day[1] if day else cell)
    return sorted(found)
