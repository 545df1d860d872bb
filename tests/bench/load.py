"""Load by wrk: requests a second and how long they take."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.bench.peers import JSON, Peer, address

SCRIPT: Final = Path(__file__).with_name("load.lua")


@dataclass(frozen=True)
class Load:
    """What one run measured; times in milliseconds.

    `per_second` counts good answers only; `failed` are refusals, other errors, and no answer.
    """

    per_second: float
    p50_ms: float
    p95_ms: float
    answered: int
    failed: int


def available() -> bool:
    """Tell whether wrk is installed."""
    return shutil.which("wrk") is not None


def run(peer: Peer, query: str, connections: int, seconds: float, vary: str = "") -> Load:
    """Ask the same query again and again over so many connections.

    With `vary` each request is another text: a comment of that word and a number is added, so no
    cache of whole answers can help. Compression is accepted, as by nearly every client.
    """
    program = shutil.which("wrk")
    assert program, "wrk is not installed (Debian: apt install wrk)"
    command = [
        program, "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", "--timeout", "30s",
        "-H", f"Accept: {JSON}", "-H", "Accept-Encoding: gzip", "-s", str(SCRIPT),
        f"http://127.0.0.1:{peer.port}", "--", address(peer.path, query + "\n"), vary,
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(next(line for line in done.stdout.splitlines() if line.startswith("{")))
    return Load(
        per_second=(found["requests"] - found["refused"]) / (found["duration_us"] / 1e6),
        p50_ms=found["p50_us"] / 1e3,
        p95_ms=found["p95_us"] / 1e3,
        answered=found["requests"],
        failed=found["failed"],
    )
