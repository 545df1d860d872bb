"""Which fact a cell of an answer is: one triple that a partner states, or nothing to correct."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from coopkg import answers
from coopkg.answers import Asked, Context, evidence_of, reasons
from coopkg.answers.catalogue import solutions
from coopkg.answers.relation import Row, cell
from coopkg.build import asking, content
from coopkg.build.intake import answered, privilege
from coopkg.build.intake.answered import Asking
from coopkg.build.intake.ground import Ground
from coopkg.contributions.job import Job
from coopkg.contributions.partners import GRAPHS
from coopkg.tables import sheets
from coopkg.tables.shown import Form
from coopkg.terms import Term


@dataclass(frozen=True)
class Fact:
    """A triple that one of the partner's graphs states: what a cell shows is its value."""

    quads: tuple[ox.Quad, ...]

    @property
    def value(self) -> Term:
        """What the cell shows."""
        term: Term = self.quads[0].object  # type: ignore[assignment]  # no triple term enters a generation
        return term


@dataclass(frozen=True)
class Refusal:
    """Why a cell cannot be corrected: the rule, and who states what it shows."""

    rule: str
    fr: str
    en: str


COMPUTED: Final = Refusal(
    "computed-cell",
    "cette cellule est calculée par la question : corriger ce dont elle est faite",
    "this cell is computed by the question: correct what it is made of",
)
INFERRED: Final = Refusal(
    "inferred-cell",
    "cette cellule est déduite d’autres faits : corriger ceux-là",
    "this cell is inferred from other facts: correct those",
)
SEVERAL: Final = Refusal(
    "several-facts",
    "cette cellule réunit plusieurs faits : les corriger dans « vos données »",
    "this cell puts several facts together: correct them in “your data”",
)
EMPTY: Final = Refusal(
    "empty-cell",
    "cette cellule était vide : un fait nouveau s’ajoute par « vos données » ou par un modèle",
    "this cell was empty: a new fact is added by “your data” or by a template",
)
BESIDE: Final = Refusal(
    "beside-cell",
    "cette feuille est à côté de la réponse : elle ne se corrige pas",
    "this sheet is beside the answer: it is not corrected",
)


class Answered:
    """An answer, asked again of the generation that is served."""

    def __init__(self, job: Job, asked: Asking, ground: Ground, context: Context) -> None:
        self._job, self._ground = job, ground
        question = ground.questions[asked.question]
        evidence = evidence_of(ground.files.get("questions", {}))[asked.question]
        self._asked: Asked = answers.asked(question, evidence, asked.parameters, context)
        catalogue = context.catalogue
        self.rows: dict[str, Row] = {}
        self.shown: dict[str, dict[str, tuple[Form, str]]] = {}
        names = [column.name for column in question.visible]
        for row in self._asked.rows(asked.lang):
            written = {name: cell(term, catalogue) for name, term in row.cells.items()}
            key = sheets.key(question.slug, written)
            self.rows[key] = row
            self.shown[key] = answered.before(sheets.originals(written, names, asked.lang))

    def words(self, key: str, name: str, lang: str) -> str:
        """Return what a cell says, for people."""
        term = self.rows[key].cells.get(name)
        return "" if term is None else self._asked.context.catalogue.words(term, lang)

    def fact(self, key: str, name: str) -> Fact | Refusal:
        """Return the fact that a cell is, or why it is none that its partner may correct."""
        question, computed = self._asked.question, self._asked.evidence.computed
        column = question.column(name)
        if question.derived or (column and column.derived) or name in computed.formulas:
            return COMPUTED
        texts = self._texts(self.rows[key], name)
        if len(texts) != 1:
            return SEVERAL if texts else COMPUTED
        (text,) = texts
        stating = reasons.known(self._asked.context, [text]).stating(text)
        if not stating:
            return INFERRED
        for graph in stating:
            if not privilege.is_own(self._job, graph):
                return self._others(graph)
        quad = _read(text)
        made = (
            ox.Quad(quad.subject, quad.predicate, quad.object, ox.NamedNode(one)) for one in stating
        )
        return Fact(tuple(made))

    def _texts(self, row: Row, name: str) -> set[str]:
        """Return the triples whose object a cell shows."""
        seen = self._asked.witnesses(row)
        found = set()
        for solution in row.merged:
            key = tuple(solution.get(one) for one in seen.keys)
            for column, text in seen.matched.get(key, ()):
                if column == name and _read(text).object == solution.get(name):
                    found.add(text)
        return found

    def _others(self, graph: str) -> Refusal:
        label = self._ground.label(graph)
        passages = self._ground.files.get("passages", {}).get(graph, {})
        said = passages.get("label") or label
        if graph.startswith(GRAPHS):
            owner = graph.removeprefix(GRAPHS).partition("/")[0]
            said = {"fr": f"le partenaire « {owner} »", "en": f"the partner “{owner}”"}
        fr, en = (said.get(lang) or f"<{graph}>" for lang in ("fr", "en"))
        return Refusal(
            "others-cell",
            f"cette cellule vient d’une autre source ({fr}) : elle ne se corrige pas ici",
            f"this cell comes from another source ({en}): it is not corrected here",
        )


def _read(line: str) -> ox.Quad:
    """Return the triple of a line, in no graph."""
    quad: ox.Quad
    (quad,) = ox.parse(f"{line} .".encode(), format=ox.RdfFormat.N_TRIPLES)
    return quad


def context(ground: Ground, inference: bool) -> Context:
    """Return the generation that is served, ready to be asked, with or without inferences."""
    store = ox.Store()
    store.bulk_load(ground.store, ox.RdfFormat.N_QUADS)
    catalogue = answers.Catalogue(*(ground.files.get(name, {}) for name in asking.SEALED))

    def asserted(query: str, given: Mapping[str, Term]) -> list[answers.Solution]:
        bound: dict[ox.Variable, Term | ox.Triple] = {
            ox.Variable(name): term for name, term in given.items()
        }
        found = store.query(query, substitutions=bound, default_graph=[content.ASSERTED])
        assert isinstance(found, ox.QuerySolutions)
        return solutions(found)

    ask = answers.of_store(store) if inference else asserted
    return Context(ask, catalogue, "", "", inference, answers.of_store(store))
