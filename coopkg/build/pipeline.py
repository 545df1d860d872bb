"""Files that people edit become one generation.

    parse → validate the raw data → infer → validate the closure → describe → ask → seal

rdflib, pySHACL and owlrl change settings of the whole process while they work (measured): a build
runs in a process of its own, which exits; the service never imports this package.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from coopkg import generation
from coopkg.build import content, infer, sources, validate
from coopkg.build.content import Contents
from coopkg.build.sources import Source
from coopkg.build.validate import Report
from coopkg.errors import PublicationError
from coopkg.generation import Generation

Progress = Callable[[str, str], None]


def silent(fr: str, en: str) -> None:
    """Say nothing: for tests and for callers that only want the result."""


@dataclass(frozen=True)
class Checked:
    """What a check found: the sources, the two reports, and what a generation would hold."""

    sources: tuple[Source, ...]
    reports: tuple[Report, ...]
    contents: Contents

    @property
    def conforms(self) -> bool:
        """Tell whether nothing was violated; warnings are allowed."""
        return all(report.conforms for report in self.reports)


def check(root: Path, progress: Progress = silent) -> Checked:
    """Parse, validate, infer and validate again; change nothing.

    Raises:
        SourceError: a source cannot be read.
        QuestionError: a question is not valid.
    """
    progress("lecture des sources", "reading the sources")
    found = sources.read(root)
    gathered = content.gather(found)
    locate = sources.locator(found)
    progress("validation des données brutes", "validating the raw data")
    raw = validate.validate(gathered.asserted, gathered.shapes, gathered.ontology, locate, pass_=1)
    progress("inférence", "inferring")
    inferred = infer.infer(gathered.reasoned, gathered.ontology)
    progress("validation de la clôture", "validating the closure")
    closure = validate.validate(
        [*gathered.asserted, *inferred.triples], gathered.shapes, gathered.ontology, locate, pass_=2
    )
    progress("lecture des questions", "reading the questions")
    contents = content.contents(gathered, inferred, root / "queries")
    return Checked(found, (raw, closure), contents)


def publish(
    root: Path, home: Path, now: datetime | None = None, progress: Progress = silent
) -> Generation:
    """Publish a generation from the sources under `root`, or raise and leave the old one served.

    Raises:
        PublicationError: something is violated, or a question does not answer as it must.
        GenerationError: the disk refuses.
    """
    now = now or datetime.now(UTC)
    checked = check(root, progress)
    if not checked.conforms:
        raise PublicationError(
            "\n".join(report.text("fr") for report in checked.reports),
            "\n".join(report.text("en") for report in checked.reports),
        )
    inputs = sources.fingerprint(checked.sources, root / "queries")
    with generation.staging(home) as staging:
        progress("écriture", "writing")
        content.write(checked.contents, checked.reports, staging, now)
        progress("les questions sont posées", "asking every question")
        content.ask_every_question(checked.contents, root / "queries")
        progress("scellement", "sealing")
        return generation.publish(staging, home, inputs, checked.contents.graphs, now)
