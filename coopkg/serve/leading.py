"""What a redirection says to those whose program does not follow it, in their language."""

from __future__ import annotations

from flask import Response
from markupsafe import Markup

from coopkg.errors import Lang
from coopkg.serve.i18n import texts

_PAGE = Markup(
    '<!doctype html>\n<html lang="{lang}">\n<meta charset="utf-8">\n<title>{title}</title>\n'
    '<p>{said} <a href="{to}">{to}</a></p>\n'
)


def speak(response: Response, lang: Lang) -> None:
    """Give a redirection a body in one language; the framework's own is in English."""
    to = response.headers.get("Location")
    if not to or not response.get_data():
        return
    t = texts(lang)
    title = t("Cette adresse mène ailleurs", "This address leads elsewhere")
    said = t("Cette adresse mène à celle-ci :", "This address leads to this one:")
    response.set_data(_PAGE.format(lang=lang, title=title, said=said, to=to))
