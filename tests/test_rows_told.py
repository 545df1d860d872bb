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
