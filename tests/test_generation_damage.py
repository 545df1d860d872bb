"""A damaged generation is noticed before it is served."""

from __future__ import annotations

import json
import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from generations import NOW, build, damage, fake_sha, publish

from coopkg import generation
from coopkg.contributions import publication
from coopkg.errors import GenerationError, UnknownError
from coopkg.generation import verifying
from coopkg.generation.manifest import Manifest


@pytest.fixture
def two(tmp_path: Path) -> Path:
    """A home where generation 2 is served and 1 is behind it."""
    publish(tmp_path, "one")
    publish(tmp_path, "two")
    return tmp_path


POINTERS = [
    b"", b"\n", b"{}", b'{"number": 2', b"\0" * 8, b"99", b"-2", b"2.0", b"two", b"../../etc",
    b"00000002/../00000001", b"/etc/passwd", b"2\n1", b"\xff\xfe2", "２".encode(), b"9" * 5000,
]  # fmt: skip


@pytest.mark.parametrize("pointer", POINTERS)
def test_a_damaged_pointer_falls_back_to_the_newest_and_says_so(
    two: Path, pointer: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    (two / "current").write_bytes(pointer)
    with caplog.at_level(logging.ERROR):
        served = generation.current(two)

    assert served.number == 2
    assert served.fallback_from is not None
    assert "serving generation 2-" in caplog.text


def _missing(pointer: Path) -> None:
    pointer.unlink()


def _directory(pointer: Path) -> None:
    pointer.unlink()
    pointer.mkdir()


def _symbolic(pointer: Path) -> None:
    pointer.rename(pointer.with_name("elsewhere"))
    pointer.symlink_to("elsewhere")


def _pipe(pointer: Path) -> None:
    pointer.unlink()
    os.mkfifo(pointer)


@pytest.mark.parametrize("spoil", [_missing, _directory, _symbolic, _pipe])
def test_a_pointer_that_is_no_file_falls_back(two: Path, spoil: Callable[[Path], None]) -> None:
    spoil(two / "current")

    assert generation.current(two).number == 2
    assert generation.current(two).fallback_from == ""


def test_a_pointer_is_mended_by_the_next_publication(two: Path) -> None:
    (two / "current").write_text("garbage")
    publish(two, "three")

    assert generation.current(two).number == 3
    assert generation.current(two).fallback_from is None


DAMAGES: list[Callable[[bytes], bytes]] = [
    lambda content: content[:-1],
    lambda content: content + b"\n",
    lambda content: b"\0" * len(content),
    lambda content: b"",
    lambda content: bytes([content[0] ^ 1]) + content[1:],
    lambda content: content[:-1] + bytes([content[-1] ^ 0x80]),
]


@pytest.mark.parametrize("name", ["store.nq", "labels.json", "answers/who.json", "manifest.json"])
@pytest.mark.parametrize("change", DAMAGES)
def test_a_changed_file_is_noticed_before_it_is_served(
    two: Path, name: str, change: Callable[[bytes], bytes], caplog: pytest.LogCaptureFixture
) -> None:
    newest = generation.current(two)
    damage(newest.path / name, change)

    assert any(name in found for found in generation.verify(newest))
    with caplog.at_level(logging.ERROR):
        served = generation.current(two)
    assert served.number == 1
    assert served.fallback_from == "2"
    assert name in caplog.text
    with pytest.raises(GenerationError, match="generation 2 is damaged") as refused:
        generation.open_(two, "2")
    assert "génération 2 endommagée\u00a0: " in refused.value.message("fr")


def test_every_bit_of_the_manifest_is_sealed(two: Path) -> None:
    written = (two / "generations" / "00000002" / "manifest.json").read_bytes()
    assert Manifest.from_bytes(written).number == 2
    for position in range(len(written)):
        for bit in range(8):
            flipped = bytearray(written)
            flipped[position] ^= 1 << bit
            with pytest.raises(ValueError):  # noqa: PT011 - any reason is good
                Manifest.from_bytes(bytes(flipped))


@pytest.mark.parametrize(
    "written",
    [b"", b"[]", b"null", b"{}", b'{"format": 1}', b"[" * 100_000, b"\xff", b'{"format": 2}', b"1"],
)
def test_a_manifest_of_another_shape_is_refused_with_a_reason(two: Path, written: bytes) -> None:
    damage(two / "generations" / "00000002" / "manifest.json", lambda _: written)

    assert generation.audit(two)[2][0].startswith("manifest.json: not what was sealed (")
    assert generation.audit(two, "fr")[2][0].startswith("manifest.json\u00a0: différent")
    assert generation.current(two).number == 1
    assert [one.number for one in generation.known(two)] == [1]


def test_a_removed_file_is_noticed(two: Path) -> None:
    (two / "generations" / "00000002" / "labels.json").unlink()

    assert generation.audit(two)[2] == ["labels.json: missing"]
    assert generation.current(two).number == 1


def test_one_that_is_taken_away_while_it_is_verified_is_missing(
    two: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    served, list_files = generation.current(two), verifying.files

    def prune_first(path: Path) -> dict[str, bool]:
        path.rename(path.with_name("gone"))
        return list_files(path)

    monkeypatch.setattr(verifying, "files", prune_first)
    assert verifying.damages(served.path) == [verifying.Damage("00000002", "missing")]


def test_a_file_nobody_sealed_is_noticed(two: Path) -> None:
    (two / "generations" / "00000002" / "answers" / "more.json").write_text("[]")

    assert generation.audit(two)[2] == ["answers/more.json: unknown to the manifest"]


def test_a_link_is_noticed_even_to_the_same_bytes(two: Path) -> None:
    store = two / "generations" / "00000002" / "store.nq"
    shutil.move(store, two / "same")
    store.symlink_to(two / "same")

    assert generation.audit(two)[2] == ["store.nq: neither a plain file nor a directory"]


def test_a_generation_that_is_a_link_is_not_served(two: Path) -> None:
    newest = two / "generations" / "00000002"
    newest.rename(two / "moved")
    newest.symlink_to(two / "moved")

    assert generation.current(two).number == 1
    assert publish(two, "three").number == 3


def test_a_generation_renamed_by_hand_is_not_served(two: Path) -> None:
    (two / "generations" / "00000001").rename(two / "generations" / "00000007")
    (two / "current").write_text("7")

    assert generation.current(two).number == 2
    assert "numbered unlike its directory" in generation.audit(two)[7][0]
    assert publish(two, "three").number == 8


def test_reading_a_file_notices_what_rotted_since_it_was_opened(two: Path) -> None:
    served = generation.current(two)
    damage(served.path / "labels.json", lambda content: content.replace(b"a", b"b"))

    with pytest.raises(GenerationError, match=r"labels\.json: not what was sealed"):
        served.read_json("labels.json")


@pytest.mark.parametrize("name", ["../00000001/store.nq", "/etc/passwd", "manifest.json", "no"])
def test_only_sealed_files_are_handed_out(two: Path, name: str) -> None:
    with pytest.raises(UnknownError) as refused:
        generation.current(two).file(name)
    assert "store.nq" in refused.value.known


def test_nothing_published_is_an_error_that_says_what_to_do(tmp_path: Path) -> None:
    for home in (tmp_path, tmp_path / "missing"):
        with pytest.raises(GenerationError, match="coopkg publish") as refused:
            generation.current(home)
        assert "«\u00a0coopkg publish\u00a0»" in refused.value.message("fr")
        assert generation.known(home) == []
        assert generation.prune(home, 1) == []


def test_when_all_are_damaged_the_error_names_the_damage(two: Path) -> None:
    for store in two.rglob("store.nq"):
        damage(store, lambda _: b"")
    with pytest.raises(GenerationError, match=r"none of the 2 generations.*store\.nq"):
        generation.current(two)
    with pytest.raises(GenerationError):
        generation.prune(two, 1)
    assert len(generation.known(two)) == 2


def test_what_current_names_is_told_when_its_manifest_is_whole(two: Path, tmp_path: Path) -> None:
    assert generation.pointed(tmp_path / "nowhere") is None
    found = generation.pointed(two)
    assert found is not None
    assert (found.number, found.id) == (2, generation.current(two).id)
    damage(found.path / "store.nq", lambda _: b"")
    assert generation.pointed(two) == found, "its other files are for who reads them"
    assert found.read("labels.json")
    with pytest.raises(GenerationError, match=r"store\.nq"):
        found.read("store.nq")
    damage(found.path / "manifest.json", lambda content: content[:-1])
    with pytest.raises(GenerationError, match="generation 2 is damaged"):
        generation.pointed(two)


@pytest.mark.parametrize("name", ["manifest.json", publication.SEALED])
def test_what_a_damaged_generation_holds_is_told_by_the_one_served_instead(
    tmp_path: Path, name: str
) -> None:
    for held in (["c-1"], ["c-1", "c-2"]):
        with generation.staging(tmp_path) as directory:
            build(directory)
            (directory / publication.SEALED).write_text(json.dumps({"contributions": held}))
            inputs = {"a.ttl": fake_sha(held[-1])}
            made = generation.publish(directory, tmp_path, inputs, {"g": 1}, NOW)
    assert publication.included(tmp_path) == {"c-1", "c-2"}
    damage(made.path / name, lambda content: content[:-1])
    assert publication.included(tmp_path) == {"c-1"}
    shutil.rmtree(tmp_path / "generations")
    assert publication.included(tmp_path) == frozenset()
