"""Read tips from a CSV file record by record, so that a bad record affects only itself.

After an opening quote the csv module reads across line ends, so one stray quote would swallow the
rest of the file. Here a record ends where its quotes are balanced (RFC 4180). A record that never
balances, or that cannot be parsed, is reported with its first line, and reading continues with the
next line.
"""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

COLUMNS = ("external_id", "object", "text", "country", "email", "url", "received_at")
REQUIRED_COLUMNS = COLUMNS[:3]
MAX_RECORD_LINES = 5_000
MAX_RECORD_BYTES = 4 * 1024 * 1024


@dataclass(frozen=True)
class Record:
    """One record: its first line (1 is the first line of the file), its values, or an error."""

    line: int
    values: dict[str, str]
    error: str = ""


class BadHeader(ValueError):
    """The first line does not name the columns. The message names the missing ones."""


def records(lines: Iterable[bytes]) -> Iterator[Record]:
    """Return the records of a CSV file given as lines of bytes (UTF-8, with or without a BOM).

    Raises:
        BadHeader: the file has no header, or one without the required columns.
    """
    csv.field_size_limit(MAX_RECORD_BYTES * 2)
    source = _LineReader(lines)
    first = source.read_line()
    header = [] if first is None else _parse(first.removeprefix(b"\xef\xbb\xbf"))[0]
    names = [name.strip().lower() for name in header or []]
    missing = [name for name in REQUIRED_COLUMNS if name not in names]
    if missing:
        raise BadHeader(
            f"line 1 must name the columns {', '.join(COLUMNS)}; missing: {', '.join(missing)}"
        )
    while True:
        line = source.line
        raw, error = source.read_record(len(names))
        if raw is None:
            return
        if not raw.strip():
            continue
        values, why = ([], error) if error else _parse(raw)
        if not why and len(values) != len(names):
            why = f"has {len(values)} columns, the header has {len(names)}"
        if why:
            source.return_all_but_first()
            yield Record(line, {}, why)
        else:
            yield Record(line, dict(zip(names, values, strict=True)))


def _parse(raw: bytes) -> tuple[list[str], str]:
    if b"\x00" in raw:
        return [], "holds a NUL byte"
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return [], f"is not valid UTF-8 (byte {error.start + 1} of the row)"
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        return [], f"is malformed ({error})"
    return (rows[0], "") if len(rows) == 1 else ([], "is malformed (a stray line end)")


class _LineReader:
    """A line iterator that counts lines and can return some of them."""

    def __init__(self, lines: Iterable[bytes]):
        self.lines = iter(lines)
        self.returned: deque[bytes] = deque()
        self.line = 1
        self.current: list[bytes] = []

    def read_line(self) -> bytes | None:
        raw = self.returned.popleft() if self.returned else next(self.lines, None)
        if raw is not None:
            self.line += 1
        return raw

    def read_record(self, width: int) -> tuple[bytes | None, str]:
        """Return the lines up to balanced quotes, and an error.

        An inch sign in an unquoted value (``5" wide``) unbalances a complete line. So a line that
        parses alone to the header's number of columns is a record.
        """
        self.current = []
        open_quote, size = False, 0
        while (raw := self.read_line()) is not None:
            self.current.append(raw)
            size += len(raw)
            open_quote ^= raw.count(b'"') % 2 == 1
            if not open_quote or (len(self.current) == 1 and len(_parse(raw)[0]) == width):
                return b"".join(self.current), ""
            if len(self.current) >= MAX_RECORD_LINES or size > MAX_RECORD_BYTES:
                break
        if not self.current:
            return None, ""
        return b"".join(self.current), "has a quote that is never closed"

    def return_all_but_first(self) -> None:
        """Continue reading with the line after the first line of a bad record."""
        later = self.current[1:]
        self.returned.extendleft(reversed(later))
        self.line -= len(later)
