"""A timeline: each event on a line of its own, all on one scale of time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from coopkg.errors import Lang
from coopkg.figures import numbers, svg
from coopkg.figures.table import Table

MOST: Final = 40
_LABEL: Final = 34
_BAR, _GAP = 0.7, 0.75
_NEAR_END: Final = 0.94  # of the width: a year written around there would leave the picture


@dataclass(frozen=True)
class Event:
    """Something that happened: from `start` to `end`, in years (2014.5 is July 2014).

    `when` is the date in words. Without an end it is a moment; without a start it is not drawn.
    """

    label: str
    when: str
    start: float | None
    end: float | None = None


@dataclass(frozen=True)
class Timeline:
    """Events, drawn by their start. `label` and `when` name the columns of the table."""

    title: str
    events: tuple[Event, ...]
    label: str = ""
    when: str = ""

    def _dated(self) -> list[tuple[Decimal, Decimal, Event]]:
        found = []
        for event in self.events:
            start, end = numbers.read(event.start), numbers.read(event.end)
            if start is not None:
                found.append((start, max(start, end) if end is not None else start, event))
        return sorted(found, key=lambda one: (one[0], one[1], one[2].label))

    def message(self, lang: Lang) -> str:
        """Say from when to when, and what is not drawn."""
        dated = self._dated()
        if not dated:
            return svg.say(lang, "Aucune date à dessiner.", "No date to draw.")
        first, last = dated[0][2], max(dated, key=lambda one: one[1])[2]
        what = svg.count(len(dated), lang, ("événement", "événements"), ("event", "events"))
        said = svg.say(
            lang,
            f"{what}, de « {svg.plain(first.label)} » ({svg.plain(first.when)}) "
            f"à « {svg.plain(last.label)} » ({svg.plain(last.when)}).",
            f"{what}, from “{svg.plain(first.label)}” ({svg.plain(first.when)}) "
            f"to “{svg.plain(last.label)}” ({svg.plain(last.when)}).",
        )
        if undated := len(self.events) - len(dated):
            rows = svg.count(undated, lang, ("ligne", "lignes"), ("row", "rows"))
            said += svg.say(lang, f" {rows} sans date.", f" {rows} without a date.")
        if len(dated) > MOST:
            said += svg.say(
                lang,
                f" Seuls les {MOST} premiers sont dessinés ; le tableau les a tous.",
                f" Only the first {MOST} are drawn; the table has them all.",
            )
        return said

    def table(self, lang: Lang) -> Table:
        """Return every event, dated or not."""
        names = (
            self.label or svg.say(lang, "Événement", "Event"),
            self.when or svg.say(lang, "Date", "Date"),
        )
        rows = tuple((svg.plain(one.label), svg.plain(one.when) or "–") for one in self.events)
        return Table(self.title, names, rows)

    def svg(self, lang: Lang, key: str) -> str:
        """Draw the events, the earliest first."""
        dated = self._dated()[:MOST]
        low, high = _years(dated)
        rows, top = [], 0.0
        for start, end, event in dated:
            row, taken = _row(start, end, event, low, high, top)
            rows.append(row)
            top += taken
        height = svg.em(top + 2.0)
        return svg.frame(
            key,
            "timeline",
            self.title,
            self.message(lang),
            *_axis(low, high, top),
            *rows,
            width="100%",
            height=height,
        )


def _years(dated: list[tuple[Decimal, Decimal, Event]]) -> tuple[Decimal, Decimal]:
    if not dated:
        return Decimal(0), Decimal(1)
    low = min(start for start, _, _ in dated).to_integral_value(rounding="ROUND_FLOOR")
    high = max(end for _, end, _ in dated).to_integral_value(rounding="ROUND_CEILING")
    return (low, high) if low < high else (low - 1, high + 1)


def _axis(low: Decimal, high: Decimal, top: float) -> Iterator[str]:
    every = max(1, math.ceil((high - low) / 5))  # six years at most, so that none touches another
    years = [low + number for number in range(0, int(high - low) + 1, every)]
    for year in years:
        x = svg.percent(numbers.share(year, low, high))
        yield svg.element("line", class_="grid", x1=x, x2=x, y1="0", y2=svg.em(top + 0.4))
        near = numbers.share(year, low, high)
        anchor = "start" if year == low else "end" if near > _NEAR_END else "middle"
        at = {"x": x, "y": svg.em(top + 1.6), "text_anchor": anchor}
        yield svg.text(f"{int(year)}", class_="tick", **at)


def _row(
    start: Decimal, end: Decimal, event: Event, low: Decimal, high: Decimal, top: float
) -> tuple[str, float]:
    label = svg.wrapped(event.label, _LABEL - min(14, len(event.when)))
    foot = top + 1.05
    said = svg.lines_of_text(label, foot, class_="label", x="0")
    said += svg.text(event.when, class_="value", x="100%", y=svg.em(foot), text_anchor="end")
    under = top + len(label) * svg.LEADING + 0.15
    at = {"y": svg.em(under), "height": svg.em(_BAR)}
    said += svg.element("rect", class_="track", x="0", width="100%", **at)
    from_, to = numbers.share(start, low, high), numbers.share(end, low, high)
    if from_ == to:
        place = {"cx": svg.percent(from_), "cy": svg.em(under + _BAR / 2), "r": svg.em(0.45)}
        said += svg.element("circle", class_="dot s1", **place)
    else:
        width = svg.percent(to - from_)
        said += svg.element("rect", class_="bar s1", x=svg.percent(from_), width=width, **at)
    return svg.element("g", said), under - top + _BAR + _GAP
