"""What a question computes, and what it asks not to be there, read from its algebra."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Identifier, Literal, URIRef, Variable

from coopkg.build.algebra import algebra
from coopkg.build.bridge import from_rdflib
from coopkg.questions import Pattern, Question
from coopkg.questions.computed import Computed, Formula, Members
from coopkg.questions.question import head
from coopkg.sparql_text import outer_group

_AGGREGATES: Final = {
    "Aggregate_Count": "count",
    "Aggregate_Sum": "sum",
    "Aggregate_Min": "min",
    "Aggregate_Max": "max",
    "Aggregate_Avg": "mean",
}
_ROUNDED: Final = {
    "Builtin_ROUND": "round",
    "Builtin_CEIL": "ceil",
    "Builtin_FLOOR": "floor",
    "Builtin_ABS": "abs",
}
_ARITHMETIC: Final = frozenset({"MultiplicativeExpression", "AdditiveExpression"})


def computed(question: Question) -> Computed:
    """Return the columns that a question computes from numbers or by counting rows."""
    query = algebra(question.text)
    aggregates = _aggregates(query)
    shown = {column.name for column in question.columns}
    formulas: dict[str, Formula] = {}
    for node in _nodes(query):
        if node.name == "Extend" and str(node.var) in shown:
            formula = _formula(node.expr, aggregates)
            if formula and formula[0] not in {"var", "number"}:
                formulas[str(node.var)] = formula
    members = _members(question, query) if aggregates and formulas else None
    ordered = [column.name for column in question.columns if column.name in formulas]
    return Computed({name: formulas[name] for name in ordered}, members)


def _aggregates(query: CompValue) -> dict[str, Formula]:
    """Return what stands behind the variables that the parser puts for aggregates."""
    found: dict[str, Formula] = {}
    for node in _nodes(query):
        if node.name != "AggregateJoin":
            continue
        for one in node.A:
            kind = _AGGREGATES.get(one.name)
            if kind and isinstance(one.vars, Variable):
                distinct = kind == "count" and one.distinct
                found[str(one.res)] = (f"{kind}-distinct" if distinct else kind, _var(one.vars))
            elif one.name == "Aggregate_Sample" and isinstance(one.vars, Variable):
                found[str(one.res)] = _var(one.vars)
    return found


def _var(name: Any) -> Formula:
    return ("var", str(name))


def _formula(node: Any, aggregates: dict[str, Formula]) -> Formula | None:
    """Return an expression as a formula; None when it is anything but numbers and aggregates."""
    if isinstance(node, Variable):
        return aggregates.get(str(node), _var(node))
    if isinstance(node, Literal):
        return ("number", str(node)) if node.datatype else None
    if not isinstance(node, CompValue):
        return None
    if node.name == "Function" and len(node.expr) == 1:  # a cast keeps the value
        return _formula(node.expr[0], aggregates)
    if node.name in _ROUNDED:
        inner = _formula(node.arg, aggregates)
        return (_ROUNDED[node.name], inner) if inner else None
    if node.name in _ARITHMETIC:
        return _operations(node, aggregates)
    if node.name == "RelationalExpression" and node.op == "=":
        sides = (_formula(node.expr, aggregates), _formula(node.other, aggregates))
        return ("=", *sides) if all(sides) else None
    return None


def _operations(node: CompValue, aggregates: dict[str, Formula]) -> Formula | None:
    result = _formula(node.expr, aggregates)
    for operation, operand in zip(node.op, node.other, strict=True):
        other = _formula(operand, aggregates)
        if result is None or other is None:
            return None
        result = (operation, result, other)
    return result


def _members(question: Question, query: CompValue) -> Members:
    """Return the query of the rows that the aggregates of a question are made of."""
    (group,) = (node for node in _nodes(query) if node.name == "Group")
    keys = tuple(str(one) for one in group.expr or ())
    triples = [triple for node in _nodes(group.p) for triple in _triples(node)]
    names = {str(part) for triple in triples for part in triple if isinstance(part, Variable)}
    variables = tuple(sorted(names))
    objects: dict[str, set[str]] = defaultdict(set)
    for _, predicate, value in triples:
        if isinstance(value, Variable) and isinstance(predicate, URIRef):
            objects[str(value)].add(str(predicate))
    start, end = outer_group(question.text)
    listed = " ".join(f"?{name}" for name in variables)
    where = question.text[start:end]
    text = f"{head(question.text).rstrip()}\nSELECT DISTINCT {listed} WHERE {where}\n"
    origins = {name: one for name, (one, *more) in objects.items() if not more}
    return Members(text.lstrip(), keys, variables, dict(sorted(origins.items())))


# --- What must not be there ----------------------------------------------------------------


def absent(question: Question) -> tuple[tuple[Pattern, ...], ...]:
    """Return the groups of patterns that a question asks not to be there, or whether they are.

    Those of NOT EXISTS, EXISTS and MINUS, of the main query.
    """
    found: dict[tuple[Pattern, ...], None] = {}
    for node in _nodes(algebra(question.text)):
        inner = None
        if node.name in {"Builtin_NOTEXISTS", "Builtin_EXISTS"}:
            inner = node.graph
        elif node.name == "Minus":
            inner = node.p2
        if inner is not None:
            patterns = tuple(
                Pattern(*(_text(part) for part in triple))
                for one in _nodes(inner)
                for triple in _triples(one)
            )
            found[tuple(sorted(dict.fromkeys(patterns), key=str))] = None
    return tuple(group for group in found if group)


def _triples(node: CompValue) -> Iterator[tuple[Identifier, Identifier, Identifier]]:
    """Yield the triples of a node; inside EXISTS the parser may leave them as flat lists."""
    if node.name not in {"BGP", "TriplesBlock"}:
        return
    for one in node.triples or ():
        parts = list(one)
        for place in range(0, len(parts), 3):
            yield tuple(parts[place : place + 3])


def _text(part: Any) -> str:
    return f"?{part}" if isinstance(part, Variable) else str(from_rdflib(part))


def _nodes(node: Any) -> Iterator[CompValue]:
    if isinstance(node, CompValue):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, Iterable) and not isinstance(node, str | Identifier):
        for value in node:
            yield from _nodes(value)
