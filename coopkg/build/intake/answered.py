"""The workbook of an answer come back: which question it answers, and what its rows are now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from coopkg.build.intake import marked
from coopkg.build.intake.cells import Cell, Sheet
from coopkg.errors import Lang
from coopkg.tables import shown
from coopkg.tables.sheets import KEYS, ORIGINALS
from coopkg.tables.shown import Form
from coopkg.tables.workbook import NOTICE
from coopkg.templates.vocabulary import key as folded


@dataclass(frozen=True)
class Asking:
    """Which question a workbook answers: what its last sheet says."""

    question: str
    generation: str
    parameters: Mapping[str, str]
    columns: Mapping[str, str]
    """The lasting name of each column, by its heading."""
    lang: Lang
    inference: bool


@dataclass(frozen=True)
class Line:
    """A row that came back: its key, what each column holds, and what each showed before."""

    key: str
    line: int
    cells: Mapping[str, Cell]
    before: Mapping[str, tuple[Form, str]]

    def changed(self) -> Iterator[tuple[str, Cell]]:
        """Yield the columns whose cell was changed."""
        for name, one in self.cells.items():
            form, was = self.before.get(name, ("text", ""))
            is_empty = not one.text.strip() and not was
            if not is_empty and shown.fingerprint(form, marked.held(one)) != was.removesuffix(
                shown.CUT
            ):
                yield name, marked.said(one)

    def is_cut(self, name: str) -> bool:
        """Tell whether a cell showed the beginning only of its text."""
        return self.before.get(name, ("text", ""))[1].endswith(shown.CUT)

    def likeness(self, other: Mapping[str, tuple[Form, str]], but: str) -> int:
        """Return how many cells of another row show the same, but for one column."""
        return sum(other.get(name) == was for name, was in self.before.items() if name != but)


# --- Knowing it again ----------------------------------------------------------------------


def asking_of(sheets: Sequence[Sheet]) -> Asking | None:
    """Return which question a workbook answers; None when it is not that of an answer."""
    for sheet in sheets:
        said = [
            (row[2].text.strip(), row[1].text, row[3].text.strip() if len(row) > 3 else "")
            for row in sheet.rows
            if len(row) > 2
        ]
        values = {name: value for name, _, value in said}
        if not {"title", "generation", "language", "keys"} <= values.keys():
            continue
        named = {
            folded(shown.plain(text)): name.removeprefix("column.")
            for name, text, _ in said
            if name.startswith("column.") and ".row." not in name
        }
        return Asking(
            values["title"],
            values["generation"],
            {
                name.removeprefix("parameter."): value
                for name, value in values.items()
                if name.startswith("parameter.") and value
            },
            named,
            "en" if values["language"] == "en" else "fr",
            values.get("inference") != "off",
        )
    return None


def is_answer(sheet: Sheet) -> bool:
    """Tell whether a sheet has the rows of an answer."""
    heads = {folded(one.text) for one in sheet.rows[0]} if sheet.rows else set()
    return any(folded(one) in heads for one in KEYS.values())


def lines(sheet: Sheet, asked: Asking) -> Iterator[Line]:
    """Yield the rows of a sheet that came back; not the line that says there is none."""
    places = {folded(shown.plain(one.text)): place for place, one in enumerate(sheet.rows[0])}
    at_key = _place(places, KEYS)
    at_shown = _place(places, ORIGINALS)
    named = {
        asked.columns[label]: place
        for label, place in places.items()
        if "." not in asked.columns.get(label, ".")
    }
    for row in sheet.rows[1:]:

        def at(place: int | None, row: Sequence[Cell] = row) -> Cell:
            if place is None or place >= len(row):
                return Cell("", row[0].line, (place or 0) + 1)
            return row[place]

        found = {name: at(place) for name, place in named.items()}
        name = at(at_key).text.strip()
        if name.startswith(NOTICE) or not (name or any(one.text for one in found.values())):
            continue
        yield Line(name, row[0].line, found, before(at(at_shown).text))


def _place(places: Mapping[str, int], names: Mapping[Lang, str]) -> int | None:
    return next((places[folded(one)] for one in names.values() if folded(one) in places), None)


def before(text: str) -> dict[str, tuple[Form, str]]:
    """Read what `coopkg.tables.sheets.originals` wrote."""
    found: dict[str, tuple[Any, str]] = {}
    for part in text.split(";"):
        name, _, rest = part.partition("=")
        form, mark, digest = rest.partition(":")
        if mark and form in get_args(Form):
            found[name.strip()] = (form, digest.strip())
    return found
