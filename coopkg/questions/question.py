"""A question and its parts: frozen values, read from `queries/<slug>.rq`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from coopkg.questions import binding, templates
from coopkg.questions.fields import Bilingual
from coopkg.sparql_text import prologue, tokenize
from coopkg.terms import Term

CATEGORIES: Final[Mapping[str, Bilingual]] = {
    "partners": Bilingual("Partenaires", "Partners"),
    "countries-and-zones": Bilingual("Pays et zones", "Countries and zones"),
    "themes": Bilingual("Thèmes", "Themes"),
    "programmes": Bilingual("Programmes et projets", "Programmes and projects"),
    "training": Bilingual("Formation", "Training"),
    "networks": Bilingual("Réseaux et ressources", "Networks and resources"),
    "statistics": Bilingual("Chiffres", "Figures"),
    "legal": Bilingual("Cadre juridique", "Legal framework"),
    "provenance": Bilingual("Sources et preuves", "Sources and evidence"),
    "document": Bilingual("Le document", "The document"),
}
VIEWS: Final = ("table", "number", "yes-no", "list", "mapping")
COLUMN_KINDS: Final = ("iri", "integer", "decimal", "text", "boolean", "date", "year")
FIGURES: Final[Mapping[str, tuple[str, ...]]] = {
    "map": ("place",),
    "bars": ("label", "value"),
    "lines": ("axis", "value"),
    "network": ("from", "to"),
    "timeline": ("label", "start"),
}
"""The figures an answer may be drawn as, and what its columns are to each."""
NOTE_KINDS: Final = ("scope", "method", "exhaustiveness", "reading", "force", "source")


@dataclass(frozen=True)
class Column:
    """A variable of SELECT; a hidden one is asked for but not shown."""

    name: str
    kind: str
    label: Bilingual
    unit: Bilingual | None = None
    hidden: bool = False
    derived: bool = False


@dataclass(frozen=True)
class Note:
    """A limit that goes with every answer of a question."""

    kind: str
    text: Bilingual


@dataclass(frozen=True)
class Drawn:
    """A figure of an answer: its kind, and the column that plays each part (`FIGURES`)."""

    kind: str
    parts: Mapping[str, str]


@dataclass(frozen=True)
class Related:
    """Weaker or broader matches: the reason they are weaker, and the query that finds them.

    `unlike` are the choices that these rows do not meet: what was asked is no column of theirs,
    another column gives the value that they have.
    """

    reason: Bilingual
    query: str
    unlike: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """One file of `queries/`. `text` is its SPARQL as it stands, description included."""

    slug: str
    text: str
    title: Bilingual
    help: Bilingual
    category: str
    view: str
    sentences: Mapping[str, Bilingual]
    columns: tuple[Column, ...]
    """The variables of SELECT, in order."""
    parameters: tuple[binding.Parameter, ...]
    counted: str
    extra: tuple[Column, ...] = ()
    """The variables that only related queries select."""
    sort: tuple[str, ...] = ()
    required: bool = False
    related: tuple[Related, ...] = ()
    gap: str | None = None
    evidence: str | None = None
    derived: bool = False
    exhaustive: bool | None = None
    notes: tuple[Note, ...] = ()
    figures: tuple[Drawn, ...] = ()
    sources: tuple[str, ...] = ()
    asked: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: {"fr": (), "en": ()})
    """Other ways to ask it, by language; parameters stand in them as slots."""

    @property
    def visible(self) -> tuple[Column, ...]:
        """The columns a reader sees, in the order of SELECT."""
        return tuple(column for column in self.columns if not column.hidden)

    def column(self, name: str) -> Column | None:
        """Return the description of a variable, or None."""
        every = (*self.columns, *self.extra)
        return next((column for column in every if column.name == name), None)

    def parameter(self, name: str) -> binding.Parameter:
        """Return a parameter by name.

        Raises:
            ParameterError: the question has no such parameter; the nearest one is named.
        """
        return binding.named(self.parameters, name, "")

    def bind(
        self, args: binding.Arguments, known: binding.Known = binding.nothing_known
    ) -> dict[str, Term]:
        """Read the values given for the parameters, by name, as terms.

        An absent or empty value means "any" and gives no entry. `known(parameter)` lists the
        short values a reader may choose, to suggest the nearest one.

        Raises:
            ParameterError: an unknown parameter, several values for one, a value of another
                kind, or a required one left out.
        """
        bound = binding.bind(self.parameters, args, known)
        binding.complete(self.parameters, bound)
        return bound

    def bind_some(self, args: binding.Arguments) -> dict[str, Term]:
        """Read values as `bind` does, but let required ones be left out: for lists of choices."""
        return binding.bind(self.parameters, args, binding.nothing_known)

    def short(self, bound: Mapping[str, Term]) -> dict[str, str]:
        """Return bound values as they are written in addresses: slugs, numbers, texts."""
        return {
            one.name: one.short(bound[one.name]) for one in self.parameters if one.name in bound
        }

    def compares_itself(self, short: Mapping[str, str]) -> bool:
        """Tell whether two choices of one kind are the same: nobody asks whether ARF is ARF."""
        seen = [
            (one.kind, one.base, one.lang, short[one.name])
            for one in self.parameters
            if one.name in short
        ]
        return len(set(seen)) < len(seen)

    @property
    def examples(self) -> dict[str, str]:
        """The example value of each parameter: always an acceptable request."""
        return {one.name: one.example for one in self.parameters}

    def required_examples(self) -> dict[str, str]:
        """Return the fewest values that make an acceptable request."""
        return {one.name: one.example for one in self.parameters if one.required}

    def heading(self, lang: str, words: Mapping[str, Mapping[str, str]]) -> str:
        """Write the title with its choices; `words[parameter][form]` are those of one language.

        A parameter without words is written as its `any` text.
        """

        def fill(slot: templates.Slot) -> str:
            forms = words.get(slot.name)
            return forms[slot.form] if forms else self.parameter(slot.name).any_words[lang]

        return templates.render(self.title[lang], fill)

    def with_values(self, bound: Mapping[str, Term]) -> str:
        """Return the query with its choices in a trailing VALUES block, to run anywhere.

        Terms are serialised, never pasted; the block joins the rows after grouping (SPARQL 1.1
        Query, section 18.2.4.3), so it equals filtering.
        """
        if not bound:
            return self.text
        names = " ".join(f"?{name}" for name in bound)
        values = " ".join(str(value) for value in bound.values())
        return f"{self.text.rstrip()}\nVALUES ({names}) {{ ({values}) }}\n"

    def queries(self) -> Iterator[tuple[str, str]]:
        """Yield every query of the file with its key: the main one has the key ""."""
        yield "", self.text
        for number, one in enumerate(self.related, 1):
            yield f"related[{number}].query", one.query
        if self.gap:
            yield "gap.query", self.gap
        for parameter in self.parameters:
            if parameter.domain:
                yield f"parameters.{parameter.name}.domain", parameter.domain


def head(text: str) -> str:
    r"""Return the BASE and PREFIX lines of a query, which inner queries inherit.

    >>> head("# SELECT\nPREFIX select: <http://x/> SELECT ?s { ?s ?p ?o }")
    'PREFIX select: <http://x/> '
    """
    read = tokenize(text)
    length = prologue(read).length
    return text[read[0].offset : read[length].offset] if length < len(read) else ""
