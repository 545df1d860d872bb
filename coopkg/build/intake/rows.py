"""The rows of one sheet become triples, each with its cell; what cannot is told with its cell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.intake import columns, odd_cells, told, unknown
from coopkg.build.intake.cells import Cell, Sheet
from coopkg.build.intake.findings import Finding, Spot, same
from coopkg.build.intake.values import EXPECTED, IRI, READERS, digits
from coopkg.contributions.job import Job
from coopkg.search.words import fold
from coopkg.templates import Column, Vocabulary
from coopkg.templates import Mapping as Columns
from coopkg.templates.vocabulary import Found, key
from coopkg.terms import BASE, PREFIXES, RDF_TYPE, Term, Triple

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LABEL: Final = PREFIXES["skos"] + "prefLabel"
_PREFERRED: Final = ox.NamedNode(_LABEL)
_TAKES_PART: Final = ox.NamedNode(PREFIXES["coop"] + "participation")
LABEL_MAX: Final = 500
ROLES: Final = frozenset(
    {"lead", "partner", "beneficiary", "funder", "host", "liaison", "operator"}
    | {"proposer", "requester"}
)
"""What somebody may be in a participation."""


@dataclass
class Made:
    """What the rows of a sheet say: triples with their places, and findings."""

    triples: list[Triple] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read(
    job: Job,
    sheet: Sheet,
    mapping: Columns,
    lang: str,
    vocabulary: Vocabulary,
    own: Mapping[str, str] | None = None,
) -> Made:
    """Return what the rows of a sheet say by a mapping; `own` are other things it may name."""
    reader = Reader(job, sheet, mapping, lang, vocabulary)
    return reader.read({**(own or {}), **reader.own()}, reader.called)


def together(readers: Sequence[Reader]) -> Made:
    """Return what the rows of some sheets say; each knows what the others name."""
    made = Made()
    own: dict[str, str] = {}
    called: dict[str, Mapping[str, str]] = {}
    first: dict[str, tuple[str, int]] = {}
    for one in readers:
        own |= one.own()
        called |= one.called
        made.findings += one.twice(first)
    for one in readers:
        said = one.read(own, called)
        made.triples += said.triples
        made.spots += said.spots
        made.findings += said.findings
    return made


class Reader:
    """One sheet being read by a mapping."""

    def __init__(
        self, job: Job, sheet: Sheet, mapping: Columns, lang: str, vocabulary: Vocabulary
    ) -> None:
        self._job, self._sheet, self._mapping = job, sheet, mapping
        self._lang, self._words = lang, vocabulary
        self._made = Made()
        self._whole = ""
        self._own: dict[str, str] = {}
        self.called: dict[str, Mapping[str, str]] = {}
        self._heads = sheet.rows[0]
        self._places, odd = columns.places(sheet, mapping, is_own=bool(job.mapping))
        self._made.findings += [*odd, *odd_cells.surplus(sheet)]
        self._rows = [(row, self._subject(row)) for row in sheet.rows[1:]]

    def twice(self, first: dict[str, tuple[str, int]]) -> Iterator[Finding]:
        """Yield the rows of a thing that has one already; `first` are the rows before, by thing."""
        for row, subject in self._rows:
            if not subject:
                continue
            name, line = first.setdefault(subject, (self._sheet.name, row[0].line))
            if (name, line) != (self._sheet.name, row[0].line):
                cell, is_named = self._naming(row)
                beside = name if name != self._sheet.name else ""
                yield told.twice(self._sheet, cell, line, cell.text.strip(), is_named, beside)

    def _naming(self, row: list[Cell]) -> tuple[Cell, bool]:
        """Return the cell that names the thing of a row, and whether it is its identifier."""
        cell = self._cell(row, self._mapping.id) if self._mapping.id else None
        if cell and cell.text.strip():
            return cell, True
        labels = (self._cell(row, one.heading) for one in self._mapping.columns if _names(one))
        return next((one for one in labels if one and one.text.strip()), row[0]), False

    def own(self) -> dict[str, str]:
        """Return the things that the rows describe, by each of their names."""
        for row, subject in self._rows:
            if subject:
                self._remember(row, subject)
        return self._own

    def read(
        self, own: Mapping[str, str], called: Mapping[str, Mapping[str, str]] | None = None
    ) -> Made:
        """Return what the rows say.

        `own` are the things of the whole file by name, `called` their names by IRI and language.
        """
        if not self._rows:
            self._tell(
                "empty", self._heads[0], "la feuille n’a aucune ligne sous ses titres",
                "the sheet has no row below its headings", "0", same("≥ 1"),
            )  # fmt: skip
        self._own = dict(own)
        self.called = dict(called if called is not None else self.called)
        for row, subject in self._rows:
            if subject:
                self._row(row, subject)
        self._name_parts()
        return self._made

    # --- Rows ------------------------------------------------------------------------------

    def _cell(self, row: list[Cell], heading: str) -> Cell | None:
        place = self._places.get(heading)
        if place is None:
            return None
        line = row[0].line
        return row[place] if place < len(row) else Cell("", line, place + 1)

    def _subject(self, row: list[Cell]) -> str:
        """Return the IRI of the thing of a row: from its name, else from its label."""
        cell = self._cell(row, self._mapping.id) if self._mapping.id else None
        base = self._job.partner["base"]
        text = cell.text.strip() if cell else ""
        if cell and self._is_no_value(cell):
            return ""
        if text.startswith(("http://", "https://")):
            return text
        if text:
            made = self._mapping.pattern.replace("{}", text)
            if made.startswith((base, "http://", "https://")):
                return made
            if _SLUG.fullmatch(made):
                return base + made
            mended = slug(made)
            self._tell(
                "slug", cell or row[0],
                f"« {text} » entre dans une adresse : minuscules sans accent, chiffres et tirets",
                f"“{text}” becomes part of an address: small letters, digits and hyphens",
                text, same("regie-eau-sfax"), mended,
            )  # fmt: skip
            return base + mended if mended else ""
        for one in self._mapping.columns:
            named = self._cell(row, one.heading)
            if _names(one) and named and self._is_no_value(named, one):
                return ""
            if _names(one) and named and slug(named.text):
                return base + slug(named.text)
        at = cell or Cell("", row[0].line, 1)
        self._tell(
            "missing-name", at, "cette ligne n’a ni identifiant ni nom : rien ne la désigne",
            "this row has neither an identifier nor a name: nothing designates it", "",
            same("regie-eau-sfax"), example="regie-eau-sfax",
        )  # fmt: skip
        return ""

    def _remember(self, row: list[Cell], subject: str) -> None:
        self._own[key(subject.removeprefix(self._job.partner["base"]))] = subject
        for one in self._mapping.columns:
            cell = self._cell(row, one.heading)
            if _names(one) and cell and cell.text.strip():
                self._own[key(cell.text)] = subject
                said = {one.field.lang: cell.text.strip()}
                self.called[subject] = {**self.called.get(subject, {}), **said}

    def _row(self, row: list[Cell], subject: str) -> None:
        first = self._cell(row, self._mapping.id) or row[0]
        self._say(_iri(subject), RDF_TYPE, _iri(self._mapping.kind), first)
        for one in self._mapping.columns:
            cell = self._cell(row, one.heading)
            if cell is None:
                continue
            if self._is_no_value(cell, one):
                continue
            if cell.text.strip():
                self._values(subject, one, cell)
            elif one.field.required:
                self._tell(
                    "missing-value", cell, f"la case « {one.heading} », obligatoire, est vide",
                    f"the cell “{one.heading}” is empty; it is required", "",
                    same(self._example(one)), example=self._example(one),
                )  # fmt: skip

    def _example(self, one: Column) -> str:
        if one.field.among:
            return self._words.label(one.field.among[0], self._lang)
        return one.field.example or "…"

    def _values(self, subject: str, one: Column, cell: Cell) -> None:
        self._whole = cell.text
        parts = (
            cell.text.split(one.separator) if one.field.several and one.separator else [cell.text]
        )
        if cell.value is not None:
            parts = [cell.text]
        for part in dict.fromkeys(text.strip() for text in parts if text.strip()):
            given = one.pattern.replace("{}", part) if one.pattern else part
            alone = Cell(given, cell.line, cell.column, cell.value if len(parts) == 1 else None)
            value = self._value(one, alone)
            if value is not None:
                self._along(subject, one.field.path, value, cell)

    def _along(self, subject: str, path: tuple[str, ...], value: Term, cell: Cell) -> None:
        """State a value at the end of a path; a step between has a node of its own."""
        if path[0].startswith("^"):
            assert isinstance(value, ox.NamedNode)
            self._say(value, ox.NamedNode(path[0][1:]), _iri(subject), cell)
            return
        if len(path) == 1:
            self._say(_iri(subject), ox.NamedNode(path[0]), value, cell)
            return
        role = slug(re.split(r"[/#]", path[1])[-1])
        tail = slug(re.split(r"[/#]", value.value)[-1])
        node = _iri(f"{subject}-{role}-{tail}")
        self._say(_iri(subject), ox.NamedNode(path[0]), node, cell)
        kinds = self._words.values(ox.NamedNode(path[0]), "rdfs:range")
        self._say(
            node, RDF_TYPE, kinds[0] if kinds else _iri(PREFIXES["coop"] + "Participation"), cell
        )
        self._say(node, ox.NamedNode(path[1]), value, cell)

    def _name_parts(self) -> None:
        """Name the participations that no column names: who, as what, in what."""
        made = self._made
        named = {s for s, p, _ in made.triples if p == _PREFERRED}
        hubs = {o: s for s, p, o in made.triples if p == _TAKES_PART}
        parts = zip(list(made.triples), list(made.spots), strict=True)
        for (node, link, actor), spot in parts:
            role = link.value.removeprefix(PREFIXES["coop"])
            if node in named or node not in hubs or role not in ROLES:
                continue
            named.add(node)
            for lang, colon in (("fr", "\u00a0:"), ("en", ":")):
                who, what = self._call(actor, lang), self._call(hubs[node], lang)
                role_ = self._words.label(f"{BASE}scheme/role/{role}", lang)
                text = f"{who}, {role_}{colon} {what}"[:LABEL_MAX]
                made.triples.append((node, _PREFERRED, ox.Literal(text, language=lang)))
                made.spots.append(spot)

    def _call(self, thing: Term, lang: str) -> str:
        own = self.called.get(thing.value, {})
        return own.get(lang) or own.get("fr") or self._words.label(thing.value, lang)

    def _say(self, subject: Term, predicate: ox.NamedNode, value: Term, cell: Cell) -> None:
        self._made.triples.append((subject, predicate, value))
        self._made.spots.append(self._sheet.spot(cell.line, cell.column))

    # --- Values ----------------------------------------------------------------------------

    def _value(self, one: Column, cell: Cell) -> Term | None:
        kind = one.field.kind
        if kind == "thing":
            return self._thing(one, cell)
        value = _text(one, cell) if kind == "text" else READERS[kind](cell)
        if value is None:
            self._wrong(one, cell)
        return value

    def _thing(self, one: Column, cell: Cell) -> Term | None:
        found = self._find(cell.text, one)
        if found.iri and IRI.fullmatch(found.iri):
            return _iri(found.iri)
        if found.iri:
            self._wrong(one, cell)
        elif found.several:
            label = self._words.label
            self._made.findings.append(unknown.ambiguous(self._sheet, one, cell, found, label))
        else:
            self._unknown(one, cell, found)
        return None

    def _unknown(self, one: Column, cell: Cell, found: Found) -> None:
        """Say that a name is not known, or that it is several; what is proposed is a whole cell."""
        label = self._words.label
        told_ = odd_cells.several(
            self._sheet, one, cell, lambda text: self._find(text, one),
            lambda iri: label(iri, self._lang),
        ) or unknown.name(
            self._sheet, one, cell, found, label, self._lang, self._example(one)
        )  # fmt: skip
        if told_.fix and not one.pattern:
            told_ = replace(told_, fix=self._whole.replace(cell.text, told_.fix, 1))
        self._made.findings.append(told_)

    def _find(self, text: str, one: Column) -> Found:
        return self._words.find(text, one.field.among, self._named)

    @cached_property
    def _named(self) -> Mapping[str, str]:
        """What the file describes, and what the partner has published, by short name."""
        base = self._job.partner["base"]
        published = {
            key(iri.removeprefix(base)): iri for iri in self._words.labels if iri.startswith(base)
        }
        return {**published, **self._own}

    def _wrong(self, one: Column, cell: Cell) -> None:
        kind = one.field.kind
        fr, en, example = EXPECTED[kind]
        fix = digits(cell.text) if kind in {"integer", "decimal"} else ""
        if kind == "address" and re.fullmatch(r"[\w.-]+\.\w{2,}(/\S*)?", cell.text):
            fix = f"https://{cell.text}"
        self._tell(
            f"not-{kind}", cell, f"« {cell.text} » : attendu, {fr}",
            f"“{cell.text}”: {en} is expected", cell.text, {"fr": fr, "en": en}, fix, one,
            example=example,
        )  # fmt: skip

    def _is_no_value(self, cell: Cell, one: Column | None = None) -> bool:
        """Tell whether a cell holds a formula or an error of the spreadsheet, and say so."""
        if found := odd_cells.error(self._sheet, cell, one):
            self._made.findings.append(found)
            return True
        if cell.is_formula:
            self._formula(cell)
        return cell.is_formula

    def _formula(self, cell: Cell) -> None:
        self._tell(
            "formula", cell,
            "cette case contient une formule, qui n’est jamais calculée ici : coller sa valeur",
            "this cell holds a formula, which is never computed here: paste its value",
            cell.text, {"fr": "une valeur", "en": "a value"},
        )  # fmt: skip

    def _tell(self, *given: Any, **more: Any) -> None:
        self._made.findings.append(columns.told(self._sheet, *given, **more))


def _names(one: Column) -> bool:
    return one.field.path[-1] == _LABEL


def _iri(text: str) -> ox.NamedNode:
    return ox.NamedNode(text)


def _text(one: Column, cell: Cell) -> ox.Literal:
    if one.field.lang:
        return ox.Literal(cell.text, language=one.field.lang)
    if one.field.datatype:
        return ox.Literal(cell.text, datatype=ox.NamedNode(one.field.datatype))
    return ox.Literal(cell.text)


def slug(text: str) -> str:
    """Return a text as part of an address.

    >>> slug("Régie de l’eau (Sfax)")
    'regie-de-l-eau-sfax'
    """
    return re.sub(r"[^a-z0-9]+", "-", fold(text)).strip("-")[:80].strip("-")
