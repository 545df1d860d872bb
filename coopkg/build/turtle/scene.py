"""The words around the place where a parser stopped: what `mistakes` reads clues from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from coopkg.build.turtle.words import Text, Word

OPENING: Final = {"]": "[", ")": "(", "}": "{"}
CLOSING: Final = {opening: closing for closing, opening in OPENING.items()}
NO_WORD: Final = Word("end", "", 0)


class Edit(NamedTuple):
    """A correction: what to put in the place of the text between two offsets."""

    start: int
    end: int
    put: str


class Cause(NamedTuple):
    """A mistake: its offset in the text, what to say in each language, how to mend it.

    `edit` and `other` are tried before anybody is told of them: the one that lets the parser go
    further is shown. `expected` is what should stand there, in French and in English, where an
    edit cannot say it.
    """

    offset: int
    fr: str
    en: str
    edit: Edit | None = None
    expected: tuple[str, str] = ("", "")
    other: Edit | None = None


@dataclass(frozen=True)
class Scene:
    """A text, the offset where its parser stopped, and whether it should be TriG."""

    text: Text
    offset: int
    is_trig: bool

    @cached_property
    def words(self) -> list[Word]:
        """Every word of the text."""
        return list(self.text.words())

    @cached_property
    def _index(self) -> int:
        for index, word in enumerate(self.words):
            if self.end_of(word) > self.offset:
                return index
        return len(self.words)

    def word(self, distance: int) -> Word:
        """Return the word at the offset (0), the one before (-1) and so on, or an empty one."""
        index = self._index + distance
        return self.words[index] if 0 <= index < len(self.words) else NO_WORD

    @property
    def here(self) -> Word:
        """The word at the offset, or the next one."""
        return self.word(0)

    @property
    def before(self) -> Word:
        """The word before."""
        return self.word(-1)

    def end_of(self, word: Word) -> int:
        """Return the offset after a word."""
        return word.offset + len(word.text)

    def in_place(self, word: Word, put: str = "") -> Edit:
        """Return what puts a text in the place of a word; nothing removes it."""
        return Edit(word.offset, self.end_of(word), put)

    def after(self, word: Word, put: str) -> Edit:
        """Return what adds a text after a word."""
        return Edit(self.end_of(word), self.end_of(word), put)

    def line_of(self, word: Word) -> int:
        """Return the line where a word begins."""
        return self.text.place(word.offset)[0]

    def are_on_one_line(self, one: Word, other: Word) -> bool:
        """Tell whether a word begins on the line where another ends."""
        return self.text.place(self.end_of(one))[0] == self.line_of(other)

    def is_indented(self, word: Word) -> bool:
        """Tell whether a word stands further right than the subject of the statement before."""
        index = self.words.index(word) - 1
        index -= self.words[index].text == "."
        depth = 0
        while index >= 0 and (depth or self.words[index].text not in {".", "{", "}"}):
            depth += (self.words[index].text in {"]", ")"}) - (self.words[index].text in {"[", "("})
            index -= 1
        subject = self.words[index + 1]
        return self.text.place(word.offset)[1] > self.text.place(subject.offset)[1]

    @property
    def directive(self) -> str:
        """`@prefix` or `@base` when a declaration stands just before, else nothing."""
        found = [self.word(back).text for back in (-3, -2) if self.word(back).kind == "at"]
        return found[0] if found and self.before.kind == "iri" else ""

    @cached_property
    def unclosed(self) -> list[Word]:
        """The brackets open at the offset, the innermost last."""
        found: list[Word] = []
        for word in self.words[: self._index]:
            if word.text in CLOSING:
                found.append(word)
            elif found and OPENING.get(word.text) == found[-1].text:
                found.pop()
        return found

    @cached_property
    def declared(self) -> list[str]:
        """The prefixes declared in the text, without their colons."""
        return [
            name.text.removesuffix(":")
            for directive, name in zip(self.words, self.words[1:], strict=False)
            if directive.text.lower() in {"@prefix", "prefix"} and name.kind == "name"
        ]
