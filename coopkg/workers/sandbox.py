"""What a worker process may not do: outlive its parent, grow, open, connect, start anything.

Two locks on files and network, because admission is the only other one: a seccomp filter that
allows a short list of system calls, and no free file descriptor (RLIMIT_NOFILE 0), which alone
stops every `open` and `socket` where the kernel or the processor has no filter of ours.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import struct
import sys
from collections.abc import Sequence
from typing import Final

# linux/prctl.h, linux/seccomp.h, linux/filter.h, linux/audit.h
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38
_M_ARENA_MAX: Final = -8  # malloc.h
_SECCOMP_SET_MODE_FILTER: Final = 1
_SECCOMP_FILTER_FLAG_TSYNC: Final = 1
_ALLOW: Final = 0x7FFF0000
_REFUSE: Final = 0x00050000 | 1  # SECCOMP_RET_ERRNO, EPERM
_LOAD_WORD: Final = 0x20
_JUMP_IF_EQUAL: Final = 0x15
_RETURN: Final = 0x06
_NUMBER_AT: Final = 0
_ARCHITECTURE_AT: Final = 4
_FIRST_ARGUMENT_AT: Final = 16

# What evaluating a query and answering on an open socket needs, and nothing else: the numbers of
# each call on x86_64 and on aarch64 (asm/unistd_64.h, asm-generic/unistd.h).
_CALLS: Final = {
    "read": (0, 63),
    "write": (1, 64),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "mmap": (9, 222),
    "mprotect": (10, 226),
    "munmap": (11, 215),
    "brk": (12, 214),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "readv": (19, 65),
    "writev": (20, 66),
    "sched_yield": (24, 124),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "nanosleep": (35, 101),
    "getitimer": (36, 102),
    "setitimer": (38, 103),
    "getpid": (39, 172),
    "exit": (60, 93),
    "gettimeofday": (96, 169),
    "sigaltstack": (131, 132),
    "gettid": (186, 178),
    "futex": (202, 98),
    "sched_getaffinity": (204, 123),
    "set_tid_address": (218, 96),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "exit_group": (231, 94),
    "set_robust_list": (273, 99),
    "getrandom": (318, 278),
    "membarrier": (324, 283),
    "rseq": (334, 293),
    "getrusage": (98, 165),
}
_TGKILL: Final = (234, 131)  # allowed on this process only: `abort` needs it
_SECCOMP: Final = (317, 277)
_MACHINES: Final = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}  # column, AUDIT_ARCH


def die_with_parent(parent: int | None = None) -> None:
    """Be killed when the thread that forked this process ends.

    With the number of that parent, leave at once if it has already gone.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if parent is not None and os.getppid() != parent:
            os._exit(0)


def address_space() -> int:
    """Return the bytes of address space in use, 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - one read, no Path
            return int(statm.read().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


def use_one_arena() -> None:
    """Keep the C library from reserving 64 MB of address space for each thread."""
    if sys.platform == "linux":
        mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # musl has none, and no arenas
        if mallopt:
            mallopt(_M_ARENA_MAX, 1)


def limit_memory(more_bytes: int) -> None:
    """Let this process grow by so much and no more; no core file, no file written."""
    if used := address_space():
        resource.setrlimit(resource.RLIMIT_AS, (used + more_bytes, used + more_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def limit_time(seconds: float) -> None:
    """Let this process work for so many seconds from now, waiting not counted, and be killed."""
    signal.setitimer(signal.ITIMER_PROF, seconds)


def lock() -> str:
    """Give up files, network and other processes, in every thread, for ever.

    Returns:
        "seccomp", or "descriptors" where only the second lock could be set.
    """
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))  # first: the filter refuses setrlimit
    return "seccomp" if _filter_system_calls() else "descriptors"


def _filter_system_calls() -> bool:
    if sys.platform != "linux" or os.uname().machine not in _MACHINES:
        return False
    column, architecture = _MACHINES[os.uname().machine]
    allowed = [numbers[column] for numbers in _CALLS.values()]
    rules = _program(architecture, allowed, _TGKILL[column], os.getpid())
    code = ctypes.create_string_buffer(rules, len(rules))
    header = struct.pack("HP", len(rules) // 8, ctypes.addressof(code))
    program = ctypes.create_string_buffer(header, len(header))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    refused = libc.syscall(
        _SECCOMP[column], _SECCOMP_SET_MODE_FILTER, _SECCOMP_FILTER_FLAG_TSYNC, program
    )
    return int(refused) == 0


def _program(architecture: int, allowed: Sequence[int], tgkill: int, pid: int) -> bytes:
    """Return a classic BPF program: the allowed calls, and tgkill on this process."""
    lines = [
        (_LOAD_WORD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_IF_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _REFUSE),
        (_LOAD_WORD, 0, 0, _NUMBER_AT),
    ]
    # Each test jumps over the tests after it and the four lines on tgkill, to the last line.
    last = len(allowed) + 3
    lines += [(_JUMP_IF_EQUAL, last - i, 0, number) for i, number in enumerate(allowed)]
    lines += [
        (_JUMP_IF_EQUAL, 0, 2, tgkill),
        (_LOAD_WORD, 0, 0, _FIRST_ARGUMENT_AT),
        (_JUMP_IF_EQUAL, 1, 0, pid),
        (_RETURN, 0, 0, _REFUSE),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(struct.pack("HBBI", *line) for line in lines)
