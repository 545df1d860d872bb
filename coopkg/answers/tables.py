"""Answers as files: CSV for spreadsheets, Turtle for graphs."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers.assemble import Answer
from coopkg.terms import LANGUAGES, PREFIXES, Triple, compact
from coopkg.typography import is_symbol

BYTE_ORDER_MARK: Final = "\ufeff"
NUMERIC: Final = ("integer", "decimal", "year")
DATED: Final = ("answer.generation", "answer.published", "answer.status")
"""The last columns of a CSV; no variable of SPARQL has a point in its name."""
# Where a cell begins: at the start of the text, and after what a reader set to other marks takes
# for the end of a cell. What spreadsheets skip before the sign that makes a formula may follow.
_FORMULA: Final = re.compile(
    r"""(?P<skipped>(?:^|[;,|\t\r\n])[\s"\ufeff\u200b]*)(?P<marks>'*)(?P<sign>[=+\-@＝＋－＠])"""
)
_STARTS_BADLY: Final = re.compile(r"'*[\t\r\n]")


def as_csv(answer: Answer) -> str:
    """Return the rows of an answer as CSV (RFC 4180: commas, CRLF), with a byte order mark.

    An IRI column `x` is followed by its labels `x.fr` and `x.en`, a number that needs its symbol
    by it (`x.unit`, « % »); the last columns hold the
    generation, its date and the status of the answer, the same in each row: so no reader meets a
    line that is no row, and a row that is copied elsewhere stays dated. The mark makes
    spreadsheets read UTF-8. A text that a spreadsheet would run as a formula is made `harmless`.
    """
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    names = [name for column in answer.columns for name in _names(column)]
    writer.writerow([*names, *DATED])
    dated = (answer.generation, answer.published, answer.status)
    for row in answer.rows:
        cells = [text for column in answer.columns for text in _texts(column, row)]
        writer.writerow([*cells, *dated])
    return BYTE_ORDER_MARK + written.getvalue()


def _names(column: Mapping[str, Any]) -> list[str]:
    name = column["name"]
    if column["kind"] == "iri":
        return [name, *(f"{name}.{lang}" for lang in LANGUAGES)]
    return [name, f"{name}.unit"] if _symbol(column) else [name]


def _symbol(column: Mapping[str, Any]) -> str:
    """Return the unit without which a number says another thing, as « % » is."""
    unit = column["unit"]["en"] if column.get("unit") else ""
    return unit if is_symbol(unit) else ""


def _texts(column: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[str]:
    cell = row.get(column["name"])
    names = _names(column)
    if cell is None:
        yield from ("" for _ in names)
        return
    number = cell["type"] == "literal" and column["kind"] in NUMERIC
    yield cell["value"] if number and _is_number(cell["value"]) else harmless(cell["value"])
    if _symbol(column):
        yield _symbol(column)
    elif len(names) > 1:
        yield from (harmless(cell.get("label", {}).get(lang, "")) for lang in LANGUAGES)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def harmless(text: str) -> str:
    """Return a text that no spreadsheet runs as a formula (OWASP, CSV injection).

    An apostrophe is put before the sign, also after a `;` or another mark at which a spreadsheet
    of another country would cut the cell. `restored` takes it away again.

    >>> harmless("=HYPERLINK(1)"), harmless("a;=1"), harmless("'=1"), harmless("l'an -2")
    ("'=HYPERLINK(1)", "a;'=1", "''=1", "l'an -2")
    """
    safe = _FORMULA.sub(r"\g<skipped>\g<marks>'\g<sign>", text)
    return f"'{safe}" if _STARTS_BADLY.match(safe) else safe


def restored(text: str) -> str:
    """Return the text that `harmless` was given.

    >>> restored("'=HYPERLINK(1)"), restored("''=1"), restored("'tis")
    ('=HYPERLINK(1)', "'=1", "'tis")
    """
    plain = text[1:] if text.startswith("'") and _STARTS_BADLY.match(text) else text
    return _FORMULA.sub(lambda found: found["skipped"] + found["marks"][1:] + found["sign"], plain)


def as_turtle(answer: Answer, triples: Sequence[Triple]) -> str:
    """Return the triples of an answer as Turtle, its status, date and limits in comments."""
    written = [ox.Triple(*triple) for triple in triples]  # type: ignore[arg-type]  # never a literal subject
    names = (compact(term.value) for triple in triples for term in triple)
    short = {name.partition(":")[0] for name in names if "://" not in name}
    used = {name: iri for name, iri in PREFIXES.items() if name in short}
    text = ox.serialize(written, format=ox.RdfFormat.TURTLE, prefixes=used)
    assert text is not None  # no output was given, so bytes come back
    limits = (f"limit: {one['text']['en']}" for one in answer.notes)
    said = "".join(
        f"# {line}\n" for text in (answer.sentence["en"], *limits) for line in text.splitlines()
    )
    dated = f"# {answer.question}, generation {answer.generation}, {answer.published}\n"
    return f"{dated}# status: {answer.status}\n{said}\n{text.decode()}"
