"""What is said of a sheet that comes back corrected, in words."""

from __future__ import annotations

from collections.abc import Sequence

from coopkg.build.intake.cells import Cell, Sheet
from coopkg.build.intake.findings import Finding, Spot, same
from coopkg.build.intake.marked import Marked, MarkedRow

SHOWN = 20
"""Names of rows that are gone, told in full; how many there are is always told."""


def unchanged() -> Finding:
    """Say that nothing was changed: there is nothing to send."""
    said = {
        "fr": "aucune cellule n’a changé depuis le téléchargement : rien n’a été envoyé",
        "en": "no cell has changed since the file was downloaded: nothing was sent",
    }
    expected = {"fr": "au moins une cellule corrigée", "en": "at least one cell corrected"}
    return Finding("unchanged", "violation", said, seen="0", expected=expected)


def foreign(one: Marked) -> Finding:
    """Say that a sheet is of a graph that this upload may not write."""
    graph = one.said.graph
    said = {
        "fr": f"la feuille « {one.sheet.name} » est celle d’un autre jeu de données <{graph}>",
        "en": f"the sheet “{one.sheet.name}” is that of another data set <{graph}>",
    }
    return Finding("graph", "violation", said, one.sheet.spot(1, 1), graph)


def double(one: Marked, first: MarkedRow, second: MarkedRow) -> Finding:
    """Say that a row was copied and kept its identifier."""
    name = second.name.text or second.thing
    return Finding(
        "double-row",
        "violation",
        {
            "fr": f"les lignes {first.line} et {second.line} sont deux copies de « {name} » : "
            "donner à la seconde un autre identifiant, ou l’effacer",
            "en": f"the rows {first.line} and {second.line} are two copies of “{name}”: give the "
            "second another identifier, or delete it",
        },
        one.sheet.spot(second.line, second.name.column),
        name,
        {"fr": "un autre identifiant", "en": "another identifier"},
    )


def same_identifier(sheet: Sheet, first: MarkedRow, second: MarkedRow) -> Finding:
    """Say that two rows bear one identifier."""
    return twice(sheet, second.name, first.line, second.name.text.strip(), is_named=True)


def twice(
    sheet: Sheet, cell: Cell, first: int, name: str, is_named: bool, beside: str = ""
) -> Finding:
    """Say that the row of a cell is a second one of a thing; `beside` is the sheet of the first."""
    what = (
        ("le même identifiant", "the same identifier")
        if is_named
        else ("le même nom", "the same name")
    )
    there = (f" de la feuille « {beside} »", f" of the sheet “{beside}”") if beside else ("", "")
    done = (
        ("un autre identifiant", "another identifier")
        if is_named
        else ("un identifiant à chacune", "an identifier to each")
    )
    return Finding(
        "double-row",
        "violation",
        {
            "fr": f"les lignes {first}{there[0]} et {cell.line} portent {what[0]}, « {name} » : "
            f"elles n’en feraient qu’une ; donner {done[0]}, ou effacer l’une des deux",
            "en": f"lines {first}{there[1]} and {cell.line} bear {what[1]}, “{name}”: they would "
            f"become one; give {done[1]}, or delete one of the two",
        },
        sheet.spot(cell.line, cell.column),
        name,
        {"fr": "un autre identifiant", "en": "another identifier"},
    )


def missing(one: Marked, labels: Sequence[str]) -> Finding:
    """Say which things have no row any more, and that nothing was removed."""
    listed = ", ".join(labels[:SHOWN]) + (f"… ({len(labels)})" if len(labels) > SHOWN else "")
    return Finding(
        "missing-row",
        "info",
        {
            "fr": f"sans ligne dans ce fichier : {listed} ; rien n’en est retiré : pour retirer "
            "une chose, écrire « oui » dans la colonne « À supprimer » de sa ligne",
            "en": f"without a row in this file: {listed}; nothing of it is removed: to remove a "
            "thing, write “yes” in the column “To remove” of its row",
        },
        one.sheet.spot(1, 1),
        str(len(labels)),
    )


def not_yes(one: Marked, cell: Cell) -> Finding:
    """Say that the column to remove takes yes or no."""
    return Finding(
        "not-boolean",
        "violation",
        {
            "fr": f"« {cell.text} » : écrire oui pour retirer cette chose, ou vider la case",
            "en": f"“{cell.text}”: write yes to remove this thing, or empty the cell",
        },
        one.sheet.spot(cell.line, cell.column),
        cell.text,
        {"fr": "oui ou rien", "en": "yes or nothing"},
    )


def cut(sheet: Sheet, cell: Cell) -> Finding:
    """Say that a text was too long for a cell, so that correcting it would lose its end."""
    return Finding(
        "cut-text",
        "violation",
        {
            "fr": "ce texte était trop long pour une cellule : il y a été coupé, et le corriger "
            "ici en perdrait la fin ; le corriger en Turtle ou en JSON-LD",
            "en": "this text was too long for a cell: it was cut, and correcting it here would "
            "lose its end; correct it in Turtle or JSON-LD",
        },
        sheet.spot(cell.line, cell.column),
        cell.text,
    )


def changed_since(one: Marked, cell: Cell, label: str, theirs: Sequence[str]) -> Finding:
    """Say that somebody has changed since what a cell would change, with both values."""
    mine = cell.text.strip()
    fr = " ; ".join(f"« {text} »" for text in theirs) or "(rien)"
    en = "; ".join(f"“{text}”" for text in theirs) or "(nothing)"
    where = f"« {label} »" if label else "cette chose"
    place = f"“{label}”" if label else "this thing"
    return Finding(
        "changed-since",
        "violation",
        {
            "fr": f"{where} a changé depuis le téléchargement (génération {one.said.generation}) : "
            f"vous écrivez {f'« {mine} »' if mine else '(rien)'}, les données disent maintenant "
            f"{fr} ; télécharger de nouveau, puis choisir",
            "en": f"{place} has changed since the download (generation {one.said.generation}): "
            f"you write {f'“{mine}”' if mine else '(nothing)'}, the data now say {en}; download "
            "again, then choose",
        },
        one.sheet.spot(cell.line, cell.column),
        mine,
        same(" ; ".join(theirs)),
    )


# --- Answers -------------------------------------------------------------------------------


def no_question(sheet: Sheet, slug: str) -> Finding:
    """Say that nobody knows which question a workbook answers."""
    said = {
        "fr": "la feuille « À propos » de ce classeur manque, ou sa question n’existe plus : "
        "télécharger la réponse de nouveau",
        "en": "the sheet “About” of this workbook is gone, or its question is no more: download "
        "the answer again",
    }
    return Finding("unknown-answer", "violation", said, sheet.spot(1, 1), slug)


def not_asked(sheet: Sheet, fr: str, en: str) -> Finding:
    """Say that the question cannot be asked again as it was."""
    said = {
        "fr": f"cette question ne peut plus être posée ainsi : {fr}",
        "en": f"this question cannot be asked so any more: {en}",
    }
    return Finding("unknown-answer", "violation", said, sheet.spot(1, 1))


def new_row(sheet: Sheet, line: int) -> Finding:
    """Say that an answer has no new rows."""
    said = {
        "fr": "une ligne ne s’ajoute pas à une réponse : remplir un modèle, ou « vos données »",
        "en": "no row is added to an answer: fill a template, or “your data”",
    }
    return Finding("new-row", "violation", said, sheet.spot(line, 1))


def two_ways(sheet: Sheet, cell: Cell, first: Spot) -> Finding:
    """Say that two cells correct one fact in two ways."""
    said = {
        "fr": f"cette cellule et {first.cell} sont le même fait, corrigé de deux façons",
        "en": f"this cell and {first.cell} are the same fact, corrected in two ways",
    }
    return Finding("two-ways", "violation", said, sheet.spot(cell.line, cell.column), cell.text)


def row_gone(sheet: Sheet, cell: Cell, generation: str, theirs: Sequence[str]) -> Finding:
    """Say that a row has changed since, with what the row like it says now."""
    fr = " ; ".join(f"« {text} »" for text in theirs) or "plus rien de tel"
    en = "; ".join(f"“{text}”" for text in theirs) or "nothing of the kind any more"
    said = {
        "fr": f"cette ligne a changé depuis le téléchargement (génération {generation}) : vous "
        f"écrivez « {cell.text} », la réponse dit maintenant {fr} ; la télécharger de nouveau",
        "en": f"this row has changed since the download (generation {generation}): you write "
        f"“{cell.text}”, the answer now says {en}; download it again",
    }
    place = sheet.spot(cell.line, cell.column)
    return Finding("changed-since", "violation", said, place, cell.text, same("; ".join(theirs)))
