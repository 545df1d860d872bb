"""A publication from what is served gives the files of a publication from nothing, every byte."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopkg import generation
from coopkg.build import pipeline
from coopkg.contributions import get
from coopkg.errors import PublicationError
from coopkg.terms import BASE
from tests import incrementally
from tests.incrementally import NOW, ROOT, Home

SEED = 4


@pytest.fixture(scope="module")
def found(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """An installation, after a few contributions, each published from what was served."""
    folder = tmp_path_factory.mktemp("incremental")
    chance = random.Random(SEED)
    with incrementally.made(Path(shutil.copytree(published, folder / "home"))) as home:
        for number in range(3):
            incrementally.step(home, number, chance)
            home.publish()
        yield home


def test_every_file_is_that_of_a_publication_from_nothing(found: Home, tmp_path: Path) -> None:
    assert generation.current(found.home).number > 3
    assert incrementally.differences(found, tmp_path) == []


def test_nothing_was_validated_whole(found: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "_validated", lambda *_: pytest.fail("validated whole"))
    found.send("sfax", incrementally.body("sfax", 50, random.Random(1)))
    before = generation.current(found.home).number
    found.publish()
    made = generation.current(found.home)
    assert made.number == before + 1
    told = made.read_json("report.json")
    assert told[0]["counts"]["warning"] > 0, "warnings of the part are told"


def test_what_the_neighbourhood_does_not_show_is_refused_all_the_same(found: Home) -> None:
    """A list that counts its bodies gets one more: only the whole of the list shows it."""
    store = found.past
    assert store is not None
    listed = next(
        quad.object.value  # type: ignore[union-attr]
        for quad in store.known.ground.gathered.facts
        if quad.predicate.value.endswith("#inList")
    )
    own = f"{BASE}id/partner/sfax/"
    text = (
        f"@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        f'<{own}one-more> a <http://www.w3.org/ns/org#Organization> ; skos:prefLabel "Un"@fr ,'
        f' "One"@en ; <{BASE}ns#inList> <{listed}> .\n'
    )
    name = found.send("sfax", text, graph=f"{BASE}graph/partner/sfax/list")
    with pytest.raises(PublicationError):
        found.publish()
    assert get(found.home, name).state == "failed"


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
