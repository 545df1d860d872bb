"""What is said of a name that nothing bears, or that several things bear."""

from __future__ import annotations

from collections.abc import Callable

from coopkg.build.intake.cells import Cell, Sheet
from coopkg.build.intake.columns import told
from coopkg.build.intake.findings import Finding, same
from coopkg.templates import Column
from coopkg.templates.vocabulary import Found

Label = Callable[[str, str], str]
"""The label of a thing in a language."""


def ambiguous(sheet: Sheet, one: Column, cell: Cell, found: Found, label: Label) -> Finding:
    """Say that a name is that of several things, with their addresses."""
    listed = {
        lang: " ; ".join(f"{label(iri, lang)} <{iri}>" for iri in found.several)
        for lang in ("fr", "en")
    }
    return told(
        sheet, "ambiguous-name", cell,
        f"« {cell.text} » désigne plusieurs choses : {listed['fr']} ; écrire l’adresse voulue",
        f"“{cell.text}” names several things: {listed['en']}; write the address you mean",
        cell.text, listed, found.several[0], one,
    )  # fmt: skip


def name(
    sheet: Sheet, one: Column, cell: Cell, found: Found, label: Label, lang: str, example: str
) -> Finding:
    """Say that a name is not known, with the nearest ones."""
    near = {
        "fr": ", ".join(f"« {label(iri, 'fr')} »" for iri in found.nearest),
        "en": ", ".join(f"“{label(iri, 'en')}”" for iri in found.nearest),
    }
    hint = (
        (f" ; les plus proches : {near['fr']}", f"; the nearest: {near['en']}")
        if found.nearest
        else (" ; choisir dans la liste du modèle", "; choose in the list of the template")
    )
    fix = label(found.nearest[0], lang) if found.nearest else ""
    if one.field.path[0].startswith("^"):
        fix = ""
        hint = (
            " ; c’est une chose à vous : la décrire dans une autre feuille de ce fichier, ou dans "
            "un envoi précédent",
            "; it is a thing of yours: describe it in another sheet of this file, or in what you "
            "sent before",
        )
    return told(
        sheet, "unknown-name", cell,
        f"« {cell.text} » n’est pas un nom connu pour « {one.heading} »{hint[0]}",
        f"“{cell.text}” is not a known name for “{one.heading}”{hint[1]}",
        cell.text, near if found.nearest and fix else same(example), fix, one,
    )  # fmt: skip
