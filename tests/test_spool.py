"""Where large answers wait: no name, bounded room, nothing left behind."""

from __future__ import annotations

import errno
import gc
import os
from pathlib import Path

import pytest

from coopkg.workers import spool
from coopkg.workers.spool import MEMORY_BYTES, NoRoomError, Room, Spool, TakenBackError

HALF = bytes(range(256)) * (MEMORY_BYTES // 512)


def filled(room: Room, halves: int) -> Spool:
    """Return the answer that so many half mebibytes make."""
    made = Spool(room)
    for _ in range(halves):
        made.write(memoryview(HALF))
    made.finish()
    return made


def room(folder: Path, max_bytes: int = 64 << 20, max_files: int = 4) -> Room:
    return Room(str(folder), max_bytes, max_files)


def test_a_small_answer_takes_no_file(tmp_path: Path) -> None:
    here = room(tmp_path)
    made = filled(here, 2)
    assert (made.file, made.size, made.read()) == (None, MEMORY_BYTES, HALF * 2)
    assert here.used == (0, 0)


def test_a_large_answer_waits_in_a_file_that_has_no_name(tmp_path: Path) -> None:
    here = room(tmp_path)
    made = filled(here, 5)
    assert made.file is not None
    assert list(tmp_path.iterdir()) == []
    assert os.fstat(made.file).st_nlink == 0
    assert made.size == len(HALF) * 5
    assert made.read() == HALF * 5 == b"".join(made.chunks())  # as often as wanted
    assert here.used == (1, len(HALF) * 3)


def test_what_is_closed_or_forgotten_is_given_back(tmp_path: Path) -> None:
    here = room(tmp_path)
    before = len(list(Path("/proc/self/fd").iterdir()))
    closed, forgotten = filled(here, 3), filled(here, 3)
    closed.close()
    closed.close()
    assert here.used[0] == 1
    del forgotten
    gc.collect()
    assert here.used == (0, 0)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_full_disk_is_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_fd: int, _data: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    made = Spool(room(tmp_path))
    monkeypatch.setattr(os, "write", full)
    made.write(memoryview(HALF))
    with pytest.raises(NoRoomError, match="No space left"):
        filled(room(tmp_path), 3)


def test_all_answers_together_have_a_bounded_room(tmp_path: Path) -> None:
    here = room(tmp_path, max_bytes=3 * len(HALF))
    first = filled(here, 4)
    with pytest.raises(NoRoomError, match="fill their share"):
        filled(here, 4)
    first.close()
    assert filled(here, 4).size == 4 * len(HALF)


def test_no_more_answers_wait_than_may(tmp_path: Path) -> None:
    here = room(tmp_path, max_files=2)
    kept = [filled(here, 3), filled(here, 3)]
    with pytest.raises(NoRoomError, match="2 answers wait"):
        filled(here, 3)
    assert [one.read() for one in kept] == [HALF * 3] * 2


def test_who_does_not_read_gives_way_and_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = room(tmp_path, max_files=2)
    silent, reading = filled(here, 9), filled(here, 9)
    pieces = silent.chunks()
    next(pieces)
    silent._seen -= 2 * spool.SILENT_S
    third = filled(here, 3)
    assert third.read() == HALF * 3
    with pytest.raises(TakenBackError):
        list(pieces)
    assert reading.read() == HALF * 9
    silent.close()
    reading.close()
    third.close()
    assert here.used == (0, 0)


def test_an_answer_that_is_being_written_is_not_silent(tmp_path: Path) -> None:
    here = room(tmp_path, max_files=1)
    made = Spool(here)
    for _ in range(3):
        made.write(memoryview(HALF))
    assert made.silent_s() == 0.0
    with pytest.raises(NoRoomError):
        filled(here, 3)


def test_without_a_disk_answers_wait_in_less_memory(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    here = room(tmp_path / "missing", max_bytes=1 << 40)
    made = filled(here, 3)
    assert made.read() == HALF * 3
    assert "no temporary file" in caplog.text
    with pytest.raises(NoRoomError):
        filled(here, 3 + spool.WITHOUT_DISK_BYTES // len(HALF))


def test_text_is_put_where_two_others_meet_or_not_at_all(tmp_path: Path) -> None:
    made = Spool(room(tmp_path))
    made.write(memoryview(b'{"head":{"vars":[]}}'))
    made.insert(b'{"head":{', b'"vars"', b"X")
    assert made.read() == b'{"head":{X"vars":[]}}'
    assert made.size == len(made.read())
    made.insert(b"nowhere", b"", b"Y")
    assert b"Y" not in made.read()
