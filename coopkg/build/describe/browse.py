"""What the browse pages show of a generation: places, themes, kinds, networks, years; its reach.

Plain data: names are IRIs, which pages turn into labels of their language. A list that is empty is
an empty list, and what the sources are known not to say is named beside it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from coopkg.answers import Context, Solution
from coopkg.terms import BASE, PREFIXES

SCHEME: Final = BASE + "scheme/"
_HEAD: Final = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n"
    for name in ("coop", "skos", "org", "qb", "rdf", "rdfs", "dcterms")
)
_COUNTRIES: Final = """SELECT DISTINCT ?country ?zone ?code WHERE {
  ?country a coop:Country .
  OPTIONAL { ?country coop:inBrochureZone ?zone }
  OPTIONAL { ?country coop:iso2 ?code }
}"""
_ZONES: Final = "SELECT DISTINCT ?zone WHERE { ?zone a coop:StatisticalZone }"
_IN_PLACE: Final = """SELECT DISTINCT ?place ?item WHERE {
  ?item coop:coversPlace ?place ; a coop:CooperationHub .
}"""
_GAPS: Final = """SELECT DISTINCT ?of ?gap WHERE {
  VALUES ?property { coop:country coop:zone coop:theme coop:gapAbout coop:year }
  ?gap a coop:InformationGap ; ?property ?of .
}"""
_THEMES: Final = """SELECT DISTINCT ?theme ?broader WHERE {
  ?theme skos:inScheme <SCHEMEtheme> .
  OPTIONAL { ?theme skos:broader ?broader }
}"""
_ON_THEME: Final = """SELECT DISTINCT ?theme ?item WHERE {
  ?item coop:theme ?theme .
  FILTER NOT EXISTS { ?item a coop:InformationGap }
}"""
_KINDS: Final = """SELECT DISTINCT ?kind ?actor WHERE {
  ?kind skos:inScheme <SCHEMEorg-type> .
  OPTIONAL { ?actor org:classification ?kind }
}"""
_ACTORS: Final = """SELECT DISTINCT ?actor ?group WHERE {
  ?actor a coop:Actor .
  OPTIONAL { ?actor a coop:ActorGroup BIND(true AS ?group) }
}"""
_NETWORKS: Final = """SELECT DISTINCT ?network WHERE {
  { VALUES ?class { coop:Network coop:Forum coop:ECommunity } ?network a ?class }
  UNION { ?member coop:isMemberOf|coop:involvedIn ?network }
}"""
_TIES: Final = """SELECT DISTINCT ?network ?property ?other WHERE {
  { VALUES ?property { coop:isMemberOf coop:involvedIn } ?other ?property ?network }
  UNION {
    VALUES ?property { coop:gathers coop:associatedInstitution coop:launchedBy
      coop:launchedWithin coop:continuedAs coop:providedBy coop:area }
    ?network ?property ?other
  }
}"""
_OBSERVED: Final = """SELECT DISTINCT ?observation ?year ?start ?end ?indicator ?value ?unit WHERE {
  ?observation a qb:Observation ; coop:indicator ?indicator ; coop:value ?value .
  OPTIONAL { ?observation coop:unit ?unit }
  OPTIONAL { ?observation coop:year ?year }
  OPTIONAL { ?observation coop:period ?period .
    ?period coop:startYear ?start ; coop:endYear ?end }
}"""
_EVENTS: Final = """SELECT DISTINCT ?item ?property ?date WHERE {
  VALUES ?property { coop:launchYear coop:documentDate }
  ?item ?property ?date .
}"""
_REACH: Final = """SELECT DISTINCT ?class ?one WHERE {
  VALUES ?class { coop:SourceDocument coop:SourcePassage coop:CooperationPartner
    coop:CooperationActivity coop:InformationGap coop:Country }
  ?one a ?class .
}"""
_PLACES: Final = """SELECT DISTINCT ?section ?first ?last WHERE {
  ?passage a coop:SourcePassage ; coop:lineStart ?first ; coop:lineEnd ?last .
  OPTIONAL { ?passage coop:inSection ?section }
}"""
MEMBERSHIP: Final = frozenset(PREFIXES["coop"] + name for name in ("isMemberOf", "involvedIn"))

Ask = Callable[[str], Sequence[Solution]]


def browse(context: Context) -> dict[str, Any]:
    """Return what can be browsed: see the functions below for each part."""

    def ask(query: str) -> Sequence[Solution]:
        return context.ask(_HEAD + query.replace("SCHEME", SCHEME), {})

    unsaid = _grouped(ask(_GAPS), "of", "gap")
    years = _years(ask, unsaid)
    return {
        "zones": _zones(ask, unsaid),
        "themes": _themes(ask, unsaid),
        "kinds": _kinds(ask),
        "networks": _networks(ask, unsaid),
        "years": years,
        "covers": _reach(ask, years),
        "comparable": _comparable(ask),
    }


def _text(row: Solution, name: str) -> str:
    return str(row[name].value) if name in row else ""


def _grouped(found: Iterable[Solution], key: str, value: str) -> dict[str, list[str]]:
    groups: dict[str, set[str]] = defaultdict(set)
    for row in found:
        if key in row and value in row:
            groups[_text(row, key)].add(_text(row, value))
    return defaultdict(list, {name: sorted(group) for name, group in groups.items()})


def _zones(ask: Ask, unsaid: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return the zones of the brochure with their countries; those of no zone come last.

    A country without an activity has an empty list: pages say so.
    """
    items = _grouped(ask(_IN_PLACE), "place", "item")
    inside: dict[str, list[dict[str, Any]]] = {_text(row, "zone"): [] for row in ask(_ZONES)}
    for row in ask(_COUNTRIES):
        country = _text(row, "country")
        inside.setdefault(_text(row, "zone"), []).append(
            {
                "entity": country,
                "code": _text(row, "code"),
                "items": items[country],
                "unsaid": unsaid[country],
            }
        )
    return [
        {"entity": zone, "countries": sorted(inside[zone], key=lambda one: str(one["entity"]))}
        for zone in sorted(inside, key=lambda zone: (not zone, zone))
    ]


def _themes(ask: Ask, unsaid: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return the tree of themes; a theme stands under each of its broader ones.

    `within` counts what is on a theme or on one below it, each once.
    """
    items = _grouped(ask(_ON_THEME), "theme", "item")
    found = ask(_THEMES)
    known = {_text(row, "theme") for row in found}
    narrower = _grouped(
        (row for row in found if _text(row, "broader") in known), "broader", "theme"
    )
    below = {theme for themes in narrower.values() for theme in themes}

    def leaf(theme: str, above: frozenset[str]) -> dict[str, Any]:
        path = above | {theme}
        children = [leaf(one, path) for one in narrower[theme] if one not in path]
        every = {*items[theme]}.union(*(one["_all"] for one in children))
        return {
            "entity": theme,
            "items": items[theme],
            "within": len(every),
            "unsaid": unsaid[theme],
            "narrower": children,
            "_all": every,
        }

    # A theme whose broader ones all lead back to it has no top: it is shown as one.
    tree = [leaf(theme, frozenset()) for theme in sorted(known - below)]
    reached = set(_entities(tree))
    tree += [leaf(theme, frozenset()) for theme in sorted(known - reached)]
    return [_clean(one) for one in tree]


def _entities(tree: Iterable[dict[str, Any]]) -> Iterable[str]:
    for one in tree:
        yield one["entity"]
        yield from _entities(one["narrower"])


def _clean(leaf: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in leaf.items() if name != "_all"}
    return {**kept, "narrower": [_clean(one) for one in leaf["narrower"]]}


def _kinds(ask: Ask) -> list[dict[str, Any]]:
    """Return the kinds of actor with those of each; groups, and actors of no kind, come last.

    The entity of the latter two is "group" and "".
    """
    found = ask(_KINDS)
    kinds = _grouped(found, "kind", "actor")
    every = {_text(row, "kind") for row in found}
    listed = [{"entity": kind, "items": kinds[kind]} for kind in sorted(every)]
    actors = {_text(row, "actor"): "group" in row for row in ask(_ACTORS)}
    placed = {actor for one in listed for actor in one["items"]}
    for name, wanted in (("group", True), ("", False)):
        rest = [one for one, group in actors.items() if group == wanted and one not in placed]
        if rest:
            listed.append({"entity": name, "items": sorted(rest)})
    return listed


def _networks(ask: Ask, unsaid: dict[str, list[str]]) -> list[dict[str, Any]]:
    """Return the networks with their members, and what else ties them to others."""
    networks = sorted(_text(row, "network") for row in ask(_NETWORKS))
    ties: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for row in ask(_TIES):
        ties[_text(row, "network")].add((_text(row, "property"), _text(row, "other")))
    return [
        {
            "entity": one,
            "members": sorted({other for name, other in ties[one] if name in MEMBERSHIP}),
            "ties": [
                {"property": name, "entity": other}
                for name, other in sorted(ties[one])
                if name not in MEMBERSHIP
            ],
            "unsaid": unsaid[one],
        }
        for one in networks
    ]


def _years(ask: Ask, unsaid: dict[str, list[str]]) -> dict[str, Any]:
    """Return the figures of each year, those of periods, dated events, and gaps by year."""
    years: dict[str, list[dict[str, str]]] = defaultdict(list)
    periods: dict[tuple[str, str], list[dict[str, str]]] = defaultdict(list)
    for row in sorted(ask(_OBSERVED), key=str):
        figure = {
            "entity": _text(row, "observation"),
            **{name: _text(row, name) for name in ("indicator", "value", "unit")},
        }
        if "year" in row:
            years[_text(row, "year")].append(figure)
        elif "start" in row:
            periods[_text(row, "start"), _text(row, "end")].append(figure)
    silent = {name for name in unsaid if name.isdigit()}
    return {
        "years": [
            {"year": int(year), "figures": years[year], "unsaid": unsaid[year]}
            for year in sorted({*years, *silent}, key=int)
        ],
        "periods": [
            {"start": int(start), "end": int(end), "figures": figures}
            for (start, end), figures in sorted(periods.items())
        ],
        "events": sorted(
            (
                {name: _text(row, name) for name in ("item", "property", "date")}
                for row in ask(_EVENTS)
            ),
            key=lambda one: (one["date"], one["item"]),
        ),
    }


def _reach(ask: Ask, years: dict[str, Any]) -> dict[str, Any]:
    """Return what the data cover: sources, counts, and the years of the figures.

    `years` is empty when no figure is dated.
    """
    found = _grouped(ask(_REACH), "class", "one")
    dated = [one["year"] for one in years["years"] if one["figures"]]
    dated += [one[end] for one in years["periods"] for end in ("start", "end")]
    named = {
        "documents": "SourceDocument",
        "passages": "SourcePassage",
        "partners": "CooperationPartner",
        "activities": "CooperationActivity",
        "gaps": "InformationGap",
        "countries": "Country",
    }
    listed = {name: found[PREFIXES["coop"] + local] for name, local in named.items()}
    places = {(row.get("section"), row["first"], row["last"]) for row in ask(_PLACES)}
    return {
        **{name: len(every) for name, every in listed.items()},
        "passages": len(places),  # what a line writes and what it implies are read in one place
        "documents": listed["documents"],
        "years": [min(dated), max(dated)] if dated else [],
    }


def _comparable(ask: Ask) -> dict[str, list[str]]:
    """Return what may be compared with others of its group."""
    return {
        "partner": sorted(_text(row, "actor") for row in ask(_ACTORS)),
        "country": sorted(_text(row, "country") for row in ask(_COUNTRIES)),
        "zone": sorted(_text(row, "zone") for row in ask(_ZONES)),
    }
