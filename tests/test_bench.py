"""The speed report works; how fast it is on the machine of a test is nobody's business."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import canned

ROOT = Path(__file__).parents[1]


def test_the_speed_report_runs_from_one_end_to_the_other() -> None:
    if shutil.which("wrk") is None:
        assert not os.environ.get("CI"), "wrk is part of CI"
        pytest.skip("wrk is not installed")
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.http", "--smoke"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for line in ("| cheap | coopkg, kept | 1 |", "| flagship | coopkg, evaluated | 1 |"):
        assert line in done.stdout
    assert "the engine, there and back" in done.stdout


def test_the_pages_of_questions_are_measured_beside_their_queries(published: Path) -> None:
    pages = canned.measure(published, repeats=1, most=2)
    text = canned.section(pages)
    assert len(pages.of) == 2
    for one in pages.of:
        assert f"| {one.slug} | " in text
        assert min(*one.alone.clock, *one.cold.cpu, *one.ahead.clock, *one.warm.clock) > 0
        assert one.cold.p95("cpu") > one.warm.p95("cpu")


def test_a_target_that_one_page_misses_is_missed() -> None:
    def spent(ms: float) -> canned.Spent:
        return canned.Spent((ms,) * 20, (ms,) * 20)

    good = canned.Canned("good", spent(1), spent(2.9), spent(0.1), spent(0.1))
    bad = canned.Canned("bad", spent(1), spent(9), spent(0.1), spent(1.1))
    text = canned.section(canned.Pages([good, bad], spent(0.3)))
    assert "| cold, p95 ≤ 3 × alone (clock) | 1 of 2 | 9.00× | **missed** |" in text
    assert "| first visit, made ahead, p95 ≤ 3 × alone (clock) | 2 of 2 | 0.10× | reached |" in text
    assert "| kept, p95 ≤ 1 ms (clock) | 1 of 2 | 1.10 ms | **missed** |" in text
