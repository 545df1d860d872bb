"""The speed report works; how fast it is on the machine of a test is nobody's business."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

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
