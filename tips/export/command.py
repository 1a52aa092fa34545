"""Shared by the export commands: write to a file or to standard output."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.core.management.base import CommandError, OutputWrapper


def target_of(out: Path | None) -> str:
    """Return where an export goes, for the audit trail."""
    return out.name if out else "standard output"


def write(lines: Iterable[str], *, out: Path | None, stdout: OutputWrapper) -> None:
    """Write the lines of an export; a file is written whole or not at all.

    Raises:
        CommandError: the file cannot be written.
    """
    if out is None:
        for line in lines:
            stdout.write(line, ending="")
        return
    try:
        handle, name = tempfile.mkstemp(dir=out.parent, suffix=out.suffix)  # mode 0600
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.writelines(lines)
            os.replace(name, out)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise CommandError(f"{out}: cannot be written ({error.strerror})") from None
