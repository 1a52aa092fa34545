"""The audit trail only grows, and every change to it is detected."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction

from tests.factories import staff
from traceobject.audit import trail
from traceobject.audit.models import Entry
from traceobject.staff.authority import System
from traceobject.staff.roles import Role


def some(count=3):
    for number in range(count):
        with transaction.atomic():
            trail.record(
                "claim.rejected", f"claim {number}", by=System.COMMAND_LINE, reason="räson ✓"
            )


def tamper(sql):
    """Change the table as somebody with the database's password could."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER USER")
        cursor.execute(sql)
        cursor.execute("ALTER TABLE audit_entry ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE audit_entry SET actor = 'x'", "DELETE FROM audit_entry", "TRUNCATE audit_entry"],
)
def test_the_database_refuses_to_change_an_entry(statement):
    some()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(statement)
    assert Entry.objects.count() == 3


def test_an_unbroken_trail_is_verified_with_its_count(capsys):
    some(5)
    call_command("verify_audit")
    assert "5 entries" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("sql", "number"),
    [
        ("UPDATE audit_entry SET actor = 'nobody' WHERE number = 2", 2),
        ("UPDATE audit_entry SET detail = '{}' WHERE number = 1", 1),
        ("UPDATE audit_entry SET at = at + interval '1 second' WHERE number = 3", 3),
        ("DELETE FROM audit_entry WHERE number = 2", 2),
        ("DELETE FROM audit_entry WHERE number = 1", 1),
        ("UPDATE audit_entry SET digest = repeat('a', 64) WHERE number = 2", 2),
    ],
)
def test_verify_names_the_first_broken_entry(sql, number):
    some(4)
    tamper(sql)
    with pytest.raises(CommandError, match=rf"audit entry {number} is broken"):
        call_command("verify_audit")


def test_an_entry_outside_a_transaction_is_refused(own_database):
    with pytest.raises(transaction.TransactionManagementError):
        trail.record("claim.vetted", "claim 1", by=System.COMMAND_LINE)


def test_an_entry_of_a_step_that_fails_is_rolled_back_with_it():
    some(1)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        trail.record("claim.vetted", "claim 9", by=System.COMMAND_LINE)
        1 / 0
    some(1)
    assert trail.verify() == trail.Verdict(2, Entry.objects.first().digest)


def test_the_chain_holds_under_concurrent_writers(own_database):
    def write(name):
        try:
            for number in range(25):
                with transaction.atomic():
                    trail.record("test.wrote", f"{name} {number}", by=System.INTAKE)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=write, args=[f"writer {n}"]) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert trail.verify().broken is None
    assert trail.verify().count == 150


def test_only_administrators_see_the_trail_and_nobody_edits_it(client):
    some(1)
    client.force_login(staff(Role.ADMINISTRATOR))
    assert client.get("/admin/audit/entry/").status_code == 200
    assert client.get("/admin/audit/entry/add/").status_code == 403
    assert client.post("/admin/audit/entry/1/delete/", {"post": "yes"}).status_code == 403
    client.force_login(staff(Role.MODERATOR))
    assert client.get("/admin/audit/entry/").status_code == 403
