"""`coopkg ask`: a question from the terminal, answered as the service would."""

from __future__ import annotations

import json
import shlex
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from coopkg import answers, durable, engine, generation, search, tables
from coopkg.answers import Answer, Asked
from coopkg.config import Settings
from coopkg.errors import Lang, OutputError, ParameterError, UnknownError
from coopkg.search.typed import Reading
from coopkg.serve import present, question_view
from coopkg.serve import search as searching
from coopkg.serve.service import Service
from coopkg.typography import french

_NEAR: Final = 3
"""Questions proposed for a sentence that is not understood."""


def ask(settings: Settings, slug: str, values: Iterable[str], written: str, lang: Lang) -> bytes:
    """Return the answer to a question as a table, CSV, `excel` (its own CSV), JSON, Turtle or XLSX.

    A sentence does for the name of a question: how it was understood stands before the table, or
    on the standard error before another format.

    Raises:
        UnknownError: no such question, or a sentence that no question is sure to answer.
        ParameterError: a value is not acceptable, or is not written `parameter=value`.
        GenerationError: there is no generation to ask.
    """
    words = list(values)
    found = generation.current(settings.home)
    opened = engine.open_(found.file("store.nq"), settings, workers=1)
    try:
        service = Service.open(found, opened)
        understood = ""
        if _is_sentence(service, slug, words):
            reading = _understood(service, " ".join([slug, *words]), lang)
            understood = _said(service, reading, lang)
            asked = service.asked(reading.question.slug, reading.parameters)
        else:
            asked = service.asked(slug, read(words))
        if understood and written != "table":
            print(understood, file=sys.stderr, end="")
            understood = ""
        here = (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")
        if written == "xlsx":
            answer = answers.answer(asked, page=None, lang=lang)
            address = f"{here}/{lang}{question_view.address(answer, answer.parameters)}"
            return tables.as_workbook(asked, answer, lang, address)
        return (understood + _written(service, asked, written, lang)).encode()
    finally:
        opened.close()


def _is_sentence(service: Service, slug: str, values: Sequence[str]) -> bool:
    """Tell whether a question is typed as people do, in quotes or not, and not by its name."""
    plain = bool(values) and "-" not in slug and not any("=" in one for one in values)
    return slug not in service.questions and (" " in slug.strip() or plain)


def _understood(service: Service, sentence: str, lang: Lang) -> Reading:
    outcome = search.answer(searching.index(service), sentence)
    if outcome.understood is not None:
        return outcome.understood
    reason = outcome.refused or {
        "fr": "Ces mots ne demandent rien.",
        "en": "These words ask for nothing.",
    }
    near = outcome.offered[:_NEAR]
    titles = [searching.title(service, one.question.slug, one.parameters) for one in near]
    raise UnknownError(
        sentence,
        " ".join([reason["fr"], *(f"Proche : « {one['fr']} »" for one in titles)]),
        " ".join([reason["en"], *(f"Near: “{one['en']}”" for one in titles)]),
        tuple(one.question.slug for one in near),
    )


def _said(service: Service, reading: Reading, lang: Lang) -> str:
    """Say which question was understood, and how to ask it by its name."""
    slug, chosen = reading.question.slug, reading.parameters
    title = searching.title(service, slug, chosen)[lang]
    words = shlex.join([slug, *(f"{name}={value}" for name, value in chosen.items())])
    asked = french("Vous demandez : ") if lang == "fr" else "You are asking: "
    return f"{asked}{title}\n  coopkg ask {words}\n\n"


def write(text: bytes, out: Path | None, written: str) -> None:
    """Put an answer into a file, whole or not at all; on the standard output without one.

    Raises:
        OutputError: the file cannot be written, or a workbook would be written on a terminal.
    """
    if out is None and written == "xlsx" and sys.stdout.isatty():
        raise OutputError(
            "un classeur ne s’affiche pas dans un terminal : donnez un fichier, -o réponse.xlsx",
            "a workbook cannot be shown in a terminal: give a file, -o answer.xlsx",
        )
    if out is None:
        sys.stdout.flush()
        sys.stdout.buffer.write(text)
        sys.stdout.buffer.flush()
        return
    try:
        durable.write(out, text)
    except OSError as error:
        raise OutputError(*durable.explain(error, out)) from error


def read(values: Iterable[str]) -> dict[str, list[str]]:
    """Read `parameter=value` words.

    >>> read(["theme=culture"])
    {'theme': ['culture']}

    Raises:
        ParameterError: no equals sign.
    """
    found: dict[str, list[str]] = {}
    for word in values:
        name, equals, value = word.partition("=")
        if not equals:
            raise ParameterError(word, word, "paramètre=valeur", "parameter=value")
        found.setdefault(name, []).append(value)
    return found


def _written(service: Service, asked: Asked, written: str, lang: Lang) -> str:
    answer = answers.answer(asked, page=None, lang=lang)
    if written == "json":
        return json.dumps(answer.as_json(), ensure_ascii=False, indent=2) + "\n"
    if written == "csv":
        return answers.as_csv(answer)
    if written == "excel":
        return tables.as_spreadsheet_csv(answer, lang)
    if written == "ttl":
        return answers.as_turtle(answer, answers.triples(asked, lang))
    return table(answer, present.Names(service.catalogue, lang))


def table(answer: Answer, names: present.Names) -> str:
    """Return an answer for a terminal: its sentence, its rows in columns, its sources."""
    lang = names.lang
    parts = [answer.sentence[lang]]
    if answer.status in question_view.STATUS:
        parts.insert(0, question_view.STATUS[answer.status][lang == "en"].upper())
    parts += question_view.gap_words(answer.gaps, lang)
    parts.append(_rows(answer.columns, answer.rows, names))
    for one in answer.related:
        parts += [f"({one['reason'][lang]})", _rows(one["columns"], one["rows"], names)]
    said = ", ".join(source["label"][lang] for source in answer.sources)
    if said:
        parts.append(f"Sources\u00a0: {said}" if lang == "fr" else f"Sources: {said}")
    parts.append(f"[{answer.generation}]")
    return "\n".join(part for part in parts if part) + "\n"


def _rows(
    columns: Sequence[dict[str, Any]] | Sequence[Any], rows: Sequence[Any], names: present.Names
) -> str:
    if not rows:
        return ""
    drawn = question_view.table(columns, rows, names, "")
    lines = [[str(column["label"]) for column in drawn["columns"]]]
    lines += [[str(cell["text"]) for cell in row["cells"]] for row in drawn["rows"]]
    widths = [max(len(line[place]) for line in lines) for place in range(len(lines[0]))]
    return "\n".join(
        "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
