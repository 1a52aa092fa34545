"""The site refuses to start half-configured, and the table of settings is complete."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.stack import database_url, manage
from traceobject.settings import env

GOOD = {
    "TRACEOBJECT_PROFILE": "production",
    "SECRET_KEY": "s" * 30 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "RECEIPT_KEY": "r" * 30 + "0123456789abcdefghijklmnopqrstuvwxyz",
    "CONTACT_KEYS": "ZmDfcTF7_60GrrY167zsiPd67pEvs0aGOv2oasOM1Pg=",
    "DATABASE_URL": "postgres://user:password@localhost/traceobject",
    "REDIS_URL": "redis://localhost:6379/0",
    "EMAIL_URL": "smtp+tls://user:password@mail.agency.example:587",
    "DEFAULT_FROM_EMAIL": "trace@agency.example",
    "SITE_URL": "https://trace.agency.example",
    "ALLOWED_HOSTS": "trace.agency.example",
}


def test_production_profile_passes_the_deployment_check_without_a_warning():
    done = manage("check", "--deploy", "--fail-level", "WARNING", environment=GOOD)
    assert done.returncode == 0, done.stderr


def test_cookies_of_production_are_bound_to_the_host():
    names = (
        "SESSION_COOKIE_NAME",
        "CSRF_COOKIE_NAME",
        "SESSION_COOKIE_SECURE",
        "CSRF_COOKIE_SECURE",
    )
    code = f"from django.conf import settings\nprint(*[getattr(settings, n) for n in {names}])"
    done = manage("shell", "--verbosity", "0", "-c", code, environment=GOOD)
    assert done.stdout.split() == ["__Host-session", "__Host-csrf", "True", "True"], done.stderr


@pytest.mark.parametrize("name", [name for name in GOOD if name != "TRACEOBJECT_PROFILE"])
def test_production_names_what_is_missing_and_does_not_start(name):
    done = manage("check", environment={**GOOD, name: ""})
    assert done.returncode == 1
    assert name in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("SECRET_KEY", "short", "too short"),
        ("RECEIPT_KEY", GOOD["SECRET_KEY"], "must differ"),
        ("CONTACT_KEYS", "nonsense", "Fernet"),
        ("SITE_URL", "http://trace.agency.example", "https://"),
        ("DATABASE_URL", "sqlite:///db.sqlite3", "PostgreSQL"),
        ("TRACEOBJECT_PROFILE", "prod", "production, demo or test"),
    ],
)
def test_a_setting_that_would_be_unsafe_is_refused(name, value, why):
    done = manage("check", environment={**GOOD, name: value})
    assert done.returncode == 1
    assert why in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_one_sign_of_production_is_enough_to_demand_the_rest():
    done = manage(
        "check", environment={"TRACEOBJECT_PROFILE": "", "SITE_URL": "https://trace.agency.example"}
    )
    assert done.returncode == 1
    assert "SECRET_KEY" in done.stderr


def test_no_secret_is_written_into_the_repository_and_the_demo_keeps_its_own_private():
    path = settings.VAR_DIR / "secrets.json"
    assert path.stat().st_mode & 0o077 == 0
    usual = settings.BASE_DIR / "var" / "test"
    assert Path(os.environ.get("VAR_DIR", usual)).resolve() == settings.VAR_DIR


def test_a_postgresql_that_is_older_than_the_guide_says_is_refused_in_one_line():
    oldest, *_ = connection.features.minimum_database_version
    guide = (settings.BASE_DIR / "docs" / "operators.md").read_text()
    assert f"PostgreSQL {oldest} or newer" in guide
    code = (
        "import sys, manage\n"
        "from django.db.backends.postgresql.features import DatabaseFeatures\n"
        "DatabaseFeatures.minimum_database_version = (99,)  # so that this server is too old\n"
        "sys.argv = ['manage.py', 'migrate']\n"
        "manage.main()\n"
    )
    url = database_url(connection.settings_dict["NAME"])
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DATABASE_URL": url},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert len(done.stderr.strip().splitlines()) == 1
    assert "PostgreSQL 99 or later is required" in done.stderr


@pytest.mark.parametrize("sign", ["SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS"])
def test_the_tests_refuse_to_run_on_what_looks_like_a_sites_own_database(sign):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--collect-only", "-q", "tests/test_docs.py"],
        env={**os.environ, "TEST_DATABASE_URL": "", "DATABASE_URL": "postgres:///x", sign: "x"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert f"Unset {sign}" in done.stderr


def test_every_setting_is_in_the_operators_table_and_nothing_else():
    guide = (settings.BASE_DIR / "docs" / "operators.md").read_text()
    table = set(re.findall(r"^\| `([A-Z0-9_]+)` \|", guide, re.MULTILINE))
    assert table == set(env.scheme)
