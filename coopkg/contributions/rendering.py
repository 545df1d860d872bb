"""The report of a contribution as people and programs read it: text, CSV, SARIF, SHACL.

A report is the JSON that the checker wrote (`coopkg.build.intake.findings.report`). What it shows
of an upload was made harmless when it was written; a spreadsheet is also kept from computing it.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers.tables import BYTE_ORDER_MARK, harmless
from coopkg.errors import Lang
from coopkg.terms import BASE, LANGUAGES, PREFIXES, RDF_TYPE
from coopkg.typography import french

Report = Mapping[str, Any]
PLACES: Final = 8
"""Places that a text shows under one cause; the other forms show all."""
RULES: Final = BASE + "rule/"
_LEVELS: Final = {"violation": "error", "warning": "warning", "info": "note"}
_WORDS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "fr": {
        "violation": ("erreur à corriger", "erreurs à corriger"),
        "warning": ("avertissement", "avertissements"),
        "info": ("remarque", "remarques"),
    },
    "en": {
        "violation": ("error to mend", "errors to mend"),
        "warning": ("warning", "warnings"),
        "info": ("remark", "remarks"),
    },
}
_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "fr": (
        "Gravité", "Fichier", "Ligne", "Colonne", "Cellule", "Règle", "Sujet", "Propriété", "Vu",
        "Attendu", "Exemple", "Correction proposée", "Message",
    ),
    "en": (
        "Severity", "File", "Line", "Column", "Cell", "Rule", "Subject", "Property", "Seen",
        "Expected", "Example", "Proposed correction", "Message",
    ),
}  # fmt: skip
_LABELS: Final[Mapping[str, Mapping[str, str]]] = {
    "fr": {
        "seen": "vu", "expected": "attendu", "example": "exemple", "fix": "écrire",
        "more": "… et {} autres endroits", "cut": "seules les {} premières sont dites",
    },
    "en": {
        "seen": "seen", "expected": "expected", "example": "example", "fix": "write",
        "more": "… and {} more places", "cut": "only the first {} are told",
    },
}  # fmt: skip
_SUMMARY: Final[Mapping[str, Mapping[bool, str]]] = {
    "fr": {True: "Le fichier peut être accepté", False: "Le fichier ne peut pas être accepté"},
    "en": {True: "The file can be accepted", False: "The file cannot be accepted"},
}
_NOTHING: Final = {"fr": "rien à signaler", "en": "nothing to report"}


_KEYS: Final = (
    "rule", "severity", "file", "line", "column", "cell", "node", "property", "value", "seen",
    "example", "fix",
)  # fmt: skip


def whole(report: Report) -> dict[str, Any]:
    """Return a report with nothing missing: a check that did not end writes less."""
    findings = []
    for given in report.get("findings", ()):
        one: dict[str, Any] = {**dict.fromkeys(_KEYS, ""), **given}
        one["severity"] = given.get("severity", "violation")
        for name in ("message", "expected", "subject", "path"):
            said = given.get(name) or {}
            one[name] = said if isinstance(said, Mapping) else {"fr": said, "en": said}
        one["message"] = {lang: one["message"].get(lang, one["rule"]) for lang in LANGUAGES}
        findings.append(one)
    numbers = [one["severity"] for one in findings]
    groups = [{"findings": [number]} for number in range(len(findings))]
    return {
        "counts": {name: numbers.count(name) for name in _LEVELS},
        "conforms": "violation" not in numbers,
        "groups": groups,
        "cut": False,
        **report,
        "findings": findings,
    }


def place(finding: Mapping[str, Any]) -> str:
    """Return where a fault is, as `file:line:column`, or `file Feuille!B7`.

    >>> place({"file": "a.ttl", "line": 3, "column": 7, "cell": ""})
    'a.ttl:3:7'
    """
    if finding["cell"]:
        return f"{finding['file']} {finding['cell']}"
    numbers = [str(finding[name]) for name in ("line", "column") if finding[name]]
    return ":".join([finding["file"], *numbers])


def summary(report: Report, lang: Lang) -> str:
    """Return one sentence: whether the file can be accepted, and how much there is to mend."""
    said = [
        f"{number} {_WORDS[lang][severity][number > 1]}"
        for severity, number in report["counts"].items()
        if number
    ]
    text = f"{_SUMMARY[lang][report['conforms']]} : {', '.join(said) or _NOTHING[lang]}."
    return french(text) if lang == "fr" else text.replace(" : ", ": ")


def text(report: Report, lang: Lang) -> str:
    """Write a report for people, in one language, grouped by cause."""
    report = whole(report)
    findings = report["findings"]
    blocks = [summary(report, lang)]
    blocks += [
        "\n".join(_group([findings[number] for number in group["findings"]], lang))
        for group in report["groups"]
    ]
    if report["cut"]:
        blocks.append(_LABELS[lang]["cut"].format(len(findings)))
    return "\n\n".join(blocks) + "\n"


def _group(group: list[Mapping[str, Any]], lang: Lang) -> Iterator[str]:
    first, words = group[0], _LABELS[lang]
    times = f" (× {len(group)})" if len(group) > 1 else ""
    yield f"{_WORDS[lang][first['severity']][0]}, {first['rule']}{times}"
    for one in group[:PLACES]:
        yield f"  {place(one)}"
        yield f"    {one['message'][lang]}"
        colon = "\u00a0: " if lang == "fr" else ": "
        shown = {
            "seen": one["seen"],
            "expected": one["expected"].get(lang, ""),
            "example": one["example"] if one["example"] != one["fix"] else "",
            "fix": one["fix"],
        }
        yield from (f"    {words[name]}{colon}{value}" for name, value in shown.items() if value)
    if len(group) > PLACES:
        yield f"  {words['more'].format(len(group) - PLACES)}"


def csv_text(report: Report, lang: Lang) -> str:
    """Write a report as a spreadsheet set to a language opens it: one line for each finding."""
    report = whole(report)
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";" if lang == "fr" else ",", lineterminator="\r\n")
    writer.writerow(_HEADINGS[lang])
    for one in report["findings"]:
        row = [
            _WORDS[lang][one["severity"]][0],
            one["file"],
            one["line"] or "",
            one["column"] or "",
            one["cell"],
            one["rule"],
            one["subject"].get(lang) or one["node"],
            one["path"].get(lang) or one["property"],
            one["seen"],
            one["expected"].get(lang, ""),
            one["example"],
            one["fix"],
            one["message"][lang],
        ]
        writer.writerow([harmless(value) if isinstance(value, str) else value for value in row])
    return BYTE_ORDER_MARK + written.getvalue()


def json_text(report: Report) -> str:
    """Write a report as it is kept: both languages."""
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def sarif(report: Report, lang: Lang) -> str:
    """Write a report as SARIF 2.1.0, which editors and code hosts show beside the lines."""
    report = whole(report)
    rules = sorted({one["rule"] for one in report["findings"]})
    run = {
        "tool": {
            "driver": {
                "name": "coopkg check",
                "language": lang,
                "rules": [{"id": rule} for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, lang, rules.index(one["rule"])) for one in report["findings"]],
    }
    document = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [run],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def _result(one: Mapping[str, Any], lang: Lang, number: int) -> dict[str, Any]:
    region = {"startLine": one["line"] or 1}
    if one["column"]:
        region["startColumn"] = one["column"]
    where: dict[str, Any] = {
        "physicalLocation": {"artifactLocation": {"uri": one["file"]}, "region": region}
    }
    if one["cell"]:
        where["logicalLocations"] = [{"name": one["cell"], "kind": "member"}]
    said = {
        "seen": one["seen"],
        "expected": one["expected"].get(lang, ""),
        "example": one["example"],
        "fix": one["fix"],
    }
    return {
        "ruleId": one["rule"],
        "ruleIndex": number,
        "level": _LEVELS[one["severity"]],
        "message": {"text": one["message"][lang]},
        "locations": [where],
        "properties": {name: value for name, value in said.items() if value},
    }


def turtle(report: Report) -> str:
    """Write a report as a `sh:ValidationReport`, messages in both languages."""
    report = whole(report)
    used = {name: PREFIXES[name] for name in ("sh", "coop", "coopsh", "rdf", "xsd")}
    written = ox.serialize(_triples(report), format=ox.RdfFormat.TURTLE, prefixes=used)
    assert written is not None
    return written.decode()


def _triples(report: Report) -> Iterator[ox.Triple]:
    root = ox.BlankNode("report")
    # SHACL, section 3.6.1: true only when there is no result at all, warnings included.
    boolean = ox.NamedNode(PREFIXES["xsd"] + "boolean")
    conforms = ox.Literal(str(not report["findings"]).lower(), datatype=boolean)
    yield ox.Triple(root, RDF_TYPE, _sh("ValidationReport"))
    yield ox.Triple(root, _sh("conforms"), conforms)
    for number, one in enumerate(report["findings"]):
        result = ox.BlankNode(f"r{number}")
        yield ox.Triple(root, _sh("result"), result)
        yield ox.Triple(result, RDF_TYPE, _sh("ValidationResult"))
        yield ox.Triple(result, _sh("resultSeverity"), _sh(one["severity"].capitalize()))
        node = _iri(one["node"])
        yield ox.Triple(result, _sh("focusNode"), node or ox.BlankNode(f"r{number}focus"))
        if path := _iri(one["property"]):
            yield ox.Triple(result, _sh("resultPath"), path)
        if one["seen"]:
            yield ox.Triple(
                result, _sh("value"), _iri(one["value"][1:-1]) or ox.Literal(one["seen"])
            )
        rule = one["rule"]
        shape = PREFIXES["coopsh"] + rule.partition(":")[2] if ":" in rule else RULES + rule
        yield ox.Triple(result, _sh("sourceShape"), ox.NamedNode(shape))
        component = _sh("ConstraintComponent")
        yield ox.Triple(result, _sh("sourceConstraintComponent"), component)
        for lang in LANGUAGES:
            said = f"{place(one)}\u00a0: " if lang == "fr" else f"{place(one)}: "
            words = ox.Literal(said + one["message"][lang], language=lang)
            yield ox.Triple(result, _sh("resultMessage"), words)


def _sh(name: str) -> ox.NamedNode:
    return ox.NamedNode(PREFIXES["sh"] + name)


def _iri(text: str) -> ox.NamedNode | None:
    return (
        ox.NamedNode(text) if re.fullmatch(r"https?://[^\s<>\"{}|\\^`\x00-\x20]+", text) else None
    )
