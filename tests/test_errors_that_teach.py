"""A wrong query is told where, why and how to mend it; a doubtful one what it does not ask.

The queries stand in `tests/bad_queries/*.toml`: ⟦ and ⟧ mark what the finding must point at.
"""

from __future__ import annotations

import json
import re
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coopkg import generation
from coopkg.build import error_pages
from coopkg.engine import admission
from coopkg.engine.hints import RULES, Diagnostic, Edit, Vocabulary, diagnose, errors
from coopkg.engine.hints.scene import Scene
from coopkg.errors import CoopkgError, Lang, RefusedQuery, SyntaxQueryError
from coopkg.serve.sparql import check
from coopkg.sparql_tokens import tokenize
from coopkg.terms import PREFIXES

HERE = Path(__file__).parent
FOLDER = HERE / "bad_queries"
QUERIES = HERE.parent / "queries"
W3C = HERE.parents[1] / "shared/standards/w3c-rdf-tests/sparql"
DECLARED = ("coop", "graph", "org", "place", "qb", "rdfs", "schema", "sh", "skos", "theme", "xsd")
HEAD = " ".join(f"PREFIX {name}: <{PREFIXES[name]}>" for name in DECLARED) + "\n"
BASE = "http://example.org/"

# The question is about what the sources do not state: no observation has a country, and saying so
# is true.
TRUE_WARNINGS = {("missions-by-country", "property-not-on-class")}
REFUSED = {"writes", "calls-out"}  # refused by this service, though SPARQL
OURS = {"nested-aggregate", "aggregate-misplaced"}  # its parser admits some of these
ONLY_EVALUATED = {"unknown-function"}  # functions with an IRI fail when they are called


@dataclass(frozen=True)
class Case:
    """One query of the files: what is expected, and where."""

    file: str
    number: int
    entry: dict[str, Any]

    @property
    def marked(self) -> str:
        """The text with its marks, prefixes before unless it is bare."""
        text = str(self.entry["text"])
        return text if self.entry.get("bare") else HEAD + text

    @property
    def text(self) -> str:
        """The query itself."""
        return self.marked.replace("⟦", "").replace("⟧", "")

    @property
    def rule(self) -> str:
        """The rule that the query must meet."""
        return str(self.entry["rule"])

    @property
    def span(self) -> tuple[int, int]:
        """The offsets of what is marked."""
        return self.marked.index("⟦"), self.marked.index("⟧") - 1

    def __str__(self) -> str:
        """Name it as pytest shows it."""
        return f"{self.file}-{self.number}-{self.entry.get('rule', 'good')}"


def cases() -> list[Case]:
    """Return every query of the files."""
    return [
        Case(path.stem, number, entry)
        for path in sorted(FOLDER.glob("*.toml"))
        for number, entry in enumerate(tomllib.loads(path.read_text(encoding="utf-8"))["query"], 1)
    ]


ALL = cases()
GOOD = [case for case in ALL if case.file == "good"]
BAD = [case for case in ALL if case.file != "good"]
MISSPELT = [case for case in BAD if case.entry.get("misspelt")]


@pytest.fixture(scope="session")
def known(published: Path) -> Vocabulary:
    """Return what the real generation lets queries name."""
    found = check.vocabulary(generation.current(published))
    assert found is not None
    return found


def place(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, counted here from scratch."""
    before = text[:offset].split("\n")
    return len(before), len(before[-1]) + 1


def mended(text: str, found: list[Diagnostic], severity: str) -> str:
    """Make every proposed change of one severity, the last first."""
    lines = text.split("\n")
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in range(len(lines))]
    edits = [one.edit for one in found if one.edit is not None and one.severity == severity]
    changes = [
        Edit(
            starts[int(edit["line"]) - 1] + int(edit["column"]) - 1,
            starts[int(edit["end_line"]) - 1] + int(edit["end_column"]) - 1,
            str(edit["text"]),
        )
        for edit in edits
    ]
    for change in sorted(set(changes), reverse=True):
        text = change.apply(text)
    return text


def accepted(text: str) -> bool | None:
    """Tell whether the engine's own parser accepts a query; None when it fails to evaluate it.

    What SELECT lists twice reaches it once.
    """
    try:
        text = admission.admit(text).text
    except CoopkgError as error:
        if getattr(error, "rule", "") in OURS:
            return False
    try:
        ox.Store().query(text, base_iri=BASE)
    except SyntaxError:
        return False
    except (RuntimeError, OSError, ValueError):
        return None
    return True


# --- the data: twenty and ten are asked, more are given


def test_there_are_enough_queries_of_each_kind() -> None:
    wrong = [case for case in BAD if RULES[case.rule].severity == "error"]
    assert len(wrong) >= 40
    assert len(MISSPELT) >= 20
    assert len(GOOD) >= 10
    assert {case.rule for case in BAD} <= RULES.keys()


@pytest.mark.parametrize("case", BAD, ids=str)
def test_a_bad_query_is_told_where_and_why_in_both_languages(case: Case, known: Vocabulary) -> None:
    start, end = case.span
    for lang in ("fr", "en"):
        found = diagnose(case.text, known, "fr" if lang == "fr" else "en")
        first = found[0]
        assert first.rule == case.rule
        assert (first.line, first.column) == place(case.text, start)
        assert (first.end_line, first.end_column) == place(case.text, end)
        words = f"{first.message} {first.suggestion or ''}".replace("\u00a0", " ")
        assert case.entry.get("says", {}).get(lang, "") in words
        if "fix" in case.entry:
            assert first.edit is not None
            assert first.edit["text"] == case.entry["fix"]


@pytest.mark.parametrize(
    "case", [case for case in BAD if RULES[case.rule].severity == "error"], ids=str
)
def test_the_engine_refuses_what_is_called_wrong(case: Case) -> None:
    if case.rule in REFUSED:
        with pytest.raises(RefusedQuery):
            admission.admit(case.text)
    elif case.rule in OURS:
        with pytest.raises(SyntaxQueryError):
            admission.admit(case.text)
    elif case.rule in ONLY_EVALUATED:
        assert not accepted(case.text)
    else:
        assert accepted(case.text) is False


@pytest.mark.parametrize(
    "case", [case for case in BAD if RULES[case.rule].severity == "warning"], ids=str
)
def test_the_engine_accepts_what_is_only_doubtful(case: Case) -> None:
    assert accepted(case.text) is True


@pytest.mark.parametrize("case", [case for case in BAD if case.entry.get("mended", True)], ids=str)
def test_the_change_that_is_proposed_mends(case: Case, known: Vocabulary) -> None:
    found = diagnose(case.text, known, "fr")
    severity = RULES[case.rule].severity
    if not any(one.edit for one in found if one.severity == severity):
        return
    text = mended(case.text, found, severity)
    left = diagnose(text, known, "fr")
    if severity == "error":
        assert accepted(text) is True
        assert not [one for one in left if one.severity == "error"]
    else:
        assert not [one for one in left if one.rule == case.rule]


@pytest.mark.parametrize("case", MISSPELT, ids=str)
def test_a_misspelt_term_gets_its_correction(case: Case, known: Vocabulary) -> None:
    (found,) = diagnose(case.text, known, "en")
    assert found.severity == "warning"
    assert found.replacement == case.entry["fix"]


# --- nothing is said of what is right


@pytest.mark.parametrize("case", GOOD, ids=str)
def test_nothing_is_said_of_a_good_query(case: Case, known: Vocabulary) -> None:
    assert accepted(case.text) is True
    assert diagnose(case.text, known, "fr") == []


def test_no_question_gets_a_false_error_or_a_false_warning(known: Vocabulary) -> None:
    paths = sorted(QUERIES.glob("*.rq"))
    told = {
        (path.stem, one.rule)
        for path in paths
        for one in diagnose(path.read_text(encoding="utf-8"), known, "fr")
    }
    assert len(paths) > 70
    assert told == TRUE_WARNINGS


def test_no_rule_calls_a_valid_query_of_the_w3c_wrong() -> None:
    if not W3C.exists():
        pytest.skip("the W3C tests are not beside the repository")
    valid = 0
    for path in sorted(W3C.rglob("*.rq")):
        text = path.read_text(encoding="utf-8")
        if accepted(text):
            valid += 1
            found = [one for one in errors(Scene.of(text)) if one.rule not in REFUSED]
            assert found == [], path
    assert valid > 900


def test_most_invalid_queries_of_the_w3c_get_a_cause_of_their_own() -> None:
    """The rest uses triple terms of SPARQL 1.2, which the engine's parser alone explains."""
    if not W3C.exists():
        pytest.skip("the W3C tests are not beside the repository")
    silent = []
    for path in sorted(W3C.rglob("*.rq")):
        text = path.read_text(encoding="utf-8")
        scene = Scene.of(text)
        if accepted(text) is False and not scene.reading.newer and not errors(scene):
            silent.append(path.stem)
    assert len(silent) <= 20, silent


# --- whatever people type

SCRAPS = """
SELECT ASK WHERE FILTER OPTIONAL UNION GROUP BY ORDER LIMIT a AS COUNT STR DESC VALUES BIND
CONSTRUCT SELCT LIKE NULL AND PREFIX coop: @prefix ?x ?y coop:theme foo:bar _:b <coop:Country>
{ } ( ) [ ] . ; , = == < > != && & | || ! * + - / ^ ? “ ” « » ' " \\ ^^ # -- // é https://a.b
<a> <a b> 1 2,5 'a' "b" @fr
"""
WORDS = st.sampled_from([*SCRAPS.split(), "\u00a0", "\n", "<a b>"])


@settings(max_examples=150, deadline=None)
@given(st.lists(WORDS, max_size=30))
def test_anything_can_be_diagnosed(pieces: list[str]) -> None:
    known = error_pages.sample()
    text = " ".join(pieces)
    for one in diagnose(text, known, "fr"):
        assert one.rule in RULES
        assert 1 <= one.line <= text.count("\n") + 1
        assert (one.end_line, one.end_column) >= (one.line, one.column)
        assert one.message


SOURCES = [path.read_text(encoding="utf-8") for path in sorted(QUERIES.glob("*.rq"))[::6]]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(SOURCES), st.data())
def test_a_query_with_a_slip_is_called_wrong_only_if_it_is(source: str, data: Any) -> None:
    tokens = tokenize(source)
    lost = data.draw(st.sampled_from(tokens))
    other = data.draw(st.sampled_from(["", lost.text + " " + lost.text, ".", "}", "?x", "("]))
    text = source[: lost.offset] + other + source[lost.end :]
    found = errors(Scene.of(text))
    if accepted(text):
        assert found == []
    assert diagnose(text, None, "fr") == diagnose(text, None, "fr")


# --- what a finding says


def test_lines_and_columns_count_code_points(known: Vocabulary) -> None:
    text = 'ASK {\n  ?é coop:x "😀é" ; foo:bar 1 }'
    (found,) = diagnose("PREFIX coop: <https://w3id.org/cnfpt-coop/ns#> " + text, None, "en")
    assert (found.line, found.column, found.end_column) == (2, 20, 27)
    shown, carets = found.caret.split("\n")
    assert shown[carets.index("^") : carets.rindex("^") + 1] == "foo:bar"
    assert known


def test_a_long_line_is_cut_around_the_place() -> None:
    text = "ASK { " + "?s ?p ?o . " * 40 + "SELCT }"
    shown, carets = diagnose(text, None, "fr")[0].caret.split("\n")
    assert len(shown) < 100
    assert shown[carets.index("^") :][:5] == "SELCT"


def test_a_mark_of_byte_order_shifts_nothing() -> None:
    assert diagnose("\ufeffSELECT ?x { ?x ?p ?o }", None, "fr") == []


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"engine", "too-complex"}))
def test_the_example_of_a_rule_meets_it_on_the_real_graph_too(rule: str, known: Vocabulary) -> None:
    for vocabulary in (known, error_pages.sample()):
        french, english = (error_pages.said(rule, vocabulary, lang) for lang in ("fr", "en"))
        assert french.severity == english.severity == RULES[rule].severity
        assert french.message != english.message
        assert "« " not in french.message  # French keeps its marks and its words on one line
        assert not re.search(r" [:;!»](?= |$)", french.message.replace(" ; …", ""))


def test_without_a_schema_only_errors_are_told() -> None:
    assert diagnose(HEAD + "SELECT ?x { ?x coop:nothing ?y }", None, "fr") == []
    assert diagnose("SELECT ?x { ?x coop:nothing }", None, "fr")


def test_an_unused_term_of_the_ontology_is_not_called_unknown(known: Vocabulary) -> None:
    unused = sorted(one.id for one in known.properties.values() if not one.uses)
    assert unused
    (found,) = diagnose(HEAD + f"SELECT ?x {{ ?x {unused[0]} ?y }}", known, "en")
    assert (found.rule, found.replacement) == ("unused-term", None)


def test_words_that_lost_their_space_are_set_apart() -> None:
    (found,) = diagnose("SELECT ?s { ?s ?p ?o } ORDERBY ?s", None, "en")
    assert (found.rule, found.replacement) == ("misspelt-keyword", "ORDER BY")


def test_thousands_of_slips_cost_no_more_than_fifty(known: Vocabulary) -> None:
    text = HEAD + "SELECT * { VALUES ?x { " + " ".join(f"place:p{n}" for n in range(700)) + " } }"
    assert len(diagnose(text, known, "fr")) == 50
    assert diagnose("?x " * 51_000, known, "fr") == []


# --- the error of those who only run a query


def test_the_error_of_a_wrong_query_carries_all_that_teaches() -> None:
    with pytest.raises(SyntaxQueryError) as caught:
        admission.admit("SELECT ?x\nWHERE { ?x foaf:name ?n }")
    error = caught.value
    assert (error.rule, error.line, error.column) == ("undeclared-prefix", 2, 12)
    assert error.hint == "PREFIX foaf: <http://xmlns.com/foaf/0.1/>"
    assert error.caret == "WHERE { ?x foaf:name ?n }\n           ^^^^^^^^^"
    assert error.message("fr") == "Le préfixe «\u00a0foaf:\u00a0» n’est pas déclaré."
    assert error.said("en") == {"suggestion": f"add at the top: {error.hint}"}


def test_a_problem_document_says_what_was_expected_in_the_language_asked(client: Any) -> None:
    query = "SELECT ?x WHERE { ?x ?p }"
    for lang, expected in (("fr", "un objet"), ("en", "an object")):
        asked: dict[str, Lang] = {"Accept-Language": "fr" if lang == "fr" else "en"}
        answer = client.get("/sparql", query_string={"query": query}, headers=asked)
        assert answer.status_code == 400
        assert answer.mimetype == "application/problem+json"
        found = json.loads(answer.data)
        assert (found["line"], found["column"], found["rule"]) == (1, 25, "incomplete-triple")
        assert expected in found["expected"]
        assert found["caret"].endswith("\n" + " " * 24 + "^")
        assert answer.headers["Content-Language"] == lang


# --- cost, and the pages


HEAVY = {
    "arguments glued by commas": "ASK { FILTER(CONCAT(" + ",".join("1" * 3_900) + ") > 1) }",
    "typographic quotes": "ASK { " + "“" * 20_000 + " }",
    "strings that nothing closes": "ASK { " + '"a\n' * 20_000 + " }",
    "variables that nothing binds": "ASK { FILTER("
    + "+".join(f"?x{n}" for n in range(3_000))
    + ") }",
    "rows of values": "ASK { VALUES ?x { " + "1 " * 39_000 + "} }",
    "one word": "ASK {} " + "x" * 200_000,
    "backslashes": 'ASK { ?x ?y "' + "\\q" * 50_000 + '" }',
}


@pytest.mark.parametrize("name", HEAVY)
def test_no_text_takes_more_than_seconds_of_the_processor(name: str, known: Vocabulary) -> None:
    begun = time.process_time()
    diagnose(HEAVY[name], known, "fr")
    assert time.process_time() - begun < 8  # a second or less here; squares would take minutes


@pytest.mark.parametrize("name", error_pages.pages())
def test_the_pages_say_what_the_rules_say(name: str) -> None:
    text = (HERE.parent / name).read_text(encoding="utf-8")
    assert text == error_pages.pages()[name], "make docs"
