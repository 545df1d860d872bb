"""Data that go out as a spreadsheet, are corrected there, and come back as what was corrected.

`sheets` makes tables of a partner's own graphs, `as_workbook` and `as_csv` write them; `marks`
says what each cell stood for. `coopkg.build.intake` compares what comes back.
"""

from __future__ import annotations

from coopkg.roundtrip.own import OwnSheet, sheets
from coopkg.roundtrip.writing import Told, as_csv, as_workbook

__all__ = ["OwnSheet", "Told", "as_csv", "as_workbook", "sheets"]
