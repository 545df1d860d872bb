"""Data downloaded and sent back as offices do: merged, sorted, titled. Nothing is passed over."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
from intaking import CSV
from test_corrections import DATA, NAME, A, fr, lines, place, quad, row, the, words
from test_round_trip import TOLD, VOCABULARY, downloaded, opened, rules, said, saved, sent

from coopkg import roundtrip
from coopkg.contributions.job import Outcome


def edited(change: Callable[[Any], None]) -> Outcome:
    """Send back the workbook of `DATA` after a change to it."""
    book = openpyxl.load_workbook(io.BytesIO(downloaded(DATA)))
    change(book)
    out = io.BytesIO()
    book.save(out)
    return sent(out.getvalue(), DATA)


def heading(page: Any, end: str) -> int:
    return int(next(cell.column for cell in page[1] if str(cell.value).endswith(end)))


def test_merged_cells_are_refused_and_remove_nothing() -> None:
    def merge(book: Any) -> None:
        page = book.worksheets[0]
        column = heading(page, "(français)")
        page.merge_cells(start_row=2, end_row=3, start_column=column, end_column=column)

    outcome = edited(merge)
    assert [rule for rule, _ in rules(outcome)] == ["merged-cells"]
    assert rules(outcome)[0][1].endswith("2")
    assert (outcome.status, outcome.removed) == ("violations", b"")
    assert "rien n’en est retiré" in words(outcome)


def test_a_sheet_without_its_marks_is_told_never_passed_over() -> None:
    def cut(book: Any) -> None:
        page = book.worksheets[0]
        page.cell(2, heading(page, "(français)")).value = "Régie de l’eau"
        place = next(cell.column for cell in page[1] if "coopkg-1" in str(cell.value))
        page.delete_cols(place, page.max_column - place)

    outcome = edited(cut)
    assert [rule for rule, _ in rules(outcome)] == ["lost-marks"]
    assert "n’en a été lu" in words(outcome)
    assert (outcome.added, outcome.removed) == (b"", b"")


def test_one_sheet_without_its_marks_is_told_beside_another_that_has_them() -> None:
    tables, table = the()
    row(table, "a")[place(table, "Nom (français)")] = "Régie de l’eau"
    at = place(table, "À supprimer")
    tables["Sans repères"] = [line[: at + 1] for line in table]
    tables["Mes notes"] = [["appeler"], ["Tunis"]]
    outcome = sent(saved(tables), DATA)
    found = {one["rule"]: (one["severity"], one["cell"]) for one in outcome.report["findings"]}
    assert found == {
        "lost-marks": ("violation", "Sans repères!A1"),
        "ignored-sheet": ("info", "Mes notes!A1"),
    }


def test_a_csv_without_its_right_hand_columns_is_no_new_upload() -> None:
    (sheet,) = roundtrip.sheets(
        DATA, "https://w3id.org/cnfpt-coop/id/partner/tunis/", VOCABULARY, "fr", TOLD.generation
    )
    text = roundtrip.as_csv(sheet, TOLD)
    at = text.split("\r\n")[0].split(";").index("À supprimer")
    cut = "\r\n".join(";".join(line.split(";")[: at + 1]) for line in text.split("\r\n"))
    outcome = sent(cut.replace(";Régie;", ";Régie de l’eau;"), DATA, CSV)
    assert [rule for rule, _ in rules(outcome)] == ["lost-marks"]
    assert outcome.added == b""


def test_a_title_above_the_headings_is_told_and_the_correction_is_read() -> None:
    tables, table = the()
    row(table, "a")[place(table, "Nom (français)")] = "Régie de l’eau"
    table.insert(0, ["Nos organismes 2026"])
    outcome = sent(saved(tables), DATA)
    assert said(outcome) == (lines(quad(A, NAME, fr("Régie de l’eau"))), lines(DATA[1]))
    assert rules(outcome) == [("rows-above", "Organization!A1")]
    assert "à la ligne 2" in words(outcome)


def test_rows_sorted_without_their_hidden_columns_are_found_by_their_identifiers() -> None:
    tables, table = the()
    row(table, "a")[place(table, "Nom (français)")] = "Régie de l’eau"
    at = place(table, "À supprimer") + 1
    first, second = table[1][:at], table[2][:at]
    table[1][:at], table[2][:at] = second, first
    outcome = sent(saved(tables), DATA)
    assert said(outcome) == (lines(quad(A, NAME, fr("Régie de l’eau"))), lines(DATA[1]))
    assert [rule for rule, _ in rules(outcome)] == ["sorted-apart"]


def test_a_new_row_that_bears_the_identifier_of_another_is_refused() -> None:
    tables, table = the()
    new: list[Any] = [None] * len(table[0])
    new[0], new[place(table, "Nom (français)")] = "a", "Autre"
    table.append(new)
    outcome = sent(saved(tables), DATA)
    assert [rule for rule, _ in rules(outcome)] == ["double-row"]
    assert "2 et 4 portent le même identifiant" in words(outcome) or "3 et 4 " in words(outcome)


def test_nothing_else_of_the_workbook_is_read() -> None:
    assert list(opened(downloaded(DATA))) == ["Organization"]
