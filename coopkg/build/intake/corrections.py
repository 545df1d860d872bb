"""A partner's own data come back corrected: what was changed, and nothing else, is sent.

Each cell is compared with what went out (its mark) and with what stands now: three ways, so that
what somebody else has changed since is told, and never overwritten. A row that is gone removes
nothing; `yes` in the column to remove does.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from coopkg.build.intake import cells, marked, privilege, rows, told
from coopkg.build.intake.cells import Cell, Sheet
from coopkg.build.intake.findings import NOWHERE, Finding, Spot
from coopkg.build.intake.ground import Ground
from coopkg.build.intake.marked import Marked, MarkedCell, MarkedColumn, MarkedRow
from coopkg.build.intake.reading import Emptied, Read
from coopkg.contributions.job import Job
from coopkg.roundtrip import columns, marks, own
from coopkg.roundtrip.own import Values
from coopkg.tables import shown
from coopkg.templates import Column, Vocabulary
from coopkg.templates import Mapping as Columns
from coopkg.templates.mapping import SEPARATOR
from coopkg.templates.vocabulary import key
from coopkg.terms import RDF_TYPE, Term

_ROW = "@row"
"""The heading of the column that names the thing of a row that was changed."""


@dataclass
class Edits:
    """Quads to remove and to add, each addition with the cell that says it, and findings."""

    removed: set[ox.Quad] = field(default_factory=set)
    added: dict[ox.Quad, Spot] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    emptied: dict[tuple[str, str], list[Emptied]] = field(default_factory=dict)

    def read(self, current: Iterable[ox.Quad]) -> Read:
        """Return what is sent: what is removed is not said again, what is added was not there."""
        stands = set(current)
        fresh = {quad: spot for quad, spot in self.added.items() if quad not in stands}
        gone = sorted(self.removed - self.added.keys(), key=str)
        found = list(self.findings)
        if not (fresh or gone or any(one.severity == "violation" for one in found)):
            found.append(told.unchanged())
        spots = list(fresh.values())
        return Read(
            tuple(fresh),
            lambda number, _: spots[number] if number < len(spots) else NOWHERE,
            tuple(found),
            is_table=True,
            removed=tuple(gone),
            corrects=True,
            emptied=self.emptied,
        )

    def empty(self, thing: str, link: str, spot: Spot, heading: str, what: str = "") -> None:
        """Remember the cell that removes what a thing says by a property, "" for all of it."""
        self.emptied.setdefault((thing, link), []).append(Emptied(spot, heading, what))


def read(job: Job, sheets: Sequence[Sheet], ground: Ground, vocabulary: Vocabulary) -> Read:
    """Return what sheets that went out with marks correct."""
    base = job.partner["base"]
    current = [quad for quad in ground.quads if privilege.is_own(job, _graph(quad))]
    came = [marked.read(one, base, vocabulary) for one in sheets]
    names = own.names(current, base, vocabulary)
    for one in came:
        names |= _new_names(one, base)
    edits = Edits()
    present = {row.thing for one in came for row in one.rows}
    for one in came:
        edits.findings += one.findings
        if not privilege.is_own(job, one.said.graph) or job.graph not in {None, one.said.graph}:
            edits.findings.append(told.foreign(one))
            continue
        _Comparer(job, one, current, names, vocabulary, edits).compare(present)
    return edits.read(current)


def _new_names(one: Marked, base: str) -> dict[str, str]:
    """Return the things that new rows name, by their identifier."""
    found = {}
    for row in one.rows:
        if row.is_new and (iri := _iri(row, base)):
            found[key(own.short(iri, base))] = iri
    return found


def _iri(row: MarkedRow, base: str) -> str:
    """Return the thing that the identifier of a row names, "" without one."""
    text = row.name.text.strip()
    return text if not text or text.startswith(("http://", "https://")) else base + text


def _graph(quad: ox.Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""


class _Comparer:
    """One sheet being compared with what stands."""

    def __init__(
        self,
        job: Job,
        one: Marked,
        current: Sequence[ox.Quad],
        names: Mapping[str, str],
        vocabulary: Vocabulary,
        edits: Edits,
    ) -> None:
        self._job, self._one, self._words, self._edits = job, one, vocabulary, edits
        self._names = names
        self._graph = ox.NamedNode(one.said.graph)
        self._quads: dict[str, list[ox.Quad]] = defaultdict(list)
        for quad in current:
            if quad.graph_name == self._graph and isinstance(quad.subject, ox.NamedNode):
                self._quads[quad.subject.value].append(quad)
        grouped = own.grouped(quad for quads in self._quads.values() for quad in quads)
        self._now: dict[str, Values] = {
            iri: values for things in grouped.values() for iri, values in things.items()
        }
        self._expected = set(grouped.get((one.said.graph, one.said.kind), {}))

    def compare(self, present: set[str]) -> None:
        """Compare every row; `present` are the things that have a row on any sheet."""
        by_thing: dict[str, list[MarkedRow]] = defaultdict(list)
        for row in self._one.rows:
            by_thing[row.thing].append(row)
        fresh = [row for row in by_thing.pop("", []) if _is_filled(row)]
        pending: list[tuple[MarkedRow, MarkedCell, Term | None]] = []
        for thing, several in by_thing.items():
            if twice := _twice(several):
                self._edits.findings.append(told.double(self._one, *twice))
            elif self._is_to_remove(several):
                self._remove(thing, several)
            else:
                for row in several:
                    pending += self._changed(row, several)
        self._settle(pending, by_thing)
        self._add(self._new(fresh, by_thing))
        missing = sorted(self._expected - present)
        if missing:
            labels = [own.short(iri, self._job.partner["base"]) for iri in missing]
            self._edits.findings.append(told.missing(self._one, labels))

    def _new(
        self, fresh: Iterable[MarkedRow], by_thing: Mapping[str, Sequence[MarkedRow]]
    ) -> list[MarkedRow]:
        """Return the rows that are new; one that bears the identifier of another is told."""
        found: dict[str, MarkedRow] = {}
        nameless = []
        for row in fresh:
            iri = _iri(row, self._job.partner["base"])
            before = found.get(iri) or next(iter(by_thing.get(iri, ())), None)
            if not iri:
                nameless.append(row)
            elif before is not None:
                self._edits.findings.append(told.same_identifier(self._one.sheet, before, row))
            else:
                found[iri] = row
        return [*found.values(), *nameless]

    # --- Removing --------------------------------------------------------------------------

    def _is_to_remove(self, several: Iterable[MarkedRow]) -> bool:
        said = [row.remove for row in several if row.remove.text.strip()]
        for cell in said:
            if cells.boolean(cell) is None:
                self._edits.findings.append(told.not_yes(self._one, cell))
        return any(cells.boolean(cell) for cell in said)

    def _remove(self, thing: str, several: Sequence[MarkedRow]) -> None:
        """Remove all that is said of a thing, unless somebody has said more of it since."""
        went_out = {one.mark.term for row in several for one in row.cells if one.mark}
        kept = {(one.column.link, one.column.what) for row in several for one in row.cells}
        more = [
            (at, term)
            for at, terms in self._now.get(thing, {}).items()
            for term in terms
            if at in kept and marks.identity(term) not in went_out
        ]
        if more:
            words = [self._said(term) for _, term in more]
            cell = several[0].remove
            self._edits.findings.append(told.changed_since(self._one, cell, "", words))
            return
        self._edits.removed.update(self._quads.get(thing, ()))
        cell = next(row.remove for row in several if row.remove.text.strip())
        spot = self._one.sheet.spot(cell.line, cell.column)
        self._edits.empty(thing, "", spot, own.short(thing, self._job.partner["base"]))

    # --- Changing --------------------------------------------------------------------------

    def _changed(
        self, row: MarkedRow, several: Sequence[MarkedRow]
    ) -> Iterator[tuple[MarkedRow, MarkedCell, Term | None]]:
        """Yield the cells to read again, each with the value it stood for; settle the others."""
        for one in row.changed():
            now = self._now.get(row.thing, {}).get((one.column.link, one.column.what), [])
            was = _stood_for(one, now)
            if not one.is_empty and one.mark and one.mark.is_cut:
                self._edits.findings.append(told.cut(self._one.sheet, one.cell))
            elif not one.is_empty:
                yield row, one, was
            elif was is not None:
                self._edits.removed.add(self._quad(row.thing, one.column, was))
                spot = self._one.sheet.spot(one.cell.line, one.cell.column)
                column = one.column
                self._edits.empty(row.thing, column.link, spot, column.label, column.what)
            elif theirs := self._theirs(row.thing, one.column, several):
                self._conflict(one, theirs)

    def _theirs(self, thing: str, column: MarkedColumn, several: Iterable[MarkedRow]) -> list[Term]:
        """Return the values of a property that came since the file went out."""
        went_out = {
            one.mark.term
            for row in several
            for one in row.cells
            if one.mark and (one.column.link, one.column.what) == (column.link, column.what)
        }
        now = self._now.get(thing, {}).get((column.link, column.what), [])
        return [term for term in now if marks.identity(term) not in went_out]

    def _settle(
        self,
        pending: Sequence[tuple[MarkedRow, MarkedCell, Term | None]],
        by_thing: Mapping[str, Sequence[MarkedRow]],
    ) -> None:
        """Read what changed cells say now, and compare it with what stands."""
        read = self._read_changed(pending)
        for row, one, was in pending:
            spot = self._one.sheet.spot(one.cell.line, one.cell.column)
            values = read.get(spot, [])
            if not values:
                continue  # why it could not be read is told
            theirs = self._theirs(row.thing, one.column, by_thing[row.thing])
            is_lost = one.mark is not None and was is None
            is_taken = one.mark is None and bool(theirs) and not one.column.field.several
            if (is_lost or is_taken) and any(value not in theirs for value in values):
                self._conflict(one, theirs)
                continue
            if was is not None:
                self._edits.removed.add(self._quad(row.thing, one.column, was))
            for value in values:
                self._edits.added.setdefault(self._quad(row.thing, one.column, value), spot)

    def _conflict(self, one: MarkedCell, theirs: Iterable[Term]) -> None:
        words = [self._said(term) for term in theirs]
        found = told.changed_since(self._one, one.cell, one.column.label, words)
        self._edits.findings.append(found)

    def _said(self, term: Term) -> str:
        known = isinstance(term, ox.NamedNode) and term.value in self._words.labels
        return self._words.label(term.value, self._one.said.lang) if known else term.value

    def _quad(self, thing: str, column: MarkedColumn, value: Term) -> ox.Quad:
        return ox.Quad(ox.NamedNode(thing), ox.NamedNode(column.link), value, self._graph)

    # --- Reading cells, as a template's are --------------------------------------------------

    def _read_changed(
        self, pending: Sequence[tuple[MarkedRow, MarkedCell, Term | None]]
    ) -> dict[Spot, list[Term]]:
        by_row: dict[int, tuple[str, list[MarkedCell]]] = {}
        for row, one, _ in pending:
            by_row.setdefault(row.line, (row.thing, []))[1].append(one)
        width = len(self._one.sheet.rows[0])
        heads = [*self._heads(width), Cell(_ROW, 1, width + 1)]
        sheet = [heads]
        for line, (thing, found) in by_row.items():
            filled = {one.cell.column: one.cell for one in found}
            sheet.append([*_line(filled, line, width), Cell(thing, line, width + 1)])
        found_terms: dict[Spot, list[Term]] = defaultdict(list)
        if len(sheet) > 1:
            made = self._made(sheet, _ROW)
            for (_, link, value), spot in zip(made.triples, made.spots, strict=True):
                if spot.column != width + 1:
                    found_terms[spot].append(self._typed(link, value, spot))
        return found_terms

    def _add(self, fresh: Sequence[MarkedRow]) -> None:
        """Add what new rows say, each a thing of the class of the sheet."""
        if not fresh:
            return
        width = len(self._one.sheet.rows[0])
        sheet = [self._heads(width, with_id=True)]
        for row in fresh:
            filled = {one.cell.column: one.cell for one in row.cells}
            filled[row.name.column] = row.name
            sheet.append(_line(filled, row.line, width))
        made = self._made(sheet, self._one.id_label)
        for (subject, link, value), spot in zip(made.triples, made.spots, strict=True):
            if link == RDF_TYPE and value.value == self._one.said.kind:
                term = value
            elif link == RDF_TYPE and not self._one.said.kind and value.value == _NO_KIND:
                continue
            else:
                term = self._typed(link, value, spot)
            assert isinstance(subject, ox.NamedNode)
            self._edits.added.setdefault(ox.Quad(subject, link, term, self._graph), spot)

    def _heads(self, width: int, with_id: bool = False) -> list[Cell]:
        labels = {one.place: one.label for one in self._one.columns if one.place is not None}
        heads = self._one.sheet.rows[0]
        found = []
        for place in range(width):
            text = labels.get(place, "")
            if with_id and key(shown.plain(heads[place].text)) == key(self._one.id_label):
                text = self._one.id_label
            found.append(Cell(text, heads[place].line, place + 1))
        return found

    def _made(self, sheet: list[list[Cell]], id_label: str) -> rows.Made:
        found = tuple(
            Column(
                one.label,
                replace(one.field, name=f"#{one.place}"),  # two may have one property
                "",
                SEPARATOR if one.field.kind == "thing" else "",
            )
            for one in self._one.columns
            if one.place is not None
        )
        mapping = Columns(self._one.said.kind or _NO_KIND, id_label, found)
        again = Sheet(self._one.sheet.name, sheet)
        lang = self._one.said.lang
        made = rows.Reader(self._job, again, mapping, lang, self._words).read(self._names)
        self._edits.findings += made.findings
        return made

    def _typed(self, link: ox.NamedNode, value: Term, spot: Spot) -> Term:
        column = next(
            one
            for one in self._one.columns
            if one.place is not None and one.place + 1 == spot.column
        )
        assert column.link == link.value
        return columns.typed(value, column.what)


_NO_KIND = "http://www.w3.org/2000/01/rdf-schema#Resource"


def _stood_for(one: MarkedCell, now: Iterable[Term]) -> Term | None:
    """Return the value that a cell stood for, if it still stands."""
    if one.mark is None:
        return None
    wanted = one.mark.term
    return next((term for term in now if marks.identity(term) == wanted), None)


def _is_filled(row: MarkedRow) -> bool:
    return bool(row.name.text.strip()) or any(not one.is_empty for one in row.cells)


def _line(filled: Mapping[int, Cell], line: int, width: int) -> list[Cell]:
    return [filled.get(place, Cell("", line, place)) for place in range(1, width + 1)]


def _twice(several: Sequence[MarkedRow]) -> tuple[MarkedRow, MarkedRow] | None:
    """Return two rows that stood for the same values: one was copied from the other."""
    seen: dict[tuple[str, str, str], MarkedRow] = {}
    for row in several:
        for one in row.cells:
            if one.mark is None:
                continue
            at = (one.column.link, one.column.what, one.mark.term)
            if at in seen and seen[at] is not row:
                return seen[at], row
            seen[at] = row
    return None
