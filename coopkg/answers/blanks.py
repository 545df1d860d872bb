"""Why a cell is empty: the column does not apply to its row, or the sources do not say.

By the shapes, sealed in `coverage.json`: what is counted over a period has no year to be missing.
Where they do not tell, the sources are only silent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pyoxigraph as ox

from coopkg.answers.relation import Row
from coopkg.questions import Column, Evidence, Pattern


def inapplicable(
    columns: Sequence[Column], found: Sequence[Row], evidence: Evidence, sealed: Mapping[str, Any]
) -> list[list[str]]:
    """Return, for each row, the empty columns that do not apply to it."""
    if not sealed:
        return [[] for _ in found]
    verbs = evidence.verbs
    behind = {
        column.name: [
            replace(one, predicate=verbs.get(one.predicate, one.predicate))
            for one in evidence.template
            if one.value == f"?{column.name}"
        ]
        for column in columns
    }
    return [
        [
            column.name
            for column in columns
            if column.name not in row.cells and _never(column.name, row, behind, sealed)
        ]
        for row in found
    ]


def _never(
    name: str, row: Row, behind: Mapping[str, Sequence[Pattern]], sealed: Mapping[str, Any]
) -> bool:
    """Tell whether no pattern behind a column could have a value in a row."""
    patterns = behind.get(name, ())
    return bool(patterns) and all(_excluded(one, row, behind, sealed) for one in patterns)


def _excluded(
    pattern: Pattern,
    row: Row,
    behind: Mapping[str, Sequence[Pattern]],
    sealed: Mapping[str, Any],
) -> bool:
    verb = pattern.predicate[1:-1]
    if pattern.predicate.startswith("?"):
        return False
    if not pattern.subject.startswith("?"):
        return not _applies(verb, pattern.subject[1:-1], sealed)
    holder = row.value(pattern.subject[1:])
    if holder is None:  # what it would be said of is not there either
        return pattern.subject[1:] in behind and _never(pattern.subject[1:], row, behind, sealed)
    return isinstance(holder, ox.NamedNode) and not _applies(verb, holder.value, sealed)


def _applies(verb: str, thing: str, sealed: Mapping[str, Any]) -> bool:
    """Tell whether a thing may have a property, by the shapes that are for it."""
    for shape in sealed["of"].get(thing, ()):
        if shape in sealed["allowed"] and verb not in sealed["allowed"][shape]:
            return False
        there = sealed["has"].get(thing, ())
        for group in sealed["either"].get(shape, ()):
            if verb in group and any(one != verb and one in there for one in group):
                return False
    return True


def note(columns: Sequence[Column], blank: Sequence[Sequence[str]]) -> list[dict[str, Any]]:
    """Say in words which columns do not apply to some rows, for files whose cells are empty."""
    counts = {
        column: number for column in columns if (number := sum(column.name in one for one in blank))
    }
    if not counts:
        return []
    fr = ", ".join(
        f"«\u00a0{one.label.fr}\u00a0» ({number} {'ligne' if number < 2 else 'lignes'})"
        for one, number in counts.items()
    )
    en = ", ".join(
        f"“{one.label.en}” ({number} {'row' if number == 1 else 'rows'})"
        for one, number in counts.items()
    )
    text = {
        "fr": f"Cellules vides parce que sans objet (rien n’y manque)\u00a0: {fr}.",
        "en": f"Cells empty because they do not apply (nothing is missing there): {en}.",
    }
    return [{"kind": "inapplicable", "text": text}]
