"""A query set in lines keeps its tokens and its comments, and is set the same again."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopkg.engine.formatting import comments, format_query
from coopkg.sparql_tokens import tokenize

HERE = Path(__file__).parent
QUERIES = sorted((HERE.parent / "queries").glob("*.rq"))
W3C = HERE.parents[1] / "shared/standards/w3c-rdf-tests/sparql"


def texts(query: str) -> list[str]:
    """Return the texts of the tokens."""
    return [token.text for token in tokenize(query)]


def holds(query: str) -> None:
    """Assert what must be true of every query."""
    once = format_query(query)
    assert texts(once) == texts(query)
    assert comments(once) == comments(query)
    assert format_query(once) == once


def test_a_query_on_one_line_is_set_in_lines() -> None:
    query = (
        "prefix a: <b> select ?x(count(*) as ?n)where{?x a:p ?y,?z;a:q [a ?t;a:r 1].optional"
        "{?x a:p -1}filter(?y>-1&&not exists{?x ?p ?q})values ?z{1 2}}group by ?x limit 5"
    )
    assert format_query(query) == (
        "prefix a: <b>\n"
        "select ?x (count(*) as ?n) where {\n"
        "  ?x a:p ?y, ?z ;\n"
        "    a:q [a ?t; a:r 1] .\n"
        "  optional {\n"
        "    ?x a:p -1\n"
        "  }\n"
        "  filter(?y > -1 && not exists {\n"
        "    ?x ?p ?q\n"
        "  })\n"
        "  values ?z { 1 2 }\n"
        "}\n"
        "group by ?x\n"
        "limit 5\n"
    )


@pytest.mark.parametrize(
    ("glued", "apart"),
    [
        ("SELECT?g(COUNT(*)AS?n)", "SELECT ?g (COUNT(*) AS ?n)"),
        ("SELECT*WHERE{}group by?g", "SELECT * WHERE {}\ngroup by ?g"),
        ("SELECT(1+2 AS?a)(?a*-3 AS?b){}", "SELECT (1+2 AS ?a) (?a*-3 AS ?b) {}"),
        ("ASK{filter(?o>3&&!bound(?z))}", "ASK {\n  filter(?o > 3 && !bound(?z))\n}"),
        ("ASK{filter(?o<-3||?o IN(1))}", "ASK {\n  filter(?o < -3 || ?o IN (1))\n}"),
        ("ASK{?s^a:p/(a:q|!a:r)+?o}", "ASK {\n  ?s^a:p/(a:q|!a:r)+?o\n}"),
        ("ASK{?s a:p'x'@fr,'1'^^a:t}", "ASK {\n  ?s a:p 'x'@fr, '1'^^a:t\n}"),
        ("ASK FROM<x>{?s?p?o;a[]}", "ASK\nFROM <x> {\n  ?s ?p ?o ;\n    a []\n}"),
    ],
)
def test_words_names_and_values_come_apart_and_signs_paths_and_calls_do_not(
    glued: str, apart: str
) -> None:
    assert format_query(glued) == apart + "\n"
    holds(glued)


def test_comments_stay_where_they_stand() -> None:
    query = (
        "# head\n\n\n\nSELECT * # star\nWHERE {\n# a triple\n?s ?p ?o. # end\n"
        "\n\n  # last\n}# after\n#+ kept"
    )
    assert format_query(query) == (
        "# head\n\nSELECT *  # star\nWHERE {\n  # a triple\n  ?s ?p ?o .  # end\n"
        "\n  # last\n}  # after\n#+ kept\n"
    )


def test_the_lines_of_a_long_expression_are_kept() -> None:
    query = "ASK {\n  FILTER(?a\n      && ?b)\n}"
    assert format_query(query) == "ASK {\n  FILTER(?a\n    && ?b)\n}\n"


@pytest.mark.parametrize("query", ["", "SELECT “", "ASK { ?s ?p 'open }", "# only a comment"])
def test_what_is_not_made_of_tokens_is_left_alone(query: str) -> None:
    assert format_query(query) == query


def test_every_question_keeps_its_tokens_and_comments() -> None:
    assert len(QUERIES) > 70
    for path in QUERIES:
        holds(path.read_text(encoding="utf-8"))


def test_every_query_of_the_w3c_keeps_its_tokens_and_comments() -> None:
    if not W3C.exists():
        pytest.skip("the W3C tests are not beside the repository")
    paths = sorted(W3C.rglob("*.rq"))
    assert len(paths) > 1_000
    for path in paths:
        holds(path.read_text(encoding="utf-8"))


SOURCES = [tokenize(path.read_text(encoding="utf-8")) for path in QUERIES[::9]]
GAPS = st.sampled_from(["", " ", "  ", "\n", "\n\n\n", "\t", "\r\n", " # note\n", "\n# a\n# b\n"])


@settings(max_examples=80, deadline=None)
@given(st.sampled_from(SOURCES), st.data())
def test_white_space_and_comments_anywhere_change_no_token(source: list[str], data: object) -> None:
    draw = data.draw  # type: ignore[attr-defined]  # Hypothesis gives no name to its type
    pieces = [token.text for token in source[:60]]  # type: ignore[attr-defined]
    gaps = draw(st.lists(GAPS, min_size=len(pieces), max_size=len(pieces)))
    text = "".join(piece + gap for piece, gap in zip(pieces, gaps, strict=True))
    holds(text)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="SELECT ?x{}().;,'\"#<>a1\n \t:|&=!-", max_size=60))
def test_any_text_can_be_given(text: str) -> None:
    holds(text)
