"""What to write instead: what was meant, in the words of the file, or nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import ROOT
from intaking import BASE, OWN, PREFIXES, TTL, job

from coopkg import generation
from coopkg.build import intake
from coopkg.build.intake import proposals
from coopkg.build.report import Finding
from coopkg.terms import PREFIXES as PREFIX

NS = f"{BASE}ns#"


@pytest.fixture(scope="module")
def known(published: Path) -> intake.Ready:
    return intake.ready(str(generation.current(published).path), str(ROOT))


def finding(value: Any, meant: str = "") -> Finding:
    said = {"fr": f"Vouliez-vous dire {meant} ?", "en": f"Did you mean {meant}?"}
    node = ox.NamedNode(OWN + "a")
    return Finding(
        "violation", node, node, None, value, node, node, {}, {}, suggestion=said if meant else None
    )


@pytest.mark.parametrize(
    ("text", "column", "value", "meant", "wanted"),
    [
        (":a a coop:Actoin .", 6, f"{NS}Actoin", "coop:Action", ":a a coop:Action ."),
        (f"  :a a <{NS}Actoin> ;", 8, f"{NS}Actoin", "coop:Action", ":a a coop:Action ;"),
        ("b:x :p b:cfpp .", 8, f"{OWN}cfpp", f"{OWN}cfp", f"b:x :p <{OWN}cfp> ."),
        ("b:x :p b:cfpp.", 8, f"{OWN}cfpp", f"{OWN}cfp", f"b:x :p <{OWN}cfp>."),
        ("b:x :p b:other .", 8, f"{OWN}cfpp", f"{OWN}cfp", ""),
        ("b:x :p b:cfpp .", None, f"{OWN}cfpp", f"{OWN}cfp", ""),
        ("", 1, f"{OWN}cfpp", f"{OWN}cfp", ""),
    ],
)
def test_a_name_is_written_as_it_was_meant(
    text: str, column: int | None, value: str, meant: str, wanted: str
) -> None:
    assert proposals.line(finding(ox.NamedNode(value), meant), text, column) == wanted


def test_a_number_between_quotes_is_written_without() -> None:
    assert proposals.line(finding(ox.Literal("12")), ':a :p "12" .', 7) == ":a :p 12 ."


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (':a skos:prefLabel "Centre" .', ':a skos:prefLabel "Centre"@fr .'),
        ('"name": "Centre",', '"name": {"@value": "Centre", "@language": "fr"},'),
        (':a skos:prefLabel "Centre" , "Centre" .', ""),
        ("Centre;Bénin", ""),
    ],
)
def test_a_label_is_written_with_the_language_that_it_lacks(text: str, wanted: str) -> None:
    component = ox.NamedNode(PREFIX["sh"] + "LanguageInConstraintComponent")
    fault = replace(finding(ox.Literal("Centre")), component=component)
    assert proposals.line(fault, text, 1) == wanted


@pytest.mark.parametrize(
    "fault",
    [
        'skos:prefLabel "Centre de formation de Parakou"',
        'skos:prefLabel "Centre"@fr , "Centre"@en ; coop:country place:france',
        'skos:prefLabel "Centre"@fr , "Centre"@en',
    ],
)
def test_an_example_is_never_what_to_write_instead(fault: str, known: intake.Ready) -> None:
    text = f"{PREFIXES}:a a coop:CountryAction ; {fault} ."
    outcome = intake.run(job(text, TTL), text.encode(), known)
    found = outcome.report["findings"]
    assert any(one["example"] for one in found)
    for one in found:
        assert not one["fix"] or one["fix"] != one["example"]
        assert "Bénin" not in one["fix"]
        assert "tunisie" not in one["fix"]
