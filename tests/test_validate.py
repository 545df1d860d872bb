"""Validation: findings in words, at their place, whatever graph holds what they are about."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st
from rdflib import term as rdflib_term
from validation import nowhere, triples, turtle

from coopkg.build import sources
from coopkg.build.locator import Locator
from coopkg.build.report import SEVERITIES, Finding, Report
from coopkg.build.validate import WHOLE, Validator, validate
from coopkg.errors import ShapesError
from coopkg.terms import PREFIXES, RDF_TYPE, Triple, expand

PREFIX = "".join(f"@prefix {name}: <{space}> .\n" for name, space in PREFIXES.items())
COUNTRY = """
coopsh:Action a sh:NodeShape ;
  sh:targetClass coop:CooperationActivity ; sh:severity sh:Violation ;
  sh:property coopsh:Action-country .
coopsh:Action-country a sh:PropertyShape ;
  sh:path coop:country ; sh:minCount 1 ; sh:maxCount 1 ; sh:class coop:Country ;
  sh:name "pays"@fr , "country"@en ; sh:severity sh:Violation ;
  sh:message "{$this} : un pays ; trouvé : {?found}."@fr ,
    "{$this}: a country; found: {?found}."@en .
"""
ONTOLOGY = """
coop:CountryAction rdfs:subClassOf coop:CooperationActivity .
coop:CountryAction a owl:Class . coop:Country a owl:Class . coop:Place a owl:Class .
coop:country a owl:ObjectProperty ; rdfs:label "pays"@fr , "country"@en .
coop:area a owl:ObjectProperty .
"""


def shapes(text: str) -> list[Triple]:
    return triples(turtle(text))


def check(rules: str, text: str, pass_: int = 1, **more: object) -> Report:
    return validate(turtle(text), shapes(rules), shapes(ONTOLOGY), nowhere, pass_, **more)  # type: ignore[arg-type]


def only(report: Report) -> Finding:
    assert len(report.results) == 1, report.text("en")
    return report.results[0]


def in_file(text: str, path: str = "graph_data/brochure/a.trig") -> sources.Source:
    return sources.parse((PREFIX + text).encode(), path, "data", PREFIXES["passage"])


def lines(source: sources.Source, finding: Finding) -> list[str]:
    return [source.text.splitlines()[at.line - 1] for at in finding.locations if at.line]


# What a finding says


def test_nothing_conforms_to_everything() -> None:
    report = validate([], shapes(COUNTRY), shapes(ONTOLOGY), nowhere, 1)
    assert report.conforms
    assert report.results == ()


def test_a_target_on_a_class_watches_the_subclasses_of_the_ontology() -> None:
    found = only(check(COUNTRY, "activity:a a coop:CountryAction ."))
    assert found.focus == expand("activity:a")
    assert found.shape == expand("coopsh:Action-country")


def test_a_missing_value_is_said_in_both_languages() -> None:
    found = only(check(COUNTRY, "activity:a a coop:CountryAction ."))
    assert found.message == {
        "fr": "activity:a : un pays ; trouvé : rien.",
        "en": "activity:a: a country; found: nothing.",
    }
    assert found.name == {"fr": "pays", "en": "country"}


def test_names_are_shown_with_the_labels_that_another_graph_gives() -> None:
    text = """activity:a a coop:CountryAction ; coop:country place:x .
      activity:a skos:prefLabel "Action en X"@fr . place:x skos:prefLabel "Ixe"@fr , "Exe"@en ."""
    found = only(check(COUNTRY, text))
    assert found.message["fr"] == (
        "activity:a («\u00a0Action en X\u00a0») : un pays ; trouvé : place:x («\u00a0Ixe\u00a0»)."
    )
    assert found.message["en"] == "activity:a: a country; found: place:x (“Exe”)."


def test_too_many_values_are_all_shown() -> None:
    text = """activity:a a coop:CountryAction ; coop:country place:x , place:y .
      place:x a coop:Country . place:y a coop:Country ."""
    assert only(check(COUNTRY, text)).message["en"] == (
        "activity:a: a country; found: place:x, place:y."
    )


QUERY = """
<https://w3id.org/cnfpt-coop/shapes> sh:declare
  [ sh:prefix "coop" ; sh:namespace "https://w3id.org/cnfpt-coop/ns#" ] .
coopsh:Sum a sh:NodeShape ;
  sh:targetNode graph:asserted ; sh:severity sh:Violation ;
  sh:name "Somme"@fr , "Sum"@en ;
  sh:message "{?value} : {?sum} au lieu de {?total}"@fr , "{?sum} for {?total}, about {?value}"@en ;
  sh:sparql coopsh:Sum-query .
coopsh:Sum-query sh:prefixes <https://w3id.org/cnfpt-coop/shapes> ; sh:select '''
  SELECT $this ?value ?path ?total ?sum WHERE {
    { SELECT $this ?value ?total (SUM(?n) AS ?sum) WHERE {
        ?value coop:value ?total . ?part coop:partOfTotal ?value ; coop:value ?n
    } GROUP BY $this ?value ?total }
    FILTER(?sum != ?total) BIND(coop:value AS ?path) }''' .
"""
PARTS = """observation:t coop:value 48 .
  observation:a coop:partOfTotal observation:t ; coop:value 40 .
  observation:b coop:partOfTotal observation:t ; coop:value 9 ."""


def test_a_query_on_the_whole_names_the_node_at_fault_and_fills_both_languages() -> None:
    found = only(check(QUERY, PARTS))
    assert (found.focus, found.node) == (WHOLE, expand("observation:t"))
    assert found.message["fr"] == "observation:t : 49 au lieu de 48"
    assert found.message["en"] == "49 for 48, about observation:t"
    assert str(found.path) == "coop:value"
    assert "49" in found.engine_message


def test_a_property_that_nobody_declares_gets_a_guess() -> None:
    rules = """coopsh:C a sh:NodeShape ; sh:targetClass coop:CountryAction ;
      sh:closed true ; sh:ignoredProperties ( rdf:type coopsh:unknownProperty coopsh:unknownNode ) ;
      sh:severity sh:Violation ; sh:message "{?path} ?"@fr , "{?path}?"@en ."""
    found = only(check(rules, "activity:a a coop:CountryAction ; coop:contry place:x ."))
    assert found.suggestion == {
        "fr": "Vouliez-vous écrire coop:country\u00a0?",
        "en": "Did you mean coop:country?",
    }
    assert "coop:contry? Did you mean coop:country?" in Report.of([found]).text("en")


def test_a_value_far_from_every_name_gets_no_guess() -> None:
    text = """activity:a a coop:CountryAction ; coop:country place:zzzzzz .
      place:tunisie a coop:Country ."""
    assert only(check(COUNTRY, text)).suggestion is None


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("77", "77"),
        ('"77"', "“77” (text)"),
        ('"77"@fr', "“77” (fr)"),
        ('"77"^^xsd:gYear', "“77” (xsd:gYear)"),
        ("true", "true"),
    ],
)
def test_a_number_a_text_and_a_year_look_different_in_a_message(written: str, said: str) -> None:
    text = f"activity:a a coop:CountryAction ; coop:country {written} ."
    assert only(check(COUNTRY, text)).message["en"] == f"activity:a: a country; found: {said}."


def test_a_number_is_no_guess_for_another() -> None:
    text = """activity:a a coop:CountryAction ; coop:country place:m49-142 .
      place:m49-42 a coop:Country ."""
    assert only(check(COUNTRY, text)).suggestion is None


def test_severities_are_told_apart_and_warnings_conform() -> None:
    for severity, name in zip(("Warning", "Info"), SEVERITIES[1:], strict=True):
        report = check(
            COUNTRY.replace("sh:severity sh:Violation", f"sh:severity sh:{severity}"),
            "activity:a a coop:CountryAction .",
        )
        assert report.conforms
        assert only(report).severity == name
        assert report.counts[name] == 1


def test_the_second_pass_uses_its_own_shapes_only() -> None:
    rules = COUNTRY.replace(
        "coopsh:Action a sh:NodeShape", "coopsh:Action a sh:NodeShape ; coopsh:pass 2"
    )
    text = "activity:a a coop:CountryAction ."
    assert check(rules, text, pass_=1).results == ()
    assert len(check(rules, text, pass_=2).results) == 1
    assert check(COUNTRY, text, pass_=2).results == ()


def test_lexical_forms_reach_the_shapes_as_they_are_written() -> None:
    rules = """coopsh:V a sh:NodeShape ; sh:targetSubjectsOf coop:value ; sh:severity sh:Violation ;
      sh:property [ sh:path coop:value ; sh:datatype xsd:integer ] ."""
    assert check(rules, "observation:a coop:value 77 .").conforms
    for wrong in ('"77"', '"soixante"^^xsd:integer', "77.0", '"77"@fr', '"77"^^xsd:int'):
        assert not check(rules, f"observation:a coop:value {wrong} .").conforms, wrong


# Graphs


STATED = """
coopsh:S a sh:NodeShape ; sh:targetSubjectsOf coopsh:statedIn ; sh:severity sh:Violation ;
  sh:property coopsh:S-graph .
coopsh:N a sh:NodeShape ; sh:targetSubjectsOf coopsh:statedNowhere ; sh:severity sh:Violation ;
  sh:nodeKind sh:Literal ; sh:message "statedNowhere ?"@fr , "statedNowhere?"@en .
coopsh:S-graph a sh:PropertyShape ; sh:path coopsh:statedIn ; sh:severity sh:Violation ;
  sh:in ( passage:l142 ) ; sh:message "{?found} ?"@fr , "{?found}?"@en ."""


def quad(graph: str | None) -> ox.Quad:
    name = ox.DefaultGraph() if graph is None else expand(graph)
    return ox.Quad(expand("activity:a"), RDF_TYPE, expand("coop:CountryAction"), name)


@pytest.mark.parametrize(
    ("graph", "seen"),
    [
        ("passage:l142", None),
        ("curation:types", "curation:types"),
        (None, "statedNowhere"),
        ("graph:vocabulary", None),
        ("graph:shapes", None),
    ],
)
def test_shapes_see_which_graph_states_a_fact(graph: str | None, seen: str | None) -> None:
    report = validate([quad(graph)], shapes(STATED), shapes(ONTOLOGY), nowhere, 1)
    assert [found.message["en"] for found in report.results] == ([f"{seen}?"] if seen else [])


def test_triples_alone_are_refused_before_inference_since_nothing_says_their_source() -> None:
    facts = triples([quad(None)])
    with pytest.raises(ValueError, match="give quads"):
        validate(facts, shapes(STATED), [], nowhere, 1)
    assert validate(facts, shapes(STATED), [], nowhere, 2).results == ()


def test_shapes_among_the_quads_are_not_data() -> None:
    among = [ox.Quad(*triple, expand("graph:shapes")) for triple in shapes(COUNTRY)]
    rules = "coopsh:N a sh:NodeShape ; sh:targetSubjectsOf sh:path ; sh:nodeKind sh:Literal ."
    assert validate([*among, quad("passage:l142")], shapes(rules), [], nowhere, 1).results == ()


# Where


def test_a_missing_value_is_shown_at_the_node_and_a_wrong_one_where_it_is_written() -> None:
    source = in_file(
        """GRAPH passage:l142 {
  activity:a a coop:CountryAction .
  activity:b a coop:CountryAction ;
    coop:country
      place:x .
}"""
    )
    report = validate(source.quads, shapes(COUNTRY), shapes(ONTOLOGY), Locator([source]), 1)
    by_node = {found.node: lines(source, found) for found in report.results}
    assert by_node[expand("activity:a")] == ["  activity:a a coop:CountryAction ."]
    assert by_node[expand("activity:b")] == ["      place:x ."]


def test_the_place_of_a_sum_is_that_of_the_figure() -> None:
    source = in_file("GRAPH passage:l117 {\n" + PARTS.replace(" ; ", " ;\n") + "\n}")
    report = validate(source.quads, shapes(QUERY), shapes(ONTOLOGY), Locator([source]), 1)
    assert lines(source, only(report)) == ["observation:t coop:value 48 ."]


def test_what_no_file_holds_has_no_place_rather_than_a_wrong_one() -> None:
    assert only(check(COUNTRY, "activity:a a coop:CountryAction .")).locations == ()


def test_an_inverse_path_is_shown_where_the_other_node_writes_it() -> None:
    rules = """
    coopsh:P a sh:NodeShape ; sh:targetClass coop:Participation ; sh:severity sh:Violation ;
      sh:property coopsh:P-hub .
    coopsh:P-hub a sh:PropertyShape ; sh:path [ sh:inversePath coop:participation ] ;
      sh:class coop:CountryAction ; sh:severity sh:Violation ; sh:message "x"@fr , "x"@en ."""
    source = in_file(
        """GRAPH passage:l142 {
  participation:p a coop:Participation .
  place:x coop:participation participation:p .
}"""
    )
    report = validate(source.quads, shapes(rules), shapes(ONTOLOGY), Locator([source]), 1)
    assert str(only(report).path) == "^coop:participation"
    assert lines(source, only(report)) == ["  place:x coop:participation participation:p ."]


UNKNOWN = """
coopsh:K a sh:NodeShape ; sh:targetClass coop:CountryAction ; sh:severity sh:Violation ;
  sh:property coopsh:K-property , coopsh:K-class , coopsh:K-node .
coopsh:K-property a sh:PropertyShape ; sh:path coopsh:unknownProperty ;
  sh:not [ sh:nodeKind sh:IRI ] ; sh:severity sh:Violation ; sh:message "p"@fr , "p"@en .
coopsh:K-class a sh:PropertyShape ; sh:path coopsh:unknownClass ;
  sh:not [ sh:nodeKind sh:IRI ] ; sh:severity sh:Violation ; sh:message "c"@fr , "c"@en .
coopsh:K-node a sh:PropertyShape ; sh:path coopsh:unknownNode ;
  sh:not [ sh:nodeKind sh:IRI ] ; sh:severity sh:Violation ; sh:message "n"@fr , "n"@en .
"""


def test_names_that_nothing_declares_are_found_on_the_line_that_writes_them() -> None:
    source = in_file(
        """GRAPH passage:l142 {
  activity:a a coop:CountryAction ,
      coop:Acton ;
    coop:contry
      place:nowhere ;
    skos:prefLable "A"@fr ;
    <https://elsewhere.example/unknown> <https://elsewhere.example/x> .
}"""
    )
    rules = shapes(UNKNOWN)
    report = validate(source.quads, rules, shapes(ONTOLOGY), Locator([source]), 1)
    assert {str(found.value): lines(source, found) for found in report.results} == {
        str(expand("coop:Acton")): ["      coop:Acton ;"],
        str(expand("coop:contry")): ["    coop:contry"],
        str(expand("place:nowhere")): ["      place:nowhere ;"],
        str(expand("skos:prefLable")): ['    skos:prefLable "A"@fr ;'],
    }


# Focus


def test_a_focus_limits_the_check_to_some_nodes() -> None:
    text = "activity:a a coop:CountryAction . activity:b a coop:CountryAction ."
    report = check(COUNTRY, text, focus=[expand("activity:b")])
    assert only(report).focus == expand("activity:b")
    assert check(COUNTRY, text, focus=[expand("place:x")]).results == ()
    assert check(COUNTRY, text, focus=[]).results == ()


def test_a_focus_does_not_blind_the_shapes_inside_shapes() -> None:
    rules = """
    coopsh:T a sh:NodeShape ; sh:targetClass coop:CountryAction ; sh:severity sh:Violation ;
      sh:property [ sh:path coop:country ; sh:not [ sh:class coop:Place ] ] ;
      sh:property [ sh:path skos:prefLabel ;
        sh:qualifiedValueShape [ sh:languageIn ( "fr" ) ] ; sh:qualifiedMinCount 1 ] ."""
    text = """activity:a a coop:CountryAction ; coop:country place:x ; skos:prefLabel "A"@fr .
      place:x a coop:Country ."""
    assert check(rules, text, focus=[expand("activity:a")]).results == ()


@given(st.sets(st.sampled_from("abcdef")), st.sets(st.sampled_from("abcdef")))
def test_a_validator_forgets_what_it_saw_before(first: set[str], second: set[str]) -> None:
    validator = Validator(shapes(COUNTRY), shapes(ONTOLOGY))
    for names in (first, second):
        data = turtle("".join(f"activity:{name} a coop:CountryAction .\n" for name in names))
        report = validator.validate(data, nowhere, 1)
        assert {str(found.node) for found in report.results} == {
            str(expand(f"activity:{name}")) for name in names
        }


# What can go wrong


@pytest.mark.parametrize(
    "broken",
    [
        "coopsh:A a sh:PropertyShape ; sh:minCount 1 . coopsh:B sh:property coopsh:A .",
        "coopsh:A a sh:NodeShape ; sh:targetClass coop:CountryAction ; sh:minCount 'un' .",
        """coopsh:A a sh:NodeShape ; sh:targetClass coop:CountryAction ; sh:sparql [ sh:select
          'SELEC' ] .""",
        """coopsh:A a sh:NodeShape ; sh:targetClass coop:CountryAction ; sh:sparql [ sh:select
          'SELECT $this WHERE { { SELECT ?x WHERE { ?x a ?y } } }' ] .""",
        """coopsh:A a sh:NodeShape ; sh:targetClass coop:CountryAction ; sh:sparql [ sh:select
          'SELECT $this WHERE { $this a ?x MINUS { $this a ?y } }' ] .""",
    ],
)
def test_shapes_that_cannot_be_used_are_an_error_and_never_a_pass(broken: str) -> None:
    with pytest.raises(ShapesError) as raised:
        check(broken, "activity:a a coop:CountryAction .")
    assert raised.value.message("fr").startswith("les formes ne peuvent pas être utilisées")
    assert raised.value.message("en").startswith("the shapes cannot be used")


def test_rdflib_is_left_as_it_was_even_after_a_failure() -> None:
    before = (rdflib.NORMALIZE_LITERALS, dict(rdflib_term._toPythonMapping))
    check(COUNTRY, "activity:a a coop:CountryAction .")
    with pytest.raises(ShapesError):
        check("coopsh:A a sh:PropertyShape ; sh:minCount 1 .", "activity:a a coop:CountryAction .")
    assert (rdflib.NORMALIZE_LITERALS, dict(rdflib_term._toPythonMapping)) == before
    assert rdflib.Literal("1", datatype=rdflib.XSD.boolean).toPython() is True
