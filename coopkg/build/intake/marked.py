"""Sheets that went out with marks (`coopkg.roundtrip.marks`) and come back, as they are now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    rows = tuple(reader.row(row) for row in sheet.rows[1:])
    odd = tuple(_odd(sheet, heads, known, {row_place, reader.name, reader.remove}))
    return Marked(sheet, found, id_label, tuple(known), rows, odd)


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

    def row(self, row: Sequence[Cell]) -> MarkedRow:
        line = row[0].line

        def raw(place: int | None) -> Cell:
            if place is None or place >= len(row):
                return Cell("", line, (place or 0) + 1)
            return row[place]

        def at(place: int | None) -> Cell:
            return said(raw(place))

        name = at(self.name)
        thing = at(self.thing).text.strip()
        text = name.text.strip()
        renamed = text and text not in {thing, thing.removeprefix(self.base)}
        cells = tuple(
            MarkedCell(
                one,
                at(one.place),
                None if renamed else marks.read(at(one.marks).text),
                raw(one.place),
            )
            for one in self.columns
            if one.place is not None
        )
        return MarkedRow(line, "" if renamed else thing, name, at(self.remove), cells)


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
