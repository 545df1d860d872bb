"""`/{lang}/guides`: the guides of `docs/` that people of the service read, as pages of it.

The text is written once, in `docs/`; here its commands name this installation, and its links lead
to pages of this service.
"""

from __future__ import annotations

from functools import partial

from flask import Blueprint, current_app, g, render_template

from coopkg.errors import Lang, UnknownError
from coopkg.serve.guides import shelf
from coopkg.serve.guides.reading import Guide, read


def blueprint() -> Blueprint:
    """Return the routes of the guides."""
    routes = Blueprint("guides", __name__)
    lang = "/<any(fr, en):lang>"
    routes.add_url_rule(f"{lang}/guides", "index", _index)
    routes.add_url_rule(f"{lang}/guides/<name>", "guide", _guide)
    return routes


def _index(lang: Lang) -> str:
    g.lang = lang
    groups = [
        (names[lang], [(name, _read(name, lang).title) for name in listed])
        for names, listed in shelf.GUIDES
    ]
    return render_template("guides.html", groups=groups)


def _guide(name: str, lang: Lang) -> str:
    g.lang = lang
    if name not in shelf.NAMES:
        raise UnknownError(name, "aucun guide de ce nom", "no guide of that name", shelf.NAMES)
    return render_template("guide.html", guide=_read(name, lang))


def _read(name: str, lang: Lang) -> Guide:
    here = current_app.config["PUBLIC_URL"]
    return read(shelf.text(name, lang), lang, here, partial(shelf.link, lang))
