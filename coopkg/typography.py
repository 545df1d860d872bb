"""How texts are written: French spacing, which typing undoes, and days."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import Final

from babel.dates import format_date

NO_BREAK: Final = "\u00a0"
LOCALES: Final = {"fr": "fr_FR", "en": "en_GB"}
_BEFORE: Final = re.compile(r" ([:;?!»])(?=$|[\s.,)<])")
_AFTER: Final = re.compile(r"« ")
_TYPED: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‑": "-"})


@lru_cache(maxsize=4_096)  # a page says hundreds of the same words as the one before
def french(text: str) -> str:
    r"""Return a French text whose marks do not start a line.

    >>> french("Pourquoi ? « rien » : ?x ?p")
    'Pourquoi\xa0? «\xa0rien\xa0»\xa0: ?x ?p'
    """
    return _AFTER.sub(f"«{NO_BREAK}", _BEFORE.sub(rf"{NO_BREAK}\1", text))


@lru_cache(maxsize=512)
def day(when: date, lang: str) -> str:
    """Write a day in words.

    >>> day(date(2022, 3, 1), "fr"), day(date(2022, 3, 1), "en")
    ('1er mars 2022', '1 March 2022')
    """
    written = str(format_date(when, format="long", locale=LOCALES[lang]))
    return written.replace("1 ", "1er ", 1) if lang == "fr" and when.day == 1 else written


def plain(text: str) -> str:
    r"""Return a text as a keyboard writes it: what a word processor made of it is no other name.

    >>> plain("Centre  d’appui\xa0")
    "Centre d'appui"
    """
    return " ".join(text.translate(_TYPED).split())
