"""What-if: what is told beforehand is what really happens, answer by answer."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from intaking import ACTION, BASE, OWN, PREFIXES
from mutants import compiled
from validation import real_sources

from coopkg import generation, rules
from coopkg.answers import Context
from coopkg.build import asking, content, intake, partners
from coopkg.build.intake import lookalikes, whatif
from coopkg.build.intake.shapes import Change
from coopkg.config import Settings
from coopkg.contributions import (
    Contribution,
    Upload,
    accept,
    check,
    checking,
    graphs,
    publication,
    receive,
)
from coopkg.contributions import partners as known_partners
from coopkg.contributions.job import Job, Outcome
from coopkg.questions import QuestionEvidence, load
from coopkg.rules import Inferred

ORGANISATION = (
    PREFIXES
    + """:agence a org:Organization ; skos:prefLabel "Agence francaise de développement"@fr ,
  "Agency"@en ; coop:basedIn place:liban .
"""
)
LESS = ACTION.replace("coop:purposeTheme theme:decentralisation ; ", "")
STEPS = [("put", ACTION), ("post", ORGANISATION), ("put", LESS), ("delete", "")]
QUERIES = Path(__file__).parents[1] / "queries"


def made(home: Path, folder: Path) -> tuple[Context, Inferred]:
    """Make what publishing makes of the sources and of what stands, without checking it again."""
    standing = graphs.standing(home)
    gathered = content.gather((*real_sources(), *partners.sources(home, standing)))
    inferred = rules.closure([*gathered.reasoned, *gathered.ontology], compiled())
    files = content.files(content.contents(gathered, inferred), [], {})
    files[publication.SEALED] = content.as_json(publication.sealed(standing))
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_bytes(text)
    return asking.context(files), inferred


@pytest.fixture(scope="module")
def told(published: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """Send contributions one after another; keep what was told, and what then happened."""
    base = tmp_path_factory.mktemp("whatif")
    home = base / "home"
    known_partners.add(home, "tunis", {"fr": "Tunis", "en": "Tunis"}, "reviewed")
    first = generation.current(published).path
    settings, seen, directory = Settings(home=home), [], first
    for number, (method, text) in enumerate(STEPS):
        ready = intake.ready(str(directory))
        jobs: list[Job] = []

        def run(job: Job, body: bytes, _: Any, ready: Any = ready, jobs: Any = jobs) -> Outcome:
            jobs.append(job)
            return intake.run(job, body, intake.Ready(ready.ground, None))  # shapes: elsewhere

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(checking, "run", run)
            _accepted(home, settings, method, text)
        change = _change(jobs[0], text, ready)
        world = whatif.after(jobs[0], change, ready.ground)
        foreseen = whatif.of(jobs[0], change, ready.ground) if number in {0, 3} else {}
        directory = base / f"generation-{number}"
        after = made(home, directory)
        for name in ("questions.json", "questions", "axioms.nt"):
            _copy(first / name, directory / name)
        alike = lookalikes.of(change, ready.ground)
        seen.append({"foreseen": foreseen, "alike": alike, "world": world, "after": after})
    return seen


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        target.unlink(missing_ok=True)
        shutil.copy(source, target)


def _accepted(home: Path, settings: Settings, method: Any, text: str) -> Contribution:
    graph = known_partners.known(home)["tunis"].graph
    sent = Upload("tunis", "a.ttl", "text/turtle", text.encode(), method, graph)
    one = check(home, receive(home, sent, settings).id, settings)
    assert one.state == "waiting", one.why
    return accept(home, one.id, "a reviewer")


def _change(job: Job, text: str, ready: intake.Ready) -> Change:
    """Return what the checker makes of an upload."""
    quads: tuple[ox.Quad, ...] = ()
    if job.method != "delete":
        read = intake.reading.read(job, text.encode(), "text/turtle")
        quads = tuple(intake._named(job, text.encode(), quad) for quad in read.quads)
    return intake.changed(job, quads, {job.graph or f"{BASE}graph/partner/tunis"}, ready.ground)


@pytest.fixture(scope="module")
def evidence(published: Path) -> dict[str, QuestionEvidence]:
    sealed = generation.current(published).read_json("questions.json")
    return {slug: QuestionEvidence.from_json(value) for slug, value in sealed.items()}


@pytest.mark.parametrize(
    "step", range(len(STEPS)), ids=[f"{m}-{i}" for i, (m, _) in enumerate(STEPS)]
)
def test_every_answer_foreseen_is_the_answer_given(
    step: int, told: list[dict[str, Any]], evidence: dict[str, QuestionEvidence]
) -> None:
    foreseen, real = told[step]["world"].context, told[step]["after"][0]
    for slug, question in load(QUERIES).items():
        args = question.required_examples()
        one = asking.bound(asking.ask(question, evidence[slug], args, foreseen))
        other = asking.bound(asking.ask(question, evidence[slug], args, real))
        assert one == other, slug


@pytest.mark.parametrize("step", range(len(STEPS)))
def test_every_inference_foreseen_is_made(step: int, told: list[dict[str, Any]]) -> None:
    assert set(told[step]["world"].inferred.triples) == set(told[step]["after"][1].triples)


def test_what_is_told_names_the_answers_that_gain_rows(told: list[dict[str, Any]]) -> None:
    gained = {one["question"]: one for one in told[0]["foreseen"]["answers"]}
    flagship = gained["partners-by-theme-and-place"]
    assert flagship["lost"] == 0
    row = flagship["rows_gained"][0]
    assert row["partner"]["value"] == f"{OWN}regie"
    assert row["partner"]["label"]["fr"] == "Régie de l’eau de Sfax"
    assert flagship["title"]["fr"] != flagship["title"]["en"]


def test_what_leaves_is_told_too(told: list[dict[str, Any]]) -> None:
    foreseen = told[3]["foreseen"]
    lost = {one["question"] for one in foreseen["answers"] if one["lost"]}
    assert "partners-by-theme-and-place" in lost
    assert foreseen["inferred"]["counts"][1] > 0
    assert foreseen["inferred"]["vanish"]


def test_an_existing_thing_of_nearly_the_same_name_is_shown(told: list[dict[str, Any]]) -> None:
    (alike,) = told[1]["alike"]
    assert alike["entity"] == f"{OWN}agence"
    assert alike["like"].endswith("/id/organisation/afd")
    assert alike["why"]["fr"] == "même nom"


def test_what_takes_too_long_says_that_it_was_cut(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready = intake.ready(str(generation.current(published).path))
    monkeypatch.setattr(whatif, "TIME_S", -1.0)
    body = ORGANISATION.encode()
    partner = {"name": "tunis", "role": "reviewed", "base": OWN}
    job = Job("a.ttl", "text/turtle", "put", None, partner, "fr", "dry", "", "", "", {}, len(body))
    foreseen = whatif.of(job, _change(job, ORGANISATION, ready), ready.ground)
    assert (foreseen["complete"], foreseen["asked"], foreseen["answers"]) == (False, 0, [])
