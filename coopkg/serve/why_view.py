"""What the page of the reasons shows: sentences, sources, figures. No I/O, no Flask."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from coopkg.answers import Why, reasons
from coopkg.errors import Lang
from coopkg.serve import present, question_view
from coopkg.terms import BASE
from coopkg.typography import french

# How each way of knowing is said to people who do not keep the base.
_MODES: Final = {
    "stated": ("dit par la brochure", "stated by the brochure"),
    "implied": (
        "impliqué par la brochure, qui ne l’écrit pas",
        "implied by the brochure, which does not write it",
    ),
    "resolved": (
        "lu dans la brochure en suivant un renvoi",
        "read in the brochure by following a reference",
    ),
    "curated": ("interprété par l’éditeur de la base", "interpreted by the editor of the base"),
    "translated": ("traduit par l’éditeur de la base", "translated by the editor of the base"),
    "computed": ("calculé par l’éditeur de la base", "computed by the editor of the base"),
    "external": ("référence extérieure", "outside reference"),
}
_LAYERS: Final = {
    "brochure": ("brochure", "brochure"),
    "curation": ("interprété", "interpreted"),
    "reference": ("référence", "reference"),
    "partner": ("déclaré par un partenaire", "declared by a partner"),
}
# The mark of a sentence, and what it means: how the strongest of those who state it know it.
_MARKS: Final = {
    "stated": ("affirmé", "stated", "un document l’écrit", "a document writes it"),
    "implied": (
        "sous-entendu",
        "implied",
        "un document le laisse entendre sans l’écrire",
        "a document implies it without writing it",
    ),
    "resolved": (
        "résolu",
        "resolved",
        "un document l’écrit par un renvoi à d’autres lignes",
        "a document writes it by a reference to other lines",
    ),
    "partner": (
        "déclaré",
        "declared",
        "un partenaire le déclare",
        "a partner declares it",
    ),
    "external": (
        "référence",
        "reference",
        "un répertoire extérieur le donne",
        "an outside register gives it",
    ),
    "curated": (
        "interprété",
        "interpreted",
        "l’éditeur de la base le lit ainsi, la brochure ne l’écrit pas",
        "the editor of the base reads it so, the brochure does not write it",
    ),
    "inferred": (
        "déduit",
        "inferred",
        "une règle le tire d’autres phrases",
        "a rule draws it from other sentences",
    ),
}
_DOCUMENT: Final = f"{BASE}id/document/brochure"


def shown(why: Why, names: present.Names) -> dict[str, Any]:
    """Return what the page draws of the reasons of a row."""
    lang = names.lang
    steps = [step(one, names) for one in why.steps]
    used = {mark(one) for one in reasons.walk(why.steps)}
    return {
        "steps": steps,
        "legend": [
            (words[lang == "en"], words[2 + (lang == "en")])
            for name, words in _MARKS.items()
            if name in used
        ],
        "inferred": sum(1 for one in why.steps if one["inferred"]),
        "absent": [one["sentence"][lang] for one in why.absent],
        "figures": [_figure(one, names) for one in why.figures],
        "members": _members(why.figures, names),
    }


def step(found: Mapping[str, Any], names: present.Names) -> dict[str, Any]:
    """Return one step: its sentence, whether it is inferred, its rule, what it rests on."""
    rule = found["rule"]
    text = rule["text"][names.lang] if rule else ""
    return {
        "text": found["sentence"][names.lang],
        "mark": _MARKS[mark(found)][names.lang == "en"],
        "rule": french(text[:1].upper() + text[1:] + ".") if rule else "",
        "passages": [passage(one, names) for one in found["graphs"]],
        "premises": [step(one, names) for one in found["premises"]],
    }


def mark(found: Mapping[str, Any]) -> str:
    """Return how a step is known: by a rule, or as the strongest of its sources knows it.

    >>> mark({"rule": None, "graphs": [{"layer": "curation", "mode": "curated"}]})
    'curated'
    """
    if found["rule"]:
        return "inferred"
    known = {_known(one) for one in found["graphs"]}
    return next((name for name in _MARKS if name in known), "curated")


def _known(entry: Mapping[str, Any]) -> str:
    if entry["layer"] == "partner":
        return "partner"
    if entry["layer"] == "reference":
        return "external"
    if entry["layer"] == "brochure":
        return str(entry["mode"])
    return "curated"


def passage(entry: Mapping[str, Any], names: present.Names) -> dict[str, Any]:
    """Return a source: its document, section, lines, words, and who says it."""
    section = entry.get("section", "")
    has_lines = bool(entry["lines"])
    document = names.text(_DOCUMENT) if has_lines else ""
    return {
        "href": names.href(entry["passage"]),
        "name": entry["label"][names.lang],
        "document": document,
        "section": _within(names.text(section)) if section else "",
        "quotations": entry["quotations"],
        "layer": layer(entry, names.lang),
        "origins": [
            {"href": names.href(one), "text": names.text(one)}
            for one in entry.get("sources", ())
            if one.startswith("http")
        ],
        "unsourced": bool(entry.get("unsourced")),
    }


def layer(entry: Mapping[str, Any], lang: Lang) -> str:
    """Return who says it: the brochure, the editor of the base, a register, a partner.

    >>> layer({"mode": "curated", "layer": "curation"}, "fr")
    'interprété par l’éditeur de la base'
    """
    words = _MODES.get(entry["mode"]) or _LAYERS.get(entry["layer"])
    return words[lang == "en"] if words else present.layer(entry["layer"], lang)


def _within(label: str) -> str:
    """Return the name of a section as a sentence goes on with it.

    >>> _within("Section « Tunisie »"), _within("CNFPT")
    ('section « Tunisie »', 'CNFPT')
    """
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


# --- Figures -------------------------------------------------------------------------------


def _figure(found: Mapping[str, Any], names: present.Names) -> dict[str, Any]:
    lang = names.lang
    value = question_view.cell(found["value"], names, True)["text"]
    if "column" in found:
        label = found["label"][lang]
        return {
            "id": found["column"],
            "label": label,
            "value": value,
            "formula": found["formula"][lang],
        }
    return {
        "id": found["figure"].rsplit("/", 1)[-1],
        "label": found["label"][lang],
        "href": names.href(found["figure"]),
        "value": value,
        "indicator": found["indicator"]["label"][lang],
        "definition": found["definition"].get(lang, ""),
        "scope": [
            (one["property"][lang], question_view.cell(one["value"], names, False)["text"])
            for one in found["scope"]
        ],
        "parts": [
            (
                question_view.cell(one["part"], names, False),
                question_view.cell(one["value"], names, True)["text"],
            )
            for one in found.get("parts", ())
        ],
        "sum": found.get("sum", ""),
        "adds_up": found.get("adds_up", True),
    }


def _members(figures: Sequence[Mapping[str, Any]], names: present.Names) -> dict[str, Any] | None:
    """Return the table of the rows that the computed cells are made of; the same for all."""
    behind = next((one["rows"] for one in figures if "rows" in one), None)
    if behind is None:
        return None
    return {
        "count": behind["count"],
        "columns": [one["label"][names.lang] for one in behind["columns"]],
        "rows": [
            [
                question_view.cell(row.get(column["name"]), names, False)
                for column in behind["columns"]
            ]
            for row in behind["rows"]
        ],
    }
