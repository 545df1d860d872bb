"""Partners and tokens: who is let in, what is kept of a token, what a name may be."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path

import pytest
from contributing import LABEL, NOW

from coopkg import cli
from coopkg.contributions import ledger, partners
from coopkg.contributions.texts import neutral
from coopkg.errors import ContributionError, UnauthorisedError, UnknownError
from coopkg.terms import BASE


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


def rule(home: Path, token: str) -> str:
    with pytest.raises(UnauthorisedError) as refused:
        partners.of_token(home, token)
    assert refused.value.message("fr")
    return refused.value.rule


def test_a_partner_comes_in_with_its_token_and_writes_below_its_own_graph(home: Path) -> None:
    made, token = partners.add(home, "ville-de-tunis", LABEL)

    found = partners.of_token(home, token)
    assert found == made
    assert (found.role, found.base) == ("reviewed", f"{BASE}id/partner/ville-de-tunis/")
    assert found.owns(f"{BASE}graph/partner/ville-de-tunis")
    assert found.owns(f"{BASE}graph/partner/ville-de-tunis/2026")
    assert not found.owns(f"{BASE}graph/partner/ville-de-tunis-sud")


def test_nothing_that_is_kept_holds_the_token(home: Path) -> None:
    _, token = partners.add(home, "tunis", LABEL)
    _, renewed = partners.renew(home, "tunis")
    kept = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    for secret in (token, renewed):
        assert secret.encode() not in kept
        assert secret[7:30].encode() not in kept


def test_a_token_is_long_and_its_slips_are_told_from_strangers(home: Path) -> None:
    _, token = partners.add(home, "tunis", LABEL)
    assert len(bytes.fromhex(token[7:71])) * 8 == 256
    for wrong in (token[:-1], token + "0", token.upper(), "x", "é" * 9, "\ud800"):
        assert rule(home, wrong) == "unknown-token"
    with pytest.raises(UnauthorisedError, match="cut"):
        partners.of_token(home, token[:-2])
    stranger = partners.add(home.with_name("elsewhere"), "tunis", LABEL)[1]
    with pytest.raises(UnauthorisedError, match="opens nothing"):
        partners.of_token(home, stranger)
    assert rule(home, "") == "no-token"


def test_a_renewed_token_ends_the_one_before_and_a_revoked_one_ends_at_once(home: Path) -> None:
    _, first = partners.add(home, "tunis", LABEL)
    elsewhere = ledger.Ledger(home)  # as another process sees it
    assert len(elsewhere.entries()) == 1
    _, second = partners.renew(home, "tunis")
    assert rule(home, first) == "revoked-token"
    assert partners.of_token(home, second).name == "tunis"

    partners.revoke(home, "tunis")
    assert rule(home, second) == "revoked-token"
    assert len(elsewhere.entries()) == 3
    assert partners.revoke(home, "tunis").revoked, "done twice, it is done once"
    assert len(elsewhere.entries()) == 3

    _, third = partners.renew(home, "tunis")
    assert partners.of_token(home, third).revoked == ""


def test_a_token_that_has_expired_says_so_to_its_owner_only(home: Path) -> None:
    _, token = partners.add(home, "tunis", LABEL, days=30, now=NOW)
    assert partners.of_token(home, token, NOW + timedelta(days=29)).name == "tunis"
    with pytest.raises(UnauthorisedError, match="expired on 2026-12-23") as refused:
        partners.of_token(home, token, NOW + timedelta(days=30))
    assert refused.value.rule == "expired-token"
    assert rule(home, "coopkg_" + "0" * 72) == "unknown-token"


@pytest.mark.parametrize(
    "name",
    ["", "Tunis", "ville de tunis", "é", "a/b", "../x", "-a", "a-", "a--b", "guest", "a" * 65],
)
def test_a_name_that_cannot_be_part_of_an_address_is_refused(home: Path, name: str) -> None:
    with pytest.raises(ContributionError, match="lower-case letters") as refused:
        partners.add(home, name, LABEL)
    assert "minuscules" in refused.value.message("fr")
    assert not home.exists()


@pytest.mark.parametrize("label", ["", "  ", "a\x1b[2J", "a\r\nb", "a\u202eb", "x" * 201])
def test_a_label_that_could_fool_a_reader_is_refused(home: Path, label: str) -> None:
    with pytest.raises(ContributionError, match="--label-en"):
        partners.add(home, "tunis", {**LABEL, "en": label})


@pytest.mark.parametrize(
    "base",
    [
        "tunis", "ftp://tunis.example/", "https://tunis.example", "https://a b/", "https://a/\u202e/",
        BASE, f"{BASE}id/organisation/", f"{BASE}ns#", "https://w3id.org/",
        "http://www.w3.org/2004/02/skos/core#", "http://www.w3.org/",
        f"{BASE}id/partner/other/", "https://other.example/id/sub/", "https://other.example/",
    ],
)  # fmt: skip
def test_a_base_that_is_ours_or_anothers_is_refused(home: Path, base: str) -> None:
    partners.add(home, "other", LABEL, base="https://other.example/id/")
    with pytest.raises(ContributionError, match="--base") as refused:
        partners.add(home, "tunis", LABEL, base=base)
    assert refused.value.rule == "partner-base"
    assert list(partners.known(home)) == ["other"]


def test_two_who_create_the_same_partner_make_one(home: Path) -> None:
    made: list[str] = []
    refused: list[str] = []

    def create() -> None:
        try:
            made.append(partners.add(home, "tunis", LABEL)[1])
        except ContributionError as error:
            refused.append(error.rule)

    threads = [threading.Thread(target=create) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(made), set(refused)) == (1, {"partner-exists"})
    assert partners.of_token(home, made[0]).name == "tunis"


def test_a_partner_that_is_not_there_is_named_with_those_that_are(home: Path) -> None:
    partners.add(home, "tunis", LABEL)
    with pytest.raises(UnknownError) as unknown:
        partners.renew(home, "tuni")
    assert unknown.value.known == ("tunis",)


def test_control_characters_are_written_as_codes() -> None:
    assert neutral("a\x00\x9b\u2028é\u200b") == "a\\x00\\x9b\\u2028é\\u200b"


# --- Commands ------------------------------------------------------------------------------


def test_the_command_tells_the_token_once_alone_on_the_last_line(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["partner", "add", "tunis", "--label-fr", "Ville", "--label-en", "City", "--direct"]
    assert cli.main([*words, "--home", str(home), "--lang", "fr"]) == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert partners.of_token(home, last).role == "direct"

    assert cli.main(["partner", "list", "--home", str(home), "--format", "json"]) == 0
    assert last not in capsys.readouterr().out
    assert cli.main(["partner", "token", "tunis", "--renew", "--home", str(home)]) == 0
    assert rule(home, last) == "revoked-token"
    renewed = capsys.readouterr().out.splitlines()[-1]
    assert partners.of_token(home, renewed)
    assert cli.main(["partner", "--home", str(home), "revoke", "tunis"]) == 0
    assert rule(home, renewed) == "revoked-token"


def test_the_command_says_what_is_wrong_in_the_language_asked_for(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["partner", "add", "Tunis", "--label-fr", "V", "--label-en", "C", "--home", str(home)]
    assert cli.main([*words, "--lang", "fr"]) == 2
    assert "ne peut pas nommer un partenaire" in capsys.readouterr().err
    assert cli.main([*words, "--lang", "en"]) == 2
    assert "cannot name a partner" in capsys.readouterr().err
