"""How far shapes look, and what is near a hub because of it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from coopkg.build.intake import reach
from coopkg.build.intake.ground import Made
from coopkg.build.intake.near import HUB, Index, Moved, Near, ends
from coopkg.build.intake.reach import Reach
from coopkg.terms import RDF_TYPE, Triple

PREFIX = """
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix coopsh: <https://w3id.org/cnfpt-coop/shapes#> .
@prefix e: <http://e/> .
"""
HUB_NODE = ox.NamedNode("http://e/hub")


def e(name: str) -> ox.NamedNode:
    return ox.NamedNode("http://e/" + name)


def first(shapes: str) -> Reach:
    return passes(shapes)[0]


def passes(shapes: str) -> tuple[Reach, Reach]:
    read = ox.parse((PREFIX + shapes).encode(), format=ox.RdfFormat.TURTLE)
    triples: list[Triple] = [(q.subject, q.predicate, q.object) for q in read]
    return reach.of(triples)


@pytest.mark.parametrize(
    ("shapes", "far", "steps"),
    [
        ("e:s a sh:NodeShape ; sh:property [ sh:path e:p ; sh:maxCount 1 ] .", set(), 1),
        ("e:s a sh:NodeShape ; sh:property [ sh:path ( e:p e:q ) ; sh:minCount 1 ] .", {"q"}, 1),
        (
            "e:s a sh:NodeShape ; sh:property [ sh:path e:p ; sh:node e:t ] ."
            "e:t sh:property [ sh:path e:q ; sh:equals e:r ] .",
            {"q", "r"},
            1,
        ),
        (
            "e:s a sh:NodeShape ; sh:property [ sh:path e:p ; sh:qualifiedValueShape"
            " [ sh:or ( [ sh:path e:q ; sh:class e:C ] ) ] ] .",
            {"q"},
            2,
        ),
        ("e:s a sh:NodeShape ; sh:not [ sh:path e:p ; sh:disjoint e:q ] .", set(), 1),
    ],
)
def test_what_is_read_of_other_nodes_is_told(shapes: str, far: set[str], steps: int) -> None:
    found = first(shapes)
    assert found.far == {RDF_TYPE, *map(e, far)}
    assert found.steps == steps


def test_a_path_without_end_is_read_far() -> None:
    found = first("e:s a sh:NodeShape ; sh:property [ sh:path [ sh:zeroOrMorePath e:p ] ] .")
    assert e("p") in found.far
    assert found.steps > 2


def test_a_shape_of_another_pass_reads_nothing_in_this_one() -> None:
    shape = "e:s a sh:NodeShape ; coopsh:pass 2 ; sh:property [ sh:path e:p ] ."
    raw, closed = passes(shape)
    assert not raw.reads(e("p"))
    assert closed.reads(e("p"))


def test_onlookers_are_those_that_lead_to_what_a_shape_reads_there() -> None:
    found = first("e:s a sh:NodeShape ; sh:property [ sh:path ( e:p e:q ) ; sh:minCount 1 ] .")
    facts = Moved(Index([ox.Quad(e("a"), e("p"), e("b")), ox.Quad(e("c"), e("p"), e("a"))]))
    read, other = ox.Quad(e("b"), e("q"), e("x")), ox.Quad(e("b"), e("r"), e("x"))
    assert found.onlookers([read], facts.leading) == {e("a")}
    assert found.onlookers([other], facts.leading) == set()


@pytest.mark.parametrize(
    "shape",
    [
        "sh:property [ sh:path e:many ; sh:qualifiedMaxCount 1 ; sh:qualifiedValueShape [] ]",
        "sh:property [ sh:path e:few ; sh:disjoint e:many ]",
        "sh:property [ sh:path e:few ; sh:equals e:many ]",
        "sh:sparql [ sh:select 'SELECT $this { $this <http://e/many> ?one }' ]",
        "sh:closed true",
    ],
)
def test_all_that_a_shape_reads_of_a_hub_is_near_it(shape: str) -> None:
    _, closed = passes(f"e:s a sh:NodeShape ; coopsh:pass 2 ; {shape} .")
    many: list[Triple] = [(HUB_NODE, e("many"), e(f"o{n}")) for n in range(HUB + 1)]
    assert Made(many, closed).around([HUB_NODE]) == many


def test_what_no_shape_reads_of_a_hub_is_not_near_it() -> None:
    _, closed = passes("e:s a sh:NodeShape ; coopsh:pass 2 ; sh:property [ sh:path e:few ] .")
    many: list[Triple] = [(HUB_NODE, e("many"), e(f"o{n}")) for n in range(HUB + 1)]
    few: list[Triple] = [(HUB_NODE, e("few"), e(f"o{n}")) for n in range(HUB + 1)]
    assert Made([*many, *few], closed).around([HUB_NODE]) == few


def test_what_a_shape_follows_back_from_a_hub_is_near_it() -> None:
    found = first(
        "e:s a sh:NodeShape ; sh:property [ sh:path [ sh:inversePath e:part ] ; sh:maxCount 1 ] ."
    )
    crowd = [ox.Quad(e(f"s{n}"), e("other"), HUB_NODE) for n in range(HUB + 1)]
    whole = ox.Quad(e("whole"), e("part"), HUB_NODE)
    near = Near(Moved(Index([*crowd, whole], found.inverse)), {HUB_NODE})
    assert near.quads == [whole]


def test_a_class_is_not_near_what_becomes_one_of_it() -> None:
    moved = [ox.Quad(e("a"), RDF_TYPE, e("C")), ox.Quad(e("a"), e("p"), e("b"))]
    inferred = [(e("d"), RDF_TYPE, e("D")), (e("d"), e("q"), e("f"))]
    assert ends(moved, inferred) == {e("a"), e("b"), e("d"), e("f")}
