"""What somebody else commits while a step waits for its locks is seen by the step."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from tests.factories import published, send, staff
from tests.stack import wait_until
from tips.claims import flood, membership, rematch
from tips.claims.match import match
from tips.intake.accept import accept, accept_addition
from tips.models import Attachment, Claim, Tip
from tips.steps import TipStep
from tips.triage import decisions, withdrawal
from traceobject.errors import StepRefused
from traceobject.outbox import queue
from traceobject.outbox.models import Step
from traceobject.staff.authority import System
from traceobject.staff.roles import Role

SAID = "Sold at the Lidl market in Sevilla, we bought one there"


def received(made, text, **fields):
    accept(made, text=text, nonce=f"n{Tip.objects.count()}", now=timezone.now(), **fields)
    return Tip.objects.latest("id")


class Meanwhile:
    """Runs a step in a thread while this one holds locks; commits; then waits for the step."""

    def __init__(self, step):
        self.errors = []

        def run():
            try:
                step()
            except BaseException as error:
                self.errors.append(error)
            finally:
                connections.close_all()

        self.thread = threading.Thread(target=run)

    def __enter__(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        return self

    def wait_for_the_lock(self):
        self.thread.start()
        with connection.cursor() as cursor:

            def waits():
                cursor.execute("SELECT pg_stat_clear_snapshot()")
                cursor.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                    "AND datname = current_database()"
                )
                return cursor.fetchone()[0]

            wait_until(waits, 20)

    def __exit__(self, *raised):
        self.atomic.__exit__(*raised)
        self.thread.join(30)


def test_a_tip_does_not_join_a_claim_that_was_emptied_while_it_waited(own_database):
    made, moderator = published(pictures=0), staff(Role.MODERATOR)
    first = send(made, SAID)
    second = received(made, f"Hello, {SAID}")
    with Meanwhile(lambda: match(second.pk)) as meanwhile:
        Claim.objects.select_for_update().get(pk=first.claim_id)
        meanwhile.wait_for_the_lock()
        withdrawal.withdraw(first, by=moderator, reason="a test")
    assert meanwhile.errors == []
    second.refresh_from_db()
    assert second.claim.state == Claim.State.OPEN
    assert second.claim.tip_count == 1


def test_a_witness_whose_tip_joins_a_flooders_claim_meanwhile_is_not_moved(own_database):
    made = published(pictures=0)
    theirs = [
        send(made, f"Seen in the town of {name}, in a shop", sender="f" * 32)
        for name in ("Lyon", "Porto")
    ]
    witness = received(made, "Hello! Seen in the town of Lyon, in a shop", trust="proven")
    last = received(made, "Sold on a ferry to Bergen", sender="f" * 32)

    def sweep():
        with transaction.atomic():
            flood.flood_claim(last)

    with Meanwhile(sweep) as meanwhile:
        Claim.objects.select_for_update().get(pk=theirs[0].claim_id)
        meanwhile.wait_for_the_lock()
        match(witness.pk)
    assert meanwhile.errors == []
    witness.refresh_from_db()
    assert witness.claim_id == theirs[0].claim_id
    assert not witness.claim.is_flood


def test_what_is_added_waits_for_the_tip_that_it_adds_to():
    made = published(pictures=0)
    first = received(made, SAID)
    accept_addition(first, text="It was in the cellar", now=timezone.now())
    added = Tip.objects.get(follows=first)
    queue.drain(names=[TipStep.MATCH])
    Step.objects.update(due_at=timezone.now())
    queue.drain(names=[TipStep.MATCH])
    first.refresh_from_db()
    added.refresh_from_db()
    assert added.claim_id == first.claim_id


def test_a_step_that_comes_too_early_waits_a_moment_and_loses_no_attempt():
    made = published(pictures=0)
    first = received(made, SAID)
    accept_addition(first, text="It was in the cellar", now=timezone.now())
    added = Tip.objects.get(follows=first)
    Step.objects.filter(subject=first.pk).delete()
    queue.drain(names=[TipStep.MATCH])
    step = Step.objects.get(name=TipStep.MATCH, subject=added.pk)
    assert step.attempts == 0
    assert step.due_at < timezone.now() + timedelta(seconds=10)


def test_matching_anew_keeps_what_pictures_have_in_common():
    made = published(pictures=0)
    one, other = send(made, "A carpet of a hotel in Lyon"), send(made, "Towels from Porto")
    upload = Attachment.objects.create(
        tip=other,
        view="x",
        blurred="x",
        state="clean",
        sha256="0" * 64,
        received_at=timezone.now(),
        pdq="0" * 64,
    )
    membership.relate(other, [f"same picture as tip {one.pk}"], to=one)
    Step.objects.all().delete()
    rematch.rematch(made, by=System.COMMAND_LINE, dry_run=False)
    assert Step.objects.filter(name=TipStep.MATCH_PICTURE, subject=upload.pk).exists()


def test_a_flood_that_was_rejected_is_not_reopened_beside_a_newer_one():
    made, moderator = published(pictures=0), staff(Role.MODERATOR)
    old = membership.open_claim(made.pk, is_flood=True)
    Claim.objects.filter(pk=old.pk).update(tip_count=1)
    decisions.reject(old, by=moderator, reason="x")
    membership.open_claim(made.pk, is_flood=True)
    with pytest.raises(StepRefused, match="flood"):
        decisions.reopen(old, by=moderator)


def test_a_claim_without_tips_is_not_reopened():
    made, moderator = published(pictures=0), staff(Role.MODERATOR)
    tip = send(made, SAID)
    withdrawal.withdraw(tip, by=moderator, reason="a test")
    with pytest.raises(StepRefused, match="no tips"):
        decisions.reopen(Claim.objects.get(), by=moderator)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("withdrawn", "draft"),
        ("withdrawn", "submitted"),
        ("published", "draft"),
        ("published", "submitted"),
        ("identified", "draft"),
        ("identified", "published"),
    ],
)
def test_no_sql_brings_an_object_back_to_where_its_pictures_can_change(before, after):
    made = published(pictures=0)
    rows = type(made).objects.filter(pk=made.pk)
    if before != "published":
        rows.update(state=before)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(state=after)
