"""Make a generation: stage, seal, publish, roll back, prune.

Publication: fsync every file and directory → rename to the number → fsync → write
`current.tmp`, fsync, rename to `current`, fsync. A crash at any instant leaves the old generation
served, or the new one, whole; what the crash left behind, the next publication removes.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from coopkg import durable
from coopkg.errors import GenerationError
from coopkg.generation import manifest, opening, verifying
from coopkg.generation.manifest import Manifest, Sealed
from coopkg.generation.opening import Generation, refusals
from coopkg.generation.verifying import Damage

STORE: Final = "store.nq"

_LOG: Final = logging.getLogger("coopkg.generation")
_STAGING: Final = ".staging-"
_PRUNED: Final = ".pruned-"


@contextmanager
def staging(home: Path) -> Iterator[Path]:
    """Yield a new directory to build in; it is removed in the end, unless it was published.

    Raises:
        GenerationError: the disk refuses.
    """
    with ExitStack() as held:
        with refusals(home):
            directory = _stage(home, held)
        try:
            yield directory
        finally:
            durable.discard(directory)


def _stage(home: Path, held: ExitStack) -> Path:
    generations = durable.make_directory(opening.generations(home))
    while True:
        directory = generations / f"{_STAGING}{secrets.token_hex(8)}"
        directory.mkdir()
        with suppress(FileNotFoundError):  # swept before it was held: take another
            held.enter_context(durable.in_use(directory))
            return directory


def publish(
    staging: Path,
    home: Path,
    inputs: Mapping[str, str],
    graphs: Mapping[str, int],
    now: datetime,
    restores: int | None = None,
    tools: Mapping[str, str] | None = None,
) -> Generation:
    """Seal what was built in `staging` as the next generation, and serve it.

    Publications wait for one another. Whatever fails, the staging directory is removed and the
    generation served before is served still; only when the very last sync fails is the new one
    served already, and the error then says that it may not survive a power cut.

    Args:
        staging: a directory from `staging(home)`.
        home: where generations live.
        inputs: the sha-256 of each source, by its path relative to the project.
        graphs: the number of triples of each graph.
        now: the time of publication, with its zone.
        restores: the number of the generation whose content this brings back.
        tools: versions that shaped the content, when not those installed.

    Raises:
        GenerationError: the content cannot be sealed, or the disk refuses.
        ValueError: `now` has no zone, or an input is no relative path with a sha-256.
    """
    try:
        with refusals(home), durable.in_use(staging):
            draft = _draft(staging, inputs, graphs, now, restores, tools)
            generations = durable.make_directory(opening.generations(home))
            with durable.locked(generations / ".lock"):
                _sweep(generations)
                return _promote(staging, home, draft)
    finally:
        durable.discard(staging)


def _draft(
    staging: Path,
    inputs: Mapping[str, str],
    graphs: Mapping[str, int],
    now: datetime,
    restores: int | None,
    tools: Mapping[str, str] | None,
) -> Manifest:
    """Seal the files, and say all of the manifest but the number."""
    if now.tzinfo is None:
        raise ValueError("the time of publication needs its zone")
    tools = dict(manifest.installed_tools() if tools is None else tools)
    return Manifest(
        number=0,
        digest=manifest.digest(inputs, tools),
        published=now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        restores=restores,
        sources=manifest.normalised(inputs),
        files=_seal(staging),
        graphs=dict(sorted(graphs.items())),
        tools=tools,
    )


def _seal(staging: Path) -> dict[str, Sealed]:
    found = verifying.files(staging)
    for name, is_plain in found.items():
        if not is_plain or name == manifest.NAME or not manifest.is_portable(name):
            raise GenerationError(
                f"{staging.name} : {name!a} ne peut pas entrer dans une génération (fichiers "
                f"ordinaires seulement, noms portables, {manifest.NAME} s’écrit tout seul)",
                f"{staging.name}: {name!a} cannot enter a generation (plain files only, "
                f"portable names, {manifest.NAME} writes itself)",
            )
    if STORE not in found:
        raise GenerationError(
            f"{staging.name} : il manque {STORE}, les triplets à servir",
            f"{staging.name}: {STORE}, the triples to serve, is missing",
        )
    return {name: Sealed(*durable.seal(staging / name)) for name in sorted(found)}


def _sweep(generations: Path) -> None:
    """Remove what crashed publications left; one under way, even unlocked yet, is in use."""
    for path in sorted(generations.iterdir()):
        if path.name.startswith((_STAGING, _PRUNED)):
            with suppress(OSError), durable.unused(path) as free:
                if free:
                    durable.discard(path)


def _promote(staging: Path, home: Path, draft: Manifest) -> Generation:
    """Give the sealed directory its number, and serve it. The lock is held."""
    number = _next_number(home)
    made = replace(draft, number=number)
    durable.create(staging / manifest.NAME, made.to_bytes())
    durable.sync_directories(staging)
    durable.write(home / "highest", b"%d\n" % number)
    target = opening.directory(home, number)
    try:
        durable.rename(staging, target)
        durable.write(home / "current", b"%d\n" % number)
    except BaseException as error:
        is_served = opening.current_number(home) == number
        if is_served and isinstance(error, OSError):
            raise _half_sure(number, error, home) from error
        if not is_served and target.exists():
            withdraw(target)
        raise
    _LOG.info("generation %d published", number)
    return Generation(target, made)


def _half_sure(number: int, error: OSError, home: Path) -> GenerationError:
    fr, en = durable.explain(error, home)
    return GenerationError(
        f"génération {number} servie, mais une coupure de courant pourrait la perdre : {fr}",
        f"generation {number} is served, but may be lost at the next power cut: {en}",
    )


def _next_number(home: Path) -> int:
    """Return a number never used: `highest` remembers those of removed generations."""
    highest = opening.number_in(home / "highest") or 0
    return max(0, highest, *opening.numbers(home), *opening.cited(home)) + 1


def rollback(home: Path, ref: str, now: datetime) -> Generation:
    """Serve an older content again, as a new generation of its own.

    Files are copied, not linked: a link would share a bad sector with its original.

    Raises:
        UnknownError: no generation has that number or digest.
        GenerationError: it is damaged, or the disk refuses.
    """
    source = opening.open_(home, ref)
    with refusals(home), opening.in_use(source), staging(home) as directory:
        for name, sealed in source.manifest.files.items():
            durable.make_directory((directory / name).parent)
            if Sealed(*durable.copy(source.path / name, directory / name)) != sealed:
                raise opening.untrusted(source.number, [Damage(name, "changed")])
        old = source.manifest
        return publish(directory, home, old.sources, old.graphs, now, source.number, old.tools)


def cite(home: Path, ref: str) -> Generation:
    """Mark a generation as cited: it will never be pruned. Return it.

    Raises:
        UnknownError: no generation has that number or digest.
        GenerationError: it is damaged, or the disk refuses.
    """
    with refusals(home):
        generations = durable.make_directory(opening.generations(home))
        with durable.locked(generations / ".lock"):
            generation = opening.open_(home, ref)
            folder = durable.make_directory(home / "cited")
            durable.write(folder / str(generation.number), b"")
    return generation


def prune(home: Path, keep: int) -> list[int]:
    """Remove old generations, and return their numbers.

    Kept are the newest `keep`, each cited one, the one served, and those in use by a reader.

    Raises:
        ValueError: `keep` is less than 1.
        GenerationError: no generation verifies (then nothing is removed), or the disk refuses.
    """
    if keep < 1:
        raise ValueError(f"keep={keep}: at least one generation is kept")
    generations = opening.generations(home)
    if not generations.is_dir():
        return []
    with refusals(home), durable.locked(generations / ".lock"):
        _sweep(generations)
        kept = {opening.current(home).number, opening.current_number(home), *opening.cited(home)}
        kept.update(generation.number for generation in opening.known(home)[:keep])
        old = (number for number in opening.numbers(home) if number not in kept)
        return [number for number in old if _remove(opening.directory(home, number))]


def _remove(path: Path) -> bool:
    """Remove a generation, unless a reader uses it."""
    if path.is_symlink() or not path.is_dir():
        _LOG.warning("%s: not a directory, left alone", path)
        return False
    with durable.unused(path) as free:
        if free:
            withdraw(path)
    return free


def withdraw(path: Path) -> None:
    """Take a generation away at one stroke: nobody ever sees half of one."""
    doomed = path.with_name(f"{_PRUNED}{path.name}-{secrets.token_hex(4)}")
    try:
        durable.rename(path, doomed)
    finally:
        durable.discard(doomed)
