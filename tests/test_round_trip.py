"""The round trip: what goes out as a spreadsheet and comes back is what was edited, exactly."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pyoxigraph as ox
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from intaking import BASE, OWN, XLSX, checked
from openpyxl.cell import WriteOnlyCell

from coopkg import roundtrip
from coopkg.build import intake
from coopkg.build.intake.ground import Ground
from coopkg.contributions.job import Outcome
from coopkg.roundtrip import Told, columns, marks
from coopkg.tables.sheets import value as as_value
from coopkg.tables.shown import fingerprint
from coopkg.templates import Vocabulary
from coopkg.terms import Term, expand

MAIN = ox.NamedNode(f"{BASE}graph/partner/tunis")
OTHER = ox.NamedNode(f"{BASE}graph/partner/tunis/stages-2026")
GENERATION = "7-0123456789ab"
XSD = "http://www.w3.org/2001/XMLSchema#"
LIMITS = {"cells": 500_000, "columns": 200, "unpacked": 1 << 26, "sheets": 30, "literal": 90_000}
TYPE = expand("rdf:type")
KINDS = [expand("org:Organization"), expand("coop:CountryAction"), ox.NamedNode("http://e/Thing")]
PLACES = {
    f"{BASE}id/place/{slug}": {"fr": fr, "en": en}
    for slug, fr, en in (
        ("tunisie", "Tunisie", "Tunisia"),
        ("benin", "Bénin", "Benin"),
        ("cote-d-ivoire", "Côte d’Ivoire", "Ivory Coast"),
        ("egal", "=Égal", "@Equal"),
    )
}
NASTY = [
    "=1+1", "'=1", "-5 °C", "+33 1 23", "@moi", "a\nb", "l’été « 2026 »", "_x0041_", "1,5", "00123",
    "2016-01-02", "VRAI", "a;=1", "'tis", "\t=1", "x" * 33_000, "é" * 40, "😀 Ω", "non", "12",
    "a ; b",
]  # fmt: skip
SETTINGS = settings(
    max_examples=30,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

texts = st.sampled_from(NASTY) | st.text(
    st.characters(exclude_categories=("Cs", "Cc", "Cn"), max_codepoint=0x1FFFF), max_size=30
)
written = texts.filter(lambda text: text.strip() and "_x0041_" not in text and len(text) < 32_000)
numbers = st.decimals(-(10**8), 10**8, allow_nan=False, places=3)
days = st.dates(date(1900, 3, 1), date(2200, 1, 1))
places = st.sampled_from(sorted(PLACES))


def typed(kind: str) -> Callable[[Any], ox.Literal]:
    return lambda text: ox.Literal(str(text), datatype=ox.NamedNode(XSD + kind))


@dataclass(frozen=True)
class Property:
    """A property of the data: the terms it may have, and values a person may write instead.

    `read` is what a value that was written means.
    """

    link: ox.NamedNode
    terms: st.SearchStrategy[Term]
    values: st.SearchStrategy[Any]
    read: Callable[[Any], Term]


def decimal(number: float) -> str:
    """Write a number as a spreadsheet has it: no zero after the point."""
    return str(int(number)) if number == int(number) else f"{Decimal(str(number)):f}"


def in_language(lang: str) -> Callable[[str], ox.Literal]:
    return lambda text: ox.Literal(text.strip(), language=lang)


def named(label: str) -> ox.NamedNode:
    return ox.NamedNode(next(iri for iri, said in PLACES.items() if said["fr"] == label))


labels = places.map(lambda iri: PLACES[iri]["fr"])
PROPERTIES = [
    Property(expand("skos:altLabel"), texts.map(lambda t: ox.Literal(t, language="fr")), written,
             in_language("fr")),
    Property(expand("skos:definition"), texts.map(lambda t: ox.Literal(t, language="ar")), written,
             in_language("ar")),
    Property(ox.NamedNode("http://e/note"), texts.map(ox.Literal), written,
             lambda text: ox.Literal(text.strip())),
    Property(expand("coop:basedIn"), places.map(ox.NamedNode), labels, named),
    Property(ox.NamedNode("http://e/see"), st.sampled_from(["http://e/a", OWN + "e1"])
             .map(ox.NamedNode), st.sampled_from(["https://e/b?c=1", "http://e/é"]), ox.NamedNode),
    Property(ox.NamedNode("http://e/staff"),
             (st.integers(-(10**17), 10**17) | st.sampled_from(["007", "x"])).map(typed("integer")),
             st.integers(-(10**9), 10**9), typed("integer")),
    Property(ox.NamedNode("http://e/year"), st.integers(1, 2999).map(lambda n: f"{n:04d}")
             .map(typed("gYear")), st.integers(1000, 2999), typed("gYear")),
    Property(ox.NamedNode("http://e/budget"), (numbers | st.just(Decimal("1.50")))
             .map(typed("decimal")), numbers.map(float), lambda n: typed("decimal")(decimal(n))),
    Property(ox.NamedNode("http://e/rate"), st.floats(allow_nan=False).map(typed("double")),
             numbers.map(float), lambda n: typed("double")(decimal(n))),
    Property(ox.NamedNode("http://e/open"), st.sampled_from(["true", "false", "1", "0"])
             .map(typed("boolean")), st.booleans(), lambda b: typed("boolean")(str(b).lower())),
    Property(ox.NamedNode("http://e/day"), (days | st.sampled_from(["1815-06-18", "?"]))
             .map(typed("date")), days, lambda day: typed("date")(day.isoformat())),
]  # fmt: skip


@st.composite
def data(draw: st.DrawFn) -> list[ox.Quad]:
    """Draw what a partner has published: a few things in two graphs."""
    found: list[ox.Quad] = []
    for number in range(draw(st.integers(1, 4))):
        node = ox.NamedNode(f"{OWN}e{number}")
        graph = draw(st.sampled_from([MAIN, MAIN, OTHER]))
        kinds = draw(st.lists(st.sampled_from(KINDS), max_size=2, unique=True))
        said = draw(st.lists(st.sampled_from(PROPERTIES), min_size=1, max_size=6))
        found += [ox.Quad(node, TYPE, kind, graph) for kind in kinds]
        found += [ox.Quad(node, one.link, draw(one.terms), graph) for one in said]
    return list(dict.fromkeys(found))


def ground(quads: Iterable[ox.Quad]) -> Ground:
    return Ground(quads=tuple(quads), files={"labels": PLACES})


def sent(body: str | bytes, quads: Iterable[ox.Quad], kind: str = XLSX, **given: Any) -> Outcome:
    """Check what came back against what stands, in this very process."""
    return checked(body, kind, intake.Ready(ground(quads), None), limits=LIMITS, **given)


def lines(quads: Iterable[ox.Quad]) -> set[str]:
    return {f"{quad} ." for quad in quads}


def said(outcome: Outcome) -> tuple[set[str], set[str]]:
    """Return what a contribution adds and what it removes."""
    added, removed = (part.decode().split("\n")[:-1] for part in (outcome.added, outcome.removed))
    return set(added), set(removed)


def rules(outcome: Outcome) -> list[tuple[str, str]]:
    return [(one["rule"], one["cell"]) for one in outcome.report["findings"]]


# --- A spreadsheet, as a person would edit it ----------------------------------------------

VOCABULARY = Vocabulary((), PLACES)
TOLD = Told("tunis", "Tunis", GENERATION, "2026-11-23T00:00:00Z", "fr")
Table = list[list[Any]]


def downloaded(quads: Iterable[ox.Quad]) -> bytes:
    return roundtrip.as_workbook(
        roundtrip.sheets(quads, OWN, VOCABULARY, "fr", GENERATION), TOLD, VOCABULARY
    )


def opened(body: bytes) -> dict[str, Table]:
    """Return the sheets that people see, by name, as a program reads them."""
    book = openpyxl.load_workbook(io.BytesIO(body))
    return {
        page.title: [list(row) for row in page.iter_rows(values_only=True)]
        for page in book.worksheets[:-2]
    }


def saved(tables: dict[str, Table]) -> bytes:
    """Save sheets by another program than ours: no styles, no lists, nothing hidden."""
    book = openpyxl.Workbook(write_only=True)
    for name, rows in tables.items():
        page = book.create_sheet(name)
        for row in rows:
            page.append([_cell(page, value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(page: Any, value: Any) -> Any:
    cell = WriteOnlyCell(page, value=value)
    if isinstance(value, str):
        cell.data_type = "s"  # a text that begins with =, not a formula
    return cell


def shuffled(table: Table, seed: int) -> Table:
    """Sort the rows and move the columns of a sheet, whole, in some other order."""
    chance = random.Random(seed)
    head, *rows = table
    order = list(range(len(head)))
    chance.shuffle(order)
    chance.shuffle(rows)
    return [[row[place] for place in order] for row in [head, *rows]]


def editable(tables: dict[str, Table]) -> list[tuple[str, int, int, Property, str]]:
    """Return each cell that holds a value: its sheet, row, column, property, and mark."""
    found = []
    known = {one.link.value: one for one in PROPERTIES}
    for name, (head, *rows) in tables.items():
        for place, text in enumerate(head):
            label, bracket, rest = str(text).rpartition(" [")
            link = rest.partition(" ")[0]
            if not bracket or link == "coopkg-1" or expand(link).value not in known:
                continue
            for number, row in enumerate(rows, 1):
                if row[place]:
                    found.append(
                        (name, number, head.index(label), known[expand(link).value], row[place])
                    )
    return found


@SETTINGS
@given(data(), st.integers(0, 99))
def test_what_was_not_edited_is_no_contribution(quads: list[ox.Quad], seed: int) -> None:
    first = downloaded(quads)
    again = saved({name: shuffled(rows, seed) for name, rows in opened(first).items()})
    for body in (first, again):
        outcome = sent(body, quads)
        assert rules(outcome) == [("unchanged", "")]
        assert said(outcome) == (set(), set())


@SETTINGS
@given(data(), st.data(), st.integers(0, 99))
def test_a_contribution_is_exactly_the_cells_that_were_edited(
    quads: list[ox.Quad], draw: st.DataObject, seed: int
) -> None:
    tables = opened(downloaded(quads))
    cells = [one for one in editable(tables) if not one[4].endswith("+")]
    chosen = (
        draw.draw(st.lists(st.sampled_from(cells), max_size=4, unique_by=lambda c: c[:3]))
        if cells
        else []
    )
    gone, come = set(), set()
    for sheet, row, column, which, mark in chosen:
        old = _of_mark(quads, tables[sheet], row, mark)
        is_emptied = draw.draw(st.booleans())
        value = None if is_emptied else draw.draw(which.values)
        tables[sheet][row][column] = value
        if _shows(old, value):
            continue  # written again as it was, or a text of no letter emptied
        gone.add(old)
        if not is_emptied:
            come.add(ox.Quad(old.subject, old.predicate, which.read(value), old.graph_name))
    outcome = sent(saved({name: shuffled(rows, seed) for name, rows in tables.items()}), quads)
    after = (set(quads) - gone) | come
    if after == set(quads):
        assert rules(outcome) == [("unchanged", "")]
    else:
        assert outcome.method == "patch", rules(outcome)
        assert said(outcome) == (lines(after - set(quads)), lines(set(quads) - after))


def _of_mark(quads: Iterable[ox.Quad], table: Table, row: int, mark: str) -> ox.Quad:
    """Return the quad that a cell stands for, found without the code under test."""
    things = [value for value in table[row] if str(value).startswith(OWN)]
    graph = next(str(text) for text in table[0] if "coopkg-1" in str(text))
    (found,) = {
        quad
        for quad in quads
        if str(quad.subject)[1:-1] in things
        and str(quad.graph_name)[1:-1].removeprefix(BASE) in graph.split()
        and marks.identity(_term(quad)) == mark.partition(".")[0]
    }
    return found


def _term(quad: ox.Quad) -> Term:
    assert not isinstance(quad.object, ox.Triple)
    return quad.object


def _shows(old: ox.Quad, value: Any) -> bool:
    """Tell whether a value written is what the cell showed already."""
    term = _term(old)
    if not isinstance(term, ox.Literal):
        return bool(PLACES.get(term.value, {}).get("fr", term.value) == value)
    form = columns.form(columns.what(term))
    cell = {"type": "literal", "value": term.value, "datatype": term.datatype.value}
    return bool(fingerprint(form, as_value(cell, "fr")) == fingerprint(form, value))
