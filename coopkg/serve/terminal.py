"""`coopkg ask`: a question from the terminal, answered as the service would."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from coopkg import answers, durable, engine, generation, tables
from coopkg.answers import Answer, Asked
from coopkg.config import Settings
from coopkg.errors import Lang, OutputError, ParameterError
from coopkg.serve import present, question_view
from coopkg.serve.service import Service


def ask(settings: Settings, slug: str, values: Iterable[str], written: str, lang: Lang) -> bytes:
    """Return the answer to a question as a table, CSV, `excel` (its own CSV), JSON, Turtle or XLSX.

    Raises:
        UnknownError: no such question.
        ParameterError: a value is not acceptable, or is not written `parameter=value`.
        GenerationError: there is no generation to ask.
    """
    given = read(values)
    found = generation.current(settings.home)
    opened = engine.open_(found.file("store.nq"), settings, workers=1)
    try:
        service = Service.open(found, opened)
        asked = service.asked(slug, given)
        here = (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")
        if written == "xlsx":
            answer = answers.answer(asked, page=None, lang=lang)
            address = f"{here}/{lang}{question_view.address(answer, answer.parameters)}"
            return tables.as_workbook(asked, answer, lang, address)
        return _written(service, asked, written, lang).encode()
    finally:
        opened.close()


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
