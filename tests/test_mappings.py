"""Mappings that partners keep: named by content, found again, taken off, part of what is sent."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import contributing
import pytest

from coopkg import contributions
from coopkg.contributions import erasing, ledger, mappings
from coopkg.contributions.model import Upload
from coopkg.errors import ContributionError, LedgerError, UnknownError
from coopkg.templates import Mapping

TOWNS = Mapping.read(
    """
class = "org:Organization"
id = "Code"
ignored = ["Remarque"]
[[columns]]
column = "Dénomination"
property = "skos:prefLabel@fr"
"""
).as_json()
SCHOOLS = {**TOWNS, "id": "Sigle"}
HEADINGS = ("Code", "Dénomination", "Remarque")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    for name in ("tunis", "sfax"):
        contributing.partner(tmp_path, name)
    return tmp_path


def upload(partner: str = "tunis", body: bytes = b"Code;x\n", **given: object) -> Upload:
    made = Upload(partner, "villes.csv", "text/csv", body, "post", mapping=TOWNS)
    return replace(made, **given)  # type: ignore[arg-type]


def test_a_mapping_is_kept_found_again_and_taken_off(home: Path) -> None:
    saved = mappings.keep(home, "tunis", TOWNS, HEADINGS, "villes.csv")
    assert mappings.keep(home, "tunis", TOWNS, HEADINGS, "autre.csv") == saved, "kept once"
    assert mappings.NAME.fullmatch(saved.name)
    other = mappings.keep(home, "tunis", SCHOOLS, HEADINGS, "écoles.csv")
    assert mappings.listing(home, "tunis") == (other, saved), "the newest first"
    assert mappings.listing(home, "sfax") == ()
    assert mappings.content(home, saved) == TOWNS
    assert mappings.drop(home, "tunis", saved.name) == saved
    assert mappings.listing(home, "tunis") == (other,)
    with pytest.raises(UnknownError):
        mappings.get(home, "tunis", saved.name)
    with pytest.raises(LedgerError, match="erased on request"):
        mappings.content(home, saved)
    assert mappings.content(home, mappings.keep(home, "tunis", TOWNS, HEADINGS, "")) == TOWNS


def test_a_partner_neither_reads_nor_drops_the_mapping_of_another(home: Path) -> None:
    saved = mappings.keep(home, "tunis", TOWNS, HEADINGS, "villes.csv")
    for ask in (mappings.get, mappings.drop):
        with pytest.raises(UnknownError):
            ask(home, "sfax", saved.name)
    mappings.keep(home, "sfax", TOWNS, HEADINGS, "villes.csv")
    mappings.drop(home, "sfax", saved.name)
    assert mappings.content(home, saved) == TOWNS, "its bytes stay while another keeps it"


def test_the_same_bytes_with_another_mapping_are_another_contribution(home: Path) -> None:
    settings = contributing.settings(home)
    first = contributions.receive(home, upload(), settings)
    assert contributions.receive(home, upload(), settings) == first
    second = contributions.receive(home, upload(mapping=SCHOOLS), settings)
    assert second.number == 2
    without = contributions.receive(home, upload(mapping={}), settings)
    assert (without.number, without.mapping) == (3, "")
    assert contributions.document(home, second.mapping) == SCHOOLS


def test_a_mapping_in_use_is_not_lost_when_it_is_taken_off_or_a_contribution_erased(
    home: Path,
) -> None:
    one = contributions.receive(home, upload(), contributing.settings(home))
    saved = mappings.keep(home, "tunis", TOWNS, HEADINGS, "villes.csv")
    mappings.drop(home, "tunis", saved.name)
    assert contributions.document(home, one.mapping) == TOWNS, "the contribution names it still"
    again = mappings.keep(home, "tunis", TOWNS, HEADINGS, "villes.csv")
    contributions.withdraw(home, one.id, "tunis")
    erasing.erase(home, one.id, "op", {"fr": "demande"})
    assert mappings.content(home, again) == TOWNS
    with pytest.raises(LedgerError):
        ledger.of(home).object(one.body)


def test_a_journal_from_before_mappings_is_read_as_it_was(home: Path) -> None:
    contributions.receive(home, upload(mapping={}), contributing.settings(home))
    entry = [one for one in ledger.of(home).verified() if one.event == "received"][-1]
    assert "mapping" not in entry.data, "nothing is written where there is none"
    assert contributions.listing(home)[0].mapping == ""


def test_too_much_is_refused_by_name(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = {**TOWNS, "ignored": ["x" * 100] * 1000}
    for act in (
        lambda: mappings.keep(home, "tunis", huge, HEADINGS, ""),
        lambda: contributions.receive(home, upload(mapping=huge), contributing.settings(home)),
    ):
        with pytest.raises(ContributionError) as error:
            act()
        assert error.value.rule == "mapping-too-large"
    monkeypatch.setattr(mappings, "MOST", 1)
    mappings.keep(home, "tunis", TOWNS, HEADINGS, "")
    with pytest.raises(ContributionError, match="at most"):
        mappings.keep(home, "tunis", SCHOOLS, HEADINGS, "")
    assert len(mappings.listing(home, "tunis")) == 1


def test_the_checker_is_told_the_mapping(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = []

    def run(job: contributions.Job, body: bytes, settings: object) -> contributions.Outcome:
        jobs.append(json.loads(job.to_bytes()))
        return contributions.Outcome("conforms", {"findings": []}, {})

    monkeypatch.setattr("coopkg.contributions.checking.run", run)
    settings = contributing.settings(home)
    contributions.dry_run(home, upload(), settings)
    one = contributions.receive(home, upload(), settings)
    contributions.check(home, one.id, settings)
    assert [job["mapping"] for job in jobs] == [TOWNS, TOWNS]
