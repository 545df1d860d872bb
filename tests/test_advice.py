"""Advice for a query that went over a limit: it names what can be seen, and nothing else."""

from __future__ import annotations

import pytest

from coopkg.engine import advice, refusals
from coopkg.sparql_tokens import tokenize

PRODUCT, PATH, BARE, REGEX, SORT = (
    "share no variable",
    "starts anywhere",
    "names no",
    "REGEX",
    "ORDER",
)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("SELECT * { ?a :p ?b . ?c :q ?d }", ["?a", "?c", PRODUCT]),
        ("SELECT * { ?a :p ?b . OPTIONAL { ?c :q ?d } }", [PRODUCT]),
        ("SELECT * { ?a :p ?b { SELECT ?c { ?c :q ?d } } }", [PRODUCT]),
        ("SELECT * { ?a :p ?b { SELECT * { ?c :q ?d . ?e :r ?f } } }", [PRODUCT]),
        ("SELECT * { { ?x :q ?y . ?z :q ?w } UNION { ?x :r ?z } }", ["?x", "?z", PRODUCT]),
        ("CONSTRUCT { ?x :q ?y } WHERE { ?x :p ?y . ?z :p ?w }", [PRODUCT]),
        ("ASK { GRAPH ?g { ?a :p ?b } GRAPH ?h { ?c :p ?d } }", [PRODUCT]),
        ("SELECT * { ?a :p+ ?b }", [":p+", PATH]),
        ("SELECT * { ?a (:p/^:q)* ?b }", ["(:p/^:q)*", PATH]),
        ("SELECT * { ?a a :C . ?a ?p ?b }", ["?a ?p ?b", BARE]),
        ('SELECT * { ?a :p ?b FILTER REGEX(?b, "x") }', [REGEX]),
        ("SELECT * { ?a :p ?b } ORDER BY ?b LIMIT 3", [SORT]),
        ("SELECT * { ?a :p ?b . ?c ?d ?e } ORDER BY ?b", [PRODUCT, BARE]),
    ],
)
def test_the_advice_names_what_the_query_shows(query: str, words: list[str]) -> None:
    said = advice.advise(tokenize(query))
    assert all(word in said.en for word in words), said.en
    assert said.fr != said.en


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?a :p ?b . ?b :q ?c }",
        "SELECT * { ?a :p ?b . ?c :q ?d BIND(?b + ?c AS ?e) }",
        "SELECT * { VALUES (?a ?c) { (1 2) } ?a :p ?b . ?c :q ?d }",
        "SELECT * { { ?a :p ?b } UNION { ?c :q ?d } }",
        "SELECT * { ?a :p ?b FILTER NOT EXISTS { ?c :q ?d } MINUS { ?e :q ?f } }",
        "SELECT * { GRAPH ?g { ?a :p ?b } GRAPH ?g { ?c :q ?d } }",
        "SELECT * { ?a :p ?b { SELECT * { ?c :q ?b } } }",
        "SELECT * { <http://e/x> :p+ ?b }",
        "SELECT * { ?a :p+ ?b . ?b a :C }",
        "SELECT * { ?a :p* :b }",
        "SELECT * { :a :p :b . :c :p :d }",
        "DESCRIBE ?x { ?x a :C }",
        "DESCRIBE <http://e/x>",
        "SELECT * { ?s ?p ?o }",
        "",
        "SELECT * { ?a :p",
    ],
)
def test_no_cause_is_named_that_is_not_there(query: str) -> None:
    assert advice.advise(tokenize(query)) == advice.ANY


@pytest.mark.parametrize(
    "query", ["SELECT * { ?s ?p ?o } LIMIT 100000", "SELECT * { ?a :p <b> } ORDER LIMIT 3"]
)
def test_a_query_with_a_limit_is_not_told_to_add_one(query: str) -> None:
    said = advice.advise(tokenize(query))
    assert "LIMIT de cette requête" in said.fr
    assert "The LIMIT of this query" in said.en
    limits = refusals.Limits(1.0, 1 << 20, 1 << 20)
    for made in (
        refusals.over_time(refusals.Use(limits, tokens=tokenize(query))),
        refusals.over_memory(refusals.Use(limits, tokens=tokenize(query))),
        refusals.too_big(
            1 << 20, 1.0, limited=refusals.Use(limits, tokens=tokenize(query)).is_limited
        ),
    ):
        assert "ajoutez limit" not in made.message("fr").lower()
        assert "add limit" not in made.message("en").lower()


def test_a_limit_inside_a_sub_query_is_not_that_of_the_query() -> None:
    query = "SELECT * { { SELECT * { ?s ?p ?o } LIMIT 3 } }"
    assert advice.advise(tokenize(query)) == advice.ANY
    assert "add LIMIT" in refusals.too_big(1 << 20, 1.0).message("en")
