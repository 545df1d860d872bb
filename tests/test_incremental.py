"""A publication from what is served gives the files of a publication from nothing, every byte."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from coopkg import generation, linking, links, rules
from coopkg.build import content, incremental, pipeline
from coopkg.build.incremental import Past
from coopkg.build.intake.ground import gathered
from coopkg.build.locator import Locator
from coopkg.build.report import Report
from coopkg.build.validate import Validator
from coopkg.linking import Index
from coopkg.links import Link
from coopkg.terms import BASE, PREFIXES, RDF_TYPE
from tests import incrementally
from tests.incrementally import NOW, ROOT, Home

SEED = 4
IN_SCHEME = ox.NamedNode(PREFIXES["skos"] + "inScheme")


@pytest.fixture(scope="module")
def found(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """An installation after a few contributions and a link, published from what was served."""
    folder = tmp_path_factory.mktemp("incremental")
    chance = random.Random(SEED)
    with incrementally.made(Path(shutil.copytree(published, folder / "home"))) as home:
        for number in range(3):
            incrementally.step(home, number, chance)
            if number == 1:
                accept_a_link(home.home)
            home.publish()
        yield home


def accept_a_link(home: Path) -> None:
    subject, other = BASE + "id/organisation/afd", "http://www.wikidata.org/entity/Q948"
    index = Index(generation.current(home).read_json(linking.FILE))
    link = Link(id="", at="", subject=subject, relation="exact", object=other, by="A", source="x")
    made = links.propose(home, index, link)
    links.decide(home, made.id, links.ACCEPTED, "B", {"fr": "vérifié", "en": "checked"})


def test_every_file_is_that_of_a_publication_from_nothing(found: Home, tmp_path: Path) -> None:
    assert generation.current(found.home).number > 3
    assert incrementally.differences(found, tmp_path) == []


def test_nothing_was_validated_or_made_whole(found: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "_validated", lambda *_: pytest.fail("validated whole"))
    monkeypatch.setattr(content, "gather", lambda *_: pytest.fail("gathered whole"))
    monkeypatch.setattr(content, "contents", lambda *_: pytest.fail("made anew"))
    found.send("sfax", incrementally.body("sfax", 50, random.Random(1)))
    before = generation.current(found.home).number
    found.publish()
    made = generation.current(found.home)
    assert made.number == before + 1
    told = made.read_json("report.json")
    assert told[0]["counts"]["warning"] > 0, "warnings of the part are told"


def test_what_only_the_whole_shows_is_asked_of_the_whole(found: Home) -> None:
    past = found.past
    assert past is not None
    facts = past.known.ground.gathered.facts
    listed = next(quad for quad in facts if quad.predicate.value.endswith("#inList"))
    other = ox.NamedNode("http://e/one-more")
    more = ox.Quad(other, listed.predicate, listed.object, listed.graph_name)
    raw, _ = past.wholes
    assert raw.breaks([*facts, more]), "the list counts one too many"
    assert not raw.breaks(facts)


def test_sources_that_changed_are_read_and_all_is_done_anew(
    found: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    past = found.past
    assert past is not None
    assert past.serves(ROOT)
    monkeypatch.setitem(past.core.__dict__, "inputs", {**past.core.inputs, "graph_data/x": "0"})
    assert not past.serves(ROOT)


def test_a_generation_that_is_no_longer_served_spares_nothing(found: Home) -> None:
    past = found.past
    assert past is not None
    generation.rollback(found.home, generation.current(found.home).id, NOW)
    assert not past.serves(ROOT)
    found.follow()
    assert found.past is not None
    assert found.past.serves(ROOT)


def test_a_node_is_looked_at_again_when_what_it_leads_to_changes(found: Home) -> None:
    """A theme leaves its scheme, and an organisation is no longer described: others tell of it."""
    past = found.past
    assert past is not None
    ground = past.known.ground
    facts = ground.gathered.facts
    themed = next(quad for quad in facts if quad.predicate.value.endswith("#domainTheme"))
    led = next(quad for quad in facts if quad.predicate.value.endswith("ns#partner"))
    kinds = [q for q in facts if q.subject == led.object and q.predicate == RDF_TYPE]
    schemes = [q for q in facts if q.subject == themed.object and q.predicate == IN_SCHEME]
    gone = {*schemes, *kinds}
    from_past, whole = judged(past, set(ground.quads) - gone)
    assert [one.as_json() for one in from_past] == [one.as_json() for one in whole]
    foci = {one.focus for one in whole[0].results}
    assert {themed.subject, led.subject} <= foci, "who leads to what changes tells of it"


def test_what_was_told_is_said_as_the_sources_say_it_now(found: Home) -> None:
    """A finding that nothing near changes is told again: its name, its place and its guess."""
    past = found.past
    assert past is not None
    quads = set(past.known.ground.quads)
    assert past.kept[0] is not None
    told = {one.focus for one in past.kept[0].findings}
    label = next(q for q in quads if q.subject in told and q.predicate.value.endswith("#prefLabel"))
    said = ox.Literal("autrement dit", language=label.object.language)  # type: ignore[union-attr]
    other = ox.Quad(label.subject, label.predicate, said, label.graph_name)
    from_past, whole = judged(past, (quads - {label}) | {other})
    assert [one.as_json() for one in from_past] == [one.as_json() for one in whole]
    assert len(told) > 1, "one is looked at again, others are kept"


def judged(past: Past, quads: set[ox.Quad]) -> tuple[tuple[Report, ...], tuple[Report, ...]]:
    """Return both reports on some quads, from the past and from nothing."""
    ground = past.known.ground
    given = gathered(quads, ground.apart)
    inferred = rules.closure([*given.reasoned, *given.ontology], ground.rules)
    locate = Locator(())
    found = incremental.reports(past, given, inferred, locate)
    assert found is not None, "nothing only the whole can tell"
    closure = [*given.asserted, *inferred.triples]
    whole = (
        Validator(given.shapes, given.ontology).validate(given.facts, locate, pass_=1),
        Validator(given.shapes, given.ontology).validate(closure, locate, pass_=2),
    )
    return found[:2], whole
