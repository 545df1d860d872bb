"""The scripts and the map: that they are built, said honestly when not, and kept by browsers."""

from __future__ import annotations

import gzip
import importlib.util
import itertools
import json
import logging
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from babel.core import get_global
from flask import Flask
from flask.testing import FlaskClient

from coopkg.serve import assets

ROOT = Path(__file__).parents[1]
FRONTEND = ROOT / "frontend"
PAGE_KB = 145  # gzipped scripts of /sparql
ELSEWHERE_KB = 1.5  # of any other page


def absent(what: str) -> None:
    """Skip where a tool may be missing; fail where the whole suite has to run."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@pytest.fixture(scope="module")
def front() -> ModuleType:
    """Return `frontend/build.py`, which is in no package."""
    spec = importlib.util.spec_from_file_location("frontend_build", FRONTEND / "build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def built(front: ModuleType) -> Path:
    if not front.is_fresh(ROOT):
        absent("the front end is not built: make assets")
    return Path(assets.DIST)


@pytest.fixture(scope="module")
def world(built: Path) -> Mapping[str, Any]:
    return dict(json.loads((ROOT / "coopkg/figures/world.json").read_text(encoding="utf-8")))


def numbers(path: str) -> list[tuple[float, float]]:
    """Return the points of an SVG path whose commands are M, L, H, V (absolute or not) and Z."""
    x = y = 0.0
    points = []
    for command, rest in re.findall(r"([MLHVZmlhvz])([^MLHVZmlhvz]*)", path):
        values = [float(value) for value in re.findall(r"-?\d*\.?\d+", rest)]
        step = 1 if command in "HVhv" else 2
        for i in range(0, len(values), step):
            base = (x, y) if command.islower() else (0.0, 0.0)
            if command in "Hh":
                x = base[0] + values[i]
            elif command in "Vv":
                y = base[1] + values[i]
            else:
                x, y = base[0] + values[i], base[1] + values[i + 1]
            points.append((x, y))
    return points


def test_the_scripts_do_what_their_own_tests_say() -> None:
    node = shutil.which("node")
    if node is None:
        absent("needs node")
    done = subprocess.run(
        [str(node), "--test", "test/"], cwd=FRONTEND, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert int(re.findall(r"^# pass (\d+)", done.stdout, re.M)[0]) > 20


def test_the_scripts_weigh_what_was_promised(built: Path) -> None:
    def weight(*names: str) -> float:
        return sum(len(gzip.compress((built / name).read_bytes(), 9)) for name in names) / 1000

    assert weight("sparql.js") <= PAGE_KB
    assert weight("page.js") <= ELSEWHERE_KB


def test_the_packages_in_the_scripts_are_named_with_their_licences(built: Path) -> None:
    said = (built / "NOTICES.txt").read_text(encoding="utf-8")
    for package in ("@codemirror/view", "codemirror-lang-sparql", "@lezer/lr", "world-atlas"):
        assert re.search(rf"^{package} [\d.]+ \((MIT|ISC)\)$", said, re.M), package
    assert said.count("Permission ") >= said.count("(MIT)") + said.count("(ISC)")


def test_the_lock_file_pins_every_package_and_no_address() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: one for name, one in lock["packages"].items() if name}
    assert packages
    for name, one in packages.items():
        assert one["integrity"].startswith("sha512-"), name
        assert "resolved" not in one, name
    wanted = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
    for version in {**wanted["dependencies"], **wanted["devDependencies"]}.values():
        assert re.fullmatch(r"\d+\.\d+\.\d+", version), version


def test_each_country_of_the_map_has_its_middle_in_its_own_box(world: Mapping[str, Any]) -> None:
    assert len(world["countries"]) > 230
    for code, country in world["countries"].items():
        assert re.fullmatch(r"[A-Z]{2}", code)
        if not country["path"]:
            continue
        points = numbers(country["path"])
        (x, y), xs, ys = country["centroid"], [p[0] for p in points], [p[1] for p in points]
        assert min(xs) <= x <= max(xs), code
        assert min(ys) <= y <= max(ys), code


def test_every_point_of_the_map_lies_in_its_view(world: Mapping[str, Any]) -> None:
    left, top, width, height = (float(value) for value in world["viewBox"].split())
    assert (left, top) == (0, 0)  # a picture laid at 0 0 fits the outlines above it
    for country in world["countries"].values():
        for x, y in [*numbers(country["path"]), country["centroid"]]:
            assert 0 <= x <= width
            assert 0 <= y <= height


def test_no_country_draws_a_streak_across_the_map(world: Mapping[str, Any]) -> None:
    for code, country in world["countries"].items():
        for ring in re.findall(r"M[^M]+", country["path"]):
            points = numbers(ring)
            longest = max(abs(a[0] - b[0]) for a, b in itertools.pairwise(points))
            assert longest < 200, code


def test_countries_are_named_as_iso_names_them(world: Mapping[str, Any]) -> None:
    numeric = json.loads((FRONTEND / "iso-3166.json").read_text(encoding="utf-8"))
    aliases = get_global("territory_aliases")
    assert {code: [alpha2] for code, alpha2 in numeric.items()} == {
        code: aliases[code] for code in numeric
    }
    for small in ("CV", "KM", "MU", "SC", "MT", "SG", "ST"):
        assert world["countries"][small]["centroid"], small
    places = {code: world["countries"][code]["centroid"] for code in ("TN", "SN", "HT", "VN", "FR")}
    assert places["HT"][0] < places["SN"][0] < places["FR"][0] < places["TN"][0] < places["VN"][0]
    assert places["FR"][1] < places["TN"][1] < places["SN"][1]


def test_the_grey_base_of_the_map_draws_no_inner_border(built: Path) -> None:
    base = (built / "world.svg").read_text(encoding="utf-8")
    assert base.count("<path") == 1
    assert "stroke" not in base
    assert "style" not in base


def test_a_built_file_is_kept_for_ever_under_its_digest_only(
    built: Path, client: FlaskClient
) -> None:
    address = assets.asset("sparql.js")
    assert address
    with client.get(address) as found:
        assert found.status_code == 200
        assert found.mimetype == "text/javascript"
        assert "immutable" in found.headers["Cache-Control"]
    for other in ("/static/dist/sparql.js", "/static/dist/sparql.js?v=000000000000"):
        with client.get(other) as found:
            assert "immutable" not in found.headers["Cache-Control"]


def test_a_file_built_anew_has_a_new_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assets, "DIST", tmp_path)
    assert assets.asset("sparql.js") is None
    (tmp_path / "sparql.js").write_text("one")
    first = assets.asset("sparql.js")
    (tmp_path / "sparql.js").write_text("another")
    assert first
    assert assets.asset("sparql.js") not in {first, None}


def test_pages_do_without_scripts_that_were_not_built_and_the_log_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, app: Flask
) -> None:
    monkeypatch.setattr(assets, "DIST", tmp_path)
    with caplog.at_level(logging.WARNING, "coopkg.serve"):
        assets.register(Flask("without"))
    assert "not built" in caplog.text
    # An address of its own: answers are kept, and other tests want the page with its scripts.
    page = app.test_client().get("/sparql?lang=fr&scripts=none", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "<script" not in page.text
    assert "<textarea" in page.text


def test_a_page_with_scripts_names_each_by_its_digest(built: Path, client: FlaskClient) -> None:
    page = client.get("/sparql?lang=fr", headers={"Accept": "text/html"}).text
    addresses = re.findall(r'(?:src|href)="(/static/dist/[^"]+)"', page)
    assert {re.sub(r".*/|\?.*", "", one) for one in addresses} >= {"sparql.js", "sparql.css"}
    assert all(re.search(r"\?v=[0-9a-f]{12}$", one) for one in addresses)


def copy_of_the_sources(front: ModuleType, to: Path) -> Path:
    for path in [*front.sources(ROOT), FRONTEND / "build.py", ROOT / "hatch_build.py"]:
        target = to / path.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, target)
    return to


def run_build(root: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-S", str(root / "frontend/build.py"), *arguments],
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_build_that_cannot_be_made_says_why_in_one_sentence(
    front: ModuleType, tmp_path: Path
) -> None:
    root = copy_of_the_sources(front, tmp_path)
    done = run_build(root, PATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Node" in done.stderr
    assert front.SKIP in done.stderr
    told = run_build(root, "--check", PATH=str(tmp_path))
    assert told.returncode == 0
    assert "make assets" in told.stderr


def test_a_failing_npm_is_quoted_and_leaves_no_half_build(
    front: ModuleType, tmp_path: Path
) -> None:
    root = copy_of_the_sources(front, tmp_path)
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("node", "npm"):
        (tools / name).write_text(
            "#!/bin/sh\necho 'npm error code ENET' >&2\necho 'npm error no net' >&2\nexit 1\n"
        )
        (tools / name).chmod(0o755)
    done = run_build(root, PATH=f"{tools}:/bin:/usr/bin")
    assert done.returncode == 1
    assert "no net" in done.stderr
    assert not (root / front.DIST / front.STAMP).exists()


def test_a_changed_source_is_due_for_a_build(front: ModuleType, tmp_path: Path) -> None:
    root = copy_of_the_sources(front, tmp_path)
    for name in front.SCRIPTS:
        (root / front.DIST).mkdir(parents=True, exist_ok=True)
        (root / front.DIST / name).write_text("")
    (root / front.WORLD).parent.mkdir(parents=True, exist_ok=True)
    (root / front.WORLD).write_text("{}")
    assert not front.is_fresh(root)
    (root / front.DIST / front.STAMP).write_text(front.digest(root))
    assert front.is_fresh(root)
    (root / front.FRONTEND / "src/page.js").write_text("export {};")
    assert not front.is_fresh(root)
    (root / front.DIST / front.STAMP).write_text(front.digest(root))
    (root / front.DIST / "world.svg").unlink()
    assert not front.is_fresh(root)


@pytest.mark.parametrize(
    ("environ", "npm", "fresh", "asked"),
    [
        ({}, True, False, False),
        ({}, False, False, True),
        ({}, False, True, False),
        ({"COOPKG_SKIP_FRONTEND": "1"}, False, False, False),
        ({"COOPKG_SKIP_FRONTEND": "0"}, False, False, True),
    ],
)
def test_node_is_asked_for_only_where_it_is_missing_and_needed(
    environ: dict[str, str],
    npm: bool,
    fresh: bool,
    asked: bool,
    front: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv(front.SKIP, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(front, "has_npm", lambda: npm)
    monkeypatch.setattr(front, "is_fresh", lambda root: fresh)
    assert front.wanted(ROOT) == ([front.NODE_WHEEL] if asked else [])
