"""Sources that disagree are shown side by side: every seeded conflict comes to light."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import proving
import pyoxigraph as ox
import pytest

from coopkg import answers
from coopkg.answers import Answer
from coopkg.build import describe
from coopkg.terms import LANGUAGES

PARTNER = "https://w3id.org/cnfpt-coop/graph/partner/essai"
PREFIXES = """
PREFIX coop: <https://w3id.org/cnfpt-coop/ns#>
PREFIX observation: <https://w3id.org/cnfpt-coop/id/observation/>
PREFIX organisation: <https://w3id.org/cnfpt-coop/id/organisation/>
PREFIX resource: <https://w3id.org/cnfpt-coop/id/resource/>
PREFIX place: <https://w3id.org/cnfpt-coop/id/place/>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
# What a second source says, against the first; and a question whose answer it touches.
SEEDS = {
    "another figure for the same zone and period": (
        """INSERT { ?new ?p ?o ; coop:value 66 } WHERE {
             BIND(observation:seeded AS ?new) observation:missions-mediterranee ?p ?o
             FILTER(?p NOT IN (coop:value, coop:partOfTotal)) }""",
        "missions-by-zone",
        "figure",
    ),
    "another value of the same figure": (
        "INSERT DATA { observation:stagiaires-2017 coop:value 264 }",
        "trainees-by-year",
        "figure",
    ),
    "another year of launch": (
        "INSERT { ?forum coop:launchYear 2013 } WHERE { ?forum coop:launchYear 2012 }",
        "forum-launch",
        "value",
    ),
    "another host country of an embassy": (
        """INSERT { ?embassy coop:hostCountry place:maroc }
           WHERE { ?embassy coop:hostCountry place:benin }""",
        "actors-by-kind",
        "value",
    ),
    "no where the other says yes": (
        "INSERT { ?law coop:isAmended false } WHERE { ?law coop:isAmended true }",
        "law-of-missions",
        "value",
    ),
    "a total that the parts do not make": (
        """DELETE { GRAPH ?g { observation:delegations-total coop:value ?v } }
           INSERT { GRAPH ?g { observation:delegations-total coop:value 49 } }
           WHERE { GRAPH ?g { observation:delegations-total coop:value ?v } }""",
        "delegations-total",
        "sum",
    ),
}


@pytest.fixture(scope="module")
def shelf(published: Path) -> proving.Shelf:
    """Return the published generation, asked in process."""
    return proving.shelf(published)


@pytest.fixture(scope="module")
def quads(shelf: proving.Shelf) -> list[ox.Quad]:
    """Return the sealed graph."""
    return list(ox.parse(path=shelf.path, format=ox.RdfFormat.N_QUADS))


def seeded(quads: list[ox.Quad], update: str) -> ox.Store:
    """Return a copy of the graph in which a second source speaks."""
    store = ox.Store()
    store.bulk_extend(quads)
    before = set(store.quads_for_pattern(None, None, None, ox.DefaultGraph()))
    store.update(PREFIXES + update)
    added = set(store.quads_for_pattern(None, None, None, ox.DefaultGraph())) - before
    store.extend(ox.Quad(q.subject, q.predicate, q.object, ox.NamedNode(PARTNER)) for q in added)
    if not added:  # the default graph repeats what named graphs say
        total = "observation:delegations-total coop:value"
        store.update(
            f"{PREFIXES} DELETE {{ {total} ?v }} INSERT {{ {total} 49 }} WHERE {{ {total} ?v }}"
        )
    return store


def asked(shelf: proving.Shelf, store: ox.Store, slug: str) -> Answer:
    """Answer a question on another graph, with the conflicts that its build would seal."""
    known = shelf.context.catalogue
    passages = {**known.passages, PARTNER: {"layer": "partner", "mode": "stated"}}
    catalogue = replace(known, conflicts=describe.conflicts(store), passages=passages)
    context = replace(shelf.context, ask=answers.of_store(store), catalogue=catalogue)
    question, evidence = shelf.questions[slug], shelf.evidence[slug]
    args = question.required_examples()
    return answers.answer(answers.asked(question, evidence, args, context), page=None)


def test_the_sources_do_not_disagree_today(shelf: proving.Shelf, quads: list[ox.Quad]) -> None:
    assert describe.conflicts(quads) == []
    assert shelf.answer("missions-by-zone").disagreements == []


@pytest.mark.parametrize("name", SEEDS)
def test_a_seeded_conflict_is_shown_with_both_values_and_who_gives_them(
    name: str, shelf: proving.Shelf, quads: list[ox.Quad]
) -> None:
    update, slug, kind = SEEDS[name]
    store = seeded(quads, update)
    found = describe.conflicts(store)
    assert [one["kind"] for one in found] == [kind]
    answer = asked(shelf, store, slug)
    (shown,) = answer.disagreements
    assert shown["kind"] == kind
    assert len({side["line"] for side in shown["sides"]}) >= 2
    assert all(side["sources"] for side in shown["sides"])
    (note,) = [one for one in answer.notes if one["kind"] == "disagreement"]
    for lang in LANGUAGES:
        assert shown["rule"][lang]
        for side in shown["sides"]:
            assert side["text"][lang] in note["text"][lang]


def test_the_same_value_given_twice_is_no_conflict(quads: list[ox.Quad]) -> None:
    store = seeded(
        quads,
        """INSERT { ?new ?p ?o } WHERE { BIND(observation:seeded AS ?new)
             observation:missions-mediterranee ?p ?o FILTER(?p NOT IN (coop:partOfTotal)) }""",
    )
    assert describe.conflicts(store) == []


def test_one_source_that_gives_two_names_does_not_disagree_with_itself() -> None:
    graph = ox.NamedNode(PARTNER)
    names = [ox.Literal(text, language="fr") for text in ("un nom", "un autre")]
    label = ox.NamedNode("http://www.w3.org/2004/02/skos/core#prefLabel")
    both = [ox.Quad(ox.NamedNode("x:s"), label, name, graph) for name in names]
    assert describe.conflicts(both) == []
    other = ox.NamedNode("x:g")
    apart = [both[0], ox.Quad(ox.NamedNode("x:s"), label, names[1], other)]
    assert [one["kind"] for one in describe.conflicts(apart)] == ["value"]
