"""Horizontal bars: a label on its own lines, its value, and the bar below, as wide as the page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from coopkg.errors import Lang
from coopkg.figures import numbers, svg
from coopkg.figures.numbers import Value, in_words
from coopkg.figures.table import Table
from coopkg.typography import measured

MOST: Final = 40
"""How many bars are drawn; the table has them all."""
EQUALS: Final = 3
"""How many equal values are named; the others are counted."""
_LABEL: Final = 38  # letters: what a screen of 320 px holds beside a value
_BAR, _GAP = 0.7, 0.75


@dataclass(frozen=True)
class Bar:
    """One bar; a value of None is drawn as absent, not as zero."""

    label: str
    value: Value


@dataclass(frozen=True)
class Bars:
    """Values to compare. `label` and `value` name the two columns of the table."""

    title: str
    bars: tuple[Bar, ...]
    label: str = ""
    value: str = ""
    unit: str = ""
    """A symbol that follows each value, as « % » does; "" for none."""

    def said(self, value: Value, lang: Lang) -> str:
        """Write a value with its unit."""
        words = in_words(value, lang)
        return words if numbers.read(value) is None else measured(words, self.unit, lang)

    def message(self, lang: Lang) -> str:
        """Say what the bars show: the highest and the lowest, and what is not drawn."""
        read = [(bar, numbers.read(bar.value)) for bar in self.bars]
        known = [(bar, value) for bar, value in read if value is not None]
        if not known:
            return svg.say(lang, "Aucune valeur à dessiner.", "No value to draw.")
        low, high = min(value for _, value in known), max(value for _, value in known)
        said = svg.count(len(known), lang, ("valeur", "valeurs"), ("value", "values"))
        highest = f"{_equals(known, high, lang)} ({self.said(high, lang)})"
        said += svg.say(lang, f" ; la plus haute : {highest}", f"; the highest: {highest}")
        if low != high:
            lowest = f"{_equals(known, low, lang)} ({self.said(low, lang)})"
            said += svg.say(lang, f" ; la plus basse : {lowest}", f"; the lowest: {lowest}")
        return f"{said}. {self._left_out(lang, len(read) - len(known))}".strip()

    def _left_out(self, lang: Lang, absent: int) -> str:
        said = []
        if absent:
            what = svg.count(absent, lang, ("ligne", "lignes"), ("row", "rows"))
            said.append(svg.say(lang, f"{what} sans valeur.", f"{what} without a value."))
        if len(self.bars) > MOST:
            said.append(
                svg.say(
                    lang,
                    f"Seules les {MOST} premières sont dessinées sur {len(self.bars)} ; "
                    "le tableau les a toutes.",
                    f"Only the first {MOST} of {len(self.bars)} are drawn; the table has all.",
                )
            )
        return " ".join(said)

    def table(self, lang: Lang) -> Table:
        """Return every value, drawn or not."""
        names = (self.label or svg.say(lang, "Nom", "Name"), self.value or _value(lang))
        rows = tuple((svg.plain(bar.label), self.said(bar.value, lang)) for bar in self.bars)
        return Table(self.title, names, rows, frozenset({1}))

    def svg(self, lang: Lang, key: str) -> str:
        """Draw the bars; all lengths are in letters or in parts of the width."""
        drawn = self.bars[:MOST]
        values = [value for bar in drawn if (value := numbers.read(bar.value)) is not None]
        low, high = numbers.span(values)
        rows, top = [], 0.0
        for bar in drawn:
            shown = self.said(bar.value, lang)
            row, height = _row(bar, low, high, top, shown)
            rows.append(row)
            top += height
        if low < 0:
            zero = svg.percent(numbers.share(Decimal(0), low, high))
            at = {"x1": zero, "x2": zero, "y1": "0", "y2": svg.em(top)}
            rows.append(svg.element("line", class_="axis", **at))
        return svg.frame(
            key, "bars", self.title, self.message(lang), *rows, width="100%", height=svg.em(top)
        )


def _equals(known: Sequence[tuple[Bar, Decimal]], value: Decimal, lang: Lang) -> str:
    """Name the bars that have a value: two that are equal are both the lowest."""
    names = [svg.plain(bar.label) for bar, one in known if one == value]
    shown, more = names[:EQUALS], len(names) - EQUALS
    if more > 0:
        shown.append(svg.count(more, lang, ("autre", "autres"), ("other", "others")))
    last = svg.say(lang, " et ", " and ")
    return last.join([*filter(None, [", ".join(shown[:-1])]), shown[-1]])


def _value(lang: Lang) -> str:
    return svg.say(lang, "Valeur", "Value")


def _row(bar: Bar, low: Decimal, high: Decimal, top: float, shown: str) -> tuple[str, float]:
    """Return a bar with its label above it, and the height it takes."""
    label = svg.wrapped(bar.label, max(16, _LABEL - len(shown)))
    foot = top + 1.05
    said = svg.lines_of_text(label, foot, class_="label", x="0")
    said += svg.text(shown, class_="value", x="100%", y=svg.em(foot), text_anchor="end")
    under = top + len(label) * svg.LEADING + 0.15
    value = numbers.read(bar.value)
    at = {"y": svg.em(under), "height": svg.em(_BAR)}
    said += svg.element("rect", class_="track", x="0", width="100%", **at)
    if value is not None:
        zero = numbers.share(Decimal(0), low, high)
        end = numbers.share(value, low, high)
        kind = "bar s1" if value >= 0 else "bar negative"
        start, width = svg.percent(min(zero, end)), svg.percent(abs(end - zero))
        said += svg.element("rect", class_=kind, x=start, width=width, **at)
    return svg.element("g", said), under - top + _BAR + _GAP
