"""Cells as a page shows them: names beside IRIs, links that tell where they lead; rows in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from coopkg.errors import Lang
from coopkg.questions.binding import folded
from coopkg.serve.present import Names
from coopkg.serve.sparql.solutions import Cell, Row, Solutions
from coopkg.terms import BASE, LANGUAGES, compact

_SHORT: Final = 300  # letters of a literal before it is folded


@dataclass(frozen=True)
class Label:
    """The name of an IRI, and the language it is in when it is not the page's."""

    text: str
    lang: str = ""


@dataclass(frozen=True)
class Reader:
    """Who reads: a language, whether names are wanted, and the names when there are any."""

    lang: Lang
    names: Names | None = None
    labels: bool = True

    def label(self, iri: str) -> Label | None:
        """Return the name of an IRI; of the other language, and saying so, when this one lacks."""
        if not self.names:
            return None
        entry = self.names.labels.get(iri, {})
        for lang in (self.lang, *LANGUAGES):
            if text := entry.get(lang):
                return Label(str(text), "" if lang == self.lang else lang)
        return None

    def text(self, cell: Cell | None) -> str:
        """Return a cell as one line of text: what is sorted, filtered and drawn."""
        if cell is None:
            return ""
        if cell.kind == "uri":
            label = self.label(cell.value) if self.labels else None
            if not label:
                return compact(cell.value)
            return f"{label.text} ({label.lang})" if label.lang else label.text
        return f"_:{cell.value}" if cell.kind == "bnode" else cell.value

    def shown(self, cell: Cell | None) -> dict[str, Any]:
        """Return what the table draws of a cell."""
        if cell is None:
            return {"kind": "unbound"}
        if cell.kind == "uri":
            return self._iri(cell.value)
        if cell.kind == "literal":
            datatype = compact(cell.datatype) if cell.datatype and cell.number is None else ""
            return {
                "kind": "literal",
                "text": cell.value,
                "lang": cell.lang,
                "datatype": datatype,
                "number": cell.number is not None,
                "long": len(cell.value) > _SHORT,
            }
        return {"kind": cell.kind, "text": self.text(cell)}

    def _iri(self, iri: str) -> dict[str, Any]:
        href, local = self._href(iri), iri.startswith(BASE)
        return {
            "kind": "uri",
            "text": compact(iri),
            "label": self.label(iri) if self.labels else None,
            "href": href,
            "external": bool(href) and not local,
        }

    def _href(self, iri: str) -> str:
        """Return where an IRI leads: here when it is ours, outside for http(s), else nowhere."""
        if self.names:
            return self.names.href(iri)
        if iri.startswith(BASE):
            return "/" + iri[len(BASE) :]
        return iri if iri.startswith(("http://", "https://")) else ""


def matching(rows: Sequence[Row], words: str, reader: Reader) -> list[Row]:
    """Keep the rows in which every word is found: in a value, an IRI or a name."""
    wanted = folded(words).split()
    if not wanted:
        return list(rows)

    def said(row: Row) -> str:
        cells = [cell for cell in row if cell]
        return folded(" ".join(f"{cell.value} {reader.text(cell)}" for cell in cells))

    return [row for row in rows if all(word in text for text in (said(row),) for word in wanted)]


def ordered(found: Solutions, rows: Sequence[Row], sort: str, reader: Reader) -> list[Row]:
    """Sort rows by a column, `-name` downwards: numbers by value, texts without accents.

    What is unbound comes last both ways; an unknown column changes nothing.
    """
    name = sort.removeprefix("-")
    if name not in found.names:
        return list(rows)
    at = found.names.index(name)
    key = _key(at, reader)
    bound = [row for row in rows if row[at] is not None]
    rest = [row for row in rows if row[at] is None]
    return sorted(bound, key=key, reverse=sort.startswith("-")) + rest


def _key(at: int, reader: Reader) -> Callable[[Row], Any]:
    def key(row: Row) -> tuple[int, Any, str]:
        cell = row[at]
        assert cell is not None
        number = cell.number
        if number is not None:
            return (0, number, "")
        return (1, folded(reader.text(cell)), cell.value)

    return key
