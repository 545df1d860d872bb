"""Engines elsewhere: the whole catalogue gives the same answers there and here.

The Oxigraph server comes with the test tools; Virtuoso is used where it is installed, and must be
in CI. Both are started here, on the loopback, and stopped.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from coopkg import engine, generation
from coopkg.config import Settings
from coopkg.engine import Dataset, admit
from coopkg.engine.remote import Names, RemoteEngine, push, sentinels
from coopkg.errors import (
    EngineBusyError,
    GenerationError,
    QueryError,
    QueryLimitError,
    RefusedQuery,
    StoppedError,
)
from coopkg.serve import create_app
from coopkg.terms import BASE

ROOT = Path(__file__).parents[1]
CONTRACTS = sorted((ROOT / "queries" / "contracts").glob("*.json"))
OXIGRAPH = Path(sys.executable).with_name("oxigraph")
VIRTUOSO = """[Database]
DatabaseFile = virtuoso.db
ErrorLogFile = virtuoso.log
LockFile = virtuoso.lck
TransactionFile = virtuoso.trx
xa_persistent_file = virtuoso.pxa
[TempDatabase]
DatabaseFile = temporary.db
TransactionFile = temporary.trx
[Parameters]
ServerPort = 127.0.0.1:{port}
DisableUnixSocket = 1
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = .
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = .
[SPARQL]
ResultSetMaxRows = 1000000
MaxQueryExecutionTime = 60
"""


def free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def started(command: list[str], folder: Path, url: str) -> Iterator[None]:
    """Start a server, wait until it answers, and stop it."""
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 60
            while True:
                assert process.poll() is None, (folder / "server.log").read_text()[-800:]
                with contextlib.suppress(OSError):
                    urllib.request.urlopen(url, timeout=5).close()
                    break
                assert time.monotonic() < deadline, f"{command[0]} does not answer"
                time.sleep(0.05)
            yield
        finally:
            process.kill()
            process.wait()


@contextlib.contextmanager
def oxigraph(folder: Path) -> Iterator[Settings]:
    if not OXIGRAPH.exists():
        pytest.skip("the Oxigraph server is not installed") if not os.environ.get("CI") else None
    url = f"http://127.0.0.1:{(port := free())}"
    with started([str(OXIGRAPH), "serve", "--bind", f"127.0.0.1:{port}"], folder, url):
        yield Settings(engine=f"{url}/query", engine_graph_store=f"{url}/store")


@contextlib.contextmanager
def virtuoso(folder: Path) -> Iterator[Settings]:
    found = shutil.which("virtuoso-t")
    if found is None and os.environ.get("CI"):
        pytest.fail("virtuoso-t is not installed: see tests/tools/install")
    if found is None:
        pytest.skip("virtuoso-t is not installed")
    http = free()
    (folder / "virtuoso.ini").write_text(VIRTUOSO.format(port=free(), http=http))
    url = f"http://127.0.0.1:{http}"
    with started([found, "-f", "-c", "virtuoso.ini"], folder, f"{url}/sparql"):
        yield Settings(
            engine=f"{url}/sparql",
            engine_graph_store=f"{url}/sparql-graph-crud-auth",
            engine_user="dba",
            engine_password="dba",
        )


ENGINES = {"oxigraph": oxigraph, "virtuoso": virtuoso}


@pytest.fixture(scope="module", params=ENGINES)
def remote(
    request: pytest.FixtureRequest, published: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Settings]:
    """Give the settings of an installation whose engine holds the published generation."""
    folder = tmp_path_factory.mktemp(request.param)
    with ENGINES[request.param](folder) as found:
        settings = replace(found, home=published, root=ROOT, query_timeout_s=30.0)
        store = generation.current(published).file("store.nq")
        assert push(store, Names.of(store), settings) > 100
        yield settings


@pytest.fixture(scope="module")
def there(remote: Settings) -> Iterator[FlaskClient]:
    made = create_app(remote)
    yield made.test_client()
    made.extensions["coopkg"].close()


@pytest.fixture(scope="module")
def asking(remote: Settings) -> Iterator[RemoteEngine]:
    store = generation.current(remote.home).file("store.nq")
    made = engine.open_(store, remote)
    assert isinstance(made, RemoteEngine)
    yield made
    made.close()


def cases() -> Iterator[tuple[str, dict[str, list[str] | str]]]:
    for path in CONTRACTS:
        for case in json.loads(path.read_text(encoding="utf-8")):
            yield path.stem, case["parameters"]


def answer(client: FlaskClient, slug: str, parameters: dict[str, list[str] | str]) -> object:
    """Return what an answer says, its rows as a bag."""
    found = client.get(f"/api/questions/{slug}?{urlencode(parameters, doseq=True)}")
    assert found.status_code == 200, (slug, parameters, found.text)
    body = found.get_json()
    rows = Counter(json.dumps(row, sort_keys=True) for row in body["rows"])
    related = [
        Counter(json.dumps(r, sort_keys=True) for r in one["rows"]) for one in body["related"]
    ]
    return body["status"], body["count"], body["sentence"], rows, related


def test_the_whole_catalogue_gives_the_same_answers_there_and_here(
    there: FlaskClient, client: FlaskClient
) -> None:
    asked = list(cases())
    assert len(asked) > 150
    different = [
        (slug, parameters)
        for slug, parameters in asked
        if answer(there, slug, parameters) != answer(client, slug, parameters)
    ]
    assert not different


@pytest.mark.parametrize("written", ["json", "xml", "csv", "tsv"])
def test_a_table_comes_in_every_format(
    there: FlaskClient, client: FlaskClient, written: str
) -> None:
    query = (
        "PREFIX coop: <https://w3id.org/cnfpt-coop/ns#> "
        "SELECT ?a ?c WHERE { ?a coop:country ?c } ORDER BY ?a ?c"
    )
    address = f"/sparql?{urlencode({'query': query, 'format': written})}"
    assert there.get(address).data == client.get(address).data


def test_graphs_have_our_names_in_answers_and_in_queries(asking: RemoteEngine) -> None:
    graph = f"{BASE}graph/asserted"
    query = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    named = [json.loads(row)["g"][1] for row in sentinels.rows(asking, query)]
    assert graph in named
    assert not [name for name in named if "generation=" in name]
    without = sentinels.rows(asking, query, inference=False)
    left = {json.loads(row)["g"][1] for row in without}
    assert set(named) - left == {f"{BASE}graph/inferred"}
    columns = json.loads(asking.run("SELECT * { ?s a ?o } LIMIT 1").body)["head"]["vars"]
    assert columns == ["s", "o"]
    for one in (f"GRAPH <{graph}> {{ ?s ?p ?o }}", "?s ?p ?o"):
        found = sentinels.rows(
            asking,
            f"SELECT (COUNT(*) AS ?n) WHERE {{ {one} }}",
            inference=False,
        )
        count = json.loads(next(iter(found)))["n"][1]
        assert (
            count
            == json.loads(
                next(
                    iter(
                        sentinels.rows(
                            asking, f"SELECT (COUNT(*) AS ?n) FROM <{graph}> WHERE {{ ?s ?p ?o }}"
                        )
                    )
                )
            )["n"][1]
        )


def test_a_graph_nobody_has_is_empty_and_that_of_another_generation_too(
    asking: RemoteEngine,
) -> None:
    count = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
    for name in ("urn:none", f"{BASE}graph/default"):
        result = asking.run(count, dataset=Dataset(default=(name + "-x",)))
        assert b'"0"' in result.body
    with pytest.raises(QueryError, match="FROM"):
        asking.run("SELECT * FROM <urn:a> FROM <urn:b> WHERE { ?s ?p ?o }")


def test_a_constructed_graph_is_the_one_we_construct(
    there: FlaskClient, client: FlaskClient
) -> None:
    query = (
        "PREFIX coop: <https://w3id.org/cnfpt-coop/ns#> CONSTRUCT { ?a coop:country ?c } "
        "WHERE { ?a coop:country ?c }"
    )
    address = f"/sparql?{urlencode({'query': query, 'format': 'nt'})}"
    ours, theirs = (sorted(one.get(address).text.splitlines()) for one in (client, there))
    assert ours == theirs
    assert ours


def test_values_are_terms_there_too(asking: RemoteEngine) -> None:
    query = "SELECT ?s ?l WHERE { ?s <http://www.w3.org/2004/02/skos/core#prefLabel> ?l } # end"
    hostile = ox.Literal('" } # \\ <x> ?l', language="fr")
    assert b'"bindings":[]' in asking.run(query, substitutions={"l": hostile}).body
    with pytest.raises(QueryError, match="blank"):
        asking.run(query, substitutions={"s": ox.BlankNode("a")})


def test_a_generation_that_was_not_pushed_is_not_served(
    remote: Settings, home: Path, tmp_path: Path
) -> None:
    made = generation.current(home).path
    manifest = json.loads((made / "manifest.json").read_bytes())
    other = Names("0" * 64, frozenset(manifest["graphs"]))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Names, "of", classmethod(lambda cls, store: other))
        with pytest.raises(GenerationError, match="sentinel"):
            engine.open_(made / "store.nq", remote)


@pytest.fixture
def broken(
    published: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[RemoteEngine, list[str]]]:
    """Give an engine whose endpoint does what the test says: a status, `wait`, or a body."""
    said: list[str] = []
    go = threading.Event()

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            what = said[0]
            if what == "wait":
                go.wait(20)
            status = int(what) if what.isdigit() else 200
            self.send_response(status)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(what.encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setattr(sentinels, "check", lambda *_: frozenset())
    settings = Settings(
        home=published,
        engine=f"http://127.0.0.1:{server.server_address[1]}/",
        query_timeout_s=1.0,
        result_max_mb=1,
    )
    yield RemoteEngine(generation.current(published).file("store.nq"), settings), said
    go.set()
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("answers", "kind"),
    [
        ("400", QueryError),
        ("500", QueryError),
        ("503", EngineBusyError),
        ("not JSON", QueryError),
        ("{}", QueryError),
        ('{"head":{"vars":["a"]},"results":{"bindings":[{"a":{}}]}}', QueryError),
        ("x" * (2 << 20), QueryLimitError),
        ("wait", QueryLimitError),
    ],
    ids=lambda value: str(value)[:12] if isinstance(value, str) else "",
)
def test_a_failure_there_is_never_an_empty_answer_here(
    broken: tuple[RemoteEngine, list[str]], answers: str, kind: type[QueryError]
) -> None:
    asked, said = broken
    said.append(answers)
    with pytest.raises(kind):
        asked.run("SELECT ?a WHERE { ?a ?b ?c }")


def test_a_stopped_query_is_no_longer_waited_for(
    broken: tuple[RemoteEngine, list[str]],
) -> None:
    asked, said = broken
    said.append("wait")
    ended: list[BaseException] = []

    def run() -> None:
        try:
            asked.run("ASK {}", query_id="mine")
        except QueryError as error:
            ended.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    deadline = time.monotonic() + 5
    while not asked.cancel("mine") and time.monotonic() < deadline:
        time.sleep(0.01)
    thread.join(5)
    assert isinstance(ended[0], StoppedError)
    assert not asked.cancel("mine")


def test_what_an_engine_gets_wrong_is_refused_there_by_name(
    broken: tuple[RemoteEngine, list[str]],
) -> None:
    asked, said = broken
    said.append('{"boolean":true}')
    two = "ASK { ?a <urn:p>* ?b . ?b <urn:q>+ ?c }"
    assert asked.run(two).kind == "boolean"
    asked._pushed = replace(asked._pushed, weak=frozenset({"paths"}))
    assert asked.run("ASK { ?a <urn:p>* ?b } # * +").kind == "boolean"
    with pytest.raises(RefusedQuery, match="two repeated"):
        asked.run(two)


def test_the_dataset_goes_where_the_grammar_wants_it() -> None:
    names = Names("ab" * 32, frozenset({"urn:g"}))
    end = "?generation=abababababab"
    for query, expected in (
        ("SELECT * FROM <urn:x> { ?s ?p 'FROM <urn:g>' }", f"SELECT * FROM <urn:d{end}> {{"),
        ("CONSTRUCT { ?s ?p 1 } WHERE { ?s ?p ?o }", f"}} FROM <urn:d{end}> WHERE"),
        ("DESCRIBE <urn:y>", f"DESCRIBE <urn:y> FROM <urn:d{end}>"),
        ("ASK { GRAPH <urn:g> { ?s ?p <urn:g> } }", f"GRAPH <urn:g{end}> {{ ?s ?p <urn:g{end}>"),
    ):
        written = names.query(admit(query), {}, ["urn:d"], [])
        assert expected in written
        assert written.count("FROM <urn:d") == 1
        assert "urn:x" not in written
