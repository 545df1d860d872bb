"""The curation layer: what it decides, what it leaves open, and that it says which is which."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, RdfFormat, Store, parse

from coopkg.terms import PREFIXES, expand

DATA = Path(__file__).parents[1] / "graph_data"
KINDS = {".trig": RdfFormat.TRIG, ".ttl": RdfFormat.TURTLE}
YEARS = range(2015, 2019)
ZONES = ("mediterranee", "afrique", "asie", "amerique-caraibes", "europe")
FOREIGN = {
    "mediterranee": {"tunisie", "algerie", "maroc", "liban"},
    "afrique": {"benin", "cameroun", "cote-d-ivoire"},
    "amerique-caraibes": {"haiti"},
    "asie": {"vietnam"},
}
INDICATORS = (
    "training-sessions",
    "trainees",
    "delegations",
    "missions",
    "experts",
    "expert-share",
    "working-days",
)


@pytest.fixture(scope="module")
def data() -> Store:
    """Give every quad of the data; files without graphs of their own go to graph:sources."""
    store = Store()
    for path in sorted(DATA.rglob("*.*")):
        if path.suffix in KINDS:
            for quad in parse(path=str(path), format=KINDS[path.suffix]):
                plain = path.suffix == ".ttl"
                graph = expand("graph:sources") if plain else quad.graph_name
                store.add(Quad(quad.subject, quad.predicate, quad.object, graph))
    return store


def rows(data: Store, query: str) -> set[tuple[str, ...]]:
    """Give the rows of a SELECT over all graphs merged, as the last part of IRIs or as text."""
    found = data.query(query, prefixes=dict(PREFIXES), use_default_graph_as_union=True)
    return {tuple(short(term) for term in row) for row in found}  # type: ignore[union-attr]


def short(term: object) -> str:
    assert isinstance(term, NamedNode | Literal)
    return term.value.rsplit("/", 1)[-1] if isinstance(term, NamedNode) else term.value


def test_each_foreign_country_counts_in_one_zone(data: Store) -> None:
    assigned = rows(
        data, "SELECT ?zone ?c { ?c a coop:ForeignCountry ; coop:inBrochureZone ?zone }"
    )
    assert assigned == {(zone, country) for zone, names in FOREIGN.items() for country in names}


def test_france_counts_in_no_zone_and_is_not_foreign(data: Store) -> None:
    assert not rows(data, "SELECT ?zone { place:france coop:inBrochureZone ?zone }")
    assert rows(data, "SELECT ?kind { place:france a ?kind }") == {("ns#Country",)}


def test_no_embassy_is_based_in_the_country_that_hosts_it(data: Store) -> None:
    embassies = rows(
        data, "SELECT ?e ?host { ?e a coop:DiplomaticMission ; coop:hostCountry ?host }"
    )
    assert {host for _, host in embassies} == {"vietnam", "algerie", "haiti", "benin", "liban"}
    assert not rows(data, "SELECT ?e { ?e a coop:DiplomaticMission ; coop:basedIn ?country }")


@pytest.mark.parametrize(
    ("dimension", "values"),
    [
        ("coop:year", [str(year) for year in YEARS]),
        ("coop:zone", [f"place:{zone}" for zone in ZONES]),
        ("coop:country", [f"place:{name}" for names in FOREIGN.values() for name in sorted(names)]),
    ],
)
def test_a_figure_by_year_zone_or_country_is_stated_or_a_gap_and_never_both(
    data: Store, dimension: str, values: list[str]
) -> None:
    for indicator, value in product(INDICATORS, values):
        pattern = f"coop:indicator indicator:{indicator} ; {dimension} {value}"
        observed = rows(data, f"SELECT ?o {{ ?o a qb:Observation ; {pattern} }}")
        missing = rows(data, f"SELECT ?g {{ ?g a coop:InformationGap ; {pattern} }}")
        assert bool(observed) != bool(missing), (indicator, value, observed, missing)


def test_a_gap_says_what_why_and_in_both_languages(data: Store) -> None:
    gaps = rows(data, "SELECT ?gap { ?gap a coop:InformationGap }")
    said = rows(
        data,
        """SELECT ?gap { ?gap coop:gapAbout ?thing ; coop:gapReason ?reason ;
             skos:prefLabel ?fr , ?en ; skos:scopeNote ?noteFr , ?noteEn
             FILTER(LANG(?fr) = "fr" && LANG(?en) = "en")
             FILTER(LANG(?noteFr) = "fr" && LANG(?noteEn) = "en") }""",
    )
    assert len(gaps) > 40
    assert said == gaps


def test_the_missing_things_that_people_ask_for_are_gaps(data: Store) -> None:
    asked = {
        "stagiaires-2018",
        "stages-2018",
        "missions-europe",
        "missions-par-pays",
        "missions-par-annee",
        "experts-par-annee",
        "delegations-par-annee",
        "experts-par-zone",
        "jours-par-zone",
        "budget",
        "date-du-document",
        "annees-des-actions",
        "action-cameroun",
        "action-cote-d-ivoire",
        "reseaux-non-nommes",
        "pays-de-l-aieia",
    }
    assert asked <= {gap for (gap,) in rows(data, "SELECT ?gap { ?gap a coop:InformationGap }")}


def test_an_expansion_is_never_a_printed_name(data: Store) -> None:
    expanded = rows(data, "SELECT ?x ?name { ?x coop:expandedName ?name }")
    printed = rows(data, "SELECT ?x ?name { ?x coop:printedName|coop:fullName|coop:acronym ?name }")
    assert len(expanded) == 13
    assert not expanded & {(name, text.replace("'", "’")) for name, text in printed}


def test_the_forms_held_to_be_one_body_are_printed_of_it(data: Store) -> None:
    held = rows(data, "SELECT ?x ?name { ?x coop:identifiedForm ?name }")
    printed = rows(data, "SELECT ?x ?name { ?x coop:printedName|coop:fullName|coop:acronym ?name }")
    assert {name for name, _ in held} == {"regions-de-france", "conseil-regional-marrakech-safi"}
    assert held <= printed


def test_every_english_label_is_declared_a_translation(data: Store) -> None:
    english = {
        quad.graph_name
        for quad in data.quads_for_pattern(None, expand("skos:prefLabel"), None)
        if isinstance(quad.object, Literal) and quad.object.language == "en"
    }
    # Gaps and the catalogue are written by the project in both languages: nothing is translated.
    own = {expand("curation:gaps"), expand("graph:sources")}
    assert english - own == {expand("curation:translations")}


def test_every_graph_is_described_with_its_reason_and_source(data: Store) -> None:
    layers = tuple(PREFIXES[kind] for kind in ("curation", "reference"))
    used = {g.value for g in data.named_graphs() if g.value.startswith(layers)}
    described = rows(
        data,
        """SELECT ?g { ?g a ?kind ; coop:layer ?l ; coop:assertionMode ?m ;
             dcterms:title ?fr , ?en ; dcterms:description ?because
             FILTER(LANG(?fr) = "fr" && LANG(?en) = "en")
             FILTER(EXISTS { ?g dcterms:source ?s } != EXISTS { ?g coop:unsourced true }) }""",
    )
    assert {iri.rsplit("/", 1)[-1] for iri in used} <= {name for (name,) in described}
