"""The figures of an answer: what its question asks for, drawn from its rows.

A map shows how many things the answer has in each country, never a figure that is printed for a
zone. Bars and lines leave their own parameter open: one year or one zone is read among the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any, Final

from coopkg.answers import Answer, Asked, limits
from coopkg.answers.parts import key, words
from coopkg.answers.relation import cell
from coopkg.errors import Lang
from coopkg.figures import (
    Bar,
    Bars,
    Country,
    Event,
    Figure,
    Line,
    Lines,
    Link,
    Network,
    Node,
    Point,
    Timeline,
    World,
)
from coopkg.questions import Question
from coopkg.questions.question import Drawn
from coopkg.serve import present
from coopkg.serve.i18n import texts
from coopkg.serve.nouns import plural
from coopkg.typography import headed, is_symbol

MOST_NODES: Final = 36
"""A larger network is a tangle that takes longer to lay out than the answer to find."""
HEADS: Final = {
    "map": ("Carte", "Map"),
    "bars": ("Comparaison", "Comparison"),
    "lines": ("Au fil des années", "Year by year"),
    "network": ("Réseau", "Network"),
    "timeline": ("Chronologie", "Timeline"),
}

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Sketch:
    """What a figure is drawn with: the answer's question, its rows, and the language."""

    asked: Asked
    answer: Answer
    names: present.Names
    countries: Mapping[str, str]
    base: str
    years: Sequence[str] = ()

    @property
    def question(self) -> Question:
        """The question that is answered."""
        return self.asked.question

    @property
    def lang(self) -> Lang:
        """The language of the page."""
        return self.names.lang

    def label(self, name: str) -> str:
        """Return the label of a column."""
        column = self.question.column(name)
        return column.label[self.lang] if column else name

    def many(self, name: str) -> str:
        """Return the label of a column for many of its values."""
        return plural(self.label(name), self.lang)

    def rows(self, left_open: str = "") -> Rows:
        """Return the rows of the answer, or of the same question with one choice left open."""
        if left_open not in self.asked.bound:
            return self.answer.rows
        bound = {name: one for name, one in self.asked.bound.items() if name != left_open}
        found = replace(self.asked, bound=bound).rows(self.lang)
        catalogue = self.asked.context.catalogue
        return [{name: cell(term, catalogue) for name, term in row.cells.items()} for row in found]


def figures(sketch: Sketch) -> list[dict[str, Any]]:
    """Return the figures of an answer, ready to draw; none when there is too little to see."""
    if not sketch.answer.rows:
        return []
    drawn = []
    for one in sketch.question.figures:
        made = _MAKERS[one.kind](sketch, one)
        if made is not None:
            shown = _shown(made, one.kind, sketch.lang)
            drawn.append({**shown, "note": " ".join(_limits(sketch, one))})
    return drawn


def _limits(sketch: Sketch, drawn: Drawn) -> list[str]:
    """Return the limits of what is drawn, which may be more than what the answer lists."""
    notes = [one for one in sketch.answer.notes if one["kind"] in limits.KINDS]
    axis = sketch.question.column(drawn.parts.get("axis", ""))
    if axis is not None and axis.kind == "year":
        found = [number(row.get(axis.name)) for row in sketch.rows(axis.name)]
        years = {int(one) for one in found if one is not None}
        notes += limits.partial(years, sketch.answer.coverage.get("documents", ()))
    return list(dict.fromkeys(str(one["text"][sketch.lang]) for one in notes))


def _shown(made: Figure, kind: str, lang: Lang) -> dict[str, Any]:
    svg, undrawn = _picture(made, kind, lang)
    head = HEADS[kind][lang == "en"]
    return {
        "id": kind,
        "head": head,
        "svg": svg,
        "undrawn": undrawn,
        "title": made.title,
        "message": _message(made, lang, is_drawn=bool(svg)),
        "disclaimer": made.disclaimer(lang) if isinstance(made, World) and svg else "",
        "data": made.table(lang),
    }


def _message(made: Figure, lang: Lang, *, is_drawn: bool) -> str:
    """Return what a figure says; one that is not drawn says nothing of its drawing."""
    if isinstance(made, Network) and not is_drawn:
        return made.summary(lang)
    return made.message(lang)


def _picture(made: Figure, kind: str, lang: Lang) -> tuple[str, str]:
    """Return the picture, or why there is none."""
    t = texts(lang)
    if isinstance(made, Network) and len(made.nodes) > MOST_NODES:
        return "", t(
            f"Plus de {MOST_NODES} éléments : un dessin serait illisible, voici les liens.",
            f"More than {MOST_NODES} items: a drawing could not be read, here are the links.",
        )
    svg = _svg(made, lang, f"f-{kind}")
    return svg or "", "" if svg else t(
        "Cette installation n’a pas les contours du monde : voici les pays en tableau.",
        "This installation lacks the outlines of the world: here are the countries.",
    )


@lru_cache(maxsize=128)
def _svg(made: Figure, lang: Lang, key: str) -> str | None:
    return made.svg(lang, key)


def _map(sketch: Sketch, drawn: Drawn) -> World | None:
    place, counted = drawn.parts["place"], sketch.question.counted
    found: dict[str, set[str]] = {}
    labels: dict[str, str] = {}
    for row in sketch.answer.rows:
        at = row.get(place)
        if at is not None and at["value"] in sketch.countries:
            found.setdefault(at["value"], set()).add(key(row.get(counted)))
            labels[at["value"]] = words(at, sketch.lang)
    if not found:
        return None
    t = texts(sketch.lang)
    what = "" if place == counted else sketch.many(counted)
    title = (
        t(f"{what} par pays", f"{what} by country")
        if what
        else t("Pays de la réponse", "Countries of the answer")
    )
    countries = tuple(
        Country(sketch.countries[iri], labels[iri], len(values) if what else None)
        for iri, values in sorted(found.items())
    )
    return World(title, countries, sketch.base, sketch.label(place), what)


def _bars(sketch: Sketch, drawn: Drawn) -> Bars | None:
    label, value = drawn.parts["label"], drawn.parts["value"]
    bars = tuple(
        Bar(words(row.get(label), sketch.lang) or "–", number(row.get(value)))
        for row in sketch.rows(label)
    )
    if len(bars) < 2:
        return None
    title, symbol = _by(sketch, value, label), _symbol(sketch, value)
    return Bars(title, bars, sketch.label(label), _unit(sketch, value), symbol)


def _lines(sketch: Sketch, drawn: Drawn) -> Lines | None:
    axis, value = drawn.parts["axis"], drawn.parts["value"]
    known = {
        x: number(row.get(value))
        for row in sketch.rows(axis)
        if (x := number(row.get(axis))) is not None
    }
    if len(known) < 2:
        return None
    # A year that may be asked and has no figure is a gap, not a straight line.
    places = {*known, *(Decimal(year) for year in sketch.years)}
    points = tuple(Point(x, str(x), known.get(x)) for x in sorted(places))
    title = _by(sketch, value, axis)
    return Lines(title, (Line("", points),), sketch.label(axis), _unit(sketch, value))


def _network(sketch: Sketch, drawn: Drawn) -> Network | None:
    nodes: dict[str, Node] = {}
    links: dict[Link, None] = {}
    for row in sketch.answer.rows:
        ends = [row.get(drawn.parts[part]) for part in ("from", "to")]
        for kind, end in enumerate(ends):
            if end is not None:
                nodes.setdefault(key(end), Node(key(end), words(end, sketch.lang), kind))
        if ends[0] is not None and ends[1] is not None:
            links[Link(key(ends[0]), key(ends[1]))] = None
    if len(links) < 2:
        return None
    t = texts(sketch.lang)
    first, second = (sketch.many(drawn.parts[part]) for part in ("from", "to"))
    title = t(f"{first} et {second.lower()}", f"{first} and {second.lower()}")
    heads = sketch.label(drawn.parts["from"]), sketch.label(drawn.parts["to"])
    return Network(title, tuple(nodes.values()), tuple(links), heads)


def _timeline(sketch: Sketch, drawn: Drawn) -> Timeline | None:
    label, start = drawn.parts["label"], drawn.parts["start"]
    events = tuple(_events(sketch.answer.rows, label, start, sketch.lang))
    if sum(one.start is not None for one in events) < 2:
        return None
    title = _by(sketch, label, start)
    return Timeline(title, events, sketch.label(label), sketch.label(start))


def _events(rows: Rows, label: str, start: str, lang: Lang) -> Iterator[Event]:
    for row in rows:
        when = row.get(start)
        yield Event(words(row.get(label), lang) or "–", words(when, lang), _year(when))


def _year(at: Mapping[str, Any] | None) -> float | None:
    """Return a year, or a date as a year and a part of it."""
    if at is None:
        return None
    year, *rest = str(at["value"]).split("-")
    if not year.isdigit() or not all(one.isdigit() for one in rest):
        return None
    month = int(rest[0]) if rest else 1
    return int(year) + (month - 1) / 12


def _by(sketch: Sketch, value: str, name: str) -> str:
    t = texts(sketch.lang)
    what, by = sketch.many(value), sketch.label(name).lower()
    return t(f"{what} par {by}", f"{what} by {by}")


def _unit(sketch: Sketch, value: str) -> str:
    column = sketch.question.column(value)
    unit = column.unit[sketch.lang] if column and column.unit else ""
    return sketch.label(value) if is_symbol(unit) else headed(sketch.label(value), unit)


def _symbol(sketch: Sketch, value: str) -> str:
    """Return the unit of a column when it is written after each number, as « % » is."""
    column = sketch.question.column(value)
    unit = column.unit[sketch.lang] if column and column.unit else ""
    return unit if is_symbol(unit) else ""


def number(at: Mapping[str, Any] | None) -> Decimal | None:
    """Return the number of a cell; None when it has none."""
    try:
        return Decimal(at["value"]) if at is not None else None
    except InvalidOperation:
        return None


_MAKERS: Final = {
    "map": _map,
    "bars": _bars,
    "lines": _lines,
    "network": _network,
    "timeline": _timeline,
}
