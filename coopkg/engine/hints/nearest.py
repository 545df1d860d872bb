"""The nearest names: by the letters, and by the words of a label; accents and case aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

_SHORT: Final = 5  # letters: one slip makes another word of a short one
LONGEST: Final = 60  # no name of ours is longer; distances cost their product
_WORDS: Final = re.compile(r"[a-z]+|[0-9]+")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SMALL: Final = frozenset(
    """
    a about an as at au aux avec by c d dans de des du en est et for from has have in is it l la le
    les of on or org ou par pour porte qui s se sur the to un une with
    """.split()  # noqa: SIM905
)


def folded(text: str) -> str:
    """Return a text without case, accents and typographic apostrophes.

    >>> folded("L’Éducation")
    "l'education"
    """
    plain = unicodedata.normalize("NFD", text.replace("’", "'").replace("œ", "oe"))
    return "".join(one for one in plain if not unicodedata.combining(one)).casefold()


def words(text: str) -> tuple[str, ...]:
    """Return the words of a name or a label, those that only link left out.

    >>> words("a pour partenaire"), words("hasPartner"), words("unité_d’organisation")
    (('partenaire',), ('partner',), ('unite', 'organisation'))
    """
    found = _WORDS.findall(folded(_CAMEL.sub(" ", text)))
    return tuple(one for one in found if one not in _SMALL) or tuple(found)


def distance(first: str, second: str, most: int = 9) -> int:
    """Return how many letters to change, add, drop or swap with their neighbour; `most` + 1 beyond.

    >>> distance("lable", "label"), distance("Contry", "Country"), distance("abc", "xyz", 1)
    (1, 1, 2)
    """
    first, second = first[:LONGEST], second[:LONGEST]
    if abs(len(first) - len(second)) > most:
        return most + 1
    older: list[int] = []
    old = list(range(len(second) + 1))
    for row, letter in enumerate(first, 1):
        new = [row]
        for column, other in enumerate(second, 1):
            cost = min(old[column] + 1, new[-1] + 1, old[column - 1] + (letter != other))
            swapped = row > 1 and column > 1 and letter == second[column - 2]
            if swapped and first[row - 2] == other:
                cost = min(cost, older[column - 2] + 1)
            new.append(cost)
        if min(new) > most:
            return most + 1
        older, old = old, new
    return min(old[-1], most + 1)


def slips(length: int) -> int:
    """Return how many letters may differ in a name before it is another name."""
    return 1 if length < 6 else 2 if length < 12 else 3


def close(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that is nearest to one, None when none is near; case aside.

    >>> close("FLITER", ["FILTER", "FLOOR"]), close("orgs", ["org", "coop"]), close("x", ["y"])
    ('FILTER', 'org', None)
    """
    plain = folded(name)
    best: tuple[int, int, str] | None = None
    for other in known:
        most = min(slips(len(plain)), max(len(plain), len(other)) // 2)
        apart = distance(plain, folded(other), most)
        if apart <= most and (best is None or (apart, abs(len(other) - len(name))) < best[:2]):
            best = (apart, abs(len(other) - len(name)), other)
    return best[2] if best else None


@dataclass(frozen=True)
class Spelt:
    """A text made ready to be compared: folded, its words, and which letters it has."""

    text: str
    folded: str
    words: tuple[str, ...]
    letters: int

    @classmethod
    def of(cls, text: str) -> Spelt:
        """Prepare a text."""
        plain = folded(text)
        return cls(text, plain, words(text), letters("".join(words(text)) or plain))

    @property
    def together(self) -> str:
        """Return its words in one piece."""
        return "".join(self.words)


def letters(text: str) -> int:
    """Return a number whose bits are the letters of a text."""
    mask = 0
    for letter in text:
        mask |= 1 << (ord(letter) & 63)
    return mask


def apart(first: str, second: str, most: int, masks: int) -> int:
    """Return the distance of two texts, not computed when their letters differ by too many.

    `masks` is the exclusive or of their letters: one slip changes two of them at most.
    """
    if abs(len(first) - len(second)) > most or masks.bit_count() > 2 * most:
        return most + 1
    return distance(first, second, most)


def likeness(asked: Spelt, local: Spelt, labels: Iterable[Spelt]) -> float:
    """Tell how near a name is to what is asked: 0 is the same, 1 and more is another name.

    `local` is the name without its prefix; `labels` are what people call it.
    """
    if asked.text == local.text:
        return 0.0
    if asked.folded == local.folded:
        return 0.05
    most = slips(len(asked.folded))
    far = apart(asked.folded, local.folded, most, asked.letters ^ local.letters)
    scores = [_by_label(asked, label) for label in labels]
    if far <= most and far * 2 <= max(len(asked.folded), len(local.folded)):
        scores.append(0.15 * far)
    if asked.words == local.words:
        scores.append(0.2)
    elif common := set(asked.words) & set(local.words):
        scores.append(0.9 - 0.4 * len(common) / len(set(asked.words) | set(local.words)))
    elif _slipped(asked.words, local.words):
        scores.append(0.92 - 0.4 / len({*asked.words, *local.words}))
    return min(scores, default=2.0)


def _slipped(asked: Iterable[str], words: Iterable[str]) -> bool:
    """Tell whether one word of a name is another with one slip: « Programe », ExternalProgramme.

    >>> _slipped(["programe"], ["external", "programme"]), _slipped(["role"], ["rule"])
    (True, False)
    """
    long = [one for one in asked if len(one) > _SHORT]
    others = [one for one in words if len(one) > _SHORT] if long else []
    return any(
        apart(one, other, 1, letters(one) ^ letters(other)) == 1 for one in long for other in others
    )


def _by_label(asked: Spelt, label: Spelt) -> float:
    if not asked.words or not label.words:
        return 2.0
    if asked.folded == label.folded:
        return 0.1
    mine, theirs = asked.together, label.together
    if mine == theirs:
        # « a pour partenaire » is nearer to “partenaire” than « est partenaire de ».
        return 0.2 if label.folded.endswith(label.words[-1]) else 0.25
    most = slips(len(mine))
    far = apart(mine, theirs, most, asked.letters ^ label.letters)
    if far <= most and far * 2 <= len(mine):
        return 0.25 + 0.1 * far
    common = set(asked.words) & set(label.words)
    both = len(set(asked.words) | set(label.words))
    return 0.95 - 0.4 * len(common) / both if common else 2.0
