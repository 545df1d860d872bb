"""Data downloaded and sent back as offices do: merged, sorted, titled. Nothing is passed over."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pyoxigraph as ox
import pytest
from intaking import CSV, OWN, XLSX, checked
from test_corrections import DATA, NAME, A, B, fr, lines, place, quad, row, the, words
from test_round_trip import (
    LIMITS,
    TOLD,
    VOCABULARY,
    downloaded,
    opened,
    rules,
    said,
    saved,
    sent,
)

from coopkg import generation, roundtrip
from coopkg.build import intake
from coopkg.build.intake.shapes import Checker
from coopkg.contributions.job import Outcome
from coopkg.templates import Vocabulary
from coopkg.terms import expand


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
        "ignored-sheet": ("warning", "Mes notes!A1"),
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


# --- What is emptied, and what is there already ----------------------------------------------

ENGLISH = [
    quad(one, NAME, ox.Literal(text, language="en")) for one, text in ((A, "Board"), (B, "School"))
]
PUBLISHED = [*DATA, *ENGLISH, quad(A, expand("coop:isMemberOf"), B)]


@pytest.fixture(scope="module")
def known(published: Path) -> intake.Ready:
    """Return the real generation, as if these data had been published in it."""
    ground = intake.ready(str(generation.current(published).path)).ground
    ground = replace(ground, quads=(*ground.quads, *PUBLISHED))
    return intake.Ready(ground, Checker(ground))


def plain(finding: dict[str, Any]) -> str:
    return str(finding["message"]["fr"]).replace("\u00a0", " ")


def corrected(known: intake.Ready, change: Callable[[list[list[Any]]], None]) -> Outcome:
    """Send back what stands, after a change to its one sheet."""
    vocabulary = Vocabulary.of_quads(known.ground.quads, known.ground.files["labels"])
    sheets = roundtrip.sheets(PUBLISHED, OWN, vocabulary, "fr", TOLD.generation)
    tables = opened(roundtrip.as_workbook(sheets, TOLD, vocabulary))
    change(next(iter(tables.values())))
    return checked(saved(tables), XLSX, known, limits=LIMITS)


def test_a_required_cell_that_is_emptied_is_told_at_that_cell(known: intake.Ready) -> None:
    def empty(table: list[list[Any]]) -> None:
        row(table, "a")[place(table, "Nom (français)")] = None

    outcome = corrected(known, empty)
    assert outcome.status == "violations"
    (finding,) = outcome.report["findings"]
    assert finding["cell"].endswith("!B2"), finding
    assert "la case « Nom (français) » ne peut pas rester vide" in plain(finding)
    assert "the cell “Nom (français)” cannot stay empty" in finding["message"]["en"]


def test_a_thing_to_remove_that_others_rest_on_is_told_at_its_row(known: intake.Ready) -> None:
    def remove(table: list[list[Any]]) -> None:
        row(table, "b")[place(table, "À supprimer")] = "oui"

    (finding,) = corrected(known, remove).report["findings"]
    assert finding["line"] == 3
    assert "« b » est à supprimer" in plain(finding)


def test_only_what_is_new_is_counted_and_a_second_value_is_told(known: intake.Ready) -> None:
    head = "Identifiant (organisation);Nom (français);Nom (anglais);Pays ou lieu"
    bare = intake.Ready(known.ground, None)
    same = checked(f"{head}\na;Régie;Board;Tunisie\n", CSV, bare, method="post")
    assert same.counts == {"added": 0, "removed": 0, "read": 4}
    assert rules(same) == []
    other = checked(f"{head}\na;Régie;Board;Bénin\n", CSV, bare, method="post")
    assert other.counts == {"added": 1, "removed": 0, "read": 4}
    assert rules(other) == [("beside-published", "D2")]
    assert "Tunisie" in words(other)
