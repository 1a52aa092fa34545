"""Each kind of data goes when its time is over, unless something new happened or it is on hold."""

import os
import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.storage import storages
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from objects.models import TraceObject
from tests.factories import open_claim, published, referral, send, staff
from tests.stack import wait_until
from tests.tips.intake.uploads import chosen, everything_stored, listed_file, photo, sent
from tips.claims.match import match
from tips.desk import outcomes
from tips.intake.accept import accept_addition
from tips.models import Attachment, Claim, LegalHold, Question, Referral, Tip
from tips.retention import erasing, expiry, holds
from tips.tasks import erase_expired
from tips.triage import decisions, questions
from traceobject.audit.models import Entry
from traceobject.errors import StepRefused
from traceobject.outbox import queue
from traceobject.staff.roles import Role

YEAR = timedelta(days=366)


def rejected(text="I know nothing", **fields):
    claim = open_claim(text=text, **fields)
    decisions.reject(claim, by=staff(Role.MODERATOR), reason="no use")
    return Tip.objects.get(claim=claim)


def later(**period):
    return timezone.now() + timedelta(**period)


# --- what goes, and when --------------------------------------------------------------------------


def test_a_rejected_tip_is_erased_after_its_time_and_not_before():
    tip = rejected()
    assert expiry.erase_expired(later(days=364))["rejected tips"] == 0
    assert expiry.erase_expired(later(days=366))["rejected tips"] == 1
    tip.refresh_from_db()
    assert (tip.text, tip.claim.state) == ("", "rejected")
    entry = Entry.objects.get(action="retention.erased", target="rejected tips")
    assert (entry.actor, entry.detail) == ("retention", {"count": 1})
    assert expiry.erase_expired(later(days=366))["rejected tips"] == 0


def test_tips_that_were_not_rejected_stay():
    send(published(pictures=0), "waits")
    referral("ES")
    assert expiry.erase_expired(later(days=4000))["rejected tips"] == 0
    assert not Tip.objects.filter(text="").exists()


def add(tip):
    accept_addition(tip, text="Something else", now=later(days=300))


def ask(tip):
    questions.ask(tip, by=staff(Role.MODERATOR), text="Which shop?")
    Question.objects.update(asked_at=later(days=300))


def decide_again(tip):
    decisions.reopen(tip.claim, by=staff(Role.MODERATOR))
    assert expiry.erase_expired(later(days=4000))["rejected tips"] == 0
    decisions.reject(tip.claim, by=staff(Role.MODERATOR), reason="still no use")
    Claim.objects.update(decided_at=later(days=300))


@pytest.mark.parametrize("happens", [add, ask, decide_again])
def test_whatever_happens_about_a_tip_extends_its_time(happens):
    tip = rejected()
    happens(tip)
    assert expiry.erase_expired(later(days=500))["rejected tips"] == 0
    assert expiry.erase_expired(later(days=700))["rejected tips"] == 1
    tip.refresh_from_db()
    assert tip.text == ""


def test_contact_details_go_when_their_sender_was_told_they_would(client):
    tip = sent(client, chosen(), contact="jane@mail.example", location_allowed="on")
    match(tip.pk)
    queue.drain(names=["attachment.inspect"])
    add(tip)
    assert not set(expiry.erase_expired(later(days=179))) - {
        "hashes of senders",
        "hours of arrival",
    }
    done = expiry.erase_expired(later(days=181))
    assert (done["contact details"], done["places of photos"]) == (1, 1)
    tip.refresh_from_db()
    assert (tip.contact, tip.text) == (None, "I saw it in Sevilla")
    assert tip.attachments.get().taken is None


def test_uploads_of_rejected_tips_go(client, django_capture_on_commit_callbacks, settings):
    settings.REJECTED_RETENTION = timedelta(days=9999)
    tip = sent(client, chosen())
    match(tip.pk)
    queue.drain(names=["attachment.inspect"])
    tip.refresh_from_db()
    decisions.reject(tip.claim, by=staff(Role.MODERATOR), reason="no use")
    for days, left in ((364, 1), (366, 0)):
        with django_capture_on_commit_callbacks(execute=True):
            assert expiry.erase_expired(later(days=days))["uploads of closed tips"] == 1 - left
    assert Attachment.objects.get().state == "erased"
    assert Attachment.objects.get().blurred == ""
    tip.refresh_from_db()
    assert tip.text


def test_uploads_of_a_lead_go_once_all_its_referrals_are_closed_for_long(client):
    tip = sent(client, chosen())
    match(tip.pk)
    queue.drain(names=["attachment.inspect"])
    tip.refresh_from_db()
    officer = staff(Role.CASE_OFFICER, "ES")
    found = referral("ES", claim=tip.claim)
    assert expiry.erase_expired(later(days=4000))["uploads of closed tips"] == 0
    outcomes.acknowledge(found, by=officer)
    outcomes.close(found, by=officer, outcome="nothing", note="We asked.")
    assert expiry.erase_expired(later(days=366))["uploads of closed tips"] == 1
    assert Referral.objects.get().outcome_note == "We asked."
    assert expiry.erase_expired(later(days=731))["notes of closed referrals"] == 1
    assert Referral.objects.get().outcome_note == "[Erased]"
    assert Referral.objects.get().outcome == "nothing"


def test_locked_evidence_outlives_every_period(client):
    listed_file(photo(9))
    tip = sent(client, chosen(photo(9)))
    match(tip.pk)
    queue.drain(names=["attachment.inspect"])
    tip.refresh_from_db()
    decisions.reject(tip.claim, by=staff(Role.MODERATOR), reason="no use")
    expiry.erase_expired(later(days=9999))
    tip.refresh_from_db()
    assert tip.text
    assert Attachment.objects.get().state == "locked"
    assert everything_stored()


def test_the_hour_of_arrival_becomes_the_day():
    tip = send(published(pictures=0), "I know it")
    Tip.objects.update(received_at=datetime(2026, 5, 4, 13, tzinfo=UTC))
    Claim.objects.update(opened_at=datetime(2026, 5, 4, 13, tzinfo=UTC))
    expiry.erase_expired(datetime(2026, 6, 3, 12, tzinfo=UTC))
    assert Tip.objects.get(pk=tip.pk).received_at == datetime(2026, 5, 4, 13, tzinfo=UTC)
    assert expiry.erase_expired(datetime(2026, 6, 3, 14, tzinfo=UTC))["hours of arrival"] == 2
    assert Tip.objects.get(pk=tip.pk).received_at == datetime(2026, 5, 4, tzinfo=UTC)
    assert Claim.objects.get().opened_at == datetime(2026, 5, 4, tzinfo=UTC)


def test_the_hour_of_a_file_becomes_the_day(client):
    sent(client, chosen())
    (name,) = everything_stored()
    path = Path(storages["private"].path(name))
    hour = datetime(2026, 5, 4, 13, tzinfo=UTC).timestamp()
    os.utime(path, (hour, hour))
    expiry.erase_expired(datetime(2026, 6, 3, 12, tzinfo=UTC))
    assert path.stat().st_mtime == hour
    expiry.erase_expired(datetime(2026, 6, 3, 14, tzinfo=UTC))
    assert path.stat().st_mtime == datetime(2026, 5, 4, tzinfo=UTC).timestamp()


def test_more_than_a_chunk_goes_in_one_run(monkeypatch):
    monkeypatch.setattr(expiry, "CHUNK", 2)
    made = published(pictures=0)
    for number in range(5):
        tip = send(made, f"Thing {number} from shop {number} in town {number}")
        decisions.reject(tip.claim, by=staff(Role.MODERATOR), reason="no use")
    assert expiry.erase_expired(later(days=366))["rejected tips"] == 5
    entries = Entry.objects.filter(action="retention.erased", target="rejected tips")
    assert sorted(entry.detail["count"] for entry in entries) == [1, 2, 2]


def test_beat_erases_what_is_past_its_time():
    rejected()
    Tip.objects.update(received_at=timezone.now() - 2 * YEAR)
    Claim.objects.update(decided_at=timezone.now() - YEAR)
    assert erase_expired() >= 1
    assert Tip.objects.get().text == ""
    tasks = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert "tips.tasks.erase_expired" in tasks


# --- legal holds ----------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["tip", "object"])
def test_a_hold_stops_every_period_and_lifting_it_lets_them_go(client, what):
    tip = sent(client, chosen(), contact="jane@mail.example", location_allowed="on")
    match(tip.pk)
    queue.drain(names=["attachment.inspect"])
    tip.refresh_from_db()
    decisions.reject(tip.claim, by=staff(Role.MODERATOR), reason="no use")
    one, other = staff(Role.MODERATOR), staff(Role.ADMINISTRATOR)
    hold = holds.propose(tip if what == "tip" else tip.object, by=one, reason="Order 17/2026")
    holds.confirm(hold, by=other)
    before = Tip.objects.values().get()
    expiry.erase_expired(later(days=9999))
    after = Tip.objects.values().get()
    assert {**before, "sender": ""} == {**after, "sender": ""}
    assert Attachment.objects.get().taken
    holds.propose_lifting(hold, by=other, reason="The case is closed")
    expiry.erase_expired(later(days=9999))
    assert Tip.objects.get().text
    lift(hold, by=one)
    assert expiry.erase_expired(later(days=9999))["rejected tips"] == 1


def lift(hold, *, by):
    """Lift a hold as somebody who has just read why."""
    hold.refresh_from_db()
    holds.lift(hold, by=by, seen=holds.lifting_fingerprint(hold))


def test_a_hold_needs_two_people_with_two_roles_each_time():
    one, other = staff(Role.MODERATOR), staff(Role.ADMINISTRATOR)
    colleague = staff(Role.MODERATOR)
    hold = holds.propose(published(pictures=0), by=one, reason="Order 17/2026")
    with pytest.raises(StepRefused, match="Another person has to confirm"):
        holds.confirm(hold, by=one)
    with pytest.raises(StepRefused, match="with another role"):
        holds.confirm(hold, by=colleague)
    holds.confirm(hold, by=other)
    with pytest.raises(StepRefused, match="is in force"):
        lift(hold, by=one)
    holds.propose_lifting(hold, by=one, reason="The case is closed")
    with pytest.raises(StepRefused, match="Another person has to agree"):
        lift(hold, by=one)
    with pytest.raises(StepRefused, match="with another role"):
        lift(hold, by=colleague)
    lift(hold, by=other)
    actions = Entry.objects.filter(action__startswith="hold.").order_by("number")
    assert [entry.action for entry in actions] == [
        *("hold.proposed", "hold.confirmed", "hold.lifting_proposed", "hold.lifted")
    ]


def test_a_proposal_is_taken_back_only_by_who_made_it_and_then_stops_nothing():
    one, other = staff(Role.MODERATOR), staff(Role.ADMINISTRATOR)
    hold = holds.propose(published(pictures=0), by=one, reason="Order 17/2026")
    with pytest.raises(StepRefused, match="Only the person who proposed it"):
        holds.take_back(hold, by=other)
    assert LegalHold.objects.in_force().exists()
    holds.take_back(hold, by=one)
    assert not LegalHold.objects.in_force().exists()
    hold.refresh_from_db()
    assert hold.state == "taken back"
    for step in (holds.confirm, holds.take_back):
        with pytest.raises(StepRefused, match="taken back"):
            step(hold, by=other)
    with pytest.raises(StepRefused, match="You took back"):
        holds.propose(hold.object, by=one, reason="Order 18/2026")
    holds.propose(hold.object, by=other, reason="Order 18/2026")


def test_two_moderators_set_no_hold_because_one_has_a_role_that_does_not_decide():
    one, other = staff(Role.MODERATOR), staff(Role.MODERATOR)
    other.groups.add(Group.objects.get(name=Role.INVESTIGATOR))
    hold = holds.propose(published(pictures=0), by=one, reason="Order 17/2026")
    with pytest.raises(StepRefused, match="with another role"):
        holds.confirm(hold, by=other)


def test_nobody_lifts_a_hold_for_a_reason_that_they_did_not_read():
    one, other = staff(Role.MODERATOR), staff(Role.ADMINISTRATOR)
    hold = holds.propose(published(pictures=0), by=one, reason="Order 17/2026")
    holds.confirm(hold, by=other)
    holds.propose_lifting(hold, by=one, reason="The court's order has ended")
    hold.refresh_from_db()
    seen = holds.lifting_fingerprint(hold)
    holds.decline_lifting(hold, by=one, reason="A slip")
    holds.propose_lifting(hold, by=one, reason="I want to erase it")
    with pytest.raises(StepRefused, match="has changed since"):
        holds.lift(hold, by=other, seen=seen)


def test_the_reason_of_a_hold_does_not_quote_the_tip():
    tip = send(published(pictures=0), "My uncle Bernd in Graz has this lamp")
    with pytest.raises(StepRefused, match="Do not quote"):
        holds.propose(tip, by=staff(Role.MODERATOR), reason="uncle Bernd in Graz: order 3")
    holds.propose(tip, by=staff(Role.MODERATOR), reason="Order 3/2026, about Graz")


def test_a_declined_lifting_leaves_the_hold_in_force_and_can_be_proposed_again():
    one, other = staff(Role.MODERATOR), staff(Role.ADMINISTRATOR)
    hold = holds.propose(published(pictures=0), by=one, reason="Order 17/2026")
    with pytest.raises(StepRefused, match="is proposed"):
        holds.decline_lifting(hold, by=one, reason="Too early")
    holds.confirm(hold, by=other)
    holds.propose_lifting(hold, by=one, reason="The case is closed")
    with pytest.raises(StepRefused, match="reason"):
        holds.decline_lifting(hold, by=other, reason=" ")
    holds.decline_lifting(hold, by=other, reason="The appeal is open")
    hold.refresh_from_db()
    assert hold.state == "in force"
    with pytest.raises(StepRefused, match="in force"):
        lift(hold, by=other)
    entry = Entry.objects.get(action="hold.lifting_declined")
    assert entry.detail["proposed_because"] == "The case is closed"
    holds.propose_lifting(hold, by=other, reason="The appeal is over")
    lift(hold, by=one)


def test_a_proposal_is_taken_back_and_a_lifting_declined_on_the_pages(client):
    one, other = staff(Role.MODERATOR), staff(Role.ADMINISTRATOR)
    hold = holds.propose(published(pictures=0), by=one, reason="Order 17/2026")
    address = f"/admin/tips/legalhold/{hold.pk}"
    client.force_login(one)
    assert "Take back the proposal" in client.get(f"{address}/change/").content.decode()
    client.post(f"{address}/take-back/")
    assert "Confirm hold" not in client.get(f"{address}/change/").content.decode()
    hold = holds.propose(published(pictures=0), by=one, reason="Order 18/2026")
    holds.confirm(hold, by=other)
    holds.propose_lifting(hold, by=one, reason="The case is closed")
    client.force_login(other)
    address = f"/admin/tips/legalhold/{hold.pk}"
    assert "Keep the hold" in client.get(f"{address}/change/").content.decode()
    page = client.post(f"{address}/decline-lifting/", {"reason": "Appeal"}, follow=True)
    assert f"Legal hold {hold.pk} is in force." in page.content.decode()
    client.force_login(one)
    page = client.get(f"{address}/change/").content.decode()
    assert f"{other} kept the hold" in page
    assert "(The case is closed): Appeal" in page


def test_the_database_itself_wants_two_people():
    one, other = staff(Role.MODERATOR), staff(Role.MODERATOR)
    hold = holds.propose(published(pictures=0), by=one, reason="Order 17/2026")
    row = LegalHold.objects.filter(pk=hold.pk)
    now = timezone.now()

    def refused(**change):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(**change)

    refused(confirmed_by=one, confirmed_at=now)
    refused(lifted_by=other, lifted_at=now)
    refused(reason="Another")
    refused(proposed_by=other)
    row.update(confirmed_by=other, confirmed_at=now)
    refused(confirmed_by=None, confirmed_at=None)
    refused(taken_back_at=now)
    row.update(lift_proposed_by=one, lift_reason="closed")
    refused(lift_reason="something else")
    refused(lift_proposed_by=other)
    refused(lifted_by=one, lifted_at=now)
    row.update(lifted_by=other, lifted_at=now)
    refused(lift_reason="", lift_proposed_by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.delete()


def test_nobody_stops_erasures_alone_by_proposing_again():
    one, made = staff(Role.MODERATOR), published(pictures=0)
    hold = holds.propose(made, by=one, reason="Order 17/2026")
    with pytest.raises(StepRefused, match="already proposed"):
        holds.propose(made, by=one, reason="Order 18/2026")
    holds.confirm(hold, by=staff(Role.ADMINISTRATOR))
    holds.propose(made, by=one, reason="Order 18/2026")


def test_an_erasure_and_a_proposal_wait_for_each_other(own_database):
    made, one, events = published(pictures=0), staff(Role.MODERATOR), []

    def propose():
        holds.propose(made, by=one, reason="Order 17/2026")
        events.append("proposed")
        connections.close_all()

    with transaction.atomic():
        erasing.begin()
        thread = threading.Thread(target=propose)
        thread.start()
        wait_until(waiting_for_a_lock)
        events.append("erased")
    thread.join()
    assert events == ["erased", "proposed"]


def waiting_for_a_lock():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
        return cursor.fetchone()[0]


def test_a_refused_proposal_keeps_what_was_typed(client):
    client.force_login(staff(Role.MODERATOR))
    typed = {"on": "X9-99", "reason": "The order of a court"}
    page = client.post("/admin/tips/legalhold/propose/", typed).content.decode()
    assert "Enter an object&#x27;s reference" in page
    assert 'value="X9-99"' in page
    assert 'value="The order of a court"' in page


def test_a_proposal_that_nobody_confirms_lapses_after_seven_days():
    tip = rejected()
    hold = holds.propose(tip, by=staff(Role.MODERATOR), reason="Order 17/2026")
    Tip.objects.update(received_at=timezone.now() - YEAR)
    Claim.objects.update(decided_at=timezone.now() - YEAR)
    assert expiry.erase_expired(timezone.now())["rejected tips"] == 0
    LegalHold.objects.in_force(later(days=8)).exists()
    assert expiry.erase_expired(later(days=8))["rejected tips"] == 1
    assert hold.state == "proposed"


@pytest.mark.parametrize("role", list(Role))
def test_only_moderators_and_administrators_handle_holds(client, role):
    made = published(pictures=0)
    client.force_login(staff(role))
    may = role in (Role.MODERATOR, Role.ADMINISTRATOR)
    assert (client.get("/admin/tips/legalhold/").status_code == 200) is may
    client.post("/admin/tips/legalhold/propose/", {"on": made.reference, "reason": "Order 17"})
    assert LegalHold.objects.exists() is may


def test_two_people_set_and_lift_a_hold_on_the_pages(client):
    tip = send(published(pictures=0), "I know it")
    one, other = staff(Role.MODERATOR), staff(Role.ADMINISTRATOR)

    def post(person, address, **fields):
        client.force_login(person)
        return client.post(f"/admin/tips/legalhold/{address}/", fields, follow=True)

    client.force_login(one)
    assert (
        "Propose a legal hold" in client.get(f"/admin/tips/tip/{tip.pk}/change/").content.decode()
    )
    page = client.get(f"/admin/tips/legalhold/?on={tip.pk}").content.decode()
    assert f'name="on" value="{tip.pk}"' in page
    page = post(one, "propose", on=f"tip {tip.pk}", reason="Order 17/2026").content.decode()
    assert "Another person has to confirm the hold." in page
    hold = LegalHold.objects.get()
    page = post(one, f"{hold.pk}/confirm").content.decode()
    assert "You proposed this hold. Another person has to confirm it." in page
    page = post(other, f"{hold.pk}/confirm").content.decode()
    assert f"Legal hold {hold.pk} is in force." in page
    assert "I know it" not in page
    client.force_login(one)
    page = client.get(f"/admin/tips/tip/{tip.pk}/change/").content.decode()
    assert f"Legal hold {hold.pk}</a> is in force: Order 17/2026" in page
    post(one, f"{hold.pk}/propose-lifting", reason="The case is closed")
    page = client.get(f"/admin/tips/legalhold/{hold.pk}/change/").content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen is None  # the proposer has no button
    client.force_login(other)
    page = client.get(f"/admin/tips/legalhold/{hold.pk}/change/").content.decode()
    assert "proposed to lift it: The case is closed" in page
    seen = re.search(r'name="seen" value="([^"]+)"', page)[1]
    page = post(other, f"{hold.pk}/lift", seen=seen).content.decode()
    assert f"Legal hold {hold.pk} is lifted." in page


@pytest.mark.parametrize("on", ["", "nonsense", "99999999", "9" * 30, "\x00"])
def test_a_hold_on_nothing_is_refused_aloud(client, on):
    client.force_login(staff(Role.MODERATOR))
    fields = {"on": on, "reason": "Order 17"}
    page = client.post("/admin/tips/legalhold/propose/", fields, follow=True).content.decode()
    assert "Enter an object" in page
    assert not LegalHold.objects.exists()


# --- docs -----------------------------------------------------------------------------------------


def test_the_guide_names_every_kind_its_setting_and_its_period():
    rows = re.findall(
        r"^\| ([\w ]+) \| (?:`(\w+)`, )?(\d+) days", Path("docs/data.md").read_text(), re.M
    )
    told = {kind: (setting, int(days)) for kind, setting, days in rows}
    assert told == {
        period.kind: (f"{period.setting}_DAYS" if period.setting else "", period.length().days)
        for period in expiry.PERIODS
    }


def test_no_object_is_touched():
    made = published(pictures=0)
    expiry.erase_expired(later(days=9999))
    assert TraceObject.objects.get(pk=made.pk).updated_at == made.updated_at
