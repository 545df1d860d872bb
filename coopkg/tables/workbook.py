"""An answer as a workbook (ECMA-376, Office Open XML): its rows, and a sheet that describes them.

The bytes depend on the answer alone: no clock is read.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from coopkg import workbooks
from coopkg.answers import Answer, Asked
from coopkg.answers.tables import harmless
from coopkg.errors import Lang, UnwritableError
from coopkg.tables.characters import MOST_CHARACTERS, escaped, fitting, is_long, unescaped
from coopkg.tables.description import About, about, title
from coopkg.tables.sheets import KEY, Column, Sheet, Value, sheet
from coopkg.tables.text import status

if TYPE_CHECKING:
    from openpyxl import Workbook

MOST_ROWS: Final = 1_048_576
NOTICE: Final = "#"
"""The key of a line that is no row begins with it."""
_WIDEST: Final = 60
_NARROWEST: Final = 10
_MEASURED: Final = 500
_GROUPED_FROM: Final = 10_000
_NAMES: Final = {
    "fr": ("Réponse", "À propos", "À voir aussi {}"),
    "en": ("Answer", "About", "See also {}"),
}
__all__ = ["MOST_CHARACTERS", "as_workbook", "escaped", "unescaped"]

_MODIFIED: Final = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")
_EARLIEST: Final = (1980, 1, 1, 0, 0, 0)


def as_workbook(asked: Asked, answer: Answer, lang: Lang, address: str = "") -> bytes:
    """Return an answer as a workbook in one language; `address` is that of its page.

    Raises:
        UnwritableError: it has more rows than a sheet can hold.
    """
    names = _NAMES[lang]
    table = sheet(answer.question, answer.columns, answer.rows, lang)
    weaker = [sheet(answer.question, one["columns"], one["rows"], lang) for one in answer.related]
    _mind_size([table, *weaker])
    book = workbooks.Workbook(write_only=True)
    book.properties.title = escaped(title(asked, lang))
    book.properties.creator = "coopkg"
    book.properties.created = datetime.fromisoformat(answer.published).replace(tzinfo=None)
    book.properties.identifier = f"{answer.question} {answer.generation}"
    book.properties.language = lang
    notice = "" if answer.status == "complete" else status(answer, lang)
    cut = [*fill(book, names[0], table, answer.status, notice)]
    for number, (one, more) in enumerate(zip(answer.related, weaker, strict=True), 1):
        cut += fill(book, names[2].format(number), more, "related", one["reason"][lang])
    said = about(asked, answer, table.columns, lang, address)
    describe(book, names[1], [*said, *(_cut(place, lang) for place in cut)])
    return sealed(book, answer.published)


def _mind_size(found: Iterable[Sheet]) -> None:
    """Refuse what a sheet cannot hold, with its heading and a notice, before anything is made."""
    number = max(len(one.rows) for one in found)
    if number + 2 > MOST_ROWS:
        raise UnwritableError(
            f"{number} lignes ne tiennent pas dans une feuille de calcul ({MOST_ROWS} au plus) ; "
            "le .csv les contient toutes",
            f"{number} rows do not fit in a spreadsheet ({MOST_ROWS} at most); "
            "the .csv holds them all",
        )


# --- Sheets --------------------------------------------------------------------------------


def fill(
    book: Workbook, name: str, table: Sheet, state: str = "", notice: str = ""
) -> Iterator[str]:
    """Write the rows of a sheet under its headings; yield where a text was cut."""
    page = book.create_sheet(name)
    page.freeze_panes = "A2"
    last = workbooks.get_column_letter(len(table.columns))
    page.auto_filter.ref = f"A1:{last}{len(table.rows) + 1 + bool(notice)}"
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for place, column in enumerate(table.columns):
        shape = page.column_dimensions[workbooks.get_column_letter(place + 1)]
        shape.width = width(column, (row[place] for row in table.rows[:_MEASURED]))
        shape.hidden = column.hidden
    page.append([heading(page, column.label) for column in table.columns])
    if notice:
        page.append(_notice(page, table.columns, state, notice))
    for row in table.rows:
        cells = [
            written(page, value, column.kind)
            for value, column in zip(row, table.columns, strict=True)
        ]
        yield from (
            f"{name}, {column.label}"
            for value, column in zip(row, table.columns, strict=True)
            if isinstance(value, str) and is_long(value)
        )
        page.append(cells)


def _notice(page: Any, columns: Sequence[Column], state: str, notice: str) -> list[Any]:
    """Return the line that says why there are no rows, or not all; its key tells programs so."""
    cells: list[Any] = [None] * len(columns)
    cells[0] = written(page, harmless(notice), "text")
    cells[0].font = workbooks.Font(bold=True)
    cells[0].alignment = workbooks.Alignment(wrap_text=False, vertical="top")
    places = [place for place, column in enumerate(columns) if column.name == KEY]
    for place in places:
        cells[place] = written(page, NOTICE + state, "text")
    return cells


def describe(book: Workbook, name: str, lines: Iterable[About]) -> None:
    """Write the sheet that describes the others; its last two columns are for programs."""
    page = book.create_sheet(name)
    page.freeze_panes = "B1"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for letter, width in (("A", 30), ("B", 100)):
        page.column_dimensions[letter].width = width
    for letter in ("C", "D"):
        page.column_dimensions[letter].hidden = True
    for line in lines:
        label = written(page, harmless(line.label), "text")
        label.font = workbooks.Font(bold=True)
        texts = (line.text, line.name, line.value)
        page.append([label, *(written(page, harmless(text), "text") for text in texts)])


def _cut(place: str, lang: Lang) -> About:
    text = {
        "fr": f"{place}\u00a0: texte coupé à {MOST_CHARACTERS} caractères, ce qu’une cellule "
        "peut contenir\u00a0; le .csv et le .json l’ont entier",
        "en": f"{place}: text cut at {MOST_CHARACTERS} characters, what a cell can hold; the "
        ".csv and the .json hold it whole",
    }[lang]
    return About("cut", {"fr": "Texte coupé", "en": "Text cut short"}[lang], text)


def heading(page: Any, text: str) -> Any:
    """Return a cell that holds a heading."""
    cell = written(page, text, "text")
    cell.font = workbooks.Font(bold=True, color="FFFFFF")
    cell.fill = workbooks.PatternFill("solid", fgColor="1F3864")
    cell.alignment = workbooks.Alignment(wrap_text=True, vertical="center")
    return cell


# --- Cells ---------------------------------------------------------------------------------


def written(page: Any, value: Value, kind: str) -> Any:
    """Return a cell that holds a value, and never a formula."""
    if isinstance(value, str):
        cell = workbooks.WriteOnlyCell(page, value=fitting(value))
        cell.data_type = "s"  # never a formula, whatever it begins with
        cell.alignment = workbooks.Alignment(wrap_text=True, vertical="top")
        return cell
    cell = workbooks.WriteOnlyCell(page)
    cell.value = value
    cell.alignment = workbooks.Alignment(vertical="top")
    if isinstance(value, date):
        cell.number_format = "yyyy-mm-dd"
    elif isinstance(value, int | Decimal) and not isinstance(value, bool):
        cell.number_format = _number_format(value, kind)
    return cell


def _number_format(value: int | Decimal, kind: str) -> str:
    """Return how a number is shown: a year never has a mark for thousands."""
    if kind == "year" or -_GROUPED_FROM < value < _GROUPED_FROM:
        return "0" if isinstance(value, int) else "General"
    return "#,##0" if isinstance(value, int) else "#,##0.####"


def width(column: Column, values: Iterable[Value]) -> int:
    """Return how wide a column is to be, in characters."""
    longest = max((len(str(one)) for one in values if one is not None), default=0)
    # A heading wraps: its longest word has to fit, with the button of the filter.
    word = max(map(len, column.label.split()), default=0) + 4
    return min(_WIDEST, max(_NARROWEST, longest + 2, word))


def sealed(book: Workbook, published: str) -> bytes:
    """Return the bytes of a workbook with no time in them but that of its data."""
    first, last = io.BytesIO(), io.BytesIO()
    book.save(first)
    when = published[:19].encode() + b"Z"
    with (
        zipfile.ZipFile(first) as made,
        zipfile.ZipFile(last, "w", zipfile.ZIP_DEFLATED) as kept,
    ):
        for entry in made.infolist():
            content = made.read(entry)
            if entry.filename == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>" + when, content)
            kept.writestr(zipfile.ZipInfo(entry.filename, _EARLIEST), content, zipfile.ZIP_DEFLATED)
    return last.getvalue()
