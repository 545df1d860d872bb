"""One zip, the same bytes for the same content, whole or not there at all."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from coopkg import durable
from coopkg.errors import OutputError

SUMS: Final = "SHA256SUMS"
MANIFEST: Final = "manifest.json"
_FILE: Final = 0o644 << 16
_STORED: Final = (".zip", ".gz", ".xlsx", ".png", ".woff2")
_UNIX: Final = 3


@dataclass(frozen=True)
class Written:
    """A zip as it was written: its sha-256, its bytes, and how many files it holds."""

    sha256: str
    bytes: int
    files: int


class Archive:
    """Writes files into one folder of a zip, all at one date, and remembers their hashes."""

    def __init__(self, target: zipfile.ZipFile, folder: str, when: datetime) -> None:
        self._target = target
        self._folder = folder
        self._when = (when.year, when.month, when.day, when.hour, when.minute, when.second)
        self.sums: dict[str, tuple[str, int]] = {}

    def add(self, name: str, content: bytes) -> None:
        """Add a file."""
        entry = zipfile.ZipInfo(f"{self._folder}/{name}", self._when)
        entry.external_attr = _FILE
        entry.create_system = _UNIX
        packed = zipfile.ZIP_STORED if name.endswith(_STORED) else zipfile.ZIP_DEFLATED
        self._target.writestr(entry, content, packed, compresslevel=9)
        self.sums[name] = (hashlib.sha256(content).hexdigest(), len(content))

    def seal(self, described: Mapping[str, Any]) -> None:
        """Add the list of all files, and their hashes as `sha256sum -c` reads them."""
        listed = {
            name: {"sha256": digest, "bytes": size}
            for name, (digest, size) in sorted(self.sums.items())
        }
        manifest = {**described, "files": listed}
        self.add(MANIFEST, (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode())
        lines = (f"{digest}  {name}\n" for name, (digest, _) in sorted(self.sums.items()))
        self.add(SUMS, "".join(lines).encode())


def write(out: Path, folder: str, when: datetime, fill: Callable[[Archive], None]) -> Written:
    """Write a zip at `out`, which is replaced only once the new one is whole and on the disk.

    Raises:
        OutputError: the disk refused; what was there before is still there.
    """
    temporary = out.with_name(f"{out.name}.{os.getpid()}.tmp")
    try:
        try:
            with zipfile.ZipFile(temporary, "x") as target:
                archive = Archive(target, folder, when)
                fill(archive)
            with temporary.open("rb") as made:
                os.fsync(made.fileno())
            digest, size = durable.fingerprint(temporary)
            os.replace(temporary, out)  # noqa: PTH105 - a failed replace is ours to clean
        except BaseException:
            with suppress(OSError):
                temporary.unlink()
            raise
        durable.sync_directory(out.absolute().parent)
    except OSError as error:
        raise OutputError(*durable.explain(error, out)) from error
    return Written(digest, size, len(archive.sums))


def text(lines: Iterable[str]) -> bytes:
    """Return a text file that every system opens: UTF-8 with its mark, CRLF."""
    return ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()
