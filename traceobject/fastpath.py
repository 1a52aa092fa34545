"""Serve what many read at once from memory, before Django is asked.

A public page is the same bytes for all (``Cache-Control: public``). The first answer is kept in the
process, packed (gzip) as well as plain, and given again while the database's generation number
(``objects.models.PublicGeneration``) is what it was before the page was made. Whatever changes what the public reads
moves it in the same transaction, so nothing is shown after its withdrawal. Each request reads that
number, one row of one statement. Where it cannot be read, Django answers.

Only views marked with :func:`kept` are kept, under host, scheme and path. No stranger can make more
keys than there are pages, nor put anything of a request into a page that others get:

* Host names are those of the settings, without a port.
* Query parameters that a view does not read are ignored (links from social networks carry one for each
  visitor). A query that it reads goes to Django.
* Django is asked for a page to be kept without the query, cookies and headers of whoever came first.

What depends on the clock (the figures of a month) is a minute behind at most.
"""

from __future__ import annotations

import contextlib
import gzip
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar
from urllib.parse import urlsplit

import psycopg2
from cachetools import LRUCache
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import QueryDict
from django.http.request import split_domain_port
from django.urls import Resolver404, resolve
from django.utils.translation import get_language_from_path, override

from traceobject.bodies import REFUSAL

Environment = dict[str, Any]
Start = Callable[..., Any]
Application = Callable[[Environment, Start], Iterable[bytes]]
Header = tuple[str, str]
View = TypeVar("View", bound=Callable[..., Any])

SECONDS = 60
ROOM = 64 * 1024 * 1024  # bytes a process
LARGEST = 1024 * 1024
LONGEST_ADDRESS = 2000
PACKED = ("text/", "application/json", "application/atom+xml", "application/xml")


def kept(*, reads: Iterable[str] = ()) -> Callable[[View], View]:
    """Mark a view whose public answers may be kept.

    Args:
        reads: the query parameters that change its answer. A request with one of them is never kept.
    """

    def mark(view: View) -> View:
        view.reads_parameters = frozenset(reads)  # type: ignore[attr-defined]
        return view

    return mark


class Key(NamedTuple):
    """What a page is kept under. The language is part of the path."""

    host: str
    is_secure: bool
    path: str


@dataclass(frozen=True)
class Page:
    """An answer as it is sent: its headers with the plain body and with the packed one, if it is worth it."""

    key: Key
    reads: frozenset[str]
    generation: int
    until: float
    etag: str
    headers: list[Header]
    body: bytes
    packed_headers: list[Header] | None
    packed: bytes

    def is_current(self, generation: int) -> bool:
        """Tell whether it may still be given."""
        return self.generation == generation and time.monotonic() < self.until

    @property
    def size(self) -> int:
        """The bytes it takes in memory, with its key, its headers and what keeps it in order."""
        texts = [self.etag, *self.key[::2]]
        for headers in (self.headers, self.packed_headers or []):
            texts += [each for header in headers for each in header]
        parts = sum(sys.getsizeof(part) for part in (*texts, self.body, self.packed))
        return parts + _OF_A_HEADER * len(texts) + _OF_A_PAGE


_OF_A_HEADER = 48  # its share of a pair and of a list
_OF_A_PAGE = 1500


class Memory:
    """The pages of a process, those used least recently forgotten first. Threads share it."""

    def __init__(self, room: int = ROOM) -> None:
        self.pages: LRUCache[Key, Page] = LRUCache(room, getsizeof=lambda page: page.size)
        self.lock = threading.Lock()

    def get(self, key: Key) -> Page | None:
        """Return the page kept under a key, current or not."""
        with self.lock:
            return self.pages.get(key)

    def put(self, page: Page) -> None:
        """Keep a page, unless it is larger than all the room."""
        with self.lock, contextlib.suppress(ValueError):
            self.pages[page.key] = page


def read_generation() -> int | None:
    """Return the number that moves with whatever the public reads, None where it cannot be read."""
    try:
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:
            cursor.execute("SELECT number FROM public_generation")
            return cursor.fetchone()[0]
    except (DatabaseError, psycopg2.Error, TypeError):
        connection.close()
        return None


def remembering(
    application: Application,
    memory: Memory | None = None,
    generation: Callable[[], int | None] = read_generation,
) -> Application:
    """Wrap a WSGI application so that its public pages are given again from memory."""
    memory = memory or Memory()
    addresses = _Addresses()

    def serve(environment: Environment, start: Start) -> Iterable[bytes]:
        key = addresses.key(environment)
        if key is None:
            return application(environment, start)
        page = memory.get(key)
        reads = page.reads if page else _parameters_read_at(key.path)
        if reads is None or _names_any(reads, environment):
            return application(environment, start)
        number = generation()
        if number is None:
            return application(environment, start)
        if page is not None and page.is_current(number):
            return _send(page, environment, start)
        if environment["REQUEST_METHOD"] == "HEAD":
            return application(environment, start)
        asked = addresses.as_anybody(environment, key)
        made = _ask(application, asked, _Question(key, reads, number))
        if isinstance(made, Page):
            memory.put(made)
            return _send(made, environment, start)
        start(made.status, made.headers)
        return made

    return serve


class _Addresses:
    """What the settings say of the site's own addresses, read once: each request asks."""

    def __init__(self) -> None:
        # Exact names alone: a wildcard would let strangers make up more.
        exact = {host.lower() for host in settings.ALLOWED_HOSTS if host[:1] not in (".", "*")}
        self.hosts = exact | {urlsplit(settings.SITE_URL).hostname}
        self.secure_header = settings.SECURE_PROXY_SSL_HEADER
        self.host = lru_cache(maxsize=256)(self._host)

    def key(self, environment: Environment) -> Key | None:
        """Return what the answer to a request may be kept under, None where it may not be kept."""
        path: str = environment["PATH_INFO"]
        if (
            environment["REQUEST_METHOD"] not in ("GET", "HEAD")
            or not path.isascii()
            or len(path) + len(environment.get("QUERY_STRING", "")) > LONGEST_ADDRESS
            or environment.get(REFUSAL) is not None
        ):
            return None
        host = self.host(environment.get("HTTP_HOST", ""))
        return Key(host, self._is_secure(environment), path) if host else None

    def _host(self, given: str) -> str | None:
        name, _ = split_domain_port(given)
        return name if name in self.hosts else None

    def _is_secure(self, environment: Environment) -> bool:
        if self.secure_header:
            name, value = self.secure_header
            if name in environment:
                return environment[name].partition(",")[0].strip() == value
        return environment["wsgi.url_scheme"] == "https"

    def as_anybody(self, environment: Environment, key: Key) -> Environment:
        """Return a request for a page as somebody sends it who says nothing of themselves."""
        asked = {name: value for name, value in environment.items() if not name.startswith("HTTP_")}
        asked |= {
            "HTTP_HOST": key.host,
            "QUERY_STRING": "",
            "CONTENT_TYPE": "",
            "CONTENT_LENGTH": "",
        }
        if key.is_secure and self.secure_header:
            name, value = self.secure_header
            asked[name] = value
        return asked


def _parameters_read_at(path: str) -> frozenset[str] | None:
    """Return the query parameters that the view at a path reads, None where no answer is kept."""
    with override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            return getattr(resolve(path).func, "reads_parameters", None)
        except Resolver404:
            return None


def _names_any(parameters: frozenset[str], environment: Environment) -> bool:
    query = environment.get("QUERY_STRING", "")
    if not query or not parameters:
        return False
    return not parameters.isdisjoint(QueryDict(query.replace("%00", "")))


class _Question(NamedTuple):
    key: Key
    reads: frozenset[str]
    generation: int


class _Streamed:
    """An answer that is not kept: hand it through, and close it."""

    def __init__(self, status: str, headers: list[Header], answer: Iterable[bytes]):
        self.status, self.headers, self.answer = status, headers, answer
        self.parts = iter(answer)

    def __iter__(self) -> _Streamed:
        return self

    def __next__(self) -> bytes:
        return next(self.parts)

    def close(self) -> None:
        _close(self.answer)


def _ask(application: Application, asked: Environment, question: _Question) -> Page | _Streamed:
    """Have Django answer, and read the answer if it is one that may be kept."""
    begun: list[Any] = []
    answer = application(asked, lambda status, headers, *_: begun.extend((status, headers)))
    try:
        status, headers = begun
        if not _may_be_kept(status, headers):
            return _Streamed(status, headers, answer)
        body = b"".join(answer)
    except BaseException:
        _close(answer)
        raise
    _close(answer)
    return _page(question, headers, body)


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


def _page(question: _Question, headers: list[Header], body: bytes) -> Page:
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
        key=question.key,
        reads=question.reads,
        generation=question.generation,
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
