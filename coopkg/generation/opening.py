"""Find a generation and verify every byte of it before it is served."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from coopkg import durable
from coopkg.errors import GenerationError, Lang, UnknownError
from coopkg.generation import gone, manifest, verifying
from coopkg.generation.manifest import Manifest
from coopkg.generation.verifying import Damage

_LOG: Final = logging.getLogger("coopkg.generation")
_NUMBER: Final = re.compile(r"[0-9]{1,10}")
_REFERENCE: Final = re.compile(r"(?:(?P<number>[0-9]{1,10})-)?(?P<digest>[0-9a-f]{12,64})")
_SHOWN: Final = 3


@dataclass(frozen=True)
class Generation:
    """A published state: its directory and its manifest.

    `fallback_from` is None, or what `current` held when that could not be trusted ("" when
    there was no such file).
    """

    path: Path
    manifest: Manifest
    fallback_from: str | None = None

    @property
    def number(self) -> int:
        """The number, which only ever grows."""
        return self.manifest.number

    @property
    def digest(self) -> str:
        """The digest of the inputs: 64 hexadecimal digits."""
        return self.manifest.digest

    @property
    def id(self) -> str:
        """The number and the first 12 digits of the digest: `12-abcdef123456`."""
        return f"{self.number}-{self.digest[:12]}"

    def is_named(self, ref: str) -> bool:
        """Tell whether this is its number, its digest (12 digits or more) or its id."""
        if _NUMBER.fullmatch(ref):
            return int(ref) == self.number
        match = _REFERENCE.fullmatch(ref.lower())
        if not match or not self.digest.startswith(match["digest"]):
            return False
        return match["number"] is None or int(match["number"]) == self.number

    def file(self, name: str) -> Path:
        """Return the path of a sealed file.

        Raises:
            UnknownError: the manifest lists no such file.
        """
        if name not in self.manifest.files:
            raise UnknownError(
                name,
                f"la génération {self.id} n’a pas de fichier « {name} »",
                f"generation {self.id} has no file {name!r}",
                tuple(self.manifest.files),
            )
        return self.path / name

    def read(self, name: str) -> bytes:
        """Return the content of a sealed file, checked again.

        Raises:
            UnknownError: the manifest lists no such file.
            GenerationError: the file cannot be read, or is not what was sealed.
        """
        path = self.file(name)
        with refusals(path):
            content = path.read_bytes()
        if manifest.sealed(content) != self.manifest.files[name]:
            raise untrusted(self.number, [Damage(name, "changed")])
        return content

    def read_json(self, name: str) -> Any:
        """Return the value of a sealed JSON file; raises as `read` does."""
        return json.loads(self.read(name))


# --- Where things are ----------------------------------------------------------------------


def generations(home: Path) -> Path:
    """Return the directory that holds every generation."""
    return home / "generations"


def directory(home: Path, number: int) -> Path:
    """Return the directory of the generation with this number."""
    return generations(home) / f"{number:08d}"


def numbers(home: Path) -> list[int]:
    """Return the number of each directory, damaged ones too, the greatest first."""
    return sorted(
        (
            int(name)
            for name in _names(generations(home))
            if name.isascii() and name.isdigit() and name == directory(home, int(name)).name
        ),
        reverse=True,
    )


def cited(home: Path) -> set[int]:
    """Return the numbers marked as cited, by a file `cited/<number>`: never to be pruned."""
    return {int(name) for name in _names(home / "cited") if _NUMBER.fullmatch(name)}


def current_number(home: Path) -> int | None:
    """Return the number `current` holds, or None; cheap enough to ask at each request."""
    return number_in(home / "current")


def number_in(path: Path) -> int | None:
    """Return the number a small file holds, or None when it holds anything else."""
    text = _text(path).strip()
    return int(text) if _NUMBER.fullmatch(text) else None


def _text(path: Path) -> str:
    try:
        return durable.read(path, at_most=64).decode("utf-8", "backslashreplace")
    except OSError:
        return ""


def _names(path: Path) -> list[str]:
    try:
        return [entry.name for entry in path.iterdir()]
    except FileNotFoundError:
        return []


# --- Open ----------------------------------------------------------------------------------


def current(home: Path) -> Generation:
    """Return the generation to serve, every byte of it verified.

    When `current` is missing, unreadable, or names a generation that is missing or damaged,
    the newest one that verifies is returned; it says so in `fallback_from` and in the log.

    Raises:
        GenerationError: there is none, or none that verifies.
    """
    with refusals(home):
        while True:
            pointer = _text(home / "current")
            number = current_number(home)
            if number is not None and (pointed := _trusted(home, number)):
                return pointed
            if _text(home / "current") == pointer:  # else one was published meanwhile
                break
        for number in numbers(home):
            if fallback := _trusted(home, number):
                _LOG.error("current holds %r: serving generation %s", pointer, fallback.id)
                return replace(fallback, fallback_from=pointer.strip())
        raise _nothing_to_serve(home)


def pointed(home: Path) -> Generation | None:
    """Return the generation that `current` names, its manifest verified; None when there is none.

    For who reads a file or two of it: each is verified when it is read, the others are not.

    Raises:
        GenerationError: its manifest is damaged, or the disk refuses.
    """
    number = current_number(home)
    if number is None:
        return None
    path = directory(home, number)
    with refusals(home):
        read = verifying.sealed(path)
    if isinstance(read, Damage):
        raise untrusted(number, [read])
    return Generation(path, read)


def open_(home: Path, ref: str) -> Generation:
    """Return a verified generation by its number, its digest (12 digits or more) or its id.

    Several may share a digest: the newest number that verifies wins.

    Raises:
        UnknownError: none has that name; the error lists those there are.
        GenerationError: each that has it is damaged.
    """
    with refusals(home):
        everything = known(home)
        wanted = [found.number for found in everything if found.is_named(ref)]
        if not wanted and _NUMBER.fullmatch(ref):
            wanted = [number for number in numbers(home) if number == int(ref)]
        for number in wanted:
            if found := _trusted(home, number):
                return found
        if wanted:
            raise untrusted(wanted[0], verifying.damages(directory(home, wanted[0])))
    error = UnknownError(
        ref,
        f"aucune génération « {ref} »",
        f"no generation {ref!r}",
        tuple(generation.id for generation in everything),
    )
    raise gone.explained(home, error)


def known(home: Path) -> list[Generation]:
    """Return the generations whose manifest is whole, the newest first; files are not read."""
    found = []
    with refusals(home):
        for number in numbers(home):
            path = directory(home, number)
            read = verifying.sealed(path)
            if isinstance(read, Manifest):
                found.append(Generation(path, read))
            else:
                _LOG.warning("generation %d: %s", number, read.text("en"))
    return found


def verify(generation: Generation, lang: Lang = "en") -> list[str]:
    """Return the damages of a generation, in words; none when every byte is as sealed."""
    return [damage.text(lang) for damage in verifying.damages(generation.path)]


def audit(home: Path, lang: Lang = "en") -> dict[int, list[str]]:
    """Return the damages of every numbered directory, readable or not, the newest first."""
    with refusals(home):
        return {
            number: [damage.text(lang) for damage in verifying.damages(directory(home, number))]
            for number in numbers(home)
        }


@contextmanager
def in_use(generation: Generation) -> Iterator[None]:
    """Keep `prune`, in any process, away from this generation for as long as the block lasts.

    Raises:
        GenerationError: it was removed already.
    """
    with ExitStack() as held:
        with refusals(generation.path):
            held.enter_context(durable.in_use(generation.path))
        yield


def _trusted(home: Path, number: int) -> Generation | None:
    """Return a generation when it verifies, else None and the damages in the log."""
    path = directory(home, number)
    found = verifying.damages(path)
    for damage in found:
        _LOG.error("generation %d: %s", number, damage.text("en"))
    read = verifying.sealed(path)
    return None if found or isinstance(read, Damage) else Generation(path, read)


# --- Errors --------------------------------------------------------------------------------


@contextmanager
def refusals(path: Path) -> Iterator[None]:
    """Turn what the disk refuses into a GenerationError that says where and how much is free."""
    try:
        yield
    except OSError as error:
        raise GenerationError(*durable.explain(error, path)) from error


def untrusted(number: int, found: list[Damage]) -> GenerationError:
    """Return the error that names what is damaged in a generation."""
    fr, en = (", ".join(damage.text(lang) for damage in found[:_SHOWN]) for lang in ("fr", "en"))
    more = len(found) - _SHOWN
    more_fr, more_en = (f", et {more} de plus", f", and {more} more") if more > 0 else ("", "")
    return GenerationError(
        f"génération {number} endommagée : {fr}{more_fr}",
        f"generation {number} is damaged: {en}{more_en}",
    )


def _nothing_to_serve(home: Path) -> GenerationError:
    there = numbers(home)
    if not there:
        return GenerationError(
            f"aucune génération sous {home} : « coopkg publish » fait la première",
            f"no generation under {home}: `coopkg publish` makes the first",
        )
    newest = untrusted(there[0], verifying.damages(directory(home, there[0])))
    return GenerationError(
        f"aucune des {len(there)} générations sous {home} n’est intacte ; "
        f"la plus récente : {newest.message('fr')}",
        f"none of the {len(there)} generations under {home} is intact; "
        f"the newest: {newest.message('en')}",
    )
