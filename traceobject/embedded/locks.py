"""File locks, which the kernel releases when a process ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def open_lock(path: Path) -> int:
    """Open a lock file, creating it if necessary. Return its descriptor."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)


class exclusive_lock:
    """Hold an exclusive lock on a file in a with block."""

    def __init__(self, path: Path):
        self.path = path

    def __enter__(self) -> None:
        self.descriptor = open_lock(self.path)
        fcntl.flock(self.descriptor, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)


def is_locked(path: Path) -> bool:
    """Return whether a process holds an exclusive lock on a file."""
    descriptor = open_lock(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def lock_shared(descriptor: int) -> None:
    """Acquire a shared lock on an open file. Wait while somebody holds it exclusively."""
    fcntl.flock(descriptor, fcntl.LOCK_SH)
