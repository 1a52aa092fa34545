"""The audit trail only grows, and every change to it is detected."""

import contextlib
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
        ("UPDATE audit_entry SET actor_id = 7 WHERE number = 2", 2),
        ("UPDATE audit_entry SET target_user_id = 7 WHERE number = 3", 3),
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


def test_an_entry_names_people_by_their_number_too():
    boss, colleague = staff(Role.ADMINISTRATOR), staff(Role.MODERATOR)
    with transaction.atomic():
        trail.record("staff.changed", colleague, by=boss)
        trail.record("staff.changed", "claim 1", by=System.COMMAND_LINE)
    by_site, by_person = Entry.objects.all()
    assert (by_person.actor_id, by_person.target_user_id) == (boss.pk, colleague.pk)
    assert (by_site.actor_id, by_site.target_user_id) == (None, None)


def test_an_administrator_cannot_act_under_the_name_of_a_colleague(client):
    boss, victim = staff(Role.ADMINISTRATOR, name="boss"), staff(Role.MODERATOR, name="victim")
    client.force_login(boss)
    for user, name in ((victim, "elsewhere"), (boss, "victim")):
        page = f"/admin/staff/user/{user.pk}/change/"
        with contextlib.suppress(DatabaseError), transaction.atomic():
            client.post(
                page,
                {
                    "shown": client.get(page).context["adminform"].form["shown"].value(),
                    **{"username": name, "email": user.email, "is_active": "on"},
                    **{"groups": [group.pk for group in user.groups.all()]},
                    "officer_countries-TOTAL_FORMS": 0,
                    "officer_countries-INITIAL_FORMS": 0,
                },
            )
    with transaction.atomic():
        trail.record("claim.vetted", "claim 1", by=type(boss).objects.get(pk=boss.pk))
    assert Entry.objects.filter(action="claim.vetted").get().actor == "boss"
    victim.refresh_from_db()
    assert victim.username == "victim"


@pytest.mark.parametrize("change", [{"username": "another"}, {"id": 4711}])
def test_the_database_refuses_to_rename_or_renumber_an_account(change):
    user = staff(Role.MODERATOR)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        type(user).objects.filter(pk=user.pk).update(**change)


def test_an_account_changes_in_every_other_way():
    user = staff(Role.MODERATOR)
    user.email = "new@agency.example"
    user.save()
    user.refresh_from_db()
    assert user.email == "new@agency.example"


def rewritten(count):
    """Return the digests of a whole chain, then put another valid one in its place."""
    some(count)
    known = dict(Entry.objects.values_list("number", "digest"))
    tamper("DELETE FROM audit_entry")
    for number in range(count):
        with transaction.atomic():
            trail.record("claim.rejected", f"claim {number}", by=System.COMMAND_LINE, reason="x")
    return known


def test_a_chain_that_was_written_anew_is_found_by_one_known_digest(capsys):
    known = rewritten(4)
    call_command("verify_audit")  # in itself it is valid
    with pytest.raises(CommandError, match="audit entry 3 is broken: its digest is not the one"):
        call_command("verify_audit", "--known", f"3:{known[3]}")


def test_a_trail_whose_end_was_cut_off_is_found_by_a_known_digest():
    some(4)
    last = trail.verify().last_digest
    tamper("DELETE FROM audit_entry WHERE number = 4")
    with pytest.raises(CommandError, match="audit entry 4 is broken: you know its digest"):
        call_command("verify_audit", "--known", f"4:{last}")


def test_digests_that_you_know_are_found(capsys):
    some(4)
    known = [f"{number}:{digest}" for number, digest in Entry.objects.values_list("pk", "digest")]
    call_command("verify_audit", *(word for each in known for word in ("--known", each)))
    assert "4 known digests found" in capsys.readouterr().out


@pytest.mark.parametrize("known", ["3", "3:abc", "x:" + "a" * 64, ":" + "a" * 64, "3:" + "g" * 64])
def test_what_is_no_digest_is_said_in_one_line(known):
    with pytest.raises(CommandError, match="is not NUMBER:DIGEST"):
        call_command("verify_audit", "--known", known)


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
