"""Answers as files: CSV for spreadsheets, Turtle for graphs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers.assemble import Answer
from coopkg.terms import LANGUAGES, PREFIXES, Triple, compact

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BYTE_ORDER_MARK: Final = "\ufeff"
NUMERIC: Final = ("integer", "decimal", "year")


def as_csv(answer: Answer) -> str:
    """Return the rows of an answer as CSV (RFC 4180: commas, CRLF), with a byte order mark.

    An IRI column `x` is followed by its labels `x.fr` and `x.en`. The mark makes spreadsheets
    read UTF-8. A text that a spreadsheet would run as a formula is preceded by an apostrophe.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([name for column in answer.columns for name in _names(column)])
    for row in answer.rows:
        writer.writerow([text for column in answer.columns for text in _texts(column, row)])
    return BYTE_ORDER_MARK + written.getvalue()


def _names(column: Mapping[str, Any]) -> list[str]:
    name = column["name"]
    return [name, *(f"{name}.{lang}" for lang in LANGUAGES)] if column["kind"] == "iri" else [name]


def _texts(column: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[str]:
    cell = row.get(column["name"])
    names = _names(column)
    if cell is None:
        yield from ("" for _ in names)
        return
    number = cell["type"] == "literal" and column["kind"] in NUMERIC
    yield cell["value"] if number and _is_number(cell["value"]) else harmless(cell["value"])
    if len(names) > 1:
        yield from (harmless(cell.get("label", {}).get(lang, "")) for lang in LANGUAGES)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula (OWASP, CSV injection).

    >>> harmless("=HYPERLINK(1)")
    "'=HYPERLINK(1)"
    """
    return f"'{text}" if text.startswith(FORMULA) else text


def as_turtle(answer: Answer, triples: Sequence[Triple]) -> str:
    """Return the triples of an answer as Turtle, its status and its date in comments."""
    written = [ox.Triple(*triple) for triple in triples]  # type: ignore[arg-type]  # never a literal subject
    names = (compact(term.value) for triple in triples for term in triple)
    short = {name.partition(":")[0] for name in names if "://" not in name}
    used = {name: iri for name, iri in PREFIXES.items() if name in short}
    text = ox.serialize(written, format=ox.RdfFormat.TURTLE, prefixes=used)
    assert text is not None  # no output was given, so bytes come back
    said = "".join(f"# {line}\n" for line in answer.sentence["en"].splitlines())
    dated = f"# {answer.question}, generation {answer.generation}, {answer.published}\n"
    return f"{dated}# status: {answer.status}\n{said}\n{text.decode()}"
