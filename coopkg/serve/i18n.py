"""French and English in pages: which language, which text, how dates are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from typing import Final

from flask import Request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from coopkg.errors import Lang
from coopkg.typography import day, french

LANGS: Final[tuple[Lang, ...]] = ("fr", "en")
NAMES: Final = {"fr": "Français", "en": "English"}
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

    A range asks for its language when there is no narrower one (RFC 4647, section 3.4, lookup):
    browsers send `en-GB` before `en`.

    >>> preferred("de, en;q=0.5"), preferred("en-GB, fr;q=0.5"), preferred("")
    ('en', 'en', 'fr')
    """
    return _preferred(header[:_HEADER_MOST])


@lru_cache(maxsize=512)
def _preferred(header: str) -> Lang:
    liked: dict[str, float] = {}
    for tag, quality in parse_accept_header(header, LanguageAccept):  # best first
        liked.setdefault(tag.replace("_", "-").partition("-")[0].lower(), quality)
    named = [lang for lang in LANGS if liked.get(lang)]
    in_order: list[Lang] = [*sorted(named, key=[*liked].index), *LANGS]  # the first of equals wins
    return max(in_order, key=lambda lang: liked.get(lang, liked.get("*", 0.0)))


def texts(lang: Lang) -> Callable[[str, str], str]:
    """Return `t(fr, en)`, which keeps the text of one language."""
    return lambda fr, en: french(fr) if lang == "fr" else en


def date(when: str | datetime, lang: Lang) -> str:
    """Write the day of an ISO 8601 instant in words.

    >>> date("2026-11-23T10:00:00Z", "fr")
    '23 novembre 2026'
    """
    moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    return day(moment.date(), lang)
