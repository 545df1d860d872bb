"""A query that no quad of a change may touch gives the same after it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopkg.build.patterns import ANYTHING, Moved, patterns
from coopkg.terms import RDF_TYPE

HEAD = "PREFIX : <x:> "
TYPE = RDF_TYPE.value
QUERIES = (
    "SELECT * { :a :p ?o }",
    "SELECT * { ?s :p :b ; a :c , :d }",
    "SELECT * { ?s :p [ :q ?o ] }",
    "SELECT * { [ :q ?o ; :p :a ] . }",
    "SELECT * { ?s ?verb :a }",
    "SELECT * { ?s :p/:q ?o }",
    "SELECT * { ?s ^:p|:q+ ?o }",
    "SELECT * { ?s (:p/^:q)+ ?o }",
    "SELECT * { ?s a/:p ?o }",
    "SELECT * { ?s :p* ?o }",
    "SELECT * { ?s :p? ?o }",
    "SELECT * { ?s !:p ?o }",
    "SELECT * { ?s !(:p|^:q) ?o }",
    "SELECT * { VALUES ?verb { :p } ?s ?verb ?o }",
    "SELECT * { ?s :p ?o OPTIONAL { ?o :q ?x } }",
    "SELECT * { { ?s :p ?o } UNION { ?s a ?o } }",
    "SELECT * { ?s :p ?o FILTER NOT EXISTS { ?s :q :b } }",
    "SELECT * { ?s :p ?o FILTER(EXISTS { ?s a :c } || ?o = :a) }",
    "SELECT * { ?s :p ?o MINUS { ?s :q ?x } }",
    "SELECT * { ?s :p ?o { SELECT ?o (COUNT(?x) AS ?n) { ?o :q ?x } GROUP BY ?o } }",
    "SELECT ?s (COUNT(?o) AS ?n) { ?s :p ?o } GROUP BY ?s HAVING(COUNT(?o) > 1)",
    "SELECT (COUNT(*) AS ?n) { ?s :p 1 }",
    "SELECT * { GRAPH ?g { ?s :p ?o } }",
    "SELECT * { GRAPH ?g { } }",
    "SELECT * { GRAPH ?g { OPTIONAL { ?s :p ?o } } }",
    "SELECT * { GRAPH ?g { { ?s :p ?o } UNION { VALUES ?s { :a } } } }",
    "SELECT * { GRAPH :g { ?s :p ?o } ?s :q ?x }",
    "SELECT * { ?s :p ?o BIND(EXISTS { ?o :q ?x } AS ?e) }",
    "SELECT * FROM :g { ?s :p ?o }",
    "SELECT * { ?s :p (:a ?o) }",
    "SELECT * { }",
)
TERMS = [ox.NamedNode(f"x:{one}") for one in "abcd"]
GRAPHS = [ox.DefaultGraph(), ox.DefaultGraph(), ox.NamedNode("x:g"), ox.NamedNode("x:h")]
VERBS = [ox.NamedNode("x:p"), ox.NamedNode("x:q"), RDF_TYPE]
QUADS = st.builds(
    ox.Quad,
    st.sampled_from(TERMS),
    st.sampled_from(VERBS),
    st.sampled_from([*TERMS, ox.Literal(1)]),
    st.sampled_from(GRAPHS),
)


def rows(query: str, quads: set[ox.Quad]) -> list[str]:
    store = ox.Store()
    store.extend(quads)
    found = store.query(HEAD + query)
    assert isinstance(found, ox.QuerySolutions)
    return sorted(str([str(one) for one in row]) for row in found)


@settings(deadline=None, max_examples=50)
@given(st.sets(QUADS, min_size=6, max_size=24), QUADS)
def test_what_is_not_touched_gives_the_same(before: set[ox.Quad], one: ox.Quad) -> None:
    after = before ^ {one}
    moved = Moved(before ^ after)
    for query in QUERIES:
        if not moved.may_touch(HEAD + query):
            assert rows(query, before) == rows(query, after), query


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("SELECT * { :a :p ?o }", {("x:a", "x:p", None)}),
        ("SELECT * { ?s :p :b ; a :c }", {(None, "x:p", "x:b"), (None, TYPE, "x:c")}),
        ("SELECT * { ?s :p 'x'@fr }", {(None, "x:p", None)}),
        ("SELECT * { GRAPH ?g { :a ?p ?o } }", {("x:a", None, None)}),
        ("SELECT * { ?s :p ?o FILTER EXISTS { :a :q :b } }",
         {(None, "x:p", None), ("x:a", "x:q", "x:b")}),
        ("SELECT * { }", set()),
    ],
)  # fmt: skip
def test_a_pattern_is_known_by_the_iris_it_names(
    query: str, found: set[tuple[str | None, ...]]
) -> None:
    assert patterns(HEAD + query) == found


@pytest.mark.parametrize(
    "query",
    [
        "no query",
        "DESCRIBE :a",
        "SELECT * { ?s ?p ?o }",
        "SELECT * { ?s :p* ?o }",
        "SELECT * { ?s !:p ?o }",
        "SELECT * { ?s :p ?o BIND(NOW() AS ?now) }",
        "SELECT (SAMPLE(?o) AS ?one) { ?s :p ?o }",
        "SELECT * { ?s :p ?o } LIMIT 1",
        "SELECT * { SERVICE :a { ?s :p ?o } }",
        "BASE <x:> SELECT * { ?s <p> ?o }",
        "SELECT * { GRAPH ?g { } }",
        "SELECT * { ?s :p (1 2) }",
    ],
)
def test_where_in_doubt_anything_touches(query: str) -> None:
    assert patterns(query if query.startswith("BASE") else HEAD + query) == ANYTHING
    quad = ox.Quad(ox.NamedNode("x:1"), ox.NamedNode("x:2"), ox.NamedNode("x:3"))
    assert Moved([quad]).may_touch(HEAD + query)
    assert not Moved([]).may_touch(HEAD + query)


def test_most_queries_are_left_alone_by_a_property_that_none_asks_for() -> None:
    quad = ox.Quad(ox.NamedNode("x:a"), ox.NamedNode("x:new"), ox.NamedNode("x:b"))
    touched = [one for one in QUERIES if Moved([quad]).may_touch(HEAD + one)]
    assert len(touched) == sum(patterns(HEAD + one) == ANYTHING for one in QUERIES)
