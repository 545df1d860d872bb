"""Tables as offices make them: what would be lost or made up without a word is told at its line."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from intaking import CSV, XLSX, checked, found, workbook

from coopkg import generation
from coopkg.build import intake
from coopkg.contributions.job import Outcome

HEAD = "Identifiant (organisation);Nom (français);Nom (anglais);Pays ou lieu;Membre de;Page web"
ACTIONS = "Identifiant (action par pays);Nom (français);Nom (anglais);Pays;Partenaires;Hôtes"

AFD = "Agence française de développement"


@pytest.fixture(scope="module")
def words(published: Path) -> intake.Ready:
    """Return what tables are read against, without the shapes: they are not what is tested."""
    return intake.Ready(intake.ready(str(generation.current(published).path)).ground, None)


def said(outcome: Outcome, lang: str = "fr") -> str:
    return str(outcome.report["findings"][0]["message"][lang])


# --- Two rows for one thing ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "cell", "fr", "en"),
    [
        ("r;Régie;Board\nr;Mairie;Town", "A3", "2 et 3 portent le même identifiant, « r »",
         "lines 2 and 3 bear the same identifier, “r”"),
        (";Mairie;Town\n;Mairie;Hall", "B3", "2 et 3 portent le même nom, « Mairie »",
         "lines 2 and 3 bear the same name, “Mairie”"),
    ],
)  # fmt: skip
def test_two_rows_that_would_become_one_thing_are_refused(
    words: intake.Ready, rows: str, cell: str, fr: str, en: str
) -> None:
    outcome = checked(f"{HEAD}\n{rows}\n", CSV, words)
    assert found(outcome) == [("double-row", cell)]
    assert (outcome.status, outcome.added) == ("violations", b"")
    assert fr in said(outcome).replace("\u00a0", " ")
    assert en in said(outcome, "en")


def test_two_sheets_do_not_describe_one_thing_either(words: intake.Ready) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(HEAD.split(";"), ["r", "Régie", "Board"])))
    again: Any = book.create_sheet("Suite")
    for line in (HEAD.split(";"), ["r", "Mairie", "Town"]):
        again.append(line)
    out = io.BytesIO()
    book.save(out)
    outcome = checked(out.getvalue(), XLSX, words)
    assert found(outcome) == [("double-row", "Suite!A2")]
    assert "À remplir" in said(outcome)


# --- What spreadsheets put in the place of a value -------------------------------------------


@pytest.mark.parametrize("error", ["#REF!", "#N/A", "#DIV/0!", "#NAME?", "#NOM ?", "#VALUE!"])
def test_an_error_of_a_spreadsheet_is_no_name(words: intake.Ready, error: str) -> None:
    book = openpyxl.load_workbook(
        io.BytesIO(workbook(HEAD.split(";"), ["r", "Régie", "Board", "Tunisie"]))
    )
    page = book.worksheets[0]
    page["C2"].value, page["C2"].data_type = error, "e" if error != "#NOM ?" else "s"
    out = io.BytesIO()
    book.save(out)
    outcome = checked(out.getvalue(), XLSX, words)
    assert found(outcome) == [("cell-error", "À remplir!C2")]
    assert outcome.added == b""
    assert "erreur du tableur" in said(outcome)
    text = f"{HEAD}\nr;Régie;{error};Tunisie\n{error};Mairie;Town;\n;{error};Town;\n"
    assert found(checked(text, CSV, words)) == [
        ("cell-error", "C2"), ("cell-error", "A3"), ("cell-error", "B4"),
    ]  # fmt: skip


# --- More cells than headings ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("row", "cell", "words_", "fix"),
    [
        ("r;Régie;Board;Tunisie;;;surplus;x", "G2", "surplus x", ""),
        ("r;Centre; de formation;Bénin;;;", "G2", "7 cellules pour 6 titres",
         '"Centre; de formation"'),
    ],
)  # fmt: skip
def test_a_line_longer_than_the_headings_is_told(
    words: intake.Ready, row: str, cell: str, words_: str, fix: str
) -> None:
    outcome = checked(f"{HEAD}\n{row}\n", CSV, words)
    finding = next(one for one in outcome.report["findings"] if one["rule"] == "surplus-cell")
    assert (finding["cell"], finding["line"], finding["fix"]) == (cell, 2, fix)
    assert outcome.status == "violations"
    assert words_ in finding["message"]["fr"].replace("\u00a0", " ")


def test_lines_that_all_end_with_a_separator_are_read(words: intake.Ready) -> None:
    text = f"{HEAD}\nr;Régie;Board;Tunisie;;;\ns;Mairie;Town;Tunisie;;;\n"
    assert found(checked(text, CSV, words)) == []


def test_a_cell_beside_the_headings_of_a_workbook_is_told(words: intake.Ready) -> None:
    row = ["r", "Régie", "Board", "Tunisie", None, None, None, "note"]
    outcome = checked(workbook(HEAD.split(";"), row), XLSX, words)
    assert found(outcome) == [("surplus-cell", "À remplir!H2")]


# --- Several values in one cell --------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "written", "fix", "words_"),
    [
        ("E2", "Expertise France, AFD", f"Expertise France ; {AFD}", "sépare par « ; »"),
        ("E2", "Expertise France ; AFD, AMF", f"Expertise France ; {AFD} ; AMF", "« ; »"),
        ("E2", "Expertise France et Xyzzyq", "", "inconnu : Xyzzyq"),
        ("D2", "Benin ; Tunisia", "", "2 valeurs (Benin, Tunisia)"),
        ("E2", "AFD ; Expertise Frence", "AFD ; Expertise France", "n’est pas un nom"),
    ],
)
def test_several_values_in_one_cell_are_told_with_what_separates_them(
    words: intake.Ready, cell: str, written: str, fix: str, words_: str
) -> None:
    values = {"D2": "Bénin", "E2": "Expertise France", cell: written}
    row = f'a;Appui;Support;"{values["D2"]}";"{values["E2"]}"'
    outcome = checked(f"{ACTIONS}\n{row}\n", CSV, words)
    about = {"several-values", "unknown-name"}
    (finding,) = [one for one in outcome.report["findings"] if one["rule"] in about]
    assert finding["cell"] == cell
    assert words_ in finding["message"]["fr"].replace("\u00a0", " ")
    assert finding["fix"] == fix


# --- Files as offices make them --------------------------------------------------------------

ROW = "r;Régie;Board;Tunisie;;"


def test_a_first_line_that_tells_the_separator_is_no_heading(words: intake.Ready) -> None:
    expected = checked(f"{HEAD}\n{ROW}\n", CSV, words).added
    for first, text in (
        ("sep=;", f"{HEAD}\n{ROW}\n"),
        ("sep=|", f"{HEAD}\n{ROW}\n".replace(";", "|")),
    ):
        outcome = checked(f"\ufeff{first}\r\n{text}", CSV, words)
        assert (found(outcome), outcome.added) == ([], expected)


@pytest.mark.parametrize("title", ["Nos organismes", "Nos organismes;;;;;"])
def test_a_title_above_the_headings_is_told_with_their_line(
    words: intake.Ready, title: str
) -> None:
    outcome = checked(f"{title}\n\n{HEAD}\n{ROW.replace('Tunisie', 'Tunisi')}\n", CSV, words)
    assert found(outcome) == [("unknown-name", "D4"), ("rows-above", "A1")]
    (told,) = [one for one in outcome.report["findings"] if one["rule"] == "rows-above"]
    assert "à la ligne 3" in told["message"]["fr"]
    assert "on line 3" in told["message"]["en"]


def test_a_sheet_of_notes_does_not_refuse_the_rest(words: intake.Ready) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(HEAD.split(";"), ROW.split(";"))))
    book.create_sheet("Notes", 0).append(["appeler Tunis"])
    out = io.BytesIO()
    book.save(out)
    outcome = checked(out.getvalue(), XLSX, words)
    assert found(outcome) == [("ignored-sheet", "Notes!A1")]
    assert outcome.added == checked(f"{HEAD}\n{ROW}\n", CSV, words).added


def test_rows_written_in_the_example_are_looked_for_there(words: intake.Ready) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook(HEAD.split(";"))))
    sample: Any = book.create_sheet("Exemple")
    for line in (HEAD.split(";"), ROW.split(";")):
        sample.append(line)
    out = io.BytesIO()
    book.save(out)
    outcome = checked(out.getvalue(), XLSX, words)
    assert [rule for rule, _ in found(outcome)] == ["empty"]
    assert "« Exemple » n’est jamais lue" in said(outcome).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.xls", "application/vnd.ms-excel"),
     ("a.ods", "application/vnd.oasis.opendocument.spreadsheet")],
)  # fmt: skip
def test_another_format_of_spreadsheet_says_how_to_save_it(name: str, kind: str) -> None:
    outcome = checked(b"\xd0\xcf\x11\xe0", kind, name=name)
    assert outcome.status == "unsupported"
    assert ".xlsx" in said(outcome)
    assert "save as" in said(outcome, "en")


def test_an_example_is_never_proposed_as_what_to_write(words: intake.Ready) -> None:
    text = f"{HEAD}\n;;;Tunisie;;\ns;;Town;;;\nt;Régie;B;;;nulle part\n"
    told = {one["rule"]: one for one in checked(text, CSV, words).report["findings"]}
    assert told.keys() == {"missing-name", "missing-value", "not-address"}
    assert [one["fix"] for one in told.values()] == ["", "", ""]
    assert all(one["example"] for one in told.values())
