"""Which words of a passage state a triple: the phrase shown under a reason, or none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

LONGEST: Final = 10
"""Words quoted at once."""


def quoted(passage: Mapping[str, Any], line: str) -> str:
    """Return the words of a passage that state a triple (an N-Triples line); "" when none does.

    A line of a document states several things, each by words of its own: a quotation that does
    not say what it stands under would be worse than none. See `coop:statedAs`, `coop:wording`.

    >>> passage = {"phrase": "77 missions", "words": {"x:jours": "164 jours"}, "own": []}
    >>> quoted(passage, '<x:jours> <x:value> "164"'), quoted(passage, "<x:total> <x:value> <x:o>")
    ('164 jours', '')
    """
    subject, predicate, value = (part.strip("<>") for part in line.split(" ", 2))
    rests = passage.get("rests", {}).get(predicate, "")
    words = passage.get("words")
    if rests == "layout":
        return ""
    if words is None:
        return "" if rests == "object" else str(passage.get("phrase", ""))
    if rests == "verbatim":
        return _printed(value)
    return next((words[end] for end in _ends(passage, rests, subject, value) if end in words), "")


def _ends(passage: Mapping[str, Any], rests: str, subject: str, value: str) -> tuple[str, ...]:
    """Return the ends of a triple whose words may state it, the first choice first."""
    own = passage.get("own", ())
    if rests == "subject" or subject in own:
        return (subject,)
    if rests == "object" or value in own:
        return (value,)
    return (value, subject)


def _printed(literal: str) -> str:
    """Return a literal that the document prints, when it is short enough to be quoted."""
    text = literal[1 : literal.rindex('"')]
    return text if len(text.split()) <= LONGEST else ""
