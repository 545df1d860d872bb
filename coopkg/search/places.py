"""Countries: their adjectives, and those the sources do not speak of. Pure.

« libanais » and "Tunisian" are made of the name of the country and an ending: no list of them is in
CLDR. The countries of CLDR, by Babel, tell « Japon » from a misspelt word.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.core import get_global

from coopkg.search.empty import word_set
from coopkg.search.words import fold, phrase

_ENDINGS: Final = word_set(
    "ien ienne iens iennes en enne ens ennes ain aine ains aines ais aise aises ois oise oises "
    "an ane ans anes ian ians ese ite ites ain in ine ins ines n ns atique atiques"
)
_SHORTEST_ROOT: Final = 4
_CUT: Final = 3
"""Letters of a name that its adjective may lose: « Tunisie », « tunisien »."""


def countries() -> dict[str, tuple[str, str]]:
    """Return the names of the countries of CLDR, French and English, by their ISO code."""
    french, english = (Locale(lang).territories for lang in ("fr", "en"))
    return {
        str(code): (str(french[code]), str(english[code]))
        for code in english
        if len(str(code)) == 2 and str(code).isalpha() and code in french
    }


_LAST: Final = 6
"""Letters of the last word of a longer name from which an adjective is made: « ivoirien »."""


def languages() -> dict[str, tuple[str, ...]]:
    """Return the names of the language of a country, by its ISO code: "French" is of France.

    A language belongs to the country that CLDR takes for its likeliest.
    """
    likely = get_global("likely_subtags")
    found: dict[str, tuple[str, ...]] = {}
    for code in ("fr", "vi"):
        country = str(likely[code]).rsplit("_", 1)[-1]
        found[country] = tuple(str(Locale(lang).languages[code]) for lang in ("fr", "en"))
    return found


IRREGULAR: Final[Mapping[str, tuple[str, ...]]] = {"CI": ("ivorian", "ivorians")}
"""Adjectives that no name of their country begins like, by its code."""
WHOLE: Final = "="
"""Before a name that is an adjective as it stands."""


class Adjectives:
    """The adjectives of some places, by their names; « =french » is one as it stands."""

    def __init__(self, places: Mapping[str, Iterable[str]]) -> None:
        self._roots: dict[str, set[str]] = {}
        self._whole: dict[str, str] = {}
        self._names = {
            "".join(phrase(name))
            for names in places.values()
            for name in names
            if not name.startswith(WHOLE)
        }
        single = frozenset(
            phrase(name)[0] for names in places.values() for name in names if len(phrase(name)) == 1
        )
        for place, names in places.items():
            for name in names:
                if name.startswith(WHOLE):
                    self._whole[fold(name[1:])] = place
                    continue
                for root in _roots(name, single):
                    self._roots.setdefault(root, set()).add(place)
        self.of = lru_cache(maxsize=4_000)(self._of)

    def _of(self, word: str) -> str | None:
        """Return the place an adjective belongs to, or None when there is none, or several."""
        if word in self._names:
            return None
        if word in self._whole:
            return self._whole[word]
        for cut in range(1, min(8, len(word) - _SHORTEST_ROOT + 2)):
            root, ending = word[:-cut], word[-cut:]
            found = self._roots.get(root, set()) if ending in _ENDINGS else set()
            if len(found) == 1 and (len(root) >= _SHORTEST_ROOT or cut > len(root)):
                return next(iter(found))
        return None


def _roots(name: str, single: frozenset[str]) -> Iterable[str]:
    words = phrase(name)
    word = words[-1] if words else ""
    if len(words) > 1 and (len(word) < _LAST or word in single):
        return
    for cut in range(_CUT + 1):
        root = word[: len(word) - cut]
        if len(root) >= 3 and len(root) * 2 >= len(word):
            yield root


def joined(name: str) -> str:
    """Return the name of a place as places are compared, blind to accents and hyphens.

    >>> joined("Viêt Nam") == joined("Vietnam")
    True
    """
    return "".join(phrase(fold(name)))
