"""The catalogue passes the official shapes of DCAT-AP 3.0.1, offline."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator

import pytest
import rdflib
from flask import Flask
from flask.testing import FlaskClient
from rdflib import DCAT, DCTERMS, RDF, SH, SKOS, Graph, URIRef

from coopkg.terms import BASE
from tests.conftest import SHARED

RELEASE = SHARED / "standards/dcat-ap/releases/3.0.1"
EU = "http://publications.europa.eu/resource/authority/"
# Names of the EU's lists that we use. Countries and RDF_TURTLE stand in the shared files; the
# others were found in published catalogues, and cannot be fetched from here.
CODES = {
    EU + "access-right/PUBLIC",
    EU + "file-type/RDF_TURTLE",
    EU + "language/ENG",
    EU + "language/FRA",
}
# Recommended properties that nobody has given: no contact, no theme of the EU's list, no box on
# the map, no kind of licence or publisher. Nothing is invented to please a validator.
ABSENT = {
    "availability",
    "bbox",
    "centroid",
    "contactPoint",
    "geometry",
    "theme",
    "themeTaxonomy",
    "type",
}
PARTIAL = {"distribution", "format", "keyword", "spatial", "temporal"}
# The release refers to property shapes that none of its files defines.
UNDEFINED = 5


@pytest.fixture(scope="module")
def said(app: Flask) -> Graph:
    return Graph().parse(data=app.test_client().get("/catalog.ttl").text, format="turtle")


def shapes(*names: str) -> Graph:
    found = Graph()
    for name in names:
        found.parse(RELEASE / name, format="turtle")
    return found


def findings(data: Graph, rules: Graph) -> Iterator[tuple[str, str, str]]:
    """Yield severity, path and focus node of each finding."""
    import pyshacl

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        _, report, _ = pyshacl.validate(
            data, shacl_graph=rules, advanced=True, inference=None, do_owl_imports=False
        )
    assert isinstance(report, Graph)
    for one in report.subjects(RDF.type, SH.ValidationResult):
        values = (report.value(one, name) for name in (SH.resultSeverity, SH.resultPath))
        severity, path = (re.split("[#/]", str(value))[-1] for value in values)
        yield severity, path, str(report.value(one, SH.focusNode))


def whole() -> Graph:
    """Return the main shapes with their ranges, without what the release leaves undefined."""
    rules = shapes("shacl/dcat-ap-SHACL.ttl", "shacl/ranges.ttl")
    undefined = [
        (node, one)
        for node, one in rules.subject_objects(SH.property)
        if not rules.value(one, SH.path)
    ]
    assert len(undefined) == UNDEFINED
    for node, one in undefined:
        rules.remove((node, SH.property, one))
    return rules


OFFICIAL = {
    "main": whole,
    "html": lambda: shapes("html/shacl/shapes.ttl"),
    "ranges": lambda: shapes("html/shacl/range.ttl"),
    "deprecated": lambda: shapes("html/shacl/deprecateduris.ttl"),
}
needs_shapes = pytest.mark.skipif(not RELEASE.exists(), reason="the official shapes are not here")


@needs_shapes
@pytest.mark.parametrize("name", OFFICIAL)
def test_the_catalogue_passes_the_official_shapes(said: Graph, name: str) -> None:
    rules = OFFICIAL[name]()
    assert len(rules) > 50
    assert list(findings(said, rules)) == []


@needs_shapes
def test_the_official_shapes_do_see_what_is_wrong(said: Graph) -> None:
    broken = Graph()
    broken += said
    catalogue = URIRef(BASE + "id/catalog/coopkg")
    broken.remove((catalogue, DCTERMS.title, None))
    broken.set((catalogue, DCTERMS.publisher, rdflib.Literal("somebody")))
    found = {(severity, path) for severity, path, _ in findings(broken, whole())}
    assert {("Violation", "title"), ("Violation", "publisher")} <= found


@needs_shapes
def test_what_is_recommended_and_absent_is_known(said: Graph) -> None:
    found = set(findings(said, shapes("html/shacl/shapes_recommended.ttl")))
    assert {severity for severity, _, _ in found} == {"Warning"}
    assert {path for _, path, _ in found} <= ABSENT | PARTIAL
    # What is said of the whole is not said again of each of its parts.
    dataset = {path for _, path, focus in found if focus == BASE + "void#dataset"}
    assert dataset <= ABSENT


@needs_shapes
def test_codes_of_the_eu_lists_are_those_that_were_checked(said: Graph) -> None:
    used = {str(term) for triple in said for term in triple if str(term).startswith(EU)}
    codes = {one for one in used if "/" in one.removeprefix(EU)}
    countries = {one for one in codes if one.startswith(EU + "country/")}
    checked = (SHARED / "knowledge/identifiers.tsv").read_text(encoding="utf-8")
    assert countries
    assert all(one in checked for one in countries)
    assert codes - countries == CODES
    # The lists cannot be fetched: the concepts say themselves which list they are of.
    for one in codes:
        assert str(said.value(URIRef(one), SKOS.inScheme)) == one.rpartition("/")[0]


@needs_shapes
def test_the_rules_on_controlled_lists_fail_only_where_the_lists_are_missing(said: Graph) -> None:
    found = set(findings(said, shapes("html/shacl/mdr-vocabularies.shape.ttl")))
    violations = {(path, focus) for severity, path, focus in found if severity == "Violation"}
    # The publisher is in no list of the EU, and no kind of it is certain.
    left = {path for path, focus in violations if focus != BASE + "catalog#publisher"}
    # The pattern of that file wants https://spdx.org/…, and SPDX names its terms http://spdx.org/…
    assert left <= {"algorithm", "None"}


def test_every_distribution_says_all_it_takes_to_trust_it(said: Graph) -> None:
    files = set(said.subjects(RDF.type, DCAT.Distribution))
    assert len(files) == 8
    spdx = rdflib.Namespace("http://spdx.org/rdf/terms#")
    for one in files:
        for name in (DCAT.downloadURL, DCAT.mediaType, DCAT.byteSize, DCTERMS.license):
            assert said.value(one, name), (one, name)
        for name in (DCTERMS.issued, DCTERMS.modified, spdx.checksum):
            assert said.value(one, name), (one, name)
        titles = {title.language for title in said.objects(one, DCTERMS.title)}  # type: ignore[union-attr]
        assert titles == {"fr", "en"}
        assert list(said.subjects(DCAT.distribution, one))


def test_services_and_files_have_addresses_that_answer_here(
    app: Flask, client: FlaskClient, said: Graph
) -> None:
    here = app.config["PUBLIC_URL"]
    names = (DCAT.accessURL, DCAT.downloadURL, DCAT.endpointURL, DCAT.endpointDescription)
    addresses = {str(value) for name in names for value in said.objects(None, name)}
    assert len(addresses) >= 11
    for address in addresses:
        assert address.startswith(here)
        with client.get(address.removeprefix(here), headers={"Accept": "*/*"}) as answer:
            assert answer.status_code == 200, address


def test_nobody_is_named_as_a_contact(said: Graph) -> None:
    assert not list(said.objects(None, DCAT.contactPoint))
    names = {str(one) for one in said.objects(None, rdflib.FOAF.name)}
    assert names == {"coopkg contributors"}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_catalogue_is_a_page_too(client: FlaskClient, lang: str) -> None:
    page = client.get(f"/catalog?lang={lang}", headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert {"fr": "Catalogue des données", "en": "Catalogue of the data"}[lang] in page.text
    assert 'id="licence-ouverte-2.0"' in page.text
    assert "coopkg-csv.zip" in page.text
