"""The cage of the process that decodes pictures: a list of system calls that the kernel still answers.

A process in the cage computes, and reads and writes what is open. It can open nothing, start no program and
no process, connect to nothing, send a signal to nobody else, look into no other process, and map no new
code. Threads of its own are allowed: encoders and the gate's model use them, and they end with the process.

What is not on the list is refused with an error. Calls that only an attacker makes end the process.

The filter is a program for the kernel's classic BPF, as in seccomp(2) of the Linux manual. It knows Linux on
x86_64 and aarch64. Elsewhere, and where the kernel refuses it, no picture is decoded.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from dataclasses import dataclass


class CageUnavailable(RuntimeError):
    """The kernel does not offer what the cage needs."""


# Numbers of linux/seccomp.h, linux/bpf_common.h, linux/audit.h, linux/prctl.h and asm/unistd.h.
_KILL, _ERRNO, _ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_IF_EQUAL, _IF_ANY_BIT = 0x15, 0x45
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16  # in struct seccomp_data
_SET_FILTER, _ALL_THREADS = 1, 1
_NO_NEW_PRIVILEGES, _SET_NAME = 38, 15
_PROT_EXEC = 4
# What glibc passes for a thread, and only for a thread; musl adds CLONE_DETACHED.
_THREAD, _DETACHED = 0x3D0F00, 0x400000


@dataclass(frozen=True)
class _Machine:
    audit: int
    column: int  # of _CALLS
    seccomp: int


_MACHINES = {
    "x86_64": _Machine(audit=0xC000003E, column=0, seccomp=317),
    "aarch64": _Machine(audit=0xC00000B7, column=1, seccomp=277),
}

# Number on x86_64 and on aarch64; None where it does not exist. The frequent ones come first.
_CALLS: dict[str, tuple[int | None, int | None]] = {
    "futex": (202, 98),
    "munmap": (11, 215),
    "madvise": (28, 233),
    "brk": (12, 214),
    "mremap": (25, 216),
    "read": (0, 63),
    "write": (1, 64),
    "lseek": (8, 62),
    "close": (3, 57),
    "sched_yield": (24, 124),
    "clock_gettime": (228, 113),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "restart_syscall": (219, 128),
    "getcpu": (309, 168),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getrandom": (318, 278),
    "sched_getaffinity": (204, 123),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "membarrier": (324, 283),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
# Refused with another error than the rest, which lets Python and the libraries go on as if it were not there.
_REFUSED: dict[str, tuple[tuple[int | None, int | None], int]] = {
    "clone3": ((435, 435), errno.ENOSYS),  # its flags are out of a filter's sight; clone follows
    "open": ((2, None), errno.EACCES),
    "openat": ((257, 56), errno.EACCES),
    "stat": ((4, None), errno.EACCES),
    "lstat": ((6, None), errno.EACCES),
    "newfstatat": ((262, 79), errno.EACCES),
    "statx": ((332, 291), errno.EACCES),
    "access": ((21, None), errno.EACCES),
    "readlink": ((89, None), errno.EACCES),
    "readlinkat": ((267, 78), errno.EACCES),
    "ioctl": ((16, 29), errno.ENOTTY),
}
# No decoder calls these. Who does has taken the process over: it ends, and staff are told.
_HOSTILE: dict[str, tuple[int | None, int | None]] = {
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kill": (62, 129),
    "tkill": (200, 130),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "pidfd_getfd": (438, 438),
    "socket": (41, 198),
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "sendto": (44, 206),
    "io_uring_setup": (425, 425),
    "bpf": (321, 280),
    "userfaultfd": (323, 282),
    "perf_event_open": (298, 241),
    "open_by_handle_at": (304, 265),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "keyctl": (250, 219),
}
_MMAP, _MPROTECT, _CLONE, _PRCTL, _TGKILL = (9, 222), (10, 226), (56, 220), (157, 167), (234, 131)


def program(machine: str, process: int) -> bytes:
    """Return the filter as instructions of the kernel's classic BPF.

    Args:
        machine: as :func:`platform.machine` names it.
        process: the number of the process that will be in the cage. It may send signals to itself, as
            ``abort`` does.

    Raises:
        CageUnavailable: no filter is written for this machine.
    """
    try:
        known = _MACHINES[machine]
    except KeyError:
        raise CageUnavailable(f"no cage is written for {machine or 'this machine'}") from None
    column = known.column
    code = [
        _instruction(_LOAD, _ARCHITECTURE_AT),
        _instruction(_IF_EQUAL, known.audit, yes=1),
        _instruction(_RETURN, _KILL),
        _instruction(_LOAD, _NUMBER_AT),
    ]
    # Memory may be anything but code: what is not in the libraries now never runs.
    for call in (_MMAP[column], _MPROTECT[column]):
        code += _rule(
            call,
            _argument(2),
            _instruction(_IF_ANY_BIT, _PROT_EXEC, no=1),
            _instruction(_RETURN, _ERRNO | errno.EACCES),
            _instruction(_RETURN, _ALLOW),
        )
    for numbers in _CALLS.values():
        code += _rule(numbers[column], _instruction(_RETURN, _ALLOW))
    code += _rule(
        _CLONE[column],
        _argument(0),
        _instruction(_AND, 0xFFFFFFFF & ~_DETACHED),
        *_allow_if_equal(_THREAD, otherwise=_KILL),
    )
    code += _rule(_TGKILL[column], _argument(0), *_allow_if_equal(process, otherwise=_KILL))
    code += _rule(
        _PRCTL[column], _argument(0), *_allow_if_equal(_SET_NAME, otherwise=_ERRNO | errno.EPERM)
    )
    for numbers, error in _REFUSED.values():
        code += _rule(numbers[column], _instruction(_RETURN, _ERRNO | error))
    for numbers in _HOSTILE.values():
        code += _rule(numbers[column], _instruction(_RETURN, _KILL))
    code.append(_instruction(_RETURN, _ERRNO | errno.EPERM))  # whatever is not on the list
    return b"".join(code)


def _instruction(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    """Return a struct sock_filter. ``yes`` and ``no`` are how many instructions a jump skips."""
    return struct.pack("=HBBI", code, yes, no, value)


def _argument(number: int) -> bytes:
    """Load the lower half of an argument; the kernel itself looks at no more of those we check."""
    return _instruction(_LOAD, _ARGUMENTS_AT + 8 * number)  # both machines are little-endian


def _rule(call: int | None, *answer: bytes) -> list[bytes]:
    """Return the instructions for one system call, which skip the answer for all others."""
    if call is None:
        return []
    return [_instruction(_IF_EQUAL, call, no=len(answer)), *answer]


def _allow_if_equal(value: int, *, otherwise: int) -> list[bytes]:
    return [
        _instruction(_IF_EQUAL, value, no=1),
        _instruction(_RETURN, _ALLOW),
        _instruction(_RETURN, otherwise),
    ]


class _Program(ctypes.Structure):
    """struct sock_fprog."""

    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_char_p)]


def enter() -> None:
    """Put this process, with all its threads, into the cage for the rest of its life.

    Raises:
        CageUnavailable: this is not Linux on a machine we know, or the kernel refuses the filter.
    """
    if platform.system() != "Linux":
        raise CageUnavailable("the cage for pictures needs Linux")
    machine = platform.machine()
    code = program(machine, os.getpid())
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) != 0:
        raise CageUnavailable("the kernel does not let this process give up privileges")
    filters = _Program(len(code) // 8, code)
    refused = libc.syscall(
        ctypes.c_long(_MACHINES[machine].seccomp),
        ctypes.c_long(_SET_FILTER),
        ctypes.c_long(_ALL_THREADS),
        ctypes.byref(filters),
    )
    if refused:  # an error, or the number of a thread that could not be brought along
        raise CageUnavailable(
            f"the kernel refuses the cage for pictures ({os.strerror(ctypes.get_errno())})"
        )
