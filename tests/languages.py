"""Which language words are in: by the texts of the service itself, and by small words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

LANGS = ("fr", "en")
SMALL = {
    "fr": "le la les des du de et un une est sont qui que dans pour par sur avec au aux ne pas ce "
    "cette ces ses leur leurs quels quelles quel quelle où comment ou elle ils elles il nous vous",
    "en": "the of and to is are which with for from that this by it its not has have was were what "
    "who where how does do their you we they an or each these those there than then",
}
_SMALL = {lang: frozenset(words.split()) for lang, words in SMALL.items()}
_WORD = re.compile(r"[^\W\d_]+")
_ADDRESS = re.compile(r"https?://\S+")
_QUOTED = re.compile("«[^»]*»|“[^”]*”")  # somebody else's words
_SAID = re.compile(r"""\bt\(\s*"((?:[^"\\]|\\.)*)"\s*,\s*"((?:[^"\\]|\\.)*)"\s*\)""")
_SAID_TOO = re.compile(r"\bt\(\s*'((?:[^'\\]|\\.)*)'\s*,\s*'((?:[^'\\]|\\.)*)'\s*\)")


def normal(text: str) -> str:
    """Return a text without what spacing, capitals and final marks change."""
    return " ".join(text.replace("\u00a0", " ").split()).strip(" .:;,?!()›·").casefold()


def of_templates(folder: Path) -> list[tuple[str, str]]:
    """Return each pair of texts, French and English, that templates write."""
    found = []
    for path in folder.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        found += [*_SAID.findall(text), *_SAID_TOO.findall(text)]
    return found


def _listed(names: object) -> list[object]:
    return list(names) if isinstance(names, list | tuple) else []


@dataclass(frozen=True)
class Words:
    """The texts that exist in both languages: those of templates, and the labels of things."""

    pairs: Iterable[tuple[str, str]]
    labels: Mapping[str, Mapping[str, object]]

    @cached_property
    def _known(self) -> dict[str, set[str]]:
        known: dict[str, set[str]] = {"fr": set(), "en": set()}
        pairs = [*self.pairs, *((str(o.get("fr", "")), str(o.get("en", ""))) for o in self._all)]
        for french, english in pairs:
            known["fr"].add(normal(french))
            known["en"].add(normal(english))
        # A code is in no language, nor is a name that a thing has beside its label.
        neither = {normal(iri.rstrip("/").rsplit("/", 1)[-1]) for iri in self.labels}
        neither |= {normal(str(alt)) for one in self._all for alt in _listed(one.get("alt"))}
        return {lang: names | neither for lang, names in known.items()}

    @property
    def _all(self) -> list[Mapping[str, object]]:
        return list(self.labels.values())

    @cached_property
    def _names(self) -> dict[str, re.Pattern[str]]:
        def pattern(lang: str) -> re.Pattern[str]:
            names = {normal(str(one[lang])) for one in self._all if one.get(lang)}
            names |= {normal(str(alt)) for one in self._all for alt in _listed(one.get("alt"))}
            names -= {""}
            return re.compile("|".join(map(re.escape, sorted(names, key=len, reverse=True))))

        return {lang: pattern(lang) for lang in LANGS}

    def fault(self, text: str, lang: str, *, marked: bool = False) -> str:
        """Return why a text is not in the language it should be in; nothing when it may be.

        A text `marked` as being in another language than its page is judged by its small words
        alone: the name of a thing may be the same in both.
        """
        if lang not in LANGS or text.startswith(("?", "_:")):
            return ""
        other = "en" if lang == "fr" else "fr"
        said = normal(_ADDRESS.sub(" ", text))
        if said in self._known[lang] or len(said) < 3:
            return ""
        if said in self._known[other] and not marked:
            return f"known in {other} only"
        rest = _QUOTED.sub(" ", said)
        if self._foreign(rest, lang, other):
            # The name of a thing is what it is in that language: it proves nothing.
            rest = self._names[lang].sub(" ", rest)
            return f"words of {other}" if self._foreign(rest, lang, other) else ""
        return ""

    @staticmethod
    def _foreign(said: str, lang: str, other: str) -> bool:
        words = _WORD.findall(said)
        theirs = sum(word in _SMALL[other] for word in words)
        return theirs >= 2 and theirs > sum(word in _SMALL[lang] for word in words)
