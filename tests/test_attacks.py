"""The attack catalogue against `coopkg serve`, on a generation of 12,000 made-up triples."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import serving

from coopkg import generation, questions
from coopkg.contributions import partners
from coopkg.terms import BASE, NS

CATALOGUE = Path(__file__).parents[1].parent / "shared" / "security" / "attack_check.py"
QUERIES = Path(__file__).parents[1] / "queries"
LIMIT_S = 2  # less than what is allowed by default, so that the attacks take less time
MEMORY_MB = 2048
LONG = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
FORM = "application/x-www-form-urlencoded"

pytestmark = pytest.mark.attacks


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a home whose generation holds made-up triples, and only the service's own queries."""
    home = tmp_path_factory.mktemp("home")
    with generation.staging(home) as directory:
        serving.dump(directory / "store.nq")
        for name in ("labels", "passages", "proofs", "questions"):
            (directory / f"{name}.json").write_text("{}", encoding="utf-8")
        (directory / "questions").mkdir()
        for name in questions.APART:
            shutil.copy(QUERIES / f"{name}.rq", directory / "questions")
        now = datetime(2026, 11, 23, tzinfo=UTC)
        generation.publish(directory, home, {"graph_data/a.ttl": "1" * 64}, {}, now)
    return home


@contextmanager
def served(home: Path, **environment: str) -> Iterator[serving.Running]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COOPKG_QUERY_TIMEOUT_S", str(LIMIT_S))
        for name, value in environment.items():
            patch.setenv(name, value)
        with serving.running(home, sys.executable, "-m", "coopkg", "serve") as running:
            yield running


@pytest.fixture(scope="module")
def service(home: Path) -> Iterator[serving.Running]:
    with served(home) as running:
        yield running


def ask(port: int, query: str = "ASK {}", timeout: float = 20.0) -> tuple[int, bytes, float]:
    """Return status, body and seconds of a query by POST."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        body = urllib.parse.urlencode({"query": query})
        connection.request("POST", "/sparql", body, {"Content-Type": FORM})
        answer = connection.getresponse()
        return answer.status, answer.read(), time.monotonic() - begun
    finally:
        connection.close()


@pytest.mark.skipif(not CATALOGUE.exists(), reason="the attack catalogue is not beside us")
def test_every_attack_by_upload_is_withstood(tmp_path: Path) -> None:
    home, root = tmp_path / "home", tmp_path / "root"
    for name in ("ontology", "graph_data", "queries"):
        (root / name).mkdir(parents=True)
    label = {"fr": "Ville", "en": "City"}
    _, token = partners.add(home, "tunis", label, "direct")
    partners.add(home, "sfax", label)
    coopkg = [sys.executable, "-m", "coopkg"]
    publish = [*coopkg, "publish", "--home", str(home), "--root", str(root)]
    subprocess.run(publish, check=True, capture_output=True)
    with served(home, COOPKG_ROOT=str(root)) as running:
        report = tmp_path / "report.json"
        upload = f"{running.url}/api/contributions"
        other = f"{running.url}/graphs?graph={partners.GRAPHS}sfax"
        command = [sys.executable, str(CATALOGUE), "--base-url", running.url, "--only", "^U"]
        command += ["--pid", str(running.process.pid), "--json", str(report)]
        command += ["--upload-url", upload, "--token", token, "--other-upload-url", other]
        command += ["--partner-base", f"{BASE}id/partner/tunis/"]
        command += ["--other-base", f"{BASE}id/partner/sfax/", "--core-class", f"{NS}Country"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=400)
    assert report.exists(), done.stdout + done.stderr
    found = json.loads(report.read_text(encoding="utf-8"))
    assert [row for row in found["rows"] if row[3] != "PASS"] == []
    assert len(found["rows"]) == 30


class Watch(threading.Thread):
    """Note the most memory that all processes of a service ever hold."""

    def __init__(self, service: serving.Running) -> None:
        super().__init__(daemon=True)
        self._service = service
        self._over = threading.Event()
        self.peak_mb = 0

    def run(self) -> None:
        while not self._over.wait(0.05):
            self.peak_mb = max(self.peak_mb, self._service.resident_mb())

    def __enter__(self) -> Watch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.join()


@pytest.mark.skipif(not CATALOGUE.exists(), reason="the attack catalogue is not beside us")
def test_the_whole_catalogue_of_attacks_is_withstood(
    service: serving.Running, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, str(CATALOGUE), "--base-url", service.url]
    command += ["--pid", str(service.process.pid), "--json", str(report)]
    command += ["--only", r"^(G0[1-8]|Q|S0|S1[0-2]|F0[1-4])"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=400)
    assert report.exists(), done.stdout + done.stderr
    found = json.loads(report.read_text(encoding="utf-8"))
    failed = [row for row in found["rows"] if row[3] != "PASS"]
    assert failed == []
    assert len(found["rows"]) == 8 + 35 + 12 + 4
    assert found["restarts"] == 0
    assert service.process.poll() is None


@pytest.mark.skipif(not CATALOGUE.exists(), reason="the attack catalogue is not beside us")
def test_slow_and_greedy_connections_are_withstood(
    service: serving.Running, tmp_path: Path
) -> None:
    report = tmp_path / "report.json"
    command = [sys.executable, str(CATALOGUE), "--base-url", service.url]
    command += ["--pid", str(service.process.pid), "--json", str(report)]
    command += ["--only", r"^(H|I0[1-9]|I10)", "--max-seconds", "8"]
    subprocess.run(command, capture_output=True, text=True, check=False, timeout=200)
    found = json.loads(report.read_text(encoding="utf-8"))
    assert [row for row in found["rows"] if row[3] == "FAIL"] == []
    assert found["restarts"] == 0


def test_long_queries_at_once_leave_short_ones_answered_and_give_the_memory_back(
    service: serving.Running,
) -> None:
    ask(service.port)
    before = service.resident_mb()
    product = "SELECT * { ?a ?b ?x . ?d ?e ?f . ?g ?h ?i } ORDER BY ?x ?f ?i LIMIT 10"
    ended: list[int] = []
    attack = [
        threading.Thread(target=lambda q=query: ended.append(ask(service.port, q)[0]))
        for query in [product, LONG] * 6
    ]
    worst = 0.0
    with Watch(service) as watch:
        for thread in attack:
            thread.start()
        for _ in range(12):
            status, _, seconds = ask(service.port)
            worst = max(worst, seconds)
            assert status in {200, 429, 503}
        for thread in attack:
            thread.join()
    assert worst < 2
    assert set(ended) == {503}
    assert watch.peak_mb < MEMORY_MB
    assert ask(service.port)[:2] == (200, b'{"head":{},"boolean":true}')
    deadline = time.monotonic() + 5
    while service.resident_mb() > before + 120:
        assert time.monotonic() < deadline, (before, service.resident_mb())
        time.sleep(0.05)


def test_an_answer_is_whole_or_it_is_no_answer(service: serving.Running) -> None:
    for query in (
        "SELECT * { ?a ?b ?x . ?d ?e ?f . ?g ?h ?i }",
        "CONSTRUCT { ?a ?b ?f . ?d ?e ?x } { ?a ?b ?x . ?d ?e ?f . ?g ?h ?i }",
    ):
        status, body, _ = ask(service.port, query)
        assert status == 503
        document = json.loads(body)
        assert document["limit"] in {"result", "time", "memory"}
        assert "elapsed" in document
    status, body, _ = ask(service.port, "SELECT * { ?s ?p ?o }")
    assert (status, len(json.loads(body)["results"]["bindings"])) == (200, 12_000)


def test_clients_that_leave_free_what_they_used(service: serving.Running) -> None:
    path = "/sparql?" + urllib.parse.urlencode({"query": LONG})
    for _ in range(6):
        with socket.create_connection(("127.0.0.1", service.port)) as link:
            link.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    deadline = time.monotonic() + LIMIT_S + 4
    while _busy_s(service, 0.3) > 0.1:
        assert time.monotonic() < deadline
    assert ask(service.port)[0] == 200


def _busy_s(service: serving.Running, seconds: float) -> float:
    """Return the processor time used during so many seconds."""

    def used() -> float:
        total = 0
        for pid in service.tree():
            with suppress(OSError, IndexError):
                stat = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
                total += int(stat[11]) + int(stat[12])
        return total / os.sysconf("SC_CLK_TCK")

    before = used()
    time.sleep(seconds)
    return used() - before


def test_two_hundred_bodies_that_never_come_stop_nobody(service: serving.Running) -> None:
    head = (
        f"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: {FORM}\r\nContent-Length: 5000\r\n\r\n"
    )
    with ExitStack() as links:
        for _ in range(200):
            link = links.enter_context(socket.create_connection(("127.0.0.1", service.port)))
            link.sendall((head + "query=").encode())
        for _ in range(5):
            status, _, seconds = ask(service.port)
            assert (status, seconds < 2) == (200, True)


def test_nothing_survives_the_kill_of_the_main_process(home: Path) -> None:
    with served(home) as service:
        threads = [
            threading.Thread(target=_ask_in_vain, args=(service.port,), daemon=True)
            for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        while len(service.tree()) < 5:
            time.sleep(0.02)
        pids = service.tree()
        service.process.send_signal(signal.SIGKILL)
        service.process.wait()
        deadline = time.monotonic() + 3
        while any(_runs(pid) for pid in pids):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        for thread in threads:
            thread.join(10)


def _ask_in_vain(port: int) -> None:
    with suppress(OSError, http.client.HTTPException):
        ask(port, LONG)


def _runs(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    return False


def test_a_web_process_that_is_killed_is_started_again(home: Path) -> None:
    with served(home) as service:
        web = next(pid for pid in service.tree()[1:] if _parent(pid) == service.process.pid)
        os.kill(web, signal.SIGKILL)
        deadline = time.monotonic() + 20
        while True:
            with suppress(OSError, http.client.HTTPException):
                if ask(service.port, timeout=2)[0] == 200:
                    break
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert service.process.poll() is None


def _parent(pid: int) -> int:
    stat = Path(f"/proc/{pid}/stat").read_text()
    return int(re.split(r"\) ", stat, maxsplit=1)[1].split()[1])
