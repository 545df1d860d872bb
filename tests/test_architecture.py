"""Arrows in one direction: who may import whom."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import NamedTuple

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


class Look(NamedTuple):
    """What a module imports (at its top or inside its functions), reads, and defines."""

    lines: int
    imported: frozenset[str]
    attributes: frozenset[tuple[str, str]]
    functions: tuple[tuple[str, int], ...]


@cache
def look(path: Path) -> Look:
    """Look at each node of a module, once for all that is asked of it."""
    text = path.read_text(encoding="utf-8")
    names: set[str] = set()
    attributes: set[tuple[str, str]] = set()
    functions: list[tuple[str, int]] = []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            attributes.add((node.value.id, node.attr))
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            functions.append((node.name, node.end_lineno - node.lineno))
    return Look(len(text.splitlines()), frozenset(names), frozenset(attributes), tuple(functions))


def part(path: Path) -> str:
    """Return the first folder or module below `coopkg`: `build`, `serve`, `terms`…"""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_downwards(path: Path) -> None:
    names, here = look(path).imported, part(path)
    if here == "build":
        assert not any(name.startswith("coopkg.serve") for name in names)
    if here not in {"build", "cli", "__main__"}:
        assert not any(name.startswith("coopkg.build") for name in names)
        assert not {name.split(".")[0] for name in names} & HEAVY
    if here not in {"serve", "pack", "cli", "__main__"}:
        assert not any(name.startswith("coopkg.serve") for name in names)
    if here not in {"pack", "arguments", "cli", "__main__"}:
        assert not any(name.startswith("coopkg.pack") for name in names)
    if here != "workbooks" and "openpyxl" in names:
        assert "if TYPE_CHECKING:\n    from openpyxl" in path.read_text(encoding="utf-8"), "slow"
    if here not in {"serve", "cli", "__main__"}:
        assert "flask" not in {name.split(".")[0] for name in names}
    if here in PURE:
        assert not {name for name in names if name.split(".")[0] in {"os", "socket", "subprocess"}}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_the_settings_read_the_environment(path: Path) -> None:
    relative = path.relative_to(ROOT).as_posix()
    if relative in READS_ENVIRONMENT:
        return
    assert not look(path).attributes & {("os", "environ"), ("os", "getenv")}, relative


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_fits_in_the_head(path: Path) -> None:
    found = look(path)
    assert found.lines <= 400
    for name, length in found.functions:
        assert length < 75, f"{name}: look for the noun inside"
