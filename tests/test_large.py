"""Large answers against `coopkg serve`: readers who do not read hold no worker and no memory."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import time
import urllib.parse
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
import serving

from coopkg.serve.sparql import sending

ROWS = 120_000
LARGE = f"SELECT ?s ?p ?o ?x {{ ?s ?p ?o . ?x ?y ?z }} LIMIT {ROWS}"
PATH = "/sparql?" + urllib.parse.urlencode({"query": LARGE, "format": "csv"})
REQUEST = f"GET {PATH} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: identity\r\n\r\n".encode()

pytestmark = pytest.mark.attacks


@pytest.fixture(scope="module")
def spool(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spool")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory, spool: Path) -> Iterator[serving.Running]:
    home = tmp_path_factory.mktemp("home")
    serving.dump(home / "store.nq", 3_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COOPKG_SPOOL_DIR", str(spool))
        patch.setenv("COOPKG_QUERY_TIMEOUT_S", "20")
        patch.setenv("COOPKG_QUEUE_TIMEOUT_S", "20")
        with serving.running(home) as running:
            yield running


def web(service: serving.Running) -> int:
    """Return the process that answers: the one that keeps the temporary files."""
    return service.tree()[1]


def waiting(service: serving.Running, spool: Path) -> int:
    """Return how many files of the folder are open in the process that answers."""
    found = 0
    for entry in Path(f"/proc/{web(service)}/fd").iterdir():
        with suppress(OSError):
            found += str(spool) in str(entry.readlink())
    return found


def resident_mb(pid: int) -> int:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") >> 20


def status_of(link: socket.socket) -> int:
    """Read no more than the head of an answer."""
    head = link.recv(200)
    return int(head.split(b" ", 2)[1])


def ask(port: int) -> float:
    """Ask something small; return the seconds it took."""
    begun = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    query = urllib.parse.urlencode({"query": f"ASK {{ FILTER({time.monotonic_ns()} > 1) }}"})
    connection.request("GET", f"/sparql?{query}")
    assert connection.getresponse().status == 200
    connection.close()
    return time.monotonic() - begun


def small_buffers(port: int) -> socket.socket:
    """Return a connection whose reader takes little before it stops."""
    link = socket.socket()
    link.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    link.settimeout(40)
    link.connect(("127.0.0.1", port))
    return link


def test_twelve_readers_who_do_not_read_hold_no_worker_no_memory_and_no_file_after(
    service: serving.Running, spool: Path
) -> None:
    ask(service.port)
    before = resident_mb(web(service))
    with ExitStack() as links:
        statuses = []
        for _ in range(12):
            link = links.enter_context(small_buffers(service.port))
            link.sendall(REQUEST)
            statuses.append(status_of(link))
            assert ask(service.port) < 2
        assert sorted(statuses) == [200] * sending.AT_ONCE + [429] * (12 - sending.AT_ONCE)
        assert waiting(service, spool) == sending.AT_ONCE
        assert list(spool.iterdir()) == []
        assert resident_mb(web(service)) - before < 120
    deadline = time.monotonic() + 10
    while waiting(service, spool):
        assert time.monotonic() < deadline, "a file is still open"
        time.sleep(0.05)
    assert ask(service.port) < 2


def test_an_answer_larger_than_memory_would_like_arrives_whole(service: serving.Running) -> None:
    before = resident_mb(web(service))
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=40)
    connection.request("GET", PATH, headers={"Accept-Encoding": "identity"})
    answer = connection.getresponse()
    length = int(answer.headers["Content-Length"])
    read = lines = peak = 0
    while piece := answer.read(1 << 20):
        read += len(piece)
        lines += piece.count(b"\r\n")
        peak = max(peak, resident_mb(web(service)))
    connection.close()
    assert answer.status == 200
    assert read == length > 8 << 20
    assert lines == ROWS + 1
    assert peak - before < 60


def test_nothing_is_left_when_the_service_is_killed(tmp_path: Path, spool: Path) -> None:
    serving.dump(tmp_path / "store.nq", 3_000)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COOPKG_SPOOL_DIR", str(spool))
        with serving.running(tmp_path) as running, small_buffers(running.port) as link:
            link.sendall(REQUEST)
            assert status_of(link) == 200
            assert waiting(running, spool) == 1
            for pid in running.tree():
                with suppress(ProcessLookupError):
                    os.kill(pid, 9)
            running.process.wait(10)
    assert list(spool.iterdir()) == []


def test_a_disk_that_is_full_is_said_and_harms_nobody(tmp_path: Path) -> None:
    """A file system of 4 MB, where mounting is allowed: else the unit tests alone say so."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "none", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk is not allowed here")
    try:
        serving.dump(tmp_path / "store.nq", 3_000)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("COOPKG_SPOOL_DIR", str(disk))
            with serving.running(tmp_path) as running, small_buffers(running.port) as link:
                link.sendall(REQUEST)
                assert status_of(link) == 503
                assert ask(running.port) < 2
                assert ask(running.port) < 2
    finally:
        subprocess.run(["umount", str(disk)], check=True)
