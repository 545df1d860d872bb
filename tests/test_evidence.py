"""Evidence: the house rules of SPARQL held by a parser, and the triples that rows rest on."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import pyoxigraph as ox
import pytest
from answering import QUERIES, TINY, derived, real, shipped, tiny, tiny_question
from hypothesis import given, settings
from hypothesis import strategies as st

from coopkg.answers import Context
from coopkg.build import evidence
from coopkg.errors import QuestionError
from coopkg.questions import APART, Evidence, Question, QuestionEvidence, read
from coopkg.terms import Term

SLUGS = sorted({path.stem for path in QUERIES.glob("*.rq")} - APART)
VIETNAM = "https://w3id.org/cnfpt-coop/id/activity/vietnam"
WHERE = TINY[TINY.rindex("WHERE {") :]


def asking(where: str, select: str = "DISTINCT ?partner ?activity ?since ?theme ?place") -> str:
    """Return the tiny question with another query, and without what goes beside it."""
    start = TINY.index("#+ [[related]]")
    stop = TINY.index("\nPREFIX coop:")
    head = TINY[:start].replace(
        '#+ close.label = { fr = "Thème proche", en = "Related theme" }\n', ""
    )
    prefixes = TINY[stop : TINY.rindex("SELECT")]
    return f"{head}{prefixes}SELECT {select} {where}"


def derive(
    where: str, select: str = "DISTINCT ?partner ?activity ?since ?theme ?place"
) -> Evidence:
    """Return the evidence of a query."""
    return evidence.derive(read("who", asking(where, select))).answer


# --- House rules ---------------------------------------------------------------------------

BASE_GROUP = "?activity coop:hasPartner ?partner ; coop:theme ?theme ; coop:coversPlace ?place ."


@pytest.mark.parametrize(
    ("where", "reason"),
    [
        (f"WHERE {{ {BASE_GROUP} ?activity coop:since ?since }} LIMIT 5", "LIMIT"),
        (f"WHERE {{ {BASE_GROUP} ?activity coop:since ?since }} OFFSET 5", "LIMIT"),
        (
            f"WHERE {{ {BASE_GROUP} {{ SELECT ?activity ?since {{ ?activity coop:since ?since }}"
            " LIMIT 1 } }",
            "LIMIT",
        ),
        (f"WHERE {{ {BASE_GROUP} ?activity coop:since ?since . [] coop:x ?partner }}", "blank"),
        (f"WHERE {{ {BASE_GROUP} ?activity coop:a/coop:since ?since }}", "property path"),
        (f"WHERE {{ {BASE_GROUP} ?activity coop:a* ?since }}", "property path"),
        (f"WHERE {{ {BASE_GROUP} ?activity ^coop:since ?since }}", "property path"),
        (
            f"WHERE {{ {BASE_GROUP} ?activity coop:since ?since"
            " FILTER NOT EXISTS { ?partner coop:a+ ?x } }",
            "property path",
        ),
        (
            f"WHERE {{ {BASE_GROUP} ?activity coop:since ?since"
            " FILTER EXISTS { ?partner coop:a [] } }",
            "blank",
        ),
        (f"FROM <http://x/> WHERE {{ {BASE_GROUP} ?activity coop:since ?since }}", "FROM"),
        (
            f"WHERE {{ {BASE_GROUP} SERVICE <http://x/> {{ ?activity coop:since ?since }} }}",
            "SERVICE",
        ),
    ],
)
def test_what_engines_disagree_on_is_refused(where: str, reason: str) -> None:
    with pytest.raises(QuestionError, match=reason) as caught:
        derive(where)
    french = caught.value.message("fr")
    assert "queries/who.rq" in french
    assert "SELECT" in french


def test_a_list_with_repeats_is_refused() -> None:
    with pytest.raises(QuestionError, match="DISTINCT"):
        derive(WHERE, "?partner ?activity ?since ?theme ?place")


@pytest.mark.parametrize(
    "place",
    [
        "OPTIONAL { ?activity coop:coversPlace ?place }",
        "{ ?activity coop:coversPlace ?place } UNION { ?activity coop:since ?y }",
        "BIND(<http://x/> AS ?place)",
        "VALUES ?place { <http://x/> }",
        "FILTER EXISTS { ?activity coop:coversPlace ?place }",
        "MINUS { ?activity coop:coversPlace ?place }",
        "FILTER(?place != <http://x/>)",
        "GRAPH ?place { ?activity coop:since ?y }",
        "{ SELECT ?activity { ?activity coop:coversPlace ?place } }",
    ],
)
def test_a_parameter_needs_a_triple_pattern_of_its_own(place: str) -> None:
    where = f"WHERE {{ ?activity coop:hasPartner ?partner ; coop:theme ?theme . {place}"
    with pytest.raises(QuestionError, match=r"\?place must get its values"):
        derive(where + " OPTIONAL { ?activity coop:since ?since } }")


@pytest.mark.parametrize(
    "place",
    [
        "?activity coop:coversPlace ?place FILTER(?place != <http://x/>)",
        "{ ?activity coop:coversPlace ?place } UNION { ?activity coop:country ?place }",
        "{ SELECT ?activity ?place { ?activity coop:coversPlace ?place } }",
        "OPTIONAL { ?activity coop:area ?place } ?activity coop:coversPlace ?place",
    ],
)
def test_a_parameter_that_every_row_matches_is_accepted(place: str) -> None:
    where = f"WHERE {{ ?activity coop:hasPartner ?partner ; coop:theme ?theme . {place}"
    assert "place" in derive(where + " OPTIONAL { ?activity coop:since ?since } }").certain


def test_a_grouped_question_must_group_by_its_parameters() -> None:
    count = "(COUNT(DISTINCT ?partner) AS ?since) (SAMPLE(?partner) AS ?partner_)"
    select = f"{count} (SAMPLE(?activity) AS ?a) ?theme ?place"
    text = asking(f"WHERE {{ {BASE_GROUP} }} GROUP BY ?theme ?place", select)
    text = text.replace("partner.label", "partner_.label").replace("activity.label", "a.label")
    text = text.replace("{partner}", "{partner_}")
    found = evidence.derive(read("who", text)).answer
    assert {"theme", "place", "partner"} <= set(found.certain)


def test_a_domain_must_get_its_values_from_a_pattern() -> None:
    text = TINY.replace("?theme skos:inScheme theme:all }", "VALUES ?theme { theme:culture } }", 1)
    with pytest.raises(QuestionError, match=r"`parameters\.theme\.domain`: \?theme must"):
        evidence.derive(read("who", text))


def test_the_related_query_keeps_the_same_rules() -> None:
    text = TINY.replace("?theme skos:related ?close .", "?theme skos:related/skos:related ?close .")
    with pytest.raises(QuestionError, match=r"related\[1\]\.query"):
        evidence.derive(read("who", text))


def test_a_question_that_takes_no_trailing_values_is_refused() -> None:
    where = f"WHERE {{ {BASE_GROUP} OPTIONAL {{ ?activity coop:since ?since }} }} VALUES ?x {{ 1 }}"
    with pytest.raises(QuestionError, match="trailing VALUES"):
        derive(where)


# --- Evidence ------------------------------------------------------------------------------


def triples(found: Evidence, context: Context, bound: Mapping[str, Term]) -> set[str]:
    """Return what `select` and `template` say, as lines."""
    return {
        line
        for solution in context.ask(found.select, found.among(bound))
        for line in found.lines(solution)
        if line is not None
    }


def constructed(found: Evidence, store: ox.Store, bound: Mapping[str, Term]) -> set[str]:
    """Return what `construct` gives, as lines."""
    given: dict[ox.Variable, Term | ox.Triple] = {
        ox.Variable(name): value for name, value in found.among(bound).items()
    }
    results = store.query(found.construct, substitutions=given)
    assert isinstance(results, ox.QueryTriples)
    return {str(triple) for triple in results}


@cache
def lines_of(store: ox.Store) -> set[str]:
    """Return the triples of a store that nobody changes, as lines."""
    return {" ".join((str(quad.subject), str(quad.predicate), str(quad.object))) for quad in store}


def check_that_evidence_is_real(
    question: Question, found: QuestionEvidence, store: ox.Store, context: Context
) -> None:
    """Every triple of evidence is in the graph, and both forms of evidence agree."""
    known = lines_of(store)
    every = [found.answer, *found.related, *([found.gap] if found.gap else [])]
    for one in every:
        for bound in ({}, question.bind(question.examples)):
            lines = triples(one, context, bound)
            assert lines <= known
            assert lines == constructed(one, store, bound)


def test_the_evidence_of_the_tiny_question_is_real() -> None:
    question, found = tiny_question()
    check_that_evidence_is_real(question, found, *tiny())
    lines = triples(found.answer, tiny()[1], question.bind(question.examples))
    assert len([line for line in lines if "hasPartner" in line]) == 2
    assert not [line for line in lines if "cnfpt" in line.rsplit("/", 1)[-1]]


def test_a_branch_that_did_not_match_gives_no_evidence() -> None:
    either = "{ ?activity coop:purposeTheme ?theme } UNION { ?activity coop:theme ?theme }"
    where = f"WHERE {{ {either} ?activity coop:hasPartner ?partner ; coop:coversPlace ?place ."
    found = derive(where + " OPTIONAL { ?activity coop:since ?since } }")
    lines = triples(found, tiny()[1], {})
    assert lines <= lines_of(tiny()[0])
    assert [line for line in lines if "purposeTheme" in line]
    assert not [line for line in lines if "activity/vietnam" in line and "purposeTheme" in line]


def test_an_optional_part_that_matched_by_half_gives_no_evidence() -> None:
    # Asked again with ?other left open, the second pattern would match every country.
    part = "OPTIONAL { ?activity coop:since ?since . ?activity coop:twin ?other ."
    found = derive(f"WHERE {{ {BASE_GROUP} {part} ?other coop:country ?country }} }}")
    lines = triples(found, tiny()[1], {})
    assert lines
    assert not [line for line in lines if "coop/ns#country" in line or "#since" in line]
    assert lines == constructed(found, tiny()[0], {})


def test_what_is_asked_of_a_graph_is_asked_again_of_it() -> None:
    inside = "OPTIONAL { GRAPH ?since { ?activity coop:purposeTheme ?theme } }"
    found = derive(f"WHERE {{ {BASE_GROUP} {inside} }}")
    assert "OPTIONAL { GRAPH ?since {" in found.select
    assert triples(found, tiny()[1], {}) == constructed(found, tiny()[0], {})


@pytest.mark.parametrize(
    "where",
    [
        f"WHERE {{ {BASE_GROUP} BIND(EXISTS {{ ?partner coop:inList ?l }} AS ?since) }}",
        f"WHERE {{ {BASE_GROUP} {{ SELECT ?activity (COUNT(?x) AS ?since)"
        " { ?activity coop:participation ?x } GROUP BY ?activity } }",
    ],
)
def test_evidence_out_of_reach_must_be_written(where: str) -> None:
    with pytest.raises(QuestionError, match="write `evidence`"):
        derive(where)


def written(construct: str) -> QuestionEvidence:
    """Return the evidence of a question that writes it."""
    text = asking(f"WHERE {{ {BASE_GROUP} BIND(EXISTS {{ ?partner coop:x ?l }} AS ?since) }}")
    key = f'#+ evidence = """{construct}"""\n#+ [sentence]'
    return evidence.derive(read("who", text.replace("#+ [sentence]", key, 1)))


def test_written_evidence_is_asked_again_where_it_is_not_certain() -> None:
    found = written(
        "CONSTRUCT { ?activity coop:theme ?theme ; coop:purposeTheme ?theme ."
        f" ?activity coop:coversPlace ?place }} WHERE {{ {BASE_GROUP} }}"
    ).answer
    lines = triples(found, tiny()[1], {})
    assert lines == constructed(found, tiny()[0], {})
    assert not [line for line in lines if "activity/maroc" in line and "purposeTheme" in line]


@pytest.mark.parametrize(
    ("construct", "reason"),
    [
        ("SELECT ?theme ?place { ?theme ?p ?place }", "CONSTRUCT"),
        ("CONSTRUCT { ?theme ?p ?place WHERE", "rdflib cannot read it"),
        ("CONSTRUCT { ?theme coop:x [] } WHERE { ?theme coop:x ?place }", "blank node"),
        ("CONSTRUCT { ?theme coop:x 1 } WHERE { ?theme coop:x 1 }", r"\?place must get"),
    ],
)
def test_written_evidence_keeps_the_rules(construct: str, reason: str) -> None:
    with pytest.raises(QuestionError, match=reason):
        written(construct)


def test_evidence_survives_its_json() -> None:
    _, found = tiny_question()
    assert QuestionEvidence.from_json(found.as_json()) == found


def test_a_literal_of_a_pattern_is_kept_whole() -> None:
    where = f'WHERE {{ {BASE_GROUP} ?activity coop:since ?since . ?partner coop:n "a\\n\\"b"@fr }}'
    (pattern,) = (one for one in derive(where).template if "@fr" in one.value)
    line = pattern.line({"?partner": "<http://x/>"})
    assert line is not None
    (quad,) = ox.parse(f"{line} .", format=ox.RdfFormat.N_TRIPLES)
    assert quad.object == ox.Literal('a\n"b', language="fr")


@settings(deadline=None)  # the machine may be busy; what matters is the result
@given(st.sampled_from(["partner", "activity", "since", "theme", "place"]), st.booleans())
def test_a_pattern_with_a_blank_left_gives_no_triple(name: str, filled: bool) -> None:
    _, found = tiny_question()
    (solution, *_) = tiny()[1].ask(found.answer.select, {})
    kept = {one: value for one, value in solution.items() if filled or one != name}
    for pattern, line in zip(found.answer.template, found.answer.lines(kept), strict=True):
        names = {pattern.subject, pattern.predicate, pattern.value}
        assert (line is None) == any(one[0] == "?" and one[1:] not in kept for one in names)


def test_only_what_every_solution_has_may_be_bound_beforehand() -> None:
    # Binding what OPTIONAL binds would make every activity begin in 2015.
    _, found = tiny_question()
    assert "since" in found.answer.variables
    assert found.answer.among({"since": ox.Literal(2015)}) == {}


def test_a_pattern_with_a_variable_that_a_row_leaves_unbound_gives_nothing() -> None:
    # Vietnam has no date: the date of Tunisia is no evidence of its row.
    beside = "OPTIONAL { ?activity coop:since ?since . ?other coop:since ?since }"
    found = derive(f"WHERE {{ {BASE_GROUP} {beside} }}")
    (vietnam, *_) = tiny()[1].ask(found.select, {"activity": ox.NamedNode(VIETNAM)})
    assert not [one for one in found.lines(vietnam) if one and "since> " in one]


@pytest.mark.parametrize("slug", SLUGS)
def test_every_question_shows_what_it_rests_on(slug: str) -> None:
    check_that_evidence_is_real(shipped()[slug], derived(slug), *real())
