"""Sheets that were downloaded and come back: which they are, and what is not read of a file.

Nothing is passed over without a word: a sheet whose marks are gone, a sheet that is none of ours,
lines put above the headings, cells that were merged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from coopkg.build.intake import answered, corrected_answers, corrections, marked
from coopkg.build.intake.cells import Cell, Sheet
from coopkg.build.intake.findings import NOWHERE, Finding
from coopkg.build.intake.ground import Ground
from coopkg.build.intake.reading import Read
from coopkg.contributions.job import Job
from coopkg.roundtrip.own import REMOVE
from coopkg.roundtrip.writing import NAMES
from coopkg.templates import Vocabulary
from coopkg.templates.vocabulary import key

ABOVE: Final = 20
"""Lines among which headings are looked for, when the first is none."""
_OURS: Final = frozenset(name for names in NAMES.values() for name in names)
_LAST: Final = re.compile(r":[A-Z]+(\d+)$")

IsTable = Callable[[Sheet], bool]
"""Tells whether a sheet has headings that we know."""


def from_headings(sheet: Sheet, is_known: IsTable) -> Sheet:
    """Return a sheet from its headings on, when they stand below something else; else as it is."""
    for number in range(min(len(sheet.rows), ABOVE)):
        below = replace(sheet, rows=sheet.rows[number:]) if number else sheet
        if is_known(below):
            return below
    return sheet


def above(sheet: Sheet, below: Sheet) -> Iterator[Finding]:
    """Say that what stands above the headings is not read."""
    if sheet.rows and below.rows[0] is not sheet.rows[0]:
        at, first = below.rows[0][0].line, sheet.rows[0][0]
        yield Finding(
            "rows-above",
            "warning",
            {
                "fr": f"les titres des colonnes semblent être à la ligne {at} : ce qui est "
                "au-dessus n’est pas lu",
                "en": f"the headings of the columns seem to be on line {at}: what is above them "
                "is not read",
            },
            sheet.spot(first.line, first.column),
            seen=next((cell.text for cell in sheet.rows[0] if cell.text.strip()), ""),
            expected={"fr": "les titres à la première ligne", "en": "headings on the first line"},
        )


def read(
    job: Job,
    sheets: Sequence[Sheet],
    odd: Sequence[Finding],
    ground: Ground,
    vocabulary: Vocabulary,
    is_known: IsTable,
) -> Read | None:
    """Return what sheets that were downloaded correct, None when there are none.

    `odd` is what was found in opening the file.
    """
    for is_ours in (marked.is_marked, answered.is_answer):
        pairs = [(one, from_headings(one, is_ours)) for one in sheets]
        back = [below for _, below in pairs if is_ours(below)]
        if not back:
            continue
        rest = [one for one, below in pairs if not is_ours(below)]
        asked = answered.asking_of(sheets)
        told = [*_merged(odd, back), *_passed_over(rest, is_known)]
        told += [found for one, below in pairs if is_ours(below) for found in above(one, below)]
        if is_ours is marked.is_marked:
            made = corrections.read(job, back, ground, vocabulary)
        else:
            made = corrected_answers.read(job, back, asked, ground, vocabulary)
        return _with(made, told)
    lost = [one for one in sheets if _had_marks(one)]
    if not lost:
        return None
    return _with(Read((), lambda *_: NOWHERE, is_table=True), [*odd, *map(_lost, lost)])


def _with(made: Read, told: Sequence[Finding]) -> Read:
    """Add what is told of the file; one that is refused for it is not called unchanged too."""
    refused = any(one.severity == "violation" for one in told)
    kept = [one for one in made.odd if not (refused and one.rule == "unchanged")]
    return replace(made, odd=(*kept, *told))


def _merged(odd: Iterable[Finding], back: Sequence[Sheet]) -> Iterator[Finding]:
    """Refuse merged cells below the headings: the others seem emptied, and would take away."""
    first = {one.name: one.rows[0][0].line for one in back}
    for one in odd:
        last = _LAST.search(one.seen)
        name = one.spot.cell.rpartition("!")[0]
        if one.rule != "merged-cells" or not last or int(last[1]) < first.get(name, 1 << 30):
            yield one
            continue
        yield replace(
            one,
            severity="violation",
            message={
                "fr": f"les cellules {one.seen} sont fusionnées : toutes sauf la première semblent "
                "vidées ; rien n’en est retiré : les défusionner, et y remettre leurs valeurs",
                "en": f"the cells {one.seen} are merged: all but the first seem emptied; nothing "
                "of them is removed: unmerge them, and put their values back",
            },
        )


def _passed_over(sheets: Iterable[Sheet], is_known: IsTable) -> Iterator[Finding]:
    for one in sheets:
        if _had_marks(one) or is_known(from_headings(one, is_known)):
            yield _lost(one)
        elif one.name not in _OURS and answered.asking_of([one]) is None:
            yield not_read(one)


def _had_marks(sheet: Sheet) -> bool:
    """Tell whether a sheet is one of a partner's data, though without its marks."""
    names = {key(one) for one in REMOVE.values()}
    return any(names & {key(cell.text) for cell in row} for row in sheet.rows[:ABOVE])


def _lost(sheet: Sheet) -> Finding:
    """Say that a sheet cannot be compared with what went out, so that nothing of it is read."""
    fr, en = (
        (f"la feuille « {sheet.name} »", f"the sheet “{sheet.name}”")
        if sheet.name
        else ("ce fichier", "this file")
    )
    at = sheet.rows[0][0] if sheet.rows else Cell("", 1, 1)
    return Finding(
        "lost-marks",
        "violation",
        {
            "fr": f"{fr} ne peut plus être comparé{'e' if sheet.name else ''} à ce qui a été "
            "téléchargé : ses colonnes de repères, à droite, n’y sont plus ; rien n’en a été lu. "
            "Télécharger vos données de nouveau, et y reporter les corrections",
            "en": f"{en} can no longer be compared with what was downloaded: its columns of "
            "marks, on the right, are gone; nothing of it was read. Download your data again, "
            "and make the corrections there",
        },
        sheet.spot(at.line, at.column),
        seen=sheet.name,
        expected={
            "fr": "le fichier téléchargé, avec toutes ses colonnes",
            "en": "the file downloaded, with all its columns",
        },
    )


def not_read(sheet: Sheet) -> Finding:
    """Say that a sheet which is none of ours is not read."""
    return Finding(
        "ignored-sheet",
        "warning",
        {
            "fr": f"la feuille « {sheet.name} » n’est pas lue : ses titres ne sont ceux d’aucun "
            "modèle",
            "en": f"the sheet “{sheet.name}” is not read: its headings are those of no template",
        },
        sheet.spot(1, 1),
        sheet.name,
    )
