"""Text of `queries/<slug>.rq` in, `Question` out; whatever is wrong is refused by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from coopkg.errors import ParameterError, QuestionError
from coopkg.questions import binding, coherence, templates
from coopkg.questions.fields import Bilingual, Table, fault, header
from coopkg.questions.question import (
    CATEGORIES,
    COLUMN_KINDS,
    FIGURES,
    NOTE_KINDS,
    VIEWS,
    Column,
    Drawn,
    Note,
    Question,
    Related,
    head,
)
from coopkg.terms import LANGUAGES, PREFIXES, expand

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_FACT: Final = re.compile(r"[FX][0-9]+")
APART: Final = frozenset({"entity"})
"""Queries of the service itself, which are no questions of the catalogue."""
SENTENCES: Final = {True: ("none", "yes", "no"), False: ("none", "one", "many")}
"""The sentences of a yes/no question, and of all others."""
POSSIBLE: Final = "possible"
"""The sentence of an answer whose every row has a `force` that says possible; optional."""


def load(folder: Path) -> dict[str, Question]:
    """Read every question of a folder, by slug.

    Raises:
        QuestionError: at least one file is not a question; all the reasons are given.
    """
    return read_all({path.stem: _text(path) for path in sorted(folder.glob("*.rq"))})


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise QuestionError(
            path.stem,
            f"queries/{path.name}, ligne {line} : le fichier n’est pas en UTF-8",
            f"queries/{path.name}, line {line}: the file is not UTF-8",
        ) from error
    except OSError as error:
        raise QuestionError(
            path.stem,
            f"queries/{path.name} : le fichier ne peut pas être lu",
            f"queries/{path.name}: the file cannot be read",
        ) from error


def read_all(texts: Mapping[str, str]) -> dict[str, Question]:
    """Read questions from their texts, by slug; raises as `load` does."""
    questions: dict[str, Question] = {}
    errors: list[QuestionError] = []
    for slug, text in texts.items():
        if slug in APART:
            continue
        try:
            questions[slug] = read(slug, text)
        except QuestionError as error:
            errors.append(error)
    if errors:
        fr, en = ("\n".join(error.message(lang) for error in errors) for lang in ("fr", "en"))
        raise errors[0] if len(errors) == 1 else QuestionError("queries", fr, en)
    return questions


def read(slug: str, text: str) -> Question:
    """Read one question from its text.

    Raises:
        QuestionError: naming the file, the key or the line, and the nearest known key.
    """
    if not _SLUG.fullmatch(slug):
        raise fault(
            slug,
            "",
            "le nom du fichier doit être fait de a-z, 0-9 et de tirets",
            "",
            "the file must be named with a-z, 0-9 and hyphens",
        )
    table = Table(slug, "", header(slug, text))
    names = coherence.variables(table, "", text)
    prologue = head(text)
    parameters = tuple(_parameters(table, names, prologue))
    columns = _columns(table, names, parameters)
    gap = table.table("gap")
    question = Question(
        slug=slug,
        text=text,
        title=table.both("title"),
        help=table.both("help"),
        category=table.one_of("category", CATEGORIES),
        view=table.one_of("view", VIEWS),
        sentences=_sentences(table),
        columns=tuple(columns[name] for name in names),
        extra=tuple(column for name, column in columns.items() if name not in names),
        parameters=parameters,
        counted=_counted(table, [columns[name] for name in names]),
        sort=table.names("sort"),
        required=bool(table.get("required", bool, False)),
        related=tuple(_related(table, prologue)),
        gap=_inner(gap, "query", prologue) if "gap" in table else None,
        evidence=_inner(table, "evidence", prologue) if "evidence" in table else None,
        derived=table.get("derived", (bool, list), False) is True,
        exhaustive=table.get("exhaustive", bool),
        notes=tuple(_notes(table)),
        figures=tuple(_figures(table, names)),
        sources=_sources(table),
        asked=_asked(table, {one.name for one in parameters}),
    )
    gap.close()
    table.close()
    coherence.check(question, table)
    return question


def _inner(table: Table, key: str, prologue: str) -> str:
    return f"{prologue}{table.text(key)}\n"


def _parameters(table: Table, names: Iterable[str], prologue: str) -> Iterable[binding.Parameter]:
    for name, inner in table.named("parameters").items():
        if name in binding.RESERVED:
            inner.refuse("kind", f"« {name} » est réservé", f"{name!r} is reserved")
        if name not in names:
            inner.refuse(
                "kind",
                "un paramètre doit être une variable du SELECT",
                "a parameter must be a variable listed by SELECT",
            )
        parameter = binding.Parameter(
            name=name,
            kind=inner.one_of("kind", binding.KINDS),
            label=inner.both("label"),
            help=inner.both("help"),
            example=inner.text("example"),
            any_words=inner.maybe_both("any") or coherence.ANY,
            base=_base(inner),
            lang=_lang(inner),
            required=bool(inner.get("required", bool, False)),
            domain=_inner(inner, "domain", prologue) if "domain" in inner else None,
        )
        inner.close()
        _example_is_readable(inner, parameter)
        if parameter.domain and name not in coherence.variables(inner, "domain", parameter.domain):
            inner.refuse(
                "domain", f"le domaine doit donner ?{name}", f"the domain must select ?{name}"
            )
        yield parameter


def _base(table: Table) -> str:
    base = str(table.get("base", str, ""))
    if base and base.removesuffix(":") not in PREFIXES:
        table.refuse("base", f"préfixe inconnu : {base}", f"unknown prefix: {base}")
    return PREFIXES[base.removesuffix(":")] if base else ""


def _lang(table: Table) -> str:
    if "lang" not in table:
        return ""
    if table.get("kind", str) != "text":
        table.refuse("lang", "seul un texte a une langue", "only a text has a language")
    return table.one_of("lang", LANGUAGES)


def _example_is_readable(table: Table, parameter: binding.Parameter) -> None:
    try:
        parameter.read(parameter.example)
    except ParameterError as error:
        table.refuse("example", error.message("fr"), error.message("en"))


def _columns(
    table: Table, names: tuple[str, ...], parameters: tuple[binding.Parameter, ...]
) -> dict[str, Column]:
    """Return every column described, by name; a parameter describes its own."""
    given = {one.name: one for one in parameters}
    derived = table.get("derived", (bool, list), False)
    computed = frozenset(table.names("derived") if isinstance(derived, list) else ())
    described = {
        name: _column(inner, name, given.get(name), name in computed)
        for name, inner in table.named("columns").items()
    }
    for name, parameter in given.items():
        described.setdefault(name, Column(name, parameter.kind, parameter.label))
    for name in names:
        if name not in described:
            table.refuse(f"columns.{name}", "colonne non décrite", "column without a description")
    for name in computed:
        if name not in described:
            table.refuse("derived", f"colonne inconnue : {name}", f"unknown column: {name}")
    return described


def _counted(table: Table, columns: list[Column]) -> str:
    shown = [column.name for column in columns if not column.hidden]
    if not shown:
        table.refuse("columns", "aucune colonne visible", "no visible column")
    return table.one_of("counted", shown, shown[0])


def _column(table: Table, name: str, parameter: binding.Parameter | None, computed: bool) -> Column:
    label = table.maybe_both("label") or (parameter.label if parameter else None)
    column = Column(
        name=name,
        kind=table.one_of("kind", COLUMN_KINDS, parameter.kind if parameter else "iri"),
        label=label or table.both("label"),
        unit=table.maybe_both("unit"),
        hidden=bool(table.get("hidden", bool, False)),
        derived=computed,
    )
    table.close()
    return column


def _sentences(table: Table) -> dict[str, Bilingual]:
    inner = table.table("sentence")
    found = {name: inner.both(name) for name in SENTENCES[table.get("view", str) == "yes-no"]}
    found |= {name: inner.both(name) for name in (POSSIBLE, coherence.ROW) if inner.get(name, dict)}
    inner.close()
    return found


def _related(table: Table, prologue: str) -> Iterable[Related]:
    for inner in table.tables("related"):
        reason, query = inner.both("reason"), _inner(inner, "query", prologue)
        yield Related(reason, query, inner.names("unlike"))
        inner.close()


def _notes(table: Table) -> Iterable[Note]:
    for inner in table.tables("notes"):
        kind = inner.one_of("kind", NOTE_KINDS)
        yield Note(kind, inner.bilingual())


def _figures(table: Table, names: Iterable[str]) -> Iterable[Drawn]:
    for inner in table.tables("figures"):
        kind = inner.one_of("kind", FIGURES)
        yield Drawn(kind, {part: inner.one_of(part, names) for part in FIGURES[kind]})
        inner.close()


def _asked(table: Table, known: set[str]) -> dict[str, tuple[str, ...]]:
    """Return the other ways to ask a question, whose blanks are its parameters."""
    inner = table.table("asked")
    found = {lang: inner.names(lang) for lang in LANGUAGES}
    for lang, texts in found.items():
        for text in texts:
            _blanks(inner, lang, text, known)
    if bool(found["fr"]) != bool(found["en"]):
        inner.need("en" if found["fr"] else "fr", list)
    inner.close()
    return found


def _blanks(table: Table, key: str, text: str, known: set[str]) -> None:
    try:
        named = {slot.name for slot in templates.slots(text)}
    except ValueError as error:
        table.refuse(key, f"« {text} » : {error}", f"{text!r}: {error}")
    for name in sorted(named - known):
        listed = ", ".join(sorted(known))
        table.refuse(
            key,
            f"« {{{name}}} » n’est pas un paramètre ; paramètres : {listed}",
            f"{{{name}}} is no parameter; parameters: {listed}",
        )


def _sources(table: Table) -> tuple[str, ...]:
    for name in table.names("sources"):
        try:
            _FACT.fullmatch(name) or expand(name)
        except ValueError:
            table.refuse("sources", f"nom inconnu : {name}", f"unknown name: {name}")
    return table.names("sources")
