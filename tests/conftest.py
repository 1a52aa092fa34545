"""Fixtures for all tests, and the summary line for missing browsers."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys

import boto3
import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.db import connections
from django.test.utils import setup_databases, teardown_databases

from tests.skips import skip_or_fail
from tests.stack import Stack, find_browser, free_port, missing_for_browser, wait_until
from tips.claims import proposals, vectors
from traceobject import embedded


@pytest.fixture(autouse=True)
def own_files(tmp_path, settings):
    """Each test has its own private and public store."""
    stores = {name: dict(store) for name, store in settings.STORAGES.items()}
    for name in ("default", "private", "public"):
        folder = tmp_path / ("private" if name == "default" else name)
        stores[name]["OPTIONS"] = {**stores[name]["OPTIONS"], "location": folder}
    settings.STORAGES = stores
    storages._storages = {}
    storages.__dict__.pop("backends", None)
    yield
    storages._storages = {}
    storages.__dict__.pop("backends", None)


@pytest.fixture(scope="session")
def s3():
    """A real S3 endpoint (moto's server) in a process of its own."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"},
    )
    address = f"http://127.0.0.1:{port}"
    client = boto3.client(
        "s3",
        endpoint_url=address,
        region_name="eu-west-1",
        aws_access_key_id="x",
        aws_secret_access_key="x",
    )

    def answers():
        with contextlib.suppress(Exception):
            client.list_buckets()
            return True

    wait_until(answers, seconds=30)
    yield client, address
    server.terminate()
    server.wait()


@pytest.fixture
def use_buckets(s3, settings):
    """Return a function that moves the site's files to two new buckets, at an optional endpoint URL."""
    client, real = s3

    def use(address=real):
        kept = dict(settings.STORAGES)
        for name in ("private", "public"):
            bucket = f"{name}-{os.urandom(6).hex()}"
            client.create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            )
            kept[name] = {
                "BACKEND": "traceobject.storage.bucket.BucketStorage",
                "OPTIONS": {
                    "bucket_name": bucket,
                    "endpoint_url": address,
                    "region_name": "eu-west-1",
                    "access_key": "x",
                    "secret_key": "x",
                    "default_acl": None,
                    "file_overwrite": True,
                },
            }
        settings.STORAGES = kept
        storages._storages = {}
        storages.__dict__.pop("backends", None)

    return use


@pytest.fixture(params=["folders", "buckets"])
def store(request, own_files):
    """Both kinds of stores, empty."""
    if request.param == "buckets":
        request.getfixturevalue("use_buckets")()
    return request.param


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """Create the test database for any choice of tests; pytest-django's own depends on marks."""
    if settings.EMBEDDED_BROKER:  # with a DATABASE_URL, no connection to the database starts it
        embedded.ensure_running(settings.VAR_DIR)
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False)
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def database(request):
    """Give each test the migrated, empty database, rolled back afterwards, or a copy of its own."""
    if "own_database" not in request.fixturenames:
        request.getfixturevalue("db")


@pytest.fixture
def pgvector(request, database):
    """Require pgvector. The embedded server has it; a server that DATABASE_URL names may lack it."""
    if "own_database" in request.fixturenames:
        request.getfixturevalue("own_database")
    vectors.forget_tables()
    why = proposals.disabled_reason()
    vectors.forget_tables()
    if why and os.environ.get("TEST_DATABASE_URL"):
        pytest.skip(f"NO PGVECTOR on the server of DATABASE_URL: {why}")
    assert not why


@pytest.fixture
def embedded_only():
    """Skip a test that needs the embedded server if DATABASE_URL is set."""
    if os.environ.get("TEST_DATABASE_URL"):
        pytest.skip("EMBEDDED ONLY: not tried on the server of DATABASE_URL")


@pytest.fixture
def own_database(django_db_setup, django_db_blocker):
    """A copy of the database with real commits, for tests with threads or other processes."""
    from tests.stack import own_database_copy

    with django_db_blocker.unblock(), own_database_copy():
        yield


@pytest.fixture
def stack(own_database, own_files, tmp_path):
    """The web server, workers and beat as real processes on a database copy."""
    running = Stack(tmp_path)
    yield running
    running.stop()


@pytest.fixture
def browser(monkeypatch):
    """A real Chromium. Without one, fail if CI is set, else skip with a warning in the summary."""
    if missing := missing_for_browser():
        message = f"NO BROWSER: {missing}"
        skip_or_fail(message)
    program = find_browser()
    from playwright.sync_api import sync_playwright

    # Playwright runs a loop in this thread; Django would refuse plain database calls beside it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=program,
            args=[
                *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
                *(
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                ),
            ],
        )
        yield running
        connections.close_all()  # beside a running loop Django keeps connections of their own
        running.close()


def pytest_terminal_summary(terminalreporter):
    skipped = [report.longrepr for report in terminalreporter.stats.get("skipped", [])]
    told = [text[2] for text in skipped if isinstance(text, tuple)]  # path, line, reason
    reasons = {text.partition("NO BROWSER: ")[2] for text in told if "NO BROWSER: " in text}
    for reason in reasons:
        line = f"THE BROWSER TESTS DID NOT RUN: {reason}"
        terminalreporter.write_sep("!", line, red=True, bold=True)


def pytest_configure(config):
    assert settings.PROFILE == "test"
