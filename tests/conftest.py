"""What many tests share: the real generation, built once by the command that people use."""

from __future__ import annotations

import fcntl
import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import CodeType
from typing import Any

import browsing
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis
from jinja2.bccache import Bucket, BytecodeCache

from coopkg.config import Settings
from coopkg.serve import create_app

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared"
# Compiled once, rather than in each of the hundreds of processes that tests start.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
if "PYTEST_XDIST_WORKER" in os.environ:
    gc.disable()  # nearly all that is made while tests are collected stays
# A service that a test starts has better things to do than to make pages ahead.
os.environ.setdefault("COOPKG_WARM_PAGES", "0")
# Time is never what a test is about: other work on a machine would make it fail.
hypothesis.register_profile("ours", hypothesis(), deadline=None)
hypothesis.load_profile("ours")


class Compiled(BytecodeCache):
    """Keeps templates compiled: tests make many applications in one process."""

    def __init__(self) -> None:
        self._known: dict[tuple[object, ...], CodeType | None] = {}

    @staticmethod
    def _name(bucket: Bucket) -> tuple[object, ...]:
        written = bucket.environment
        return bucket.key, bucket.checksum, written.trim_blocks, written.lstrip_blocks

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._known.get(self._name(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[self._name(bucket)] = bucket.code


Flask.jinja_options = {"bytecode_cache": Compiled()}


def pytest_collection_finish() -> None:
    """Keep what lasts as long as the tests out of the collector's way: a tenth of their time."""
    unburden()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def unburden() -> None:
    """Let the collector pass over all that exists now."""
    gc.collect()
    gc.freeze()


class Named:
    """Names each failure as it comes: a log that is cut short, or still being written, has it."""

    def __init__(self, terminal: pytest.TerminalReporter) -> None:
        self._terminal = terminal

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            told = str(report.longrepr).strip().splitlines() or [""]
            why = next((line for line in reversed(told) if line.startswith("E ")), told[-1])
            self._terminal.ensure_newline()
            self._terminal.write_line(f"{report.when} failed: {report.nodeid}: {why[:200]}")


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    terminal = config.pluginmanager.get_plugin("terminalreporter")
    if terminal is not None and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Named(terminal), "named-failures")


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Path]:
    """Return a home that holds one generation of the real sources; never write into it.

    Tests that run in several processes share one: the first to come makes it.
    """
    base = tmp_path_factory.getbasetemp()
    home = (base if worker_id == "master" else base.parent) / "published"
    with home.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "current").exists():
            _publish(home)
    yield home
    assert not (home / "cited").exists(), "a test cited a generation that all tests share"


def _publish(home: Path) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "coopkg", "publish", "--home", str(home), "--root", str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr


@pytest.fixture
def home(published: Path, tmp_path: Path) -> Path:
    """Return a copy of the published home that a test may change."""
    return Path(shutil.copytree(published, tmp_path / "home"))


@pytest.fixture(scope="session")
def app(published: Path) -> Iterator[Flask]:
    """Return the application on the real generation."""
    made = create_app(Settings(home=published, root=ROOT))
    unburden()
    yield made
    made.extensions["coopkg"].close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Return a browser, the only one of this process."""
    with browsing.launched() as started:
        yield started


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client of the real application."""
    return app.test_client()
