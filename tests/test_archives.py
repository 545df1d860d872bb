"""Archives are those that the standard library writes, whether their files were packed before."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

from coopkg.build import archives
from coopkg.build.archives import Packer

FILES = {"b/é.csv": "à;é\r\n".encode() * 900, "a.txt": b"", "b/a.nt": bytes(range(256)) * 300}


def plainly(files: dict[str, bytes]) -> bytes:
    """Return what the standard library writes."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in sorted(files.items()):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=archives.LEVEL)
    return made.getvalue()


def test_an_archive_is_that_of_the_standard_library() -> None:
    assert Packer().archive(FILES) == plainly(FILES)


def test_an_archive_without_files_can_be_read() -> None:
    assert zipfile.ZipFile(io.BytesIO(Packer().archive({}))).namelist() == []


def test_what_was_packed_before_gives_the_same_bytes_and_what_changed_is_packed() -> None:
    first = Packer()
    first.archive(FILES)
    after = {**FILES, "a.txt": b"new", "c.txt": FILES["b/a.nt"]}
    del after["b/a.nt"]
    second = Packer(first.packed)
    assert second.archive(after) == plainly(after)
    assert set(second.packed) == set(after.values())


def test_what_was_packed_before_is_not_packed_again() -> None:
    first = Packer()
    first.archive(FILES)
    other = {content: replace(one, crc=7) for content, one in first.packed.items()}
    assert Packer(other).archive(FILES) != plainly(FILES)
