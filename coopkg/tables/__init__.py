"""Answers for spreadsheets: a workbook, and a CSV that the spreadsheet of one language opens right.

    >>> as_workbook(asked, answer, "fr", address="https://…/fr/questions/…")  # doctest: +SKIP

Both write one `Sheet`: the rows of an answer as plain values, in one language. Nothing here reads
or asks anything.
"""

from coopkg.tables.description import About, about
from coopkg.tables.sheets import Column, Sheet, Value, sheet
from coopkg.tables.text import as_spreadsheet_csv
from coopkg.tables.workbook import as_workbook

__all__ = [
    "About",
    "Column",
    "Sheet",
    "Value",
    "about",
    "as_spreadsheet_csv",
    "as_workbook",
    "sheet",
]
