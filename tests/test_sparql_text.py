"""SPARQL as text: tokens, prologue, dataset, outer group, projection, and where it goes wrong."""

from __future__ import annotations

import time
from pathlib import Path

import pyoxigraph
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopkg import sparql_grammar, sparql_text
from coopkg.sparql_text import Token, TokenError, tokenize

W3C = Path(__file__).parents[1].parent / "shared" / "standards"

PIECES = [
    *(
        "SELECT",
        "WHERE",
        "FILTER",
        "SERVICE",
        "a",
        "?x",
        "$y",
        "_:b.1",
        ":",
        "a:b",
        "x:y.z",
        "e:%41",
    ),
    *("<http://x/#y>", "<", "<=", ">", ">>", "<<", "<<(", ")>>", "{|", "|}", "{", "}", "(", ")"),
    *("[", "]", ".", ";", ",", "*", "/", "|", "||", "&&", "^", "^^", "!", "!=", "=", "+", "-", "~"),
    *('"a\\"#b"', "'c\\u0027'", '"""a"b""c"""', "'''d\n'e'''", '"', "'", '"""', "@fr", "@en--ltr"),
    *(
        "1",
        "1.5",
        ".5",
        "1.e7",
        "2e-3",
        "1.",
        "\\u0053ERVICE",
        "#c\n",
        "\n",
        "\r\n",
        " ",
        "é",
        "\u00a0",
    ),
]
texts = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))


def words(text: str) -> list[str]:
    return [token.keyword for token in tokenize(text) if token.kind == "word"]


def kinds(text: str) -> list[tuple[str, str]]:
    return [(token.kind, token.text) for token in tokenize(text)]


@given(texts)
def test_the_tokens_and_the_gaps_between_them_rebuild_any_text(text: str) -> None:
    position = 0
    rebuilt = ""
    for token in tokenize(text):
        assert token.offset >= position
        assert text[token.offset : token.end] == token.text != ""
        rebuilt += text[position : token.offset] + token.text
        position = token.end
    rest = text[position:]
    assert rebuilt + rest == text
    lines = rest.replace("\r", "\n").split("\n")
    assert all(not line.strip(" \t") or line.lstrip(" \t").startswith("#") for line in lines)


@given(texts)
def test_every_token_knows_its_line_and_column(text: str) -> None:
    lines = text.split("\n")
    for token in tokenize(text):
        assert lines[token.line - 1][token.column - 1] == token.text[0]
        assert sparql_text.locate(text, token.offset) == (token.line, token.column)


@given(st.sampled_from(["SERVICE", "SELECT", "LOAD", "from"]), st.data())
def test_keywords_in_strings_iris_comments_and_names_are_no_keywords(
    word: str, data: st.DataObject
) -> None:
    hidden = data.draw(
        st.sampled_from(
            [
                f'"{word}"',
                f"'''a'{word} <x> {{'''",
                f'"""{word}\n"" """',
                f'"a\\"{word}"',
                f"<http://x/{word}#{word}>",
                f"# {word}\n",
                f"x:{word}",
                f":{word}",
                f"x:a.{word}",
                f"?{word}",
                f"${word}",
                f"_:{word}",
            ]
        )
    )
    assert word.upper() not in words(f"ASK {{ ?s ?p {hidden} }}")
    assert word.upper() in words(f"ASK {{ ?s ?p {hidden} {word} }}")


def test_a_less_than_sign_opens_an_iri_among_triples_and_compares_in_an_expression() -> None:
    assert ("iri", "<b&&?c>") in kinds("ASK { ?a <b&&?c> ?d }")
    assert ("iri", "<b&&?c>") not in kinds("ASK { ?a ?b ?c FILTER(?a<b&&?c>?d) }")
    for text in (
        "SELECT (?a<'>' AS ?b) {}",
        "ASK { {SELECT ?s (?o<'>' AS ?q) {}} }",
        "ASK { FILTER <x:f>(?a<'>') }",
        "ASK {} HAVING(?a<'>')",
        "ASK { FILTER EXISTS { BIND(1<'>' AS ?x) } }",
    ):
        assert ("string", "'>'") in kinds(text), text
    for text in (
        "ASK { VALUES (?a ?b) { (<'> <'>) } }",
        "ASK { ?s (<'>|^<'>)/<'> (?a <'>) }",
        "ASK { {SELECT ?s { ?s <'> 1 }} ?x <'> 2 }",
        "ASK { FILTER EXISTS { ?a <'> ?b } }",
    ):
        assert ("iri", "<'>") in kinds(text), text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("x:a\\-b.c. ", [("pname", "x:a\\-b.c"), ("punct", ".")]),
        ("e\u0301:n\u00b7 é:à", [("pname", "e\u0301:n\u00b7"), ("pname", "é:à")]),
        ("_:a.b.", [("bnode", "_:a.b"), ("punct", ".")]),
        ("1.5e3 1. .5", [("number", "1.5e3"), ("number", "1"), ("punct", "."), ("number", ".5")]),
        ('"a"@fr-CA^^', [("string", '"a"'), ("langtag", "@fr-CA"), ("punct", "^^")]),
        ("?x?y$z", [("var", "?x"), ("var", "?y"), ("var", "$z")]),
        (
            "x:p?/y:q+",
            [("pname", "x:p"), ("punct", "?"), ("punct", "/"), ("pname", "y:q"), ("punct", "+")],
        ),
        ('"open\nASK', [("invalid", '"open'), ("word", "ASK")]),
        ('"a\\q" ', [("invalid", '"a\\q" ')]),
        (
            "<<( ?s ?p 1 )>>",
            [("punct", "<<("), ("var", "?s"), ("var", "?p"), ("number", "1"), ("punct", ")>>")],
        ),
        ("\u00a0", [("invalid", "\u00a0")]),
        ("a.b.c", [("word", "a"), ("punct", "."), ("word", "b"), ("punct", "."), ("word", "c")]),
    ],
)
def test_terminals_follow_the_recommendation(text: str, expected: list[tuple[str, str]]) -> None:
    assert kinds(text) == expected


def test_code_points_are_decoded_in_names_strings_and_iris() -> None:
    read = tokenize(r"\u0053ELECT ?a\u0062 <x:\u0041> '\u0027\n' x:\U00000062")
    assert read[0].keyword == "SELECT"
    assert [token.value for token in read[1:]] == ["ab", "x:A", "'\n", "x:b"]
    assert sparql_text.unescape(r"\uD800 \U00110000 \u00e9") == r"\uD800 \U00110000 é"


@pytest.mark.parametrize(
    "unit",
    [
        "a.",
        "<a",
        '"\\"',
        "'''a",
        "a:b.",
        "_:a.",
        "?",
        '"""\\z',
        "a....",
        "(",
        "<<(",
        "é",
        "%",
        "\\u0041",
    ],
)
def test_reading_does_not_take_the_square_of_the_time(unit: str) -> None:
    def seconds(count: int) -> float:
        begun = time.process_time()
        tokenize(unit * count)
        return time.process_time() - begun

    # Sixteen times the text: 16 when linear, 256 when quadratic. The least of a few runs is what
    # the work takes; the rest is the machine's other work.
    short = min(seconds(1_000) for _ in range(5))
    long = min(seconds(16_000) for _ in range(3))
    assert long < 80 * max(short, 0.002)


def test_the_prologue_resolves_each_iri_against_the_base_before_it() -> None:
    read = sparql_text.prologue(
        "BASE <http://e/a/> PREFIX x: <b#> BASE <../c/> PREFIX : <d> PREFIX x: <e> SELECT * {}"
    )
    assert read.base == "http://e/c/"
    assert read.prefixes == {"x": "http://e/c/e", "": "http://e/c/d"}
    assert read.resolve(tokenize(r"x:a\-b")[0]) == "http://e/c/ea-b"
    with pytest.raises(TokenError) as caught:
        read.resolve(tokenize("y:a")[0])
    assert caught.value.token.text == "y:a"


def test_a_prefix_called_base_or_select_is_a_prefix() -> None:
    text = "PREFIX base: <x:> PREFIX select: <y:> SELECT (select:a AS ?x) {}"
    assert sparql_text.prologue(text).prefixes == {"base": "x:", "select": "y:"}
    assert sparql_text.query_form(text) == "SELECT"


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("select * {}", "SELECT"),
        ("# SELECT\nBASE <x:/SELECT> ASK {}", "ASK"),
        ("PREFIX x: <y:> DESCRIBE x:SELECT", "DESCRIBE"),
        ("LOAD <x:>", "LOAD"),
        ("\\u0049NSERT DATA {}", "INSERT"),
        ("SELEKT * {}", None),
        ("", None),
    ],
)
def test_the_form_of_a_query_is_its_first_word_after_the_prologue(
    text: str, form: str | None
) -> None:
    assert sparql_text.query_form(text) == form


def test_dataset_clauses_are_those_of_the_query_itself() -> None:
    read = sparql_text.dataset_clauses(
        "PREFIX g: <http://g/> CONSTRUCT { ?s ?p 'FROM <x:>' } FROM g:a FROM NAMED <http://g/b>"
        " FROM <http://g/c> WHERE { { SELECT * { ?s ?p ?from } } # FROM <x:>\n }"
    )
    assert read == (("http://g/a", "http://g/c"), ("http://g/b",))
    assert not sparql_text.dataset_clauses("ASK { ?s <from> 'FROM' }")
    with pytest.raises(TokenError):
        sparql_text.dataset_clauses("ASK FROM nowhere:a {}")


@pytest.mark.parametrize(
    ("text", "group"),
    [
        ("ASK { ?s ?p '}' }", "{ ?s ?p '}' }"),
        ("SELECT * WHERE { { ?a ?b ?c } UNION { } } VALUES ?a { 1 }", "{ { ?a ?b ?c } UNION { } }"),
        ("CONSTRUCT { ?a ?b [] } { ?a ?b ?c }", "{ ?a ?b ?c }"),
        ("CONSTRUCT WHERE { ?a ?b ?c }", "{ ?a ?b ?c }"),
        ("SELECT (EXISTS { ?x ?y ?z } AS ?e) { }", "{ }"),
        ("SELECT * { } GROUP BY (EXISTS { })", "{ }"),
    ],
)
def test_the_outer_group_is_the_one_of_where(text: str, group: str) -> None:
    begin, end = sparql_text.outer_group(text)
    assert text[begin:end] == group


@pytest.mark.parametrize("text", ["DESCRIBE <x:>", "ASK { ?s ?p '}'", ""])
def test_without_a_closed_group_there_is_no_outer_group(text: str) -> None:
    with pytest.raises(ValueError, match="group"):
        sparql_text.outer_group(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT ?a $b { ?c ?d ?e }", ("a", "b")),
        ("SELECT DISTINCT (STR(?x) AS ?a) ?b FROM <x:> { }", ("a", "b")),
        ("SELECT (IF(EXISTS { SELECT ?z { } }, 1, 2) AS ?a) { }", ("a",)),
        ("SELECT * { ?a ?b ?c }", None),
        ("SELECT (COUNT(*) AS ?n) { }", ("n",)),
        ("ASK { ?a ?b ?c }", None),
    ],
)
def test_the_projection_is_what_the_outer_select_lists(
    text: str, names: tuple[str, ...] | None
) -> None:
    assert sparql_text.projection(text) == names


@pytest.mark.parametrize(
    ("text", "line", "column", "expected"),
    [
        ("SELECT * WHERE {\n ?s ?p \n}", 3, 1, "an object"),
        ("SELECT * {\n ?s ?p ?o\n ?x ?y }", 3, 2, "“.”"),
        ("SELECT * { FILTER(?x = ) }", 1, 24, "an expression"),
        ("SELECT ?s { ?s ?p ?o }\nORDER ?s", 2, 7, "BY"),
        ("SELECT { ?s ?p ?o }", 1, 8, "a variable"),
        ("ASK { ?s ?p ?o } LIMIT ?x", 1, 24, "a number"),
        ("ASK { ?s ?p ?o } ASK {}", 1, 18, "end"),
        ("SELECT * { OPTIONAL ?s ?p ?o }", 1, 21, "group"),
    ],
)
def test_a_fault_is_found_at_the_first_token_that_cannot_stand_there(
    text: str, line: int, column: int, expected: str
) -> None:
    found = sparql_grammar.fault(tokenize(text))
    assert found is not None
    assert isinstance(found.token, Token)
    assert (found.token.line, found.token.column) == (line, column)
    assert expected in found.expected[1]


def test_a_query_that_ends_too_early_has_its_fault_at_the_end() -> None:
    found = sparql_grammar.fault(tokenize("ASK { ?s ?p ?o "))
    assert found is not None
    assert found.token is None


@pytest.mark.skipif(not W3C.exists(), reason="the W3C tests are not beside the repository")
def test_every_valid_query_of_the_w3c_suites_is_read_without_a_fault() -> None:
    store = pyoxigraph.Store()
    read = 0
    for path in sorted(W3C.rglob("*.rq")):
        text = path.read_text(encoding="utf-8")
        try:
            store.query(text, base_iri="http://example.org/")
        except (SyntaxError, RuntimeError, OSError):
            continue
        read += 1
        found = tokenize(text)
        assert all(token.kind != "invalid" for token in found), path
        assert all(t.keyword in sparql_text.WORDS for t in found if t.kind == "word"), path
        assert found[-1].depth == 0, path
        assert sparql_grammar.fault(found) is None, path
    assert read > 900
