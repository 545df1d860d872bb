"""The marks that a sheet carries so that it can be sent back: what each cell stood for.

A mark is two short hashes: of the term that the cell showed, and of how it showed it. A cell that
still shows the same was not changed, whatever program saved the file since.

Headings of hidden columns carry the rest, after the heading they belong to:

    Nom (français) [skos:prefLabel @fr]
    Repère de la ligne [coopkg-1 org:Organization graph/partner/tunis fr 12-0123456789ab]
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from coopkg.tables.characters import fitting, is_long
from coopkg.tables.shown import CUT, Form, fingerprint
from coopkg.terms import BASE, Term, compact, expand

VERSION: Final = "coopkg-1"
_ROW: Final = re.compile(
    rf"(?P<label>.*) \[{VERSION} (?P<kind>\S+) (?P<graph>\S+) (?P<lang>fr|en) (?P<made>\S+)\]"
)
_CELL: Final = re.compile(
    r"(?P<label>.+) \[(?P<link>[^\s\[\]]+) (?P<what>@[A-Za-z0-9-]+|\^\S+|iri)\]", re.DOTALL
)
_MARK: Final = re.compile(r"([0-9a-f]{16})\.([0-9a-f]{12})(\+?)")
NONE: Final = "-"


@dataclass(frozen=True)
class RowMark:
    """What the heading of the column of rows tells of its sheet; `kind` "" for no class."""

    kind: str
    graph: str
    lang: Literal["fr", "en"]
    generation: str


@dataclass(frozen=True)
class Mark:
    """What a cell stood for: hashes of its term and of how it was shown."""

    term: str
    shown: str
    is_cut: bool = False

    def __str__(self) -> str:
        return f"{self.term}.{self.shown}{CUT if self.is_cut else ''}"


def mark(term: Term, form: Form, value: Any) -> Mark:
    """Return the mark of a cell that shows a term as a value, whole or as `fitting` cuts it."""
    is_cut = isinstance(value, str) and is_long(value)
    shown = fitting(value) if isinstance(value, str) else value
    return Mark(identity(term), fingerprint(form, shown), is_cut)


def read(text: str) -> Mark | None:
    """Return the mark that a text is, None when it is none."""
    found = _MARK.fullmatch(text.strip())
    return Mark(found[1], found[2], bool(found[3])) if found else None


def identity(term: Term) -> str:
    """Return what names a term in a mark."""
    return hashlib.sha256(str(term).encode()).hexdigest()[:16]


# --- Headings ------------------------------------------------------------------------------


def row_heading(label: str, said: RowMark) -> str:
    """Write the heading of the hidden column that names the thing of each row."""
    kind = compact(said.kind) if said.kind else NONE
    graph = said.graph.removeprefix(BASE)
    return f"{label} [{VERSION} {kind} {graph} {said.lang} {said.generation}]"


def row_mark(heading: str) -> RowMark | None:
    """Read what `row_heading` wrote; None for any other heading."""
    found = _ROW.fullmatch(heading.strip())
    if found is None:
        return None
    graph = found["graph"] if "://" in found["graph"] else BASE + found["graph"]
    try:
        kind = "" if found["kind"] == NONE else expand(found["kind"]).value
    except ValueError:
        return None
    return RowMark(kind, graph, "en" if found["lang"] == "en" else "fr", found["made"])


def cell_heading(label: str, link: str, what: str) -> str:
    """Write the heading of the hidden column that holds the marks of another one."""
    return f"{label} [{compact(link)} {what}]"


def cell_mark(heading: str) -> tuple[str, str, str] | None:
    """Return the label, property and kind that `cell_heading` wrote; None for another heading."""
    found = _CELL.fullmatch(heading.strip())
    try:
        return (found["label"], expand(found["link"]).value, found["what"]) if found else None
    except ValueError:
        return None


def apart(labels: Sequence[str]) -> list[str]:
    """Return headings no two of which are the same: the second has its number beside."""
    seen: dict[str, int] = {}
    found = []
    for label in labels:
        seen[label] = seen.get(label, 0) + 1
        found.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return found
