"""What the columns of a sheet may be, what is chosen for each, and the mapping that this makes.

Pure: the choices come as the fields of a form, and nothing of them is trusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from coopkg.serve.problems import HTTPProblem
from coopkg.templates import Column, Field, Template
from coopkg.templates import Mapping as Columns
from coopkg.templates.guessing import ID, guess
from coopkg.templates.vocabulary import key

NONE: Final = ""
Both = Mapping[str, str]


@dataclass(frozen=True)
class Asked:
    """A sheet with what is chosen for each of its columns; `wrong` says what is not in order.

    A choice is the name of a field, `ID`, or `NONE` for a column that is not read.
    """

    sheet: Mapping[str, Any]
    template: Template
    offered: Mapping[str, Template]
    choices: tuple[str, ...]
    wrong: tuple[Both, ...] = ()

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The columns: their heading, samples of their values, and what is chosen."""
        headings, samples = self.sheet["headings"], self.sheet["samples"]
        return [
            {"heading": heading, "samples": held, "choice": choice}
            for heading, held, choice in zip(headings, samples, self.choices, strict=True)
        ]

    @property
    def missing(self) -> list[Field]:
        """The fields that must be there and that no column is."""
        return [
            one for one in self.template.fields if one.required and one.name not in self.choices
        ]

    @property
    def groups(self) -> list[tuple[Both, list[Field]]]:
        """The fields that a column may be, by the parts of a form."""
        found: list[tuple[Both, list[Field]]] = []
        for one in self.template.fields:
            group = next((kept for label, kept in found if label == one.group), None)
            if group is None:
                found.append((one.group, [one]))
            else:
                group.append(one)
        return found

    def mapping(self, one_sheet: bool) -> Columns:
        """Return the mapping; it names its sheet unless the file has one only."""
        fields = {one.name: one for one in self.template.fields}
        pairs = list(zip(self.sheet["headings"], self.choices, strict=True))
        return Columns(
            self.template.kind,
            next((heading for heading, choice in pairs if choice == ID), ""),
            tuple(Column(heading, fields[choice]) for heading, choice in pairs if choice in fields),
            "" if one_sheet else self.sheet["sheet"],
            ignored=tuple(heading for heading, choice in pairs if heading and choice == NONE),
        )


def read(
    fields: Mapping[str, str],
    tables: Sequence[Mapping[str, Any]],
    offered: Mapping[str, Template],
    names: Mapping[str, frozenset[str]],
    current: Mapping[str, Any] | None = None,
) -> Asked:
    """Return what a form chooses; what it does not say yet is as it is read now, else guessed.

    Raises:
        HTTPProblem: 400; it names a sheet, a class or a field that does not exist.
    """
    wanted = fields.get("sheet") or tables[0]["sheet"]
    sheet = next((one for one in tables if one["sheet"] == wanted), None)
    kind = fields.get("kind", "")
    if sheet is None or (kind and kind not in offered):
        raise _unknown(wanted if sheet is None else kind)
    headings = sheet["headings"]
    guessed = guess(headings, sheet["samples"], offered, names, kind)
    template = offered[guessed.name]
    chosen = [fields.get(f"c{place}") for place in range(len(headings))]
    said = any(one is not None for one in chosen) and fields.get("action") == "use"
    if not said:
        now = None if kind else _now(sheet, offered, current or {})
        return now or Asked(sheet, template, offered, guessed.fields)
    choices = tuple(one or NONE for one in chosen)
    known = {NONE, ID, *(one.name for one in template.fields)}
    if strange := [one for one in choices if one not in known]:
        raise _unknown(strange[0])
    made = Asked(sheet, template, offered, choices)
    return Asked(sheet, template, offered, choices, tuple(_wrong(made)))


def _now(
    sheet: Mapping[str, Any], offered: Mapping[str, Template], current: Mapping[str, Any]
) -> Asked | None:
    """Return the choices of the mapping that reads a file now, if it is of one of our classes."""
    if not current:
        return None
    made = Columns.of_json(current)
    template = next((one for one in offered.values() if one.kind == made.kind), None)
    if template is None:
        return None
    said = {key(one.heading): one.field.name for one in made.columns}
    said |= {key(made.id): ID} if made.id else {}
    known = {ID, *(one.name for one in template.fields)}
    choices = [said.get(key(heading), NONE) for heading in sheet["headings"]]
    return Asked(sheet, template, offered, tuple(c if c in known else NONE for c in choices))


def _unknown(seen: str) -> HTTPProblem:
    shown = seen[:40]
    return HTTPProblem(
        400,
        f"« {shown} » n’est pas un des choix de cette page : reprenez depuis le début.",
        f"“{shown}” is not a choice of this page: start again.",
    )


def _wrong(asked: Asked) -> list[Both]:
    """Return what is not in order: nothing read, the same twice, a required field forgotten."""
    found: list[Both] = []
    read_ = [one for one in asked.choices if one != NONE]
    if not [one for one in read_ if one != ID]:
        found.append({"fr": "Aucune colonne n’est lue.", "en": "No column is read."})
    labels = {one.name: one.label for one in asked.template.fields}
    labels[ID] = {"fr": "Nom court de la ligne", "en": "Short name of the row"}
    found += [
        {
            "fr": f"Deux colonnes disent « {labels[name]['fr']} » : gardez-en une.",
            "en": f"Two columns say “{labels[name]['en']}”: keep one.",
        }
        for name in dict.fromkeys(one for one in read_ if read_.count(one) > 1)
    ]
    pairs = zip(asked.sheet["headings"], asked.choices, strict=True)
    found += [
        {
            "fr": "Une colonne sans titre ne peut pas être lue : donnez-lui un titre.",
            "en": "A column without a heading cannot be read: give it one.",
        }
        for heading, choice in pairs
        if choice != NONE and not key(heading)
    ]
    for one in asked.missing:
        found.append(
            {
                "fr": f"Aucune colonne ne dit « {one.label['fr']} », qui est obligatoire.",
                "en": f"No column says “{one.label['en']}”, which is required.",
            }
        )
    return found
