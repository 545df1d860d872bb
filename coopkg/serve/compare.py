"""`/{lang}/compare?a=…&b=…`: two partners, two countries or two zones side by side."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, g, render_template, request

from coopkg.errors import Lang
from coopkg.serve import compare_view, entities, i18n, navigation, present
from coopkg.serve.compare_view import Comparison, Side
from coopkg.serve.service import Service
from coopkg.terms import PREFIXES

LONGEST: Final = 200  # characters of a name worth reading
NEAR: Final = 3
_HEAD: Final = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("coop", "qb"))
# An actor takes part in its activities; those of a place are what covers it.
PARTS: Final = (
    _HEAD
    + """SELECT DISTINCT ?entity ?activity ?part ?value WHERE {
  { ?activity coop:hasParticipant ?entity }
  UNION { ?activity coop:coversPlace ?entity ; a coop:CooperationHub }
  OPTIONAL {
    { ?activity coop:theme ?value BIND("themes" AS ?part) }
    UNION { ?activity coop:participation ?one .
      ?one coop:participant ?entity ; coop:role ?value BIND("roles" AS ?part) }
    UNION { ?activity coop:country ?value BIND("places" AS ?part) }
    UNION { ?activity coop:hasParticipant ?value BIND("actors" AS ?part) }
    UNION { ?activity coop:year|coop:launchYear ?value BIND("years" AS ?part) }
  }
}"""
)
FIGURES: Final = (
    _HEAD
    + """SELECT DISTINCT ?entity ?indicator ?value WHERE {
  ?observation a qb:Observation ; coop:zone|coop:country ?entity ;
    coop:indicator ?indicator ; coop:value ?value .
}"""
)


def blueprint() -> Blueprint:
    """Return the route of the page."""
    routes = Blueprint("compare", __name__)
    routes.add_url_rule("/<any(fr, en):lang>/compare", "compare", compare)
    return routes


@dataclass(frozen=True)
class Asked:
    """One of the two names given: what it is, or which names are near it."""

    text: str
    iri: str = ""
    group: str = ""
    near: tuple[str, ...] = ()


def compare(lang: Lang) -> tuple[str, int]:
    """Show two entities side by side; else say what is wrong with the two, and what to choose."""
    service: Service = g.service
    groups: Mapping[str, Sequence[str]] = navigation.browsable(service).browse["comparable"]
    given = [_read(request.args.get(name, "")[:LONGEST].strip(), groups) for name in ("a", "b")]
    names = present.Names(service.catalogue, lang)
    problem = _problem(given, names)
    first = given[0].group
    kept = {first: groups[first]} if first and not given[1].text else groups
    page: dict[str, Any] = {
        "given": given,
        "problem": problem,
        "near": [_choice(near, one, given, names) for one in given for near in one.near],
        "first": compare_view.choices(groups, names),
        "second": compare_view.choices(kept, names),
    }
    if not problem and all(one.iri for one in given):
        sides = _side(given[0].iri, lang), _side(given[1].iri, lang)
        page |= Comparison(service, lang, sides).shown(first)
        page["swapped"] = _address(lang, given[1].text, given[0].text)
    unknown = any(one.text and not one.iri for one in given)
    return render_template("compare.html", **page), 404 if unknown else 200


def _read(text: str, groups: Mapping[str, Sequence[str]]) -> Asked:
    """Return what a name stands for: `place/tunisie`, or its whole IRI."""
    known = {
        navigation.local(iri): (iri, group) for group, every in groups.items() for iri in every
    }
    local = navigation.local(text) or text
    if local in known:
        return Asked(local, *known[local])
    ends = {one.rpartition("/")[2]: one for one in known}
    last = local.rpartition("/")[2].lower()
    near = difflib.get_close_matches(last, ends, n=NEAR, cutoff=0.6) if text else []
    return Asked(text, near=tuple(ends[one] for one in near))


def _problem(given: Sequence[Asked], names: present.Names) -> str:
    """Say why two things cannot be compared; "" when they can, or when one is still to choose."""
    t = i18n.texts(names.lang)
    unknown = [one.text for one in given if one.text and not one.iri]
    if unknown:
        listed = t(" et ", " and ").join(
            f"« {one} »" if names.lang == "fr" else f"“{one}”" for one in unknown
        )
        if len(unknown) > 1:
            return t(
                f"Rien de comparable ne porte les noms {listed} : choisissez dans les listes.",
                f"Nothing that can be compared has the names {listed}: choose from the lists.",
            )
        return t(
            f"Rien de comparable ne porte le nom {listed} : choisissez dans la liste.",
            f"Nothing that can be compared has the name {listed}: choose from the list.",
        )
    first, second = given
    if not (first.iri and second.iri):
        return ""
    if first.iri == second.iri:
        name = names.text(first.iri)
        return t(
            f"C’est deux fois la même chose ({name}) : choisissez-en une autre.",
            f"Both are the same ({name}): choose another one.",
        )
    if first.group != second.group:
        kinds = {
            "partner": t("un acteur", "an actor"),
            "country": t("un pays", "a country"),
            "zone": t("une zone", "a zone"),
        }
        told = [f"{names.text(one.iri)} ({kinds[one.group]})" for one in given]
        return t(
            f"{told[0]} et {told[1]} ne se comparent pas : choisissez deux acteurs, deux pays ou "
            "deux zones.",
            f"{told[0]} and {told[1]} cannot be compared: choose two actors, two countries or two "
            "zones.",
        )
    return ""


def _choice(
    near: str, instead_of: Asked, given: Sequence[Asked], names: present.Names
) -> dict[str, str]:
    """Return a link to the same page with a name that is near the one given."""
    a, b = (near if one is instead_of else one.text for one in given)
    return {
        "text": names.text(navigation.ENTITY + near),
        "href": _address(names.lang, a, b),
    }


def _address(lang: Lang, a: str, b: str) -> str:
    given = {name: text for name, text in (("a", a), ("b", b)) if text}
    return f"/{lang}/compare?{urlencode(given, safe='/')}"


def _side(iri: str, lang: Lang) -> Side:
    """Ask what is said of one entity."""
    service: Service = g.service
    entity = {"entity": ox.NamedNode(iri)}
    return Side(
        iri,
        compare_view.facts(entities.rows(service, iri), lang),
        compare_view.parts(service.ask(PARTS, entity), entity["entity"]),
        compare_view.grouped(service.ask(FIGURES, entity), "indicator"),
    )
