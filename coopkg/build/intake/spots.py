"""Where each triple of an upload stands, for the formats that the Turtle reader does not know."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.turtle.lines import Place
from coopkg.build.turtle.words import Text
from coopkg.terms import compact

_TERM: Final = r"(<[^>]*>|_:\S+?(?=[\s<])|\S+)"
_QUAD: Final = re.compile(rf"[ \t]*{_TERM}[ \t]*{_TERM}[ \t]*(?=\S)")
_JSON: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|(-?\d[\d.eE+-]*|true|false)')
_XML: Final = re.compile(
    r"""<!--.*?-->|=\s*"([^"]*)"|=\s*'([^']*)'|<([\w:.-]+)|>([^<]*\S[^<]*)<""", re.DOTALL
)
_ESCAPE: Final = re.compile(r"\\u([0-9a-fA-F]{4})|\\(.)")
_ENTITIES: Final = {"&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'"}


def of_lines(content: str, quads: Sequence[ox.Quad]) -> list[Place]:
    """Return the place of each quad of an N-Quads file: one a line."""
    found: list[Place] = []
    for number, line in enumerate(re.split(r"\r\n|\n|\r", content), 1):
        match = _QUAD.match(line)
        if match and not line.lstrip().startswith("#"):
            columns = (match.start(1) + 1, match.start(2) + 1, match.end() + 1)
            found.append(Place(*((number, column) for column in columns)))
    return found[: len(quads)]


def of_words(content: str, quads: Sequence[ox.Quad], is_xml: bool) -> list[Place]:
    """Return the place of each quad of a JSON-LD or RDF/XML file: where its words are written.

    A predicate or value is looked for after its subject, which a reader then finds above it.
    """
    text = Text(content)
    words = _Words(_xml(content) if is_xml else _json(content))
    return [Place(*(text.place(at) for at in words.find(quad))) for quad in quads]


def _json(content: str) -> Iterator[tuple[str, int]]:
    for match in _JSON.finditer(content):
        written = match[1] if match[1] is not None else match[2]
        yield _ESCAPE.sub(_unescaped, written), match.start()


def _unescaped(match: re.Match[str]) -> str:
    if match[1]:
        return chr(int(match[1], 16))
    return {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}.get(match[2], match[2])


def _xml(content: str) -> Iterator[tuple[str, int]]:
    for match in _XML.finditer(content):
        number = match.lastindex
        if number:
            written = match[number]
            for mark, sign in _ENTITIES.items():
                written = written.replace(mark, sign)
            lead = len(match[number]) - len(match[number].lstrip()) if number == 4 else 0
            yield written.strip() if number == 4 else written, match.start(number) + lead


class _Words:
    """The words of a file by what they may stand for."""

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        self._places: dict[str, list[int]] = {}
        for word, at in words:
            self._places.setdefault(word, []).append(at)

    def find(self, quad: ox.Quad) -> tuple[int, int, int]:
        """Return the offsets of the subject, the predicate and the value of a quad."""
        value = self._all(quad.object)
        links = self._all(quad.predicate)
        subjects = self._all(quad.subject)
        best = min(
            (
                (abs(v - p) + (abs(p - s) if s <= p else 4 * abs(s - p)), s, p, v)
                for s in subjects or [0]
                for p in _near(links, s)
                for v in _near(value, p)
            ),
            default=(0, 0, 0, 0),
        )
        return best[1:]

    def _all(self, term: Any) -> list[int]:
        for word in _spellings(term):
            if word in self._places:
                return self._places[word]
        return []


def _near(places: list[int], after: int) -> list[int]:
    """Return the places closest to another one: those just before and just after it."""
    if not places:
        return [after]
    at = bisect_left(places, after)
    return places[max(at - 1, 0) : at + 2]


def _spellings(term: Any) -> Iterator[str]:
    if isinstance(term, ox.Literal):
        yield term.value
        yield term.value.strip()
    elif isinstance(term, ox.NamedNode):
        yield term.value
        yield compact(term.value)
        for mark in "#/":
            tail = term.value.rpartition(mark)[2]
            if tail != term.value and tail:
                yield tail
        local = re.split(r"[#/]", term.value)[-1]
        if term.value.endswith("#type"):
            yield "@type"
            yield "a"
        for prefix in (
            "rdf",
            "rdfs",
            "skos",
            "coop",
            "org",
            "dcterms",
            "foaf",
            "schema",
            "ex",
            "e",
        ):
            yield f"{prefix}:{local}"
    elif isinstance(term, ox.BlankNode):
        yield f"_:{term.value}"
        yield term.value
