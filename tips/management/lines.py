"""Commands that read texts: one on the command line, or one a line of a file."""

from __future__ import annotations

import json
import sys
from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser


class LinesCommand(BaseCommand, ABC):
    """A command that answers with JSON: once for its arguments, or once for each line of a file."""

    requires_system_checks: list[str] = []
    separator = ""  # between the texts of a line
    names: tuple[str, ...] = ("TEXT",)
    wanted = "give one TEXT, in quotes if it has spaces, or --lines FILE"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "texts",
            nargs="*",
            metavar="TEXT",
            help=f"{' and '.join(self.names)}; - for standard input",
        )
        parser.add_argument(
            "--lines",
            metavar="FILE",
            help="read this file (- for standard input) and answer each line",
        )

    def handle(self, *, texts: list[str], lines: str | None, **options: object) -> None:
        if lines is None:
            self._answer([_standard_input() if text == "-" else text for text in texts])
            return
        if texts:
            raise CommandError("give either texts or --lines, not both")
        for number, line in enumerate(_lines(lines), 1):  # a text may hold any other line separator
            parts = line.split(self.separator) if self.separator else [line]
            self._answer(parts, where=f"line {number}: ")

    def _answer(self, texts: list[str], where: str = "") -> None:
        if len(texts) != len(self.names):
            raise CommandError(f"{where}{self.wanted}")
        self.stdout.write(json.dumps(self.answer(*texts), ensure_ascii=False))

    @abstractmethod
    def answer(self, *texts: str) -> Any:
        """Return the answer to one line, as JSON."""


def _lines(name: str) -> Iterator[str]:
    if name == "-":
        yield from _split(_standard_input())
        return
    try:
        yield from _split(Path(name).read_bytes().decode("utf-8", "replace"))
    except OSError as error:
        raise CommandError(f"cannot read {name}: {error.strerror}") from error


def _split(text: str) -> list[str]:
    lines = [line.removesuffix("\r") for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else lines


def _standard_input() -> str:
    return sys.stdin.buffer.read().decode("utf-8", "replace")
