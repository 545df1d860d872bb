"""Where sources disagree: different values for the same thing, each with who gives it. Pure.

Nothing is merged or preferred here. A disagreement is

* ``figure``: two figures that count the same, at the same time and place, with different values;
* ``value``: two values, from different sources, of a property that has one value only: `sh:maxCount
  1` in the shapes (a label: one a language), or a yes and a no;
* ``sum``: a printed total that is not the sum of its printed parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from itertools import combinations
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.quads import Quads
from coopkg.terms import BASE, PREFIXES, RDF_TYPE, Term, expand

VALUE: Final = expand("coop:value")
INDICATOR: Final = expand("coop:indicator")
TOTAL: Final = expand("coop:partOfTotal")
STATED: Final = expand("coop:isStatedTotal")
# What makes two figures count the same thing.
DIMENSIONS: Final = frozenset(
    expand(f"coop:{name}")
    for name in ("indicator", "year", "period", "zone", "country", "excludesZone", "expertOrigin")
)
_COUNTED: Final = DIMENSIONS | {VALUE, TOTAL}
_PATH: Final = expand("sh:path")
_MOST: Final = expand("sh:maxCount")
_LABELS: Final = frozenset({expand("skos:prefLabel")})
_BOOLEAN: Final = PREFIXES["xsd"] + "boolean"
# Copies of other graphs, and graphs that describe or check rather than state.
_APART: Final = frozenset(
    BASE + "graph/" + name for name in ("asserted", "inferred", "description", "shapes", "ontology")
)

Facts = Mapping[tuple[Term, ox.NamedNode], Mapping[Term, set[str]]]


def conflicts(quads: Iterable[ox.Quad]) -> list[dict[str, Any]]:
    """Return every disagreement.

    Shape: ``[{"kind", "about": iri, "property": iri, "sides": [{"line", "graphs": [iri…]}…]}…]``
    where ``line`` is a triple as N-Triples writes it, without its dot.
    """
    every = Quads.of(quads)
    single, stated = _single(every), _stated(every)
    facts = _facts(stated, [name for name in stated.properties if _matters(name, stated, single)])
    return [*_figures(facts), *_values(facts, single), *_sums(facts)]


def _stated(quads: Quads) -> Quads:
    """Return what sources state."""
    graphs = (
        places
        for graph, places in quads.graphs.items()
        if isinstance(graph, ox.NamedNode) and graph.value not in _APART
    )
    return Quads(quads.at(place for places in graphs for place in places))


def _matters(name: ox.NamedNode, quads: Quads, single: frozenset[str]) -> bool:
    """Tell whether a disagreement can be about a property."""
    if name in _COUNTED or name in _LABELS or name.value in single:
        return True
    return any(_is_boolean(quad.object) for quad in quads.saying(name))


def _is_boolean(term: Any) -> bool:
    return isinstance(term, ox.Literal) and term.datatype.value == _BOOLEAN


def _facts(quads: Quads, properties: Iterable[ox.NamedNode]) -> Facts:
    """Return the values of some properties of each thing, with the graphs that state each."""
    found: dict[tuple[Term, ox.NamedNode], dict[Term, set[str]]] = defaultdict(dict)
    for quad in quads.saying(*properties):
        graph, subject, value = quad.graph_name, quad.subject, quad.object
        if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
            continue
        assert isinstance(graph, ox.NamedNode)
        found[subject, quad.predicate].setdefault(value, set()).add(graph.value)
    return found


def _single(quads: Quads) -> frozenset[str]:
    """Return the properties of which the shapes allow one value."""
    paths: dict[Any, str] = {}
    most: set[Any] = set()
    for quad in quads.saying(_PATH):
        if isinstance(quad.object, ox.NamedNode):
            paths[quad.subject] = quad.object.value
    for quad in quads.saying(_MOST):
        if _text(quad.object) == "1":
            most.add(quad.subject)
    return frozenset(path for shape, path in paths.items() if shape in most)


def _text(term: Any) -> str:
    return term.value if isinstance(term, ox.Literal) else ""


# --- Figures -------------------------------------------------------------------------------


def _figures(facts: Facts) -> list[dict[str, Any]]:
    alike: dict[frozenset[tuple[str, str]], set[Term]] = defaultdict(set)
    for subject, predicate in facts:
        if predicate == INDICATOR:
            alike[_key(subject, facts)].add(subject)
    found = []
    for figures in alike.values():
        sides = [
            _side(figure, VALUE, value, graphs)
            for figure in sorted(figures, key=str)
            for value, graphs in sorted(facts.get((figure, VALUE), {}).items(), key=str)
        ]
        if len({_number(side["line"]) for side in sides}) > 1:
            found.append(_conflict("figure", min(figures, key=str), VALUE, sides))
    return sorted(found, key=lambda one: str(one["about"]))


def _key(figure: Term, facts: Facts) -> frozenset[tuple[str, str]]:
    return frozenset(
        (predicate.value, str(value))
        for predicate in DIMENSIONS
        for value in facts.get((figure, predicate), {})
    )


def _number(line: str) -> str:
    """Return the number at the end of a line, however it is written: 48 and 48.0 are one."""
    text = line.rsplit(" ", 1)[-1]
    try:
        return str(Decimal(text.split('"')[1]).normalize())
    except (InvalidOperation, IndexError):
        return text


# --- Values --------------------------------------------------------------------------------


def _values(facts: Facts, single: frozenset[str]) -> list[dict[str, Any]]:
    found = []
    for (subject, predicate), values in facts.items():
        if len(values) < 2 or predicate in (RDF_TYPE, VALUE):
            continue
        for group in _groups(predicate, values, single):
            if _disagree(group):
                sides = [
                    _side(subject, predicate, one, graphs)
                    for one, graphs in sorted(group.items(), key=str)
                ]
                found.append(_conflict("value", subject, predicate, sides))
    return sorted(found, key=lambda one: (str(one["about"]), str(one["property"])))


def _groups(
    predicate: ox.NamedNode, values: Mapping[Term, set[str]], single: frozenset[str]
) -> list[dict[Term, set[str]]]:
    """Return the values that exclude each other."""
    if predicate in _LABELS or predicate.value in single:
        by_language: dict[str, dict[Term, set[str]]] = defaultdict(dict)
        for value, graphs in values.items():
            language = value.language or "" if isinstance(value, ox.Literal) else ""
            by_language[language][value] = graphs
        return list(by_language.values())
    booleans: dict[Term, set[str]] = {
        value: graphs for value, graphs in values.items() if _is_boolean(value)
    }
    return [booleans]


def _disagree(values: Mapping[Term, set[str]]) -> bool:
    """Tell whether two sources that have nothing in common give different values."""
    return any(not (one & other) for one, other in combinations(values.values(), 2))


# --- Sums ----------------------------------------------------------------------------------


def _sums(facts: Facts) -> list[dict[str, Any]]:
    parts: dict[Term, list[Term]] = defaultdict(list)
    for (subject, predicate), totals in facts.items():
        if predicate == TOTAL:
            for total in totals:
                parts[total].append(subject)
    found = []
    for total, members in parts.items():
        stated = facts.get((total, VALUE), {})
        given = [facts.get((one, VALUE), {}) for one in sorted(members, key=str)]
        if len(stated) != 1 or any(len(one) != 1 for one in given):
            continue  # a figure with two values is a disagreement of its own
        values = [Decimal(value.value) for one in given for value in one]
        if sum(values) == Decimal(next(iter(stated)).value):
            continue
        sides = [
            _side(figure, VALUE, value, graphs)
            for figure in (total, *sorted(members, key=str))
            for value, graphs in facts[figure, VALUE].items()
        ]
        found.append(_conflict("sum", total, VALUE, sides))
    return sorted(found, key=lambda one: str(one["about"]))


def _side(subject: Term, predicate: ox.NamedNode, value: Term, graphs: set[str]) -> dict[str, Any]:
    return {"line": f"{subject} {predicate} {value}", "graphs": sorted(graphs)}


def _conflict(
    kind: str, about: Term, predicate: ox.NamedNode, sides: list[dict[str, Any]]
) -> dict[str, Any]:
    return {"kind": kind, "about": about.value, "property": predicate.value, "sides": sides}
