"""Reports: words grouped in one language, JSON and Turtle in both; terms to rdflib and back."""

from __future__ import annotations

import json

import pyoxigraph as ox
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from coopkg.build import bridge
from coopkg.build.findings import read_path
from coopkg.build.report import Finding, Path, Report
from coopkg.errors import Location
from coopkg.terms import Term, expand


def finding(**changes: object) -> Finding:
    given: dict[str, object] = {
        "severity": "violation",
        "focus": expand("activity:a"),
        "node": expand("activity:a"),
        "path": Path("", (expand("coop:country"),)),
        "value": None,
        "shape": expand("coopsh:Action-country"),
        "component": expand("sh:MinCountConstraintComponent"),
        "name": {"fr": "pays", "en": "country"},
        "message": {"fr": "il manque un pays", "en": "a country is missing"},
        "locations": (Location("graph_data/a.trig", 3, 5),),
    }
    return Finding(**(given | changes))  # type: ignore[arg-type]


def test_a_text_is_grouped_by_cause_with_places_under_each_sentence() -> None:
    other = finding(node=expand("activity:b"), locations=(Location("graph_data/b.trig", 9),))
    late = finding(
        severity="warning", shape=expand("coopsh:BothLanguages-english"), message={"en": "no label"}
    )
    text = Report.of([late, other, finding()]).text("en")
    assert text == (
        "The data do not conform (before inference): 2 violations, 1 warning.\n\n"
        "✗ country (violation, coopsh:Action-country) × 2\n"
        "  a country is missing\n"
        "    graph_data/a.trig:3:5\n"
        "    graph_data/b.trig:9\n\n"
        "! country (warning, coopsh:BothLanguages-english)\n"
        "  no label\n"
        "    graph_data/a.trig:3:5\n"
    )


def test_a_text_counts_the_places_it_does_not_show() -> None:
    places = tuple(Location("a.trig", line) for line in range(1, 13))
    report = Report.of([finding(locations=places)])
    assert "a.trig:8\n    … and 4 more" in report.text("en")
    assert "… et 4 autres" in report.text("fr")
    assert len(report.as_json()["results"][0]["locations"]) == 12


def test_a_text_speaks_french_with_its_typography() -> None:
    text = Report.of([finding()], pass_=2).text("fr")
    assert text.startswith("Les données ne conviennent pas (après inférence)\u00a0: 1 violation.\n")
    assert "✗ pays (violation" in text
    assert Report().text("fr") == (
        "Les données sont conformes (avant inférence)\u00a0: rien à signaler.\n"
    )


def test_results_are_sorted_by_severity_then_place_whatever_the_engine_gave_first() -> None:
    some = [
        finding(severity="info", shape=expand("coopsh:A")),
        finding(locations=(Location("z.trig", 1),)),
        finding(locations=(Location("a.trig", 10),)),
        finding(locations=(Location("a.trig", 9),)),
        finding(locations=()),
    ]
    placed = [str(found.locations[:1]) for found in Report.of(reversed(some)).results]
    assert placed == [
        str(found.locations[:1]) for found in (some[3], some[2], some[1], some[4], some[0])
    ]


def test_the_json_of_a_report_holds_both_languages_and_the_places() -> None:
    said = json.loads(Report.of([finding(suggestion={"fr": "a", "en": "b"})]).json())
    assert said["conforms"] is False
    assert said["counts"] == {"violation": 1, "warning": 0, "info": 0}
    result = said["results"][0]
    assert result["node"] == expand("activity:a").value
    assert result["path"] == "coop:country"
    assert result["message"] == {"fr": "il manque un pays", "en": "a country is missing"}
    assert result["suggestion"]["en"] == "b"
    assert result["locations"] == [{"path": "graph_data/a.trig", "line": 3, "column": 5}]


def read(report: Report) -> rdflib.Graph:
    return rdflib.Graph().parse(data=report.turtle(), format="turtle")


def test_the_turtle_of_a_report_is_a_shacl_validation_report_in_both_languages() -> None:
    graph = read(Report.of([finding(value=ox.Literal("TN"))]))
    ask = """PREFIX sh: <http://www.w3.org/ns/shacl#> PREFIX coop: <https://w3id.org/cnfpt-coop/ns#>
    ASK { ?r a sh:ValidationReport ; sh:conforms false ; sh:result ?x .
      ?x a sh:ValidationResult ; sh:resultSeverity sh:Violation ; sh:resultPath coop:country ;
        sh:focusNode <https://w3id.org/cnfpt-coop/id/activity/a> ; sh:value "TN" ;
        sh:sourceShape <https://w3id.org/cnfpt-coop/shapes#Action-country> ;
        sh:sourceConstraintComponent sh:MinCountConstraintComponent ;
        sh:resultMessage "il manque un pays"@fr , "a country is missing"@en }"""
    assert graph.query(ask).askAnswer


def test_reports_written_one_after_another_stay_apart() -> None:
    both = Report.of([finding()]).turtle() + Report.of([finding()], pass_=2).turtle()
    graph = rdflib.Graph().parse(data=both, format="turtle")
    roots = list(graph.subjects(rdflib.RDF.type, rdflib.SH.ValidationReport))
    assert len(roots) == 2


A, B = expand("coop:theme"), expand("coop:component")
PATHS = st.recursive(
    st.sampled_from([A, B]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from("^*+?"), inner).map(lambda p: Path(p[0], (p[1],))),
        st.tuples(st.sampled_from("|/"), st.lists(inner, min_size=2, max_size=3)).map(
            lambda p: Path(p[0], tuple(p[1]))
        ),
    ),
    max_leaves=5,
)


@given(PATHS)
def test_every_property_path_survives_the_turtle_of_a_report(inner: ox.NamedNode | Path) -> None:
    path = inner if isinstance(inner, Path) else Path("", (inner,))
    graph = read(Report.of([finding(path=path)]))
    holder = graph.value(None, rdflib.SH.resultPath, None) or next(
        graph.objects(None, rdflib.SH.resultPath)
    )
    assert read_path(graph, holder) == path


TERMS = st.one_of(
    st.sampled_from([A, ox.BlankNode("b")]),
    st.text().map(ox.Literal),
    st.builds(ox.Literal, st.text(), language=st.sampled_from(["fr", "en"])),
    st.builds(ox.Literal, st.text(), datatype=st.just(expand("xsd:integer"))),
)


@given(TERMS)
def test_a_term_goes_to_rdflib_and_back_unchanged(term: Term) -> None:
    assert bridge.from_rdflib(bridge.to_rdflib(term)) == term


def test_a_warning_publishes_and_yet_the_graph_does_not_conform_as_shacl_means_it() -> None:
    report = Report.of([finding(severity="warning")])
    assert report.conforms
    (warned,) = read(report).objects(None, rdflib.SH.conforms)
    assert warned == rdflib.Literal(False)
    (clean,) = read(Report.of([])).objects(None, rdflib.SH.conforms)
    assert clean == rdflib.Literal(True)
