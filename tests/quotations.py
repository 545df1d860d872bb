"""Do the words shown under a reason support it? Judged by the words alone, not by how they came.

Numbers must be there, in figures or in letters; a participation must name who takes part; a text
must be printed; anything else must share a word with the name of one of the two things it ties.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any

NUMBERS = {
    "1": ("un", "une", "premier", "premiere"),
    "2": ("deux", "second", "seconde"),
    "3": ("trois",),
    "4": ("quatre",),
}
EXCEPTED = {"Pour réaliser ces missions": "those of lines 51 to 56 (T72 of the reading guide)"}
POINTING = frozenset({"ces", "elles", "leur", "leurs"})
"""Words that point to another line, for a statement that is marked as resolved so."""
STEM = 5
SHORT = {"le", "la", "les", "l", "de", "des", "du", "d", "et", "ou", "en", "au", "aux", "a"}

Known = Mapping[str, Mapping[str, Any]]


def words(text: str) -> list[str]:
    """Return the words of a text, without accents nor capitals."""
    plain = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(one for one in plain if not unicodedata.combining(one)).replace("œ", "oe")
    return re.findall(r"[a-z0-9]+", plain)


def stems(text: str) -> set[str]:
    """Return the beginnings of the words of a text that mean something."""
    return {one[:STEM] for one in words(text) if one not in SHORT}


def unsupported(
    step: Mapping[str, Any], known: Known, participants: Mapping[str, str]
) -> list[str]:
    """Return the quotations of one reason that do not say it.

    `known` are the labels of the generation, `participants` the actor of each participation.
    """
    return [
        f"{source['label']['fr']}: “{source['text']}” does not say {step['line']}"
        for source in step["graphs"]
        if source["text"] and not says(source, step["triple"], known, participants)
    ]


def says(
    source: Mapping[str, Any],
    triple: Mapping[str, Any],
    known: Known,
    participants: Mapping[str, str],
) -> bool:
    """Tell whether quoted words can state a triple."""
    said = words(source["text"])
    subject, value = triple["subject"]["value"], triple["object"]
    for end in (subject, value["value"]):
        if end in participants:
            return names_one(source["text"], participants[end], known)
    if value["type"] == "literal":
        return prints(value, said)
    if source["text"] in EXCEPTED:
        return True
    if source["mode"] == "resolved" and POINTING & set(said):
        return True
    here = stems(source["text"])
    return any(
        here & stems(name) for end in (subject, value["value"]) for name in called(end, known)
    )


def prints(value: Mapping[str, Any], said: list[str]) -> bool:
    """Tell whether words hold a number, a date or a text."""
    kind = value.get("datatype", "")
    if kind.endswith("#boolean"):
        return True
    if kind.endswith("#date"):
        return value["value"][:4] in said
    if kind:
        return value["value"] in said or bool(set(NUMBERS.get(value["value"], ())) & set(said))
    return set(words(value["value"])) <= set(said)


def names_one(text: str, actor: str, known: Known) -> bool:
    """Tell whether words name an actor: by a name of its, whole; a group, by its first word."""
    said = words(text)
    for name in called(actor, known):
        parts = [one for one in words(name) if one not in SHORT]
        if parts and set(parts) <= set(said):
            return True
        if "/group/" in actor and parts and parts[0] in said:
            return True
    return False


def called(iri: str, known: Known) -> Iterator[str]:
    """Yield the French names of a thing, and its address in words."""
    entry = known.get(iri, {})
    yield str(entry.get("fr", ""))
    yield from map(str, entry.get("alt", ()))
    yield re.sub(r"[-/#]", " ", iri.rsplit("/", 1)[-1])
