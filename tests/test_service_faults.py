"""Faults of a whole service: told to stop, short of descriptors, published, all under load."""

from __future__ import annotations

import http.client
import json
import shutil
import signal
import socket
import sys
import threading
import time
import urllib.parse
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
import serving
from test_attacks import ask, home, served

from coopkg import generation

__all__ = ["home"]
pytestmark = pytest.mark.attacks


def test_a_service_told_to_stop_answers_what_it_began_whole(home: Path) -> None:
    """SIGTERM under load: it ends within its time, and no answer is cut."""
    cut: list[str] = []
    whole = []
    stop = threading.Event()

    def read(port: int) -> None:
        while not stop.is_set():
            try:
                status, body, _ = ask(port, "SELECT * { ?s ?p ?o }")
            except (http.client.IncompleteRead, http.client.HTTPException) as error:
                if not isinstance(error, http.client.RemoteDisconnected):
                    cut.append(repr(error))
                return
            except OSError:  # nobody listens any more
                return
            if status == 200 and len(json.loads(body)["results"]["bindings"]) != 12_000:
                cut.append("rows")
            whole.append(status)

    with served(home) as service:
        threads = [threading.Thread(target=read, args=(service.port,)) for _ in range(4)]
        for thread in threads:
            thread.start()
        while len(whole) < 8:
            time.sleep(0.02)
        service.process.send_signal(signal.SIGTERM)
        assert service.process.wait(15) == 0
        stop.set()
        for thread in threads:
            thread.join(20)
    assert cut == []


def test_few_file_descriptors_refuse_some_and_stop_nothing(home: Path) -> None:
    start = ("sh", "-c", 'ulimit -n 64; exec "$0" -m coopkg serve', sys.executable)
    with serving.running(home, *start) as service:
        web = service.tree()[1]
        with ExitStack() as links:
            for _ in range(120):
                with suppress(OSError):
                    links.enter_context(socket.create_connection(("127.0.0.1", service.port), 1))
            for _ in range(3):
                with suppress(OSError, http.client.HTTPException):
                    assert ask(service.port, timeout=2)[0] in {200, 503}
        deadline = time.monotonic() + 10
        while True:
            with suppress(OSError, http.client.HTTPException):
                if ask(service.port, timeout=2)[0] == 200:
                    break
            assert time.monotonic() < deadline
            time.sleep(0.1)
        assert service.process.poll() is None
        assert service.tree()[1] == web, "the same process: it did not crash"


def test_each_answer_is_of_one_generation_while_others_are_published(
    home: Path, tmp_path: Path
) -> None:
    changing = Path(shutil.copytree(home, tmp_path / "home"))
    current = generation.current(changing)
    sizes = {current.number: 12_000}
    seen: set[tuple[int, int]] = set()
    wrong: list[object] = []
    stop = threading.Event()

    def read(port: int) -> None:
        query = urllib.parse.urlencode({"query": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"})
        with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=20)) as link:
            while not stop.is_set():
                link.request("GET", f"/sparql?{query}", headers={"Accept": "text/csv"})
                answer = link.getresponse()
                body = answer.read()
                if answer.status != 200:
                    wrong.append((answer.status, body[:200]))
                    return
                number = int((answer.headers["X-Generation"] or "0").partition("-")[0])
                seen.add((number, int(body.split()[1])))

    with served(changing) as service:
        threads = [threading.Thread(target=read, args=(service.port,)) for _ in range(8)]
        for thread in threads:
            thread.start()
        for size in (600, 1_200, 1_800):
            with generation.staging(changing) as directory:
                for name in current.manifest.files:
                    (directory / name).parent.mkdir(exist_ok=True)
                    (directory / name).write_bytes(current.read(name))
                serving.dump(directory / "store.nq", size)
                now = datetime(2026, 11, 23, tzinfo=UTC)
                inputs = {"graph_data/a.ttl": f"{size:064d}"}
                made = generation.publish(directory, changing, inputs, {}, now)
            sizes[made.number] = size
            deadline = time.monotonic() + 20
            while not wrong and (made.number, size) not in seen:
                assert time.monotonic() < deadline, "never served"
                time.sleep(0.02)
        stop.set()
        for thread in threads:
            thread.join(20)
    assert wrong == []
    assert seen == set(sizes.items()), "each answer counts its own generation"
