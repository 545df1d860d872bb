"""The published check of endpoints: what passes, what does not, and docs/conformance.md says so."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path

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
