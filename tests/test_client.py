"""`coopkg.client` against the real service."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from coopkg.client import Cell, Client, Rows, ServiceError
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


LANGS = ("fr", "en")


def test_prefixes_of_the_project_need_not_be_declared_and_may_be(url: str) -> None:
    client = Client(url)
    plain = client.ask("ASK { organisation:afd ?p ?o }")
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
