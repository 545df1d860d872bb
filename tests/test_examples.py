"""The library: every example runs, teaches something, and loads where editors read examples."""

from __future__ import annotations

import gzip
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from coopkg import questions
from coopkg.build import library
from coopkg.build.executables import executables
from coopkg.errors import PublicationError, QuestionError
from coopkg.terms import BASE, PREFIXES
from tests.conftest import ROOT, SHARED

BROWSER = "text/html,application/xhtml+xml,*/*;q=0.8"
SH = PREFIXES["sh"]
HEAD = '#+ title = { fr = "T", en = "T" }\n#+ help = { fr = "H", en = "H" }\n'
STORE = b"<http://e/s> <http://e/p> <http://e/o> .\n"
WRITTEN = sorted((ROOT / "queries" / "examples").glob("*.rq"))


@pytest.fixture(scope="module")
def examples() -> list[library.Example]:
    folder = ROOT / "queries"
    return library.library(questions.load(folder).values(), folder)


def folder(tmp_path: Path, **files: str) -> Path:
    inside = tmp_path / "examples"
    inside.mkdir()
    for name, text in files.items():
        (inside / f"{name}.rq").write_text(text, encoding="utf-8")
    return tmp_path


# --- what is written


def test_every_question_is_an_example_and_more_are_written(
    examples: list[library.Example],
) -> None:
    asked = questions.load(ROOT / "queries")
    assert {one.slug for one in examples if one.is_question} == set(asked)
    written = [one for one in examples if not one.is_question]
    assert len(written) == len(WRITTEN) >= 10
    assert {one.form for one in written} == {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
    assert not [one.slug for one in examples if "#+" in one.query]


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_a_written_example_has_french_and_english_that_differ(path: Path) -> None:
    (one,) = [e for e in library.load(ROOT / "queries") if e.slug == path.stem]
    for text in (one.title, one.comment):
        assert text["fr"] != text["en"]
        assert not re.search(r" [:;?!»]|« ", text["fr"]), "no-break spaces"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("SELECT * {}", "description"),
        ('#+ title = { fr = "T" }\nSELECT * {}', "title"),
        (HEAD + "#+ colour = 1\nSELECT * {}", "colour"),
        (HEAD + "# nothing\n", "no query"),
    ],
)
def test_a_file_that_is_no_example_is_refused_by_name(
    tmp_path: Path, text: str, words: str
) -> None:
    with pytest.raises(QuestionError, match=words) as caught:
        library.load(folder(tmp_path, broken=text))
    assert caught.value.slug == "broken"


def test_an_example_does_not_take_the_name_of_a_question(tmp_path: Path) -> None:
    asked = questions.load(ROOT / "queries")
    slug = next(iter(asked))
    with pytest.raises(QuestionError, match="already"):
        library.library(asked.values(), folder(tmp_path, **{slug: HEAD + "ASK {}"}))


# --- what is run


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("SELECT * { ?s ?p ?o }", 1),
        ("ASK { ?s ?p ?o }", 1),
        ("CONSTRUCT WHERE { ?s ?p ?o }", 1),
        ("DESCRIBE <http://e/s>", 1),
    ],
)
def test_the_rows_of_an_example_are_counted(tmp_path: Path, query: str, rows: int) -> None:
    (sealed,) = library.checked(library.load(folder(tmp_path, one=HEAD + query)), STORE)
    assert (sealed["rows"], sealed["question"]) == (rows, False)


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { ?s <http://e/none> ?o }",
        "ASK { ?s <http://e/none> ?o }",
        "CONSTRUCT { ?s ?p ?o } WHERE { ?s <http://e/none> ?o }",
        "SELECT * { ?s",
    ],
)
def test_an_example_that_gives_nothing_stops_the_publication(tmp_path: Path, query: str) -> None:
    texts = {"good": HEAD + "ASK { ?s ?p ?o }", "bad": HEAD + query}
    with pytest.raises(PublicationError, match=r"queries/examples/bad\.rq") as caught:
        library.checked(library.load(folder(tmp_path, **texts)), STORE)
    assert "good" not in str(caught.value)
    assert "publication refusée" in caught.value.message("fr")


def test_what_is_sealed_was_run_on_the_real_graph(client: FlaskClient, published: Path) -> None:
    (path,) = (published / "generations").glob("*/examples.json")
    sealed = json.loads(path.read_text("utf-8"))
    assert {one["slug"] for one in sealed if not one["question"]} == {p.stem for p in WRITTEN}
    assert all(one["rows"] for one in sealed if not one["question"])
    for one in sealed[::9]:
        got = client.post("/sparql", data={"query": one["query"]})
        assert got.status_code == 200, one["slug"]
        if one["form"] == "SELECT":
            assert len(got.get_json(force=True)["results"]["bindings"]) == one["rows"]


def test_no_written_example_raises_a_doubt(client: FlaskClient) -> None:
    for path in WRITTEN:
        query = library.without_description(path.read_text("utf-8"))
        found = client.get("/sparql/check", query_string={"query": query}).get_json()
        assert found["ok"], path.stem
        assert not found["diagnostics"], (path.stem, found["diagnostics"])


# --- as RDF


def test_every_form_has_its_class_and_its_property(examples: list[library.Example]) -> None:
    quads = list(ox.parse(executables(examples), format=ox.RdfFormat.TURTLE))
    texts = {
        quad.subject.value.rsplit("/", 1)[-1]: (quad.predicate.value, quad.object.value)
        for quad in quads
        if quad.predicate.value in {SH + "select", SH + "ask", SH + "construct"}
        or quad.predicate.value.endswith("ontology#describe")
    }
    assert set(texts) == {one.slug for one in examples}
    for one in examples:
        predicate, text = texts[one.slug]
        assert predicate.rsplit("#", 1)[1] == one.form.lower()
        assert text == one.query


def test_the_prefixes_of_every_query_are_declared(examples: list[library.Example]) -> None:
    quads = list(ox.parse(executables(examples), format=ox.RdfFormat.TURTLE))
    declared = {q.object.value for q in quads if q.predicate.value == SH + "prefix"}
    used = {name for one in examples for name in re.findall(r"PREFIX ([a-z-]+):", one.query)}
    assert declared == used


def test_the_examples_pass_the_shapes_of_the_sparql_examples_project(
    client: FlaskClient,
) -> None:
    shapes = SHARED / "standards/sparql-examples/src/main/resources/spex.shacl"
    if not shapes.exists():
        pytest.skip("../shared is absent")
    import pyshacl
    from rdflib import Graph

    data = Graph().parse(data=client.get("/.well-known/sparql-examples").data, format="turtle")
    # Its pattern has `\\s` in a string, which Turtle does not allow: the backslash is doubled.
    text = shapes.read_text("utf-8").replace("\\s", "\\\\s")
    rules = Graph().parse(data=text, format="turtle")
    conforms, _, report = pyshacl.validate(data, shacl_graph=rules)
    assert conforms, report
    # The shapes have teeth: without its query, an example is refused.
    for triple in list(data.triples((None, None, None))):
        if str(triple[1]) == SH + "select":
            data.remove(triple)
            break
    assert not pyshacl.validate(data, shacl_graph=rules)[0]


# --- on the page


class Library(HTMLParser):
    """The titles and addresses of the examples of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._slug = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        address = dict(attrs).get("href") or ""
        match = re.search(r"[?&]example=([a-z0-9-]+)", address)
        if tag == "a" and match:
            self._slug = match[1]
            self.found[self._slug] = ""

    def handle_endtag(self, tag: str) -> None:
        self._slug = "" if tag == "a" else self._slug

    def handle_data(self, data: str) -> None:
        if self._slug:
            self.found[self._slug] += data


def shown(client: FlaskClient, lang: str = "fr", **given: Any) -> str:
    response = client.get(
        "/sparql", query_string={"lang": lang, **given}, headers={"Accept": BROWSER}
    )
    assert response.status_code == 200
    return response.text


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_lists_every_example_with_its_rows_and_the_day(
    client: FlaskClient, lang: str, examples: list[library.Example]
) -> None:
    text = shown(client, lang)
    found = Library(text).found
    assert found == {one.slug: one.title[lang] for one in examples}
    assert len(gzip.compress(text.encode())) <= 25_000
    assert str(len(examples)) in text


@pytest.mark.parametrize(
    ("words", "slug"),
    [("deduction", "without-inference"), ("carte PAYS", "activities-by-country")],
)
def test_examples_are_found_without_accents_or_capitals(
    client: FlaskClient, words: str, slug: str
) -> None:
    found = Library(shown(client, find=words)).found
    assert slug in found
    assert len(found) < 30
    assert "0 exemple" in shown(client, find="zzz")


def test_an_example_opens_in_the_editor_and_is_not_run(client: FlaskClient) -> None:
    text = shown(client, example="figures-over-time")
    assert "qb:Observation" in text.split("<textarea")[1].split("</textarea>")[0]
    assert "Elle donnait 10 lignes le" in text
    assert "<table" not in text
    english = shown(client, "en", example="figures-over-time")
    assert "It gave 10 rows on" in english


def test_the_name_of_an_example_leads_to_what_is_said_of_it_or_to_the_editor(
    client: FlaskClient,
) -> None:
    start = "/.well-known/sparql-examples/"
    whole = client.get("/.well-known/sparql-examples", headers={"Accept": "text/turtle"})
    said = list(ox.parse(whole.data, format=ox.RdfFormat.TURTLE))
    names = {
        one.subject.value.removeprefix(BASE.rstrip("/"))
        for one in said
        if isinstance(one.subject, ox.NamedNode) and start in one.subject.value
    }
    assert len(names) > 50
    sound = min(name for name in names if not name.endswith("/prefixes"))
    for name in (sound, start + "prefixes"):
        found = client.get(name, headers={"Accept": "text/turtle"})
        assert found.status_code == 200
        read = list(ox.parse(found.data, format=ox.RdfFormat.TURTLE))
        here = ox.NamedNode(BASE.rstrip("/") + name)
        about = {str(one) for one in said if one.subject == here and "BlankNode" not in repr(one)}
        assert {str(one) for one in read if "BlankNode" not in repr(one)} >= about
        assert {one.subject for one in read if isinstance(one.subject, ox.NamedNode)} == {here}
    assert client.get(sound).mimetype == "text/turtle"
    assert client.get(sound + "?format=jsonld").mimetype == "application/ld+json"
    page = client.get(sound + "?lang=en", headers={"Accept": "text/html"})
    assert page.status_code == 303
    assert page.headers["Location"] == f"/sparql?example={sound.rpartition('/')[2]}&lang=en"
    assert client.get(page.headers["Location"], headers={"Accept": "text/html"}).status_code == 200
    for accept in ("text/turtle", "text/html"):
        assert client.get(start + "no-such", headers={"Accept": accept}).status_code == 404


def test_an_unknown_example_is_named_with_the_nearest(client: FlaskClient) -> None:
    response = client.get(
        "/sparql", query_string={"example": "figure-over-tim"}, headers={"Accept": BROWSER}
    )
    assert response.status_code == 404
    assert "figure-over-tim" in response.text
    assert BASE not in response.text.split("<textarea")[0]
