"""The rows of one sheet become triples, each with its cell; what cannot is told with its cell."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

import pyoxigraph as ox

from coopkg.build.intake.cells import Cell, Sheet
from coopkg.build.intake.findings import Finding, Spot, same
from coopkg.build.intake.values import EXPECTED, IRI, READERS, digits
from coopkg.contributions.job import Job
from coopkg.search.words import fold
from coopkg.templates import Column, Vocabulary
from coopkg.templates import Mapping as Columns
from coopkg.templates.mapping import headings
from coopkg.templates.vocabulary import Found, key
from coopkg.terms import PREFIXES, RDF_TYPE, Term, Triple

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LABEL: Final = PREFIXES["skos"] + "prefLabel"


@dataclass
class Made:
    """What the rows of a sheet say: triples with their places, and findings."""

    triples: list[Triple] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def read(job: Job, sheet: Sheet, mapping: Columns, lang: str, vocabulary: Vocabulary) -> Made:
    """Return what the rows of a sheet say by a mapping."""
    return _Reader(job, sheet, mapping, lang, vocabulary).read()


class _Reader:
    """One sheet being read."""

    def __init__(
        self, job: Job, sheet: Sheet, mapping: Columns, lang: str, vocabulary: Vocabulary
    ) -> None:
        self._job, self._sheet, self._mapping = job, sheet, mapping
        self._lang, self._words = lang, vocabulary
        self._made = Made()
        self._places: dict[str, int] = {}
        self._own: dict[str, str] = {}
        self._heads = sheet.rows[0]

    def read(self) -> Made:
        self._match_headings()
        rows = self._sheet.rows[1:]
        if not rows:
            self._tell(
                "empty", self._heads[0], "la feuille n’a aucune ligne sous ses titres",
                "the sheet has no row below its headings", "0", same("≥ 1"),
            )  # fmt: skip
        named = [(row, self._subject(row)) for row in rows]
        for row, subject in named:
            if subject:
                self._remember(row, subject)
        for row, subject in named:
            if subject:
                self._row(row, subject)
        return self._made

    # --- Headings --------------------------------------------------------------------------

    def _match_headings(self) -> None:
        wanted = {key(name): name for name in headings(self._mapping)}
        wanted |= {key(one.field.name): one.heading for one in self._mapping.columns}
        for place, cell in enumerate(self._heads):
            name = wanted.get(key(cell.text))
            if name in self._places:
                self._tell(
                    "double-column", cell, f"la colonne « {cell.text} » est là deux fois",
                    f"the column “{cell.text}” is there twice", cell.text,
                )  # fmt: skip
            elif name is not None:
                self._places[name] = place
        missing = [name for name in headings(self._mapping) if name not in self._places]
        for place, cell in enumerate(self._heads):
            if place not in self._places.values() and key(cell.text) not in wanted:
                self._unknown_heading(cell, missing)
        self._missing_headings()

    def _unknown_heading(self, cell: Cell, missing: list[str]) -> None:
        if not cell.text.strip():
            if any(
                cell.column <= len(row) and row[cell.column - 1].text.strip()
                for row in self._sheet.rows[1:]
            ):
                self._tell(
                    "unnamed-column", cell, "une colonne qui contient des valeurs n’a pas de titre",
                    "a column that holds values has no heading", "",
                    same(", ".join(missing) or "…"),
                )  # fmt: skip
            return
        near = get_close_matches(key(cell.text), [key(name) for name in missing], n=1, cutoff=0.6)
        if near:
            name = next(one for one in missing if key(one) == near[0])
            missing.remove(name)
            self._tell(
                "misnamed-column", cell,
                f"la colonne « {cell.text} » n’est pas connue ; vouliez-vous écrire « {name} » ?",
                f"the column “{cell.text}” is not known; did you mean “{name}”?",
                cell.text, same(name), name,
            )  # fmt: skip
            self._places[name] = cell.column - 1
            return
        listed = ", ".join(missing) or "—"
        self._tell(
            "unknown-column", cell,
            f"la colonne « {cell.text} » n’est pas lue : ce modèle ne la connaît pas",
            f"the column “{cell.text}” is not read: this template does not know it",
            cell.text, same(listed), severity="warning",
        )  # fmt: skip

    def _missing_headings(self) -> None:
        for one in self._mapping.columns:
            if one.field.required and one.heading not in self._places:
                last = self._heads[-1]
                at = Cell("", last.line, last.column + 1)
                self._tell(
                    "missing-column", at, f"il manque la colonne « {one.heading} », obligatoire",
                    f"the column “{one.heading}” is missing; it is required",
                    ", ".join(cell.text for cell in self._heads), same(one.heading), one.heading,
                )  # fmt: skip

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
        if cell and cell.is_formula:
            self._formula(cell)
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
            if one.field.path[-1] == _LABEL and named and slug(named.text):
                return base + slug(named.text)
        at = cell or Cell("", row[0].line, 1)
        self._tell(
            "missing-name", at, "cette ligne n’a ni identifiant ni nom : rien ne la désigne",
            "this row has neither an identifier nor a name: nothing designates it", "",
            same("regie-eau-sfax"), "regie-eau-sfax",
        )  # fmt: skip
        return ""

    def _remember(self, row: list[Cell], subject: str) -> None:
        self._own[key(subject.removeprefix(self._job.partner["base"]))] = subject
        for one in self._mapping.columns:
            cell = self._cell(row, one.heading)
            if one.field.path[-1] == _LABEL and cell and cell.text.strip():
                self._own[key(cell.text)] = subject

    def _row(self, row: list[Cell], subject: str) -> None:
        first = self._cell(row, self._mapping.id) or row[0]
        self._say(_iri(subject), RDF_TYPE, _iri(self._mapping.kind), first)
        for one in self._mapping.columns:
            cell = self._cell(row, one.heading)
            if cell is None:
                continue
            if cell.is_formula:
                self._formula(cell)
            elif cell.text.strip():
                self._values(subject, one, cell)
            elif one.field.required:
                self._tell(
                    "missing-value", cell, f"la case « {one.heading} », obligatoire, est vide",
                    f"the cell “{one.heading}” is empty; it is required", "",
                    same(self._example(one)), self._example(one),
                )  # fmt: skip

    def _example(self, one: Column) -> str:
        if one.field.among:
            return self._words.label(one.field.among[0], self._lang)
        return one.field.example or "…"

    def _values(self, subject: str, one: Column, cell: Cell) -> None:
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
        found = self._words.find(cell.text, one.field.among, self._own)
        if found.iri and IRI.fullmatch(found.iri):
            return _iri(found.iri)
        if found.iri:
            self._wrong(one, cell)
        elif found.several:
            self._several(one, cell, found)
        else:
            self._unknown(one, cell, found)
        return None

    def _several(self, one: Column, cell: Cell, found: Found) -> None:
        listed = {
            lang: " ; ".join(f"{self._words.label(iri, lang)} <{iri}>" for iri in found.several)
            for lang in ("fr", "en")
        }
        self._tell(
            "ambiguous-name", cell,
            f"« {cell.text} » désigne plusieurs choses : {listed['fr']} ; écrire l’adresse voulue",
            f"“{cell.text}” names several things: {listed['en']}; write the address you mean",
            cell.text, listed, found.several[0], one,
        )  # fmt: skip

    def _unknown(self, one: Column, cell: Cell, found: Found) -> None:
        near = {
            lang: ", ".join(
                f"« {self._words.label(iri, lang)} »"
                if lang == "fr"
                else f"“{self._words.label(iri, lang)}”"
                for iri in found.nearest
            )
            for lang in ("fr", "en")
        }
        hint = {
            "fr": f" ; les plus proches : {near['fr']}"
            if found.nearest
            else " ; choisir dans la liste du modèle",
            "en": f"; the nearest: {near['en']}"
            if found.nearest
            else "; choose in the list of the template",
        }
        fix = self._words.label(found.nearest[0], self._lang) if found.nearest else ""
        self._tell(
            "unknown-name", cell,
            f"« {cell.text} » n’est pas un nom connu pour « {one.heading} »{hint['fr']}",
            f"“{cell.text}” is not a known name for “{one.heading}”{hint['en']}",
            cell.text, near if found.nearest else same(self._example(one)), fix, one,
        )  # fmt: skip

    def _wrong(self, one: Column, cell: Cell) -> None:
        kind = one.field.kind
        fr, en, example = EXPECTED[kind]
        fix = digits(cell.text) if kind in {"integer", "decimal"} else ""
        if kind == "address" and re.fullmatch(r"[\w.-]+\.\w{2,}(/\S*)?", cell.text):
            fix = f"https://{cell.text}"
        self._tell(
            f"not-{kind}", cell, f"« {cell.text} » : attendu, {fr}",
            f"“{cell.text}”: {en} is expected", cell.text, {"fr": fr, "en": en}, fix or example,
            one,
        )  # fmt: skip

    def _formula(self, cell: Cell) -> None:
        self._tell(
            "formula", cell,
            "cette case contient une formule, qui n’est jamais calculée ici : coller sa valeur",
            "this cell holds a formula, which is never computed here: paste its value",
            cell.text, {"fr": "une valeur", "en": "a value"},
        )  # fmt: skip

    def _tell(
        self,
        rule: str,
        cell: Cell,
        fr: str,
        en: str,
        seen: str,
        expected: Mapping[str, str] | None = None,
        fix: str = "",
        column: Column | None = None,
        severity: str = "violation",
    ) -> None:
        self._made.findings.append(
            Finding(
                rule,
                severity,  # type: ignore[arg-type]
                {"fr": fr, "en": en},
                self._sheet.spot(cell.line, cell.column),
                seen,
                expected or {},
                example=fix,
                fix=fix,
                link=column.field.path[-1].removeprefix("^") if column else "",
                path={lang: column.field.label[lang] for lang in ("fr", "en")} if column else {},
            )
        )


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
