"""Cells, tables, sources and addresses of answers, as pages show them: no I/O, no Flask."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlencode

from pyoxigraph import Literal, NamedNode

from coopkg.answers import Answer, Why, reasons
from coopkg.answers.catalogue import literal_words
from coopkg.answers.parts import NO_OBJECT, Part
from coopkg.errors import Lang
from coopkg.questions.fields import HEADER
from coopkg.serve import present
from coopkg.terms import BASE
from coopkg.typography import headed, is_symbol, measured

# A complete answer needs no word about its status; every other state says its name first.
STATUS: Final = {
    "empty": ("Aucun résultat", "No result"),
    "not-stated": ("La source ne le dit pas", "The source does not say"),
    "truncated": ("Réponse tronquée", "Answer cut short"),
}
SUFFIXES: Final = ("csv", "json", "ttl", "rq")


def cell(
    value: Mapping[str, Any] | None, names: present.Names, is_number: bool, unit: str = ""
) -> dict[str, Any]:
    """Return one cell: text, link, marks; an absent value is shown as a dash."""
    if value is None:
        return {"text": "–", "href": "", "number": is_number}
    shown = {"number": is_number, "href": ""}
    if value["type"] == "uri":
        text = value["label"][names.lang]
        shown |= {"text": text, "href": names.href(value["value"])}
    else:
        datatype = value.get("datatype")
        term = (
            Literal(value["value"], datatype=NamedNode(datatype))
            if datatype
            else Literal(value["value"])
        )
        shown["text"] = measured(literal_words(term, names.lang), unit, names.lang)
        given = value.get("xml:lang", names.lang)
        shown["lang"] = given if given != names.lang else ""
    return {**shown, "inferred": value.get("inferred"), "derived": value.get("derived")}


def table(
    columns: Sequence[Mapping[str, Any]],
    rows: Iterable[Mapping[str, Any]],
    names: present.Names,
    caption: str,
    why: Callable[[int], str] = lambda number: "",
    numbers: Iterable[int] | None = None,
    chosen: Container[str] = (),
    never: Sequence[Container[str]] | None = None,
) -> dict[str, Any]:
    """Return a table ready to draw; `numbers` are those of its rows in the answer, from 1.

    A column whose value was chosen is the same in every row: it is left out. `never` are, for each
    row, the columns that do not apply to it.
    """
    columns = [one for one in columns if one["name"] not in chosen] or columns
    numeric = {column["name"] for column in columns if column["kind"] in {"integer", "decimal"}}
    units = {one["name"]: one["unit"][names.lang] for one in columns if one.get("unit")}
    drawn: list[dict[str, Any]] = []
    for number, row in zip(itertools.count(1) if numbers is None else numbers, rows, strict=False):
        cells = [
            cell(row.get(c["name"]), names, c["name"] in numeric, units.get(c["name"], ""))
            for c in columns
        ]
        for place, column in enumerate(columns):
            if never is not None and column["name"] in never[len(drawn)]:
                cells[place] |= {"text": NO_OBJECT[names.lang], "never": True}
        drawn.append({"cells": cells, "why": why(number), "name": cells[0]["text"]})
    return {
        "caption": caption,
        "rows": drawn,
        "columns": [
            {
                "name": column["name"],
                "label": _heading(column["label"][names.lang], units.get(column["name"], "")),
                "number": column["name"] in numeric,
            }
            for column in columns
        ],
    }


def _heading(label: str, unit: str) -> str:
    """Return the heading of a column; a symbol stands beside each number instead."""
    return label if is_symbol(unit) else headed(label, unit)


def sources(
    entries: Iterable[Mapping[str, Any]], names: present.Names
) -> list[list[dict[str, Any]]]:
    """Return the places that are read, each with what it writes, then what it implies."""
    places: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for one in entries:
        places.setdefault(reasons.place(one), []).append(source(one, names))
    return list(places.values())


def source(entry: Mapping[str, Any], names: present.Names) -> dict[str, Any]:
    """Return a source as a link with the words quoted and its nature."""
    mode = f"{BASE}scheme/assertion-mode/{entry['mode']}"
    return {
        "href": names.href(entry["passage"]),
        "iri": entry["passage"],
        "name": entry["label"][names.lang],
        "quotations": entry["quotations"],
        "mode": names.text(mode) if entry["mode"] else present.layer(entry["layer"], names.lang),
    }


def address(answer: Answer, short: Mapping[str, str], end: str = "", **more: Any) -> str:
    """Return the address of a question with other choices; what was asked without stays so.

    A value of `more` may be a list.
    """
    off = {} if answer.inference else {"inference": "off"}
    query = urlencode({**short, **off, **more}, doseq=True)
    return f"/questions/{answer.question}{end}" + (f"?{query}" if query else "")


def links(answer: Answer, lang: Lang = "fr", part: Part | None = None) -> dict[str, str]:
    """Return the addresses of the same answer in each format; `excel` is the CSV of a spreadsheet.

    Those of a part hold its rows only, in its order.

    What people read in a spreadsheet is in one language.
    """

    def at(suffix: str, **more: str) -> str:
        kept = part.query() if part else {}
        return "/api" + address(answer, answer.parameters, f".{suffix}", **kept, **more)

    return {
        **{suffix: at(suffix) for suffix in SUFFIXES},
        "xlsx": at("xlsx", lang=lang),
        "excel": at("csv", format="excel", lang=lang),
    }


def plain_query(text: str) -> str:
    r"""Return a query without the `#+` lines that describe it: what there is to read and to run.

    >>> plain_query("#+ title.fr = '?'\n\nASK {}\n")
    'ASK {}'
    """
    return "\n".join(line for line in text.splitlines() if not line.startswith(HEADER)).strip()


def gap_words(gaps: Iterable[Mapping[str, Any]], lang: Lang) -> list[str]:
    """Return why the source does not say, one sentence a gap."""
    found = []
    for gap in gaps:
        text = gap.get("text", {}).get(lang)
        reason = gap.get("reason", {}).get("label", {}).get(lang)
        found += [text or reason] if text or reason else []
    return list(dict.fromkeys(found))


def count(rows: int, lang: Lang) -> str:
    """Return a number of rows in words.

    >>> count(0, "fr"), count(0, "en")
    ('0 ligne', '0 rows')
    """
    if lang == "fr":
        return f"{rows} {'ligne' if rows < 2 else 'lignes'}"
    return f"{rows} {'row' if rows == 1 else 'rows'}"


def row_text(why: Why, names: present.Names) -> str:
    """Return a row as one line: each column and its value."""
    said = []
    for column in why.columns:
        value = why.row.get(column["name"])
        if value is not None:
            colon = "\u00a0: " if names.lang == "fr" else ": "
            unit = column["unit"][names.lang] if column.get("unit") else ""
            text = cell(value, names, False, unit)["text"]
            said.append(f"{column['label'][names.lang]}{colon}{text}")
    return "; ".join(said) if names.lang == "en" else "\u00a0; ".join(said)
