"""Serve what many read at once from memory, before Django is asked.

A public page is the same bytes for all (``Cache-Control: public``). The first answer is kept in the
process, packed (gzip) as well as plain, and given again while the database's generation number
(``objects.models.PublicGeneration``) is what it was before the page was made: whatever changes what the public reads
moves it in the same transaction, so that nothing is shown after its withdrawal. Each request reads that
number, one row of one statement; where it cannot be read, Django answers.

What depends on the clock (the figures of a month) is a minute behind at most.
"""

from __future__ import annotations

import gzip
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import DatabaseError, connection

Environment = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environment, Start], Iterable[bytes]]
Header = tuple[str, str]

SECONDS = 60
ROOM = 64 * 1024 * 1024  # bytes a process
LARGEST = 1024 * 1024
LONGEST_ADDRESS = 300
PACKED = ("text/", "application/json", "application/atom+xml", "application/xml")


@dataclass(frozen=True)
class Page:
    """An answer as it is sent: its headers with the plain body and with the packed one, if it is worth it."""

    generation: int
    until: float
    etag: str
    headers: list[Header]
    body: bytes
    packed_headers: list[Header] | None
    packed: bytes

    @property
    def size(self) -> int:
        return len(self.body) + len(self.packed)


class Memory:
    """The pages of a process, those used least recently forgotten first."""

    def __init__(self) -> None:
        self.pages: OrderedDict[tuple[str, ...], Page] = OrderedDict()
        self.size = 0
        self.lock = threading.Lock()

    def get(self, key: tuple[str, ...], generation: int) -> Page | None:
        page = self.pages.get(key)
        if page is None or page.generation != generation or page.until < time.monotonic():
            return None
        return page

    def put(self, key: tuple[str, ...], page: Page) -> None:
        with self.lock:
            old = self.pages.pop(key, None)
            self.pages[key] = page
            self.size += page.size - (old.size if old else 0)
            while self.size > ROOM:
                _, dropped = self.pages.popitem(last=False)
                self.size -= dropped.size


def remembering(application: Application) -> Application:
    """Wrap a WSGI application so that its public pages are given again from memory."""
    memory = Memory()

    def serve(environment: Environment, start: Start) -> Iterable[bytes]:
        if environment["REQUEST_METHOD"] not in ("GET", "HEAD"):
            return application(environment, start)
        path: str = environment["PATH_INFO"]
        query: str = environment.get("QUERY_STRING", "")
        if len(path) + len(query) > LONGEST_ADDRESS:
            return application(environment, start)
        generation = _generation()
        if generation is None:
            return application(environment, start)
        scheme = environment.get("HTTP_X_FORWARDED_PROTO") or environment["wsgi.url_scheme"]
        key = (str(environment.get("HTTP_HOST")), str(scheme), path, query)
        page = memory.get(key, generation)
        if page is None:
            if environment["REQUEST_METHOD"] == "HEAD":
                return application(environment, start)
            return _learn(application, environment, start, memory, key, generation)
        return _send(page, environment, start)

    return serve


def _generation() -> int | None:
    try:
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:
            cursor.execute("SELECT number FROM public_generation")
            return cursor.fetchone()[0]
    except (DatabaseError, connection.Database.Error, TypeError):
        connection.close()
        return None


def _learn(
    application: Application,
    environment: Environment,
    start: Start,
    memory: Memory,
    key: tuple[str, ...],
    generation: int,
) -> Iterable[bytes]:
    """Have Django answer, and keep the answer if it is one that may be kept."""
    told: list[Any] = []
    # A conditional request would be answered without a body: ask for the page itself.
    asked = {name: value for name, value in environment.items() if name not in _CONDITIONS}
    answer = application(asked, lambda status, headers, *_: told.extend((status, headers)))
    try:
        status, headers = told
        if not _may_be_kept(status, headers):
            start(status, headers)
            return _Streamed(answer)
        body = b"".join(answer)
    except BaseException:
        _close(answer)
        raise
    _close(answer)
    page = _page(generation, headers, body)
    memory.put(key, page)
    return _send(page, environment, start)


_CONDITIONS = ("HTTP_IF_NONE_MATCH", "HTTP_IF_MODIFIED_SINCE", "HTTP_RANGE", "HTTP_IF_RANGE")


class _Streamed:
    """Hand an answer through, and close it."""

    def __init__(self, answer: Iterable[bytes]):
        self.answer = answer
        self.parts = iter(answer)

    def __iter__(self) -> _Streamed:
        return self

    def __next__(self) -> bytes:
        return next(self.parts)

    def close(self) -> None:
        _close(self.answer)


def _close(answer: Iterable[bytes]) -> None:
    close = getattr(answer, "close", None)
    if close is not None:
        close()


def _may_be_kept(status: str, headers: list[Header]) -> bool:
    given = {name.lower(): value for name, value in headers}
    return (
        status.startswith("200 ")
        and given.get("cache-control", "").startswith("public")
        and "set-cookie" not in given
        and int(given.get("content-length", LARGEST + 1)) <= LARGEST
    )


def _page(generation: int, headers: list[Header], body: bytes) -> Page:
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    etag = next((value for name, value in headers if name.lower() == "etag"), "")
    plain = [header for header in headers if header[0].lower() != "content-length"]
    packed_headers, packed = None, b""
    if kind.startswith(PACKED) and len(body) > 500:
        plain.append(("Vary", "Accept-Encoding"))
        packed = gzip.compress(body, 6, mtime=0)
        weak = f"W/{etag}" if etag and not etag.startswith("W/") else etag
        packed_headers = [
            (name, weak if name.lower() == "etag" else value) for name, value in plain
        ]
        packed_headers += [("Content-Encoding", "gzip"), ("Content-Length", str(len(packed)))]
    return Page(
        generation=generation,
        until=time.monotonic() + SECONDS,
        etag=etag.removeprefix("W/"),
        headers=[*plain, ("Content-Length", str(len(body)))],
        body=body,
        packed_headers=packed_headers,
        packed=packed,
    )


def _send(page: Page, environment: Environment, start: Start) -> Iterable[bytes]:
    is_packed = page.packed_headers is not None and "gzip" in environment.get(
        "HTTP_ACCEPT_ENCODING", ""
    )
    headers = page.packed_headers if is_packed else page.headers
    known = environment.get("HTTP_IF_NONE_MATCH", "")
    if page.etag and page.etag in known:
        start("304 Not Modified", [each for each in headers or [] if each[0] not in _OF_A_BODY])
        return [b""]
    start("200 OK", list(headers or []))
    if environment["REQUEST_METHOD"] == "HEAD":
        return [b""]
    return [page.packed if is_packed else page.body]


_OF_A_BODY = ("Content-Length", "Content-Encoding", "Content-Type")
