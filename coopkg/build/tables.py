"""The data as tables for a spreadsheet: one file for each kind of thing, in each language.

A row is a thing; a column is what may be said of it, headed by its label. Each table stands in
French (semicolons, as French spreadsheets expect) and in English (commas), in UTF-8 with a byte
order mark. Several values of a cell are separated by " | ". Nothing in it runs as a formula.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers.catalogue import Catalogue
from coopkg.answers.tables import BYTE_ORDER_MARK, harmless
from coopkg.build.describe import kind_of
from coopkg.build.quads import Quads
from coopkg.errors import Lang
from coopkg.terms import BASE, LANGUAGES, RDF_TYPE, Term, expand

NAMES: Final[Mapping[str, str]] = {
    "activity": "actions",
    "agreement": "accords",
    "catalog": "catalogue",
    "component": "composantes",
    "contribution": "contributions",
    "dataset": "jeux-de-chiffres",
    "document": "documents",
    "gap": "lacunes",
    "group": "groupes",
    "identifier": "identifiants",
    "initiative": "initiatives",
    "legal": "textes",
    "list": "listes",
    "observation": "chiffres",
    "organisation": "organisations",
    "output": "productions",
    "participation": "participations",
    "partnership": "partenariats",
    "period": "periodes",
    "place": "lieux",
    "programme": "programmes",
    "request": "demandes",
    "resource": "ressources",
    "section": "sections",
    "standing-role": "roles-permanents",
    "strand": "volets",
    "training": "formations",
    "concept": "notions",
}
HEADS: Final = {
    "fr": ("adresse", "nom", "sorte", "lignes de la source"),
    "en": ("address", "name", "kind", "lines of the source"),
}
COLUMNS: Final = {
    "fr": ("fichier", "colonne", "propriété", "définition"),
    "en": ("file", "column", "property", "definition"),
}
NAMED: Final = frozenset(expand(name) for name in ("skos:prefLabel", "rdfs:label"))
SEPARATORS: Final = {"fr": ";", "en": ","}
BETWEEN: Final = " | "

THINGS: Final = (BASE + "id/", BASE + "scheme/")

Thing = Mapping[ox.NamedNode, Sequence[Term]]
Labels = Callable[[str], Mapping[str, str]]


@dataclass(frozen=True)
class Table:
    """The things of one kind: what is said of each, by property, and the lines that say it."""

    kind: str
    things: Mapping[str, Thing]
    lines: Mapping[str, str]

    @cached_property
    def properties(self) -> list[ox.NamedNode]:
        """What is said of them, the most often said first."""
        uses = Counter(name for said in self.things.values() for name in said)
        found = sorted(uses.items(), key=lambda one: (-one[1], one[0].value))
        return [name for name, _ in found if name != RDF_TYPE and name not in NAMED]

    def name(self, lang: Lang) -> str:
        """Return the name of its file."""
        return f"{NAMES.get(self.kind, self.kind) if lang == 'fr' else self.kind}.csv"


def tables(quads: Iterable[ox.Quad], catalogue: Catalogue) -> list[Table]:
    """Return a table for each kind of entity, and one for the concepts of all the schemes."""
    said: dict[str, dict[ox.NamedNode, list[Term]]] = defaultdict(lambda: defaultdict(list))
    lines: dict[str, set[int]] = defaultdict(set)
    every = Quads.of(quads)
    for quad in every.default:
        subject, value = quad.subject, quad.object
        if isinstance(subject, ox.NamedNode) and subject.value.startswith(THINGS):
            assert not isinstance(value, ox.Triple)  # no RDF 1.2 triple term passes the reader
            said[subject.value][quad.predicate].append(value)
    for iri, one in catalogue.passages.items():
        if known := one.get("lines"):
            numbers = range(known[0], known[-1] + 1)
            for node in {quad.subject for quad in every.graph(ox.NamedNode(iri))}:
                if isinstance(node, ox.NamedNode) and node.value.startswith(THINGS):
                    lines[node.value].update(numbers)
    kinds: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(said):
        kinds[_kind(iri)].append(iri)
    return [
        Table(kind, {iri: said[iri] for iri in found}, {iri: _ranges(lines[iri]) for iri in found})
        for kind, found in sorted(kinds.items())
    ]


def _kind(iri: str) -> str:
    if iri.startswith(BASE + "id/"):
        return kind_of(iri)
    return "concept"


def _ranges(numbers: Iterable[int]) -> str:
    """Write line numbers shortly.

    >>> _ranges([3, 1, 2, 7])
    '1-3, 7'
    """
    parts: list[list[int]] = []
    for number in sorted(numbers):
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        else:
            parts.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}-{b}" for a, b in parts)


def files(every: Iterable[Table], catalogue: Catalogue) -> dict[str, bytes]:
    """Return the CSV files by path: `fr/…`, `en/…`, and what each column means."""
    listed, label = list(every), cache(catalogue.label)
    written: dict[str, bytes] = {}
    for lang in LANGUAGES:
        one: Lang = "en" if lang == "en" else "fr"
        for table in listed:
            written[f"{one}/{table.name(one)}"] = _csv(_rows(table, label, one), one)
        written[f"{one}/{'colonnes' if one == 'fr' else 'columns'}.csv"] = _csv(
            _meanings(listed, catalogue, one), one
        )
    return written


def _rows(table: Table, label: Labels, lang: Lang) -> Iterator[Sequence[str]]:
    first = len(HEADS[lang])
    columns = {name: first + number for number, name in enumerate(table.properties)}
    yield [*HEADS[lang], *(label(name.value)[lang] for name in columns)]
    for iri, said in table.things.items():
        kinds = [one for one in said.get(RDF_TYPE, ()) if kind_of(one.value) == "ns"]
        row = [iri, label(iri)[lang], _cell(kinds, label, lang), table.lines[iri]]
        row += [""] * len(columns)
        for name, values in said.items():
            if name in columns:
                row[columns[name]] = _cell(values, label, lang)
        yield row


def _cell(every: Sequence[Term], label: Labels, lang: Lang) -> str:
    """Write the values of a cell; a text in the other language only when there is none in this."""
    if len(every) == 1:
        return _text(every[0], label, lang)
    tongues = {one.language for one in every if isinstance(one, ox.Literal)}
    kept = [
        one
        for one in every
        if not (isinstance(one, ox.Literal) and one.language and lang in tongues)
        or one.language == lang
    ]
    return BETWEEN.join(sorted({_text(one, label, lang) for one in kept}))


def _text(term: Term, label: Labels, lang: Lang) -> str:
    return label(term.value)[lang] if isinstance(term, ox.NamedNode) else term.value


def _meanings(every: Iterable[Table], catalogue: Catalogue, lang: Lang) -> Iterator[Sequence[str]]:
    yield COLUMNS[lang]
    for table in every:
        for name in table.properties:
            about: Mapping[str, Any] = catalogue.labels.get(name.value, {})
            yield (
                table.name(lang),
                catalogue.label(name.value)[lang],
                name.value,
                str(about.get("definition", {}).get(lang, "")),
            )


def _csv(rows: Iterable[Sequence[str]], lang: Lang) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=SEPARATORS[lang], lineterminator="\r\n")
    for row in rows:
        writer.writerow([_plain(cell) if cell else "" for cell in row])
    return (BYTE_ORDER_MARK + written.getvalue()).encode()


@lru_cache(maxsize=32_768)  # a name stands in many cells, in this generation and the next
def _plain(text: str) -> str:
    """Leave a number a number; make any other text harmless."""
    return text if text.lstrip("+-").isdigit() and text.isascii() else harmless(text)
