"""What may be asked of all nodes at once: the rows are those of each node, one by one."""

from __future__ import annotations

import pytest
import rdflib

from coopkg.build import focus
from coopkg.build.bridge import from_rdflib
from coopkg.build.mirror import Mirror
from coopkg.terms import Triple

DATA = """
@prefix e: <http://e/> .
e:a e:n 1 , 2 ; e:to e:b . e:b e:n 2 ; e:to e:c . e:c e:to e:c .
"""
FREE = [
    "$this e:n ?n",
    "$this e:n ?n FILTER(?n > 1 && $this != e:b)",
    "$this e:n ?n FILTER NOT EXISTS { ?other e:to $this }",
    "$this e:to ?b OPTIONAL { $this e:n ?n } FILTER(!BOUND(?n))",
    "$this e:to ?b MINUS { $this e:n ?n }",
    "{ $this e:to e:b } UNION { $this e:to e:c }",
    "{ $this e:to e:b } UNION { ?x e:to e:c }",
    "{ SELECT $this (COUNT(?n) AS ?many) { $this e:n ?n } GROUP BY $this } FILTER(?many > 1)",
    "?x e:to $this . $this e:to+ ?y BIND($this AS ?z)",
    "?x e:n ?n",
]
BOUND = [
    "?x e:n ?n FILTER(?x = $this)",
    "?x e:n ?n FILTER NOT EXISTS { $this e:to ?x }",
    "?x e:n ?n BIND($this AS ?y) FILTER(?y = ?x)",
    "?x e:to ?y OPTIONAL { $this e:to ?x } FILTER(!BOUND(?z))",
    "?x e:to ?y MINUS { $this e:n ?n . ?x e:n ?n }",
    "{ SELECT ?x { $this e:to ?x } }",
    "{ SELECT ?n (COUNT(*) AS ?many) { $this e:n ?n } GROUP BY ?n HAVING(COUNT(*) = 1) }",
    "{ SELECT $this { $this e:n ?n } LIMIT 1 }",
    "{ ?x e:to e:c } UNION { ?x e:n ?n FILTER($this = ?x) }",
    "{ $this e:to e:b } UNION { ?x e:to e:c } FILTER($this != e:a)",
]


def written(pattern: str) -> str:
    return f"PREFIX e: <http://e/> SELECT $this WHERE {{ {pattern} }}"


@pytest.mark.parametrize("pattern", FREE)
def test_a_query_that_binds_the_node_first_may_be_asked_of_all(pattern: str) -> None:
    assert focus.is_free(written(pattern))


@pytest.mark.parametrize("pattern", BOUND)
def test_any_other_is_asked_of_each_node(pattern: str) -> None:
    assert not focus.is_free(written(pattern))


@pytest.mark.parametrize("pattern", [*FREE, *BOUND])
def test_behind_the_screen_each_node_has_a_row_where_it_had_one(pattern: str) -> None:
    plain = rdflib.Graph().parse(data=DATA)
    triples: list[Triple] = []
    mirror = Mirror(screening=True)
    for triple in plain:
        subject, predicate, value = map(from_rdflib, triple)
        triples.append((subject, predicate, value))  # type: ignore[arg-type]  # an IRI is one
    graph = mirror.show(triples)
    query = written(pattern)
    for name in "abc":
        bound = {"this": rdflib.URIRef(f"http://e/{name}")}
        wanted = bool(plain.query(query, initBindings=bound).bindings)
        assert bool(graph.query(query, initBindings=bound).bindings) == wanted
