"""Steps survive workers that die, hang or run at the same time."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from tests.pauses import expire_pauses
from traceobject.outbox import health, queue
from traceobject.outbox.deadline import deadline
from traceobject.outbox.lanes import BOUNDS, Lane
from traceobject.outbox.models import Step


@pytest.mark.parametrize("off", ["", "hashjoin", "hashjoin mergejoin hashagg material sort"])
def test_no_query_plan_leases_more_steps_than_the_limit(done, off):
    queue.put("note", *range(50))
    with connection.cursor() as cursor:
        for method in off.split():
            cursor.execute(f"SET LOCAL enable_{method} = off")
    assert len(queue._lease(["note"], BOUNDS[Lane.QUICK], limit=1)) == 1
    assert Step.objects.filter(is_leased=True).count() == 1


def test_a_worker_that_died_leaves_its_step_to_another(done):
    queue.put("note", 1)
    queue._lease(["note"], BOUNDS[Lane.QUICK], limit=1)  # leased, and then the worker is killed
    assert queue.drain(names=["note"]) == 0
    expire_pauses()
    assert queue.drain(names=["note"]) == 1


def test_a_step_that_kills_its_worker_each_time_is_given_up_and_holds_up_no_other(steps, done):
    steps("kills", done.append, give_up_after=3)
    queue.put("kills", 1)
    queue.put("note", 2, 3)
    names = ["kills", "note"]
    queue._lease(names, BOUNDS[Lane.QUICK], limit=3)
    for _ in range(2):  # all three leased, the worker dies; then the first alone, and it dies again
        expire_pauses()
        queue._lease_of_dead_worker(["kills"], BOUNDS[Lane.QUICK])
    expire_pauses()
    queue._lease_of_dead_worker(["kills"], BOUNDS[Lane.QUICK])
    assert [step.name for step in health.given_up()] == ["kills"]
    expire_pauses()
    queue.drain(names=names)
    expire_pauses()
    queue.drain(names=names)
    assert sorted(done) == [2, 3]


def test_all_that_a_dead_worker_had_leased_is_taken_over_at_once(done):
    queue.put("note", *range(20))
    queue._lease(["note"], BOUNDS[Lane.QUICK], limit=20)
    expire_pauses()
    assert queue.drain(names=["note"]) == 20


def test_two_workers_on_one_step_commit_one_of_them(own_database, steps):
    """The first is so slow that its lease runs out: what the second finished is not done twice."""
    began, may_end = threading.Event(), threading.Event()
    done = []
    from tips.models import Hotline

    def work(subject):
        Hotline.objects.create(name=f"line {threading.get_ident()}", telephone="1")
        if not began.is_set():
            began.set()
            may_end.wait(20)
        done.append(subject)

    before = Hotline.objects.count()
    steps("slow", work)
    queue.put("slow", 1)

    def first():
        try:
            queue.drain(names=["slow"])
        finally:
            connections.close_all()

    thread = threading.Thread(target=first)
    thread.start()
    assert began.wait(20)
    expire_pauses()
    queue.drain(names=["slow"])
    may_end.set()
    thread.join()
    assert done == [1, 1]
    assert Hotline.objects.count() == before + 1
    assert not Step.objects.exists()


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


def test_a_step_that_hangs_is_interrupted():
    with pytest.raises(TimeoutError), deadline(0.05):
        threading.Event().wait(30)
    with deadline(30):
        pass


def test_a_clock_that_jumped_ahead_and_back_delays_nothing(done):
    queue.put("note", 1)
    Step.objects.update(due_at=timezone.now() + timedelta(days=1))
    assert queue.drain(names=["note"]) == 1
