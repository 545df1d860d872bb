"""Files that survive a crash: written whole, synced, then renamed; locks that die with us.

The order is always the same: write → fsync the file → rename → fsync the directory. After a
power cut a reader then finds the old file or the new one, never half of either.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import logging
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

BLOCK_BYTES: Final = 1 << 20
READ_ONLY: Final = 0o444
DIRECTORY: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC

_LOG: Final = logging.getLogger(__name__)

_REASONS: Final = {
    errno.ENOSPC: ("plus de place sur le disque", "no space left on the disk"),
    errno.EDQUOT: ("quota de disque atteint", "disk quota reached"),
    errno.EFBIG: ("fichier plus grand que la limite permise", "file larger than allowed"),
    errno.EIO: ("le disque a rendu une erreur", "the disk reported an error"),
    errno.EROFS: ("disque en lecture seule", "read-only disk"),
    errno.EACCES: ("accès refusé", "permission denied"),
    errno.EPERM: ("opération interdite", "operation not permitted"),
    errno.EMFILE: ("trop de fichiers ouverts", "too many open files"),
    errno.EXDEV: ("pas sur le même disque", "not on the same disk"),
    errno.ENOENT: ("fichier ou dossier absent", "no such file or directory"),
    errno.EEXIST: ("existe déjà", "already exists"),
    errno.ELOOP: ("lien symbolique refusé", "symbolic link refused"),
    errno.ENOTDIR: ("n’est pas un dossier", "not a directory"),
}


def write(path: Path, content: bytes) -> None:
    """Put content at path atomically: a reader sees the old content or the new, whole.

    The caller holds a lock, for the temporary name `<name>.tmp` is fixed.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        _put(temporary, content, os.O_TRUNC, 0o644)
        os.replace(temporary, path)  # noqa: PTH105 - a failed replace is ours to clean
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_directory(path.parent)


def create(path: Path, content: bytes, mode: int = READ_ONLY) -> None:
    """Write a new file and fsync it; its directory is the caller's to sync.

    Raises:
        FileExistsError: path exists already.
    """
    _put(path, content, os.O_EXCL, mode)


def append(path: Path, content: bytes) -> None:
    """Add bytes to the end of a file, for good; nothing of them stays when the disk refuses.

    The caller holds a lock. Killed in the middle, a part of them may stay: the caller tells.
    """
    flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, 0o644)
    try:
        before = os.fstat(descriptor).st_size
        try:
            _write_all(descriptor, content)
            os.fsync(descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(descriptor, before)
                os.fsync(descriptor)
            raise
    finally:
        os.close(descriptor)
    if not before:
        sync_directory(path.parent)


def cut(path: Path, size: int) -> None:
    """Shorten a file to so many bytes, for good."""
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.ftruncate(descriptor, size)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _put(path: Path, content: bytes, flags: int, mode: int) -> None:
    flags |= os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, mode)
    try:
        _write_all(descriptor, content)
        os.fchmod(descriptor, mode)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:  # a write may take only a part: POSIX write()
        rest = rest[os.write(descriptor, rest) :]


def _blocks(descriptor: int) -> Iterator[bytes]:
    while block := os.read(descriptor, BLOCK_BYTES):
        yield block


@contextmanager
def _reading(path: Path) -> Iterator[int]:
    """Open a regular file and nothing else: no link, and no FIFO that would hang."""
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(errno.EINVAL, "not a regular file", str(path))
        yield descriptor
    finally:
        os.close(descriptor)


def fingerprint(path: Path) -> tuple[str, int]:
    """Return the sha-256 and the size in bytes of a regular file."""
    digest, size = hashlib.sha256(), 0
    with _reading(path) as descriptor:
        for block in _blocks(descriptor):
            digest.update(block)
            size += len(block)
    return digest.hexdigest(), size


def read(path: Path, at_most: int) -> bytes:
    """Return the content of a regular file, cut after at_most bytes."""
    with _reading(path) as descriptor:
        return os.read(descriptor, at_most)


def seal(path: Path) -> tuple[str, int]:
    """Make a file read-only and fsync it; return its sha-256 and its size in bytes."""
    with _reading(path) as descriptor:
        os.fchmod(descriptor, READ_ONLY)
        os.fsync(descriptor)
    return fingerprint(path)


def copy(source: Path, target: Path) -> tuple[str, int]:
    """Copy a file's bytes to a new file; return the sha-256 and the size of what was read."""
    digest, size = hashlib.sha256(), 0
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    with _reading(source) as reader:
        writer = os.open(target, flags, 0o644)
        try:
            for block in _blocks(reader):
                digest.update(block)
                size += len(block)
                _write_all(writer, block)
        finally:
            os.close(writer)
    return digest.hexdigest(), size


def rename(source: Path, target: Path) -> None:
    """Move a synced directory or file to a free name, and make the move last.

    Raises:
        FileExistsError: the name is taken, even by an empty directory.
    """
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, "already exists", str(target))
    source.rename(target)
    sync_directory(target.parent)


def make_directory(path: Path) -> Path:
    """Create a directory and its missing parents so that they last; return it."""
    if not path.is_dir():
        if path.parent != path:
            make_directory(path.parent)
        with suppress(FileExistsError):
            path.mkdir()
        sync_directory(path.parent)
    return path


def sync_directory(path: Path) -> None:
    """Make the names in a directory last."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_directories(root: Path) -> None:
    """Make the names in a directory and in all below it last, the deepest first."""
    for folder, _, _ in os.walk(root, topdown=False):
        sync_directory(Path(folder))


def discard(path: Path) -> bool:
    """Remove a directory and all in it; False, and a line in the log, when that fails."""
    try:
        shutil.rmtree(path)
    except FileNotFoundError:
        return True
    except OSError as error:
        _LOG.warning("%s: cannot be removed: %s", path, error.strerror)
        return False
    return True


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the one lock at path, waiting for it; the kernel frees it if we die."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def in_use(directory: Path) -> Iterator[None]:
    """Tell others that a directory is in use, as often as wanted: see `unused`.

    Raises:
        FileNotFoundError: it was removed before it could be held.
    """
    descriptor = os.open(directory, DIRECTORY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        if not os.path.samestat(os.fstat(descriptor), directory.lstat()):
            raise FileNotFoundError(errno.ENOENT, "replaced meanwhile", str(directory))
        yield
    finally:
        # Closing is not enough: a process that is just being started holds a copy until it execs.
        with suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_UN)
        os.close(descriptor)


@contextmanager
def unused(directory: Path) -> Iterator[bool]:
    """Yield True when nobody uses a directory; nobody can begin to while in the block."""
    descriptor = os.open(directory, DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # in use, or a file system that cannot tell: then leave it alone
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)


def reason(error: OSError) -> tuple[str, str]:
    """Say in French and in English why the disk refused, in a few words."""
    words = error.strerror or str(error)
    return _REASONS.get(error.errno or 0, (words, words))


def explain(error: OSError, path: Path) -> tuple[str, str]:
    """Say in French and in English what the disk refused, where, and how much is free."""
    where = error.filename2 or error.filename or path
    fr, en = reason(error)
    free_mb = _free_bytes(path) / 1e6
    number = f"{free_mb:,.1f}"
    number_fr = number.replace(",", "\u202f").replace(".", ",")
    return f"{where} : {fr} ({number_fr} Mo libres)", f"{where}: {en} ({number} MB free)"


def _free_bytes(path: Path) -> int:
    for existing in (path, *path.absolute().parents):
        with suppress(OSError):
            return shutil.disk_usage(existing).free
    return 0
