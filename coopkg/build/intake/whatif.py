"""What a contribution would change, were it published now on the current generation.

The store that a publication would make is made in memory, and asked the questions that the build
asks: the answers told here are those that will be given. Work stops after a while, and says so.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from typing import Any, Final

import pyoxigraph as ox

from coopkg import answers as answering
from coopkg import rules, typography
from coopkg.answers import Answer, Catalogue, Context, evidence_of, of_store
from coopkg.build import asking, content, describe, memory
from coopkg.build.intake import lookalikes, preview
from coopkg.build.intake.ground import Ground, gathered
from coopkg.build.intake.shapes import Change
from coopkg.build.memory import Key, Memory, kept
from coopkg.contributions.job import Job
from coopkg.errors import CoopkgError
from coopkg.questions import Question
from coopkg.rules import RULES, Inferred
from coopkg.tables.description import title
from coopkg.terms import LANGUAGES, Triple, expand

TIME_S: Final = 12.0
ONE_S: Final = 5.0
"""Processor time for one choice of one question that is asked ahead."""
MOST: Final = 400_000
"""Quads of a generation beyond which it is not made again in memory to be asked."""
ROWS: Final = 20
"""Rows shown of what one answer gains or loses; how many there are is told."""
TRIPLES: Final = 200


def warm() -> None:
    """Load what days are written with: afterwards no file can be opened."""
    for lang in LANGUAGES:
        typography.day(date(2018, 1, 1), lang)


def of(
    job: Job, change: Change, ground: Ground, answered: Callable[[], Today] | None = None
) -> dict[str, Any]:
    """Return what would change: answers, inferences, questions that break, and look-alikes.

    Nothing is asked, which is told by `complete`, of what is to be published at once, and of a
    generation too large to be made twice. What is `answered` today need not be asked again.

    Shape: ``{"nothing", "complete", "asked", "answers": [{question, parameters, title, href,
    status, gained, lost, changed…}], "broken": […], "inferred": {appear, vanish…}, "alike": […]}``.
    """
    is_nothing = not (change.added or change.removed)
    if is_nothing or not job.foresees or is_too_large(ground):
        nothing = {"appear": [], "vanish": [], "counts": [0, 0]}
        lists: dict[str, Any] = {name: [] for name in ("answers", "broken", "alike")}
        told = {"nothing": is_nothing, "complete": is_nothing, "asked": 0, "inferred": nothing}
        return {**told, **lists}
    today = answered() if answered is not None else Today.of(ground)
    world = after(job, change, ground)
    compared = _compared(ground, today, world)
    return {
        "nothing": False,
        **compared,
        "inferred": _inferences(world.inferred, ground, world.context.catalogue),
        "alike": lookalikes.of(change, ground),
    }


class TooSlow(Exception):  # noqa: N818 - it names the fact
    """A question takes longer than there is patience for it."""


@dataclass
class Patience:
    """Until when, in processor time, rows of a query are waited for."""

    until: float = float("inf")

    def look(self) -> None:
        """Raise TooSlow when that time has come."""
        if time.process_time() > self.until:
            raise TooSlow


@dataclass(frozen=True)
class World:
    """A generation that is not made: how to ask it, and what the rules infer in it."""

    context: Context
    patience: Patience
    inferred: Inferred
    moved: tuple[ox.Quad, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Today:
    """What the current generation answers, as far as it was asked."""

    context: Context
    patience: Patience
    memory: Memory = field(repr=False)
    slow: set[Key] = field(default_factory=set, repr=False)

    @classmethod
    def of(cls, ground: Ground) -> Today:
        """Return it, asked nothing yet."""
        patience = Patience()
        now = before(ground, patience)
        context, gives = memory.recording(now.ask, now.catalogue)
        return cls(context, patience, gives())

    def ask(self, question: Question, evidence: Any, args: Mapping[str, str]) -> Answer:
        """Return what a question answers; it is asked once.

        Raises:
            CoopkgError: it does not answer.
            TooSlow: it takes longer than there is patience.
        """
        name = _name(question, args)
        if name in self.memory.pieces:
            known: Answer = self.memory.pieces[name].made
            return known
        return kept(self.context, name, partial(asking.ask, question, evidence, args))


def is_too_large(ground: Ground) -> bool:
    """Tell whether a generation is too large to be made twice and asked."""
    return len(ground.quads) > MOST


def asking_today(today: Today, ground: Ground) -> Iterator[None]:
    """Ask the current generation everything, one choice of one question at a time.

    What takes too long is remembered as `slow`: no what-if asks it.
    """
    evidence = evidence_of(ground.files.get("questions", {}))
    for question, _, args in _every(ground):
        today.patience.until = time.process_time() + ONE_S
        try:
            with suppress(CoopkgError):
                today.ask(question, evidence[question.slug], args)
        except TooSlow:
            today.slow.add(_name(question, args))
        yield


def after(job: Job, change: Change, ground: Ground) -> World:
    """Return the generation that publishing a change would make."""
    sorted_ = gathered(preview.after(job, change, ground), ground.apart)
    inferred = rules.closure([*sorted_.reasoned, *sorted_.ontology], ground.rules)
    store, moved = _loaded(ground), list[ox.Quad]()
    default = ox.DefaultGraph()
    was = dict.fromkeys([*ground.gathered.asserted, *ground.inferred])
    now = dict.fromkeys([*sorted_.asserted, *inferred.triples])
    for graph, old, new in (
        (default, was, now),
        (
            content.ASSERTED,
            dict.fromkeys(ground.gathered.asserted),
            dict.fromkeys(sorted_.asserted),
        ),
        (content.INFERRED, dict.fromkeys(ground.inferred), dict.fromkeys(inferred.triples)),
    ):
        moved += _move(store, [_quad(t, graph) for t in old if t not in new],
                       [_quad(t, graph) for t in new if t not in old])  # fmt: skip
    held, wanted = set(ground.quads), set(sorted_.quads)
    moved += _move(store, held - wanted, wanted - held)
    labels = describe.labels(_quad(triple, default) for triple in now)
    passages = describe.passages(sorted_.quads)
    labels = describe.passage_labels(passages, labels) | labels
    catalogue = Catalogue(labels, passages, content.proofs(inferred))
    patience = Patience()
    context = Context(of_store(store, patience.look), catalogue, "", "")
    return World(context, patience, inferred, tuple(moved))


def before(ground: Ground, patience: Patience) -> Context:
    """Return the current generation, ready to be asked."""
    files = ground.files
    catalogue = Catalogue(*(files.get(name, {}) for name in asking.SEALED))
    return Context(of_store(_loaded(ground), patience.look), catalogue, "", "")


def _loaded(ground: Ground) -> ox.Store:
    store = ox.Store()
    store.bulk_load(ground.store, ox.RdfFormat.N_QUADS)
    return store


def _move(store: ox.Store, gone: Collection[ox.Quad], come: Collection[ox.Quad]) -> list[ox.Quad]:
    for quad in gone:
        store.remove(quad)
    store.extend(come)
    return [*gone, *come]


def _quad(triple: Triple, graph: Any) -> ox.Quad:
    subject, predicate, value = triple
    return ox.Quad(subject, predicate, value, graph)  # type: ignore[arg-type]  # never a literal subject


# --- Questions -----------------------------------------------------------------------------


def cases(question: Question, contracted: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """Return the choices a question is asked with: open, as its example, as in its contract."""
    every = [question.required_examples(), question.examples, *map(dict, contracted)]
    return [dict(one) for one in {tuple(sorted(case.items())): case for case in every}.values()]


def _every(ground: Ground) -> Iterator[tuple[Question, int, dict[str, str]]]:
    """Give each question with each of its choices, numbered."""
    for slug, question in ground.questions.items():
        for number, args in enumerate(cases(question, ground.cases.get(slug, ()))):
            yield question, number, args


def _name(question: Question, args: Mapping[str, str]) -> Key:
    return ("foreseen", question.slug, *sorted(args.items()))


def _compared(ground: Ground, today: Today, world: World) -> dict[str, Any]:
    """Ask every question of both generations, and keep what differs.

    What rests on nothing that changes is as it was.
    """
    evidence = evidence_of(ground.files.get("questions", {}))
    ask, catalogue = world.context.ask, world.context.catalogue
    later = memory.resumed(today.memory, ask, catalogue, world.moved)
    deadline = time.process_time() + TIME_S
    today.patience.until = world.patience.until = deadline
    answers: list[dict[str, Any]] = []
    broken: list[dict[str, Any]] = []
    asked, complete = 0, True
    for question, number, args in _every(ground):
        if time.process_time() > deadline:
            complete = False
            break
        if _name(question, args) in today.slow:
            complete = False
            continue
        asked += 1
        known = evidence[question.slug]
        try:
            old = today.ask(question, known, args)
        except CoopkgError:
            continue  # it does not answer today either: nothing that this breaks
        except TooSlow:
            complete = False
            break
        try:
            new = kept(later, _name(question, args), partial(asking.ask, question, known, args))
            found = difference(question, args, old, new) if new is not old else None
            if found is not None:
                request = answering.asked(question, known, args, later)
                found["title"] = {lang: title(request, lang) for lang in ("fr", "en")}
        except CoopkgError as error:
            said = {lang: error.message(lang) for lang in ("fr", "en")}
            broken.append(_broken(question, args, said))
            continue
        except TooSlow:
            complete = False
            break
        if number == 0 and question.required and new.status not in {"complete", "not-stated"}:
            said = {"fr": "plus aucune réponse", "en": "no answer any more"}
            broken.append(_broken(question, args, said))
        if found is not None:
            answers.append(found)
    answers.sort(key=lambda one: (-one["gained"] - one["lost"], one["question"]))
    return {"complete": complete, "asked": asked, "answers": answers, "broken": broken}


def _broken(question: Question, args: Mapping[str, str], why: Mapping[str, str]) -> dict[str, Any]:
    return {
        "question": question.slug,
        "parameters": dict(args),
        "title": {lang: question.heading(lang, {}) for lang in ("fr", "en")},
        "why": dict(why),
    }


def difference(
    question: Question, args: Mapping[str, str], old: Answer, new: Answer
) -> dict[str, Any] | None:
    """Return how an answer changes; None when what it says stays the same."""
    was, now = asking.bound(old), asking.bound(new)
    parts = [name for name in asking.BOUND if was[name] != now[name]]
    if not parts:
        return None
    names = [column.name for column in question.visible]
    old_rows, new_rows = _rows(old, names), _rows(new, names)
    gained, lost = _beyond(new_rows, old_rows), _beyond(old_rows, new_rows)
    return {
        "question": question.slug,
        "parameters": dict(args),
        "title": {},
        "status": [old.status, new.status],
        "counts": [old.count, new.count],
        "parts": parts,
        "gained": len(gained),
        "lost": len(lost),
        "columns": [dict(one) for one in new.columns],
        "rows_gained": gained[:ROWS],
        "rows_lost": lost[:ROWS],
    }


def _rows(answer: Answer, names: Sequence[str]) -> list[dict[str, Any]]:
    return [{name: row[name] for name in names if name in row} for row in answer.rows]


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple((name, cell["type"], str(cell["value"])) for name, cell in sorted(row.items()))


def _beyond(
    rows: Sequence[Mapping[str, Any]], others: Sequence[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Return the rows that others do not have, as many times as they lack."""
    left = Counter(_key(row) for row in others)
    found: list[Mapping[str, Any]] = []
    for row in rows:
        if left[_key(row)]:
            left[_key(row)] -= 1
        else:
            found.append(row)
    return found


# --- Inferences ----------------------------------------------------------------------------


def _inferences(inferred: Inferred, ground: Ground, later: Catalogue) -> dict[str, Any]:
    was, now = ground.inferred, dict.fromkeys(inferred.triples)
    come = [triple for triple in now if triple not in was]
    gone = sorted((triple for triple in was if triple not in now), key=str)
    earlier = replace(later, labels=ground.files.get("labels", {}))
    return {
        "appear": [
            {
                **_said(triple, later),
                "rule": inferred.derivation(triple).rule,
                "why": dict(RULES[inferred.derivation(triple).rule]),
            }
            for triple in come[:TRIPLES]
        ],
        "vanish": [_said(triple, earlier) for triple in gone[:TRIPLES]],
        "counts": [len(come), len(gone)],
    }


_TYPE: Final = {"fr": "est de la sorte", "en": "is a"}


def _said(triple: Triple, catalogue: Catalogue) -> dict[str, Any]:
    found: dict[str, Any] = {"triple": content.n_triples(triple)}
    for name, term in zip(("subject", "predicate", "value"), triple, strict=True):
        is_iri = isinstance(term, ox.NamedNode)
        label = catalogue.label(term.value) if is_iri else dict.fromkeys(("fr", "en"), term.value)
        found[name] = {"iri": term.value if is_iri else "", "label": label}
    if triple[1] == expand("rdf:type"):
        found["predicate"]["label"] = dict(_TYPE)
    return found
