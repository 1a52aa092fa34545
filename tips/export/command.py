"""Shared by the export commands: write to a file or standard output, and record the export."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, OutputWrapper

from tips.export.record import record_export
from traceobject.staff.authority import System


def write(
    lines: Iterable[str], *, out: Path | None, stdout: OutputWrapper, action: str, **detail: Any
) -> None:
    """Record an export and write its lines; a file is written whole or not at all.

    Raises:
        CommandError: the file cannot be written.
    """
    target = out.name if out else "standard output"
    record_export(action, target, by=System.COMMAND_LINE, **detail)
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
