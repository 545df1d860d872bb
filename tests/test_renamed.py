"""The names of a generation, from those of the one before, are those read from the whole."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from coopkg import generation
from coopkg.build import content, describe
from coopkg.build.renamed import Names
from coopkg.terms import BASE, expand

Said = tuple[dict[str, Any], dict[str, dict[str, Any]]]
PREF, ALT = expand("skos:prefLabel"), expand("skos:altLabel")
DEFAULT, OURS = ox.DefaultGraph(), ox.NamedNode(f"{BASE}graph/partner/tunis")


def read(quads: Iterable[ox.Quad]) -> Said:
    """Return what a publication from nothing calls things."""
    every = sorted(quads, key=str)
    labels = describe.labels(one for one in every if one.graph_name == DEFAULT)
    passages = describe.passages(every)
    return describe.passage_labels(passages, labels) | labels, passages


@pytest.fixture(scope="module")
def quads(published: Path) -> Sequence[ox.Quad]:
    store = generation.current(published).file("store.nq").read_bytes()
    return tuple(ox.parse(store, format=ox.RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def names(published: Path, quads: Sequence[ox.Quad]) -> Names:
    made = generation.current(published)
    labels, passages = (made.read_json(f"{name}.json") for name in ("labels", "passages"))
    return Names(labels, passages, tuple(map(str, quads)), quads)


def said(subject: str, predicate: ox.NamedNode, text: str, lang: str) -> list[ox.Quad]:
    """Return a fact of a partner's as a generation holds it."""
    node, value = ox.NamedNode(BASE + subject), ox.Literal(text, language=lang)
    graphs = (DEFAULT, OURS, content.ASSERTED)
    return [ox.Quad(node, predicate, value, graph) for graph in graphs]


NEW = [
    *said("id/partner/tunis/a", PREF, "Zaghouan", "fr"),
    *said("id/partner/tunis/a", PREF, "Zaghouan city", "en"),
    *said("id/partner/tunis/a", PREF, "زغوان", "ar"),
    *said("id/partner/tunis/b", PREF, "A", "fr"),
    *said("id/partner/tunis/b", PREF, "B", "fr"),
    *said("id/organisation/cefal", ALT, "Le Cefal", "fr"),
    *said("id/organisation/cefal", PREF, "Un autre nom", "fr"),
]


def test_what_comes_is_named_and_what_goes_is_not(names: Names, quads: Sequence[ox.Quad]) -> None:
    chance = random.Random(7)
    named = [one for one in quads if one.predicate in (PREF, ALT)]
    plain = [one for one in named if not describe.is_of_passages(one)]
    for _ in range(6):
        gone = tuple(chance.sample(plain, 40))
        come = tuple(chance.sample(NEW, chance.randrange(len(NEW))))
        found = names.after(come, gone)
        assert found is not None
        wanted = read({*quads, *come} - set(gone))
        assert found == wanted
        assert list(found[0]) == list(wanted[0]), "in the same order"


def test_nothing_that_changes_leaves_every_name(names: Names, quads: Sequence[ox.Quad]) -> None:
    found = names.after((), ())
    assert found is not None
    assert found == read(quads)
    assert list(found[0]) == list(read(quads)[0])


@pytest.mark.parametrize(
    "quad",
    [
        ox.Quad(ox.NamedNode(f"{BASE}scheme/assertion-mode/stated"), PREF,
                ox.Literal("dit", language="fr"), DEFAULT),
        ox.Quad(ox.NamedNode(f"{BASE}graph/passage/p-1"), expand("coop:lineStart"),
                ox.Literal(3), content.ASSERTED),
        ox.Quad(ox.NamedNode(f"{BASE}id/x"), expand("coop:statedAs"),
                ox.Literal("x"), ox.NamedNode(f"{BASE}graph/passage/p-1")),
        ox.Quad(ox.NamedNode(f"{BASE}ns#country"), expand("coop:wording"),
                ox.Literal("self"), DEFAULT),
    ],
)  # fmt: skip
def test_what_speaks_of_passages_is_read_from_the_whole(names: Names, quad: ox.Quad) -> None:
    assert names.after((quad,), ()) is None
    assert names.after((), (quad,)) is None


def test_a_passage_that_is_given_a_name_is_read_from_the_whole(names: Names) -> None:
    passage = ox.NamedNode(next(iter(names.passages)))
    assert (
        names.after((ox.Quad(passage, PREF, ox.Literal("x", language="fr"), DEFAULT),), ()) is None
    )
