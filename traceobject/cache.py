"""The cache in Redis or Valkey, with short time limits.

It holds only what may be lost: limits by sender, the salt of the day, used proofs of work. A request waits
for it only a fraction of a second. After a failure, this process asks nothing for ``PAUSE_SECONDS``; then
one caller tries first. All errors are ``CacheUnavailable``, and each caller works without the cache.
"""

from __future__ import annotations

import functools
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, cast

import redis
from django.core.cache import caches
from django.core.cache.backends.redis import RedisCache, RedisCacheClient
from redis.backoff import NoBackoff
from redis.connection import parse_url
from redis.exceptions import RedisError, ResponseError
from redis.retry import Retry

log = logging.getLogger(__name__)

ANSWER_SECONDS = 0.3  # to connect, and again for each answer
PAUSE_SECONDS = 5.0


class CacheUnavailable(Exception):
    """The cache does not answer, or did not within the last seconds."""


class _TimedConnection:
    """A connection with a time limit that includes the lookup of the server's name."""

    def _connect(self) -> socket.socket:
        connect = super()._connect  # type: ignore[misc]
        made: Future[socket.socket] = Future()

        def run() -> None:
            try:
                made.set_result(connect())
            except Exception as error:
                made.set_exception(error)

        threading.Thread(target=run, daemon=True, name="cache-connect").start()
        try:
            return made.result(ANSWER_SECONDS)
        except TimeoutError:
            made.add_done_callback(_close)
            raise


def _close(late: Future[socket.socket]) -> None:
    if not late.exception():
        late.result().close()


class _Server:
    """A server's connections, and the pause after a failure, shared by all threads."""

    def __init__(self, url: str) -> None:
        options: dict[str, Any] = {
            **parse_url(url),
            "socket_connect_timeout": ANSWER_SECONDS,
            "socket_timeout": ANSWER_SECONDS,
            "retry": Retry(NoBackoff(), 0),
        }
        kind = options.pop("connection_class", redis.Connection)
        options["connection_class"] = type("TimedConnection", (_TimedConnection, kind), {})
        self.pool = redis.ConnectionPool(**options)
        self.client = redis.Redis(connection_pool=self.pool)
        self._paused_until: float | None = None
        self._lock = threading.Lock()

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Guard a block that asks the server.

        Raises:
            CacheUnavailable: the server did not answer, or a pause is on.
        """
        self._refuse_in_pause()
        try:
            yield
        except RedisError as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            self.pool.disconnect(inuse_connections=False)  # the others are no better
            log.warning(
                "the cache does not answer (%s); it is guard again in %d s",
                type(error).__name__,
                PAUSE_SECONDS,
            )
            raise CacheUnavailable(type(error).__name__) from error
        self._paused_until = None

    def _refuse_in_pause(self) -> None:
        if self._paused_until is None:
            return
        with self._lock:
            if self._paused_until is None:
                return
            now = time.monotonic()
            if now < self._paused_until:
                raise CacheUnavailable("it did not answer a moment ago")
            self._paused_until = now + PAUSE_SECONDS  # this caller tries; others do without


_servers: dict[str, _Server] = {}


class _Client(RedisCacheClient):
    """Django's client, with all calls guarded by a ``_Server``."""

    def __init__(self, servers: list[str]) -> None:
        super().__init__(servers)
        self.server = _servers.setdefault(servers[0], _Server(servers[0]))

    def get_client(self, key: Any = None, *, write: bool = False) -> redis.Redis:
        return (
            self.server.client
        )  # Django's makes one for each call, which takes longer than the call

    def count(self, key: str, times: int, timeout: int) -> int:
        """Add to a counter and return the sum; see :meth:`MemoryCache.count`."""
        pipeline = self.server.client.pipeline(transaction=False)
        pipeline.set(key, 0, ex=timeout, nx=True)
        pipeline.incrby(key, times)
        return int(pipeline.execute()[-1])

    def persistence(self) -> str:
        """Return how the server writes to a disk; see :meth:`MemoryCache.persistence`."""
        client = self.server.client
        try:
            found = {str(k): str(v) for k, v in {**client.config_get("save", "appendonly")}.items()}
        except ResponseError:  # a managed server does not say
            told = client.info("persistence")
            found = {"appendonly": "yes" if int(told.get("aof_enabled", 1)) else "no"}
            if int(told.get("rdb_last_bgsave_time_sec", 0)) >= 0 or int(told.get("rdb_saves", 0)):
                found["save"] = "has been done"
        if found.get("appendonly", "no") != "no":
            return "an append-only file"
        return "snapshots" if found.get("save") else ""


def _guarded(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def ask(self: _Client, *args: Any, **kwargs: Any) -> Any:
        with self.server.guard():
            return method(self, *args, **kwargs)

    return ask


for _name in (
    *("add", "get", "set", "touch", "delete", "has_key", "incr", "clear"),
    *("get_many", "set_many", "delete_many", "count", "persistence"),
):
    setattr(_Client, _name, _guarded(getattr(_Client, _name)))


class MemoryCache(RedisCache):
    """A cache on one server, which raises ``CacheUnavailable`` instead of waiting."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__([server], params)
        self._class = _Client

    def count(self, key: str, times: int, timeout: int) -> int:
        """Add to a counter and return the sum. It expires ``timeout`` seconds after it was created.

        This takes one round trip; ``add`` and ``incr`` take three.
        """
        client = cast(_Client, self._cache)
        return int(client.count(self.make_and_validate_key(key), times, timeout))

    def persistence(self) -> str:
        """Return how the server writes what it holds to a disk (``snapshots``…), or '' if it does not.

        Where the server does not tell its configuration, it counts what was written so far.

        Raises:
            CacheUnavailable: it did not answer.
        """
        return str(cast(_Client, self._cache).persistence())


def memory() -> MemoryCache:
    """Return the cache of limits and counters."""
    return cast(MemoryCache, caches["memory"])
