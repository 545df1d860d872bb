"""The data as tables for a spreadsheet: one file for each kind of thing, in each language.

A row is a thing; a column is what may be said of it, headed by its label. Each table stands in
French (semicolons, as French spreadsheets expect) and in English (commas), in UTF-8 with a byte
order mark. Several values of a cell are separated by " | ". Nothing in it runs as a formula.
"""

from __future__ import annotations

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers.catalogue import Catalogue
from coopkg.answers.tables import BYTE_ORDER_MARK, harmless
from coopkg.build.describe import kind_of
from coopkg.build.quads import Quads
from coopkg.errors import Lang
from coopkg.terms import BASE, RDF_TYPE, Term, expand

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
_LANGUAGES: Final[tuple[Lang, ...]] = ("fr", "en")

THINGS: Final = (BASE + "id/", BASE + "scheme/")

Thing = Mapping[ox.NamedNode, Sequence[Term]]
Cell = tuple[str, str]
"""What a cell says, in French and in English."""


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
    last, about = None, None
    for quad in every.default:
        if quad.subject is not last:
            last = quad.subject
            iri = last.value if isinstance(last, ox.NamedNode) else ""
            about = said[iri] if iri.startswith(THINGS) else None
        if about is not None:
            assert not isinstance(quad.object, ox.Triple)  # none passes the reader
            about[quad.predicate].append(quad.object)
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
    listed, words = list(every), _Words(catalogue)
    written: dict[str, bytes] = {}
    for table in listed:
        rows = list(_rows(table, words))
        for lang in _LANGUAGES:
            written[f"{lang}/{table.name(lang)}"] = _csv(rows, lang)
    for lang in _LANGUAGES:
        name = "colonnes" if lang == "fr" else "columns"
        written[f"{lang}/{name}.csv"] = _csv(_meanings(listed, catalogue, lang), lang)
    return written


def _rows(table: Table, words: _Words) -> Iterator[Sequence[Cell]]:
    yield [*zip(*HEADS.values(), strict=True), *(words.name(one.value) for one in table.properties)]
    columns = {name: len(HEADS["fr"]) + number for number, name in enumerate(table.properties)}
    for iri, said in table.things.items():
        kinds = [one for one in said.get(RDF_TYPE, ()) if kind_of(one.value) == "ns"]
        row = [_both(_plain(iri)), words.name(iri), words.cell(kinds)]
        row.append(_both(_plain(table.lines[iri])))
        row += [_both("")] * len(columns)
        for name, values in said.items():
            if name in columns:
                row[columns[name]] = words.cell(values)
        yield row


def _both(text: str) -> Cell:
    return text, text


class _Words:
    """What cells say in each language, harmless in a spreadsheet."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._label = cache(catalogue.label)
        self.name = cache(self._name)

    def _name(self, iri: str) -> Cell:
        label = self._label(iri)
        return _plain(label["fr"]), _plain(label["en"])

    def cell(self, values: Sequence[Term]) -> Cell:
        """Write the values of a cell."""
        if len(values) != 1:
            return self._several(values, "fr"), self._several(values, "en")
        (only,) = values
        return (
            self.name(only.value) if isinstance(only, ox.NamedNode) else _both(_plain(only.value))
        )

    def _several(self, values: Sequence[Term], lang: Lang) -> str:
        """Write several; a text in the other language only when there is none in this."""
        tongues = {one.language for one in values if isinstance(one, ox.Literal)}
        kept = {
            self._label(one.value)[lang] if isinstance(one, ox.NamedNode) else one.value
            for one in values
            if not (isinstance(one, ox.Literal) and one.language and lang in tongues)
            or one.language == lang
        }
        return _plain(BETWEEN.join(sorted(kept)))


def _meanings(every: Iterable[Table], catalogue: Catalogue, lang: Lang) -> Iterator[Sequence[Cell]]:
    yield [_both(one) for one in COLUMNS[lang]]
    for table in every:
        for name in table.properties:
            about: Mapping[str, Any] = catalogue.labels.get(name.value, {})
            definition = str(about.get("definition", {}).get(lang, ""))
            label = catalogue.label(name.value)[lang]
            row = (table.name(lang), label, name.value, definition)
            yield [_both(_plain(one)) for one in row]


def _csv(rows: Iterable[Sequence[Cell]], lang: Lang) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=SEPARATORS[lang], lineterminator="\r\n")
    place = _LANGUAGES.index(lang)
    writer.writerows([cell[place] for cell in row] for row in rows)
    return (BYTE_ORDER_MARK + written.getvalue()).encode()


@lru_cache(maxsize=32_768)  # a name stands in many cells, in this generation and the next
def _plain(text: str) -> str:
    """Leave a number a number; make any other text harmless."""
    return text if text.lstrip("+-").isdigit() and text.isascii() else harmless(text)
