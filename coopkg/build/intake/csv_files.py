"""CSV as people send it: `;` or `,` or tabs, with or without a mark, sometimes not in UTF-8."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

from coopkg.build.intake.cells import Cell, Sheet
from coopkg.build.intake.findings import Finding, Spot, Unreadable, same
from coopkg.build.intake.limits import LimitError, limit, over
from coopkg.contributions.job import Job

_MARKS: Final = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_TOLD: Final = re.compile(r"\s*\"?sep=([;,\t|])\"?[ ;,\t]*(?:\r?\n|\r|$)", re.IGNORECASE)
"""The first line by which a spreadsheet is told what separates columns."""
_UTF_8: Final = {
    "fr": "enregistrer sous « CSV UTF-8 »",
    "en": "save as “CSV UTF-8”",
}


def warm() -> None:
    """Load the encodings that are loaded when they are first used."""
    for name in ("utf-8-sig", "utf-16", "cp1252"):
        "é".encode(name).decode(name)
    list(csv.reader(["a;b"], strict=True))


def read(job: Job, body: bytes) -> tuple[list[Sheet], list[Finding]]:
    """Return the one sheet of a CSV file, and what was odd.

    Raises:
        Unreadable: a quote is never closed, or the file is no text.
        LimitError: a cell is too large.
    """
    text, odd = _decoded(body)
    if "\x00" in text:
        raise Unreadable(_binary(text))
    if not text.strip():
        return [Sheet("", [])], odd
    told = _TOLD.match(text)
    separator = told[1] if told else _separator(text)
    rows = [row for row in _rows(job, text, separator) if any(cell.text.strip() for cell in row)]
    rows = rows[1:] if told else rows
    return [Sheet("", rows, separator=separator)], odd


def _decoded(body: bytes) -> tuple[str, list[Finding]]:
    for mark, name in _MARKS:
        if body.startswith(mark):
            try:
                return body.decode(name), [_encoding("UTF-16", 1)]
            except UnicodeDecodeError as error:
                raise Unreadable(_encoding("UTF-16", 1, "violation")) from error
    try:
        return body.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
    try:
        return body.decode("cp1252"), [_encoding("Windows-1252", line)]
    except UnicodeDecodeError as error:
        raise Unreadable(_encoding("?", line, "violation")) from error


def _encoding(name: str, line: int, severity: str = "warning") -> Finding:
    what = (
        {"fr": "lu", "en": "read"}
        if severity == "warning"
        else {"fr": "illisible", "en": "unreadable"}
    )
    return Finding(
        "encoding",
        severity,  # type: ignore[arg-type]
        {
            "fr": f"le fichier n’est pas en UTF-8 ; {what['fr']} comme {name} : vérifier les "
            f"accents ; pour être sûr, {_UTF_8['fr']}",
            "en": f"the file is not in UTF-8; {what['en']} as {name}: check the accents; to be "
            f"sure, {_UTF_8['en']}",
        },
        Spot(line, 1),
        seen=name,
        expected=same("UTF-8"),
    )


def _binary(text: str) -> Finding:
    line = text.count("\n", 0, text.index("\x00")) + 1
    said = {
        "fr": "caractère nul : ce n’est pas un fichier CSV, ou il est abîmé",
        "en": "NUL character: this is no CSV file, or it is damaged",
    }
    return Finding("control-character", "violation", said, Spot(line, 1), "U+0000", _UTF_8)


def _separator(text: str) -> str:
    """Return what separates columns: the sign that the first line has most of, out of quotes.

    A line that has none, such as a title, tells nothing: the next one is looked at.
    """
    quoted = False
    counts = {";": 0, ",": 0, "\t": 0}
    for sign in text:
        if sign == '"':
            quoted = not quoted
        elif sign == "\n" and not quoted and any(counts.values()):
            break
        elif not quoted and sign in counts:
            counts[sign] += 1
    best = max(counts, key=lambda sign: counts[sign])
    return best if counts[best] else ","


def _rows(job: Job, text: str, separator: str) -> Iterator[list[Cell]]:
    before = csv.field_size_limit(limit(job, "literal"))  # of the whole process
    try:
        yield from _read(job, text, separator)
    finally:
        csv.field_size_limit(before)


def _read(job: Job, text: str, separator: str) -> Iterator[list[Cell]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    line, cells = 1, 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if "field larger" in str(error):
                raise LimitError(_large(job, text, line)) from error
            raise Unreadable(_unclosed(text, line, separator, str(error))) from error
        cells += len(row)
        if len(row) > limit(job, "columns"):
            raise LimitError(over(job, "columns", len(row)))
        if cells > limit(job, "cells"):
            raise LimitError(over(job, "cells", cells, at_least=True))
        yield [Cell(cell, line, column) for column, cell in enumerate(row, 1)]
        line = reader.line_num + 1


def _large(job: Job, text: str, line: int) -> Finding:
    size = max(map(len, text.splitlines()))
    found = over(job, "literal", size, at_least=True)
    return Finding(
        found.rule, "violation", found.message, Spot(line, 1), found.seen, found.expected
    )


def _unclosed(text: str, line: int, separator: str, detail: str) -> Finding:
    """Return what says that a quote is not closed, at the line of the row where it opens."""
    row = text.splitlines()[line - 1] if line <= len(text.splitlines()) else ""
    column = max(row.find('"'), 0) + 1
    return Finding(
        "csv-quote",
        "violation",
        {
            "fr": 'un guillemet " s’ouvre et ne se referme pas comme il faut : un texte qui '
            'contient un guillemet l’écrit deux fois, ""',
            "en": 'a quote " opens and is not closed as it should: a text that holds a quote '
            'writes it twice, ""',
        },
        Spot(line, column),
        seen=row[:120],
        expected=same('"…""…""…"'),
        example=f'"Centre ""Les Pins"""{separator}place:tunisie',
        fix=_balanced(row, separator),
        detail=detail,
    )


def _balanced(row: str, separator: str) -> str:
    parts = row.split(separator)
    mended = [
        '"' + part.strip('"').replace('"', '""') + '"' if '"' in part else part for part in parts
    ]
    return separator.join(mended)
