"""What the report of a contribution says of one fault, and the report as a whole.

A finding tells where (file, line, column or cell), what was seen, what was expected, an example,
and what to write instead. Words are in both languages; a reader is shown one at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from coopkg.contributions.texts import neutral
from coopkg.typography import french

Severity = Literal["violation", "warning", "info"]
Said = Mapping[str, str]
ORDER: Final = {"violation": 0, "warning": 1, "info": 2}
SHOWN: Final = 1000
"""Findings kept of one report; how many there are is always told."""
SEEN_MAX: Final = 300


@dataclass(frozen=True)
class Spot:
    """Where: a line and a column from 1, and the cell when there is one, as `Feuille!B7`."""

    line: int | None = None
    column: int | None = None
    cell: str = ""


NOWHERE: Final = Spot()


@dataclass(frozen=True)
class Finding:
    """One thing to mend or to know; `message`, `expected` and `subject` are in both languages."""

    rule: str
    severity: Severity
    message: Said
    spot: Spot = NOWHERE
    seen: str = ""
    expected: Said = field(default_factory=dict)
    example: str = ""
    fix: str = ""
    node: str = ""
    subject: Said = field(default_factory=dict)
    link: str = ""
    path: Said = field(default_factory=dict)
    value: str = ""
    detail: str = ""
    group: str = ""

    @property
    def cause(self) -> str:
        """What groups findings that are mended alike."""
        return self.group or self.rule

    def as_json(self, file: str) -> dict[str, Any]:
        """Return it as the report keeps it."""
        return {
            "rule": self.rule,
            "severity": self.severity,
            "file": file,
            "line": self.spot.line,
            "column": self.spot.column,
            "cell": self.spot.cell,
            "node": self.node,
            "subject": dict(self.subject),
            "property": self.link,
            "path": dict(self.path),
            "value": self.value,
            "seen": shown(self.seen),
            "expected": {lang: _spaced(lang, text) for lang, text in self.expected.items()},
            "example": self.example,
            "fix": shown(self.fix, 2000),
            "message": {lang: _spaced(lang, text) for lang, text in self.message.items()},
            "detail": neutral(self.detail)[:2000],
            "cause": self.cause,
        }


class Unreadable(Exception):  # noqa: N818 - it names the fact
    """A file cannot be read; `finding` says where and why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.message["en"])
        self.finding = finding


def _spaced(lang: str, text: str) -> str:
    return french(text) if lang == "fr" else text


def shown(text: str, most: int = SEEN_MAX) -> str:
    """Return what was seen, safe and short enough to be shown."""
    safe = neutral(text)
    return safe if len(safe) <= most else f"{safe[:most]}…"


def same(text: str) -> dict[str, str]:
    """Return a text that is the same in both languages."""
    return {"fr": text, "en": text}


def report(
    findings: Iterable[Finding], file: str, status: str, notices: Iterable[Finding] = ()
) -> dict[str, Any]:
    """Return the report: every finding in order, and its groups by cause.

    Shape: ``{"status", "conforms", "count", "counts", "why", "findings", "groups", "cut"}``.
    """
    found = sorted(dict.fromkeys([*map(_key, findings), *map(_key, notices)]), key=_rank)
    every = [one.finding for one in found]
    first = next((one for one in every if one.severity == "violation"), None)
    counts = {name: sum(one.severity == name for one in every) for name in ORDER}
    return {
        "status": status,
        "conforms": counts["violation"] == 0,
        "count": len(every),
        "counts": counts,
        "cut": len(every) > SHOWN,
        "why": first.as_json(file)["message"] if first else {},
        "findings": [one.as_json(file) for one in every[:SHOWN]],
        "groups": groups(every[:SHOWN]),
    }


@dataclass(frozen=True)
class _Keyed:
    """A finding as a key: the same fault at the same place is told once."""

    key: tuple[Any, ...]
    finding: Finding = field(compare=False)


def _key(one: Finding) -> _Keyed:
    said = (one.rule, one.severity, one.spot, one.node, one.link, one.seen)
    return _Keyed((*said, one.message.get("en", "")), one)


def _rank(keyed: _Keyed) -> tuple[Any, ...]:
    one = keyed.finding
    place = (one.spot.cell.rpartition("!")[0], one.spot.line or 0, one.spot.column or 0)
    return (ORDER[one.severity], *place, one.rule)


def groups(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Return what groups the findings: each cause with the numbers of those that share it."""
    found: dict[tuple[str, str], list[int]] = {}
    for number, one in enumerate(findings):
        found.setdefault((one.severity, one.cause), []).append(number)
    return [
        {"cause": cause, "severity": severity, "count": len(numbers), "findings": numbers}
        for (severity, cause), numbers in found.items()
    ]
