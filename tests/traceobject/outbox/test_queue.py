"""A step is done exactly once in the database, whatever fails in between."""

import pytest
from django.db import transaction
from django.utils import timezone

from tests.factories import staff
from tests.pauses import expire_pauses
from tests.traceobject.outbox.failing import raising
from traceobject.outbox import health, queue
from traceobject.outbox.failures import GiveUp, StepFailed
from traceobject.outbox.lanes import BOUNDS, Lane
from traceobject.outbox.models import Step
from traceobject.staff.roles import Role


def test_a_step_is_done_and_leaves_no_row(done):
    queue.put("note", 1, 2)
    assert queue.drain(names=["note"]) == 2
    assert sorted(done) == [1, 2]
    assert health.waiting(["note"]) == 0


def test_putting_a_step_twice_is_one_step(done):
    queue.put("note", 7)
    queue.put("note", 7)
    assert queue.drain(names=["note"]) == 1


def test_a_step_is_rolled_back_with_what_it_belongs_to(done):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue.put("note", 1)
        1 / 0
    assert queue.drain(names=["note"]) == 0


@pytest.mark.parametrize(
    "how", [{}, {"lane": Lane.OUTSIDE, "in_transaction": False}], ids=["in", "out"]
)
def test_a_step_that_is_put_again_while_it_runs_is_done_once_more(steps, how):
    seen = []

    def work(subject):
        seen.append(subject)
        if len(seen) == 1:
            queue.put("again", subject)

    steps("again", work, **how)
    queue.put("again", 1)
    queue.drain(names=["again"])
    assert seen == [1, 1]
    assert not Step.objects.exists()


def test_a_long_step_continues_at_its_cursor_and_starts_over_when_it_is_put_again(steps):
    seen = []

    def work(subject, cursor):
        seen.append(cursor)
        if cursor == 2 and seen.count(2) == 1:
            queue.put("long", subject)  # something to do was added behind its back
        return cursor + 1 if cursor < 3 else None

    steps("long", work, in_chunks=True)
    queue.put("long", 1)
    queue.drain(names=["long"])
    assert seen == [0, 1, 2, 0, 1, 2, 3]
    assert not Step.objects.exists()


def test_a_long_step_that_fails_in_the_middle_continues_from_there(steps):
    seen = []

    def work(subject, cursor):
        seen.append(cursor)
        if seen == [0, 1]:
            raise ValueError
        return cursor + 1 if cursor < 2 else None

    steps("long", work, in_chunks=True)
    queue.put("long", 1)
    queue.drain(names=["long"])
    expire_pauses()
    queue.drain(names=["long"])
    assert seen == [0, 1, 1, 2]


def test_a_failing_step_waits_longer_each_time_and_keeps_nothing_that_was_typed(steps):
    steps("fails", raising(ValueError("a tip's text that must not be kept")))
    queue.put("fails", 1)
    assert queue.drain(names=["fails"]) == 0
    step = Step.objects.get(name="fails")
    assert (step.attempts, step.last_error) == (1, "ValueError")
    assert "text" not in step.reason
    first_wait = step.due_at - timezone.now()
    for _ in range(3):
        expire_pauses()
        queue.drain(names=["fails"])
    step.refresh_from_db()
    assert step.due_at - timezone.now() > first_wait
    assert step.attempts == 4


def test_one_failing_step_does_not_hold_up_the_others(steps, done):
    steps("fails", raising(ValueError()))
    queue.put("fails", 1)
    queue.put("note", 2)
    queue.drain(names=["fails", "note"])
    assert done == [2]


def test_a_step_that_fails_for_good_is_given_up_with_its_reason_and_can_be_retried(steps):
    steps("refused", raising(GiveUp("The mail server refuses this address for good (550).")))
    queue.put("refused", 1)
    queue.drain(names=["refused"])
    (step,) = health.given_up()
    assert step.reason == "The mail server refuses this address for good (550)."
    expire_pauses()
    assert not queue._lease(["refused"], BOUNDS[Lane.QUICK], limit=1)
    assert queue.retry([step], by=staff(Role.ADMINISTRATOR)) == 1
    assert queue._lease(["refused"], BOUNDS[Lane.QUICK], limit=1)


def test_a_step_is_given_up_after_its_attempts_unless_it_must_never_be(steps):
    steps("fails", raising(StepFailed("Not yet.")), give_up_after=3)
    steps("waits", raising(StepFailed("Nobody there.")), give_up_after=None)
    queue.put("fails", 1)
    queue.put("waits", 1)
    for _ in range(5):
        expire_pauses()
        queue.drain(names=["fails", "waits"])
    assert [step.name for step in health.given_up()] == ["fails"]
    assert Step.objects.get(name="waits").attempts == 5


def test_putting_a_step_that_was_given_up_tries_it_once_more(steps):
    steps("fails", raising(GiveUp("No.")))
    queue.put("fails", 1)
    queue.drain(names=["fails"])
    queue.put("fails", 1)
    assert Step.objects.get().given_up_at is None
    queue.drain(names=["fails"])
    assert Step.objects.get().given_up_at is not None
