"""Processes that end with the one that started them."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Callable


def die_with_parent(number: int) -> Callable[[], None] | None:
    """Ask the kernel to send a signal to the child when its parent dies (Linux; else nothing)."""
    if platform.system() != "Linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def in_child() -> None:
        prctl(1, number)  # PR_SET_PDEATHSIG

    return in_child
