"""Arrows in one direction: who may import whom."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "coopkg"
MODULES = sorted(PACKAGE.rglob("*.py"))

HEAVY = {"rdflib", "owlrl", "pyshacl"}
PURE = {
    "questions",
    "rules",
    "terms",
    "errors",
    "answers",
    "sparql_text",
    "formats",
    "figures",
    "tables",
    "search",
    "linking",
    "roundtrip",
}
# The command line reads the language; the pool hands the environment on to its processes.
READS_ENVIRONMENT = {"coopkg/config.py", "coopkg/cli.py", "coopkg/workers/pool.py"}


def imported(path: Path) -> set[str]:
    """Return the dotted names a module imports, at its top or inside its functions."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def part(path: Path) -> str:
    """Return the first folder or module below `coopkg`: `build`, `serve`, `terms`…"""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_downwards(path: Path) -> None:
    names, here = imported(path), part(path)
    if here == "build":
        assert not any(name.startswith("coopkg.serve") for name in names)
    if here not in {"build", "cli", "__main__"}:
        assert not any(name.startswith("coopkg.build") for name in names)
        assert not {name.split(".")[0] for name in names} & HEAVY
    if here not in {"serve", "pack", "cli", "__main__"}:
        assert not any(name.startswith("coopkg.serve") for name in names)
    if here not in {"pack", "arguments", "cli", "__main__"}:
        assert not any(name.startswith("coopkg.pack") for name in names)
    if here not in {"serve", "cli", "__main__"}:
        assert "flask" not in {name.split(".")[0] for name in names}
    if here in PURE:
        assert not {name for name in names if name.split(".")[0] in {"os", "socket", "subprocess"}}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_settings_read_the_environment(path: Path) -> None:
    relative = path.relative_to(ROOT).as_posix()
    if relative in READS_ENVIRONMENT:
        return
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            assert (node.value.id, node.attr) not in {("os", "environ"), ("os", "getenv")}, relative


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_fits_in_the_head(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            assert node.end_lineno - node.lineno < 75, f"{node.name}: look for the noun inside"
