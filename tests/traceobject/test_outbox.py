"""A step that was put is done, exactly once inside the database, whatever fails between."""

import threading
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from traceobject.outbox import queue
from traceobject.outbox.models import Step


@pytest.fixture
def done():
    """What the test's own steps have done: 'note' inside the database, 'reach' outside."""
    seen = []
    queue.handles("note")(seen.append)
    queue.handles("reach", inside=False)(seen.append)
    yield seen
    queue._handlers.pop("note")
    queue._handlers.pop("reach")


def test_a_step_is_done_and_leaves_no_row(done):
    queue.put("note", 1, 2)
    assert queue.drain(names=["note"]) == 2
    assert sorted(done) == [1, 2]
    assert queue.waiting(["note"]) == 0


def test_putting_a_step_twice_is_one_step(done):
    queue.put("note", 7)
    queue.put("note", 7)
    assert queue.drain(names=["note"]) == 1


def test_a_step_is_rolled_back_with_what_it_belongs_to(done):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue.put("note", 1)
        1 / 0
    assert queue.drain(names=["note"]) == 0


def test_a_failing_step_waits_longer_each_time_and_keeps_only_the_kind_of_error():
    def fail(subject):
        raise ValueError("a tip's text that must not be kept")

    queue.handles("fails")(fail)
    try:
        queue.put("fails", 1)
        assert queue.drain(names=["fails"]) == 0
        step = Step.objects.get(name="fails")
        assert (step.attempts, step.last_error) == (1, "ValueError")
        first_wait = step.due_at - timezone.now()
        Step.objects.update(due_at=timezone.now())
        queue.drain(names=["fails"])
        step.refresh_from_db()
        assert step.due_at - timezone.now() > first_wait
        assert step.attempts == 2
    finally:
        queue._handlers.pop("fails")


def test_one_failing_step_does_not_hold_up_the_others(done):
    def fail(subject):
        raise ValueError

    queue.handles("fails")(fail)
    try:
        queue.put("fails", 1)
        queue.put("note", 2)
        queue.drain(names=["fails", "note"])
        assert done == [2]
    finally:
        queue._handlers.pop("fails")


def test_a_worker_that_died_leaves_its_step_to_another(done):
    queue.put("note", 1)
    queue._lease(["note"], queue.LANES["quick"])  # leased, and then the worker is killed
    assert queue.drain(names=["note"]) == 0
    Step.objects.update(due_at=timezone.now() - timedelta(seconds=1))
    assert queue.drain(names=["note"]) == 1


def test_an_outside_step_whose_lease_another_took_over_is_left_alone(done):
    queue.put("reach", 1)
    (step,) = queue._lease(["reach"], queue.LANES["quick"])
    Step.objects.update(due_at=timezone.now() + timedelta(minutes=2))
    assert queue._do(step) is False
    assert done == []


def test_many_workers_do_each_step_once(own_database, done):
    queue.put("note", *range(200))

    def work():
        try:
            queue.drain(names=["note"])
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == list(range(200))


def test_health_says_when_the_outbox_falls_behind(client, done):
    assert client.get("/healthz").json() == {"status": "ok"}
    queue.put("note", 1)
    Step.objects.update(due_at=timezone.now() - timedelta(hours=1))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "late"})
