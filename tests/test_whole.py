"""What a whole shows after a move is what it would show of the data made anew."""

from __future__ import annotations

import random

import pyoxigraph as ox
import pytest

from coopkg.build.seen import seen
from coopkg.build.whole import Whole
from coopkg.terms import BASE, PREFIXES, RDF_TYPE, Triple

PARTNER = ox.NamedNode(BASE + "graph/partner/sfax/one")
OTHER = ox.NamedNode(BASE + "graph/curation/links")
SHAPES = ox.NamedNode(PREFIXES["graph"] + "shapes")
LABEL = ox.NamedNode(PREFIXES["skos"] + "prefLabel")
NODES = [ox.NamedNode(BASE + "id/" + letter) for letter in "abcdef"]
PROPERTIES = [RDF_TYPE, LABEL, ox.NamedNode(PREFIXES["coop"] + "leadsTo"), NODES[5]]
ONTOLOGY: list[Triple] = [
    (one, RDF_TYPE, ox.NamedNode(PREFIXES["owl"] + "ObjectProperty")) for one in PROPERTIES[:3]
]


def drawn(chance: random.Random) -> ox.Quad:
    predicate = chance.choice(PROPERTIES)
    value: ox.NamedNode | ox.Literal = chance.choice(NODES)
    if predicate == LABEL:
        value = ox.Literal("x", language=chance.choice(["fr", "en"]))
    graph = chance.choice([PARTNER, OTHER, SHAPES, ox.DefaultGraph()])
    return ox.Quad(chance.choice(NODES), predicate, value, graph)


@pytest.mark.parametrize("seed", range(40))
def test_what_moves_is_what_differs(seed: int) -> None:
    chance = random.Random(seed)
    before = {drawn(chance) for _ in range(chance.randrange(30))}
    gone = {quad for quad in before if chance.random() < 0.3}
    after = (before - gone) | {drawn(chance) for _ in range(chance.randrange(6))}
    was, now = set(seen(before, ONTOLOGY)), set(seen(after, ONTOLOGY))
    whole = Whole((), ONTOLOGY, 1, before)
    lost, come = whole.moved(after)
    assert lost <= was
    assert come.isdisjoint(was)
    assert (was - lost) | come == now


def test_a_whole_is_the_same_after_it_was_asked() -> None:
    chance = random.Random(1)
    before = {drawn(chance) for _ in range(20)}
    shape, query = ox.NamedNode("http://e/shape"), ox.NamedNode("http://e/query")
    sh = PREFIXES["sh"]
    rows = f"SELECT ?this WHERE {{ ?this <{LABEL.value}> 'new' }}"
    shapes: list[Triple] = [
        (shape, RDF_TYPE, ox.NamedNode(sh + "NodeShape")),
        (shape, ox.NamedNode(sh + "sparql"), query),
        (query, ox.NamedNode(sh + "select"), ox.Literal(rows)),
    ]
    whole = Whole(shapes, ONTOLOGY, 1, before)
    more = ox.Quad(NODES[0], LABEL, ox.Literal("new"), PARTNER)
    assert not whole.breaks(before)
    assert whole.breaks(before | {more})
    assert not whole.breaks(before)
