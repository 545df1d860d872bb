"""XLSX workbooks: what their cells hold, never what a formula would compute.

A workbook is a zip of XML files: how much it unpacks to is known, and limited, before it is.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from typing import Any, Final

from coopkg import workbooks as library
from coopkg.build.intake.cells import Cell, Sheet
from coopkg.build.intake.findings import Finding, Spot, Unreadable
from coopkg.build.intake.limits import LimitError, limit, over
from coopkg.contributions.job import Job

_MERGED: Final = re.compile(rb'<mergeCell\s+ref="([A-Z]+\d+:[A-Z]+\d+)"')
_DTD: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_RATIO: Final = 200
_ENTRIES: Final = 500


def warm() -> None:
    """Load what openpyxl loads late, by reading back a workbook of one cell."""
    book = library.Workbook()
    book.create_sheet()["A1"] = datetime(2016, 9, 1)
    written = io.BytesIO()
    book.save(written)
    for sheet in library.load_workbook(written, read_only=True).worksheets:
        list(sheet.iter_rows())


def read(job: Job, body: bytes) -> tuple[list[Sheet], list[Finding]]:
    """Return the sheets of a workbook, and what is odd.

    Raises:
        Unreadable: it is no workbook.
        LimitError: it unpacks to too much.
    """
    parts = _parts(job, body)
    try:
        book = library.load_workbook(io.BytesIO(body), read_only=True, data_only=False)
        sheets = [_sheet(job, page, parts) for page in book.worksheets]
    except LimitError:
        raise
    except (
        library.InvalidFileException,
        KeyError,
        ValueError,
        TypeError,
        zipfile.BadZipFile,
        OSError,
        SyntaxError,
        AttributeError,
    ) as error:
        raise Unreadable(_damaged(str(error))) from error
    found = [one for sheet in sheets if not sheet.hidden for one in _odd(sheet)]
    return sheets, found


def _parts(job: Job, body: bytes) -> Mapping[str, bytes]:
    """Return the XML of the sheets, once the whole is known to be of a reasonable size."""
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            entries = archive.infolist()
            total = sum(one.file_size for one in entries)
            most = limit(job, "unpacked")
            swollen = total > _RATIO * max(len(body), 1 << 16)
            if total > most or swollen or len(entries) > _ENTRIES:
                raise LimitError(over(job, "unpacked", total))
            found: dict[str, bytes] = {}
            for one in entries:
                if one.filename.endswith((".xml", ".rels")):
                    with archive.open(one) as stream:
                        content = stream.read(most + 1)
                    if len(content) > most:
                        raise LimitError(over(job, "unpacked", len(content), at_least=True))
                    if _DTD.search(content[:4096]):
                        raise Unreadable(_damaged("DTD"))
                    found[one.filename] = content
            return found
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise Unreadable(_damaged(str(error))) from error


def _damaged(detail: str) -> Finding:
    return Finding(
        "not-a-workbook",
        "violation",
        {
            "fr": "ce n’est pas un classeur .xlsx lisible : l’ouvrir, puis l’enregistrer de "
            "nouveau au format « Classeur Excel (.xlsx) » ou « CSV UTF-8 »",
            "en": "this is not a readable .xlsx workbook: open it, then save it again as “Excel "
            "workbook (.xlsx)” or “CSV UTF-8”",
        },
        Spot(1, 1),
        expected={"fr": "un classeur .xlsx", "en": "an .xlsx workbook"},
        detail=detail,
    )


def _sheet(job: Job, page: Any, parts: Mapping[str, bytes]) -> Sheet:
    content = parts.get(page._worksheet_path.lstrip("/"), b"")
    merged = {
        match[1].decode().split(":")[0]: match[1].decode() for match in _MERGED.finditer(content)
    }
    page.reset_dimensions()
    return Sheet(page.title, list(_rows(job, page)), page.sheet_state != "visible", merged)


def _rows(job: Job, page: Any) -> Iterator[list[Cell]]:
    most, total = limit(job, "cells"), 0
    for line in page.iter_rows():
        held = [one for one in line if one.value is not None]
        if not held:
            continue
        number = held[0].row
        width = held[-1].column
        if width > limit(job, "columns"):
            raise LimitError(over(job, "columns", width))
        total += width
        if total > most:
            raise LimitError(over(job, "cells", total, at_least=True))
        by_column = {one.column: one for one in held}
        row = [_cell(by_column.get(place), number, place) for place in range(1, width + 1)]
        if any(cell.text.strip() for cell in row):
            yield row


def _cell(one: Any, line: int, column: int) -> Cell:
    if one is None:
        return Cell("", line, column)
    value = one.value
    if one.data_type == "f" or not isinstance(
        value, str | int | float | bool | datetime | date | time
    ):
        text = str(getattr(value, "text", value))
        return Cell(text if text.startswith("=") else f"={text}", line, column, None, True)
    if isinstance(value, str):
        return Cell(value, line, column)
    if isinstance(value, datetime) and value.time() == time():
        return Cell(value.date().isoformat(), line, column, value)
    if isinstance(value, float) and value.is_integer():
        return Cell(str(int(value)), line, column, int(value))
    text = value.isoformat() if isinstance(value, datetime | date | time) else str(value)
    return Cell(text, line, column, value)


def _odd(sheet: Sheet) -> Iterator[Finding]:
    """Yield what merged cells hide: only their first cell holds a value."""
    for first, whole in sheet.merged.items():
        left, top, right, bottom = library.range_boundaries(whole)
        if not sheet.rows or left is None or top is None:
            continue
        others = f"{library.get_column_letter(right or left)}{bottom}"
        yield Finding(
            "merged-cells",
            "warning",
            {
                "fr": f"les cellules {whole} sont fusionnées : seule {first} contient une valeur, "
                f"jusqu’à {others} elles sont lues comme vides ; les défusionner",
                "en": f"the cells {whole} are merged: only {first} holds a value, up to {others} "
                "they are read as empty; unmerge them",
            },
            sheet.spot(top, left),
            seen=whole,
            expected={"fr": "une valeur par cellule", "en": "one value in each cell"},
        )
