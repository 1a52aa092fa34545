"""Small disks, for tests that fill them."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.skips import skip_or_fail


@contextlib.contextmanager
def small_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """Mount a disk of a size in kilobytes on a folder, and unmount it afterwards.

    If it cannot be mounted, the test fails if CI is set, else it is skipped.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    options = f"size={kilobytes}k,mode=0700"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)], capture_output=True
    )
    if done.returncode:
        message = "NO SMALL DISK: mounting a tmpfs needs root (or a container that may mount)"
        skip_or_fail(message)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder: Path, *, leave: int = 0) -> Path:
    """Fill a disk except for ``leave`` bytes. Return the file whose removal frees the space."""
    filler = folder / "filler" / "zeros"
    filler.parent.mkdir(exist_ok=True)
    with filler.open("wb", buffering=0) as file:
        with contextlib.suppress(OSError):
            while file.write(bytes(4096)):
                pass
        file.truncate(max(0, file.tell() - leave))
    return filler
