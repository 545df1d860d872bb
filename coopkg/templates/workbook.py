"""The file to fill: a sheet of rows, an example, explanations, and the lists of choices.

The first sheet is read back, and any other with such headings; the example never is. Its headings
are in the language asked for; the note of each heading tells the name that programs use.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import Any, Final

from coopkg import workbooks
from coopkg.answers.tables import BYTE_ORDER_MARK, harmless
from coopkg.errors import Lang
from coopkg.templates.classes import CLASSES
from coopkg.templates.fields import Field, Template
from coopkg.templates.vocabulary import Vocabulary, key
from coopkg.typography import french

NAMES: Final = {
    "fr": ("À remplir", "Exemple", "Explications", "Listes"),
    "en": ("To fill in", "Example", "Explanations", "Lists"),
}
NEVER_READ: Final = frozenset(name for names in NAMES.values() for name in names[1:])
"""Sheets of a template that hold no data."""
ROWS: Final = 1000
"""Rows that offer lists of choices."""
_HEAD: Final = "DDE7F0"
_NEEDED: Final = "F6E3C5"
_WORDS: Final = {
    "fr": {
        "id": "Un nom court à vous (lettres, chiffres, tirets). Vide : il vient du nom.",
        "needed": "obligatoire",
        "free": "facultatif",
        "several": "plusieurs valeurs : les séparer par « ; »",
        "choice": "choisir dans la liste, ou écrire un nom qui s’y trouve",
        "column": "Colonne",
        "what": "Ce qui est attendu",
        "example": "Exemple",
        "program": "Nom pour les programmes",
        "only": "Remplir la première feuille ; celle d’exemple n’est jamais lue.",
        "unknown": "Ce nom n’est pas dans la liste : il sera vérifié à l’envoi.",
    },
    "en": {
        "id": "A short name of yours (letters, digits, hyphens). Empty: it comes from the name.",
        "needed": "required",
        "free": "optional",
        "several": "several values: put “;” between them",
        "choice": "choose in the list, or write a name that is in it",
        "column": "Column",
        "what": "What is expected",
        "example": "Example",
        "program": "Name for programs",
        "only": "Fill in the first sheet; the example is never read.",
        "unknown": "This name is not in the list: it will be checked when you send the file.",
    },
}


def workbook(given: Template, vocabulary: Vocabulary, lang: Lang) -> bytes:
    """Return the workbook to fill for a class, in one language."""
    book = workbooks.Workbook()
    sheet, sample, told, lists = (
        book.create_sheet(name) for name in NAMES[lang]
    )  # fmt: skip
    book.remove(book.worksheets[0])
    for page in (sheet, sample):
        _heads(page, given, lang)
    empty = CLASSES[given.name].one_of[1:]
    row = ["" if one.name in empty else _shown(one, vocabulary, lang) for one in given.fields]
    sample.append([_slug(given), *row])
    _tell(told, given, vocabulary, lang)
    _choices(sheet, lists, given, vocabulary, lang)
    lists.sheet_state = "hidden"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def csv_text(given: Template, lang: Lang) -> str:
    """Return the headings as a file that a spreadsheet set to a language opens."""
    written = io.StringIO()
    separator = ";" if lang == "fr" else ","
    writer = csv.writer(written, delimiter=separator, lineterminator="\r\n")
    writer.writerow([given.id_label(lang), *(one.label[lang] for one in given.fields)])
    return BYTE_ORDER_MARK + written.getvalue()


def _heads(page: Any, given: Template, lang: Lang) -> None:
    page.append([given.id_label(lang), *(one.label[lang] for one in given.fields)])
    page.freeze_panes = "B2"
    notes = [_WORDS[lang]["id"], *(_note(one, lang) for one in given.fields)]
    names = ["@id", *(one.name for one in given.fields)]
    needed = [False, *(one.required for one in given.fields)]
    for place, (note, name, must) in enumerate(zip(notes, names, needed, strict=True), 1):
        cell = page.cell(1, place)
        cell.font = workbooks.Font(bold=True)
        colour = _NEEDED if must else _HEAD
        cell.fill = workbooks.PatternFill("solid", fgColor=colour)
        cell.alignment = workbooks.Alignment(wrap_text=True, vertical="top")
        cell.comment = workbooks.Comment(f"{note}\n[{name}]", "coopkg", height=160, width=320)
        page.column_dimensions[workbooks.get_column_letter(place)].width = 26


def _note(one: Field, lang: Lang) -> str:
    words = _WORDS[lang]
    said = [one.note[lang], words["needed" if one.required else "free"]]
    if one.several:
        said.append(words["several"])
    if one.among:
        said.append(words["choice"])
    text = ". ".join(part.rstrip(".") for part in said if part) + "."
    return french(text) if lang == "fr" else text


def _slug(given: Template) -> str:
    return {"organisation": "regie-eau-sfax"}.get(given.name, f"{given.name}-1")


def _shown(one: Field, vocabulary: Vocabulary, lang: Lang) -> str:
    return harmless(vocabulary.label(one.example, lang) if one.among else one.example)


def _tell(page: Any, given: Template, vocabulary: Vocabulary, lang: Lang) -> None:
    words = _WORDS[lang]
    page.append([words["column"], words["what"], words["example"], words["program"]])
    page.append([given.id_label(lang), words["id"], _slug(given), "@id"])
    for one in given.fields:
        page.append([one.label[lang], _note(one, lang), _shown(one, vocabulary, lang), one.name])
    page.append([])
    page.append([words["only"]])
    for letter, width in (("A", 30), ("B", 90), ("C", 36), ("D", 34)):
        page.column_dimensions[letter].width = width
    for row in page.iter_rows():
        for cell in row:
            cell.alignment = workbooks.Alignment(wrap_text=True, vertical="top")
    for cell in page[1]:
        cell.font = workbooks.Font(bold=True)


def _choices(sheet: Any, lists: Any, given: Template, vocabulary: Vocabulary, lang: Lang) -> None:
    """Offer the things that a column may name; one not in the list only warns: it may be new."""
    names: Sequence[str]
    for place, one in enumerate(given.fields, 1):
        names = ["oui", "non"] if one.kind == "boolean" and lang == "fr" else ["yes", "no"]
        if one.among:
            names = choices(one, vocabulary, lang)
        elif one.kind != "boolean":
            continue
        letter = workbooks.get_column_letter(place)
        for number, name in enumerate(names, 1):
            lists.cell(number, place, harmless(name))
        title = f"'{lists.title}'!${letter}$1:${letter}${len(names)}"
        rule = workbooks.DataValidation("list", formula1=title, allow_blank=True)
        rule.errorStyle = "warning"
        rule.error = _WORDS[lang]["unknown"]
        sheet.add_data_validation(rule)
        letter = workbooks.get_column_letter(place + 1)
        rule.add(f"{letter}2:{letter}{ROWS + 1}")


def choices(one: Field, vocabulary: Vocabulary, lang: Lang) -> Sequence[str]:
    """Return the labels that a column may hold; two things with one label are told apart."""
    labels = [(vocabulary.label(iri, lang), iri) for iri in one.among or ()]
    counted: dict[str, int] = {}
    for label, _ in labels:
        counted[key(label)] = counted.get(key(label), 0) + 1
    return sorted(
        {label if counted[key(label)] == 1 else iri for label, iri in labels},
        key=key,
    )
