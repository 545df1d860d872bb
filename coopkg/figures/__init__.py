"""Figures drawn on the server: plain data in, accessible SVG out.

Each figure is a frozen dataclass. `svg(lang, key)` draws it, with a title and a description that
says what it shows; `message(lang)` is that sentence; `table(lang)` is its data, for those who read
a table. No script, no inline style: classes only, coloured by `static/figures.css` in light, dark
and print. What a figure cannot place – absent, infinite – is said, never drawn as zero.
"""

from __future__ import annotations

from coopkg.errors import Lang
from coopkg.figures.bar import Bar, Bars
from coopkg.figures.country import Country, World, geometry
from coopkg.figures.event import Event, Timeline
from coopkg.figures.line import Line, Lines, Point
from coopkg.figures.node import Link, Network, Node
from coopkg.figures.numbers import Value, in_words
from coopkg.figures.table import Table

Figure = Bars | Lines | Network | Timeline | World

__all__ = [
    "Bar",
    "Bars",
    "Country",
    "Event",
    "Figure",
    "Line",
    "Lines",
    "Link",
    "Network",
    "Node",
    "Point",
    "Table",
    "Timeline",
    "Value",
    "World",
    "bars",
    "geometry",
    "in_words",
    "lines",
    "network",
    "timeline",
    "world_map",
]


def bars(data: Bars, lang: Lang, key: str = "bars") -> str:
    """Draw horizontal bars; `key` makes the identifiers of the SVG its own on a page."""
    return data.svg(lang, key)


def lines(data: Lines, lang: Lang, key: str = "lines") -> str:
    """Draw one line a series; where a value is absent, the line stops."""
    return data.svg(lang, key)


def timeline(data: Timeline, lang: Lang, key: str = "timeline") -> str:
    """Draw events on one scale of time."""
    return data.svg(lang, key)


def network(data: Network, lang: Lang, key: str = "network") -> str:
    """Draw nodes and links; the same data are always laid out the same way."""
    return data.svg(lang, key)


def world_map(data: World, lang: Lang, key: str = "map") -> str | None:
    """Draw countries on a map of the world; None when the outlines were not built."""
    return data.svg(lang, key)
