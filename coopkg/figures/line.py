"""Lines over time or along numbers: several series, told apart by dashes and marks too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Final

from coopkg.errors import Lang
from coopkg.figures import numbers, svg
from coopkg.figures.numbers import Value, in_words
from coopkg.figures.table import Table

MOST_SERIES: Final = 6
MOST_LABELS: Final = 6  # under the axis: what a screen of 320 px holds
MOST_POINTS: Final = 400
_HEIGHT: Final = 14.0
_LEFT, _RIGHT = 0.13, 0.06  # of the width: for the numbers of the axis, and half a name


@dataclass(frozen=True)
class Point:
    """A place on the axis, its name there, and a value; None: a gap."""

    x: int | Decimal
    label: str
    value: Value


@dataclass(frozen=True)
class Line:
    """One series; its points may come in any order."""

    name: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Lines:
    """Series on one axis. `axis` and `value` name what is counted along it, and up."""

    title: str
    lines: tuple[Line, ...]
    axis: str = ""
    value: str = ""

    @property
    def _drawn(self) -> tuple[Line, ...]:
        return self.lines[:MOST_SERIES]

    def _axis(self) -> dict[Decimal, str]:
        found: dict[Decimal, str] = {}
        for line in self.lines:
            for point in line.points:
                found.setdefault(Decimal(point.x), point.label)
        return dict(sorted(found.items()))

    def message(self, lang: Lang) -> str:
        """Say where each series stands at its ends and at its top, and what is left out."""
        said = [sentence for line in self._drawn if (sentence := _told(line, lang))]
        if not said:
            said = [svg.say(lang, "Aucune valeur à dessiner.", "No value to draw.")]
        if gaps := self._gaps():
            what = svg.count(gaps, lang, ("valeur absente", "valeurs absentes"), ("gap", "gaps"))
            said.append(
                svg.say(
                    lang,
                    f"{what} : la ligne s’y interrompt.",
                    f"{what}: the line stops there.",
                )
            )
        if len(self.lines) > MOST_SERIES:
            said.append(
                svg.say(
                    lang,
                    f"Seules {MOST_SERIES} séries sur {len(self.lines)} sont dessinées ; "
                    "le tableau les a toutes.",
                    f"Only {MOST_SERIES} of {len(self.lines)} series are drawn; "
                    "the table has them all.",
                )
            )
        return " ".join(said)

    def _gaps(self) -> int:
        axis = self._axis()
        return sum(
            len(axis) - sum(1 for _, value in _known(line) if value is not None)
            for line in self._drawn
        )

    def table(self, lang: Lang) -> Table:
        """Return one row a place on the axis, one column a series."""
        axis = self._axis()
        values = [{Decimal(point.x): point.value for point in line.points} for line in self.lines]
        rows = tuple(
            (svg.plain(label), *(in_words(one.get(x), lang) for one in values))
            for x, label in axis.items()
        )
        first = self.axis or svg.say(lang, "Période", "Period")
        names = [svg.plain(line.name) or self.value or "–" for line in self.lines]
        numeric = frozenset(range(1, len(names) + 1))
        return Table(self.title, (first, *names), rows, numeric)

    def svg(self, lang: Lang, key: str) -> str:
        """Draw the series; a value absent breaks its line, and is never a zero."""
        drawn = self._drawn
        axis = self._axis()
        values = [v for line in drawn for _, v in _known(line) if v is not None]
        marks = numbers.ticks(*numbers.span(values))
        legend = _legend(drawn) if len(drawn) > 1 else ""
        top = len(drawn) * 1.5 + 2 if legend else 1.2
        scale = _Scale(tuple(axis), marks[0], marks[-1], top)
        inside = [legend, *_grid(marks, scale, lang), *_names(axis, scale)]
        inside += [_series(line, number, scale) for number, line in enumerate(drawn, 1)]
        height = svg.em(top + _HEIGHT + 2.2)
        return svg.frame(
            key, "lines", self.title, self.message(lang), *inside, width="100%", height=height
        )


@dataclass(frozen=True)
class _Scale:
    axis: Sequence[Decimal]
    low: Decimal
    high: Decimal
    top: float

    def x(self, place: Decimal) -> str:
        if len(self.axis) < 2:
            return "50%"
        part = numbers.share(place, self.axis[0], self.axis[-1])
        return svg.percent(_LEFT + part * (1 - _LEFT - _RIGHT))

    def y(self, value: Decimal) -> str:
        return svg.em(self.top + (1 - numbers.share(value, self.low, self.high)) * _HEIGHT)

    @property
    def step(self) -> Decimal:
        """The widest distance between neighbours that is no gap: of whole numbers, the smallest."""
        steps = [b - a for a, b in pairwise(self.axis)]
        whole = all(place == place.to_integral_value() for place in self.axis)
        return min(steps, default=Decimal(1)) if whole else max(steps, default=Decimal(1))


def _known(line: Line) -> list[tuple[Decimal, Decimal | None]]:
    """Return the points of a series along the axis, the last one said for each place."""
    return sorted({Decimal(point.x): numbers.read(point.value) for point in line.points}.items())[
        :MOST_POINTS
    ]


def _told(line: Line, lang: Lang) -> str:
    known = [(place, value) for place, value in _known(line) if value is not None]
    if not known:
        return ""
    label = {Decimal(point.x): svg.plain(point.label) for point in line.points}
    high = max(known, key=lambda one: one[1])
    ends = [known[0], known[-1]] if len(known) > 1 else [known[0]]
    colon = "\u00a0: " if lang == "fr" else ": "
    told = ", ".join(f"{in_words(value, lang)} ({label[place]})" for place, value in ends)
    said = f"{svg.plain(line.name)}{colon}{told}" if line.name else told
    if high not in ends:
        top = f"{in_words(high[1], lang)} ({label[high[0]]})"
        said += svg.say(lang, f" ; maximum : {top}", f"; maximum: {top}")
    return said + "."


def _legend(drawn: Sequence[Line]) -> str:
    said = ""
    for number, line in enumerate(drawn, 1):
        y = number * 1.5 - 0.4
        at = {"y1": svg.em(y - 0.35), "y2": svg.em(y - 0.35)}
        said += svg.element("line", class_=f"line s{number}", x1="0", x2="2.4em", **at)
        said += svg.text(_short(line.name), class_="label", x="3em", y=svg.em(y))
    return said


def _short(name: str) -> str:
    return svg.wrapped(name, 40, 1)[0]


def _grid(marks: Sequence[Decimal], scale: _Scale, lang: Lang) -> Iterator[str]:
    for mark in marks:
        y = scale.y(mark)
        kind = "axis" if mark == 0 else "grid"
        yield svg.element("line", class_=kind, x1="0", x2="100%", y1=y, y2=y)
        yield svg.text(in_words(mark, lang), class_="tick", x="0", y=y, dy="-0.3em")


def _names(axis: dict[Decimal, str], scale: _Scale) -> Iterator[str]:
    places = list(axis)
    every = max(1, -(-(len(places) - 1) // (MOST_LABELS - 1))) if len(places) > 1 else 1
    shown = [place for number, place in enumerate(places) if number % every == 0]
    if places and places[-1] not in shown:
        shown = [*shown[: -1 if len(shown) >= MOST_LABELS else None], places[-1]]
    y = svg.em(scale.top + _HEIGHT + 1.5)
    for place in shown:
        words = svg.wrapped(axis[place], 12, 1)[0]
        yield svg.text(words, class_="tick", x=scale.x(place), y=y, text_anchor="middle")


def _series(line: Line, number: int, scale: _Scale) -> str:
    known = _known(line)
    said = ""
    for (x1, y1), (x2, y2) in pairwise(known):
        if y1 is not None and y2 is not None and x2 - x1 <= scale.step:
            said += svg.element(
                "line",
                class_=f"line s{number}",
                x1=scale.x(x1),
                y1=scale.y(y1),
                x2=scale.x(x2),
                y2=scale.y(y2),
            )
    for place, value in known:
        if value is not None:
            at = {"cx": scale.x(place), "cy": scale.y(value), "r": svg.em(0.26)}
            said += svg.element("circle", class_=f"dot s{number}", **at)
    return svg.element("g", said) if said else ""
