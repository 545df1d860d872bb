"""Tables, CSV or XLSX, become triples by a mapping: that of a template, or a partner's own.

A cell that cannot be read, a heading that is not known, a name that nothing bears: each is told
with its cell. What a cell holds is text: a formula is refused.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.intake import (
    cells,
    csv_files,
    returned,
    rows,
    workbooks,
)
from coopkg.build.intake.findings import Finding, Spot, Unreadable, same, shown
from coopkg.build.intake.ground import Ground
from coopkg.build.intake.limits import LimitError, limit, over
from coopkg.build.intake.reading import Read, target
from coopkg.contributions.job import Job
from coopkg.roundtrip.columns import what
from coopkg.templates import (
    CLASSES,
    Mapping,
    MappingError,
    Template,
    Vocabulary,
    of_template,
    template,
)
from coopkg.templates.fields import among
from coopkg.templates.mapping import headings
from coopkg.templates.vocabulary import key
from coopkg.templates.workbook import NAMES, NEVER_READ
from coopkg.terms import LANGUAGES, RDF_TYPE, Term

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
    sheets, odd = workbooks.read(job, body) if kind == XLSX else csv_files.read(job, body)
    found: list[Finding] = list(odd)
    _mind_size(job, sheets)
    words = _words(ground)
    mapping = _given(job)
    kept = [one for one in sheets if one.name not in NEVER_READ and not one.hidden]
    filled = [one for one in kept if one.rows]
    back = returned.read(job, filled, odd, ground, words.vocabulary, words.knows)
    if back is not None:
        return back
    if not filled:
        found.append(_no_heading(kept[0] if kept else None))
    is_known = _headed(mapping) if mapping else words.knows
    whole, filled = filled, [returned.from_headings(one, is_known) for one in filled]
    for one, below in zip(whole, filled, strict=True):
        found += returned.above(one, below)
    chosen = [(one, _chosen(one, mapping, job.lang, words)) for one in filled]
    readers = [
        rows.Reader(job, sheet, way.mapping, way.lang, words.vocabulary)
        for sheet, way in chosen
        if way is not None
    ]
    if mapping and mapping.sheet and not readers:
        found.append(_no_sheet(mapping.sheet, kept))
    found += [
        _left_out(sheet)
        if mapping
        else returned.not_read(sheet)
        if readers
        else _unknown_table(sheet, words, job.lang)
        for sheet, way in chosen
        if way is None
    ]
    made = rows.together(readers)
    found += _beside(job, made, ground, words.vocabulary)
    if samples := [one for one in sheets if one.name in _SAMPLES and len(one.rows) > 1]:
        found, made.findings = (
            [_in_sample(one, samples[0]) if one.rule == "empty" else one for one in every]
            for every in (found, made.findings)
        )
    return _said(job, found, filled, made, helped=mapping is not None)


_SAMPLES: Final = frozenset(names[1] for names in NAMES.values())


def _in_sample(one: Finding, sample: cells.Sheet) -> Finding:
    """Say of an empty sheet that the one of the example, never read, may hold what was meant."""
    fr, en = one.message["fr"], one.message["en"]
    said = {
        "fr": f"{fr} ; la feuille « {sample.name} » n’est jamais lue : recopier dans la première "
        "feuille les lignes qui y ont été écrites",
        "en": f"{en}; the sheet “{sample.name}” is never read: copy to the first sheet the rows "
        "that were written in it",
    }
    return replace(one, message=said, seen=sample.name)


def _headed(mapping: Mapping) -> returned.IsTable:
    """Return what tells whether a sheet has the headings that a mapping speaks of."""
    wanted = {key(one) for one in headings(mapping)}

    def is_known(sheet: cells.Sheet) -> bool:
        found = wanted & {key(cell.text) for cell in sheet.rows[0]}
        return 2 * len(found) >= len(wanted)

    return is_known


def _beside(job: Job, made: rows.Made, ground: Ground, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Yield what would stand beside a value published before: a new file corrects nothing."""
    published: dict[tuple[Any, ...], list[Term]] = defaultdict(list)
    for quad in ground.by_graph.get(target(job), ()) if job.method == "post" else ():
        term: Term = quad.object  # type: ignore[assignment]  # no triple term enters a generation
        published[quad.subject, quad.predicate, what(term)].append(term)
    for (subject, link, value), spot in zip(made.triples, made.spots, strict=True):
        theirs = published.get((subject, link, what(value)), ())
        if theirs and value not in theirs and link != RDF_TYPE:
            yield _added(spot, value, theirs, vocabulary)


def _added(spot: Spot, value: Term, theirs: Sequence[Term], vocabulary: Vocabulary) -> Finding:
    new, *old = (
        {one: vocabulary.label(term.value, one) for one in ("fr", "en")}
        for term in (value, *theirs[:SAMPLES])
    )
    listed = {one: ", ".join(said[one] for said in old) for one in ("fr", "en")}
    return Finding(
        "beside-published",
        "warning",
        {
            "fr": f"« {new['fr']} » s’ajouterait à ce qui est publié (« {listed['fr']} ») sans le "
            "remplacer ; pour corriger, télécharger vos données, changer la cellule, les renvoyer",
            "en": f"“{new['en']}” would stand beside what is published (“{listed['en']}”) and not "
            "replace it; to correct, download your data, change the cell, send them back",
        },
        spot,
        new["fr"],
        listed,
    )


def _said(
    job: Job, found: list[Finding], filled: Sequence[cells.Sheet], made: rows.Made, helped: bool
) -> Read:
    """Return the triples in their graph, the findings, and the columns when a mapping helps."""
    graph = ox.NamedNode(target(job))
    quads = tuple(ox.Quad(*triple, graph) for triple in made.triples)  # type: ignore[arg-type]
    found = [*found, *made.findings]
    is_shown = helped or any(one.rule in ABOUT_COLUMNS for one in found)
    spots = made.spots
    return Read(
        quads,
        lambda number, _: spots[number],
        tuple(found),
        is_table=True,
        sheets=tuple(map(seen, filled)) if is_shown else (),
    )


ABOUT_COLUMNS: Final = frozenset(
    {"unknown-table", "unknown-column", "misnamed-column", "missing-column", "unnamed-column"}
)
"""The findings that saying what each column holds may answer."""
SAMPLES: Final = 3
SAMPLE_MAX: Final = 60


def seen(sheet: cells.Sheet) -> dict[str, Any]:
    """Return what is shown of a sheet to whom must say what its columns hold."""
    first, *others = sheet.rows
    return {
        "sheet": sheet.name,
        "rows": len(others),
        "headings": [shown(cell.text.strip()) for cell in first],
        "samples": [list(_samples(others, place)) for place in range(len(first))],
    }


def _samples(below: Sequence[list[cells.Cell]], place: int) -> Sequence[str]:
    found: dict[str, None] = {}
    for row in below:
        text = row[place].text.strip() if place < len(row) else ""
        if text:
            found[shown(text, SAMPLE_MAX)] = None
        if len(found) == SAMPLES:
            break
    return tuple(found)


@dataclass
class _Words:
    """The words of a generation, and the templates they make."""

    vocabulary: Vocabulary

    @cached_property
    def templates(self) -> dict[str, Template]:
        """Every template by the name of its class."""
        return {name: template(name, self.vocabulary) for name in CLASSES}

    def knows(self, sheet: cells.Sheet) -> bool:
        """Tell whether the headings of a sheet are those of a template."""
        return _choose(sheet, self) is not None


class _Held:
    """Words are gathered once for a generation: gathering them takes a while."""

    ground: Ground | None = None
    made: _Words | None = None


def _words(ground: Ground) -> _Words:
    if _Held.ground is not ground or _Held.made is None:
        given = ground.gathered
        inferred = ground.inferred if not ground.is_bare else ()
        triples = [*given.ontology, *given.shapes, *given.asserted, *inferred]
        vocabulary = Vocabulary(triples, ground.files.get("labels", {}))
        _Held.made, _Held.ground = _Words(vocabulary), ground
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


def _chosen(
    sheet: cells.Sheet, mapping: Mapping | None, lang: str, words: _Words
) -> _Chosen | None:
    """Return how a sheet is read, None when it is not."""
    if mapping is None:
        return _choose(sheet, words)
    if mapping.sheet and sheet.name != mapping.sheet:
        return None
    return _Chosen(_completed(mapping, words.vocabulary), lang)


def _choose(sheet: cells.Sheet, words: _Words) -> _Chosen | None:
    """Return the template whose headings a table has: its first column tells the class."""
    found = {key(cell.text) for cell in sheet.rows[0]}
    ways = [
        _Chosen(of_template(made, lang), lang)
        for made in words.templates.values()
        for lang in LANGUAGES
    ]
    scored = [
        (key(way.mapping.id) in found, sum(key(n) in found for n in headings(way.mapping)), way)
        for way in ways
    ]
    named, count, best = max(scored, key=lambda item: (item[0], item[1]))
    if named or count >= max(2, len(best.mapping.columns) // 2):
        return best
    return None


def _left_out(sheet: cells.Sheet) -> Finding:
    said = {
        "fr": f"la feuille « {sheet.name} » n’est pas lue : votre correspondance en lit une autre",
        "en": f"the sheet “{sheet.name}” is not read: your mapping reads another one",
    }
    return Finding("ignored-sheet", "info", said, sheet.spot(1, 1), sheet.name)


def _no_sheet(name: str, kept: Sequence[cells.Sheet]) -> Finding:
    listed = ", ".join(one.name for one in kept)
    said = {
        "fr": f"la correspondance parle de la feuille « {name} », absente de ce fichier",
        "en": f"the mapping speaks of the sheet “{name}”, which this file does not have",
    }
    return Finding("missing-sheet", "violation", said, Spot(1, 1), listed, same(name))


def _no_heading(sheet: cells.Sheet | None) -> Finding:
    said = {
        "fr": "la feuille est vide : la première ligne doit donner le nom des colonnes",
        "en": "the sheet is empty: the first line must give the names of the columns",
    }
    spot = sheet.spot(1, 1) if sheet else Spot(1, 1)
    return Finding("empty", "violation", said, spot, "0", same("≥ 1"))


def _unknown_table(sheet: cells.Sheet, words: _Words, lang: str) -> Finding:
    firsts = {
        one: [made.id_label(one) for made in words.templates.values()] for one in ("fr", "en")
    }
    listed = {
        "fr": ", ".join(f"« {name} »" for name in firsts["fr"]),
        "en": ", ".join(f"“{name}”" for name in firsts["en"]),
    }
    first = sheet.rows[0][0].text if sheet.rows[0] else ""
    return Finding(
        "unknown-table",
        "violation",
        {
            "fr": "ces colonnes ne sont celles d’aucun modèle : dire ce que contient chacune "
            "(page « Contribuer », ou une correspondance), ou reprendre les titres d’un modèle",
            "en": "these columns are those of no template: say what each one holds (page "
            "“Contribute”, or a mapping), or take the headings of a template",
        },
        sheet.spot(1, 1),
        seen=first,
        expected=listed,
        example=firsts["en" if lang == "en" else "fr"][0],
        fix=firsts["en" if lang == "en" else "fr"][0],
    )
