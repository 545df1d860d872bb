"""The published check of endpoints: what passes, what does not, and docs/conformance.md says so."""

from __future__ import annotations

import importlib.util
import os
import re
from pathlib import Path

import operating
import pytest

from tests import protocol
from tests.protocol import Line

ABSENT = not protocol.CHECKER.exists() or importlib.util.find_spec("requests") is None


@pytest.mark.skipif(ABSENT and "CI" not in os.environ, reason="no checker, or no requests for it")
def test_every_line_that_only_reads_passes_or_has_its_cause(published: Path) -> None:
    with protocol.service(published) as url:
        found = protocol.lines(url)
    assert len(found) == 273
    reading = [line for line in found if not line.writes]
    failing = {line.id: line.detail for line in reading if line.status != "PASS"}
    assert failing.keys() == protocol.CAUSES.keys(), failing
    must = [line for line in reading if line.level == "M"]
    assert {line.id for line in must if line.status != "PASS"} == {"F38"}
    rest = [line for line in reading if line.level != "M"]
    assert sum(line.status == "PASS" for line in rest) >= 0.95 * len(rest)
    made = protocol.section(found)
    assert made in protocol.PAGE.read_text(encoding="utf-8"), "python -m tests.protocol --write"


def test_a_line_that_fails_without_a_known_cause_is_told_apart() -> None:
    known = Line("F38", "M", "lexical forms", "FAIL", "")
    surprise = Line("Q01", "M", "GET", "FAIL", "")
    write = Line("G01", "M", "PUT", "FAIL", "")
    assert known.cause
    assert known.writes is None
    assert surprise.cause is None
    assert write.writes == "Graph Store writing"
    assert "`Q01` GET: **no cause is known**" in protocol.section([known, surprise, write])


def test_a_section_takes_its_place_on_the_page_and_leaves_the_others() -> None:
    made = protocol.section([])
    for page in ("# Page\n\n<!-- sparql -->\nx\n<!-- /sparql -->\n", "# Page\n"):
        once = protocol.written(page, made)
        assert protocol.written(once, made) == once
        assert once.startswith(page.rstrip())
        assert once.endswith(made)


CASES = [f"C{number:02d}" for number in range(1, 21)] + [f"R{n:02d}" for n in range(1, 6)]


def test_each_case_of_crashes_and_rates_has_tests_that_exist() -> None:
    rows = re.findall(
        r"^\| ([CR]\d\d) \|(.*)\|$", protocol.PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    assert [name for name, _ in rows] == CASES
    code = "".join(one.read_text(encoding="utf-8") for one in Path(__file__).parent.glob("*.py"))
    for name, row in rows:
        tests = re.findall(r"`(test_\w+)`", row)
        assert tests, name
        assert [one for one in tests if f"def {one}(" not in code] == [], name


SHORT = (
    r"A\d\d|G0[1-3]|G1[13]|G2[125-8]|G31|G44|G49|G50|X1[678]|X20|F38|L20|U0[1-4]|W3C-post_get_new"
)
"""A short form of the run: what is written in a few publications, and who may write."""


@pytest.mark.skipif(ABSENT and "CI" not in os.environ, reason="no checker, or no requests for it")
def test_with_the_token_of_an_operator_what_the_page_says_holds() -> None:
    """COOPKG_WHOLE_PROTOCOL has the whole run, as `python -m tests.protocol` does."""
    whole = "COOPKG_WHOLE_PROTOCOL" in os.environ
    options = () if whole else ("--only", f"^(?:{SHORT})")
    with operating.service(apart=whole) as (url, token):
        found = operating.lines(url, token, *options)
    page = protocol.PAGE.read_text(encoding="utf-8")
    written = page[page.index(operating.START) : page.index(operating.END)]
    failing = {line.id: line.detail for line in found if line.status != "PASS"}
    told = {one for row in written.splitlines() if row.startswith("| ") for one in _ids(row)}
    ids = {line.id for line in found}
    assert failing.keys() == told & ids, failing
    assert all(operating.cause(line) for line in found if line.status != "PASS")
    assert len(found) >= 40
    must = {line.id for line in found if line.level == "M" and line.status == "FAIL"}
    assert all(re.fullmatch(r"U\d\d|W3C-update_.*|G41|F38", one) for one in must), must
    assert {one for one in failing if re.fullmatch(r"A\d\d", one)} == {"A16"}
    if whole:
        assert operating.section(found) in page, "python -m tests.protocol --write"


def _ids(row: str) -> list[str]:
    return re.findall(r"`([A-Z]\d\d|W3C-\w+)`", row)


def test_the_page_of_the_operators_run_promises_what_was_asked() -> None:
    page = protocol.PAGE.read_text(encoding="utf-8")
    written = page[page.index(operating.START) : page.index(operating.END)]
    assert "no cause is known" not in written
    (beside,) = re.findall(r"But for the lines of an update, (\d+) of \d+ do not pass", written)
    assert int(beside) <= 5
    other = {one for row in written.splitlines() if row.startswith("| ") for one in _ids(row)}
    update = r"U\d\d|W3C-update_.*|G41"
    assert {one for one in other if not re.fullmatch(update, one)} == {"A16", "F38", "L20"}
