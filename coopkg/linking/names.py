"""Names as linking compares them: words, initials, and the skeleton that scripts share. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from coopkg.linking.facts import ACRONYM, ALIAS, EXPANSION, LABEL
from coopkg.search.empty import STOP
from coopkg.search.words import fold, phrase

_ASIDE: Final = re.compile(r"\s*\([^)]*\)")
_SHORTEST_SKELETON: Final = 3
# Arabic letters as French and English write their sounds; long vowels go, as all vowels do.
_ARABIC: Final = {
    ord(letter): sound
    for sound, letters in {
        "b": "بپ", "t": "تثط", "j": "ج", "k": "خكق", "d": "دذض", "r": "ر", "z": "زظ",
        "s": "سشصچ", "g": "غگ", "f": "فڤ", "l": "ل", "m": "م", "n": "ن", "": "ءعحهة",
    }.items()
    for letter in letters
}  # fmt: skip
_IS_ARABIC: Final = re.compile(r"[\u0600-\u06ff]")
_ARTICLE: Final = re.compile(r"\bال")
_SOUNDS: Final = (
    ("tch", "s"), ("sch", "s"), ("ch", "s"), ("sh", "s"), ("kh", "k"), ("gh", "g"), ("dj", "j"),
    ("dh", "d"), ("th", "t"), ("ph", "f"), ("qu", "k"), ("gu", "g"), ("x", "ks"), ("q", "k"),
    ("p", "b"), ("v", "f"),
)  # fmt: skip
_SOFT_C: Final = re.compile(r"c(?=[eiy])")
_SOFT_G: Final = re.compile(r"g(?=[eiy])")
_NO_SOUND: Final = re.compile(r"[^bdfgjklmnrstz]")
_DOUBLE: Final = re.compile(r"(.)\1+")


@dataclass(frozen=True, slots=True)
class Name:
    """One name of a thing: its words but the small ones, its role, and whether it names it alone.

    A name that is not `sure` is part of a longer one, or is understood only beside other words:
    « ministère de l’Intérieur » without its country.
    """

    thing: str
    text: str
    role: str
    words: tuple[str, ...]
    sure: bool

    @property
    def is_short(self) -> bool:
        """Tell whether it is a sign, where each letter counts: « CFAD »."""
        return len(self.words) == 1 and (self.role == ACRONYM or is_acronym(self.text))


def words(text: str) -> tuple[str, ...]:
    """Return the folded words of a text but the small ones, unless there is no other.

    A number is no small word: school 2 is not school 7.

    >>> words("Centre de formation et d’appui"), words("le"), words("École n° 2")
    (('centre', 'formation', 'appui'), ('le',), ('ecole', '2'))
    """
    every = phrase(text)
    large = (one for one in every if one not in STOP and (len(one) > 1 or one.isdigit()))
    return tuple(large) or every


def is_acronym(text: str) -> bool:
    """Tell whether a text is written as an acronym.

    >>> is_acronym("A.F.D."), is_acronym("GIFT-MENA"), is_acronym("Maroc")
    (True, True, False)
    """
    letters = re.sub(r"[\W_]", "", text)
    return 2 <= len(letters) <= 12 and letters.isupper() and " " not in text.strip()


def initials(text: str) -> frozenset[str]:
    """Return the acronyms a name may have: with its small words and without.

    >>> sorted(initials("Bureau technique des villes libanaises"))
    ['btdvl', 'btvl']
    """
    every, large = phrase(text), words(text)
    found = {"".join(one[0] for one in some) for some in (every, large) if len(some) > 1}
    return frozenset(one for one in found if len(one) > 2)


@lru_cache(maxsize=20_000)
def skeleton(text: str) -> str:
    """Return the consonants of a name as one hears them, in Latin or in Arabic script.

    >>> skeleton("تونس"), skeleton("Tunis"), skeleton("مراكش"), skeleton("Marrakech")
    ('tns', 'tns', 'mrks', 'mrks')
    """
    if _IS_ARABIC.search(text):
        heard = _ARTICLE.sub("", text).translate(_ARABIC)
    else:
        heard = _SOFT_G.sub("j", _SOFT_C.sub("s", fold(text)))
        for written, sound in _SOUNDS:
            heard = heard.replace(written, sound)
        heard = heard.replace("c", "k")
    found = _DOUBLE.sub(r"\1", _NO_SOUND.sub("", heard))
    return found if len(found) >= _SHORTEST_SKELETON else ""


def is_arabic(text: str) -> bool:
    """Tell whether a text holds Arabic letters."""
    return _IS_ARABIC.search(text) is not None


def names_of(thing: str, said: Sequence[Sequence[str]]) -> list[Name]:
    """Return the names of a thing from their roles and texts, each once; labels without asides too.

    Names that only a part of a label, or that were read into an acronym which the source does not
    give the thing, are not sure.
    """
    labels = [words(text) for role, text in said if role == LABEL]
    has_acronym = any(role == ACRONYM or is_acronym(text) for role, text in said)
    found: dict[tuple[str, ...], Name] = {}
    rank = (LABEL, ACRONYM, ALIAS, EXPANSION)
    for role, text in sorted(said, key=lambda one: rank.index(one[0])):
        bare = _ASIDE.sub("", text) if "(" in text else ""
        for one, is_whole in ((text, True), (bare, False)):
            cut = words(one) if one else ()
            if cut and (cut not in found or (is_whole and not found[cut].sure)):
                sure = is_whole and _is_sure(cut, role, one, labels, has_acronym)
                kept = found.get(cut)
                found[cut] = Name(thing, one, role, cut, sure or bool(kept and kept.sure))
    return list(found.values())


def _is_sure(
    cut: tuple[str, ...],
    role: str,
    text: str,
    labels: Sequence[tuple[str, ...]],
    has_acronym: bool,
) -> bool:
    if role in {LABEL, ACRONYM}:
        return True
    if role == EXPANSION:
        return has_acronym
    return is_acronym(text) or not any(set(cut) < set(label) for label in labels)
