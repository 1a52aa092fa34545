"""The database server's own log holds no word of a tip, whatever error a visitor causes."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import tempfile
import threading
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings
from django.core import checks
from django.db import connection

from tests.faults.test_database_faults import OwnServers
from tests.stack import wait_until
from traceobject import database_log, embedded

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("database log")]

MARKS = ("telltale", "jane@mail.example", "Rue Privée")
CARELESS = (
    "-c log_min_messages=warning -c log_min_error_statement=error -c log_error_verbosity=default"
    " -c log_parameter_max_length_on_error=-1 -c log_lock_waits=on -c deadlock_timeout=50ms"
)
SQL_FILE = settings.BASE_DIR / "deploy" / "database-log.sql"
INSERT = (
    "INSERT INTO tips_tip (object_id, state, source, text, country, url, language, received_at, relation,"
    " reasons, countries, place, contact, receipt) SELECT id, 'received', 'form', 'telltale', '', '', '',"
    " now(), '', '{}', '{}', 'Rue Privée', 'jane@mail.example', 'same' FROM objects_traceobject"
)
SELECT = "/* telltale, Rue Privée, jane@mail.example */ SELECT "


class Server(OwnServers):
    """The site on a PostgreSQL of its own, and connections to it as a chosen role."""

    role = embedded.paths.SUPERUSER

    def connect(self, role: str = ""):
        folder = embedded.Paths(self.var).pg_socket_folder
        made = psycopg2.connect(host=str(folder), dbname=embedded.DATABASE, user=role or self.role)
        made.autocommit = True
        return made

    def run_sql(self, sql: str, *, role: str = "") -> None:
        """Run SQL. An error of the database is expected."""
        with contextlib.closing(self.connect(role)) as made, made.cursor() as cursor:
            with contextlib.suppress(psycopg2.Error):
                cursor.execute(sql)

    def new_role(self, name: str) -> None:
        with contextlib.closing(self.connect("postgres")) as made, made.cursor() as cursor:
            cursor.execute(f"CREATE ROLE {name} LOGIN")
            cursor.execute(f"GRANT ALL ON ALL TABLES IN SCHEMA public TO {name}")
            cursor.execute(f"GRANT ALL ON ALL SEQUENCES IN SCHEMA public TO {name}")
            cursor.execute(f"GRANT pg_signal_backend TO {name}")

    def psql(self, *arguments: str) -> None:
        done = subprocess.run(
            [
                embedded.postgres_program("psql"),
                *("-h", embedded.Paths(self.var).pg_socket_folder, "-U", "postgres"),
                *("-d", embedded.DATABASE, "-v", "ON_ERROR_STOP=1", *arguments),
            ],
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr

    @property
    def log(self) -> str:
        return embedded.Paths(self.var).log.read_text()

    def marks_in_log(self, since: int = 0) -> list[str]:
        return [mark for mark in MARKS if mark in self.log[since:]]


@contextlib.contextmanager
def own_server(options: str = ""):
    with tempfile.TemporaryDirectory(prefix="log") as folder:
        was = Server.options
        Server.options = options
        try:
            made = Server(Path(folder).resolve())
        finally:
            Server.options = was
        made.web()  # so that the servers stay
        made.send({"text": "warm up", "nonce": "n0"})
        yield made
        made.site.stop()
        wait_until(lambda: not (made.var / "run" / "servers.json").exists(), 30)


@pytest.fixture(scope="module")
def server(django_db_setup, django_db_blocker):
    """The embedded server as it is."""
    with own_server() as made:
        yield made


@pytest.fixture(scope="module")
def careless_server(django_db_setup, django_db_blocker):
    """A server with PostgreSQL's own defaults, on which only the settings of a role help."""
    with own_server(CARELESS) as made:
        made.new_role("careless")
        made.new_role("quiet")
        made.psql("-v", "role=quiet", "-f", str(SQL_FILE))
        yield made


def simple(sql):
    def run(server):
        server.run_sql(sql)

    return run


def blocked_by_another(sql):
    def run(server):
        with contextlib.closing(server.connect()) as other, other.cursor() as cursor:
            cursor.execute("BEGIN; LOCK TABLE tips_tip")
            server.run_sql(sql)

    return run


def deadlock(server):
    ready = threading.Barrier(2)
    rows = [(1, 2), (2, 1)]
    lock = SELECT + "pg_advisory_xact_lock({})"

    def go(first, second):
        with contextlib.closing(server.connect()) as made, made.cursor() as cursor:
            cursor.execute("BEGIN; " + lock.format(first))
            ready.wait(20)
            with contextlib.suppress(psycopg2.Error):
                cursor.execute(lock.format(second))

    threads = [threading.Thread(target=go, args=pair) for pair in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)


def serialisation(server):
    with contextlib.closing(server.connect()) as one, one.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM tips_tip")
        server.run_sql("UPDATE tips_tip SET place = 'elsewhere'")
        with contextlib.suppress(psycopg2.Error):
            cursor.execute("UPDATE tips_tip SET place = 'Rue Privée', text = 'telltale'")


def ended_by(function):
    """Have another connection end one that is running a marked statement."""

    def run(server):
        made = server.connect()
        number = made.info.backend_pid
        thread = threading.Thread(
            target=lambda: suppressed(made, SELECT + "pg_sleep(20) /* telltale */")
        )
        thread.start()
        with contextlib.closing(server.connect("postgres")) as other, other.cursor() as cursor:

            def is_running():
                cursor.execute(
                    "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND wait_event = 'PgSleep'",
                    [number],
                )
                return cursor.fetchone()

            # A role that tells nothing of what it runs shows no wait either: wait for its transaction.
            wait_until(lambda: is_running() or in_transaction(cursor, number))
            function(number, cursor)
        thread.join(30)
        assert not thread.is_alive()

    return run


def in_transaction(cursor, number):
    cursor.execute("SELECT 1 FROM pg_locks WHERE pid = %s AND locktype = 'virtualxid'", [number])
    return cursor.fetchone()


def suppressed(made, sql):
    with contextlib.suppress(psycopg2.Error), made.cursor() as cursor:
        cursor.execute(sql)


def goes_away(server):
    """Hang up while the server is sending."""
    made = server.connect()
    script = (
        "import os, psycopg2, sys, threading\n"
        f"made = psycopg2.connect(host={made.info.host!r}, dbname='traceobject', user={server.role!r})\n"
        "threading.Timer(0.5, os._exit, [0]).start()\n"
        "made.cursor().execute(\"/* telltale Rue Privée */ SELECT repeat('x', 100000)"
        ' FROM generate_series(1, 100000)")\n'
    )
    subprocess.run([os.sys.executable, "-c", script], timeout=60)
    made.close()


CAUSES = {
    "sent twice": simple(f"{INSERT}; {INSERT}"),
    "NUL": simple("SELECT 'telltale', convert_from('\\x4a00', 'UTF8')"),
    "too long": simple(INSERT.replace("'Rue Privée'", "repeat('Rue Privée', 99)")),
    "not a number": simple("SELECT * FROM tips_tip WHERE id = 'telltale'"),
    "too large a number": simple("SELECT 99999999999999999999999::bigint /* telltale */"),
    "CHECK": simple(INSERT.replace("'received'", "'matched'", 1)),
    "NOT NULL": simple(INSERT.replace("'telltale'", "NULL")),
    "trigger": simple(
        "DO $$ BEGIN RAISE EXCEPTION 'refused: telltale' USING DETAIL = 'Rue Privée'; END $$"
    ),
    "warning": simple("DO $$ BEGIN RAISE WARNING 'telltale'; END $$"),
    "lock timeout": blocked_by_another("SET lock_timeout = '100ms'; " + INSERT),
    "statement timeout": simple("SET statement_timeout = '100ms'; " + SELECT + "pg_sleep(9)"),
    "deadlock": deadlock,
    "serialisation": serialisation,
    "cancelled": ended_by(
        lambda pid, cursor: cursor.execute("SELECT pg_cancel_backend(%s)", [pid])
    ),
    "terminated": ended_by(
        lambda pid, cursor: cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    ),
    "gone away": goes_away,
    # The last one: all other connections end with it.
    "killed": ended_by(lambda pid, cursor: os.kill(pid, signal.SIGKILL)),
}


# First the forms: the last of the causes ends all connections of the web server.


def test_no_form_that_a_visitor_sends_puts_a_tip_into_the_servers_log(server):
    since = len(server.log)
    tip = {
        **{"text": "telltale", "place": "Rue Privée", "contact": "jane@mail.example"},
        **{"nonce": "n-twice", "country": "FR"},
    }
    for changes in (
        {},
        {},  # sent twice
        {"text": "telltale\x00", "nonce": "n-nul"},
        {"place": "Rue Privée" * 100, "nonce": "n-long"},
        {"text": "telltale" * 10_000, "nonce": "n-longer"},
        {"country": "telltale", "nonce": "n-country"},
        {"pictures": "telltale", "nonce": "n-number", "upload": "9" * 40},
    ):
        status, _ = server.send({**tip, **changes})
        assert status in (200, 422), changes
    assert server.marks_in_log(since) == []


def test_a_form_sent_twice_is_no_error_even_to_a_careless_server(careless_server):
    since = len(careless_server.log)
    tip = {"text": "telltale", "place": "Rue Privée", "nonce": "n-twice"}
    for _ in range(3):
        assert careless_server.send(tip)[0] == 200
    assert "duplicate key" not in careless_server.log[since:]
    assert careless_server.marks_in_log(since) == []


@pytest.mark.parametrize("cause", CAUSES)
def test_no_error_of_a_statement_puts_a_tip_into_the_embedded_servers_log(server, cause):
    since = len(server.log)
    CAUSES[cause](server)
    wait_for_restart(server, cause, since)
    assert server.marks_in_log(since) == []


@pytest.mark.parametrize("cause", CAUSES)
def test_the_settings_of_the_role_keep_tips_out_of_a_careless_servers_log(careless_server, cause):
    careless_server.role = "quiet"
    since = len(careless_server.log)
    CAUSES[cause](careless_server)
    wait_for_restart(careless_server, cause, since)
    assert careless_server.marks_in_log(since) == []


@pytest.mark.parametrize("cause", CAUSES)
def test_without_these_settings_each_of_these_errors_would_be_in_the_log(careless_server, cause):
    careless_server.role = "careless"
    since = len(careless_server.log)
    CAUSES[cause](careless_server)
    wait_until(lambda: careless_server.marks_in_log(since), 20)
    wait_for_restart(careless_server, cause, since)


def wait_for_restart(server, cause, since):
    if cause == "killed":
        wait_until(lambda: "ready to accept connections" in server.log[since:], 60)


def test_check_deploy_is_silent_about_the_embedded_server():
    assert database_log.problems() == []


def test_check_deploy_names_every_setting_by_which_the_server_would_log_tips():
    with connection.cursor() as cursor:
        cursor.execute("SET log_min_error_statement = error; SET log_statement = 'all'")
        cursor.execute("SET log_min_messages = warning; SET log_error_verbosity = 'default'")
        cursor.execute("SET log_min_duration_statement = 0; SET track_activities = on")
        try:
            found = " ".join(
                each.msg
                for each in checks.run_checks(include_deployment_checks=True)
                if each.id == "database.W001"
            )
        finally:
            cursor.execute("RESET ALL")
    for name in (
        *("log_min_error_statement", "log_statement", "log_min_messages", "log_error_verbosity"),
        *("log_min_duration_statement", "track_activities"),
    ):
        assert f"{name} is" in found, name


def test_the_sql_for_operators_makes_every_setting_that_the_check_asks_for():
    written = SQL_FILE.read_text()
    for name, each in database_log.SETTINGS.items():
        assert f"SET {name} = {each.wanted};" in written, name
