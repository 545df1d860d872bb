"""Values bound as terms; binding equals filtering, whatever the engine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

import pyoxigraph as ox
import pytest
import rdflib
from answering import QUERIES, TINY, real, shipped, tiny, tiny_question
from hypothesis import given, settings
from hypothesis import strategies as st
from rdflib.plugins.sparql import prepareQuery

from coopkg.answers import Context
from coopkg.answers.changes import domain
from coopkg.build.bridge import from_rdflib, to_rdflib
from coopkg.errors import ParameterError, QuestionError
from coopkg.questions import APART, Question, read
from coopkg.terms import Term, expand

# rdflib 7.6 warns of its own use of `Dataset.default_context` in every query.
pytestmark = pytest.mark.filterwarnings("ignore:Dataset.default_context:DeprecationWarning")

SLUGS = sorted({path.stem for path in QUERIES.glob("*.rq")} - APART)
THEME = "https://w3id.org/cnfpt-coop/scheme/theme/"


# --- Values -------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["culture", " culture ", "theme:culture", f"{THEME}culture"])
def test_a_short_name_a_prefixed_name_and_an_iri_are_the_same_value(text: str) -> None:
    question = read("x", TINY)
    bound = question.bind({"theme": text})
    assert bound == {"theme": expand("theme:culture")}
    assert question.short(bound) == {"theme": "culture"}


def test_an_absent_or_empty_value_means_any() -> None:
    question = read("x", TINY)
    assert question.bind({}) == question.bind({"theme": "", "place": [" "]}) == {}


@pytest.mark.parametrize(
    ("args", "parameter", "reason"),
    [
        ({"thme": "culture"}, "thme", "known parameter: theme"),
        ({"zzz": "culture"}, "zzz", "known parameter: theme, place"),
        ({"theme": ["culture", "x"]}, "theme", "one value at a time"),
        ({"theme": "é"}, "theme", "such as decentralisation"),
        ({"theme": "file:///etc/passwd"}, "theme", "http(s) IRI"),
        ({"theme": 'http://x/"> . }'}, "theme", "http(s) IRI"),
        ({"theme": "http://x/\u202e"}, "theme", "http(s) IRI"),
        ({"theme": "a" * 501}, "theme", "http(s) IRI"),
        ({"theme": "../x"}, "theme", "http(s) IRI"),
    ],
)
def test_a_value_that_is_not_acceptable_says_what_is(
    args: Mapping[str, str | list[str]], parameter: str, reason: str
) -> None:
    with pytest.raises(ParameterError) as caught:
        read("x", TINY).bind(args)
    assert caught.value.parameter == parameter
    assert reason in str(caught.value)
    assert caught.value.message("fr")


def test_the_nearest_choices_are_suggested() -> None:
    question = read("x", TINY)
    with pytest.raises(ParameterError, match="such as culture"):
        question.bind({"theme": "Cultüre"}, lambda _: ["culture", "decentralisation"])


def test_a_required_value_cannot_be_left_out() -> None:
    text = TINY.replace('#+ example = "mediterranee"', '#+ required = true\n#+ example = "asie"')
    question = read("x", text)
    assert question.required_examples() == {"place": "asie"}
    with pytest.raises(ParameterError, match="such as asie"):
        question.bind({"theme": "culture"})
    assert question.bind_some({"theme": "culture"}) == {"theme": expand("theme:culture")}


def integer_question() -> Question:
    """Return a question about a whole number."""
    text = TINY.replace("?theme", "?year").replace("{theme", "{year")
    text = text.replace("[parameters.theme]", "[parameters.year]").replace('base = "theme:"', "")
    text = text.replace('kind = "iri"', 'kind = "integer"', 1)
    return read("x", text.replace('example = "decentralisation"', 'example = "2017"'))


@pytest.mark.parametrize(("text", "value"), [("2017", "2017"), ("+007", "7"), ("-0", "0")])
def test_a_whole_number_is_read_in_its_canonical_form(text: str, value: str) -> None:
    (term,) = integer_question().bind({"year": text}).values()
    assert term == ox.Literal(int(value))


@pytest.mark.parametrize("text", ["20 17", "2017.0", "٢٠١٧", "1e3", "9" * 19, "deux"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    with pytest.raises(ParameterError, match="a whole number, such as 2017"):
        integer_question().bind({"year": text})


def text_question() -> Question:
    """Return a question about a text."""
    text = TINY.replace("?theme", "?name").replace("{theme", "{name")
    text = text.replace("[parameters.theme]", "[parameters.name]").replace('base = "theme:"', "")
    return read("x", text.replace('kind = "iri"', 'kind = "text"', 1))


def test_a_text_may_have_a_language() -> None:
    text = TINY.replace("?theme", "?name").replace("{theme", "{name")
    text = text.replace("[parameters.theme]", "[parameters.name]")
    plain = text.replace('kind = "iri"\n#+ base = "theme:"', 'kind = "text"\n#+ lang = "fr"', 1)
    assert read("x", plain).bind({"name": "été"}) == {"name": ox.Literal("été", language="fr")}
    with pytest.raises(QuestionError, match="only a text has a language"):
        read("x", plain.replace('kind = "text"', 'kind = "integer"'))


@settings(deadline=None)  # the machine may be busy; what matters is the result
@given(st.text(max_size=80))
def test_no_text_escapes_its_literal(text: str) -> None:
    question = text_question()
    try:
        bound = question.bind({"name": text})
    except ParameterError:
        return
    written = question.with_values(bound)
    assert written.startswith(question.text.rstrip())
    results = ox.Store().query(written)
    assert isinstance(results, ox.QuerySolutions)
    if bound:
        echoed = ox.Store().query(f"SELECT ?name {{ VALUES ?name {{ {bound['name']} }} }}")
        assert isinstance(echoed, ox.QuerySolutions)
        assert [row["name"] for row in echoed] == [bound["name"]]


@settings(deadline=None)  # the machine may be busy; what matters is the result
@given(st.text(max_size=60))
def test_no_text_escapes_its_iri(text: str) -> None:
    question = read("x", TINY)
    try:
        bound = question.bind({"theme": text, "place": text})
    except ParameterError:
        return
    assert isinstance(ox.Store().query(question.with_values(bound)), ox.QuerySolutions)
    for name, short in question.short(bound).items():
        assert question.parameter(name).read(short) == bound[name]


def test_a_comment_at_the_end_does_not_swallow_the_values() -> None:
    question = read("x", f"{TINY.rstrip()} # the end")
    results = tiny()[0].query(question.with_values(question.bind({"theme": "culture"})))
    assert isinstance(results, ox.QuerySolutions)
    assert {str(row["theme"]) for row in results} == {f"<{THEME}culture>"}


# --- Binding is filtering -----------------------------------------------------------------

Row = frozenset[tuple[str, str]]


def rows_of(solutions: Iterator[Mapping[str, Term]]) -> set[Row]:
    """Return rows as comparable values."""
    return {frozenset((name, str(value)) for name, value in row.items()) for row in solutions}


# rdflib reads a query in the time of a few answers; each is asked with many values.
parsed = cache(prepareQuery)


def rdflib_rows(graph: rdflib.Dataset, text: str, bound: Mapping[str, Term]) -> set[Row]:
    """Ask rdflib, with `initBindings`."""
    given = {name: to_rdflib(value) for name, value in bound.items()}
    found = graph.query(parsed(text), initBindings=given)
    assert found.vars is not None
    return {
        frozenset(
            (str(name), str(from_rdflib(value)))
            for name, value in zip(found.vars, row, strict=True)
            if value is not None
        )
        for row in found
    }


def in_rdflib(store: ox.Store) -> rdflib.Dataset:
    """Copy a store to rdflib."""
    dataset = rdflib.Dataset()
    for quad in store:
        if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
            continue  # the lists of the ontology, which no question reads
        named = isinstance(quad.graph_name, ox.NamedNode)
        graph = dataset.graph(quad.graph_name.value) if named else dataset.default_graph
        graph.add(tuple(to_rdflib(one) for one in (quad.subject, quad.predicate, quad.object)))
    return dataset


def samples(question: Question, context: Context) -> Iterator[dict[str, Term]]:
    """Yield choices: each value alone (a few), the examples together, and each with nothing."""
    for parameter in question.parameters:
        values = sorted(domain(question, parameter, context), key=str)
        for value in values[:: max(1, len(values) // 4)]:
            yield {parameter.name: value}
    if question.parameters:
        yield question.bind(question.examples)


def check_that_binding_is_filtering(
    question: Question, text: str, context: Context, graph: rdflib.Dataset
) -> None:
    """Compare four ways to choose, on one query of a question."""
    everything = context.ask(text, {})
    plain = rows_of(iter(everything))
    assert rdflib_rows(graph, text, {}) == plain, "rdflib and pyoxigraph disagree"
    for bound in samples(question, context):
        kept = rows_of(
            row for row in everything if all(row.get(n) == value for n, value in bound.items())
        )
        assert rows_of(iter(context.ask(text, bound))) == kept, "substitutions"
        values = " ".join(str(value) for value in bound.values())
        trailing = f"{text}\nVALUES ({' '.join(f'?{n}' for n in bound)}) {{ ({values}) }}"
        assert rows_of(iter(context.ask(trailing, {}))) == kept, "a trailing VALUES"
        assert rdflib_rows(graph, text, bound) == kept, "rdflib with initBindings"


def test_binding_is_filtering_on_the_tiny_graph() -> None:
    store, context = tiny()
    question, _ = tiny_question()
    for key, text in question.queries():
        if "domain" not in key:
            check_that_binding_is_filtering(question, text, context, in_rdflib(store))


@pytest.fixture(scope="module")
def real_rdflib() -> rdflib.Dataset:
    """Return the real graph in rdflib."""
    return in_rdflib(real()[0])


@pytest.mark.parametrize("slug", SLUGS)
def test_binding_is_filtering_the_open_answer(slug: str, real_rdflib: rdflib.Dataset) -> None:
    question = shipped()[slug]
    for key, text in question.queries():
        if "domain" not in key:
            check_that_binding_is_filtering(question, text, real()[1], real_rdflib)


@pytest.mark.parametrize("slug", SLUGS)
def test_every_value_found_is_among_the_choices(slug: str) -> None:
    question, context = shipped()[slug], real()[1]
    for parameter in question.parameters:
        offered = set(domain(question, parameter, context))
        found = {row[parameter.name] for row in context.ask(question.text, {})}
        assert found <= offered
        assert parameter.read(parameter.example) in offered
