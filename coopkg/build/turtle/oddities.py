"""What the parser accepts in a file and people should know of, or may not use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from coopkg.build.turtle.words import Text, Word
from coopkg.errors import Lang, Location, SourceError
from coopkg.terms import PREFIXES

_PREFIX: Final = re.compile(r"^[ \t]*@?prefix\s+([^\s:]*):\s*<([^>\s]*)>", re.IGNORECASE | re.M)
_MAYBE_BASES: Final = re.compile(r"\bbase\s*<", re.IGNORECASE)
_MAYBE_RDF_1_2: Final = re.compile(r"<<|\{\||~|@[A-Za-z-]+--")
_MAYBE_COMMA: Final = re.compile(r"\d,\d")
_RDF_1_2: Final = frozenset({"<<", "<<(", "{|", "~"})


@dataclass(frozen=True)
class Notice:
    """Something odd, where it is, in French and in English."""

    location: Location
    fr: str
    en: str

    def message(self, lang: Lang = "en") -> str:
        """Return the place and the words in one language."""
        return f"{self.location} : {self.fr}" if lang == "fr" else f"{self.location}: {self.en}"


def refuse(content: str, path: str) -> None:
    """Raise for what this project does not use, although Turtle has it.

    Raises:
        SourceError: a second base, or a construct of RDF 1.2.
    """
    text = Text(content)
    if len(_MAYBE_BASES.findall(content)) > 1:
        _refuse_second_base(text, path)
    if _MAYBE_RDF_1_2.search(content):
        for word in text.words():
            if (word.kind == "mark" and word.text in _RDF_1_2) or (
                word.kind == "at" and "--" in word.text
            ):
                raise SourceError(
                    Location(path, *text.place(word.offset)),
                    f"« {word.text} » est du RDF 1.2, que tous les outils ne lisent pas encore : "
                    "dire ce qui est dit d’un fait par un nœud à part",
                    f"“{word.text}” is RDF 1.2, which not every tool reads yet: say what is said "
                    "of a fact by a node of its own",
                )


def _refuse_second_base(text: Text, path: str) -> None:
    seen: Word | None = None
    for word, following in pairwise(text.words()):
        if word.text.lower().removeprefix("@") != "base" or following.kind != "iri":
            continue
        if seen:
            first = text.place(seen.offset)[0]
            raise SourceError(
                Location(path, *text.place(word.offset)),
                f"seconde déclaration de base (la première est ligne {first}) : les IRI relatifs "
                "changeraient de sens en cours de fichier",
                f"second base declaration (the first is on line {first}): relative IRIs would "
                "change their meaning within the file",
            )
        seen = word


def notices(content: str, path: str, triples: int) -> Iterator[Notice]:
    """Yield what is odd in a file that holds so many triples."""
    if not triples:
        yield Notice(
            Location(path), "ce fichier ne contient aucun triplet", "this file holds no triple"
        )
    text = Text(content)
    yield from _prefixes(text, path)
    if _MAYBE_COMMA.search(content):
        yield from _commas(text, path)


def _prefixes(text: Text, path: str) -> Iterator[Notice]:
    declared: dict[str, str] = {}
    for match in _PREFIX.finditer(text.content):
        prefix, iri = match.groups()
        usual = declared.get(prefix, PREFIXES.get(prefix, iri))
        declared[prefix] = iri
        if iri != usual:
            yield Notice(
                Location(path, *text.place(match.start(1))),
                f"« {prefix}: » vaut ici <{iri}>, et ailleurs <{usual}>",
                f"{prefix}: means <{iri}> here, and <{usual}> elsewhere",
            )


def _commas(text: Text, path: str) -> Iterator[Notice]:
    words = list(text.words())
    for left, comma, right in zip(words, words[1:], words[2:], strict=False):
        touching = left.offset + len(left.text) == comma.offset == right.offset - 1
        if touching and left.kind == right.kind == "number" and comma.text == ",":
            yield Notice(
                Location(path, *text.place(left.offset)),
                f"{left.text},{right.text} se lit comme deux valeurs, {left.text} et "
                f"{right.text} ; un nombre décimal s’écrit {left.text}.{right.text}",
                f"{left.text},{right.text} reads as two values, {left.text} and {right.text}; a "
                f"decimal number is written {left.text}.{right.text}",
            )
