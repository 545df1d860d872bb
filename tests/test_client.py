"""`coopkg.client` against the real service."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from werkzeug.serving import make_server

from coopkg.client import AnswerWarning, Cell, Client, Rows, ServiceError
from coopkg.client.written import Written
from coopkg.config import Settings
from coopkg.errors import Lang
from coopkg.serve import create_app
from tests.serving import running

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "docs" / "tutorials").glob("*.ipynb"))
AFD = "https://w3id.org/cnfpt-coop/id/organisation/afd"


@pytest.fixture(scope="module")
def url(published: Path) -> Iterator[str]:
    command = (sys.executable, "-m", "coopkg", "serve", "--home", str(published))
    with running(published, *command) as service:
        yield service.url


def test_rows_are_plain_values_with_the_names_of_what_has_one(url: str) -> None:
    query = (
        "SELECT ?who ?n ?d ?t ?none { VALUES (?who ?n ?d ?t) "
        '{ (organisation:afd 3 1.50 "é"@fr) (<urn:unnamed> "x"^^xsd:integer 2.5e0 true) } }'
    )
    with pytest.warns(AnswerWarning, match="none"):  # told though there are rows
        first, second = Client(url).select(query).records()
    assert first["who"] == AFD
    assert first["who_label"] == "Agence française de développement"
    assert (first["n"], str(first["d"]), first["t"], first["none"]) == (3, "1.5", "é", None)
    assert second["who_label"] is None
    assert (second["n"], second["d"], second["t"]) == ("x", 2.5, True)


def test_names_are_in_the_language_of_the_client(url: str) -> None:
    query = "SELECT ?place { VALUES ?place { place:tunisie } }"
    assert [Client(url, lang).select(query).records()[0]["place_label"] for lang in LANGS] == [
        "Tunisie",
        "Tunisia",
    ]


LANGS: tuple[Lang, ...] = ("fr", "en")


def test_a_column_of_names_never_takes_the_place_of_one_of_the_query(url: str) -> None:
    query = (
        "SELECT ?p_label ?p ?p_label_2 { VALUES (?p_label ?p ?p_label_2) "
        '{ ("mine" organisation:afd "mine too") } }'
    )
    (record,) = Client(url).select(query).records()
    assert (record["p_label"], record["p_label_2"]) == ("mine", "mine too")
    assert record["p_label_3"] == "Agence française de développement"
    (record,) = (
        Client(url)
        .select("SELECT ?x ?x_label { VALUES (?x ?x_label) { (organisation:afd place:tunisie) } }")
        .records()
    )
    assert list(record) == ["x", "x_label_2", "x_label", "x_label_label"]
    assert record["x_label"].endswith("tunisie")


@pytest.fixture(scope="module")
def narrow(published: Path) -> Iterator[str]:
    """Return the address of a service that returns three rows and no more."""
    app = create_app(Settings(home=published, root=ROOT, rows_max=3))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["coopkg"].close()


def test_names_are_all_there_where_the_service_returns_few_rows(narrow: str) -> None:
    query = "SELECT ?x { VALUES ?x { place:tunisie place:maroc place:haiti } }"
    for lang in LANGS:
        named = [one["x_label"] for one in Client(narrow, lang).select(query).records()]
        assert named == NAMES[lang]
    with pytest.warns(AnswerWarning, match="limit=3"):
        Client(narrow).construct("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
    cut = Client(narrow).select("SELECT ?s { ?s ?p ?o }", labels=False)
    assert "limit=3" in cut.truncated
    assert cut.truncated in repr(cut)
    with pytest.warns(AnswerWarning, match="limit=3"):
        cut.records()


NAMES = {"fr": ["Tunisie", "Maroc", "Haïti"], "en": ["Tunisia", "Morocco", "Haiti"]}


def test_names_that_cannot_be_had_are_an_error(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Client._wrapped

    def cut(self: Client, written: Written, format_: str) -> tuple[bytes, dict[str, str]]:
        said, headers = asked(self, written, format_)
        return said, headers | {"x-truncated": "limit=1; unit=rows"}

    monkeypatch.setattr(Client, "_wrapped", cut)
    with pytest.raises(ServiceError, match="labels=False") as error:
        Client(url).select("SELECT ?x { VALUES ?x { place:tunisie } }")
    assert "limit=1" in error.value.message("fr")


def test_what_is_doubtful_in_a_query_comes_with_its_rows(url: str) -> None:
    query = "SELECT ?a ?p\n{ ?a coop:partenaire ?p }"
    told = (r"^ligne 2\u00a0: .*coop:partenaire", r"^line 2: no triple")
    for lang, said in zip(LANGS, told, strict=True):
        rows = Client(url, lang).select(query)
        (doubt,) = rows.warnings
        assert re.search(said, doubt), doubt
        assert "hasPartner" in doubt
        assert repr(rows).endswith(f"  ! {doubt}")
        with pytest.warns(AnswerWarning, match="hasPartner"):
            rows.records()
    with pytest.warns(AnswerWarning, match="hasPartner"):
        assert not Client(url).ask("ASK { ?a coop:partenaire ?p . ?p a ?a }")
    assert Client(url).select("SELECT ?a { ?a a org:Organization }").warnings == []


def test_a_service_that_only_counts_its_doubts_is_quoted(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise ServiceError(404, {})

    monkeypatch.setattr(Client, "_get", refuse)
    (doubt,) = Client(url).select("SELECT * { ?a coop:partenaire ?p }").warnings
    assert "X-Query-Warnings: 1" in doubt


def test_a_query_of_another_form_is_refused_in_both_languages(url: str) -> None:
    client = Client(url)
    for ask, query in (
        (client.select, "ASK {}"),
        (client.ask, "SELECT * { ?s ?p ?o } LIMIT 1"),
        (client.construct, "PREFIX a: <urn:b> SELECT * {}"),
    ):
        with pytest.raises(ServiceError) as error:
            ask(query)
        assert "cette requête est " in error.value.message("fr")
        assert "this query is " in error.value.message("en")
    with pytest.raises(ServiceError, match="publication"):
        client.select("INSERT DATA { <a> <b> <c> }")


def test_prefixes_of_the_project_need_not_be_declared_and_may_be(url: str) -> None:
    client = Client(url)
    plain = client.ask("ASK { organisation:afd ?p ?o }")
    with pytest.warns(AnswerWarning, match="organisation:"):
        own = client.ask("PREFIX organisation: <urn:none:>\nASK { organisation:afd ?p ?o }")
    assert (plain, own) == (True, False)


def test_a_graph_comes_as_turtle(url: str) -> None:
    said = Client(url).construct("CONSTRUCT { organisation:afd rdfs:seeAlso <urn:x> } {}")
    assert "<urn:x>" in said


def test_a_question_comes_whole_with_its_status_and_its_sentence(url: str) -> None:
    client = Client(url)
    answer = client.question(
        "partners-by-theme-and-place", theme="decentralisation", place="mediterranee"
    )
    assert answer.status == "complete"
    assert answer.sentence.startswith("3 partenaires travaillent sur la décentralisation")
    assert {record["partner"] for record in answer.records()} >= {AFD}
    assert answer.records()[0]["partner_label"]


def test_every_page_of_a_long_answer_is_read(url: str) -> None:
    client = Client(url)
    assert len(client.questions()) > 60
    answer = client.question("roles-in-an-activity")
    assert len(answer) > 50
    assert len({tuple(map(str, record.values())) for record in answer.records()}) == len(answer)


def test_no_answer_is_an_error_that_says_why_and_never_an_empty_one(url: str) -> None:
    client = Client(url)
    with pytest.raises(ServiceError) as slip:
        client.select("SELECT ?x\nWHER { ?x ?y ?z }")
    assert (slip.value.status, slip.value.problem["line"]) == (400, 2)
    with pytest.raises(ServiceError) as slip:
        client.select("SELECT ?x WHERE { ?x a coop:Action ; org:memberOf ?y . ?y LIMIT 3 }")
    place = slip.value.problem
    assert (place["line"], place["column"]) == (1, 59)
    assert slip.value.message("fr").startswith("400, ligne 1, colonne 59")
    assert slip.value.message("en").startswith("400, line 1, column 59")
    with pytest.raises(ServiceError, match="nope") as unknown:
        client.question("nope")
    assert unknown.value.status == 404
    with pytest.raises(ServiceError) as stopped:
        client.select("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
    assert stopped.value.status == 403
    with pytest.raises(ServiceError) as gone:
        Client("http://127.0.0.1:9").ask("ASK {}")
    assert gone.value.status == 0


def test_what_is_inferred_can_be_left_out(url: str) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"
    whole, stated = (
        Client(url, inference=inference).select(query).records()[0]["n"]
        for inference in (True, False)
    )
    assert whole > stated > 0


def test_a_column_without_any_name_has_no_second_column() -> None:
    rows = Rows(["x"], [{"x": Cell("uri", "urn:a")}], "1-abc")
    assert rows.records() == [{"x": "urn:a"}]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: str(path.stem))
def test_each_notebook_runs_as_it_is(path: Path, url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    nbformat = pytest.importorskip("nbformat")
    nbclient = pytest.importorskip("nbclient")
    monkeypatch.setenv("COOPKG_URL", url)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setitem(os.environ, "PYDEVD_DISABLE_FILE_VALIDATION", "1")
    notebook = nbformat.read(path, as_version=4)
    assert all(not cell.get("outputs") for cell in notebook.cells)
    nbclient.NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    said = "".join(str(cell.get("outputs")) for cell in notebook.cells)
    assert "Expertise France" in said
    assert "WHER" in said


def test_there_is_a_notebook_in_each_language() -> None:
    assert [path.stem for path in NOTEBOOKS] == ["getting-started", "premiers-pas"]


def test_the_places_in_an_error_are_those_of_the_text_that_was_given() -> None:
    written = Written.of("ASK { ?x org:memberOf ?y . ?y a coop:X }")
    said = {"line": 4, "end_line": 5, "expected": "« } », ligne 3, colonne 2", "caret": ", line 4"}
    found = written.located(said | {"column": 2, "edit": None})
    assert written.added == 2
    assert found["line"], found["end_line"] == (2, 3)
    assert found["expected"] == "« } », ligne 1, colonne 2"
    assert (found["column"], found["caret"]) == (2, ", line 4")
