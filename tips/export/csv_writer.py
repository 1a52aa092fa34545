"""Write CSV that opens in a spreadsheet without running anything."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime

_STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: object) -> str:
    """Return a value as text; one that a spreadsheet would run gets an apostrophe in front (OWASP)."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    text = str(value)
    return f"'{text}" if text.startswith(_STARTS_A_FORMULA) else text


def lines(columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    """Return the lines of a CSV file (RFC 4180), the header first, without holding them all."""
    writer = csv.writer(_Echo())
    yield writer.writerow(list(columns))
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line
