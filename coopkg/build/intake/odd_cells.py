"""Cells that spreadsheets spoil: errors, cells beside the headings, several values in one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from typing import Final

from coopkg.build.intake.cells import Cell, Sheet
from coopkg.build.intake.columns import told
from coopkg.build.intake.findings import Finding
from coopkg.templates import Column
from coopkg.templates.vocabulary import Found

_SPACES: Final = re.compile(r"[\s\u00a0\u202f]")
_ERRORS: Final = {
    ("#ref!",): ("la cellule dont elle dépendait n’existe plus", "the cell it rested on is gone"),
    ("#n/a", "#na", "#n/d"): ("une valeur cherchée et non trouvée", "a value looked up, not found"),
    ("#div/0!",): ("une division par zéro", "a division by zero"),
    ("#name?", "#nom?"): ("une fonction mal écrite ou inconnue", "a function misspelt or unknown"),
    ("#value!", "#valeur!"): ("une valeur de la mauvaise sorte", "a value of the wrong kind"),
    ("#num!", "#nombre!"): ("un nombre impossible", "an impossible number"),
    ("#null!", "#nul!"): ("deux plages sans cellule commune", "two ranges without a common cell"),
    ("#spill!", "#propagation!", "#epars!", "#épars!"): (
        "un résultat qui n’a pas la place de s’étendre", "a result without room to spread"
    ),
    ("#calc!", "#calcul!", "#field!", "#champ!", "#blocked!", "#connect!", "#unknown!",
     "#getting_data"): ("un calcul qui n’a pas abouti", "a computation that did not succeed"),
}  # fmt: skip
_BY_TEXT: Final = {text: said for texts, said in _ERRORS.items() for text in texts}
_NUMBERED: Final = re.compile(r"err:\d+")
_CALC: Final = ("un calcul qui n’a pas abouti", "a computation that did not succeed")
_BETWEEN: Final = re.compile(r"\s*(?:[;,/|\n]|\s(?:et|and|&)\s)\s*")


def error(sheet: Sheet, cell: Cell, column: Column | None = None) -> Finding | None:
    """Return what a spreadsheet says in a cell instead of a value; None when it holds a value."""
    text = _SPACES.sub("", cell.text).casefold()
    why = _BY_TEXT.get(text) or (_CALC if _NUMBERED.fullmatch(text) else None)
    if why is None:
        return None
    return told(
        sheet, "cell-error", cell,
        f"« {cell.text} » est une erreur du tableur ({why[0]}), non une valeur : corriger la "
        "formule puis coller sa valeur, ou vider la cellule",
        f"“{cell.text}” is an error of the spreadsheet ({why[1]}), no value: mend the formula then "
        "paste its value, or empty the cell",
        cell.text, {"fr": "une valeur", "en": "a value"}, column=column,
    )  # fmt: skip


def surplus(sheet: Sheet) -> Iterator[Finding]:
    """Yield the rows that are longer than the headings: what they hold beyond would be lost."""
    width = len(sheet.rows[0])
    longer = [row for row in sheet.rows[1:] if len(row) > width]
    trailing = {len(row) for row in sheet.rows[1:]} == {width + 1} and len(longer) > 1
    if trailing and not any(row[width].text.strip() for row in longer):
        return  # every line ends with a separator
    for row in longer:
        held = [cell for cell in row[width:] if cell.text.strip()]
        if not (held or sheet.separator):
            continue
        at = held[0] if held else row[width]
        seen = " ".join(cell.text.strip() for cell in held)
        yield (_cut(sheet, row, at, seen) if sheet.separator else _beside(sheet, at, seen))


def _cut(sheet: Sheet, row: Sequence[Cell], at: Cell, seen: str) -> Finding:
    """Say that a line of a CSV has more cells than there are headings, and how to quote."""
    width, sign = len(sheet.rows[0]), {"\t": "tab"}.get(sheet.separator, sheet.separator)
    joined = _joined(row, sheet.separator)
    example = joined or f'"Centre{sheet.separator} de formation"'
    extra = (f" : « {seen} »", f": “{seen}”") if seen else ("", "")
    return told(
        sheet, "surplus-cell", at,
        f"cette ligne a {len(row)} cellules pour {width} titres{extra[0]} ; un texte qui contient "
        f"« {sign} » se met entre guillemets, {example} ; sinon, ôter ce qui est de trop",
        f"this line has {len(row)} cells for {width} headings{extra[1]}; a text that holds "
        f"“{sign}” goes between quotes, {example}; else take out what is too many",
        seen or sheet.separator.join(cell.text for cell in row),
        {"fr": f"{width} cellules", "en": f"{width} cells"}, joined,
    )  # fmt: skip


def _joined(row: Sequence[Cell], separator: str) -> str:
    """Return two cells as the one that they most likely were: the second begins with a space."""
    for before, after in pairwise(row):
        if before.text.strip() and after.text[:1] == " " and after.text.strip():
            whole = f"{before.text}{separator}{after.text}".replace('"', '""')
            return f'"{whole}"'
    return ""


def _beside(sheet: Sheet, at: Cell, seen: str) -> Finding:
    return told(
        sheet, "surplus-cell", at,
        f"« {seen} » est à droite de la dernière colonne qui a un titre : rien n’en serait lu ; "
        "donner un titre à sa colonne, ou vider la cellule",
        f"“{seen}” is to the right of the last column that has a heading: nothing of it would be "
        "read; give its column a heading, or empty the cell",
        seen, {"fr": "une cellule vide", "en": "an empty cell"},
    )  # fmt: skip


def several(
    sheet: Sheet, one: Column, cell: Cell, find: Callable[[str], Found], label: Callable[[str], str]
) -> Finding | None:
    """Return what is said of a cell that names several things; None when it does not.

    `find` is what a name stands for, `label` how a thing is named.
    """
    parts = [part for part in _BETWEEN.split(cell.text) if part]
    known = [find(part) for part in parts]
    if len(parts) < 2 or not any(found.iri for found in known):
        return None
    listed = ", ".join(parts)
    if not (one.field.several and one.separator):
        return told(
            sheet, "several-values", cell,
            f"« {cell.text} » : {len(parts)} valeurs ({listed}), et « {one.heading} » n’en prend "
            "qu’une : en garder une, ou faire une ligne pour chacune",
            f"“{cell.text}”: {len(parts)} values ({listed}), and “{one.heading}” takes one only: "
            "keep one, or make a row for each",
            cell.text, {"fr": "une seule valeur", "en": "one value only"}, column=one,
        )  # fmt: skip
    sign = f" {one.separator} "
    near = [found.iri or next(iter(found.nearest), "") for found in known]
    fix = sign.join(label(iri) for iri in near) if all(near) else ""
    missing = [part for part, found in zip(parts, known, strict=True) if not found.iri]
    rest = (
        (f" ; inconnu : {', '.join(missing)}", f"; unknown: {', '.join(missing)}")
        if missing
        else ("", "")
    )
    return told(
        sheet, "several-values", cell,
        f"« {cell.text} » : plusieurs valeurs ; « {one.heading} » les sépare par "
        f"« {one.separator} »{rest[0]}",
        f"“{cell.text}”: several values; “{one.heading}” puts “{one.separator}” between "
        f"them{rest[1]}",
        cell.text, dict.fromkeys(("fr", "en"), fix or sign.join(parts)), fix, one,
    )  # fmt: skip
