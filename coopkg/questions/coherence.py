"""What ties several keys of a question together: its queries, its columns, its sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from coopkg.questions import templates
from coopkg.questions.binding import Parameter
from coopkg.questions.fields import Bilingual, Table
from coopkg.questions.question import Question

ANY: Final = Bilingual("(tous)", "(any)")
"""What a parameter nobody chose a value for is called, when its description does not say."""


ROW: Final = "row"
"""How `{rows}` writes one row of an answer; an optional sentence."""


def variables(table: Table, key: str, query: str) -> tuple[str, ...]:
    """Return the variables a SELECT query lists, in order.

    Raises:
        QuestionError: not SPARQL, with the words of the parser; or not a SELECT.
    """
    try:
        # An empty store answers at once, yet refuses bad syntax.
        results = ox.Store().query(query)
    except (SyntaxError, ValueError) as error:
        table.refuse(key or "SELECT", f"SPARQL illisible : {error}", f"not SPARQL: {error}")
    if not isinstance(results, ox.QuerySolutions):
        table.refuse(key or "SELECT", "un SELECT est attendu", "a SELECT is expected")
    return tuple(variable.value for variable in results.variables)


def check(question: Question, table: Table) -> None:
    """Refuse a question whose keys disagree.

    Raises:
        QuestionError: naming the key and what it contradicts.
    """
    names = {column.name for column in question.columns}
    for name in question.sort:
        if name.removeprefix("-") not in names:
            table.refuse("sort", f"colonne inconnue : {name}", f"unknown column: {name}")
    booleans = [column for column in question.columns if column.kind == "boolean"]
    if question.view == "yes-no" and len(booleans) != 1:
        table.refuse("view", "une colonne « boolean » est attendue", "one boolean column expected")
    for parameter in question.parameters:
        if question.view == "yes-no" and not parameter.required:
            key = f"parameters.{parameter.name}.required"
            table.refuse(key, "un oui ou non exige ses choix", "a yes or no needs its choices")
    _related(question, table)
    _gap(question, table)
    for key, text, allowed in _templates(question):
        for lang in ("fr", "en"):
            _slots(question, table, (f"{key}.{lang}", text[lang]), allowed)


def _related(question: Question, table: Table) -> None:
    described = {column.name for column in (*question.columns, *question.extra)}
    wanted = {one.name for one in question.parameters} | {question.counted}
    used: set[str] = set()
    for number, related in enumerate(question.related, 1):
        key = f"related[{number}].query"
        got = set(variables(table, key, related.query))
        _listed(table, key, wanted - got)
        for name in sorted(got - described):
            table.refuse(f"columns.{name}", f"non décrite ({key})", f"not described ({key})")
        for name in sorted(set(related.unlike) - {one.name for one in question.parameters}):
            inner = f"related[{number}].unlike"
            table.refuse(inner, f"« {name} » n’est pas un choix", f"{name!r} is no choice")
        used |= got
    for column in question.extra:
        if column.name not in used:
            table.refuse(f"columns.{column.name}", "aucune requête ne la donne", "never selected")


def _gap(question: Question, table: Table) -> None:
    if question.gap is not None:
        wanted = {one.name for one in question.parameters} | {"gap"}
        _listed(table, "gap.query", wanted - set(variables(table, "gap.query", question.gap)))


def _listed(table: Table, key: str, missing: set[str]) -> None:
    for name in sorted(missing):
        table.refuse(key, f"?{name} n’est pas dans le SELECT", f"?{name} is not listed by SELECT")


def _templates(question: Question) -> Iterator[tuple[str, Bilingual, set[str]]]:
    given = {one.name for one in question.parameters}
    yield "title", question.title, given
    for key, text in question.sentences.items():
        columns = {column.name for column in question.columns} if key != "none" else set()
        if key == ROW:
            yield f"sentence.{key}", text, {*given, *columns}
            continue
        listed = {"rows"} if ROW in question.sentences and key != "none" else set()
        yield f"sentence.{key}", text, {"count", *listed, *given, *columns}


def _slots(question: Question, table: Table, keyed: tuple[str, str], allowed: set[str]) -> None:
    key, template = keyed
    try:
        found = list(templates.slots(template))
    except ValueError as error:
        table.refuse(key, f"gabarit : {error}", f"template: {error}")
    given: dict[str, Parameter] = {one.name: one for one in question.parameters}
    for slot in found:
        if slot.name not in allowed:
            listed = ", ".join(sorted(allowed)) or "–"
            table.refuse(key, f"{slot} : seuls {listed}", f"{slot}: only {listed}")
        if slot.form == "each" and key.startswith(("title", "sentence.none")):
            table.refuse(key, f"{slot} : aucune ligne ici", f"{slot}: there are no rows here")
        is_any = slot.form != "each" and not key.startswith(f"sentence.{ROW}")
        parameter = given.get(slot.name) if is_any else None
        if parameter and not parameter.required and parameter.any_words == ANY:
            name = f"parameters.{slot.name}.any"
            table.refuse(name, f"absente, or {key} emploie {slot}", f"missing, yet {key} uses it")
