"""Serve public pages from memory, before Django runs.

A public page is the same for everybody (``Cache-Control: public``). The first answer is kept in the
process, plain and gzipped. It is served again while the database's generation number
(``objects.models.PublicGeneration``) is the one from before the page was made. Each change to public data
raises that number in the same transaction, so no page is shown after its withdrawal. Each request reads the
number: one row of one statement. If it cannot be read, Django answers.

Only views marked with :func:`cached_page` are cached, by host, scheme and path. A visitor can neither
create more keys than there are pages, nor put anything into a page that others get:

* Host names must be those of the settings, without a port.
* Query parameters that a view does not read are ignored, because links from social networks carry one for
  each visitor. A query that the view reads goes to Django.
* Django makes a cached page without the query, cookies and headers of the first visitor.

Pages that depend on the time, such as a month's figures, are at most a minute behind.
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
MAX_BYTES = 64 * 1024 * 1024  # bytes a process
LARGEST_PAGE = 1024 * 1024
LONGEST_URL = 2000
COMPRESSIBLE = ("text/", "application/json", "application/atom+xml", "application/xml")


def cached_page(*, reads: Iterable[str] = ()) -> Callable[[View], View]:
    """Mark a view whose public answers may be cached.

    Args:
        reads: the query parameters that change its answer. A request with one of them is never cached.
    """

    def mark(view: View) -> View:
        view.reads_parameters = frozenset(reads)  # type: ignore[attr-defined]
        return view

    return mark


class Key(NamedTuple):
    """The key of a cached page. The language is part of the path."""

    host: str
    is_secure: bool
    path: str


@dataclass(frozen=True)
class Page:
    """A cached answer: headers and body, plain and, if it is worth it, gzipped."""

    key: Key
    reads: frozenset[str]
    generation: int
    until: float
    etag: str
    headers: list[Header]
    body: bytes
    gzip_headers: list[Header] | None
    gzipped: bytes

    def is_current(self, generation: int) -> bool:
        """Return whether it may still be served."""
        return self.generation == generation and time.monotonic() < self.until

    @property
    def size(self) -> int:
        """Its size in memory in bytes, with its key, its headers and the cache's own overhead."""
        texts = [self.etag, *self.key[::2]]
        for headers in (self.headers, self.gzip_headers or []):
            texts += [each for header in headers for each in header]
        parts = sum(sys.getsizeof(part) for part in (*texts, self.body, self.gzipped))
        return parts + _HEADER_OVERHEAD * len(texts) + _PAGE_OVERHEAD


_HEADER_OVERHEAD = 48  # bytes of a pair and of a list for each text
_PAGE_OVERHEAD = 1500


class PageMemory:
    """A least-recently-used cache of pages, which the threads of a process share."""

    def __init__(self, room: int = MAX_BYTES) -> None:
        self.pages: LRUCache[Key, Page] = LRUCache(room, getsizeof=lambda page: page.size)
        self.lock = threading.Lock()

    def get(self, key: Key) -> Page | None:
        """Return the page for a key, current or not."""
        with self.lock:
            return self.pages.get(key)

    def put(self, page: Page) -> None:
        """Store a page, unless it is larger than the whole cache."""
        with self.lock, contextlib.suppress(ValueError):
            self.pages[page.key] = page


def read_generation() -> int | None:
    """Return the generation of the public pages, or None if it cannot be read."""
    try:
        connection.ensure_connection()
        with connection.connection.cursor() as cursor:
            cursor.execute("SELECT number FROM public_generation")
            return cursor.fetchone()[0]
    except (DatabaseError, psycopg2.Error, TypeError):
        connection.close()
        return None


def cache_pages(
    application: Application,
    memory: PageMemory | None = None,
    generation: Callable[[], int | None] = read_generation,
) -> Application:
    """Wrap a WSGI application so that its public pages are served from memory."""
    memory = memory or PageMemory()
    urls = _SiteUrls()

    def serve(environment: Environment, start: Start) -> Iterable[bytes]:
        key = urls.key(environment)
        if key is None:
            return application(environment, start)
        page = memory.get(key)
        reads = page.reads if page else _parameters_of_view(key.path)
        if reads is None or _has_any(reads, environment):
            return application(environment, start)
        number = generation()
        if number is None:
            return application(environment, start)
        if page is not None and page.is_current(number):
            return _send(page, environment, start)
        if environment["REQUEST_METHOD"] == "HEAD":
            return application(environment, start)
        asked = urls.anonymous_request(environment, key)
        made = _fetch(application, asked, _Lookup(key, reads, number))
        if isinstance(made, Page):
            memory.put(made)
            return _send(made, environment, start)
        start(made.status, made.headers)
        return made

    return serve


class _SiteUrls:
    """The site's hosts and schemes, read from the settings once because each request needs them."""

    def __init__(self) -> None:
        # Exact names only: with a wildcard, visitors could create any number of keys.
        exact = {host.lower() for host in settings.ALLOWED_HOSTS if host[:1] not in (".", "*")}
        self.hosts = exact | {urlsplit(settings.SITE_URL).hostname}
        self.secure_header = settings.SECURE_PROXY_SSL_HEADER
        self.host = lru_cache(maxsize=256)(self._host)

    def key(self, environment: Environment) -> Key | None:
        """Return the key for a request, or None if its answer may not be cached."""
        path: str = environment["PATH_INFO"]
        if (
            environment["REQUEST_METHOD"] not in ("GET", "HEAD")
            or not path.isascii()
            or len(path) + len(environment.get("QUERY_STRING", "")) > LONGEST_URL
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

    def anonymous_request(self, environment: Environment, key: Key) -> Environment:
        """Return a request for the same page without query, cookies and headers."""
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


def _parameters_of_view(path: str) -> frozenset[str] | None:
    """Return the query parameters that a path's view reads, or None if it is not cached."""
    with override(get_language_from_path(path) or settings.LANGUAGE_CODE):
        try:
            return getattr(resolve(path).func, "reads_parameters", None)
        except Resolver404:
            return None


def _has_any(parameters: frozenset[str], environment: Environment) -> bool:
    query = environment.get("QUERY_STRING", "")
    if not query or not parameters:
        return False
    return not parameters.isdisjoint(QueryDict(query.replace("%00", "")))


class _Lookup(NamedTuple):
    key: Key
    reads: frozenset[str]
    generation: int


class _Uncached:
    """An answer that is not cached: pass it on, and close it."""

    def __init__(self, status: str, headers: list[Header], answer: Iterable[bytes]):
        self.status, self.headers, self.answer = status, headers, answer
        self.parts = iter(answer)

    def __iter__(self) -> _Uncached:
        return self

    def __next__(self) -> bytes:
        return next(self.parts)

    def close(self) -> None:
        _close(self.answer)


def _fetch(application: Application, asked: Environment, lookup: _Lookup) -> Page | _Uncached:
    """Let Django answer. Return a Page if the answer may be cached, else the answer itself."""
    begun: list[Any] = []
    answer = application(asked, lambda status, headers, *_: begun.extend((status, headers)))
    try:
        status, headers = begun
        if not _is_cacheable(status, headers):
            return _Uncached(status, headers, answer)
        body = b"".join(answer)
    except BaseException:
        _close(answer)
        raise
    _close(answer)
    return _page(lookup, headers, body)


def _close(answer: Iterable[bytes]) -> None:
    close = getattr(answer, "close", None)
    if close is not None:
        close()


def _is_cacheable(status: str, headers: list[Header]) -> bool:
    given = {name.lower(): value for name, value in headers}
    return (
        status.startswith("200 ")
        and given.get("cache-control", "").startswith("public")
        and "set-cookie" not in given
        and int(given.get("content-length", LARGEST_PAGE + 1)) <= LARGEST_PAGE
    )


def _page(lookup: _Lookup, headers: list[Header], body: bytes) -> Page:
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    etag = next((value for name, value in headers if name.lower() == "etag"), "")
    plain = [header for header in headers if header[0].lower() != "content-length"]
    gzip_headers, gzipped = None, b""
    if kind.startswith(COMPRESSIBLE) and len(body) > 500:
        plain.append(("Vary", "Accept-Encoding"))
        gzipped = gzip.compress(body, 6, mtime=0)
        weak = f"W/{etag}" if etag and not etag.startswith("W/") else etag
        gzip_headers = [(name, weak if name.lower() == "etag" else value) for name, value in plain]
        gzip_headers += [("Content-Encoding", "gzip"), ("Content-Length", str(len(gzipped)))]
    return Page(
        key=lookup.key,
        reads=lookup.reads,
        generation=lookup.generation,
        until=time.monotonic() + SECONDS,
        etag=etag.removeprefix("W/"),
        headers=[*plain, ("Content-Length", str(len(body)))],
        body=body,
        gzip_headers=gzip_headers,
        gzipped=gzipped,
    )


def _send(page: Page, environment: Environment, start: Start) -> Iterable[bytes]:
    sends_gzip = page.gzip_headers is not None and "gzip" in environment.get(
        "HTTP_ACCEPT_ENCODING", ""
    )
    headers = page.gzip_headers if sends_gzip else page.headers
    known = environment.get("HTTP_IF_NONE_MATCH", "")
    if page.etag and page.etag in known:
        start("304 Not Modified", [each for each in headers or [] if each[0] not in _BODY_HEADERS])
        return [b""]
    start("200 OK", list(headers or []))
    if environment["REQUEST_METHOD"] == "HEAD":
        return [b""]
    return [page.gzipped if sends_gzip else page.body]


_BODY_HEADERS = ("Content-Length", "Content-Encoding", "Content-Type")
