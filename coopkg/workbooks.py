"""The library of workbooks, loaded when the first is read or written.

It takes as long to load as a quarter of the service, and few who start one ask for a workbook.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Final

_PLACES: Final = {
    "Alignment": "openpyxl.styles",
    "Comment": "openpyxl.comments",
    "DataValidation": "openpyxl.worksheet.datavalidation",
    "Font": "openpyxl.styles",
    "InvalidFileException": "openpyxl.utils.exceptions",
    "PatternFill": "openpyxl.styles",
    "Workbook": "openpyxl",
    "WriteOnlyCell": "openpyxl.cell",
    "get_column_letter": "openpyxl.utils",
    "load_workbook": "openpyxl",
    "range_boundaries": "openpyxl.utils",
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(name)
    found = globals()[name] = getattr(import_module(_PLACES[name]), name)
    return found
