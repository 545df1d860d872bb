"""The headings of a sheet: which column each is, and what is odd about them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from coopkg.build.intake.cells import Cell, Sheet
from coopkg.build.intake.findings import Finding, same
from coopkg.templates import Column
from coopkg.templates import Mapping as Columns
from coopkg.templates.mapping import headings
from coopkg.templates.vocabulary import key


def places(
    sheet: Sheet, mapping: Columns, is_own: bool = False
) -> tuple[dict[str, int], list[Finding]]:
    """Return where each column of a mapping stands, and what is odd in the headings.

    `is_own` tells that the mapping is the partner's, not that of a template.
    """
    wanted = {key(name): name for name in headings(mapping)}
    wanted |= {key(one.field.name): one.heading for one in mapping.columns}
    found: dict[str, int] = {}
    odd: list[Finding] = []
    for place, cell in enumerate(sheet.rows[0]):
        name = wanted.get(key(cell.text))
        if name is not None and name in found:
            odd.append(_twice(sheet, cell))
        elif name is not None:
            found[name] = place
    missing = [name for name in headings(mapping) if name not in found]
    for place, cell in enumerate(sheet.rows[0]):
        if place not in found.values() and key(cell.text) not in wanted:
            odd += _unknown(sheet, cell, missing, found, mapping, is_own)
    return found, [*odd, *_missing(sheet, mapping, found)]


def _unknown(
    sheet: Sheet,
    cell: Cell,
    missing: list[str],
    found: dict[str, int],
    mapping: Columns,
    is_own: bool,
) -> Iterator[Finding]:
    """Yield what is said of a column that is none of the mapping; one near to a name is read so."""
    if not cell.text.strip():
        if _holds(sheet, cell.column):
            yield _unnamed(sheet, cell, missing)
    elif key(cell.text) in {key(one) for one in mapping.ignored}:
        yield _left_out(sheet, cell)
    elif near := get_close_matches(key(cell.text), [key(n) for n in missing], n=1, cutoff=0.6):
        name = next(one for one in missing if key(one) == near[0])
        missing.remove(name)
        found[name] = cell.column - 1
        yield _misnamed(sheet, cell, name)
    else:
        yield _not_read(sheet, cell, missing, is_own)


def _holds(sheet: Sheet, column: int) -> bool:
    return any(column <= len(row) and row[column - 1].text.strip() for row in sheet.rows[1:])


def _twice(sheet: Sheet, cell: Cell) -> Finding:
    return told(
        sheet, "double-column", cell, f"la colonne « {cell.text} » est là deux fois",
        f"the column “{cell.text}” is there twice", cell.text,
        {"fr": "une seule colonne de ce nom", "en": "one column of that name"},
    )  # fmt: skip


def _unnamed(sheet: Sheet, cell: Cell, missing: list[str]) -> Finding:
    return told(
        sheet, "unnamed-column", cell, "une colonne qui contient des valeurs n’a pas de titre",
        "a column that holds values has no heading", "", same(", ".join(missing) or "…"),
    )  # fmt: skip


def _left_out(sheet: Sheet, cell: Cell) -> Finding:
    return told(
        sheet, "ignored-column", cell,
        f"la colonne « {cell.text} » n’est pas lue : vous l’avez laissée de côté",
        f"the column “{cell.text}” is not read: you left it out", cell.text, severity="info",
    )  # fmt: skip


def _misnamed(sheet: Sheet, cell: Cell, name: str) -> Finding:
    return told(
        sheet, "misnamed-column", cell,
        f"la colonne « {cell.text} » n’est pas connue ; vouliez-vous écrire « {name} » ?",
        f"the column “{cell.text}” is not known; did you mean “{name}”?", cell.text, same(name),
        name,
    )  # fmt: skip


def _not_read(sheet: Sheet, cell: Cell, missing: list[str], is_own: bool) -> Finding:
    fr, en = (
        ("cette correspondance n’en dit rien", "this mapping says nothing of it")
        if is_own
        else ("ce modèle ne la connaît pas", "this template does not know it")
    )
    return told(
        sheet, "unknown-column", cell, f"la colonne « {cell.text} » n’est pas lue : {fr}",
        f"the column “{cell.text}” is not read: {en}", cell.text,
        same(", ".join(missing) or "—"), severity="warning",
    )  # fmt: skip


def _missing(sheet: Sheet, mapping: Columns, found: Mapping[str, int]) -> Iterator[Finding]:
    heads = sheet.rows[0]
    for one in mapping.columns:
        if one.field.required and one.heading not in found:
            at = Cell("", heads[-1].line, heads[-1].column + 1)
            yield told(
                sheet, "missing-column", at, f"il manque la colonne « {one.heading} », obligatoire",
                f"the column “{one.heading}” is missing; it is required",
                ", ".join(cell.text for cell in heads), same(one.heading), one.heading,
            )  # fmt: skip


def told(
    sheet: Sheet,
    rule: str,
    cell: Cell,
    fr: str,
    en: str,
    seen: str,
    expected: Mapping[str, str] | None = None,
    fix: str = "",
    column: Column | None = None,
    severity: str = "violation",
    example: str = "",
) -> Finding:
    """Return a finding at a cell; `column` is the one that the cell is of.

    An `example` shows what is meant, and is never proposed as what to write.
    """
    return Finding(
        rule,
        severity,  # type: ignore[arg-type]
        {"fr": fr, "en": en},
        sheet.spot(cell.line, cell.column),
        seen,
        expected or {},
        example=example or fix,
        fix=fix,
        link=column.field.path[-1].removeprefix("^") if column else "",
        path={lang: column.field.label[lang] for lang in ("fr", "en")} if column else {},
    )
