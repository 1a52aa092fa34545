"""Keep other processes of the same user out of this one's memory, where the keys are."""

from __future__ import annotations

import ctypes
import platform

_SET_DUMPABLE = 4  # PR_SET_DUMPABLE of linux/prctl.h


def protect_memory() -> None:
    """Forbid debuggers, other processes of this user and core dumps to read this process's memory.

    Forked processes inherit it; a program that is started does not, so each calls it itself. Only root can
    still look. Outside Linux, nothing happens.

    Raises:
        OSError: the kernel refuses.
    """
    if platform.system() == "Linux" and ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError("the kernel does not protect this process's memory")
