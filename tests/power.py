"""A disk that loses what was not synced: a run is recorded, the power cut at each of its steps.

The model is the one that POSIX allows and journaling file systems keep: the content of a file is
there once the file was synced, a name once its directory was; until then any of it may be there,
the names of one directory in the order they were changed. A file may then be empty, cut in its
middle, or full of NUL where nothing had been written yet.
"""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest

HOOKED: Final = ("mkdir", "open", "write", "fsync", "rename", "replace", "unlink", "rmdir")
TRUNCATE: Final = "ftruncate"
Names = dict[str, int]


@dataclass(frozen=True)
class Moment:
    """What the disk held after a step: each directory and file by a number of its own.

    `names` and `synced_names` are the entries of directories, those between in `orders`; `content`
    and `synced` the bytes of files.
    """

    step: str
    names: dict[int, Names]
    orders: dict[int, tuple[Names, ...]]
    content: dict[int, bytes]
    synced: dict[int, bytes]
    modes: dict[int, int]


@dataclass
class Disk:
    """A home whose every change is recorded; what it holds at the start is synced."""

    home: Path
    forgets: bool = False
    moments: list[Moment] = field(default_factory=list)
    _ids: dict[tuple[int, int], int] = field(default_factory=dict)
    _fresh: Iterator[int] = field(default_factory=count)
    _names: dict[int, Names] = field(default_factory=dict)
    _orders: dict[int, tuple[Names, ...]] = field(default_factory=dict)
    _content: dict[int, bytes] = field(default_factory=dict)
    _stamps: dict[int, tuple[int, int]] = field(default_factory=dict)
    _synced: dict[int, bytes] = field(default_factory=dict)
    _modes: dict[int, int] = field(default_factory=dict)
    _busy: bool = False

    def record(self, act: Callable[[Path], Any]) -> None:
        """Do something to the home, and keep a moment of each call that changes the disk."""
        self._look()
        self._synced = dict(self._content)
        self._orders = {one: (names,) for one, names in self._names.items()}
        self._keep("start")
        with pytest.MonkeyPatch.context() as patch:
            for name in (*HOOKED, TRUNCATE):
                patch.setattr(os, name, self._hooked(name, getattr(os, name)))
            act(self.home)
        self._look()
        self._keep("end")

    def _hooked(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **options: Any) -> Any:
            if self._busy:
                return original(*given, **options)
            if name == "fsync":
                self._sync(given[0])
                done = None
            else:
                done = original(*given, **options)
            self._look()
            self._keep(name)
            return done

        return call

    def _sync(self, descriptor: int) -> None:
        self._look()
        known = os.fstat(descriptor)
        one = self._ids.get((known.st_dev, known.st_ino))
        if one is None or self.forgets:
            return
        if stat.S_ISDIR(known.st_mode):
            self._orders[one] = (self._names[one],)
        else:
            self._synced[one] = self._content[one]

    def _look(self) -> None:
        """Read the tree as it is now."""
        self._busy = True
        try:
            seen: set[tuple[int, int]] = set()
            self._folder(self.home, seen)
            for gone in self._ids.keys() - seen:
                del self._ids[gone]  # its number stays, where a name that was synced leads to it
        finally:
            self._busy = False

    def _folder(self, path: Path, seen: set[tuple[int, int]]) -> int:
        one = self._id(path.lstat(), seen)
        names: Names = {}
        for entry in sorted(path.iterdir()):
            found = entry.lstat()
            if stat.S_ISDIR(found.st_mode):
                names[entry.name] = self._folder(entry, seen)
            else:
                names[entry.name] = self._file(entry, found, seen)
        if self._names.get(one) != names:
            self._names[one] = names
            self._orders[one] = (*self._orders.get(one, ()), names)
        return one

    def _file(self, path: Path, found: os.stat_result, seen: set[tuple[int, int]]) -> int:
        one = self._id(found, seen)
        stamp = (found.st_size, found.st_mtime_ns)
        if self._stamps.get(one) != stamp:
            self._content[one] = path.read_bytes()
            self._stamps[one] = stamp
        return one

    def _id(self, found: os.stat_result, seen: set[tuple[int, int]]) -> int:
        key = (found.st_dev, found.st_ino)
        seen.add(key)
        if key not in self._ids:
            self._ids[key] = next(self._fresh)
        self._modes[self._ids[key]] = stat.S_IMODE(found.st_mode)
        return self._ids[key]

    def _keep(self, step: str) -> None:
        self.moments.append(
            Moment(
                step,
                dict(self._names),
                dict(self._orders),
                dict(self._content),
                dict(self._synced),
                dict(self._modes),
            )
        )


def strict(moment: Moment, target: Path) -> None:
    """Write what was synced, and nothing else."""
    _write(target, moment, lambda one: moment.orders[one][0], lambda one: moment.synced.get(one))


def empty(moment: Moment, target: Path) -> None:
    """Write every name, and of files only what was synced: the others are empty."""
    _write(target, moment, lambda one: moment.names[one], lambda one: moment.synced.get(one))


def some(moment: Moment, target: Path, chance: random.Random) -> None:
    """Write what was synced, and of the rest what chance wants."""

    def names(one: int) -> Names:
        return chance.choice(moment.orders[one])

    def content(one: int) -> bytes | None:
        now, before = moment.content[one], moment.synced.get(one, b"")
        if now == before:
            return now
        kept = len(before) if now.startswith(before) else 0  # an append loses no earlier byte
        half = now[: chance.randint(kept, len(now))]
        return chance.choice((before, now, half, half.ljust(len(now), b"\0")))

    _write(target, moment, names, content)


def _write(
    target: Path,
    moment: Moment,
    names: Callable[[int], Names],
    content: Callable[[int], bytes | None],
) -> None:
    waiting = [(0, target)]  # the home is what was seen first
    while waiting:
        one, path = waiting.pop()
        path.mkdir()
        for name, inside in names(one).items():
            if inside in moment.names:
                waiting.append((inside, path / name))
            else:
                (path / name).write_bytes(content(inside) or b"")
                (path / name).chmod(moment.modes[inside])
