"""A destination that does not answer is paused, and costs no step an attempt."""

import pytest

from tests.pauses import expire_pauses
from tests.traceobject.outbox.failing import raising
from traceobject.errors import Unreachable
from traceobject.outbox import breaker, health, queue
from traceobject.outbox.lanes import Lane
from traceobject.outbox.models import Destination, Step


def test_a_failed_destination_is_paused_and_then_probed_with_one_step(steps):
    calls, answers = [], [Unreachable("The harbour is closed.")]

    def work(subject):
        calls.append(subject)
        if answers:
            raise answers[0]

    steps("sail", work, lane=Lane.OUTSIDE, in_transaction=False, destination="harbour")
    queue.put("sail", *range(1, 6))
    queue.drain(names=["sail"])
    assert len(calls) == 1
    assert Destination.objects.get().reason == "The harbour is closed."
    expire_pauses()
    queue.drain(names=["sail"])
    assert len(calls) == 2  # the probe, another than the first
    assert calls[0] != calls[1]
    answers.clear()
    expire_pauses()
    queue.drain(names=["sail"])
    assert sorted(calls[2:]) == [1, 2, 3, 4, 5]
    assert not Destination.objects.exists()


def test_an_outage_costs_a_step_no_attempt(steps):
    steps(
        "sail", raising(Unreachable("Closed.")), lane=Lane.OUTSIDE, in_transaction=False,
        destination="harbour", give_up_after=2,
    )  # fmt: skip
    queue.put("sail", 1)
    for _ in range(5):
        expire_pauses()
        queue.drain(names=["sail"])
    assert Step.objects.get().attempts == 0
    assert Step.objects.get().reason == "Closed."
    assert not health.given_up()


def test_a_destination_that_fails_does_not_hold_up_another_of_the_same_lane(steps, done):
    steps(
        "mute",
        raising(Unreachable("No.")),
        lane=Lane.OUTSIDE,
        in_transaction=False,
        destination="well",
    )
    queue.put("mute", 1, 2, 3)
    queue.put("reach", 4)
    queue.drain(lane=Lane.OUTSIDE)
    assert done == [4]


def test_a_failed_destination_that_no_step_needs_is_open_to_the_next_step(done):
    breaker.record_failure("harbour", Unreachable("Closed."))
    expire_pauses()
    queue.drain(names=["reach"])
    queue.put("reach", 1)
    assert queue.drain(names=["reach"]) == 1


def test_a_destination_that_periodic_work_found_failed_keeps_its_whole_pause(done):
    breaker.record_failure("harbour", Unreachable("Closed."))
    queue.drain(names=["reach"])
    assert Destination.objects.exists()


def test_periodic_work_respects_the_pause_of_a_destination():
    calls = []

    def work():
        with breaker.reaching("store"):
            calls.append(1)
            raise Unreachable("The disk is full.")

    for expected in (Unreachable, breaker.Paused, breaker.Paused):
        with pytest.raises(expected):
            work()
    assert calls == [1]
    expire_pauses()
    with breaker.reaching("store"):
        calls.append(2)
    assert not Destination.objects.exists()
