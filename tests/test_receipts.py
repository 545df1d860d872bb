"""Receipts: what is cited replays to the same hash, and the page says what became of it."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from coopkg import cli, generation
from coopkg.config import Settings
from coopkg.engine import admit
from coopkg.errors import CodeError, EngineBusyError, UncitableError
from coopkg.questions import RESERVED
from coopkg.serve import create_app, permalinks
from coopkg.serve.permalinks import Permalink
from coopkg.serve.receipts import canonical, citations, receipt, repeatable
from coopkg.serve.receipts.citations import Cited
from coopkg.serve.receipts.receipt import Receipt, Request
from coopkg.terms import BASE, NS
from tests import past
from tests.conftest import ROOT

FLAGSHIP = {
    "question": "partners-by-theme-and-place",
    "theme": "decentralisation",
    "place": "mediterranee",
}
PAGE = {"Accept": "text/html"}
CHANGED = "law-of-missions"
PROLOGUE = f"PREFIX coop: <{NS}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
QUERIES = [
    "SELECT ?s ?l { ?s a coop:Organisation ; rdfs:label ?l }",
    "SELECT DISTINCT ?c { ?s a ?c } ORDER BY ?c",
    "SELECT ?c (COUNT(*) AS ?n) { ?s a ?c } GROUP BY ?c ORDER BY DESC(?n) ?c LIMIT 10",
    "SELECT ?s ?p { ?s coop:hasPartner ?p } ORDER BY ?s",
    "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g",
    "SELECT ?x { VALUES ?x { 1.0 '1' 'é\\n\\t\"'@fr <http://e/> UNDEF true } }",
    "SELECT (GROUP_CONCAT(?l) AS ?all) (SAMPLE(?l) AS ?one) { ?s a coop:Theme ; rdfs:label ?l }",
    f"ASK {{ ?a coop:hasPartner <{BASE}id/organisation/cfad> }}",
    "CONSTRUCT { ?p coop:partnerOf ?a } WHERE { ?a coop:hasPartner ?p }",
    "CONSTRUCT { [] coop:of ?p ; coop:at [ rdfs:label ?l ] } WHERE { ?p a coop:Partner ;"
    " rdfs:label ?l }",
    f"DESCRIBE <{BASE}id/organisation/cfad>",
    f"DESCRIBE <{NS}audience>",
]


def make(asker: FlaskClient, fields: dict[str, Any]) -> str:
    """Make a receipt; return its path."""
    found = asker.post("/receipts", json=fields)
    assert found.status_code == 303, found.text
    return str(found.headers["Location"])


def read(asker: FlaskClient, path: str) -> dict[str, Any]:
    found = asker.get(path + ".json")
    assert found.status_code == 200, found.text
    return dict(found.json or {})


def state_of(asker: FlaskClient, path: str, lang: str = "fr") -> str:
    html = asker.get(path.replace("/fr/", f"/{lang}/"), headers=PAGE).text
    return str(re.search(r'data-state="([a-z-]+)"', html)[1])  # type: ignore[index]


@pytest.fixture(scope="module")
def client(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Return a client of an application of our own: making a receipt keeps its generation."""
    home = Path(shutil.copytree(published, tmp_path_factory.mktemp("citing") / "home"))
    app = create_app(Settings(home=home, root=ROOT))
    yield app.test_client()
    app.extensions["coopkg"].close()


# --- Acceptance: every receipt of the last three generations replays to the same hash --------


def forgiving(home: Path) -> Flask:
    """Return a service with room for every generation of a test, and no share to use up."""
    return create_app(Settings(home=home, past_generations=5, query_timeout_s=60))


def cite_everything(asker: FlaskClient, number: int) -> list[str]:
    """Cite, of one generation, each question that needs no choice, and many queries."""
    questions = asker.get(f"/api/questions?generation={number}").json["questions"]
    wanted: list[dict[str, Any]] = [
        {"question": one["slug"]}
        for one in questions
        if not any(parameter["required"] for parameter in one["parameters"])
    ]
    wanted += [{"query": PROLOGUE + query} for query in QUERIES]
    wanted += [FLAGSHIP, {**FLAGSHIP, "inference": "off"}]
    wanted += [{"query": PROLOGUE + QUERIES[3], "inference": "off"}]
    wanted += [{"query": "SELECT * { ?s ?p ?o }", "default-graph-uri": f"{BASE}graph/passage/l142"}]
    return [make(asker, {**fields, "generation": str(number)}) for fields in wanted]


@pytest.fixture(scope="module")
def three(published: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    """Return a home with three generations, and the receipts of many answers of each.

    The first comes from the real pipeline; in the second Expertise France is no partner; in the
    third the CFAD is none either, somebody else is, and a question is gone.
    """
    home = Path(shutil.copytree(published, tmp_path_factory.mktemp("receipts") / "home"))
    past.follow(home, past.without("organisation/expertise-france>", "ns#hasPartner>"), day=2)
    partner = f"<{BASE}id/activity/tunisie> <{NS}hasPartner>"
    past.follow(
        home,
        past.without("organisation/cfad>", "ns#hasPartner>"),
        past.adding([f"{partner} <{BASE}id/organisation/cefal>"], [f"{BASE}graph/asserted"]),
        past.without_question(CHANGED),
    )
    app = forgiving(home)
    try:
        asker = app.test_client()
        return home, [path for number in (1, 2, 3) for path in cite_everything(asker, number)]
    finally:
        app.extensions["coopkg"].close()


def test_every_receipt_of_the_last_three_generations_replays_to_the_same_hash(
    three: tuple[Path, list[str]], tmp_path: Path
) -> None:
    home, paths = Path(shutil.copytree(three[0], tmp_path / "home")), three[1]
    assert len(paths) > 3 * 60
    states = {}
    for step in ("published", "rolled back and pruned"):
        app = forgiving(home)
        try:
            asker = app.test_client()
            found = [read(asker, path) for path in paths]
        finally:
            app.extensions["coopkg"].close()
        assert [one["then"]["state"] for one in found] == ["same"] * len(paths)
        ids = {one["generation"]["id"] for one in found}
        assert {one.partition("-")[0] for one in ids} == {"1", "2", "3"}
        states[step] = [one["state"] for one in found]
        generation.rollback(home, "2", past.DAYS[10])
        assert not {1, 2, 3} & set(generation.prune(home, 1)), "what is cited is kept"
    # What only the third one says is changed, and was not before: the two were really asked.
    assert set(states["published"]) >= {"holds", "changed", "question-gone"}
    third = len(paths) // 3
    assert set(states["published"][-third + 1 :]) == {"holds"}
    assert "changed" in states["rolled back and pruned"][-third + 1 :]
    assert set(states["rolled back and pruned"][third : 2 * third]) == {"holds"}


# --- The six states ------------------------------------------------------------------------


@pytest.fixture
def two(published: Path, tmp_path: Path) -> Iterator[tuple[Path, FlaskClient, str]]:
    """Return a home, a client, and the receipt of the flagship question of its one generation."""
    home = Path(shutil.copytree(published, tmp_path / "home"))
    app = create_app(Settings(home=home))
    asker = app.test_client()
    yield home, asker, make(asker, FLAGSHIP)
    app.extensions["coopkg"].close()


def forged(path: str, **changes: Any) -> str:
    """Return the path of a receipt that says something else."""
    start, code = path.rsplit("/", 1)
    return f"{start}/{receipt.encode(replace(receipt.decode(code), **changes))}"


def holds(home: Path, asker: FlaskClient, path: str) -> str:
    return path


def changed(home: Path, asker: FlaskClient, path: str) -> str:
    past.follow(home, past.without("organisation/cfad>", "ns#hasPartner>"))
    return path


def generation_gone(home: Path, asker: FlaskClient, path: str) -> str:
    return forged(path, number=7, digest="7" * 64)


def question_gone(home: Path, asker: FlaskClient, path: str) -> str:
    past.follow(home, past.without_question(FLAGSHIP["question"]))
    return path


def mismatch(home: Path, asker: FlaskClient, path: str) -> str:
    return forged(path, sha256="0" * 64)


def not_asked(home: Path, asker: FlaskClient, path: str) -> str:
    past.follow(home)
    labels = home / "generations/00000001/labels.json"
    labels.chmod(0o644)
    labels.write_text("{}")
    return path


STATES: dict[str, Callable[[Path, FlaskClient, str], str]] = {
    "holds": holds,
    "changed": changed,
    "generation-gone": generation_gone,
    "question-gone": question_gone,
    "mismatch": mismatch,
    "not-asked": not_asked,
}
HEADINGS = {
    "holds": ("Cette réponse tient toujours", "This answer still holds"),
    "changed": ("La réponse a changé depuis", "The answer has changed since"),
    "generation-gone": ("n’est plus conservée", "is no longer kept"),
    "question-gone": ("La question n’existe plus", "The question no longer exists"),
    "mismatch": ("Ce reçu n’est pas exact", "This receipt is not right"),
    "not-asked": ("La vérification n’a pas pu se faire", "The check could not be made"),
}


@pytest.mark.parametrize("state", STATES)
def test_six_states_never_look_alike(two: tuple[Path, FlaskClient, str], state: str) -> None:
    home, asker, path = two
    path = STATES[state](home, asker, path)
    assert read(asker, path)["state"] == state
    for lang, words in zip(("fr", "en"), HEADINGS[state], strict=True):
        html = asker.get(path.replace("/fr/", f"/{lang}/"), headers=PAGE).text
        assert f'data-state="{state}"' in html
        assert words in html
        others = [pair[lang == "en"] for name, pair in HEADINGS.items() if name != state]
        assert not [one for one in others if f'status">{one}' in html]


def test_a_change_is_told_row_by_row_with_labels_and_links(
    two: tuple[Path, FlaskClient, str],
) -> None:
    home, asker, path = two
    changed(home, asker, path)
    found = read(asker, path)
    difference = found["difference"]
    assert (difference["added"], difference["removed"], difference["kept"]) == (0, 1, 2)
    cell = difference["rows_removed"][0]["fr"][0]
    assert cell["text"].startswith("Centre de formation")
    old = found["generation"]["id"]
    assert cell["href"] == f"/fr/id/organisation/cfad?generation={old}"
    html = asker.get(path, headers=PAGE).text
    assert f'href="{cell["href"]}"' in html
    assert asker.get(cell["href"], headers=PAGE).status_code == 200
    answers = re.findall(r'href="(/fr/questions/[^"]+theme[^"]*)"', html)
    counts = [len(asker.get("/api" + one.replace("&amp;", "&").removeprefix("/fr")).json["rows"])
              for one in answers]  # fmt: skip
    assert counts == [3, 2], "the answer then, and the answer today"


def test_a_busy_service_says_nothing_of_the_answer(
    two: tuple[Path, FlaskClient, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    home, asker, path = two
    changed(home, asker, path)
    live = asker.application.extensions["coopkg"]

    def busy(*_: object) -> Any:
        raise EngineBusyError(3, "occupé", "busy")

    with monkeypatch.context() as patch:
        patch.setattr(live.past, "_open", busy)
        assert read(asker, path)["state"] == "not-asked"
    assert read(asker, path)["state"] == "changed", "it was not remembered"


def test_a_receipt_with_another_date_or_count_is_not_right(
    two: tuple[Path, FlaskClient, str],
) -> None:
    _, asker, path = two
    for change in (
        {"published": "2020-01-01T00:00:00Z"},
        {"count": 4},
        {"asked": Request(question="nothing-of-the-kind")},
        {"asked": Request(question=FLAGSHIP["question"], parameters={"theme": "nothing"})},
    ):
        assert read(asker, forged(path, **change))["state"] == "mismatch"


def test_the_same_content_under_another_number_still_vouches(
    two: tuple[Path, FlaskClient, str],
) -> None:
    home, asker, path = two
    generation.rollback(home, "1", past.DAYS[5])
    (home / "cited/1").unlink()
    assert asker.get("/version").json["generation"].startswith("2-")
    assert generation.prune(home, 1) == [1]
    found = read(asker, path)
    assert (found["state"], found["then"]["generation"][:2]) == ("holds", "2-")
    assert "même contenu" in asker.get(path, headers=PAGE).text


def test_a_generation_that_is_gone_may_still_give_the_same_hash_today(
    two: tuple[Path, FlaskClient, str],
) -> None:
    _, asker, path = two
    found = read(asker, generation_gone(Path(), asker, path))
    assert (found["then"]["state"], found["now"]["state"]) == ("gone", "same")


def test_a_receipt_is_verified_from_the_terminal(
    two: tuple[Path, FlaskClient, str], capsys: pytest.CaptureFixture[str]
) -> None:
    home, asker, path = two

    def verify(code: str) -> tuple[int, str]:
        status = cli.main(["receipt", "verify", code, "--home", str(home), "--lang", "en"])
        return status, capsys.readouterr().out

    assert verify(f"https://example.org{path}.json")[0] == 0
    status, said = verify(forged(path, sha256="0" * 64))
    assert (status, said.partition(":")[0]) == (1, "mismatch")
    changed(home, asker, path)
    status, said = verify(path.rsplit("/", 1)[1])
    assert (status, said.partition(":")[0]) == (1, "changed")
    assert "+0 \u22121 =2" in said
    assert verify(path[:-2])[0] == 2


@pytest.mark.parametrize(
    ("query", "boolean", "fr", "en"),
    [("ASK { ?s ?p ?o }", True, "oui", "yes"), ("ASK { <x:> ?p ?o }", False, "non", "no")],
)
def test_the_receipt_of_a_yes_or_no_says_which(
    client: FlaskClient, query: str, boolean: bool, fr: str, en: str
) -> None:
    path = make(client, {"query": query, "lang": "fr"})
    found = read(client, path)
    assert found["boolean"] is boolean
    assert found["citation"]["fr"].count(f"ASK, {fr}\u00a0»") == 1
    assert f"({en}, SHA-256" in found["citation"]["en"]
    assert f"<dd>{fr}</dd>" in client.get(path, headers=PAGE).text
    english = path.replace("/fr/", "/en/")
    for suffix in (".bib", ".ris", ".csl.json"):
        assert f"{en}, SHA-256: " in client.get(english + suffix).text
    assert "boolean" not in read(client, make(client, {"query": "SELECT * { VALUES ?x { 1 } }"}))


def test_receipts_of_every_column_hold_whatever_the_order_columns_are_shown_in(
    client: FlaskClient,
) -> None:
    """Columns of `SELECT *` came in the order of their names when the first receipts were given."""
    query = "SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3"
    asked = {"query": query, "format": "csv"}
    assert client.get("/sparql", query_string=asked).text.startswith("s,p,o\r\n")
    found = read(client, make(client, {"query": query, "lang": "fr"}))
    rows = client.get("/sparql", query_string={"query": query}).json["results"]["bindings"]
    lines = ["?o\t?p\t?s"]
    for row in rows:
        terms = [
            ox.parse_query_results(_table(row[name]), ox.QueryResultsFormat.JSON) for name in "ops"
        ]
        lines.append("\t".join(canonical.term(next(iter(one))[0]) for one in terms))
    assert found["ordered"] is True
    assert (
        found["sha256"] == hashlib.sha256("".join(f"{one}\n" for one in lines).encode()).hexdigest()
    )
    assert found["state"] == "holds"


def _table(cell: dict[str, str]) -> bytes:
    """Return a table of one cell, as SPARQL results in JSON."""
    return json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": [{"x": cell}]}}).encode()


# --- Making one ----------------------------------------------------------------------------


def test_making_a_receipt_keeps_its_generation_and_reading_one_does_not(
    published: Path, tmp_path: Path
) -> None:
    home = Path(shutil.copytree(published, tmp_path / "home"))
    past.follow(home)
    app = create_app(Settings(home=home))
    try:
        asker = app.test_client()
        assert not generation.cited(home)
        path = make(asker, {**FLAGSHIP, "generation": "1"})
        assert generation.cited(home) == {1}
        read(asker, path)
        read(asker, forged(path, number=2, digest=generation.open_(home, "2").digest))
        assert generation.cited(home) == {1}
        assert asker.get("/receipts").status_code == 405
        assert generation.prune(home, 1) == []
    finally:
        app.extensions["coopkg"].close()


def test_a_form_and_json_make_the_same_receipt(client: FlaskClient) -> None:
    by_form = client.post("/receipts", data={**FLAGSHIP, "inference": "on", "lang": "en"})
    assert by_form.headers["Location"].startswith("/en/receipt/")
    parameters = {"theme": f"{BASE}scheme/theme/decentralisation", "place": "mediterranee"}
    asked = {"question": FLAGSHIP["question"], "parameters": parameters, "lang": "en"}
    assert client.post("/receipts", json=asked).headers["Location"] == by_form.headers["Location"]


def test_the_button_of_a_question_page_cites_what_the_page_shows(client: FlaskClient) -> None:
    page = "/en/questions/partners-by-theme-and-place?place=mediterranee&inference=off"
    html = client.get(page, headers=PAGE).text
    (form,) = re.findall(r'<form method="post" action="/receipts">(.*?)</form>', html, re.S)
    fields = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    found = read(client, client.post("/receipts", data=fields).headers["Location"])
    assert found["parameters"] == {"place": "mediterranee"}
    assert found["inference"] is False
    assert found["generation"]["id"] == client.get(page).headers["X-Generation"]


def test_no_parameter_of_a_question_has_a_name_that_receipts_use(client: FlaskClient) -> None:
    ours = RESERVED | {"query", "question", "view", "id"}
    for question in client.get("/api/questions").json["questions"]:
        assert not ours & {one["name"] for one in question["parameters"]}


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"query": "ASK {}", "question": "a"}, 400),
        ({"question": "nothing-of-the-kind"}, 404),
        ({"question": FLAGSHIP["question"], "theme": "nothing"}, 400),
        ({"question": FLAGSHIP["question"], "nothing": "x"}, 400),
        ({"query": "SELECT nonsense"}, 400),
        ({"query": "ASK {}", "inference": "perhaps"}, 400),
        ({"query": "ASK {}", "generation": "999"}, 404),
        ({"query": "INSERT DATA { <x:a> <x:b> 1 }"}, 400),
        ({"query": "ASK { SERVICE <http://127.0.0.1/> {} }"}, 403),
        ({"query": "ASK {} #" + "".join(hashlib.sha256(bytes([n])).hexdigest()
                                         for n in range(200))}, 413),
        ({"query": "ASK {}", "generation": ["1", "2"]}, 400),
        ({"query": {"a": 1}}, 400),
    ],
)  # fmt: skip
def test_what_cannot_be_cited_is_refused_by_name(
    client: FlaskClient, fields: dict[str, Any], status: int
) -> None:
    found = client.post("/receipts", json=fields)
    assert found.status_code == status
    assert found.json["detail"]


def test_a_body_of_another_type_or_too_large_is_refused(client: FlaskClient) -> None:
    assert client.post("/receipts", data=b"ASK {}", content_type="text/plain").status_code == 415
    assert client.post("/receipts", data={"query": "x" * (2 << 20)}).status_code == 413
    assert client.post("/receipts", data=b"[1]", content_type="application/json").status_code == 400


def test_a_cut_or_damaged_receipt_is_refused_before_anything_is_asked(client: FlaskClient) -> None:
    path = make(client, FLAGSHIP)
    for wrong in (path[:-3], path[:-1] + ("A" if path[-1] != "A" else "B"), path + "A"):
        found = client.get(wrong.replace("/fr/", "/en/"))
        assert found.status_code == 400
        assert "nothing was run" in found.json["detail"]
    code = permalinks.encode(Permalink("ASK {}"))
    assert client.get(f"/fr/receipt/{code}").status_code == 400
    assert client.get("/s/" + path.rsplit("/", 1)[1]).status_code == 400
    assert client.get(path + ".docx").status_code == 404


# --- What can be asked again ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "rule"),
    [
        ("SELECT (NOW() AS ?x) {}", "changes"),
        ("SELECT * { ?s ?p ?o FILTER(rand() < 2) }", "changes"),
        ("SELECT (uuid() AS ?x) {}", "changes"),
        ("SELECT (STRUUID() AS ?x) {}", "changes"),
        ("SELECT (BNODE() AS ?x) {}", "changes"),
        ("SELECT ?s { ?s ?p ?o } LIMIT 3", "limit"),
        ("SELECT ?s { ?s ?p ?o } OFFSET 3", "limit"),
        ("SELECT ?s ?p { ?s ?p ?o } ORDER BY ?p LIMIT 3", "limit"),
        ("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o } LIMIT 3", "limit"),
        ("SELECT * { { SELECT ?s { ?s ?p ?o } LIMIT 3 } ?s ?p ?o }", "inner-limit"),
        ("SELECT * { { SELECT ?s ?p { ?s ?p ?o } ORDER BY ?s LIMIT 3 } }", "inner-limit"),
        ("SELECT * { { SELECT ?s { ?s ?p ?o } ORDER BY STR(?s) LIMIT 3 } }", "inner-limit"),
        ("SELECT * { { SELECT * { ?s ?p ?o } ORDER BY ?s ?p ?o LIMIT 3 } }", "inner-limit"),
        (f"SELECT ?o {{ GRAPH ?g {{ <{NS}audience> ?p ?o FILTER(isBlank(?o)) }} }}", "blank-node"),
    ],
)
def test_a_query_that_could_answer_otherwise_is_not_cited(
    client: FlaskClient, query: str, rule: str
) -> None:
    found = client.post("/receipts", json={"query": query, "lang": "en"})
    assert found.status_code == 422, found.text
    assert found.json["rule"] == rule


@pytest.mark.parametrize(
    ("query", "ordered", "warnings"),
    [
        ("SELECT DISTINCT ?p { ?s ?p ?o } ORDER BY ?p LIMIT 3", True, []),
        ("SELECT DISTINCT ?p { ?s ?p ?o } ORDER BY DESC(?p) OFFSET 3", True, []),
        ("SELECT ?s ?p { ?s ?p ?o } ORDER BY ?p", False, ["order-not-total"]),
        ("SELECT ?x { VALUES ?x { 1 2 } } LIMIT 2", False, []),
        ("SELECT ?x { VALUES ?x { 2 1 } } ORDER BY ?x # LIMIT 1", True, []),
        ("SELECT ?x { VALUES ?x { 'a'@fr 'a'@en 'a' } } ORDER BY STR(?x)", False,
         ["order-not-total"]),
        ("SELECT ?x { ?x a 'NOW() LIMIT 3' } # RAND()", False, []),
        ("SELECT * { { SELECT DISTINCT ?p { ?s ?p ?o } ORDER BY DESC(?p) LIMIT 3 } }", False, []),
        ("SELECT * { { SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?n ?p"
         " LIMIT 3 } }", False, []),
        ("SELECT (SAMPLE(?o) AS ?x) { ?s a ?o }", False, ["sample"]),
        ("SELECT REDUCED ?o (GROUP_CONCAT(?s) AS ?x) { ?s a ?o } GROUP BY ?o", False,
         ["group-concat", "reduced"]),
        ("ASK { ?s ?p ?o } LIMIT 1", False, []),
    ],
)  # fmt: skip
def test_a_query_that_answers_the_same_is_cited_with_what_depends_on_the_engine(
    client: FlaskClient, query: str, ordered: bool, warnings: list[str]
) -> None:
    found = read(client, make(client, {"query": query}))
    assert (found["ordered"], found.get("warnings", [])) == (ordered, warnings)
    assert found["state"] == "holds"


def test_a_plan_needs_no_more_queries_than_it_must() -> None:
    assert repeatable.plan(admit("SELECT ?s { ?s ?p ?o }")).twice == ()
    up, down = repeatable.plan(admit("SELECT ?s { ?s ?p 'LIMIT' } LIMIT 1 # LIMIT")).twice
    assert up.index("ASC(STR(?s))") < up.index(" LIMIT 1")
    assert "DESC" in down
    ox.Store().query(up)


# --- The canonical form --------------------------------------------------------------------


def test_the_canonical_form_is_what_the_documentation_says() -> None:
    rows = [[ox.Literal("b"), None], [ox.NamedNode("http://e/é"), ox.Literal("x", language="fr")]]
    found = canonical.solutions(["a", "b"], rows)
    text = '?a\t?b\n"b"\t\n<http://e/é>\t"x"@fr\n'
    assert found.text(ordered=True) == found.text(ordered=False) == text.encode()
    assert found.sha256(ordered=True) == hashlib.sha256(text.encode()).hexdigest()
    assert canonical.boolean(True).text(ordered=False) == b"true\n"


def test_each_example_of_the_documentation_gives_the_hash_it_says() -> None:
    for name in ("citation.md", "citation.fr.md"):
        text = (ROOT / "docs" / name).read_text(encoding="utf-8")
        examples = re.findall(r"```text\n(.*?)```\n+`([0-9a-f]{64})`", text, re.S)
        assert examples
        for form, digest in examples:
            form = form.replace("→", "\t")
            assert hashlib.sha256(form.encode()).hexdigest() == digest, name


terms = st.one_of(
    st.none(),
    st.builds(ox.NamedNode, st.from_regex(r"http://e/[a-zé]{1,5}", fullmatch=True)),
    st.builds(ox.Literal, st.text(st.characters(codec="utf-8"))),
    st.builds(lambda text: ox.Literal(text, language="fr"), st.text("aé\n\t\\\"'")),
    st.builds(ox.Literal, st.integers() | st.booleans() | st.floats(allow_nan=False)),
)


@given(terms)
def test_a_term_is_written_so_that_it_is_read_again(value: Any) -> None:
    if value is not None:
        line = f"<x:s> <x:p> {canonical.term(value)} ."
        (quad,) = ox.parse(line, format=ox.RdfFormat.N_TRIPLES)
        assert quad.object == value
        assert "\n" not in line
        assert "\t" not in line


@given(st.lists(st.tuples(terms, terms), max_size=6), st.randoms())
def test_a_bag_has_one_hash_however_its_rows_come(rows: list[Any], chance: Any) -> None:
    mixed = list(rows)
    chance.shuffle(mixed)
    one, other = (canonical.solutions(["a", "b"], each) for each in (rows, mixed))
    assert one.sha256(ordered=False) == other.sha256(ordered=False)
    doubled = canonical.solutions(["a", "b"], [*rows, (ox.Literal("x"), None)])
    assert doubled.sha256(ordered=False) != one.sha256(ordered=False)


def test_blank_nodes_have_no_part_in_the_hash_of_a_graph() -> None:
    text = "[] <x:p> 1 ; <x:q> [ <x:r> 2 ] . _:a <x:p> _:b . _:c <x:p> 'c' ."
    hashes = set()
    for renamed in (text, text.replace("_:a", "_:zz").replace("_:c", "_:a")):
        triples = [one.triple for one in ox.parse(renamed, format=ox.RdfFormat.TURTLE)]
        hashes.add(canonical.graph("CONSTRUCT", reversed(triples)).sha256(ordered=False))
    assert len(hashes) == 1


def test_blank_nodes_that_would_take_for_ever_are_refused() -> None:
    p, nodes = ox.NamedNode("x:p"), [ox.BlankNode() for _ in range(9)]
    knot = [ox.Triple(one, p, other) for one in nodes for other in nodes if one != other]
    with pytest.raises(UncitableError, match="entangled"):
        canonical.graph("CONSTRUCT", knot)
    chain = [ox.Triple(ox.BlankNode(), p, ox.Literal(n)) for n in range(canonical.BLANK_MOST + 1)]
    with pytest.raises(UncitableError):
        canonical.graph("CONSTRUCT", chain)
    canonical.graph("CONSTRUCT", chain[:100])


# --- Citations -----------------------------------------------------------------------------

A_RECEIPT = Receipt(
    Request(query='SELECT "x"'), 12, "a" * 64, "2026-03-01T10:00:00Z", "SELECT", False, 2,
    "b" * 64, (), "0.1.0",
)  # fmt: skip


@given(st.text(st.characters(codec="utf-8"), max_size=60))
def test_no_title_breaks_a_reference(title: str) -> None:
    cited = Cited(A_RECEIPT, title, "https://e/fr/receipt/x_1", "fr")
    lines = citations.ris(cited).split("\r\n")
    assert [line[:6] for line in lines[:2]] == ["TY  - ", "TI  - "]
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in lines[:-1])
    bib = citations.bibtex(cited)
    plain = re.sub(r"\\[{}&%$#_]|\\text\w+\{\}", "", bib)
    assert plain.count("{") == plain.count("}")
    assert not re.search(r"(?<!\\)[&%$#^~]", re.sub(r"url = .*", "", plain))
    assert json.loads(json.dumps(citations.csl(cited)))[0]["title"] == title


def test_a_receipt_is_offered_in_each_format_of_references(client: FlaskClient) -> None:
    path = make(client, FLAGSHIP)
    for suffix, media, words in (
        (".bib", "application/x-bibtex", "@misc{coopkg-1-"),
        (".ris", "application/x-research-info-systems", "TY  - DATA"),
        (".csl.json", "application/vnd.citationstyles.csl+json", '"type": "dataset"'),
        (".json", "application/json", '"state": "holds"'),
    ):
        found = client.get(path + suffix)
        assert found.headers["Content-Type"].startswith(media)
        assert words in found.text
        assert client.get(path, headers={"Accept": media}).text == found.text
        assert f'href="{path}{suffix}"' in client.get(path, headers=PAGE).text
    html = client.get(path, headers=PAGE).text.replace("\u00a0", " ")
    assert "« Quels partenaires travaillent sur la décentralisation en Méditerranée ? »" in html
    assert "“Which partners work on decentralisation in the Mediterranean?”" in html


def test_a_receipt_says_all_that_a_reader_needs_to_check_it_alone(client: FlaskClient) -> None:
    query = "SELECT ?x { VALUES ?x { 2 1 } }"
    found = read(client, make(client, {"query": query, "inference": False}))
    integer = "http://www.w3.org/2001/XMLSchema#integer"
    text = f'?x\n"1"^^<{integer}>\n"2"^^<{integer}>\n'
    assert found["sha256"] == hashlib.sha256(text.encode()).hexdigest()
    assert (found["query"], found["inference"], found["form"]) == (query, False, "SELECT")
    assert found["generation"]["digest"] == client.get("/version").json["digest"]


@pytest.mark.parametrize(
    "change",
    [
        {"receipt": 2},
        {"rows": -1},
        {"rows": True},
        {"form": "DROP"},
        {"sha256": "b" * 63},
        {"question": "also-a-question"},
        {"published": "yesterday"},
        {"extra": 1},
        {"inference": "on"},
        {"generation": {"number": 12, "digest": "a" * 64, "more": 1}},
        {"parameters": {"a": 1}},
    ],
)
def test_a_sound_code_of_what_is_no_receipt_is_refused(change: dict[str, Any]) -> None:
    from coopkg.serve import codes

    content = A_RECEIPT.content()
    assert receipt.decode(codes.encode(content)) == A_RECEIPT
    with pytest.raises(CodeError):
        receipt.decode(codes.encode({**content, **change}))
