"""What is new, for the first page: the last generations, and which answers each changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from coopkg.answers.compared import Change
from coopkg.errors import Lang
from coopkg.generation import Generation
from coopkg.serve import feed, i18n, listing
from coopkg.serve.service import Service

MOST: Final = 3
"""Generations told, and questions of each."""
_REMEMBERED: Final = 16
_KNOWN: dict[tuple[str, str], Sequence[Change] | None] = {}


def news(service: Service, kept: Sequence[Generation], lang: Lang) -> list[dict[str, Any]]:
    """Return the last generations up to the one that answers, the newest first.

    `kept` are those that can still be read, the newest first.
    """
    here = service.generation.number
    known = [one for one in kept if one.number <= here]
    pairs = zip(known[:MOST], [*known[1:], None], strict=False)
    return [_told(service, newer, older, lang) for newer, older in pairs]


def _told(
    service: Service, newer: Generation, older: Generation | None, lang: Lang
) -> dict[str, Any]:
    changes = _changes(older, newer) if older else None
    restored = newer.manifest.restores
    t = i18n.texts(lang)
    said = []
    if restored is not None:
        said.append(
            t(
                f"elle rétablit le contenu de la génération {restored}",
                f"it brings back the content of generation {restored}",
            )
        )
    if older is None:
        said.append(t("la plus ancienne que l’on puisse relire", "the oldest that can be read"))
    elif changes is None:
        said.append(
            t(
                f"ne peut pas être comparée à la génération {older.number}",
                f"cannot be compared with generation {older.number}",
            )
        )
    else:
        said.append(_counted(len(changes), lang))
    return {
        "number": newer.number,
        "id": newer.id,
        "published": newer.manifest.published,
        "words": t(" ; ", "; ").join(said),
        "changes": [_change(service, one, lang) for one in (changes or ())[:MOST]],
        "more": max(0, len(changes or ()) - MOST),
    }


def _changes(older: Generation, newer: Generation) -> Sequence[Change] | None:
    pair = f"{older.path}/{older.id}", newer.id
    if pair not in _KNOWN:
        while len(_KNOWN) >= _REMEMBERED:
            _KNOWN.pop(next(iter(_KNOWN)), None)
        _KNOWN[pair] = feed.answers_changed(older, newer)
    return _KNOWN[pair]


def _counted(number: int, lang: Lang) -> str:
    t = i18n.texts(lang)
    if not number:
        return t("les réponses n’ont pas changé", "no answer changed")
    return t(
        f"{number} {'réponse a' if number < 2 else 'réponses ont'} changé",
        f"{number} {'answer' if number == 1 else 'answers'} changed",
    )


def _change(service: Service, one: Change, lang: Lang) -> dict[str, str]:
    """Return what happened to one question: its title, where it is if it is still there."""
    t = i18n.texts(lang)
    question = service.questions.get(one.slug)
    if one.was is None:
        words = t("nouvelle question", "new question")
    elif one.now is None:
        words = t("question retirée", "question removed")
    else:
        words = t(f"{one.was} lignes, puis {one.now}", f"{one.was} rows, then {one.now}")
        if one.was == one.now:
            words = t("d’autres lignes", "other rows")
    return {
        "title": listing.heading(service, question, {}, lang) if question else one.slug,
        "href": f"/{lang}/questions/{one.slug}" if question and not _needs(question) else "",
        "words": words,
    }


def _needs(question: Any) -> bool:
    """Tell whether a question cannot be asked without a choice."""
    return any(one.required for one in question.parameters)
