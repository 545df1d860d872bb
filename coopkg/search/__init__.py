"""Find things, themes and questions by what people type, in French or in English; offline. Pure.

`document` makes what a generation seals as `search.json`; `Index` reads it; `answer` tells what a
text may mean: a question with its choices, understood word by word, or why it is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from coopkg.search import find, said, typed
from coopkg.search.find import Found
from coopkg.search.index import Askable, Index
from coopkg.search.reading import LONGEST, Text, read
from coopkg.search.sealing import FILE, document, written
from coopkg.search.typed import Reading

__all__ = [
    "FILE",
    "LONGEST",
    "Askable",
    "Found",
    "Index",
    "Outcome",
    "answer",
    "document",
    "written",
]

QUESTIONS: Final = 8
_ALONE: Final = 0.9
"""How near a single word must be to a question to ask it."""


@dataclass(frozen=True)
class Outcome:
    """What a text may mean. `understood` and `refused` are never both given.

    `rivals` are other readings about as good as the one understood; `offered` those to propose,
    whatever was understood, and `others` the questions whose texts hold the same words.
    """

    understood: Reading | None = None
    rivals: tuple[Reading, ...] = ()
    refused: said.Said | None = None
    offered: tuple[Reading, ...] = ()
    others: tuple[Askable, ...] = ()
    things: tuple[Found, ...] = ()
    named: tuple[Found, ...] = ()
    """What a text that is refused calls by its whole name."""
    words: tuple[dict[str, Any], ...] = field(default=())


def answer(index: Index, asked: str) -> Outcome:
    """Return what was asked, or why it is not known."""
    plain = asked.strip()
    if not plain:
        return Outcome()
    if len(plain) > LONGEST:
        return Outcome(refused=said.too_long(LONGEST))
    text = read(index, plain)
    if not text.tokens:
        return Outcome(refused=said.nothing_readable())
    found = typed.readings(index, text)
    sure = typed.is_sure(found) and not (typed.is_bare(text, found[0]) or _is_lone(text, found[0]))
    offered = tuple(one for one in found if typed.is_worth_offering(one))[:QUESTIONS]
    things = tuple(find.things(index, text, found[0].chosen.values() if found else ()))
    others = find.questions(index, text, {one.question.slug for one in offered}, QUESTIONS)
    words = tuple(_words(index, text, found[0])) if found else ()
    if sure:
        near = tuple(typed.rivals(found))
        left = tuple(one for one in offered if one not in (found[0], *near))
        return Outcome(found[0], near, None, left, tuple(others), things, (), words)
    looked_for = bool(things) and things[0].whole and not (_asks(text) or _is_abroad(text))
    if looked_for:
        return Outcome(None, (), None, offered, tuple(others), things, (), words)
    refused = said.refusal(index, text, found)
    named = tuple(find.named(index, text))
    return Outcome(None, (), refused, offered, tuple(others), things, named, words)


def _asks(text: Text) -> bool:
    """Tell whether a sentence asks something: « qui… », « quelle loi… », « est-il… »."""
    return bool(text.heads or text.asking) or text.wants_whether


def _is_abroad(text: Text) -> bool:
    return any(one.abroad[0] for one in text.tokens)


def _is_lone(text: Text, reading: Reading) -> bool:
    """Tell whether one word is typed that is only a part of the question: « formation »."""
    return len(text.tokens) == 1 and not reading.chosen and reading.score < _ALONE


def _words(index: Index, text: Text, reading: Reading) -> Iterator[dict[str, Any]]:
    """Say of each word typed what it was taken for."""
    for segment, role, places in typed.segments(text, reading):
        name = role.removeprefix("choice:")
        if name == role:
            known = {"kind": role}
            token = text.tokens[places[0]]
            if token.corrected and role == typed.WORDING:
                known["meant"] = token.corrected[0]
            yield {"text": segment, "as": known}
            continue
        span = reading.chosen[name]
        choice = next(one for one in reading.question.choices if one.name == name)
        entry = index.things.get(span.thing)
        yield {
            "text": segment,
            "as": {
                "kind": "choice",
                "parameter": name,
                "of": dict(choice.label),
                "value": reading.parameters[name],
                "label": find.label(entry) if entry else dict.fromkeys(("fr", "en"), span.thing),
                "how": span.how,
                "said": said.how(span.how),
            },
        }
