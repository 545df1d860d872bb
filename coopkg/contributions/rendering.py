"""The report of a contribution as files: text, CSV, SARIF, and a SHACL validation report.

A report is the JSON that the check keeps: see `coopkg.build.intake`. What partners wrote is data in
each of them: a cell never begins like a formula, and nothing holds a control character.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping
from typing import Any, Final

import pyoxigraph as ox

from coopkg.contributions.texts import neutral
from coopkg.terms import BASE, RDF_TYPE
from coopkg.typography import french

Report = Mapping[str, Any]

COLUMNS: Final = (
    ("severity", "gravité", "severity"),
    ("file", "fichier", "file"),
    ("line", "ligne", "line"),
    ("column", "colonne", "column"),
    ("cell", "cellule", "cell"),
    ("message", "ce qui ne va pas", "what is wrong"),
    ("seen", "valeur lue", "value seen"),
    ("expected", "attendu", "expected"),
    ("example", "exemple", "example"),
    ("fix", "proposition", "proposal"),
    ("rule", "règle", "rule"),
)
_SHACL: Final = "http://www.w3.org/ns/shacl#"
_SEVERITY: Final = {"violation": "Violation", "warning": "Warning", "info": "Info"}
_LEVEL: Final = {"violation": "error", "warning": "warning", "info": "note"}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def said(value: Any, lang: str) -> str:
    """Return a text that is one, or that is in both languages, or a number, as one text."""
    if isinstance(value, Mapping):
        value = value.get(lang) or next(iter(value.values()), "")
    return "" if value is None else neutral(str(value))


def place(finding: Mapping[str, Any], lang: str) -> str:
    """Return where a finding stands: its cell, or its line and column.

    >>> place({"cell": "Lieux!B7", "line": 7}, "fr"), place({"line": 3, "column": 9}, "en")
    ('Lieux!B7', 'line 3, column 9')
    """
    if cell := finding.get("cell"):
        return neutral(str(cell))
    words = {"fr": ("ligne", "colonne"), "en": ("line", "column")}[lang]
    parts = [
        f"{word} {finding[name]}"
        for word, name in zip(words, ("line", "column"), strict=True)
        if finding.get(name)
    ]
    return ", ".join(parts)


def text(report: Report, lang: str) -> str:
    """Return a report for a terminal."""
    lines = []
    for one in report.get("findings", ()):
        where = ", ".join(filter(None, (said(one.get("file"), lang), place(one, lang))))
        colon = french("x :")[1:] if lang == "fr" else ":"
        lines.append(f"{where}{colon} {said(one.get('message'), lang)}")
        for name, fr, en in COLUMNS[6:10]:
            if value := said(one.get(name), lang):
                lines.append(f"    {fr if lang == 'fr' else en}{colon} {value}")
    return "\n".join(lines) + ("\n" if lines else "")


def table(report: Report, lang: str) -> str:
    """Return a report as CSV, with the names of its columns in one language."""
    written = io.StringIO()
    rows = csv.writer(written, lineterminator="\r\n")
    rows.writerow([fr if lang == "fr" else en for _, fr, en in COLUMNS])
    for one in report.get("findings", ()):
        rows.writerow([_cell(said(one.get(name), lang)) for name, _, _ in COLUMNS])
    return "\ufeff" + written.getvalue()


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA) else value


def sarif(report: Report, lang: str) -> str:
    """Return a report as SARIF 2.1.0, which editors and forges show beside the lines."""
    found = list(report.get("findings", ()))
    rules = sorted({str(one.get("rule", "")) for one in found})
    run = {
        "tool": {"driver": {"name": "coopkg", "rules": [{"id": rule} for rule in rules]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, lang) for one in found],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    whole = {"$schema": schema, "version": "2.1.0", "runs": [run]}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _result(one: Mapping[str, Any], lang: str) -> dict[str, Any]:
    region: dict[str, int] = {}
    if one.get("line"):
        region["startLine"] = int(one["line"])
        if one.get("column"):
            region["startColumn"] = int(one["column"])
    where: dict[str, Any] = {"artifactLocation": {"uri": said(one.get("file"), lang) or "-"}}
    if region:
        where["region"] = region
    names = ("cell", "seen", "expected", "example", "fix")
    return {
        "ruleId": str(one.get("rule", "")),
        "level": _LEVEL.get(str(one.get("severity")), "error"),
        "message": {"text": said(one.get("message"), lang)},
        "locations": [{"physicalLocation": where}],
        "properties": {name: said(one[name], lang) for name in names if one.get(name)},
    }


def shacl(report: Report, _: str = "") -> str:
    """Return a report as a `sh:ValidationReport`, in Turtle, its messages in both languages."""
    node = ox.BlankNode("report")
    found = list(report.get("findings", ()))
    conforms = not any(one.get("severity") == "violation" for one in found)
    made = [
        ox.Triple(node, RDF_TYPE, _sh("ValidationReport")),
        ox.Triple(node, _sh("conforms"), ox.Literal(conforms)),
    ]
    for number, one in enumerate(found):
        result = ox.BlankNode(f"result{number}")
        made.append(ox.Triple(node, _sh("result"), result))
        made += _shacl_result(result, one)
    prefixes = {"sh": _SHACL}
    return (ox.serialize(made, format=ox.RdfFormat.TURTLE, prefixes=prefixes) or b"").decode()


def _shacl_result(result: ox.BlankNode, one: Mapping[str, Any]) -> list[ox.Triple]:
    severity = _SEVERITY.get(str(one.get("severity")), "Violation")
    focus = _node(one.get("node")) or ox.BlankNode(f"{result.value}focus")
    made = [
        ox.Triple(result, RDF_TYPE, _sh("ValidationResult")),
        ox.Triple(result, _sh("resultSeverity"), _sh(severity)),
        ox.Triple(result, _sh("focusNode"), focus),
        ox.Triple(result, _sh("sourceConstraintComponent"), _component(one)),
    ]
    message = one.get("message")
    for lang in ("fr", "en"):
        where = place(one, lang)
        words = ": ".join(filter(None, (where, said(message, lang))))
        made.append(ox.Triple(result, _sh("resultMessage"), ox.Literal(words, language=lang)))
    path = _node(one.get("property"))
    if path is not None:
        made.append(ox.Triple(result, _sh("resultPath"), path))
    if seen := one.get("value") or one.get("seen"):
        made.append(ox.Triple(result, _sh("value"), ox.Literal(neutral(str(seen)))))
    return made


def _component(one: Mapping[str, Any]) -> ox.NamedNode:
    """Return the component of SHACL that a rule is, or an address of ours that names the rule."""
    given = _node(one.get("component"))
    rule = "".join(c if c.isalnum() or c in "-_." else "-" for c in str(one.get("rule", "")))
    return given or ox.NamedNode(f"{BASE}rule/{rule or 'unknown'}")


def _node(value: Any) -> ox.NamedNode | None:
    try:
        return ox.NamedNode(str(value)) if value else None
    except ValueError:
        return None


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(_SHACL + name)


FORMATS: Final[Mapping[str, tuple[str, Callable[[Report, str], str]]]] = {
    "txt": ("text/plain; charset=utf-8", text),
    "csv": ("text/csv; charset=utf-8; header=present", table),
    "sarif": ("application/sarif+json", sarif),
    "ttl": ("text/turtle; charset=utf-8", shacl),
}
"""How a report may be written: its media type, and what writes it."""
