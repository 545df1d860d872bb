"""The digest, publishing, opening, rolling back and pruning generations."""

from __future__ import annotations

import json
import os
import shutil
import stat
import threading
import unicodedata
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from generations import NOW, ONE, TRIPLE, TWO, build, damage, fake_sha, leftovers, publish

from coopkg import durable, generation
from coopkg.errors import GenerationError, UnknownError
from coopkg.generation import Generation


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A home where generation 2 is served and 1 is behind it."""
    publish(tmp_path, "one")
    publish(tmp_path, "two")
    return tmp_path


# --- Publish -------------------------------------------------------------------------------


def test_a_published_generation_is_served(tmp_path: Path) -> None:
    made = publish(tmp_path)
    served = generation.current(tmp_path)

    assert served == made
    assert served.path == tmp_path / "generations" / "00000001"
    assert served.id == f"1-{served.digest[:12]}"
    assert served.fallback_from is None
    assert served.file("store.nq").read_text() == TRIPLE.format("one")
    assert served.read_json("labels.json") == {"http://e/a": {"fr": "é"}}
    assert generation.verify(served) == []
    assert generation.current_number(tmp_path) == 1


def test_the_manifest_says_what_was_promised(tmp_path: Path) -> None:
    made = publish(tmp_path, now=datetime(2026, 11, 23, 14, tzinfo=timezone(timedelta(hours=2))))
    written = json.loads((made.path / "manifest.json").read_text())

    assert written["format"] == 1
    assert written["number"] == 1
    assert written["published"] == "2026-11-23T12:00:00Z"
    assert written["restores"] is None
    assert written["sources"] == {"a.ttl": fake_sha("one")}
    assert written["graphs"] == {"g": 1}
    assert set(written["files"]) == {"store.nq", "labels.json", "answers/who.json"}
    assert written["files"]["answers/who.json"]["bytes"] == 2
    assert set(written["tools"]) == {"coopkg", "owlrl", "pyoxigraph", "pyshacl", "rdflib"}


def test_a_generation_cannot_be_written(tmp_path: Path) -> None:
    made = publish(tmp_path)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in made.path.rglob("*") if path.is_file()}

    assert modes == {0o444}


def test_same_inputs_on_another_day_and_path_give_the_same_digest(tmp_path: Path) -> None:
    first = publish(tmp_path / "one")
    second = publish(tmp_path / "two" / "deeper", now=NOW + timedelta(days=400))

    assert first.digest == second.digest
    assert first.manifest.files == second.manifest.files


def test_numbers_only_grow_even_when_the_clock_goes_back(tmp_path: Path) -> None:
    publish(tmp_path, "one", NOW + timedelta(days=3650))
    newer = publish(tmp_path, "two", NOW - timedelta(days=1))

    assert newer.number == 2
    assert generation.current(tmp_path).number == 2


def test_a_number_is_never_used_again_after_its_generation_is_gone(tmp_path: Path) -> None:
    publish(tmp_path, "one")
    newest = publish(tmp_path, "two")
    shutil.rmtree(newest.path)

    assert publish(tmp_path, "three").number == 3


def test_without_its_memory_numbers_still_grow(tmp_path: Path) -> None:
    for text in ("one", "two"):
        publish(tmp_path, text)
    (tmp_path / "highest").write_text("garbage")
    (tmp_path / "current").write_text("999999999")

    assert publish(tmp_path, "three").number == 3


def test_a_time_without_zone_is_refused_and_nothing_is_left(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="zone"):
        publish(tmp_path, now=datetime(2026, 11, 23))
    assert not leftovers(tmp_path)


def test_a_generation_without_store_is_refused(tmp_path: Path) -> None:
    with generation.staging(tmp_path) as directory:
        (directory / "labels.json").write_text("{}")
        with pytest.raises(GenerationError, match=r"store\.nq") as refused:
            generation.publish(directory, tmp_path, ONE, {}, NOW)
    assert "il manque store.nq" in refused.value.message("fr")
    assert not leftovers(tmp_path)


def _link(directory: Path) -> None:
    (directory / "passwd").symlink_to("/etc/passwd")


def _linked_directory(directory: Path) -> None:
    (directory / "all").symlink_to("/etc")


def _fifo(directory: Path) -> None:
    os.mkfifo(directory / "pipe")


def _own_manifest(directory: Path) -> None:
    (directory / "manifest.json").write_text("{}")


def _surrogate(directory: Path) -> None:
    os.close(os.open(os.fsencode(directory) + b"/\xe9.json", os.O_CREAT))


def _decomposed(directory: Path) -> None:
    (directory / unicodedata.normalize("NFD", "é.json")).write_text("")


@pytest.mark.parametrize(
    "spoil", [_link, _linked_directory, _fifo, _own_manifest, _surrogate, _decomposed]
)
def test_only_plain_files_with_portable_names_are_sealed(
    tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    publish(tmp_path, "one")
    with generation.staging(tmp_path) as directory:
        build(directory)
        spoil(directory)
        with pytest.raises(GenerationError, match="cannot enter a generation"):
            generation.publish(directory, tmp_path, TWO, {}, NOW)
    assert generation.current(tmp_path).number == 1
    assert not leftovers(tmp_path)


def test_a_linked_staging_directory_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    build(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    with pytest.raises(GenerationError):
        generation.publish(tmp_path / "link", tmp_path, ONE, {}, NOW)
    assert (tmp_path / "real" / "store.nq").exists()


def test_an_empty_directory_in_staging_does_no_harm(tmp_path: Path) -> None:
    with generation.staging(tmp_path) as directory:
        build(directory)
        (directory / "empty").mkdir()
        made = generation.publish(directory, tmp_path, ONE, {}, NOW)
    assert generation.verify(made) == []


def test_an_abandoned_staging_directory_is_removed(tmp_path: Path) -> None:
    def abandon() -> None:
        with generation.staging(tmp_path) as directory:
            build(directory)
            raise KeyError

    with pytest.raises(KeyError):
        abandon()
    assert not leftovers(tmp_path)


def test_the_next_publication_removes_what_a_crash_left(tmp_path: Path) -> None:
    publish(tmp_path)
    for name in (".staging-dead", ".pruned-00000000-dead"):
        (tmp_path / "generations" / name / "deeper").mkdir(parents=True)
        (tmp_path / "generations" / name / "deeper" / "store.nq").write_text("x")
    publish(tmp_path, "two")

    assert not leftovers(tmp_path)


def test_a_publication_spares_the_staging_directory_of_another(tmp_path: Path) -> None:
    with generation.staging(tmp_path) as slow:
        build(slow, "slow")
        publish(tmp_path, "quick")
        made = generation.publish(slow, tmp_path, ONE, {}, NOW)
    assert made.number == 2
    assert generation.current(tmp_path) == made


def test_publishers_at_once_wait_for_one_another(tmp_path: Path) -> None:
    texts = [f"text {index}" for index in range(8)]
    made: list[Generation] = []
    threads = [
        threading.Thread(target=lambda text=text: made.append(publish(tmp_path, text)))
        for text in texts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(one.number for one in made) == list(range(1, 9))
    assert generation.current(tmp_path).number == 8
    assert not any(generation.audit(tmp_path).values())


def test_a_second_publisher_waits_for_the_lock(tmp_path: Path) -> None:
    publish(tmp_path)
    waiting = threading.Thread(target=publish, args=(tmp_path, "two"))
    with durable.locked(tmp_path / "generations" / ".lock"):
        waiting.start()
        waiting.join(0.2)
        assert waiting.is_alive()
        assert generation.current(tmp_path).number == 1
    waiting.join()
    assert generation.current(tmp_path).number == 2


# --- Open ----------------------------------------------------------------------------------


def test_a_generation_is_opened_by_number_digest_or_id(two: Path) -> None:
    for one in generation.known(two):
        for ref in (str(one.number), one.path.name, one.digest, one.digest[:12].upper(), one.id):
            assert generation.open_(two, ref) == one


@pytest.mark.parametrize("ref", ["", "3", "-1", "../2", "abc", "２", "2-000000000000", "f" * 12])
def test_an_unknown_name_lists_the_known_ones(two: Path, ref: str) -> None:
    with pytest.raises(UnknownError) as refused:
        generation.open_(two, ref)
    assert refused.value.known == tuple(one.id for one in generation.known(two))


def test_eleven_digits_of_a_digest_are_too_few(two: Path) -> None:
    with pytest.raises(UnknownError):
        generation.open_(two, generation.current(two).digest[:11])


# --- Roll back -----------------------------------------------------------------------------


def test_a_rollback_serves_the_older_content_under_a_new_number(two: Path) -> None:
    made = generation.rollback(two, "1", NOW + timedelta(hours=1))

    assert generation.current(two) == made
    assert (made.number, made.manifest.restores) == (3, 1)
    assert made.digest == generation.open_(two, "1").digest
    assert made.read("store.nq") == TRIPLE.format("one").encode()
    assert made.manifest.published == "2026-11-23T13:00:00Z"
    assert generation.open_(two, made.digest[:12]).number == 3
    assert publish(two, "four").number == 4


def test_a_rollback_shares_no_sector_with_the_original(two: Path) -> None:
    made = generation.rollback(two, "1", NOW)
    damage(two / "generations" / "00000001" / "store.nq", lambda _: b"rot")

    assert generation.verify(made) == []
    assert generation.open_(two, made.digest).number == 3


def test_by_digest_the_newest_that_verifies_wins(two: Path) -> None:
    made = generation.rollback(two, "1", NOW)
    damage(made.path / "store.nq", lambda _: b"rot")

    assert generation.open_(two, made.digest).number == 1


def test_a_damaged_generation_is_not_brought_back(two: Path) -> None:
    damage(two / "generations" / "00000001" / "labels.json", lambda _: b"{}")
    with pytest.raises(GenerationError, match="generation 1 is damaged"):
        generation.rollback(two, "1", NOW)
    assert generation.current(two).number == 2
    assert not leftovers(two)


def test_an_unknown_generation_is_not_brought_back(two: Path) -> None:
    with pytest.raises(UnknownError):
        generation.rollback(two, "9", NOW)


def test_a_rollback_keeps_the_digest_when_tools_have_changed(
    two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coopkg.generation.manifest.__version__", "9.9.9")
    made = generation.rollback(two, "1", NOW)

    assert made.digest == generation.open_(two, "1").digest
    assert publish(two, "one").digest != made.digest


# --- Prune ---------------------------------------------------------------------------------


def test_pruning_keeps_the_last_ones_the_cited_and_the_served(tmp_path: Path) -> None:
    for index in range(6):
        publish(tmp_path, f"text {index}")
    generation.cite(tmp_path, "2")
    (tmp_path / "current").write_text("3")

    assert generation.prune(tmp_path, 2) == [4, 1]
    assert [one.number for one in generation.known(tmp_path)] == [6, 5, 3, 2]
    assert generation.cited(tmp_path) == {2}
    assert not leftovers(tmp_path)
    assert publish(tmp_path, "next").number == 7


def test_pruning_leaves_a_generation_in_use_alone(tmp_path: Path) -> None:
    old = publish(tmp_path, "one")
    publish(tmp_path, "two")
    with generation.in_use(old):
        assert generation.prune(tmp_path, 1) == []
        assert generation.verify(old) == []
    assert generation.prune(tmp_path, 1) == [1]
    with pytest.raises(GenerationError, match="no such file"), generation.in_use(old):
        pass


def test_an_open_file_can_be_read_to_its_end_after_pruning(tmp_path: Path) -> None:
    old = publish(tmp_path, "one")
    publish(tmp_path, "two")
    with old.file("store.nq").open() as reader:
        assert generation.prune(tmp_path, 1) == [1]
        assert reader.read() == TRIPLE.format("one")


def test_at_least_one_generation_is_kept(two: Path) -> None:
    with pytest.raises(ValueError, match="at least one"):
        generation.prune(two, 0)


def test_pruning_removes_a_damaged_old_generation(tmp_path: Path) -> None:
    for text in ("one", "two", "three"):
        publish(tmp_path, text)
    damage(tmp_path / "generations" / "00000001" / "manifest.json", lambda _: b"")

    assert generation.prune(tmp_path, 2) == [1]


def test_only_what_exists_can_be_cited(two: Path) -> None:
    with pytest.raises(UnknownError):
        generation.cite(two, "9")
    assert generation.cited(two) == set()


def test_strange_names_beside_generations_are_ignored(two: Path) -> None:
    (two / "cited").mkdir()
    (two / "cited" / "notes.txt").write_text("")
    (two / "generations" / "lost+found").mkdir()
    (two / "generations" / "3").mkdir()
    (two / "generations" / "00000009").symlink_to("00000002")

    assert [one.number for one in generation.known(two)] == [2, 1]
    assert generation.prune(two, 1) == [1]
    assert publish(two, "ten").number == 10


def test_a_copy_of_the_lock_in_another_process_does_not_keep_a_generation(two: Path) -> None:
    found = generation.open_(two, "1")
    copies: list[int] = []
    with generation.in_use(found):
        assert generation.prune(two, 1) == []
        for entry in list(Path("/proc/self/fd").iterdir()):
            number = int(entry.name)
            try:
                if os.path.samestat(os.fstat(number), found.path.lstat()):
                    copies.append(os.dup(number))  # as a process that is being started has it
            except OSError:
                continue
    try:
        assert copies
        assert generation.prune(two, 1) == [1]
    finally:
        for number in copies:
            os.close(number)
