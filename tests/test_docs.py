"""The docs say what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from coopkg import cli
from coopkg.build import documents

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("name", ["docs/settings.md", "docs/commands.md", "docs/catalogue.md"])
def test_a_written_page_says_what_the_code_says(name: str) -> None:
    assert (ROOT / name).read_text(encoding="utf-8") == documents.pages(ROOT)[name], "make docs"


def test_each_command_has_help_in_both_languages() -> None:
    for name in cli.COMMANDS:
        assert all(cli.HELP[name])
        assert cli.usage(name, "fr") != cli.usage(name, "en")


def test_each_link_of_the_docs_leads_to_a_file() -> None:
    pages = [ROOT / "README.md", ROOT / "README.fr.md", ROOT / "CONTRIBUTING.md"]
    for page in [*pages, *(ROOT / "docs").glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_each_make_target_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)", (ROOT / "README.md").read_text(encoding="utf-8")))
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    assert named <= targets


def test_each_promise_of_the_threat_model_names_tests_that_exist() -> None:
    said = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    rows = [line for line in said.splitlines() if line.startswith("| ")][1:]
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py"))
    for row in rows:
        named = re.findall(r"`(test_\w+)`", row) + re.findall(r"`tests/(\w+)\.py`", row)
        assert named, row
        for name in named:
            assert f"def {name}(" in code or (ROOT / f"tests/{name}.py").exists(), name
