"""The manifest of a generation: what it was made from, what it holds, and its own seal.

`manifest.json` is written in one canonical form and carries a sha-256 of itself, so that any
change of any byte of it is noticed, as the sha-256 it lists notice a change of any other file.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from importlib import metadata
from pathlib import PurePosixPath
from typing import Any, Final

from coopkg import __version__

FORMAT: Final = 1
NAME: Final = "manifest.json"
LIBRARIES: Final = ("owlrl", "pyoxigraph", "pyshacl", "rdflib")

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_UTC_SECOND: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


@dataclass(frozen=True)
class Sealed:
    """What a file of a generation must be: its sha-256 and its size in bytes."""

    sha256: str
    bytes: int


@dataclass(frozen=True)
class Manifest:
    """What a generation was made from and what it holds.

    `published` is UTC to the second (ISO 8601, with Z); `restores` is the number of the older
    generation whose content this one brings back; `graphs` counts the triples of each graph.
    """

    number: int
    digest: str
    published: str
    restores: int | None
    sources: Mapping[str, str]
    files: Mapping[str, Sealed]
    graphs: Mapping[str, int]
    tools: Mapping[str, str]
    format: int = FORMAT

    def to_bytes(self) -> bytes:
        """Write the manifest in its canonical form, seal included."""
        content = asdict(self)
        return _canonical({**content, "seal": hashlib.sha256(_canonical(content)).hexdigest()})

    @classmethod
    @lru_cache(maxsize=128)
    def from_bytes(cls, written: bytes) -> Manifest:
        """Read a manifest, trusting nothing; the same bytes are read once.

        Raises:
            ValueError: not the bytes that `to_bytes` wrote; the text says why, in English.
        """
        try:
            content = json.loads(written)
            if content.pop("format") != FORMAT:
                raise ValueError(f"not written in format {FORMAT}")
            del content["seal"]
            files = {name: Sealed(**seal) for name, seal in content.pop("files").items()}
            manifest = cls(files=files, **content)
            manifest._check()
        except (AttributeError, KeyError, TypeError, RecursionError) as error:
            raise ValueError(f"not a manifest: {error}") from error
        if manifest.to_bytes() != written:
            raise ValueError("changed since it was sealed")
        return manifest

    def _check(self) -> None:
        whole = [self.number, *(file.bytes for file in self.files.values())]
        hashes = [self.digest, *self.sources.values()]
        hashes += [file.sha256 for file in self.files.values()]
        if not all(type(value) is int and value >= 0 for value in whole):
            raise ValueError("a number is missing or negative")
        if not all(_SHA256.fullmatch(value) for value in hashes):
            raise ValueError("a sha-256 is not 64 hexadecimal digits")
        if not _UTC_SECOND.fullmatch(self.published):
            raise ValueError("the date of publication is not UTC to the second")
        for name in self.files:
            if not is_portable(name):
                raise ValueError(f"{name!a} is not a plain relative path")
        if self.digest != digest(self.sources, self.tools):
            raise ValueError("its digest is not that of its sources")


def digest(inputs: Mapping[str, str], tools: Mapping[str, str] | None = None) -> str:
    """Return the 64 hexadecimal digits that name these inputs, on any machine and any day.

    The digest covers the format of generations, each source's relative path and sha-256, and
    the version of each tool that can change what is made of them (by default, those installed).

    Raises:
        ValueError: a path is absolute or leaves the project, or a value is no sha-256.
    """
    content = {
        "format": FORMAT,
        "sources": dict(normalised(inputs)),
        "tools": dict(installed_tools() if tools is None else tools),
    }
    return hashlib.sha256(_canonical(content)).hexdigest()


def installed_tools() -> dict[str, str]:
    """Return the version of each tool whose change can change a generation."""
    versions = {name: metadata.version(name) for name in LIBRARIES}
    return {"coopkg": __version__, **versions}


def normalised(inputs: Mapping[str, str]) -> dict[str, str]:
    """Return the same inputs with POSIX paths, relative, in Unicode NFC, sorted.

    Raises:
        ValueError: as `digest`, or two paths become one and differ.
    """
    result: dict[str, str] = {}
    for path, sha256 in inputs.items():
        name = relative(path)
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{path}: {sha256!r} is not a sha-256 in hexadecimal")
        if result.setdefault(name, sha256) != sha256:
            raise ValueError(f"{name}: given twice, with two contents")
    return dict(sorted(result.items()))


def relative(path: str) -> str:
    r"""Return a relative path as POSIX writes it, in Unicode NFC.

    >>> relative(".\\graph_data\\catalog.ttl")
    'graph_data/catalog.ttl'

    Raises:
        ValueError: the path is empty, absolute, or goes up.
    """
    # macOS hands out é as two characters and Windows separates with \; neither is content.
    plain = PurePosixPath(unicodedata.normalize("NFC", path.replace("\\", "/")))
    unsafe = plain.is_absolute() or ".." in plain.parts or not plain.parts
    if unsafe or re.match(r"[A-Za-z]:", str(plain)) or "\0" in path:
        raise ValueError(f"{path!r} is not a path inside the project")
    return str(plain)


def is_portable(name: str) -> bool:
    """Tell whether a file may have this name in a generation."""
    try:
        name.encode()
        return relative(name) == name
    except ValueError:
        return False


def sealed(content: bytes) -> Sealed:
    """Return what a file with this content must be."""
    return Sealed(hashlib.sha256(content).hexdigest(), len(content))


def _canonical(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False)
    return (text + "\n").encode()
