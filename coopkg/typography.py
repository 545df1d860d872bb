"""How texts are written: French spacing, which typing undoes, and days."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from typing import Final

from babel.dates import format_date

NO_BREAK: Final = "\u00a0"
LOCALES: Final = {"fr": "fr_FR", "en": "en_GB"}
_BEFORE: Final = re.compile(r" ([:;?!»%€])(?=$|[\s.,;)<])")
_AFTER: Final = re.compile(r"(«|\b[nN]°|\b[nN]os) (?=\S)")
_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae"})
_UNHEARD: Final = str.maketrans("", "", "’'‘ʼ")
_PARTING: Final = re.compile(r"[^\w]+")
_DIGITS: Final = re.compile(r"\d+")
_LONG: Final = 18
"""Digits of a number in a text: longer ones are compared as text."""
_TYPED: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‑": "-"})


@lru_cache(maxsize=4_096)  # a page says hundreds of the same words as the one before
def french(text: str) -> str:
    r"""Return a French text whose marks do not start a line.

    >>> french("Pourquoi ? « rien » : ?x ?p")
    'Pourquoi\xa0? «\xa0rien\xa0»\xa0: ?x ?p'
    >>> french("98 % de la loi n° 84-594")
    '98\xa0% de la loi n°\xa084-594'
    """
    return _AFTER.sub(rf"\1{NO_BREAK}", _BEFORE.sub(rf"{NO_BREAK}\1", text))


@lru_cache(maxsize=512)
def day(when: date, lang: str) -> str:
    """Write a day in words.

    >>> day(date(2022, 3, 1), "fr"), day(date(2022, 3, 1), "en")
    ('1er mars 2022', '1 March 2022')
    """
    written = str(format_date(when, format="long", locale=LOCALES[lang]))
    return written.replace("1 ", "1er ", 1) if lang == "fr" and when.day == 1 else written


@lru_cache(maxsize=8_192)  # a page sorts every cell and every choice by this
def collated(text: str) -> str:
    """Return what sorts a text as a dictionary does, in French and in English.

    First by letters and numbers: accents, capitals and apostrophes do not count, other marks part
    words, and 9 comes before 10; then by accents, then by the rest, so that the order is total.

    >>> names = ["Eau", "l’État", "Étude", "La Côte", "Équipe", "ligne 10", "ligne 9"]
    >>> sorted(names, key=collated)
    ['Eau', 'Équipe', 'Étude', 'La Côte', 'l’État', 'ligne 9', 'ligne 10']
    """
    accented = unicodedata.normalize("NFD", text.casefold().translate(_LIGATURES))
    bare = "".join(one for one in accented if not unicodedata.combining(one))
    words = " ".join(_PARTING.sub(" ", bare.translate(_UNHEARD)).split())
    letters = _DIGITS.sub(lambda number: number.group().zfill(_LONG), words)
    return "\0".join((letters, accented, text))


def is_symbol(unit: str) -> bool:
    """Tell whether a unit is written right after its number, as « % » is, and not as a word."""
    return bool(unit) and not any(one.isalpha() for one in unit)


def measured(number: str, unit: str, lang: str) -> str:
    r"""Return a number with its unit, when that is a symbol; a word belongs in the heading.

    >>> measured("79", "%", "fr"), measured("79", "%", "en"), measured("3", "jours", "fr")
    ('79\xa0%', '79%', '3')
    """
    return f"{number}{NO_BREAK if lang == 'fr' else ''}{unit}" if is_symbol(unit) else number


def headed(label: str, unit: str) -> str:
    """Return the heading of a column with its unit, unless the label says it already.

    >>> headed("Durée", "jours"), headed("Jours de travail", "jours de travail")
    ('Durée (jours)', 'Jours de travail')
    """
    return label if not unit or unit.casefold() in label.casefold() else f"{label} ({unit})"


def plain(text: str) -> str:
    r"""Return a text as a keyboard writes it: what a word processor made of it is no other name.

    >>> plain("Centre  d’appui\xa0")
    "Centre d'appui"
    """
    return " ".join(text.translate(_TYPED).split())
