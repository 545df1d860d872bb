"""`/{lang}/accessibility`: what is known of the accessibility of the pages, criterion by criterion.

The one source is `criteria.toml`: RGAA 4.1 in our own words, with what was found and how.
"""

from __future__ import annotations

import datetime
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

from flask import Blueprint, render_template

from coopkg.errors import Lang

Bilingual = Mapping[str, str]
Verdict = Literal["C", "NC", "NA"]

VERDICTS: Final[Mapping[Verdict, Bilingual]] = {
    "C": {"fr": "conforme", "en": "compliant"},
    "NC": {"fr": "non conforme", "en": "not compliant"},
    "NA": {"fr": "non applicable", "en": "not applicable"},
}
# The three states that the French law on accessibility knows.
STATES: Final[Mapping[str, Bilingual]] = {
    "full": {"fr": "totalement conforme", "en": "fully compliant"},
    "part": {"fr": "partiellement conforme", "en": "partially compliant"},
    "none": {"fr": "non conforme", "en": "not compliant"},
}


@dataclass(frozen=True)
class Criterion:
    """One criterion: what it asks, what was found, how (`tests` are names of tests)."""

    number: str
    text: Bilingual
    verdict: Verdict
    how: Bilingual
    tests: tuple[str, ...]


@dataclass(frozen=True)
class Theme:
    """A theme of RGAA and its criteria, in order."""

    number: int
    name: Bilingual
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Assessment:
    """All criteria, and the day on which people looked."""

    date: datetime.date
    themes: tuple[Theme, ...]

    @property
    def criteria(self) -> list[Criterion]:
        """Every criterion, in order."""
        return [one for theme in self.themes for one in theme.criteria]

    @property
    def counts(self) -> Counter[Verdict]:
        """How many criteria have each verdict."""
        return Counter(one.verdict for one in self.criteria)

    @property
    def rate(self) -> int:
        """The share of applicable criteria that are met, in percent, rounded down."""
        met, missed = self.counts["C"], self.counts["NC"]
        return 100 * met // ((met + missed) or 1)

    @property
    def state(self) -> Bilingual:
        """What the law calls that share: all, at least half, or less."""
        rate = self.rate if self.counts["NC"] else 100
        return STATES["full" if rate == 100 else "part" if rate >= 50 else "none"]

    def missed(self) -> list[Criterion]:
        """Return the criteria that are not met."""
        return [one for one in self.criteria if one.verdict == "NC"]


@cache
def assessment() -> Assessment:
    """Return the published self-assessment."""
    text = files("coopkg.serve.accessibility").joinpath("criteria.toml").read_text("utf-8")
    return read(tomllib.loads(text))


def read(data: Mapping[str, Any]) -> Assessment:
    """Return the assessment that the content of `criteria.toml` holds.

    Raises:
        KeyError: a criterion lacks a part, has another verdict, or names an unknown test.
    """
    themes = tuple(
        Theme(
            one["number"],
            one["name"],
            tuple(_criterion(each, data["tests"]) for each in one["criteria"]),
        )
        for one in data["themes"]
    )
    return Assessment(data["date"], themes)


def _criterion(one: Mapping[str, Any], tests: Mapping[str, str]) -> Criterion:
    VERDICTS[one["verdict"]]  # refuses any other
    return Criterion(
        one["number"],
        {"fr": one["fr"], "en": one["en"]},
        one["verdict"],
        one.get("how", {}),
        tuple(tests[name] for name in one.get("tests", ())),
    )


def blueprint() -> Blueprint:
    """Return the routes of the statement and of its criteria."""
    routes = Blueprint("accessibility", __name__)
    path = "/<any(fr, en):lang>/accessibility"

    @routes.get(path)
    def statement(lang: Lang) -> str:
        return render_template("accessibility.html", found=assessment())

    @routes.get(f"{path}/criteria")
    def criteria(lang: Lang) -> str:
        return render_template("accessibility_criteria.html", found=assessment(), verdicts=VERDICTS)

    return routes
