"""Boxes in a grid and named arrows between them: the plan of a vocabulary.

Places are given, not searched: a plan is read again and again, and must not move.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from coopkg.errors import Lang
from coopkg.figures import svg
from coopkg.figures.table import Table

BOX: Final = (190.0, 74.0)
GAP: Final = (136.0, 84.0)
MARGIN: Final = 6.0
HEAD: Final = 9.0

Point = tuple[float, float]


@dataclass(frozen=True)
class Box:
    """A box: `key` tells it apart, `label` is read first, `name` under it; `at` is column, row."""

    key: str
    label: str
    name: str
    at: tuple[int, int]


@dataclass(frozen=True)
class Arrow:
    """An arrow between two keys; an inferred one is dashed."""

    start: str
    end: str
    label: str
    inferred: bool = False


@dataclass(frozen=True)
class Diagram:
    """Boxes and arrows; an arrow to a key without a box is refused by `KeyError`."""

    title: str
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]

    def message(self, lang: Lang) -> str:
        """Say each arrow as a sentence, and what a dash means when one is drawn."""
        label = {box.key: svg.plain(box.label) for box in self.boxes}
        colon, quote = (" : ", "« {} »") if lang == "fr" else (": ", "“{}”")
        said = " ; ".join(
            f"{quote.format(label[one.start])} {svg.plain(one.label)} "
            f"{quote.format(label[one.end])}"
            for one in self.arrows
        )
        kinds = svg.count(len(self.boxes), lang, ("sorte", "sortes"), ("kind", "kinds"))
        links = svg.count(len(self.arrows), lang, ("lien", "liens"), ("link", "links"))
        text = f"{kinds}, {links}{colon}{said}."
        if any(one.inferred for one in self.arrows):
            text += " En pointillés, un lien déduit." if lang == "fr" else " Dashed: inferred."
        return svg.say(lang, text, text.replace(" ; ", "; "))

    def table(self, lang: Lang) -> Table:
        """Return every arrow as a row."""
        label = {box.key: svg.plain(box.label) for box in self.boxes}
        rows = tuple(
            (label[one.start], svg.plain(one.label), label[one.end]) for one in self.arrows
        )
        names = ("De", "Propriété", "À") if lang == "fr" else ("From", "Property", "To")
        return Table(self.title, names, rows)

    def svg(self, lang: Lang, key: str) -> str:
        """Draw arrows, then boxes, then the names of arrows, over all."""
        at = {box.key: box.at for box in self.boxes}
        ends = [_ends(_centre(at[one.start]), _centre(at[one.end])) for one in self.arrows]
        inside = [
            part
            for one, (start, end) in zip(self.arrows, ends, strict=True)
            for part in _arrow(start, end, one.inferred)
        ]
        inside += [part for box in self.boxes for part in _box(box)]
        for one, (start, end) in zip(self.arrows, ends, strict=True):
            inside += _label(one.label, start, end)
        width, height = (
            (1 + max((box.at[axis] for box in self.boxes), default=0)) * (BOX[axis] + GAP[axis])
            - GAP[axis]
            + 2 * MARGIN
            for axis in (0, 1)
        )
        view = f"0 0 {svg.size(width)} {svg.size(height)}"
        return svg.frame(key, "diagram", self.title, self.message(lang), *inside, viewBox=view)


def _centre(at: tuple[int, int]) -> Point:
    x, y = (MARGIN + at[axis] * (BOX[axis] + GAP[axis]) + BOX[axis] / 2 for axis in (0, 1))
    return x, y


def _ends(start: Point, end: Point) -> tuple[Point, Point]:
    """Return where the line between two centres leaves one box and meets the other."""
    across, down = end[0] - start[0], end[1] - start[1]
    part = min(
        BOX[0] / 2 / abs(across) if across else math.inf,
        BOX[1] / 2 / abs(down) if down else math.inf,
    )
    return (
        (start[0] + across * part, start[1] + down * part),
        (end[0] - across * part, end[1] - down * part),
    )


def _arrow(start: Point, end: Point, inferred: bool) -> Iterator[str]:
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    neck = (end[0] - HEAD * math.cos(angle), end[1] - HEAD * math.sin(angle))
    yield svg.element(
        "line",
        class_="arrow inferred" if inferred else "arrow",
        x1=svg.size(start[0]),
        y1=svg.size(start[1]),
        x2=svg.size(neck[0]),
        y2=svg.size(neck[1]),
    )
    wings = [
        (end[0] - HEAD * 1.3 * math.cos(angle + turn), end[1] - HEAD * 1.3 * math.sin(angle + turn))
        for turn in (0.4, -0.4)
    ]
    points = " ".join(f"{svg.size(x)},{svg.size(y)}" for x, y in (end, *wings))
    yield svg.element("polygon", class_="head", points=points)


def _box(box: Box) -> Iterator[str]:
    x, y = _centre(box.at)
    yield svg.element(
        "rect",
        class_="box",
        x=svg.size(x - BOX[0] / 2),
        y=svg.size(y - BOX[1] / 2),
        width=svg.size(BOX[0]),
        height=svg.size(BOX[1]),
        rx="6",
    )
    lines = svg.wrapped(box.label, 24, 2)
    top = y - 9 * (len(lines) - 1) - 4
    for number, line in enumerate(lines):
        yield _text(line, x, top + 17 * number, "name")
    yield _text(box.name, x, top + 17 * len(lines) + 2, "tick")


def _label(words: str, start: Point, end: Point) -> Iterator[str]:
    lines = svg.wrapped(words, 20, 2)
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    lift = 6 + 14 * (len(lines) - 1) if start[1] == end[1] else -4 + 7 * (len(lines) - 1)
    for number, line in enumerate(lines):
        yield _text(line, x, y - lift + 14 * number, "arrow-name")


def _text(words: str, x: float, y: float, kind: str) -> str:
    return svg.text(words, class_=kind, x=svg.size(x), y=svg.size(y), text_anchor="middle")
