"""What the tests of contributions share: partners, uploads, and a check that costs nothing."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from coopkg import generation
from coopkg.config import Settings
from coopkg.contributions import Contribution, Upload, graphs, partners, publication
from coopkg.contributions.job import Job, Outcome
from coopkg.contributions.publication import Made
from coopkg.errors import CoopkgError
from coopkg.terms import BASE

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LABEL = {"fr": "Ville de Tunis", "en": "City of Tunis"}
OWN = f"{BASE}id/partner/tunis/"
MAIN = f"{BASE}graph/partner/tunis"
CORE = '<http://e/a> <http://e/b> "core" .\n'
TOOLS = {"tests": "1"}


def settings(home: Path, **given: Any) -> Settings:
    return Settings(home=home, root=home / "root", **given)


def partner(home: Path, name: str = "tunis", role: partners.Role = "reviewed") -> str:
    """Create a partner; return its token."""
    return partners.add(home, name, {**LABEL, "en": f"{name} city"}, role)[1]


def line(name: str, value: str = "1", owner: str = "tunis") -> str:
    return f'<{BASE}id/partner/{owner}/{name}> <http://e/p> "{value}" .\n'


def upload(text: str = "", owner: str = "tunis", **given: Any) -> Upload:
    body = (text or line("a", owner=owner)).encode()
    return Upload(owner, "a.ttl", "text/turtle", body, licence="CC-BY-4.0", **given)


def checked(job: Job, body: bytes, _: Settings) -> Outcome:
    """Say of an upload of N-Triples that it conforms, in this very process."""
    graph = job.graph or f"{BASE}graph/partner/{job.partner['name']}"
    quads = [f"{one[:-2]} <{graph}> .\n" for one in body.decode().splitlines() if one]
    added = "".join(quads).encode()
    counts = {"added": len(quads), "removed": 0}
    return Outcome("conforms", {"findings": []}, {}, (graph,), counts, added)


def published(home: Path, _: Settings) -> Made:
    """Publish a tiny generation of what stands, in this very process, as the publisher does."""
    tried: list[str] = []
    try:
        with publication.alone(home):
            standing = graphs.standing(home)
            told = publication.sealed(standing)
            tried += told["contributions"]
            text = CORE + "".join(graph.text for graph in standing.graphs.values())
            with generation.staging(home) as directory:
                (directory / "store.nq").write_text(text)
                (directory / publication.SEALED).write_text(json.dumps(told))
                shas = {graphs.path(one): one.sha256 for one in standing.graphs.values()}
                made = generation.publish(directory, home, shas, {"g": 1}, NOW, tools=TOOLS)
            return Made(made.id)
    except CoopkgError as error:
        kind = type(error).__name__
        return Made("", kind, error.message("fr"), error.message("en"), tuple(tried))


def served(home: Path) -> str:
    """Return the text of the store that is served."""
    return generation.current(home).read("store.nq").decode()


def names(found: tuple[Contribution, ...]) -> list[tuple[str, str]]:
    return [(one.id, one.state) for one in found]
