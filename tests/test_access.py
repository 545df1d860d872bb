"""Who asks to contribute: listed, answered, and erased for good, from the terminal."""

from __future__ import annotations

import json
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

import contributing
import pytest

from coopkg import cli
from coopkg.contributions import access, ledger, partners

ASKED = {
    "organisation": "Ville de Sousse\u202e",
    "email": "mme.untel@sousse.example",
    "message": "Bonjour,\nnos stages",
}


def run(capsys: pytest.CaptureFixture[str], home: Path, *words: str) -> tuple[int, str]:
    code = cli.main([*words, "--home", str(home), "--lang", "fr"])
    said = capsys.readouterr()
    return code, said.out + said.err


def asked(home: Path, **changes: str) -> str:
    return access.ask(home, {**ASKED, **changes}, "fr").id


def test_the_operator_learns_of_requests_and_reads_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    assert "Aucune demande" in run(capsys, tmp_path, "access", "list")[1]
    assert "accès" not in run(capsys, tmp_path, "contributions")[1]
    with caplog.at_level(logging.INFO, "coopkg.contributions"):
        name = asked(tmp_path)
    assert name in caplog.text
    assert "sousse" not in caplog.text.lower()
    assert asked(tmp_path) == name, "the very same, once"
    assert "sans réponse\u00a0: 1" in run(capsys, tmp_path, "contributions")[1]
    code, said = run(capsys, tmp_path, "access", "list")
    assert code == 0
    assert "Ville de Sousse\\u202e <mme.untel@sousse.example>" in said
    assert "\u202e" not in said
    (told,) = json.loads(run(capsys, tmp_path, "access", "list", "--format", "json")[1])
    assert (told["id"], told["email"]) == (name, ASKED["email"])


def test_accepting_creates_the_partner_and_tells_its_token_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = asked(tmp_path, organisation="Ville de Sousse")
    code, said = run(capsys, tmp_path, "access", "answer", name, "--accept", "sousse")
    token = said.splitlines()[-1]
    assert code == 0
    made = partners.of_token(tmp_path, token)
    assert (made.name, made.role) == ("sousse", "reviewed")
    assert made.label == {"fr": "Ville de Sousse", "en": "Ville de Sousse"}
    assert access.get(tmp_path, name).partner == "sousse"
    assert run(capsys, tmp_path, "access", "answer", name, "--refuse", "--why", "non")[0] == 2
    assert run(capsys, tmp_path, "access", "answer", name, "--accept", "other")[0] == 2
    assert set(partners.known(tmp_path)) == {"sousse"}, "nobody is created for what was answered"
    again = asked(tmp_path, message="un autre")
    said = run(capsys, tmp_path, "access", "answer", again, "--accept", "sousse")[1]
    assert "coopkg_" not in said, "a partner that is there keeps its token"
    assert "Aucune demande" in run(capsys, tmp_path, "access", "list")[1]
    assert "acceptée" in run(capsys, tmp_path, "access", "list", "--all")[1]


def test_refusing_needs_a_reason_and_a_request(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = asked(tmp_path)
    assert run(capsys, tmp_path, "access", "answer", name, "--refuse")[0] == 2
    assert run(capsys, tmp_path, "access", "answer", "a-9", "--refuse", "--why", "x")[0] == 2
    assert not access.get(tmp_path, name).answer
    code, said = run(capsys, tmp_path, "access", "answer", name, "--refuse", "--why", "hors sujet")
    assert (code, access.get(tmp_path, name).why) == (0, {"fr": "hors sujet"})
    assert "refusée" in said


def test_what_was_written_is_erased_from_every_file_and_can_be_sent_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = asked(tmp_path)
    code, _ = run(capsys, tmp_path, "access", "erase", "--id", name)
    assert code == 0
    for path in tmp_path.rglob("*"):
        assert not path.is_file() or b"sousse" not in path.read_bytes().lower(), path
    assert access.get(tmp_path, name).erased
    assert len(ledger.of(tmp_path).verified()) == 2
    again = asked(tmp_path)
    assert again != name
    assert not access.get(tmp_path, again).erased
    assert access.words(tmp_path, access.get(tmp_path, again))["email"] == ASKED["email"]
    digests = {one.said for one in access.listing(tmp_path)}
    assert len(digests) == 2, "the same words do not show as the same"


def test_answers_of_long_ago_are_erased_together(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old, waiting = asked(tmp_path), asked(tmp_path, message="plus tard")
    access.answer(tmp_path, old, "op", why={"fr": "non"})
    assert "Rien" in run(capsys, tmp_path, "access", "erase", "--answered-before", "365")[1]
    later = datetime.now(UTC) + timedelta(days=366)
    assert access.answered_before(tmp_path, 365, later) == [old]
    assert waiting not in access.answered_before(tmp_path, 365, later)
    access.erase(tmp_path, old, "op")
    assert access.answered_before(tmp_path, 365, later) == []


@pytest.mark.parametrize(
    "words",
    [["access"], ["access", "erase"], ["access", "answer", "a"], ["access", "erase", "--id", "a",
     "--answered-before", "3"], ["access", "erase", "--answered-before", "0"]],
    ids=" ".join,
)  # fmt: skip
def test_words_that_cannot_be_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run(capsys, tmp_path, *words)
    assert ended.value.code == cli.CANNOT
    contributing.partner(tmp_path)
