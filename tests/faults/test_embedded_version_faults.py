"""An embedded database of another version is refused in one line and not changed."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg2
import pytest

from tests.stack import free_port
from traceobject import embedded

COMMANDS = [
    ["migrate"],
    ["export_tips"],
    ["import_tips", "tips.csv"],
    ["verify_audit"],
    ["outbox"],
    ["serve"],
    ["demo"],
]


pytestmark = pytest.mark.xdist_group("old checkout")  # what they share is made once


@pytest.fixture(scope="module")
def site():
    """A used site with its servers running, so that no command has to start them."""
    with tempfile.TemporaryDirectory(prefix="age") as short:  # a socket's path may not be long
        made = Site(Path(short) / "var")
        assert made.run("migrate").returncode == 0
        made.hold()
        yield made
        made.release()


class Site:
    def __init__(self, var):
        kept = dict(os.environ)
        for name in ("DATABASE_URL", "REDIS_URL"):
            kept.pop(name, None)
        self.environment = {**kept, "TRACEOBJECT_PROFILE": "demo", "VAR_DIR": str(var)}
        self.var = var
        self.holder = None

    def run(self, *arguments):
        return subprocess.run(
            [sys.executable, "manage.py", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )

    def hold(self):
        script = (
            "import sys; from pathlib import Path; from traceobject import embedded; "
            "embedded.ensure_running(Path(sys.argv[1])); print('up', flush=True); sys.stdin.read()"
        )
        self.holder = subprocess.Popen(
            [sys.executable, "-c", script, str(self.var)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.holder.stdout.readline() == "up\n"

    def release(self):
        if self.holder:
            self.holder.communicate()
            self.holder = None

    def sql(self, statement):
        connection = psycopg2.connect(
            host=str(embedded.Paths(self.var).pg_socket_folder),
            user="postgres",
            dbname="traceobject",
        )
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(statement)
            found = cursor.fetchall() if cursor.description else []
        connection.close()
        return found

    @property
    def refusal(self):
        folder = self.var / "postgres"
        return (
            f"manage.py: the database in {folder} was made by another version of this site. To begin "
            f"anew, remove {folder}; all objects and tips in it are lost then.\n"
        )


ANOTHER_MIGRATION = (
    "INSERT INTO django_migrations (app, name, applied) VALUES ('tips', '0013_what_a_tip_holds', now())",
    "DELETE FROM django_migrations WHERE name = '0013_what_a_tip_holds'",
)


@pytest.fixture
def older(site):
    site.sql(ANOTHER_MIGRATION[0])
    yield site
    site.sql(ANOTHER_MIGRATION[1])


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command[0])
def test_each_command_refuses_it_in_one_line_and_changes_nothing(older, command):
    count = "SELECT count(*) FROM django_migrations"
    before = older.sql(count)
    if command[0] in ("serve", "demo"):
        command = [*command, "--port", str(free_port())]
    done = older.run(*command)
    assert (done.returncode, done.stderr) == (1, older.refusal)
    assert older.sql(count) == before


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "ALTER TABLE tips_claim RENAME facts TO old_facts",
            "ALTER TABLE tips_claim RENAME old_facts TO facts",
        ),
        ("ALTER TABLE tips_claim ADD heat integer", "ALTER TABLE tips_claim DROP heat"),
        (
            "ALTER TABLE tips_hotline RENAME TO old_hotline",
            "ALTER TABLE old_hotline RENAME TO tips_hotline",
        ),
    ],
    ids=["another column", "one column more", "a table is missing"],
)
def test_one_of_another_make_is_refused_though_its_migrations_have_our_names(site, before, after):
    site.sql(before)
    try:
        done = site.run("migrate")
    finally:
        site.sql(after)
    assert (done.returncode, done.stderr) == (1, site.refusal)


def test_the_database_of_this_version_is_taken_also_with_a_migration_still_to_come(site):
    site.sql("DELETE FROM django_migrations WHERE app = 'mfa'")
    site.sql("DROP TABLE mfa_authenticator")
    for command in ("verify_audit", "migrate"):
        done = site.run(command)
        assert (done.returncode, done.stderr) == (0, "")


def test_without_the_folder_it_begins_anew(site):
    site.sql(ANOTHER_MIGRATION[0])
    site.release()
    assert site.run("migrate").returncode == 1
    shutil.rmtree(site.var / "postgres")
    assert site.run("migrate").returncode == 0
    assert site.run("verify_audit").returncode == 0
