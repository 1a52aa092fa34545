"""The cache is waited for only a fraction of a second, and paused after a failure."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.cache import caches

from tests.factories import published
from tests.stack import wait_until
from tests.valkey import OwnValkey, SilentServer
from traceobject import cache
from traceobject.cache import CacheUnavailable, MemoryCache
from traceobject.staff.models import SignInLimit


@pytest.fixture
def mute():
    server = SilentServer()
    yield server
    server.close()


@pytest.fixture
def valkey():
    server = OwnValkey()
    server.start()
    yield server
    server.close()


def memory(url):
    return MemoryCache(url, {"KEY_PREFIX": "t"})


def ask(url):
    """Ask as one thread of the web server does, in vain."""
    with pytest.raises(CacheUnavailable):
        memory(url).get("key")


ASKED = {
    "add": ("k", 1),
    "get": ("k",),
    "set": ("k", 1),
    "touch": ("k",),
    "delete": ("k",),
    "has_key": ("k",),
    "incr": ("k",),
    "get_or_set": ("k", 1),
    "get_many": (["k"],),
    "set_many": ({"k": 1},),
    "delete_many": (["k"],),
    "clear": (),
}


@pytest.mark.parametrize("method", ASKED)
def test_every_call_to_a_server_that_is_gone_has_one_error(method, valkey):
    gone = memory(valkey.url)
    valkey.stop()
    with pytest.raises(CacheUnavailable):
        getattr(gone, method)(*ASKED[method])


@pytest.mark.parametrize("method", ASKED)
def test_every_call_to_a_server_that_answers_works(method, valkey):
    there = memory(valkey.url)
    there.set("k", 1)
    getattr(there, method)(*ASKED[method])


def test_a_silent_server_is_tried_once_and_then_paused(mute):
    ask(mute.url)
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(ask, [mute.url] * 200))
    assert len(mute.connections) == 1


def test_after_the_pause_one_tries_for_all(mute, monkeypatch):
    monkeypatch.setattr(cache, "PAUSE_SECONDS", 1.5)
    ask(mute.url)
    server = cache._servers[mute.url]
    wait_until(lambda: time.monotonic() > server._paused_until)
    together = threading.Barrier(8)

    def try_again(_):
        together.wait()
        ask(mute.url)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(try_again, range(8)))
    assert len(mute.connections) == 2


def test_a_server_that_comes_back_is_used_by_all_threads_at_once(valkey, monkeypatch):
    monkeypatch.setattr(cache, "PAUSE_SECONDS", 0.5)
    threads = [memory(valkey.url) for _ in range(6)]
    for each in threads:
        each.set("key", 1)
    valkey.freeze()
    ask(valkey.url)
    valkey.wake()

    def answers():
        try:
            return threads[0].get("key") == 1
        except CacheUnavailable:
            return False

    wait_until(answers)
    assert [each.get("key") for each in threads] == [1] * 6
    valkey.stop()
    ask(valkey.url)
    valkey.start()
    threads[0] = threads[-1]
    wait_until(lambda: not _refused(threads[0]))
    assert [each.get("key") for each in threads] == [None] * 6


def _refused(guard):
    try:
        guard.get("key")
    except CacheUnavailable:
        return True
    return False


def test_a_name_lookup_that_hangs_is_not_waited_for(monkeypatch):
    real, released, is_over = socket.getaddrinfo, threading.Event(), threading.Event()

    def hang(host, *rest, **options):
        if host == "cache.invalid":
            released.wait(60)
            is_over.set()
        return real(host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    ask("redis://cache.invalid:6379/0")
    assert not is_over.is_set()
    released.set()


def test_time_limits_in_the_cache_url_make_nobody_wait_longer(mute):
    begun = time.monotonic()
    ask(f"{mute.url}?socket_timeout=60&socket_connect_timeout=60")
    assert time.monotonic() - begun < 30  # hung, or not


def test_cache_values_are_never_in_the_database(
    client, settings, django_assert_max_num_queries, valkey
):
    settings.CACHES = {**settings.CACHES, "memory": {**settings.CACHES["memory"]}}
    settings.CACHES["memory"]["LOCATION"] = valkey.url
    made = published(pictures=0)
    path = f"{made.get_absolute_url()}tip/"
    for fault in (None, valkey.freeze):
        if fault:
            fault()
        with django_assert_max_num_queries(100) as guard:
            answer = client.post(path, {"text": "Sold in Sevilla"}, REMOTE_ADDR="203.0.113.7")
            client.post("/receipt/", {"code": "7K2M7K2M7K2M7K2M7K2M"}, REMOTE_ADDR="203.0.113.7")
        assert answer.status_code == 200
        assert not any(SignInLimit._meta.db_table in query["sql"] for query in guard)
    assert not SignInLimit.objects.exists()
    assert isinstance(caches["memory"], MemoryCache)
