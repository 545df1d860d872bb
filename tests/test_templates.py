"""Templates: what the shapes make of them, and that what they hold is read back as it was meant."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pyoxigraph as ox
import pytest
from intaking import BASE, CSV, OWN, XLSX, checked, filled, found, heads, workbook

from coopkg import generation, templates
from coopkg.build import intake
from coopkg.contributions.rendering import turtle
from coopkg.templates import CLASSES, LEFT_OUT, Mapping, MappingError, Vocabulary, sealed, shapes
from coopkg.terms import compact, expand

LANGUAGES = ("fr", "en")


@pytest.fixture(scope="module")
def known(published: Path) -> intake.Ready:
    """Return the real generation, to read tables against; no shape is run in most tests."""
    return intake.Ready(intake.ready(str(generation.current(published).path)).ground, None)


@pytest.fixture(scope="module")
def vocabulary(published: Path) -> Vocabulary:
    current = generation.current(published)
    return Vocabulary.of_store(current.read("store.nq"), current.read_json("labels.json"))


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_each_column_has_a_heading_of_its_own_in_both_languages(
    name: str, vocabulary: Vocabulary
) -> None:
    given = templates.template(name, vocabulary)
    for lang in LANGUAGES:
        headings = heads(given, lang)
        assert len(set(headings)) == len(headings)
        assert all(one.example for one in given.fields)
        assert all(one.note[lang] for one in given.fields)
        said = " ".join((*headings, *(one.note[lang] for one in given.fields)))
        assert not re.search(r"\b(?:IRI|coop|skos|rdf|sh)\b", said), "plain words only"
    assert any(one.required for one in given.fields)


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_the_columns_are_what_the_shapes_of_the_class_speak_of(
    name: str, vocabulary: Vocabulary
) -> None:
    kind = CLASSES[name]
    spoken = set(shapes.rules(name, vocabulary))
    assert not set(kind.apart) - spoken, "a reason for what no shape asks any more"
    columns = [one.name for one in templates.template(name, vocabulary).fields]
    of_shapes = {one.partition("@")[0].split("/")[0] for one in columns} & spoken
    assert of_shapes == spoken - set(kind.apart)
    free = [one for one in columns if one.partition("@")[0].split("/")[0] not in spoken]
    assert set(free) <= set(kind.first), (
        "only what the table of classes names comes without a shape"
    )


def test_each_class_that_shapes_speak_of_has_a_template_or_a_reason_to_have_none(
    vocabulary: Vocabulary,
) -> None:
    target = expand("sh:targetClass")
    aimed = {
        compact(value.value)
        for values in vocabulary._out.values()
        for value in values.get(target, ())
        if isinstance(value, ox.NamedNode)
    }
    offered = {one.iri for one in CLASSES.values()}
    assert aimed - offered == set(LEFT_OUT)
    assert all(LEFT_OUT.values())


NEW = f"""
@prefix coop: <{BASE}ns#> . @prefix coopsh: <{BASE}shapes#> .
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
coopsh:CooperationAgreement sh:property coopsh:New .
coopsh:New sh:path coop:launchYear ; sh:minCount 1 ; sh:maxCount 1 ; sh:datatype xsd:integer ;
  sh:name "année de signature"@fr , "year of signature"@en ; sh:severity sh:Violation ;
  sh:group coopsh:figureGroup ; sh:order 1 .
"""


def test_a_shape_that_gains_a_property_gains_a_column(published: Path) -> None:
    current = generation.current(published)
    labels = current.read_json("labels.json")
    quads = list(ox.parse(current.read("store.nq"), format=ox.RdfFormat.N_QUADS))
    graph = ox.NamedNode(f"{BASE}graph/shapes")
    more = [
        ox.Quad(one.subject, one.predicate, one.object, graph)
        for one in ox.parse(NEW.encode(), format=ox.RdfFormat.TURTLE)
    ]
    before, after = (
        sealed.templates(sealed.document(Vocabulary.of_quads(some, labels)))["agreement"].fields
        for some in (quads, [*quads, *more])
    )
    gained = [one for one in after if one not in before]
    assert [one.name for one in gained] == ["coop:launchYear"]
    year = gained[0]
    assert (year.kind, year.required, year.several) == ("integer", True, False)
    assert year.group == {"fr": "Chiffres", "en": "Figures"}


def test_a_generation_seals_what_its_templates_are(published: Path, vocabulary: Vocabulary) -> None:
    kept = sealed.templates(generation.current(published).read_json(sealed.FILE))
    assert list(kept) == list(CLASSES)
    for name, one in kept.items():
        assert one == templates.template(name, vocabulary)


def examples(vocabulary: Vocabulary, lang: str) -> bytes:
    """Return one workbook of every template, each filled with its own examples."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name in CLASSES:
        given = templates.template(name, vocabulary)
        made = templates.workbook(given, vocabulary, lang)  # type: ignore[arg-type]
        sheet = book.create_sheet(name)
        for row in openpyxl.load_workbook(io.BytesIO(made)).worksheets[1].iter_rows():
            sheet.append([cell.value for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def test_every_template_filled_with_its_own_examples_is_in_order(
    published: Path, vocabulary: Vocabulary
) -> None:
    known = intake.ready(str(generation.current(published).path))
    given: dict[str, Any] = {"limits": {"literal": 9000}}
    french = checked(examples(vocabulary, "fr"), XLSX, known, **given)
    assert french.status == "conforms", found(french)
    described = {one.subject for one in ox.parse(french.added, format=ox.RdfFormat.N_QUADS)}
    assert len(described) >= len(CLASSES)
    words = intake.Ready(known.ground, None)  # the same triples: shapes would say the same
    assert checked(examples(vocabulary, "en"), XLSX, words, **given).added == french.added


@pytest.mark.parametrize("name", ["component", "participation"])
def test_an_example_that_names_a_thing_not_described_says_where_to_describe_it(
    published: Path, vocabulary: Vocabulary, name: str
) -> None:
    ground = intake.ready(str(generation.current(published).path)).ground
    made = templates.workbook(templates.template(name, vocabulary), vocabulary, "fr")
    row = [cell.value for cell in openpyxl.load_workbook(io.BytesIO(made)).worksheets[1][2]]
    outcome = checked(filled(made, row), XLSX, intake.Ready(ground, None))
    (told,) = outcome.report["findings"]
    assert told["rule"] == "unknown-name"
    assert "dans une autre feuille de ce fichier" in told["message"]["fr"]
    assert told["fix"] == ""


def test_the_example_of_an_organisation_is_where_its_name_says(vocabulary: Vocabulary) -> None:
    given = {one.name: one for one in templates.template("organisation", vocabulary).fields}
    assert given["coop:basedIn"].example == f"{BASE}id/place/tunisie"


def test_what_a_column_may_hold_comes_from_the_shapes(vocabulary: Vocabulary) -> None:
    fields = {one.name: one for one in templates.template("country-action", vocabulary).fields}
    country = fields["coop:country"]
    assert (country.kind, country.required, country.several) == ("thing", True, False)
    assert f"{BASE}id/place/tunisie" in (country.among or ())
    assert f"{BASE}id/place/france" not in (country.among or ())
    themes = fields["coop:domainTheme"].among or ()
    assert f"{BASE}scheme/theme/decentralisation" in themes
    assert f"{BASE}scheme/audience/elus" not in themes


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_workbook_has_lists_notes_and_an_example_that_is_never_read(
    lang: str, vocabulary: Vocabulary, known: intake.Ready
) -> None:
    given = templates.template("organisation", vocabulary)
    content = templates.workbook(given, vocabulary, lang)  # type: ignore[arg-type]
    book = openpyxl.load_workbook(io.BytesIO(content))
    first = book.worksheets[0]
    assert [cell.value for cell in first[1]] == heads(given, lang)
    assert all(cell.comment and cell.comment.text for cell in first[1])
    offering = [one for one in given.fields if one.among]
    assert len(first.data_validations.dataValidation) == len(offering) >= 4
    assert book.worksheets[1].max_row == 2
    assert book.worksheets[3].sheet_state == "hidden"
    outcome = checked(content, XLSX, known)
    assert [rule for rule, _ in found(outcome)] == ["empty"]


def test_rows_of_a_template_become_the_triples_they_mean(
    vocabulary: Vocabulary, known: intake.Ready
) -> None:
    given = templates.template("country-action", vocabulary)
    content = templates.workbook(given, vocabulary, "fr")
    row = ["sfax", "Appui à Sfax", "Support to Sfax", "TUNISIE", "CNFPT", "organisation/cfad ; AFD",
           "", "", "Finances locales;theme:decentralisation", "élus"]  # fmt: skip
    outcome = checked(filled(content, row), XLSX, known)
    assert outcome.status == "conforms", found(outcome)
    quads = ox.parse(outcome.added, format=ox.RdfFormat.N_QUADS)
    said = {(q.subject.value, q.predicate, getattr(q.object, "value", "")) for q in quads}
    action, partner = f"{OWN}sfax", f"{OWN}sfax-partner-cfad"
    assert (action, expand("coop:country"), f"{BASE}id/place/tunisie") in said
    assert (action, expand("coop:participation"), partner) in said
    assert (partner, expand("coop:partner"), f"{BASE}id/organisation/cfad") in said
    assert (f"{OWN}sfax-partner-afd", expand("coop:partner"), f"{BASE}id/organisation/afd") in said
    for theme in ("finances-locales", "decentralisation"):
        assert (action, expand("coop:domainTheme"), f"{BASE}scheme/theme/{theme}") in said


def test_a_csv_template_has_the_same_headings(vocabulary: Vocabulary) -> None:
    given = templates.template("partnership", vocabulary)
    for lang, sign in (("fr", ";"), ("en", ",")):
        text = templates.csv_text(given, lang)  # type: ignore[arg-type]
        assert text == "\ufeff" + sign.join(heads(given, lang)) + "\r\n"


def test_things_of_the_same_file_are_known_by_their_names(known: intake.Ready) -> None:
    table = (
        "Identifiant (organisation);Nom (français);Organisme de rattachement\n"
        "regie;Régie de l’eau;\nagence;Agence de la régie;régie de l'eau\n"
    )
    outcome = checked(table, CSV, known)
    assert f"<{OWN}agence> <{BASE}ns#unitOf> <{OWN}regie>".encode() in outcome.added


def test_things_of_another_sheet_of_the_same_workbook_are_known_by_their_names(
    vocabulary: Vocabulary, known: intake.Ready
) -> None:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    rows = {
        "participation": ["", "Villes de l’eau", "CNFPT"],
        "partnership": ["eau", "Villes de l’eau", "Water towns", "CNFPT", "AFD"],
    }
    for name, row in rows.items():
        sheet = book.create_sheet(name)
        sheet.append(heads(templates.template(name, vocabulary)))
        sheet.append(row)
    book["participation"]["A2"] = "eau-cnfpt"
    written = io.BytesIO()
    book.save(written)
    outcome = checked(written.getvalue(), XLSX, known)
    assert f"<{OWN}eau> <{BASE}ns#participation> <{OWN}eau-cnfpt>".encode() in outcome.added
    named = (
        f'<{OWN}eau-cnfpt> <{expand("skos:prefLabel").value}> "CNFPT, chef de file\u00a0: Villes'
    )
    assert named in outcome.added.decode(), "a participation is named by who, as what, in what"


def test_an_ambiguous_name_lists_both_things() -> None:
    labels = {f"{BASE}id/place/{name}": {"fr": "Saint-Louis", "en": "x"} for name in ("a", "b")}
    found_ = Vocabulary((), labels).find("saint-louis", labels, {})
    assert found_.several == tuple(labels)


MAPPING = """
class = "org:Organization"
id = "Code"
[[columns]]
column = "Dénomination"
property = "skos:prefLabel@fr"
required = true
[[columns]]
column = "Pays"
property = "coop:basedIn"
kind = "thing"
[[columns]]
column = "Fiche"
property = "foaf:page"
kind = "address"
pattern = "https://example.org/{}"
"""


def test_a_partners_own_columns_are_read_by_a_mapping(known: intake.Ready) -> None:
    mapping = Mapping.read(MAPPING)
    assert Mapping.of_json(mapping.as_json()) == mapping
    table: list[list[Any]] = [
        ["Code", "Dénomination", "Pays", "Fiche"],
        ["regie", "Régie", "Tunisie", 12],
    ]
    outcome = checked(workbook(*table, title="x"), XLSX, known, mapping=mapping.as_json())
    assert f"<{OWN}regie> <{BASE}ns#basedIn> <{BASE}id/place/tunisie>".encode() in outcome.added
    assert b"<https://example.org/12>" in outcome.added
    text = "\n".join(";".join(map(str, row)) for row in table)
    assert checked(text, CSV, known, mapping=mapping.as_json()).added == outcome.added


def test_a_column_that_a_mapping_leaves_out_is_said_and_never_guessed(
    known: intake.Ready,
) -> None:
    mapping = {**Mapping.read(MAPPING).as_json(), "ignored": ["Dénominations"]}
    table = "Code;Dénomination;Pays;Fiche;Dénominations;Budget\nregie;Régie;Tunisie;12;x;9\n"
    outcome = checked(table, CSV, known, mapping=mapping)
    said = {(one["rule"], one["severity"], one["cell"]) for one in outcome.report["findings"]}
    assert {("ignored-column", "info", "E1"), ("unknown-column", "warning", "F1")} <= said
    assert outcome.report["tables"][0]["headings"][5] == "Budget"
    assert outcome.report["tables"][0]["samples"][5] == ["9"]


def test_columns_of_no_template_are_shown_with_samples_of_their_values(
    known: intake.Ready,
) -> None:
    rows = "".join(f"{n};Tunisie;{n * 10}\n" for n in range(1, 9))
    outcome = checked("Qui;Où;Combien\n" + rows, CSV, known)
    assert found(outcome) == [("unknown-table", "A1")]
    assert outcome.report["tables"] == [
        {
            "sheet": "",
            "rows": 8,
            "headings": ["Qui", "Où", "Combien"],
            "samples": [["1", "2", "3"], ["Tunisie"], ["10", "20", "30"]],
        }
    ]
    good = "Identifiant (organisation);Nom (français)\nregie;Régie\n"
    assert "tables" not in checked(good, CSV, known).report, "nobody has to say anything"


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"property": "owl:sameAs", "kind": "thing"}, "identity"),
        ({"property": "rdfs:subClassOf", "kind": "thing"}, "axiom"),
        ({"property": "coop:layer", "kind": "thing"}, "provenance"),
        ({"property": "^coop:component", "kind": "thing"}, "foreign-subject"),
        ({"pattern": f"{BASE}id/organisation/{{}}"}, "foreign-subject"),
    ],
)
def test_a_mapping_lets_nobody_say_what_no_file_may(
    changes: dict[str, str], rule: str, known: intake.Ready
) -> None:
    mapping = Mapping.read(MAPPING).as_json()
    place = mapping if "pattern" in changes else mapping["columns"][1]
    place.update(changes)
    table = f"Code;Dénomination;Pays;Fiche\ncfad;Régie;{BASE}id/place/tunisie;12\n"
    outcome = checked(table, CSV, known, mapping=mapping)
    assert outcome.status == "violations"
    assert rule in {one["rule"] for one in outcome.report["findings"]}
    assert outcome.added == b""


def test_a_mapping_of_a_sheet_that_is_not_there_is_told(known: intake.Ready) -> None:
    mapping = {**Mapping.read(MAPPING).as_json(), "sheet": "Villes"}
    outcome = checked(workbook(["Code"], ["a"], title="Écoles"), XLSX, known, mapping=mapping)
    assert ("missing-sheet", "Villes") in [
        (one["rule"], one["expected"].get("fr")) for one in outcome.report["findings"]
    ]


ACTIONS = """
class = "coop:CountryAction"
[[columns]]
column = "Titre {1}"
property = "skos:prefLabel@fr"
[[columns]]
column = "Porteur"
property = "coop:participation/coop:lead"
kind = "thing"
"""


def said_in_rml(text: str, property_: str) -> set[str]:
    """Return the values that RML gives by one of its words."""
    quads = ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)
    return {q.object.value for q in quads if re.split(r"[/#]", q.predicate.value)[-1] == property_}


def test_a_mapping_is_exported_as_rml() -> None:
    text = templates.rml.rml(Mapping.read(MAPPING), "a.csv", OWN)
    assert said_in_rml(text, "template") == {f"{OWN}{{Code}}", "https://example.org/{Fiche}"}
    assert said_in_rml(text, "reference") == {"Dénomination", "iri"}
    assert (said_in_rml(text, "child"), said_in_rml(text, "parent")) == ({"Pays"}, {"name"})
    assert said_in_rml(text, "source") == {"a.csv", "names.csv"}
    assert text.startswith("# a.csv: Dénomination, Pays, Fiche\n")


def test_rml_has_a_map_of_its_own_for_what_lies_between() -> None:
    text = templates.rml.rml(Mapping.read(ACTIONS), "a.csv", OWN)
    row = OWN + "{Titre \\{1\\}}"
    assert said_in_rml(text, "template") == {row, f"{row}-lead-{{Porteur}}"}
    assert said_in_rml(text, "predicate") == {
        expand(name).value for name in ("skos:prefLabel", "coop:participation", "coop:lead")
    }
    assert f"{BASE}ns#Participation" in said_in_rml(text, "class")
    back = ACTIONS.replace("coop:participation/coop:lead", "^coop:component")
    below = templates.rml.rml(Mapping.read(back), "a.csv", OWN)
    assert said_in_rml(below, "template") == {row, f"{OWN}{{Porteur}}"}


@pytest.mark.parametrize(
    ("spoilt", "words"),
    [
        (("class", "klass"), "'class' is missing"),
        (("property", "propriete"), "'property' is missing"),
        (("coop:basedIn", "nope:basedIn"), "known prefix"),
        (('kind = "thing"', 'kind = "chose"'), "no kind"),
        (("[[columns]]", "[[colonnes]]"), "unknown"),
    ],
)
def test_a_spoilt_mapping_says_what_is_wrong(spoilt: tuple[str, str], words: str) -> None:
    with pytest.raises(MappingError, match=words) as error:
        Mapping.read(MAPPING.replace(*spoilt))
    assert error.value.words["fr"]


def test_a_report_without_finding_conforms() -> None:
    assert "sh:conforms true" in turtle({"findings": []})
