"""The words of the command line: refused in the language asked for, and in any order."""

from __future__ import annotations

import argparse

import pytest

from coopkg import arguments, cli

ENGLISH = ("expected", "required", "invalid", "choose", "error", "usage", "unrecognized")


@pytest.mark.parametrize(
    "words",
    [
        [], ["chekc"], ["accept"], ["accept", "--foo", "x"], ["ask", "q", "--format", "xls"],
        ["refuse", "x", "--why"], ["partner"], ["partner", "add", "a"], ["partner", "token", "a"],
        ["partner", "add", "a", "--label-fr", "a", "--label-en", "a", "--direct", "--operator"],
        ["partner", "add", "a", "--expires", "x", "--label-fr", "a", "--label-en", "b"],
        ["partner", "add", "a", "--label", "x"], ["serve", "--build-if-missing=3"],
        ["access", "erase"], ["links"], ["mint", "place"], ["receipt", "verify"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_is_refused_is_said_in_french_alone(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        arguments.parser("fr").parse_args(words)
    said = capsys.readouterr().err
    assert ended.value.code == cli.CANNOT
    assert said.startswith("utilisation\u00a0: coopkg")
    assert not [one for one in ENGLISH if one in said.splitlines()[-1]], said
    with pytest.raises(SystemExit):
        arguments.parser("en").parse_args(words)
    assert capsys.readouterr().err.startswith("usage: coopkg")


def test_the_nearest_word_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments.parser("fr").parse_args(["contribution"])
    assert "Vouliez-vous dire contributions\u00a0?" in capsys.readouterr().err


def test_a_word_of_argparse_that_is_not_known_is_kept() -> None:
    assert arguments.refusal("something new", "fr") == "something new"


@pytest.mark.parametrize(
    ("words", "name", "found"),
    [
        (["ask", "--lang", "fr", "q", "a=b", "--format", "csv", "c=d"], "values", ["a=b", "c=d"]),
        (["links", "propose", "--source", "x", "a", "exact", "b"], "what", ["a", "exact", "b"]),
        (["links", "propose", "a", "--source", "x", "exact", "b"], "what", ["a", "exact", "b"]),
        (["check", "--format", "json", "x"], "format", "json"),
        (["partner", "add", "--direct", "n", "--label-fr", "a", "--label-en", "b"], "name", "n"),
    ],
    ids=str,
)
def test_options_may_stand_anywhere(words: list[str], name: str, found: object) -> None:
    given: argparse.Namespace = arguments.parser("en").parse_args(words)
    assert getattr(given, name) == found


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_each_command_is_explained_in_both_languages(name: str) -> None:
    french, english = arguments.usage(name, "fr"), arguments.usage(name, "en")
    assert arguments.HELP[name][1].split()[0] in english
    assert french.startswith("utilisation\u00a0: coopkg")
    assert "show this help" not in french
    assert "afficher" not in english
