"""How a partner's data stand: what they lack, what remains to be mended, and how they grew."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from flask import g

from coopkg.contributions import Contribution, Partner
from coopkg.engine import Dataset
from coopkg.errors import Lang
from coopkg.serve import metering, present
from coopkg.serve.partners import documents, passes, words
from coopkg.terms import PREFIXES

SHOWN: Final = 20
PLACES: Final = 3
TO_MEND: Final = frozenset({"refused", "failed"})
TO_COMPLETE: Final = frozenset({"received", "waiting", "accepted", "published"})
_NAMES: Final = "rdfs:label|skos:prefLabel"
_LACKING: Final = f"""
PREFIX rdfs: <{PREFIXES["rdfs"]}> PREFIX skos: <{PREFIXES["skos"]}>
SELECT ?s ?fr ?en ?kind WHERE {{
  {{ SELECT DISTINCT ?s WHERE {{ ?s ?p ?o FILTER(ISIRI(?s)) }} }}
  BIND(EXISTS {{ ?s {_NAMES} ?f FILTER(LANG(?f) = "fr") }} AS ?fr)
  BIND(EXISTS {{ ?s {_NAMES} ?e FILTER(LANG(?e) = "en") }} AS ?en)
  BIND(EXISTS {{ ?s a ?class }} AS ?kind)
  FILTER(!?fr || !?en || !?kind)
}} ORDER BY ?s LIMIT {SHOWN}"""
_LACKS: Final = {
    "fr": ("un nom en français", "a name in French"),
    "en": ("un nom en anglais", "a name in English"),
    "kind": ("ce que c’est", "what it is"),
}


def view(
    one: Partner, sent: Sequence[Contribution], own: Sequence[str], private: bool, lang: Lang
) -> dict[str, Any]:
    """Return what the page of a partner shows of it; problems only to the partner itself.

    `own` are its graphs in this generation, `sent` its contributions, the newest first.
    """
    return {
        "lacking": lacking(own, lang),
        "problems": problems(sent, lang) if private else [],
        "growth": growth(sent),
    }


def lacking(own: Sequence[str], lang: Lang) -> list[dict[str, Any]]:
    """Return the first things that are not described in full, and what each lacks."""
    if not own:
        return []
    result = metering.run(
        g.service.engine,
        _LACKING,
        accept="application/sparql-results+json",
        dataset=Dataset(tuple(own)),
    )
    names = present.Names(g.service.catalogue, lang)
    return [
        {
            "text": names.text(row["s"]["value"]),
            "href": names.href(row["s"]["value"]),
            "lacks": [
                both[lang == "en"] for name, both in _LACKS.items() if row[name]["value"] == "false"
            ],
        }
        for row in json.loads(result.body)["results"]["bindings"]
    ]


def problems(sent: Sequence[Contribution], lang: Lang) -> list[dict[str, Any]]:
    """Return what remains to be done: what was refused or failed, then what would be completed.

    What a later contribution of the same file came over is left out.
    """
    found: list[dict[str, Any]] = []
    seen: set[tuple[str, str | None]] = set()
    for one in sent:
        place = one.name or one.body, one.graph
        if place in seen or one.erased:
            continue
        seen.add(place)
        if one.state in TO_MEND or (one.state in TO_COMPLETE and one.status == "warnings"):
            found.append(_problem(one, lang))
    return sorted(found, key=lambda problem: not problem["blocks"])


def _problem(one: Contribution, lang: Lang) -> dict[str, Any]:
    report = documents.report(one)
    findings = report.get("findings", ())
    causes = []
    for group in report.get("groups", ()):
        inside = [findings[number] for number in group["findings"] if number < len(findings)]
        if inside:
            causes.append({"text": inside[0]["message"][lang], "count": len(inside)})
    return {
        "id": one.id,
        "href": f"/{lang}/contributions/{one.id}?code={passes.code(one.id)}",
        "name": one.name or one.id,
        "when": one.received,
        "state": words.said(words.STATES, one.state, lang),
        "blocks": one.state in TO_MEND,
        "why": one.why.get(lang) or one.why.get("fr") or one.why.get("en") or "",
        "causes": causes[:PLACES],
        "more": max(0, len(causes) - PLACES),
    }


def growth(sent: Sequence[Contribution]) -> list[dict[str, Any]]:
    """Return how much each publication added and removed, the oldest first."""
    steps: list[dict[str, Any]] = []
    for one in sent:
        counts = one.counts.get("added", 0), one.counts.get("removed", 0)
        for step in one.history:
            if step.event == "published":
                steps.append({"at": step.at, "entry": step.entry, "id": one.id, "counts": counts})
            elif step.event == "undone" and one.generation is not None:
                steps.append(
                    {"at": step.at, "entry": step.entry, "id": one.id, "counts": counts[::-1]}
                )
    steps.sort(key=lambda step: int(step["entry"]))
    return steps
