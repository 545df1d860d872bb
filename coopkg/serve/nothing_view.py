"""What the page of a question shows when there is no row: no I/O, no Flask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from coopkg.answers import Answer
from coopkg.errors import Lang
from coopkg.serve import present, why_view


def nearest(answer: Answer, lang: Lang) -> list[dict[str, Any]]:
    """Return the changes that would give rows as links, the smallest first."""
    return [
        {
            "text": one["text"][lang],
            "count": one["count"],
            "kind": one.get("kind", ""),
            "href": _address(one, answer, lang),
        }
        for one in answer.nearest
    ]


def _address(change: Mapping[str, Any], answer: Answer, lang: Lang) -> str:
    """Return where a change leads; what was asked without inference stays so."""
    kept = answer.inference or change.get("inference")
    query = urlencode({**change["parameters"], **({} if kept else {"inference": "off"})})
    slug = change.get("question") or answer.question
    return f"/{lang}/questions/{slug}" + (f"?{query}" if query else "")


def unsaid(gaps: Iterable[Mapping[str, Any]], names: present.Names) -> list[dict[str, Any]]:
    """Return what the sources do not say, and where they were read for it."""
    lang = names.lang
    return [
        {
            "name": gap["label"][lang],
            "text": gap.get("text", {}).get(lang, ""),
            "reason": gap.get("reason", {}).get("label", {}).get(lang, ""),
            "href": names.href(gap["gap"]),
            "passages": [why_view.passage(one, names) for one in gap.get("passages", ())],
        }
        for gap in gaps
    ]
