"""Confinement: drops the rights of a process that parsing a file does not need.

It works on Linux only, as far as the kernel supports it; on other systems it does nothing.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from contextlib import suppress
from pathlib import Path

MAX_FILES = 64
"""The most files that the process may have open."""

_PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP = 38, 22
_SECCOMP_MODE_FILTER = 2
_LANDLOCK_CREATE_RULESET, _LANDLOCK_ADD_RULE, _LANDLOCK_RESTRICT_SELF = 444, 445, 446
_LANDLOCK_VERSION, _LANDLOCK_PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3
_RIGHTS_BY_VERSION = {1: 13, 2: 14, 3: 15, 4: 15}
"""How many file access rights each version of Landlock knows. Later versions know 16."""

_READABLE = ("/usr", "/lib", "/lib64", "/opt", "/nix", "/gnu", "/home/linuxbrew", "/proc/self")
_READABLE_FILES = ("/dev/null", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom")
"""The files that Python and its libraries read outside their own folders."""

# By processor: its architecture, and the system calls with which a process could reach other processes or
# machines, or run another program: socket, connect, bind, listen, socketpair, fork, vfork, execve, kill,
# ptrace, tkill, tgkill, process_vm_readv, process_vm_writev, execveat, pidfd_send_signal, io_uring_setup,
# clone3 and pidfd_getfd, where they exist.
_FORBIDDEN = {
    "x86_64": (
        0xC000003E,
        (41, 42, 49, 50, 53, 57, 58, 59, 62, 101, 200, 234, 310, 311, 322, 424, 425, 435, 438),
    ),
    "aarch64": (
        0xC00000B7,
        (198, 203, 200, 201, 199, 221, 129, 117, 130, 131, 270, 271, 281, 424, 425, 435, 438),
    ),
}
_CLONE = {"x86_64": 56, "aarch64": 220}
_CLONE_THREAD = 0x10000
_OTHER_NUMBERS = 0x40000000  # the x32 system calls of x86_64


def confine() -> frozenset[str]:
    """Confine this process for the rest of its life.

    Returns:
        What was taken away: `limits` (on open files and file size), `privileges` (gaining new ones), `files`
        (writing any, reading any but Python and its libraries) and `calls` (those that reach other machines
        and processes).
    """
    if sys.platform != "linux":
        return frozenset()
    taken = {"limits"}
    _limit_files()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0:
        taken.add("privileges")
        if _forbid_files(libc):
            taken.add("files")
        if _forbid_calls(libc):
            taken.add("calls")
    return frozenset(taken)


def _limit_files() -> None:
    import resource

    limits = ((resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, MAX_FILES))
    for kind, most in limits:
        with suppress(OSError, ValueError):
            resource.setrlimit(kind, (most, most))


def _forbid_files(libc: ctypes.CDLL) -> bool:
    """Allow only reading of the listed files, with Landlock. Return whether the kernel enforces it."""
    version = libc.syscall(_LANDLOCK_CREATE_RULESET, None, ctypes.c_size_t(0), _LANDLOCK_VERSION)
    if version < 1:
        return False
    handled = (1 << _RIGHTS_BY_VERSION.get(version, 16)) - 1
    attributes = struct.pack("=Q", handled)
    ruleset = libc.syscall(_LANDLOCK_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0)
    if ruleset < 0:
        return False
    try:
        folders = {*_READABLE, sys.prefix, sys.base_prefix, *filter(None, sys.path)}
        rights = {
            **dict.fromkeys(folders, _READ_FILE | _READ_DIR),
            **dict.fromkeys(_READABLE_FILES, _READ_FILE),
        }
        for path, right in rights.items():
            with suppress(FileNotFoundError, PermissionError):
                _allow(libc, ruleset, path, right if Path(path).is_dir() else _READ_FILE)
        return bool(libc.syscall(_LANDLOCK_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str, right: int) -> None:
    opened = os.open(path, os.O_PATH)
    try:
        rule = struct.pack("=Qi", right, opened)
        libc.syscall(_LANDLOCK_ADD_RULE, ruleset, _LANDLOCK_PATH_BENEATH, rule, 0)
    finally:
        os.close(opened)


def _forbid_calls(libc: ctypes.CDLL) -> bool:
    """Make forbidden system calls fail, with a seccomp filter. Return whether the kernel enforces it."""
    machine = platform.machine()
    if machine not in _FORBIDDEN:
        return False
    architecture, calls = _FORBIDDEN[machine]
    # struct seccomp_data has the call number at offset 0, the architecture at 4, the first argument at 16.
    # Jumps are relative to the next instruction. New threads are allowed, new processes are not. The filter
    # cannot see the flags of clone3, so clone3 always fails with ENOSYS, and the C library falls back to
    # clone.
    load, equal, at_least, has, end = 0x20, 0x15, 0x35, 0x45, 0x06
    allow, fail = 0x7FFF0000, 0x00050000 | errno.ENOSYS
    count = len(calls)
    program = [
        (load, 0, 0, 4),
        (equal, 1, 0, architecture),
        (end, 0, 0, fail),
        (load, 0, 0, 0),
        (at_least, count + 4, 0, _OTHER_NUMBERS),
        *((equal, count - position + 3, 0, call) for position, call in enumerate(calls)),
        (equal, 0, 2, _CLONE[machine]),
        (load, 0, 0, 16),
        (has, 0, 1, _CLONE_THREAD),
        (end, 0, 0, allow),
        (end, 0, 0, fail),
    ]
    code = b"".join(struct.pack("=HBBI", *step) for step in program)
    buffer = ctypes.create_string_buffer(code)
    header = struct.pack("@HP", len(program), ctypes.addressof(buffer))
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, header, 0, 0) == 0)
