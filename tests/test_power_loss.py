"""What was acknowledged survives a power cut: what was not synced may be lost, or half there."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import contributing
import contributions_driver as driver
import power
import pytest
from contributions_driver import ACTIONS
from power import Disk
from test_contributions_faults import assert_consistent, assert_goes_on

from coopkg.contributions import checking, ledger, publication
from coopkg.errors import CoopkgError

pytestmark = pytest.mark.faults

STEP = int(os.environ.get("CHAOS_STEP", "5"))
"""`make chaos` cuts the power after each call that changes the disk; here after each fifth."""
RANDOM = 2
"""States of each moment where chance says what of the unsynced is there."""


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(checking, "run", contributing.checked)
    monkeypatch.setattr(publication, "_started", contributing.published)
    yield
    ledger.of.cache_clear()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("template") / "home"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "run", contributing.checked)
        patch.setattr(publication, "_started", contributing.published)
        patch.setattr(os, "fsync", lambda descriptor: None)
        driver.make(home)
    return home


def recorded(template: Path, folder: Path, action: str, *, forgets: bool = False) -> Disk:
    home = Path(shutil.copytree(template, folder / "home"))
    disk = Disk(home, forgets)
    disk.record(ACTIONS[action])
    return disk


def after_the_cuts(disk: Disk, folder: Path, step: int) -> Iterator[tuple[Path, bool]]:
    """Give a home as each cut leaves it, and whether the action had been acknowledged by then."""
    last = len(disk.moments) - 1
    for number in (*range(0, last, step), last):
        moment = disk.moments[number]
        for kind in range(2 + RANDOM):
            home = folder / f"{number}-{kind}"
            if kind == 0:
                power.strict(moment, home)
            elif kind == 1:
                power.empty(moment, home)
            else:
                power.some(moment, home, random.Random(1000 * number + kind))
            yield home, number == last
            shutil.rmtree(home)


@pytest.mark.parametrize("action", list(ACTIONS))
def test_a_power_cut_leaves_each_step_taken_or_not_and_loses_nothing_acknowledged(
    template: Path, tmp_path: Path, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = recorded(template, tmp_path, action)
    assert {"fsync", "write", "open"} <= {one.step for one in disk.moments}
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)  # the power is cut once
    cuts = 0
    for home, acknowledged in after_the_cuts(disk, tmp_path, STEP):
        cuts += 1
        assert_consistent(home, action, acknowledged=acknowledged)
        assert_goes_on(home, action)
    print(f"{action}: {len(disk.moments)} moments, {cuts} homes")


@pytest.mark.parametrize("action", ["receive", "accept", "publish"])
def test_without_a_sync_a_power_cut_is_noticed(
    template: Path, tmp_path: Path, action: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: the same cuts on a disk where nothing was ever synced must find a loss."""
    disk = recorded(template, tmp_path, action, forgets=True)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    power.strict(disk.moments[-1], tmp_path / "cut")
    with pytest.raises((AssertionError, CoopkgError, StopIteration)):
        assert_consistent(tmp_path / "cut", action, acknowledged=True)
