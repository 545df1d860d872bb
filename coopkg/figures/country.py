"""A map of the world: coloured countries, and a disc on each that has a value."""

from __future__ import annotations

import functools
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from coopkg.errors import Lang
from coopkg.figures import numbers, svg
from coopkg.figures.numbers import Value, in_words
from coopkg.figures.table import Table

GEOMETRY: Final = Path(__file__).with_name("world.json")
_SMALLEST, _EVEN, _LARGEST = 5.0, 11.0, 26.0  # on a map 1000 wide
_LETTERS: Final = 11.0
_AROUND: Final = 0.04  # of the map, left on each side of the countries shown
_CLOSEST: Final = 0.16  # of the map, at least
_NEAR: Final = 0.5  # of the map: closer, its marks may grow on a narrow screen
_NAMED: Final = 4  # countries that share the highest value; more are counted
_POINT: Final = re.compile(r"(-?[\d.]+),(-?[\d.]+)")

Geometry = Mapping[str, Any]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Country:
    """A country by its ISO 3166-1 alpha-2 code; None: it is shown, without a figure of its own."""

    code: str
    label: str
    value: Value = None


@dataclass(frozen=True)
class World:
    """Countries to show. A figure of a zone is no figure of its countries: give them None.

    `base` is the address of the grey base map, `label` and `value` name the columns of the table.
    """

    title: str
    countries: tuple[Country, ...]
    base: str = ""
    label: str = ""
    value: str = ""

    def _valued(self) -> list[tuple[Country, Decimal]]:
        found = [(one, numbers.read(one.value)) for one in self.countries]
        kept = [(one, value) for one, value in found if value is not None]
        return sorted(kept, key=lambda one: (-abs(one[1]), one[0].code))

    def message(self, lang: Lang, outlines: Geometry | None = None) -> str:
        """Say how many countries, which has most, and which have no place on the map."""
        if not self.countries:
            return svg.say(lang, "Aucun pays à dessiner.", "No country to draw.")
        said = svg.count(len(self.countries), lang, ("pays", "pays"), ("country", "countries"))
        colon = "\u00a0: " if lang == "fr" else ": "
        if valued := self._valued():
            (first, value), (_, least) = valued[0], valued[-1]
            if len(self.countries) == 1:
                said += f"{colon}{svg.plain(first.label)} ({in_words(value, lang)})"
            elif value == least:
                said += svg.say(lang, f", {in_words(value, lang)} pour chacun", "")
                said += "" if lang == "fr" else f", {in_words(value, lang)} for each"
            else:
                said += self._highest(valued, lang)
        else:
            names = ", ".join(svg.plain(one.label) for one in self.countries[:12])
            said += f"{colon}{names}" + ("…" if len(self.countries) > 12 else "")
        known = (outlines or {}).get("countries", {})
        lost = [svg.plain(one.label) for one in self.countries if one.code not in known]
        said += "."
        if outlines and lost:
            listed = ", ".join(lost)
            said += svg.say(lang, f" Sans place sur la carte : {listed}.", f" Not drawn: {listed}.")
        return said

    @staticmethod
    def _highest(valued: list[tuple[Country, Decimal]], lang: Lang) -> str:
        """Say the highest value, and every country that has it."""
        value = valued[0][1]
        first = [svg.plain(one.label) for one, each in valued if each == value]
        said = in_words(value, lang)
        if len(first) > _NAMED:
            return svg.say(
                lang,
                f", valeur la plus forte : {said}, dans {len(first)} pays",
                f", highest value: {said}, in {len(first)} countries",
            )
        names = listed(first, lang)
        return svg.say(
            lang, f", valeur la plus forte : {names} ({said})", f", highest value: {names} ({said})"
        )

    def disclaimer(self, lang: Lang) -> str:
        """Say what the outlines are worth."""
        return svg.say(
            lang,
            "Tracé : Natural Earth. Les contours n’engagent personne et ne disent rien du statut "
            "d’un territoire.",
            "Outlines: Natural Earth. They commit nobody and say nothing of the status of any "
            "territory.",
        )

    def table(self, lang: Lang) -> Table:
        """Return every country, and its value."""
        names = [self.label or svg.say(lang, "Pays", "Country")]
        rows: list[tuple[str, ...]] = [(svg.plain(one.label),) for one in self.countries]
        if self._valued():
            names.append(self.value or svg.say(lang, "Valeur", "Value"))
            rows = [
                (*row, in_words(one.value, lang))
                for row, one in zip(rows, self.countries, strict=True)
            ]
        return Table(self.title, tuple(names), tuple(rows), frozenset({1}))

    def svg(self, lang: Lang, key: str, outlines: Geometry | None = None) -> str | None:
        """Draw the map; None when there are no outlines to draw it with."""
        outlines = outlines or geometry()
        if outlines is None:
            return None
        known: Mapping[str, Any] = outlines["countries"]
        view = str(outlines["viewBox"])
        inside = [self._base(view)] if self.base else []
        paths = (
            known.get(code, {}).get("path") for code in sorted({one.code for one in self.countries})
        )
        inside += [svg.element("path", class_="country", d=path) for path in paths if path]
        part, shown = self._close_up(view, known)
        inside += self._discs(known, part, lang)
        return svg.frame(
            key,
            "map near" if part < _NEAR else "map",
            self.title,
            self.message(lang, outlines),
            *inside,
            viewBox=shown,
        )

    def _base(self, view: str) -> str:
        x, y, width, height = view.split()
        return svg.element(
            "image", class_="base", href=self.base, x=x, y=y, width=width, height=height
        )

    def _close_up(self, view: str, known: Mapping[str, Any]) -> tuple[float, str]:
        """Return the part of the world that holds the countries, and its size to the whole."""
        left, top, width, height = (float(number) for number in view.split())
        places = [_extent(known[one.code]) for one in self.countries if one.code in known]
        if not places:
            return 1.0, view
        x1, y1 = (min(place[axis] for place in places) for axis in (0, 1))
        x2, y2 = (max(place[axis] for place in places) for axis in (2, 3))
        part = max((x2 - x1) / width + 2 * _AROUND, (y2 - y1) / height + 2 * _AROUND, _CLOSEST)
        if part >= 1:
            return 1.0, view
        x = min(max((x1 + x2 - width * part) / 2, left), left + width * (1 - part))
        y = min(max((y1 + y2 - height * part) / 2, top), top + height * (1 - part))
        return part, " ".join(svg.size(n) for n in (x, y, width * part, height * part))

    def _discs(self, known: Mapping[str, Any], part: float, lang: Lang) -> list[str]:
        """Return the discs, whose surface is the value; a country too small to see gets a point.

        `part` is how much of the world is shown: what is drawn keeps its size on the screen.
        """
        valued = self._valued()
        most = max((abs(value) for _, value in valued), default=Decimal(0))
        even = len({value for _, value in valued}) == 1
        drawn = []
        for one, value in valued:
            if one.code in known:
                size = numbers.share(abs(value), Decimal(0), most)
                radius = _EVEN if even else max(_SMALLEST, _LARGEST * math.sqrt(size))
                drawn.append(_disc(known[one.code]["centroid"], radius, part, value, lang))
        with_value = {one.code for one, _ in valued}
        for one in self.countries:
            place = known.get(one.code)
            if place and one.code not in with_value and not place.get("path"):
                point = svg.element("circle", class_="country", r=svg.size(_SMALLEST))
                drawn.append(_mark(place["centroid"], part, point))
        return drawn


def _disc(
    centre: tuple[float, float], radius: float, part: float, value: Decimal, lang: Lang
) -> str:
    kind = "disc" if value >= 0 else "disc negative"
    said = svg.element("circle", class_=kind, r=svg.size(radius))
    words = in_words(value, lang)
    if len(words) * 5.5 <= radius * 2:
        foot = {"dy": "0.35em", "text_anchor": "middle", "font_size": svg.size(_LETTERS)}
        said += svg.text(words, class_="disc-value", **foot)
    return _mark(centre, part, said)


def _mark(centre: tuple[float, float], part: float, said: str) -> str:
    """Return what is drawn at a place, that style sheets may make larger without moving it."""
    x, y = centre
    place = f"translate({svg.size(x)} {svg.size(y)}) scale({part:.3f})"
    return svg.element("g", svg.element("g", said, class_="mark"), transform=place)


def _extent(place: Mapping[str, Any]) -> Box:
    """Return the box of the largest piece of a country: what lies far away stays out of view."""
    x, y = place["centroid"]
    return _largest(place.get("path") or "") or (x, y, x, y)


@functools.lru_cache(maxsize=256)
def _largest(path: str) -> Box | None:
    pieces = [_POINT.findall(piece) for piece in path.split("M")]
    boxes = []
    for piece in pieces:
        if piece:
            across, down = ([float(point[axis]) for point in piece] for axis in (0, 1))
            boxes.append((min(across), min(down), max(across), max(down)))
    return max(boxes, key=lambda one: (one[2] - one[0]) * (one[3] - one[1]), default=None)


def listed(names: list[str], lang: Lang) -> str:
    """Return names as a sentence lists them.

    >>> listed(["Liban", "Maroc", "Tunisie"], "fr")
    'Liban, Maroc et Tunisie'
    """
    *first, last = names
    return f"{', '.join(first)} {'et' if lang == 'fr' else 'and'} {last}" if first else last


@functools.cache
def geometry() -> Geometry | None:
    """Return the outlines that the package was built with; None when it was built without."""
    try:
        found = json.loads(GEOMETRY.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
