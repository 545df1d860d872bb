"""Compare a generation with its manifest, byte by byte, and say what differs."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from coopkg import durable
from coopkg.errors import Lang
from coopkg.generation import manifest
from coopkg.generation.manifest import Manifest, Sealed

_MANIFEST_BYTES: Final = 64 << 20

DAMAGES: Final = {
    "missing": ("absent", "missing"),
    "changed": ("différent de ce qui a été scellé", "not what was sealed"),
    "unknown": ("inconnu du manifeste", "unknown to the manifest"),
    "irregular": ("ni fichier ni dossier ordinaire", "neither a plain file nor a directory"),
    "unreadable": ("illisible", "unreadable"),
    "number": ("porte un autre numéro que son dossier", "numbered unlike its directory"),
}


@dataclass(frozen=True)
class Damage:
    """What is wrong with a file: its name, a key of `DAMAGES`, and evidence (fr, en)."""

    name: str
    kind: str
    evidence: tuple[str, str] = ("", "")

    def text(self, lang: Lang) -> str:
        """Say it in one language."""
        column = 0 if lang == "fr" else 1
        words, evidence = DAMAGES[self.kind][column], self.evidence[column]
        evidence = f" ({evidence})" if evidence else ""
        return f"{self.name}{' :' if lang == 'fr' else ':'} {words}{evidence}"


def damages(path: Path) -> list[Damage]:
    """Compare every byte of a generation with its manifest, and the manifest with its seal."""
    read = sealed(path)
    if isinstance(read, Damage):
        return [read]
    try:
        found = files(path)
    except FileNotFoundError:  # taken away since its manifest was read
        return [Damage(path.name, "missing")]
    found.pop(manifest.NAME, None)
    compared = (
        _damage(path, name, sealed, found.pop(name, None)) for name, sealed in read.files.items()
    )
    return [damage for damage in compared if damage] + [
        Damage(name, "unknown") for name in sorted(found)
    ]


def files(root: Path) -> dict[str, bool]:
    """Return the name of each file below a directory, and whether it is a plain one."""
    found = {}
    for folder, names, leaves in os.walk(root, onerror=_raise):
        for name in (*names, *leaves):
            path = Path(folder) / name
            mode = path.lstat().st_mode
            if not stat.S_ISDIR(mode):  # a link to a directory is a link
                found[path.relative_to(root).as_posix()] = stat.S_ISREG(mode)
    return found


def _raise(error: OSError) -> None:
    raise error


def _damage(path: Path, name: str, sealed: Sealed, is_plain: bool | None) -> Damage | None:
    if is_plain is None:
        return Damage(name, "missing")
    if not is_plain:
        return Damage(name, "irregular")
    try:
        same = Sealed(*durable.fingerprint(path / name)) == sealed
    except OSError as error:
        return Damage(name, "unreadable", durable.reason(error))
    return None if same else Damage(name, "changed")


def sealed(path: Path) -> Manifest | Damage:
    """Read the manifest of a directory, or say why it cannot be trusted."""
    try:
        if not stat.S_ISDIR(path.lstat().st_mode):
            return Damage(path.name, "irregular")
        read = Manifest.from_bytes(durable.read(path / manifest.NAME, _MANIFEST_BYTES))
    except FileNotFoundError:
        return Damage(manifest.NAME if path.exists() else path.name, "missing")
    except OSError as error:
        return Damage(manifest.NAME, "unreadable", durable.reason(error))
    except ValueError as error:
        return Damage(manifest.NAME, "changed", ("", str(error)))
    return read if f"{read.number:08d}" == path.name else Damage(manifest.NAME, "number")
