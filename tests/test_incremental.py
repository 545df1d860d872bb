"""A publication from what is served gives the files of a publication from nothing, every byte."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from coopkg import generation, linking, links
from coopkg.build import content, pipeline
from coopkg.linking import Index
from coopkg.links import Link
from coopkg.terms import BASE
from tests import incrementally
from tests.incrementally import NOW, ROOT, Home

SEED = 4


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
