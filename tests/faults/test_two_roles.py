"""With a role of its own, the site does all its work and cannot change the audit trail."""

from __future__ import annotations

import contextlib
import os
import subprocess
import urllib.parse
import uuid

import psycopg2
import pytest
from django.conf import settings
from django.db import DatabaseError, connection, connections, transaction

from tests.factories import open_claim, published, referral, send, staff
from tests.stack import _admin, database_url, manage
from tips.claims import vectors
from tips.desk import outcomes
from tips.models import Tip
from traceobject import embedded
from traceobject.audit import trail
from traceobject.audit.models import Entry
from traceobject.outbox import queue
from traceobject.outbox.models import Step
from traceobject.staff.authority import System
from traceobject.staff.roles import Role

pytestmark = [pytest.mark.stack, pytest.mark.xdist_group("two roles")]


def url_as(role, name):
    parts = urllib.parse.urlsplit(database_url(name))
    if parts.netloc:
        return parts._replace(netloc=f"{role}:x@{parts.netloc.rpartition('@')[2]}").geturl()
    return f"postgres:///{name}?host={urllib.parse.parse_qs(parts.query)['host'][0]}&user={role}"


def as_role(role, *command):
    """Run a command as an operator does, with a role in DATABASE_URL."""
    environment = {"DATABASE_URL": url_as(role, connection.settings_dict["NAME"])}
    return manage(*command, environment=environment)


@pytest.fixture(scope="module")
def two_roles(django_db_setup, django_db_blocker):
    """A database made as docs/operators.md says. The tests' connection is that of the site's role."""
    mark = uuid.uuid4().hex[:8]
    name, owner, site = f"own_{mark}", f"owner_{mark}", f"site_{mark}"
    control, before = _admin(), dict(connection.settings_dict)
    with control.cursor() as cursor, django_db_blocker.unblock():
        cursor.execute(f"CREATE DATABASE {name}")
        sql = [embedded.postgres_program("psql"), "-v", "ON_ERROR_STOP=1", database_url(name)]
        sql += ["-v", f"owner={owner}", "-v", f"site={site}"]
        subprocess.run(
            [*sql, "-f", settings.BASE_DIR / "deploy" / "roles.sql"], check=True, cwd="/"
        )
        cursor.execute(f"ALTER ROLE {owner} PASSWORD 'x'; ALTER ROLE {site} PASSWORD 'x'")
        connections.close_all()
        connection.settings_dict["NAME"] = name
        try:
            for command in (["migrate", "-v", "0"], ["grants", site], ["grants", site]):
                done = as_role(owner, *command)
                assert done.returncode == 0, done.stderr
            connection.settings_dict.update(USER=site, PASSWORD="x")
            yield owner, site
        finally:
            connections.close_all()
            connection.settings_dict.update(before)
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
            cursor.execute(f"DROP ROLE {owner}; DROP ROLE {site}")
            control.close()
            vectors.forget_tables()


@pytest.fixture
def own_database(two_roles):
    """Stand in for the fixture that copies a database: each test commits to the one of the two roles."""
    vectors.forget_tables()
    return two_roles


def test_the_whole_way_of_a_tip_works_with_the_sites_role(own_database):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == (own_database[1],)
    officer = staff(Role.CASE_OFFICER, "ES")
    found = published(pictures=0)
    send(found, "Sold at Lidl in Sevilla, Spain", contact="jane@mail.example", place="Sevilla")
    send(found, "Sold at Lidl in Sevilla, Spain!", matched=False)
    queue.drain()
    routed = referral("ES", open_claim(found, "Bought in Madrid, Spain, at El Corte Inglés"))
    queue.drain()
    routed.refresh_from_db()
    outcomes.acknowledge(routed, by=officer)
    outcomes.close(routed, by=officer, outcome="confirmed", note="Found.")
    assert not Step.objects.exists()
    assert Tip.objects.filter(state="matched").count() == 3
    assert trail.verify().broken is None
    assert Entry.objects.filter(action="referral.closed", actor_id=officer.pk).exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "TRUNCATE audit_entry CASCADE",
        "DROP TABLE audit_entry",
        "DROP TRIGGER pgtrigger_append_only_a6b88 ON audit_entry",
        "CREATE OR REPLACE FUNCTION pgtrigger_append_only_a6b88() RETURNS trigger LANGUAGE plpgsql"
        " AS $$ BEGIN RETURN NEW; END $$",
        "ALTER TABLE audit_entry DISABLE TRIGGER USER",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "ALTER TABLE audit_entry ADD COLUMN x int",
        "ALTER TABLE audit_entry RENAME TO another",
        "ALTER TABLE audit_entry OWNER TO CURRENT_USER",
        "SET session_replication_role = replica",
        "CREATE RULE gone AS ON INSERT TO audit_entry DO INSTEAD NOTHING",
        "CREATE TRIGGER gone BEFORE INSERT ON audit_entry FOR EACH ROW EXECUTE FUNCTION"
        " pgtrigger_append_only_a6b88()",
        "CREATE TABLE another (x int)",
        "GRANT UPDATE ON audit_entry TO CURRENT_USER",
        "SET ROLE {owner}",
        "LOCK TABLE audit_entry IN ACCESS EXCLUSIVE MODE",
        "DELETE FROM django_migrations",
        "ALTER TABLE staff_user DISABLE TRIGGER USER",
        "ALTER TABLE objects_traceobject DISABLE TRIGGER USER",
    ],
)
def test_the_sites_role_cannot_change_the_trail_nor_switch_off_a_rule(own_database, statement):
    with transaction.atomic():
        trail.record("claim.rejected", "claim 1", by=System.COMMAND_LINE)
    before = trail.verify()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(owner=own_database[0]))
        if statement.startswith("GRANT"):  # PostgreSQL only warns
            cursor.execute("UPDATE audit_entry SET actor = 'x'")
    assert trail.verify() == before


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO audit_entry (number, at, actor, actor_id, action, target, target_user_id, detail,"
        " previous, digest) SELECT number + 1000, at, actor, actor_id, action, target, target_user_id,"
        " detail, digest, repeat('a', 64) FROM audit_entry ORDER BY number DESC LIMIT 1",
        "INSERT INTO audit_entry (number, at, actor, actor_id, action, target, target_user_id, detail,"
        " previous, digest) SELECT number + 1, at, actor, actor_id, action, target, target_user_id,"
        " detail, repeat('b', 64), repeat('a', 64) FROM audit_entry ORDER BY number DESC LIMIT 1",
    ],
)
def test_an_entry_that_follows_no_other_is_refused(own_database, statement):
    with transaction.atomic():
        trail.record("claim.rejected", "claim 1", by=System.COMMAND_LINE)
    before = trail.verify()
    with pytest.raises(DatabaseError, match="follows the last one"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
    assert trail.verify() == before


def test_the_sites_role_makes_no_temporary_table(own_database):
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE objects_picture (id int)")


@pytest.mark.parametrize(
    ("role", "why"),
    [
        ("nobody_has_this_name", "there is no role"),
        ("{owner}", "owns the tables"),
        ("{superuser}", "is a superuser"),
    ],
)
def test_rights_that_would_protect_nothing_are_refused_in_one_line(own_database, role, why):
    owner, _ = own_database
    superuser = urllib.parse.urlsplit(os.environ.get("TEST_DATABASE_URL", "")).username
    role = role.format(owner=owner, superuser=superuser or "postgres")
    done = as_role(owner, "grants", role)
    assert done.returncode == 1
    assert why in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_member_of_the_owner_is_refused(own_database):
    owner, site = own_database
    with contextlib.closing(_admin()) as control, control.cursor() as cursor:
        cursor.execute(f"GRANT {owner} TO {site}")
        done = as_role(owner, "grants", site)
        cursor.execute(f"REVOKE {owner} FROM {site}")
    assert done.returncode == 1
    assert "member of the role that owns the tables" in done.stderr


@pytest.mark.parametrize(
    ("give", "take", "why"),
    [
        ("ALTER ROLE {site} CREATEROLE", "ALTER ROLE {site} NOCREATEROLE", "may create roles"),
        (
            "GRANT pg_execute_server_program TO {site}",
            "REVOKE pg_execute_server_program FROM {site}",
            "any file of the server",
        ),
    ],
)
def test_a_role_that_reaches_past_its_rights_is_refused(own_database, give, take, why):
    owner, site = own_database
    with contextlib.closing(_admin()) as control, control.cursor() as cursor:
        cursor.execute(give.format(site=site))
        done = as_role(owner, "grants", site)
        cursor.execute(take.format(site=site))
    assert done.returncode == 1
    assert why in done.stderr


def test_a_role_that_may_make_tables_is_refused(own_database):
    owner, site = own_database
    url = url_as(owner, connection.settings_dict["NAME"])
    with contextlib.closing(psycopg2.connect(url)) as of_owner, of_owner.cursor() as cursor:
        of_owner.autocommit = True
        cursor.execute(f"GRANT CREATE ON SCHEMA public TO {site}")
        done = as_role(owner, "grants", site)
        cursor.execute(f"REVOKE CREATE ON SCHEMA public FROM {site}")
    assert done.returncode == 1
    assert "may make tables" in done.stderr


def test_the_sites_role_cannot_grant_itself_anything(own_database):
    done = as_role(own_database[1], "grants", own_database[1])
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1
