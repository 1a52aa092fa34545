"""No clock in the database or the store tells when a tip was sent, closer than the hour."""

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from django.core.files.storage import storages
from django.db import connection, connections, transaction
from django.utils import timezone

from tests.factories import published, staff
from tests.tips.intake.uploads import chosen, listed_file, photo, sent
from tips.desk import outcomes
from tips.intake.accept import accept_addition
from tips.intake.uploads import attachments
from tips.models import Alert, Claim, Delivery, Question, Referral, Tip
from tips.triage import decisions, questions
from traceobject.audit import trail
from traceobject.audit.models import Entry, PendingEntry
from traceobject.outbox import queue
from traceobject.outbox.models import Step
from traceobject.staff.authority import System
from traceobject.staff.roles import Role

# Columns with exact times, and why no tip's time can be read from them.
EXACT = {
    "objects_": "what staff did to objects; published times are public",
    "public_generation": "changes of public data",
    "staff_": "accounts of staff, and their attempts to sign in",
    "account_": "accounts of staff",
    "mfa_": "second factors of staff",
    "django_session": "sessions of staff; the public has none",
    "django_admin_log": "staff's changes of desks, hotlines and accounts",
    "django_migrations": "when the site was updated",
    "outbox_destination": "when a mail server or a store stopped answering",
}


def times():
    """Return each table and column with times, and the times in it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type LIKE 'time%'"
        )
        for table, column in cursor.fetchall():
            cursor.execute(f'SELECT DISTINCT "{column}" FROM "{table}"')
            yield table, column, [row[0] for row in cursor.fetchall() if row[0] is not None]


def is_hour(moment):
    return (moment.minute, moment.second, moment.microsecond) == (0, 0, 0)


def whole_way(client):
    """Send tips with pictures, and have them decided, referred, asked about and closed."""
    safeguarding, moderator = staff(Role.SAFEGUARDING), staff(Role.MODERATOR)
    officer, made = staff(Role.CASE_OFFICER, "ES"), published(pictures=0)
    listed_file(photo(9))
    fields = {"contact": "jane@mail.example", "location_allowed": "on", "made": made}
    first = sent(client, chosen(photo(1)), chosen(photo(9)), **fields)
    sent(client, text="I saw it in Sevilla, in a shop", made=made)
    queue.drain()
    first.refresh_from_db()
    questions.ask(first, by=moderator, text="Which shop?")
    question = Question.objects.get()
    accept_addition(first, text="The one at the corner", now=timezone.now(), question=question)
    lead = decisions.vet(first.claim, by=moderator, summary="A shop", countries={"ES": "sold"})
    queue.drain()
    referral = lead.referrals.get()
    outcomes.acknowledge(referral, by=officer)
    outcomes.close(referral, by=officer, outcome="confirmed", note="It is there.")
    assert Alert.objects.get().person == safeguarding
    return first


def test_nothing_of_a_tip_in_the_database_has_a_time_closer_than_the_hour(client):
    whole_way(client)
    seen = set()
    for table, column, found in times():
        if table == "audit_entry" or table.startswith(tuple(EXACT)):
            continue
        assert all(is_hour(moment) for moment in found), (table, column, found)
        seen |= {f"{table}.{column}"} if found else set()
    assert seen >= {
        *("tips_tip.received_at", "tips_attachment.received_at", "tips_alert.sent_at"),
        *("tips_claim.opened_at", "tips_claim.decided_at", "tips_lead.vetted_at"),
        *("tips_question.asked_at", "tips_delivery.created_at", "tips_delivery.sent_at"),
        *("tips_referral.created_at", "tips_referral.sent_at"),
        *("tips_referral.acknowledged_at", "tips_referral.closed_at"),
    }


def test_no_entry_of_the_trail_that_a_tip_causes_has_a_closer_time(client):
    whole_way(client)
    trail.append_pending(timezone.now() + timedelta(hours=1))
    tips = ("tip ", "claim ", "attachment ", "referral ", "lead ")
    caused = [each for each in Entry.objects.all() if each.target.startswith(tips)]
    # Staff's own decisions are exact: the trail must prove who did what when.
    parts = [each for each in caused if each.actor in set(System)]
    assert {each.action for each in parts} >= {"tip.matched", "attachment.clean", "referral.sent"}
    assert all(is_hour(each.at) for each in parts), [(each.action, each.at) for each in parts]


def test_no_exact_entry_before_or_after_tells_the_minute_of_a_tip(client):
    whole_way(client)
    now = timezone.now()
    assert trail.append_pending(now) == 0  # the hour has not ended
    assert not Entry.objects.filter(action="tip.matched").exists()
    waiting = list(PendingEntry.objects.order_by("pk").values_list("action", "target"))
    trail.append_pending(now + timedelta(hours=1))
    assert not PendingEntry.objects.exists()
    caused = [*Entry.objects.order_by("number")][-len(waiting) :]
    assert sorted((each.action, each.target) for each in caused) == sorted(waiting)
    assert trail.verify().broken is None


def test_the_order_within_an_hour_tells_nothing(client):
    with transaction.atomic():
        for number in range(60):
            trail.record("tip.matched", f"tip {number}", by=System.MATCHING)
    trail.append_pending(timezone.now() + timedelta(hours=1))
    targets = list(Entry.objects.order_by("number").values_list("target", flat=True))
    assert len(targets) == 60
    assert targets != [f"tip {number}" for number in range(60)]


def test_entries_that_wait_survive_in_their_own_transaction_and_are_appended_once(own_database):
    with transaction.atomic():
        trail.record("tip.matched", "tip 1", by=System.MATCHING)
    with suppress(ZeroDivisionError), transaction.atomic():
        trail.record("tip.matched", "tip 2", by=System.MATCHING)
        raise ZeroDivisionError
    later = timezone.now() + timedelta(hours=1)

    def append(_):
        try:
            return trail.append_pending(later)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(append, range(4))) == [0, 0, 0, 1]
    assert Entry.objects.get().target == "tip 1"


def test_no_sealed_value_states_a_time(client):
    tip = whole_way(client)
    stored = [bytes(tip.contact), *(bytes(a.taken) for a in tip.attachments.all() if a.taken)]
    private = storages["private"]
    names = [f"uploads/{name}" for name in private.listdir("uploads")[1]]
    stored += [private.open(name).read() for name in names]
    assert len(stored) == 4
    import base64

    assert all(base64.urlsafe_b64decode(each[:12])[1:9] == bytes(8) for each in stored)


def test_no_file_or_folder_of_the_private_store_has_a_closer_time(client):
    whole_way(client)
    root, found = storages["private"].location, []
    for folder, _, names in os.walk(root):
        found += [folder, *(os.path.join(folder, name) for name in names)]
    assert len(found) >= 4
    assert all(os.stat(path).st_mtime % 3600 == 0 for path in found)


def test_the_database_itself_cuts_the_times_of_a_tip(client):
    tip = whole_way(client)
    exact = datetime(2026, 5, 4, 13, 37, 21, 5, tzinfo=UTC)
    for model, column in (
        *((Tip, "received_at"), (Claim, "opened_at"), (Question, "asked_at")),
        *((Alert, "sent_at"), (Delivery, "sent_at"), (Referral, "sent_at")),
    ):
        model.objects.update(**{column: exact})
        (found,) = set(model.objects.values_list(column, flat=True))
        assert found == datetime(2026, 5, 4, 13, tzinfo=UTC), model
    assert tip.pk


def test_a_step_that_waits_for_long_forgets_the_minute():
    queue.put("match", 1)
    assert queue.round_times() == 0  # the minutes tell that no worker runs
    Step.objects.update(waiting_since=datetime(2026, 5, 4, 13, 35, tzinfo=UTC))
    assert queue.round_times() == 1
    assert Step.objects.get().waiting_since == datetime(2026, 5, 4, 13, tzinfo=UTC)
    assert queue.round_times() == 0


def test_a_step_that_was_given_up_has_no_closer_time():
    queue.put("match", 10**9)  # there is no such tip
    for _ in range(80):
        Step.objects.update(due_at=timezone.now() - timedelta(seconds=1))
        queue.drain(names=["match"])
    step = Step.objects.get()
    assert is_hour(step.given_up_at)
    assert is_hour(step.due_at)


def test_a_fresh_upload_without_a_row_is_never_taken_for_an_old_one(client):
    name = storages["private"].save("uploads/fresh", chosen().file)
    now = timezone.now()
    assert attachments.delete_unclaimed(now + timedelta(minutes=119)) == 0
    assert storages["private"].exists(name)
    assert attachments.delete_unclaimed(now + timedelta(hours=4)) == 1


def test_the_database_keeps_no_times_of_commits():
    with connection.cursor() as cursor:
        cursor.execute("SHOW track_commit_timestamp")
        assert cursor.fetchone() == ("off",)
