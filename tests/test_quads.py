"""The quads of a store are picked by graph and by property in the order that they stand in."""

from __future__ import annotations

import pyoxigraph as ox

from coopkg.build.quads import Quads

A, B, P, Q = (ox.NamedNode(f"urn:{name}") for name in "abpq")
EVERY = (
    ox.Quad(A, P, ox.Literal("1")),
    ox.Quad(A, Q, ox.Literal("2"), B),
    ox.Quad(B, P, A, B),
    ox.Quad(B, Q, ox.Literal("2")),
)


def test_what_is_picked_keeps_the_order_of_the_store() -> None:
    quads = Quads.of(iter(EVERY))
    assert list(quads) == list(EVERY)
    assert quads.saying(Q, P) == list(EVERY)
    assert quads.saying(P) == [EVERY[0], EVERY[2]]
    assert quads.graph(B) == [EVERY[1], EVERY[2]]
    assert quads.at({3, 0}) == [EVERY[0], EVERY[3]]


def test_the_default_graph_is_a_store_of_its_own() -> None:
    default = Quads.of(EVERY).default
    assert list(default) == [EVERY[0], EVERY[3]]
    assert default.saying(Q) == [EVERY[3]]
    assert default.nodes == {A, B, ox.Literal("1"), ox.Literal("2")}


def test_what_nothing_says_is_empty_and_quads_are_read_once() -> None:
    quads = Quads.of(EVERY)
    assert quads.saying(A) == quads.graph(A) == []
    assert Quads.of(quads) is quads
