"""The digest names the inputs, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from generations import ONE, TWO
from hypothesis import given
from hypothesis import strategies as st

from coopkg import generation
from coopkg.generation.manifest import relative


def test_the_digest_ignores_order_separators_and_unicode_form() -> None:
    accented = unicodedata.normalize("NFC", "graph_data/é.ttl")
    inputs = {accented: "1" * 64, "ontology/coop.ttl": "2" * 64}
    same = {"ontology\\coop.ttl": "2" * 64, "./" + unicodedata.normalize("NFD", accented): "1" * 64}

    assert generation.digest(inputs) == generation.digest(same)


def test_the_digest_does_not_depend_on_the_day_the_place_or_the_process(tmp_path: Path) -> None:
    program = f"from coopkg import generation; print(generation.digest({ONE!r}))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONHASHSEED": seed, "TZ": zone},
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
        for seed, zone in (("1", "UTC"), ("2", "Pacific/Auckland"))
    }

    assert printed == {generation.digest(ONE)}


def test_the_digest_changes_with_a_content_a_path_a_tool_or_the_format(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tools = generation.installed_tools()
    digests = {
        generation.digest(ONE),
        generation.digest(TWO),
        generation.digest({"graph_data/b.ttl": "1" * 64}),
        generation.digest(ONE, {**tools, "rdflib": "0.0.1"}),
        generation.digest({}),
    }
    monkeypatch.setattr("coopkg.generation.manifest.FORMAT", 2)

    assert len(digests | {generation.digest(ONE)}) == 6


@pytest.mark.parametrize(
    "path", ["", ".", "/etc/passwd", "../a.ttl", "a/../../b", "C:\\a.ttl", "a\0b", "..\\a"]
)
def test_a_path_that_leaves_the_project_is_no_input(path: str) -> None:
    with pytest.raises(ValueError, match="not a path inside"):
        generation.digest({path: "1" * 64})


@pytest.mark.parametrize("sha256", ["", "1" * 63, "g" * 64, "A" * 64, "1" * 64 + "\n"])
def test_an_input_is_named_by_a_sha256(sha256: str) -> None:
    with pytest.raises(ValueError, match="not a sha-256"):
        generation.digest({"a.ttl": sha256})


def test_two_spellings_of_one_path_must_agree() -> None:
    with pytest.raises(ValueError, match="given twice"):
        generation.digest({"a/b.ttl": "1" * 64, "a\\b.ttl": "2" * 64})


@given(st.text(min_size=1))
def test_a_normalised_path_stays_as_it_is(path: str) -> None:
    try:
        once = relative(path)
    except ValueError:
        return
    assert relative(once) == once
