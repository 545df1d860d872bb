"""What-if: what is told beforehand is what really happens, answer by answer.

Twenty contributions follow one another, each foreseen and published on what those before it left.
Every run of the suite sends a few, foreseen and published in this very process, without running
the shapes; `COOPKG_WHATIF=all` sends the twenty so, and `COOPKG_WHATIF=publish` sends them as
partners do, through the checker and the publisher in their own processes (`make whatif`).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import foreseeing
import pyoxigraph as ox
import pytest
from foreseeing import Chain, Key, Step
from intaking import ACTION, BASE, LD, OWN, PREFIXES, job

from coopkg import generation
from coopkg.answers import Answer
from coopkg.build import asking, intake, report
from coopkg.build.intake import lookalikes, whatif
from coopkg.build.intake.near import Moved, Near, touched
from coopkg.build.intake.shapes import Change, Checker
from coopkg.build.locator import Locator
from coopkg.config import Settings
from coopkg.contributions import checking, publication
from coopkg.questions import Question, load
from coopkg.terms import expand

WHICH = os.environ.get("COOPKG_WHATIF", "")
EVERY = foreseeing.cases()
CASES = EVERY if WHICH in {"all", "publish"} else [case for case in EVERY if case.always]
ORGANISATION = (
    PREFIXES
    + """:agence a org:Organization ; skos:prefLabel "Agence francaise de développement"@fr ,
  "Agency"@en ; coop:basedIn place:liban .
"""
)
MAIN = f"{BASE}graph/partner/tunis"
ONE_THING = (
    PREFIXES
    + """:regie a org:Organization ; skos:prefLabel "Régie des eaux"@fr , "Water board"@en ;
  coop:basedIn place:tunisie .
"""
).encode()
each = pytest.mark.parametrize("number", range(len(CASES)), ids=[case.name for case in CASES])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return foreseeing.extended(tmp_path_factory.mktemp("whatif") / "root")


@pytest.fixture(scope="module")
def questions(root: Path) -> dict[str, Question]:
    return load(root / "queries")


@pytest.fixture(scope="module")
def steps(published: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Step]:
    """Send each contribution on what the ones before it left."""
    axioms = generation.current(published).read("axioms.nt")
    home = tmp_path_factory.mktemp("whatif-home")
    chain = Chain(Settings(home=home, root=root, keep_generations=99))
    with pytest.MonkeyPatch.context() as patch:
        if WHICH != "publish":
            patch.setattr(whatif, "TIME_S", 600.0)
            patch.setattr(checking, "run", foreseeing.checker(root))
            patch.setattr(publication, "_started", foreseeing.builder(root, axioms))
        before = chain.start()
        for case in CASES:
            before = chain.send(case, before)
    return chain.steps


def _said(answer: Answer | str) -> Any:
    return answer if isinstance(answer, str) else asking.bound(answer)


def _counter(rows: Any) -> Counter[tuple[Any, ...]]:
    return Counter(
        tuple((name, cell["type"], str(cell["value"])) for name, cell in sorted(row.items()))
        for row in rows
    )


def _told(step: Step) -> dict[Key, Mapping[str, Any]]:
    told = step.foreseen["answers"]
    found = {foreseeing.key(one["question"], one["parameters"]): one for one in told}
    assert len(found) == len(told), "each answer is told of once"
    return found


@each
def test_every_answer_that_changes_was_foreseen_and_no_other(
    number: int, steps: list[Step], questions: dict[str, Question]
) -> None:
    step = steps[number]
    assert step.foreseen["complete"]
    assert step.foreseen["asked"] == len(step.before.answers)
    told = _told(step)
    before, after = step.before.answers, step.after.answers
    if step.case.breaks:
        assert before.keys() == after.keys()
        assert all(_said(before[one]) == _said(after[one]) for one in before), "nothing happened"
        return
    changed = {one for one in before if _said(before[one]) != _said(after[one])}
    assert told.keys() == changed
    for one, entry in told.items():
        old, new = before[one], after[one]
        assert isinstance(old, Answer)
        assert isinstance(new, Answer)
        assert (entry["status"], entry["counts"]) == (
            [old.status, new.status], [old.count, new.count],
        ), one  # fmt: skip
        was, now = (foreseeing.rows(questions[one[0]], answer) for answer in (old, new))
        for side, rows in (("gained", now - was), ("lost", was - now)):
            assert entry[side] == rows.total(), (one, side)
            shown = _counter(entry[f"rows_{side}"])
            assert shown <= rows, (one, side)
            assert shown.total() == min(rows.total(), whatif.ROWS), (one, side)


@each
def test_every_inference_that_appears_or_vanishes_was_foreseen(
    number: int, steps: list[Step]
) -> None:
    step = steps[number]
    told = step.foreseen["inferred"]
    before, after = step.before.inferred, step.after.inferred
    if step.case.breaks:
        assert before == after
        return
    assert told["counts"] == [len(after - before), len(before - after)]
    assert len(told["appear"]) == min(len(after - before), whatif.TRIPLES)
    assert {one["triple"] for one in told["appear"]} <= after - before
    assert {one["triple"] for one in told["vanish"]} <= before - after


@each
def test_a_publication_is_refused_when_a_question_was_said_to_break_and_only_then(
    number: int, steps: list[Step]
) -> None:
    step = steps[number]
    broken = {one["question"] for one in step.foreseen["broken"]}
    assert broken == set(step.case.breaks)
    assert step.one.state == ("failed" if broken else "published")
    assert (step.after.number > step.before.number) == (not broken)
    named = {line.partition(":")[0] for line in step.one.why.get("en", "").splitlines()[1:]}
    assert named == broken, "the refusal names the questions that were told"


@each
def test_each_contribution_is_of_the_kind_that_it_says(number: int, steps: list[Step]) -> None:
    step = steps[number]
    before, after = step.before.answers, step.after.answers

    def count(found: Mapping[Key, Answer | str], one: Key) -> int:
        answer = found[one]
        assert isinstance(answer, Answer)
        return answer.count

    def at(given: tuple[str, ...]) -> Key:
        return next(one for one in before if one[0] == given[0] and given[1] in one[1])

    gained = count(after, foreseeing.FLAGSHIP) - count(before, foreseeing.FLAGSHIP)
    assert gained == step.case.flagship
    for given, sizes in ((step.case.fills, (0, 1)), (step.case.empties, (1, 0))):
        if given:
            found = (count(before, at(given)), count(after, at(given)))
            assert tuple(min(one, 1) for one in found) == sizes
    assert bool(step.before.inferred - step.after.inferred) == step.case.vanish


def test_the_twenty_contributions_are_of_every_method_and_format() -> None:
    assert len(EVERY) == 20
    assert {case.method for case in EVERY} == {"put", "post", "delete"}
    suffixes = {case.file.partition(".")[2] for case in EVERY}
    assert suffixes == {"ttl", "trig", "nt", "jsonld", "csv", "xlsx.csv", ""}
    for named in ("fills", "empties", "breaks", "vanish"):
        assert any(getattr(case, named) and case.always for case in EVERY), named


# --- What is told besides ----------------------------------------------------------------------


def _change(text: str, ready: intake.Ready) -> Change:
    """Return what the checker makes of an upload of Turtle."""
    sent = job(text.encode())
    read = intake.reading.read(sent, text.encode(), "text/turtle")
    graph = {intake.reading.target(sent)}
    return intake.changed(sent, read.quads, graph, ready.ground)


@pytest.fixture(scope="module")
def ready(published: Path) -> intake.Ready:
    return intake.ready(str(generation.current(published).path))


@pytest.fixture(scope="module")
def measured(ready: intake.Ready) -> intake.Ready:
    """Return it with an action of a partner, and figures that measure it in another graph."""
    graphs = (("05-as-before.ttl", MAIN), ("10-statistics.ttl", f"{MAIN}/chiffres"))
    sent = [
        ox.Quad(one.subject, one.predicate, one.object, ox.NamedNode(graph))
        for file, graph in graphs
        for one in ox.parse((foreseeing.DATA / file).read_bytes(), format=ox.RdfFormat.TURTLE)
    ]
    ground = replace(ready.ground, quads=(*ready.ground.quads, *sent))
    nodes = touched(sent)
    stand = Checker(ground, ready.checker)._run(
        Near(Moved(ground.index), nodes).quads, nodes, 1, Locator(())
    )
    ground = replace(ground, told=(frozenset(map(report.key, stand)), ground.told[1]))
    return intake.Ready(ground, Checker(ground, ready.checker))


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param({"body": ONE_THING, "method": "put"}, id="replaced by less"),
        pytest.param({"body": b"", "method": "delete", "graph": MAIN}, id="deleted"),
    ],
)
def test_what_would_go_while_others_rest_on_it_is_refused_by_their_names_and_not_foreseen(
    sent: dict[str, Any], measured: intake.Ready
) -> None:
    outcome = intake.run(job(**sent), sent["body"], measured)
    assert outcome.status == "violations"
    assert outcome.whatif == {}
    found = outcome.report["findings"]
    assert {one["node"] for one in found} == {f"{OWN}stagiaires-{year}" for year in (2016, 2019)}
    for one in found:
        assert "sfax" in one["message"]["fr"]
        assert "sfax" in one["message"]["en"]


def test_what_is_replaced_by_all_that_others_rest_on_is_foreseen(measured: intake.Ready) -> None:
    whole = (foreseeing.DATA / "19-otherwise.jsonld").read_bytes()
    outcome = intake.run(job(whole, LD, foresees=False), whole, measured)
    assert outcome.status == "warnings", "what stands already is told again of what is sent again"
    assert not outcome.whatif["nothing"]


def test_an_existing_thing_of_nearly_the_same_name_is_shown(ready: intake.Ready) -> None:
    (alike,) = lookalikes.of(_change(ORGANISATION, ready), ready.ground)
    assert alike["entity"] == f"{OWN}agence"
    assert alike["like"].endswith("/id/organisation/afd")
    assert alike["why"]["fr"] == "même nom"


def test_what_takes_too_long_says_that_it_was_cut(
    ready: intake.Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whatif, "TIME_S", -1.0)
    foreseen = whatif.of(job(b""), _change(ORGANISATION, ready), ready.ground)
    assert (foreseen["complete"], foreseen["asked"], foreseen["answers"]) == (False, 0, [])


def test_what_is_answered_today_and_rests_on_nothing_that_changes_is_not_asked_again(
    ready: intake.Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    afd, label = expand("organisation:afd"), expand("skos:prefLabel")
    quads = ready.ground.quads
    named = [one for one in quads if (one.subject, one.predicate) == (afd, label)]
    old = next(one for one in named if str(one.object).endswith("@fr"))
    new = ox.Quad(afd, label, ox.Literal("L’agence", language="fr"), old.graph_name)
    gone = [one for one in quads if one.object == afd]
    come = _change(ACTION, ready).added
    change = Change((new, *come), (old, *gone), ready.ground)
    anew = whatif.of(job(b""), change, ready.ground)
    asked: list[str] = []
    ask = asking.ask

    def counted(question: Question, *given: Any) -> Answer:
        asked.append(question.slug)
        return ask(question, *given)

    monkeypatch.setattr(asking, "ask", counted)
    today = whatif.Today.of(ready.ground)
    for _ in whatif.asking_today(today, ready.ground):
        pass
    every = len(asked)
    assert whatif.of(job(b""), change, ready.ground, lambda: today) == anew
    for side in ("gained", "lost"):
        assert any(one[side] for one in anew["answers"])
    assert every == anew["asked"]
    assert 0 < len(asked) - every < every / 2


def test_an_answer_is_told_by_its_title_and_by_the_names_of_its_rows(steps: list[Step]) -> None:
    flagship = _told(steps[0])[foreseeing.FLAGSHIP]
    assert flagship["title"]["fr"] != flagship["title"]["en"]
    (row,) = flagship["rows_gained"]
    assert row["partner"]["value"] == f"{OWN}regie"
    assert row["partner"]["label"]["fr"] == "Régie de l’eau de Sfax"


def test_a_question_that_takes_too_long_is_left_and_that_is_said(
    ready: intake.Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    today = whatif.Today.of(ready.ground)
    monkeypatch.setattr(whatif, "ONE_S", -1.0)
    for _ in whatif.asking_today(today, ready.ground):
        pass
    every = {whatif._name(question, args) for question, _, args in whatif._every(ready.ground)}
    assert today.slow == every
    assert not today.memory.pieces

    some = {name for name in every if name[1] != "actors-by-kind"}
    few = replace(today, slow=some)
    told = whatif.of(job(ACTION), _change(ACTION, ready), ready.ground, lambda: few)
    assert not told["complete"]
    assert 0 < told["asked"] == len(every - some)


def test_a_what_if_stops_in_the_middle_of_a_question(
    ready: intake.Ready, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whatif.Patience, "look", lambda _: (_ for _ in ()).throw(whatif.TooSlow()))
    told = whatif.of(job(ACTION), _change(ACTION, ready), ready.ground)
    assert (told["complete"], told["asked"], told["answers"]) == (False, 1, [])
