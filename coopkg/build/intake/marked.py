"""Sheets that went out with marks (`coopkg.roundtrip.marks`) and come back, as they are now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from coopkg.build.intake.cells import Cell, Sheet
from coopkg.build.intake.findings import Finding, same
from coopkg.errors import Lang
from coopkg.roundtrip import columns, marks
from coopkg.roundtrip.columns import Columns, Owned, What
from coopkg.roundtrip.marks import Mark, RowMark
from coopkg.roundtrip.own import REMOVE
from coopkg.tables import shown
from coopkg.tables.text import DATED
from coopkg.templates import Vocabulary
from coopkg.templates.vocabulary import key


@dataclass(frozen=True)
class MarkedColumn:
    """A column of values: its heading, its property and form, where it and its marks stand."""

    label: str
    link: str
    what: What
    field: Owned
    place: int | None
    marks: int


@dataclass(frozen=True)
class MarkedCell:
    """A cell of values: what it says, the mark of what it stood for if it held anything.

    `raw` is the cell as the file has it, with what keeps a text harmless.
    """

    column: MarkedColumn
    cell: Cell
    mark: Mark | None
    raw: Cell

    @property
    def is_empty(self) -> bool:
        """Tell whether it holds nothing now."""
        return not self.cell.text.strip()

    @property
    def is_changed(self) -> bool:
        """Tell whether it shows something else than when it went out."""
        if self.mark is None:
            return not self.is_empty
        form = columns.form(self.column.what)
        return shown.fingerprint(form, held(self.raw)) != self.mark.shown


@dataclass(frozen=True)
class MarkedRow:
    """A row: the thing it was about ("" for a new one), its identifier now, its cells."""

    line: int
    thing: str
    name: Cell
    remove: Cell
    cells: tuple[MarkedCell, ...]

    @property
    def is_new(self) -> bool:
        """Tell whether the row went out without marks, or with those of another row."""
        return not self.thing

    def changed(self) -> Iterator[MarkedCell]:
        """Yield the cells that were changed."""
        return (one for one in self.cells if one.is_changed)


@dataclass(frozen=True)
class Marked:
    """A sheet that went out with marks."""

    sheet: Sheet
    said: RowMark
    id_label: str
    columns: tuple[MarkedColumn, ...]
    rows: tuple[MarkedRow, ...] = field(repr=False)
    findings: tuple[Finding, ...] = ()


def held(cell: Cell) -> object:
    """Return what a cell holds: its value when it is no text, else its text."""
    return cell.text if cell.value is None else cell.value


def said(cell: Cell) -> Cell:
    """Return a cell with the text it says, without what keeps that harmless."""
    return cell if cell.is_formula else replace(cell, text=shown.plain(cell.text))


def is_marked(sheet: Sheet) -> bool:
    """Tell whether a sheet went out with marks."""
    return bool(sheet.rows) and any(marks.row_mark(cell.text) for cell in sheet.rows[0])


def read(sheet: Sheet, base: str, vocabulary: Vocabulary) -> Marked:
    """Return a sheet that `is_marked` as it came back; what is odd in its headings is told."""
    heads = [replace(cell, text=shown.plain(cell.text)) for cell in sheet.rows[0]]
    row_place, found = next(
        (place, one)
        for place, cell in enumerate(heads)
        if (one := marks.row_mark(cell.text)) is not None
    )
    id_label = heads[row_place].text.rpartition(" [")[0]
    places: dict[str, int] = {}
    for place, cell in enumerate(heads):
        places.setdefault(key(cell.text), place)
    fields = Columns(found.kind, vocabulary)
    known = [
        MarkedColumn(label, link, what, fields.field(link, what), places.get(key(label)), place)
        for place, cell in enumerate(heads)
        for label, link, what in filter(None, [marks.cell_mark(cell.text)])
    ]
    reader = _Reader(base, row_place, places.get(key(id_label)), _remove(places), known)
    held, moved = reader.paired(sheet.rows[1:])
    rows = tuple(reader.row(row, marked) for row, marked in held)
    odd = [*_odd(sheet, heads, known, {row_place, reader.name, reader.remove})]
    odd += [_sorted_apart(sheet, moved[0], reader.name or 0)] if moved else []
    return Marked(sheet, found, id_label, tuple(known), rows, tuple(odd))


def _remove(places: dict[str, int]) -> int | None:
    return next((places[key(one)] for one in REMOVE.values() if key(one) in places), None)


@dataclass(frozen=True)
class _Reader:
    """Where the parts of a row stand."""

    base: str
    thing: int
    name: int | None
    remove: int | None
    columns: Sequence[MarkedColumn]

    def paired(self, rows: Sequence[Row]) -> tuple[list[tuple[Row, Row]], list[Row]]:
        """Return each row with the one that holds its marks, and those that hold others' marks.

        Sorting without the hidden columns leaves the marks where they were: the identifiers of
        the rows, the same ones in another order, tell which are whose.
        """
        went_out, came = (_places(way(row) for row in rows) for way in (self._thing, self._named))
        holders: dict[int, int] = {}
        for name, here in came.items():
            there = went_out.get(name, [])
            if name and len(there) == len(here):
                apart = [one for one in here if one not in there]
                left = [one for one in there if one not in here]
                holders |= dict(zip(apart, left, strict=True))
        found = [(row, rows[holders.get(number, number)]) for number, row in enumerate(rows)]
        return found, [rows[number] for number in sorted(holders)]

    def _thing(self, row: Row) -> str:
        return said(_at(row, self.thing)).text.strip()

    def _named(self, row: Row) -> str:
        """Return the thing that the identifier of a row names; without one, that of its marks."""
        text = said(_at(row, self.name)).text.strip()
        if not text:
            return self._thing(row)
        return text if text.startswith(("http://", "https://")) else self.base + text

    def row(self, row: Row, marked: Row) -> MarkedRow:
        """Return a row as it came back; its marks stand in another one when it was moved."""
        name, thing = said(_at(row, self.name)), self._thing(marked)
        text = name.text.strip()
        renamed = text and text not in {thing, thing.removeprefix(self.base)}
        cells = tuple(
            MarkedCell(
                one,
                said(_at(row, one.place)),
                None if renamed else marks.read(said(_at(marked, one.marks)).text),
                _at(row, one.place),
            )
            for one in self.columns
            if one.place is not None
        )
        remove = said(_at(row, self.remove))
        return MarkedRow(row[0].line, "" if renamed else thing, name, remove, cells)


Row = Sequence[Cell]


def _at(row: Row, place: int | None) -> Cell:
    if place is None or place >= len(row):
        return Cell("", row[0].line, (place or 0) + 1)
    return row[place]


def _places(names: Iterable[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        found.setdefault(name, []).append(number)
    return found


def _sorted_apart(sheet: Sheet, row: Row, place: int) -> Finding:
    cell = _at(row, place)
    return Finding(
        "sorted-apart",
        "warning",
        {
            "fr": "les lignes ont été triées sans leurs colonnes masquées : chacune a été "
            "retrouvée par son identifiant ; vérifier ce qui change",
            "en": "the rows were sorted without their hidden columns: each was found again by its "
            "identifier; check what changes",
        },
        sheet.spot(cell.line, cell.column),
        cell.text,
    )


def _odd(
    sheet: Sheet, heads: Sequence[Cell], known: Sequence[MarkedColumn], others: set[int | None]
) -> Iterator[Finding]:
    """Yield what is odd in the headings: columns that are gone, or not known."""
    gone = [one for one in known if one.place is None]
    read = others | {place for one in known for place in (one.place, one.marks)}
    dated = {key(name) for names in DATED.values() for name in names}
    strange = [
        cell
        for place, cell in enumerate(heads)
        if place not in read and cell.text.strip() and key(cell.text) not in dated
    ]
    if not gone or not strange:
        yield from (_gone(sheet, one, heads[one.marks]) for one in gone)
        yield from (_strange(sheet, cell) for cell in strange)
        return
    for cell in strange:
        listed = ", ".join(one.label for one in gone)
        yield Finding(
            "misnamed-column",
            "violation",
            {
                "fr": f"la colonne « {cell.text} » n’est pas connue ; il manque : {listed}",
                "en": f"the column “{cell.text}” is not known; missing: {listed}",
            },
            sheet.spot(cell.line, cell.column),
            cell.text,
            same(listed),
            example=gone[0].label,
            fix=gone[0].label if len(gone) == 1 else "",
        )


def _gone(sheet: Sheet, one: MarkedColumn, head: Cell) -> Finding:
    return Finding(
        "removed-column",
        "info",
        {
            "fr": f"la colonne « {one.label} » n’est plus là : rien n’en est retiré ; pour retirer "
            "une valeur, vider sa cellule",
            "en": f"the column “{one.label}” is gone: nothing of it is removed; to remove a value, "
            "empty its cell",
        },
        sheet.spot(head.line, head.column),
        expected=same(one.label),
    )


def _strange(sheet: Sheet, cell: Cell) -> Finding:
    return Finding(
        "unknown-column",
        "warning",
        {
            "fr": f"la colonne « {cell.text} » n’est pas lue : elle n’était pas dans le fichier "
            "téléchargé",
            "en": f"the column “{cell.text}” is not read: it was not in the file downloaded",
        },
        sheet.spot(cell.line, cell.column),
        cell.text,
    )


def lang_of(sheets: Sequence[Marked]) -> Lang:
    """Return the language that a file went out in."""
    return sheets[0].said.lang
