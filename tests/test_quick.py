"""The quick graph answers as rdflib's own graph does, whatever was added and removed before."""

from __future__ import annotations

import itertools
import random

import pyshacl
import pytest
import rdflib
from rdflib import RDF, SH
from rdflib.paths import OneOrMore, Path
from rdflib.term import Node

from coopkg.build import quick

NAMES = [rdflib.URIRef(f"http://e/{letter}") for letter in "abcd"]
VALUES: list[Node] = [
    *NAMES,
    rdflib.BNode("x"),
    rdflib.Literal("1"),
    rdflib.Literal(1),
    rdflib.Literal("01", datatype=rdflib.XSD.integer, normalize=False),
    rdflib.Literal("Oran", lang="fr"),
]


@pytest.fixture(scope="module")
def both() -> tuple[quick.Graph, rdflib.Graph]:
    """A quick graph and rdflib's, after the same additions and removals in any order."""
    ours, theirs = quick.Graph(), rdflib.Graph(bind_namespaces="none")
    chance = random.Random(2)
    for _ in range(600):
        triple = (chance.choice(NAMES), chance.choice(NAMES[:3]), chance.choice(VALUES))
        pattern = tuple(one if chance.random() < 0.8 else None for one in triple)
        removes = chance.random() < 0.5
        for graph in (ours, theirs):
            graph.add(triple)
            if removes:
                graph.remove(pattern)
    return ours, theirs


def test_it_holds_the_same_triples(both: tuple[quick.Graph, rdflib.Graph]) -> None:
    ours, theirs = both
    assert set(ours) == set(theirs)
    assert 5 < len(ours) == len(theirs) == len(list(ours))


def test_each_pattern_finds_the_same(both: tuple[quick.Graph, rdflib.Graph]) -> None:
    ours, theirs = both
    other = rdflib.URIRef("http://e/nobody")
    for s, p, o in itertools.product([*NAMES, other, None], [*NAMES, None], [*VALUES, other, None]):
        assert sorted(ours.triples((s, p, o))) == sorted(theirs.triples((s, p, o)))
        assert ((s, p, o) in ours) == ((s, p, o) in theirs)
        assert sorted(ours.objects(s, p)) == sorted(theirs.objects(s, p))
        assert sorted(ours.subjects(p, o)) == sorted(theirs.subjects(p, o))
        assert sorted(ours.predicates(s, o)) == sorted(theirs.predicates(s, o))


def test_paths_are_followed(both: tuple[quick.Graph, rdflib.Graph]) -> None:
    ours, theirs = both
    path: Path = NAMES[0] / NAMES[1]
    for asked in (path, NAMES[2] * OneOrMore, ~NAMES[0]):
        assert set(ours.subject_objects(asked)) == set(theirs.subject_objects(asked))
        assert set(ours.objects(NAMES[0], asked)) == set(theirs.objects(NAMES[0], asked))


def test_what_was_emptied_holds_nothing() -> None:
    graph = quick.Graph()
    graph.add((NAMES[0], NAMES[1], NAMES[2]))
    graph.add((NAMES[0], NAMES[1], NAMES[2]))
    assert len(graph) == 1
    graph.remove((None, None, None))
    assert not graph
    held = graph.held
    assert (held.by_subject, held.by_predicate, held.by_object) == ({}, {}, {})


def test_pyshacl_takes_it_for_a_graph() -> None:
    data, shapes = quick.Graph(), quick.Graph()
    data.add((NAMES[0], NAMES[1], NAMES[2]))
    shape, rule = NAMES[2], NAMES[3]
    for triple in (
        (shape, RDF.type, SH.NodeShape),
        (shape, SH.targetSubjectsOf, NAMES[1]),
        (shape, SH.property, rule),
        (rule, SH.path, NAMES[1]),
        (rule, SH.maxCount, rdflib.Literal(0)),
    ):
        shapes.add(triple)
    conforms, found, _ = pyshacl.validate(data, shacl_graph=shapes, inplace=True)
    assert not conforms
    assert isinstance(found, rdflib.Graph)
    assert list(found.objects(None, SH.focusNode)) == [NAMES[0]]
