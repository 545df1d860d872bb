"""A partner's own data as a workbook, and a sheet of them as a CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from coopkg import workbooks
from coopkg.answers.tables import BYTE_ORDER_MARK, harmless
from coopkg.errors import Lang
from coopkg.roundtrip.own import REMOVE, OwnSheet
from coopkg.tables import About
from coopkg.tables.characters import escaped, fitting
from coopkg.tables.sheets import Value
from coopkg.tables.text import DATED, SEPARATORS, plain
from coopkg.tables.workbook import describe, fill, sealed
from coopkg.templates import Vocabulary
from coopkg.templates.workbook import choices
from coopkg.typography import french

NAMES: Final = {"fr": ("À propos", "Listes"), "en": ("About", "Lists")}
SPARE: Final = 200
"""Empty rows below the data that offer lists too."""
YES: Final = {"fr": "oui", "en": "yes"}
_HOW: Final = {
    "fr": (
        ("Corriger", "Changer la cellule. Vidée, elle retire ce qu’elle disait."),
        ("Ajouter", "Remplir une ligne sous les autres, avec un identifiant à vous ; ou une "
         "cellule vide."),
        ("Retirer", "Écrire « oui » dans la colonne « À supprimer ». Une ligne effacée du "
         "fichier ne retire rien : elle est seulement signalée."),
        ("Trier, filtrer", "Libres, comme l’ordre des colonnes. Laisser les titres et les "
         "colonnes masquées tels quels : elles disent ce que chaque cellule était."),
        ("Renvoyer", "Par la page « Contribuer », ou POST /api/contributions : seules les "
         "cellules changées comptent. Ce que quelqu’un d’autre a changé depuis est dit, jamais "
         "écrasé."),
    ),
    "en": (
        ("To correct", "Change the cell. Emptied, it takes away what it said."),
        ("To add", "Fill a row below the others, with an identifier of yours; or an empty cell."),
        ("To remove", "Write “yes” in the column “To remove”. A row deleted from the file removes "
         "nothing: it is only told."),
        ("To sort, to filter", "As you like, and the order of columns too. Leave the headings and "
         "the hidden columns as they are: they say what each cell was."),
        ("To send back", "By the page “Contribute”, or POST /api/contributions: only the cells "
         "changed count. What somebody else has changed since is told, never overwritten."),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What goes with the data: whose they are, at which generation, and when it was published."""

    partner: str
    label: str
    generation: str
    published: str
    lang: Lang


def as_workbook(sheets: Sequence[OwnSheet], told: Told, vocabulary: Vocabulary) -> bytes:
    """Return the workbook: its sheets, what they are, and hidden lists of choices.

    Raises:
        UnwritableError: more rows than a sheet can hold.
    """
    book = workbooks.Workbook(write_only=True)
    book.properties.title = escaped(_title(told))
    book.properties.creator = "coopkg"
    book.properties.created = datetime.fromisoformat(told.published).replace(tzinfo=None)
    book.properties.identifier = f"partner/{told.partner} {told.generation}"
    book.properties.language = told.lang
    lists: list[Sequence[str]] = []
    for one in sheets:
        for _ in fill(book, one.name, one.table):
            pass  # what was cut is marked, and never lost: see `coopkg.roundtrip.marks`
        _offer(book[one.name], one, lists, vocabulary, told.lang)
    describe(book, NAMES[told.lang][0], about(sheets, told))
    _write(book.create_sheet(NAMES[told.lang][1]), lists)
    return sealed(book, told.published)


def about(sheets: Sequence[OwnSheet], told: Told) -> list[About]:
    """Return the lines that say what the data are and how to correct them."""
    lang = told.lang
    words = {
        "fr": ("Données de", "Données de la génération", "Publiée le", "Feuille", "lignes"),
        "en": ("Data of", "Data of generation", "Published on", "Sheet", "rows"),
    }[lang]
    return [
        About("partner", words[0], told.label, told.partner),
        About("generation", words[1], told.generation, told.generation),
        About("published", words[2], told.published[:10], told.published),
        *(
            About("sheet", words[3], f"{one.name} ({len(one.table.rows)} {words[4]})", one.kind)
            for one in sheets
        ),
        *(
            About("how", label, french(text) if lang == "fr" else text)
            for label, text in _HOW[lang]
        ),
    ]


def _title(told: Told) -> str:
    return {"fr": "Données de {}", "en": "Data of {}"}[told.lang].format(told.label)


def _offer(
    page: Any, one: OwnSheet, lists: list[Sequence[str]], vocabulary: Vocabulary, lang: Lang
) -> None:
    """Offer the things that a column may name, and `yes` where a thing may be removed."""
    last = len(one.table.rows) + 1 + SPARE
    known: dict[tuple[str, ...], str] = {}
    for place, column in enumerate(one.table.columns, 1):
        field = one.fields.get(column.label) if not column.hidden else None
        if column.label == REMOVE[lang]:
            source = f'"{YES[lang]}"'
        elif field is not None and field.among:
            source = known.get(field.among) or _listed(
                choices(field, vocabulary, lang), lists, lang
            )
            known[field.among] = source
        else:
            continue
        rule = workbooks.DataValidation("list", formula1=source, allow_blank=True)
        rule.errorStyle = "warning"
        letter = workbooks.get_column_letter(place)
        rule.add(f"{letter}2:{letter}{last}")
        page.data_validations.append(rule)


def _listed(found: Sequence[str], lists: list[Sequence[str]], lang: Lang) -> str:
    """Keep a list of choices; return where it will stand."""
    if found not in lists:
        lists.append(found)
    letter = workbooks.get_column_letter(lists.index(found) + 1)
    return f"'{NAMES[lang][1]}'!${letter}$1:${letter}${max(len(found), 1)}"


def _write(page: Any, lists: Sequence[Sequence[str]]) -> None:
    page.sheet_state = "hidden"
    for number in range(max(map(len, lists), default=0)):
        page.append([harmless(one[number]) if number < len(one) else None for one in lists])


def as_csv(sheet: OwnSheet, told: Told) -> str:
    """Return one sheet as the spreadsheet of a language reads CSV, its marks in plain sight.

    The generation and its date are the last columns, the same in each row.
    """
    written = io.StringIO()
    writer = csv.writer(written, delimiter=SEPARATORS[told.lang], lineterminator="\r\n")
    heads = [one.label for one in sheet.table.columns]
    writer.writerow([*heads, *DATED[told.lang][:2]])
    for row in sheet.table.rows:
        dated = [told.generation, told.published[:10]]
        writer.writerow([*(_text(value, told.lang) for value in row), *dated])
    return BYTE_ORDER_MARK + written.getvalue()


def _text(value: Value, lang: Lang) -> str:
    return fitting(value) if isinstance(value, str) else plain(value, lang)
