"""The 25 mistakes of the catalogue, made in the real data one at a time, and caught."""

from __future__ import annotations

import re
import tomllib

import pytest
from mutants import FOLDER, NOT_MUTANTS, Case, Mutant, cases, closure, made, report, validator
from validation import SHARED, gathered, real_sources

from coopkg.build import sources
from coopkg.build.report import Finding, Report
from coopkg.terms import LANGUAGES, compact, expand

CATALOGUE = SHARED / "knowledge" / "mutants.md"


def caught(found: Report, case: Case) -> list[Finding]:
    return [
        finding
        for finding in found.results
        if finding.shape == expand(case.shape) and finding.node == expand(case.node)
    ]


def shown(mutant: Mutant, finding: Finding) -> list[str]:
    return [mutant.line(at) for at in finding.locations]


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_mistake_is_caught_with_its_node_file_and_line(case: Case) -> None:
    mutant = made([case])
    found = report(mutant, case.pass_, case.whole)
    findings = caught(found, case)
    assert findings, found.text("en")
    finding = findings[0]
    assert finding.severity == "violation"
    for lang in LANGUAGES:
        words = finding.message[lang]
        assert any(compact(str(n.value)) in words for n in (finding.node, finding.focus)), words
    assert finding.message["fr"] != finding.message["en"]
    lines = [line for finding in findings for line in shown(mutant, finding)]
    assert any(case.line in line for line in lines), lines


def test_the_catalogue_and_the_mutants_have_the_same_numbers() -> None:
    if not CATALOGUE.exists():
        pytest.skip("the catalogue of mutants is not beside the project")
    catalogue = re.findall(r"^### (M\d\d)$", CATALOGUE.read_text(encoding="utf-8"), re.MULTILINE)
    written = sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem not in NOT_MUTANTS)
    assert written == catalogue
    assert sorted({case.mutant for case in cases()}) == catalogue


def test_all_the_mistakes_at_once_are_each_caught_in_the_whole_data() -> None:
    together = [case for case in cases() if case.together]
    assert {case.mutant for case in together} == {case.mutant for case in cases()}
    mutant = made(together)
    found = validator(1).validate(mutant.facts, mutant.locate, 1)
    assert [str(case) for case in together if not caught(found, case)] == []


@pytest.fixture(scope="module")
def untouched() -> list[Report]:
    facts = gathered().facts
    locate = sources.locator(real_sources())
    return [
        validator(1).validate(facts, locate, 1),
        validator(2).validate(closure(facts), locate, 2),
    ]


def test_the_data_as_they_are_conform(untouched: list[Report]) -> None:
    for found in untouched:
        assert found.conforms, found.text("en")


def test_no_warning_about_the_data_is_left_unexplained(untouched: list[Report]) -> None:
    text = (FOLDER / "accepted-warnings.toml").read_text(encoding="utf-8")
    accepted = tomllib.loads(text)["accepted"]
    assert all(item["reason"] for item in accepted)
    explained = {(item["shape"], item["node"]) for item in accepted}
    left = {
        (compact(str(finding.shape.value)), compact(str(finding.node.value)))
        for found in untouched
        for finding in found.results
    }
    assert left == explained
