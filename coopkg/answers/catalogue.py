"""What answers are made with: labels, passages and proofs of a generation, and a way to ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any, Final, TypeAlias

import pyoxigraph as ox

from coopkg.questions import QuestionEvidence
from coopkg.questions.templates import of, origin
from coopkg.terms import LANGUAGES, PREFIXES, Term, compact
from coopkg.typography import day

Solution: TypeAlias = Mapping[str, Term]
Ask: TypeAlias = Callable[[str, Mapping[str, Term]], Sequence[Solution]]
"""A way to ask: a SELECT query and the terms put for its variables, in; its rows, out."""

BOOLEANS: Final = {"fr": ("non", "oui"), "en": ("no", "yes")}
NUMBERS: Final = frozenset(
    PREFIXES["xsd"] + name for name in ("integer", "decimal", "double", "float", "gYear")
)
_GROUPED_FROM: Final = 5  # digits: a year is never grouped


@dataclass(frozen=True)
class Catalogue:
    """The labels, passages and proofs that a generation seals (see `labels.json`…).

    `coverage` says how far the sources go, and `conflicts` where they disagree; both are empty
    while a generation is built, and in those sealed before they were.
    """

    labels: Mapping[str, Mapping[str, Any]]
    passages: Mapping[str, Mapping[str, Any]]
    proofs: Mapping[str, Mapping[str, Any]]
    coverage: Mapping[str, Any] = field(default_factory=dict)
    conflicts: Sequence[Mapping[str, Any]] = ()

    def label(self, iri: str) -> dict[str, str]:
        """Return the label of an IRI in each language.

        A missing language is filled with the other one, else with the first of any other by tag,
        and says so: `Benin (en)`.
        """
        entry = self.labels.get(iri, {})
        given = {lang: str(entry[lang]) for lang in LANGUAGES if entry.get(lang)}
        if len(given) == len(LANGUAGES):
            return given
        any_other = sorted(entry.get("other", {}).items())
        if not (given or any_other):
            return dict.fromkeys(LANGUAGES, compact(iri))
        lang, text = [*given.items(), *any_other][0]
        return {one: given.get(one, f"{text} ({lang})") for one in LANGUAGES}

    def words(self, term: Term, lang: str, form: str = "") -> str:
        """Write a term as a sentence needs it; see `coopkg.questions.templates.FORMS`."""
        if isinstance(term, ox.NamedNode):
            return self._form(term.value, lang, form)
        written = literal_words(term, lang)
        return f"{'en' if lang == 'fr' else 'in'} {written}" if form == "in" else written

    def _form(self, iri: str, lang: str, form: str) -> str:
        plain = self.label(iri)[lang]
        entry = self.labels.get(iri, {})
        quoted = f"«\u00a0{plain}\u00a0»" if lang == "fr" else f"“{plain}”"
        if form == "in":
            known = entry.get("in", {}).get(lang)
            return str(known) if known else f"{'dans' if lang == 'fr' else 'in'} {quoted}"
        if form == "from" and lang == "fr" and entry.get("in", {}).get(lang):
            return origin(str(entry["in"][lang]))
        if form == "from":
            return f"{'de' if lang == 'fr' else 'from'} {self._form(iri, lang, 'the')}"
        if form in {"the", "of"}:
            the = str(entry.get("the", {}).get(lang) or quoted)
            if form == "the":
                return the
            return of(the) if lang == "fr" else f"of {the}"
        return plain


def literal_words(term: Term, lang: str) -> str:
    """Write a literal for people: numbers with the marks of the language, booleans in words.

    >>> a_day = ox.NamedNode(PREFIXES["xsd"] + "date")
    >>> literal_words(ox.Literal("1984-07-12", datatype=a_day), "fr")
    '12 juillet 1984'
    >>> literal_words(ox.Literal(20150), "en")
    '20,150'
    >>> literal_words(ox.Literal(True), "fr")
    'oui'
    """
    text = term.value
    if not isinstance(term, ox.Literal):
        return text
    kind = term.datatype.value
    if kind == PREFIXES["xsd"] + "boolean":
        return BOOLEANS[lang][text in {"true", "1"}]
    if kind == PREFIXES["xsd"] + "date":
        return _day(text, lang)
    if kind not in NUMBERS:
        return text
    whole, point, rest = text.partition(".")
    if len(whole.lstrip("+-")) >= _GROUPED_FROM:
        whole = f"{int(whole):,}".replace(",", "\u202f" if lang == "fr" else ",")
    return whole + point.replace(".", "," if lang == "fr" else ".") + rest


def _day(text: str, lang: str) -> str:
    try:
        return day(date.fromisoformat(text), lang)
    except ValueError:  # with a time zone, or of another calendar: as it is written
        return text


@dataclass(frozen=True)
class Context:
    """One generation as answers see it: how to ask it, its words, and its name and date.

    Without `inference`, `whole` asks what is inferred too: what may be chosen does not shrink.
    `graphs_of` returns the graphs of triples, where they are not looked up by asking each time.
    """

    ask: Ask
    catalogue: Catalogue
    generation: str
    published: str
    inference: bool = True
    whole: Ask | None = None
    graphs_of: Callable[[Sequence[str]], Mapping[str, tuple[str, ...]]] | None = None


AT_ONCE: Final = 1_000
"""Rows taken of a store between two looks at the time."""


def of_store(store: ox.Store, look: Callable[[], object] | None = None) -> Ask:
    """Return a way to ask a store directly: for builds and tests, never for visitors.

    `look` is called now and then while rows come: what it raises ends the query.
    """

    def ask(query: str, substitutions: Mapping[str, Term]) -> Sequence[Solution]:
        given: dict[ox.Variable, Term | ox.Triple] = {
            ox.Variable(name): term for name, term in substitutions.items()
        }
        results = store.query(query, substitutions=given)
        assert isinstance(results, ox.QuerySolutions), "questions are SELECT queries"
        return solutions(results, look)

    return ask


def solutions(
    results: ox.QuerySolutions, look: Callable[[], object] | None = None
) -> list[Solution]:
    """Return the rows of a SELECT; an unbound variable has no entry."""
    names = [variable.value for variable in results.variables]
    found: list[Solution] = []
    while some := list(islice(results, AT_ONCE)):
        found += (
            {name: value for name, value in zip(names, row, strict=True) if value is not None}
            for row in some
        )
        if look is not None:
            look()
    return found


def evidence_of(sealed: Mapping[str, Any]) -> dict[str, QuestionEvidence]:
    """Read `questions.json`: the evidence of each question, by slug."""
    return {slug: QuestionEvidence.from_json(value) for slug, value in sealed.items()}
