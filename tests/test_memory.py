"""What is remembered of a generation is what the next one would give, or it is worked out anew."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from coopkg import answers, generation, questions
from coopkg.answers import Ask, Catalogue, Context, Solution
from coopkg.build import about, asking, memory
from coopkg.build.core import Core
from coopkg.build.memory import Memory, kept
from coopkg.build.recollection import Recollection
from coopkg.errors import PublicationError
from coopkg.terms import Term

NAMES = {"http://e/a": {"fr": "A"}, "http://e/b": {"fr": "B"}}
QUERY = "SELECT ?o WHERE { <http://e/a> <http://e/p> ?o }"
LINE = "<http://e/a> <http://e/p> <http://e/b>"
A, P, B, GRAPH = (ox.NamedNode(f"http://e/{name}") for name in ("a", "p", "b", "graph"))
QUAD = ox.Quad(A, P, B, GRAPH)
TOUCHING = ox.Quad(A, P, ox.Literal("y"))


class Asked:
    """A generation with one row, which counts what is asked of it and what is worked out."""

    def __init__(
        self, rows: Sequence[Solution] = ({"o": ox.Literal("x")},), graphs: Sequence[str] = ()
    ) -> None:
        self.rows, self.graphs = rows, graphs
        self.worked = self.asked = 0

    def ask(self, query: str, _: Mapping[str, Term]) -> Sequence[Solution]:
        if "GRAPH" not in query:
            self.asked += 1
            return self.rows
        return [{"n": ox.Literal(0), "o": B, "g": ox.NamedNode(one)} for one in self.graphs]

    def work(self, context: Context) -> str:
        """Work out something of what a context asks, is called and states."""
        self.worked += 1
        rows = context.ask(QUERY, {})
        assert context.graphs_of is not None
        stated = context.graphs_of([LINE])
        return f"{[str(row['o']) for row in rows]} {context.catalogue.label('http://e/a')} {stated}"


def catalogue(**labels: Any) -> Catalogue:
    return Catalogue({**NAMES, **labels}, {}, {})


def remembered(work: Callable[[Context], Any] | None = None) -> Memory:
    first = Asked()
    context, gives = memory.recording(first.ask, catalogue())
    kept(context, ("one",), work or first.work)
    return gives()


def again(
    before: Memory, now: Asked, names: Catalogue | None = None, *moved: ox.Quad
) -> tuple[Any, int]:
    context = memory.resumed(before, now.ask, names or catalogue(), moved)
    return kept(context, ("one",), now.work), now.worked


def test_what_rests_on_the_same_is_not_worked_out_again() -> None:
    now = Asked()
    assert again(remembered(), now) == (Asked().work(memory.remembering(now.ask, catalogue())), 0)


@pytest.mark.parametrize("rows", [[], [{"o": ox.Literal("y")}], [{"o": ox.Literal("x")}] * 2])
def test_other_rows_are_another_piece(rows: Sequence[Solution]) -> None:
    made, worked = again(remembered(), Asked(rows), None, TOUCHING)
    assert worked == 1
    assert made.startswith(str([str(row["o"]) for row in rows]))


def test_a_query_is_asked_again_when_a_quad_of_the_change_fits_it() -> None:
    before, untouched, touched = remembered(), Asked(), Asked()
    assert again(before, untouched, None, ox.Quad(B, P, B))[1] == 0
    assert again(before, touched, None, TOUCHING)[1] == 0, "its rows are the same"
    assert (untouched.asked, touched.asked) == (0, 1)


def test_a_name_that_changed_is_read_anew_and_another_is_not() -> None:
    named = {"http://e/a": {"fr": "Autre"}}
    made, worked = again(remembered(), Asked(), catalogue(**named))
    assert worked == 1
    assert "Autre" in made
    assert again(remembered(), Asked(), catalogue(**{"http://e/b": {"fr": "Autre"}}))[1] == 0


def test_a_triple_that_moved_is_looked_up_anew() -> None:
    made, worked = again(remembered(), Asked(graphs=[GRAPH.value]), None, QUAD)
    assert worked == 1
    assert GRAPH.value in made
    assert again(remembered(), Asked(), None, ox.Quad(B, P, B, GRAPH))[1] == 0


def test_what_reads_every_name_rests_on_every_name() -> None:
    before = remembered(lambda context: sorted(context.catalogue.labels))
    assert again(before, Asked())[1] == 0
    assert again(before, Asked(), catalogue(**{"http://e/c": {"fr": "C"}}))[1] == 1


def test_a_piece_rests_on_what_its_own_pieces_rest_on() -> None:
    inner = Asked()
    before = remembered(lambda context: kept(context, ("inner",), inner.work))
    assert ("inner",) in before.pieces
    assert again(before, Asked([]), None, TOUCHING)[1] == 1


def test_what_failed_is_no_piece() -> None:
    def fail(context: Context) -> str:
        context.ask(QUERY, {})
        raise ValueError("no")

    context, gives = memory.recording(Asked().ask, catalogue())
    with pytest.raises(ValueError, match="no"):
        kept(context, ("one",), fail)
    assert again(gives(), Asked())[1] == 1


# --- The real generation -----------------------------------------------------------------------


@dataclass(frozen=True)
class Real:
    """The real generation, its store, and what is remembered of it."""

    store: ox.Store
    catalogue: Catalogue
    ours: Core
    before: Memory


@pytest.fixture(scope="module")
def real(published: Path) -> Real:
    """Return the real generation, looked back on."""
    made = generation.current(published)
    sealed = {name: made.read_json(f"{name}.json") for name in (*memory.NAMES, "questions")}
    asked = questions.load(made.path / "questions")
    ours = Core(made.path, (), asked)
    ours.__dict__["evidence"] = answers.evidence_of(sealed["questions"])
    store = asking.loaded(made.file("store.nq").read_bytes())
    names = Catalogue(*(sealed[name] for name in memory.NAMES))
    recalled = Recollection()
    for _ in recalled.ask(store, sealed, ours):
        assert recalled.memory is None, "half of it would be taken for the whole"
    assert recalled.memory is not None
    return Real(store, names, ours, recalled.memory)


def said(context: Context, ours: Core) -> tuple[str, dict[str, bytes]]:
    """Return why a generation would be refused, and what it would seal."""
    refused = ""
    try:
        asking.every_question(ours.questions, ours.evidence, context, None)
    except PublicationError as error:
        refused = error.message("fr")
    return refused, about.answered(context, ours.questions)


@pytest.mark.parametrize("seed", range(2))
def test_what_is_taken_from_memory_is_what_would_be_worked_out(real: Real, seed: int) -> None:
    chance = random.Random(seed)
    every = list(real.store)
    gone = chance.sample(every, 40)
    if seed:  # a whole property too: answers that disappear
        verb = ox.NamedNode("https://w3id.org/cnfpt-coop/ns#value")
        gone += [one for one in every if one.predicate == verb and one not in gone]
    nodes = [one for one in every if isinstance(one.object, ox.NamedNode)]
    come = [
        ox.Quad(one.subject, one.predicate, other.object, one.graph_name)
        for one, other in zip(chance.sample(nodes, 40), chance.sample(nodes, 40), strict=True)
    ]
    come = [one for one in come if one not in real.store]
    now = ox.Store()
    now.bulk_extend([one for one in every if one not in set(gone)] + come)
    labels = {**real.catalogue.labels}
    for iri in chance.sample(sorted(labels), 20):
        labels[iri] = {**labels[iri], "fr": f"Autre {iri[-3:]}"}
    names = Catalogue(labels, real.catalogue.passages, real.catalogue.proofs)
    ask = answers.of_store(now)
    taken = said(memory.resumed(real.before, ask, names, [*gone, *come]), real.ours)
    assert taken == said(Context(ask, names, "", ""), real.ours)
    assert bool(taken[0]) == bool(seed), "the second is refused"


def test_nothing_is_worked_out_when_nothing_moved(
    real: Real, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = memory.resumed(real.before, answers.of_store(real.store), real.catalogue, [])
    monkeypatch.setattr(asking, "ask", lambda *_: pytest.fail("answered again"))
    assert said(context, real.ours)[1].keys() >= {"answers.json", "choices.json", "offers.json"}


def test_what_is_made_of_rows_does_not_hang_on_their_order(real: Real) -> None:
    plain = answers.of_store(real.store)

    def shuffled(chance: random.Random) -> Ask:
        def ask(query: str, given: Mapping[str, Term]) -> Sequence[Solution]:
            rows = list(plain(query, given))
            chance.shuffle(rows)
            return rows

        return ask

    context = memory.remembering(shuffled(random.Random(1)), real.catalogue)
    ordered = memory.remembering(plain, real.catalogue)
    assert said(context, real.ours) == said(ordered, real.ours)
