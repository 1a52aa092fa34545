"""The salt that hides senders is on no disk: a real Valkey that writes one gets none."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.utils import timezone

from tests.stack import free_port
from tests.valkey import OwnValkey
from tips.intake import limits, salt
from traceobject.cache import CacheUnavailable, memory

ROOT = Path(__file__).resolve().parents[3]
SENDER = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.fixture
def cache_server(settings):
    """Return a function that starts a server and makes it the site's cache."""
    started = []

    def start(*options):
        server = OwnValkey(*options)
        started.append(server)
        server.start()
        settings.CACHES = {
            **settings.CACHES,
            "memory": {**settings.CACHES["memory"], "LOCATION": server.url},
        }
        settings.EMBEDDED_BROKER = False
        salt._clear_salt()
        return server

    yield start
    salt._clear_salt()
    for server in started:
        server.close()


WRITING = {
    "snapshots": ("--save", "3600 1"),
    "an append-only file": ("--save", "", "--appendonly", "yes"),
}


@pytest.mark.parametrize("how", WRITING)
def test_a_cache_that_writes_to_a_disk_gets_no_salt_and_no_sender(cache_server, rf, how):
    server = cache_server(*WRITING[how])
    assert memory().persistence() == how
    (problem,) = salt.cache_is_in_memory()
    assert how in problem.msg
    assert limits.sender_hash(rf.get("/", **SENDER), timezone.now()) == ""
    assert server.client().keys("*") == []
    server.client().save()
    assert b"salt" not in b"".join(p.read_bytes() for p in server.folder.rglob("*.rdb"))


def test_a_cache_in_memory_alone_gets_one(cache_server, rf):
    cache_server()
    assert memory().persistence() == ""
    assert salt.cache_is_in_memory() == []
    assert limits.sender_hash(rf.get("/", **SENDER), timezone.now())


def test_one_that_begins_to_write_later_loses_the_salt(cache_server, rf):
    server = cache_server()
    now = timezone.now()
    assert limits.sender_hash(rf.get("/", **SENDER), now)
    server.client().config_set("save", "3600 1")
    salt._clear_salt()  # as a process does after half a minute
    assert limits.sender_hash(rf.get("/", **SENDER), now) == ""
    assert [key for key in server.client().keys("*") if b"salt" in key] == []
    server.client().config_set("save", "")
    assert limits.sender_hash(rf.get("/", **SENDER), now)


@pytest.mark.parametrize(
    ("options", "how"),
    [
        (("--save", ""), ""),
        (("--save", "", "--appendonly", "yes"), "an append-only file"),
        (("--save", "3600 1"), "snapshots"),
    ],
)
def test_a_server_that_keeps_its_configuration_to_itself_is_judged_by_what_it_did(
    cache_server, options, how
):
    server = cache_server(*options)
    if how == "snapshots":
        server.client().bgsave()
        while server.client().info("persistence")["rdb_bgsave_in_progress"]:
            pass
    server.client().execute_command("ACL", "SETUSER", "default", "-config")
    assert memory().persistence() == how


def test_a_cache_that_is_gone_stops_nothing(cache_server):
    cache_server().stop()
    assert salt.cache_is_in_memory() == []
    with pytest.raises(CacheUnavailable):
        salt.salt_of_day(timezone.now())


@pytest.mark.parametrize("command", [["check"], ["serve", "--port", "PORT"]])
def test_the_site_does_not_start_with_a_cache_that_writes_to_a_disk(cache_server, command):
    server = cache_server("--save", "3600 1")
    done = subprocess.run(
        [
            *(sys.executable, "manage.py"),
            *(str(free_port()) if word == "PORT" else word for word in command),
        ],
        cwd=ROOT,
        env={**os.environ, "REDIS_URL": server.url},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1
    assert "writes snapshots to a disk" in done.stderr
