"""Tables, CSV or XLSX, become triples by a mapping: that of a template, or a partner's own.

A cell that cannot be read, a heading that is not known, a name that nothing bears: each is told
with its cell. What a cell holds is text: a formula is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import pyoxigraph as ox

from coopkg.build.intake import cells, csv_files, rows, workbooks
from coopkg.build.intake.findings import Finding, Spot, Unreadable, same
from coopkg.build.intake.ground import Ground
from coopkg.build.intake.limits import LimitError, limit, over
from coopkg.build.intake.reading import Read, target
from coopkg.contributions.job import Job
from coopkg.templates import CLASSES, Mapping, MappingError, Vocabulary, of_template, template
from coopkg.templates.fields import among
from coopkg.templates.mapping import headings
from coopkg.templates.vocabulary import key
from coopkg.templates.workbook import NEVER_READ

CSV: Final = "text/csv"
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: Final = (CSV, XLSX, "text/tab-separated-values")


@dataclass(frozen=True)
class _Chosen:
    """How a sheet is to be read: the mapping, and the language of its templates."""

    mapping: Mapping
    lang: str


def warm() -> None:
    """Load what these formats load late."""
    workbooks.warm()
    csv_files.warm()


def read(job: Job, body: bytes, kind: str, ground: Ground) -> Read:
    """Return what a table says.

    Raises:
        Unreadable: it cannot be read at all.
        LimitError: it goes over a limit.
    """
    if kind == XLSX:
        sheets, odd = workbooks.read(job, body)
    else:
        sheets, odd = csv_files.read(job, body)
    found: list[Finding] = list(odd)
    _mind_size(job, sheets)
    vocabulary = _vocabulary(ground)
    quads: list[ox.Quad] = []
    spots: list[Spot] = []
    kept = [one for one in sheets if one.name not in NEVER_READ and not one.hidden]
    mapping = _given(job)
    filled = [one for one in kept if one.rows]
    if not filled:
        found.append(_no_heading(kept[0] if kept else None))
    for sheet in filled:
        if mapping and mapping.sheet and sheet.name != mapping.sheet:
            continue
        own = mapping and _Chosen(_completed(mapping, vocabulary), job.lang)
        chosen = own or _choose(sheet, vocabulary)
        if chosen is None:
            found.append(_unknown_table(sheet, vocabulary, job.lang))
            continue
        made = rows.read(job, sheet, chosen.mapping, chosen.lang, vocabulary)
        found += made.findings
        for triple, spot in zip(made.triples, made.spots, strict=True):
            quads.append(ox.Quad(*triple, ox.NamedNode(target(job))))  # type: ignore[arg-type]
            spots.append(spot)
    return Read(tuple(quads), lambda number, _: spots[number], tuple(found), is_table=True)


class _Held:
    """A vocabulary is made once for a generation: making one takes a while."""

    ground: Ground | None = None
    made: Vocabulary | None = None


def _vocabulary(ground: Ground) -> Vocabulary:
    if _Held.ground is not ground or _Held.made is None:
        given = ground.gathered
        inferred = ground.inferred if not ground.is_bare else ()
        triples = [*given.ontology, *given.shapes, *given.asserted, *inferred]
        _Held.made, _Held.ground = Vocabulary(triples, ground.files.get("labels", {})), ground
    return _Held.made


def _given(job: Job) -> Mapping | None:
    if not job.mapping:
        return None
    try:
        return Mapping.of_json(job.mapping)
    except MappingError as error:
        raise Unreadable(Finding("mapping-file", "violation", error.words)) from error


def _completed(mapping: Mapping, vocabulary: Vocabulary) -> Mapping:
    """Return a mapping whose columns know what they may name."""
    columns = tuple(
        replace(one, field=among(one.field, mapping.kind, vocabulary)) for one in mapping.columns
    )
    return replace(mapping, columns=columns)


def _mind_size(job: Job, sheets: Sequence[cells.Sheet]) -> None:
    if len(sheets) > limit(job, "sheets"):
        raise LimitError(over(job, "sheets", len(sheets)))
    widest = max((len(row) for one in sheets for row in one.rows), default=0)
    if widest > limit(job, "columns"):
        raise LimitError(over(job, "columns", widest))
    total = sum(len(row) for one in sheets for row in one.rows)
    if total > limit(job, "cells"):
        raise LimitError(over(job, "cells", total))


def _templates(vocabulary: Vocabulary) -> Iterator[_Chosen]:
    for name in CLASSES:
        made = template(name, vocabulary)
        yield from (_Chosen(of_template(made, lang), lang) for lang in ("fr", "en"))


def _choose(sheet: cells.Sheet, vocabulary: Vocabulary) -> _Chosen | None:
    """Return the template whose headings a table has: its first column tells the class."""
    seen = {key(cell.text) for cell in sheet.rows[0]}
    scored = [
        (key(one.mapping.id) in seen, sum(key(name) in seen for name in headings(one.mapping)), one)
        for one in _templates(vocabulary)
    ]
    named, count, best = max(scored, key=lambda item: (item[0], item[1]))
    if named or count >= max(2, len(best.mapping.columns) // 2):
        return best
    return None


def _no_heading(sheet: cells.Sheet | None) -> Finding:
    said = {
        "fr": "la feuille est vide : la première ligne doit donner le nom des colonnes",
        "en": "the sheet is empty: the first line must give the names of the columns",
    }
    spot = sheet.spot(1, 1) if sheet else Spot(1, 1)
    return Finding("empty", "violation", said, spot, "0", same("≥ 1"))


def _unknown_table(sheet: cells.Sheet, vocabulary: Vocabulary, lang: str) -> Finding:
    firsts = {
        one: [template(name, vocabulary).id_label(one) for name in CLASSES] for one in ("fr", "en")
    }
    listed = {one: ", ".join(f"“{name}”" for name in names) for one, names in firsts.items()}
    first = sheet.rows[0][0].text if sheet.rows[0] else ""
    return Finding(
        "unknown-table",
        "violation",
        {
            "fr": "ces colonnes ne sont celles d’aucun modèle ; la première colonne est attendue "
            f"parmi : {listed['fr']} ; ou joindre une correspondance de colonnes",
            "en": "these columns are those of no template; the first column is expected among: "
            f"{listed['en']}; or give a mapping of the columns",
        },
        sheet.spot(1, 1),
        seen=first,
        expected=listed,
        example=firsts["en" if lang == "en" else "fr"][0],
        fix=firsts["en" if lang == "en" else "fr"][0],
    )
