"""The library of examples as the page shows it: what a generation seals, searched and grouped."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from coopkg.errors import Lang, UnknownError
from coopkg.generation import Generation
from coopkg.questions.binding import folded, nearest

FILE: Final = "examples.json"

Entry = Mapping[str, Any]


class Library:
    """The examples of generations, each read once; a few generations are remembered."""

    _KEPT: Final = 4

    def __init__(self) -> None:
        self._read: dict[tuple[str, str], tuple[Entry, ...]] = {}

    def of(self, generation: Generation) -> tuple[Entry, ...]:
        """Return the examples of a generation; none of one made before there were any."""
        key = (str(generation.path), generation.id)
        found = self._read.get(key)
        if found is None:
            has = FILE in generation.manifest.files
            found = tuple(json.loads(generation.read(FILE))) if has else ()
            while len(self._read) >= self._KEPT:
                self._read.pop(next(iter(self._read)), None)
            self._read[key] = found
        return found


def example(listed: Sequence[Entry], slug: str) -> Entry:
    """Return one example by name.

    Raises:
        UnknownError: there is none; the nearest ones are named.
    """
    for one in listed:
        if one["slug"] == slug:
            return one
    known = [str(one["slug"]) for one in listed]
    raise UnknownError(
        slug[:80],
        f"aucun exemple ne s’appelle « {slug[:80]} »",
        f"no example is called {slug[:80]!r}",
        tuple(nearest(slug[:80], known)),
    )


def groups(listed: Sequence[Entry], words: str, lang: Lang) -> list[dict[str, Any]]:
    """Return the examples in which every word is found, by category, in the order they came.

    Words are looked for without accents in titles, comments, categories and queries.
    """
    wanted = folded(words).split()
    found: dict[str, dict[str, Any]] = {}
    for one in listed:
        said = " ".join(
            (one["title"][lang], one["comment"][lang], one["category"][lang], one["query"])
        )
        if all(word in folded(said) for word in wanted):
            category = one["category"]
            group = found.setdefault(
                category["slug"], {"name": category[lang], "slug": category["slug"], "examples": []}
            )
            group["examples"].append(
                {
                    "slug": one["slug"],
                    "title": one["title"][lang],
                    "comment": one["comment"][lang],
                    "form": one["form"],
                    "rows": one["rows"],
                    "question": one["question"],
                }
            )
    return list(found.values())
