"""French and English in pages: which language, which text, how numbers and dates are written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, Literal

from babel.dates import format_date
from babel.numbers import format_decimal
from flask import Request
from markupsafe import Markup, escape

from coopkg.typography import french

Lang = Literal["fr", "en"]
LANGS: Final[tuple[Lang, ...]] = ("fr", "en")
NAMES: Final = {"fr": "Français", "en": "English"}
LOCALES: Final = {"fr": "fr_FR", "en": "en_GB"}


def asked(request: Request) -> Lang:
    """Return the language a request asks for: its path, `?lang=`, Accept-Language, else French.

    RFC 9110, section 12.5.4, for the header.
    """
    first = request.path.split("/", 2)[1]
    given = request.args.get("lang", "")
    for choice in (first, given):
        if choice in LANGS:
            return "en" if choice == "en" else "fr"
    best = request.accept_languages.best_match(LANGS, default="fr")
    return "en" if best == "en" else "fr"


def other(lang: Lang) -> Lang:
    """Return the other language.

    >>> other("fr")
    'en'
    """
    return "en" if lang == "fr" else "fr"


def texts(lang: Lang) -> Callable[[str, str], str]:
    """Return `t(fr, en)`, which keeps the text of one language."""
    return lambda fr, en: french(fr) if lang == "fr" else en


def number(value: int | float, lang: Lang) -> str:
    """Write a number as people do.

    >>> number(1520, "fr")
    '1\u202f520'
    """
    return str(format_decimal(value, locale=LOCALES[lang]))


def date(when: str | datetime, lang: Lang) -> str:
    """Write the day of an ISO 8601 instant in words.

    >>> date("2026-11-23T10:00:00Z", "fr")
    '23 novembre 2026'
    """
    moment = datetime.fromisoformat(when) if isinstance(when, str) else when
    return str(format_date(moment, format="long", locale=LOCALES[lang]))


def label(entry: dict[str, Any] | None, iri: str, lang: Lang) -> Markup:
    """Write the label of an entity, marking a fallback to the other language, as HTML.

    An IRI without any label is shown as it is, so that nothing is hidden.
    """
    entry = entry or {}
    if entry.get(lang):
        return escape(entry[lang])
    if entry.get(other(lang)):
        fallback = other(lang)
        return Markup('<span lang="{0}">{1}</span> <small>({0})</small>').format(
            fallback, entry[fallback]
        )
    return Markup("<code>{}</code>").format(iri)


def plain_label(entry: dict[str, Any] | None, iri: str, lang: Lang) -> str:
    """Write the label of an entity as text; an IRI without one is shown by its last part.

    >>> plain_label({"en": "Benin"}, "x", "fr")
    'Benin (en)'
    """
    entry = entry or {}
    if entry.get(lang):
        return str(entry[lang])
    if entry.get(other(lang)):
        return f"{entry[other(lang)]} ({other(lang)})"
    return iri
