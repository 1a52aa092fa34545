"""A step that was put is done, exactly once inside the database, whatever fails between."""

import threading
import time
from contextlib import ExitStack
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from tests.factories import staff
from tests.waiting import past_pauses
from traceobject.errors import Unreachable
from traceobject.outbox import breaker, health, queue, registry
from traceobject.outbox.deadline import deadline
from traceobject.outbox.failures import GiveUp, StepFailed
from traceobject.outbox.lanes import BOUNDS, Lane
from traceobject.outbox.models import Destination, Step
from traceobject.staff.roles import Role


@pytest.fixture
def steps():
    """Register steps for the length of a test: ``steps("note", work, lane=...)``."""
    with ExitStack() as registered:
        yield lambda name, work, **how: registered.enter_context(
            registry.registered(name, work, **how)
        )


@pytest.fixture
def done(steps):
    """What the test's own steps have done: 'note' inside the database, 'reach' outside."""
    seen = []
    steps("note", seen.append)
    steps("reach", seen.append, lane=Lane.OUTSIDE, in_transaction=False, destination="harbour")
    return seen


def raising(error):
    def work(subject):
        raise error

    return work


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
    past_pauses()
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
        past_pauses()
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
    past_pauses()
    assert not queue._lease(["refused"], BOUNDS[Lane.QUICK], limit=1)
    assert queue.retry([step], by=staff(Role.ADMINISTRATOR)) == 1
    assert queue._lease(["refused"], BOUNDS[Lane.QUICK], limit=1)


def test_a_step_is_given_up_after_its_attempts_unless_it_must_never_be(steps):
    steps("fails", raising(StepFailed("Not yet.")), give_up_after=3)
    steps("waits", raising(StepFailed("Nobody there.")), give_up_after=None)
    queue.put("fails", 1)
    queue.put("waits", 1)
    for _ in range(5):
        past_pauses()
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


# --- workers that die -----------------------------------------------------------------------------


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
    past_pauses()
    assert queue.drain(names=["note"]) == 1


def test_a_step_that_kills_its_worker_each_time_is_given_up_and_holds_up_no_other(steps, done):
    steps("kills", done.append, give_up_after=3)
    queue.put("kills", 1)
    queue.put("note", 2, 3)
    names = ["kills", "note"]
    queue._lease(names, BOUNDS[Lane.QUICK], limit=3)
    for _ in range(2):  # all three leased, the worker dies; then the first alone, and it dies again
        past_pauses()
        queue._lease_of_dead_worker(["kills"], BOUNDS[Lane.QUICK])
    past_pauses()
    queue._lease_of_dead_worker(["kills"], BOUNDS[Lane.QUICK])
    assert [step.name for step in health.given_up()] == ["kills"]
    past_pauses()
    queue.drain(names=names)
    past_pauses()
    queue.drain(names=names)
    assert sorted(done) == [2, 3]


def test_all_that_a_dead_worker_had_leased_is_taken_over_at_once(done):
    queue.put("note", *range(20))
    queue._lease(["note"], BOUNDS[Lane.QUICK], limit=20)
    past_pauses()
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
    past_pauses()
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


# --- destinations that do not answer --------------------------------------------------------------


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
    past_pauses()
    queue.drain(names=["sail"])
    assert len(calls) == 2  # the probe, another than the first
    assert calls[0] != calls[1]
    answers.clear()
    past_pauses()
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
        past_pauses()
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
    past_pauses()
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
    past_pauses()
    with breaker.reaching("store"):
        calls.append(2)
    assert not Destination.objects.exists()


# --- registration ---------------------------------------------------------------------------------


def test_a_step_has_one_handler(done):
    with pytest.raises(ValueError, match="two handlers"):
        registry.register("note", done.append, label="again")


def test_a_step_that_reaches_outside_is_leased_alone(done):
    with pytest.raises(ValueError, match="one at a time"):
        registry.register("bulk", done.append, label="bulk", lane=Lane.QUICK, in_transaction=False)


def test_the_check_finds_steps_without_a_handler_and_handlers_without_a_step(done):
    found = {error.id for error in registry.every_step_has_a_handler()}
    assert found == {"outbox.E002"}  # the two of this test are declared nowhere


def test_every_step_is_declared_and_handled():
    assert registry.every_step_has_a_handler() == []


def test_the_database_puts_a_step_that_exists():
    from tips.steps import TipStep

    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE prosrc LIKE '%INTO outbox_step%'")
        sources = [source for (source,) in cursor.fetchall()]
    assert len(sources) == 1
    assert f"'{TipStep.MATCH}'" in sources[0]


# --- what monitoring and staff see ----------------------------------------------------------------


def waits_long():
    Step.objects.update(waiting_since=timezone.now() - timedelta(hours=1))


def test_health_says_when_the_outbox_falls_behind(client, done):
    assert client.get("/healthz").json() == {"status": "ok"}
    queue.put("note", 1)
    waits_long()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "late"})
    assert client.get("/livez").status_code == 200


def test_health_says_that_a_step_fails_though_each_try_moves_its_time(client, steps):
    steps("fails", raising(StepFailed("Not yet.")))
    queue.put("fails", 1)
    queue.drain(names=["fails"])
    waits_long()
    assert client.get("/healthz").json() == {"status": "late"}


def test_health_says_that_a_step_was_given_up(client, steps):
    steps("fails", raising(GiveUp("No.")))
    queue.put("fails", 1)
    queue.drain(names=["fails"])
    assert client.get("/healthz").json() == {"status": "given up"}
    assert client.get("/livez").status_code == 200


def test_an_administrator_sees_why_a_step_was_given_up_and_has_it_retried(client, steps):
    seen = []
    steps("refused", raising(GiveUp("The mail server refuses this address for good (550).")))
    queue.put("refused", 1)
    queue.drain(names=["refused"])
    client.force_login(staff(Role.ADMINISTRATOR))
    page = client.get("/staff/").content.decode()
    assert "The mail server refuses this address for good (550)." in page
    step = Step.objects.get()
    answer = client.post("/staff/retry/", {"step": step.pk}, follow=True)
    assert "1 step will be retried." in answer.content.decode()
    assert Step.objects.get().given_up_at is None
    assert not seen


@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_nobody_else_retries_steps(client, role):
    client.force_login(staff(role))
    assert client.post("/staff/retry/", {"all": "1"}).status_code == 403


def test_a_row_of_the_outbox_reveals_no_time_closer_than_five_minutes(done):
    queue.put("note", 1)
    step = Step.objects.get()
    assert step.waiting_since.timestamp() % 300 == 0
    assert step.due_at.year == 2000
    assert time.time() - step.waiting_since.timestamp() < 600
