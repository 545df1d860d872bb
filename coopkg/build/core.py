"""Our own sources, read and compiled once: what a publication need not do again for a partner."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from coopkg import questions, rules
from coopkg.build import content, infer, layout, library, shape_lint, sources
from coopkg.build.evidence import derive
from coopkg.build.executables import executables
from coopkg.build.laid_out import as_json
from coopkg.build.library import Example
from coopkg.build.report import Report
from coopkg.build.sources import Source
from coopkg.questions import Question, QuestionEvidence
from coopkg.rules import Rules
from coopkg.terms import Triple

QUERIES: Final = "queries"


@dataclass(frozen=True)
class Sealed:
    """What a generation made of the very same sources has sealed: nobody need work it out again."""

    evidence: Mapping[str, QuestionEvidence]
    axioms: tuple[Triple, ...]


@dataclass(frozen=True)
class Core:
    """The sources of a project and its questions; what takes time is worked out when asked for."""

    root: Path
    sources: tuple[Source, ...] = field(repr=False)
    questions: Mapping[str, Question] = field(repr=False)
    sealed: Sealed | None = field(default=None, repr=False, compare=False)

    @cached_property
    def inputs(self) -> Mapping[str, str]:
        """The sha-256 of each source, by its path: what names all this."""
        return sources.fingerprint(self.sources, self.root / QUERIES)

    @cached_property
    def gathered(self) -> content.Gathered:
        """The triples of the sources, by what is done with them."""
        return content.gather(self.sources)

    @cached_property
    def axioms(self) -> tuple[Triple, ...]:
        """The ontology as owlrl closes it."""
        if self.sealed is not None:
            return self.sealed.axioms
        return tuple(infer.close_ontology(self.gathered.ontology))

    @cached_property
    def rules(self) -> Rules:
        """The rules of the ontology."""
        return rules.compiled(self.gathered.ontology, self.axioms)

    @cached_property
    def evidence(self) -> Mapping[str, QuestionEvidence]:
        """What the rows of each question rest on."""
        if self.sealed is not None:
            return self.sealed.evidence
        return {slug: derive(question) for slug, question in self.questions.items()}

    @cached_property
    def examples(self) -> list[Example]:
        """The examples of the library."""
        return library.library(self.questions.values(), self.root / QUERIES)

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """The files of a generation that these sources alone make, by name."""
        told = {slug: one.as_json() for slug, one in self.evidence.items()}
        return {
            "questions.json": as_json(told),
            "examples.ttl": executables(self.examples),
            content.AXIOMS: content.axioms(self.axioms),
        }

    @cached_property
    def lint(self) -> Report:
        """What is wrong with how the shapes are written, seen on these data alone.

        More data only give shapes more to look at: when nothing is wrong here, nothing is there.
        """
        given = self.gathered
        made = rules.closure([*given.reasoned, *given.ontology], self.rules)
        closure = [*given.asserted, *made.triples]
        locate = sources.locator(self.sources)
        return shape_lint.lint(given.shapes, given.ontology, given.facts, closure, locate)

    def is_current(self) -> bool:
        """Tell whether the files are still those that were read."""
        found = {path: _sha256(self.root / path) for path in layout.find(self.root)}
        return sources.with_questions(found, self.root / QUERIES) == self.inputs


def read(root: Path) -> Core:
    """Return the sources of a project, each read anew.

    Raises:
        SourceError, QuestionError: one cannot be read.
    """
    return Core(root, sources.read(root), questions.load(root / QUERIES))


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
