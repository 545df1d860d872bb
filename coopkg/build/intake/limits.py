"""How much one upload may hold; each limit has a name, and a refusal tells it and what was seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from coopkg.build.intake.findings import Finding, same
from coopkg.contributions.job import Job

DEFAULTS: Final[Mapping[str, int]] = {
    "quads": 200_000,
    "literal": 100 << 10,
    "depth": 100,
    "columns": 200,
    "cells": 500_000,
    "sheets": 30,
    "unpacked": 64 << 20,
}
_WORDS: Final = {
    "quads": ("triplets", "triples", "couper l’envoi en plusieurs", "cut the upload in several"),
    "literal": (
        "octets de texte",
        "bytes of text",
        "donner l’adresse d’un document à la place",
        "give the address of a document instead",
    ),
    "depth": (
        "niveaux imbriqués",
        "nested levels",
        "donner une adresse à chaque chose au lieu de les imbriquer",
        "give each thing an address instead of nesting them",
    ),
    "columns": ("colonnes", "columns", "ôter les colonnes inutiles", "remove columns not needed"),
    "cells": ("cellules", "cells", "couper la feuille en plusieurs", "cut the sheet in several"),
    "sheets": ("feuilles", "sheets", "envoyer moins de feuilles", "send fewer sheets"),
    "unpacked": (
        "octets une fois décompressé",
        "bytes once unpacked",
        "enregistrer de nouveau, sans images",
        "save again, without pictures",
    ),
}


class LimitError(Exception):
    """An upload goes over a limit: nothing more of it is read."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message["en"])
        self.finding = finding


def limit(job: Job, name: str) -> int:
    """Return a limit of a job."""
    return int(job.limits.get(name, DEFAULTS[name]))


def over(job: Job, name: str, seen: int, at_least: bool = False) -> Finding:
    """Return what says that an upload goes over a limit."""
    fr, en, do, do_en = _WORDS[name]
    allowed = limit(job, name)
    number = f"{'≥ ' if at_least else ''}{seen}"
    return Finding(
        rule=f"limit-{name}",
        severity="violation",
        message={
            "fr": f"trop de {fr} : {number}, {allowed} au plus (limite « {name} ») ; {do}",
            "en": f"too many {en}: {number}, {allowed} at most (limit “{name}”); {do_en}",
        },
        seen=number,
        expected=same(f"≤ {allowed}"),
    )
