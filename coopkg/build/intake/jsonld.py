"""JSON-LD whose contexts are all inside the document: none is ever fetched."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from coopkg.build.intake.findings import Finding, Spot, Unreadable, same
from coopkg.terms import BASE

CONTEXTS: Final = frozenset(BASE + name for name in ("context", "context.jsonld", "ns/context"))


def inlined(text: str, context: Mapping[str, Any] | None) -> bytes:
    """Return a JSON-LD document whose contexts are all inside it.

    Raises:
        Unreadable: it is not JSON, or it calls a context from elsewhere.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(_not_json(text, error)) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(Finding("syntax", "violation", same(str(error)), Spot(1, 1))) from error
    if not isinstance(value, dict | list):
        said = {
            "fr": "un objet { … } ou une liste [ … ] est attendu",
            "en": "an object { … } or a list [ … ] is expected",
        }
        raise Unreadable(Finding("syntax", "violation", said, Spot(1, 1), text[:40]))
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "@context" in one:
                one["@context"] = _inline(text, one["@context"], context)
            for key in ("@import", "@propagate", "@included"):
                if key == "@import" and key in one:
                    raise Unreadable(_remote(text, str(one[key])))
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _inline(text: str, given: Any, context: Mapping[str, Any] | None) -> Any:
    if isinstance(given, list):
        return [_inline(text, one, context) for one in given]
    if not isinstance(given, str):
        return given
    if given in CONTEXTS and context is not None:
        return context.get("@context", context)
    raise Unreadable(_remote(text, given))


def _remote(text: str, seen: str) -> Finding:
    offset = max(text.find(json.dumps(seen, ensure_ascii=False)), 0)
    ours = BASE + "context.jsonld"
    return Finding(
        "remote-context",
        "violation",
        {
            "fr": "un @context d’une autre adresse n’est jamais lu : l’écrire dans le fichier, ou "
            f"nommer le nôtre, {ours}",
            "en": "a @context from another address is never read: write it in the file, or name "
            f"ours, {ours}",
        },
        Spot(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)),
        seen=seen,
        expected=same(ours),
        example=f'"@context": "{ours}"',
    )


_JSON_WORDS: Final = {
    "Expecting ',' delimiter": ("il manque une virgule", "a comma is missing"),
    "Expecting property name enclosed in double quotes": (
        'un nom entre guillemets droits "…" est attendu (une virgule de trop avant ?)',
        'a name between straight quotes "…" is expected (one comma too many before it?)',
    ),
    "Expecting value": ("une valeur est attendue", "a value is expected"),
    "Expecting ':' delimiter": ("il manque deux-points", "a colon is missing"),
    "Unterminated string starting at": (
        'texte ouvert par " et jamais refermé',
        'text opened by " and never closed',
    ),
    "Extra data": (
        "il y a encore du texte après la fin",
        "there is more text after the end",
    ),
    "Invalid control character at": (
        "un retour à la ligne ou un caractère de contrôle dans un texte : écrire \\n",
        "a line break or control character inside a text: write \\n",
    ),
    "Invalid \\escape": ("« \\ » suivi d’un signe inconnu", "“\\” followed by an unknown sign"),
}


def _not_json(text: str, error: json.JSONDecodeError) -> Finding:
    fr, en = _JSON_WORDS.get(error.msg, ("ce n’est pas du JSON", "this is not JSON"))
    position = error.pos
    if error.msg.startswith("Expecting ','"):  # the fault is at the end of what comes before
        position = len(text[:position].rstrip())
    before = text[:position]
    place = Spot(before.count("\n") + 1, position - before.rfind("\n"))
    return Finding(
        "syntax",
        "violation",
        {"fr": fr, "en": en},
        place,
        seen=text.split("\n")[before.count("\n")].strip()[:120],
        detail=error.msg,
    )
