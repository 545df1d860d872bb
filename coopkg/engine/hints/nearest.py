"""The nearest names: by the letters, and by the words of a label; accents and case aside."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

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


def likeness(asked: str, local: str, labels: Sequence[str]) -> float:
    """Tell how near a name is to what is asked: 0 is the same, 1 and more is another name.

    `local` is the name without its prefix; `labels` are what people call it.
    """
    plain, other = folded(asked), folded(local)
    if asked == local:
        return 0.0
    if plain == other:
        return 0.05
    scores = [_by_label(asked, label) for label in labels]
    apart = distance(plain, other, slips(len(plain)))
    if apart <= slips(len(plain)) and apart * 2 <= max(len(plain), len(other)):
        scores.append(0.15 * apart)
    mine, theirs = words(asked), words(local)
    if mine == theirs:
        scores.append(0.2)
    elif set(mine) & set(theirs):
        scores.append(0.9 - 0.4 * len(set(mine) & set(theirs)) / len(set(mine) | set(theirs)))
    return min(scores, default=2.0)


def _by_label(asked: str, label: str) -> float:
    mine, theirs = words(asked), words(label)
    if not mine or not theirs:
        return 2.0
    together = "".join(mine)
    if folded(asked) == folded(label):
        return 0.1
    if together == "".join(theirs):
        # « a pour partenaire » is nearer to “partenaire” than « est partenaire de ».
        return 0.2 if folded(label).endswith(theirs[-1]) else 0.25
    apart = distance(together, "".join(theirs), slips(len(together)))
    if apart <= slips(len(together)) and apart * 2 <= len(together):
        return 0.25 + 0.1 * apart
    common = set(mine) & set(theirs)
    return 0.95 - 0.4 * len(common) / len(set(mine) | set(theirs)) if common else 2.0
