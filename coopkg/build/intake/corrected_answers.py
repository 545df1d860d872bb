"""The workbook of an answer come back corrected: cells that are one fact of the partner's.

The question is asked again; a row is known by its key. A cell that a query computes, that is
inferred, or that somebody else states is refused by name, with where to report a mistake.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import quote

import pyoxigraph as ox

from coopkg.build.intake import answered, facts, privilege, rows, told
from coopkg.build.intake.answered import Asking, Line
from coopkg.build.intake.cells import Cell, Sheet
from coopkg.build.intake.corrections import Edits
from coopkg.build.intake.facts import Answered, Fact, Refusal
from coopkg.build.intake.findings import Finding, Spot
from coopkg.build.intake.ground import Ground
from coopkg.build.intake.reading import Read
from coopkg.contributions.job import Job
from coopkg.errors import CoopkgError
from coopkg.roundtrip import columns, own
from coopkg.roundtrip.columns import Columns
from coopkg.templates import Column, Vocabulary
from coopkg.templates import Mapping as Reading
from coopkg.terms import RDF_TYPE, Term

_SUBJECT: Final = "@row"
_ANYTHING: Final = "http://www.w3.org/2000/01/rdf-schema#Resource"


def read(
    job: Job, sheets: Sequence[Sheet], asked: Asking | None, ground: Ground, vocabulary: Vocabulary
) -> Read:
    """Return what the sheets of an answer correct."""
    current = [quad for quad in ground.quads if privilege.is_own(job, _graph(quad))]
    edits = Edits()
    first = sheets[0]
    if asked is None or asked.question not in ground.questions:
        edits.findings.append(told.no_question(first, asked.question if asked else ""))
        return edits.read(current)
    try:
        again = Answered(job, asked, ground, facts.context(ground, asked.inference))
    except CoopkgError as error:
        edits.findings.append(told.not_asked(first, error.message("fr"), error.message("en")))
        return edits.read(current)
    reader = _Comparer(job, asked, again, own.names(current, job.partner["base"], vocabulary))
    for number, sheet in enumerate(sheets):
        for line in answered.lines(sheet, asked):
            reader.compare(sheet, line, edits, ground, vocabulary, is_beside=number > 0)
    return edits.read(current)


def _graph(quad: ox.Quad) -> str:
    return quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else ""


class _Comparer:
    """Compares the rows that come back with the answer as it stands."""

    def __init__(self, job: Job, asked: Asking, again: Answered, names: Mapping[str, str]) -> None:
        self._job, self._asked, self._again, self._names = job, asked, again, names
        self._said: dict[ox.Quad, tuple[Spot, tuple[Term, ...]]] = {}

    def compare(
        self,
        sheet: Sheet,
        line: Line,
        edits: Edits,
        ground: Ground,
        vocabulary: Vocabulary,
        is_beside: bool,
    ) -> None:
        """Add what one row corrects to the edits."""
        if not line.key:
            edits.findings.append(told.new_row(sheet, line.line))
            return
        for name, cell in line.changed():
            if is_beside:
                edits.findings.append(self._refused(sheet, cell, facts.BESIDE))
            elif line.key not in self._again.rows:
                edits.findings.append(self._stale(sheet, line, name, cell))
            else:
                found = self._fact(line, name)
                if line.is_cut(name) and cell.text.strip():
                    edits.findings.append(told.cut(sheet, cell))
                elif isinstance(found, Refusal):
                    edits.findings.append(self._refused(sheet, cell, found))
                else:
                    self._correct(sheet, cell, name, found, edits, ground, vocabulary)

    def _fact(self, line: Line, name: str) -> Fact | Refusal:
        if name not in line.before:
            return facts.EMPTY
        return self._again.fact(line.key, name)

    def _correct(
        self,
        sheet: Sheet,
        cell: Cell,
        name: str,
        fact: Fact,
        edits: Edits,
        ground: Ground,
        vocabulary: Vocabulary,
    ) -> None:
        """Replace the value of a fact by what its cell says now; an empty cell removes it."""
        spot = sheet.spot(cell.line, cell.column)
        values: tuple[Term, ...] = ()
        if cell.text.strip():
            values = tuple(self._values(sheet, cell, name, fact, edits, ground, vocabulary))
            if not values:
                return  # why it could not be read is told
        for quad in fact.quads:
            before = self._said.setdefault(quad, (spot, values))
            if before[1] != values:
                edits.findings.append(told.two_ways(sheet, cell, before[0]))
                return
            edits.removed.add(quad)
            if not values and isinstance(quad.subject, ox.NamedNode):
                edits.empty(quad.subject.value, quad.predicate.value, spot, name)
            for value in values:
                fresh = ox.Quad(quad.subject, quad.predicate, value, quad.graph_name)
                edits.added.setdefault(fresh, spot)

    def _values(
        self,
        sheet: Sheet,
        cell: Cell,
        name: str,
        fact: Fact,
        edits: Edits,
        ground: Ground,
        vocabulary: Vocabulary,
    ) -> list[Term]:
        """Read a cell as the column of a template would be."""
        quad = fact.quads[0]
        subject = quad.subject
        assert isinstance(subject, ox.NamedNode)
        about = ground.by_subject.get(subject, ())
        kinds = [str(q.object)[1:-1] for q in about if q.predicate == RDF_TYPE]
        what = columns.what(fact.value)
        field = Columns(min(kinds, default=_ANYTHING), vocabulary).field(quad.predicate.value, what)
        label = next((text for text, one in self._asked.columns.items() if one == name), name)
        width = cell.column
        heads = [*(Cell("", 1, place) for place in range(1, width)), Cell(label, 1, width)]
        line = [*(Cell("", cell.line, place) for place in range(1, width)), cell]
        table = [
            [*heads, Cell(_SUBJECT, 1, width + 1)],
            [*line, Cell(subject.value, cell.line, width + 1)],
        ]
        mapping = Reading(_ANYTHING, _SUBJECT, (Column(label, field, "", ""),))
        again = Sheet(sheet.name, table)
        made = rows.Reader(self._job, again, mapping, self._asked.lang, vocabulary).read(
            self._names
        )
        edits.findings += made.findings
        return [
            columns.typed(value, what) for _, link, value in made.triples if link == quad.predicate
        ]

    def _stale(self, sheet: Sheet, line: Line, name: str, cell: Cell) -> Finding:
        """Say that a row is not in the answer any more, and what the one like it says now."""
        ranked = {key: line.likeness(shown, but=name) for key, shown in self._again.shown.items()}
        best = max(ranked.values(), default=0)
        like = [
            key
            for key, count in ranked.items()
            if count == best and 2 * count >= len(line.before) - 1
        ]
        theirs = [self._again.words(key, name, self._asked.lang) for key in like[:3]]
        return told.row_gone(sheet, cell, self._asked.generation, theirs)

    def _refused(self, sheet: Sheet, cell: Cell, why: Refusal) -> Finding:
        """Say why a cell is not corrected, and where to report what is wrong with it."""
        links = {
            lang: f"/{lang}/report?about=/{lang}/questions/{quote(self._asked.question)}"
            for lang in ("fr", "en")
        }
        return Finding(
            why.rule,
            "violation",
            {
                "fr": f"{why.fr} ; sinon, signaler une erreur : {links['fr']}",
                "en": f"{why.en}; else report a mistake: {links['en']}",
            },
            sheet.spot(cell.line, cell.column),
            cell.text,
            {"fr": "la valeur téléchargée", "en": "the value downloaded"},
        )
