"""The way from sources to a generation, on one screen.

    parse → validate the raw data → infer → validate the closure → describe → ask → seal

rdflib, pySHACL and owlrl change settings of the whole process while they work (measured): a build
runs in a process of its own, which exits; the service never imports this package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from coopkg import generation, questions, rules
from coopkg.build import (
    asking,
    content,
    contradictions,
    counts,
    describe,
    infer,
    library,
    links,
    partners,
    schema,
    shape_lint,
    sources,
    validate,
    vocabulary,
)
from coopkg.build.about import about
from coopkg.build.content import Contents
from coopkg.build.evidence import derive
from coopkg.build.executables import executables
from coopkg.build.library import Example
from coopkg.build.report import Report
from coopkg.build.sources import Source
from coopkg.contributions import graphs, publication
from coopkg.contributions.graphs import Standing
from coopkg.errors import Location, PublicationError, QuestionError, ShapesError, SourceError
from coopkg.generation import Generation
from coopkg.questions import Question, QuestionEvidence
from coopkg.terms import Triple

Progress = Callable[[str, str], None]
Send = Callable[[Path, str, Mapping[str, int]], None]
Held = Callable[[tuple[str, ...]], None]
QUERIES = "queries"


def silent(fr: str, en: str) -> None:
    """Say nothing: for callers that only want the result."""


def ignored(contributions: tuple[str, ...]) -> None:
    """Do nothing: for callers that need not know which contributions a generation holds."""


@dataclass(frozen=True)
class Checked:
    """What a check found, and what a generation would hold."""

    sources: tuple[Source, ...]
    reports: tuple[Report, ...]
    contents: Contents
    questions: dict[str, Question]
    evidence: dict[str, QuestionEvidence]
    examples: list[Example]
    axioms: tuple[Triple, ...] = ()

    @property
    def conforms(self) -> bool:
        """Tell whether nothing was violated; warnings are allowed."""
        return all(report.conforms for report in self.reports)


def check(
    root: Path,
    progress: Progress = silent,
    only: Sequence[Path] = (),
    contributed: Sequence[Source] = (),
) -> Checked:
    """Parse, validate, infer and validate again; change nothing.

    `only` limits the findings to some files. A file outside the project is checked as if it
    were one of its sources; so is what partners contributed. A project with its three folders
    empty is whole too: an operator fills it.

    Raises:
        SourceError: a source cannot be read.
        ShapesError, OntologyError, QuestionError: a shape, an axiom or a question is not valid.
    """
    progress("lecture des sources", "reading the sources")
    _whole(root)
    names, guests = sources.chosen(root, only)
    core = sources.read(root)
    found = (*core, *guests, *contributed)
    gathered = content.gather(found)
    asked = questions.load(root / QUERIES)
    bare = not core and not asked
    if not gathered.shapes and not bare:
        raise ShapesError(
            "ontology/shapes/ : aucune forme ; sans forme, rien ne serait vérifié",
            "ontology/shapes/: no shape; without shapes nothing would be checked",
        )
    locate = sources.locator(found)

    progress("validation des données brutes", "validating the raw data")
    raw = validate.validate(gathered.facts, gathered.shapes, gathered.ontology, locate, pass_=1)

    progress("inférence", "inferring")
    axioms = infer.close_ontology(gathered.ontology)
    compiled = rules.compiled(gathered.ontology, axioms)
    inferred = rules.closure([*gathered.reasoned, *gathered.ontology], compiled)
    closure = [*gathered.asserted, *inferred.triples]

    progress("validation de la clôture", "validating the closure")
    closed = validate.validate(closure, gathered.shapes, gathered.ontology, locate, pass_=2)
    logical = contradictions.report(inferred, locate)
    facts = gathered.facts
    linted = shape_lint.lint(gathered.shapes, gathered.ontology, facts, closure, locate)

    progress("lecture des questions", "reading the questions")
    if not asked and not bare:
        raise QuestionError(
            QUERIES, "aucune question dans ce dossier", "no question in this folder"
        )
    return Checked(
        sources=found,
        reports=tuple(_of(report, names) for report in (raw, closed, logical, linted)),
        contents=content.contents(gathered, inferred),
        questions=asked,
        evidence={slug: derive(question) for slug, question in asked.items()},
        examples=library.library(asked.values(), root / QUERIES),
        axioms=tuple(axioms),
    )


def _whole(root: Path) -> None:
    """Refuse a tree with a folder missing: what it held would be gone, and all seem well."""
    folders = ("ontology", "graph_data", QUERIES)
    missing = [f"{name}/" for name in folders if not (root / name).is_dir()]
    if missing:
        listed = ", ".join(missing)
        raise SourceError(
            Location(str(root)),
            f"dossier absent : {listed} ; COOPKG_ROOT attend ontology/, graph_data/ et queries/",
            f"folder missing: {listed}; COOPKG_ROOT expects ontology/, graph_data/ and queries/",
        )


def _of(report: Report, names: frozenset[str]) -> Report:
    """Keep the findings of some files only; all of them when no file was named."""
    if not names:
        return report
    kept = (one for one in report.results if names & {at.path for at in one.locations})
    return replace(report, results=tuple(kept))


def publish(
    root: Path,
    home: Path,
    keep: int,
    now: datetime | None = None,
    progress: Progress = silent,
    send: Send | None = None,
    held: Held = ignored,
) -> Generation:
    """Publish a generation from the sources under `root`, or raise and leave the old one served.

    It holds what the journal of contributions has accepted; `held` is told their ids. There is
    one publication at a time: another waits. The `keep` newest generations stay, and every one
    that was cited. `send` gives the store, its digest and its graphs to a remote engine, before
    anybody is told that the generation is there.

    Raises:
        PublicationError: something is violated, or a question does not answer as it must.
        GenerationError: the disk refuses.
        LedgerError: the journal of contributions cannot be trusted.
    """
    with publication.alone(home):
        standing = graphs.standing(home)
        held(tuple(publication.sealed(standing)["contributions"]))
        made = _made(root, home, standing, now or datetime.now(UTC), progress, send)
        generation.prune(home, keep)
    return made


def _made(
    root: Path,
    home: Path,
    standing: Standing,
    now: datetime,
    progress: Progress,
    send: Send | None,
) -> Generation:
    """Publish the sources and the graphs of partners; see `publish`."""
    contributed = (*partners.sources(home, standing), *links.sources(home))
    checked = check(root, progress, contributed=contributed)
    if not checked.conforms:
        raise PublicationError(
            *(
                "\n".join(report.text(lang) for report in checked.reports if not report.conforms)
                for lang in ("fr", "en")
            )
        )
    sealed = {slug: evidence.as_json() for slug, evidence in checked.evidence.items()}
    files = content.files(checked.contents, checked.reports, sealed)

    files["examples.ttl"] = executables(checked.examples)
    files[content.AXIOMS] = content.axioms(checked.axioms)

    progress("toutes les questions sont posées", "asking every question")
    asked = asking.context(files)
    bound = None if contributed else root / QUERIES
    asking.every_question(checked.questions, checked.evidence, asked, bound)
    run = library.checked(checked.examples, files["store.nq"])
    files["examples.json"] = library.as_json(run)

    inputs = sources.fingerprint(checked.sources, root / QUERIES)
    if standing.contributions:
        files[publication.SEALED] = content.as_json(publication.sealed(standing))
    if contributed:
        _core_holds(root, home, inputs, progress)
    progress("description et extractions", "describing and dumping")
    digest, stamp = generation.digest(inputs), now.isoformat(timespec="seconds")
    files |= about(checked.contents, files["store.nq"], asked, checked.questions, digest, stamp)
    files["browse.json"] = content.as_json(describe.browse(asked))
    counted = counts.counts(checked.questions, checked.evidence, asked)
    files["counts.json"] = content.as_json(counted)
    files["ontology.json"] = schema.as_json(
        vocabulary.document(
            checked.sources, checked.contents.store, asked.catalogue.labels, checked.questions
        )
    )
    with generation.staging(home) as staging:
        progress("écriture et scellement", "writing and sealing")
        content.write(files, root / QUERIES, staging)
        if send is not None:
            progress("envoi au moteur distant", "sending to the remote engine")
            send(staging / "store.nq", digest, checked.contents.graphs)
        return generation.publish(staging, home, inputs, checked.contents.graphs, now)


def _core_holds(root: Path, home: Path, inputs: Mapping[str, str], progress: Progress) -> None:
    """Make sure that each answer keeps its contract on our own sources alone.

    What partners add may change answers, and says so before it is accepted. A generation made of
    the very same sources of ours has proved it already.

    Raises:
        PublicationError: naming every question that does not answer as it must.
    """
    core = partners.without(inputs)
    if any(
        partners.without(one.manifest.sources) == core
        and one.manifest.tools == generation.installed_tools()
        for one in generation.known(home)
    ):
        return
    progress("contrats sur nos seules sources", "contracts on our own sources alone")
    checked = check(root)
    sealed = {slug: evidence.as_json() for slug, evidence in checked.evidence.items()}
    asked = asking.context(content.files(checked.contents, checked.reports, sealed))
    asking.every_question(checked.questions, checked.evidence, asked, root / QUERIES)
