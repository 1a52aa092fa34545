"""Child processes that end with their parent."""

from __future__ import annotations

import ctypes
import platform
from collections.abc import Callable


def die_with_parent(number: int) -> Callable[[], None] | None:
    """Return a ``preexec_fn`` that has the kernel signal the child when its parent dies.

    Return None outside Linux.
    """
    if platform.system() != "Linux":
        return None
    prctl = ctypes.CDLL(None).prctl

    def in_child() -> None:
        prctl(1, number)  # PR_SET_PDEATHSIG

    return in_child
