"""Kill writers at random moments, and check that nothing they acknowledged is lost.

python -m tests.chaos [ROUNDS] [SEED]     200 kills by default; exit code 1 when anything is lost

Each round starts one writer, or two every fourth round, on the same home; a reader looks at the
current generation meanwhile. The writers are killed (SIGKILL) after a random moment. Then the
journal must verify, every step that was told must be in it, and what is served must be whole.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

import contributing  # noqa: E402 - found beside this file
from contributing import line, partner, served, settings  # noqa: E402

from coopkg import generation  # noqa: E402
from coopkg.contributions import audit, checking, get, publication, publish  # noqa: E402
from coopkg.errors import CoopkgError  # noqa: E402

DRIVER = HERE / "contributions_driver.py"
MOST_MS = 1000
RANK = {"received": 0, "withdrawn": 3, "published": 2, "failed": 2, "undone": 3}


class Told(NamedTuple):
    """A step that a writer acknowledged."""

    value: str
    name: str
    state: str


@dataclass
class Outcome:
    """What a run found."""

    rounds: int = 0
    told: int = 0
    reads: int = 0
    generations: int = 0
    violations: list[str] = field(default_factory=list)


def prepare(home: Path) -> None:
    partner(home, "sfax", "direct")
    contributing.published(home, settings(home))


def run(folder: Path, rounds: int, seed: int) -> Outcome:
    """Kill writers so many times on one home; return what was lost."""
    checking.run = contributing.checked
    publication._started = contributing.published
    home, chance, found = folder / "chaos", random.Random(seed), Outcome(rounds)
    prepare(home)
    every: list[Told] = []
    for number in range(rounds):
        writers = [start(home, seed * 1_000_000 + number * 10 + one) for one in _pair(number)]
        every += killed(home, writers, chance.uniform(0, MOST_MS) / 1000, found)
        found.violations += [f"round {number}: {one}" for one in violations(home, every)]
        if found.violations:
            break
    publish(home, settings(home))
    found.violations += leftovers(home)
    found.told, found.generations = len(every), generation.current(home).number
    return found


def _pair(number: int) -> range:
    return range(2 if number % 4 == 3 else 1)


def start(home: Path, seed: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, str(DRIVER), "work", str(home), str(seed)],
        env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def killed(
    home: Path, writers: list[subprocess.Popen[str]], after_s: float, found: Outcome
) -> list[Told]:
    """Wait until a writer works, and a moment more; kill them; return what they told."""
    first = [writer.stdout.readline() for writer in writers if writer.stdout]
    until = time.monotonic() + after_s
    while time.monotonic() < until:
        if generation.current(home).fallback_from is not None:
            found.violations.append("a reader found a generation that could not be trusted")
        found.reads += 1
    for writer in writers:
        writer.send_signal(signal.SIGKILL)
    told = []
    for writer, said in zip(writers, first, strict=True):
        rest, complaint = writer.communicate()
        if writer.returncode != -signal.SIGKILL:
            found.violations.append(f"a writer stopped by itself: {complaint[-500:]}")
        whole = (said + rest).split("\n")[:-1]  # the last may be cut
        told += [Told(*one.split(" ")) for one in whole]
    return told


def violations(home: Path, told: Iterable[Told]) -> list[str]:
    """Return what was told and is not so, and what is not whole."""
    try:
        publication.settle(home)
        audit(home)
        current = generation.current(home)
    except CoopkgError as error:
        return [str(error)]
    found = [f"damaged: {name}" for name in generation.verify(current)]
    if current.fallback_from is not None:
        found.append(f"current held {current.fallback_from!r}")
    last: dict[str, Told] = {}
    for one in told:
        last[one.name] = one
    text, held = served(home), publication.included(home)
    for one in last.values():
        found += _lost(home, one, text, held)
    return found


def _lost(home: Path, told: Told, text: str, held: frozenset[str]) -> list[str]:
    try:
        now = get(home, told.name)
    except CoopkgError:
        return [f"{told.name} was told {told.state}, and is not there"]
    if RANK.get(now.state, 1) < RANK[told.state]:
        return [f"{told.name} was told {told.state}, and is {now.state}"]
    is_served = line(told.value, owner="sfax") in text
    if is_served != (told.name in held):
        return [f"{told.name} is half published"]
    if told.state in {"undone", "withdrawn"} and is_served:
        return [f"{told.name} was told {told.state}, and is served"]
    return []


def leftovers(home: Path) -> list[str]:
    """Return what crashes left that the last publication did not remove."""
    hidden = [path.name for path in (home / "generations").glob(".*") if path.name != ".lock"]
    return [f"left behind: {name}" for name in (*hidden, *map(str, home.rglob("*.tmp")))]


def main() -> int:
    """Run as the command line says, and say what was found."""
    rounds, seed = ([*map(int, sys.argv[1:]), *(200, 1)[len(sys.argv) - 1 :]])[:2]
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), rounds, seed)
    print(
        f"{found.rounds} rounds, {found.told} steps told, {found.generations} generations, "
        f"{found.reads} reads, {len(found.violations)} violations (seed {seed})"
    )
    print("\n".join(found.violations), end="\n" if found.violations else "")
    return 1 if found.violations else 0


if __name__ == "__main__":
    raise SystemExit(main())
