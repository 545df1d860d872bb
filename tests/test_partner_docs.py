"""The documentation for partners is run: each command, in order, against a real service."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]  # no stubs here
from flask.testing import FlaskClient

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAIRS = [
    ("partner-tutorial.fr.md", "partner-tutorial.md"),
    ("check-before-sending.fr.md", "check-before-sending.md"),
    ("contributions.fr.md", "contributions.md"),
]
HERE = "SERVICE=http://127.0.0.1:8000"
"""The first command of the tutorial: the only one that a test says otherwise."""
BOARD = """<https://w3id.org/cnfpt-coop/id/partner/tunis/regie>
  a <http://www.w3.org/ns/org#Organization> ;
  <http://www.w3.org/2004/02/skos/core#prefLabel> "Régie de l’eau"@fr , "Water board"@en ;
  <https://w3id.org/cnfpt-coop/ns#basedIn> <https://w3id.org/cnfpt-coop/id/place/tunisie> .
"""
FAILS = re.compile(r"^(coopkg .+?)  # .* 1$", re.MULTILINE)
# The service looks for a new generation by itself: the next command waits until it is served.
SERVED = """
for _ in $(seq 1200); do
  curl -s "$SERVICE/version" | grep -q "\\"generation\\":\\"$(cat "$COOPKG_HOME/current")-" && break
  sleep 0.1
done
"""


def blocks(name: str, language: str) -> list[str]:
    text = (DOCS / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def need(*programs: str) -> None:
    """Skip without a program; but fail where all must run."""
    missing = [one for one in programs if shutil.which(one) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"{missing} must be there in CI")
    if missing:
        pytest.skip(f"{missing} not installed here")


def script(commands: list[str], service: str) -> str:
    """Return the commands as one script: one that is to fail must fail."""
    lines = ["set -e"]
    for one in commands:
        block = FAILS.sub(r"if \1; then exit 99; fi", one.replace(HERE, f"SERVICE={service}"))
        lines.append(block)
        if re.search(r"^coopkg accept (?!.*--no-publish)", block, re.MULTILINE):
            lines.append(SERVED)
    return "\n".join(lines)


@contextmanager
def serving(home: Path, folder: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Give the address of a service on a home, and what its commands need to know."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    commands = folder / "bin"
    commands.mkdir()
    coopkg = commands / "coopkg"
    coopkg.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m coopkg "$@"\n', encoding="utf-8")
    coopkg.chmod(0o755)
    known = {
        **os.environ,
        "PATH": f"{commands}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "COOPKG_HOME": str(home),
        "COOPKG_ROOT": str(ROOT),
        "COOPKG_WARM_PAGES": "0",
        "PORT": port,
        "HOST": "127.0.0.1",
        "no_proxy": "127.0.0.1",
        "LC_ALL": "C.UTF-8",
    }
    log = (folder / "serve.log").open("wb")
    with (
        log,
        subprocess.Popen([coopkg, "serve"], env=known, stdout=subprocess.PIPE, stderr=log) as run,
    ):
        try:
            assert run.stdout is not None
            assert b"Listening" in run.stdout.readline()
            yield f"http://127.0.0.1:{port}", known
        finally:
            run.terminate()
            run.wait(30)


def test_a_new_partner_follows_the_tutorial_from_a_sheet_to_an_answer(
    home: Path, tmp_path: Path
) -> None:
    need("bash", "curl", "sed", "grep")
    work = tmp_path / "work"
    work.mkdir()
    with serving(home, tmp_path) as (service, known):
        text = script(blocks("partner-tutorial.fr.md", "sh"), service)
        done = subprocess.run(
            ["bash", "-c", text], cwd=work, env=known, capture_output=True, text=True, timeout=900
        )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert "Bénin" in done.stdout  # proposed instead of the misspelt country
    assert (work / "mine.xlsx").read_bytes().startswith(b"PK")


def test_the_tutorial_has_the_same_commands_in_both_languages() -> None:
    french, english = (
        [re.sub(r"\b(fr|en)\b|#.*", "", one) for one in blocks(name, "sh")] for name in PAIRS[0]
    )
    assert len(french) > 15
    assert french == english


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair[1])
def test_a_page_for_partners_has_a_twin_that_says_as_much(pair: tuple[str, str]) -> None:
    french, english = ((DOCS / name).read_text(encoding="utf-8") for name in pair)
    assert pair[1] in french
    assert pair[0] in english
    for mark in ("\n## ", "\n| ", "\n```"):
        assert french.count(mark) == english.count(mark)
    assert not re.search(r"«[^\u00a0]|[^\u00a0][;!?»](?=\s)", _prose(french)), pair[0]


def _prose(text: str) -> str:
    bare = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"`[^`]*`|\]\([^)]*\)", "", bare)


def test_each_page_that_the_tutorial_names_is_served(client: FlaskClient) -> None:
    text = "".join((DOCS / name).read_text(encoding="utf-8") for name in PAIRS[0])
    named = set(re.findall(r"`(/(?:fr|en)/[^`$]*)`", text))
    assert len(named) >= 6
    for path in sorted(named):
        if "ville-de-tunis" not in path:  # the page of a partner that this service does not have
            answer = client.get(path)
            assert answer.status_code == 200, path


# --- Checks elsewhere ----------------------------------------------------------------------


def test_the_hook_that_the_docs_name_exists() -> None:
    hooks = {
        one["id"]: one for one in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    }
    for page in PAIRS[1]:
        (used,) = yaml.safe_load(blocks(page, "yaml")[0])["repos"]
        assert [one["id"] in hooks for one in used["hooks"]] == [True]
    assert hooks["coopkg-check"]["entry"] == "coopkg check"


def test_the_action_takes_what_the_docs_give_it() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    for page in PAIRS[1]:
        steps = yaml.safe_load(blocks(page, "yaml")[1])
        (used,) = (one for one in steps if one.get("id") == "check")
        assert set(used["with"]) <= set(action["inputs"])
        needed = {name for name, one in action["inputs"].items() if one.get("required")}
        assert needed <= set(used["with"])
        assert "steps.check.outputs.report" in str(steps)
    assert "report" in action["outputs"]


@pytest.mark.parametrize(("dot", "code"), [(" .", 0), ("", 2)])
def test_the_action_checks_and_leaves_a_report(
    home: Path, tmp_path: Path, dot: str, code: int
) -> None:
    need("bash")
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    (step,) = (one for one in action["runs"]["steps"] if one.get("id") == "check")
    shutil.copytree(home, tmp_path / "coopkg", dirs_exist_ok=True)
    (tmp_path / "data.ttl").write_text(
        BOARD.replace(" .\n", dot),
        encoding="utf-8",
    )
    (tmp_path / "bin").mkdir()
    coopkg = tmp_path / "bin" / "coopkg"
    coopkg.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m coopkg "$@"\n', encoding="utf-8")
    coopkg.chmod(0o755)
    given = {
        **os.environ,
        "PATH": f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "GITHUB_ACTION_PATH": str(ROOT),
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_OUTPUT": str(tmp_path / "outputs"),
        "FILES": "*.ttl",
        "PARTNER": "tunis",
        "BASE": "",
        "MAPPING": "",
        "CHECK_LANG": "fr",
    }
    done = subprocess.run(
        ["bash", "-e", "-c", step["run"]], cwd=tmp_path, env=given, capture_output=True, text=True
    )
    assert done.returncode == code, done.stdout + done.stderr
    said = "Le fichier peut" if code == 0 else "Le fichier ne peut pas"
    assert said in done.stdout, "the verdict is read in the log too"
    report = Path((tmp_path / "outputs").read_text().strip().partition("=")[2])
    assert '"version": "2.1.0"' in report.read_text(encoding="utf-8")
