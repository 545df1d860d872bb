"""Templates: what the shapes make of them, and that what they hold is read back as it was meant."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import openpyxl
import pyoxigraph as ox
import pytest
from intaking import BASE, CSV, OWN, XLSX, checked, filled, found, heads, workbook

from coopkg import generation, templates
from coopkg.build import intake
from coopkg.contributions.rendering import turtle
from coopkg.templates import CLASSES, Mapping, MappingError, Vocabulary
from coopkg.terms import expand

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
    assert any(one.required for one in given.fields)


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
    assert len(first.data_validations.dataValidation) == 4
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


def test_a_mapping_is_exported_as_rml() -> None:
    text = templates.rml(Mapping.read(MAPPING), "a.csv", OWN)
    quads = list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))
    values = {str(getattr(quad.object, "value", "")) for quad in quads}
    assert {f"{OWN}{{Code}}", "Dénomination", "https://example.org/{Fiche}"} <= values


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
