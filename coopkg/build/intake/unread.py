"""What a JSON-LD file says that nobody reads: keys that no context explains, wrong languages.

JSON-LD 1.1 leaves out a key that is neither a term of its context nor an address, and a text whose
language is not well formed, without a word: who wrote them believes that they were sent.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Final

from coopkg.build.intake.findings import Finding, Spot, same

_LANGUAGE: Final = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_MAPS: Final = frozenset({"@language", "@index", "@id", "@type", "@graph"})
MOST: Final = 50


def findings(text: str, document: Any) -> tuple[Finding, ...]:
    """Return what is not read of a document, once each; its contexts are all inside it."""
    context = _Context()
    context.take_all(document)
    found = dict.fromkeys(_unread(document, context))
    return tuple(_told(text, kind, seen) for kind, seen in list(found)[:MOST])


class _Context:
    """The terms that a document defines, anywhere: too many rather than too few."""

    def __init__(self) -> None:
        self.maps: dict[str, bool] = {}
        self.has_vocabulary = False

    def take_all(self, value: Any) -> None:
        """Take the terms of every context below a value."""
        waiting = [value]
        while waiting:
            one = waiting.pop()
            if isinstance(one, dict):
                self._take(one.get("@context"))
                waiting.extend(one.values())
            elif isinstance(one, list):
                waiting.extend(one)

    def _take(self, given: Any) -> None:
        for one in given if isinstance(given, list) else [given]:
            if isinstance(one, dict):
                self.has_vocabulary |= bool(one.get("@vocab"))
                for term, meant in one.items():
                    if not term.startswith("@") and meant is not None:
                        held = meant.get("@container") if isinstance(meant, dict) else None
                        kinds = set(held if isinstance(held, list) else [held])
                        self.maps[term] = bool(kinds & _MAPS)

    def explains(self, key: str) -> bool:
        """Tell whether a key means something."""
        return self.has_vocabulary or key.startswith("@") or ":" in key or key in self.maps


def _unread(value: Any, context: _Context, is_map: bool = False) -> Iterator[tuple[str, str]]:
    waiting = [(value, is_map)]
    while waiting:
        one, keyed = waiting.pop()
        if isinstance(one, list):
            waiting.extend((each, keyed) for each in reversed(one))
        elif isinstance(one, dict):
            if "@value" in one:
                language = one.get("@language")
                if isinstance(language, str) and not _LANGUAGE.fullmatch(language):
                    yield "language", language
                continue
            for key, within in one.items():
                if key == "@context":
                    continue
                if not keyed and not context.explains(key):
                    yield "key", key
                waiting.append((within, not keyed and context.maps.get(key, False)))


def _told(text: str, kind: str, seen: str) -> Finding:
    quoted = json.dumps(seen, ensure_ascii=False)
    pattern = re.escape(quoted) + (r"\s*:" if kind == "key" else "")
    match = re.search(pattern, text)
    offset = match.start() if match else 0
    spot = Spot(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))
    if kind == "key":
        said = {
            "fr": f"la clé {quoted} n’est dans aucun @context : ce qu’elle dit n’est pas lu",
            "en": f"the key {quoted} is in no @context: what it says is not read",
        }
        wanted = {"fr": "une clé du @context", "en": "a key of the @context"}
        return Finding("unread-key", "warning", said, spot, seen, wanted, '"coop:country"')
    said = {
        "fr": f"{quoted} n’est pas le code d’une langue : ce texte n’est pas lu",
        "en": f"{quoted} is no code of a language: this text is not read",
    }
    return Finding("unread-language", "violation", said, spot, seen, same("fr, en"), '"fr"')
