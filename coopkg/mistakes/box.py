"""Where reports are kept: one file each, under `reports/` of the state folder, for its owner only.

A file is written whole and synced before anything is acknowledged; a change replaces it.
"""

from __future__ import annotations

import errno
import itertools
import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from coopkg import durable
from coopkg.errors import CoopkgError, UnknownError
from coopkg.mistakes.mistake import Answer, Mistake, Written, code, identify, plain

FOLDER: Final = "reports"
SUFFIX: Final = ".json"
MOST_KEPT: Final = 10_000
LARGEST: Final = 256 << 10
_OWNER: Final = 0o700

Mark = tuple[int, int]


class Box:
    """The reports of one installation."""

    def __init__(self, home: Path, most: int = MOST_KEPT) -> None:
        self._folder = home / FOLDER
        self._most = most
        self._known: tuple[Mark, list[Mistake]] | None = None

    # --- Read ------------------------------------------------------------------------------

    def get(self, reference: str) -> Mistake:
        """Return a report.

        Raises:
            UnknownError: there is none with that reference.
        """
        found = self._read(self._path(code(reference))) if code(reference) else None
        if found is None:
            shown = plain(reference)[:40]
            raise UnknownError(
                shown,
                f"aucun signalement n’a la référence « {shown} »",
                f"no report has the reference {shown!r}",
            )
        return found

    def every(self) -> list[Mistake]:
        """Return every report, the first received first."""
        found = [one for path in self._paths() if (one := self._read(path))]
        return sorted(found, key=lambda one: (one.received, one.id))

    def damaged(self) -> list[str]:
        """Return the names of files that are no reports."""
        return sorted(path.name for path in self._paths() if self._read(path) is None)

    def answered(self) -> list[Mistake]:
        """Return those that are answered, in order; looked up again when one has changed."""
        mark = self._mark()
        if self._known is None or self._known[0] != mark:
            self._known = mark, [one for one in self.every() if one.answer]
        return self._known[1]

    def _mark(self) -> Mark:
        try:
            found = self._folder.stat()
        except OSError:
            return 0, 0
        return found.st_mtime_ns, found.st_ino

    def _paths(self) -> Iterator[Path]:
        with suppress(FileNotFoundError):
            yield from sorted(self._folder.glob(f"R*{SUFFIX}"))

    def _path(self, reference: str) -> Path:
        return self._folder / (reference + SUFFIX)

    def _read(self, path: Path) -> Mistake | None:
        try:
            return Mistake.load(durable.read(path, LARGEST))
        except (OSError, ValueError):
            return None

    # --- Change ----------------------------------------------------------------------------

    def put(self, said: Written, now: str) -> Mistake:
        """Keep what somebody wrote, for good; what is already kept and open is not kept twice.

        Raises:
            OSError: it could not be kept, and nothing was; `EDQUOT` when the box is full.
        """
        with self._locked():
            for attempt in itertools.count():
                reference = identify(said, attempt)
                path = self._path(reference)
                found = self._read(path)
                if found and found.state == "open" and found.written == said:
                    return found
                if not path.exists():
                    break
            if sum(1 for _ in self._paths()) >= self._most:
                raise OSError(errno.EDQUOT, "too many reports are kept", str(self._folder))
            made = Mistake(reference, now, said)
            durable.write(path, made.dump())
            return made

    def answer(self, reference: str, answer: Answer) -> Mistake:
        """Mark a report as answered; an answer replaces the one before.

        Raises:
            UnknownError: there is none with that reference.
            OSError: the answer could not be kept.
        """
        return self._change(reference, lambda one: replace(one, answer=answer))

    def erase(self, reference: str) -> Mistake:
        """Erase all that was written, the address of its writer first of all; keep the reference.

        Raises:
            UnknownError: there is none with that reference.
            OSError: it could not be erased.
        """
        return self._change(reference, _erased)

    def _change(self, reference: str, change: Callable[[Mistake], Mistake]) -> Mistake:
        with self._locked():
            made = change(self.get(reference))
            durable.write(self._path(made.id), made.dump())
            return made

    @contextmanager
    def _locked(self) -> Iterator[None]:
        durable.make_directory(self._folder)
        if stat.S_IMODE(self._folder.stat().st_mode) != _OWNER:
            os.chmod(self._folder, _OWNER)  # noqa: PTH101 - what tests make fail
        with durable.locked(self._folder / ".lock"):
            yield


def _erased(one: Mistake) -> Mistake:
    said = one.written
    kept = Written(said.about.partition("?")[0], "", "", said.generation, "", said.lang)
    return replace(one, written=kept, erased=True)


def refused(error: OSError, folder: Path) -> CoopkgError:
    """Return what the disk refused, for the terminal."""
    return CoopkgError(*durable.explain(error, folder))
