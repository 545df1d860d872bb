"""The engine: complete answers, limits that hold, processes that are replaced and never left."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from pyoxigraph import BlankNode, Literal, NamedNode

from coopkg import sparql_text
from coopkg.config import Settings
from coopkg.engine import ASSERTED, Dataset, Limits, lanes
from coopkg.engine import local as engines
from coopkg.engine.admission import Admitted
from coopkg.engine.local import LocalEngine
from coopkg.errors import (
    EngineBusyError,
    GenerationError,
    QueryError,
    QueryLimitError,
    RefusedQuery,
    SyntaxQueryError,
    UnwritableError,
)
from coopkg.sparql_text import DatasetClauses, Prologue
from coopkg.workers import answering, pool, wire
from coopkg.workers.spool import Room, Spool

A, B, C = "http://e/a", "http://e/b", "http://e/c"
DUMP = """
<http://e/s> <http://e/p> "1" .
<http://e/s> <http://e/p> "2" .
<http://e/s> <http://e/inferred> "3" .
<http://e/s> <http://e/p> "1" <http://e/a> .
<http://e/s> <http://e/p> "1" <http://e/b> .
<http://e/s> <http://e/p> "2" <http://e/b> .
<http://e/t> <http://e/p> "9" <http://e/c> .
_:n <http://e/p> "0" <http://e/c> .
""" + "".join(f'<http://e/s> <http://e/p> "{i}" <{ASSERTED}> .\n' for i in (1, 2))
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n0 ?o }"
MANY = "".join(f'<http://e/s{i % 97}> <http://e/p{i % 7}> "{i}" .\n' for i in range(3_000))


def settings(**given: Any) -> Settings:
    return Settings(**{"query_timeout_s": 20.0, "queue_timeout_s": 5.0} | given)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "store.nq"
    path.write_text(DUMP, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("big") / "store.nq"
    path.write_text(MANY, encoding="utf-8")
    return path


@contextlib.contextmanager
def opened(path: Path, workers: int = 2, **given: Any) -> Iterator[LocalEngine]:
    made = LocalEngine(path, settings(**given), workers)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture(scope="module")
def engine(store: Path) -> Iterator[LocalEngine]:
    with opened(store) as made:
        yield made


@pytest.fixture(scope="module")
def busy(big: Path) -> Iterator[LocalEngine]:
    with opened(big) as made:
        yield made


def rows(engine: LocalEngine, query: str, **given: Any) -> list[list[str]]:
    found = json.loads(engine.run(query, **given).body)
    names = found["head"]["vars"]
    return sorted(
        [row[name]["value"] for name in names if name in row]
        for row in found["results"]["bindings"]
    )


def forced(text: str) -> Admitted:
    """Return a query as if admission had found nothing: what hides behind the first lock."""
    return Admitted(text, sparql_text.tokenize(text), Prologue(None, {}, 0), DatasetClauses())


def gone(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    return True


def wait_until(condition: Any, seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this should have become true"
        time.sleep(0.01)


# --- answers


def test_each_form_of_query_is_answered_with_its_kind(engine: LocalEngine) -> None:
    assert engine.run("ASK {}").kind == "boolean"
    assert engine.run("SELECT * { ?s ?p ?o }").kind == "bindings"
    made = engine.run("CONSTRUCT { ?s ?p ?o } { ?s ?p ?o }")
    assert (made.kind, made.media_type) == ("graph", "text/turtle")
    assert json.loads(engine.run("ASK {}").body) == {"head": {}, "boolean": True}


@pytest.mark.parametrize(
    ("query", "accept", "start"),
    [
        ("SELECT ?o { ?s ?p ?o }", "text/csv", b"o\r\n"),
        ("SELECT ?o { ?s ?p ?o }", "text/tab-separated-values", b"?o\n"),
        ("SELECT ?o { ?s ?p ?o }", "application/sparql-results+xml", b"<?xml"),
        ("SELECT ?o { ?s ?p ?o }", "application/json", b'{"head"'),
        ("ASK {}", "text/csv", b"true"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/n-triples", b"<http://e/s>"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/rdf+xml", b"<?xml"),
        ("CONSTRUCT WHERE { ?s ?p ?o }", "application/ld+json", b"["),
        ("PREFIX x: <http://e/> CONSTRUCT WHERE { ?s ?p ?o }", "text/turtle", b"@prefix x:"),
    ],
)
def test_an_answer_is_written_in_the_type_asked(
    engine: LocalEngine, query: str, accept: str, start: bytes
) -> None:
    answer = engine.run(query, accept=accept)
    assert answer.media_type == accept
    assert answer.body.startswith(start)


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT * { ?s ?p ?o }", ["s", "p", "o"]),
        ("SELECT DISTINCT * { ?z <http://e/p> ?a . BIND(1 AS ?m) } ORDER BY ?a", ["z", "a", "m"]),
        ("SELECT * { { SELECT ?p (1 AS ?n) { ?s ?p ?o } } ?x ?p ?b }", ["p", "n", "x", "b"]),
        ("SELECT * { ?s ?p ?o MINUS { ?h ?p ?k } GRAPH ?g { ?s ?p ?e } }", list("spoge")),
        ("SELECT ?s ?o ?s { ?s ?p ?o }", ["s", "o"]),
    ],
)
def test_columns_come_in_the_order_in_which_the_query_names_them(
    engine: LocalEngine, query: str, columns: list[str]
) -> None:
    result = engine.run(query, accept="text/csv")
    assert result.body.decode().splitlines()[0].split(",") == columns
    found = json.loads(engine.run(query).body)
    assert found["head"]["vars"] == columns
    assert found["results"]["bindings"] or "MINUS" in query


def test_relative_iris_are_those_of_the_endpoint(engine: LocalEngine) -> None:
    assert rows(engine, "SELECT (<id/x> AS ?x) {}") == [["https://w3id.org/cnfpt-coop/id/x"]]


def test_a_fact_of_two_passages_counts_once_and_graphs_are_exactly_those_asked(
    engine: LocalEngine,
) -> None:
    def count(query: str, dataset: Dataset | None = None) -> int:
        return len(rows(engine, query, dataset=dataset))

    every = "SELECT ?o {} ?s ?p ?o }"
    plain = every.replace("{}", "{")
    graphs = "SELECT ?g ?o { GRAPH ?g { ?s ?p ?o } }"
    assert count(plain) == 3
    assert count(plain, Dataset(inference=False)) == 2
    assert count(graphs, Dataset(inference=False)) == 7  # every named graph stays visible
    # SPARQL 1.1, section 13.2: FROM and FROM NAMED
    assert count(every.replace("{}", f"FROM <{A}> {{")) == 1
    assert count(every.replace("{}", f"FROM <{A}> FROM <{B}> {{")) == 2
    assert count(every.replace("{}", f"FROM <{B}> FROM <{B}> {{")) == 2
    assert count(every.replace("{}", f"FROM NAMED <{A}> {{")) == 0
    assert count(graphs.replace("{", f"FROM <{A}> {{", 1)) == 0
    assert count(graphs.replace("{", f"FROM NAMED <{A}> FROM NAMED <{C}> {{", 1)) == 3
    both = graphs.replace("{", f"FROM <{A}> FROM <{B}> FROM NAMED <{C}> {{", 1)
    assert count(both) == 2
    # Protocol, section 2.1.4: the dataset of the request wins
    assert count(every.replace("{}", f"FROM <{A}> {{"), Dataset(default=(B,))) == 2
    assert count(plain, Dataset(default=(A, B))) == 2
    assert count(plain, Dataset(named=(A,))) == 0
    assert count(graphs, Dataset(named=(A, B))) == 3
    assert count(graphs, Dataset(default=(A, C), named=(B,))) == 2
    # what nobody has published is empty, and never fetched
    assert count(plain, Dataset(default=("http://127.0.0.1:1/x", "file:///etc/passwd"))) == 0
    assert count(every.replace("{}", "FROM <file:///etc/passwd> {")) == 0


def test_two_default_graphs_with_a_common_fact_count_it_once(engine: LocalEngine) -> None:
    query = f"SELECT (COUNT(*) AS ?n) FROM <{A}> FROM <{B}> {{ ?s ?p '1' }}"
    assert rows(engine, query) == [["1"]]
    assert rows(engine, query) == [["1"]]  # and again, from the merge that was kept


@pytest.mark.parametrize(
    ("term", "count"),
    [
        (Literal("1"), 1),
        (Literal("1", language="fr"), 0),
        (Literal("1", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")), 0),
        (Literal('"} UNION { ?s ?p ?o } #\n'), 0),
        (NamedNode("http://e/s"), 0),
        (BlankNode("x"), 0),
    ],
)
def test_a_value_arrives_as_a_term_never_as_text(
    engine: LocalEngine, term: Any, count: int
) -> None:
    found = rows(engine, "SELECT ?o { ?s ?p ?o }", substitutions={"o": term})
    assert len(found) == count


def test_a_variable_that_is_not_listed_cannot_be_given(engine: LocalEngine) -> None:
    with pytest.raises(QueryError, match="not listed by SELECT"):
        engine.run("SELECT ?o { ?s ?p ?o }", substitutions={"s": NamedNode("http://e/s")})


# --- errors


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("SELECT * WHERE {\n ?s ?p \n}", 3, 1),
        ("ASK {", 1, 5),
        ("", 1, 1),
        ("SELECT ?y (COUNT(*) AS ?n)\n{ ?x ?y ?z }", 1, 8),
        ("SELECT * {\n ?s ?p ?o .\n BIND(1 AS ?o) }", 3, 12),
        ("ASK {\n FILTER(<http://e/f>(1)) }", 2, 9),
        ("SELECT * {\n VALUES (?a ?b) { (1) } }", 2, 19),
    ],
)
def test_a_syntax_error_has_a_place_and_words_in_both_languages(
    engine: LocalEngine, query: str, line: int, column: int
) -> None:
    with pytest.raises(SyntaxQueryError) as caught:
        engine.run(query)
    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.message("fr") != caught.value.message("en")


def test_xml_that_would_be_ill_formed_is_refused(engine: LocalEngine) -> None:
    for text in (r"a\u0000b", r"\u000b", r"\uFFFE"):
        query = f'SELECT ("{text}" AS ?x) {{}}'
        with pytest.raises(UnwritableError, match="JSON"):
            engine.run(query, accept="application/sparql-results+xml")
        assert engine.run(query).body
    with pytest.raises(UnwritableError):
        engine.run("CONSTRUCT { <x:> <http://e/1> 1 } {}", accept="application/rdf+xml")


def test_a_store_that_cannot_be_loaded_is_named(tmp_path: Path) -> None:
    (tmp_path / "store.nq").write_text("this is not N-Quads", encoding="utf-8")
    with pytest.raises(GenerationError, match=r"store\.nq"):
        LocalEngine(tmp_path / "store.nq", settings())


# --- limits


def test_a_query_over_its_time_is_stopped_and_says_so(busy: LocalEngine) -> None:
    begun = time.monotonic()
    with pytest.raises(QueryLimitError) as caught:
        busy.run(SLOW, limits=Limits(0.4, 200 << 20, 1 << 20))
    assert time.monotonic() - begun < 3
    assert (caught.value.spent.limit, caught.value.spent.allowed) == ("time", 0.4)
    assert busy.run("ASK {}").kind == "boolean"


def test_the_kernel_stops_a_query_when_the_engine_does_not(busy: LocalEngine) -> None:
    one = busy._nursery.fork()
    request = engines._request(forced(SLOW), "text/csv", Dataset(), {}, Limits(0, 1, 1))
    with pytest.raises(pool.GoneError) as caught:
        one.ask(request | {"timer_s": 0.2}, Spool(Room("", 1, 1)), lambda seconds, size: None)
    assert caught.value.status == -signal.SIGALRM


@pytest.mark.parametrize(
    "query",
    [
        'SELECT (STRLEN(?x30) AS ?n) { BIND("0123456789" AS ?x0) '
        + " ".join(f"BIND(CONCAT(?x{i},?x{i}) AS ?x{i + 1})" for i in range(30))
        + " }",
        "SELECT * { ?a ?b ?x . ?d ?e ?f . ?g ?h ?i } ORDER BY ?x ?f ?i LIMIT 10",
    ],
)
def test_a_query_over_its_memory_is_stopped_and_the_memory_comes_back(
    big: Path, query: str
) -> None:
    with opened(big, query_memory_mb=150) as engine:
        before = resident(engine)
        with pytest.raises(QueryLimitError) as caught:
            engine.run(query)
        assert caught.value.spent.limit == "memory"
        assert engine.run("ASK {}").kind == "boolean"
        assert resident(engine) < before + (64 << 20)


def resident(engine: LocalEngine) -> int:
    """Return the memory of the nursery and its workers."""
    parent = engine._nursery._process.pid
    found = subprocess.run(
        ["ps", "-o", "rss=", "--pid", str(parent), "--ppid", str(parent)],
        capture_output=True,
        text=True,
        check=False,
    )
    return sum(map(int, found.stdout.split())) << 10


def test_a_result_over_its_size_is_refused_whole(busy: LocalEngine) -> None:
    with pytest.raises(QueryLimitError) as caught:
        busy.run("SELECT * { ?a ?b ?c . ?d ?e ?f }", limits=Limits(20, 500 << 20, 100_000))
    assert caught.value.spent.limit == "result"
    assert len(busy.run("SELECT * { ?a ?b ?c }").body) > 100_000


def test_a_query_that_kills_its_process_harms_nobody_else(busy: LocalEngine) -> None:
    deep = forced("ASK { FILTER(" + "STR(" * 40_000 + '"a"' + ")" * 40_000 + '="a") }')
    answers: list[int] = []
    asking = threading.Thread(
        target=lambda: answers.extend(len(busy.run("ASK {}").body) for _ in range(30))
    )
    asking.start()
    with pytest.raises(QueryLimitError, match="too complex"):
        busy.run(deep)
    asking.join()
    assert answers == [26] * 30


@pytest.mark.parametrize("same", [True, False])
def test_long_queries_leave_a_lane_to_short_ones(big: Path, same: bool) -> None:
    ended: list[str] = []

    def ask(i: int) -> None:
        try:
            engine.run(SLOW if same else SLOW.replace("?n)", f"?n{i})"))
        except (QueryLimitError, EngineBusyError) as error:
            ended.append(type(error).__name__)

    with opened(big, query_timeout_s=3.0, queue_timeout_s=1.5) as engine:
        long = [threading.Thread(target=ask, args=(i,)) for i in range(10)]
        for thread in long:
            thread.start()
        wait_until(lambda: len(ended) >= 7)  # only the two lanes of long queries stay taken
        worst = 0.0
        for _ in range(5):
            begun = time.monotonic()
            assert engine.run("ASK {}").kind == "boolean"
            worst = max(worst, time.monotonic() - begun)
        for thread in long:
            thread.join()
    assert worst < 2
    assert sorted(set(ended)) == ["EngineBusyError", "QueryLimitError"]
    assert ended.count("QueryLimitError") <= 3


def test_nobody_waits_longer_than_the_queue_allows(big: Path) -> None:
    with opened(big, workers=1, query_timeout_s=3.0, queue_timeout_s=0.2) as engine:
        engine._lanes._lanes.acquire()
        engine._lanes._lanes.acquire()
        begun = time.monotonic()
        with pytest.raises(EngineBusyError) as caught:
            engine.run("ASK {}")
        assert time.monotonic() - begun < 1.5
        assert caught.value.retry_after_s > 0


# --- the second lock


@pytest.fixture
def canary() -> Iterator[tuple[str, list[bytes]]]:
    """Listen on the loopback; note every connection."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def listen() -> None:
            with contextlib.suppress(OSError):
                while True:
                    link, _ = listener.accept()
                    heard.append(b"!")
                    link.close()

        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/svc", heard
        listener.shutdown(socket.SHUT_RDWR)


@pytest.mark.parametrize("silent", ["", "SILENT "])
def test_a_worker_reaches_no_network_even_when_admission_is_asleep(
    engine: LocalEngine, canary: tuple[str, list[bytes]], silent: str
) -> None:
    url, heard = canary
    query = forced(f"SELECT * {{ SERVICE {silent}<{url}> {{ ?x ?y ?z }} }}")
    if silent:
        engine.run(query)
    else:
        with pytest.raises(RefusedQuery):
            engine.run(query)
    assert heard == []


LOCKED = """
    import os, socket, sys, threading
    sys.path.insert(0, {package!r})
    import pyoxigraph
    from coopkg.workers import sandbox
    if {bare}:
        sandbox._filter_system_calls = lambda: False
    out = os.dup(1)
    results = []
    def work():
        kind = sandbox.lock()
        def tries(name, call):
            try:
                call()
                results.append(name + " WORKED")
            except (OSError, PermissionError) as error:
                results.append(name + " refused")
        tries("socket", lambda: socket.socket())
        tries("open", lambda: os.open("/etc/passwd", os.O_RDONLY))
        tries("pipe", lambda: os.pipe())
        if kind == "seccomp":
            tries("fork", lambda: os.fork())
            tries("exec", lambda: os.execv("/bin/true", ["true"]))
            tries("kill", lambda: os.kill(os.getppid(), 0))
            tries("unlink", lambda: os.unlink("nothing-of-that-name"))
        results.append(kind)
        results.append(str(bool(pyoxigraph.Store().query("ASK {{}}"))))
        os.write(out, " ".join(results).encode())
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    os._exit(0)
"""


@pytest.mark.parametrize("bare", [False, True])
def test_the_lock_refuses_files_network_and_processes_and_lets_queries_run(bare: bool) -> None:
    package = str(Path(pool.__file__).parents[2])
    program = textwrap.dedent(LOCKED).format(package=package, bare=bare)
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert "WORKED" not in done.stdout, done.stdout
    assert done.stdout.endswith(" True"), done.stdout + done.stderr
    if sys.platform == "linux" and not bare:
        assert " seccomp " in done.stdout


# --- the life of processes


def workers_of(engine: LocalEngine) -> list[int]:
    found = subprocess.run(
        ["ps", "-o", "pid=", "--ppid", str(engine._nursery._process.pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [pid for pid in map(int, found.stdout.split()) if not gone(pid)]


def test_closing_leaves_no_process(store: Path) -> None:
    with opened(store) as engine:
        engine.run("ASK {}")
        pids = [engine._nursery._process.pid, *workers_of(engine)]
        assert len(pids) > 1
    wait_until(lambda: all(gone(pid) for pid in pids))


def test_a_worker_is_replaced_after_enough_queries(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "RECYCLE_AFTER", 3)
    with opened(store) as engine:
        seen = set()
        for _ in range(6):
            engine.run("ASK {}")
            seen |= {one.pid for one in engine._idle}
        assert len(seen) == 2


@pytest.mark.parametrize("nice", [True, False])
def test_a_long_query_costs_its_worker_only_when_it_had_to_give_way(
    big: Path, monkeypatch: pytest.MonkeyPatch, nice: bool
) -> None:
    monkeypatch.setattr(lanes, "GRACE_S", 0.0)  # whatever is looked at is long
    monkeypatch.setattr(engines, "NICE_S", 0.0 if nice else 60.0)
    looked: list[float] = []
    watch = LocalEngine._watch

    def note(self: LocalEngine, *given: Any) -> None:
        looked.append(given[2])
        watch(self, *given)

    monkeypatch.setattr(LocalEngine, "_watch", note)
    with opened(big) as engine:
        (before,) = (one.pid for one in engine._idle)
        rows(
            engine,
            "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d <http://e/p1> ?f FILTER(STR(?c) < STR(?f)) }",
        )
        assert looked, "too short to be looked at: this test holds nothing"
        assert [one.pid for one in engine._idle] == ([] if nice else [before])


def test_a_killed_worker_costs_its_own_query_only(busy: LocalEngine) -> None:
    failures: list[Exception] = []

    def ask() -> None:
        try:
            busy.run(SLOW, limits=Limits(20, 500 << 20, 1 << 20))
        except QueryError as error:
            failures.append(error)

    asking = threading.Thread(target=ask)
    asking.start()
    wait_until(lambda: bool(busy._busy))
    os.kill(next(iter(busy._busy)).pid, signal.SIGKILL)
    asking.join()
    assert [type(error) for error in failures] == [QueryLimitError]
    begun = time.monotonic()
    assert busy.run("ASK {}").kind == "boolean"
    assert time.monotonic() - begun < 1


def test_a_killed_nursery_is_replaced(store: Path) -> None:
    with opened(store) as engine:
        engine.run("ASK {}")
        old = engine._nursery._process.pid
        os.kill(old, signal.SIGKILL)
        wait_until(lambda: gone(old))
        for _ in range(3):  # a worker that has lost its nursery may be taken first
            with contextlib.suppress(QueryLimitError):
                engine.run("ASK {}")
        assert engine.run("ASK {}").kind == "boolean"
        assert engine._nursery._process.pid != old


def test_switching_answers_from_the_new_store_and_ends_the_old_processes(
    store: Path, tmp_path: Path
) -> None:
    after = tmp_path / "store.nq"
    after.write_text('<http://e/new> <http://e/p> "4" .\n', encoding="utf-8")
    with opened(store) as engine:
        assert len(rows(engine, "SELECT ?o { ?s ?p ?o }")) == 3
        pids = [engine._nursery._process.pid, *workers_of(engine)]
        engine.switch(after)
        assert rows(engine, "SELECT ?o { ?s ?p ?o }") == [["4"]]
        assert engine.run("ASK {}").store == after
        wait_until(lambda: all(gone(pid) for pid in pids))
        with pytest.raises(GenerationError):
            engine.switch(tmp_path / "missing.nq")
        assert rows(engine, "SELECT ?o { ?s ?p ?o }") == [["4"]]


def test_a_store_that_is_expected_is_loaded_once_and_another_is_given_up(
    store: Path, tmp_path: Path
) -> None:
    after = tmp_path / "store.nq"
    after.write_text('<http://e/new> <http://e/p> "4" .\n', encoding="utf-8")
    with opened(store) as engine:
        with engine.expecting(after):
            coming = pid_of_coming(engine)
            assert len(rows(engine, "SELECT ?o { ?s ?p ?o }")) == 3, "the old one answers until now"
            engine.switch(after)
        assert engine._nursery._process.pid == coming
        assert rows(engine, "SELECT ?o { ?s ?p ?o }") == [["4"]]
        with engine.expecting(store):
            other = pid_of_coming(engine)
            engine.switch(after)
            assert gone(other)
        missing = tmp_path / "missing.nq"
        with pytest.raises(GenerationError), engine.expecting(missing):
            engine.switch(missing)
        assert rows(engine, "SELECT ?o { ?s ?p ?o }") == [["4"]]
        with engine.expecting(store):
            last = pid_of_coming(engine)
        assert gone(last)
        assert rows(engine, "SELECT ?o { ?s ?p ?o }") == [["4"]]


def test_a_store_that_is_expected_ends_with_the_engine(store: Path) -> None:
    with opened(store) as engine, engine.expecting(store):
        coming = pid_of_coming(engine)
        engine.close()
        assert gone(coming)


def pid_of_coming(engine: LocalEngine) -> int:
    assert engine._coming is not None
    return engine._coming._process.pid


def test_a_query_that_runs_while_the_store_is_switched_finishes_on_the_old_one(
    big: Path, store: Path
) -> None:
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?b ?f }"  # a second or so
    with opened(big) as engine:
        answers: list[list[list[str]]] = []
        asking = threading.Thread(target=lambda: answers.append(rows(engine, query)))
        asking.start()
        wait_until(lambda: bool(engine._busy))
        engine.switch(store)
        asking.join()
        assert int(answers[0][0][0]) > 7 * (3_000 // 7) ** 2 - 1
        wait_until(lambda: not engine._busy)


def test_no_process_survives_the_one_that_asked(store: Path) -> None:
    package = str(Path(pool.__file__).parents[2])
    program = f"""
import sys, os, signal
sys.path.insert(0, {package!r})
from pathlib import Path
from coopkg.config import Settings
from coopkg.engine.local import LocalEngine
engine = LocalEngine(Path({str(store)!r}), Settings())
engine.run("ASK {{}}")
nursery = engine._nursery._process.pid
print(nursery, *[worker.pid for worker in engine._idle], flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    pids = [int(word) for word in done.stdout.split()]
    assert len(pids) == 2, done.stderr
    wait_until(lambda: all(gone(pid) for pid in pids), 3)


def test_many_threads_share_the_workers(engine: LocalEngine) -> None:
    wrong: list[object] = []

    def ask(i: int) -> None:
        for j in range(20):
            found = rows(engine, f"SELECT ({i} * 1000 + {j} AS ?n) {{}}")
            if found != [[str(i * 1000 + j)]]:
                wrong.append(found)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(engine._idle) <= 3


def test_the_answerer_writes_what_the_store_holds() -> None:
    answerer = answering.Answerer(pyoxigraph.Store())
    request = engines._request(forced("ASK {}"), "text/csv", Dataset(), {}, Limits(1, 1, 100))
    sent: list[bytes] = []
    tag, last = answerer.answer(request, sent.append)
    assert (tag, last[wire.DONE_HEAD.size :], sent) == (wire.DONE, b"true", [])
    tag, last = answerer.answer(request | {"result_bytes": 1}, sent.append)
    assert (tag, json.loads(last)["error"]) == (wire.FAILED, "too-big")
