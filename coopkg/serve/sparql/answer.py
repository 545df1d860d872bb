"""What the page shows of an answer: one page of rows, views, files, badges. No I/O, no Flask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from coopkg.figures import World
from coopkg.serve.i18n import texts
from coopkg.serve.sparql import cells, charts, maps
from coopkg.serve.sparql.badges import Badges
from coopkg.serve.sparql.cells import Reader
from coopkg.serve.sparql.choices import ROWS, VIEWS, Addresses, Choices
from coopkg.serve.sparql.columns import Drawing
from coopkg.serve.sparql.solutions import MOST, Solutions

TURTLE_SHOWN: Final = 60_000
FILES: Final = {
    "bindings": (("json", "JSON"), ("xml", "XML"), ("csv", "CSV"), ("tsv", "TSV")),
    "boolean": (("json", "JSON"), ("xml", "XML")),
    "graph": (
        ("ttl", "Turtle"),
        ("nt", "N-Triples"),
        ("jsonld", "JSON-LD"),
        ("rdf", "RDF/XML"),
    ),
}

Codes = Callable[[], Mapping[str, str]]
"""The ISO code of each country of the graph, asked only when a map is wanted."""


@dataclass(frozen=True)
class Setting:
    """What an answer is shown with: who reads, what was chosen, and where choices lead."""

    reader: Reader
    choices: Choices
    addresses: Addresses
    codes: Codes
    base_map: str = ""


def files(kind: str, addresses: Addresses) -> list[dict[str, Any]]:
    """Return the downloads of an answer."""
    return [{"name": name, "link": addresses.file(format_)} for format_, name in FILES[kind]]


def rows_and_views(found: Solutions, badges: Badges, setting: Setting) -> dict[str, Any]:
    """Return the view that was chosen, and the links to the others."""
    view = setting.choices.view if setting.choices.view in VIEWS else "table"
    shown: dict[str, Any] = {"view": view, "views": _views(view, setting)}
    if view == "table":
        return shown | {"table": table(found, badges, setting)}
    return shown | {"drawing": _drawing(view, found, setting)}


def _views(view: str, setting: Setting) -> list[dict[str, Any]]:
    t = texts(setting.reader.lang)
    names = [t("Tableau", "Table"), t("Graphique", "Chart"), t("Carte", "Map")]
    names.append(t("Graphe", "Graph"))
    return [
        {
            "name": name,
            "here": one == view,
            "link": setting.addresses.to(view=None if one == "table" else one, chart=None),
        }
        for one, name in zip(VIEWS, names, strict=True)
    ]


def _drawing(view: str, found: Solutions, setting: Setting) -> dict[str, Any]:
    """Return a figure with its message and its table, or why there is none."""
    choices, reader = setting.choices, setting.reader
    if view == "chart":
        drawing = charts.chart(found, choices, reader)
    elif view == "map":
        drawing = maps.world(found, choices, reader, setting.codes(), setting.base_map)
    else:
        drawing = maps.network(found, choices, reader)
    named = [chooser.name for chooser in drawing.choosers]
    return {
        "choosers": drawing.choosers,
        "hidden": setting.addresses.hidden(*named),
        "reason": drawing.reason,
        "note": drawing.note,
        **figure(drawing, reader, view),
        "cut": found.total if found.cut else 0,
    }


def figure(drawing: Drawing, reader: Reader, key: str) -> dict[str, Any]:
    """Return what a template draws of a figure: its SVG, what it says, and its table."""
    made = drawing.figure
    if made is None:
        return {"svg": ""}
    svg = made.svg(reader.lang, key)
    reason = ""
    if svg is None:
        t = texts(reader.lang)
        reason = t(
            "Cette installation n’a pas les contours du monde : voici les pays en tableau.",
            "This installation lacks the outlines of the world: here are the countries as a table.",
        )
    return {
        "svg": svg or "",
        "undrawn": reason,
        "title": made.title,
        "message": made.message(reader.lang),
        "disclaimer": made.disclaimer(reader.lang) if isinstance(made, World) and svg else "",
        "data": made.table(reader.lang),
    }


def table(found: Solutions, badges: Badges, setting: Setting) -> dict[str, Any]:
    """Return one page of the rows, filtered and sorted, with its columns and its neighbours."""
    choices, reader = setting.choices, setting.reader
    number = {id(row): place for place, row in enumerate(found.rows)}
    kept = cells.matching(found.rows, choices.filter, reader)
    kept = cells.ordered(found, kept, choices.sort, reader)
    last = max(1, -(-len(kept) // ROWS))
    page = min(choices.page, last)
    shown = kept[(page - 1) * ROWS : page * ROWS]
    return {
        "columns": [_column(found, name, setting) for name in found.names],
        "rows": [
            {
                "cells": [reader.shown(cell) for cell in row],
                "inferred": number[id(row)] in badges.inferred,
            }
            for row in shown
        ],
        "total": found.total,
        "kept": len(kept),
        "first": (page - 1) * ROWS + 1 if shown else 0,
        "last": (page - 1) * ROWS + len(shown),
        "filter": choices.filter,
        "sorted_by": choices.sort.removeprefix("-") if _sorts(choices.sort, found) else "",
        "most": MOST if found.cut else 0,
        "pages": _pages(page, last, setting.addresses),
    }


def _sorts(sort: str, found: Solutions) -> bool:
    return sort.removeprefix("-") in found.names


def _column(found: Solutions, name: str, setting: Setting) -> dict[str, Any]:
    sort = setting.choices.sort
    direction = {name: "ascending", f"-{name}": "descending"}.get(sort, "")
    other = f"-{name}" if direction == "ascending" else name
    known = [cell for cell in found.column(name) if cell]
    return {
        "name": name,
        "sort": direction,
        "link": setting.addresses.to(sort=other, page=None),
        "number": bool(known) and all(cell.number is not None for cell in known),
    }


def _pages(page: int, last: int, addresses: Addresses) -> list[dict[str, Any]]:
    """Return the links to pages: the first, the last, and those around this one."""
    if last == 1:
        return []
    near = {1, last, *range(max(1, page - 2), min(last, page + 2) + 1)}
    listed: list[dict[str, Any]] = []
    for number in sorted(near):
        gap = bool(listed) and number - listed[-1]["number"] > 1
        link = addresses.to(page=number if number > 1 else None)
        listed.append({"number": number, "here": number == page, "link": link, "gap": gap})
    return listed


def turtle(body: bytes) -> dict[str, Any]:
    """Return a graph as text, its beginning when it is long, and whether it was cut."""
    text = body[:TURTLE_SHOWN].decode("utf-8", "ignore")
    if len(body) > TURTLE_SHOWN:
        text = text[: text.rfind("\n") + 1]
    return {"text": text, "cut": len(body) > TURTLE_SHOWN}


def duration(seconds: float, lang: str) -> str:
    r"""Write how long a query took.

    >>> duration(0.0083, "fr"), duration(1.236, "fr")
    ('8\xa0ms', '1,24\xa0s')
    """
    if seconds < 1:
        return f"{max(1, round(seconds * 1000))}\u00a0ms"
    text = f"{seconds:.2f}"
    return (text.replace(".", ",") if lang == "fr" else text) + "\u00a0s"
