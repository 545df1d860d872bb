"""The limits that go with an answer: those its question declares, and those its sources show."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from coopkg.answers.catalogue import Context
from coopkg.questions import Question

_INFERENCE_OFF: Final = {
    "fr": "Sans déduction\u00a0: seules les affirmations écrites ont été interrogées.",
    "en": "Without inference: only what is asserted was asked.",
}
_MODES: Final[Mapping[str, tuple[str, str]]] = {
    "implied": (
        "La réponse repose en partie sur ce que le texte implique sans l’écrire{}.",
        "The answer rests in part on what the text implies without writing it{}.",
    ),
    "resolved": (
        "La réponse repose en partie sur la lecture d’un renvoi du texte{}.",
        "The answer rests in part on reading a reference made by the text{}.",
    ),
    "curated": (
        "La réponse repose en partie sur une interprétation ajoutée à la source{}.",
        "The answer rests in part on an interpretation added to the source{}.",
    ),
    "external": (
        "La réponse repose en partie sur une référence extérieure à la source{}.",
        "The answer rests in part on a reference outside the source{}.",
    ),
    "computed": (
        "La réponse est en partie calculée, et non imprimée dans la source{}.",
        "The answer is in part computed, not printed in the source{}.",
    ),
}


def all_of(
    question: Question,
    sources: Sequence[Mapping[str, Any]],
    state: tuple[str, Mapping[str, str] | None],
    context: Context,
    limit: int,
) -> list[dict[str, Any]]:
    """Return every note of an answer, in the order a reader needs them.

    `state` is its status, and what its coverage says of its completeness: two answers to one
    doubt would be one too many.
    """
    status, claimed = state
    found: list[dict[str, Any]] = [
        {"kind": note.kind, "text": note.text.as_json()} for note in question.notes
    ]
    if status == "truncated":
        text = {
            "fr": f"Réponse coupée à {limit} lignes\u00a0: précisez la question.",
            "en": f"Answer cut at {limit} rows: narrow the question.",
        }
        found.append({"kind": "limit", "text": text, "limit": limit})
    if question.exhaustive is False and claimed and status in {"complete", "truncated"}:
        found.append({"kind": "exhaustiveness", "text": dict(claimed)})
    if not context.inference:
        found.append({"kind": "inference", "text": dict(_INFERENCE_OFF)})
    return found + (basis(sources) if status in {"complete", "truncated"} else [])


def basis(sources: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one note for each way of knowing, other than the text's own words."""
    found = []
    for mode, (fr, en) in _MODES.items():
        where = [source for source in sources if source["mode"] == mode]
        if where:
            names = {lang: ", ".join(_name(one, lang) for one in where) for lang in ("fr", "en")}
            text = {"fr": fr.format(f" ({names['fr']})"), "en": en.format(f" ({names['en']})")}
            found.append({"kind": "basis", "text": text, "mode": mode})
    return found


def _name(source: Mapping[str, Any], lang: str) -> str:
    lines = source["lines"]
    if not lines:
        return str(source["label"][lang])
    return f"l. {lines[0]}" + (f"–{lines[-1]}" if len(lines) > 1 else "")
