"""Sources that disagree are shown side by side: every seeded conflict comes to light."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import proving
import pyoxigraph as ox
import pytest
from flask import Flask

from coopkg import answers
from coopkg.answers import Answer
from coopkg.build import describe, sources
from coopkg.serve import i18n
from coopkg.terms import LANGUAGES

ROOT = Path(__file__).parents[1]
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


def test_conflicts_written_into_a_copy_of_the_sources_all_come_to_light(tmp_path: Path) -> None:
    for folder in ("graph_data", "ontology"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    added = f"""
{PREFIXES.replace("PREFIX", "@prefix").replace(">", "> .")}
GRAPH <https://w3id.org/cnfpt-coop/graph/curation/readings> {{
  observation:stagiaires-2017 coop:value 264 .
  <https://w3id.org/cnfpt-coop/id/legal/loi-84-594> coop:isAmended false .
  place:benin skos:prefLabel "Dahomey"@fr .
}}
"""
    path = tmp_path / "graph_data" / "curation" / "readings.trig"
    path.write_text(path.read_text(encoding="utf-8") + added, encoding="utf-8")
    every = [quad for source in sources.read(tmp_path) for quad in source.quads]
    found = {(one["kind"], one["about"].rsplit("/", 1)[-1]) for one in describe.conflicts(every)}
    assert found == {
        ("figure", "stagiaires-2017"),
        ("value", "loi-84-594"),
        ("value", "benin"),
    }


@pytest.mark.parametrize(
    ("lang", "words"),
    [("fr", "Désaccord entre les sources"), ("en", "Sources disagree")],
)
def test_a_page_puts_the_values_side_by_side(
    lang: str, words: str, shelf: proving.Shelf, quads: list[ox.Quad], app: Flask
) -> None:
    update, slug, _ = SEEDS["another year of launch"]
    found = asked(shelf, seeded(quads, update), slug).disagreements
    macros = app.jinja_env.get_template("_coverage.html").module
    drawn = str(macros.disagreements_of(found, lang, i18n.texts(lang)))  # type: ignore[attr-defined]
    assert words in drawn
    for year in ("2012", "2013"):
        assert year in drawn
    assert found[0]["rule"][lang] in drawn


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
