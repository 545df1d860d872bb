"""Find a term by its name or definition, in French or in English, without accents. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from coopkg.serve.vocabulary.view import View
from coopkg.serve.vocabulary.wording import folded
from coopkg.terms import BASE, LANGUAGES

LONGEST: Final = 100
MOST: Final = 60
NEAR: Final = 5
_WORDS: Final = re.compile(r"[^\W_]+")
_HUMPS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Found:
    """What a search gives: terms, concepts, how many were left off, and the nearest names."""

    terms: list[dict[str, Any]]
    concepts: list[dict[str, Any]]
    left: int
    near: list[dict[str, Any]]

    @property
    def count(self) -> int:
        """Return how many there are, those left off too."""
        return len(self.terms) + len(self.concepts) + self.left


def search(view: View, asked: str) -> Found:
    """Return the terms and the concepts that hold every word asked, best first."""
    words = _WORDS.findall(folded(asked))
    if not words:
        return Found([], [], 0, [])
    terms = _best(words, _terms(view))
    concepts = _best(words, _concepts(view))
    kept = terms[:MOST], concepts[: max(0, MOST - len(terms))]
    left = len(terms) + len(concepts) - len(kept[0]) - len(kept[1])
    shown = [view.entry(name) for name in kept[0]]
    near = [] if terms or concepts else [view.entry(name) for name in _near(view, words)]
    return Found(shown, [view.thing(iri) for iri in kept[1]], left, near)


Texts = tuple[str, list[str], str]
"""A name, its labels, and what is said of it."""


def _terms(view: View) -> Iterator[Texts]:
    for name, term in view.terms.items():
        labels = [name, _HUMPS.sub(" ", name), *term.get("label", {}).values()]
        said = " ".join([*term.get("definition", {}).values(), *term.get("notes", {}).values()])
        yield name, [folded(one) for one in labels], folded(said)


def _concepts(view: View) -> Iterator[Texts]:
    for iri, entry in view.names.labels.items():
        if iri.startswith(BASE + "scheme/"):
            labels = [str(entry[lang]) for lang in LANGUAGES if lang in entry]
            labels += [str(one) for one in entry.get("alt", [])]
            said = " ".join(map(str, (entry.get("definition") or {}).values()))
            yield iri, [folded(one) for one in labels], folded(said)


def _best(words: list[str], among: Iterator[Texts]) -> list[str]:
    ranked = []
    for name, labels, said in among:
        rank = _rank(words, labels, said)
        if rank is not None:
            ranked.append((rank, min(map(len, labels)), name.casefold(), name))
    return [name for *_, name in sorted(ranked)]


def _rank(words: list[str], labels: list[str], said: str) -> int | None:
    """Return how good a match is: the whole label, its start, inside it, in what is said."""
    whole = " ".join(words)
    if whole in labels:
        return 0
    if any(label.startswith(whole) for label in labels):
        return 1
    if any(all(word in label for word in words) for label in labels):
        return 2
    if all(word in said or any(word in label for label in labels) for word in words):
        return 3
    return None


def _near(view: View, words: list[str]) -> list[str]:
    """Return the terms whose name or label looks most like what was asked."""
    ends = {label: name for name, labels, _ in _terms(view) for label in labels}
    close = difflib.get_close_matches(" ".join(words), ends, n=NEAR * 2, cutoff=0.6)
    return list(dict.fromkeys(ends[label] for label in close))[:NEAR]
