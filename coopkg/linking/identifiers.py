"""Identifiers that registers give: how they are written, and what proves one. Pure.

`checked` says of a text whether it may be an identifier of a register, and else what was seen,
what was expected and an example. A code that is well formed may still be nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from babel.core import get_global
from babel.localedata import load

_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_LA_POSTE: Final = "356000000"
_SPACES: Final = re.compile(r"[\s\u00a0\u202f.]")
_CONTROL: Final = {**dict.fromkeys(range(32)), 0x7F: None}


@dataclass(frozen=True)
class Kind:
    """A register: how its identifiers look, what proves one, one that is right, and its reason.

    `bare` takes away what people write around an identifier: an address, spaces, a prefix.
    """

    name: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]
    example: str
    fr: str
    en: str
    bare: Callable[[str], str] = str.strip

    @property
    def expected(self) -> dict[str, str]:
        """What a right one looks like, in French and in English."""
        return {"fr": self.fr, "en": self.en}


@dataclass(frozen=True)
class Check:
    """What was seen of an identifier; `value` is how it is written when it is right, else ""."""

    kind: Kind
    seen: str
    value: str
    fault: str = ""
    """Why it cannot be one: `form`, `digits` (its check digits) or `unknown` (no such code)."""

    @property
    def ok(self) -> bool:
        """Tell whether it may be one."""
        return not self.fault

    @property
    def message(self) -> dict[str, str]:
        """Say what is wrong with it, in French and in English; nothing when nothing is."""
        if self.ok:
            return {}
        fr, en = _FAULTS[self.fault]
        seen, kind = self.seen[:80].translate(_CONTROL), self.kind
        return {
            "fr": f"«\u00a0{seen}\u00a0» n’est pas un identifiant {kind.name}\u00a0: {fr}. "
            f"Attendu\u00a0: {kind.fr}. Exemple\u00a0: {kind.example}.",
            "en": f"“{seen}” is no {kind.name} identifier: {en}. "
            f"Expected: {kind.en}. Example: {kind.example}.",
        }


_FAULTS: Final[Mapping[str, tuple[str, str]]] = {
    "form": ("il ne s’écrit pas ainsi", "it is not written so"),
    "digits": ("ses chiffres de contrôle ne conviennent pas", "its check digits do not fit"),
    "unknown": ("ce code n’existe pas", "there is no such code"),
}


def luhn(digits: str) -> bool:
    """Tell whether digits pass the Luhn check.

    >>> luhn("180014045"), luhn("180014046")
    (True, False)
    """
    total = 0
    for place, sign in enumerate(reversed(digits)):
        number = int(sign) * (1 + place % 2)
        total += number - 9 if number > 9 else number
    return total % 10 == 0


def is_siret(digits: str) -> bool:
    """Tell whether a SIRET holds: its SIREN and the whole pass the Luhn check.

    But for the post offices of La Poste (SIREN 356 000 000), whose digits add up to 5 × n: there
    are more of them than the Luhn check leaves numbers for.

    >>> is_siret("18001404500019"), is_siret("35600000049837")
    (False, True)
    """
    if digits.startswith(_LA_POSTE):
        return luhn(digits) or sum(map(int, digits)) % 5 == 0
    return luhn(digits[:9]) and luhn(digits)


def is_ror(code: str) -> bool:
    """Tell whether a ROR holds: 0, six signs of base 32, and 98 − (number × 100 mod 97).

    >>> is_ror("02feahw73"), is_ror("02feahw74")
    (True, False)
    """
    number = 0
    for sign in code[:7]:
        number = number * 32 + _CROCKFORD.index(sign)
    return 98 - (number * 100) % 97 == int(code[7:])


def is_isni(digits: str) -> bool:
    """Tell whether an ISNI holds: ISO 7064, MOD 11-2.

    >>> is_isni("0000000121032683"), is_isni("0000000121032684")
    (True, False)
    """
    total = 0
    for sign in digits[:15]:
        total = (total + int(sign)) * 2
    check = (12 - total % 11) % 11
    return digits[15].upper() == ("X" if check == 10 else str(check))


_WITHDRAWN: Final = frozenset(
    {"BUR", "DDR", "FXX", "TMP", "YMD", "ZAR", "230", "249", "278", "280", "720", "736", "886"}
)
"""Codes of countries that are no more, which CLDR still reads."""


def countries() -> frozenset[str]:
    """Return the ISO 3166-1 alpha-2 codes."""
    return _countries()[0]


@lru_cache(maxsize=1)
def _countries() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Return the codes of countries that CLDR knows: two letters, three letters, three digits."""
    names = load("en")["territories"]
    # What CLDR names and ISO 3166-1 does not list: regions of its own, and reserved codes.
    others = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK"}
    two = {code for code in names if len(code) == 2 and code.isalpha()} - others - {"ZZ"}
    aliases = get_global("territory_aliases")
    longer = {
        code
        for code, meant in aliases.items()
        if len(code) == 3 and len(meant) == 1 and meant[0] in two and code not in _WITHDRAWN
    }
    letters = {code for code in longer if code.isalpha()}
    digits = {code for code in longer if code.isdigit()}
    regions = {code for code in names if code.isdigit()}
    return frozenset(two), frozenset(letters), frozenset(digits | regions)


def _any(_: str) -> bool:
    return True


def _last(text: str) -> str:
    return text.strip().rstrip("/").rpartition("/")[2].rpartition(":")[2].strip()


def _figures(text: str) -> str:
    return _SPACES.sub("", text)


def _isni(text: str) -> str:
    return _figures(_last(text)).replace("-", "").upper().removeprefix("ISNI")


def _capitals(text: str) -> str:
    return text.strip().upper()


WIKIDATA: Final = Kind(
    "wikidata",
    re.compile(r"Q[1-9]\d{0,9}"),
    _any,
    "Q1054923",
    "la lettre Q, puis des chiffres",
    "the letter Q, then digits",
    lambda text: _last(text).upper(),
)
SIREN: Final = Kind(
    "siren",
    re.compile(r"[0-9]{9}"),
    luhn,
    "180014045",
    "neuf chiffres dont le dernier contrôle les autres",
    "nine digits, the last of which checks the others",
    _figures,
)
SIRET: Final = Kind(
    "siret",
    re.compile(r"[0-9]{14}"),
    is_siret,
    "73282932000074",
    "quatorze chiffres\u00a0: le SIREN et cinq de plus, le dernier contrôle les autres",
    "fourteen digits: the SIREN and five more, the last of which checks the others",
    _figures,
)
ROR: Final = Kind(
    "ror",
    re.compile(r"0[a-hj-km-np-tv-z0-9]{6}[0-9]{2}"),
    is_ror,
    "https://ror.org/02feahw73",
    "https://ror.org/ puis 0, six signes et deux chiffres de contrôle",
    "https://ror.org/ then 0, six signs and two check digits",
    lambda text: _last(text).lower(),
)
ISNI: Final = Kind(
    "isni",
    re.compile(r"[0-9]{15}[0-9X]"),
    is_isni,
    "0000 0001 2103 2683",
    "seize chiffres, le dernier (ou X) contrôle les autres",
    "sixteen digits, the last of which (or X) checks the others",
    _isni,
)
IATI: Final = Kind(
    "iati",
    # IATI standard: registration agency, a hyphen, the number; / & | ? are forbidden.
    re.compile(r"[A-Z]{2,3}-[A-Z0-9][^\s/&|?]*"),
    lambda text: text[:2] in _countries()[0] or text.partition("-")[0] in {"XI", "XM", "XR"},
    "FR-SIREN-180014045",
    "pays, registre et numéro, séparés par des tirets",
    "country, register and number, with hyphens between",
    _capitals,
)
ALPHA2: Final = Kind(
    "iso-3166-1-alpha-2",
    re.compile(r"[A-Z]{2}"),
    lambda code: code in _countries()[0],
    "TN",
    "le code ISO 3166-1 du pays, deux capitales",
    "the ISO 3166-1 code of the country, two capitals",
)
ALPHA3: Final = Kind(
    "iso-3166-1-alpha-3",
    re.compile(r"[A-Z]{3}"),
    lambda code: code in _countries()[1],
    "TUN",
    "le code ISO 3166-1 du pays, trois capitales",
    "the ISO 3166-1 code of the country, three capitals",
)
M49: Final = Kind(
    "m49",
    re.compile(r"[0-9]{3}"),
    lambda code: code in _countries()[2],
    "788",
    "le code M49 du lieu, trois chiffres (celui d’un pays est aussi son code ISO 3166-1)",
    "the M49 code of the place, three digits (that of a country is its ISO 3166-1 code too)",
)
KINDS: Final = (WIKIDATA, SIREN, SIRET, ROR, ISNI, IATI, ALPHA2, ALPHA3, M49)
BY_NAME: Final = {kind.name: kind for kind in KINDS}
_CODES: Final = frozenset({"iso-3166-1-alpha-2", "iso-3166-1-alpha-3", "m49"})
_ADDRESSES: Final = (
    (re.compile(r"https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/(.*)"), WIKIDATA),
    (re.compile(r"https?://ror\.org/(.*)"), ROR),
    (re.compile(r"https?://(?:www\.)?isni\.org/(?:isni/)?(.*)"), ISNI),
)
# As registers are called in data: the longer names first, since « SIRET » holds no « SIREN ».
_CALLED: Final = (
    ("siret", SIRET),
    ("siren", SIREN),
    ("wikidata", WIKIDATA),
    ("isni", ISNI),
    ("iati", IATI),
    ("ror", ROR),
    ("alpha-2", ALPHA2),
    ("alpha-3", ALPHA3),
    ("m49", M49),
)


def checked(kind: Kind, text: str) -> Check:
    """Return what a text is as an identifier of a register.

    >>> checked(SIREN, "180 014 045").value, checked(SIREN, "180014046").fault
    ('180014045', 'digits')
    >>> checked(ALPHA2, "QX").fault, checked(WIKIDATA, "https://www.wikidata.org/wiki/Q948").value
    ('unknown', 'Q948')
    """
    bare = kind.bare(text)
    if kind.pattern.fullmatch(bare) is None:
        return Check(kind, text, "", "form")
    if not kind.holds(bare):
        return Check(kind, text, "", "unknown" if kind.name in {*_CODES, "iati"} else "digits")
    return Check(kind, text, bare)


def wrong(kind: Kind, text: str) -> bool:
    """Tell whether a text is no identifier of a register."""
    return not checked(kind, text).ok


def kind_of(called: str) -> Kind | None:
    """Return the register that data call so: « IATI organisation identifier » is IATI's."""
    said = called.lower()
    return next((kind for name, kind in _CALLED if name in said), None)


def of_address(address: str) -> tuple[Kind, str] | None:
    """Return the register an address is of, and the identifier in it."""
    for pattern, kind in _ADDRESSES:
        if match := pattern.fullmatch(address):
            return kind, match[1]
    return None
