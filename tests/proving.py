"""What tests of reasons share: the published generation, asked in process, once per query."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from coopkg import answers, generation, questions
from coopkg.answers import Answer, Asked, Catalogue, Context, Solution, explain
from coopkg.answers.offers import Offers
from coopkg.build import asking
from coopkg.questions import Question, QuestionEvidence
from coopkg.terms import Term

QUERIES = Path(__file__).parents[1] / "queries"
STORE = "store.nq"


@dataclass(frozen=True)
class Shelf:
    """A generation opened for tests."""

    path: Path
    questions: Mapping[str, Question]
    evidence: Mapping[str, QuestionEvidence]
    offers: Mapping[str, Offers]
    context: Context
    contracts: Mapping[str, Sequence[Mapping[str, Any]]] = field(
        default_factory=lambda: asking.contracts(QUERIES)
    )
    known: dict[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)

    def asked(self, slug: str, **args: str) -> Asked:
        """Return a question with its choices."""
        question, evidence = self.questions[slug], self.evidence[slug]
        return answers.asked(
            question, evidence, args, self.context, self.questions, self.offers[slug]
        )

    def answer(self, slug: str, **args: str) -> Answer:
        """Answer a question, all its rows at once."""
        return answers.answer(self.asked(slug, **args), page=None)

    def cases(self, slug: str) -> Iterator[dict[str, str]]:
        """Yield the open question, those of its contract, and its example."""
        question = self.questions[slug]
        if not any(one.required for one in question.parameters):
            yield {}
        yield from (dict(case["parameters"]) for case in self.contracts[slug])
        yield dict(question.examples)

    def reasons(self, slug: str) -> Sequence[Mapping[str, Any]]:
        """Return the reasons of every row of every case of a question, each row once."""
        if slug not in self.known:
            self.known[slug] = list(self._reasons(slug))
        return self.known[slug]

    def _reasons(self, slug: str) -> Iterator[Mapping[str, Any]]:
        met: set[str] = set()
        for args in self.cases(slug):
            request = self.asked(slug, **args)
            found = request.rows("fr")
            for number, row in enumerate(found, 1):
                key = str(sorted(map(str, row.merged)))
                if key not in met:
                    met.add(key)
                    yield explain.among(request, found, number).as_json()


def shelf(home: Path) -> Shelf:
    """Open the current generation of a home."""
    current = generation.current(home)
    context = asking.context(
        {
            name: current.file(name).read_bytes()
            for name in (STORE, "labels.json", "passages.json", "proofs.json")
        }
    )
    known = context.catalogue
    catalogue = Catalogue(
        known.labels,
        known.passages,
        known.proofs,
        current.read_json("coverage.json"),
        current.read_json("conflicts.json"),
    )
    sealed = current.read_json("offers.json")["questions"]
    return Shelf(
        path=current.file(STORE),
        questions=questions.load(current.path / "questions"),
        evidence=answers.evidence_of(current.read_json("questions.json")),
        offers={slug: Offers.from_json(one) for slug, one in sealed.items()},
        context=replace(context, ask=_once(context), catalogue=catalogue),
    )


def _once(context: Context) -> answers.Ask:
    asked: dict[tuple[str, tuple[tuple[str, str], ...]], Sequence[Solution]] = {}

    def ask(query: str, given: Mapping[str, Term]) -> Sequence[Solution]:
        key = (query, tuple(sorted((name, str(term)) for name, term in given.items())))
        if key not in asked:
            asked[key] = context.ask(query, given)
        return asked[key]

    return ask
