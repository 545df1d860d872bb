"""Contributions: read, checked, explained. Each seeded fault is told at its line or cell."""

# ruff: noqa: E501 - a table of faults, one a line

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from intaking import (
    ACTION,
    BASE,
    CSV,
    FIRST,
    LD,
    NQ,
    NT,
    OWN,
    PREFIXES,
    RDF,
    TRIG,
    TTL,
    XLSX,
    checked,
    found,
    workbook,
)

from coopkg import generation
from coopkg.build import intake
from coopkg.config import Settings
from coopkg.contributions import checking, rendering
from coopkg.contributions.job import Job
from coopkg.linking import identifiers

MUTANTS = Path(__file__).parent / "intake" / "mutants.ttl"
MAIN = f"{BASE}graph/partner/tunis"
CONTEXT = '{"@context": {"name": "http://www.w3.org/2004/02/skos/core#altLabel"},\n'


@pytest.fixture(scope="module")
def known(published: Path) -> intake.Ready:
    """Return the real generation, ready to check against."""
    return intake.ready(str(generation.current(published).path))


@pytest.fixture(scope="module")
def words(known: intake.Ready) -> intake.Ready:
    """Return what tables are read against, without the shapes: they are not what is tested."""
    return intake.Ready(known.ground, None)


def one(outcome: Any, rule: str) -> dict[str, Any]:
    return next(item for item in outcome.report["findings"] if item["rule"] == rule)


# --- Faults of reading and of privilege, one at a time -------------------------------------

OTHER = f"{BASE}id/organisation/afd"
BELOW = FIRST + 1
FAULTS: list[tuple[str, str, str | bytes, str, int, dict[str, Any]]] = [
    # Turtle: fifteen broken files, each with its cause
    ("missing dot", TTL, PREFIXES + ":a a org:Organization\n:b a org:Organization .\n", "syntax", FIRST, {}),
    ("undefined prefix", TTL, PREFIXES + ":a a orgg:Organization .\n", "syntax", FIRST, {}),
    ("no @prefix", TTL, ":a a org:Organization .\n", "syntax", 1, {}),
    ("missing semicolon", TTL, PREFIXES + ':a a org:Organization\n  skos:prefLabel "x"@fr .\n', "syntax", FIRST, {}),
    ("open text", TTL, PREFIXES + ':a skos:prefLabel "x .\n', "syntax", FIRST, {}),
    ("curly quotes", TTL, PREFIXES + ":a skos:prefLabel “x” .\n", "syntax", FIRST, {}),
    ("open IRI", TTL, PREFIXES + ":a org:site <http://x .\n", "syntax", FIRST, {}),
    ("space in an IRI", TTL, PREFIXES + f":a org:site <{OWN}a b> .\n", "syntax", FIRST, {}),
    ("unclosed bracket", TTL, PREFIXES + ':a coop:x [ coop:y "z" .\n', "syntax", FIRST, {}),
    ("merge marks", TTL, PREFIXES + "<<<<<<< mine\n:a a :B .\n", "syntax", FIRST, {}),
    ("XML as Turtle", TTL, "<?xml version='1.0'?>\n<a/>\n", "syntax", 1, {}),
    ("JSON as Turtle", TTL, '{"a": 1}\n', "syntax", 1, {}),
    ("bad number", TTL, PREFIXES + ":a coop:value 12,5,, .\n", "syntax", FIRST, {}),
    ("bad language", TTL, PREFIXES + ':a skos:prefLabel "x"@ .\n', "syntax", FIRST, {}),
    ("not UTF-8", TTL, PREFIXES.encode() + b':a skos:prefLabel "\xe9"@fr .\n', "encoding", FIRST, {}),
    ("empty", TTL, " \n", "empty", 1, {}),
    ("comments only", TTL, "# nothing\n", "empty", None, {}),  # type: ignore[list-item]
    # Safety and privilege
    ("script address", TTL, PREFIXES + ":a rdfs:seeAlso <javascript:alert(1)> .\n", "iri-scheme", FIRST, {}),
    ("file address", TTL, PREFIXES + ":a rdfs:seeAlso <file:///etc/passwd> .\n", "iri-scheme", FIRST, {}),
    ("urn", TTL, PREFIXES + ":a rdfs:seeAlso <urn:x> .\n", "iri-scheme", FIRST, {}),
    ("bidi in an IRI", TTL, PREFIXES + f":a rdfs:seeAlso <{OWN}a\u202eb> .\n", "iri-character", FIRST, {}),
    ("climbing address", TTL, PREFIXES + f"<{OWN}../sfax/a> a org:Organization .\n", "iri-path", FIRST, {}),
    ("climbing value, escaped", TTL, PREFIXES + f":a rdfs:seeAlso <{OWN}%2E%2e/sfax> .\n", "iri-path", FIRST, {}),
    ("climbing graph", TRIG, PREFIXES + f"<{BASE}graph/partner/tunis/../sfax> {{ :a a :B }}\n", "iri-path", FIRST, {}),
    ("control in a text", TTL, PREFIXES + ':a rdfs:label "\\u001b[31m"@fr .\n', "control-character", FIRST, {}),
    ("long text", TTL, PREFIXES + f':a rdfs:label "{"x" * 1001}"@fr .\n', "limit-literal", FIRST, {}),
    ("another's thing", TTL, PREFIXES + 'organisation:afd rdfs:label "x"@fr .\n', "foreign-subject", FIRST, {}),
    ("core term", TTL, PREFIXES + "\ncoop:partner rdfs:label 'x'@fr .\n", "core-term", BELOW, {}),
    ("sameAs", TTL, PREFIXES + ":a owl:sameAs organisation:afd .\n", "identity", FIRST, {}),
    ("equivalent class", TTL, PREFIXES + ":A owl:equivalentClass coop:Place .\n", "identity", FIRST, {}),
    ("subclass", TTL, PREFIXES + ":A rdfs:subClassOf coop:Place .\n", "axiom", FIRST, {}),
    ("range", TTL, PREFIXES + ":p rdfs:range coop:Place .\n", "axiom", FIRST, {}),
    ("subproperty", TTL, PREFIXES + ":p rdfs:subPropertyOf owl:sameAs .\n", "axiom", FIRST, {}),
    ("a class of its own", TTL, PREFIXES + ":A a owl:Class .\n", "axiom", FIRST, {}),
    ("shape", TTL, PREFIXES + ":S a sh:NodeShape .\n", "shacl", FIRST, {}),
    ("mapping", TTL, PREFIXES + ":a skos:exactMatch organisation:afd .\n", "mapping", FIRST, {}),
    ("false origin", TTL, PREFIXES + ":g a coop:SourceGraph .\n", "provenance", FIRST, {}),
    ("imports", TTL, PREFIXES + ":o owl:imports <http://127.0.0.1/x> .\n", "axiom", FIRST, {}),
    ("too many triples", NT, f"<{OWN}a> <http://e/p> <http://e/o> .\n" * 3, "limit-quads", None, {"limits": {"quads": 2}}),  # type: ignore[list-item]
    ("too deep", TTL, "(" * 101 + ")" * 101, "limit-depth", None, {}),  # type: ignore[list-item]
    ("deep triple terms", TTL, "<<( " * 100_000, "limit-depth", None, {}),  # type: ignore[list-item]
    # Other forms of RDF
    ("another's graph", TRIG, PREFIXES + f"\n<{BASE}graph/partner/sfax> {{ :a a :B }}\n", "graph", BELOW, {}),
    ("core graph", NQ, f"\n<{OWN}a> <http://e/p> <http://e/o> <{BASE}graph/passage/l1> .\n", "graph", 2, {}),
    ("N-Triples without a dot", NT, f"<{OWN}a> <http://e/p> <http://e/o>\n", "syntax", 1, {}),
    ("N-Triples of another", NT, f"<{OWN}a> <http://e/p> 'x' .\n".replace("'", '"') + f"<{OTHER}> <http://e/p> <http://e/o> .\n", "foreign-subject", 2, {}),
    ("missing comma", LD, CONTEXT + f'"@id": "{OWN}a"\n"name": "x"}}', "syntax", 2, {}),
    ("comma too many", LD, CONTEXT + f'"@id": "{OWN}a",\n"name": "x",\n}}', "syntax", 4, {}),
    ("remote context", LD, '{"@id": "http://e/a",\n"@context": "http://127.0.0.1/ctx"}', "remote-context", 2, {}),
    ("local context", LD, '{"@context": "file:///tmp/c.json",\n"@id": "http://e/a"}', "remote-context", 1, {}),
    ("another's in JSON-LD", LD, CONTEXT + f'"@id":\n"{OTHER}", "name": "x"}}', "foreign-subject", 3, {}),
    ("Turtle as JSON-LD", LD, f"<{OWN}a> a <http://e/b> .", "syntax", 1, {}),
    ("deep JSON", LD, "[" * 101 + "]" * 101, "limit-depth", None, {}),  # type: ignore[list-item]
    ("entity bomb", RDF, '<!DOCTYPE r [<!ENTITY a "b">]>\n<r/>', "xml-dtd", 1, {"graph": MAIN}),
    ("XML outside a graph store", RDF, "<r/>", "unsupported", None, {}),  # type: ignore[list-item]
    ("badly closed element", RDF, f'<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">\n<r:Description r:about="{OWN}a">\n<e:p>x</e:q></r:Description></r:RDF>', "syntax", 3, {"graph": MAIN}),
    ("unknown type", "text/html", "<p>", "unsupported", None, {}),  # type: ignore[list-item]
]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "body", "rule", "line", "given"),
    [fault[1:] for fault in FAULTS],
    ids=[fault[0] for fault in FAULTS],
)
def test_a_fault_is_told_with_its_rule_and_line(
    kind: str, body: str | bytes, rule: str, line: int | None, given: dict[str, Any]
) -> None:
    outcome = checked(body, kind, **given)
    assert outcome.status not in {"conforms", "warnings"}
    assert outcome.added == b""
    finding = one(outcome, rule)
    assert finding["line"] == line, finding
    assert finding["severity"] == "violation"
    assert finding["file"] == "a.ttl"
    assert_told(finding)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\u202e]", json.dumps(finding, ensure_ascii=False))


def assert_told(finding: dict[str, Any]) -> None:
    """Check that a fault is told in both languages, with what was expected."""
    assert finding["message"]["fr"] != finding["message"]["en"]
    assert not re.search(r" [:;?!»]|« ", finding["message"]["fr"]), "a space that may break"
    assert finding["expected"]["fr"]
    assert finding["expected"]["en"]


def test_sixty_faults_are_seeded() -> None:
    mutants = MUTANTS.read_text(encoding="utf-8").count("# M")
    assert len(FAULTS) + mutants + len(TABLES) >= 60


# --- The mutants of the catalogue, in what a partner sends ---------------------------------

#: They change our own facts, which no partner may: refused as another's.
OF_OURS = ("M11", "M13", "M20", "M21", "M24")


def test_each_mutant_is_told_at_its_line_in_both_languages(known: intake.Ready) -> None:
    text = MUTANTS.read_text(encoding="utf-8")
    outcome = checked(text, known=known)
    assert outcome.status == "violations"
    told = {(item["rule"], item["line"]): item for item in outcome.report["findings"]}
    seen = set()
    for number, line in enumerate(text.splitlines(), 1):
        if match := re.search(r"# (M\d\d) (\S+)$", line):
            seen.add(match[1])
            finding = told[match[2], number]
            assert finding["severity"] == "violation"
            assert_told(finding)
    # M14 is the fault "sameAs"; M22 cannot be: the graph of a contribution is its source.
    assert seen | set(OF_OURS) | {"M14", "M22"} == {f"M{n:02d}" for n in range(1, 26)}


@pytest.mark.parametrize("mutant", OF_OURS)
def test_a_mutant_of_our_own_facts_is_refused_as_not_the_partners(mutant: str) -> None:
    spoilt = f"{PREFIXES}<{BASE}id/observation/{mutant.lower()}> coop:value 1 .\n"
    assert found(checked(spoilt)) == [("foreign-subject", FIRST)]


# --- Good data -----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def good(known: intake.Ready) -> Any:
    return checked(ACTION, known=known)


def test_good_data_are_let_through_with_their_warnings(good: Any) -> None:
    assert good.status == "warnings"
    assert good.counts == {"added": 16, "removed": 0}
    assert good.graphs == (MAIN,)
    assert {item["severity"] for item in good.report["findings"]} == {"warning"}
    read = list(ox.parse(good.added, format=ox.RdfFormat.N_QUADS))
    assert {quad.graph_name.value for quad in read} == {MAIN}


def test_the_same_facts_in_every_form_are_the_same_quads() -> None:
    quads = [ox.Quad(*triple) for triple in ox.parse(ACTION.encode(), format=ox.RdfFormat.TURTLE)]
    forms = {
        NT: ox.RdfFormat.N_TRIPLES, NQ: ox.RdfFormat.N_QUADS, TRIG: ox.RdfFormat.TRIG,
        LD: ox.RdfFormat.JSON_LD,
    }  # fmt: skip
    triples = [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads]
    expected = checked(ACTION).added
    for kind, form in forms.items():
        body = ox.serialize(triples if form == ox.RdfFormat.N_TRIPLES else quads, format=form)
        assert checked(body or b"", kind).added == expected, kind
    xml = ox.serialize(triples, format=ox.RdfFormat.RDF_XML) or b""
    assert checked(xml, RDF, graph=MAIN).added == expected


def test_a_nested_node_becomes_a_thing_of_the_partners() -> None:
    outcome = checked(PREFIXES + ':a coop:x [ rdfs:label "b"@fr ] .\n')
    assert outcome.added.count(f"<{OWN}genid/".encode()) == 2
    assert b"_:" not in outcome.added


def test_a_byte_order_mark_is_passed_over_and_told() -> None:
    outcome = checked(b"\xef\xbb\xbf" + ACTION.encode())
    assert outcome.status == "conforms"
    assert found(outcome) == [("byte-order-mark", 1)]


def test_an_operator_is_held_to_safety_only() -> None:
    ours = "<urn:s> <http://www.w3.org/2002/07/owl#sameAs> <urn:o> .\n"
    assert checked(ours, NT, role="operator", graph="http://e/g").status == "conforms"
    emptied = checked("", role="operator", graph="http://e/g")
    assert (emptied.status, emptied.graphs, emptied.added) == ("conforms", ("http://e/g",), b"")
    assert checked("", role="operator").status == "unparsable", "no graph is emptied"
    assert checked("", CSV, role="operator", graph="http://e/g").status == "unparsable"
    assert checked("", graph=MAIN).status == "unparsable", "a partner says so with DELETE"
    assert checked(ours, NT).status == "violations"
    control = '<urn:s> <urn:p> "\\u0000" .\n'
    assert checked(control, NT, role="operator", graph="http://e/g").status == "violations"


def test_an_identifier_is_checked_even_when_nothing_was_published_yet() -> None:
    wrong = (
        PREFIXES + ":a coop:iso2 'XX' ; <http://purl.org/dc/terms/identifier> 'SIREN 180014046' .\n"
    )
    first = checked(wrong)
    rules = {item["rule"] for item in first.report["findings"]}
    assert rules == {"identifier-iso-3166-1-alpha-2", "identifier-siren"}
    assert (first.status, first.added) == ("violations", b"")
    for item in first.report["findings"]:
        assert_told(item)
    apart = checked(wrong, role="operator", graph="http://e/g")
    assert apart.status == "conforms", "held to syntax and safety only"


def test_a_fault_that_was_there_before_is_not_the_contributions(known: intake.Ready) -> None:
    outcome = checked(ACTION, known=known, graph=f"{MAIN}/other")
    nodes = {item["node"] for item in outcome.report["findings"]}
    assert all(node.startswith(OWN) for node in nodes), nodes


def test_a_misspelt_name_is_given_back_corrected(known: intake.Ready) -> None:
    outcome = checked(ACTION.replace("country place:tunisie", "country place:tunisi"), known=known)
    finding = one(outcome, "coopsh:ActivityPlace-country")
    assert (finding["line"], finding["column"]) == (FIRST + 1, 16)
    assert finding["seen"] == "place:tunisi"
    assert finding["expected"] == {"fr": "place:tunisie", "en": "place:tunisie"}
    assert finding["fix"].startswith("coop:country place:tunisie ;")


# --- Tables --------------------------------------------------------------------------------

HEAD = "Identifiant (organisation);Nom (français);Nom (anglais);Pays ou lieu;Membre de;Page web"
TABLES: list[tuple[str, str, str, str]] = [
    ("misnamed column", "Identifiant (organisation);Nom francais\nr;Régie\n", "misnamed-column", "B1"),
    ("missing column", "Identifiant (organisation);Pays ou lieu\nr;Tunisie\n", "missing-column", "C1"),
    ("column twice", HEAD + ";Page web\nr;Régie\n", "double-column", "G1"),
    ("no heading", "\n\n", "empty", ""),
    ("headings only", HEAD + "\n", "empty", "A1"),
    ("another table", "a;b;c\n1;2;3\n", "unknown-table", "A1"),
    ("column without a heading", HEAD + ";\nr;Régie;;;;;x\n", "unnamed-column", "G1"),
    ("unknown place", HEAD + "\nr;Régie;Board;Tunisi\n", "unknown-name", "D2"),
    ("unknown organisation", HEAD + "\nr;Régie;Board;Tunisie;Xyzzy\n", "unknown-name", "E2"),
    ("not an address", HEAD + "\nr;Régie;Board;Tunisie;;exemple\n", "not-address", "F2"),
    ("required cell", HEAD + "\nr;;Board\n", "missing-value", "B2"),
    ("nameless row", HEAD + "\n;;;Tunisie\n", "missing-name", "A2"),
    ("identifier with an accent", HEAD + "\nRégie A;Régie\n", "slug", "A2"),
    ("unbalanced quote", HEAD + '\nr;"Régie;Board\n', "csv-quote", ""),
    ("NUL", HEAD + "\nr;R\x00gie\n", "control-character", ""),
    ("space in an address", HEAD + "\nr;Régie;B;place a b:c\n", "unknown-name", "D2"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("body", "rule", "cell"), [case[1:] for case in TABLES], ids=[case[0] for case in TABLES]
)
def test_a_fault_of_a_table_is_told_with_its_cell(
    words: intake.Ready, body: str, rule: str, cell: str
) -> None:
    outcome = checked(body, CSV, words, name="a.csv")
    assert outcome.status not in {"conforms", "warnings"}, found(outcome)
    finding = one(outcome, rule)
    assert finding["cell"] == cell, found(outcome)
    assert finding["line"] or rule == "empty"
    assert_told(finding)


def test_a_table_is_read_whatever_separates_its_columns(words: intake.Ready) -> None:
    rows = f"{HEAD}\nr;Régie;Board;Tunisie;;https://e.org\n"
    expected = checked(rows, CSV, words)
    assert expected.status == "conforms", found(expected)
    assert b"place/tunisie" in expected.added
    for sign in ",\t":
        assert checked(rows.replace(";", sign), CSV, words).added == expected.added
    assert checked("\ufeff" + rows, CSV, words).added == expected.added
    for name, told in (("utf-16", "UTF-16"), ("cp1252", "Windows-1252")):
        other = checked(rows.encode(name), CSV, words)
        assert other.added == expected.added
        assert one(other, "encoding")["seen"] == told


def test_a_workbook_refuses_formulas_and_tells_merged_cells(words: intake.Ready) -> None:
    body = workbook(HEAD.split(";"), ["r", "=A1", "Board"])
    assert found(checked(body, XLSX, words)) == [("formula", "À remplir!B2")]


def test_a_workbook_that_is_none_or_swells_is_refused(words: intake.Ready) -> None:
    assert checked(b"PK\x03\x04 no", XLSX, words).status == "unparsable"
    rows = [["x"] * 50 for _ in range(200)]
    small = {"limits": {"unpacked": 1000}}
    assert found(checked(workbook(*rows), XLSX, words, **small)) == [("limit-unpacked", None)]
    for name, allowed in (("columns", 10), ("cells", 100)):
        given = {"limits": {name: allowed}}
        outcome = checked(workbook(*rows), XLSX, words, **given)
        assert outcome.status == "too-large"
        assert found(outcome) == [(f"limit-{name}", None)]


# --- The report ----------------------------------------------------------------------------


def test_a_report_is_written_in_each_form_and_in_one_language() -> None:
    spoilt = PREFIXES + ":a owl:sameAs organisation:afd .\n:b owl:sameAs organisation:afd .\n"
    report = checked(spoilt).report
    assert report["groups"] == [
        {"cause": "identity", "severity": "violation", "count": 2, "findings": [0, 1]}
    ]
    french, english = rendering.text(report, "fr"), rendering.text(report, "en")
    assert "× 2" in french
    assert "écrire" in french
    assert "declare two things" in english
    assert "déclarer" not in english
    assert f"a.ttl:{FIRST}:4" in english
    rows = rendering.csv_text(report, "fr").splitlines()
    assert len(rows) == 3
    run = json.loads(rendering.sarif(report, "en"))["runs"][0]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": FIRST, "startColumn": 4}
    shacl = list(ox.parse(rendering.turtle(report).encode(), format=ox.RdfFormat.TURTLE))
    results = [q for q in shacl if q.predicate.value.endswith("#result")]
    assert len(results) == 2


# --- The limited process -------------------------------------------------------------------


def test_the_limited_process_says_the_same(published: Path, good: Any) -> None:
    directory = str(generation.current(published).path)
    body = ACTION.encode()
    given = Job(
        "a.ttl", TTL, "put", None, {"name": "tunis", "role": "reviewed", "base": OWN}, "fr", "dry",
        "", "", directory, {"quads": 1000, "literal": 1000}, len(body),
    )  # fmt: skip
    outcome = checking.run(given, body, Settings(check_timeout_s=300))
    assert outcome.added == good.added
    assert outcome.report == good.report
    assert outcome.whatif["answers"] == good.whatif["answers"]


def test_the_codes_of_countries_are_loaded_before_files_are_given_up() -> None:
    codes = identifiers._countries
    codes.cache_clear()
    intake.ready("", warm=True)
    assert codes.cache_info().currsize == 1
