"""The commands, as people type them: exit codes, languages, mistakes."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from coopkg import cli, generation
from coopkg.terms import BASE, PREFIXES

ROOT = Path(__file__).parents[1]
HEAD = "@prefix coop: <https://w3id.org/cnfpt-coop/ns#> .\n@prefix p: <https://example.org/> .\n"


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Run a command; return its exit code and what it said on each stream."""
    code = cli.main(words)
    said = capsys.readouterr()
    assert "Traceback" not in said.out + said.err
    return code, said.out, said.err


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Any]]:
    """Check one file, in a process of its own: pytest catches what libraries log.

    Its fourth line has a code that is none, its seventh a date that is none. The project has our
    ontology and a question, and of data only a country whose code is none either.
    """
    project = tmp_path_factory.mktemp("project")
    (project / "ontology").symlink_to(ROOT / "ontology")
    (project / "queries").mkdir()
    shutil.copy(ROOT / "queries/budget.rq", project / "queries")
    (project / "graph_data/brochure").mkdir(parents=True)
    other = HEAD + f'GRAPH <{BASE}graph/passage/l152> {{ p:z a coop:Country ; coop:iso2 "TUN" . }}'
    (project / "graph_data/brochure/other.trig").write_text(other, encoding="utf-8")
    guest = tmp_path_factory.mktemp("guest") / "mine.ttl"
    text = HEAD + 'p:x a coop:Country ;\n  coop:iso2 "TUN" .\n'
    text += "@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
    text += f"p:y a <{PREFIXES['eli']}LegalResource> ;\n"
    text += '  coop:documentDate "2019-13-45"^^xsd:date .\n'
    guest.write_text(text, encoding="utf-8")
    words = ["check", "--root", str(project), "--format", "json", "--lang", "fr", str(guest)]
    command = [sys.executable, "-m", "coopkg", *words]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    assert made.returncode == cli.VIOLATIONS
    assert "Traceback" not in made.stdout + made.stderr
    return guest, [one for report in json.loads(made.stdout) for one in report["results"]]


def test_checking_one_file_finds_its_violations_with_its_lines(
    checked: tuple[Path, list[Any]],
) -> None:
    guest, results = checked
    places = [at for one in results for at in one["locations"]]
    assert {at["path"] for at in places} == {str(guest)}
    assert any(at["line"] == 4 for at in places)


def test_a_date_that_is_none_is_a_violation_and_no_traceback(
    checked: tuple[Path, list[Any]],
) -> None:
    (found,) = (one for one in checked[1] if one["path"] == "coop:documentDate")
    assert found["severity"] == "violation"
    assert [at["line"] for at in found["locations"]] == [7]


@pytest.mark.parametrize(("lang", "word"), [("fr", "point"), ("en", "dot")])
def test_a_file_that_is_not_turtle_cannot_be_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], lang: str, word: str
) -> None:
    guest = tmp_path / "mine.ttl"
    guest.write_text(HEAD + "p:x a coop:Country\np:y a coop:Country .\n", encoding="utf-8")
    code, _, error = run(capsys, "check", "--root", str(ROOT), "--lang", lang, str(guest))
    assert code == cli.CANNOT
    assert f"{guest}:3:" in error
    assert word in error


def test_a_file_that_is_not_there_cannot_be_checked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing = str(tmp_path / "missing.ttl")
    code, _, error = run(capsys, "check", "--root", str(ROOT), "--lang", "fr", missing)
    assert code == cli.CANNOT
    assert "ne peut pas être lu" in error


def test_a_folder_without_sources_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, error = run(capsys, "publish", "--root", str(tmp_path), "--home", str(tmp_path / "h"))
    assert code == cli.CANNOT
    assert "ontology/" in error


@pytest.mark.parametrize("missing", ["ontology", "graph_data", "queries"])
def test_a_tree_with_a_folder_missing_is_never_found_in_order(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], missing: str
) -> None:
    for name in {"ontology", "graph_data", "queries"} - {missing}:
        (tmp_path / name).symlink_to(ROOT / name)
    for command in (["check"], ["publish", "--home", str(tmp_path / "home")]):
        code, said, error = run(capsys, *command, "--root", str(tmp_path), "--lang", "fr")
        assert (code, said) == (cli.CANNOT, "")
        assert f"{missing}/" in error


def test_generations_are_listed_and_rolled_back(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = generation.current(home)
    code, said, _ = run(capsys, "rollback", "--home", str(home), str(first.number))
    assert code == cli.CONFORMS
    second = generation.current(home)
    assert said.strip() == second.id
    code, said, _ = run(capsys, "generations", "--home", str(home))
    assert code == cli.CONFORMS
    assert f"* {second.id}" in said
    assert first.id in said


@pytest.mark.parametrize("wanted", ["999", "zz", "0123456789ab"])
def test_rolling_back_to_nothing_names_what_there_is(
    home: Path, capsys: pytest.CaptureFixture[str], wanted: str
) -> None:
    code, _, error = run(capsys, "rollback", "--home", str(home), "--lang", "fr", wanted)
    assert code == cli.CANNOT
    assert wanted in error
    assert generation.current(home).id in error


def test_a_question_is_answered_in_the_terminal(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("ask", "--home", str(published), "partners-by-theme-and-place")
    choices = ("theme=decentralisation", "place=mediterranee")
    code, said, _ = run(capsys, *words, *choices, "--lang", "fr")
    assert code == cli.CONFORMS
    assert said.startswith("3 partenaires travaillent sur la décentralisation en Méditerranée")
    assert "ligne 142" in said
    _, said, _ = run(capsys, *words, *choices, "--format", "json")
    assert json.loads(said)["count"] == 3
    _, said, _ = run(capsys, *words, *choices, "--format", "csv")
    assert len(said.splitlines()) == 4
    code, _, error = run(capsys, *words, "theme=decentralisatio", "--lang", "fr")
    assert code == cli.CANNOT
    assert "«\u00a0décentralisation\u00a0»" in error
    code, said, _ = run(capsys, *words, "theme=décentralisation", "--lang", "fr")
    assert code == cli.CONFORMS  # what it offered can be typed
    code, _, error = run(capsys, *words, "culture")
    assert code == cli.CANNOT
    assert "parameter=value" in error


def test_what_the_source_does_not_say_is_said_in_the_terminal(
    published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, said, _ = run(
        capsys, "ask", "--home", str(published), "trainees-by-year", "year=2018", "--lang", "en"
    )
    assert said.startswith("THE SOURCE DOES NOT SAY")


def test_serving_without_a_generation_says_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, error = run(capsys, "serve", "--home", str(tmp_path), "--lang", "fr")
    assert code == cli.CANNOT
    assert "publish" in error


def test_a_port_that_is_taken_is_named(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, _, error = run(
            capsys, "serve", "--home", str(published), "--port", port, "--lang", "fr"
        )
    assert code == cli.CANNOT
    assert port in error


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("COOPKG_PORT", "many"),
        ("COOPKG_PORT", "99999"),
        ("COOPKG_WORKERS", "0"),
        ("COOPKG_WORKERS", "-1"),
        ("COOPKG_QUERY_TIMEOUT_S", "nan"),
    ],
)
def test_a_setting_that_is_no_usable_number_is_named_in_the_language_asked(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    for lang, word in (("fr", "un nombre de"), ("en", "a number from")):
        code, _, error = run(capsys, "generations", "--lang", lang)
        assert code == cli.CANNOT
        assert name in error
        assert word in error


@pytest.mark.parametrize("port", ["99999", "abc", "-1"])
def test_a_port_that_cannot_be_is_named(
    published: Path, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    code, _, error = run(
        capsys, "serve", "--home", str(published), f"--port={port}", "--lang", "fr"
    )
    assert code == cli.CANNOT
    assert f"--port : « {port} »" in error.replace("\u00a0", " ")


def test_a_report_for_a_partner_is_not_silently_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = str(tmp_path / "report.sarif")
    code, _, error = run(capsys, "check", "--root", str(ROOT), "--sarif", report, "--lang", "fr")
    assert code == cli.CANNOT
    assert "--as-partner NOM" in error


@pytest.mark.parametrize("words", [["nothing"], [], ["ask"], ["check", "--format", "xml"]])
def test_a_wrong_word_shows_the_usage_in_the_language_asked(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as stop:
        cli.main([*words, "--lang", "fr"])
    assert stop.value.code == cli.CANNOT
    assert "utilisation" in capsys.readouterr().err
