"""What figures leave open, from the data: what they count, and a last year that may be incomplete.

A source without a date may have been written before its last year was over: that year can be lower
for this reason alone, and no trend is read from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from coopkg.answers.catalogue import Catalogue
from coopkg.answers.relation import Row
from coopkg.questions import Column
from coopkg.typography import french

Note = dict[str, Any]
KINDS: Final = frozenset({"unsaid", "partial"})
"""The kinds of these notes: they go with a figure wherever it is drawn."""


def of(
    columns: Sequence[Column],
    found: Sequence[Row],
    lines: Iterable[str],
    documents: Sequence[Mapping[str, Any]],
    catalogue: Catalogue,
) -> list[Note]:
    """Return the limits of the figures of an answer; `lines` are the triples that it rests on."""
    yearly = [column.name for column in columns if column.kind == "year"]
    cells = (row.value(name) for row in found for name in yearly)
    years = {int(one.value) for one in cells if one is not None and one.value.isdigit()}
    ends: Mapping[str, int] = catalogue.coverage.get("ends", {})
    periods = {ends[t.value] for row in found for t in row.terms() if t.value in ends}
    return [
        *_counted(lines, catalogue),
        *partial(years, documents),
        *(partial(periods - years, documents, within=True)),
    ]


def _counted(lines: Iterable[str], catalogue: Catalogue) -> list[Note]:
    """Return what the sources do not say of what the figures count."""
    known: Mapping[str, Sequence[Mapping[str, str]]] = catalogue.coverage.get("limits", {})
    if not known:
        return []
    named = {end[1:-1] for line in lines for end in _ends(line)}
    notes = {one["gap"]: one for iri in sorted(named & known.keys()) for one in known[iri]}
    return [
        {"kind": "unsaid", "text": {"fr": french(one["fr"]), "en": one["en"]}, "gap": gap}
        for gap, one in notes.items()
        if "fr" in one and "en" in one
    ]


def _ends(line: str) -> tuple[str, str]:
    subject, _, value = line.split(" ", 2)
    return subject, value


def partial(
    years: Iterable[int], documents: Sequence[Mapping[str, Any]], *, within: bool = False
) -> list[Note]:
    """Return a note for a last year that may be incomplete; `within` a period that ends with it."""
    last = {one["until"] for one in documents if one["until"] is not None and not one["dated"]}
    return [_partial(year, within) for year in sorted(last & set(years))]


def _partial(year: int, within: bool) -> Note:
    fr = f"{year} est la dernière année dont parle la source, qui ne porte pas de date\u00a0: "
    en = f"{year} is the last year the source speaks of, and the source bears no date: "
    if within:
        fr += f"la période, qui va jusqu’en {year}, peut être incomplète."
        en += f"the period, which runs until {year}, may be incomplete."
    else:
        fr += "cette année peut être incomplète, et aucune évolution ne s’en déduit."
        en += "that year may be incomplete, and no trend can be read from it."
    return {"kind": "partial", "text": {"fr": fr, "en": en}, "year": year}
