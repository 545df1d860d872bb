"""Mistakes that readers report: kept for good, shown to the operator alone, answered in public."""

from __future__ import annotations

import errno
import html
import itertools
import json
import os
import re
import shutil
import signal
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from faults_driver import kill_at
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from coopkg import cli, generation
from coopkg.config import Settings
from coopkg.errors import ParameterError, UnknownError
from coopkg.mistakes import LIMITS, Answer, Box, Mistake, Written, code, mistake, written
from coopkg.serve import create_app, metering
from coopkg.serve.sparql.fairness import Shares
from coopkg.terms import BASE

NOW = "2026-11-23T12:00:00Z"
ABOUT = BASE + "id/organisation/cefal"
SAID = Written(ABOUT, "Ce n’est pas au Bénin.", "un fait", "1-0123456789ab", "a@example.org")
FORM = {"about": ABOUT, "message": "Ce n’est pas au Bénin.", "fact": "un fait", "email": ""}
HOSTILE = "<script>alert(1)</script>\x1b[31m\u202eabc\x00"


@pytest.fixture(scope="module")
def site(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Yield the service on a home of its own: reports are written into it."""
    home = Path(shutil.copytree(published, tmp_path_factory.mktemp("reports") / "home"))
    made = create_app(Settings(home=home))
    yield made
    made.extensions["coopkg"].close()


@pytest.fixture
def reader(site: Flask) -> FlaskClient:
    """Return a reader who has sent nothing yet."""
    shares: Shares = site.extensions[metering.EXTENSION]
    shares.__init__()  # type: ignore[misc]
    return site.test_client()


@pytest.fixture
def box(site: Flask) -> Box:
    return Box(site.extensions["coopkg_settings"].home)


# --- Sent and kept --------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_report_is_kept_and_its_page_says_what_becomes_of_it(
    reader: FlaskClient, box: Box, lang: str
) -> None:
    sent = reader.post(f"/{lang}/report", data={**FORM, "message": f"mot {lang}"})
    assert sent.status_code == 303
    kept = box.get(sent.headers["Location"].split("/")[-1].partition("?")[0])
    assert kept.written == Written(ABOUT, f"mot {lang}", "un fait", "", "", lang)
    page = html.unescape(reader.get(sent.headers["Location"]).text)
    assert mistake.spaced(kept.id) in page
    assert {"fr": "Pas encore répondu", "en": "Not answered yet"}[lang] in page
    assert f"mot {lang}" not in page  # what was written is the operator's to read
    box.answer(kept.id, Answer("Corrigé.", "Mended.", NOW, 1))
    page = html.unescape(reader.get(f"/{lang}/report/{kept.id}").text)
    assert {"fr": "Corrigé.", "en": "Mended."}[lang] in page


def test_the_form_is_filled_with_the_fact_and_the_generation(reader: FlaskClient) -> None:
    query = {"about": ABOUT, "fact": "CEFAL – au Bénin", "generation": "1-0123456789ab"}
    page = html.unescape(reader.get("/fr/report", query_string=query).text)
    assert f'name="about" value="{ABOUT}"' in page
    assert 'name="fact" value="CEFAL – au Bénin"' in page
    assert 'name="generation" value="1-0123456789ab"' in page
    assert "Centre de formation" in page  # its name, and not its address alone
    assert 'href="/fr/id/organisation/cefal"' in page


def test_programs_report_as_json_and_read_the_state(
    reader: FlaskClient, site: Flask, box: Box
) -> None:
    document: dict[str, Any] = reader.get("/openapi.json").json  # type: ignore[assignment]
    operation = document["paths"]["/api/reports"]["post"]
    example = operation["requestBody"]["content"]["application/json"]["example"]
    made = reader.post("/api/reports", json=example)
    assert made.status_code == 201
    assert made.headers["Location"] == f"/api/reports/{made.json['id']}"
    state = reader.get(made.headers["Location"])
    for found, status, of in (
        (made, "201", operation),
        (state, "200", document["paths"]["/api/reports/{reference}"]["get"]),
    ):
        schema = of["responses"][status]["content"]["application/json"]["schema"]
        whole = {**schema, "components": document["components"]}
        jsonschema.Draft202012Validator(whole).validate(found.json)
    assert box.get(made.json["id"]).written.message == example["message"]
    again = reader.post("/api/reports", json=example)
    assert again.json["id"] == made.json["id"]  # to try again is safe


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"message": "  "}, "message"),
        ({"message": "x" * 4001}, "message"),
        ({"email": "nobody"}, "email"),
        ({"email": "a@b.c d"}, "email"),
        ({"about": "https://elsewhere.example/"}, "about"),
        ({"about": "//elsewhere.example/"}, "about"),
        ({"about": "/\\elsewhere"}, "about"),
        ({"about": ""}, "about"),
        ({"generation": "../../etc"}, "generation"),
        ({"website": "http://spam.example"}, "website"),
    ],
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_what_cannot_be_kept_is_told_and_the_text_is_not_lost(
    reader: FlaskClient, box: Box, changed: dict[str, str], field: str, lang: str
) -> None:
    before = len(box.every())
    found = reader.post(f"/{lang}/report", data={**FORM, **changed})
    assert found.status_code == 422
    page = html.unescape(found.text)
    assert {"fr": "Rien n’a été envoyé.", "en": "Nothing was sent."}[lang] in page
    assert f"{field}\u00a0:" in page if lang == "fr" else f"{field}:" in page
    if field != "message":
        assert FORM["message"] in page
    api = reader.post("/api/reports", json={**FORM, **changed})
    assert (api.status_code, api.json["parameter"]) == (400, field)
    assert len(box.every()) == before


def test_another_site_cannot_report_in_the_name_of_a_reader(reader: FlaskClient, box: Box) -> None:
    before = len(box.every())
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
    ):
        for address, body in (("/fr/report", {"data": FORM}), ("/api/reports", {"json": FORM})):
            assert reader.post(address, headers=headers, **body).status_code == 403, headers
    assert len(box.every()) == before
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://localhost"}):
        assert reader.post("/fr/report", data=FORM, headers=headers).status_code == 303


def test_bodies_of_other_types_and_sizes_are_refused(reader: FlaskClient) -> None:
    assert reader.post("/api/reports", data="x=1").status_code == 415
    assert reader.post("/fr/report", json=FORM).status_code == 415
    big = {**FORM, "message": "x" * (65 << 10)}
    assert reader.post("/fr/report", data=big).status_code == 413
    for body in (b"[]", b"{", b'{"about": 1}', b"\xff", b"[" * 30_000, b"null"):
        found = reader.post("/api/reports", data=body, content_type="application/json")
        assert found.status_code == 400, body[:20]


def test_one_client_sends_only_its_share(reader: FlaskClient, box: Box) -> None:
    codes = [
        reader.post("/fr/report", data={**FORM, "message": f"share {number}"}).status_code
        for number in range(12)
    ]
    assert codes[:10] == [303] * 10
    assert codes[-1] == 429


def test_a_full_box_says_so(site: Flask, reader: FlaskClient, tmp_path: Path) -> None:
    small = Box(tmp_path, most=2)
    for number in range(2):
        small.put(Written("/fr/", f"message {number}"), NOW)
    with pytest.raises(OSError, match="too many") as refused:
        small.put(Written("/fr/", "one more"), NOW)
    assert refused.value.errno == errno.EDQUOT
    assert small.put(Written("/fr/", "message 1"), NOW).written.message == "message 1"


# --- Text from strangers --------------------------------------------------------------------


def test_what_strangers_write_is_text_everywhere(
    site: Flask, reader: FlaskClient, box: Box, capsys: pytest.CaptureFixture[str]
) -> None:
    hostile = {**FORM, "message": HOSTILE, "fact": f'"><b>{HOSTILE}'}
    page = reader.get("/fr/report", query_string=hostile).text
    assert "<script>alert" not in page
    assert "\x1b" not in page
    sent = reader.post("/fr/report", data={**hostile, "email": "wrong"})
    assert sent.status_code == 422
    assert "<script>alert" not in sent.text
    kept = reader.post("/api/reports", json=hostile)
    home = str(site.extensions["coopkg_settings"].home)
    for written_as in ("text", "json"):
        cli.main(["reports", "--home", home, "--format", written_as, "--lang", "en"])
        shown = capsys.readouterr().out
        assert "script" in shown
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", shown)
    raw = box.get(kept.json["id"]).written.message
    assert raw == "<script>alert(1)</script>\ufffd[31m\ufffdabc\ufffd"
    about = reader.get("/fr/report", query_string={"about": "javascript:alert(1)"}).text
    assert 'href="javascript' not in about


def test_a_line_of_a_stranger_cannot_pass_for_another_field(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Box(tmp_path).put(Written("/fr/", "fine\nR-00000-00000  answered\n  e-mail | x@y.zz"), NOW)
    cli.main(["reports", "--home", str(tmp_path), "--lang", "en"])
    lines = capsys.readouterr().out.splitlines()
    assert sum(not one.startswith("  ") for one in lines) == 1
    assert all(re.match(r" {2} *\S+ \| ", one) for one in lines[1:])


@given(st.text(max_size=200))
def test_no_text_keeps_what_a_terminal_obeys(text: str) -> None:
    shown = mistake.plain(text)
    assert not re.search(
        r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]", shown
    )
    assert mistake.plain(shown) == shown
    shown.encode()


@given(st.dictionaries(st.sampled_from([*LIMITS, "lang"]), st.text(max_size=80)))
def test_what_is_read_can_be_kept_and_read_again(given_: dict[str, str]) -> None:
    try:
        said = written({"about": "/fr/", "message": "abc", **given_})
    except ParameterError:
        return
    one = Mistake(mistake.identify(said), NOW, said)
    assert Mistake.load(one.dump()) == one
    assert code(mistake.spaced(one.id).lower()) == one.id


def test_arabic_and_accents_are_kept_as_they_are() -> None:
    text = "مركز التكوين – « é » 👩‍🏫\u200f"
    assert mistake.plain(text) == text


# --- Personal data --------------------------------------------------------------------------


def test_an_address_is_the_operators_alone_and_can_be_erased(
    site: Flask, reader: FlaskClient, box: Box, capsys: pytest.CaptureFixture[str]
) -> None:
    home = site.extensions["coopkg_settings"].home
    sent = reader.post("/api/reports", json={**FORM, "email": "somebody@example.org"})
    reference = sent.json["id"]
    box.answer(reference, Answer("Vu.", "Seen.", NOW, 0))
    for address in (f"/fr/report/{reference}", f"/api/reports/{reference}", "/feed.atom",
                    "/fr/changes", "/en/changes"):  # fmt: skip
        assert "somebody@example" not in reader.get(address).text, address
    assert stat.S_IMODE((home / "reports").stat().st_mode) == 0o700
    cli.main(["reports", "--home", str(home), "--lang", "en"])
    assert "somebody@example.org" in capsys.readouterr().out
    assert cli.main(["reports", "erase", reference, "--home", str(home), "--lang", "fr"]) == 0
    for path in (home / "reports").iterdir():
        assert b"somebody@example" not in path.read_bytes(), path
    assert "effacé" in reader.get(f"/fr/report/{reference}").text
    fresh = reader.post("/api/reports", json={**FORM, "email": "somebody@example.org"})
    assert fresh.json["id"] != reference  # erased is not open


def test_no_cookie_is_set(reader: FlaskClient) -> None:
    for found in (reader.get("/fr/report"), reader.post("/fr/report", data=FORM)):
        assert "Set-Cookie" not in found.headers
        assert found.headers["Cache-Control"] == "no-store"


# --- The terminal ---------------------------------------------------------------------------


def test_an_answer_is_given_in_both_languages_or_not_at_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Box(tmp_path).put(SAID, NOW)
    asked = ["reports", "answer", made.id, "--home", str(tmp_path), "--lang", "fr"]
    assert cli.main([*asked, "--text-fr", "Corrigé."]) == 2
    assert "--text-en" in capsys.readouterr().err
    assert Box(tmp_path).get(made.id).answer is None
    assert cli.main([*asked, "--text-fr", "Corrigé.", "--text-en", "Mended."]) == 0
    assert "répondu" in capsys.readouterr().out
    assert cli.main(["reports", "--home", str(tmp_path), "--format", "json"]) == 0
    (listed,) = json.loads(capsys.readouterr().out)
    assert listed["state"] == "answered"
    assert cli.main(["reports", "--state", "open", "--home", str(tmp_path), "--lang", "fr"]) == 0
    assert "Aucun signalement" in capsys.readouterr().out


def test_an_unknown_reference_is_told(reader: FlaskClient, tmp_path: Path) -> None:
    assert reader.get("/fr/report/R0000000000").status_code == 404
    assert reader.get("/api/reports/..%2f..%2fcurrent").status_code == 404
    assert cli.main(["reports", "erase", "nope", "--home", str(tmp_path)]) == 2
    with pytest.raises(UnknownError):
        Box(tmp_path).get("R-00000-00000")


def test_a_damaged_file_is_told_and_hides_no_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = Box(tmp_path).put(SAID, NOW)
    (tmp_path / "reports/RZZZZZZZZZZ.json").write_text('{"id": 1}')
    assert cli.main(["reports", "--home", str(tmp_path), "--lang", "en"]) == 1
    told = capsys.readouterr()
    assert mistake.spaced(made.id) in told.out
    assert "RZZZZZZZZZZ.json: unreadable" in told.err


# --- What changes ---------------------------------------------------------------------------


def test_an_answer_appears_in_the_generation_that_follows(site: Flask, home: Path) -> None:
    first = generation.current(home)
    box = Box(home)
    made = box.put(Written(ABOUT, "secret words"), NOW)
    box.answer(made.id, Answer("Le siège est corrigé.", "The seat is mended.", NOW, first.number))
    app = create_app(Settings(home=home))
    try:
        client = app.test_client()
        for address in ("/feed.atom?lang=fr", "/fr/changes"):
            assert "Le siège est corrigé." not in client.get(address).text  # not yet
        generation.rollback(home, first.id, datetime.now(UTC))
        for address, said in (
            ("/feed.atom?lang=fr", "Le siège est corrigé."),
            ("/feed.atom?lang=en", "The seat is mended."),
            ("/fr/changes", "Le siège est corrigé."),
            ("/en/changes", "The seat is mended."),
        ):
            found = html.unescape(client.get(address).text)
            assert found.count(said) == 1, address
            assert "secret words" not in found
            assert "/id/organisation/cefal" in found
    finally:
        app.extensions["coopkg"].close()


# --- Faults ---------------------------------------------------------------------------------


def killed_putting(home: Path, nth: int, when: str) -> bool:
    """Put a report in a child that dies at its n-th system call; tell whether it died."""
    child = os.fork()
    if child == 0:
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 2)
        kill_at(nth, when)
        Box(home).put(SAID, NOW)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or status == 0
    return os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.faults
@pytest.mark.parametrize("when", ["before", "after", "torn"])
def test_killed_at_any_call_a_report_is_whole_or_absent_and_can_be_sent_again(
    tmp_path: Path, when: str
) -> None:
    states = set()
    for nth in itertools.count(1):
        home = tmp_path / str(nth)
        home.mkdir()
        died = killed_putting(home, nth, when)
        found = Box(home).every()
        assert Box(home).damaged() == []
        assert [one.written for one in found] in ([], [SAID])
        states.add((died, len(found)))
        if not died:
            assert found, "acknowledged, then lost"
            break
        again = Box(home).put(SAID, NOW)
        assert [one.id for one in Box(home).every()] == [again.id]
    assert (True, 0) in states
    assert nth > 3


@pytest.mark.faults
@pytest.mark.parametrize(
    ("call", "number", "status"),
    [
        ("write", errno.ENOSPC, 507),
        ("fsync", errno.EDQUOT, 507),
        ("replace", errno.EIO, 503),
        ("fsync", errno.EIO, 503),
    ],
)
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_disk_that_refuses_is_told_and_nothing_is_acknowledged(
    reader: FlaskClient, box: Box, monkeypatch: pytest.MonkeyPatch, call: str, number: int,
    status: int, lang: str,
) -> None:  # fmt: skip
    before = {one.id for one in box.every()}
    data = {**FORM, "message": f"{call} {number} {lang}"}
    with monkeypatch.context() as patch:
        patch.setattr(os, call, _refusing(number, getattr(os, call)))
        found = reader.post(f"/{lang}/report", data=data, headers={"Accept": "text/html"})
        api = reader.post("/api/reports", json=data, headers={"Accept": "application/json"})
    assert (found.status_code, api.status_code) == (status, status)
    words = {"fr": "n’a pas été gardé", "en": "was not kept"}[lang]
    assert words in html.unescape(found.text)
    if call != "fsync":  # after the rename, what was not acknowledged may be there all the same
        assert {one.id for one in box.every()} == before
    assert box.damaged() == []
    assert reader.post(f"/{lang}/report", data=data).status_code == 303


def _refusing(number: int, original: Any) -> Any:
    def call(*given: Any, **named: Any) -> Any:
        if given and isinstance(given[0], int) and given[0] < 3:
            return original(*given, **named)  # what a test prints
        raise OSError(number, os.strerror(number))

    return call
