"""Admission: what is refused before any work, by name, and what is not."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pyoxigraph
import pytest

from coopkg.engine import admission
from coopkg.errors import RefusedQuery, SyntaxQueryError
from coopkg.terms import PREFIXES

W3C = Path(__file__).parents[1].parent / "shared" / "standards"

RESPECTABLE = [
    "SELECT * { ?s ?p ?o } LIMIT 7",
    "PREFIX d: <http://www.w3.org/ns/dcat#> SELECT ('a SERVICE <http://x/> b' AS ?x) "
    "(<http://x/SERVICE/LOAD> AS ?y) (d:DataService AS ?z) { # SERVICE\n}",
    "SELECT (STRLEN(" + "CONCAT(" * 20 + '"a"' + ',"b")' * 20 + ") AS ?n) " + "{" * 10 + "}" * 10,
    "SELECT (COUNT(*) AS ?n) { VALUES ?x { "
    + " ".join(f"<http://example.org/thing/{i}>" for i in range(300))
    + " } }",
    "SELECT ?p (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { ?o ?p ?s } OPTIONAL { ?s a ?t } } "
    "GROUP BY ?p HAVING(COUNT(*)>0) ORDER BY DESC(?n) LIMIT 5",
    "PREFIX service: <x:> ASK { service:a ?insert 'LOAD' }",
    "ASK { FILTER(?x IN (" + ", ".join(map(str, range(1000))) + ")) }",
    "ASK { VALUES (?a ?b) { " + "(<http://a/b> 'c')" * 800 + " } }",
    "SELECT ?x { VALUES ?x { " + " ".join(f'"v{i:07d}"' for i in range(18_000)) + " } }",
    "ASK { " + " UNION ".join(f"{{ ?s <x:p{i}> ?o }}" for i in range(200)) + " }",
    "\ufeffASK {}",
    "ASK FROM <relative> {}",
]


@pytest.mark.parametrize(
    ("query", "rule", "column"),
    [
        ("SELECT (SUM(COUNT(?o)) AS ?n) { ?s ?p ?o }", "nested-aggregate", 13),
        ("SELECT (SUM(1 + STR(MAX(?o))) AS ?n) { ?s ?p ?o }", "nested-aggregate", 21),
        ("SELECT ?s { ?s ?p ?o FILTER(COUNT(?o) > 3) }", "aggregate-misplaced", 29),
        ("SELECT ?s { ?s ?p ?o FILTER COUNT(?o) }", "aggregate-misplaced", 29),
        (
            "SELECT ?s { ?s ?p ?o FILTER <http://www.w3.org/2001/XMLSchema#boolean>(COUNT(?o)) }",
            "aggregate-misplaced",
            72,
        ),
        ("SELECT ?n { ?c ?p ?o BIND(COUNT(?c) AS ?n) }", "aggregate-misplaced", 27),
    ],
)
def test_an_aggregate_out_of_place_is_refused_in_words(query: str, rule: str, column: int) -> None:
    with pytest.raises(SyntaxQueryError) as refused:
        admission.admit(query)
    assert (refused.value.rule, refused.value.line, refused.value.column) == (rule, 1, column)
    assert "agrégat" in refused.value.message("fr")
    assert "aggregate" in refused.value.message("en")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT ?s { ?s ?p ?o FILTER EXISTS { SELECT (COUNT(?o) AS ?n) { ?s ?p ?o } } }",
        "SELECT (COUNT(?o) + SUM(?o) AS ?n) { ?s ?p ?o FILTER(?o > 1) } HAVING(COUNT(*) > 2)",
        "SELECT (MAX(?n) AS ?most) { { SELECT (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?s } }",
        "SELECT ?s { ?s ?p ?o FILTER <x:f>(1) } GROUP BY ?s ORDER BY COUNT(?o)",
    ],
)
def test_an_aggregate_in_its_place_is_admitted(query: str) -> None:
    assert admission.admit(query).text == query


def test_a_variable_listed_again_is_blanked_out_where_it_stands() -> None:
    query = "SELECT ?s $s (1 AS ?n) ?n { { SELECT ?s?p?s { ?s ?p ?o } } } GROUP BY ?s ?s"
    found = admission.admit(query)
    assert (
        found.text == "SELECT ?s    (1 AS ?n)    { { SELECT ?s?p   { ?s ?p ?o } } } GROUP BY ?s ?s"
    )
    assert [one.text for one in found.tokens].count("?s") == 5
    assert pyoxigraph.Store().query("SELECT ?s    { ?s ?p ?o }").variables


@pytest.mark.parametrize("query", RESPECTABLE)
def test_what_people_ask_is_admitted(query: str) -> None:
    admission.admit(query)


@pytest.mark.parametrize(
    ("rule", "query"),
    [
        ("too-long", "ASK { FILTER(1=1) } #" + "a" * 270_000),
        ("too-many-tokens", "ASK { FILTER(1=1" + "+1" * 4_000 + ") }"),
        ("too-much-data", "ASK { VALUES ?x {" + " 1" * 41_000 + " } }"),
        ("too-deep", "ASK { FILTER(" + "STR(" * 1_500 + '"a"' + ")" * 1_500 + '="a") }'),
        ("too-deep", "SELECT * WHERE " + "{" * 5_000 + "?s ?p ?o" + "}" * 5_000),
        ("too-deep", "ASK { ?s ?p " + "(" * 400 + "1" + ")" * 400 + " }"),
        ("too-deep", "ASK { ?s ?p " + "<<( ?a ?b " * 70 + "1" + " )>>" * 70 + " }"),
        ("too-many-groups", "ASK { " + " UNION ".join(["{}"] * 300) + " }"),
        ("too-many-patterns", "ASK { " + " ".join(f"?a{i} ?p ?b ." for i in range(300)) + " }"),
        ("too-many-patterns", "ASK { ?s ?p (" + " 1" * 800 + ") }"),
        ("too-many-patterns", "ASK { ?s ?p " + ", ".join(["[ <x:> 1 ]"] * 400) + " }"),
        ("too-many-patterns", "ASK { ?s " + "/".join(["<x:p>"] * 800) + " ?o }"),
        ("operators-in-a-row", "ASK { FILTER(" + "!" * 100 + "true) }"),
        ("calls-out", "SELECT * { SERVICE <http://x/> { ?x ?y ?z } }"),
        ("calls-out", "ASK { FILTER EXISTS { sErViCe<http://x/>{ ?x ?y ?z } } }"),
        ("calls-out", "SELECT * { \\u0053ERVICE <http://x/> { ?x ?y ?z } }"),
        ("calls-out", "SELECT * { \\U00000053\\u0045RVICE <http://x/> { ?x ?y ?z } }"),
        ("calls-out", "ASK { ?s ?p '\\u0027 SERVICE <x:> {} \\u0027' }"),
        ("calls-out", "SELECT * { SERVICESILENT<http://x/>{ ?x ?y ?z } }"),
        ("calls-out", "PREFIX : <http://x/> SELECT * { SERVICE:x { ?x ?y ?z } }"),
        ("calls-out", "PREFIX : <http://x/> SELECT * { ?s ?p trueSERVICE:x { ?x ?y ?z } }"),
        ("calls-out", "PREFIX : <x:> PREFIX SERVICE: <y:> SELECT * { SERVICE:x { ?x ?y ?z } }"),
        ("calls-out", "ASK { ?s ?p ?o FILTER(?s<'>') SERVICE<http://x/>{} FILTER(?s='') }"),
        ("writes", "LOAD <http://x/>"),
        ("writes", "PREFIX x: <y:> insert data { x:a x:b x:c }"),
        ("writes", "DELETE WHERE { ?s ?p ?o }"),
        ("writes", "ASK {} ; DROP ALL"),
        ("writes", "\\u004COAD <http://x/>"),
    ],
)
def test_what_kills_hangs_calls_out_or_writes_is_refused_by_name(rule: str, query: str) -> None:
    begun = time.process_time()
    with pytest.raises(RefusedQuery) as caught:
        admission.admit(query)
    assert caught.value.rule == rule
    assert caught.value.message("fr") != caught.value.message("en")
    assert time.process_time() - begun < 1


def test_a_refusal_says_on_which_line() -> None:
    with pytest.raises(RefusedQuery) as caught:
        admission.admit("SELECT * {\n ?s ?p ?o .\n SERVICE <http://x/> {} }")
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("query", "line", "column", "hint"),
    [
        ("SELEKT * {}", 1, 1, "SELECT"),
        ("SELECT * {\n ?s coop:theme ?o }", 2, 5, f"PREFIX coop: <{PREFIXES['coop']}>"),
        ("SELECT * {\n ?s nowhere:x ?o }", 2, 5, ""),
        ("ASK { ?s ?p 'abc }\n}", 1, 13, ""),
        ("ASK { ?s ?p\u00a0?o }", 1, 12, ""),
        ("ASK {}\x00", 1, 7, ""),
        ("ASK { ?s ?p '\ud800' }", 1, 14, ""),
        ('ASK { ?s ?p "\\uD800" }', 1, 13, ""),
        ('ASK { ?s ?p "a" . ?s ?p "\\U00110000" }', 1, 25, ""),
        ("ASK { ?s ?p ?o FILTERstr(?o) }", 1, 16, "FILTER"),
        ("ASK FROM a:b {}", 1, 10, ""),
    ],
)
def test_wrong_words_are_shown_at_their_line_and_column_with_a_hint(
    query: str, line: int, column: int, hint: str
) -> None:
    with pytest.raises(SyntaxQueryError) as caught:
        admission.admit(query)
    error = caught.value
    assert (error.line, error.column, error.hint) == (line, column, hint)
    assert error.message("fr") != error.message("en")


def test_bytes_that_are_not_utf_8_are_refused_where_they_stand() -> None:
    with pytest.raises(SyntaxQueryError) as caught:
        admission.decode("ASK {\n 'é".encode() + b"\xff' }")
    assert (caught.value.line, caught.value.column) == (2, 4)
    assert admission.decode("ASK { 'é' }".encode()) == "ASK { 'é' }"


@pytest.mark.skipif(not W3C.exists(), reason="the W3C tests are not beside the repository")
def test_every_valid_query_of_the_w3c_suites_is_admitted_unless_it_calls_out() -> None:
    store = pyoxigraph.Store()
    for path in sorted(W3C.rglob("*.rq")):
        if path.name == "nested-aggregate-functions.rq":  # the suite calls it wrong
            continue
        text = path.read_text(encoding="utf-8")
        try:
            store.query(text, base_iri="http://example.org/")
        except (SyntaxError, RuntimeError, OSError):
            continue
        refused = None
        try:
            admission.admit(text)
        except RefusedQuery as error:
            refused = error.rule
        assert refused in {None, admission.CALLS_OUT}, path


SCRAPS = (
    "SERVICE service SILENT SERVICE:x trueSERVICE:x SERVICESILENT<svc> <svc> <http://127.0.0.1:1/> "
    ":x s:x ?v ?s ?p ?o { } ( ) . ; , FILTER FILTER:f( FILTERstr( FILTER( BIND( VALUES OPTIONAL "
    "UNION GRAPH SELECT SELECT* SELECT?s DISTINCT EXISTS NOT 1 2. .5 1e \" ' \"\"\" ''' \\ \\u0027 "
    "\\u0022 # \n < > <= <'>' '> && = ! | / * + - ^ @en a true _:b [ ] HAVING( {?s?p?o} ?o<' ='' "
    "FILTER(?s<'>') (?o<'>') VALUES(?a?b){(<a><b>)} ?s:p IN(?o<'>') (<a>|<'>) LATERAL COUNT( "
    "SERVICE<http://127.0.0.1:1/>{?s?p?o}"
)
PIECES = SCRAPS.split(" ")
PROLOGUES = (
    "",
    "BASE <http://127.0.0.1:1/> ",
    "PREFIX : <http://127.0.0.1:1/> PREFIX s: <http://127.0.0.1:1/> ",
    "PREFIX : <http://127.0.0.1:1/> PREFIX FILTER: <x:> PREFIX SERVICE: <http://127.0.0.1:1/> "
    "PREFIX trueSERVICE: <http://127.0.0.1:1/> BASE <http://127.0.0.1:1/> ",
)
SHAPES = (
    "SELECT * {{ ?s ?p ?o {} }}",
    "ASK {{ {} }}",
    "SELECT ({} AS ?z) {{ ?s ?p ?o {} }}",
    "SELECT * {{ ?s ?p ?o FILTER({}) {} FILTER({}) }}",
    "SELECT * {{ {{ SELECT {} {{ ?s ?p ?o }} {} }} {} }}",
    "SELECT * {{ ?s ?p ?o . VALUES ({}) {{ {} }} {} }}",
)


def calls_out(store: pyoxigraph.Store, query: str) -> bool:
    """Tell whether the bare engine would call out: port 1 is refused before any connection."""
    try:
        results = store.query(query)
        if not isinstance(results, pyoxigraph.QueryBoolean):
            for _ in zip(range(20), results, strict=False):
                pass
    except OSError:
        return True
    except (SyntaxError, RuntimeError, ValueError):
        return False
    return False


def test_no_disguise_of_service_passes() -> None:
    chance = random.Random(20261123)
    store = pyoxigraph.Store()
    for i in range(3):
        node = pyoxigraph.NamedNode(f"http://example.org/{i}")
        store.add(pyoxigraph.Quad(node, node, pyoxigraph.Literal(str(i))))
    tried = 0
    for _ in range(40_000):
        shape = chance.choice(SHAPES)
        holes = [
            chance.choice(("", " ")).join(chance.choices(PIECES, k=chance.randint(1, 7)))
            for _ in range(shape.count("{}"))
        ]
        query = chance.choice(PROLOGUES) + shape.format(*holes)
        if calls_out(store, query):
            tried += 1
            with pytest.raises((RefusedQuery, SyntaxQueryError)):
                admission.admit(query)
    assert tried > 20
