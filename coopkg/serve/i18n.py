"""French and English in pages: which language, which text, how dates are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final

from babel.dates import format_date
from flask import Request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from coopkg.errors import Lang
from coopkg.typography import french

LANGS: Final[tuple[Lang, ...]] = ("fr", "en")
NAMES: Final = {"fr": "Français", "en": "English"}
LOCALES: Final = {"fr": "fr_FR", "en": "en_GB"}
_HEADER_MOST: Final = 1_000  # characters of a header worth reading


def asked(request: Request) -> Lang:
    """Return the language a request asks for: its path, `?lang=`, Accept-Language, else French.

    RFC 9110, section 12.5.4, for the header.
    """
    first = request.path.split("/", 2)[1]
    given = request.args.get("lang", "")
    for choice in (first, given):
        if choice in LANGS:
            return "en" if choice == "en" else "fr"
    return preferred(request.headers.get("Accept-Language", ""))


def preferred(header: str) -> Lang:
    """Return the language an Accept-Language header likes best: all that it changes in an answer.

    >>> preferred("de, en;q=0.5"), preferred("")
    ('en', 'fr')
    """
    return _preferred(header[:_HEADER_MOST])


@lru_cache(maxsize=512)
def _preferred(header: str) -> Lang:
    best = parse_accept_header(header, LanguageAccept).best_match(LANGS, default="fr")
    return "en" if best == "en" else "fr"


def texts(lang: Lang) -> Callable[[str, str], str]:
    """Return `t(fr, en)`, which keeps the text of one language."""
    return lambda fr, en: french(fr) if lang == "fr" else en


def date(when: str | datetime, lang: Lang) -> str:
    """Write the day of an ISO 8601 instant in words.

    >>> date("2026-11-23T10:00:00Z", "fr")
    '23 novembre 2026'
    """
    moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    return str(format_date(moment, format="long", locale=LOCALES[lang]))
