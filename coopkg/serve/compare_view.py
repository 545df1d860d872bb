"""Two entities side by side: what is said of each, and what is the same. No request, no engine.

What the sources say of one only is said so: an empty cell would read as “there is none”.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers import Solution
from coopkg.answers.catalogue import literal_words
from coopkg.errors import Lang
from coopkg.questions.binding import folded
from coopkg.serve import i18n, listing, navigation, present
from coopkg.serve.service import Service
from coopkg.terms import NS, PREFIXES, Term
from coopkg.typography import collated

KIND: Final = PREFIXES["org"] + "classification"
# Said otherwise on this page, wider readings of what is shown, or names that no two things share.
LEFT_OUT: Final = present.IN_HEAD | frozenset(
    NS + name
    for name in (
        "participatesIn",
        "partnerOf",
        "coversTheme",
        "coversPlace",
        "coversAudience",
        "withinOrganisation",
        "within",
        "hasIdentifier",
        "expandedName",
        "identifiedForm",
        "iso2",
        "iso3",
        "m49",
    )
)
ACTIVITIES: Final = "activities"
PARTS: Final = (ACTIVITIES, "roles", "themes", "places", "actors", "years")

Values = Mapping[str, frozenset[Term]]


@dataclass(frozen=True)
class Side:
    """One of the two: its IRI, its facts by property, its lists by part, its figures."""

    iri: str
    facts: Values
    parts: Values
    figures: Values


def facts(rows: Iterable[Solution], lang: Lang) -> Values:
    """Return what is said of an entity, by property; texts of another language are left out."""
    found: dict[str, set[Term]] = defaultdict(set)
    for row in rows:
        name, value = str(row["property"].value), row["other"]
        ours = name == KIND or (name.startswith(NS) and name not in LEFT_OUT)
        foreign = isinstance(value, ox.Literal) and value.language not in {None, lang}
        if row["direction"].value == "out" and ours and not foreign:
            found[name].add(value)
    return {name: frozenset(values) for name, values in found.items()}


def grouped(rows: Iterable[Solution], key: str) -> Values:
    """Return the values of rows by another column."""
    found: dict[str, set[Term]] = defaultdict(set)
    for row in rows:
        found[str(row[key].value)].add(row["value"])
    return {name: frozenset(values) for name, values in found.items()}


def parts(rows: Sequence[Solution], entity: Term) -> Values:
    """Return the activities of an entity, and by part what they are about, without itself."""
    found = grouped((row for row in rows if "part" in row and row["value"] != entity), "part")
    return {**found, ACTIVITIES: frozenset(row["activity"] for row in rows)}


@dataclass(frozen=True)
class Comparison:
    """Two sides, in one language."""

    service: Service
    lang: Lang
    sides: tuple[Side, Side]

    @property
    def names(self) -> present.Names:
        """The names of the generation."""
        return present.Names(self.service.catalogue, self.lang)

    def shown(self, group: str) -> dict[str, Any]:
        """Return what the page draws; `group` is what both are: partner, country or zone."""
        t = i18n.texts(self.lang)
        titles = {
            "activities": t("Activités", "Activities"),
            "roles": t("Rôles dans ces activités", "Roles in these activities"),
            "themes": t("Thèmes de ces activités", "Themes of these activities"),
            "places": t("Lieux de ces activités", "Places of these activities"),
            "actors": t("Autres acteurs de ces activités", "Other actors of these activities"),
            "years": t("Années de ces activités", "Years of these activities"),
        }
        if group != "partner":
            titles["actors"] = t("Acteurs de ces activités", "Actors of these activities")
            titles["places"] = t(
                "Autres lieux de ces activités", "Other places of these activities"
            )
        lists = [
            self._line(titles[part], self._both("parts", part))
            for part in PARTS
            if part != "roles" or group == "partner"  # a place plays no role
        ]
        told = {"lists": lists, "facts": self._lines("facts"), "figures": self._lines("figures")}
        return {
            **told,
            "sides": [self._head(side) for side in self.sides],
            "questions": self._questions(),
            "differences": sum(line["differs"] for lines in told.values() for line in lines),
            "shared": len(frozenset.intersection(*self._both("parts", ACTIVITIES))),
        }

    def _head(self, side: Side) -> dict[str, Any]:
        entry = self.names.labels.get(side.iri, {})
        return {
            "text": self.names.text(side.iri),
            "href": self.names.href(side.iri),
            "local": navigation.local(side.iri),
            "definition": entry.get("definition", {}).get(self.lang, ""),
        }

    def _both(self, what: str, name: str) -> tuple[frozenset[Term], frozenset[Term]]:
        first, second = (getattr(side, what).get(name, frozenset()) for side in self.sides)
        return first, second

    def _lines(self, what: str) -> list[dict[str, Any]]:
        known = {name for side in self.sides for name in getattr(side, what)}
        lines = [self._line(self._title(name), self._both(what, name)) for name in known]
        return sorted(lines, key=lambda one: collated(one["title"]))

    def _title(self, name: str) -> str:
        t = i18n.texts(self.lang)
        return t("Type d’acteur", "Kind of actor") if name == KIND else self.names.text(name)

    def _line(self, title: str, both: tuple[frozenset[Term], frozenset[Term]]) -> dict[str, Any]:
        """Return one property of both: its values, those in common, and how they differ."""
        shared = both[0] & both[1]
        return {
            "title": title,
            "cells": [self._cell(values, shared) for values in both],
            **verdict(*both, self.lang),
        }

    def _cell(self, values: Iterable[Term], shared: frozenset[Term]) -> list[dict[str, Any]]:
        found = []
        for value in values:
            shown = self.names.shown(value)
            text = literal_words(value, self.lang) if isinstance(value, ox.Literal) else shown.text
            found.append({"text": text, "href": shown.href, "shared": value in shared})
        return sorted(found, key=lambda one: (not one["shared"], collated(str(one["text"]))))

    def _questions(self) -> list[dict[str, Any]]:
        """Return the questions that can be asked about both, with what each answers."""
        asked = [
            {one["slug"]: one for one in navigation.questions(self.service, side.iri, self.lang)}
            for side in self.sides
        ]
        return [
            {
                "title": listing.heading(self.service, self.service.questions[slug], {}, self.lang),
                "cells": [asked[0][slug], asked[1][slug]],
            }
            for slug in sorted(asked[0].keys() & asked[1].keys())
        ]


def verdict(first: frozenset[Term], second: frozenset[Term], lang: Lang) -> dict[str, Any]:
    """Say in words, and by a mark, how two sets of values compare.

    >>> one = frozenset({ox.Literal("a")})
    >>> verdict(one, one, "en")["verdict"], verdict(one, frozenset(), "en")["verdict"]
    ('the same', 'stated of one side only')
    """
    t = i18n.texts(lang)
    shared = len(first & second)
    if not first and not second:
        mark, words = "?", t("non dit", "not stated")
    elif first == second:
        mark, words = "=", t("identique", "the same")
    elif not first or not second:
        mark, words = "≠", t("dit d’un seul côté", "stated of one side only")
    elif shared:
        mark = "≈"
        words = t(
            f"{shared} en commun sur {len(first | second)}",
            f"{shared} of {len(first | second)} in common",
        )
    else:
        mark, words = "≠", t("différent", "different")
    return {"mark": mark, "verdict": words, "differs": mark in {"≠", "≈"}}


def choices(groups: Mapping[str, Sequence[str]], names: present.Names) -> list[dict[str, Any]]:
    """Return what may be chosen: each group with its entities, in the order of their names."""
    t = i18n.texts(names.lang)
    titles = {
        "partner": t("Partenaires et autres acteurs", "Partners and other actors"),
        "country": t("Pays", "Countries"),
        "zone": t("Zones de la brochure", "Zones of the brochure"),
    }
    return [
        {
            "title": titles[group],
            "options": sorted(
                (
                    {"value": navigation.local(iri), "text": names.text(iri)}
                    for iri in groups[group]
                    if navigation.local(iri)
                ),
                key=lambda one: folded(one["text"]),
            ),
        }
        for group in titles
        if groups.get(group)
    ]
