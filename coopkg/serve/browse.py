"""The pages to look around with: countries, themes, kinds of actor, networks, years."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from flask import Blueprint, g, render_template

from coopkg.errors import Lang
from coopkg.figures import Timeline, World
from coopkg.serve import assets, i18n, navigation
from coopkg.serve.browse_view import View

PAGES: Final = ("countries", "themes", "actors", "networks", "years")


def blueprint() -> Blueprint:
    """Return the routes of the pages to browse."""
    routes = Blueprint("browse", __name__)
    lang = "/<any(fr, en):lang>"
    routes.add_url_rule(f"{lang}/browse", "index", index)
    routes.add_url_rule(f"{lang}/browse/<any({', '.join(PAGES)}):page>", "page", page)
    return routes


def index(lang: Lang) -> str:
    """Show the ways to browse, each with what there is to see."""
    sealed = navigation.browsable(g.service).browse
    return render_template("browse.html", counts=counts(sealed))


def counts(sealed: Mapping[str, Any]) -> dict[str, int]:
    """Return how many of each kind there are to browse."""
    return {
        "countries": sum(len(zone["countries"]) for zone in sealed["zones"]),
        "zones": sum(bool(zone["entity"]) for zone in sealed["zones"]),
        "themes": len(_themes(sealed["themes"])),
        "actors": sum(len(kind["items"]) for kind in sealed["kinds"]),
        "networks": len(sealed["networks"]),
        "years": len(sealed["years"]["years"]),
    }


def _themes(tree: Sequence[Mapping[str, Any]]) -> set[str]:
    """Return the themes of a tree: one may stand in several places."""
    return {one["entity"] for one in tree}.union(*(_themes(one["narrower"]) for one in tree))


def page(lang: Lang, page: str) -> str:
    """Show one way to browse."""
    view = View(g.service, navigation.browsable(g.service), lang)
    shown: dict[str, Any] = getattr(view, page)()
    if page == "countries":
        shown["figure"] = drawn(view.map(assets.asset("world.svg") or ""), lang)
    elif page == "years":
        shown["figure"] = drawn(view.timeline(), lang)
    return render_template(f"browse_{page}.html", pages=PAGES, **shown)


def drawn(made: World | Timeline, lang: Lang) -> dict[str, Any]:
    """Return a figure as its template draws it: see `_figure.html`."""
    t = i18n.texts(lang)
    svg = made.svg(lang, "browse")
    return {
        "svg": svg or "",
        "undrawn": ""
        if svg
        else t(
            "Cette installation n’a pas les contours du monde : voici les pays en tableau.",
            "This installation lacks the outlines of the world: here are the countries as a table.",
        ),
        "title": made.title,
        "message": made.message(lang),
        "disclaimer": made.disclaimer(lang) if isinstance(made, World) and svg else "",
        "data": made.table(lang),
    }
