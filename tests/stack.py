"""The site as real processes, on a test's own database and broker number."""

from __future__ import annotations

import os
import shutil
import socket
import sys
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg2
from django.conf import settings
from django.db import connection, connections

from traceobject import embedded, serve, vendor
from traceobject.outbox.lanes import Lane


@cache
def missing_for_browser() -> str:
    """Return what this machine lacks for tests with a browser, in a line, or ''."""
    import playwright

    driver = Path(playwright.__file__).parent / "driver" / "node"
    if driver.exists() and (missing := vendor.missing_library(driver)):
        return f"Playwright's {missing}"
    return "" if find_browser() else "install chromium (Debian: apt-get install chromium)"


def find_browser() -> str | None:
    """Return the path of Chromium or Chrome, from PATH or Playwright's download, or None."""
    for name in ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"):
        if found := shutil.which(name):
            return found
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def database_url(name: str) -> str:
    """Return the URL of a database on the tests' server: DATABASE_URL's or the embedded one."""
    if given := os.environ.get("TEST_DATABASE_URL"):
        parts = urllib.parse.urlsplit(given)
        return f"{parts.scheme}://{parts.netloc}/{name}?{parts.query}"
    folder = embedded.Paths(settings.VAR_DIR).pg_socket_folder
    return f"postgres:///{name}?host={folder}&user=postgres"


def redis_url(number: int) -> str:
    """Return the URL of a numbered database on the tests' server: REDIS_URL's or the embedded one."""
    if given := os.environ.get("TEST_REDIS_URL"):
        parts = urllib.parse.urlsplit(given)
        if parts.scheme == "unix":
            return f"unix://{parts.path}?db={number}"
        return f"{parts.scheme}://{parts.netloc}/{number}"
    return f"unix://{embedded.Paths(settings.VAR_DIR).valkey_socket}?db={number}"


def _admin():
    control = psycopg2.connect(database_url("postgres"))
    control.autocommit = True
    return control


@contextmanager
def own_database_copy() -> Iterator[str]:
    """Copy the migrated test database, use the copy in a with block, and drop it. Yield its name."""
    template = connection.settings_dict["NAME"]
    name = f"own_{uuid.uuid4().hex[:12]}"
    connections.close_all()
    control = _admin()
    with control.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    connection.settings_dict["NAME"] = name
    try:
        yield name
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = template
        with control.cursor() as cursor:
            cursor.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        control.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(true: Callable[[], object], seconds: float = 30) -> object:
    """Poll until a function returns something true, and return that. Fail after ``seconds``."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := true():
            return found
        time.sleep(0.05)
    raise AssertionError(f"did not happen within {seconds} s")


class Stack:
    """Start processes of the site on demand, with the test's own database and files."""

    def __init__(self, folder: Path, broker: str | None = None):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
        self.mail = folder / "mail"
        self.environment = {
            "TRACEOBJECT_PROFILE": "test",
            "VAR_DIR": str(folder),
            "DATABASE_URL": database_url(connection.settings_dict["NAME"]),
            "REDIS_URL": broker or redis_url(number),
            "SECRET_KEY": settings.SECRET_KEY,
            "RECEIPT_KEY": settings.RECEIPT_KEY,
            "CONTACT_KEYS": ",".join(settings.CONTACT_KEYS),
            "SITE_URL": self.url,
        }
        if broker is None:
            import redis

            redis.Redis.from_url(self.environment["REDIS_URL"]).flushdb()
        self.folder = folder
        self.site = serve.Site(folder / "log")

    def start(self, name: str, command: list[str]) -> None:
        self.site.environment = {**os.environ, **self.environment}
        self.site.start(name, command)

    def web(self) -> None:
        self.start("web", serve.web_command(self.port, processes=1))
        self.site.wait_for_web(self.port)

    def worker(self, *lanes: Lane) -> None:
        """Start a worker for these lanes, or one for all lanes, called ``worker``."""
        name = f"worker-{'-'.join(lanes)}" if lanes else "worker"
        self.start(name, serve.worker_command(*lanes))

    def beat(self) -> None:
        self.start("beat", serve.beat_command())

    def stop(self) -> None:
        self.site.stop()

    def log(self, name: str) -> str:
        return (self.site.log_folder / f"{name}.log").read_text()


def post_tip(
    stack: Stack, reference: str, text: str, nonce: str, *, seconds: float = 20
) -> tuple[int, str]:
    """Send the form over HTTP. Return the status and page. Raise an error after ``seconds`` of silence."""
    body = urllib.parse.urlencode({"text": text, "nonce": nonce}).encode()
    url = f"{stack.url}/objects/{reference}/tip/"
    with urllib.request.urlopen(url, body, timeout=seconds) as answer:
        return answer.status, answer.read().decode()


def manage(
    *arguments: str,
    environment: dict[str, str] | None = None,
    stdin: bytes = b"",
    cwd: Path | None = None,
):
    """Run a command as an operator does. Return the finished process, with its output as text."""
    import subprocess

    done = subprocess.run(
        [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments],
        env={**os.environ, **(environment or {})},
        input=stdin,
        capture_output=True,
        timeout=120,
        cwd=cwd,
    )
    done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    return done
