"""One opened generation: what every route answers from. Immutable; a new one is a new `Service`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Final

import pyoxigraph as ox

from coopkg import questions
from coopkg.answers import Asked, Catalogue, Context, asked, evidence_of
from coopkg.answers.catalogue import Solution, solutions
from coopkg.answers.offers import Offers
from coopkg.engine import Admitted, BoundEngine, Dataset, Engine, admit
from coopkg.errors import EngineBusyError, QueryError, UnknownError
from coopkg.generation import Generation
from coopkg.questions import Arguments, Question, QuestionEvidence
from coopkg.questions.binding import nearest
from coopkg.serve import metering
from coopkg.terms import Term

FOLDER: Final = "questions/"
SUFFIX: Final = ".rq"
STORE: Final = "store.nq"

Elsewhere = Callable[[str], Sequence[str]]


def nowhere(_: str) -> Sequence[str]:
    """Return no generation."""
    return ()


def _sealed(generation: Generation, name: str, otherwise: Any) -> Any:
    """Return a sealed JSON file, or something else for a generation made before it was sealed."""
    return generation.read_json(name) if name in generation.manifest.files else otherwise


@lru_cache(maxsize=1_024)
def _admitted(query: str) -> Admitted:
    """Admit a text of our own; there are some hundreds of them, and no request writes any."""
    return admit(query)


@lru_cache(maxsize=2)
def _questions(texts: tuple[tuple[str, str], ...]) -> Mapping[str, Question]:
    """Read questions; the next generation mostly has the very same."""
    return questions.read_all(dict(texts))


@dataclass(frozen=True)
class Service:
    """A generation, the engine that answers from it, and what it seals beside its triples.

    `queries` are the texts of the service's own queries (`entity`), by name; `elsewhere` tells in
    which generations there is a question with some slug.
    """

    generation: Generation
    engine: Engine
    catalogue: Catalogue
    questions: Mapping[str, Question]
    evidence: Mapping[str, QuestionEvidence]
    queries: Mapping[str, str]
    elsewhere: Elsewhere = nowhere

    @classmethod
    def open(
        cls, generation: Generation, engine: Engine, elsewhere: Elsewhere = nowhere
    ) -> Service:
        """Read what a generation seals.

        Raises:
            GenerationError: a file is not what was sealed.
            QuestionError: a question cannot be read by this version of the program.
        """
        texts = {
            name.removeprefix(FOLDER).removesuffix(SUFFIX): generation.read(name).decode()
            for name in generation.manifest.files
            if name.startswith(FOLDER) and name.endswith(SUFFIX)
        }
        labels, passages, proofs = (
            generation.read_json(f"{name}.json") for name in ("labels", "passages", "proofs")
        )
        return cls(
            generation=generation,
            engine=BoundEngine(engine, generation.path / STORE),
            catalogue=Catalogue(
                labels,
                passages,
                proofs,
                _sealed(generation, "coverage.json", {}),
                _sealed(generation, "conflicts.json", ()),
            ),
            questions=_questions(tuple(texts.items())),
            evidence=evidence_of(generation.read_json("questions.json")),
            queries={name: texts[name] for name in questions.APART & texts.keys()},
            elsewhere=elsewhere,
        )

    @cached_property
    def offers(self) -> Mapping[str, Offers]:
        """The sealed counts of the choices of each question; none of those with too many."""
        read = _sealed(self.generation, "offers.json", {"questions": {}})
        found = {slug: Offers.from_json(one) for slug, one in read["questions"].items()}
        return {slug: one for slug, one in found.items() if one.whole}

    @property
    def labels(self) -> Mapping[str, Mapping[str, Any]]:
        """The labels of every named thing: see `coopkg.build.describe.labels`."""
        return self.catalogue.labels

    @property
    def passages(self) -> Mapping[str, Mapping[str, Any]]:
        """What is said of each source graph: see `coopkg.build.describe.passages`."""
        return self.catalogue.passages

    @property
    def proofs(self) -> Mapping[str, Mapping[str, Any]]:
        """One derivation of each inferred triple."""
        return self.catalogue.proofs

    def ask(
        self,
        query: str,
        substitutions: Mapping[str, Term] | None = None,
        *,
        inference: bool = True,
    ) -> list[Solution]:
        """Return the rows of a SELECT query, through the engine and its limits.

        Raises:
            RateLimitError: who asks has used their share.
            EngineBusyError: among others, when another generation was published meanwhile.
        """
        result = metering.run(
            self.engine,
            _admitted(query),
            dataset=Dataset(inference=inference),
            substitutions=dict(substitutions or {}),
        )
        read = ox.parse_query_results(result.body, format=ox.QueryResultsFormat.JSON)
        assert isinstance(read, ox.QuerySolutions), "only SELECT queries are asked here"
        return solutions(read)

    def context(self, *, inference: bool = True) -> Context:
        """Return this generation as answers see it, with or without what is inferred."""

        def ask(query: str, substitutions: Mapping[str, Term]) -> list[Solution]:
            return self.ask(query, substitutions, inference=inference)

        made = self.generation.manifest
        return Context(ask, self.catalogue, self.generation.id, made.published, inference, self.ask)

    def question(self, slug: str) -> Question:
        """Return a question by slug.

        Raises:
            UnknownError: there is none; the nearest ones are named.
        """
        if slug in self.questions:
            return self.questions[slug]
        raise self._no_question(slug)

    def _no_question(self, slug: str) -> UnknownError:
        """Return the error for a slug; it says where there is such a question, or the nearest."""
        others = tuple(self.elsewhere(slug))
        if not others:
            return UnknownError(
                slug,
                f"aucune question ne s’appelle « {slug} »",
                f"no question is called {slug!r}",
                tuple(nearest(slug, sorted(self.questions))),
            )
        here, listed = self.generation.id, ", ".join(others)
        return UnknownError(
            slug,
            f"la question « {slug} » n’existe pas dans la génération {here} ; elle existe dans "
            f"celles-ci : {listed}",
            f"question {slug!r} does not exist in generation {here}; it exists in these: {listed}",
            generations=others,
        )

    def asked(self, slug: str, args: Arguments, *, inference: bool = True) -> Asked:
        """Return a question with the choices of a reader, ready for `answers.answer`.

        Raises:
            UnknownError: no such question.
            ParameterError: a value is not acceptable.
        """
        question = self.question(slug)
        context = self.context(inference=inference)
        offers = self.offers.get(slug)
        return asked(question, self.evidence[slug], args, context, self.questions, offers)

    def health(self) -> dict[str, Any]:
        """Return whether queries are answered, and from which generation."""
        state: dict[str, Any] = {
            "generation": self.generation.id,
            "published": self.generation.manifest.published,
            "questions": len(self.questions),
        }
        try:
            result = self.engine.run("ASK {}")
        except EngineBusyError as error:  # busy is not broken
            return {"status": "ok", "busy": error.message("en"), **state}
        except QueryError as error:
            return {"status": "failing", "reason": error.message("en"), **state}
        return {"status": "ok", "engine_s": round(result.elapsed_s, 4), **state}
