"""Identifiers that registers give: their form, and their check digits.

Each check says what a right one looks like. A code that is well formed may still be nobody's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.intake.findings import Finding
from coopkg.build.intake.ground import Ground
from coopkg.build.intake.reading import Read
from coopkg.terms import expand

_CROCKFORD: Final = "0123456789abcdefghjkmnpqrstvwxyz"
_LA_POSTE: Final = "356000000"


@dataclass(frozen=True)
class Kind:
    """A register: how its identifiers look, what proves one, and one that is right."""

    name: str
    pattern: re.Pattern[str]
    holds: Callable[[str], bool]
    example: str
    fr: str
    en: str


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
    """Tell whether a SIRET holds: Luhn, but for the post offices, whose digits add up to 5 × n."""
    return luhn(digits) or (digits.startswith(_LA_POSTE) and sum(map(int, digits)) % 5 == 0)


def is_ror(code: str) -> bool:
    """Tell whether a ROR holds: 0, six signs of base 32, and 98 − (number × 100 mod 97).

    >>> is_ror("02feahw73"), is_ror("02feahw74")
    (True, False)
    """
    number = 0
    for sign in code[1:7]:
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


def _any(_: str) -> bool:
    return True


WIKIDATA: Final = Kind(
    "wikidata", re.compile(r"Q[1-9]\d{0,9}"), _any, "Q1054923",
    "la lettre Q, puis des chiffres", "the letter Q, then digits",
)  # fmt: skip
SIREN: Final = Kind(
    "siren", re.compile(r"\d{9}"), luhn, "180014045",
    "neuf chiffres dont le dernier contrôle les autres",
    "nine digits, the last of which checks the others",
)  # fmt: skip
SIRET: Final = Kind(
    "siret", re.compile(r"\d{14}"), is_siret, "18001404500017",
    "quatorze chiffres : le SIREN et cinq de plus, le dernier contrôle les autres",
    "fourteen digits: the SIREN and five more, the last of which checks the others",
)  # fmt: skip
ROR: Final = Kind(
    "ror", re.compile(r"0[a-hj-km-np-tv-z0-9]{6}\d{2}"), is_ror, "https://ror.org/02feahw73",
    "https://ror.org/ puis 0, six signes et deux chiffres de contrôle",
    "https://ror.org/ then 0, six signs and two check digits",
)  # fmt: skip
ISNI: Final = Kind(
    "isni", re.compile(r"\d{15}[\dXx]"), is_isni, "0000 0001 2103 2683",
    "seize chiffres, le dernier (ou X) contrôle les autres",
    "sixteen digits, the last of which (or X) checks the others",
)  # fmt: skip
IATI: Final = Kind(
    "iati", re.compile(r"[A-Z]{2,3}-[A-Z0-9][^\s/&|?]*"), _any, "FR-SIREN-180014045",
    "pays, registre et numéro, séparés par des tirets",
    "country, register and number, with hyphens between",
)  # fmt: skip
ALPHA2: Final = Kind(
    "iso-3166-1-alpha-2", re.compile(r"[A-Z]{2}"), _any, "TN",
    "le code ISO 3166-1 du pays, deux capitales",
    "the ISO 3166-1 code of the country, two capitals",
)  # fmt: skip
ALPHA3: Final = Kind(
    "iso-3166-1-alpha-3", re.compile(r"[A-Z]{3}"), _any, "TUN",
    "le code ISO 3166-1 du pays, trois capitales",
    "the ISO 3166-1 code of the country, three capitals",
)  # fmt: skip
M49: Final = Kind(
    "m49", re.compile(r"\d{3}"), _any, "788",
    "le code M49 du lieu, trois chiffres", "the M49 code of the place, three digits",
)  # fmt: skip
KINDS: Final = (WIKIDATA, SIREN, SIRET, ROR, ISNI, IATI, ALPHA2, ALPHA3, M49)

_ADDRESSES: Final = (
    (re.compile(r"https?://(?:www\.)?wikidata\.org/(?:entity|wiki)/(.*)"), WIKIDATA),
    (re.compile(r"https?://ror\.org/(.*)"), ROR),
    (re.compile(r"https?://(?:www\.)?isni\.org/(?:isni/)?(.*)"), ISNI),
)
_PREFIXED: Final = {kind.name: kind for kind in (WIKIDATA, SIREN, SIRET, ROR, ISNI, IATI)}
_PROPERTIES: Final = {
    expand("coop:iso2"): ALPHA2,
    expand("coop:iso3"): ALPHA3,
    expand("coop:m49"): M49,
}
_IDENTIFIER: Final = frozenset(
    {expand("dcterms:identifier"), expand("skos:notation"), expand("adms:identifier")}
)
_SCHEME: Final = expand("coop:identifierScheme")
_NOTATION: Final = expand("skos:notation")
_LONGEST: Final = ("siret", "siren", "wikidata", "isni", "iati", "ror")
_REGISTERED: Final = re.compile(r"(?i)(siren|siret|ror|isni|iati|wikidata)\s*[:\s-]\s*(.+)")


def wrong(kind: Kind, text: str) -> bool:
    """Tell whether a text is no identifier of a register."""
    bare = re.sub(r"[\s\u00a0.]" if kind in {SIREN, SIRET, ISNI} else r"^\s+|\s+$", "", text)
    if kind is ROR:
        bare = bare.rpartition("/")[2].lower()
    if kind is ISNI:
        bare = bare.replace("-", "")
    return kind.pattern.fullmatch(bare) is None or not kind.holds(bare)


def named(quad: ox.Quad, schemes: Mapping[Any, str]) -> tuple[Kind, str] | None:
    """Return the register an identifier says it is of, and the identifier itself."""
    value = quad.object
    if isinstance(value, ox.NamedNode):
        for pattern, kind in _ADDRESSES:
            if match := pattern.fullmatch(value.value):
                return kind, match[1]
        return None
    if not isinstance(value, ox.Literal):
        return None
    if quad.predicate in _PROPERTIES:
        return _PROPERTIES[quad.predicate], value.value
    if quad.predicate == _NOTATION and quad.subject in schemes:
        said = schemes[quad.subject].lower()
        names = [name for name in _LONGEST if name in said]
        return (_PREFIXED[names[0]], value.value) if names else None
    if quad.predicate in _IDENTIFIER and (match := _REGISTERED.fullmatch(value.value.strip())):
        return _PREFIXED[match[1].lower()], match[2]
    return None


def findings(read: Read, ground: Ground) -> Iterator[Finding]:
    """Yield a finding for each identifier that cannot be one."""
    schemes = {
        quad.subject: quad.object.value for quad in read.quads
        if quad.predicate == _SCHEME and isinstance(quad.object, ox.Literal)
    }  # fmt: skip
    for number, quad in enumerate(read.quads):
        found = named(quad, schemes)
        if found is None or not wrong(*found):
            continue
        kind, text = found
        node = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
        yield Finding(
            f"identifier-{kind.name}",
            "violation",
            {
                "fr": f"« {text} » n’est pas un identifiant {kind.name} : {kind.fr}. "
                f"Exemple : {kind.example}.",
                "en": f"“{text}” is no {kind.name} identifier: {kind.en}. Example: {kind.example}.",
            },
            read.spot(number, "value"),
            seen=text,
            expected={"fr": kind.fr, "en": kind.en},
            example=kind.example,
            node=node,
            subject=ground.label(node),
            link=quad.predicate.value,
            path=ground.label(quad.predicate.value),
        )
