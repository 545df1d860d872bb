"""The page of the endpoint: it works without a script, hides nothing, and lets nothing through."""

from __future__ import annotations

import gzip
import html
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import serving
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coopkg.config import Settings
from coopkg.engine import ASSERTED, Dataset, Engine, Result, open_
from coopkg.errors import EngineBusyError
from coopkg.serve import create_app
from coopkg.serve.present import Names
from coopkg.serve.sparql import badges, beside, cells, charts, choices, maps, solutions
from coopkg.serve.sparql.cells import Reader
from coopkg.serve.sparql.choices import Addresses, Choices
from coopkg.serve.sparql.protocol import Asked
from coopkg.serve.sparql.solutions import Cell, Solutions
from coopkg.terms import BASE, NS, PREFIXES

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
DUMP = "".join(f'<http://e/s> <http://e/p> "é" {graph}.\n' for graph in ("", f"<{ASSERTED}> "))
ALL = "SELECT ?o { ?s ?p ?o }"
XSD = PREFIXES["xsd"]
PAGE_MAX_BYTES = 25_000


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    path = tmp_path_factory.mktemp("store") / "store.nq"
    path.write_text(DUMP, encoding="utf-8")
    made = open_(path, Settings(query_timeout_s=2.0))
    yield made
    made.close()


@pytest.fixture
def small(engine: Engine) -> FlaskClient:
    """Return a client of the endpoint alone, without a generation."""
    return serving.application(engine).test_client()


def ask(client: FlaskClient, query: str, lang: str = "fr", **more: str) -> TestResponse:
    given = {"query": query, "lang": lang, **more}
    return client.get("/sparql", query_string=given, headers={"Accept": BROWSER})


class Page(HTMLParser):
    """The links, forms and rows of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[dict[str, str]] = []
        self.buttons: list[dict[str, str]] = []
        self.rows: list[list[str]] = []
        self.words = ""
        self._within: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a":
            self.links.append(given)
        elif tag == "button":
            self.buttons.append(given)
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.rows[-1].append("")
        self._within.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self._within:
            while self._within.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.words += data
        if {"td", "th"} & set(self._within) and self.rows and self.rows[-1]:
            self.rows[-1][-1] += data

    def to(self, **wanted: str) -> list[str]:
        """Return the addresses whose parameters include these."""
        found = []
        for link in self.links:
            given = parse_qs(urlsplit(link.get("href", "")).query, keep_blank_values=True)
            if all(given.get(name) == [value] for name, value in wanted.items()):
                found.append(link["href"])
        return found


def read(response: TestResponse) -> Page:
    return Page(response.text)


# --- the form and its answer


def test_a_browser_gets_a_form_and_then_a_table(small: FlaskClient) -> None:
    form = small.get("/sparql", headers={"Accept": BROWSER})
    assert form.content_type == "text/html; charset=utf-8"
    for hook in (
        '<form id="ask"',
        'id="query"',
        '<div id="editor" hidden>',
        '<section id="answer"',
    ):
        assert hook in form.text
    assert "Requête" in form.text
    shown = ask(small, ALL, "en")
    assert shown.status_code == 200
    assert read(shown).rows == [["?o"], ["é"]]
    assert "<caption>1 row</caption>" in shown.text
    assert ALL in shown.text
    assert "Accept-Language" in shown.vary
    assert re.fullmatch(r"query;dur=\d+\.\d", shown.headers["Server-Timing"])


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("ASK {}", "Oui"),
        ("ASK { FILTER(false) }", "Non"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "&lt;http://e/s&gt;"),
        ("SELECT ?o { ?s ?p ?o FILTER(false) }", "rien ne lui répond"),
        ("SELECT ?s { ?s ?p ?o }", 'href="http://e/s"'),
    ],
)
def test_the_page_shows_every_kind_of_answer(small: FlaskClient, query: str, words: str) -> None:
    response = small.get("/sparql", query_string={"query": query, "format": "html"})
    assert response.status_code == 200
    assert words in response.text


def test_an_error_keeps_the_query_and_points_at_its_place(small: FlaskClient) -> None:
    query = "SELECT * {\n ?s coop:theme ?o }"
    response = ask(small, query)
    assert response.status_code == 400
    assert query in response.text
    assert "PREFIX coop: &lt;https://" in response.text
    assert "colonne 5" in response.text
    pointed = re.search(r'<pre class="caret"[^>]*><code>(.*?)</code>', response.text, re.DOTALL)
    assert pointed
    line, mark = html.unescape(re.sub(r"<[^>]*>", "", pointed[1])).split("\n")
    assert line[mark.index("^") :].startswith("coop:theme")
    posted = small.post("/sparql", data={"query": query}, headers={"Accept": BROWSER})
    assert (posted.status_code, query in posted.text) == (400, True)


def test_a_fault_far_in_a_long_line_is_still_pointed_at(small: FlaskClient) -> None:
    query = "SELECT * { ?s ?p " + '"' + "x" * 300 + '" . ?s coop:theme ?o ' + "." + " " * 300 + "}"
    found = re.search(r'<pre class="caret"[^>]*><code>(.*?)</code>', ask(small, query).text, re.S)
    assert found
    line, mark = html.unescape(re.sub(r"<[^>]*>", "", found[1])).split("\n")
    assert line[mark.index("^") :].startswith("coop:theme")
    assert len(line) < 130


def test_long_answers_have_pages(small: FlaskClient) -> None:
    numbers = " ".join(map(str, range(250)))
    query = f"SELECT ?x {{ VALUES ?x {{ {numbers} }} }}"
    first = ask(small, query)
    assert "<strong>250 lignes</strong>" in first.text
    assert "1 à 100" in first.text
    page = read(first)
    assert [row[0] for row in page.rows[1:]] == [str(number) for number in range(100)]
    (third,) = page.to(page="3")
    last = read(small.get(third, headers={"Accept": BROWSER}))
    assert [row[0] for row in last.rows[1:]] == [str(number) for number in range(200, 250)]
    beyond = read(ask(small, query, page="99"))
    assert beyond.rows == last.rows
    assert ask(small, query, page="x").status_code == 400


def test_headers_sort_both_ways_and_say_so(small: FlaskClient) -> None:
    query = 'SELECT ?n ?t { VALUES (?n ?t) { (10 "b") (9 "É") (UNDEF "a") (9.5 "e") } }'
    up = ask(small, query, sort="n")
    assert 'aria-sort="ascending"' in up.text
    assert [row[0] for row in read(up).rows[1:]] == ["9", "9.5", "10", "–sans valeur"]
    (address,) = read(up).to(sort="-n")
    down = small.get(address, headers={"Accept": BROWSER})
    assert 'aria-sort="descending"' in down.text
    assert [row[0] for row in read(down).rows[1:]] == ["10", "9.5", "9", "–sans valeur"]
    assert [row[1] for row in read(ask(small, query, sort="t")).rows[1:]] == ["a", "b", "e", "É"]
    assert "aria-sort" not in ask(small, query, sort="absent").text


def test_the_filter_finds_words_without_accents_in_every_column(small: FlaskClient) -> None:
    query = 'SELECT ?a ?b { VALUES (?a ?b) { ("Élus" "x") ("maires" "ELUS y") ("maires" "z") } }'
    found = ask(small, query, filter="elus")
    assert len(read(found).rows) == 3
    assert "2 sur 3 lignes" in found.text
    nothing = ask(small, query, filter="<b>")
    assert "Aucune ligne ne contient" in nothing.text
    assert "<b>" not in nothing.text


def test_choices_are_kept_by_the_links_of_the_page(small: FlaskClient) -> None:
    query = "SELECT ?x { VALUES ?x { 1 } }"
    page = read(ask(small, query, filter="1", labels="off", inference="off"))
    (chart,) = page.to(view="chart")
    kept = parse_qs(urlsplit(chart).query)
    assert kept["query"] == [query]
    assert (kept["inference"], kept["labels"], kept["lang"]) == (["off"], ["off"], ["fr"])
    (csv,) = page.to(format="csv")
    assert parse_qs(urlsplit(csv).query) == {
        "query": [query],
        "inference": ["off"],
        "format": ["csv"],
    }


@pytest.mark.parametrize(
    ("query", "formats"),
    [
        (ALL, {"json", "xml", "csv", "tsv"}),
        ("ASK {}", {"json", "xml"}),
        ("CONSTRUCT WHERE { ?s ?p ?o }", {"ttl", "nt", "jsonld", "rdf"}),
    ],
)
def test_every_download_of_the_page_answers(
    small: FlaskClient, query: str, formats: set[str]
) -> None:
    page = read(ask(small, query))
    found = {name: page.to(format=name) for name in formats}
    for name, (address,) in found.items():
        response = small.get(address, headers={"Accept": BROWSER})
        assert response.status_code == 200, name
        assert response.mimetype != "text/html"


def test_a_long_query_is_posted_by_every_choice(small: FlaskClient) -> None:
    query = "SELECT ?o { ?s ?p ?o }\n# " + "é" * 5_000
    shown = small.post(
        "/sparql", data={"query": query, "lang": "fr", "labels": "off"}, headers={"Accept": BROWSER}
    )
    page = read(shown)
    assert 'method="post"' in shown.text
    assert not [link for link in page.links if "query=" in link.get("href", "")]
    (chart,) = [one["value"] for one in page.buttons if "view=chart" in one.get("value", "")]
    drawn = small.post(
        "/sparql?lang=fr", data={"query": query, "go": chart}, headers={"Accept": BROWSER}
    )
    assert "Des barres demandent" in drawn.text
    (file,) = [one["formaction"] for one in page.buttons if one.get("value") == "csv"]
    response = small.post(file, data={"query": query, "format": "csv"}, headers={"Accept": BROWSER})
    assert (response.status_code, response.mimetype) == (200, "text/csv")


def test_line_ends_of_a_text_area_are_those_of_the_reader(small: FlaskClient) -> None:
    shown = ask(small, "SELECT ?o\r\n{ ?s ?p ?o }")
    (chart,) = read(shown).to(view="chart")
    assert parse_qs(urlsplit(chart).query)["query"] == ["SELECT ?o\n{ ?s ?p ?o }"]


def test_an_empty_text_area_asks_nothing(small: FlaskClient) -> None:
    shown = ask(small, "")
    assert shown.status_code == 200
    assert "<table" not in shown.text


@pytest.mark.parametrize("name", ["view", "chart", "labels", "badge"])
def test_a_choice_that_does_not_exist_is_refused_by_name(small: FlaskClient, name: str) -> None:
    response = ask(small, ALL, **{name: "nonsense"})
    assert response.status_code == 400
    assert "nonsense" in response.text


EVIL = (
    'SELECT ("<img src=x onerror=alert(1)>" AS ?x) (IRI("javascript:alert(1)") AS ?y) '
    '("\\"><script>" AS ?z) (3 AS ?n) {}'
)


@pytest.mark.parametrize("view", ["", "table", "chart", "map", "graph"])
@pytest.mark.parametrize(
    "query",
    [
        EVIL,
        "<script>alert(1)</script>",
        '"></textarea><script>',
        'CONSTRUCT { <http://e/"x> <http://e/p> "<script>" } {}',
        'CONSTRUCT { <http://e/a> <http://e/p> <http://e/%3Cscript%3E> , "</code><script>" } {}',
    ],
)
def test_nothing_a_query_holds_becomes_markup(small: FlaskClient, query: str, view: str) -> None:
    response = ask(small, query, view=view, filter="<script>" if not view else "")
    assert "<script>" not in response.text
    assert "<img" not in response.text
    assert 'href="javascript:' not in response.text
    assert " style=" not in response.text


@pytest.mark.parametrize("name", ["sort", "filter", "label", "value", "go", "find", "example"])
def test_nothing_a_choice_holds_becomes_markup(client: FlaskClient, name: str) -> None:
    response = ask(client, ALL + " LIMIT 3", **{name: '"><script>alert(1)</script>'})
    assert "<script>alert" not in response.text


# --- on the real graph


def test_iris_of_the_graph_lead_to_their_pages_and_others_say_they_are_outside(
    client: FlaskClient,
) -> None:
    query = f"""SELECT * {{ VALUES (?ours ?outside) {{
      (<{BASE}id/organisation/afd> <http://www.wikidata.org/entity/Q1>) }} }}"""
    page = read(ask(client, query))
    local = [link for link in page.links if link["href"].startswith("/fr/id/organisation/afd")]
    assert local
    assert client.get(local[0]["href"]).status_code == 200
    (outside,) = [link for link in page.links if link["href"].startswith("http://www.wikidata")]
    assert "external" in outside["rel"]
    assert "(site externe)" in page.words


def test_names_stand_beside_iris_and_can_be_hidden(client: FlaskClient) -> None:
    query = f"SELECT ?o {{ VALUES ?o {{ <{BASE}id/organisation/afd> }} }}"
    shown = read(ask(client, query))
    assert shown.rows[1][0] == "Agence française de développementorganisation:afd"
    (off,) = shown.to(labels="off")
    hidden = read(client.get(off, headers={"Accept": BROWSER}))
    assert hidden.rows[1][0] == "organisation:afd"
    english = read(ask(client, query, "en"))
    assert english.rows[1][0].startswith("French Development Agency")


def test_a_name_of_the_other_language_says_which_it_is() -> None:
    reader = _reader("fr", {"http://e/a": {"en": "Only English"}})
    shown = reader.shown(Cell("uri", "http://e/a"))
    assert (shown["label"].text, shown["label"].lang) == ("Only English", "en")
    assert reader.text(Cell("uri", "http://e/a")) == "Only English (en)"


def _reader(lang: Any, labels: dict[str, Any]) -> Reader:
    from coopkg.answers import Catalogue

    return Reader(lang, Names(Catalogue(labels, {}, {}), lang))


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("view", ["", "chart", "map", "graph"])
def test_pages_stay_small(client: FlaskClient, lang: str, view: str) -> None:
    response = ask(client, "SELECT * { ?s ?p ?o } LIMIT 300", lang, view=view)
    assert response.status_code == 200
    assert len(gzip.compress(response.data)) <= PAGE_MAX_BYTES


def test_the_page_is_not_half_in_the_other_language(client: FlaskClient) -> None:
    query = f"SELECT ?c (1 AS ?n) {{ ?c a <{NS}ForeignCountry> }}"
    for view in ("table", "chart", "map", "graph"):
        english = read(ask(client, query, "en", view=view)).words
        french = read(ask(client, query, "fr", view=view)).words
        for word in ("Télécharger", "Réponse", "lignes", "Requête", "Exécuter"):
            assert word in french, (view, word)
            assert word not in english, (view, word)
        for word in ("Download", "Filter the", "Answer", "stated facts", "Examples"):
            assert word not in french, (view, word)


# --- what is inferred


PARTNERS = f"SELECT ?o {{ ?o a <{NS}CooperationPartner> }} ORDER BY ?o"
STATED = f"SELECT ?p {{ ?p a <{NS}ForeignCountry> }} ORDER BY ?p"


def test_inferred_rows_carry_a_badge(client: FlaskClient) -> None:
    page = read(ask(client, PARTNERS))
    assert all(row[-1] == "déduit" for row in page.rows[1:])
    assert "Aucune ligne ne dépend de l’inférence" in read(ask(client, STATED)).words
    mixed = (
        f"SELECT ?o {{ {{ ?o a <{NS}CooperationPartner> }} UNION {{ ?o a <{NS}ForeignCountry> }} }}"
    )
    marks = {row[0]: row[-1] for row in read(ask(client, mixed, labels="off")).rows[1:]}
    assert marks["organisation:afd"] == "déduit"
    assert marks["place:tunisie"] == ""
    assert "déduit" not in read(ask(client, PARTNERS, badge="off")).rows[1]
    assert "badge" not in ask(client, PARTNERS, inference="off").text.split("<main")[1]


@pytest.mark.parametrize("tail", ["LIMIT 3", "ORDER BY ?o OFFSET 2", "OFFSET 1 LIMIT 2"])
def test_rows_that_a_limit_may_have_pushed_out_are_not_called_inferred(
    client: FlaskClient, tail: str
) -> None:
    query = f"SELECT ?o {{ ?o a <{NS}CooperationPartner> }} {tail}"
    page = read(ask(client, query))
    assert "Impossible de dire" in page.words
    assert "déduit" not in [cell for row in page.rows for cell in row]


def test_a_query_that_names_its_graphs_is_not_compared(client: FlaskClient) -> None:
    query = f"SELECT ?o FROM <{BASE}graph/inferred> {{ ?o a <{NS}CooperationPartner> }}"
    assert "nomme ses graphes" in read(ask(client, query)).words


@pytest.mark.parametrize(
    "where",
    [
        f"GRAPH <{BASE}graph/inferred> {{ ?s <{NS}hasPartner> ?o }}",
        f"GRAPH ?g {{ ?s <{NS}hasPartner> ?o FILTER(STRENDS(STR(?g), 'inferred')) }}",
    ],
)
def test_rows_read_from_the_graph_of_what_is_inferred_are_marked_and_go_without_inference(
    client: FlaskClient, where: str
) -> None:
    query = f"SELECT ?s ?o {{ {where} }}"
    page = read(ask(client, query))
    assert len(page.rows) > 3
    assert all(row[-1] == "déduit" for row in page.rows[1:])
    without = ask(client, query, inference="off").text
    assert "<strong>0\u00a0ligne" in without or "<strong>0 ligne" in without
    named = {"query": query, "inference": "off", "named-graph-uri": f"{BASE}graph/inferred"}
    assert client.get("/sparql", query_string=named).json["results"]["bindings"] == []


def test_graphs_of_stated_facts_are_read_without_inference(client: FlaskClient) -> None:
    query = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"

    def graphs(**more: str) -> set[str]:
        rows = client.get("/sparql", query_string={"query": query, **more}).json["results"]
        return {row["g"]["value"] for row in rows["bindings"]}

    assert graphs() - graphs(inference="off") == {f"{BASE}graph/inferred"}
    assert len(graphs(inference="off")) > 50


def test_badges_that_cannot_be_made_say_so(engine: Engine) -> None:
    def run(asked: Asked) -> Result:
        if not asked.dataset.inference:
            raise EngineBusyError(3, "tout est pris", "all is taken")
        return engine.run(asked.query or "", dataset=asked.dataset)

    response = _page(run)
    assert response.status_code == 200
    assert "Les lignes déduites ne sont pas marquées." in response.text
    assert "tout est pris" in response.text


def _page(run: Callable[[Asked], Result], query: str = ALL) -> TestResponse:
    from flask import render_template

    from coopkg.serve.sparql.page import page

    app = serving.application(None)  # type: ignore[arg-type]  # never asked: `run` answers
    app.add_url_rule("/page", "page", lambda: page(run, render_template, 1 << 20))
    return app.test_client().get("/page", query_string={"query": query, "lang": "fr"})


def test_a_long_answer_offers_badges_instead_of_making_them() -> None:
    rows = tuple((Cell("literal", str(number)),) for number in range(badges.ROWS + 1))
    found = Solutions(("x",), rows, len(rows))
    asked = Asked("SELECT ?x { ?x ?y ?z }", Dataset(), None)

    def never(_: Asked) -> Result:
        raise AssertionError("asked a second time")

    assert badges.mark(found, asked, 0.01, "", never, "fr").state == "offered"
    short = Solutions(("x",), rows[:1], 1)
    assert badges.mark(short, asked, 9.0, "", never, "fr").state == "offered"


def test_equal_rows_are_told_apart_by_their_number(engine: Engine) -> None:
    row: solutions.Row = (Cell("literal", "a"),)
    found = Solutions(("o",), (row, (Cell("literal", "a"),)), 2)
    asked = Asked("SELECT ?o { VALUES ?o { 'a' } }", Dataset(), None)

    def run(one: Asked) -> Result:
        return engine.run(one.query or "", dataset=one.dataset)

    marks = badges.mark(found, asked, 0.01, "on", run, "fr")
    assert (marks.state, marks.inferred) == ("marked", frozenset({1}))


# --- answers that are long or odd


def test_only_the_first_rows_of_a_very_long_answer_are_kept_and_all_are_counted() -> None:
    many = [{"x": {"type": "literal", "value": str(n)}} for n in range(solutions.MOST + 5)]
    body = json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": many}}).encode()
    found = solutions.of_bindings(body)
    assert (len(found.rows), found.total, found.cut) == (solutions.MOST, solutions.MOST + 5, True)


def test_every_way_of_writing_results_is_read() -> None:
    row = {"x": {"type": "typed-literal", "value": "1", "datatype": XSD + "integer"}}
    virtuoso = {
        "head": {"link": [], "vars": ["x", "results"]},
        "results": {"distinct": False, "ordered": True, "bindings": [row, {}]},
    }
    for indent in (None, 2):
        found = solutions.of_bindings(json.dumps(virtuoso, indent=indent).encode())
        assert found.names == ("x", "results")
        assert found.rows == ((Cell("literal", "1", "", XSD + "integer"), None), (None, None))
    with pytest.raises(ValueError, match="no SPARQL results"):
        solutions.of_bindings(b"{}")


def test_what_is_added_after_the_rows_changes_nothing() -> None:
    body = b'{"head":{"vars":["x"]},"results":{"bindings":[]},"truncated":{"rows":3}}'
    assert solutions.of_bindings(body).total == 0


# --- figures from columns


def _found(names: str, *rows: tuple[Any, ...]) -> Solutions:
    def cell(value: Any) -> Cell | None:
        if value is None:
            return None
        if isinstance(value, int | float):
            kind = "integer" if isinstance(value, int) else "decimal"
            return Cell("literal", str(value), datatype=XSD + kind)
        if value.startswith("http"):
            return Cell("uri", value)
        text, _, datatype = value.partition("^^")
        return Cell("literal", text, datatype=XSD + datatype if datatype else "")

    return Solutions(tuple(names.split()), tuple(tuple(map(cell, row)) for row in rows), len(rows))


FR = Reader("fr")


def test_a_chart_takes_the_first_names_and_the_first_numbers() -> None:
    found = _found("n who k", (3, "a", 4), (5, "b", 6))
    drawn = charts.chart(found, Choices(), FR)
    assert drawn.figure is not None
    assert drawn.figure.table("fr").rows == (("a", "3"), ("b", "5"))
    other = charts.chart(found, Choices(columns={"value": "k"}), FR)
    assert other.figure is not None
    assert other.figure.table("fr").rows == (("a", "4"), ("b", "6"))


@pytest.mark.parametrize(
    ("lang", "said"),
    [
        ("fr", "2 valeurs ne sont pas des nombres (NaN, n/d)\u00a0: laissées de côté."),
        ("en", "2 values are not numbers (NaN, n/d): left out."),
    ],
)
def test_a_value_that_is_no_number_is_left_out_of_a_chart_and_said(lang: Any, said: str) -> None:
    found = _found("who n", ("a", 4), ("b", "NaN^^double"), ("c", "n/d"), ("d", 6), ("e", 1))
    drawn = charts.chart(found, Choices(), Reader(lang))
    assert drawn.figure is not None
    assert drawn.figure.table(lang).rows == (("a", "4"), ("d", "6"), ("e", "1"))
    assert drawn.note == said
    found = _found("year n", (2015, 4), (2016, "INF^^double"), (2017, 6))
    drawn = charts.chart(found, Choices(), Reader(lang))
    assert drawn.figure is not None
    assert drawn.figure.table(lang).rows[1] == ("2016", "–")
    assert "INF" in drawn.note
    words = _found("who n", ("a", 4), ("b", "n/d"), ("c", "?"))
    assert charts.chart(words, Choices(), Reader(lang)).figure is None


def test_years_and_numbers_make_lines_one_a_series() -> None:
    found = _found("year what n", (2015, "a", 1), (2016, "a", 2), (2015, "b", 7))
    refused = charts.chart(found, Choices(), FR)
    assert refused.figure is None
    assert "Plusieurs valeurs pour une même date" in refused.reason
    drawn = charts.chart(found, Choices(columns={"series": "what"}), FR)
    assert drawn.figure is not None
    assert drawn.figure.table("fr").rows == (("2015", "1", "7"), ("2016", "2", "–"))


def test_dates_and_names_make_a_timeline() -> None:
    found = _found("what from until", ("a", "2014-07-01^^date", "2015^^gYear"))
    drawn = charts.chart(found, Choices(), FR)
    assert drawn.figure is not None
    assert drawn.figure.table("fr").rows == (("a", "2014-07-01–2015"),)


@pytest.mark.parametrize("kind", ["bars", "lines", "timeline"])
@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_chart_that_cannot_be_drawn_says_what_it_needs(kind: str, lang: Any) -> None:
    drawn = charts.chart(_found("x", ("http://e/a",)), Choices(chart=kind), Reader(lang))
    assert drawn.figure is None
    assert drawn.reason
    assert drawn.choosers[0].name == "chart"


TN, MA = "http://e/tn", "http://e/ma"
CODES = {TN: "TN", MA: "MA"}


def test_countries_are_placed_with_their_number() -> None:
    drawn = maps.world(_found("c n", (TN, 3), (MA, 5)), Choices(), FR, CODES, "")
    assert drawn.figure is not None
    assert drawn.figure.table("fr").rows == (("http://e/tn", "3"), ("http://e/ma", "5"))
    assert not drawn.note


def test_the_number_of_a_zone_is_never_that_of_a_country() -> None:
    zone = BASE + "id/place/mediterranee"
    drawn = maps.world(_found("c z n", (TN, zone, 65)), Choices(), FR, CODES, "")
    assert drawn.figure is not None
    assert drawn.figure.table("fr").rows == (("http://e/tn",),)
    assert "ceux de la zone" in drawn.note


def test_several_numbers_for_a_country_are_not_added_up() -> None:
    drawn = maps.world(_found("c n", (TN, 3), (TN, 4)), Choices(), FR, CODES, "")
    assert drawn.figure is not None
    assert drawn.figure.table("fr").rows == (("http://e/tn",),)
    assert "compterait peut-être deux fois" in drawn.note


def test_a_map_without_countries_says_why() -> None:
    drawn = maps.world(_found("z n", (BASE + "id/place/afrique", 6)), Choices(), FR, CODES, "")
    assert drawn.figure is None
    assert "Une zone de la brochure n’est pas un pays" in drawn.reason


def test_two_columns_of_iris_make_a_network() -> None:
    found = _found("a b", ("http://e/1", "http://e/2"), ("http://e/1", None))
    drawn = maps.network(found, Choices(), FR)
    assert drawn.figure is not None
    assert len(drawn.figure.table("fr").rows) == 1
    alone = maps.network(_found("a", ("http://e/1",)), Choices(), FR)
    assert "deux colonnes d’IRI" in alone.reason


def test_a_graph_without_links_says_that_it_has_none() -> None:
    rows = ((Cell("uri", "http://e/a"), Cell("uri", "http://e/p"), Cell("literal", "x")),)
    drawn = maps.network(Solutions(solutions.TRIPLE, rows, 1, is_graph=True), Choices(), FR)
    assert "ne relie pas de nœuds" in drawn.reason


@pytest.mark.parametrize("lang", ["fr", "en"])
@pytest.mark.parametrize("view", ["chart", "map", "graph"])
@pytest.mark.parametrize(
    "slug", ["activities-by-country", "figures-over-time", "construct-partners"]
)
def test_every_view_of_an_example_draws_or_says_why_not(
    client: FlaskClient, slug: str, view: str, lang: str
) -> None:
    query = (Path(__file__).parents[1] / f"queries/examples/{slug}.rq").read_text("utf-8")
    shown = ask(client, query, lang, view=view)
    assert shown.status_code == 200
    drawn = 'role="img"' in shown.text and "<desc" in shown.text
    said = 'class="answer empty"' in shown.text or "outlines" in shown.text
    assert drawn or said or "contours" in shown.text
    assert " style=" not in shown.text


# --- addresses


def test_an_address_and_a_button_lead_to_the_same_choice() -> None:
    given = [("lang", "fr"), ("inference", "off"), ("view", "map"), ("value", ""), ("x", "y")]
    short, long = Addresses.of("ASK {}", given), Addresses.of("#" * 5_000, given)
    link, button = short.to(page=2), long.to(page=2)
    assert not link.posted
    assert button.posted
    fields = parse_qs(urlsplit(link.href).query, keep_blank_values=True)
    assert fields.pop("query") == ["ASK {}"]
    posted = choices.chosen([*long.relayed, ("go", button.go)])
    assert {name: [value] for name, value in posted} == fields
    assert "x" not in fields


def test_a_row_sorts_by_value_then_without_accents() -> None:
    found = _found("x", ("b",), (2,), ("É",), (10,), (None,))
    rows = cells.ordered(found, found.rows, "x", FR)
    assert [FR.text(row[0]) for row in rows] == ["2", "10", "b", "É", ""]


def test_samples_keep_what_decides_of_the_answer() -> None:
    asked = Asked("ASK {}", Dataset(), None, (), (("inference", "off"), ("view", "map")))
    code = beside.samples(asked, "https://service/")["samples"]
    assert all("https://service/sparql" in one.code for one in code)
    assert all("inference" in one.code and "view" not in one.code for one in code)


# --- what stands beside an answer


def test_an_empty_answer_says_which_name_nothing_uses_and_mends_it(client: FlaskClient) -> None:
    query = f"PREFIX coop: <{NS}>\nSELECT ?o {{ ?o coop:hasPartnr ?p }}"
    shown = ask(client, query)
    page = read(shown)
    assert "voici sans doute pourquoi" in page.words
    assert "coop:hasPartner" in page.words
    (address,) = [link["href"] for link in page.links if "hasPartner+" in link["href"]]
    mended = read(client.get(address, headers={"Accept": BROWSER}))
    assert len(mended.rows) > 10
    assert "not stated" not in read(ask(client, query, "en")).words
    assert "likely reason" in read(ask(client, query, "en")).words


def test_an_empty_answer_without_a_doubt_is_right(client: FlaskClient) -> None:
    query = f"SELECT ?o {{ ?o a <{NS}CooperationPartner> FILTER(false) }}"
    assert "La requête est bien écrite\u00a0; rien ne lui répond." in read(ask(client, query)).words
    off = read(ask(client, PARTNERS, inference="off"))
    (again,) = [
        link["href"]
        for link in off.links
        if link["href"].startswith("/sparql?query")
        and ("inference" not in link["href"] and "format" not in link["href"])
    ]
    assert len(read(client.get(again, headers={"Accept": BROWSER})).rows) > 10


def test_an_error_can_be_mended_by_a_link(client: FlaskClient) -> None:
    page = read(ask(client, "SELECT ?a { ?a coop:hasPartner ?b }"))
    (address,) = [link["href"] for link in page.links if "PREFIX" in link["href"]]
    assert client.get(address, headers={"Accept": BROWSER}).status_code == 200


_BY_TYPE = "SELECT {} (COUNT(*) AS ?n) {{ ?s ?p ?o }} GROUP BY (DATATYPE(?o){})"
_BY_PARTNERS = "SELECT ?a (COUNT(?p) AS ?n) {{ ?a coop:hasPartner ?p }} GROUP BY ?a HAVING({} > 1)"


@pytest.mark.parametrize(
    ("query", "right"),
    [
        (_BY_TYPE.format("(DATATYPE(?o) AS ?d)", ""), _BY_TYPE.format("?d", " AS ?d")),
        (_BY_PARTNERS.format("?n"), _BY_PARTNERS.format("COUNT(?p)")),
        ("SELECT ?s { ?s foaf:name ?o }", "SELECT ?s { ?s coop:printedName ?o }"),
        ("SELECT ?s { ?s a//<http://x> ?o }", None),
        ("SELECT name { ?s skos:prefLabel ?n }", None),
        ("SELECT ?s { ?s geo:asWKT ?o }", None),
    ],
)
def test_what_is_offered_answers_as_was_meant_and_leaves_nothing_to_say(
    client: FlaskClient, query: str, right: str | None
) -> None:
    shown = ask(client, query, "en").text
    offered = set(re.findall(r'href="([^"]+)"[^>]*>Correct and run again', shown))
    assert len(offered) == (right is not None)
    for address in offered:
        text = parse_qs(urlsplit(html.unescape(address)).query)["query"][0]
        found = client.get("/sparql/check", query_string={"query": text}).get_json()
        assert (found["ok"], found["diagnostics"]) == (True, [])
        both = (text, f"PREFIX coop: <{NS}>\n{right}")
        rows, wanted = (
            client.get("/sparql", query_string={"query": one, "format": "csv"}).data.split()
            for one in both
        )
        assert rows
        assert sorted(rows) == sorted(wanted)


def test_the_permalink_leads_to_the_same_answer(client: FlaskClient) -> None:
    page = read(ask(client, PARTNERS, view="chart", inference="off"))
    (link,) = [link["href"] for link in page.links if link.get("rel") == "bookmark"]
    led = client.get(link)
    assert led.status_code == 303
    given = parse_qs(urlsplit(led.headers["Location"]).query)
    assert given["query"] == [PARTNERS]
    assert (given["view"], given["inference"], given["lang"]) == (["chart"], ["off"], ["fr"])


def test_an_answer_can_be_cited(home: Path) -> None:
    app = create_app(Settings(home=home))  # its own home: citing keeps a generation
    try:
        client = app.test_client()
        assert 'action="/receipts"' in ask(client, PARTNERS).text
        made = client.post("/receipts", data={"query": PARTNERS, "lang": "fr"})
        assert made.status_code == 303
    finally:
        app.extensions["coopkg"].close()


def test_a_cut_answer_says_so_and_is_not_cited(engine: Engine) -> None:
    from dataclasses import replace

    def run(asked: Asked) -> Result:
        return replace(engine.run(asked.query or "", dataset=asked.dataset), truncated=1)

    response = _page(run)
    assert "Réponse tronquée." in response.text
    assert 'action="/receipts"' not in response.text


def test_what_is_read_of_past_generations_stays_there(client: FlaskClient) -> None:
    page = read(ask(client, STATED, generation="1"))
    assert page.to(generation="1", view="chart")
    assert page.to(generation="1", format="csv")
