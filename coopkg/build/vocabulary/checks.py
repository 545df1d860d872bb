"""The rules that the shapes hold each term to: one row a property, found from the term."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from coopkg.build.vocabulary import constraints, words
from coopkg.build.vocabulary.triples import Triples
from coopkg.terms import compact, expand

Row: TypeAlias = dict[str, Any]
SEVERITIES: Final[Mapping[str, str]] = {
    expand("sh:Violation").value: "violation",
    expand("sh:Warning").value: "warning",
    expand("sh:Info").value: "info",
}
NODE_SHAPE: Final = expand("sh:NodeShape")


def checks(shapes: Triples) -> tuple[dict[str, Row], dict[str, list[str]]]:
    """Return the rules by name, and the names of those of each term.

    A class has the rules of what is of its kind. A property has those that look at its values,
    and those of whatever bears it.
    """
    rows: dict[str, Row] = {}
    of_term: dict[str, set[str]] = defaultdict(set)
    for shape in shapes.subjects("rdf:type", NODE_SHAPE):
        if not isinstance(shape, ox.NamedNode):
            continue
        aimed = {
            *shapes.named(shape, "sh:targetClass"),
            *shapes.named(shape, "sh:targetSubjectsOf"),
            *shapes.named(shape, "sh:targetObjectsOf"),
        }
        if not aimed and not shapes.values(shape, "sh:targetNode"):
            continue  # a part of other shapes, told where it is used
        for name, row, seen in _rows(shapes, shape):
            rows[name] = row
            for one in aimed | seen:
                of_term[one].add(name)
    order = {name: number for number, name in enumerate(sorted(rows))}
    return rows, {one: sorted(names, key=order.__getitem__) for one, names in of_term.items()}


def _rows(shapes: Triples, shape: Any) -> Iterator[tuple[str, Row, set[str]]]:
    who = constraints.target(shapes, shape)
    if own := constraints.expected(shapes, shape):
        yield compact(shape.value), _row(shapes, shape, who, own), set()
    for inner in sorted(shapes.values(shape, "sh:property"), key=str):
        (way,) = shapes.values(inner, "sh:path")
        row = _row(shapes, inner, who, constraints.expected(shapes, inner))
        row["path"] = constraints.path(shapes, way)
        # One property shape may serve several node shapes: each says whom it looks at.
        name = f"{compact(shape.value)} {compact(inner.value)}"
        yield name, row, constraints.properties(shapes, way)


def _row(shapes: Triples, shape: Any, who: words.Words, expected: list[words.Words]) -> Row:
    row: Row = {
        "who": who,
        "expected": expected,
        "name": words.text(shapes.values(shape, "sh:name")),
        "why": words.text(shapes.values(shape, "sh:description")),
        "severity": next(
            (SEVERITIES[one] for one in shapes.named(shape, "sh:severity")), "violation"
        ),
    }
    if any(one.value == "2" for one in shapes.values(shape, "coopsh:pass")):
        row["after"] = True
    return row
