"""Write CSV that opens in a spreadsheet without running anything, wherever the spreadsheet cuts it into cells.

Where the decimal mark is a comma, spreadsheets cut at semicolons; others are told to cut at tabs or bars; and
a line break or a quote inside a text starts a cell for a program that reads the quotes differently. So a
formula is defused at the start of a cell and at each place where one could start, with an apostrophe in
front (OWASP, 'CSV Injection'). :func:`restore` takes exactly these apostrophes away again.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import datetime

# What a spreadsheet runs; the wide forms are for Japanese and Chinese keyboards.
_FORMULA = "=+\\-@＝＋－＠"
# A start of a cell, what programs skip there, apostrophes, and the sign of a formula.
_CELL = r"(?:\A|[;,|\t\n\r\v\f\x1c-\x1f\x85\u2028\u2029\"])[\s\"\ufeff\u200b]*"
_TO_DEFUSE = re.compile(rf"({_CELL})('*[{_FORMULA}])")
_DEFUSED = re.compile(rf"({_CELL})'('*[{_FORMULA}])")
_BLANK_FIRST = re.compile(r"'*[\t\r]")  # a spreadsheet drops the blank, and looks again


def cell(value: object) -> str:
    """Return a value as text without a formula in it, wherever it is cut."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    text = _TO_DEFUSE.sub(r"\1'\2", str(value))
    return f"'{text}" if _BLANK_FIRST.match(text) else text


def restore(text: str) -> str:
    """Return the text that :func:`cell` was given."""
    if text.startswith("'") and _BLANK_FIRST.match(text):
        text = text[1:]
    return _DEFUSED.sub(r"\1\2", text)


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
