"""What a contribution was told to change, and what publishing it changed: both, to be compared.

What changed is read from two sealed generations alone, every question asked of both; nothing here
is shared with what foresees (`coopkg.build.intake.whatif`) but the questions themselves.
"""

from __future__ import annotations

import csv
import io
import json
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyoxigraph as ox
from mutants import compiled
from validation import ROOT, real_sources

from coopkg import contributions, generation, questions, rules
from coopkg.answers import Answer, Catalogue, Context, evidence_of, of_store
from coopkg.build import asking, content, evidence, intake, partners
from coopkg.build.laid_out import as_json
from coopkg.config import Settings
from coopkg.contributions import Contribution, Upload, graphs, publication
from coopkg.contributions import partners as known_partners
from coopkg.contributions.job import Job, Outcome
from coopkg.contributions.publication import Made
from coopkg.errors import CoopkgError, PublicationError
from coopkg.generation import Generation
from coopkg.questions import Question
from coopkg.serve.partners import bodies

DATA = Path(__file__).parent / "whatif"
QUERIES = ROOT / "queries"
INFERRED = "https://w3id.org/cnfpt-coop/graph/inferred"
FLAGSHIP = ("partners-by-theme-and-place", "place=mediterranee theme=decentralisation")
Key = tuple[str, str]
"""A question and its choices, as a text."""


@dataclass(frozen=True)
class Case:
    """A contribution to foresee, and what makes it worth foreseeing; see `whatif/cases.toml`."""

    name: str
    partner: str
    method: str
    file: str = ""
    graph: str | None = None
    flagship: int = 0
    fills: tuple[str, ...] = ()
    empties: tuple[str, ...] = ()
    breaks: tuple[str, ...] = ()
    vanish: bool = False
    always: bool = False

    def upload(self, home: Path) -> Upload:
        """Return it as its partner sends it."""
        main = known_partners.find(home, self.partner).graph
        graph = None if self.graph is None else f"{main}/{self.graph}".rstrip("/")
        body = (DATA / self.file).read_bytes() if self.file else b""
        name = self.file.removesuffix(".csv") if ".xlsx" in self.file else self.file
        if name != self.file:
            body = _workbook(body.decode())
        method: Any = self.method
        return Upload(self.partner, name, bodies.of_name(name), body, method, graph, "etalab-2.0")


def cases() -> list[Case]:
    """Return the contributions, in the order they are sent."""
    told: list[dict[str, Any]] = tomllib.loads((DATA / "cases.toml").read_text(encoding="utf-8"))[
        "case"
    ]
    lists = {"fills", "empties", "breaks"}
    for one in told:
        one |= {name: tuple(one.get(name, ())) for name in lists}
    return [Case(**one) for one in told]


def _workbook(text: str) -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in csv.reader(io.StringIO(text), delimiter=";"):
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


# --- What happens --------------------------------------------------------------------------


@dataclass(frozen=True)
class World:
    """A sealed generation: what each question answers with each choice, and what was inferred."""

    answers: Mapping[Key, Answer | str]
    inferred: frozenset[str]
    number: int


def key(slug: str, args: Mapping[str, str]) -> Key:
    return slug, " ".join(f"{name}={value}" for name, value in sorted(args.items()))


def asked(found: Generation) -> World:
    """Ask every question of a generation with every choice it is ever asked with."""
    store = ox.Store()
    store.bulk_load(found.read("store.nq"), ox.RdfFormat.N_QUADS)
    catalogue = Catalogue(*(found.read_json(f"{name}.json") for name in asking.SEALED))
    context = Context(of_store(store), catalogue, "", "")
    sealed = evidence_of(found.read_json("questions.json"))
    answers: dict[Key, Answer | str] = {}
    for slug, question in questions.load(found.path / "questions").items():
        for args in choices(question):
            if key(slug, args) in answers:
                continue
            try:
                answers[key(slug, args)] = asking.ask(question, sealed[slug], args, context)
            except CoopkgError as error:
                answers[key(slug, args)] = f"{type(error).__name__}: {error}"
    inferred = store.quads_for_pattern(None, None, None, ox.NamedNode(INFERRED))
    lines = frozenset(f"{q.subject} {q.predicate} {q.object}" for q in inferred)
    return World(answers, lines, found.number)


def choices(question: Question) -> Iterator[dict[str, str]]:
    """Yield what a question is asked with: as little as it allows, its example, its contract."""
    yield dict(question.required_examples())
    yield dict(question.examples)
    contract = QUERIES / "contracts" / f"{question.slug}.json"
    if contract.exists():
        yield from (case["parameters"] for case in json.loads(contract.read_bytes()))


def rows(question: Question, answer: Answer) -> Counter[tuple[Any, ...]]:
    """Return the rows that an answer shows, as often as it shows them."""
    names = sorted(column.name for column in question.visible)
    return Counter(
        tuple((name, row[name]["type"], str(row[name]["value"])) for name in names if name in row)
        for row in answer.rows
    )


# --- From one to the other -----------------------------------------------------------------


@dataclass
class Step:
    """A contribution: what was told of it, and the generations before and after."""

    case: Case
    one: Contribution
    foreseen: dict[str, Any]
    before: World
    after: World


@dataclass
class Chain:
    """An installation on which one contribution after another is checked, accepted, published."""

    settings: Settings
    steps: list[Step] = field(default_factory=list)

    def start(self) -> World:
        for name in ("tunis", "beyrouth"):
            label = {"fr": f"Ville de {name}", "en": f"City of {name}"}
            known_partners.add(self.settings.home, name, label)
        return self.published()

    def published(self) -> World:
        home = self.settings.home
        with suppress(PublicationError):  # its contribution tells why
            contributions.publish(home, self.settings)
        return asked(generation.current(home))

    def send(self, case: Case, before: World) -> World:
        home = self.settings.home
        one = contributions.receive(home, case.upload(home), self.settings)
        one = contributions.check(home, one.id, self.settings)
        assert one.state == "waiting", (case.name, one.why)
        foreseen = contributions.document(home, one.whatif)
        contributions.accept(home, one.id, "a reviewer")
        after = self.published()
        one = contributions.get(home, one.id)
        self.steps.append(Step(case, one, foreseen, before, after))
        return after


def extended(folder: Path) -> Path:
    """Make an installation's own tree: ours, and one question that a contribution may empty."""
    folder.mkdir()
    for name in ("ontology", "graph_data"):
        (folder / name).symlink_to(ROOT / name)
    (folder / "queries" / "contracts").mkdir(parents=True)
    for source in (QUERIES, DATA / "queries"):
        for path in (*source.glob("*.rq"), *source.glob("contracts/*.json")):
            (folder / "queries" / path.relative_to(source)).symlink_to(path)
    return folder


def builder(root: Path, axioms: bytes) -> Callable[[Path, Settings], Made]:
    """Return a publisher that makes what publishing makes, but checks no shape and writes less."""
    core, known = real_sources(), questions.load(root / "queries")
    proofs = {slug: evidence.derive(question) for slug, question in known.items()}
    sealed = {slug: one.as_json() for slug, one in proofs.items()}

    def publish(home: Path, _: Settings) -> Made:
        standing = graphs.standing(home)
        told = publication.sealed(standing)
        gathered = content.gather((*core, *partners.sources(home, standing)))
        inferred = rules.closure([*gathered.reasoned, *gathered.ontology], compiled())
        made = content.contents(gathered, inferred)
        files = content.files(made, [])
        files["questions.json"] = as_json(sealed)
        files[publication.SEALED] = as_json(told)
        files[content.AXIOMS] = axioms
        try:
            asking.every_question(known, proofs, asking.context(files), None)
        except CoopkgError as error:
            said = error.message("fr"), error.message("en")
            return Made("", type(error).__name__, *said, tuple(told["contributions"]))
        inputs = {graphs.path(graph): graph.sha256 for graph in standing.graphs.values()}
        with publication.alone(home), generation.staging(home) as staging:
            content.write(files, root / "queries", staging)
            now = datetime.now(UTC)
            inputs["tests/core"] = "0" * 64
            return Made(generation.publish(staging, home, inputs, made.graphs, now).id)

    return publish


class Unchecked:
    """Finds no fault: what shapes say of contributions is tried elsewhere."""

    def findings(self, *_: Any) -> list[Any]:
        return []


def checker(root: Path) -> Callable[[Job, bytes, Settings], Outcome]:
    """Return a check in this very process, of everything but the shapes."""

    def run(job: Job, body: bytes, _: Settings) -> Outcome:
        ground = intake.ready(job.generation, str(root)).ground
        ready = intake.Ready(ground, Unchecked())  # type: ignore[arg-type]
        for _ in ready.parts():  # what is answered today is known, as to a builder that stays
            pass
        return intake.run(job, body, ready)

    return run
