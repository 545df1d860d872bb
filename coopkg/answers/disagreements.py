"""Where the sources of an answer disagree: each value beside the others, with who gives it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from coopkg.answers import phrases, reasons
from coopkg.answers.catalogue import Catalogue
from coopkg.answers.reasons import Facts
from coopkg.terms import LANGUAGES

_ABOUT: Final = {
    "figure": {"fr": "Un même chiffre, plusieurs valeurs", "en": "One figure, several values"},
    "value": {"fr": "Plusieurs valeurs", "en": "Several values"},
    "sum": {
        "fr": "Un total imprimé qui n’est pas la somme de ses parties",
        "en": "A printed total that is not the sum of its parts",
    },
}  # fmt: skip
_RULES: Final = {
    "figure": {
        "fr": "Règle\u00a0: deux chiffres qui comptent la même chose, au même moment et au même "
        "endroit, devraient être égaux. Les deux sont gardés, aucun n’est préféré.",
        "en": "Rule: two figures that count the same thing, at the same time and place, should be "
        "equal. Both are kept, neither is preferred.",
    },
    "value": {
        "fr": "Règle\u00a0: cette information n’a qu’une valeur. Toutes celles que donnent les "
        "sources sont gardées, aucune n’est préférée.",
        "en": "Rule: this information has one value only. All those that the sources give are "
        "kept, none is preferred.",
    },
    "sum": {
        "fr": "Règle\u00a0: un total est la somme de ses parties. Les nombres sont donnés tels que "
        "les sources les impriment.",
        "en": "Rule: a total is the sum of its parts. The numbers are given as the sources print "
        "them.",
    },
}
_COLON: Final = {"fr": "\u00a0: ", "en": ": "}


def among(facts: Facts, lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return the disagreements that touch what an answer rests on, each with all its sides."""
    catalogue = facts.catalogue
    if not catalogue.conflicts:
        return []
    rested = {leaf for text in lines for leaf in facts.leaves(text)}
    return [
        _described(one, catalogue)
        for one in catalogue.conflicts
        if rested & {side["line"] for side in one["sides"]}
    ]


def _described(conflict: Mapping[str, Any], catalogue: Catalogue) -> dict[str, Any]:
    kind = conflict["kind"]
    label = catalogue.label(conflict["about"])
    return {
        "kind": kind,
        "about": {lang: f"{_ABOUT[kind][lang]}{_COLON[lang]}{label[lang]}" for lang in LANGUAGES},
        "entity": conflict["about"],
        "property": conflict["property"],
        "rule": dict(_RULES[kind]),
        "sides": [
            {
                "line": side["line"],
                "text": phrases.sentence(catalogue, reasons.triple_of(side["line"])),
                "sources": [
                    reasons.stated(catalogue, graph, side["line"]) for graph in side["graphs"]
                ],
            }
            for side in conflict["sides"]
        ],
    }


def notes(found: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return one note for each disagreement: both values, and who gives them."""
    return [{"kind": "disagreement", "text": _said(one)} for one in found]


def _said(one: Mapping[str, Any]) -> dict[str, str]:
    said = {}
    for lang in LANGUAGES:
        sides = []
        for side in one["sides"]:
            given = ", ".join(source["label"][lang] for source in side["sources"])
            sides.append(f"{side['text'][lang]} ({given})")
        intro = "Les sources ne s’accordent pas" if lang == "fr" else "The sources disagree"
        said[lang] = f"{intro}{_COLON[lang]}{' / '.join(sides)}"
    return said
