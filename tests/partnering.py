"""What the tests of partners on the web share: a small service, and publications that cost nothing.

Checks and publications run in this very process: see `contributing`.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import contributing
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from coopkg import generation, questions
from coopkg.build.intake.findings import Finding, Spot, report
from coopkg.config import Settings
from coopkg.contributions import checking, graphs, publication
from coopkg.contributions.job import Job, Outcome
from coopkg.contributions.publication import Made
from coopkg.errors import CoopkgError
from coopkg.serve import create_app

QUERIES = Path(__file__).parents[1] / "queries"
TURTLE = "text/turtle"
FAULT = Finding(
    "subject",
    "violation",
    {"fr": "ce n’est pas <b>à vous</b>", "en": "this is not <b>yours</b>"},
    Spot(3, 7),
    "=cmd()",
    {"fr": "votre espace", "en": "your space"},
    "<http://e/mine>",
    "<http://e/mine> <http://e/p> 1 .",
    "http://e/x",
)
NOTE = Finding("label", "warning", {"fr": "il manque un nom", "en": "a name is missing"}, Spot(1))


def checked(job: Job, body: bytes, settings: Settings) -> Outcome:
    """Say that an upload conforms, but for what it says of itself."""
    text = body.decode("utf-8", "replace")
    for status in ("violations", "unparsable", "unsupported", "too-large"):
        if status in text:
            return Outcome(status, report([FAULT], job.name, status), {})
    if job.method == "delete":
        return Outcome("conforms", {"findings": []}, {}, (job.graph or "",))
    made = contributing.checked(job, body, settings)
    if "warnings" in text:
        told = report([NOTE], job.name, "warnings")
        return replace(made, status="warnings", report=told)
    return replace(made, report=report([], job.name, "conforms"))


def published(home: Path, _: Settings) -> Made:
    """Publish a small generation of what stands, whole enough to be served."""
    try:
        with publication.alone(home):
            standing = graphs.standing(home)
            told = publication.sealed(standing)
            sizes = {iri: len(graph.lines) for iri, graph in standing.graphs.items()}
            with generation.staging(home) as directory:
                lines = [
                    f"{line} <{iri}> .\n"
                    for iri, graph in standing.graphs.items()
                    for line in graph.lines
                ]
                (directory / "store.nq").write_text(contributing.CORE + "".join(lines))
                (directory / publication.SEALED).write_text(json.dumps(told))
                for name in ("labels", "passages", "proofs", "questions"):
                    (directory / f"{name}.json").write_text("{}", encoding="utf-8")
                (directory / "questions").mkdir()
                for name in questions.APART:
                    shutil.copy(QUERIES / f"{name}.rq", directory / "questions")
                shas = {graphs.path(one): one.sha256 for one in standing.graphs.values()}
                shas["tests/core"] = "0" * 64
                now = contributing.NOW
                made = generation.publish(
                    directory, home, shas, sizes, now, tools=contributing.TOOLS
                )
            return Made(made.id)
    except CoopkgError as error:
        return Made("", type(error).__name__, error.message("fr"), error.message("en"))


@contextmanager
def service(home: Path, **given: Any) -> Iterator[Flask]:
    """Give the application on a home with partners *tunis* (reviewed), *sfax* (direct), *op*."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "run", checked)
        patch.setattr(publication, "_started", published)
        settings = contributing.settings(home, **given)
        app = None
        try:
            tokens = {
                "tunis": contributing.partner(home, "tunis"),
                "sfax": contributing.partner(home, "sfax", "direct"),
                "op": contributing.partner(home, "op", "operator"),
            }
            assert not published(home, settings).kind
            app = create_app(settings)
            app.extensions["test_tokens"] = tokens
            yield app
        finally:
            if app is not None:
                app.extensions["coopkg"].close()


def bearer(app: Flask, name: str) -> dict[str, str]:
    """Return the header with the token of a partner."""
    return {"Authorization": f"Bearer {app.extensions['test_tokens'][name]}"}


def said(answer: TestResponse) -> Any:
    return json.loads(answer.data)
