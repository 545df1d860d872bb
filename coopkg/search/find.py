"""Look for things and questions by their names: ranked, with the evidence of what matched. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from coopkg.search.index import Askable, Index
from coopkg.search.names import ALIAS, EXACT, PART, SPELLING, STEM, Name, Span
from coopkg.search.reading import Text, Token
from coopkg.search.sealing import is_found
from coopkg.search.stems import stems

PREFIX: Final = "prefix"
MOST: Final = 60
_LEAST_PREFIX: Final = 3
_FEW: Final = 3
_WORTH: Final[Mapping[str, float]] = {EXACT: 1.0, STEM: 0.85, PREFIX: 0.7, SPELLING: 0.6}
# What people look for first: an actor, a place, a theme; what a document is made of comes last.
_LATE: Final = frozenset({"gap", "section", "role", "document", "request", "org-type", "dac"})
_FIRST: Final = frozenset({"organisation", "place", "theme", "programme", "initiative"})


@dataclass(frozen=True)
class Found:
    """A thing found: by which of its names, and how."""

    iri: str
    kind: str
    label: Mapping[str, str]
    name: str
    how: str
    score: float
    whole: bool
    """Every word typed is in the name."""


def label(entry: Mapping[str, object]) -> dict[str, str]:
    """Return a label in both languages; a missing one is filled with the other and says so."""
    given = {lang: str(entry[lang]) for lang in ("fr", "en") if entry.get(lang)}
    ((lang, text), *_) = given.items()
    return {one: given.get(one, f"{text} ({lang})") for one in ("fr", "en")}


def things(index: Index, text: Text, chosen: Iterable[Span] = (), most: int = MOST) -> list[Found]:
    """Return the things whose names hold what is typed, best first.

    When none holds every word: those that were `chosen`, then those that hold most words.
    """
    tokens = _worth_looking(text)
    if not tokens:
        return []
    best: dict[str, Found] = {}
    for found in _matches(index, tokens):
        known = best.get(found.iri)
        if known is None or found.score > known.score:
            best[found.iri] = found
    whole = [one for one in best.values() if one.whole]
    named = [] if whole else [one for span in chosen for one in _named(index, span)]
    seen = {one.iri for one in named}
    kept = whole or [one for one in best.values() if one.score >= _HALF and one.iri not in seen]
    ranked = sorted(kept, key=lambda one: (-one.score, len(one.name), one.iri))
    return [*named, *ranked][:most]


def _named(index: Index, span: Span) -> Iterator[Found]:
    """Return the thing that some words name, to be shown beside the question it is a choice of."""
    entry = index.things.get(span.thing)
    if entry and is_found(span.thing, entry):
        kind = str(entry.get("kind", ""))
        yield Found(span.thing, kind, label(entry), span.name, span.how, span.quality, False)


def named(index: Index, text: Text) -> list[Found]:
    """Return the actors, places and themes that are called by their whole names, in their order."""
    whole = [
        one
        for one in text.spans
        if one.how in {EXACT, ALIAS} and index.things.get(one.thing, {}).get("kind") in _FIRST
    ]
    longest = [one for one in whole if not any(one.at < other.at for other in whole)]
    alone = [one for one in longest if sum(one.at == other.at for other in longest) == 1]
    alone.sort(key=lambda one: min(one.at))
    return [found for one in alone for found in _named(index, one)][:_FEW]


_HALF: Final = 0.45


def _worth_looking(text: Text) -> list[Token]:
    large = [one for one in text.tokens if not one.small and not one.abroad[0]]
    return [one for one in large if not one.filler] or large


def _matches(index: Index, tokens: Sequence[Token]) -> Iterator[Found]:
    hits: dict[int, dict[int, tuple[str, int]]] = {}
    for at, token in enumerate(tokens):
        for called, place, how in _hits(index, token):
            known = hits.setdefault(called, {}).get(at)
            if known is None or _WORTH[known[0]] < _WORTH[how]:
                hits[called][at] = how, place
    for number, met in hits.items():
        name = index.names.names[number]
        entry = index.things.get(name.thing)
        if entry and is_found(name.thing, entry):
            yield _found(name, met, len(tokens), str(entry.get("kind", "")), label(entry))


def _found(
    name: Name,
    met: Mapping[int, tuple[str, int]],
    typed: int,
    kind: str,
    called: Mapping[str, str],
) -> Found:
    covered = {place for _, place in met.values()}
    worth = sum(_WORTH[how] for how, _ in met.values()) / typed
    rest = len(covered) / len(name.words)
    score = worth * (0.6 + 0.3 * rest) + (0.05 if name.is_label else 0.03)
    score += 0.03 * (kind in _FIRST) - 0.08 * (kind in _LATE)
    worst = min((how for how, _ in met.values()), key=lambda how: _WORTH[how])
    whole = len(met) == typed
    if len(covered) < len(name.words) and worst != PREFIX:
        worst = PART if worst == EXACT or not whole else worst
    elif worst == EXACT and not name.is_label:
        worst = ALIAS
    return Found(name.thing, kind, called, name.text, worst, score, whole)


def _hits(index: Index, token: Token) -> Iterator[tuple[int, int, str]]:
    written = token.word.text
    for key in stems(written) | ({f"@{token.place}"} if token.place else frozenset()):
        for name, place in index.names.by_key.get(key, ()):
            is_same = index.names.names[name].words[place] == written
            yield name, place, EXACT if is_same else STEM
    for meant in token.corrected:
        for key in stems(meant):
            for name, place in index.names.by_key.get(key, ()):
                yield name, place, SPELLING
    if len(written) >= _LEAST_PREFIX:
        for word in _beginning(index.names.vocabulary, written):
            for name, place in index.names.by_key.get(word, ()):
                if index.names.names[name].words[place] == word:
                    yield name, place, PREFIX


def _beginning(words: Sequence[str], prefix: str) -> Iterator[str]:
    at = bisect_left(words, prefix)
    while at < len(words) and words[at].startswith(prefix):
        yield words[at]
        at += 1


def questions(index: Index, text: Text, but: Iterable[str], most: int) -> list[Askable]:
    """Return the questions whose texts hold the words typed, best first."""
    tokens = [one for one in _worth_looking(text) if not one.small]
    left_out = set(but)
    scored = []
    whole = sum(index.weight(one.keys) for one in tokens)
    for question in index.questions:
        if question.slug in left_out or not tokens:
            continue
        met = 0.0
        for token in tokens:
            if not token.keys.isdisjoint(question.vocabulary):
                met += index.weight(token.keys)
            elif not token.keys.isdisjoint(question.about):
                met += index.weight(token.keys) * 0.5
        if met >= whole * 0.45:
            scored.append((-met, question.slug, question))
    return [question for _, _, question in sorted(scored, key=lambda one: one[:2])[:most]]
