"""Bars, lines and timelines from the columns of an answer, or the reason why not. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Final

from coopkg.figures import Bar, Bars, Event, Line, Lines, Point, Timeline
from coopkg.figures.svg import count
from coopkg.serve.i18n import texts
from coopkg.serve.sparql.cells import Reader
from coopkg.serve.sparql.choices import Choices
from coopkg.serve.sparql.columns import Chooser, Columns, Drawing, choose, instant
from coopkg.serve.sparql.solutions import Cell, Solutions

_SHOWN: Final = 20  # letters of a value left out
_NAMED: Final = 3  # values left out that are named


def chart(found: Solutions, choices: Choices, reader: Reader) -> Drawing:
    """Draw bars, lines or a timeline, by what the columns hold and what was chosen."""
    t, columns = texts(reader.lang), Columns.of(found)
    kind = choices.chart or _suited(columns)
    drawn = {"bars": _bars, "lines": _lines, "timeline": _timeline}[kind](columns, choices, reader)
    kinds = (
        ("bars", t("barres", "bars")),
        ("lines", t("courbes", "lines")),
        ("timeline", t("chronologie", "timeline")),
    )
    which = Chooser("chart", t("Figure", "Figure"), kinds, kind)
    return Drawing(drawn.figure, drawn.reason, drawn.note, (which, *drawn.choosers))


def _suited(columns: Columns) -> str:
    if columns.times and columns.numbers:
        return "lines"
    return "timeline" if columns.times and not columns.numbers else "bars"


def _bars(columns: Columns, choices: Choices, reader: Reader) -> Drawing:
    t, found = texts(reader.lang), columns.found
    labels = (*columns.names, *columns.times)
    values = (*columns.numbers, *(name for name in columns.times if _is_number(found, name)))
    choosers = (
        choose("label", t("Noms", "Names"), labels, choices),
        choose("value", t("Valeurs", "Values"), values, choices),
    )
    label, value = (one.chosen for one in choosers)
    if not value or not label:
        return Drawing(
            reason=t(
                "Des barres demandent une colonne de nombres et une colonne de noms ; "
                "cette réponse n’a pas les deux.",
                "Bars need a column of numbers and a column of names; "
                "this answer does not have both.",
            ),
            choosers=choosers,
        )
    pairs = zip(found.column(label), found.column(value), strict=True)
    bars = tuple(
        Bar(reader.text(name) or "–", cell.number if cell else None)
        for name, cell in pairs
        if not _undrawable(cell)
    )
    title = t(f"?{value} par ?{label}", f"?{value} by ?{label}")
    note = _left_out(found.column(value), reader)
    return Drawing(Bars(title, bars, f"?{label}", f"?{value}"), note=note, choosers=choosers)


def _undrawable(cell: Cell | None) -> bool:
    """Tell whether a value is there and is no number: NaN, infinite, or a text."""
    return cell is not None and cell.number is None


def _left_out(values: Iterable[Cell | None], reader: Reader) -> str:
    """Say how many values are no numbers, and which ones."""
    said = [cell.value for cell in values if cell and _undrawable(cell)]
    if not said:
        return ""
    shown = dict.fromkeys(one if len(one) <= _SHOWN else one[:_SHOWN] + "…" for one in said)
    few = ", ".join([*shown][:_NAMED]) + (", …" if len(shown) > _NAMED else "")
    what = count(
        len(said),
        reader.lang,
        ("valeur n’est pas un nombre", "valeurs ne sont pas des nombres"),
        ("value is not a number", "values are not numbers"),
    )
    t, many = texts(reader.lang), len(said) > 1
    fr = "laissées" if many else "laissée"
    return t(f"{what} ({few}) : {fr} de côté.", f"{what} ({few}): left out.")


def _is_number(found: Solutions, name: str) -> bool:
    return any(cell and cell.number is not None for cell in found.column(name))


def _lines(columns: Columns, choices: Choices, reader: Reader) -> Drawing:
    t, found = texts(reader.lang), columns.found
    axes = (*columns.times, *columns.numbers)
    start = choose("start", t("Axe", "Axis"), axes, choices)
    values = [name for name in columns.numbers if name != start.chosen]
    value = choose("value", t("Valeurs", "Values"), values, choices)
    series = choose("series", t("Séries", "Series"), columns.names, choices, none=t("une", "one"))
    choosers = (start, value, series)
    if not start.chosen or not value.chosen:
        return Drawing(
            reason=t(
                "Des courbes demandent une colonne d’années ou de dates et une colonne de "
                "nombres ; cette réponse n’a pas les deux.",
                "Lines need a column of years or dates and a column of numbers; "
                "this answer does not have both.",
            ),
            choosers=choosers,
        )
    names = found.column(series.chosen) if series.chosen else [None] * len(found.rows)
    lines: dict[str, list[Point]] = {}
    seen: Counter[tuple[str, float]] = Counter()
    for where, cell, name in zip(
        found.column(start.chosen), found.column(value.chosen), names, strict=True
    ):
        place = instant(where)
        if place is not None and where:
            title = reader.text(name) if series.chosen else ""
            seen[title, place] += 1
            number = cell.number if cell else None
            at = Decimal(str(place))
            lines.setdefault(title, []).append(Point(at, where.value, number))
    if any(times > 1 for times in seen.values()):
        return Drawing(
            reason=t(
                "Plusieurs valeurs pour une même date : choisissez la colonne qui sépare les "
                "séries, ou agrégez dans la requête.",
                "Several values for one date: choose the column that tells series apart, "
                "or aggregate in the query.",
            ),
            choosers=choosers,
        )
    note = _left_out(found.column(value.chosen), reader)
    drawn = tuple(Line(name, tuple(points)) for name, points in lines.items())
    title = t(f"?{value.chosen} selon ?{start.chosen}", f"?{value.chosen} over ?{start.chosen}")
    made = Lines(title, drawn, f"?{start.chosen}", f"?{value.chosen}")
    return Drawing(made, note=note, choosers=choosers)


def _timeline(columns: Columns, choices: Choices, reader: Reader) -> Drawing:
    t, found = texts(reader.lang), columns.found
    label = choose("label", t("Noms", "Names"), columns.names, choices)
    start = choose("start", t("Début", "Start"), columns.times, choices)
    ends = [name for name in columns.times if name != start.chosen]
    end = choose("end", t("Fin", "End"), ends, choices, none=t("aucune", "none"))
    if not (choices.columns or {}).get("end") and "end" not in (choices.columns or {}) and ends:
        end = choose("end", t("Fin", "End"), ends, choices)
    choosers = (label, start, end)
    if not label.chosen or not start.chosen:
        return Drawing(
            reason=t(
                "Une chronologie demande une colonne d’années ou de dates et une colonne de noms ; "
                "cette réponse n’a pas les deux.",
                "A timeline needs a column of years or dates and a column of names; "
                "this answer does not have both.",
            ),
            choosers=choosers,
        )
    ended = found.column(end.chosen) if end.chosen else [None] * len(found.rows)
    events = []
    for name, first, last in zip(
        found.column(label.chosen), found.column(start.chosen), ended, strict=True
    ):
        said = dict.fromkeys(cell.value for cell in (first, last) if cell)
        events.append(
            Event(reader.text(name) or "–", "–".join(said), instant(first), instant(last))
        )
    title = t(f"?{label.chosen} dans le temps", f"?{label.chosen} over time")
    made = Timeline(title, tuple(events), f"?{label.chosen}", f"?{start.chosen}")
    return Drawing(made, choosers=choosers)
