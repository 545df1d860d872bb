"""The data of a partner as sheets that can be corrected and sent back.

One sheet for each class in each of its graphs, one row for each thing, one column for each
property and language; a second value of a property goes to a second column, then to a second row
of the same thing. Each triple stands in one cell, but for the class, which the sheet tells.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import pyoxigraph as ox

from coopkg.answers.tables import harmless
from coopkg.errors import Lang, UnwritableError
from coopkg.roundtrip import columns, marks
from coopkg.roundtrip.columns import Columns, Owned, What
from coopkg.roundtrip.marks import RowMark
from coopkg.tables import Column, Sheet, Value
from coopkg.tables.sheets import value as read_value
from coopkg.templates import CLASSES, Vocabulary
from coopkg.templates.vocabulary import key
from coopkg.terms import BASE, RDF_TYPE, Term, compact, expand

REMOVE: Final = {"fr": "À supprimer", "en": "To remove"}
"""The heading of the column where `oui` or `yes` takes a whole thing away."""
ABREAST: Final = 6
"""Values of one property side by side; more go to more rows of the same thing."""
WIDEST: Final = 90
"""Columns of values in a sheet: as many again hold their marks."""
_ID: Final = {"fr": "Identifiant ({})", "en": "Identifier ({})"}
_OTHERS: Final = {"fr": "Autres", "en": "Others"}
_THING: Final = {"fr": "chose", "en": "thing"}
_ODD: Final = re.compile(r"[\[\]:*?/\\]")
_NAME_MAX: Final = 31

Key = tuple[str, What]
Values = dict[Key, list[Term]]


@dataclass(frozen=True)
class OwnSheet:
    """A sheet of a partner's data: `fields` are those of its columns of values, by heading."""

    name: str
    kind: str
    table: Sheet
    fields: Mapping[str, Owned]
    things: int


def names(quads: Iterable[ox.Quad], base: str, vocabulary: Vocabulary) -> dict[str, str]:
    """Return a partner's own things by their names: labels in any case, and short names."""
    found: dict[str, str] = {}
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode):
            iri = quad.subject.value
            found[key(short(iri, base))] = iri
            for lang in ("fr", "en"):
                if iri in vocabulary.labels:
                    found.setdefault(key(vocabulary.label(iri, lang)), iri)
    return found


def short(iri: str, base: str) -> str:
    """Return the name of a thing as its owner writes it."""
    return iri.removeprefix(base) or iri


def grouped(quads: Iterable[ox.Quad]) -> dict[tuple[str, str], dict[str, Values]]:
    """Return what graphs say: by graph and class, then by thing, then by column.

    The class of a sheet is left out of the values: the sheet tells it.
    """
    things: dict[tuple[str, str], list[tuple[ox.NamedNode, Term]]] = defaultdict(list)
    for quad in quads:
        if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.graph_name, ox.NamedNode):
            fact = (quad.predicate, quad.object)
            things[quad.graph_name.value, quad.subject.value].append(fact)  # type: ignore[arg-type]  # no triple term enters a generation
    found: dict[tuple[str, str], dict[str, Values]] = defaultdict(dict)
    for (graph, iri), said in sorted(things.items()):
        kind = _kind([term.value for link, term in said if link == RDF_TYPE])
        values: Values = defaultdict(list)
        for link, term in sorted(said, key=str):
            if not (link == RDF_TYPE and term.value == kind):
                values[link.value, columns.what(term)].append(term)
        found[graph, kind][iri] = dict(values)
    return dict(found)


def _kind(kinds: Sequence[str]) -> str:
    """Return the class whose sheet a thing is on: one with a template when there is one."""
    with_template = [expand(one.iri).value for one in CLASSES.values()]
    return next((one for one in with_template if one in kinds), min(kinds, default=""))


def sheets(
    quads: Iterable[ox.Quad], base: str, vocabulary: Vocabulary, lang: Lang, generation: str
) -> list[OwnSheet]:
    """Return the sheets of what a partner's graphs say.

    Raises:
        UnwritableError: a class has more properties than a sheet has room for.
    """
    every = list(quads)
    found = grouped(every)
    graphs = sorted({graph for graph, _ in found})
    made: list[OwnSheet] = []
    for (graph, kind), things in sorted(found.items(), key=lambda one: (one[0][0], _rank(one[0]))):
        apart = "" if graph == graphs[0] else f" – {graph.rpartition('/')[2]}"
        name = _sheet_name(kind, apart, vocabulary, lang, [one.name for one in made])
        said = RowMark(kind, graph, lang, generation)
        made.append(_Maker(said, things, base, vocabulary).sheet(name))
    return made


def _rank(one: tuple[str, str]) -> tuple[int, str]:
    order = [expand(one.iri).value for one in CLASSES.values()]
    return (order.index(one[1]) if one[1] in order else len(order), one[1])


def _sheet_name(
    kind: str, apart: str, vocabulary: Vocabulary, lang: Lang, taken: Sequence[str]
) -> str:
    label = _class(kind, vocabulary, lang) if kind else _OTHERS[lang]
    plain = _ODD.sub(" ", f"{label[:1].upper()}{label[1:]}")
    name = f"{plain[: _NAME_MAX - len(apart[:20])]}{_ODD.sub(' ', apart[:20])}"
    number = 2
    while name.casefold() in {one.casefold() for one in taken}:
        name = f"{name[: _NAME_MAX - 4]} {number}"
        number += 1
    return name


def _class(kind: str, vocabulary: Vocabulary, lang: Lang) -> str:
    said = vocabulary.texts(ox.NamedNode(kind), "rdfs:label", "skos:prefLabel") if kind else {}
    plain = compact(kind).rpartition(":")[2] if kind else _THING[lang]
    return said.get(lang) or said.get("fr") or said.get("en") or plain


class _Maker:
    """One sheet being made."""

    def __init__(
        self, said: RowMark, things: Mapping[str, Values], base: str, vocabulary: Vocabulary
    ) -> None:
        self._said, self._things, self._base, self._words = said, things, base, vocabulary
        self._columns = Columns(said.kind, vocabulary)
        self._counted = self._abreast()
        self._fields = {one: self._columns.field(*one) for one in self._counted}

    def _abreast(self) -> dict[Key, int]:
        """Return how many columns each property has: room for one more where there may be."""
        most: dict[Key, int] = {}
        for values in self._things.values():
            for one, terms in values.items():
                most[one] = max(most.get(one, 0), len(terms))
        every = columns.ordered(most, self._columns)
        if len(every) > WIDEST:
            raise UnwritableError(
                f"{len(every)} propriétés ne tiennent pas dans une feuille ({WIDEST} au plus) ; "
                "prendre vos données en Turtle",
                f"{len(every)} properties do not fit in a sheet ({WIDEST} at most); "
                "take your data as Turtle",
            )
        wide = {one: min(ABREAST, max(1, most.get(one, 0))) for one in every}
        return wide if sum(wide.values()) <= WIDEST else dict.fromkeys(every, 1)

    def sheet(self, name: str) -> OwnSheet:
        """Return the sheet: what people see, then the hidden columns."""
        lang = self._said.lang
        first = _ID[lang].format(_class(self._said.kind, self._words, lang))
        places = [(one, number) for one, count in self._counted.items() for number in range(count)]
        labels = marks.apart([first, *(self._fields[one].label[lang] for one, _ in places)])
        labels = [harmless(one) for one in labels]
        shown = [
            Column(f"{compact(one[0])} {one[1]}", label, columns.table_kind(one[1]))
            for (one, _), label in zip(places, labels[1:], strict=True)
        ]
        hidden = [
            Column("mark", marks.cell_heading(label, *one), "text", True)
            for (one, _), label in zip(places, labels[1:], strict=True)
        ]
        every = [
            Column("@id", labels[0], "text"),
            *shown,
            Column("@remove", REMOVE[lang], "text"),
            Column("@row", marks.row_heading(labels[0], self._said), "text", True),
            *hidden,
        ]
        rows = [row for iri in self._sorted() for row in self._rows(iri)]
        fields = {
            label: self._fields[one] for (one, _), label in zip(places, labels[1:], strict=True)
        }
        return OwnSheet(name, self._said.kind, Sheet(every, rows), fields, len(self._things))

    def _sorted(self) -> list[str]:
        lang = self._said.lang
        return sorted(self._things, key=lambda iri: (key(self._words.label(iri, lang)), iri))

    def _rows(self, iri: str) -> list[list[Value]]:
        """Return the rows of a thing: one, or more when a property has too many values."""
        values = self._things[iri]
        deep = max(
            (-(-len(terms) // self._counted[one]) for one, terms in values.items()), default=1
        )
        found = []
        for level in range(max(deep, 1)):
            terms: list[tuple[Key, Term | None]] = []
            for one, count in self._counted.items():
                held = values.get(one, [])[level * count : (level + 1) * count]
                terms += [(one, held[n] if n < len(held) else None) for n in range(count)]
            seen = [self._shown(term) for _, term in terms]
            marked = [
                None if term is None else str(marks.mark(term, columns.form(one[1]), value))
                for (one, term), value in zip(terms, seen, strict=True)
            ]
            found.append([harmless(short(iri, self._base)), *seen, None, iri, *marked])
        return found

    def _shown(self, term: Term | None) -> Value:
        """Return how a term is shown: by its label, its short name, or its value."""
        if term is None:
            return None
        if isinstance(term, ox.NamedNode):
            known = term.value in self._words.labels
            plain = short(term.value, self._base)
            text = self._words.label(term.value, self._said.lang) if known else plain
            return harmless(text.removeprefix(BASE + "id/"))
        if not isinstance(term, ox.Literal):
            return harmless(str(term))
        cell = {"type": "literal", "value": term.value}
        if not term.language:
            cell["datatype"] = term.datatype.value
        return read_value(cell, self._said.lang)
