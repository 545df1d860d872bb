"""The way from sources to a generation, on one screen.

    parse → validate the raw data → infer → validate the closure → describe → ask → seal

rdflib, pySHACL and owlrl change settings of the whole process while they work (measured): a build
runs in a process of its own, which exits; the service never imports this package.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from coopkg import answers, generation, rules
from coopkg.answers import Context
from coopkg.build import (
    about,
    aside,
    asking,
    content,
    contradictions,
    core,
    incremental,
    infer,
    library,
    links,
    memory,
    partners,
    resumed,
    shape_lint,
    sources,
    validate,
)
from coopkg.build.archives import Packer
from coopkg.build.content import Contents, Gathered
from coopkg.build.core import QUERIES, Core
from coopkg.build.incremental import Past
from coopkg.build.laid_out import as_json
from coopkg.build.library import Example
from coopkg.build.locator import Locator
from coopkg.build.report import Report
from coopkg.build.resumed import Resumed, SealedStore
from coopkg.build.sources import Source
from coopkg.contributions import graphs, publication
from coopkg.contributions.graphs import Standing
from coopkg.contributions.sifting import NOTHING_BACK, HeldBack
from coopkg.errors import Location, PublicationError, QuestionError, ShapesError, SourceError
from coopkg.generation import Generation
from coopkg.questions import Question, QuestionEvidence
from coopkg.rules import Inferred, Rules
from coopkg.terms import LANGUAGES, Triple

Progress = Callable[[str, str], None]
Send = Callable[[Path, str, Mapping[str, int]], None]
Held = Callable[[tuple[str, ...]], None]


def silent(fr: str, en: str) -> None:
    """Say nothing: for callers that only want the result."""


def ignored(contributions: tuple[str, ...]) -> None:
    """Do nothing: for callers that need not know which contributions a generation holds."""


@dataclass(frozen=True)
class Drafted:
    """What the sources say and what follows from it, before it is judged."""

    core: Core
    sources: tuple[Source, ...]
    gathered: Gathered
    inferred: Inferred
    axioms: tuple[Triple, ...]
    before: SealedStore | None = None

    @cached_property
    def _resumed(self) -> Resumed | None:
        if self.before is None:
            return None
        return resumed.contents(self.before, self.gathered, self.inferred)

    @cached_property
    def contents(self) -> Contents:
        """What a generation would hold; made from the one `before` where it can be."""
        return self._resumed or content.contents(self.gathered, self.inferred)

    def loaded(self) -> AbstractContextManager[ox.Store]:
        """Give it ready to be asked, for as long as the block lasts."""
        if self._resumed is not None:
            return self._resumed.loaded()
        return nullcontext(asking.loaded(self.contents.text))

    def asked(self, store: ox.Store, past: Past | None) -> Context:
        """Return it as questions see it; what it gives as the one before did is remembered."""
        ask, catalogue = answers.of_store(store), self.contents.catalogue
        before = past.recalled.memory if past else None
        if before is None or self._resumed is None:
            return memory.remembering(ask, catalogue)
        moved = (*self._resumed.come, *self._resumed.gone)
        return memory.resumed(before, ask, catalogue, moved)


@dataclass(frozen=True)
class Checked:
    """What a check found, and what a generation would hold."""

    drafted: Drafted
    reports: tuple[Report, ...]
    evidence: Mapping[str, QuestionEvidence]
    examples: list[Example]

    @property
    def sources(self) -> tuple[Source, ...]:
        """The sources that were read."""
        return self.drafted.sources

    @property
    def contents(self) -> Contents:
        """What a generation would hold."""
        return self.drafted.contents

    @property
    def questions(self) -> Mapping[str, Question]:
        """The questions, by slug."""
        return self.drafted.core.questions

    @property
    def conforms(self) -> bool:
        """Tell whether nothing was violated; warnings are allowed."""
        return all(report.conforms for report in self.reports)


def check(root: Path, progress: Progress = silent, only: Sequence[Path] = ()) -> Checked:
    """Parse, infer, validate the raw data and their closure; change nothing.

    `only` limits the findings to some files. A file outside the project is checked as if it
    were one of its sources; so is what partners contributed. A project with its three folders
    empty is whole too: an operator fills it.

    Raises:
        SourceError: a source cannot be read.
        ShapesError, OntologyError, QuestionError: a shape, an axiom or a question is not valid.
    """
    _whole(root)
    names, guests = sources.chosen(root, only)
    draft = _drafted(root, guests, progress)
    return _checked(draft, _reports(draft, progress), progress, names)


def _drafted(
    root: Path, more: Sequence[Source], progress: Progress, past: Past | None = None
) -> Drafted:
    """Read the sources of a project and more, and infer."""
    progress("lecture des sources", "reading the sources")
    _whole(root)
    ours = past.core if past else core.read(root)
    found = (*ours.sources, *more)
    gathered = content.joined(ours.gathered, ours.sources, more) if more else ours.gathered
    if not gathered.shapes and (ours.sources or ours.questions):
        raise ShapesError(
            "ontology/shapes/ : aucune forme ; sans forme, rien ne serait vérifié",
            "ontology/shapes/: no shape; without shapes nothing would be checked",
        )
    progress("inférence", "inferring")
    axioms, compiled = _reasoner(ours, gathered)
    inferred = rules.closure([*gathered.reasoned, *gathered.ontology], compiled)
    return Drafted(ours, found, gathered, inferred, axioms, past.sealed if past else None)


def _reports(draft: Drafted, progress: Progress, past: Past | None = None) -> tuple[Report, ...]:
    """Judge what was read; without a `past` generation that spares it, the whole of it."""
    locate = sources.locator(draft.sources)
    found = past and incremental.reports(past, draft.gathered, draft.inferred, locate)
    return found or _validated(draft, locate, progress)


def _checked(
    draft: Drafted,
    reports: Sequence[Report],
    progress: Progress,
    names: frozenset[str] = frozenset(),
) -> Checked:
    """Join what was read, what was found of it, and the questions."""
    ours = draft.core
    progress("lecture des questions", "reading the questions")
    if not ours.questions and ours.sources:
        raise QuestionError(
            QUERIES, "aucune question dans ce dossier", "no question in this folder"
        )
    shown = tuple(_of(report, names) for report in reports)
    return Checked(draft, shown, ours.evidence, ours.examples)


def _validated(draft: Drafted, locate: Locator, progress: Progress) -> tuple[Report, ...]:
    """Validate the raw data, apart from all that is inferred, and then the closure."""
    progress("validation des données brutes", "validating the raw data")
    given, inferred = draft.gathered, draft.inferred
    raw = validate.validate(given.facts, given.shapes, given.ontology, locate, pass_=1)

    progress("validation de la clôture", "validating the closure")
    closure = [*given.asserted, *inferred.triples]
    closed = validate.validate(closure, given.shapes, given.ontology, locate, pass_=2)
    logical = contradictions.report(inferred, locate)
    linted = shape_lint.lint(given.shapes, given.ontology, given.facts, closure, locate)
    return raw, closed, logical, linted


def _reasoner(ours: Core, gathered: Gathered) -> tuple[tuple[Triple, ...], Rules]:
    """Return the axioms as owlrl closes them, and the rules; those of our sources if the same."""
    if gathered.ontology == ours.gathered.ontology:
        return ours.axioms, ours.rules
    axioms = tuple(infer.close_ontology(gathered.ontology))
    return axioms, rules.compiled(gathered.ontology, axioms)


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
    past: Past | None = None,
    back: HeldBack = NOTHING_BACK,
) -> Generation:
    """Publish a generation from the sources under `root`, or raise and leave the old one served.

    It holds what the journal of contributions has accepted; `held` is told their ids. There is
    one publication at a time: another waits. The `keep` newest generations stay, and every one
    that was cited. `send` gives the store, its digest and its graphs to a remote engine, before
    anybody is told that the generation is there. `past` is what the one that is served leaves
    undone, if it still is and our sources are those it was made of. What was decided since and is
    held `back` is left as it was.

    Raises:
        PublicationError: something is violated, or a question does not answer as it must.
        GenerationError: the disk refuses.
        LedgerError: the journal of contributions cannot be trusted.
    """
    with publication.alone(home):
        standing = graphs.standing(home, back.accepted, back.undone)
        held(tuple(publication.sealed(standing)["contributions"]))
        known = past if past is not None and past.serves(root) else None
        made = _made(root, home, standing, now or datetime.now(UTC), progress, send, known)
        generation.prune(home, keep)
    return made


def _made(
    root: Path,
    home: Path,
    standing: Standing,
    now: datetime,
    progress: Progress,
    send: Send | None,
    past: Past | None,
) -> Generation:
    """Publish the sources and the graphs of partners; see `publish`."""
    contributed = (*partners.sources(home, standing), *links.sources(home))
    draft = _drafted(root, contributed, progress, past)
    inputs = sources.fingerprint(draft.sources, root / QUERIES)
    digest, stamp = generation.digest(inputs), now.isoformat(timespec="seconds")
    begun = aside.forked if past else aside.when_asked

    def described() -> dict[str, bytes]:
        progress("description et extractions", "describing and dumping")
        packer = Packer(past.recalled.packed) if past else None
        return about.described(contents, draft.sources, draft.core.questions, digest, stamp, packer)

    with begun(lambda: _reports(draft, progress, past)) as reports, draft.loaded() as store:
        contents = draft.contents
        asked = draft.asked(store, past)
        _ = contents.text  # both halves take it
        with begun(described) as descriptions:
            checked = _checked(draft, reports(), progress)
            if not checked.conforms:
                raise _violated(checked.reports)
            files = _answered(checked, None if contributed else root / QUERIES, asked, progress)
            examples = library.checked(checked.examples, store, asked)
            files["examples.json"] = library.as_json(examples)
            if contributed:
                _core_holds(root, home, inputs, progress)
            files |= descriptions()
    if standing.contributions:
        files[publication.SEALED] = as_json(publication.sealed(standing))
    with generation.staging(home) as staging:
        progress("écriture et scellement", "writing and sealing")
        content.write(files, root / QUERIES, staging)
        if send is not None:
            progress("envoi au moteur distant", "sending to the remote engine")
            send(staging / "store.nq", digest, contents.graphs)
        return generation.publish(staging, home, inputs, contents.graphs, now)


def _violated(reports: Sequence[Report]) -> PublicationError:
    fr, en = (
        "\n".join(report.text(lang) for report in reports if not report.conforms)
        for lang in LANGUAGES
    )
    return PublicationError(fr, en)


def _answered(
    checked: Checked, bound: Path | None, asked: Context, progress: Progress
) -> dict[str, bytes]:
    """Ask every question, and return the files that say what a generation says."""
    draft = checked.drafted
    files = {**content.files(checked.contents, checked.reports), **draft.core.files}
    if draft.axioms != draft.core.axioms:
        files[content.AXIOMS] = content.axioms(draft.axioms)

    progress("toutes les questions sont posées", "asking every question")
    asking.every_question(checked.questions, checked.evidence, asked, bound)
    return files | about.answered(asked, checked.questions)


def _core_holds(root: Path, home: Path, inputs: Mapping[str, str], progress: Progress) -> None:
    """Make sure that each answer keeps its contract on our own sources alone.

    What partners add may change answers, and says so before it is accepted. A generation made of
    the very same sources of ours has proved it already.

    Raises:
        PublicationError: naming every question that does not answer as it must.
    """
    ours = partners.without(inputs)
    if any(
        partners.without(one.manifest.sources) == ours
        and one.manifest.tools == generation.installed_tools()
        for one in generation.known(home)
    ):
        return
    progress("contrats sur nos seules sources", "contracts on our own sources alone")
    checked = check(root)
    asked = asking.context(content.files(checked.contents, checked.reports))
    asking.every_question(checked.questions, checked.evidence, asked, root / QUERIES)
