"""What may follow the first letters that somebody types. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from coopkg.linking.comparing import evidence
from coopkg.linking.index import Index, Thing, full
from coopkg.linking.names import Name
from coopkg.search.words import fold, phrase

_LATE: Final = frozenset({"dac", "crs-channel", "iati-aid-type", "iati-organisation-type"})


def things(index: Index, prefix: str, classes: Sequence[str] = ()) -> list[Thing]:
    """Return the things that have a name with words that begin so, the best first.

    An IRI finds its thing; letters that begin no word find what they may be a misspelling of.
    """
    if known := index.things.get(full(prefix.strip())):
        return [known]
    typed = phrase(prefix)
    if not typed:
        return []
    best: dict[str, tuple[float, int, str]] = {}
    for name in _beginning(index, typed):
        rank = _rank(index, name, typed)
        best[name.thing] = min(rank, best.get(name.thing, rank))
    if not best:
        found = evidence(index, prefix)
        best = {iri: (-one.worth, 0, "") for iri, one in found.items() if one.worth > 0.4}
    kept = [iri for iri in best if not classes or set(classes) & set(index.things[iri].classes)]
    return [index.things[iri] for iri in sorted(kept, key=lambda iri: (best[iri], iri))]


def _rank(index: Index, name: Name, typed: Sequence[str]) -> tuple[float, int, str]:
    late = index.things[name.thing].kind in _LATE
    begins = phrase(name.text)[: len(typed)]
    first = all(one.startswith(other) for one, other in zip(begins, typed, strict=False))
    return (
        late + (0.0 if first else 0.5) + (0.0 if name.sure else 0.25),
        len(name.words),
        name.text,
    )


def _beginning(index: Index, typed: Sequence[str]) -> Iterator[Name]:
    """Yield the names that hold each word typed, the last one at least by its beginning."""
    found: set[int] | None = None
    for at, word in enumerate(typed):
        is_last = at == len(typed) - 1
        met = {
            number
            for known in (_words(index.vocabulary, word) if is_last else (word,))
            for number in index.holding.get(known, ())
        }
        found = met if found is None else found & met
    yield from (index.names[number] for number in sorted(found or ()))


def _words(words: Sequence[str], prefix: str) -> Iterator[str]:
    at = bisect_left(words, prefix)
    while at < len(words) and words[at].startswith(prefix):
        yield words[at]
        at += 1


def named(said: Mapping[str, Mapping[str, Any]], prefix: str, lang: str) -> Iterable[str]:
    """Return the classes or properties whose label or IRI has a word that begins so, by label."""
    typed = fold(prefix.strip())
    rows = sorted((text(one, lang), iri) for iri, one in said.items())
    for called, iri in rows:
        local = iri.replace("#", "/").rpartition("/")[2]
        every = (*phrase(called), fold(called), fold(local), iri)
        if any(one.startswith(typed) for one in every):
            yield iri


def text(one: Mapping[str, Any], lang: str) -> str:
    """Return a label in a language, or in the other one."""
    return str(one.get(lang) or one.get("en") or one.get("fr") or "")
