"""Ask at one generation what a receipt asks, or will; through the engine and its limits."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pyoxigraph as ox

from coopkg import answers, formats
from coopkg.engine import Admitted, Dataset, Limits, admit, columns
from coopkg.errors import UncitableError
from coopkg.serve.receipts import canonical, repeatable
from coopkg.serve.receipts.canonical import Found
from coopkg.serve.receipts.receipt import Request
from coopkg.serve.service import Service

MOST_BYTES: Final = 8 << 20
"""A longer result is not cited: it would be read whole, in the process that serves."""


def ask(service: Service, asked: Request, limits: Limits) -> Found:
    """Return the answer of a generation to what a receipt asks.

    Raises:
        UnknownError: it has no such question.
        ParameterError: a choice is not acceptable there.
        UncitableError: the answer has blank nodes that cannot be named.
        QueryError: the query did not answer.
    """
    if asked.question:
        return _question(service, asked)
    return _query(service, asked, admit(asked.query), limits)


def weigh(service: Service, asked: Request, limits: Limits) -> tuple[Found, bool, tuple[str, ...]]:
    """Return an answer to be cited, whether its order belongs to it, and the warnings.

    Raises:
        UncitableError: asked again, it could give another answer; and as `ask` does.
    """
    if asked.question:
        return _question(service, asked), False, ()
    admitted = admit(asked.query)
    plan = repeatable.plan(admitted)
    found = _query(service, asked, admitted, limits)
    if not plan.twice:
        return found, False, plan.warnings
    up, down = (_query(service, asked, admit(text), limits).lines() for text in plan.twice)
    lines = found.lines()
    if not sorted(up) == sorted(down) == sorted(lines):
        raise repeatable.cut()
    if not plan.is_ordered or found.form != "SELECT":
        return found, False, plan.warnings
    ordered = up == down == lines
    return found, ordered, plan.warnings if ordered else (repeatable.TIES, *plan.warnings)


def _question(service: Service, asked: Request) -> Found:
    """Return the rows of a question as its page shows them: hidden columns left out."""
    known = service.asked(
        asked.question, {k: [v] for k, v in asked.parameters.items()}, inference=asked.inference
    )
    rows = known.rows("fr")
    if not rows:
        answers.answer(known)  # refuses a value that nobody may choose
    names = [column.name for column in known.question.visible]
    return canonical.solutions(names, ([row.cells.get(name) for name in names] for row in rows))


def _query(service: Service, asked: Request, admitted: Admitted, limits: Limits) -> Found:
    is_graph = admitted.form in {"CONSTRUCT", "DESCRIBE"}
    written = formats.N_TRIPLES if is_graph else formats.JSON
    result = service.engine.run(
        admitted,
        accept=written.media_type,
        dataset=Dataset(asked.default_graphs or None, asked.named_graphs or None, asked.inference),
        limits=replace(limits, rows=0, result_bytes=min(limits.result_bytes, MOST_BYTES)),
    )
    if result.kind == "graph":
        quads = ox.parse(result.body, format=ox.RdfFormat.N_TRIPLES)
        return canonical.graph(str(admitted.form), (quad.triple for quad in quads))
    read = ox.parse_query_results(result.body, format=ox.QueryResultsFormat.JSON)
    if isinstance(read, ox.QueryBoolean):
        return canonical.boolean(bool(read))
    if not isinstance(read, ox.QuerySolutions):
        raise UncitableError("form", "résultat inattendu", "unexpected result")
    names = [variable.value for variable in read.variables]
    return canonical.solutions(*_table(names, [tuple(row) for row in read], admitted))


def _table(
    names: list[str], rows: list[tuple[canonical.Value, ...]], admitted: Admitted
) -> tuple[list[str], list[tuple[canonical.Value, ...]]]:
    """Return columns and rows; those of `SELECT *` in the order of their names.

    Its columns were shown so when the first receipts were given.
    """
    if columns.star(admitted.tokens) is None:
        return names, rows
    order = sorted(range(len(names)), key=names.__getitem__)
    return [names[at] for at in order], [tuple(row[at] for at in order) for row in rows]
